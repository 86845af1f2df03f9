"""Sums over batches: means and standard errors of everything that is scored.

Batches are added in their order, whatever rank made them, so that every bit is the same on any number of ranks.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from exobase.tallies.scores import Scores, size_of, tables

Array = NDArray[np.float64]


class Sums:
    """Sum, sum of squares and sum of products with the target over ``number`` batches, of the numbers of one range.

    factor [processes]: reported over simulated rate; part: range of the flat array that is summed here (default: all).
    A rank holds its own part; tables can be made where all of it is.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], factor: Array, part: slice | None = None) -> None:
        self.shapes = shapes
        self.factor = factor
        self.part = slice(0, size_of(shapes)) if part is None else part
        size = self.part.stop - self.part.start
        self.number = 0
        self.total, self.square, self.product = np.zeros(size), np.zeros(size), np.zeros(size)
        self._series = np.zeros((64, shapes["escaped"][0]))

    @property
    def series(self) -> Array:
        """Reported escape rate of every followed species in every batch [number, followed]: 8 bytes each, at most
        run.max_batches of them.
        """
        return self._series[: self.number]

    def escape(self, flat: Array) -> Array:
        """Reported escape rate of every followed species [s-1] in the scores of a whole batch."""
        return np.asarray(tables(flat, self.shapes).escaped @ self.factor)

    def add(self, flat: Array, target: int) -> None:
        """Add a whole batch; target: index of the followed species whose escape rate the products are taken with."""
        self.add_part(flat[self.part], self.escape(flat), target)

    def add_part(self, scores: Array, escape: Array, target: int) -> None:
        """Add what a batch scored in the part, and its reported escape rates [followed]."""
        self.total += scores
        self.square += scores * scores
        self.product += scores * escape[target]
        if self.number == len(self._series):
            self._series = np.concatenate((self._series, np.zeros_like(self._series)))
        self._series[self.number] = escape
        self.number += 1

    def mean(self) -> Scores:
        """Means over batches."""
        return tables(self.total / max(self.number, 1), self.shapes)

    def stderr(self) -> Scores:
        """Standard errors of the means (infinite for fewer than two batches)."""
        return tables(self._stderr(), self.shapes)

    def _stderr(self) -> Array:
        if self.number < 2:
            return np.full(self.total.size, math.inf)
        mean = self.total / self.number
        # Where all batches agree the difference of the squares is round-off of either sign.
        spread = np.maximum(self.square / self.number - mean * mean, 0.0)
        spread[spread < 1e-14 * mean * mean] = 0.0
        return np.asarray(np.sqrt(spread / (self.number - 1)))

    def covariance(self, target: int) -> Scores:
        """Covariance of every mean with the reported escape rate of the followed species ``target`` (as in ``add``)."""
        if self.number < 2:
            return tables(np.full(self.total.size, math.nan), self.shapes)
        mean = self.total / self.number
        escape = float(tables(mean, self.shapes).escaped[target] @ self.factor)
        return tables((self.product / self.number - mean * escape) / (self.number - 1), self.shapes)

    def state(self) -> dict[str, Array]:
        """Arrays that a checkpoint keeps."""
        return {"total": self.total, "square": self.square, "product": self.product, "series": self.series}

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Inverse of ``state``."""
        self.total, self.square, self.product = (np.array(arrays[k]) for k in ("total", "square", "product"))
        series = np.array(arrays["series"])
        self.number = len(series)
        self._series = np.concatenate((series, np.zeros((64, series.shape[1]))))

    def digest(self) -> str:
        """SHA-256 over the sums and the series."""
        total = hashlib.sha256()
        for array in (self.total, self.square, self.product, self.series):
            total.update(np.ascontiguousarray(array).tobytes())
        return total.hexdigest()
