"""The species table against independent masses, the sources' own viscosities, and its own rules."""

from __future__ import annotations

import math

import pytest

from exobase.analytic.kinetic import viscosity
from exobase.constants import ATOMIC_MASS, ELECTRON_MASS, K_B
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

LINEAR = [
    "H2",
    "HD",
    "D2",
    "CO",
    "13CO",
    "C18O",
    "N2",
    "14N15N",
    "NO",
    "O2",
    "16O18O",
    "CO2",
    "13CO2",
    "C16O18O",
    "N2O",
]
LINEAR_IONS = ["H2+", "HD+", "CO+", "N2+", "NO+", "O2+", "CO2+", "N2O+", "OH+"]
NONLINEAR = ["CH4", "13CH4", "CH3D", "NH3", "H2O", "HDO", "SO2", "34SO2"]
NONLINEAR_IONS = ["CH4+", "NH3+", "H2O+", "SO2+", "H3+", "H3O+", "HCO2+"]
MOLECULES = [*LINEAR, *LINEAR_IONS, *NONLINEAR, *NONLINEAR_IONS]

# AME2020 (Wang et al. 2021, Chinese Phys. C 45 030003) [u]
NUCLIDES = {
    "2H": 2.01410177784,
    "3He": 3.01602932197,
    "13C": 13.00335483534,
    "14N": 14.00307400425,
    "15N": 15.0001088983,
    "16O": 15.9949146193,
    "18O": 17.9991596121,
    "20Ne": 19.9924401753,
    "22Ne": 21.991385114,
    "34S": 33.96786701,
    "36Ar": 35.967545106,
    "38Ar": 37.9627321,
}
# name: parent, nuclides of NUCLIDES, atoms of natural composition
ISOTOPES = {
    **{name: (name.lstrip("0123456789"), [name], []) for name in NUCLIDES if name not in ("2H", "14N", "16O", "34S")},
    "D2": ("H2", ["2H", "2H"], []),
    "13CO": ("CO", ["13C"], ["O"]),
    "C18O": ("CO", ["18O"], ["C"]),
    "14N15N": ("N2", ["14N", "15N"], []),
    "16O18O": ("O2", ["16O", "18O"], []),
    "13CO2": ("CO2", ["13C"], ["O", "O"]),
    "C16O18O": ("CO2", ["16O", "18O"], ["C"]),
    "13CH4": ("CH4", ["13C"], ["H"] * 4),
    "CH3D": ("CH4", ["2H"], ["C", "H", "H", "H"]),
    "HDO": ("H2O", ["2H"], ["H", "O"]),
    "34SO2": ("SO2", ["34S"], ["O", "O"]),
}
# Parker's formula at 300 K with the pairs of Swaminathan-Gopalan 2015, by hand; GRI-Mech's evaluated Z at 298 K
PARKER_300 = {"O2": (3.4223, 3.8), "N2": (3.9914, 4.0), "CO": (2.6749, 1.8), "CO2": (2.1769, 2.1)}


def _parker(gas: Species, temperature: float) -> float:
    ratio = gas.t_star / temperature
    slow = math.pi**1.5 / 2.0 * math.sqrt(ratio) + (math.pi**2 / 4.0 + math.pi) * ratio
    return float(gas.z_rot_infinity / (1.0 + slow))


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


@pytest.mark.parametrize("name", sorted(ISOTOPES))
def test_an_isotope_weighs_its_nuclides_and_collides_as_its_parent(name: str) -> None:
    parent, nuclides, atoms = ISOTOPES[name]
    mass = sum(NUCLIDES[nuclide] for nuclide in nuclides) * ATOMIC_MASS + sum(species(atom).mass for atom in atoms)
    isotope, natural = species(name), species(parent)
    assert isotope.mass == pytest.approx(mass, rel=1e-9, abs=0.0)
    assert (isotope.diameter, isotope.omega, isotope.alpha) == (natural.diameter, natural.omega, natural.alpha)
    assert (isotope.zeta_rot, isotope.z_rot_infinity, isotope.t_star) == (
        natural.zeta_rot,
        natural.z_rot_infinity,
        natural.t_star,
    )
    assert isotope.source == f"choice: as {parent} ({natural.source}); mass AME2020"


def test_every_isotope_of_the_table_is_checked() -> None:
    with_mass_number = {name for name in species_names() if any(c.isdigit() for c in name[:1])}
    assert with_mass_number | {"D2", "C18O", "C16O18O", "CH3D", "HDO"} == set(ISOTOPES)
    assert {"D", "HD", "He", "N"} <= set(species_names())


