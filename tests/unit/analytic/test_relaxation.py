"""Relaxation of Maxwell molecules: conservation, rates, and moments of the exact distribution.

Reference: Krook & Wu 1977, Phys. Fluids 20, 1589; Morse 1963, Phys. Fluids 6, 1420.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import relaxation
from exobase.analytic.kinetic import rate_coefficient, reduced_mass
from exobase.constants import ATOMIC_MASS, K_B

M1, M2, N1, N2 = 4.0 * ATOMIC_MASS, 40.0 * ATOMIC_MASS, 1e20, 3e20
KAPPA = 3e-16


def test_two_temperature_rate_has_the_exact_value() -> None:
    """2 m1 m2/M^2 kappa (n1 + n2)."""
    rate = relaxation.temperature_relaxation_rate(N1, N2, M1, M2, KAPPA)
    assert rate == pytest.approx(2.0 * 160.0 / 44.0**2 * KAPPA * 4e20, rel=1e-13, abs=0.0)


def test_two_temperature_rate_is_the_energy_exchange_of_single_collisions() -> None:
    """Draw pairs, scatter them isotropically: the mean energy change times the pair rate gives dT1/dt at t = 0.

    1e6 pairs; the tolerance is five standard errors of the mean.
    """
    rng, pairs, t1, t2 = np.random.default_rng(1), 1_000_000, 600.0, 200.0
    v1 = rng.normal(0.0, np.sqrt(K_B * t1 / M1), (3, pairs))
    v2 = rng.normal(0.0, np.sqrt(K_B * t2 / M2), (3, pairs))
    direction = rng.normal(size=(3, pairs))
    direction /= np.linalg.norm(direction, axis=0)
    g = np.linalg.norm(v1 - v2, axis=0)
    after = (M1 * v1 + M2 * v2) / (M1 + M2) + M2 / (M1 + M2) * g * direction
    gain = 0.5 * M1 * ((after**2).sum(axis=0) - (v1**2).sum(axis=0))
    slope, error = N2 * KAPPA * gain.mean() / (1.5 * K_B), N2 * KAPPA * gain.std() / np.sqrt(pairs) / (1.5 * K_B)
    rate = float(relaxation.temperature_relaxation_rate(N1, N2, M1, M2, KAPPA))
    expected = -rate * N2 / (N1 + N2) * (t1 - t2)
    assert abs(slope - expected) < 5.0 * error
    assert error < 0.005 * abs(expected)


def test_two_temperatures_conserve_energy_and_decay_exponentially() -> None:
    rate = float(relaxation.temperature_relaxation_rate(N1, N2, M1, M2, KAPPA))
    time = np.array([0.0, 0.5, 1.0, 40.0]) / rate
    t1, t2 = relaxation.two_temperatures(time, 600.0, 200.0, N1, N2, M1, M2, KAPPA)
    np.testing.assert_allclose(N1 * t1 + N2 * t2, N1 * 600.0 + N2 * 200.0, rtol=1e-13)
    np.testing.assert_allclose((t1 - t2)[:3], 400.0 * np.exp(-rate * time[:3]), rtol=1e-12)
    assert (t1[0], t2[0]) == (pytest.approx(600.0, rel=1e-12, abs=0.0), pytest.approx(200.0, rel=1e-12, abs=0.0))
    assert t1[3] == pytest.approx(300.0, rel=1e-12, abs=0.0)


def test_kappa_is_the_rate_coefficient_of_a_maxwell_pair() -> None:
    """For omega = 1 sigma g does not depend on temperature: kappa = 2 sqrt(pi) d^2 sqrt(2 k T_r/m_r)."""
    expected = 2.0 * np.sqrt(np.pi) * 4e-10**2 * np.sqrt(2.0 * K_B * 273.0 / float(reduced_mass(M1, M2)))
    for temperature in (100.0, 1000.0):
        assert rate_coefficient(temperature, M1, M2, 4e-10, 1.0) == pytest.approx(expected, rel=1e-13, abs=0.0)


def test_bkw_parameter_has_the_exact_values() -> None:
    """K = 1 - 0.4 exp(-nu t/6)."""
    np.testing.assert_allclose(
        relaxation.bkw_parameter([0.0, 6.0, 60.0]), [0.6, 1.0 - 0.4 / np.e, 1.0 - 0.4 * np.exp(-10.0)], rtol=1e-15
    )


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("collisions", [0.0, 1.0, 5.0, 30.0])
def test_bkw_moments_are_those_of_the_distribution(order: int, collisions: float) -> None:
    """<c^2n> of the exact distribution over the Maxwellian's (2n + 1)!!/2^n U^2n."""
    temperature, mass = 300.0, M2
    u = float(np.sqrt(2.0 * K_B * temperature / mass))
    k = float(relaxation.bkw_parameter(collisions))

    def integrand(y: float) -> float:
        return float(relaxation.bkw_distribution(y * u, k, temperature, mass)) * u * y ** (2 * order)

    equilibrium = np.prod(np.arange(1, 2 * order + 2, 2)) / 2.0**order
    assert relaxation.bkw_moment(order, collisions) == pytest.approx(
        quad(integrand, 0.0, 12.0, epsrel=1e-11)[0] / equilibrium, rel=1e-9, abs=0.0
    )


def test_bkw_moments_obey_their_rate_equation() -> None:
    """The fourth moment relaxes towards equilibrium at nu/3: z4 = 1 - (1 - K)^2, dK/d(nu t) = (1 - K)/6."""
    collisions = np.array([0.0, 2.0, 9.0])
    deficit = 1.0 - relaxation.bkw_moment(2, collisions)
    np.testing.assert_allclose(deficit, 0.16 * np.exp(-collisions / 3.0), rtol=1e-12)


def test_bkw_distribution_starts_without_slow_particles() -> None:
    """At K = 0.6 it is proportional to c^4 exp(-c^2/(K U^2)): positive, and zero at rest to fourth order."""
    speeds = np.array([1.0, 2.0])
    f = relaxation.bkw_distribution(speeds, 0.6, 300.0, M2)
    assert f[1] / f[0] == pytest.approx(16.0, rel=1e-4, abs=0.0)


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="collisions = -1"):
        relaxation.bkw_parameter(-1.0)
    with pytest.raises(ValueError, match="order = -1"):
        relaxation.bkw_moment(-1, 0.0)
    with pytest.raises(ValueError, match=r"parameter = 0\.5"):
        relaxation.bkw_distribution(1.0, 0.5, 300.0, M2)
