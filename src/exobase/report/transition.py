"""Lines of theory for the fluid-to-kinetic transition: functions of the Jeans parameter lambda0 at the emitting sphere.

A sphere R0 emits a half-Maxwellian (n0, T0, at rest); lambda0 = G M m/(k T0 R0), Kn0 = l0/R0. Fluxes are those at R0
over the evaporation flux n0 vbar/4. Every function takes lambda0 [1] as an array and gives NaN where its theory does
not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exobase.analytic import knudsen_layer, parker, polytropic
from exobase.errors import ExobaseError
from exobase.fluid import solve
from exobase.report.style import GUIDE, THEORY

FloatArray = npt.NDArray[np.float64]

STEEPEST = 1.5  # ratio of specific heats from which no wind passes a sonic point
PUBLISHED = ((6.0, 15.0), (1.7, 1.4))  # lambda0, flux over Jeans at the nominal exobase


@dataclass(frozen=True)
class Line:
    """One line: the quantity (column of the sweep) it belongs to, its function of (lambda0, gamma), how it is drawn.

    of_gamma: whether it depends on the ratio of specific heats, and so on the gas.
    """

    quantity: str
    function: Callable[[FloatArray, float], FloatArray]
    colour: str
    style: str
    of_gamma: bool = False


def jeans(lambda0: FloatArray, gamma: float) -> FloatArray:
    """Escape of a collisionless gas from R0 over its evaporation: (1 + lambda0) exp(-lambda0)."""
    return np.asarray((1.0 + lambda0) * np.exp(-lambda0))


def parker_wind(lambda0: FloatArray, gamma: float) -> FloatArray:
    """Isothermal wind that starts at R0 with n0, T0: sqrt(2 pi) M0, M0 its Mach number there; for lambda0 > 2.

    F/(n0 vbar/4) = c M0/(vbar/4), c = sqrt(k T0/m), at r0/r_s = 2/lambda0. It leaves the Knudsen layer out, and so
    exceeds 1 near lambda0 = 2, where the wind would be sonic at once.
    """
    flux = np.full_like(lambda0, np.nan)
    below = lambda0 > 2.0
    flux[below] = np.sqrt(2.0 * np.pi) * parker.mach(2.0 / lambda0[below])
    return flux


def sonic_layer(lambda0: FloatArray, gamma: float) -> FloatArray:
    """Knudsen layer with sonic outflow above it, the most that a surface can give: 0.816 (gamma 5/3), 0.788 (7/5).

    It holds where the sonic gas above the layer accelerates, lambda = lambda0 T0/T1 < 2 gamma there.
    """
    bound = 2.0 * gamma * float(knudsen_layer.temperature_ratio(1.0, gamma))
    return np.where(lambda0 <= bound, float(knudsen_layer.flux_ratio(1.0, gamma)), np.nan)


def isentropic(lambda0: FloatArray, gamma: float) -> FloatArray:
    """Knudsen layer with the transonic isentropic wind above it, both with the Mach number M at its top.

    The wind from M has lambda1 = 2 gamma/(y T/T_s), y = r/r_s where it has M; the layer gives T1/T0 and the flux; so M
    is the parameter of a curve with lambda0 = lambda1 T1/T0, from that of `sonic_layer` to gamma/(gamma - 1). NaN
    outside, and for gamma >= 3/2, where no wind passes a sonic point.
    """
    if gamma >= STEEPEST:
        return np.full_like(lambda0, np.nan)
    mach = np.geomspace(1e-6, 1.0, 400)
    y = polytropic.radius_ratio(mach, gamma)
    above = 2.0 * gamma / (y * polytropic.temperature_ratio(y, gamma))
    below = above * knudsen_layer.temperature_ratio(mach, gamma)
    flux = knudsen_layer.flux_ratio(mach, gamma)
    # lambda0 falls as M rises.
    return np.asarray(np.interp(lambda0, below[::-1], flux[::-1], left=np.nan, right=np.nan))


def unity(lambda0: FloatArray, gamma: float) -> FloatArray:
    """Jeans escape from the exobase over itself."""
    return np.ones_like(lambda0)


def published(lambda0: FloatArray, gamma: float) -> FloatArray:
    """Flux over Jeans at the nominal exobase, straight between the published 1.7 (lambda0 6) and 1.4 (15).

    Reference: Volkov, Johnson, Tucker & Erwin 2011, ApJL 729, L24, doi:10.1088/2041-8205/729/2/L24.
    """
    return np.asarray(np.interp(lambda0, *PUBLISHED, left=np.nan, right=np.nan))


def conduction(quantity: str, lambda0: FloatArray, kn0: float, gamma: float) -> FloatArray:
    """A fluid with heat conduction above the Knudsen layer, at Kn0 = l0/R0: a quantity at each lambda0.

    quantity: flux_over_evaporation, or flux_over_jeans at the exobase, which has a meaning for subsonic solutions only.
    NaN where lambda0 = 0 or no solution is found. Takes about a second for each value.
    """
    found = np.full(lambda0.shape, np.nan)
    for i in np.flatnonzero(lambda0 > 0.0):
        try:
            solution = solve(float(lambda0[i]), kn0, gamma=gamma, inner="knudsen")
        except (ExobaseError, ValueError, ArithmeticError):
            continue
        if quantity == "flux_over_evaporation":
            found[i] = solution.flux_over_evaporation
        elif quantity == "flux_over_jeans" and solution.upper != "sonic":
            found[i] = solution.flux_over_jeans
    return found


LINES = {
    "Jeans from $R_0$": Line("flux_over_evaporation", jeans, THEORY, "-"),
    "Parker, isothermal": Line("flux_over_evaporation", parker_wind, GUIDE, "--"),
    "Knudsen layer": Line("flux_over_evaporation", sonic_layer, "#A05195", "-", True),
    "Knudsen layer + isentropic": Line("flux_over_evaporation", isentropic, "#D45087", "-.", True),
    "Jeans": Line("flux_over_jeans", unity, THEORY, "-"),
    "Volkov et al. 2011": Line("flux_over_jeans", published, GUIDE, "--"),
}


def lines_for(quantity: str) -> list[str]:
    """Names of the lines that belong to a quantity."""
    return [name for name, line in LINES.items() if line.quantity == quantity]
