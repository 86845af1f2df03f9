"""Errors of correlated series, drift, and the length of the burn-in.

AR(1): x(i+1) = phi x(i) + e. Its autocorrelation is phi^|k|, so the integrated correlation time is tau =
(1+phi)/(1-phi)/2 records (1/2 for independent ones) and the variance of the mean of n records is 2 tau var/n. A
one-sigma interval covers the true mean in 68.3 % of the series if the error is right.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter

from exobase.tallies.statistics import block_estimate, drift_sigma, mser_truncation

Array = NDArray[np.float64]
SERIES = 200


def autoregressive(phi: float, n: int, seed: int, series: int = SERIES) -> Array:
    """Stationary AR(1) series [series, n] with variance 1 and mean 10."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(series, n)) * math.sqrt(1.0 - phi * phi)
    start = rng.normal(size=(series, 1))
    return np.asarray(10.0 + lfilter([1.0], [1.0, -phi], noise, axis=1, zi=phi * start)[0])


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_the_error_covers_the_mean_in_two_of_three_series(phi: float) -> None:
    """200 series of 4096 records: binomial scatter 3.3 %, allowed 60-80 %; three sigmas cover at least 98 %."""
    estimates = [block_estimate(x) for x in autoregressive(phi, 4096, 1)]
    distance = np.array([abs(e.mean - 10.0) / e.stderr for e in estimates])
    assert 0.60 <= np.mean(distance < 1.0) <= 0.80
    assert np.mean(distance < 3.0) >= 0.98


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_the_error_is_that_of_theory(phi: float) -> None:
    """Mean square of the estimated errors against 2 tau var/n: 10 to 20 % larger, for slow parts that may hide."""
    n = 4096
    estimates = [block_estimate(x) for x in autoregressive(phi, n, 2)]
    tau = 0.5 * (1.0 + phi) / (1.0 - phi)
    found = np.mean([e.stderr**2 for e in estimates])
    assert 0.95 < found / (2.0 * tau / n) < 1.3
    assert 0.95 < np.mean([e.correlation for e in estimates]) / tau < 1.3
    assert 0.6 < np.mean([e.effective for e in estimates]) * 2.0 * tau / n < 1.2


def test_anticorrelated_series_are_never_given_too_small_an_error() -> None:
    """phi = -0.4: batches of 32 records are nearly independent, with the variance (1+phi)/(1-phi)/32."""
    estimates = [block_estimate(x) for x in autoregressive(-0.4, 4096, 2)]
    exact = math.sqrt(0.6 / 1.4 / 4096)
    assert np.mean([e.stderr for e in estimates]) >= 0.95 * exact
    assert np.mean([abs(e.mean - 10.0) < e.stderr for e in estimates]) > 0.6


def test_naive_errors_would_fail_the_coverage() -> None:
    """The contrast: sqrt(var/n) of a series with phi = 0.9 covers only about one in five."""
    x = autoregressive(0.9, 4096, 1)
    naive = np.abs(x.mean(axis=1) - 10.0) < x.std(axis=1, ddof=1) / 64.0
    assert naive.mean() < 0.35


