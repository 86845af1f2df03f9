"""Whether a series of records is at rest, and how many of its leading records belong to its start.

Halves and quarters are compared with :mod:`exobase.tallies.contrast`. A leading piece of q records is compared with the
last half, whose mean of q records scatters by sqrt(v/q), v the variance of a long mean times its length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from exobase.constants import K_B
from exobase.tallies.contrast import contrasts
from exobase.tallies.statistics import block_estimate, mser_truncation

Array = NDArray[np.float64]
LEAST_RECORDS = 64
REST_SIGMA = 3.5
REST_SLACK = 2e-3
_LEAD_CHANCE = 3.4e-6
_KNOWN = 0.15
_LEAST_LEAD = 8
_SEGMENTS = 8


@dataclass(frozen=True)
class Departure:
    """Largest departure of a half or quarter of a series from the rest: relative to the mean, with its standard error
    (also relative); sigma: how unlikely its excess over 0.002, which nobody minds, is (as of a normal distribution).
    """

    gap: float
    stderr: float
    sigma: float


def departure(series: Array) -> Departure:
    """Compare the halves of a series [n], n >= 64, and each quarter with the mean of all: the least likely of five."""
    scale = abs(float(series.mean())) or 1.0
    found = contrasts(series / scale, REST_SLACK)
    worst = int(np.lexsort((np.abs(found.gap), found.sigma))[-1])
    return Departure(float(found.gap[worst]), float(found.stderr[worst]), float(found.sigma[worst]))


def column_temperature(moments: Array, mass: Array) -> Array:
    """Temperature [records, ns, quarters] K of each quarter of the column and, last, of the whole column.

    moments [records, ns, quarters, 4] (see ``History.column``), mass [ns] kg. The mean velocity of each quarter over
    all records is subtracted. NaN where a quarter holds nothing.
    """
    whole = np.concatenate([moments, moments.sum(axis=2, keepdims=True)], axis=2)
    number = whole[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        u = whole[..., 1].sum(axis=0) / number.sum(axis=0)
        square = (whole[..., 2] + whole[..., 3] - 2.0 * u * whole[..., 1]) / number + u * u
    return np.asarray(mass[:, None] / (3.0 * K_B) * square)


def series_at_rest(
    escape: Array, content: Array, moments: Array, mass: Array, everywhere: Array | None = None
) -> dict[str, Array]:
    """The series [records, ns] that a steady gas holds constant: escape, content, temperature of the column.

    everywhere [records]: simulated particles of all species with those in flight beyond the outer boundary, where such
    flights take their time: they fill up slowly, and nothing else shows it.
    """
    temperature = column_temperature(moments, mass)[..., -1]
    series = {"escape": escape, "content": content, "temperature": temperature}
    if everywhere is not None:
        series["number, in flight included,"] = np.asarray(everywhere, dtype=np.float64)[:, None]
    return series


def departures(series: dict[str, Array]) -> list[tuple[str, int, Departure]]:
    """Departure of every series of every species: (name, species, departure). Series of fewer than 64 records, or with
    gaps, are left out.
    """
    columns = [(name, s, values[:, s]) for name, values in series.items() for s in range(values.shape[1])]
    return [(name, s, departure(x)) for name, s, x in columns if x.size >= LEAST_RECORDS and np.isfinite(x).all()]


def leading_records(series: Array) -> int:
    """Leading records of a series [n] that belong to its start (0: none is seen; at most half of all).

    Leading pieces of a half, a quarter, ... of the series are compared with its last half. Where one lies further away
    than 4.5 of its errors (if the last half is long against its correlation time; else more, as Student's t with half
    as many degrees of freedom as it holds correlation times), all records before the least of MSER
    (:func:`mser_truncation`) are dropped, at least the shortest such piece; the rest is then judged in the same way.
    A series whose last half is known to worse than 15 % (rare events) judges nothing.
    """
    limit, dropped = series.size // 2, 0
    while series.size - dropped >= LEAST_RECORDS:
        more = _lead(series[dropped:])
        if more == 0:
            break
        dropped += more
        if dropped >= limit:
            return limit
    return dropped


def _lead(series: Array) -> int:
    n, half = series.size, series.size // 2
    last = series[n - half :]
    rest = block_estimate(last)
    white = float(series.std(ddof=1)) / math.sqrt(half)
    if not max(rest.stderr, white) <= _KNOWN * abs(rest.mean):
        return 0
    most = float(stdtrit(max(0.5 * half / rest.length, 2.0), 1.0 - _LEAD_CHANCE))
    shortest, size = 0, half
    while size >= _LEAST_LEAD:
        variance = rest.stderr**2 * half / size
        pieces = half // size
        if pieces >= _SEGMENTS:
            variance = min(variance, float(last[: pieces * size].reshape(pieces, size).mean(axis=1).var(ddof=1)))
        gap = abs(float(series[:size].mean()) - rest.mean)
        if gap > REST_SLACK * abs(rest.mean) and gap > most * math.sqrt(variance + rest.stderr**2):
            shortest = size
        size //= 2
    return min(max(shortest, mser_truncation(series)), half) if shortest else 0
