"""Isothermal wind against exact values, the equations of motion and direct root finding.

Reference: Parker 1958; Cranmer 2004.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from exobase.analytic import barometric, parker
from exobase.constants import ATOMIC_MASS, K_B

MASS, TEMPERATURE, GM, R0 = 1.008 * ATOMIC_MASS, 5000.0, 3.986004e14, 7e6
SPEED = math.sqrt(K_B * TEMPERATURE / MASS)
SONIC = GM / (2.0 * SPEED**2)
GAS = (TEMPERATURE, MASS, GM)

MACH = [  # y, M to half a unit of the last digit
    (0.1, 9.2374e-7, 5e-12),
    (0.2, 5.08678e-3, 5e-9),
    (0.5, 0.348952, 5e-7),
    (0.9, 0.894743, 5e-7),
    (2.0, 1.674346, 5e-7),
    (5.0, 2.456704, 5e-7),
    (10.0, 2.963643, 5e-7),
    (100.0, 4.286196, 5e-7),
]


@pytest.mark.parametrize(("y", "expected", "half_digit"), MACH)
def test_mach_number_has_the_exact_values(y: float, expected: float, half_digit: float) -> None:
    assert parker.mach(y) == pytest.approx(expected, rel=0.0, abs=1.01 * half_digit)


@pytest.mark.parametrize("y", [0.004, 0.02, 0.0874, 0.3, 0.99, 0.9996, 0.9998, 1.0001, 1.0004, 1.01, 3.0, 1e4, 1e8])
def test_mach_number_solves_the_bernoulli_equation(y: float) -> None:
    """(M^2 - 1)/2 - ln M = 2 (1/y - 1 + ln y), on the branch below or above 1, in x = ln M without cancellation."""
    right = 2.0 * (math.expm1(-math.log(y)) + math.log(y))

    def excess(x: float) -> float:
        return 0.5 * math.expm1(2.0 * x) - x - right

    bracket = (-right - 1.0, 0.0) if y < 1.0 else (0.0, 0.5 * math.log(2.0 * right + 4.0) + 2.0)
    expected = math.exp(brentq(excess, *bracket, xtol=1e-15, rtol=1e-14))
    assert parker.mach(y) == pytest.approx(expected, rel=2e-11, abs=0.0)


def test_mach_number_is_smooth_through_the_sonic_point() -> None:
    """M = 1 + d - d^2/2: the slope there is 1, and the switch to the series leaves no step."""
    assert parker.mach(1.0) == 1.0
    edge = parker.SERIES_BELOW
    for side in (-1.0, 1.0):
        inside, outside = parker.mach(1.0 + side * edge * np.array([1.0 - 1e-9, 1.0 + 1e-9]))
        assert outside - inside == pytest.approx(2e-9 * side * edge, abs=4e-12)


def test_wind_obeys_the_equation_of_motion() -> None:
    """(u^2 - c^2) u'/u = 2 c^2/r - G M/r^2, integrated outwards from either side of the sonic point."""

    def slope(r: float, u: list[float]) -> list[float]:
        return [u[0] * (2.0 * SPEED**2 / r - GM / r**2) / (u[0] ** 2 - SPEED**2)]

    for start, end in ((1.02, 20.0), (0.98, 0.3)):  # away from the point, where the transonic branch attracts
        first = float(parker.velocity(start * SONIC, *GAS))
        run = solve_ivp(slope, (start * SONIC, end * SONIC), [first], rtol=1e-10, atol=1e-8)
        assert parker.velocity(end * SONIC, *GAS) == pytest.approx(run.y[0, -1], rel=1e-7, abs=0.0)


def test_mass_flow_is_the_same_at_all_radii() -> None:
    radii = np.array([R0, 0.5 * SONIC, SONIC, 3.0 * SONIC, 50.0 * SONIC])
    wind = parker.profile(radii, 1e18, R0, *GAS)
    flow = 4.0 * np.pi * radii**2 * wind.density * wind.velocity
    np.testing.assert_allclose(flow, parker.escape_rate(1e18, R0, *GAS), rtol=1e-10)
    assert wind.density[0] == pytest.approx(1e18, rel=1e-12, abs=0.0)
    assert parker.mass_loss(1e18, R0, *GAS) == pytest.approx(MASS * flow[0], rel=1e-10, abs=0.0)


def test_mass_loss_has_the_textbook_form() -> None:
    """4 pi r_s^2 c rho0 exp(3/2 - lambda0 + M0^2/2)."""
    depth = GM * MASS / (K_B * TEMPERATURE * R0)
    base = float(parker.mach(R0 / SONIC))
    expected = 4.0 * math.pi * SONIC**2 * SPEED * MASS * 1e18 * math.exp(1.5 - depth + 0.5 * base**2)
    assert parker.mass_loss(1e18, R0, *GAS) == pytest.approx(expected, rel=1e-12, abs=0.0)
    assert parker.sonic_radius(*GAS) == pytest.approx(SONIC, rel=1e-14, abs=0.0)


def test_gas_at_rest_would_be_denser_at_the_sonic_point_by_the_root_of_e() -> None:
    """n0 exp(2 - lambda0) of the hydrostatic law; the wind has exp(-1/2) of it above a deep base."""
    deep = 0.05 * SONIC
    hydrostatic = parker.hydrostatic_sonic_density(1e30, deep, *GAS)
    assert hydrostatic == pytest.approx(barometric.density(SONIC, 1e30, deep, *GAS), rel=1e-12, abs=0.0)
    wind = parker.sonic_density(1e30, deep, *GAS)
    assert wind / hydrostatic == pytest.approx(math.exp(-0.5), rel=1e-12, abs=0.0)
    assert wind == pytest.approx(parker.profile(SONIC, 1e30, deep, *GAS).density, rel=1e-12, abs=0.0)


def test_arguments_broadcast() -> None:
    assert parker.velocity(np.ones((3, 1)) * R0, np.array([500.0, 5000.0]), MASS, GM).shape == (3, 2)
    assert isinstance(parker.mach(0.5), float)


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="radius_ratio = 0"):
        parker.mach([1.0, 0.0])
    with pytest.raises(ValueError, match="gm = 0"):
        parker.mass_loss(1e18, R0, TEMPERATURE, MASS, 0.0)
    with pytest.raises(ValueError, match="base_density = -1"):
        parker.profile(R0, -1.0, R0, *GAS)
