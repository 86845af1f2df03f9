"""How far halves and quarters of a series differ, in errors that a drift does not inflate.

The noise is learned from what a level and a slope in each quarter of the series do not explain (restricted likelihood,
Patterson & Thompson 1971, doi:10.1093/biomet/58.3.545), so neither a drift nor a jump between quarters counts as noise.
Models of the noise are those of :mod:`exobase.tallies.spectral`, white noise plus one exponentially correlated process
with R from 0.3 to 1e4, here with correlation times up to a twelfth of the series: what is slower is a drift. Each gives
a difference of means its exact variance; probabilities are averaged over the models.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

Array = NDArray[np.float64]
BATCHES = 64
_QUARTERS = 4
_WHITE = 0.3
_TIMES = np.geomspace(0.4, BATCHES / 12.0, 8)
_STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1e4)
_LEAST_CHANCE = 1e-40


@dataclass(frozen=True)
class Contrasts:
    """Differences of a series [n]: second half less first, and each quarter less the mean of all; their standard
    errors; sigma: the number of standard deviations of a normal distribution that is as unlikely.
    """

    gap: Array
    stderr: Array
    sigma: Array


def contrasts(series: Array, slack: float = 0.0) -> Contrasts:
    """Differences of the halves and quarters of a series of at least 64 values; ``slack`` is taken off them first."""
    batch = series.size // BATCHES
    y = series[series.size - batch * BATCHES :].reshape(BATCHES, batch).mean(axis=1)
    rest, white, log_prior, variance = _models()
    gap = _differences() @ y
    r = rest.T @ (y - y.mean())
    power = ((white @ r) ** 2).sum(axis=1)
    beyond = np.maximum(np.abs(gap) - slack, 0.0)
    if not power.max() > (1e-12 * float(np.abs(y).max())) ** 2:
        return Contrasts(gap, np.zeros_like(gap), np.where(beyond > 0.0, math.inf, 0.0))
    freedom = r.size
    log_weight = log_prior - 0.5 * freedom * np.log(power)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    spread = np.sqrt(power[:, None] / freedom * variance)
    chance = (weight[:, None] * 2.0 * stdtr(freedom, -beyond / spread)).sum(axis=0)
    sigma = -ndtri(0.5 * np.clip(chance, _LEAST_CHANCE, 1.0))
    return Contrasts(gap, np.sqrt((weight[:, None] * spread**2).sum(axis=0)), np.maximum(sigma, 0.0))


def _differences() -> Array:
    """Rows: second half less first, each quarter less all [5, BATCHES]."""
    quarter = np.repeat(np.eye(_QUARTERS), BATCHES // _QUARTERS, axis=1) * _QUARTERS / BATCHES
    halves = 0.5 * (quarter[2] + quarter[3] - quarter[0] - quarter[1])
    return np.vstack([halves, quarter - 1.0 / BATCHES])


@lru_cache(maxsize=1)
def _models() -> tuple[Array, Array, Array, Array]:
    """Basis [BATCHES, m] of what levels and slopes of quarters leave; per model: whitening matrix [m, m] there,
    logarithm of prior over root of determinant, variance of the five differences.
    """
    time = np.arange(BATCHES, dtype=np.float64)
    levels = np.repeat(np.eye(_QUARTERS), BATCHES // _QUARTERS, axis=0)
    explained = np.hstack([levels, levels * time[:, None]])
    rest = np.linalg.svd(explained)[0][:, explained.shape[1] :]
    lag = np.abs(time[:, None] - time[None, :])
    matrices, log_prior = [np.eye(BATCHES)], [math.log(_WHITE)]
    for tau in _TIMES:
        decay = math.exp(-1.0 / tau)
        peak = 0.5 * tau * (1.0 - decay) ** 2 * decay ** (lag - 1.0)
        np.fill_diagonal(peak, tau * (1.0 / tau - 1.0 + decay))
        for strength in _STRENGTHS:
            matrices.append(np.eye(BATCHES) + strength * peak)
            log_prior.append(math.log((1.0 - _WHITE) / (len(_TIMES) * len(_STRENGTHS))))
    roots = [np.linalg.cholesky(rest.T @ c @ rest) for c in matrices]
    white = np.array([np.linalg.inv(root) for root in roots])
    half_log_det = np.array([np.log(np.diag(root)).sum() for root in roots])
    d = _differences()
    variance = np.array([np.einsum("ij,jk,ik->i", d, c, d) for c in matrices])
    return rest, white, np.array(log_prior) - half_log_det, variance
