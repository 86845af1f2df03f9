"""Averages of a cross section over the ions of a Maxwellian that a particle meets.

A particle at the velocity a in the frame of the ions meets them at relative velocities g = a - w, a Gaussian about a.
With all speeds in units of the ions' sqrt(2kT/m), the density of g = |gvec| is

    p(g) = g/(a sqrt(pi)) {exp[-(g - a)^2] - exp[-(g + a)^2]}

and the mean component of gvec along a, at given g, is g (coth k - 1/k) with k = 2 a g.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

_WIDTH, _POINTS = 7.0, 1400
"""Relative speeds from a - 7 to a + 7: exp(-49) is beyond round-off."""


def means_over_constant(sigma: Callable[[FloatArray], FloatArray], a: FloatArray) -> FloatArray:
    """<sigma g>, <sigma g gvec> and <sigma g^3> over those of sigma = 1 [3, n] for a particle at the speeds a [n].

    sigma: of arrays of relative speeds; a (>= 0) and g in units of sqrt(2kT/m) of the ions.
    """
    out = np.empty((3, a.size))
    for i, at in enumerate(a):
        g = np.linspace(max(at - _WIDTH, 0.0), at + _WIDTH, _POINTS + 1)[1:]
        k = 2.0 * at * g
        # (exp(k) - exp(-k))/k and coth k - 1/k, by their series where they cancel.
        small = k < 1e-3
        safe = np.where(small, 1.0, k)
        density = np.where(small, 2.0 * np.exp(-(g**2)), np.exp(-((g - at) ** 2)) * -np.expm1(-2.0 * safe) / safe)
        along = np.where(small, k / 3.0, 1.0 / np.tanh(safe) - 1.0 / safe)
        if at == 0.0:
            along = 2.0 * g / 3.0
        weights = g**3 * density * np.stack([np.ones_like(g), g * along, g**2])
        out[:, i] = (weights * sigma(g)).sum(axis=1) / weights.sum(axis=1)
    return out


def share_outside(low: float, high: float, drift: float, spread: float) -> float:
    """Part of the meetings of a particle at rest, sigma constant, whose relative speed is below low or above high.

    drift, spread: mean velocity of the ions and their sqrt(2kT/m), positive; all in m/s.
    """
    a = abs(drift) / spread
    g = np.linspace(0.0, a + 2.0 * _WIDTH, 20 * _POINTS + 1)[1:]
    k = 2.0 * max(a, 1e-6) * g
    weight = g**3 * np.exp(-((g - a) ** 2)) * -np.expm1(-2.0 * k) / k
    outside = (g * spread < low) | (g * spread > high)
    return float(weight[outside].sum() / weight.sum())
