"""Gas above an exobase in free flight: density, bulk velocity and temperature, for the first guess of a run.

By Liouville's theorem the distribution at r is the Maxwellian of the exobase r_c, less the orbits that do not come from
there. With v in U = sqrt(2kT/m), lambda = lambda_c y, y = r_c/r:

    n/n_c = exp(lambda - lambda_c) (4/sqrt(pi)) int v^2 e^{-v^2} s(v) dv
    s = 1 - C + f C    bound, v^2 < lambda (f: share of the satellite orbits that are filled)
    s = D (1 - C)/2    unbound, upward only (D: flux over the Jeans flux)
    C = sqrt(1 - y^2 (v^2 + lambda_c - lambda)/v^2), or 0: share of directions whose orbit does not reach r_c.

The sum of the first and the last terms is Chamberlain's zeta (`analytic.chamberlain`, Chamberlain 1963).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(32)
TAIL = 7.0  # exp(-TAIL^2) is below the last digit
SATELLITES = 0.3
"""Share of the satellite orbits that rare collisions keep filled, between none and all of them (docs/numerics.md)."""


class Exosphere(NamedTuple):
    """Above an exobase, over the values there: density, temperature; velocity over U = sqrt(2kT/m) of the exobase."""

    density: Array
    temperature: Array
    velocity: Array


def jeans_ratio(depth: float) -> float:
    """Jeans flux over n U at an exobase of Jeans parameter `depth` [1], (1 + lambda) exp(-lambda)/(2 sqrt(pi))."""
    return float((1.0 + depth) * np.exp(-depth) / (2.0 * np.sqrt(np.pi)))


def exosphere(depth: float, y: Array, escape: float = 1.0, satellites: float = SATELLITES) -> Exosphere:
    """Moments of the gas at y = r_c/r (1 at the exobase, falling) above an exobase with Jeans parameter `depth`.

    escape: flux over the Jeans flux; satellites: share of satellite orbits that are filled. Density and temperature are
    1 at the exobase: there the gas of a run is nearly whole, the lack of fast downward particles left out.
    depth must be positive. Temperature is the mean of the radial and tangential ones, about the mean velocity.
    """
    here = depth * y
    share, energy = _integrals(depth, here, y, escape, satellites)
    number = share * np.exp(here - depth)
    flux = escape * jeans_ratio(depth) * y * y
    velocity = flux / number
    temperature = np.maximum((2.0 / 3.0) * (energy / share - velocity**2), 0.0)
    return Exosphere(number / number[0], temperature / temperature[0], velocity * number[0])


def _integrals(depth: float, here: Array, y: Array, escape: float, satellites: float) -> tuple[Array, Array]:
    """(4/sqrt(pi)) int v^2 e^{-v^2} s dv and the same with v^4, at every level."""
    turn = np.sqrt(here * y / (1.0 + y))  # below this speed every direction reaches the exobase
    bound = np.sqrt(here)
    share, energy = np.zeros_like(y), np.zeros_like(y)
    for low, high, unbound in ((0.0 * y, turn, False), (turn, bound, False), (bound, bound + TAIL, True)):
        v = low + 0.5 * (high - low) * (NODES[:, None] + 1.0)
        v2 = np.maximum(v * v, 1e-300)
        apart = np.sqrt(np.clip(1.0 - y * y * (v2 + depth - here) / v2, 0.0, 1.0))
        populated = 0.5 * escape * (1.0 - apart) if unbound else 1.0 - apart + satellites * apart
        part = 0.5 * (high - low) * WEIGHTS[:, None] * v2 * np.exp(-v2) * populated
        share += part.sum(axis=0)
        energy += (part * v2).sum(axis=0)
    scale = 4.0 / np.sqrt(np.pi)
    return scale * share, scale * energy
