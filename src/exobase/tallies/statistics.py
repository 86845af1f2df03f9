"""Errors of correlated series, and tests for drift."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from exobase.tallies.spectral import LEAST_VALUES, mean_error

Array = NDArray[np.float64]
KNOWN = 0.8


@dataclass(frozen=True)
class BlockEstimate:
    """Mean of a series with its standard error.

    length: correlation time of the slowest part seen, in records (at least 1), weighted with its share in the variance
    of the mean; blocks: how many of these the series holds; plateau: the error is known (to some 40 %) and at least the
    asked number of blocks is there, so that a longer series would not change it much; correlation: integrated
    autocorrelation time in records; effective: effective number of independent records.
    """

    mean: float
    stderr: float
    blocks: int
    length: int
    plateau: bool
    correlation: float
    effective: float


ROUND_OFF = 1e-12
"""Scatter over mean below which values are equal but for the order of their sums."""


def block_estimate(series: Array, min_blocks: int = 20, known: float = 0.0) -> BlockEstimate:
    """Mean and standard error of a stationary series [n] (see :mod:`exobase.tallies.spectral`).

    known: correlation time [records] of a slow part that is there by physics (0: none is known).

    The error holds for correlation times up to a twentieth of the series; ``plateau`` is False while there are fewer
    than ``min_blocks`` of the slowest seen, or the error itself is uncertain by more than exp(0.8/2). A slow process
    too weak to be seen in so short a series cannot be excluded: see :mod:`exobase.simulation.slow_modes`.
    """
    n = series.size
    mean = float(series.mean()) if n else math.nan
    if n < 2:
        return BlockEstimate(mean, math.inf, n, 1, False, math.nan, float(n))
    naive = float(series.std(ddof=1)) / math.sqrt(n)
    if n < LEAST_VALUES and naive <= ROUND_OFF * abs(mean) and mean != 0.0:
        return BlockEstimate(mean, math.inf, n, 1, False, math.nan, float(n))  # a few equal counts show no error
    if naive == 0.0:
        return BlockEstimate(mean, 0.0, n, 1, True, 0.5, float(n))
    if n < LEAST_VALUES:
        stderr = naive * float(stdtrit(n - 1, 0.5 + 0.5 * math.erf(math.sqrt(0.5))))
        return BlockEstimate(mean, stderr, n, 1, False, 0.5, float(n))
    error = mean_error(series, known)
    length = max(math.ceil(error.slow), 1)
    plateau = error.log_spread <= KNOWN and n >= min_blocks * length
    ratio = max((error.stderr / naive) ** 2, 1e-12)
    return BlockEstimate(mean, error.stderr, n // length, length, plateau, 0.5 * ratio, n / ratio)


def drift_sigma(series: Array, blocks: int = 8) -> float:
    """Slope of the series [n] over its own standard error, from a straight line through ``blocks`` block means."""
    size = series.size // blocks
    if size < 1:
        return math.inf
    means = series[series.size - blocks * size :].reshape(blocks, size).mean(axis=1)
    t = np.arange(blocks) - 0.5 * (blocks - 1)
    slope = float((t * means).sum() / (t * t).sum())
    rest = means - means.mean() - slope * t
    scatter = math.sqrt(float((rest * rest).sum()) / (blocks - 2) / float((t * t).sum()))
    if scatter == 0.0:
        return 0.0 if slope == 0.0 else math.inf
    return abs(slope) / scatter


def mser_truncation(series: Array, group: int = 5) -> int:
    """Number of leading records to drop so that the standard error of the rest is least (MSER-5, White 1997)."""
    size = series.size // group
    if size < 4:
        return series.size
    means = series[: size * group].reshape(size, group).mean(axis=1)
    n = np.arange(size, 0, -1)
    total = np.cumsum(means[::-1])[::-1]
    square = np.cumsum((means * means)[::-1])[::-1]
    statistic = np.maximum(square - total * total / n, 0.0) / (n * n)
    return int(np.argmin(statistic[: max(size - 5, 1)])) * group
