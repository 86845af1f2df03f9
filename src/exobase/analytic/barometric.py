"""Hydrostatic isothermal atmospheres."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic._domain import FloatArray, non_negative, positive
from exobase.constants import K_B


def density(
    radius: ArrayLike,
    reference_density: ArrayLike,
    reference_radius: ArrayLike,
    temperature: ArrayLike,
    mass: ArrayLike,
    gm: ArrayLike,
) -> FloatArray:
    """Density of an isothermal atmosphere at rest round a point mass [m-3].

    n = n0 exp[-lambda0 (1 - r0/r)], lambda0 = G M m/(k T r0)

    radius [m], reference_density n0 [m-3] at reference_radius r0 [m], temperature [K], mass [kg], gm [m3 s-2] (zero
    allowed): float or array, broadcast. Raises ValueError where an argument is out of its domain.
    Valid for one species in hydrostatic equilibrium; the density stays finite at infinity, which no real gas does.
    Reference: Chamberlain & Hunten 1987, section 7.1.
    """
    r, r0 = positive("radius", radius), positive("reference_radius", reference_radius)
    thermal = K_B * positive("temperature", temperature)
    depth = non_negative("gm", gm) * positive("mass", mass) / (thermal * r0)
    return non_negative("reference_density", reference_density) * np.exp(-depth * (r - r0) / r)


def density_planar(
    height: ArrayLike, reference_density: ArrayLike, temperature: ArrayLike, mass: ArrayLike, gravity: ArrayLike
) -> FloatArray:
    """Density of an isothermal gas at rest in constant gravity [m-3].

    n = n0 exp(-m g z/(k T))

    height z [m] above the level of reference_density n0 [m-3], temperature [K], mass [kg], gravity g, downward,
    [m s-2] (zero allowed): float or array, broadcast. Raises ValueError where an argument is out of its domain.
    """
    height_scale = K_B * positive("temperature", temperature) / positive("mass", mass)
    exponent = non_negative("gravity", gravity) * np.asarray(height, dtype=np.float64) / height_scale
    return non_negative("reference_density", reference_density) * np.exp(-exponent)


def scale_height(temperature: ArrayLike, mass: ArrayLike, radius: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Scale height of an isothermal atmosphere [m].

    H = k T r^2/(G M m) = r/lambda

    temperature [K], mass [kg], radius [m], gm [m3 s-2]: float or array, broadcast.
    Raises ValueError where any of them is not positive.
    """
    weight = positive("gm", gm) * positive("mass", mass) / positive("radius", radius) ** 2
    return K_B * positive("temperature", temperature) / weight
