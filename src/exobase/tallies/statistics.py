"""Errors of correlated series by blocking, and tests for drift.

A series of records is averaged over blocks of 1, 2, 4, ... records; the standard error of the mean grows with the block
length until blocks are independent (Flyvbjerg & Petersen 1989, doi:10.1063/1.457480).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BlockEstimate:
    """Mean of a series with its standard error.

    blocks: independent blocks used; length: records per block; plateau: the error stopped growing with the length;
    correlation: integrated autocorrelation time in records; effective: effective number of independent records.
    """

    mean: float
    stderr: float
    blocks: int
    length: int
    plateau: bool
    correlation: float
    effective: float


def block_estimate(series: Array, min_blocks: int = 20) -> BlockEstimate:
    """Mean and standard error of a stationary series [n]; the block length doubles until the error plateaus.

    A level counts as the plateau when no longer block gives an error larger by more than one standard deviation of
    its own uncertainty. Without a plateau the longest block with ``min_blocks`` blocks is used and ``plateau`` is
    False.
    """
    n = series.size
    if n < 2:
        return BlockEstimate(float(series.mean()) if n else math.nan, math.inf, n, 1, False, math.nan, float(n))
    errors, counts = _levels(series, min_blocks)
    noise = [e / math.sqrt(2.0 * (c - 1)) for e, c in zip(errors, counts, strict=True)]
    level, plateau = len(errors) - 1, False
    for k in range(len(errors) - 1):
        if all(errors[j] <= errors[k] + noise[j] for j in range(k + 1, len(errors))):
            level, plateau = k, True
            break
    stderr = errors[level]
    if errors[0] == 0.0:
        return BlockEstimate(float(series.mean()), 0.0, n, 1, True, 0.5, float(n))
    ratio = max((stderr / errors[0]) ** 2, 1e-12)
    return BlockEstimate(float(series.mean()), stderr, counts[level], 2**level, plateau, 0.5 * ratio, n / ratio)


def _levels(series: Array, min_blocks: int) -> tuple[list[float], list[int]]:
    """Standard error of the mean and number of blocks for block lengths 1, 2, 4, ..."""
    errors: list[float] = []
    counts: list[int] = []
    values = series
    while values.size >= max(min_blocks, 2) or not errors:
        errors.append(float(values.std(ddof=1)) / math.sqrt(values.size))
        counts.append(values.size)
        values = 0.5 * (values[0 : values.size - 1 : 2] + values[1::2][: values[0 : values.size - 1 : 2].size])
        if values.size < 2:
            break
    return errors, counts


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
