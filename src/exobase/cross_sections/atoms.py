"""Atoms of molecules: which a fast particle can strike, and what holds them (data/scattering/atoms.toml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from exobase.constants import EV
from exobase.errors import InputError
from exobase.species import species, species_names
from exobase.tables import load_table


@dataclass(frozen=True)
class Atom:
    """One kind of atom of a molecule: how many there are, bond energy [J], name of the rest when one is gone."""

    name: str
    number: int
    bond: float
    rest: str

    @property
    def mass(self) -> float:
        """Mass of the atom [kg]."""
        return species(self.name).mass


def atoms_of(molecule: str) -> tuple[Atom, ...]:
    """Kinds of atoms of a molecule. Raises InputError, which lists the molecules there are, for any other name."""
    listed = _table()["molecule"]
    if molecule not in listed:
        raise InputError(
            f"the atoms of {molecule} and their bonds are not in the table; it has {', '.join(listed)}. "
            'Use target_as = "whole"'
        )
    return tuple(Atom(a["atom"], int(a["number"]), float(a["bond"]) * EV, a["rest"]) for a in listed[molecule])


def is_atom(name: str) -> bool:
    """Whether a species is a single atom (neutral or ion)."""
    return _parent(name.rstrip("+")) in _table()["charge_number"]


def is_molecule(name: str) -> bool:
    """Whether the table has the atoms of this species."""
    return name in _table()["molecule"]


def charge_numbers(name: str) -> tuple[int, ...]:
    """Nuclear charge of every atom of a species: (8,) for O, (8, 8, 6) for CO2; empty where it is not known."""
    if is_atom(name):
        return (int(_table()["charge_number"][_parent(name.rstrip("+"))]),)
    if not is_molecule(name):
        return ()
    return tuple(z for atom in atoms_of(name) for z in charge_numbers(atom.name) * atom.number)


def chemical(name: str) -> str:
    """Name without isotopes: the parent's for an isotope or isotopologue of the species table."""
    return _parent(name.rstrip("+"))


def _parent(name: str) -> str:
    return _parents().get(name, name)


@cache
def _parents() -> dict[str, str]:
    table = load_table("species.toml")
    known = set(species_names())
    return {name: str(entry["parent"]) for name, entry in table["isotope"].items() if name in known}


@cache
def _table() -> dict[str, Any]:
    return load_table("scattering/atoms.toml")
