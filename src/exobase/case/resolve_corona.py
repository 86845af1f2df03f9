"""Gases of a background that each follow a law of their own: thermal and hot coronae, together or beside a table."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.analytic import barometric, chamberlain
from exobase.case.atmosphere import Atmosphere
from exobase.case.frame import Frame, Tables
from exobase.case.history_model import Background, Column
from exobase.case.own_species import gas_species
from exobase.case.resolve_checks import Report
from exobase.config.messages import nearest
from exobase.constants import K_B
from exobase.io import Profile
from exobase.species import Species

FloatArray = npt.NDArray[np.float64]

PER_DECADE = 120  # rows per decade of the height above the inner boundary
LOWEST = 1e-4  # of the inner radius: height of the first row above it
NEEDS = {
    "barometric": ("density", "temperature"),
    "exponential": ("density", "temperature", "scale_height"),
    "chamberlain": ("density", "temperature"),
    "power_law": ("density", "temperature", "exponent"),
    "table": ("table",),
}


@dataclasses.dataclass(frozen=True)
class CoronaGas:
    """One gas on the rows: species, density [n] m-3, temperature [n] K, radial velocity [n] m/s, where it is from."""

    species: Species
    density: FloatArray
    temperature: FloatArray
    wind: FloatArray
    source: str


def compose(table: Any, base: Background | None, frame: Frame, tables: Tables, report: Report) -> Background | None:
    """The background of [[background.gas]] with laws, and of background.table (``base``) beneath them.

    Gases of one name add up; their temperature and velocity are the means by density. None after errors were reported.
    """
    foot = frame.r_inner if table.altitude is None else frame.body_radius + table.altitude
    profiles = [tables.get(f"background.gas.{i}.table", e.table) if e.table else None for i, e in enumerate(table.gas)]
    r = _rows(frame, base, [p for p in profiles if p is not None])
    found: list[CoronaGas] = []
    if base is not None:
        atmosphere = Atmosphere(dataclasses.replace(base, above=table.above, below=table.below), frame.gm)
        n, t, u = atmosphere.densities(r), atmosphere.temperatures(r), atmosphere.winds(r)
        found += [CoronaGas(kind, n[i], t[i], u[i], base.source) for i, kind in enumerate(base.species)]
    count = len(found)
    for i, (entry, profile) in enumerate(zip(table.gas, profiles, strict=True)):
        gas = _gas(f"background.gas.{i}", entry, profile, r, foot, frame, report)
        if gas is not None:
            found.append(gas)
    if len(found) < count + len(table.gas):
        return None
    return _added(r, found)


def law_of(entry: Any) -> str:
    """The law of a gas: named, or by its keys."""
    if entry.law is not None:
        return str(entry.law)
    if entry.table is not None:
        return "table"
    return "exponential" if entry.scale_height is not None else "barometric"


def _rows(frame: Frame, base: Background | None, profiles: list[Profile]) -> FloatArray:
    """Radii of the rows: even in the logarithm of the height above the inner boundary, and all rows of tables."""
    span = frame.r_outer - frame.r_inner
    low = LOWEST * frame.r_inner
    steps = max(int(PER_DECADE * math.log10(max(span / low, 10.0))), 50)
    pieces = [np.array([frame.r_inner]), frame.r_inner + np.geomspace(min(low, 0.5 * span), span, steps)]
    given = ([] if base is None else [np.array(base.r)]) + [p.r for p in profiles]
    pieces += [own[(own > frame.r_inner) & (own < frame.r_outer)] for own in given]
    r = np.unique(np.concatenate(pieces))
    # Rows closer than a millionth of the radius say nothing.
    keep = np.append(True, np.diff(r) > 1e-6 * r[1:])
    return np.asarray(r[keep])


def _gas(
    key: str, entry: Any, profile: Profile | None, r: FloatArray, foot: float, frame: Frame, report: Report
) -> CoronaGas | None:
    """One gas on the rows, or None after its errors were reported."""
    kind = gas_species(key, entry, report)
    law = law_of(entry)
    lacking = [name for name in NEEDS[law] if getattr(entry, name) is None]
    for name in lacking:
        report(f"{key}.{name}", f'missing; law = "{law}" needs {", ".join(NEEDS[law])}')
    if kind is None or lacking:
        return None
    at = foot if entry.altitude is None else frame.body_radius + entry.altitude
    if law == "table":
        return None if profile is None else _from_table(key, entry, kind, profile, r, frame, report)
    if law == "power_law" and entry.offset >= frame.r_inner:
        report(f"{key}.offset", f"must lie below the inner boundary at {frame.r_inner:g} m", f"{entry.offset:g} m")
        return None
    if law == "chamberlain" and frame.gm <= 0.0:
        report(f"{key}.law", "needs a body with mass", law)
        return None
    density = _density(law, entry, kind, r, at, frame.gm)
    source = f"{entry.name}: {law}"
    return CoronaGas(kind, density, np.full(r.size, entry.temperature), np.full(r.size, entry.u_r), source)


def _density(law: str, entry: Any, kind: Species, r: FloatArray, at: float, gm: float) -> FloatArray:
    """Density [m-3] at the radii r by a law that holds ``entry.density`` at the radius ``at``.

    chamberlain: below the level barometric, above it ballistic and escaping atoms of an exobase there.
    """
    if law == "exponential":
        return np.asarray(entry.density * np.exp(-(r - at) / entry.scale_height))
    if law == "power_law":
        return np.asarray(entry.density * ((at - entry.offset) / (r - entry.offset)) ** entry.exponent)
    n = np.asarray(barometric.density(r, entry.density, at, entry.temperature, kind.mass, gm), dtype=float)
    if law == "chamberlain":
        free = r > at
        depth = gm * kind.mass / (K_B * entry.temperature * at)
        here = depth * at / r[free]
        n[free] *= chamberlain.zeta_bal(here, depth) + chamberlain.zeta_esc(here, depth)
        # At the level itself the populations that a collisionless exosphere holds add up to less than one.
        n[~free] *= float(chamberlain.zeta_bal(depth, depth) + chamberlain.zeta_esc(depth, depth))
    return n


def _from_table(
    key: str, entry: Any, kind: Species, profile: Profile, r: FloatArray, frame: Frame, report: Report
) -> CoronaGas | None:
    """A gas of a table; beyond its rows the density continues with the slope of its last decade, or is zero below."""
    name = entry.column or entry.name
    if name not in profile.species:
        text = f"{profile.source} has no species '{name}'{nearest(name, list(profile.species))}"
        text += f"; it has {', '.join(profile.species)}{profile.why_not(name)}"
        report(f"{key}.column" if entry.column else f"{key}.name", text, name)
        return None
    column = profile.species[name]
    warmth = entry.temperature
    if column.temperature is None and warmth is None:
        report(f"{key}.temperature", f"missing: {profile.source} has no temperature of {name}")
        return None
    good = column.density > 0.0
    if good.sum() < 2:
        report(f"{key}.table", f"{profile.source}: {name} has fewer than two densities above zero", entry.table)
        return None
    rows, n = profile.r[good], column.density[good]
    if rows[0] > frame.r_inner * (1.0 + 1e-9) and rows[0] > r[min(30, r.size - 1)]:
        span = f"{(rows[0] - frame.body_radius) / 1e3:.6g} km"
        report(f"{key}.table", f"{profile.source}: {name} begins at {span}, above the inner boundary", entry.table)
        return None
    density = np.exp(np.interp(np.log(r), np.log(rows), np.log(n)))
    beyond = r > rows[-1]
    if beyond.any():
        first = int(np.searchsorted(rows, rows[-1] / 1.5))
        first = min(first, rows.size - 2)
        slope = math.log(n[-1] / n[first]) / math.log(rows[-1] / rows[first])
        density[beyond] = n[-1] * (r[beyond] / rows[-1]) ** min(slope, -2.0)
    own = column.temperature
    t = np.full(r.size, warmth) if warmth is not None or own is None else np.interp(r, profile.r, own)
    u = np.zeros(r.size) if column.u_r is None else np.interp(r, profile.r, column.u_r)
    return CoronaGas(kind, density, t, u, f"{name} of {entry.table}")


def _added(r: FloatArray, gases: list[CoronaGas]) -> Background:
    """Gases of one name as one species."""
    names = list(dict.fromkeys(gas.species.name for gas in gases))
    columns: dict[str, list[Column]] = {"density": [], "temperature": [], "wind": []}
    for name in names:
        own = [gas for gas in gases if gas.species.name == name]
        n = sum((gas.density for gas in own), np.zeros(r.size))
        share = [np.where(n > 0.0, gas.density / np.where(n > 0.0, n, 1.0), 1.0 / len(own)) for gas in own]
        columns["density"].append(_column(n))
        columns["temperature"].append(_column(sum(f * g.temperature for f, g in zip(share, own, strict=True))))
        columns["wind"].append(_column(sum(f * g.wind for f, g in zip(share, own, strict=True))))
    return Background(
        r=_column(r),
        species=tuple(next(gas.species for gas in gases if gas.species.name == name) for name in names),
        density=tuple(columns["density"]),
        temperature=tuple(columns["temperature"]),
        wind=tuple(columns["wind"]),
        source="; ".join(dict.fromkeys(gas.source for gas in gases)),
    )


def _column(values: npt.ArrayLike) -> Column:
    return tuple(float(value) for value in np.asarray(values, dtype=float))
