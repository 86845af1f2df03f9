"""The species table: masses, charges and collision parameters, read from data/species.toml."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from exobase.constants import ATOMIC_MASS, ELECTRON_MASS
from exobase.errors import InputError
from exobase.tables import load_table, nearest_name

ANGSTROM = 1e-10
_GROUPS = ("neutral", "isotope", "ion")
_SHORTEST_WORD = 4  # letters of a name that is taken for an English one
_FORMULA = re.compile(r"(\d*)([A-Z][a-z]?)")
_NUMBERS = {
    symbol: number
    for number, symbol in enumerate(
        re.findall(
            "[A-Z][a-z]?",
            "HHeLiBeBCNOFNeNaMgAlSiPSClArKCaScTiVCrMnFeCoNiCuZnGaGeAsSeBrKrRbSrYZrNbMoTcRuRhPdAgCdInSnSbTeIXeCsBaLaCePrNdPm"
            "SmEuGdTbDyHoErTmYbLuHfTaWReOsIrPtAuHgTlPbBiPoAtRnFrRaAcThPaU",
        ),
        1,
    )
}
"""Atomic numbers of the elements."""
_ELEMENTS = frozenset([*_NUMBERS, "D"])
NO_COLLISION_VALUES = "no collision values"
"""Source of a species without diameter in the table: its mass suffices wherever it does not collide."""


@dataclass(frozen=True)
class Species:
    """One kind of particle.

    name: chemical formula, rare nuclides with their mass number (14N15N), ions with a trailing "+" for each charge.
    mass [kg]; charge [elementary charges].
    diameter [m]: collision diameter at the reference temperature t_ref [K]; 0 where none is known (see ``collides``).
    omega: exponent of the viscosity law mu ~ T^omega; 0.5 is a hard sphere, 1 a Maxwell molecule.
    alpha: exponent of the variable-soft-sphere deflection, cos chi = 2 R^(1/alpha) - 1; 1 is isotropic (VHS).
    zeta_rot: rotational degrees of freedom: 0 for atoms, 2 for linear and 3 for nonlinear molecules.
    source: where the numbers come from.
    z_rot: rotational collision number Z, so that tau_rot = Z mean collision times; without meaning where zeta_rot = 0.
    z_rot_infinity, t_star [K]: Parker's Z(T) = z_rot_infinity/[1 + (pi^1.5/2) sqrt(t_star/T) + (pi^2/4 + pi) t_star/T];
    0 where there are no such data.
    rotation_source: where the rotational numbers come from; empty for atoms.
    In the table, Z counts collisions as published numbers do; see collision_ratio.
    """

    name: str
    mass: float
    charge: int
    diameter: float
    omega: float
    t_ref: float
    alpha: float
    zeta_rot: float
    source: str
    z_rot: float = 5.0
    z_rot_infinity: float = 0.0
    t_star: float = 0.0
    rotation_source: str = ""

    @property
    def collides(self) -> bool:
        """Whether the species has a diameter: without one it can be used wherever it meets nothing."""
        return self.diameter > 0.0

    @property
    def collision_ratio(self) -> float:
        """Collisions of the model in one mean collision time pi mu/(4 p) of the literature [1].

        nu pi mu/(4 p) = (5 pi/4)(alpha + 1)(alpha + 2)/[alpha (5 - 2 omega)(7 - 2 omega)]
        with nu the collision rate per particle and mu the viscosity of the VHS or VSS gas; independent of temperature.

        A published rotational collision number times this counts the model's own collisions.
        0.98 for hard spheres, 1.21 for VHS nitrogen.
        Reference: Bird 1994, chapter 4 (nu, mu); Parker 1959, doi:10.1063/1.1724417 (mean collision time).
        """
        shape = (self.alpha + 1.0) * (self.alpha + 2.0) / self.alpha
        return 1.25 * math.pi * shape / ((5.0 - 2.0 * self.omega) * (7.0 - 2.0 * self.omega))


def formula_parts(name: str) -> tuple[list[tuple[str, str, str]], str] | None:
    """Nuclides of a chemical formula as texts (mass number, symbol, number of atoms), and its charges: "++".

    Numbers that the name leaves out are empty. A number between two symbols is the mass of the second one where a
    nuclide can have it (14N15N, H13CN), else it counts atoms of the first (C10H8). None for a name that is no formula.
    """
    formula = name.rstrip("+-")
    found = _FORMULA.findall(formula)
    last = re.search(r"\d*$", formula)
    end = last.group() if last else ""
    if not found or "".join(number + symbol for number, symbol in found) + end != formula:
        return None
    parts: list[tuple[str, str, str]] = []
    for k, (number, symbol) in enumerate(found):
        mass = number if number and (k == 0 or len(number) > 1) and _is_nuclide(number, symbol) else ""
        if symbol not in _ELEMENTS or (k == 0 and number != mass):
            return None
        if k > 0:
            parts[-1] = (*parts[-1][:2], number.removesuffix(mass))
        parts.append((mass, symbol, ""))
    parts[-1] = (*parts[-1][:2], end)
    return parts, name[len(formula) :]


def _is_nuclide(number: str, symbol: str) -> bool:
    """Whether a mass number lies in the valley of stable nuclides of an element: A near Z (2 + 0.0068 Z)."""
    z = _NUMBERS.get(symbol, 0)
    middle = z * (2.0 + 0.0068 * z)
    return z > 0 and abs(int(number) - middle) <= 2.0 + 0.06 * middle


def composition(name: str) -> dict[str, int]:
    """Number of atoms of each element in a species, D apart from H: composition("CO2+") is {"C": 1, "O": 2}.

    Rare nuclides count for their element. Raises InputError for a name that is no chemical formula.
    """
    parts = formula_parts(name)
    if parts is None:
        raise InputError(f"{name}: is no chemical formula, so its atoms cannot be counted")
    found: dict[str, int] = {}
    for _, symbol, number in parts[0]:
        found[symbol] = found.get(symbol, 0) + int(number or 1)
    return found


def species_names() -> list[str]:
    """Return every name in the table: neutrals, isotopes, ions, each group in the order of the file."""
    return list(_names())


def species_groups() -> dict[str, list[str]]:
    """Names of the table by group: "neutral", "isotope", "ion"."""
    return {group: list(_table()[group]) for group in _GROUPS}


def common_name(name: str) -> str:
    """English name of a neutral ("water" for H2O); empty for isotopes, ions and names that the table lacks."""
    return str(_table()["called"].get(name, ""))


def species_entry(name: str) -> dict[str, Any]:
    """The numbers of the table as published, in its units (u, 1e-10 m, K): those of the parent for isotopes and ions.

    Beside the entry's own keys: "group"; "mass_source"; "parent", the neutral whose collision values it has.
    Raises InputError for an unknown name.
    """
    species(name)
    table = _table()
    group = next(group for group in _GROUPS if name in table[group])
    own = dict(table[group][name])
    parent = str(own.pop("parent", own.pop("neutral", name)))
    source = table["sources"]["nuclides" if group == "isotope" or name == "D" else "weights"]
    return {**table["neutral"][parent], **own, "group": group, "mass_source": source, "parent": parent}


def nearest_species(given: str) -> str:
    """Name of the table that is meant by an unknown one, or "".

    In this order: another writing of a name ("na", "02", "CO2 +"); a species of the same elements and charge, the
    nearest in numbers of atoms; an English name ("methane"). A chemical formula never suggests other elements, nor a
    neutral an ion.
    """
    packed = "".join(given.split())
    for writing in (packed.lower(), packed.lower().replace("0", "o")):
        same = [name for name in species_names() if name.lower() == writing]
        if same:
            return same[0]
    alike = [name for name in species_names() if name.endswith("+") == packed.endswith("+")]
    wanted = _atoms(packed)
    if wanted:
        alike = [name for name in alike if set(_atoms(name)) == set(wanted)]
        return min(alike, key=lambda name: sum(abs(_atoms(name)[a] - wanted[a]) for a in wanted), default="")
    if len(packed) >= _SHORTEST_WORD:
        called: dict[str, str] = {english: name for name, english in _table()["called"].items()}
        return called.get(nearest_name(" ".join(given.split()), called), "")
    return nearest_name(packed, [name for name in alike if name[:1].lower() == packed[:1].lower()])


def unknown_species(name: str) -> str:
    """Text of the error for a name that the table lacks."""
    near = nearest_species(name)
    hint = f"; did you mean '{near}'?" if near else ":"
    return (
        f"unknown species '{name}'{hint} give one of the table (the command 'exobase species' lists it), or mass "
        "(and, where it collides, diameter and omega)"
    )


@cache
def species(name: str, law: str = "vhs") -> Species:
    """Return the species `name` of the table.

    law: "vhs" gives the variable-hard-sphere diameter with alpha = 1 (default); "vss" the variable-soft-sphere
    diameter and alpha. Both give the same viscosity, so they must never be mixed.
    An isotope or isotopologue has its own mass and the collision and rotational data of its parent, stated in source.
    An ion has the mass of its neutral less the electron's, and the collision diameter of its neutral.
    A species without collision values has diameter 0 with law "vhs" (see ``Species.collides``).
    Raises InputError for an unknown name (with the nearest one), an unknown law, or a species without VSS data.
    """
    table = _table()
    if name in table["neutral"]:
        entry = table["neutral"][name]
        return _build(name, entry, law, float(entry["mass"]) * ATOMIC_MASS, 0, str(entry["source"]))
    if name in table["isotope"]:
        parent = table["isotope"][name]["parent"]
        entry = {**table["neutral"][parent], **table["isotope"][name]}
        source = f"choice: as {parent} ({entry['source']}); mass AME2020"
        return _build(name, entry, law, float(entry["mass"]) * ATOMIC_MASS, 0, source)
    if name in table["ion"]:
        ion = table["ion"][name]
        entry = {**table["neutral"][ion["neutral"]], **ion}
        charge = int(ion["charge"])
        mass = float(entry["mass"]) * ATOMIC_MASS - charge * ELECTRON_MASS
        return _build(name, entry, law, mass, charge, f"collision data of {ion['neutral']}: {entry['source']}")
    raise InputError(unknown_species(name))


def _build(name: str, entry: Mapping[str, Any], law: str, mass: float, charge: int, source: str) -> Species:
    """Assemble a Species from a neutral's table entry and the mass [kg] and charge of the particle."""
    if law == "vhs":
        diameter, alpha = float(entry.get("d_vhs", 0.0)), 1.0
    elif law == "vss":
        if "d_vss" not in entry:
            lacks = "VSS diameter and alpha" if "d_vhs" in entry else "collision values"
            raise InputError(f"species '{name}' has no {lacks} in the table: give diameter, omega and alpha")
        diameter, alpha = float(entry["d_vss"]), float(entry["alpha"])
    else:
        raise InputError(f"unknown collision law '{law}' for species '{name}'; choose 'vhs' or 'vss'")
    return Species(
        name=name,
        mass=mass,
        charge=charge,
        diameter=diameter * ANGSTROM,
        omega=float(entry.get("omega", 0.5)),
        t_ref=float(entry.get("t_ref", 273.0)),
        alpha=alpha,
        zeta_rot=float(entry["zeta_rot"]),
        source=source,
        z_rot=float(entry.get("z_rot", Species.z_rot)),
        z_rot_infinity=float(entry.get("z_rot_infinity", 0.0)),
        t_star=float(entry.get("t_star", 0.0)),
        rotation_source=str(entry.get("rotation_source", "")),
    )


def _atoms(name: str) -> dict[str, int]:
    """Number of atoms of each element of a formula; empty for a name that is none."""
    try:
        found = composition(name)
    except InputError:
        return {}
    return found if set(found) <= _ELEMENTS else {}


@cache
def _names() -> tuple[str, ...]:
    return tuple(name for group in _GROUPS for name in _table()[group])


@cache
def _table() -> dict[str, Any]:
    return load_table("species.toml")
