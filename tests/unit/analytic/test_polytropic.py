"""Isentropic wind against exact values, conservation laws, the equation of motion and its isothermal limit.

Reference: Parker 1963; Lamers & Cassinelli 1999, chapter 4.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from exobase.analytic import jeans, parker, polytropic
from exobase.constants import ATOMIC_MASS, K_B

MASS, TEMPERATURE, R0 = 28.0 * ATOMIC_MASS, 100.0, 1.2e6
GAMMAS = [1.001, 1.05, 1.2, 4.0 / 3.0, 1.4, 1.49]


def gm_of(depth: float) -> float:
    return depth * K_B * TEMPERATURE * R0 / MASS


def test_diatomic_wind_has_the_exact_values() -> None:
    assert polytropic.mach(0.1, 1.4) == pytest.approx(0.17172, rel=0.0, abs=5.1e-6)
    assert polytropic.mach(10.0, 1.4) == pytest.approx(3.4367, rel=0.0, abs=5.1e-5)
    assert polytropic.temperature_ratio(10.0, 1.4) == pytest.approx(0.1428, rel=0.0, abs=5.1e-5)


def test_start_of_a_diatomic_wind_has_the_exact_values() -> None:
    start = polytropic.base(3.2, 1.4)
    assert start.radius_ratio == pytest.approx(0.24695, rel=0.0, abs=5.1e-6)
    assert start.mach == pytest.approx(0.36862, rel=0.0, abs=5.1e-6)
    assert polytropic.flux_over_evaporation(3.2, 1.4) == pytest.approx(1.0933, rel=0.0, abs=5.1e-5)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_mass_energy_and_entropy_are_conserved(gamma: float) -> None:
    """n u y^2 = 1, u^2/2 + T/(gamma - 1) - 2/y constant, T = n^(gamma - 1), in units of the sonic point."""
    y = np.array([0.02, 0.3, 0.9, 0.99999, 1.0, 1.00001, 1.5, 20.0, 1e4])
    n, u = polytropic.density_ratio(y, gamma), polytropic.velocity_ratio(y, gamma)
    t = polytropic.temperature_ratio(y, gamma)
    np.testing.assert_allclose(n * u * y**2, 1.0, rtol=1e-11)
    np.testing.assert_allclose(t, n ** (gamma - 1.0), rtol=1e-11)
    energy = (5.0 - 3.0 * gamma) / (2.0 * (gamma - 1.0))
    scale = 2.0 / y + 1.0 / (gamma - 1.0)
    np.testing.assert_allclose((0.5 * u**2 + t / (gamma - 1.0) - 2.0 / y - energy) / scale, 0.0, atol=1e-12)
    assert np.all(np.diff(polytropic.mach(y, gamma)) > 0.0)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_slope_at_the_sonic_point_is_that_of_the_accelerating_branch(gamma: float) -> None:
    """d ln M/d ln r = sqrt((5 - 3 gamma)/2), by l'Hospital from the equation of motion."""
    step = 1e-6
    slope = math.log(polytropic.mach(1.0 + step, gamma) / polytropic.mach(1.0 - step, gamma)) / (2.0 * step)
    assert slope == pytest.approx(math.sqrt((5.0 - 3.0 * gamma) / 2.0), rel=1e-8, abs=0.0)
    assert polytropic.mach(1.0, gamma) == 1.0


@pytest.mark.parametrize("gamma", [1.2, 1.4])
def test_wind_obeys_the_equation_of_motion(gamma: float) -> None:
    """(u^2 - c^2) u'/u = 2 c^2/r - 2/r^2, c^2 = T: integrated away from the sonic point on both sides."""

    def slope(y: float, u: list[float]) -> list[float]:
        c2 = (u[0] * y**2) ** (1.0 - gamma)
        return [u[0] * (2.0 * c2 / y - 2.0 / y**2) / (u[0] ** 2 - c2)]

    for start, end in ((1.02, 20.0), (0.98, 0.2)):
        run = solve_ivp(slope, (start, end), [float(polytropic.velocity_ratio(start, gamma))], rtol=1e-11, atol=1e-12)
        assert polytropic.velocity_ratio(end, gamma) == pytest.approx(run.y[0, -1], rel=1e-6, abs=0.0)


def test_speed_far_away_is_the_terminal_one() -> None:
    """u_inf/c_s = sqrt[(5 - 3 gamma)/(gamma - 1)]: sqrt 2 for gamma = 1.4."""
    assert polytropic.terminal_velocity_ratio(1.4) == pytest.approx(math.sqrt(2.0), rel=1e-14, abs=0.0)
    far = polytropic.velocity_ratio(1e12, np.array([1.3, 1.4]))
    np.testing.assert_allclose(far, polytropic.terminal_velocity_ratio([1.3, 1.4]), rtol=1e-6)


def test_gamma_near_one_is_parkers_isothermal_wind() -> None:
    """The difference is of order gamma - 1."""
    y = np.array([0.15, 0.5, 2.0, 10.0])
    np.testing.assert_allclose(polytropic.mach(y, 1.0 + 1e-8), parker.mach(y), rtol=1e-6)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_radius_ratio_is_the_inverse_of_the_mach_number(gamma: float) -> None:
    y = np.array([0.05, 0.5, 0.9, 0.999999, 1.0])
    np.testing.assert_allclose(polytropic.radius_ratio(polytropic.mach(y, gamma), gamma), y, rtol=1e-11)