def test_the_slowest_part_is_seen() -> None:
    """A correlation time of 9.5 records, or longer where the noise of 8192 records allows it."""
    estimates = [block_estimate(x) for x in autoregressive(0.9, 8192, 3)]
    assert np.mean([e.plateau for e in estimates]) > 0.9
    assert all(8 <= e.length < 819 for e in estimates)
    assert all(e.blocks == 8192 // e.length for e in estimates)


def test_a_series_shorter_than_its_memory_has_no_plateau() -> None:
    """A random walk: the mean is uncertain by as much as the walk itself."""
    walk = np.cumsum(np.random.default_rng(1).normal(size=1024))
    e = block_estimate(walk)
    assert not e.plateau
    assert e.blocks < 20
    assert e.stderr > 0.4 * walk.std(ddof=1)


@pytest.mark.parametrize("covered", [5, 10])
def test_a_slow_part_that_is_known_widens_the_error_of_a_short_series(covered: int) -> None:
    """White noise and AR(1) of 20 records with four times its weight in a long mean, for 5 and 10 of its times.

    The series does not show the slow part, and its error is some 1.5 times too small unless its time is known. What is
    white all the same gets an error that is at most 1.7 times too large.
    """
    time, n = 20.0, 20 * covered
    phi = math.exp(-1.0 / time)
    white = np.random.default_rng(7).normal(size=(SERIES, n))
    slow = (autoregressive(phi, n, 8) - 10.0) * math.sqrt(4.0 * (1.0 - phi) / (1.0 + phi))
    rms = {}
    for known in (0.0, time):
        found = [block_estimate(10.0 + x, known=known) for x in white + slow]
        rms[known] = float(np.sqrt(np.mean([((e.mean - 10.0) / e.stderr) ** 2 for e in found])))
    assert rms[0.0] > 1.35
    assert 0.85 < rms[time] < 1.3
    for distance in (0.01, 0.5, 30.0, 1e6, math.inf):
        each = [(block_estimate(x), block_estimate(x, known=distance * time)) for x in (white + slow)[:40]]
        assert all(b.stderr >= (1.0 - 1e-12) * a.stderr and b.length == a.length for a, b in each)
    alone = np.array([[block_estimate(10.0 + x, known=t).stderr for t in (0.0, time)] for x in white])
    assert 1.0 < np.median(alone[:, 1] / alone[:, 0]) < 1.7


def test_the_mean_is_that_of_all_records() -> None:
    """Odd lengths lose records only in the blocks of the error."""
    for n in (2, 3, 19, 20, 41, 1000, 1023):
        x = np.random.default_rng(n).normal(3.0, 1.0, n)
        e = block_estimate(x)
        assert e.mean == pytest.approx(float(x.mean()), rel=1e-14, abs=0.0)
        assert e.stderr > 0.0


def test_too_short_and_constant_series_are_told_apart() -> None:
    assert math.isnan(block_estimate(np.empty(0)).mean)
    assert block_estimate(np.array([2.0])).stderr == math.inf
    constant = block_estimate(np.full(100, 2.0))
    assert (constant.mean, constant.stderr, constant.plateau) == (2.0, 0.0, True)


def test_a_few_equal_counts_leave_the_error_unknown() -> None:
    """Two blocks with as many escapers differ by the order of a sum: that is no error of 1e-16."""
    few = np.array([1.399e27, 1.399e27 * (1.0 + 4e-16)])
    assert math.isinf(block_estimate(few).stderr)
    assert not block_estimate(few).plateau
    assert block_estimate(np.zeros(3)).stderr == 0.0  # nothing escaped: a limit is given instead
    assert math.isfinite(block_estimate(np.array([1.0, 1.1])).stderr)


def test_drift_of_stationary_noise_is_student_distributed() -> None:
    """Eight block means about a line: t with 6 degrees of freedom, |t| > 2 in 9.2 % of series (scatter 2 %)."""
    x = np.random.default_rng(7).normal(size=(SERIES, 800))
    sigmas = np.array([drift_sigma(row) for row in x])
    assert 0.03 < np.mean(sigmas > 2.0) < 0.155
    assert abs(np.mean(sigmas < 0.718) - 0.5) < 0.15  # median of |t|, 6 degrees of freedom


def test_a_drift_is_seen() -> None:
    """A trend of five standard errors of the slope over the series."""
    n = 800
    t = np.arange(n) - 0.5 * (n - 1)
    slope = 8.0 / math.sqrt(float((t * t).sum()))
    x = np.random.default_rng(8).normal(size=(SERIES, n))
    assert np.mean([drift_sigma(row + slope * t) > 2.0 for row in x]) > 0.97
    assert np.mean([drift_sigma(row - slope * t) > 2.0 for row in x]) > 0.97
    assert drift_sigma(5.0 * t) > 1e6
    assert drift_sigma(np.full(80, 3.0)) == 0.0
    assert drift_sigma(np.arange(7.0)) == math.inf


@pytest.mark.parametrize("memory", [50.0, 200.0])
def test_burn_in_ends_where_the_transient_sinks_into_the_noise(memory: float) -> None:
    """Exponential transient of 20 sigma: it equals the noise after 3 memories and 0.1 sigma after 5.3.

    The median over 40 series is taken: a single MSER estimate scatters upward.
    """
    rng = np.random.default_rng(9)
    n = 4000
    drop = 20.0 * np.exp(-np.arange(n) / memory)
    cuts = np.array([mser_truncation(drop + row) for row in rng.normal(size=(40, n))])
    assert 3.0 * memory < np.median(cuts) < 8.0 * memory
    assert np.all(cuts % 5 == 0)


def test_a_stationary_series_loses_little() -> None:
    cuts = np.array([mser_truncation(row) for row in np.random.default_rng(3).normal(size=(100, 2000))])
    assert np.median(cuts) < 200
    assert mser_truncation(np.arange(10.0)) == 10
