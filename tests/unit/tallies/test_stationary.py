"""Whether a series is at rest, and which of its leading records belong to its start.

A mean of q records of independent ones scatters by 1/sqrt(q) standard deviations; one with the correlation time T by
sqrt(2T/q). False alarms of one series must stay below 2e-3 so that those of all checks together stay below 1 %.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter

from exobase.constants import K_B
from exobase.tallies.stationary import (
    REST_SIGMA,
    column_temperature,
    departure,
    departures,
    leading_records,
)

Array = NDArray[np.float64]
SERIES, N = 600, 640


def at_rest(time: float, slow: float, seed: int) -> Array:
    """Series [SERIES, N] with mean 1: a share ``slow`` of the variance (1) has the correlation time ``time``."""
    rng = np.random.default_rng(seed)
    phi = math.exp(-1.0 / time)
    noise = rng.normal(size=(SERIES, N)) * math.sqrt(1.0 - phi * phi)
    walk = lfilter([1.0], [1.0, -phi], noise, axis=1, zi=phi * rng.normal(size=(SERIES, 1)))[0]
    return np.asarray(1.0 + math.sqrt(1.0 - slow) * rng.normal(size=(SERIES, N)) + math.sqrt(slow) * walk)


@pytest.mark.parametrize(("time", "slow"), [(1.0, 0.0), (N / 60, 1.0), (N / 20, 1.0), (N / 20, 0.03)])
def test_a_series_at_rest_raises_no_alarm(time: float, slow: float) -> None:
    alarms = [departure(x).sigma > REST_SIGMA for x in at_rest(time, slow, 1)]
    assert sum(alarms) <= 2


@pytest.mark.parametrize(("time", "slow"), [(1.0, 0.0), (N / 60, 1.0), (N / 20, 0.03)])
def test_a_series_at_rest_keeps_its_records(time: float, slow: float) -> None:
    cuts = np.array([leading_records(x) for x in at_rest(time, slow, 2)])
    assert np.mean(cuts > 0) < 0.01


def test_a_drift_of_twelve_errors_between_the_halves_is_seen() -> None:
    """Halves of 320 independent records differ by 2/sqrt(640) = 0.079 standard deviations of a record (one error).

    Twelve are needed, since a slow process of the same size as the noise could hide in so few records.
    """
    error = 2.0 / math.sqrt(N)
    found = [departure(x + 12.0 * error * 2.0 * np.linspace(-0.5, 0.5, N)).sigma for x in at_rest(1.0, 0.0, 3)]
    assert np.mean(np.array(found) > REST_SIGMA) > 0.95


def test_a_jump_in_the_last_quarter_is_seen() -> None:
    jump = np.where(np.arange(N) >= 3 * N // 4, 1.1, 0.0)
    assert np.mean([departure(x + jump).sigma > REST_SIGMA for x in at_rest(1.0, 0.0, 4)]) > 0.95


def test_what_nobody_minds_is_no_drift() -> None:
    """A change of 0.1 % of an exact series; 1 % of it is one."""
    step = np.where(np.arange(N) >= N // 2, 1.0, 0.0)
    assert departure(1.0 + 0.001 * step).sigma == 0.0
    assert departure(1.0 + 0.01 * step).sigma == math.inf
    assert departure(np.zeros(N)).sigma == 0.0


@pytest.mark.parametrize("memory", [10.0, 40.0])
def test_a_start_is_dropped_until_it_sinks_into_the_noise(memory: float) -> None:
    """10 exp(-i/memory) in noise of 1: it equals the noise after 2.3 memories and biases the rest of 640 records by
    less than its error of 0.04 after 2.3 (memory 10) and 3.2 (memory 40) memories.
    """
    drop = 10.0 * np.exp(-np.arange(N) / memory)
    series = at_rest(1.0, 0.0, 5)[:200] + drop
    cuts = np.array([leading_records(x) for x in series])
    assert np.all(cuts > 1.5 * memory)
    assert np.median(cuts) < 6.0 * memory
    bias = np.mean([x[k:].mean() - 1.0 for x, k in zip(series, cuts, strict=True)])
    assert bias < 0.04


@pytest.mark.parametrize("events", [1.0, 4.0, 16.0, 64.0])
def test_rare_events_at_rest_keep_their_records(events: float) -> None:
    """Poisson events, so many in the series: to drop what came before an empty half would lower the rate."""
    series = np.random.default_rng(7).poisson(events / N, size=(SERIES, N)).astype(np.float64)
    cuts = np.array([leading_records(x) for x in series])
    assert np.mean(cuts > 0) < 0.01
    kept = [x[k:].mean() for x, k in zip(series, cuts, strict=True)]
    assert np.mean(kept) == pytest.approx(events / N, rel=4.0 / math.sqrt(events * SERIES))


def test_at_most_half_is_dropped() -> None:
    """A start that ends somewhat after the half. A slope right to the end is no start: it ends as a drift."""
    start = np.where(np.arange(N) < N // 2 + 4, 1.5, 0.0)
    assert [leading_records(x + start) for x in at_rest(1.0, 0.0, 6)[:5]] == [N // 2] * 5
    assert departure(np.linspace(1.0, 2.0, N)).sigma > REST_SIGMA
    assert leading_records(np.ones(20)) == 0


def test_departures_skip_what_cannot_be_judged() -> None:
    gaps = np.ones((N, 2))
    gaps[5, 1] = np.nan
    assert [(name, s) for name, s, _ in departures({"a": gaps, "b": np.ones((20, 2))})] == [("a", 0)]


def test_the_temperature_of_a_quarter_is_that_of_its_random_motion() -> None:
    """1e5 velocities of N2 at 100 K and a drift of 300 m/s in one quarter: T within 3 errors of sqrt(2/(3 N))."""
    mass = 4.65e-26
    c = math.sqrt(K_B * 100.0 / mass)
    v = np.random.default_rng(6).normal(size=(3, 100_000)) * c
    v[0] += 300.0
    moments = np.zeros((2, 1, 4, 4))
    moments[:, 0, 1] = [v.shape[1], v[0].sum(), (v[0] ** 2).sum(), (v[1] ** 2 + v[2] ** 2).sum()]
    found = column_temperature(moments, np.array([mass]))
    assert found.shape == (2, 1, 5)
    assert np.isnan(found[0, 0, 0])
    assert abs(found[0, 0, 1] - 100.0) < 3.0 * 100.0 * math.sqrt(2.0 / 3e5)
    assert found[1, 0, 4] == pytest.approx(found[1, 0, 1], rel=1e-12, abs=0.0)
