"""Charge exchange: cross sections, products and energy defects of electron capture by ions from neutrals.

A+ + B -> A + B+: the fast neutral keeps the ion's velocity, the new ion has the neutral's (no momentum is transferred;
valid where the energy far exceeds the defect, and for resonant capture at all energies). Energies are those of the ion
that meets a neutral at rest, (1/2) m_ion g^2 with g the relative speed. Isotopes are taken as their chemical parent at
equal relative speed. Neglected: excited states before and after, scattering of the partners.
Data, forms, ranges and sources: data/charge_exchange.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.constants import ATOMIC_MASS, ELECTRON_MASS, EV
from exobase.cross_sections import exchange_fits
from exobase.errors import InputError
from exobase.species import species
from exobase.tables import load_table, nearest

FloatArray = npt.NDArray[np.float64]

FILE = "charge_exchange.toml"
_ROUNDING = 1e-9
# Isotopes that the species table keeps among the neutrals.
_PARENTS = {"D": "H", "HD": "H2"}
_BELOW = {
    "": "none: an error below and above the range",
    "janev": "below: Janev & Smith, then (a - b ln g)^2; an error outside",
    "rate": "below: constant sigma of the thermal rate coefficient, then a power of E up to the fit; an error outside",
    "continued": "below: the fit continued as (a - b ln g)^2; an error outside",
}


@dataclass(frozen=True)
class Reaction:
    """Capture of ``electrons`` by ``ion`` from ``neutral``.

    fast: what the ion becomes, at its velocity; new_ion: what the neutral becomes, at its velocity. valid, reach [J]:
    energies (1/2) m_ion g^2 of the fit, and of fit and thermal law together. defect [J]: energy set free (negative:
    taken from the motion), ground states. extrapolation: what happens outside ``valid``.
    """

    ion: str
    neutral: str
    electrons: int
    fast: str
    new_ion: str
    valid: tuple[float, float]
    reach: tuple[float, float]
    defect: float
    source: str
    confidence: str
    extrapolation: str


def reactions() -> list[Reaction]:
    """All reactions of the table, in its order."""
    return [reaction(e["ion"], e["neutral"], int(e.get("electrons", 1))) for e in _table()["reaction"]]


def known(ion: str, neutral: str, electrons: int = 1) -> bool:
    """Whether the table has a cross section for this pair, isotopes as their parent."""
    return _key(ion, neutral, electrons) in _entries()


def reaction(ion: str, neutral: str, electrons: int = 1) -> Reaction:
    """The reaction of a pair. Raises InputError where the table has none, with what it has."""
    entry = _entry(ion, neutral, electrons)
    unit = _unit(entry, ion)
    low, high = (float(e) * unit for e in entry["range"])
    least, most = (e * unit for e in exchange_fits.reach(entry))
    fast, new_ion = products(ion, neutral, electrons)
    return Reaction(
        ion=ion,
        neutral=neutral,
        electrons=electrons,
        fast=fast,
        new_ion=new_ion,
        valid=(low, high),
        reach=(least, most),
        defect=defect(ion, neutral, electrons),
        source=str(entry["source"]),
        confidence=str(entry["confidence"]),
        extrapolation=_BELOW[entry.get("thermal", "")],
    )


def products(ion: str, neutral: str, electrons: int = 1) -> tuple[str, str]:
    """Names of what the ion and the neutral become, for any pair. Raises InputError where the ion has too few charges.

    A product such as CO2++ need not be in the table of species.
    """
    core, charge = _split(ion)
    if not 1 <= electrons <= charge:
        raise InputError(f"charge exchange: {ion} captures 1 to {charge} electrons, not {electrons}")
    return core + "+" * (charge - electrons), neutral + "+" * electrons


def defect(ion: str, neutral: str, electrons: int = 1) -> float:
    """Energy set free by a capture [J]: ionisation potentials of the ion's product less those of the neutral.

    Ground states; isotopes as their parent (a shift of meV). Raises InputError where a potential is not in the table.
    """
    products(ion, neutral, electrons)
    core, charge = _split(_parent(ion))
    gained = sum(_potential(core + "+" * (charge - k)) for k in range(1, electrons + 1))
    target = _parent(neutral)
    return (gained - (_potential(target) if electrons == 1 else _double(target))) * EV


def sigma(ion: str, neutral: str, energy: npt.ArrayLike, electrons: int = 1) -> FloatArray:
    """Cross section [m2] at energies (1/2) m_ion g^2 [J], any shape.

    Raises InputError for a pair that the table lacks, and for the first energy outside the reach of the data.
    """
    entry = _entry(ion, neutral, electrons)
    low, high = reaction(ion, neutral, electrons).reach
    given = np.asarray(energy, dtype=float)
    good = (given >= low * (1.0 - _ROUNDING)) & (given <= high * (1.0 + _ROUNDING))
    if not np.all(good):
        first = given.ravel()[np.argmin(good.ravel())]
        raise InputError(
            f"charge exchange of {ion} with {neutral}: {first / EV:.4g} eV is outside the data, {low / EV:.4g} to "
            f"{high / EV:.4g} eV of (1/2) m g^2; give a constant or a table for such energies"
        )
    return _sigma(entry, ion, given)


def sigma_or_edge(ion: str, neutral: str, energy: npt.ArrayLike, electrons: int = 1) -> FloatArray:
    """As :func:`sigma`, but the value at the edge where the energy is outside the reach."""
    return _sigma(_entry(ion, neutral, electrons), ion, np.asarray(energy, dtype=float))


def _sigma(entry: Mapping[str, Any], ion: str, energy: FloatArray) -> FloatArray:
    low, high = exchange_fits.reach(entry)
    own = np.clip(np.atleast_1d(energy) / _unit(entry, ion), low, high)
    return np.asarray(exchange_fits.evaluate(entry, own) * 1e-20).reshape(energy.shape)[()]


def _unit(entry: Mapping[str, Any], ion: str) -> float:
    """Energy [J] of this ion, perhaps an isotope of the entry's, that counts as one unit of the fit."""
    if entry["unit"] == "eV/u":
        return EV * _mass(ion) / ATOMIC_MASS
    per_unit = {"keV": 1e3 * EV, "eV": EV}[entry["unit"]]
    return float(per_unit * (_mass(ion) / _mass(entry["ion"])))


