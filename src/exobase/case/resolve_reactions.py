"""From [[collision]] tables with law = "charge_exchange" or "stripping" to reactions with their cross sections."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.case.frame import Frame
from exobase.case.history_model import Background, Column, Followed, Reaction
from exobase.case.resolve_checks import Report
from exobase.config.messages import nearest
from exobase.constants import EV
from exobase.cross_sections import charge_exchange
from exobase.errors import InputError
from exobase.io import read_columns
from exobase.species import Species, species, species_names

FloatArray = npt.NDArray[np.float64]

REACTIONS = ("charge_exchange", "stripping")
PER_DECADE = 40
LOWEST, HIGHEST = 1e-4 * EV, 1e6 * EV
SIGMA_UNITS = {"energy": "J", "sigma": "m2"}
ALLOWED = ("pair", "law", "cross_section", "table", "products", "below", "extrapolate_to")


class _Faulty(Exception):
    """The reaction cannot be resolved; the reason has been reported."""


def resolve_reactions(
    tables: list[Any], followed: tuple[Followed, ...], background: Background, frame: Frame, report: Report
) -> tuple[Reaction, ...]:
    """The reactions of a case; faults are reported, all at once."""
    found: list[Reaction] = []
    for i, table in enumerate(tables):
        if table.law not in REACTIONS:
            continue
        try:
            one = _reaction(f"collision.{i}", table, followed, background, frame, report)
        except _Faulty:
            continue
        if any((r.projectile, r.target, r.becomes) == (one.projectile, one.target, one.becomes) for r in found):
            report(f"collision.{i}.pair", f"has its law = {table.law} already; give one", list(table.pair))
        found.append(one)
    return tuple(found)


def _reaction(
    key: str, table: Any, followed: tuple[Followed, ...], background: Background, frame: Frame, report: Report
) -> Reaction:
    def fault(where: str, message: str, given: object = None) -> None:
        report(where, message, given)
        raise _Faulty

    for name in type(table).model_fields:
        default = type(table).model_fields[name].default
        if name not in ALLOWED and getattr(table, name) != default:
            fault(f"{key}.{name}", f'is no option of law = "{table.law}"; its options: {", ".join(ALLOWED[2:])}')
    names, targets = [f.species.name for f in followed], [s.name for s in background.species]
    if table.pair[0] not in names:
        fault(
            f"{key}.pair.0",
            f"is not followed; allowed: {', '.join(names)}{nearest(table.pair[0], names)}",
            table.pair[0],
        )
    if table.pair[1] not in targets:
        text = f"is no species of the background; allowed: {', '.join(targets)}{nearest(table.pair[1], targets)}"
        fault(f"{key}.pair.1", text, table.pair[1])
    one = next(f.species for f in followed if f.species.name == table.pair[0])
    other = next(s for s in background.species if s.name == table.pair[1])
    if table.law == "stripping":
        return _stripping(key, table, one, other, frame, fault)
    if (one.charge > 0) == (other.charge > 0):
        fault(f"{key}.pair", "charge exchange takes an ion and a neutral", list(table.pair))
    return _exchange(key, table, one, other, frame, fault)


def _exchange(key: str, table: Any, one: Species, other: Species, frame: Frame, fault: Any) -> Reaction:
    """An ion takes an electron from a neutral: as projectile, or as the target that a fast neutral meets."""
    ion, neutral = (one, other) if one.charge > 0 else (other, one)
    known = charge_exchange.known(ion.name, neutral.name)
    given = _given(key, table, frame, fault)
    if given is None and not known:
        pairs = ", ".join(f"{r.ion} + {r.neutral}" for r in charge_exchange.reactions())
        fault(
            key,
            f"no cross section of {ion.name} + {neutral.name} is known (known: {pairs}); give cross_section or table",
        )
    becomes, frees, defect = _products(key, table, ion, neutral, fault)
    source = "case file"
    if given is not None:
        energy, sigma, low, high = given
    else:
        of = charge_exchange.reaction(ion.name, neutral.name)
        low, high = of.reach
        energy = _grid(low, max(high, table.extrapolate_to or 0.0))
        sigma = charge_exchange.sigma_or_edge(ion.name, neutral.name, energy)
        source, low = of.source, 0.0 if low <= 2e-4 * EV else low
        # The fit counts the energy of the ion's mass, the tables that of the projectile's.
        ratio = one.mass / ion.mass
        energy, low, high = energy * ratio, low * ratio, high * ratio
    if table.below == "constant":
        low = 0.0
    if one.charge > 0:
        return Reaction(
            one.name, other.name, "charge_exchange", becomes, frees, _column(energy), _column(sigma), low,
            max(high, table.extrapolate_to or 0.0), defect, source,
        )  # fmt: skip
    # The projectile is the neutral: it becomes the new ion, and the thermal ion a neutral.
    return Reaction(
        one.name, other.name, "charge_exchange", frees, becomes, _column(energy), _column(sigma), low,
        max(high, table.extrapolate_to or 0.0), defect, source,
    )  # fmt: skip


def _products(key: str, table: Any, ion: Species, neutral: Species, fault: Any) -> tuple[str, str, float]:
    """What the ion and the neutral turn into, and the energy set free [J]."""
    if table.products is not None:
        if len(table.products) != 2:
            fault(f"{key}.products", "name two: what the ion and what the neutral turns into", table.products)
        return table.products[0], table.products[1], 0.0
    try:
        fast, new = charge_exchange.products(ion.name, neutral.name)
        return fast, new, charge_exchange.defect(ion.name, neutral.name)
    except InputError as error:
        fault(f"{key}.products", f"missing: {error}")
        raise


def _stripping(key: str, table: Any, one: Species, other: Species, frame: Frame, fault: Any) -> Reaction:
    """A fast neutral loses an electron to nobody: the target stays as it is."""
    if one.charge != 0:
        fault(f"{key}.pair.0", "stripping is of a fast neutral", one.name)
    ion = table.products[0] if table.products else f"{one.name}+"
    if ion not in species_names() or species(ion).charge != 1:
        fault(f"{key}.products", "is no ion of the species table", ion)
    given = _given(key, table, frame, fault)
    if given is None:
        fault(
            key, "stripping has no fits of the package; give cross_section, or table = a CSV file with energy and sigma"
        )
        raise _Faulty
    energy, sigma, low, high = given
    low = 0.0 if table.below == "constant" else low
    return Reaction(
        one.name, other.name, "stripping", ion, "", _column(energy), _column(sigma), low,
        max(high, table.extrapolate_to or 0.0), 0.0, "case file",
    )  # fmt: skip


def _given(key: str, table: Any, frame: Frame, fault: Any) -> tuple[FloatArray, FloatArray, float, float] | None:
    """Cross section of the case: energies, sigma, and the range for which they are meant; None where it gives none."""
    if table.cross_section is not None and table.table is not None:
        fault(key, "give cross_section or table, not both")
    if table.cross_section is not None:
        energy = _grid(LOWEST, HIGHEST)
        return energy, np.full(energy.size, table.cross_section), 0.0, math.inf
    if table.table is None:
        return None
    try:
        columns = read_columns(frame.path / table.table, SIGMA_UNITS, "energy")
    except InputError as error:
        fault(f"{key}.table", "; ".join(error.messages), table.table)
        raise _Faulty from None
    if set(columns) != {"energy", "sigma"} or columns["energy"][0] <= 0.0 or np.any(columns["sigma"] < 0.0):
        fault(
            f"{key}.table",
            "needs columns 'energy' (> 0, of the projectile on a target at rest) and 'sigma' (>= 0)",
            table.table,
        )
    energy = _grid(float(columns["energy"][0]), float(columns["energy"][-1]))
    sigma = np.interp(np.log(energy), np.log(columns["energy"]), columns["sigma"])
    return energy, sigma, float(columns["energy"][0]), float(columns["energy"][-1])


def _grid(low: float, high: float) -> FloatArray:
    return np.geomspace(low, high, max(int(PER_DECADE * math.log10(high / low)) + 2, 8))


def _column(values: npt.ArrayLike) -> Column:
    return tuple(float(value) for value in np.asarray(values, dtype=float))
