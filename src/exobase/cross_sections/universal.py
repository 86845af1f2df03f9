"""Universal forward-peaked cross section of energetic neutrals (Lewkow & Kharchenko 2014).

dsigma/dOmega = a0^2 lambda rho(tau)/(theta sin theta), tau = E theta/mu, theta in degrees (not in the sine), E [eV]
of the relative motion, mu [u] the reduced mass; rho and the angles are in data/scattering/universal.toml. The angular
distribution depends on E/mu alone: one table serves all pairs; totals differ by lambda.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.constants import ATOMIC_MASS, BOHR_RADIUS, EV
from exobase.cross_sections.quantiles import (
    AngleTable,
    TotalTable,
    equal_ratios,
    row_of_distribution,
    totals_of,
)
from exobase.tables import load_table

FloatArray = npt.NDArray[np.float64]

# Range of E/mu of the table [eV/u]; outside the values of its ends hold.
_LOWEST, _HIGHEST = 1e-3, 2e5
_PER_DECADE = 8
_TOTALS_PER_DECADE = 32


@cache
def data() -> dict[str, Any]:
    """The constants of the law."""
    return load_table("scattering/universal.toml")


def rho(tau: npt.ArrayLike) -> FloatArray:
    """Reduced cross section rho(tau) for lambda = 1, tau in eV deg/u."""
    ln = np.log(np.asarray(tau, dtype=float))
    a, b, c = data()["high"]
    p, q, r = data()["low"]
    return np.where(np.asarray(tau) > data()["tau_join"], np.exp((a * ln + b) * ln + c), 10.0 * np.exp(p + q * ln) + r)


def differential(angle: npt.ArrayLike, energy_over_mass: float) -> FloatArray:
    """dsigma/dOmega [m2/sr] for lambda = 1 at angles [rad]; energy_over_mass [eV/u]."""
    chi = np.asarray(angle, dtype=float)
    degrees = np.degrees(chi)
    return np.asarray(BOHR_RADIUS**2 * rho(energy_over_mass * degrees) / (degrees * np.sin(chi)))


def fine(energy_over_mass: float) -> tuple[FloatArray, FloatArray]:
    """Fine angles of the law's range [rad], and dsigma/dchi [m2/rad] there, lambda = 1; energy_over_mass [eV/u]."""
    first, last = data()["angles"]
    chi = np.radians(np.geomspace(first, last, 4000))
    return chi, 2.0 * math.pi * np.sin(chi) * differential(chi, energy_over_mass)


@cache
def tables() -> tuple[AngleTable, TotalTable]:
    """Angles and totals (lambda = 1) at the logarithms of E/mu [J/kg]."""
    grid = equal_ratios(_LOWEST, _HIGHEST, _PER_DECADE)
    finer = equal_ratios(_LOWEST, _HIGHEST, _TOTALS_PER_DECADE)
    angles = AngleTable(grid, np.array([row_of_distribution(*fine(e)) for e in np.exp(grid)]))
    transfer = []
    for e in np.exp(finer):
        chi, density = fine(e)
        transfer.append(float(np.trapezoid(density * 2.0 * np.sin(0.5 * chi) ** 2, chi)))
    totals = totals_of(angles, finer, np.array(transfer))
    shift = math.log(EV / ATOMIC_MASS)
    return AngleTable(grid + shift, angles.rows), TotalTable(finer + shift, totals.sigma)
