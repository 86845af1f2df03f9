"""Upper limits at 95 % of weighted Poisson sums.

Exact limits of k events of weight 1: 2.996, 4.744, 6.296, 15.705 (k = 0, 1, 2, 9; Gehrels 1986, table 1).
"""

from __future__ import annotations

import numpy as np
import pytest

from exobase.tallies.limits import upper_limit


@pytest.mark.parametrize(("count", "limit"), [(0, 2.996), (1, 4.744), (2, 6.296), (9, 15.705)])
def test_events_of_equal_weight_give_the_poisson_limit(count: int, limit: float) -> None:
    weight = 3e24
    got = upper_limit(np.array(count * weight), np.array(count * weight**2), np.array(weight))
    assert got / weight == pytest.approx(limit, rel=2e-4)


def test_without_a_possible_event_the_limit_is_zero() -> None:
    assert upper_limit(np.zeros(2), np.zeros(2), np.zeros(2)).tolist() == [0.0, 0.0]


def test_many_events_give_the_normal_limit() -> None:
    assert upper_limit(np.array(1e6), np.array(1e6), np.array(1.0)) == pytest.approx(1e6 + 1.645e3, rel=1e-5)


def test_the_limit_covers_sums_of_unequal_weights() -> None:
    """Weights 1 and 10 with means of 2 and 0.3 events: at least 95 % of the limits lie above the expectation 5."""
    rng = np.random.default_rng(4)
    small, large = rng.poisson(2.0, 20_000), rng.poisson(0.3, 20_000)
    limit = upper_limit(small + 10.0 * large, small + 100.0 * large, np.full(20_000, 10.0))
    assert np.mean(limit > 5.0) >= 0.95
