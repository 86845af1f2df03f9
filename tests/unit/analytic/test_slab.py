"""Escape from a plane atmosphere: tabulated values, quadrature over angle and depth, and Monte Carlo.

P(tau) = E_2(tau)/2; source proportional to density: q0/(4 sigma). Chandrasekhar 1960.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import slab


@pytest.mark.parametrize(("depth", "value"), [(0.0, 0.5), (0.1, 0.361272511), (1.0, 0.074247753), (3.0, 0.005320963)])
def test_the_escape_probability_has_the_tabulated_values(depth: float, value: float) -> None:
    """Nine decimals."""
    assert slab.escape_probability(depth) == pytest.approx(value, abs=6e-10)


@pytest.mark.parametrize("depth", [0.03, 0.7, 5.0])
def test_the_escape_probability_is_the_mean_over_upward_directions(depth: float) -> None:
    mean = 0.5 * quad(lambda mu: math.exp(-depth / mu), 0.0, 1.0, epsabs=0.0, epsrel=1e-11)[0]
    assert slab.escape_probability(depth) == pytest.approx(mean, rel=1e-9, abs=0.0)


@pytest.mark.parametrize("power", [1.0, 2.5])
def test_the_flux_of_a_source_proportional_to_density_knows_no_profile(power: float) -> None:
    """An exponential and a steeper atmosphere: int q0 n(z) E_2(tau(z))/2 dz; n = n0 exp(-(z/H)^power)."""
    q0, sigma, n0, height = 3e-6, 2e-19, 1e16, 5e4

    def density(z: float) -> float:
        return n0 * math.exp(-((z / height) ** power))

    z = np.linspace(0.0, 40.0 * height, 40001)
    n = np.array([density(v) for v in z])
    tau = sigma * np.concatenate([np.cumsum((0.5 * (n[1:] + n[:-1]) * np.diff(z))[::-1])[::-1], [0.0]])
    emitted = q0 * n * slab.escape_probability(tau)
    flux = float(np.sum(0.5 * (emitted[1:] + emitted[:-1]) * np.diff(z)))
    assert tau[0] > 50.0
    # trapezoidal rule, step H/1000
    assert slab.escape_flux(q0, sigma) == pytest.approx(flux, rel=2e-4, abs=0.0)
    assert slab.escape_flux(q0, sigma) == pytest.approx(q0 / (4.0 * sigma), rel=1e-15, abs=0.0)


def test_a_source_in_the_upper_part_gives_its_share() -> None:
    exact = quad(lambda t: float(slab.escape_probability(t)), 0.0, 0.8, epsabs=0.0, epsrel=1e-11)[0]
    assert slab.escape_flux(2.0, 0.5, 0.8) == pytest.approx(4.0 * exact, rel=1e-9, abs=0.0)
    assert slab.escape_flux(2.0, 0.5, 200.0) == pytest.approx(1.0, rel=1e-12, abs=0.0)


def walk(start: float, albedo: float, number: int, seed: int) -> tuple[float, float]:
    """Parts of isotropic random walkers in a half-space that escape in all, and after exactly one scattering."""
    rng = np.random.default_rng(seed)
    tau = np.full(number, start)
    once = escaped = 0
    collisions = 0
    while tau.size:
        tau = tau - (2.0 * rng.random(tau.size) - 1.0) * -np.log1p(-rng.random(tau.size))
        out = int(np.sum(tau <= 0.0))
        escaped += out
        once += out if collisions == 1 else 0
        tau = tau[tau > 0.0]
        tau = tau[rng.random(tau.size) < albedo]
        collisions += 1
    return escaped / number, once / number


def test_escape_after_one_scattering_agrees_with_a_random_walk() -> None:
    """Binomial errors of 4e5 walkers, four of them; at the top exactly 1/8."""
    assert slab.escape_after_one_collision(0.0) == pytest.approx(0.125, rel=1e-8, abs=0.0)
    depths = np.array([0.2, 1.5])
    for k, exact in enumerate(slab.escape_after_one_collision(depths)):
        # an albedo far below one ends the walks soon; the first scattering is survived with that probability
        _, once = walk(float(depths[k]), 0.5, 400_000, 10 + k)
        error = math.sqrt(0.5 * exact / 400_000)
        assert abs(once - 0.5 * exact) < 4.0 * error


@pytest.mark.parametrize("albedo", [0.3, 0.9])
def test_escape_from_the_top_with_all_scatterings_agrees_with_a_random_walk(albedo: float) -> None:
    exact = float(slab.surface_escape(albedo))
    found, _ = walk(0.0, albedo, 400_000, 3)
    assert abs(found - exact) < 4.0 * math.sqrt(exact * (1.0 - exact) / 400_000)


def test_escape_from_the_top_has_its_limits() -> None:
    """1/2 + a/8 for a weak albedo: direct flights and one scattering; all escape without absorption."""
    assert slab.surface_escape(0.0) == 0.5
    assert slab.surface_escape(1.0) == 1.0
    assert (slab.surface_escape(1e-4) - 0.5) / 1e-4 == pytest.approx(0.125, rel=1e-3, abs=0.0)


def test_arguments_outside_the_domain_are_refused() -> None:
    with pytest.raises(ValueError, match="depth = -1"):
        slab.escape_probability([0.0, -1.0])
    with pytest.raises(ValueError, match="cross_section = 0"):
        slab.escape_flux(1.0, 0.0)
    with pytest.raises(ValueError, match=r"albedo = 1\.1"):
        slab.surface_escape(1.1)
