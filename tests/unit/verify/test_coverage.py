"""Coverage and chi2 of known numbers; right errors pass and errors that are too small are found (10 000 sets of 20)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase_verify.box import normals
from exobase_verify.coverage import Coverage, coverage, largest_chi2, pooled


def test_four_runs_by_hand() -> None:
    """Mean 2; deviations -2, 0, 0, 2 over errors 1, 1, 2, 4."""
    found = coverage([0.0, 2.0, 2.0, 4.0], [1.0, 1.0, 2.0, 4.0])
    assert found == Coverage(4, 3, 4.25, 3)
    assert found.share == 0.75
    assert found.scatter_over_error == pytest.approx(math.sqrt(4.25 / 3.0))
    # For three degrees of freedom: erfc(sqrt(x/2)) + sqrt(2 x/pi) exp(-x/2).
    assert found.chance == pytest.approx(math.erfc(math.sqrt(2.125)) + math.sqrt(8.5 / math.pi) * math.exp(-2.125))


def test_right_errors_cover_and_their_chances_are_uniform() -> None:
    sets = [coverage(x, np.full(20, 0.5)) for x in 3.0 + 0.5 * normals(7, 0, (10_000, 20))]
    share = pooled(sets).share
    assert abs(share - math.erf(math.sqrt(20 / 19 / 2))) < 4.0 * math.sqrt(0.21 / 200_000)
    chances = np.array([found.chance for found in sets])
    assert abs(chances.mean() - 0.5) < 4.0 * math.sqrt(1.0 / 12.0 / chances.size)
    assert abs((chances < 0.01).mean() - 0.01) < 4.0 * math.sqrt(0.0099 / chances.size)


def test_the_range_of_8_to_18_of_20_is_left_by_one_set_in_a_hundred_with_right_errors() -> None:
    inside = np.array([coverage(x, np.ones(20)).inside for x in normals(8, 0, (10_000, 20))])
    assert 0.004 < ((inside < 8) | (inside > 18)).mean() < 0.015


def test_errors_too_small_by_1_5_are_found_in_a_hundred_runs() -> None:
    """chi2 is 2.25 times too large: 214 for 95 degrees of freedom."""
    sets = [coverage(x, np.full(20, 1.0 / 1.5)) for x in normals(9, 0, (5, 20))]
    together = pooled(sets)
    assert together.runs == 100
    assert together.degrees == 95
    assert together.chance < 1e-3
    assert together.scatter_over_error > 1.2


def test_the_largest_chi2_has_its_chance() -> None:
    assert Coverage(20, 14, largest_chi2(19, 1e-3), 19).chance == pytest.approx(1e-3)
    assert largest_chi2(19, 1e-3) == pytest.approx(43.82, abs=0.01)


@pytest.mark.parametrize(
    ("values", "errors"),
    [([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, math.nan], [1.0, 1.0]), ([1.0, 2.0], [1.0, 0.0])],
)
def test_runs_without_errors_are_refused(values: list[float], errors: list[float]) -> None:
    with pytest.raises(ValueError, match="errors"):
        coverage(values, errors)


def test_nothing_to_pool_is_refused() -> None:
    with pytest.raises(ValueError, match="no group"):
        pooled([])
