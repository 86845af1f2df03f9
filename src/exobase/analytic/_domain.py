"""Checks of the domain of the analytic formulas."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
"""What the formulas return: a float64 array, or a NumPy float64 scalar where all arguments are scalars."""


def positive(name: str, value: ArrayLike) -> FloatArray:
    """Return value as a float64 array; ValueError with the first value that is not positive and finite."""
    array = np.asarray(value, dtype=np.float64)
    return _require(name, array, np.isfinite(array) & (array > 0.0), "positive")


def non_negative(name: str, value: ArrayLike) -> FloatArray:
    """Return value as a float64 array; ValueError with the first value that is negative or not finite."""
    array = np.asarray(value, dtype=np.float64)
    return _require(name, array, np.isfinite(array) & (array >= 0.0), "zero or positive")


def within(name: str, value: ArrayLike, lower: float, upper: float) -> FloatArray:
    """Return value as a float64 array; ValueError with the first value outside [lower, upper]."""
    array = np.asarray(value, dtype=np.float64)
    return _require(name, array, (array >= lower) & (array <= upper), f"within [{lower:g}, {upper:g}]")


def inside(name: str, value: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> FloatArray:
    """Return value as a float64 array; ValueError with the first value outside the open interval (lower, upper)."""
    array, low, high = np.broadcast_arrays(np.asarray(value, dtype=np.float64), lower, upper)
    good = (array > low) & (array < high)
    if not np.all(good):
        first = np.argmin(good.ravel())
        given, least, most = array.ravel()[first], low.ravel()[first], high.ravel()[first]
        raise ValueError(f"{name} = {given:g} must be between {least:g} and {most:g}, bounds excluded")
    return np.asarray(value, dtype=np.float64)


def not_below(name: str, value: FloatArray, bound_name: str, bound: FloatArray) -> FloatArray:
    """Return value; ValueError with the first value that is less than the bound it is broadcast with."""
    value, bound = np.broadcast_arrays(value, bound)
    if not np.all(value >= bound):
        first = np.argmin((value >= bound).ravel())
        given, limit = value.ravel()[first], bound.ravel()[first]
        raise ValueError(f"{name} = {given:g} must not be less than {bound_name} = {limit:g}")
    return value


def _require(name: str, array: FloatArray, good: NDArray[np.bool_], rule: str) -> FloatArray:
    if not np.all(good):
        raise ValueError(f"{name} = {array.ravel()[np.argmin(good.ravel())]:g} must be {rule}")
    return array
