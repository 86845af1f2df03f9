"""When does heating drive a transonic wind: the criterion for escape by a fluid flow.

A wind that takes up the power Q above r0 has mass flow Q/(U(r0)/m). Where it becomes sonic it must still be
collisional, Kn < Kn_m; this needs at least the power Q_c. With less, the gas escapes from an exobase below the would-be
sonic point.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic._domain import FloatArray, inside, not_below, positive


def critical_heating(
    base_radius: ArrayLike,
    sonic_radius: ArrayLike,
    mass: ArrayLike,
    gm: ArrayLike,
    cross_section: ArrayLike,
    gamma: ArrayLike,
    knudsen_limit: ArrayLike = 1.0,
) -> FloatArray:
    """Least heating power above which escape is transonic [W].

    Q_c = 4 pi r* gamma/(sqrt(2) sigma Kn_m) sqrt(2 U(r*)/m) U(r0), U(r) = G M m/r

    base_radius r0 [m], the lower boundary of the heated gas; sonic_radius r* [m] (not below r0), in a gas heated in a
    thin layer the radius of heating; mass of a molecule [kg], gm [m3 s-2], cross_section sigma of a collision [m2],
    gamma in (1, 5/3], knudsen_limit Kn_m: the largest Kn = l/H at the sonic point of a fluid flow, about 1, 0.1 for
    heating in a sharp layer. Float or array, broadcast. Raises ValueError where an argument is out of its domain.
    Valid for one gas of hard spheres in a steady spherical flow that takes all its energy from Q.
    Reference: Johnson, Volkov & Erwin 2013, ApJL 768, L4, doi:10.1088/2041-8205/768/1/L4.
    """
    r0, r_s = positive("base_radius", base_radius), positive("sonic_radius", sonic_radius)
    not_below("sonic_radius", r_s, "base_radius", r0)
    stiffness = inside("gamma", gamma, 1.0, np.nextafter(5.0 / 3.0, 2.0))
    m, g_m = positive("mass", mass), positive("gm", gm)
    collisions = np.sqrt(2.0) * positive("cross_section", cross_section) * positive("knudsen_limit", knudsen_limit)
    heating: FloatArray = 4.0 * np.pi * r_s * stiffness / collisions * np.sqrt(2.0 * g_m / r_s) * g_m * m / r0
    return heating


def critical_escape_rate(
    base_radius: ArrayLike,
    sonic_radius: ArrayLike,
    mass: ArrayLike,
    gm: ArrayLike,
    cross_section: ArrayLike,
    gamma: ArrayLike,
    knudsen_limit: ArrayLike = 1.0,
) -> FloatArray:
    """Least escape rate of a transonic wind [s-1], Q_c/U(r0); arguments and errors as `critical_heating`."""
    work = positive("gm", gm) * positive("mass", mass) / positive("base_radius", base_radius)
    return critical_heating(base_radius, sonic_radius, mass, gm, cross_section, gamma, knudsen_limit) / work
