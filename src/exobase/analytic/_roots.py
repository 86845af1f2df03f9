"""Roots of monotonic functions, element by element."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exobase.analytic._domain import FloatArray

MAX_STEPS = 200


def newton(function: Callable[[FloatArray], tuple[FloatArray, FloatArray]], start: FloatArray) -> FloatArray:
    """Root of a convex function by Newton's method from a point where it is not negative [unit of start].

    function: x to (value, slope); from the side where the value is positive every step goes towards the root and none
    beyond it. Where the slope vanishes the point is kept. Stops at steps of 1e-14 x, which leave the error of rounding.
    """
    x = np.array(start, dtype=np.float64)
    for _ in range(MAX_STEPS):
        value, slope = function(x)
        step = np.divide(value, slope, out=np.zeros_like(x), where=slope != 0.0)
        x = x - step
        if np.all(np.abs(step) <= 1e-14 * np.abs(x)):
            break
    return x


def bisect(function: Callable[[FloatArray], FloatArray], lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Root of a decreasing function between lower (value not negative) and upper (value not positive), to rounding."""
    low, high = np.array(lower, dtype=np.float64), np.array(upper, dtype=np.float64)
    for _ in range(MAX_STEPS):
        middle = 0.5 * (low + high)
        if np.all((middle == low) | (middle == high)):
            break
        above = function(middle) > 0.0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return 0.5 * (low + high)
