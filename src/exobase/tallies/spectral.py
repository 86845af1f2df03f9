"""The variance of the mean of a correlated series, from its spectrum at low frequencies.

The variance of a mean is the spectrum at frequency zero over the number of values. A slow process of small amplitude
(a sound wave, the diffusion of a column) adds to it a narrow peak that is hidden below the noise of single values, and
no choice of one block length both resolves the peak and keeps the error's own scatter small. So no choice is made:
spectra of white noise plus one exponentially correlated process,

    S(f) = c (1 + R L_T(f)),   L_T the spectrum of correlation exp(-t/T), L_T(0) = 1,

with R from 0 to 1e4 and T from 0.4 batches to a fifth of the series are all fitted to the periodogram of batch means
(Whittle 1953, doi:10.1007/BF02590998), and the mean's distribution is averaged over them with their likelihoods as
weights. For one (T, R) with K ordinates it is Student's t with 2K degrees of freedom; the standard error is the
half-width that holds 68.3 % of the average. It widens by itself where the series is short against what it shows.

Model spectra are exact for batch means of finite series (batching, aliasing, leakage). Priors: 0.3 for white noise,
the rest flat in log T and in the listed R. Neglected: spectra that fall toward zero frequency (conserved quantities:
the error is then too large) and non-normal values (bursts: exact in the limit of many).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

Array = NDArray[np.float64]
BATCHES = 64
LEAST_VALUES = 8
_WHITE = 0.3
_TIMES = 12
_SHORTEST = 0.4
_LONGEST = 0.2
_STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 1e4)
_KNOWN = 0.7
_KNOWN_STRENGTHS = (1.0, 3.0, 10.0, 30.0)
_FAR = 2.0
_FREE = 1 + _TIMES * len(_STRENGTHS)
_ONE_SIGMA = 0.682689492137086


@dataclass(frozen=True)
class MeanError:
    """stderr: standard error of the mean; log_spread: rms uncertainty of the logarithm of its square; slow:
    correlation time of the slow part that the series shows, in values, weighted with its share in the variance of the
    mean.
    """

    stderr: float
    log_spread: float
    slow: float


def mean_error(series: Array, known: float = 0.0) -> MeanError:
    """Standard error of the mean of a stationary series [n], n >= 8 and not all equal.

    known: correlation time [values] of a slow part that is there by physics (0: none is known). It gets 0.7 of the
    prior, with R from 1 to 30, however short the series is against it (as if it were at most twice as long): there it
    can neither be seen nor excluded. The error is never smaller than without it.
    """
    n = series.size
    batch = max(n // BATCHES, 1)
    number = n // batch
    means = series[n - number * batch :].reshape(number, batch).mean(axis=1)
    deviation = means - means.mean()
    scale = math.sqrt(float((deviation * deviation).sum()) / number)
    if means.max() == means.min():
        return MeanError(float(series.std(ddof=1)) / math.sqrt(n), math.inf, 0.0)
    ordinates = (number - 1) // 2
    periodogram = np.abs(np.fft.rfft(deviation / scale))[1 : ordinates + 1] ** 2 / number
    at_zero, inverse, log_prior, times = _models(number, _rounded(min(known / batch, _FAR * number)))
    power = (periodogram * inverse).sum(axis=1)
    log_weight = log_prior - ordinates * np.log(power)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    variance = power / ordinates * at_zero / number * (number * batch / n)
    stderr = _half_width(weight, np.sqrt(variance), 2 * ordinates)
    log = np.log(variance)
    spread = float((weight * (log - (weight * log).sum()) ** 2).sum()) + 1.0 / ordinates
    # What the series shows by itself: models of the known time come last.
    free = weight[:_FREE] / weight[:_FREE].sum()
    if weight.size > _FREE:
        stderr = max(stderr, _half_width(free, np.sqrt(variance[:_FREE]), 2 * ordinates))
    slow = float((free * (1.0 - 1.0 / np.maximum(at_zero[:_FREE], 1.0)) * times[:_FREE]).sum()) * batch
    return MeanError(stderr * scale, math.sqrt(spread), slow)


def _half_width(weight: Array, width: Array, freedom: int) -> float:
    """The h for which a weighted mixture of Student's t of the given widths holds 68.3 % within +-h."""
    low, high = 0.5 * float(width.min()), 4.0 * float(width.max())
    for _ in range(25):
        middle = 0.5 * (low + high)
        held = float((weight * (2.0 * stdtr(freedom, middle / width) - 1.0)).sum())
        low, high = (middle, high) if held < _ONE_SIGMA else (low, middle)
    return 0.5 * (low + high)


def _rounded(time: float) -> float:
    """A time [batches] on a grid of a quarter of an octave, so that few model sets are made; 0 where it is white."""
    return 2.0 ** (round(4.0 * math.log2(time)) / 4.0) if time >= _SHORTEST else 0.0


@lru_cache(maxsize=8 * BATCHES)
def _models(number: int, known: float) -> tuple[Array, Array, Array, Array]:
    """Expected periodograms of ``number`` batch means for all models, relative to that of the white part.

    known: a correlation time [batches] that is there by physics (0: none).

    Returns the value at frequency 0 [models], which is the variance of the mean times ``number``, the inverse at
    frequencies 1 to K [models, K], the logarithms of the prior weights less those of all values, and the correlation
    times [batches].
    """
    ordinates = (number - 1) // 2
    lag = np.arange(number)
    taper = 1.0 - lag / number
    free = 1.0 - _KNOWN if known > 0.0 else 1.0
    rows, log_prior, times = [np.ones(ordinates + 1)], [math.log(free * _WHITE)], [0.0]
    slow: list[tuple[float, tuple[float, ...], float]] = [
        (float(t), _STRENGTHS, free * (1.0 - _WHITE) / _TIMES)
        for t in np.geomspace(_SHORTEST, max(_LONGEST * number, 1.0), _TIMES)
    ]
    if known > 0.0:
        slow.append((known, _KNOWN_STRENGTHS, _KNOWN))
    for time, strengths, prior in slow:
        decay = math.exp(-1.0 / time)
        covariance = np.empty(number)
        covariance[0] = time * (1.0 / time - 1.0 + decay)
        covariance[1:] = 0.5 * time * (1.0 - decay) ** 2 * decay ** (lag[1:] - 1.0)
        even = np.concatenate([covariance * taper, [0.0], (covariance * taper)[:0:-1]])
        peak = np.fft.rfft(even).real[0 : 2 * ordinates + 1 : 2]
        for strength in strengths:
            rows.append(1.0 + strength * peak)
            log_prior.append(math.log(prior / len(strengths)))
            times.append(time)
    spectra = np.array(rows)
    seen = spectra[:, 1:]
    return spectra[:, 0].copy(), 1.0 / seen, np.array(log_prior) - np.log(seen).sum(axis=1), np.array(times)
