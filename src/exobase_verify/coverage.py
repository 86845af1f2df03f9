"""Do the errors of independent runs cover? The number of runs within one error of their mean, and chi2.

Runs differ in their seed only, so their values scatter by the true error. With n runs and errors that are right and
normal, erf(sqrt(n/(n - 1)/2)) of them (0.695 for n = 20) lie within one error of the mean, and chi2 = sum ((x -
mean)/error)^2 follows the law of n - 1 degrees of freedom. The mean is the plain one: weights 1/error^2 would favour
low values, since the error of a rate falls with the rate. Errors that are themselves uncertain by a share e raise chi2
by some 1 + 3 e^2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, chdtri

Array = NDArray[np.float64]
LEAST_RUNS = 2


@dataclass(frozen=True)
class Coverage:
    """Runs in groups that have a mean of their own.

    runs: their number; inside: how many lie within one error of the mean of their group; chi2 and its degrees of
    freedom.
    """

    runs: int
    inside: int
    chi2: float
    degrees: int

    @property
    def share(self) -> float:
        """Share of the runs within one error."""
        return self.inside / self.runs

    @property
    def chance(self) -> float:
        """Probability of at least this chi2 if the errors are right."""
        return float(chdtrc(self.degrees, self.chi2))

    @property
    def scatter_over_error(self) -> float:
        """Scatter of the runs over their errors, root mean square: 1 if they are right, above 1 if too small."""
        return math.sqrt(self.chi2 / self.degrees)


def coverage(values: ArrayLike, errors: ArrayLike) -> Coverage:
    """How the errors [n] of values [n] of the same quantity cover.

    Raises ValueError for fewer than two runs, for values that are not finite, for errors that are not positive.
    """
    x, error = np.asarray(values, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if x.ndim != 1 or x.shape != error.shape or x.size < LEAST_RUNS:
        raise ValueError(f"{x.shape} values and {error.shape} errors: give one error for each of at least 2 values")
    if not (np.isfinite(x).all() and np.isfinite(error).all() and (error > 0.0).all()):
        raise ValueError("values and errors must be finite, errors above 0")
    off = (x - x.mean()) / error
    return Coverage(x.size, int((np.abs(off) < 1.0).sum()), float((off * off).sum()), x.size - 1)


def pooled(groups: Iterable[Coverage]) -> Coverage:
    """All runs of several groups together. Raises ValueError for no group."""
    found = list(groups)
    if not found:
        raise ValueError("no group of runs to pool")
    return Coverage(
        sum(g.runs for g in found),
        sum(g.inside for g in found),
        math.fsum(g.chi2 for g in found),
        sum(g.degrees for g in found),
    )


def largest_chi2(degrees: int, chance: float) -> float:
    """The chi2 that right errors exceed with the probability ``chance``."""
    return float(chdtri(degrees, chance))
