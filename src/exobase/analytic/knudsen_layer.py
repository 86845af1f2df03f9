"""Knudsen layer of an evaporating surface: what the gas is just above the few mean free paths next to it.

The surface emits a half-Maxwellian (n_s, T_s) and absorbs what returns; above the layer the gas (n1, T1) leaves with
the Mach number M = u/sqrt(gamma k T1/m). With m = M sqrt(gamma/2), b = (gamma - 1)/(gamma + 1):

    sqrt(T1/T_s) = sqrt[1 + pi (b m/2)^2] - sqrt(pi) b m/2
    n1/n_s = sqrt(T_s/T1) [(m^2 + 1/2) e^{m^2} erfc m - m/sqrt(pi)] + (1/2)(T_s/T1)[1 - sqrt(pi) m e^{m^2} erfc m]

M from 0 (equilibrium) to 1 (choked: no faster gas leaves a surface).
Valid for a plane layer (thin against the radius), all that returns absorbed, internal energy in equilibrium with the
translation at both ends; mass, momentum and energy balance with the returning half-Maxwellian of the gas above, scaled.
Reference: Anisimov 1968, Sov. Phys. JETP 27, 182; Knight 1979, AIAA J. 17, 519, doi:10.2514/3.61164.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfcx

from exobase.analytic._domain import FloatArray, inside, non_negative, positive, within
from exobase.analytic._roots import bisect
from exobase.analytic.jeans import evaporation_flux
from exobase.constants import K_B

SQRT_PI = float(np.sqrt(np.pi))
GAMMA_MAX = 5.0 / 3.0


class LayerTop(NamedTuple):
    """Gas above a Knudsen layer, see `layer_top`: density [m-3], velocity [m s-1], temperature [K]."""

    density: FloatArray
    velocity: FloatArray
    temperature: FloatArray


def temperature_ratio(mach: ArrayLike, gamma: ArrayLike = GAMMA_MAX) -> FloatArray:
    """Temperature above the layer over that of the surface [1], T1/T_s.

    mach: M in [0, 1]; gamma in (1, 5/3]: float or array, broadcast. Raises ValueError outside.
    """
    number, g = _arguments(mach, gamma)
    half = 0.5 * SQRT_PI * (g - 1.0) / (g + 1.0) * number * np.sqrt(0.5 * g)
    ratio: FloatArray = (np.sqrt(1.0 + half**2) - half) ** 2
    return ratio


def density_ratio(mach: ArrayLike, gamma: ArrayLike = GAMMA_MAX) -> FloatArray:
    """Density above the layer over the saturated density of the surface [1], n1/n_s; arguments as `temperature_ratio`.

    The surface emits half of a Maxwellian of density n_s.
    """
    number, g = _arguments(mach, gamma)
    m, cold = number * np.sqrt(0.5 * g), 1.0 / temperature_ratio(number, g)
    tail = erfcx(m)
    ratio: FloatArray = np.sqrt(cold) * ((m**2 + 0.5) * tail - m / SQRT_PI) + 0.5 * cold * (1.0 - SQRT_PI * m * tail)
    return ratio


def pressure_ratio(mach: ArrayLike, gamma: ArrayLike = GAMMA_MAX) -> FloatArray:
    """Pressure above the layer over the saturation pressure [1], p1/p_s; arguments as `temperature_ratio`.

    It falls steadily, from 1 at rest to about 0.21 at M = 1.
    """
    return density_ratio(mach, gamma) * temperature_ratio(mach, gamma)


def flux_ratio(mach: ArrayLike, gamma: ArrayLike = GAMMA_MAX) -> FloatArray:
    """Net flux through the layer over the evaporation flux n_s vbar_s/4 [1]; arguments as `temperature_ratio`.

    n1 u1/(n_s vbar_s/4) = 2 sqrt(pi) m (n1/n_s) sqrt(T1/T_s)
    """
    number, g = _arguments(mach, gamma)
    m = number * np.sqrt(0.5 * g)
    ratio: FloatArray = 2.0 * SQRT_PI * m * density_ratio(number, g) * np.sqrt(temperature_ratio(number, g))
    return ratio


def layer_top(
    mach: ArrayLike,
    surface_density: ArrayLike,
    surface_temperature: ArrayLike,
    mass: ArrayLike,
    gamma: ArrayLike = GAMMA_MAX,
) -> LayerTop:
    """Density, velocity and temperature above the layer.

    mach: M in [0, 1]; surface_density n_s [m-3] of the full Maxwellian (zero allowed), surface_temperature T_s [K],
    mass [kg], gamma in (1, 5/3]: float or array, broadcast. Raises ValueError outside.
    """
    number, g = _arguments(mach, gamma)
    temperature = positive("surface_temperature", surface_temperature) * temperature_ratio(number, g)
    velocity = number * np.sqrt(g * K_B * temperature / positive("mass", mass))
    return LayerTop(non_negative("surface_density", surface_density) * density_ratio(number, g), velocity, temperature)


def net_flux(
    mach: ArrayLike,
    surface_density: ArrayLike,
    surface_temperature: ArrayLike,
    mass: ArrayLike,
    gamma: ArrayLike = GAMMA_MAX,
) -> FloatArray:
    """Net evaporation flux [m-2 s-1], n1 u1; arguments and errors as `layer_top`."""
    return flux_ratio(mach, gamma) * evaporation_flux(surface_density, surface_temperature, mass)


def mach_from_pressure(ratio: ArrayLike, gamma: ArrayLike = GAMMA_MAX) -> FloatArray:
    """Mach number above the layer from the pressure there over the saturation pressure [1].

    ratio: p1/p_s from its value at M = 1 (about 0.21) to 1; gamma in (1, 5/3]: float or array, broadcast.
    Raises ValueError outside: below, the flow is choked, M = 1; above, the gas condenses.
    """
    given, g = np.broadcast_arrays(np.asarray(ratio, dtype=np.float64), _gamma(gamma))
    least = pressure_ratio(1.0, g)
    inside("pressure over saturation pressure", given, np.nextafter(least, 0.0), np.nextafter(1.0, 2.0))
    number = bisect(lambda m: pressure_ratio(m, g) - given, np.zeros_like(given), np.ones_like(given))
    return number[()]


def mach_of_greatest_flux(gamma: ArrayLike = GAMMA_MAX) -> FloatArray:
    """Mach number above the layer at which the net flux is greatest [1]: 0.879 for a monatomic gas.

    From there to M = 1 the flux falls again, by 0.5 %: faster gas is thinner.

    gamma in (1, 5/3]: float or array. Raises ValueError outside.
    """
    g = _gamma(gamma)
    return bisect(lambda number: _flux_slope(number, g), np.zeros_like(g), np.ones_like(g))[()]


def mach_from_flux(ratio: ArrayLike, gamma: ArrayLike = GAMMA_MAX) -> FloatArray:
    """Mach number above the layer from the net flux over the evaporation flux [1], on the branch that starts at rest.

    ratio: from 0 to the greatest, `flux_ratio(mach_of_greatest_flux())` (0.8196 for a monatomic gas); gamma in
    (1, 5/3]: float or array, broadcast. Raises ValueError outside: no surface gives more.
    """
    given, g = np.broadcast_arrays(np.asarray(ratio, dtype=np.float64), _gamma(gamma))
    fastest = mach_of_greatest_flux(g)
    most = np.asarray(flux_ratio(fastest, g))
    inside("flux over evaporation flux", given, -np.nextafter(0.0, 1.0), np.nextafter(most, np.inf))
    number = bisect(lambda m: given - flux_ratio(m, g), np.zeros_like(given), fastest + np.zeros_like(given))
    return number[()]


def _flux_slope(number: FloatArray, g: FloatArray) -> FloatArray:
    """Derivative of m [A + B/(2 t)], to which the flux is proportional, over m; A, B the brackets, t = sqrt(T1/T_s)."""
    m = number * np.sqrt(0.5 * g)
    slant = 0.5 * SQRT_PI * (g - 1.0) / (g + 1.0)
    root = np.sqrt(1.0 + (slant * m) ** 2)
    t, tail = root - slant * m, erfcx(m)
    t_slope, tail_slope = -slant * t / root, 2.0 * m * tail - 2.0 / SQRT_PI
    a, a_slope = (m**2 + 0.5) * tail - m / SQRT_PI, 2.0 * m * tail + (m**2 + 0.5) * tail_slope - 1.0 / SQRT_PI
    b, b_slope = 1.0 - SQRT_PI * m * tail, -SQRT_PI * (tail + m * tail_slope)
    slope: FloatArray = a + b / (2.0 * t) + m * (a_slope + b_slope / (2.0 * t) - b * t_slope / (2.0 * t**2))
    return slope


def _gamma(gamma: ArrayLike) -> FloatArray:
    return inside("gamma", gamma, 1.0, np.nextafter(GAMMA_MAX, 2.0))


def _arguments(mach: ArrayLike, gamma: ArrayLike) -> tuple[FloatArray, FloatArray]:
    return within("mach", mach, 0.0, 1.0), _gamma(gamma)
