"""Gas without collisions and without gravity: sphere, plane, two walls.

Reference: Bird 1994, chapters 4 and 7; U = sqrt(2 k T/m), vbar = sqrt(8 k T/(pi m)).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfc, erfcx

from exobase.analytic._domain import FloatArray, non_negative, not_below, positive
from exobase.constants import K_B

SQRT_PI = float(np.sqrt(np.pi))


class SphereFlow(NamedTuple):
    """State of the gas round an evaporating sphere, see `sphere`."""

    density: FloatArray
    velocity: FloatArray
    temperature_radial: FloatArray
    temperature_transverse: FloatArray


def sphere(
    radius: ArrayLike, source_radius: ArrayLike, density: ArrayLike, temperature: ArrayLike, mass: ArrayLike
) -> SphereFlow:
    """Free-molecular gas round a sphere that emits a half-Maxwellian, without gravity.

    mu = sqrt(1 - R^2/r^2): n = n0 (1 - mu)/2, u = vbar (1 + mu)/2,
    T_r = T [1 + mu + mu^2 - (2/pi)(1 + mu)^2], T_t = T (1 - mu)(2 + mu)/2; T_r -> T (3 - 8/pi) far away.

    radius r [m] (not below R), source_radius R [m], density n0 of the full Maxwellian of which the upward half is
    emitted [m-3], temperature [K], mass [kg]: float or array, broadcast. Returns density [m-3], velocity [m s-1],
    radial and transverse temperature [K] (variance of one component times m/k).
    Raises ValueError where an argument is out of its domain.
    Reference: Liouville's theorem; every line of sight that hits the sphere carries the source's distribution.
    """
    r, source = positive("radius", radius), positive("source_radius", source_radius)
    not_below("radius", r, "source_radius", source)
    t, m = positive("temperature", temperature), positive("mass", mass)
    sine2 = (source / r) ** 2
    mu = np.sqrt((1.0 - source / r) * (1.0 + source / r))
    one_minus_mu = sine2 / (1.0 + mu)
    return SphereFlow(
        non_negative("density", density) * one_minus_mu / 2.0,
        np.sqrt(8.0 * K_B * t / (np.pi * m)) * (1.0 + mu) / 2.0,
        t * (1.0 + mu + mu**2 - (2.0 / np.pi) * (1.0 + mu) ** 2),
        t * one_minus_mu * (2.0 + mu) / 2.0,
    )


class SphereFarField(NamedTuple):
    """What `sphere` tends to far away: velocity [m s-1] and radial temperature [K]; density goes with 1/r^2."""

    velocity: FloatArray
    temperature_radial: FloatArray


def sphere_far_field(temperature: ArrayLike, mass: ArrayLike) -> SphereFarField:
    """Velocity and radial temperature of the free-molecular gas far from its sphere.

    u = vbar = sqrt(8 k T/(pi m)), T_r = T (3 - 8/pi): mean and variance of the speeds v of an effusing gas, which are
    distributed as v^3 exp(-v^2/U^2) in the flux and as v^2 exp(-v^2/U^2) in the density

    temperature of the sphere [K], mass [kg]: float or array, broadcast. The transverse temperature vanishes as
    (3/4) T (R/r)^2. Raises ValueError where an argument is not positive.
    """
    t, m = positive("temperature", temperature), positive("mass", mass)
    speed, radial = np.broadcast_arrays(np.sqrt(8.0 * K_B * t / (np.pi * m)), t * (3.0 - 8.0 / np.pi))
    return SphereFarField(speed[()], radial[()])


class PlanarFlow(NamedTuple):
    """State of a gas expanding into vacuum, see `planar_expansion`."""

    density: FloatArray
    velocity: FloatArray


def planar_expansion(
    position: ArrayLike, time: ArrayLike, density: ArrayLike, temperature: ArrayLike, mass: ArrayLike
) -> PlanarFlow:
    """Free expansion into vacuum of a gas at rest that filled x < 0 at t = 0.

    s = x/(U t): n = (n0/2) erfc(s), u = U exp(-s^2)/(sqrt(pi) erfc(s)), mean velocity along x

    position x [m], time t [s] (positive), density n0 [m-3], temperature [K], mass [kg]: float or array, broadcast.
    Returns density [m-3] and velocity [m s-1]. Raises ValueError where an argument is out of its domain.
    Reference: Bird 1994, section 7.2.
    """
    speed = np.sqrt(2.0 * K_B * positive("temperature", temperature) / positive("mass", mass))
    s = np.asarray(position, dtype=np.float64) / (speed * positive("time", time))
    expanded: FloatArray = 0.5 * non_negative("density", density) * erfc(s)
    velocity: FloatArray = speed / (SQRT_PI * erfcx(s))
    return PlanarFlow(expanded, velocity)


def fourier_heat_flux(density: ArrayLike, hot: ArrayLike, cold: ArrayLike, mass: ArrayLike) -> FloatArray:
    """Heat flux between two diffuse parallel walls, monatomic gas without collisions [W m-2].

    q = n k (T1 - T2) sqrt(8 k/(pi m)) sqrt(T1 T2)/(sqrt(T1) + sqrt(T2))

    density n of the gas between the walls [m-3], hot and cold: wall temperatures T1, T2 [K], mass [kg]: float or
    array, broadcast; the flux is from wall 1 to wall 2. Raises ValueError where an argument is out of its domain.
    Reference: Bird 1994, section 7.2 (full accommodation).
    """
    t1, t2 = positive("hot", hot), positive("cold", cold)
    speed = np.sqrt(8.0 * K_B / (np.pi * positive("mass", mass)))
    mean = np.sqrt(t1 * t2) / (np.sqrt(t1) + np.sqrt(t2))
    heat_flux: FloatArray = non_negative("density", density) * K_B * (t1 - t2) * speed * mean
    return heat_flux


def couette_shear_stress(
    density: ArrayLike, temperature: ArrayLike, mass: ArrayLike, speed_difference: ArrayLike
) -> FloatArray:
    """Shear stress between two diffuse parallel walls of equal temperature in relative motion [Pa].

    tau = rho vbar dU/4

    density n of the gas [m-3], temperature of the walls [K], mass [kg], speed_difference dU of the walls [m s-1]:
    float or array, broadcast. Raises ValueError where an argument is out of its domain.
    Reference: Bird 1994, section 7.2 (full accommodation).
    """
    t, m = positive("temperature", temperature), positive("mass", mass)
    mean_speed = np.sqrt(8.0 * K_B * t / (np.pi * m))
    shear = np.asarray(speed_difference, dtype=np.float64)
    stress: FloatArray = non_negative("density", density) * m * mean_speed * shear / 4.0
    return stress
