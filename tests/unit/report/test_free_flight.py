"""The distribution of a collisionless exosphere against exact moments.

Density: Chamberlain's partition functions. Without gravity: sphere expanding into vacuum, T_r/T0 and T_t/T0 at r = 2 R
(.39928, .191987) and 10 R (.45126, .007506).
"""

from __future__ import annotations

import numpy as np
import pytest

from exobase.analytic import chamberlain
from exobase.constants import K_B
from exobase.report.free_flight import FreeFlight

MASS, R_C, T_C, GM = 1.6735e-27, 6.871e6, 1000.0, 3.986e14


@pytest.mark.parametrize(("ratio", "radial", "tangential"), [(2.0, 0.39928, 0.191987), (10.0, 0.45126, 0.007506)])
def test_without_gravity_it_is_the_free_expansion_of_a_sphere(ratio: float, radial: float, tangential: float) -> None:
    t_r, t_t = FreeFlight(ratio * R_C, R_C, T_C, MASS, 1.0).temperatures()
    assert t_r / T_C == pytest.approx(radial, rel=2e-3)
    assert t_t / T_C == pytest.approx(tangential, rel=2e-3)


@pytest.mark.parametrize("ratio", [1.1, 1.5, 3.0, 10.0])
def test_the_norm_is_chamberlains_density(ratio: float) -> None:
    flight = FreeFlight(ratio * R_C, R_C, T_C, MASS, GM)
    x = flight._grid()
    allowed = float(np.trapezoid(flight._radial_weight(x), x)) / np.sqrt(np.pi)
    lam_c = GM * MASS / (K_B * T_C * R_C)
    exact = float(chamberlain.density(ratio * R_C, 1.0, R_C, T_C, MASS, GM))
    assert np.exp(-lam_c * (1 - 1 / ratio)) * allowed == pytest.approx(exact, rel=1e-4)


def test_marginals_are_normalised_and_agree_with_the_temperatures() -> None:
    flight = FreeFlight(3.0 * R_C, R_C, T_C, MASS, GM)
    v = np.linspace(-6, 6, 3001) * flight.speed
    f_r, f_t = flight.radial(v), flight.tangential(v)
    assert np.trapezoid(f_r, v) == pytest.approx(1.0, abs=1e-3)
    assert np.trapezoid(f_t, v) == pytest.approx(1.0, abs=1e-3)
    t_r, t_t = flight.temperatures()
    mean = np.trapezoid(f_r * v, v)
    assert MASS * np.trapezoid(f_r * (v - mean) ** 2, v) / K_B == pytest.approx(t_r, rel=1e-3)
    assert MASS * np.trapezoid(f_t * v**2, v) / K_B == pytest.approx(t_t, rel=1e-3)


def test_nothing_falls_in_faster_than_the_escape_speed() -> None:
    flight = FreeFlight(3.0 * R_C, R_C, T_C, MASS, GM)
    escape = np.sqrt(2 * GM / (3.0 * R_C))
    assert flight.radial(np.array([-1.001 * escape])) == 0.0
    assert flight.radial(np.array([1.001 * escape])) > 0.0
