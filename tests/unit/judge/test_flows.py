"""Steady flows as references of checks, against published values and the relations that define them.

Isentropic wind of a diatomic gas (gamma = 7/5) above lambda0 = 3.2: M0 = .36862, flux/evaporation 1.0933, r0/r_s =
.24695. Free-molecular sphere, lambda0 = 0: n/n0 = .066987, .002506, T_r/T = .39928, .45126, T_t/T = .191987, .007506 at
r/R = 2 and 10; u/sqrt(kT/m) = 1.488873 at 2. Evaporation at M = 1, monatomic: T1/T_s .6691, n1/n_s .3081, flux .8157 of
evaporation.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from exobase.analytic import knudsen_layer
from exobase.constants import K_B
from exobase.errors import InputError
from exobase.geometry.space import Planar, Radial
from exobase.judge import flows
from exobase.judge.references import Theory, theory
from synthetic import case_dict

MASS, T0, N0, R0 = 4.65e-26, 100.0, 1e15, 1e6
GAMMA = 1.4


def gas(depth: float, speed: float = 0.0, temperature: float = T0, **changes: object) -> Theory:
    """A reservoir of Jeans parameter ``depth`` with T0."""
    gm = depth * K_B * T0 * R0 / MASS
    base = Theory("HS", MASS, N0, temperature, speed, R0, gm, Radial(gm), GAMMA)
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def sound(temperature: float, gamma: float = GAMMA) -> float:
    return math.sqrt(gamma * K_B * temperature / MASS)


DRIFTING = gas(3.2, 0.36862 * sound(T0))


def test_the_isentropic_wind_of_a_drifting_reservoir_has_the_published_flux_and_sonic_radius() -> None:
    assert flows.flux("isentropic", DRIFTING) / DRIFTING.evaporation_flux() == pytest.approx(1.0933, rel=1e-4)
    assert R0 / flows.sonic_radius(DRIFTING) == pytest.approx(0.24695, rel=1e-4)


def test_mass_energy_and_entropy_are_constant_along_the_isentropic_wind() -> None:
    r = R0 * np.array([1.0, 1.5, 3.0, 4.05, 8.0])
    state = flows.flow("isentropic", DRIFTING, r)
    for constant in (
        state.density * state.velocity * r**2,
        state.velocity**2 / 2 + 3.5 * K_B * state.temperature / MASS - DRIFTING.gm / r,
        state.temperature**2.5 / state.density,
    ):
        assert constant == pytest.approx(constant[0], rel=1e-9, abs=0.0)


def test_a_still_reservoir_below_its_knudsen_layer_drives_the_same_wind() -> None:
    mach = DRIFTING.bulk_speed / sound(T0)
    hot = T0 / float(knudsen_layer.temperature_ratio(mach, GAMMA))
    dense = N0 / float(knudsen_layer.density_ratio(mach, GAMMA))
    still = gas(3.2, 0.0, hot, density=dense)
    r = R0 * np.array([1.0, 2.0, 6.0])
    for a, b in zip(flows.flow("isentropic", still, r), flows.flow("isentropic", DRIFTING, r), strict=True):
        assert a == pytest.approx(b, rel=1e-4, abs=0.0)
    assert flows.sonic_radius(still) == pytest.approx(flows.sonic_radius(DRIFTING), rel=1e-4)


@pytest.mark.parametrize(
    ("about", "text"),
    [
        (gas(3.2, 0.4 * sound(T0)), "the reservoir drifts with"),
        (gas(6.0, 10.0), "no isentropic wind"),
        (gas(1.0), "choked"),
        (gas(3.2, gamma=5 / 3), "no isentropic wind"),
        (gas(3.2, space=Planar(0.0)), "radial geometry"),
    ],
)
def test_a_set_up_without_isentropic_wind_is_refused_with_the_reason(about: Theory, text: str) -> None:
    with pytest.raises(InputError, match=text):
        flows.flow("isentropic", about, R0)


@pytest.mark.parametrize(
    ("ratio", "n", "t_r", "t_t"), [(2.0, 0.066987, 0.39928, 0.191987), (10.0, 0.002506, 0.45126, 0.007506)]
)
def test_the_free_molecular_sphere_has_its_published_values(ratio: float, n: float, t_r: float, t_t: float) -> None:
    state = flows.flow("free_molecular", gas(0.0), ratio * R0)
    assert float(state.density) / N0 == pytest.approx(n, rel=2e-4)
    assert float(state.temperature_radial) / T0 == pytest.approx(t_r, rel=2e-4)
    assert float(state.temperature_transverse) / T0 == pytest.approx(t_t, rel=2e-4)
    assert float(state.temperature) / T0 == pytest.approx((t_r + 2 * t_t) / 3, rel=2e-4)
    if ratio == 2.0:
        assert float(state.velocity) / math.sqrt(K_B * T0 / MASS) == pytest.approx(1.488873, rel=1e-6)
    with pytest.raises(InputError, match="without gravity"):
        flows.flow("free_molecular", gas(1.0), 2 * R0)


def test_the_gas_above_a_choked_knudsen_layer_is_uniform() -> None:
    about = gas(0.0, space=Planar(0.0), gamma=5 / 3)
    state = flows.flow("knudsen_layer", about, np.array([0.0, 1.0]))
    assert state.temperature / T0 == pytest.approx(0.6691, rel=1e-4)
    assert state.density / N0 == pytest.approx(0.3081, rel=2e-4)
    assert state.velocity == pytest.approx(sound(float(state.temperature[0]), 5 / 3))
    assert flows.flux("knudsen_layer", about) / about.evaporation_flux() == pytest.approx(0.8157, rel=1e-4)


def test_cell_means_weigh_density_by_volume_and_velocity_by_particles() -> None:
    """In a cell the flux n u r^2 is constant, so the mean velocity is flux (r2 - r1) over the content."""
    edges = R0 * np.array([1.0, 1.5, 2.5])
    mean = flows.cell_means("isentropic", DRIFTING, edges)
    content = mean.density * np.diff(edges**3) / 3
    flow = flows.flux("isentropic", DRIFTING) * R0**2
    assert mean.velocity == pytest.approx(flow * np.diff(edges) / content, rel=1e-5, abs=0.0)


def test_a_case_is_given_the_flow_that_it_sets_up() -> None:
    def named(**changes: object) -> str | None:
        case = case_dict("c", **{"collisions": "vhs", "gm": 0.0, **changes})
        return flows.holding(case, theory(case, "H"))

    assert named(collisions="off") == "free_molecular"
    assert named(collisions="off", gm=1e14) is None
    assert named(collisions="off", outer={"type": "specular"}) is None
    assert named() is None
    entry = case_dict("c")["species"][0]
    turning = {**entry, "species": {**entry["species"], "zeta_rot": 2.0}}
    gm = 3.2 * K_B * entry["temperature"] * 6.871e6 / entry["species"]["mass"]
    assert named(gm=gm, species=[turning]) == "isentropic"
    assert named(gm=gm, species=[turning], rotation="off") is None
    assert named(gm=gm) is None
    driven = {**entry, "outer_bulk_speed": 100.0}
    assert named(geometry="planar", outer={"type": "remove"}, species=[driven]) == "knudsen_layer"
    assert named(geometry="planar", outer={"type": "remove"}) is None
