"""A quantity at one or more places, beside what it should be there: what the judges of both solvers hand on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.errors import InputError
from exobase.io.results import Result

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """A quantity at one or more places: value, stderr and reference [k]; where: text for each place.

    limit: where no particle escaped, what the quantity lies below with 95 % (None: the value is measured).
    """

    value: FloatArray
    stderr: FloatArray
    reference: FloatArray
    where: list[str]
    note: str = ""
    limit: float | None = None


def single(value: float, stderr: float, reference: float, note: str, limit: float | None = None) -> Points:
    """A quantity that is one number; limit: as of :class:`Points`."""
    return Points(np.array([value]), np.array([stderr]), np.array([reference]), [""], note, limit)


def upper_limit(result: Result, name: str, row: int) -> float | None:
    """What a rate or flux of escape (``name`` of the result) lies below with 95 %; None where some escaped.

    None too in results of versions without such limits, and where a wall lets nothing escape.
    """
    limits = result.get(f"{name}_upper_limit_95")
    if limits is None or float(result[name][row]) > 0.0 or not float(limits[row]) > 0.0:
        return None
    return float(limits[row])


def number(check: Mapping[str, Any], default: float) -> float:
    """The number a check names; where it only accepts a range, the middle is not a reference and NaN is returned."""
    value = check.get("reference_value")
    if value is not None:
        return float(value)
    return math.nan if check.get("accept") is not None else default


def in_range(check: Mapping[str, Any], r: FloatArray) -> npt.NDArray[np.bool_]:
    """Which radii lie in the range of a check. Raises InputError where none does."""
    low, high = check.get("r_from"), check.get("r_to")
    keep = (r >= (-np.inf if low is None else low)) & (r <= (np.inf if high is None else high))
    if not keep.any():
        raise InputError(["no sampled cell lies in the range of the check"])
    return np.asarray(keep)


def need_inside(result: Result, places: FloatArray) -> None:
    """Raises InputError for radii outside the domain."""
    edges = result["grid/edges"]
    outside = places[(places < edges[0]) | (places > edges[-1])]
    if outside.size:
        raise InputError([f"radius {outside[0] / 1e3:.6g} km lies outside the domain"])


def place(r: float) -> str:
    """A radius in words."""
    return f"r = {r / 1e3:.5g} km"
