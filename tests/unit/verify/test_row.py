"""A row's verdict follows from its numbers, and a row survives being stored."""

from __future__ import annotations

import json
import math

import pytest

from exobase.judge.outcome import Bounds
from exobase_verify.row import Curve, Row, broken, judged, mean_of, not_available


def test_a_value_within_its_tolerance_passes_and_one_outside_fails() -> None:
    bounds = Bounds(relative=0.01)
    inside, outside = (judged("x", value, 0.001, 2.0, bounds) for value in (2.019, 2.021))
    assert inside.passed
    assert not outside.passed
    assert outside.verdict == "FAILED"
    assert inside.tolerance == "1 %"
    assert inside.allowed == pytest.approx(0.02, rel=1e-12)


def test_a_value_too_uncertain_for_its_tolerance_fails_although_it_is_right() -> None:
    """One standard error of 0.6 tolerances: a wrong value would pass too often."""
    assert judged("x", 2.0, 0.0099, 2.0, Bounds(relative=0.01)).passed
    row = judged("x", 2.0, 0.012, 2.0, Bounds(relative=0.01), detail="8 runs")
    assert not row.passed
    assert row.detail.startswith("8 runs; standard error 0.012 is more than half the tolerance 0.02")


def test_nothing_is_judged_right_that_is_no_number() -> None:
    assert not judged("x", math.nan, 0.0, 1.0, Bounds(relative=1.0)).passed
    assert not judged("x", 1.0, 0.0, math.nan, Bounds(absolute=1.0)).passed


def test_deviations_count_the_errors_of_value_and_reference() -> None:
    row = Row("x", 10.0, 3.0, 5.0, "", True, reference_error=4.0)
    assert row.sigmas == pytest.approx(1.0, rel=1e-12)
    assert Row("x", 10.0, math.nan, 5.0, "", True, reference_error=4.0).sigmas == pytest.approx(1.25, rel=1e-12)
    assert math.isnan(Row("x", 10.0, 0.0, 5.0, "", True).sigmas)


def test_what_is_missing_or_broken_never_passes() -> None:
    assert not_available("x").verdict == "not available"
    assert broken("x", "why").verdict == "FAILED"
    assert not any(row.passed or row.ran for row in (not_available("x"), broken("x", "why")))


def test_a_row_is_the_same_after_it_was_stored_as_json() -> None:
    curve = Curve.of("t", ("x", "y"), [0.0, 1.0], [1.0, 2.0], [0.1, math.nan], [1.0, 1.9], "s")
    row = judged("x", 1.0, 0.001, 1.0, Bounds(relative=0.1), unit="m", source="s", detail="d", curves=[curve])
    back = Row.from_dict(json.loads(json.dumps(row.to_dict())))
    assert repr(back) == repr(row)
    with pytest.raises((TypeError, KeyError)):
        Row.from_dict({"name": "x"})


def test_the_error_of_a_mean_is_its_scatter_over_the_root_of_the_number() -> None:
    assert mean_of([1.0, 3.0]) == pytest.approx((2.0, 1.0), rel=1e-12)
    with pytest.raises(ValueError, match="at least 2"):
        mean_of([1.0])