@pytest.mark.parametrize("name", ["14N15N", "13CO2", "3He"])
def test_an_isotope_has_the_soft_spheres_of_its_parent(name: str) -> None:
    isotope, natural = species(name, "vss"), species(ISOTOPES[name][0], "vss")
    assert (isotope.diameter, isotope.alpha) == (natural.diameter, natural.alpha)


@pytest.mark.parametrize("name", species_names())
def test_molecules_rotate_with_a_stated_source_and_atoms_do_not(name: str) -> None:
    """Two degrees of freedom for linear molecules, three for the others; either a Parker pair or none of it."""
    entry = species(name)
    assert entry.zeta_rot == (2.0 if name in LINEAR + LINEAR_IONS else 3.0 if name in MOLECULES else 0.0)
    assert bool(entry.rotation_source) == (name in MOLECULES)
    assert entry.z_rot > 1.0
    assert (entry.z_rot_infinity > 0.0) == (entry.t_star > 0.0) == ("Parker pair" in entry.rotation_source)


def test_hydrogen_molecules_relax_in_hundreds_of_collisions() -> None:
    """280 at 298 K (GRI-Mech 3.0). HD, whose mass centre is off its charge centre, relaxes much faster."""
    assert species("H2").z_rot == 280.0
    assert species("H2").z_rot_infinity == 0.0
    assert 100.0 < species("D2").z_rot < species("H2").z_rot
    assert species("HD").z_rot < 0.1 * species("H2").z_rot
    assert all("choice" in species(name).rotation_source for name in ("HD", "D2"))


@pytest.mark.parametrize("name", sorted(PARKER_300))
def test_parker_pairs_agree_with_evaluated_numbers_at_room_temperature(name: str) -> None:
    """Pair and evaluated number are independent: within 10 % of each other, CO within 50 %."""
    parker, evaluated = PARKER_300[name]
    assert _parker(species(name), 300.0) == pytest.approx(parker, rel=2e-5, abs=0.0)
    assert species(name).z_rot == evaluated
    assert parker == pytest.approx(evaluated, rel=0.5 if name == "CO" else 0.1, abs=0.0)


def test_methane_relaxes_slowly() -> None:
    """13 at 298 K (GRI-Mech 3.0); 14.8 at 500 K by thermal transpiration."""
    assert species("CH4").z_rot == pytest.approx(14.8, rel=0.15, abs=0.0)


@pytest.mark.parametrize("law", ["vhs", "vss"])
@pytest.mark.parametrize("temperature", [150.0, 273.0, 1000.0])
def test_the_collision_ratio_is_collision_rate_times_viscous_time(law: str, temperature: float) -> None:
    """nu pi mu/(4 p) with nu = 4 n d^2 sqrt(pi k T_ref/m)(T/T_ref)^(1-omega), p = n k T, mu of the law."""
    gas = species("N2", law)
    speed = math.sqrt(math.pi * K_B * gas.t_ref / gas.mass)
    rate = 4.0 * gas.diameter**2 * speed * (temperature / gas.t_ref) ** (1.0 - gas.omega)
    expected = rate * math.pi * _viscosity(gas, temperature) / (4.0 * K_B * temperature)
    assert gas.collision_ratio == pytest.approx(expected, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(("omega", "ratio"), [(0.5, 5.0 * math.pi / 16.0), (1.0, 7.5 * math.pi / 15.0)])
def test_hard_spheres_and_maxwell_molecules_have_their_collision_ratio(omega: float, ratio: float) -> None:
    gas = Species("gas", 1e-26, 0, 3e-10, omega, 273.0, 1.0, 2.0, "test")
    assert gas.collision_ratio == pytest.approx(ratio, rel=1e-14, abs=0.0)
    assert (gas.z_rot, gas.z_rot_infinity, gas.t_star, gas.rotation_source) == (5.0, 0.0, 0.0, "")


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
    with pytest.raises(InputError, match="no VSS data"):
        species("H", "vss")


def test_input_error_shows_all_messages() -> None:
    error = InputError(["first fault", "second fault"])
    assert error.messages == ("first fault", "second fault")
    assert str(error) == "first fault\nsecond fault"
    assert InputError("one").messages == ("one",)
    assert error.exit_code == 2
