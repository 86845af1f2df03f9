"""Elastic cross sections from a table: total and distribution of scattering angles against the collision energy.

Energies are those of the relative motion (centre of mass). Between two energies ln sigma is linear in ln E, and the
deflection 1 - cos chi that is exceeded with a given probability is linear in ln E. Below the first and above the last
energy total and distribution stay those of that energy: how far this is accepted is stated with the table.

Averages over a gas in equilibrium, x = E/kT: <sigma g>/<g> = int x exp(-x) sigma dx, mean energy of colliding pairs
kT int x^2 exp(-x) sigma dx / int x exp(-x) sigma dx, and Omega(1,1) = sqrt(kT/(2 pi m_r))/2 int x^2 exp(-x) sigma_1 dx
with sigma_1 the momentum-transfer cross section (Chapman & Cowling 1970, sec. 9.33).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.constants import EV, K_B
from exobase.cross_sections.quantiles import TotalTable
from exobase.errors import InputError

FloatArray = npt.NDArray[np.float64]

ISOTROPIC, DIFFERENTIAL, QUANTILES = "isotropic", "differential", "quantiles"
BELOW = ("error", "constant")
OUTSIDE = 1e-3
"""Share of collisions outside a table from which on a case must state how they are treated."""

_PER_DECADE, _MOST_NODES, _CLOSE = 128, 1 << 18, 5e-3
_PIECE_ANGLE, _PIECE_VALUE, _MOST_PIECES = 0.02, 0.05, 400
# Quadrature in ln x: what lies outside contributes less than 1e-13.
_STEP = 0.005
_LN_X = np.arange(-16.0, 4.2, _STEP)
_X = np.exp(_LN_X)
_LN_T = np.linspace(math.log(1e-3), math.log(1e8), 11 * 48 + 1)


@dataclass(frozen=True)
class ElasticTable:
    """Total cross sections and angles of one pair of species at increasing energies.

    source: name of the file. kind: ISOTROPIC; DIFFERENTIAL, value [m2/sr] = dsigma/dOmega at each angle [rad] of each
    energy; QUANTILES, value = the part of all collisions that deflect by less than the angle. energy [n] J, total [n]
    m2. below: "constant" where collisions below the first energy use its values, "error" where they are refused as far
    as they matter; extrapolate_to [J]: up to there collisions above the last energy use its values.
    """

    source: str
    kind: str
    energy: tuple[float, ...]
    total: tuple[float, ...]
    angle: tuple[tuple[float, ...], ...] = ()
    value: tuple[tuple[float, ...], ...] = ()
    below: str = "error"
    extrapolate_to: float = 0.0

    def __str__(self) -> str:
        ends = f"{self.energy[0] / EV:.4g} to {self.energy[-1] / EV:.4g} eV"
        to = f", above up to {self.extrapolate_to / EV:.3g} eV" if self.extrapolate_to > self.energy[-1] else ""
        held = {"constant": "; held constant below", "error": "; below: error"}[self.below] + to
        return f"{self.source}: {self.kind}, {len(self.energy)} energies from {ends} (centre of mass){held}"

    @property
    def reach(self) -> tuple[float, float]:
        """Energies [J] for which the table is meant with what is stated about its ends."""
        return (0.0 if self.below == "constant" else self.energy[0], max(self.energy[-1], self.extrapolate_to))

    @cached_property
    def nodes(self) -> tuple[FloatArray, FloatArray]:
        """Probability of a larger deflection, falling from 1 to 0, and the deflection 1 - cos chi [n, m] each.

        Between two nodes the deflection is linear in the probability: uniform in solid angle. Empty if isotropic.
        """
        if self.kind == ISOTROPIC:
            return np.empty((0, 0)), np.empty((0, 0))
        make = _differential_nodes if self.kind == DIFFERENTIAL else _quantile_nodes
        rows = [make(np.array(a), np.array(v)) for a, v in zip(self.angle, self.value, strict=True)]
        longest = max(larger.size for larger, _ in rows)
        return (
            np.array([np.pad(larger, (0, longest - larger.size), mode="edge") for larger, _ in rows]),
            np.array([np.pad(x, (0, longest - x.size), mode="edge") for _, x in rows]),
        )

    @cached_property
    def mean_deflections(self) -> FloatArray:
        """Mean of 1 - cos chi at each energy [n]: momentum transfer over total."""
        if self.kind == ISOTROPIC:
            return np.ones(len(self.energy))
        larger, x = self.nodes
        return np.asarray(0.5 * ((larger[:, :-1] - larger[:, 1:]) * (x[:, :-1] + x[:, 1:])).sum(axis=1))

    def section(self, energy: npt.ArrayLike) -> FloatArray:
        """Total cross section [m2] at energies of the relative motion [J]."""
        ln = np.log(np.maximum(np.asarray(energy, dtype=float), 1e-300))
        return np.asarray(np.exp(np.interp(ln, np.log(self.energy), np.log(self.total))))

    def momentum_transfer(self, energy: npt.ArrayLike) -> FloatArray:
        """Momentum-transfer cross section [m2] at energies of the relative motion [J]."""
        ln = np.log(np.maximum(np.asarray(energy, dtype=float), 1e-300))
        return np.asarray(self.section(energy) * np.interp(ln, np.log(self.energy), self.mean_deflections))

    @cached_property
    def totals(self) -> TotalTable:
        """Totals at equal ratios of the energy, for sampling: within 0.5 % of the table at its energies.

        Raises InputError where energies stand so close together that this would need too many.
        """
        at, sigma = np.log(self.energy), np.array(self.total)
        if at.size == 1:
            return TotalTable(np.array([at[0], at[0] + 1.0]), np.array([sigma[0], sigma[0]]))
        steps = max(round((at[-1] - at[0]) / math.log(10.0) * _PER_DECADE), 2)
        while steps <= _MOST_NODES:
            grid = np.linspace(at[0], at[-1], steps + 1)
            found = self.section(np.exp(grid))
            error = np.abs(np.interp(at, grid, found) / sigma - 1.0)
            if error.max() < _CLOSE:
                return TotalTable(grid, found)
            steps *= 2
        worst = int(np.argmax(error))
        raise InputError(
            [
                f"{self.source}: sigma changes too steeply near {self.energy[worst] / EV:.6g} eV to be sampled to "
                "0.5 %: take rows out, or smooth it there"
            ]
        )

    @cached_property
    def _mean_section(self) -> Any:
        from scipy.interpolate import CubicSpline  # slow to import, and few runs need it

        kt = K_B * np.exp(_LN_T)[:, None]
        weight = _X**2 * np.exp(-_X)
        return CubicSpline(_LN_T, np.log(self.section(kt * _X) @ weight / weight.sum()))

    def mean_section(self, temperature: npt.ArrayLike) -> FloatArray:
        """Effective cross section <sigma g>/<g> [m2] of a gas in equilibrium at temperatures [K]."""
        ln = np.clip(np.log(np.maximum(np.asarray(temperature, dtype=float), 1e-300)), _LN_T[0], _LN_T[-1])
        return np.asarray(np.exp(self._mean_section(ln)))

    def colliding_energy(self, temperature: float) -> float:
        """Mean energy of the relative motion of colliding pairs over kT: 2 for hard spheres, 3/2 for Maxwell's."""
        weight = _X**2 * np.exp(-_X) * self.section(K_B * temperature * _X)
        return float((weight * _X).sum() / weight.sum())

    def omega_11(self, temperature: float, reduced_mass: float) -> float:
        """Collision integral Omega(1,1) [m3/s] at a temperature [K], reduced mass in kg."""
        kt = K_B * temperature
        integral = _STEP * float((_X**3 * np.exp(-_X) * self.momentum_transfer(kt * _X)).sum())
        return 0.5 * math.sqrt(kt / (2.0 * math.pi * reduced_mass)) * integral

    def share_outside(self, temperature: npt.ArrayLike, top: float | None = None) -> tuple[FloatArray, FloatArray]:
        """Shares of the collisions of a gas in equilibrium at temperatures [K] below and above the table.

        top [J]: count those above this energy instead of the table's last one.
        """
        kt = K_B * np.atleast_1d(np.asarray(temperature, dtype=float))
        shares = []
        for one in kt:
            weight = _X**2 * np.exp(-_X) * self.section(one * _X)
            upto = np.concatenate([[0.0], np.cumsum(0.5 * (weight[1:] + weight[:-1]))])
            low, high = np.log(np.array([self.energy[0], self.energy[-1] if top is None else top]) / one)
            below = np.interp(low, _LN_X, upto) / upto[-1]
            above = np.interp(-high, -_LN_X[::-1], (upto[-1] - upto)[::-1]) / upto[-1]
            shares.append((below, above))
        below, above = np.array(shares).T
        return below.reshape(np.shape(temperature)), above.reshape(np.shape(temperature))

    def enough(self, temperature: float) -> float:
        """Energy [J], 20 kT at most, above which fewer than OUTSIDE of the collisions at a temperature [K] happen."""
        tops = K_B * temperature * np.linspace(1.0, 20.0, 96)
        return float(next((e for e in tops if self.share_outside(temperature, e)[1] < OUTSIDE), tops[-1]))


