"""Collisionless flows against tabulated exact values and direct moments of the distribution.

Reference: Liouville's theorem; Bird 1994, chapter 7.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import free_molecular
from exobase.analytic.jeans import evaporation_flux
from exobase.constants import ATOMIC_MASS, K_B

MASS, TEMPERATURE, R = 28.014 * ATOMIC_MASS, 200.0, 1e6
THERMAL_SPEED = float(np.sqrt(K_B * TEMPERATURE / MASS))


def test_sphere_has_the_exact_values_at_two_radii() -> None:
    flow = free_molecular.sphere(2.0 * R, R, 1.0, TEMPERATURE, MASS)
    assert flow.density == pytest.approx(0.066987, abs=6e-7)
    assert flow.velocity / THERMAL_SPEED == pytest.approx(1.488873, abs=6e-7)
    assert flow.temperature_radial / TEMPERATURE == pytest.approx(0.39928, abs=6e-6)
    assert flow.temperature_transverse / TEMPERATURE == pytest.approx(0.191987, abs=6e-7)


def test_sphere_has_the_exact_values_at_ten_radii() -> None:
    flow = free_molecular.sphere(10.0 * R, R, 1.0, TEMPERATURE, MASS)
    assert flow.density == pytest.approx(0.002506, abs=6e-7)
    assert flow.temperature_radial / TEMPERATURE == pytest.approx(0.45126, abs=6e-6)
    assert flow.temperature_transverse / TEMPERATURE == pytest.approx(0.007506, abs=6e-7)


def test_sphere_far_away_keeps_the_radial_temperature_of_effusion() -> None:
    flow = free_molecular.sphere(1e6 * R, R, 1.0, TEMPERATURE, MASS)
    assert flow.temperature_radial / TEMPERATURE == pytest.approx(3.0 - 8.0 / np.pi, rel=1e-10, abs=0.0)
    assert flow.density == pytest.approx(0.25e-12, rel=1e-9, abs=0.0)


def test_far_field_is_the_limit_of_the_sphere() -> None:
    """u -> vbar, T_r -> T (3 - 8/pi), T_t -> (3/4) T (R/r)^2; moments of v^2 exp(-v^2/U^2) by quadrature."""
    far = free_molecular.sphere_far_field(TEMPERATURE, MASS)
    flow = free_molecular.sphere(1e5 * R, R, 1.0, TEMPERATURE, MASS)
    assert far.velocity == pytest.approx(flow.velocity, rel=1e-9, abs=0.0)
    assert far.temperature_radial == pytest.approx(flow.temperature_radial, rel=1e-9, abs=0.0)
    assert flow.temperature_transverse == pytest.approx(0.75e-10 * TEMPERATURE, rel=1e-9, abs=0.0)
    moments = [quad(lambda v, p=p: v**p * np.exp(-(v**2)), 0.0, 12.0, epsrel=1e-12)[0] for p in (2, 3, 4)]
    mean, square = moments[1] / moments[0], moments[2] / moments[0]
    assert far.velocity == pytest.approx(np.sqrt(2.0) * THERMAL_SPEED * mean, rel=1e-9, abs=0.0)
    assert far.temperature_radial == pytest.approx(2.0 * TEMPERATURE * (square - mean**2), rel=1e-9, abs=0.0)


def test_sphere_conserves_the_flux() -> None:
    radii = R * np.array([1.0, 1.01, 3.0, 100.0])
    flow = free_molecular.sphere(radii, R, 1e15, TEMPERATURE, MASS)
    rate = flow.density * flow.velocity * (radii / R) ** 2
    np.testing.assert_allclose(rate, evaporation_flux(1e15, TEMPERATURE, MASS), rtol=1e-12)


@pytest.mark.parametrize("s", [-1.0, 0.0, 0.5, 2.0])
def test_planar_expansion_is_the_moment_of_the_cut_maxwellian(s: float) -> None:
    """At x only particles faster than x/t are present."""
    speed, time = float(np.sqrt(2.0 * K_B * TEMPERATURE / MASS)), 10.0
    flow = free_molecular.planar_expansion(s * speed * time, time, 1e15, TEMPERATURE, MASS)
    density = quad(lambda v: np.exp(-(v**2)) / np.sqrt(np.pi), s, 12.0, epsrel=1e-12)[0]
    momentum = quad(lambda v: v * np.exp(-(v**2)) / np.sqrt(np.pi), s, 12.0, epsrel=1e-12)[0]
    assert flow.density == pytest.approx(1e15 * density, rel=1e-10, abs=0.0)
    assert flow.velocity == pytest.approx(speed * momentum / density, rel=1e-10, abs=0.0)


def test_planar_expansion_stays_finite_in_the_far_tail() -> None:
    """The mean velocity tends to x/t, although exp(-s^2) and erfc(s) underflow."""
    speed = float(np.sqrt(2.0 * K_B * TEMPERATURE / MASS))
    assert free_molecular.planar_expansion(40.0 * speed, 1.0, 1.0, TEMPERATURE, MASS).velocity / speed == pytest.approx(
        40.0, rel=1e-3, abs=0.0
    )


def test_fourier_heat_flux_is_the_balance_of_two_streams() -> None:
    """Equal fluxes n_i vbar_i/4 both ways carry 2 k T each; the density is the mean of the two Maxwellians'."""
    hot, cold, density = 400.0, 200.0, 1e18
    n_hot = 2.0 * density / (1.0 + np.sqrt(hot / cold))
    flux = evaporation_flux(n_hot, hot, MASS)
    assert flux == pytest.approx(evaporation_flux(2.0 * density - n_hot, cold, MASS), rel=1e-13, abs=0.0)
    expected = flux * 2.0 * K_B * (hot - cold)
    assert free_molecular.fourier_heat_flux(density, hot, cold, MASS) == pytest.approx(expected, rel=1e-13, abs=0.0)


def test_couette_stress_is_the_momentum_of_two_streams() -> None:
    """Each stream n vbar/4 carries its wall's speed: tau = m (n vbar/4) dU."""
    expected = MASS * evaporation_flux(1e18, TEMPERATURE, MASS) * 50.0
    assert free_molecular.couette_shear_stress(1e18, TEMPERATURE, MASS, 50.0) == pytest.approx(
        expected, rel=1e-13, abs=0.0
    )


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="must not be less than source_radius"):
        free_molecular.sphere(0.5 * R, R, 1.0, TEMPERATURE, MASS)
    with pytest.raises(ValueError, match="time = 0"):
        free_molecular.planar_expansion(0.0, 0.0, 1.0, TEMPERATURE, MASS)
