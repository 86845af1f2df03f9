"""A thermal reservoir sends the flux of a drifting Maxwellian through its face.

With x = v/U, s = u/U: normal speeds have the density p(x) = x exp(-(x-s)^2)/I1, x > 0, I1 = [exp(-s^2) + sqrt(pi) s (1
+ erf s)]/2, and the one-sided flux is n U I1/sqrt(pi). Moments by parts: I2 = s I1 + I0/2, I3 = s I2 + I1, I0 =
sqrt(pi)(1 + erf s)/2, and the mean energy of an emitted particle is m U^2/2 (I3/I1 + 1): two tangential Maxwellian
directions bring 1/2 U^2 each. At s = 0: flux n U/(2 sqrt(pi)) = n vbar/4 and 2 kT. Bird 1994, eqs 4.22 and 12.5.

Numbers are rounded stochastically, so their mean over steps is exact and the variance per step is at most 1/4.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.special import erf

from exobase.constants import K_B
from exobase.rng import Stream, step_key
from exobase.sources.reservoir import Faces, count_entries, emit, flux_speed, reservoir_flux

DRIFTS = [0.0, 0.5, -0.5, 1.0, 2.0]
U = 1200.0
N = 200_000
SIGMAS = 4.5
RARE = 1e-5
SQRT_PI = math.sqrt(math.pi)


def integral(power: int, s: float) -> float:
    """Integral of x^power exp(-(x-s)^2) over x > 0."""
    if power == 0:
        return 0.5 * SQRT_PI * (1.0 + math.erf(s))
    if power == 1:
        return s * integral(0, s) + 0.5 * math.exp(-s * s)
    return s * integral(power - 1, s) + 0.5 * (power - 1) * integral(power - 2, s)


def cdf(x: NDArray[np.float64], s: float) -> NDArray[np.float64]:
    """Distribution function of the flux distribution."""
    below = 0.5 * (math.exp(-s * s) - np.exp(-((x - s) ** 2))) + 0.5 * s * SQRT_PI * (erf(x - s) + math.erf(s))
    return np.asarray(below / integral(1, s))


def emitted(s: float, direction: int = 1, step: int = 0, rate: float = float(N)) -> NDArray[np.float64]:
    """Rows position, v_normal, two tangential speeds, fraction, weight, group of the particles of one step."""
    faces = Faces(
        np.array([0]), np.array([2e6]), np.array([direction]), np.array([[rate]]), np.array([[U]]), np.array([[s]]),
        np.zeros(1),
    )  # fmt: skip
    counts, omega = np.zeros((1, 1), dtype=np.int64), np.array([1.0])
    keys = [np.uint64(step_key(4, int(p), step)) for p in (Stream.EMISSION_COUNT, Stream.EMISSION)]
    total = int(count_entries(faces, omega, 1, 7, keys[0], counts))
    x, rest, group = np.empty((4, total)), np.empty((2, total)), np.empty(total, dtype=np.int64)
    assert emit(faces, omega, 1, 7, keys[1], counts, 0, x, rest[0], rest[1], group) == total
    return np.vstack([x, rest, group])


@pytest.mark.parametrize("s", [*DRIFTS, -3.0, 5.0])
def test_the_flux_is_the_half_range_moment(s: float) -> None:
    """n U I1/sqrt(pi); in the limit of a beam n u."""
    expected = 3e20 * U * integral(1, s) / SQRT_PI
    assert reservoir_flux(3e20, U, s) == pytest.approx(expected, rel=1e-10 if s > -2 else 1e-6, abs=0.0)
    if s == 5.0:
        assert reservoir_flux(3e20, U, s) == pytest.approx(3e20 * 5.0 * U, rel=1e-11, abs=0.0)


def test_the_flux_at_rest_is_a_quarter_of_the_mean_speed() -> None:
    mass, temperature = 4.65e-26, 273.0
    u, mean = math.sqrt(2.0 * K_B * temperature / mass), math.sqrt(8.0 * K_B * temperature / (math.pi * mass))
    assert reservoir_flux(1e20, u, 0.0) == pytest.approx(0.25e20 * mean, rel=1e-14, abs=0.0)


@pytest.mark.parametrize("s", [*DRIFTS, -3.0, 5.0])
def test_the_speed_inverts_the_distribution_function(s: float) -> None:
    """u is the tail probability: 1 - F(speed(u)) = u, from the slowest to the fastest particle of 1e12."""
    for u in (1e-12, 1e-6, 0.1, 0.5, 0.9, 1.0 - 1e-6, 1.0 - 1e-12):
        x = flux_speed(s, u)
        tail = 0.5 * math.exp(-((x - s) ** 2)) + 0.5 * SQRT_PI * s * math.erfc(x - s)
        whole = integral(1, s) if s > -2 else 0.5 * math.exp(-s * s) + 0.5 * SQRT_PI * s * math.erfc(-s)
        assert tail / whole == pytest.approx(u, rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("s", DRIFTS)
def test_normal_speeds_have_the_exact_distribution(s: float) -> None:
    v = emitted(s)[1] / U
    assert np.all(v > 0.0)
    assert stats.kstest(v, lambda x: cdf(x, s)).pvalue > RARE


@pytest.mark.parametrize("s", DRIFTS)
def test_moments_of_emitted_particles_are_exact(s: float) -> None:
    """Mean normal speed, mean 1/v (which gives the density), mean energy, each within 4.5 of its own standard
    errors.
    """
    x = emitted(s)[1:4] / U
    i1 = integral(1, s)
    pairs = [
        (x[0], integral(2, s) / i1),
        (x[0] ** 2, integral(3, s) / i1),
        (x[1] ** 2, 0.5),
        (x[2] ** 2, 0.5),
        ((x**2).sum(axis=0), integral(3, s) / i1 + 1.0),
    ]
    for values, expected in pairs:
        error = float(values.std()) / math.sqrt(values.size)
        assert abs(float(values.mean()) - expected) < SIGMAS * error
        assert error < 0.004 * expected
    slow = 1e-2  # mean of 1/v above a small speed: its variance is finite there
    inverse = np.where(x[0] > slow, 1.0 / x[0], 0.0)
    expected = 0.5 * SQRT_PI * (1.0 + math.erf(s) - (math.erf(s) + math.erf(slow - s))) / i1
    assert abs(float(inverse.mean()) - expected) < SIGMAS * float(inverse.std()) / math.sqrt(N)
    if s == 0.0:
        assert integral(3, s) / i1 + 1.0 == pytest.approx(2.0, rel=1e-14, abs=0.0)


def test_tangential_velocities_are_maxwellian_and_independent() -> None:
    x = emitted(0.5)[1:4] / U
    for row in x[1:]:
        assert stats.kstest(row, stats.norm(0.0, math.sqrt(0.5)).cdf).pvalue > RARE
    for a, b in ((x[1], x[2]), (x[0], x[1]), (x[0], x[2]), (x[1] ** 2, x[2] ** 2), (x[0], x[1] ** 2)):
        assert abs(np.corrcoef(a, b)[0, 1]) * math.sqrt(N) < SIGMAS


def test_entries_are_uniform_in_time_and_independent_of_speed() -> None:
    rows = emitted(0.0)
    assert stats.kstest(rows[4], "uniform").pvalue > RARE
    assert abs(np.corrcoef(rows[4], rows[1])[0, 1]) * math.sqrt(N) < SIGMAS
    assert np.all(rows[0] == 2e6)
    assert np.all(rows[5] == 1.0)


def test_a_face_at_the_top_emits_downward() -> None:
    """The same distribution with the other sign; not the same particles as those of the bottom face of the cell."""
    up, down = emitted(0.5, 1), emitted(0.5, -1)
    assert np.all(down[1] < 0.0)
    assert stats.kstest(-down[1] / U, lambda x: cdf(x, 0.5)).pvalue > RARE
    assert abs(np.corrcoef(up[1], down[1])[0, 1]) * math.sqrt(N) < SIGMAS


@pytest.mark.parametrize("rate", [0.03, 2.7, 16.0])
def test_numbers_follow_the_rate_on_average(rate: float) -> None:
    """3000 steps: mean within sqrt(f (1-f)/3000); every number is floor or ceiling of the rate."""
    numbers = np.array([emitted(0.0, 1, step, rate).shape[1] for step in range(3000)])
    f = rate - math.floor(rate)
    assert set(numbers) <= {math.floor(rate), math.ceil(rate)}
    assert abs(numbers.mean() - rate) <= SIGMAS * math.sqrt(f * (1.0 - f) / numbers.size)


def test_steps_emit_independent_particles() -> None:
    first, second = emitted(0.0, 1, 1), emitted(0.0, 1, 2)
    for k in range(1, 5):
        assert abs(np.corrcoef(first[k], second[k])[0, 1]) * math.sqrt(N) < SIGMAS


def test_species_share_a_face_in_proportion_to_their_rates() -> None:
    """Two species with own weights: numbers rate/omega, particles of group cell * species + s, own speeds."""
    faces = Faces(
        np.array([1]),
        np.array([1.0]),
        np.array([1]),
        np.array([[3000.0, 900.0]]),
        np.array([[U, 2.0 * U]]),
        np.zeros((1, 2)),
        np.zeros(2),
    )
    omega, counts = np.array([9.0, 9.0, 0.1, 0.01]), np.zeros((1, 2), dtype=np.int64)
    key = np.uint64(step_key(1, int(Stream.EMISSION), 0))
    total = int(count_entries(faces, omega, 2, 0, key, counts))
    assert counts.tolist() == [[30_000, 90_000]]
    x, fraction, weight, group = np.empty((4, total)), np.empty(total), np.empty(total), np.empty(total, dtype=np.int64)
    emit(faces, omega, 2, 0, key, counts, 0, x, fraction, weight, group)
    assert np.array_equal(np.bincount(group), [0, 0, 30_000, 90_000])
    assert np.array_equal(weight, omega[group])
    assert np.all(np.diff(group) >= 0)
    for s, speed in enumerate((U, 2.0 * U)):
        energy = x[1, group == 2 + s] ** 2 / speed**2
        assert abs(energy.mean() - 1.0) < SIGMAS / math.sqrt(energy.size)
