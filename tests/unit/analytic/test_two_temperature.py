"""Two-temperature wind against the construction from its layers, its limits, and a direct integration of the loss.

Reference: hydrostatic law and Parker 1958; Guillot 2010 for the skin temperature.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.analytic import barometric, parker, two_temperature
from exobase.constants import ATOMIC_MASS

MASS, GM, R0, R_B = 2.016 * ATOMIC_MASS, 1.9e15, 1.5e7, 1.8e7
COLD, HOT = 900.0, 4000.0


def test_mass_loss_is_that_of_the_layers_put_together() -> None:
    """Barometric to r_b, pressure continuous there, Parker above without the motion of its base."""
    bottom = barometric.density(R_B, 1e24, R0, COLD, MASS, GM) * COLD / HOT
    wind = parker.mass_loss(bottom, R_B, HOT, MASS, GM)
    base = parker.mach(R_B / parker.sonic_radius(HOT, MASS, GM))
    got = two_temperature.mass_loss(1e24, R0, R_B, COLD, HOT, MASS, GM)
    assert got == pytest.approx(wind / math.exp(0.5 * float(base) ** 2), rel=1e-12, abs=0.0)


def test_mass_loss_has_the_closed_form() -> None:
    """pi (GM)^2 c_h^-3 rho0 (c_c/c_h)^2 exp[3/2 - GM/(c_h^2 r_b) - (GM/c_c^2)(1/r0 - 1/r_b)]."""
    c_c, c_h = (float(parker.sound_speed(t, MASS)) for t in (COLD, HOT))
    exponent = 1.5 - GM / (c_h**2 * R_B) - GM / c_c**2 * (1.0 / R0 - 1.0 / R_B)
    expected = math.pi * GM**2 / c_h**3 * MASS * 1e24 * (c_c / c_h) ** 2 * math.exp(exponent)
    got = two_temperature.mass_loss(1e24, R0, R_B, COLD, HOT, MASS, GM)
    assert got == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_efficiency_is_one_where_all_temperatures_are_the_equilibrium_one() -> None:
    """Apart from exp(M0^2/2), one to 1e-9 for a base as deep as this."""
    eta = two_temperature.efficiency(1e24, R0, R_B, COLD, COLD, MASS, GM, COLD)
    assert eta == pytest.approx(1.0, rel=1e-9, abs=0.0)
    assert two_temperature.efficiency(1e24, R0, R_B, COLD, HOT, MASS, GM, COLD) > 1.0


def test_skin_is_cooler_than_equilibrium_in_transparent_gas_and_hotter_in_opaque_gas() -> None:
    """Guillot's profile at depth tau for averaged light:
    T^4 = (3/4) T_eq^4 [2/3 + 1/(g sqrt3) + (g/sqrt3 - 1/(g sqrt3)) exp(-g tau sqrt3)]; tau = 0 is the skin."""
    for g in (0.1, 0.5, 2.0):
        root = math.sqrt(3.0)
        fourth = 0.75 * (2.0 / 3.0 + 1.0 / (g * root) + (g / root - 1.0 / (g * root)))
        assert two_temperature.skin_temperature(1200.0, g) == pytest.approx(1200.0 * fourth**0.25, rel=1e-13, abs=0.0)
    assert two_temperature.skin_temperature(1200.0, 0.0) == pytest.approx(1200.0 * 0.5**0.25, rel=1e-14, abs=0.0)
    assert two_temperature.skin_temperature(1200.0, 2.0 / math.sqrt(3.0)) == pytest.approx(1200.0, rel=1e-14, abs=0.0)


def test_implicit_step_converges_to_exponential_loss_with_first_order() -> None:
    """dM/dt = -M/tau to t = tau: the error of n steps is 1/(2 n) of the exact 1/e to leading order."""

    def final(steps: int) -> float:
        mass = 1e20
        for _ in range(steps):
            mass = float(two_temperature.mass_after(mass, mass / 1e15, 1e15 / steps))
        return mass

    errors = np.array([final(steps) / (1e20 / math.e) - 1.0 for steps in (100, 200)])
    np.testing.assert_allclose(errors, [0.5 / 100, 0.5 / 200], rtol=0.01)


def test_implicit_step_never_empties_the_reservoir() -> None:
    assert 0.0 < two_temperature.mass_after(1e10, 1e10, 1e30) < 1e-9
    assert two_temperature.mass_after(1e20, 0.0, 1e10) == 1e20


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="boundary_radius"):
        two_temperature.mass_loss(1e24, R0, 0.9 * R0, COLD, HOT, MASS, GM)
    with pytest.raises(ValueError, match="sonic radius of the hot gas"):
        two_temperature.mass_loss(1e24, R0, 1e10, COLD, HOT, MASS, GM)
    with pytest.raises(ValueError, match="opacity_ratio = -1"):
        two_temperature.skin_temperature(1000.0, -1.0)
    with pytest.raises(ValueError, match="loss_rate = -1"):
        two_temperature.mass_after(1e20, -1.0, 1.0)
