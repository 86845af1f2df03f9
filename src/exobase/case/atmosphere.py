"""A given atmosphere at any radius: log-linear between its rows, extrapolated by the stated rules beyond them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from exobase.analytic import chamberlain
from exobase.case.history_model import Background
from exobase.constants import K_B

FloatArray = npt.NDArray[np.float64]

POINTS = 4000
FARTHEST = 100.0  # outermost radius of the search for the exobase over the uppermost row


class Atmosphere:
    """Densities, temperatures and winds of a background at any radius.

    Between the rows ln n, T and the wind are linear in r (n itself next to a zero). Temperature and wind are constant
    beyond the rows. Densities above the uppermost row:

    barometric   n = n_top exp[-(GM m/kT)(1/r_top - 1/r)], each species with its own mass
    chamberlain  barometric up to the exobase r_c of the whole gas, then n proportional to Chamberlain's ballistic and
                 escaping populations of an exobase at r_c with the temperature of the uppermost row
    zero         0

    and below the lowest row with the mean mass of the whole gas there: it is mixed. Rows end where the case says
    "error": the resolver refuses such a domain, and the density here is 0.
    gm [m3 s-2] may be 0: a barometric density is then constant.
    """

    def __init__(self, background: Background, gm: float) -> None:
        self.background = background
        self.gm = gm
        self.r = np.array(background.r)
        self.mass = np.array([s.mass for s in background.species])
        self._n = np.array(background.density)
        self._t = np.array(background.temperature)
        self._u = np.array(background.wind)
        self._exobase: float | None = None
        if background.above == "chamberlain":
            self._exobase = self.exobase_radius()

    def temperatures(self, r: npt.ArrayLike) -> FloatArray:
        """Temperatures [species, points] at radii r [m], K."""
        return np.array([np.interp(np.asarray(r, dtype=float), self.r, row) for row in self._t])

    def winds(self, r: npt.ArrayLike) -> FloatArray:
        """Radial bulk velocities [species, points] at radii r [m], m/s, positive away from the body."""
        return np.array([np.interp(np.asarray(r, dtype=float), self.r, row) for row in self._u])

    def densities(self, r: npt.ArrayLike) -> FloatArray:
        """Densities [species, points] at radii r [m], m-3."""
        radius = np.atleast_1d(np.asarray(r, dtype=float))
        n = np.array([_log_linear(radius, self.r, row) for row in self._n])
        below, above = radius < self.r[0], radius > self.r[-1]
        if below.any():
            n[:, below] = self._below(radius[below])
        if above.any():
            n[:, above] = self._above(radius[above])
        return n

    def gravity(self, r: npt.ArrayLike) -> FloatArray:
        """Acceleration towards the body [m s-2]."""
        return self.gm / np.asarray(r, dtype=float) ** 2

    def pressure_scale_height(self, r: npt.ArrayLike) -> FloatArray:
        """Scale height of the pressure of the whole gas, sum n k T/(g sum n m) [m]; inf without gravity or gas."""
        n = self.densities(r)
        with np.errstate(divide="ignore", invalid="ignore"):
            height = K_B * (n * self.temperatures(np.atleast_1d(r))).sum(axis=0) / (self.gravity(r) * (self.mass @ n))
        return np.asarray(np.where(np.isfinite(height), height, np.inf))

    def mean_free_path(self, r: npt.ArrayLike, sigma: npt.ArrayLike) -> FloatArray:
        """1/sum n sigma [m], path of a fast particle in the gas at rest; sigma [species] or one number, m2."""
        section = np.broadcast_to(np.asarray(sigma, dtype=float), self.mass.shape)
        with np.errstate(divide="ignore"):
            return np.asarray(1.0 / (section @ self.densities(r)))

    def exobase_radius(self, sigma: float | None = None) -> float | None:
        """Outermost radius where the mean free path passes the pressure scale height [m]; None if it does nowhere.

        sigma [m2]: cross section of all species; default: that of the background.
        """
        if self._exobase is not None and sigma is None:
            return self._exobase
        section = self.background.exobase_cross_section if sigma is None else sigma
        if self.gm <= 0.0:
            return None
        points = np.geomspace(self.r[0], FARTHEST * self.r[-1], POINTS)
        r = np.unique(np.concatenate((self.r, points)))
        with np.errstate(divide="ignore", invalid="ignore"):
            ln_kn = np.log(self.mean_free_path(r, section) / self.pressure_scale_height(r))
        outward = np.flatnonzero((ln_kn[:-1] < 0.0) & (ln_kn[1:] >= 0.0))
        if outward.size == 0:
            return None
        k = int(outward[-1])
        if not math.isfinite(ln_kn[k + 1]):
            return float(r[k + 1])
        return float(r[k] - ln_kn[k] * (r[k + 1] - r[k]) / (ln_kn[k + 1] - ln_kn[k]))

    def _below(self, r: FloatArray) -> FloatArray:
        if self.background.below != "barometric":
            return np.zeros((self.mass.size, r.size))
        foot, n = float(self.r[0]), self._n[:, 0]
        total = float(n.sum())
        if total <= 0.0:
            return np.zeros((self.mass.size, r.size))
        mass, temperature = float(self.mass @ n) / total, float(self._t[:, 0] @ n) / total
        depth = self.gm * mass / (K_B * temperature * foot)
        return n[:, None] * np.exp(-depth * (r - foot) / r)

    def _above(self, r: FloatArray) -> FloatArray:
        if self.background.above in ("zero", "error"):
            return np.zeros((self.mass.size, r.size))
        top = float(self.r[-1])
        depth = (self.gm * self.mass / (K_B * self._t[:, -1] * top))[:, None]
        n = self._n[:, -1][:, None] * np.exp(-depth * (r - top) / r)
        if self._exobase is not None:
            free = r > self._exobase
            for i in range(self.mass.size):
                n[i, free] *= self._population(r[free], i)
        return n

    def _population(self, r: FloatArray, i: int) -> FloatArray:
        """Ratio of Chamberlain's density to the barometric one, both equal where the exosphere begins."""
        assert self._exobase is not None
        r_c, temperature = self._exobase, float(self._t[i, -1])
        depth_c = self.gm * self.mass[i] / (K_B * temperature * r_c)
        begin = max(r_c, float(self.r[-1]))

        def part(radius: npt.ArrayLike) -> FloatArray:
            depth = np.minimum(depth_c * r_c / np.asarray(radius, dtype=float), depth_c)
            return chamberlain.zeta_bal(depth, depth_c) + chamberlain.zeta_esc(depth, depth_c)

        return np.asarray(part(r) / part(begin))


def _log_linear(x: FloatArray, points: FloatArray, values: FloatArray) -> FloatArray:
    """ln values linear between points, the values themselves next to a zero; those of the ends beyond."""
    positive = values > 0.0
    if positive.all():
        return np.asarray(np.exp(np.interp(x, points, np.log(values))))
    linear = np.interp(x, points, values)
    if points.size < 2:
        return np.asarray(linear)
    logs = np.exp(np.interp(x, points, np.log(np.where(positive, values, 1.0))))
    left = np.clip(np.searchsorted(points, x, side="right") - 1, 0, points.size - 2)
    return np.asarray(np.where(positive[left] & positive[left + 1], logs, linear))
