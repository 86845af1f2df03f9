"""The species table against independent masses, the sources' own viscosities, and its own rules."""

from __future__ import annotations

import math

import pytest

from exobase.analytic.kinetic import viscosity
from exobase.constants import ATOMIC_MASS, ELECTRON_MASS
from exobase.errors import InputError
from exobase.species import Species, species, species_names

# Bird 1994, Table A1: viscosity at 273 K [1e-5 Pa s]
BIRD_VISCOSITY = {
    "H2": 0.845,
    "He": 1.865,
    "CH4": 1.024,
    "NH3": 0.923,
    "Ne": 2.975,
    "CO": 1.635,
    "N2": 1.656,
    "NO": 1.774,
    "O2": 1.919,
    "Ar": 2.117,
    "CO2": 1.380,
    "N2O": 1.351,
    "SO2": 1.164,
    "Kr": 2.328,
    "Xe": 2.107,
}
WITH_VSS = ["H2", "He", "C", "N", "O", "Ne", "Ar", "Kr", "Xe", "CO", "N2", "O2", "CO2", "CH4"]


def _viscosity(gas: Species, temperature: float) -> float:
    return float(viscosity(temperature, gas.mass, gas.diameter, gas.omega, gas.alpha, gas.t_ref))


def test_every_species_of_planetary_exospheres_is_there() -> None:
    neutrals = ["H", "D", "H2", "He", "C", "N", "O", "Ar", "CO", "N2", "O2", "CO2", "CH4", "NH3", "H2O"]
    assert set(neutrals) | {f"{name}+" for name in neutrals} | {"H3O+"} <= set(species_names())


@pytest.mark.parametrize("name", species_names())
def test_every_entry_is_physical(name: str) -> None:
    entry = species(name)
    assert entry.name == name
    assert 1.0 < entry.mass / ATOMIC_MASS < 300.0
    assert entry.charge == name.count("+")
    assert 1.9e-10 < entry.diameter < 8e-10
    assert 0.5 <= entry.omega <= 1.1
    assert entry.alpha == 1.0
    assert entry.t_ref == 273.0
    assert entry.zeta_rot in (0.0, 2.0, 3.0)
    assert entry.source


@pytest.mark.parametrize(("name", "mass"), [("H", 1.008), ("O", 15.999), ("N2", 28.014), ("CO2", 44.009)])
def test_masses_are_atomic_weights(name: str, mass: float) -> None:
    assert species(name).mass == pytest.approx(mass * ATOMIC_MASS, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    ("molecule", "atoms"),
    [
        ("H2", ["H", "H"]),
        ("CO", ["C", "O"]),
        ("CO2", ["C", "O", "O"]),
        ("NH3", ["N", "H", "H", "H"]),
        ("H2O", ["H", "H", "O"]),
        ("CH4", ["C", "H", "H", "H", "H"]),
        ("HD", ["H", "D"]),
        ("NO", ["N", "O"]),
    ],
)
def test_a_molecule_weighs_what_its_atoms_weigh(molecule: str, atoms: list[str]) -> None:
    assert species(molecule).mass == pytest.approx(sum(species(atom).mass for atom in atoms), rel=3e-5, abs=0.0)


@pytest.mark.parametrize("name", [name for name in species_names() if name.rstrip("+") in species_names()])
def test_an_ion_is_its_neutral_less_its_electrons(name: str) -> None:
    ion, neutral = species(name), species(name.rstrip("+"))
    assert ion.mass == pytest.approx(neutral.mass - ion.charge * ELECTRON_MASS, rel=1e-15, abs=0.0)
    assert (ion.diameter, ion.omega, ion.zeta_rot) == (neutral.diameter, neutral.omega, neutral.zeta_rot)


def test_protonated_ions_weigh_their_own_atoms() -> None:
    water, hydrogen = species("H2O"), species("H")
    assert species("H3O+").mass == pytest.approx(water.mass + hydrogen.mass - ELECTRON_MASS, rel=1e-9, abs=0.0)
    assert species("H3O+").diameter == water.diameter


@pytest.mark.parametrize("name", sorted(BIRD_VISCOSITY))
def test_vhs_diameters_reproduce_the_measured_viscosity(name: str) -> None:
    """Bird derived each diameter from the viscosity; three-figure diameters allow 0.5 %, masses a little more."""
    assert _viscosity(species(name), 273.0) == pytest.approx(BIRD_VISCOSITY[name] * 1e-5, rel=0.01, abs=0.0)


@pytest.mark.parametrize("name", WITH_VSS)
def test_vhs_and_vss_have_the_same_viscosity(name: str) -> None:
    """Both diameters stand for one gas; three-figure diameters leave 0.5 %."""
    soft = species(name, "vss")
    assert soft.alpha > 1.0
    assert soft.diameter < species(name).diameter
    assert _viscosity(soft, 300.0) == pytest.approx(_viscosity(species(name), 300.0), rel=0.01, abs=0.0)


@pytest.mark.parametrize("temperature", [273.0, 320.0, 373.0])
def test_water_follows_the_iapws_viscosity(temperature: float) -> None:
    """Dilute-gas viscosity of IAPWS R12-08: mu = 100 sqrt(T*)/sum H_i T*^-i [1e-6 Pa s], T* = T/647.096 K.

    The power law through 273 and 373 K lies up to 1.1 % above it in between.
    """
    reduced = temperature / 647.096
    denominator = sum(h / reduced**i for i, h in enumerate([1.67752, 2.20462, 0.6366564, -0.241605]))
    expected = 1e-4 * math.sqrt(reduced) / denominator
    assert _viscosity(species("H2O"), temperature) == pytest.approx(expected, rel=0.012, abs=0.0)


def test_hydrogen_is_the_documented_hard_sphere() -> None:
    assert species("H").diameter == pytest.approx(2e-10, rel=1e-12, abs=0.0)
    assert species("H").omega == 0.5
    assert "choice" in species("H").source


@pytest.mark.parametrize(("given", "nearest"), [("h", "'H'"), ("02", "'O2'"), ("CO2 +", "'CO2+'"), ("methan", "")])
def test_an_unknown_species_is_refused_with_the_nearest_name(given: str, nearest: str) -> None:
    with pytest.raises(InputError, match=f"unknown species '{given.replace('+', '[+]')}'") as caught:
        species(given)
    assert nearest in str(caught.value)


def test_an_unknown_law_or_missing_vss_set_is_refused() -> None:
    with pytest.raises(InputError, match="choose 'vhs' or 'vss'"):
        species("H", "lennard-jones")
    with pytest.raises(InputError, match="no VSS diameter"):
        species("H", "vss")


def test_input_error_shows_all_messages() -> None:
    error = InputError(["first fault", "second fault"])
    assert error.messages == ("first fault", "second fault")
    assert str(error) == "first fault\nsecond fault"
    assert InputError("one").messages == ("one",)
    assert error.exit_code == 2
