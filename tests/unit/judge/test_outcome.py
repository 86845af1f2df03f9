"""Bounds: every one given must hold, and what cannot be judged fails."""

from __future__ import annotations

import math

import pytest

from exobase.judge.outcome import Bounds


@pytest.mark.parametrize(
    ("bounds", "value", "stderr", "reference", "holds"),
    [
        (Bounds(relative=0.02), 1.02, math.nan, 1.0, True),
        (Bounds(relative=0.02), 1.021, math.nan, 1.0, False),
        (Bounds(relative=0.02), -1.0, math.nan, 1.0, False),
        (Bounds(sigma=3), 1.3, 0.1, 1.0, True),
        (Bounds(sigma=3), 1.31, 0.1, 1.0, False),
        (Bounds(sigma=3, reference_stderr=0.1), 1.4, 0.1, 1.0, True),
        (Bounds(sigma=3, relative=0.1), 1.2, 0.1, 1.0, False),
        (Bounds(sigma=3), 1.0, math.nan, 1.0, False),
        (Bounds(sigma=5), 0.0, 0.0, 0.0, True),
        (Bounds(absolute=1e-3), 5e-4, math.nan, 0.0, True),
        (Bounds(absolute=1e-3), -2e-3, math.nan, 0.0, False),
        (Bounds(accept=(1.5, 2.0)), 2.0, math.nan, math.nan, True),
        (Bounds(accept=(1.5, 2.0)), 1.49, math.nan, math.nan, False),
        (Bounds(accept=(1.5, 2.0)), math.nan, math.nan, math.nan, False),
        (Bounds(), 1.0, 0.1, 1.0, False),
    ],
)
def test_bounds_hold_or_not(bounds: Bounds, value: float, stderr: float, reference: float, holds: bool) -> None:
    assert (bounds.excess(value, stderr, reference) <= 1.0) is holds


def test_the_text_names_every_bound() -> None:
    assert Bounds(relative=0.015, sigma=3).text() == "1.5 %, 3 sigma"
    assert Bounds(accept=(1.5, 2.0)).text() == "in [1.5, 2]"
