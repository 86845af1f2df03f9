"""The expected state that a run starts from (initial = "fluid"): theory where there is some, and sanity everywhere.

Fluxes are constant through a sphere: n u r^2. Above an exobase densities are Chamberlain's zeta. In a mixture at rest
every gas is barometric by itself; a light trace leaves at most with the diffusion-limited flux b n_i/n (1/H_a - 1/H_i)
(Hunten 1973), and every profile obeys Stefan and Maxwell's equations.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

from exobase.analytic import chamberlain, diffusion, kinetic
from exobase.case import Case, make_case
from exobase.constants import K_B
from exobase.errors import InputError
from exobase.fluid import solve
from exobase.simulation import Simulation
from exobase.simulation.exosphere import exosphere
from exobase.simulation.fluid_start import StartGas, gas_column
from exobase.simulation.profile import Profile, expected_profile

R0 = 1e6
GAS: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "body": {"jeans_parameter": 6.0},
    "domain": {"geometry": "radial", "inner": "1000 km", "outer_over_inner": 10.0},
    "outer": {"type": "kepler_return"},
    "species": [
        {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.01}
    ],
}


def one_gas(depth: float, knudsen: float, **overrides: Any) -> Case:
    changes = {"body.jeans_parameter": depth, "species.0.knudsen_number": knudsen, **overrides}
    return make_case(copy.deepcopy(GAS), changes)


def mixture(masses: list[float], shares: list[float], depth: float, knudsen: float, **overrides: Any) -> Case:
    """depth: Jeans parameter of the first species; knudsen: l/R0 if all were of its kind."""
    tables = copy.deepcopy(GAS)
    tables["body"]["jeans_parameter"] = depth
    path = 1.0 / (math.sqrt(2.0) * math.pi * (4e-10) ** 2)
    tables["species"] = [
        {"name": f"S{i}", "mass": f"{m} u", "diameter": "4 angstrom", "temperature": "100 K",
         "density": f"{share * path / (knudsen * R0):.17g} m-3"}
        for i, (m, share) in enumerate(zip(masses, shares, strict=True))
    ]  # fmt: skip
    return make_case(tables, overrides)


def assert_sane(case: Case, profile: Profile, where: str = "") -> None:
    """Finite, positive, continuous, with a temperature in bounds."""
    assert profile.velocity is not None, where + profile.note
    for values in (profile.density, profile.temperature, profile.velocity):
        assert np.isfinite(values).all(), where
    assert (profile.density > 0.0).all(), where
    assert (profile.velocity >= 0.0).all(), where
    hottest = max(s.temperature for s in case.species)
    coldest = min(s.temperature for s in case.species)
    assert (profile.temperature <= 1.2 * hottest).all(), where
    assert (profile.temperature >= 0.05 * coldest * (1.0 - 1e-12)).all(), where
    jump = np.abs(np.diff(np.log(profile.density), axis=1))
    # A barometric gas falls by this much from node to node; nothing may jump beyond it.
    depth = case.gm * np.array([[s.mass] for s in case.species]) / (K_B * 0.5 * coldest)
    smooth = depth * np.abs(np.diff(1.0 / profile.position))
    assert (jump <= 0.25 + smooth).all(), where


@pytest.mark.parametrize("depth", [0.05, 1.0, 2.4, 3.0, 6.0, 15.0, 40.0, 90.0])
def test_the_start_of_one_gas_is_sane_from_wind_to_free_flight(depth: float) -> None:
    for knudsen in (1e-4, 1e-2, 0.3, 100.0):
        case = one_gas(depth, knudsen)
        assert case.initial == "fluid"
        assert_sane(case, expected_profile(case), f"lambda0 {depth}, Kn0 {knudsen}: ")


@pytest.mark.parametrize("depth", [1.0, 4.0, 8.0])
def test_the_start_of_a_diatomic_gas_is_sane(depth: float) -> None:
    for knudsen in (3e-4, 0.05):
        rotating = {"species.0.rotational_dof": 2, "species.0.rotational_number": 3}
        case = one_gas(depth, knudsen, collisions="vhs", **{"species.0.omega": 0.75}, **rotating)
        assert_sane(case, expected_profile(case), f"lambda0 {depth}, Kn0 {knudsen}: ")


MIXTURES = {
    "isotopes": ([1.0, 2.0], [1.0, 0.01]),
    "trace of light gas": ([28.0, 2.0], [1.0, 1e-8]),
    "trace of heavy gas": ([2.0, 40.0], [1.0, 1e-8]),
    "halves": ([16.0, 1.0], [1.0, 1.0]),
    "three": ([44.0, 16.0, 1.0], [1.0, 0.1, 1e-4]),
    "four": ([44.0, 16.0, 2.0, 1.0], [1.0, 0.1, 1e-8, 1e-4]),
}


@pytest.mark.parametrize("name", MIXTURES)
def test_the_start_of_a_mixture_is_sane(name: str) -> None:
    masses, shares = MIXTURES[name]
    for depth in (0.5, 3.0, 8.0, 40.0):
        for knudsen in (1e-4, 1e-2, 10.0):
            case = mixture(masses, shares, depth, knudsen)
            assert_sane(case, expected_profile(case), f"{name}, lambda0 {depth}, Kn0 {knudsen}: ")


@pytest.mark.parametrize("depth", [3.0, 20.0])
def test_a_domain_without_an_exobase_has_a_start(depth: float) -> None:
    for case in (
        one_gas(depth, 1e-4, **{"domain.outer_over_inner": 1.05}),
        mixture([28.0, 16.0], [1.0, 0.01], depth, 1e-4, **{"domain.outer_over_inner": 1.05}),
    ):
        assert_sane(case, expected_profile(case))


@pytest.mark.parametrize("depth", [0.5, 3.0, 12.0])
def test_the_density_above_an_exobase_is_that_of_chamberlain(depth: float) -> None:
    y = 1.0 / np.geomspace(1.0, 20.0, 50)
    for satellites in (0.0, 1.0):
        zeta = chamberlain.zeta_bal(depth * y, depth) + chamberlain.zeta_esc(depth * y, depth)
        zeta = (zeta + satellites * chamberlain.zeta_sat(depth * y, depth)) * np.exp(depth * y - depth)
        found = exosphere(depth, y, satellites=satellites)
        np.testing.assert_allclose(found.density, zeta / zeta[0], rtol=1e-4)
        np.testing.assert_allclose(found.density * found.velocity, found.velocity[0] * y * y, rtol=1e-10)


def test_an_exobase_with_all_orbits_filled_keeps_its_temperature_but_for_those_that_leave() -> None:
    found = exosphere(20.0, 1.0 / np.geomspace(1.0, 3.0, 20), satellites=1.0)
    np.testing.assert_allclose(found.temperature, 1.0, atol=0.02)
    assert exosphere(20.0, 1.0 / np.array([1.0, 3.0]), satellites=0.0).temperature[-1] < 0.8


@pytest.mark.parametrize(("depth", "knudsen"), [(6.0, 0.01), (10.0, 0.01), (4.0, 0.1)])
def test_one_gas_carries_the_flux_of_the_fluid_through_every_level(depth: float, knudsen: float) -> None:
    case = one_gas(depth, knudsen)
    profile = expected_profile(case)
    assert profile.velocity is not None
    flux = profile.density[0] * profile.velocity[0] * (profile.position / R0) ** 2
    evaporation = case.species[0].density * case.species[0].thermal_speed() / (2.0 * math.sqrt(math.pi))
    fluid = solve(depth, knudsen, upper="kinetic", inner="knudsen", internal_factor=1.2)
    np.testing.assert_allclose(flux, fluid.flux_over_evaporation * evaporation, rtol=5e-3)
    exobase = fluid.exobase_radius
    assert profile.temperature_at(np.array([exobase * R0]))[0, 0] == pytest.approx(
        100.0 * fluid.exobase_temperature, rel=5e-3
    )


def test_a_gas_too_deep_to_escape_is_isothermal_and_at_rest() -> None:
    y = np.geomspace(1.0, 1.4, 400)
    column = gas_column(StartGas(60.0, 1e-3), y)
    assert column is not None
    low = y < column.exobase
    np.testing.assert_allclose(column.density[low], np.exp(-60.0 * (1.0 - 1.0 / y[low])), rtol=1e-12)
    assert column.exobase == pytest.approx(1.0 / (1.0 - math.log(1.0 / 0.06 * 1.052**2) / 60.0), abs=0.002)
    assert (column.velocity < 1e-15).all()


def test_heavy_gases_that_do_not_escape_are_barometric_each_by_itself() -> None:
    case = mixture([44.0, 28.0], [1.0, 0.3], 200.0, 1e-3)
    profile = expected_profile(case)
    low = profile.density[0] > 1e-2 * profile.density[0, 0]
    for s, density in zip(case.species, profile.density, strict=True):
        depth = case.gm * s.mass / (K_B * s.temperature)
        barometric = s.density * np.exp(depth * (1.0 / profile.position - 1.0 / R0))
        np.testing.assert_allclose(density[low], barometric[low], rtol=1e-6)


def test_a_light_trace_tends_to_the_diffusion_limited_flux() -> None:
    """A trace so light that it leaves at once: its flux is what diffusion lets pass, less the share left above."""
    case = mixture([40.0, 1.0], [1.0, 1e-8], 40.0, 1e-4)
    profile = expected_profile(case)
    assert profile.velocity is not None
    heavy, light = case.species
    flux = light.density * profile.velocity[1, 0]
    b = float(kinetic.diffusion(1.0, 100.0, heavy.mass, light.mass, 4e-10))
    height = K_B * 100.0 * R0**2 / case.gm
    limit = float(diffusion.limiting_flux(b, 1e-8 / (1.0 + 1e-8), height / heavy.mass, height / light.mass))
    assert 0.85 < flux / limit < 1.15


@pytest.mark.parametrize(("name", "depth"), [("isotopes", 8.0), ("trace of light gas", 20.0), ("four", 40.0)])
def test_the_densities_of_a_mixture_obey_stefan_and_maxwell(name: str, depth: float) -> None:
    """All gases but the first, which may be a fluid by itself."""
    masses, shares = MIXTURES[name]
    case = mixture(masses, shares, depth, 1e-3)
    profile = expected_profile(case)
    assert profile.velocity is not None
    n, t, r = profile.density, profile.temperature, profile.position
    flux = n * profile.velocity
    mass = np.array([s.mass for s in case.species])
    total, mean = n.sum(axis=0), (mass @ n) / n.sum(axis=0)
    path = 1.0 / (math.sqrt(2.0) * math.pi * 16e-20 * total)
    low = np.flatnonzero(path < 0.3 * K_B * t[0] * r**2 / (case.gm * mean))[5:-5]
    for i in range(1, mass.size):
        slope = np.gradient(np.log(n[i] * t[i]), r)[low]
        pull = -case.gm * mass[i] / (K_B * t[i] * r**2)
        for j in range(mass.size):
            if j != i:
                b = kinetic.diffusion(1.0, t[i], mass[i], mass[j], 4e-10)
                pull = pull - (n[j] * flux[i] - n[i] * flux[j]) / (b * n[i])
        np.testing.assert_allclose(slope, pull[low], rtol=2e-2, err_msg=f"{name} {i}")


def test_the_first_particles_have_density_temperature_and_velocity_of_the_profile() -> None:
    """Sums over the whole column against integrals of the profile: 30 000 particles, errors of 1 %."""
    case = one_gas(2.0, 0.05, **{"run.particles_per_cell": 400, "domain.outer_over_inner": 4.0})
    sim = Simulation(case)
    state, profile = sim.state(), sim.engine.tables.profile
    assert profile.velocity is not None
    r = profile.position
    shell = 4.0 * math.pi * r**2 * profile.density[0]
    content = float(np.trapezoid(shell, r))
    weight = state["weight"]
    assert weight.sum() == pytest.approx(content, rel=0.03)
    momentum = float(np.trapezoid(shell * profile.velocity[0], r)) / content
    thermal = math.sqrt(K_B * 100.0 / case.species[0].mass)
    assert momentum > 0.3 * thermal
    assert (weight @ state["v_normal"]) / weight.sum() == pytest.approx(momentum, abs=0.05 * thermal)


def test_what_the_run_starts_from_is_told() -> None:
    sim = Simulation(one_gas(6.0, 0.05, **{"run.particles_per_cell": 5}))
    assert sim.start.startswith("fluid: fluid with heat conduction up to the exobase at 1.")
    drifting = one_gas(6.0, 0.05, **{"species.0.bulk_speed": "50 m/s", "run.particles_per_cell": 5})
    assert Simulation(drifting).start == "fluid: hydrostatic: the reservoir of X drifts"


def test_species_of_different_temperature_start_at_their_mean_with_a_warning() -> None:
    case = mixture([28.0, 16.0], [1.0, 1.0], 20.0, 1e-3, **{"species.1.temperature": "140 K"})
    profile = expected_profile(case)
    assert profile.temperature[:, 0] == pytest.approx(120.0)
    assert "S0 100 K, S1 140 K" in profile.warnings[0]
    assert not expected_profile(mixture([28.0, 16.0], [1.0, 1.0], 20.0, 1e-3)).warnings


def test_the_start_that_is_named_is_the_one_made() -> None:
    assert expected_profile(one_gas(6.0, 0.01, initial="barometric")).velocity is None
    assert expected_profile(one_gas(6.0, 0.01, initial="empty")).velocity is None


@pytest.mark.parametrize(
    ("overrides", "initial"),
    [
        ({}, "fluid"),
        ({"collisions": "off"}, "empty"),
        ({"outer.type": "specular"}, "barometric"),
        ({"inner.type": "diffuse", "outer.type": "specular"}, "barometric"),
        ({"body.jeans_parameter": 0.0}, "barometric"),
        ({"outer.type": "remove"}, "fluid"),
        ({"outer.type": "remove", "species.0.outer_density": "1e9 m-3"}, "barometric"),
    ],
)
def test_a_gas_that_escapes_from_a_reservoir_starts_as_a_fluid_by_default(
    overrides: dict[str, Any], initial: str
) -> None:
    assert make_case(copy.deepcopy(GAS), overrides).initial == initial


@pytest.mark.parametrize(
    ("overrides", "needs"),
    [
        ({"collisions": "off"}, "collisions"),
        ({"body.jeans_parameter": 0.0}, "gravity"),
        ({"inner.type": "absorb"}, "reservoir"),
        ({"outer.type": "specular"}, "kepler_return"),
    ],
)
def test_a_fluid_start_without_what_it_needs_is_refused(overrides: dict[str, Any], needs: str) -> None:
    with pytest.raises(InputError, match=f'initial = "fluid": needs .*{needs}.*leave out initial'):
        make_case(copy.deepcopy(GAS), {"initial": "fluid", **overrides})
