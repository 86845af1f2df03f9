"""Sums over cells that do not depend on how the cells are divided among ranks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from exobase.errors import RunError
from exobase.parallel.comm import Comm

_BITS = 30
_ROWS = 1 << 14
_LEAST_EXPONENT = -900


def reproducible_sum(comm: Comm, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum ``values`` [n, m] over n and over all ranks, to [m]: the same bits for any order and any division of n.

    Each column is split at two fixed binary places below its largest magnitude into integers, whose sums are exact
    (the idea of Demmel & Nguyen 2013, doi:10.1109/ARITH.2013.9), block of rows by block. Error below n * 2^-60 of the
    largest element; n < 2^33.
    Raises RunError where a value is not finite.
    """
    m = values.shape[1]
    largest = np.maximum(values.max(axis=0), -values.min(axis=0)) if values.shape[0] else np.zeros(m)
    largest = comm.max(np.where(np.isfinite(largest), largest, np.inf))
    if not np.isfinite(largest).all():
        raise RunError(["a tally is not finite: the run has diverged; shorten the step (step.courant) and run again"])
    exponent = np.maximum(np.frexp(largest)[1], _LEAST_EXPONENT)
    scale = np.ldexp(1.0, _BITS - exponent)
    parts = np.zeros(2 * m, dtype=np.int64)
    for begin in range(0, values.shape[0], _ROWS):
        scaled = values[begin : begin + _ROWS] * scale
        high = np.rint(scaled)
        low = np.rint((scaled - high) * math.ldexp(1.0, _BITS))
        parts[:m] += high.astype(np.int64).sum(axis=0)
        parts[m:] += low.astype(np.int64).sum(axis=0)
    total = comm.sum(parts)
    result: NDArray[np.float64] = (total[:m] + total[m:] * math.ldexp(1.0, -_BITS)) / scale
    return result
