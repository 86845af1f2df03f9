"""Density of particles launched with one speed: exact values, and residence times of Kepler orbits.

The independent way: n(r) = (r_c/r)^2 sum of flux/|v_r(r)| over launch angles and passes.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import liouville

MARS, R_C = 4.282837e13, 3.59e6
V_ESCAPE = math.sqrt(2.0 * MARS / R_C)


def by_flux(x: float, factor: float, launch: str) -> float:
    """n v0/F by quadrature over the launch cosine mu; the substitution removes the square root at a turning point."""
    v0 = factor * V_ESCAPE
    reach2 = x * x * (1.0 - (1.0 - 1.0 / x) / factor**2)  # (x V)^2
    if reach2 <= 0.0:
        return 0.0
    lowest = math.sqrt(max(1.0 - reach2, 0.0))
    law = {"isotropic": lambda mu: 2.0 * mu, "solid_angle": lambda mu: 1.0}[launch]

    def integrand(q: float) -> float:
        mu = lowest + (1.0 - lowest) * q * q
        vr = v0 / x * math.sqrt(max(reach2 - 1.0 + mu * mu, 1e-300))
        return law(mu) * v0 / vr * 2.0 * q * (1.0 - lowest)

    passes = 2.0 if factor < 1.0 else 1.0
    return passes * quad(integrand, 0.0, 1.0, epsabs=0.0, epsrel=1e-10, limit=400)[0] / x**2


@pytest.mark.parametrize(
    ("x", "isotropic", "solid_angle"), [(2.0, 0.1652311062, 0.3433470420), (5.0, 0.0281041456, 0.0565827016)]
)
def test_densities_have_the_exact_values(x: float, isotropic: float, solid_angle: float) -> None:
    """v0 = 1.3 v_esc, ten decimals."""
    v0 = 1.3 * V_ESCAPE
    assert liouville.isotropic_density(x * R_C, R_C, v0, MARS) == pytest.approx(isotropic, abs=6e-11)
    assert liouville.solid_angle_density(x * R_C, R_C, v0, MARS) == pytest.approx(solid_angle, abs=6e-11)


@pytest.mark.parametrize("factor", [0.6, 0.72, 0.9, 0.99, 1.0, 1.3, 4.0])
@pytest.mark.parametrize("x", [1.05, 1.4, 3.0, 40.0])
def test_densities_equal_the_flux_over_the_radial_speed(factor: float, x: float) -> None:
    """Unbound and bound launches (which come back), radii that all directions reach, some, or none."""
    v0 = factor * V_ESCAPE
    isotropic = liouville.isotropic_density(x * R_C, R_C, v0, MARS)
    assert 2.0 * isotropic == pytest.approx(by_flux(x, factor, "isotropic"), rel=1e-7, abs=0.0)
    uniform = liouville.solid_angle_density(x * R_C, R_C, v0, MARS)
    assert uniform == pytest.approx(by_flux(x, factor, "solid_angle"), rel=1e-7, abs=0.0)


def test_densities_of_a_flux_far_away_are_that_of_a_radial_wind() -> None:
    """n = F (r_c/r)^2/v_inf for both laws, less terms of order 1/x^2."""
    flux, x, v0 = 2e12, 1e4, 1.3 * V_ESCAPE
    wind = flux / x**2 / math.sqrt(v0**2 - V_ESCAPE**2 * (1.0 - 1.0 / x))
    for launch in ("isotropic", "solid_angle"):
        n = liouville.density(x * R_C, R_C, v0, MARS, flux, launch)  # type: ignore[arg-type]
        assert n == pytest.approx(wind, rel=1e-7, abs=0.0)


def test_at_the_launch_the_upward_half_space_is_full() -> None:
    """n = n_up where unbound, twice that where all return; infinite for equal numbers per solid angle."""
    assert liouville.isotropic_density(R_C, R_C, 1.3 * V_ESCAPE, MARS) == pytest.approx(1.0, rel=1e-7, abs=0.0)
    assert liouville.isotropic_density(R_C, R_C, 0.5 * V_ESCAPE, MARS) == pytest.approx(2.0, rel=1e-7, abs=0.0)
    assert liouville.solid_angle_density(R_C, R_C, 1.3 * V_ESCAPE, MARS) > 15.0


def test_arrays_broadcast() -> None:
    r = R_C * np.array([[1.5], [2.0]])
    n = liouville.density(r, R_C, V_ESCAPE * np.array([0.5, 1.2, 2.0]), MARS, 1e10, "isotropic")
    assert n.shape == (2, 3)
    assert n[0, 0] == n[1, 0] == 0.0
    assert np.all(n[:, 1:] > 0.0)


def test_arguments_outside_the_domain_are_refused() -> None:
    with pytest.raises(ValueError, match="radius"):
        liouville.isotropic_density(0.9 * R_C, R_C, 5e3, MARS)
    with pytest.raises(ValueError, match="speed = 0"):
        liouville.solid_angle_density(2.0 * R_C, R_C, 0.0, MARS)
    with pytest.raises(ValueError, match="launch = 'cosine'"):
        liouville.density(2.0 * R_C, R_C, 5e3, MARS, 1.0, "cosine")  # type: ignore[arg-type]
