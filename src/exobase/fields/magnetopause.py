"""The cavity of a magnetic dipole in the wind: standoff distance from pressure balance, a paraboloid, its dipole."""

from __future__ import annotations

import math
from typing import NamedTuple

from exobase.constants import VACUUM_PERMEABILITY
from exobase.fields.kobel_flueckiger import distance, paraboloid
from exobase.jit import part

SHAPE = 1.22
"""f: field just inside the subsolar magnetopause over twice that of the dipole; Mead & Beard 1964, J. Geophys. Res. 69,
1169 (2.44 times the dipole)."""

DRAG = 0.88
"""k: pressure at the subsolar point over rho u^2, behind a strong shock with a ratio of specific heats of 5/3.

Spreiter, Summers & Alksne 1966, Planet. Space Sci. 14, 223."""


class Cavity(NamedTuple):
    """standoff [m], 0: no magnetosphere; mu0/(4 pi) times the magnetic moment [T m3], 0: no field inside."""

    standoff: float
    mx: float
    my: float
    mz: float


def no_cavity() -> Cavity:
    """No magnetosphere."""
    return Cavity(0.0, 0.0, 0.0, 0.0)


def dipole_moment(equatorial_field: float, radius: float) -> float:
    """Magnetic moment [A m2] from the field at the magnetic equator of the surface: M = 4 pi B R^3/mu0.

    equatorial_field [T], radius [m] (Earth: 2.98e-5 T gives 7.7e22 A m2).
    """
    return 4.0 * math.pi * equatorial_field * radius**3 / VACUUM_PERMEABILITY


def standoff_distance(
    moment: float, mass_density: float, speed: float, shape: float = SHAPE, drag: float = DRAG
) -> float:
    """Subsolar distance of the magnetopause [m].

    (2 f B)^2/(2 mu0) = k rho u^2 with the dipole's field B = mu0 M/(4 pi r^3):  r^6 = mu0 M^2 f^2/(8 pi^2 k rho u^2)

    moment M [A m2], mass_density rho [kg m-3] (with alphas), speed u [m/s]; shape f, drag k (f = 1: plane
    magnetopause). Raises ValueError where one is not positive. Pressure inside is neglected.
    Reference: Kivelson & Russell 1995, Introduction to Space Physics, section 6.2.
    """
    values = {"moment": moment, "mass_density": mass_density, "speed": speed, "shape": shape, "drag": drag}
    for name, value in values.items():
        if not (value > 0.0 and math.isfinite(value)):
            raise ValueError(f"{name} = {value:g} must be positive")
    ratio = VACUUM_PERMEABILITY * (moment * shape / math.pi) ** 2 / (8.0 * drag * mass_density * speed**2)
    return float(ratio ** (1.0 / 6.0))


def cavity(standoff: float, moment: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Cavity:
    """The magnetosphere for the kernels. moment [A m2]: vector of the dipole whose field fills it, 0: no field inside.

    Raises ValueError where the standoff distance [m] is not positive.
    """
    if not (standoff > 0.0 and math.isfinite(standoff)):
        raise ValueError(f"standoff = {standoff:g} must be positive")
    scale = 0.25 * VACUUM_PERMEABILITY / math.pi
    return Cavity(float(standoff), *(scale * float(m) for m in moment))


@part
def in_cavity(hole, x, y, z):
    """Whether a point lies inside the magnetopause: a paraboloid about the axis of the flow."""
    return hole.standoff > 0.0 and paraboloid(hole.standoff, x, y, z)[0] < hole.standoff


@part
def dipole_field(hole, x, y, z):
    """B = mu0/(4 pi) (3 (m . r) r/r^5 - m/r^3) [T]; the currents of the magnetopause are neglected."""
    i2 = 1.0 / (x * x + y * y + z * z)
    i3 = i2 * math.sqrt(i2)
    k = 3.0 * (hole.mx * x + hole.my * y + hole.mz * z) * i2
    return i3 * (k * x - hole.mx), i3 * (k * y - hole.my), i3 * (k * z - hole.mz)


@part
def cavity_scale(hole, x, y, z):
    """Distance to the magnetopause, at least a fiftieth of its standoff [m]; inside a dipole's field a third of r."""
    level, r = paraboloid(hole.standoff, x, y, z)
    near = distance(level, hole.standoff, r)
    if level < hole.standoff and hole.mx * hole.mx + hole.my * hole.my + hole.mz * hole.mz > 0.0:
        near = min(near, math.sqrt(x * x + y * y + z * z) / 3.0)
    return max(near, 0.02 * hole.standoff)
