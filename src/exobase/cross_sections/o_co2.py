"""O + CO2: the documented shape that keeps totals, momentum transfers and quantiles of Gacesa et al. 2020.

The shape is described in data/scattering/o_co2.toml. With u the probability of a smaller angle chi, and chi_i those
below which the parts u_i of all collisions deflect:

    u < u_1: chi = chi_1 sqrt(u/u_1);  u_i to u_i+1, the last one u = 1 with 180 degrees: chi^k linear in u.

The mean of 1 - cos chi must be sigma_1/sigma, which sets k. That the kinds of data agree with each other is not
granted: ``shape_power`` refuses those that no k between -2 and 2 brings together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from exobase.constants import EV
from exobase.cross_sections.quantiles import (
    STEP,
    AngleTable,
    T,
    TotalTable,
    equal_ratios,
    interpolate_row,
    mean_deflection,
)
from exobase.errors import InputError
from exobase.tables import load_table

FloatArray = npt.NDArray[np.float64]

FILE = "scattering/o_co2.toml"
_PER_DECADE = 32
_TOTALS_PER_DECADE = 128
_POWERS = (-2.0, 2.0)


def row(power: float, probability: FloatArray, angle: FloatArray) -> FloatArray:
    """Row of ln(1 - cos chi) (see :mod:`exobase.cross_sections.quantiles`) of the shape with the power k.

    angle [rad] below which the parts ``probability`` deflect; both increase.
    """
    # The first value stands for u -> 0, where the logarithm diverges.
    u = np.maximum(-np.expm1(-T), 0.2 * STEP)
    nodes, ends = np.append(probability, 1.0), np.append(angle, math.pi)
    i = np.clip(np.searchsorted(nodes, u, side="right") - 1, 0, nodes.size - 2)
    part = (u - nodes[i]) / (nodes[i + 1] - nodes[i])
    ratio = ends[i + 1] / ends[i]
    if abs(power) < 1e-9:
        grown = ratio ** np.clip(part, 0.0, 1.0)
    else:
        grown = (1.0 + (ratio**power - 1.0) * np.clip(part, 0.0, 1.0)) ** (1.0 / power)
    chi = np.where(u < nodes[0], ends[0] * np.sqrt(u / nodes[0]), ends[i] * grown)
    ln_x = np.asarray(np.log(2.0 * np.sin(0.5 * chi) ** 2))
    _meet(ln_x, -np.log1p(-probability), np.log(2.0 * np.sin(0.5 * angle) ** 2))
    return ln_x


def _meet(ln_x: FloatArray, t: FloatArray, value: FloatArray) -> None:
    """Shift the two nodes about each t so that the line between them, which cuts the kink there, has the value."""
    for at, wanted in zip(t / STEP, value, strict=True):
        j = int(at)
        weight = np.array([1.0 - (at - j), at - j])
        ln_x[j : j + 2] += (wanted - weight @ ln_x[j : j + 2]) * weight / (weight @ weight)


def shape_power(mean: float, probability: FloatArray, angle: FloatArray) -> float:
    """Power k for which the mean of 1 - cos chi is ``mean``.

    Raises InputError where no power between -2 and 2 gives it: mean and quantiles then contradict each other.
    """
    low, high = (mean_deflection(row(power, probability, angle)) for power in _POWERS)
    if not low < mean < high:
        spelled = ", ".join(f"{math.degrees(a):.3g}" for a in angle)
        raise InputError(
            f"{FILE}: momentum transfer over total = {mean:.4g} contradicts the quantiles {spelled} deg: they allow "
            f"{low:.4g} to {high:.4g}"
        )
    return float(brentq(lambda power: mean_deflection(row(power, probability, angle)) - mean, *_POWERS, xtol=1e-6))


@cache
def data() -> Mapping[str, Any]:
    """The data file."""
    return load_table(FILE)


def published(energy: npt.ArrayLike, key: str = "") -> tuple[FloatArray, ...]:
    """Total and momentum-transfer cross section [m2] at energies [J], or one ``key``: powers of E between the data."""
    at = np.log(np.array(data()["energies"]) * EV)
    ln = np.log(np.asarray(energy, dtype=float))
    keys = (key,) if key else ("total", "momentum_transfer")
    return tuple(np.exp(np.interp(ln, at, np.log(np.array(data()[k]) * 1e-4))) for k in keys)


@cache
def shapes() -> tuple[FloatArray, FloatArray]:
    """Powers [n] and rows [n, NODES] at the energies of the data."""
    probability = np.array(data()["probabilities"], dtype=float)
    angles = np.radians(np.array(data()["quantiles"], dtype=float))
    means = np.array(data()["momentum_transfer"]) / np.array(data()["total"])
    powers = np.array([shape_power(float(m), probability, a) for m, a in zip(means, angles, strict=True)])
    return powers, np.array([row(k, probability, a) for k, a in zip(powers, angles, strict=True)])


@cache
def tables() -> tuple[AngleTable, TotalTable]:
    """Angles and totals for sampling, at ln(E/J)."""
    at = np.log(np.array(data()["energies"]) * EV)
    low, high = (float(np.exp(at[i])) for i in (0, -1))
    grid = equal_ratios(low, high, _PER_DECADE)
    angles = AngleTable(grid, np.array([interpolate_row(at, shapes()[1], e) for e in grid]))
    finer = equal_ratios(low, high, _TOTALS_PER_DECADE)
    return angles, TotalTable(finer, published(np.exp(finer))[0])
