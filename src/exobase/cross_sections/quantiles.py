"""Angular distributions as tables: the deflection that is exceeded with a given probability.

A row holds ln(1 - cos chi) at t = 0, h, 2h, ..., where w = exp(-t) is the probability of a larger deflection (h =
:data:`STEP`); between them it is linear in t, so that forward peak and rare large angles are resolved alike. Beyond the
last t (w = 1e-9) the deflection stays that of the last one. Rows stand at energies of equal ratio; between two of them
ln(1 - cos chi) at equal w is linear in ln E.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

STEP = 0.05
NODES = 415
T = STEP * np.arange(NODES)
W = np.exp(-T)


class AngleTable(NamedTuple):
    """Rows [n, NODES] of ln(1 - cos chi) at ln_energy [n] (ln J or as the law says), equally spaced."""

    ln_energy: FloatArray
    rows: FloatArray

    def row(self, ln_energy: float) -> FloatArray:
        """The row at an energy; that of the nearest end outside."""
        return interpolate_row(self.ln_energy, self.rows, ln_energy)


class TotalTable(NamedTuple):
    """Total cross sections [n] in m2 at ln_energy [n], equally spaced, linear between, constant outside."""

    ln_energy: FloatArray
    sigma: FloatArray


def interpolate_row(ln_energy: FloatArray, rows: FloatArray, at: float) -> FloatArray:
    """Row at ``at`` between rows [n, m] at increasing ln_energy [n]; that of the nearest end outside."""
    i = int(np.clip(np.searchsorted(ln_energy, at) - 1, 0, max(ln_energy.size - 2, 0)))
    if ln_energy.size == 1:
        return rows[0]
    f = float(np.clip((at - ln_energy[i]) / (ln_energy[i + 1] - ln_energy[i]), 0.0, 1.0))
    return np.asarray(rows[i] + f * (rows[i + 1] - rows[i]))


def mean_deflection(row: FloatArray) -> float:
    """Mean of 1 - cos chi of a row, exact for its interpolation: sum of the integrals of exp(x(t) - t) and the end."""
    power = np.diff(row) / STEP - 1.0
    growth = power * STEP
    # (exp(a) - 1)/a, by its series where it cancels.
    small = np.abs(growth) < 1e-6
    safe = np.where(small, 1.0, growth)
    factor = np.where(small, 1.0 + 0.5 * growth, np.expm1(safe) / safe)
    return float(np.sum(np.exp(row[:-1] - T[:-1]) * factor) * STEP + np.exp(row[-1] - T[-1]))


def row_of_distribution(angle: FloatArray, density: FloatArray) -> FloatArray:
    """Row of a distribution given as density per angle [1/rad, any scale] at fine increasing angles [rad]."""
    part = 0.5 * (density[1:] + density[:-1]) * np.diff(angle)
    beyond = np.append(np.cumsum(part[::-1])[::-1], 0.0)
    t = -np.log(beyond[:-1] / beyond[0])
    ln_x = np.log(2.0 * np.sin(0.5 * angle) ** 2)
    last = np.interp(T, t, ln_x[:-1])
    # Between the last two angles the probability falls to zero: the rest of the row keeps the last angle.
    return np.asarray(np.where(t[-1] < T, ln_x[-1], last))


def totals_of(table: AngleTable, ln_energy: FloatArray, momentum_transfer: FloatArray) -> TotalTable:
    """Totals that give the momentum transfers [m2] with the mean deflections of the table."""
    mean = np.array([mean_deflection(table.row(at)) for at in ln_energy])
    return TotalTable(ln_energy, momentum_transfer / mean)


def equal_ratios(low: float, high: float, per_decade: int) -> FloatArray:
    """Logarithms of energies from low to high with about ``per_decade`` equal steps a decade."""
    steps = max(round(np.log10(high / low) * per_decade), 1)
    return np.linspace(np.log(low), np.log(high), steps + 1)
