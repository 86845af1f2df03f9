"""Curves of a pair's law as the simulation uses it: totals, momentum transfers and angular distributions."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from exobase.cross_sections.lookup import ScatteringTables, fill_deflections, fill_totals

FloatArray = npt.NDArray[np.float64]

# Probabilities of a larger deflection, equally spaced in their logarithm down to 1e-8.
_T = np.linspace(0.0, 18.4, 1841)
_W = np.exp(-_T)
# And where few collisions deflect by less: a narrow forward peak above a wide rest.
_FINE_W = np.concatenate([1.0 - np.geomspace(1e-6, 9e-3, 120), _W[1:]])


def total_curve(tables: ScatteringTables, k: int, energy: FloatArray) -> FloatArray:
    """Total cross section [m2] of row k at energies of the relative motion [J]."""
    out = np.empty(energy.size)
    fill_totals(tables, k, energy, out)
    return out


def mean_curve(tables: ScatteringTables, k: int, energy: FloatArray) -> FloatArray:
    """Mean of 1 - cos chi of row k at energies of the relative motion [J], to 1e-4."""
    x = np.empty(_W.size)
    mean = np.empty(energy.size)
    for i, one in enumerate(energy):
        fill_deflections(tables, k, float(one), np.minimum(_W, 1.0 - 1e-12), x)
        mean[i] = np.trapezoid(x * _W, _T)
    return mean


def momentum_transfer_curve(tables: ScatteringTables, k: int, energy: FloatArray) -> FloatArray:
    """Momentum-transfer cross section [m2] of row k at energies of the relative motion [J]; 0 where nothing meets."""
    total = total_curve(tables, k, energy)
    met = total > 0.0
    out = np.zeros(energy.size)
    out[met] = total[met] * mean_curve(tables, k, energy[met])
    return out


def angular_curve(tables: ScatteringTables, k: int, energy: float) -> tuple[FloatArray, FloatArray]:
    """Angles [rad] and dsigma/dOmega [m2/sr] of row k at one energy [J], from the quantiles that are sampled.

    Between the deflections x = 1 - cos chi exceeded with probabilities w: dsigma/dOmega = sigma/(2 pi) dw/dx. Empty
    where nothing meets.
    """
    sigma = float(total_curve(tables, k, np.array([energy]))[0])
    if sigma == 0.0:
        return np.empty(0), np.empty(0)
    x = np.empty(_FINE_W.size)
    fill_deflections(tables, k, energy, _FINE_W, x)
    step = np.diff(x)
    use = step > 1e-9 * x[1:]
    middle = 0.5 * (x[1:] + x[:-1])[use]
    value = sigma / (2.0 * math.pi) * -np.diff(_FINE_W)[use] / step[use]
    return 2.0 * np.arcsin(np.sqrt(0.5 * np.minimum(middle, 2.0))), value