def _mass(ion: str) -> float:
    core, charge = _split(ion)
    return species(core).mass - charge * ELECTRON_MASS


def _split(ion: str) -> tuple[str, int]:
    core = ion.rstrip("+")
    if core == ion:
        raise InputError(f"charge exchange: '{ion}' is not an ion: its name must end in +")
    return core, len(ion) - len(core)


def _parent(name: str) -> str:
    core = name.rstrip("+")
    isotopes = load_table("species.toml")["isotope"] if core not in _PARENTS else {}
    parent = _PARENTS.get(core) or (isotopes[core]["parent"] if core in isotopes else core)
    return str(parent) + name[len(core) :]


def _potential(name: str) -> float:
    table = _table()["ionisation_potential"]
    if name not in table:
        raise InputError(f"{FILE}: has no ionisation potential of {name}; it has those of {', '.join(table)}")
    return float(table[name])


def _double(name: str) -> float:
    table = _table()["double_ionisation"]
    if name not in table:
        raise InputError(f"{FILE}: has no double ionisation energy of {name}; it has those of {', '.join(table)}")
    return float(table[name])


@cache
def _key(ion: str, neutral: str, electrons: int) -> tuple[str, str, int]:
    return _parent(ion), _parent(neutral), electrons


def _entry(ion: str, neutral: str, electrons: int) -> Mapping[str, Any]:
    products(ion, neutral, electrons)
    key = _key(ion, neutral, electrons)
    if key in _entries():
        return _entries()[key]
    pair = f"{key[0]} + {key[1]}"
    what = f"charge exchange of {ion} with {neutral} ({electrons} electron{'s' if electrons > 1 else ''})"
    if pair in _table()["unmeasured"] and electrons == 1:
        raise InputError(f"{what}: {_table()['unmeasured'][pair]['advice']}")
    names = [f"{i} + {n}" + (f" ({k} electrons)" if k > 1 else "") for i, n, k in _entries()]
    raise InputError(
        f"{what} is not in {FILE}{nearest(pair, names) or ';'} choose one of {', '.join(names)}, "
        "or give a constant or a table"
    )


@cache
def _entries() -> dict[tuple[str, str, int], dict[str, Any]]:
    return {(e["ion"], e["neutral"], int(e.get("electrons", 1))): e for e in _table()["reaction"]}


@cache
def _table() -> dict[str, Any]:
    return load_table(FILE)
