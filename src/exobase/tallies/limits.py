"""Upper limits of rates from few or no events."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

Array = NDArray[np.float64]
CONFIDENCE = 0.95


def upper_limit(total: Array, variance: Array, largest: Array) -> Array:
    """Upper limit, at ``CONFIDENCE``, of the expectation of a sum of weighted Poisson events.

    U = b Q(a), with b = V/S, a = S^2/V, S = total + largest, V = variance + largest^2, and Q the quantile of the gamma
    distribution of shape a at the confidence. For k events of equal weight it is the exact Poisson limit; without an
    event it is -ln(0.05) = 3.0 times the largest weight.

    total: sum of the weights of the events; variance: its variance, the sum of the squared weights; largest: the
    greatest weight that an event may have (0: no event is possible, and the limit is 0). Any one unit; broadcast.
    Valid for independent events; for weights much smaller than ``largest`` it is on the safe side.
    Reference: Fay & Feuer 1997, doi:10.1002/(SICI)1097-0258(19970415)16:7<791::AID-SIM500>3.0.CO;2-#.
    """
    most = np.asarray(total, dtype=float) + largest
    spread = np.asarray(variance, dtype=float) + np.square(largest)
    with np.errstate(divide="ignore", invalid="ignore"):
        limit = spread / most * gammaincinv(most * most / spread, CONFIDENCE)
    return np.asarray(np.where((most > 0.0) & (spread > 0.0), limit, most))
