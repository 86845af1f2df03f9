"""Composition of molecules: masses and charges add up, and bonds are consistent with each other."""

from __future__ import annotations

import pytest

from exobase.constants import EV
from exobase.cross_sections import atoms
from exobase.errors import InputError
from exobase.species import species
from exobase.tables import load_table

MOLECULES = list(load_table("scattering/atoms.toml")["molecule"])


@pytest.mark.parametrize("name", MOLECULES)
def test_the_atoms_of_a_molecule_have_its_mass(name: str) -> None:
    """14N15N and the like hold one natural atom: masses agree to 0.1 %."""
    total = sum(atom.number * atom.mass for atom in atoms.atoms_of(name))
    assert total == pytest.approx(species(name).mass, rel=1e-3, abs=0.0)


def test_charges_add_up() -> None:
    assert sum(atoms.charge_numbers("CO2")) == 22
    assert sum(atoms.charge_numbers("13CO2")) == 22
    assert atoms.charge_numbers("18O") == atoms.charge_numbers("O+") == (8,)
    assert atoms.charge_numbers("SO2") == ()


def test_bonds_close_a_cycle() -> None:
    """CO2 -> CO + O -> C + 2 O costs what CO2 -> C + O2 -> C + 2 O does (5.45 + 11.11 eV)."""
    bond = {(m, a.name): a.bond / EV for m in ("CO2", "CO", "O2") for a in atoms.atoms_of(m)}
    assert bond["CO2", "O"] == pytest.approx(5.45, rel=0.0, abs=0.01)
    one = bond["CO2", "O"] + bond["CO", "O"]
    assert one == pytest.approx(bond["CO2", "C"] + bond["O2", "O"], rel=0.0, abs=0.005)


def test_an_unlisted_molecule_is_named_with_those_that_are() -> None:
    with pytest.raises(InputError, match=r"atoms of SO2 .* CO2, CO, N2"):
        atoms.atoms_of("SO2")
