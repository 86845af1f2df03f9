"""Velocity distribution of a collisionless exosphere: the Maxwellian of the exobase where orbits reach down to it.

By Liouville's theorem f(r, v) is the exobase Maxwellian, times exp(-(lambda_c - lambda)), on orbits that cross the
exobase, and zero elsewhere: no satellites, and no inward orbits that come from infinity. In units of U = sqrt(2kT/m):

    v_t^2 <= (v_r^2 + lambda_c - lambda)/(r^2/r_c^2 - 1) (crosses r_c);   v_r < 0 only if v_r^2 + v_t^2 < lambda.

Reference: Chamberlain 1963, doi:10.1016/0032-0633(63)90122-3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from exobase.constants import K_B

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FreeFlight:
    """Marginals and moments at radius r [m] above an exobase r_c [m] of temperature [K]; mass [kg], gm [m3 s-2]."""

    r: float
    r_c: float
    temperature: float
    mass: float
    gm: float

    @property
    def speed(self) -> float:
        """U = sqrt(2kT/m) [m/s]."""
        return float(np.sqrt(2.0 * K_B * self.temperature / self.mass))

    @property
    def depth(self) -> float:
        """Jeans parameter at r: the squared escape speed in units of U."""
        return self.gm * self.mass / (K_B * self.temperature * self.r)

    def radial(self, v: npt.ArrayLike) -> FloatArray:
        """Normalised marginal of v_r [s/m] at velocities v [m/s]."""
        x = np.asarray(v, dtype=float) / self.speed
        grid = self._grid()
        norm = float(np.trapezoid(self._radial_weight(grid), grid))
        return np.asarray(self._radial_weight(x) / (norm * self.speed))

    def tangential(self, v: npt.ArrayLike) -> FloatArray:
        """Normalised marginal of one tangential component [s/m] at velocities v [m/s]."""
        x = np.asarray(v, dtype=float) / self.speed
        grid = np.linspace(-7.0, 7.0, 601)
        norm = float(np.trapezoid(self._tangential_weight(grid), grid))
        return np.asarray(self._tangential_weight(x) / (norm * self.speed))

    def temperatures(self) -> tuple[float, float]:
        """Radial and tangential temperature [K]."""
        x = self._grid()
        weight, limit = self._radial_weight(x), self._square_limit(x)
        norm = float(np.trapezoid(weight, x))
        mean = float(np.trapezoid(weight * x, x)) / norm
        radial = float(np.trapezoid(weight * (x - mean) ** 2, x)) / norm
        bounded = np.minimum(limit, 700.0)
        square = np.exp(-(x**2)) * (1.0 - (1.0 + bounded) * np.exp(-bounded))
        tangential = float(np.trapezoid(square, x)) / norm / 2.0
        return 2.0 * self.temperature * radial, 2.0 * self.temperature * tangential

    def _grid(self) -> FloatArray:
        return np.linspace(-7.0, 7.0, 8001)

    def _spread(self) -> float:
        return max((self.r / self.r_c) ** 2 - 1.0, 1e-12)

    def _climb(self) -> float:
        """lambda_c - lambda."""
        return self.depth * (self.r / self.r_c - 1.0)

    def _square_limit(self, x: FloatArray) -> FloatArray:
        """Largest v_t^2/U^2 at v_r = x U."""
        crossing = (x**2 + self._climb()) / self._spread()
        bound = np.maximum(self.depth - x**2, 0.0)
        return np.where(x >= 0.0, crossing, np.minimum(crossing, bound))

    def _radial_weight(self, x: FloatArray) -> FloatArray:
        return np.asarray(np.exp(-(x**2)) * -np.expm1(-np.minimum(self._square_limit(x), 700.0)))

    def _tangential_weight(self, x: FloatArray) -> FloatArray:
        """Integral over v_r and the other tangential component."""
        other = np.linspace(0.0, 7.0, 1001)
        square = np.atleast_1d(x)[:, None] ** 2 + other[None, :] ** 2
        least = np.sqrt(np.maximum(square * self._spread() - self._climb(), 0.0))
        most = np.sqrt(np.maximum(self.depth - square, 0.0))
        upward = 1.0 - erf(least)
        downward = np.maximum(erf(most) - erf(least), 0.0)
        weight = np.trapezoid(np.exp(-square) * (upward + downward), other, axis=1)
        return np.asarray(weight.reshape(np.shape(x)))
