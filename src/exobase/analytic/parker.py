"""Isothermal (Parker) wind: from rest at the base through the sonic point to supersonic speed.

c = sqrt(k T/m) is the isothermal speed of sound, r_s = G M/(2 c^2) the sonic radius, y = r/r_s, lambda = G M m/(k T r)
the Jeans parameter (2 at the sonic point), M = u/c the Mach number.
Valid for one gas kept at one temperature at all heights, collisional everywhere, steady and spherical; nothing limits
the energy that keeps it warm.
Reference: Parker 1958, ApJ 128, 664, doi:10.1086/146579; Cranmer 2004, Am. J. Phys. 72, 1397, doi:10.1119/1.1775242
(Lambert's function W).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import lambertw

from exobase.analytic._domain import FloatArray, non_negative, positive
from exobase.analytic.jeans import jeans_parameter
from exobase.constants import K_B

SERIES_BELOW = 3e-4  # |y - 1| below which W, with a branch point at y = 1, loses more digits than the series


class WindProfile(NamedTuple):
    """State of a wind at given radii, see `profile`."""

    density: FloatArray
    velocity: FloatArray


def sound_speed(temperature: ArrayLike, mass: ArrayLike) -> FloatArray:
    """Isothermal speed of sound [m s-1], c = sqrt(k T/m).

    temperature [K], mass [kg]: float or array, broadcast. Raises ValueError where either is not positive.
    """
    speed: FloatArray = np.sqrt(K_B * positive("temperature", temperature) / positive("mass", mass))
    return speed


def sonic_radius(temperature: ArrayLike, mass: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Radius where an isothermal wind reaches the speed of sound [m].

    r_s = G M/(2 c^2), where lambda = 2

    temperature [K], mass [kg], gm [m3 s-2]: float or array, broadcast. Raises ValueError where one is not positive.
    """
    return positive("gm", gm) / (2.0 * sound_speed(temperature, mass) ** 2)


def mach(radius_ratio: ArrayLike) -> FloatArray:
    """Mach number of an isothermal wind [1].

    M = sqrt(-W_k(-y^-4 exp(3 - 4/y))), k = 0 for y < 1, -1 for y > 1; M = 1 at y = 1

    radius_ratio: y = r/r_s, positive: float or array. Raises ValueError where it is not.
    Close to the branch point, |y - 1| < 3e-4, the series M = 1 + d - d^2/2 + d^3/4, d = y - 1, is used.
    Where M < 1e-9, W is its argument. Zero below y = 0.0027, where M < 1e-300. Relative error below 1e-11.
    Reference: Cranmer 2004.
    """
    y = positive("radius_ratio", radius_ratio)
    argument = -(y**-4.0) * np.exp(3.0 - 4.0 / y)
    argument = np.maximum(argument, -np.exp(-1.0))
    inner, outer = lambertw(argument, 0).real, lambertw(argument, -1).real
    closed = np.sqrt(-np.where(y < 1.0, inner, outer))
    closed = np.where((argument > -1e-18) & (y < 1.0), np.exp(1.5 - 2.0 / y) / y**2, closed)
    d = y - 1.0
    result = np.where(np.abs(d) < SERIES_BELOW, 1.0 + d * (1.0 - d * (0.5 - 0.25 * d)), closed)
    return np.asarray(result, dtype=np.float64)[()]


def velocity(radius: ArrayLike, temperature: ArrayLike, mass: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Speed of an isothermal wind [m s-1], c M(r/r_s).

    radius [m], temperature [K], mass [kg], gm [m3 s-2]: float or array, broadcast.
    Raises ValueError where one is not positive.
    """
    ratio = positive("radius", radius) / sonic_radius(temperature, mass, gm)
    return sound_speed(temperature, mass) * mach(ratio)


def profile(
    radius: ArrayLike,
    base_density: ArrayLike,
    base_radius: ArrayLike,
    temperature: ArrayLike,
    mass: ArrayLike,
    gm: ArrayLike,
) -> WindProfile:
    """Density [m-3] and speed [m s-1] of an isothermal wind.

    n = n0 exp[lambda - lambda0 + (M0^2 - M^2)/2], u = c M

    radius [m], base_density n0 [m-3] (zero allowed) at base_radius r0 [m], temperature [K], mass [kg], gm [m3 s-2]:
    float or array, broadcast. Raises ValueError where an argument is out of its domain.
    """
    r_s, speed = sonic_radius(temperature, mass, gm), sound_speed(temperature, mass)
    r, r0 = positive("radius", radius), positive("base_radius", base_radius)
    local, base = mach(r / r_s), mach(r0 / r_s)
    exponent = 2.0 * r_s / r - 2.0 * r_s / r0 + 0.5 * (base**2 - local**2)
    return WindProfile(non_negative("base_density", base_density) * np.exp(exponent), speed * local)


def sonic_density(
    base_density: ArrayLike, base_radius: ArrayLike, temperature: ArrayLike, mass: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Density of an isothermal wind at its sonic point [m-3].

    n_s = n0 exp(3/2 - lambda0 + M0^2/2): exp(-1/2) times `hydrostatic_sonic_density`, apart from M0

    base_density n0 [m-3] at base_radius r0 [m], temperature [K], mass [kg], gm [m3 s-2]: float or array, broadcast.
    Raises ValueError where an argument is out of its domain.
    """
    ratio = positive("base_radius", base_radius) / sonic_radius(temperature, mass, gm)
    return non_negative("base_density", base_density) * np.exp(1.5 - 2.0 / ratio + 0.5 * mach(ratio) ** 2)


def hydrostatic_sonic_density(
    base_density: ArrayLike, base_radius: ArrayLike, temperature: ArrayLike, mass: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Density that a gas at rest would have at the sonic point of its wind [m-3], n0 exp(2 - lambda0).

    It exceeds the wind's own by exp(1/2): the moving gas is thinner. Arguments and errors as `sonic_density`.
    """
    depth = jeans_parameter(mass, temperature, base_radius, positive("gm", gm))
    return non_negative("base_density", base_density) * np.exp(2.0 - depth)


def escape_rate(
    base_density: ArrayLike, base_radius: ArrayLike, temperature: ArrayLike, mass: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Particles carried off by an isothermal wind per time [s-1], 4 pi r_s^2 c n_s.

    Arguments and errors as `sonic_density`.
    """
    area = 4.0 * np.pi * sonic_radius(temperature, mass, gm) ** 2
    return area * sound_speed(temperature, mass) * sonic_density(base_density, base_radius, temperature, mass, gm)


def mass_loss(
    base_density: ArrayLike, base_radius: ArrayLike, temperature: ArrayLike, mass: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Mass carried off by an isothermal wind per time [kg s-1].

    Mdot = 4 pi r_s^2 c rho0 exp(3/2 - lambda0 + M0^2/2), rho0 = m n0

    Arguments and errors as `sonic_density`.
    """
    return positive("mass", mass) * escape_rate(base_density, base_radius, temperature, mass, gm)
