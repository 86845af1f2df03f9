"""Jeans escape against tabulated exact values, published planetary values and independent quadrature.

Reference: Chamberlain & Hunten 1987, section 7.1.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erfc

from exobase.analytic import jeans
from exobase.constants import ATOMIC_MASS, K_B

MASS, TEMPERATURE, RADIUS = 1.008 * ATOMIC_MASS, 1000.0, 6.871e6
U = float(np.sqrt(2.0 * K_B * TEMPERATURE / MASS))
EARTH, VENUS, MARS, TITAN, PLUTO = 3.986004e14, 3.24859e14, 4.282837e13, 8.978e12, 8.696e11


def gm_of(depth: float) -> float:
    """The gm that gives a Jeans parameter at MASS, TEMPERATURE, RADIUS."""
    return depth * K_B * TEMPERATURE * RADIUS / MASS


def drifting_escape(depth: float, speed_ratio: float, power: int = 3) -> float:
    """F/(n U), or with power 5 the energy flux over n U k T, by Gauss quadrature over speed and angle.

    Of the drifting Maxwellian itself: no cancellation anywhere.
    """
    node, weight = np.polynomial.legendre.leggauss(120)
    mu, w_mu = 0.5 * (node + 1.0), 0.5 * weight
    x = np.sqrt(depth)
    edges = np.linspace(x, x + speed_ratio + 9.0, 9)
    total = 0.0
    for low, high in pairwise(edges):
        v, w_v = 0.5 * (high - low) * (node + 1.0) + low, 0.5 * (high - low) * weight
        exponent = -(v[:, None] ** 2) - speed_ratio**2 + 2.0 * speed_ratio * v[:, None] * mu
        total += float((w_v * v**power) @ np.exp(exponent) @ (w_mu * mu))
    return float(2.0 * np.pi**-0.5 * total)


@pytest.mark.parametrize(
    ("depth", "expected"),
    [(0, 0.28209479), (1, 0.20755375), (3, 0.056178691), (6, 0.0048947016), (10, 1.4087792e-4), (15, 1.3806952e-6)],
)
def test_effusion_velocity_has_the_exact_values(depth: float, expected: float) -> None:
    velocity = jeans.jeans_velocity(TEMPERATURE, MASS, RADIUS, gm_of(depth))
    assert velocity / U == pytest.approx(expected, rel=3e-8, abs=0.0)


def test_flux_without_gravity_is_the_evaporation_flux() -> None:
    """n vbar/4 with vbar = sqrt(8 k T/(pi m))."""
    evaporation = jeans.evaporation_flux(1e11, TEMPERATURE, MASS)
    assert jeans.jeans_flux(1e11, TEMPERATURE, MASS, RADIUS, 0.0) == evaporation
    assert evaporation == pytest.approx(
        1e11 * np.sqrt(8.0 * K_B * TEMPERATURE / (np.pi * MASS)) / 4.0, rel=1e-14, abs=0.0
    )


@pytest.mark.parametrize("ratio", [-2.0, -0.3, 0.0, 0.3, 2.0])
def test_emission_is_the_flux_through_a_plane_of_a_drifting_maxwellian(ratio: float) -> None:
    """The integral of v f(v) over v > 0, f of density n, U and drift u = ratio U, by quadrature."""
    emitted = jeans.emission_flux(1e11, TEMPERATURE, MASS, ratio * U)
    v, weight = np.polynomial.legendre.leggauss(200)
    v, weight = 5.0 * (v + 1.0), 5.0 * weight  # 0 to 10 U
    flux = 1e11 * U * float(weight @ (v * np.exp(-((v - ratio) ** 2)))) / np.sqrt(np.pi)
    assert emitted == pytest.approx(flux, rel=1e-9, abs=0.0)
    if ratio == 0.0:
        assert emitted == jeans.evaporation_flux(1e11, TEMPERATURE, MASS)


# body, gm, radius km, temperature K, mass u, Jeans parameter, effusion velocity cm/s, each to half its last digit.
# The table rests on the older atomic weight 1.00794 of hydrogen.
BODIES = [
    ("Earth H", EARTH, 6371, 800, 1.00794, (9.481, 5e-4), (82.0, 0.05)),
    ("Earth H", EARTH, 6871, 1000, 1.00794, (7.033, 5e-4), (812, 0.5)),
    ("Mars H", MARS, 3590, 200, 1.00794, (7.231, 5e-4), (305, 0.5)),
    ("Mars H", MARS, 3640, 350, 1.00794, (4.075, 5e-4), (5844, 0.5)),
    ("Titan H2", TITAN, 4025, 150, 2.01588, (3.605, 5e-4), (3927, 0.5)),
    ("Pluto N2", PLUTO, 2900, 67, 28.014, (15.08, 5e-3), (0.0256, 5e-5)),
    ("Pluto CH4", PLUTO, 2900, 67, 16.043, (8.64, 5e-3), (12.7, 0.05)),
    ("Venus H", VENUS, 6252, 275, 1.00794, (22.9, 0.05), (1.6e-4, 5e-6)),
]


@pytest.mark.parametrize(("label", "gm", "radius", "temperature", "mass", "depth", "velocity"), BODIES)
def test_effusion_velocities_of_real_bodies(
    label: str,
    gm: float,
    radius: float,
    temperature: float,
    mass: float,
    depth: tuple[float, float],
    velocity: tuple[float, float],
) -> None:
    m, r = mass * ATOMIC_MASS, radius * 1e3
    assert jeans.jeans_parameter(m, temperature, r, gm) == pytest.approx(depth[0], abs=depth[1]), label
    got = jeans.jeans_velocity(temperature, m, r, gm) * 100.0
    assert got == pytest.approx(velocity[0], abs=velocity[1]), label


@pytest.mark.parametrize(
    ("gm", "radius", "temperature", "density", "flux", "relative"),
    [
        (EARTH, 6871, 1000, 1e5, 8.1e7, 0.01),  # literature 6e7-1e8
        (MARS, 3590, 200, 2.5e5, 7.6e7, 0.01),  # Feldman et al. 2011: 8e7
        (MARS, 3640, 350, 3e4, 1.75e8, 0.01),  # Anderson & Hord 1971: 1.8e8
    ],
)
def test_published_hydrogen_fluxes_are_reproduced(
    gm: float, radius: float, temperature: float, density: float, flux: float, relative: float
) -> None:
    """Densities in cm-3, fluxes in cm-2 s-1."""
    got = jeans.jeans_flux(density * 1e6, temperature, MASS, radius * 1e3, gm) * 1e-4
    assert got == pytest.approx(flux, rel=relative, abs=0.0)


@pytest.mark.parametrize("depth", [0.0, 1.0, 6.0, 15.0])
def test_energy_flux_is_the_energy_moment_of_the_spectrum(depth: float) -> None:
    gm, thermal = gm_of(depth), K_B * TEMPERATURE

    def spectrum(y: float) -> float:
        return float(jeans.escaper_energy_spectrum(y * thermal, TEMPERATURE, MASS, RADIUS, gm)) * thermal

    velocity = quad(spectrum, 0.0, 60.0, epsrel=1e-11, epsabs=0.0)[0]
    at_infinity = quad(lambda y: spectrum(y) * y * thermal, 0.0, 60.0, epsrel=1e-11, epsabs=0.0)[0]
    at_exobase = at_infinity + velocity * depth * thermal
    assert velocity == pytest.approx(jeans.jeans_velocity(TEMPERATURE, MASS, RADIUS, gm), rel=1e-10, abs=0.0)
    assert at_exobase == pytest.approx(jeans.jeans_energy_flux(1.0, TEMPERATURE, MASS, RADIUS, gm), rel=1e-10, abs=0.0)
    mean = jeans.mean_escaper_energy_infinity(TEMPERATURE, MASS, RADIUS, gm)
    assert at_infinity / velocity == pytest.approx(mean, rel=1e-10, abs=0.0)
    mean = jeans.mean_escaper_energy_exobase(TEMPERATURE, MASS, RADIUS, gm)
    assert at_exobase / velocity == pytest.approx(mean, rel=1e-10, abs=0.0)


def test_mean_escaper_energy_without_gravity_is_two_kt() -> None:
    thermal = K_B * TEMPERATURE
    assert jeans.mean_escaper_energy_exobase(TEMPERATURE, MASS, RADIUS, 0.0) == pytest.approx(
        2.0 * thermal, rel=1e-12, abs=0.0
    )
    assert jeans.mean_escaper_energy_infinity(TEMPERATURE, MASS, RADIUS, 0.0) == pytest.approx(
        2.0 * thermal, rel=1e-12, abs=0.0
    )


@pytest.mark.parametrize(
    ("speed_ratio", "expected"), [(0.01, 1.036), (0.02, 1.074), (0.05, 1.194), (0.1, 1.424), (0.2, 2.019)]
)
def test_drift_raises_the_escape_flux_by_the_exact_factors(speed_ratio: float, expected: float) -> None:
    flux = jeans.jeans_flux_drift(1e11, TEMPERATURE, MASS, RADIUS, gm_of(6.0), speed_ratio * U)
    assert flux / jeans.jeans_flux(1e11, TEMPERATURE, MASS, RADIUS, gm_of(6.0)) == pytest.approx(expected, abs=5.1e-4)


@pytest.mark.parametrize("depth", [0.0, 0.1, 1.0, 3.0, 6.0, 10.0, 15.0, 30.0])
def test_drift_factor_is_exact_to_1e_10_for_any_speed_ratio(depth: float) -> None:
    """Independent quadrature; the speed ratios straddle the switch between series and closed form, s (1 + x) = 1."""
    switch = 1.0 / (1.0 + np.sqrt(depth))
    below, above = switch * (1.0 - 1e-9), switch * (1.0 + 1e-9)
    ratios = np.array([0.0, 1e-12, 1e-8, 1e-5, 9.99e-4, 1.001e-3, 0.01, 0.05, below, above, 0.3, 1.0, 2.0, 3.0])
    factor = jeans.drift_factor(depth, ratios)
    at_rest = (1.0 + depth) * np.exp(-depth) / (2.0 * np.sqrt(np.pi))
    expected = np.array([drifting_escape(depth, float(s)) for s in ratios]) / at_rest
    np.testing.assert_allclose(factor, expected, rtol=1e-11)


@pytest.mark.parametrize("depth", [0.0, 0.1, 1.0, 3.0, 6.0, 10.0, 15.0, 30.0])
def test_drift_energy_factor_is_exact_to_1e_10_for_any_speed_ratio(depth: float) -> None:
    switch = 1.0 / (1.0 + np.sqrt(depth))
    below, above = switch * (1.0 - 1e-9), switch * (1.0 + 1e-9)
    ratios = np.array([0.0, 1e-12, 1e-8, 1e-5, 9.99e-4, 1.001e-3, 0.01, 0.05, below, above, 0.3, 1.0, 2.0, 3.0])
    at_rest = (depth**2 + 2.0 * depth + 2.0) * np.exp(-depth) / (2.0 * np.sqrt(np.pi))
    expected = np.array([drifting_escape(depth, float(s), 5) for s in ratios]) / at_rest
    np.testing.assert_allclose(jeans.drift_energy_factor(depth, ratios), expected, rtol=1e-11)


def test_drifting_gas_carries_the_energy_of_its_factor_and_none_more_at_rest() -> None:
    gas = (1e11, TEMPERATURE, MASS, RADIUS, gm_of(6.0))
    at_rest = jeans.jeans_energy_flux(*gas)
    assert jeans.jeans_energy_flux_drift(*gas, 0.0) == pytest.approx(at_rest, rel=1e-14, abs=0.0)
    moving = jeans.jeans_energy_flux_drift(*gas, 0.2 * U)
    assert moving == pytest.approx(at_rest * jeans.drift_energy_factor(6.0, 0.2), rel=1e-13, abs=0.0)
    mean = moving / jeans.jeans_flux_drift(*gas, 0.2 * U)
    assert mean > jeans.mean_escaper_energy_exobase(TEMPERATURE, MASS, RADIUS, gm_of(6.0))


def test_drift_factor_matches_the_published_closed_form_where_that_is_accurate() -> None:
    depth, s = np.meshgrid([0.5, 2.0, 6.0, 12.0], [0.1, 0.5, 1.0, 3.0])
    x = np.sqrt(depth)
    curly = np.exp(-((x - s) ** 2)) * (s * x + s**2 - 0.5) + np.sqrt(np.pi) * s**3 * erfc(x - s)
    closed = (curly + 0.5 * np.exp(-(s**2) - x**2)) / (2.0 * np.sqrt(np.pi) * s**2)
    at_rest = (1.0 + depth) * np.exp(-depth) / (2.0 * np.sqrt(np.pi))
    np.testing.assert_allclose(jeans.drift_factor(depth, s) * at_rest, closed, rtol=1e-11)


def test_drift_factor_is_one_at_rest_and_scalar_for_scalars() -> None:
    assert jeans.drift_factor(6.0, 0.0) == pytest.approx(1.0, rel=1e-15, abs=0.0)
    assert isinstance(jeans.drift_factor(6.0, 0.1), float)


def test_arguments_broadcast() -> None:
    flux = jeans.jeans_flux(np.ones((3, 1)), np.array([500.0, 1000.0]), MASS, RADIUS, EARTH)
    assert flux.shape == (3, 2)
    assert flux[2, 1] == jeans.jeans_flux(1.0, 1000.0, MASS, RADIUS, EARTH)


@pytest.mark.parametrize(
    "arguments",
    [
        (-1.0, 1000.0, MASS, RADIUS, EARTH),
        (1e11, 0.0, MASS, RADIUS, EARTH),
        (1e11, 1000.0, -MASS, RADIUS, EARTH),
        (1e11, 1000.0, MASS, float("nan"), EARTH),
        (1e11, 1000.0, MASS, RADIUS, -1.0),
    ],
)
def test_invalid_arguments_are_refused(arguments: tuple[float, float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        jeans.jeans_flux(*arguments)
    with pytest.raises(ValueError, match="must be"):
        jeans.jeans_flux_drift(*arguments, 0.0)
    with pytest.raises(ValueError, match="must be"):
        jeans.jeans_energy_flux_drift(*arguments, 0.0)


def test_downward_drift_is_refused() -> None:
    with pytest.raises(ValueError, match="drift = -1"):
        jeans.jeans_flux_drift(1e11, TEMPERATURE, MASS, RADIUS, EARTH, -1.0)
