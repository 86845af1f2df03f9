"""Isentropic wind above the Knudsen layer of an evaporating sphere: the limit of many collisions.

The surface (n_s, T_s, radius R) evaporates into its Knudsen layer, thin against R, which hands over gas of Mach number
M and temperature T1(M) (`knudsen_layer`). Above it the flow is isentropic (`polytropic`) and expands into vacuum. With
lambda0 = G M m/(k T_s R), lambda1 = lambda0 T_s/T1 and Lambda(M) the Jeans parameter from which a transonic wind starts
with M:

- lambda0 <= 2 gamma T1(1)/T_s: choked, M = 1 above the layer, supersonic from there on. Any gamma up to 5/3;
- else, for gamma < 3/2 and lambda0 < gamma/(gamma - 1): M solves Lambda(M) T1(M)/T_s = lambda0, sonic at r_s > R;
- else there is no such flow: the gas is bound, or (gamma >= 3/2) only conduction or rarefaction lets it out.

Valid for Kn0 << 1 and where the flow stays collisional beyond its sonic point; no conduction.
Reference: Anisimov 1968; Knight 1979; Parker 1963; for the comparison with kinetic flows Volkov, Johnson, Tucker &
Erwin 2011, ApJL 729, L24, doi:10.1088/2041-8205/729/2/L24.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic import knudsen_layer, polytropic
from exobase.analytic._domain import FloatArray, inside, non_negative
from exobase.analytic._roots import bisect

GAMMA_ACCELERATING = 1.5
LOWEST_LOG_MACH = -700.0  # slower winds are refused: floats end there


class EvaporatingWind(NamedTuple):
    """Solution of `evaporating_wind`, all ratios [1].

    mach: M above the Knudsen layer; density, temperature: n1/n_s, T1/T_s; flux: net flux over the evaporation flux;
    sonic_radius: r_s/R, 1 where choked.
    """

    mach: FloatArray
    density: FloatArray
    temperature: FloatArray
    flux: FloatArray
    sonic_radius: FloatArray


def choked_below(gamma: ArrayLike = 5.0 / 3.0) -> FloatArray:
    """Jeans parameter of the surface up to which the flow is sonic right above the Knudsen layer [1].

    lambda0 = 2 gamma T1(M=1)/T_s: 2.230 monatomic, 2.188 diatomic

    gamma in (1, 5/3]: float or array. Raises ValueError outside.
    """
    limit: FloatArray = 2.0 * np.asarray(gamma, dtype=np.float64) * knudsen_layer.temperature_ratio(1.0, gamma)
    return limit


def bound_above(gamma: ArrayLike = 5.0 / 3.0) -> FloatArray:
    """Jeans parameter of the surface at and above which there is no isentropic wind [1].

    gamma/(gamma - 1) for gamma < 3/2, else `choked_below`; gamma in (1, 5/3]: float or array. Raises ValueError
    outside.
    """
    g = np.asarray(gamma, dtype=np.float64)
    choked = choked_below(g)
    limit: FloatArray = np.where(g < GAMMA_ACCELERATING, g / (g - 1.0), choked)[()]
    return limit


def evaporating_wind(jeans_parameter: ArrayLike, gamma: ArrayLike = 5.0 / 3.0) -> EvaporatingWind:
    """Wind above an evaporating sphere and its Knudsen layer, see the head of this file.

    jeans_parameter: lambda0 of the surface (zero allowed), below `bound_above` (equal where choked); gamma in (1, 5/3]:
    float or array, broadcast. Raises ValueError outside.
    Just above the choked range the flux first rises by 0.4 % (`knudsen_layer.mach_of_greatest_flux`), then falls.
    """
    depth, g = np.broadcast_arrays(
        non_negative("Jeans parameter", jeans_parameter), np.asarray(gamma, dtype=np.float64)
    )
    choked = depth <= choked_below(g)
    highest = bound_above(g) * (1.0 - polytropic.BOUND_MARGIN)
    inside("Jeans parameter of the surface", np.where(choked, 0.0, depth), -1.0, highest)
    number, sonic = np.ones_like(depth), np.ones_like(depth)
    if not np.all(choked):
        flowing = ~choked
        number[flowing] = _mach(depth[flowing], g[flowing])
        sonic[flowing] = 1.0 / polytropic.radius_ratio(number[flowing], g[flowing])
    return EvaporatingWind(
        number[()],
        knudsen_layer.density_ratio(number, g),
        knudsen_layer.temperature_ratio(number, g),
        knudsen_layer.flux_ratio(number, g),
        sonic[()],
    )


def _mach(depth: FloatArray, g: FloatArray) -> FloatArray:
    """Mach number of the transonic start: bisection in ln M between 1 and the start without a Knudsen layer.

    The layer cools the gas, so that lambda1 > lambda0 and M is less than that of a wind that starts with lambda0.
    """

    def margin(log_mach: FloatArray) -> FloatArray:
        number = np.exp(log_mach)
        return polytropic.starting_depth(number, g) * knudsen_layer.temperature_ratio(number, g) - depth

    lower = np.full_like(depth, -1.0)
    for _ in range(10):
        lower = np.where(margin(lower) > 0.0, lower, np.maximum(2.0 * lower, LOWEST_LOG_MACH))
    inside("Jeans parameter of the surface", depth, 0.0, depth + margin(lower))
    return np.exp(bisect(margin, lower, np.zeros_like(depth)))