@pytest.mark.parametrize("gamma", [1.05, 1.2, 1.4, 1.45])
def test_base_has_the_jeans_parameter_asked_for(gamma: float) -> None:
    """lambda(y) = 2 gamma/(y T/T_s), from 2 gamma at the sonic point to gamma/(gamma - 1) deep below."""
    low, high = 2.0 * gamma, gamma / (gamma - 1.0)
    depth = low + (high - low) * np.array([0.0, 1e-6, 0.1, 0.5, 0.9, 0.999])
    start = polytropic.base(depth, gamma)
    reached = 2.0 * gamma / (start.radius_ratio * polytropic.temperature_ratio(start.radius_ratio, gamma))
    np.testing.assert_allclose(reached, depth, rtol=1e-11)
    assert start.mach[0] == pytest.approx(1.0, rel=1e-13, abs=0.0)
    np.testing.assert_allclose(polytropic.starting_depth(start.mach, gamma), depth, rtol=1e-9)
    assert np.all(np.diff(start.mach) < 0.0)


def test_profile_starts_with_the_base_and_keeps_mass_flow_and_total_energy() -> None:
    radii, gm = R0 * np.array([1.0, 1.3, 4.05, 8.0, 100.0]), gm_of(3.2)
    wind = polytropic.profile(radii, 1e18, R0, TEMPERATURE, MASS, gm, 1.4)
    assert (wind.density[0], wind.temperature[0]) == (pytest.approx(1e18), pytest.approx(TEMPERATURE))
    flow = wind.density * wind.velocity * radii**2
    np.testing.assert_allclose(flow, flow[0], rtol=1e-11)
    enthalpy = 3.5 * K_B * wind.temperature / MASS
    total = 0.5 * wind.velocity**2 + enthalpy - gm / radii
    np.testing.assert_allclose(total - total[0], 0.0, atol=1e-11 * enthalpy[0])
    flux = polytropic.flux_over_evaporation(3.2, 1.4) * jeans.evaporation_flux(1e18, TEMPERATURE, MASS)
    assert wind.density[0] * wind.velocity[0] == pytest.approx(flux, rel=1e-12, abs=0.0)


def test_sonic_radius_is_where_the_speed_is_that_of_sound() -> None:
    """4.05 R0 for lambda0 = 3.2, gamma = 1.4."""
    sonic = R0 / float(polytropic.base(3.2, 1.4).radius_ratio)
    assert sonic / R0 == pytest.approx(4.05, abs=5e-3)
    wind = polytropic.profile(sonic, 1e18, R0, TEMPERATURE, MASS, gm_of(3.2), 1.4)
    assert wind.velocity == pytest.approx(polytropic.sound_speed(wind.temperature, MASS, 1.4), rel=1e-10, abs=0.0)
    assert polytropic.sonic_radius(wind.temperature, MASS, 1.4, gm_of(3.2)) == pytest.approx(sonic, rel=1e-10, abs=0.0)


def test_drifting_emission_is_the_upward_flux_of_the_moving_maxwellian() -> None:
    """int_0^inf v exp[-(v - s)^2]/sqrt(pi) dv by quadrature, over the mean s."""
    s = 0.368623 * math.sqrt(0.7)
    upward = quad(lambda v: v * math.exp(-((v - s) ** 2)) / math.sqrt(math.pi), 0.0, 12.0)[0]
    assert polytropic.flux_over_drifting_emission(3.2, 1.4) == pytest.approx(s / upward, rel=1e-5, abs=0.0)


def test_deep_bases_of_nearly_isothermal_gas_do_not_underflow() -> None:
    """gamma = 1.01, lambda0 = 100: the sonic point is far away and thin, yet the profile is finite and starts at n0."""
    wind = polytropic.profile([R0, 2.0 * R0], 1e18, R0, TEMPERATURE, MASS, gm_of(100.0), 1.01)
    assert wind.density[0] == pytest.approx(1e18, rel=1e-9, abs=0.0)
    assert 0.0 < wind.density[1] < 1e-3 * wind.density[0]
    assert np.all(np.isfinite(wind.velocity))


def test_invalid_arguments_are_refused() -> None:
    for gamma in (1.0, 1.5, 5.0 / 3.0):
        with pytest.raises(ValueError, match=r"gamma = .* must be between 1 and 1\.5"):
            polytropic.mach(0.5, gamma)
    for depth in (2.79, 3.5, 10.0):
        with pytest.raises(ValueError, match=r"must be between 2\.8 and 3\.5"):
            polytropic.base([3.0, depth], 1.4)
    with pytest.raises(ValueError, match=r"mach = 1\.1"):
        polytropic.radius_ratio(1.1, 1.4)
    with pytest.raises(ValueError, match=r"gamma = 0\.9"):
        polytropic.sound_speed(100.0, MASS, 0.9)
