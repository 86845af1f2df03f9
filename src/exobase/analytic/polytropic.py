"""Polytropic (isentropic) wind that starts slowly, passes the sonic point and goes on to supersonic speed.

c_s is the speed of sound at the sonic point, r_s = G M/(2 c_s^2), y = r/r_s, M = u/c the local Mach number,
lambda = G M m/(k T r) the Jeans parameter: 2 gamma at the sonic point. Energy and mass conservation give

    (M y^2)^(-a) [M^2/2 + 1/(gamma - 1)] = 2/y + (5 - 3 gamma)/(2 (gamma - 1)),  a = 2 (gamma - 1)/(gamma + 1),
    T/T_s = (M y^2)^(-a),  n/n_s = (T/T_s)^(1/(gamma - 1)),  u/c_s = M sqrt(T/T_s).

The wind accelerates through its sonic point only for gamma < 3/2. It exists above a base with Jeans parameter lambda0
for 2 gamma <= lambda0 < gamma/(gamma - 1): below, the gas is supersonic from the base on; above, it is bound.
Valid for a steady, spherical, collisional flow without conduction or heating, n ~ T^(1/(gamma - 1)).
Reference: Parker 1963, Interplanetary Dynamical Processes; Lamers & Cassinelli 1999, Introduction to Stellar Winds,
chapter 4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfc

from exobase.analytic._domain import FloatArray, inside, non_negative, positive
from exobase.analytic._roots import bisect, newton
from exobase.analytic.jeans import jeans_parameter
from exobase.constants import K_B

BOUND_MARGIN = (
    1e-12  # relative distance from lambda0 = gamma/(gamma - 1) within which rounding decides: counted as bound
)


class PolytropicBase(NamedTuple):
    """Where a wind starts, see `base`: radius over sonic radius, and Mach number."""

    radius_ratio: FloatArray
    mach: FloatArray


class PolytropicProfile(NamedTuple):
    """State of a wind at given radii, see `profile`: density [m-3], velocity [m s-1], temperature [K]."""

    density: FloatArray
    velocity: FloatArray
    temperature: FloatArray


def sound_speed(temperature: ArrayLike, mass: ArrayLike, gamma: ArrayLike) -> FloatArray:
    """Speed of sound [m s-1], c = sqrt(gamma k T/m).

    temperature [K], mass [kg], gamma (1 or more): float or array, broadcast. Raises ValueError outside.
    """
    stiffness = inside("gamma", gamma, np.nextafter(1.0, 0.0), np.inf)
    speed: FloatArray = np.sqrt(stiffness * K_B * positive("temperature", temperature) / positive("mass", mass))
    return speed


def sonic_radius(sonic_temperature: ArrayLike, mass: ArrayLike, gamma: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Sonic radius of a wind of known temperature there [m].

    r_s = G M/(2 c_s^2), c_s^2 = gamma k T_s/m

    sonic_temperature T_s [K], mass [kg], gamma, gm [m3 s-2]: float or array, broadcast. Raises ValueError outside.
    """
    return positive("gm", gm) / (2.0 * sound_speed(sonic_temperature, mass, gamma) ** 2)


def mach(radius_ratio: ArrayLike, gamma: ArrayLike) -> FloatArray:
    """Mach number of the transonic wind [1]: subsonic below the sonic point, supersonic above.

    radius_ratio: y = r/r_s, positive; gamma between 1 and 3/2: float or array, broadcast. Raises ValueError outside.
    The Bernoulli equation is solved to rounding: with x = ln M, L = ln y, p = (gamma - 1)/(gamma + 1) its logarithm is
        ln[1 + p (e^{2x} - 1)] - 2 p x = ln[1 + 4 p (e^{-L} - 1)] + 4 p L,
    convex in x with its minimum at the sonic point, and without cancellation there.
    """
    return np.exp(_log_mach(*np.broadcast_arrays(positive("radius_ratio", radius_ratio), _gamma(gamma))))[()]


