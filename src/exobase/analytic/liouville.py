"""Density above a sphere that launches particles of one speed: Liouville's theorem and conservation of the flux.

At r = x r_c the speed of particles launched at r_c with v0 is v = V v0, V^2 = 1 - (1 - 1/x) v_esc^2/v0^2; their angle
to the vertical obeys x V sin(alpha) = sin(alpha_0). Unbound particles pass r once; bound ones that reach r come back
through it and are absorbed at r_c, so that they count twice (launched at v_esc itself, to round-off, they are unbound).
No collisions, no loss; the launch differs only in its distribution over the upward directions.
Reference: Chamberlain & Hunten 1987, section 7.1 (Liouville's theorem); the integrals are elementary.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic._domain import FloatArray, not_below, positive

Launch = Literal["isotropic", "solid_angle"]


def isotropic_density(radius: ArrayLike, launch_radius: ArrayLike, speed: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Density over that of the upward particles at the launch, for an isotropic distribution function [1].

    n/n_up = V [1 - sqrt(1 - 1/(x V)^2)] (unbound), twice that where bound; the root is 0 where x V < 1

    The launched flux is n_up v0/2 with a cosine distribution, 2 mu dmu.
    radius (not below launch_radius), launch_radius [m], speed v0 [m s-1], gm [m3 s-2]: positive floats or arrays,
    broadcast. Zero above the highest apoapsis. Raises ValueError where an argument is out of its domain.
    """
    x, ratio2, legs = _ratios(radius, launch_radius, speed, gm)
    reach2 = x * x * ratio2
    with np.errstate(divide="ignore", invalid="ignore"):
        # 1 - sqrt(1 - y) without cancellation for small y
        y = np.minimum(np.where(reach2 > 0.0, 1.0 / reach2, 1.0), 1.0)
    solid_angle = y / (1.0 + np.sqrt(1.0 - y))
    return np.asarray(legs * np.sqrt(np.maximum(ratio2, 0.0)) * solid_angle)[()]


def solid_angle_density(radius: ArrayLike, launch_radius: ArrayLike, speed: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Density times launch speed over the launched flux, for equal numbers per upward solid angle [1].

    n v0/F = (1/x) arsinh[1/sqrt((x V)^2 - 1)] where x V >= 1, (1/x) arcosh[1/sqrt(1 - (x V)^2)] where x V < 1
    (unbound), twice that where bound

    F: number per area of the launching sphere and time. Arguments and errors as `isotropic_density`; infinite at the
    launch radius itself, where particles launched horizontally stay longest, and where x V = 1.
    """
    x, ratio2, legs = _ratios(radius, launch_radius, speed, gm)
    excess = x * x * ratio2 - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = 1.0 / np.sqrt(np.abs(excess))
        over = np.where(excess >= 0.0, np.arcsinh(inverse), np.arccosh(np.maximum(inverse, 1.0)))
    return np.asarray(np.where(ratio2 > 0.0, legs * over / x, 0.0))[()]


def density(
    radius: ArrayLike, launch_radius: ArrayLike, speed: ArrayLike, gm: ArrayLike, flux: ArrayLike, launch: Launch
) -> FloatArray:
    """Density above a sphere that launches particles of one speed [m-3].

    flux F: number per area of the launching sphere and time [m-2 s-1]; launch: "isotropic" (distribution function the
    same in all upward directions: cosine law of the flux) or "solid_angle" (equal numbers per upward solid angle).
    Other arguments and errors as `isotropic_density`.
    """
    over_speed = positive("flux", flux) / positive("speed", speed)
    if launch == "isotropic":
        return 2.0 * over_speed * isotropic_density(radius, launch_radius, speed, gm)
    if launch == "solid_angle":
        return over_speed * solid_angle_density(radius, launch_radius, speed, gm)
    raise ValueError(f"launch = '{launch}' must be 'isotropic' or 'solid_angle'")


def _ratios(
    radius: ArrayLike, launch_radius: ArrayLike, speed: ArrayLike, gm: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """x, V^2 (negative where no particle comes) and the number of passes of each particle, broadcast."""
    r, r_c = positive("radius", radius), positive("launch_radius", launch_radius)
    r, r_c = np.broadcast_arrays(not_below("radius", r, "launch_radius", r_c), r_c)
    escape2 = 2.0 * positive("gm", gm) / r_c / positive("speed", speed) ** 2
    x, escape2 = np.broadcast_arrays(r / r_c, escape2)
    return x, 1.0 - (1.0 - 1.0 / x) * escape2, np.where(escape2 > 1.0 + 1e-14, 2.0, 1.0)