def integrated(angle: FloatArray, value: FloatArray) -> float:
    """Total [m2] of a differential cross section [m2/sr] from its first angle [rad] to 180 degrees.

    ln dsigma is linear in ln chi between angles (dsigma in chi next to an angle of 0) and constant above the last one.
    """
    x, density = _fine(angle, value)
    return float(2.0 * math.pi * np.sum(0.5 * (density[1:] + density[:-1]) * np.diff(x)))


def _fine(angle: FloatArray, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Deflections 1 - cos chi and dsigma/dOmega so close together that it changes by 5 % at most between them."""
    if angle[-1] < math.pi * (1.0 - 1e-12):
        angle, value = np.append(angle, math.pi), np.append(value, value[-1])
    chi, density = [np.array([angle[0]])], [np.array([value[0]])]
    for (a, b), (low, high) in zip(pairwise(angle), pairwise(value), strict=True):
        pieces = abs(math.log(high / low)) / _PIECE_VALUE
        pieces = max(pieces, math.log(b / a) / _PIECE_ANGLE if a > 0.0 else 1.0 / _PIECE_ANGLE)
        f = np.arange(1, min(math.ceil(pieces), _MOST_PIECES) + 1) / min(math.ceil(pieces), _MOST_PIECES)
        chi.append(a * (b / a) ** f if a > 0.0 else b * f)
        density.append(low * (high / low) ** f if a > 0.0 else low + (high - low) * f)
    return 2.0 * np.sin(0.5 * np.concatenate(chi)) ** 2, np.concatenate(density)


def _differential_nodes(angle: FloatArray, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, density = _fine(angle, value)
    part = 0.5 * (density[1:] + density[:-1]) * np.diff(x)
    larger = np.append(np.cumsum(part[::-1])[::-1], 0.0)
    return larger / larger[0], x


def _quantile_nodes(angle: FloatArray, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    if value[0] > 0.0:
        angle, value = np.append(0.0, angle), np.append(0.0, value)
    if value[-1] < 1.0:
        angle, value = np.append(angle, math.pi), np.append(value, 1.0)
    return 1.0 - value, 2.0 * np.sin(0.5 * angle) ** 2