def radius_ratio(mach_number: ArrayLike, gamma: ArrayLike) -> FloatArray:
    """Radius over sonic radius where the transonic wind has a Mach number not above 1; the inverse of `mach` [1].

    mach_number: M in (0, 1]; gamma between 1 and 3/2: float or array, broadcast. Raises ValueError outside.
    """
    number, g = np.broadcast_arrays(inside("mach", mach_number, 0.0, np.nextafter(1.0, 2.0)), _gamma(gamma))
    p, x = (g - 1.0) / (g + 1.0), np.log(number)
    left = np.log1p(p * np.expm1(2.0 * x)) - 2.0 * p * x

    def excess(log_y: FloatArray) -> tuple[FloatArray, FloatArray]:
        growth = np.expm1(-log_y)
        value = np.log1p(4.0 * p * growth) + 4.0 * p * log_y - left
        return value, -4.0 * p * (1.0 - 4.0 * p) * growth / (1.0 + 4.0 * p * growth)

    start = np.where(number == 1.0, 0.0, (np.log(4.0 * p) - left) / (1.0 - 4.0 * p))
    return np.exp(newton(excess, start))[()]


def temperature_ratio(radius_ratio: ArrayLike, gamma: ArrayLike) -> FloatArray:
    """Temperature over that at the sonic point [1], T/T_s = (M y^2)^(-2 (gamma-1)/(gamma+1)); arguments as `mach`."""
    ratio: FloatArray = np.exp(-_cooling(gamma) * _log_flow(radius_ratio, gamma))
    return ratio


def density_ratio(radius_ratio: ArrayLike, gamma: ArrayLike) -> FloatArray:
    """Density over that at the sonic point [1], n/n_s = (M y^2)^(-2/(gamma+1)); arguments as `mach`."""
    thinning = 2.0 / (np.asarray(gamma, dtype=np.float64) + 1.0)
    ratio: FloatArray = np.exp(-thinning * _log_flow(radius_ratio, gamma))
    return ratio


def velocity_ratio(radius_ratio: ArrayLike, gamma: ArrayLike) -> FloatArray:
    """Speed over the speed of sound at the sonic point [1], u/c_s = M sqrt(T/T_s); arguments as `mach`."""
    ratio: FloatArray = mach(radius_ratio, gamma) * np.sqrt(temperature_ratio(radius_ratio, gamma))
    return ratio


def terminal_velocity_ratio(gamma: ArrayLike) -> FloatArray:
    """Speed at infinity over the speed of sound at the sonic point [1].

    u_inf/c_s = sqrt[(5 - 3 gamma)/(gamma - 1)]

    gamma between 1 and 3/2: float or array. Raises ValueError outside.
    """
    g = _gamma(gamma)
    ratio: FloatArray = np.sqrt((5.0 - 3.0 * g) / (g - 1.0))
    return ratio


def base(jeans_parameter_base: ArrayLike, gamma: ArrayLike) -> PolytropicBase:
    """Where a transonic wind of given Jeans parameter at its base starts: r0/r_s and Mach number [1].

    (T/T_s)(y0) y0 = 2 gamma/lambda0

    jeans_parameter_base: lambda0 of the moving gas at its base, 2 gamma <= lambda0 < gamma/(gamma - 1); gamma between 1
    and 3/2: float or array, broadcast. Raises ValueError outside.
    """
    g = _gamma(gamma)
    highest = g / (g - 1.0) * (1.0 - BOUND_MARGIN)
    depth = inside("Jeans parameter at the base", jeans_parameter_base, np.nextafter(2.0 * g, 0.0), highest)
    depth, g = np.broadcast_arrays(depth, g)
    product, b, d = 2.0 * g / depth, 1.0 / (g - 1.0), (5.0 - 3.0 * g) / (2.0 * (g - 1.0))
    lowest = np.log(np.maximum((product * b - 2.0) / d, 1e-15))  # the kinetic energy left out

    def deficit(log_y: FloatArray) -> FloatArray:
        y = np.exp(log_y)
        return product - temperature_ratio(y, g) * y

    y0 = np.exp(bisect(deficit, np.minimum(lowest, 0.0), np.zeros_like(product)))
    return PolytropicBase(y0[()], mach(y0, g))


def starting_depth(mach_number: ArrayLike, gamma: ArrayLike) -> FloatArray:
    """Jeans parameter of the moving gas where the transonic wind has a Mach number not above 1 [1].

    Lambda(M) = (2 gamma/y)(M y^2)^(2 (gamma-1)/(gamma+1)), from gamma/(gamma - 1) at rest to 2 gamma at M = 1; the
    inverse of `base`. Arguments and errors as `radius_ratio`.
    """
    y, g = radius_ratio(mach_number, gamma), np.asarray(gamma, dtype=np.float64)
    flow = np.log(np.asarray(mach_number, dtype=np.float64)) + 2.0 * np.log(y)
    depth: FloatArray = 2.0 * g / y * np.exp(_cooling(g) * flow)
    return depth


