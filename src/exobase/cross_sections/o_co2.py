"""O + CO2: the documented shape that keeps totals, momentum transfers and quantiles of Gacesa et al. 2020.

The shape is described in data/scattering/o_co2.toml. With u the probability of a smaller angle, x = 1 - cos chi:

    u < 1/2: chi = chi_5 sqrt(2u);  1/2 to 9/10: ln chi linear in u;  above: x = x_9 + (2 - x_9) (10 u - 9)^p.

The mean of x is sigma_1/sigma; the last tenth must then have the mean x_9 + (2 - x_9)/(p + 1), which sets p. That the
three kinds of data agree with each other is not granted: p must be positive, which ``tail_exponent`` checks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.constants import EV
from exobase.cross_sections.quantiles import STEP, AngleTable, T, TotalTable, equal_ratios, totals_of
from exobase.errors import InputError
from exobase.tables import load_table

FloatArray = npt.NDArray[np.float64]

FILE = "scattering/o_co2.toml"
_PER_DECADE = 8
_TOTALS_PER_DECADE = 64


def tail_exponent(mean: float, median: float, ninth_decile: float) -> float:
    """Exponent p of the last tenth for a mean of 1 - cos chi, median and ninth decile [rad].

    Raises InputError where no p > 0 gives the mean, the three then contradict each other.
    """
    u = np.linspace(0.5, 0.9, 2001)
    middle = median * (ninth_decile / median) ** ((u - 0.5) / 0.4)
    forward = 0.25 * median**2 * 0.5
    inner = forward + float(np.trapezoid(2.0 * np.sin(0.5 * middle) ** 2, u))
    x9 = 2.0 * math.sin(0.5 * ninth_decile) ** 2
    tail = (mean - inner) / 0.1
    if not x9 < tail < 2.0:
        raise InputError(
            f"{FILE}: momentum transfer over total = {mean:.4g} contradicts median {math.degrees(median):.3g} and "
            f"ninth decile {math.degrees(ninth_decile):.3g} deg: they allow {inner + 0.1 * x9:.4g} to {inner + 0.2:.4g}"
        )
    return (2.0 - x9) / (tail - x9) - 1.0


def row(mean: float, median: float, ninth_decile: float) -> FloatArray:
    """Row of ln(1 - cos chi) (see :mod:`exobase.cross_sections.quantiles`) of the shape."""
    p = tail_exponent(mean, median, ninth_decile)
    # The first value stands for u -> 0, where the logarithm diverges.
    u = np.maximum(-np.expm1(-T), 0.2 * STEP)
    w = np.exp(-T)
    x9 = 2.0 * math.sin(0.5 * ninth_decile) ** 2
    forward = median * np.sqrt(2.0 * u)
    middle = median * (ninth_decile / median) ** ((u - 0.5) / 0.4)
    chi = np.where(u < 0.5, forward, np.minimum(middle, ninth_decile))
    tail = x9 + (2.0 - x9) * np.maximum(1.0 - 10.0 * w, 0.0) ** p
    return np.asarray(np.log(np.where(w >= 0.1, 2.0 * np.sin(0.5 * chi) ** 2, tail)))


@cache
def data() -> Mapping[str, Any]:
    """The data file."""
    return load_table(FILE)


def published(energy: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Total and momentum-transfer cross section [m2] at energies [J]: powers of E between the data."""
    at = np.log(np.array(data()["energies"]) * EV)
    ln = np.log(np.asarray(energy, dtype=float))
    total, transfer = (
        np.exp(np.interp(ln, at, np.log(np.array(data()[key]) * 1e-4))) for key in ("total", "momentum_transfer")
    )
    return total, transfer


@cache
def tables() -> tuple[AngleTable, TotalTable]:
    """Angles and totals for sampling, at ln(E/J)."""
    low, high = (float(data()["energies"][i]) * EV for i in (0, -1))
    median, ninth = (math.radians(float(data()[key])) for key in ("median", "ninth_decile"))
    grid = equal_ratios(low, high, _PER_DECADE)
    total, transfer = published(np.exp(grid))
    angles = AngleTable(grid, np.array([row(q / s, median, ninth) for s, q in zip(total, transfer, strict=True)]))
    finer = equal_ratios(low, high, _TOTALS_PER_DECADE)
    return angles, totals_of(angles, finer, published(np.exp(finer))[1])
