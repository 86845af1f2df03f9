"""Standoff of a magnetosphere: the dynamic pressure of the wind against the pressure of the dipole's field."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic._domain import FloatArray, positive
from exobase.constants import VACUUM_PERMEABILITY


def standoff_distance(
    moment: ArrayLike,
    mass_density: ArrayLike,
    speed: ArrayLike,
    compression: ArrayLike = 1.0,
    momentum_factor: ArrayLike = 1.0,
) -> FloatArray:
    """Distance of the subsolar magnetopause from the dipole [m].

    mu0 M^2 f^2/(8 pi^2 r^6) = k rho u^2

    moment M [A m2]; mass_density rho [kg m-3] and speed u [m/s] of the wind; compression f: field inside the boundary
    over twice that of the dipole (1: plane boundary; about 1.2 for a rounded one, Mead 1964); momentum_factor k (1:
    absorbed; 2: reflected; .88: gas dynamics, Spreiter et al. 1966). Positive floats or arrays, broadcast; ValueError
    outside. Valid for a dipole along the boundary; neglected: thermal and magnetic pressure of the wind, plasma inside.
    Reference: Kivelson & Russell 1995, Introduction to Space Physics, ch. 6.
    """
    wind = positive("momentum_factor", momentum_factor) * positive("mass_density", mass_density)
    pressure = wind * positive("speed", speed) ** 2
    field = positive("moment", moment) * positive("compression", compression)
    return np.asarray((VACUUM_PERMEABILITY * field**2 / (8.0 * np.pi**2 * pressure)) ** (1.0 / 6.0))[()]