def flux_over_evaporation(jeans_parameter_base: ArrayLike, gamma: ArrayLike) -> FloatArray:
    """Flux of the wind at its base over the evaporation flux n0 vbar0/4 of the base's density and temperature [1].

    F/(n0 vbar0/4) = sqrt(2 pi gamma) M0

    The gas already moves with M0 at its base: no Knudsen layer. Arguments and errors as `base`.
    """
    g = np.asarray(gamma, dtype=np.float64)
    ratio: FloatArray = np.sqrt(2.0 * np.pi * g) * base(jeans_parameter_base, gamma).mach
    return ratio


def flux_over_drifting_emission(jeans_parameter_base: ArrayLike, gamma: ArrayLike) -> FloatArray:
    """Flux of the wind at its base over the upward flux of a reservoir that drifts with the gas [1].

    F/F_up, F_up = (n0 vbar0/4) [exp(-s^2) + sqrt(pi) s (1 + erf s)], s = M0 sqrt(gamma/2)

    It is one less the share of the emitted particles that returns. Arguments and errors as `base`.
    """
    s = base(jeans_parameter_base, gamma).mach * np.sqrt(0.5 * np.asarray(gamma, dtype=np.float64))
    net = 2.0 * np.sqrt(np.pi) * s
    ratio: FloatArray = net / (np.exp(-(s**2)) + 0.5 * net * erfc(-s))
    return ratio


def profile(
    radius: ArrayLike,
    base_density: ArrayLike,
    base_radius: ArrayLike,
    base_temperature: ArrayLike,
    mass: ArrayLike,
    gm: ArrayLike,
    gamma: ArrayLike,
) -> PolytropicProfile:
    """Density, velocity and temperature of the transonic wind of given state at its base.

    radius [m]; base_density [m-3] (zero allowed), base_radius [m], base_temperature [K] of the moving gas; mass [kg],
    gm [m3 s-2], gamma: float or array, broadcast. Raises ValueError where an argument is out of its domain, or the
    Jeans parameter at the base outside that of `base`.
    """
    t0, r0 = positive("base_temperature", base_temperature), positive("base_radius", base_radius)
    start = base(jeans_parameter(mass, t0, r0, gm), gamma)
    y = positive("radius", radius) / r0 * start.radius_ratio
    spread = _log_flow(y, gamma) - _log_flow(start.radius_ratio, gamma)
    temperature = t0 * np.exp(-_cooling(gamma) * spread)
    dilution = np.exp(-2.0 / (np.asarray(gamma, dtype=np.float64) + 1.0) * spread)
    velocity = mach(y, gamma) * sound_speed(temperature, mass, gamma)
    return PolytropicProfile(non_negative("base_density", base_density) * dilution, velocity, temperature)


def _log_mach(y: FloatArray, g: FloatArray) -> FloatArray:
    """Logarithm of the Mach number, see `mach`, by Newton's method from the side where it cannot overshoot."""
    p, log_y = (g - 1.0) / (g + 1.0), np.log(y)
    right = np.log1p(4.0 * p * np.expm1(-log_y)) + 4.0 * p * log_y
    slow = (np.log1p(-p) - right) / (2.0 * p)  # without the kinetic energy
    fast = (right - np.log(p)) / (2.0 - 2.0 * p)  # without the enthalpy

    def excess(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        growth = np.expm1(2.0 * x)
        value = np.log1p(p * growth) - 2.0 * p * x - right
        return value, 2.0 * p * (1.0 - p) * growth / (1.0 + p * growth)

    start = np.where(y < 1.0, slow, fast)
    return newton(excess, np.where(y == 1.0, 0.0, start))


def _log_flow(radius_ratio: ArrayLike, gamma: ArrayLike) -> FloatArray:
    """ln(M y^2) [1], which does not underflow deep below the sonic point."""
    y, g = np.broadcast_arrays(positive("radius_ratio", radius_ratio), _gamma(gamma))
    flow: FloatArray = (_log_mach(y, g) + 2.0 * np.log(y))[()]
    return flow


def _cooling(gamma: ArrayLike) -> FloatArray:
    """a = 2 (gamma - 1)/(gamma + 1), -d ln T/d ln(M y^2) [1]."""
    g = np.asarray(gamma, dtype=np.float64)
    return 2.0 * (g - 1.0) / (g + 1.0)


def _gamma(gamma: ArrayLike) -> FloatArray:
    return inside("gamma", gamma, 1.0, 1.5)
