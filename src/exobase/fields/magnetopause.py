"""The boundary of a planetary magnetic field in the solar wind: standoff by pressure balance, shape a paraboloid.

At the nose the dipole, compressed by the currents of the boundary to 2 f times its own field, holds the wind:

    (2 f mu0 M/(4 pi r^3))^2/(2 mu0) = mu0 M^2 f^2/(8 pi^2 r^6) = k rho u^2.

f = 1 is a plane boundary; the curved one has 2 f = 2.44 (COMPRESSION). k = 0.881 is the stagnation pressure of
a gas of 5/3 at high Mach number over rho u^2 (PRESSURE). With these the Earth's dipole (29.8 uT at the equator) stands
off 2 nPa at 10.3 radii; the fit of Shue et al. 1998 to crossings is 10.25 there. Valid for a dipole across the wind;
ring currents and erosion (a southward field) move the Earth's nose by up to 1-2 radii.

Shape: y^2 + z^2 = 2 flare (standoff - x), flare the radius of curvature at the nose. flare = standoff puts the focus
half way to the nose, as in the sheath of `kobel_flueckiger`, and widens to sqrt(2) standoffs at the terminator (Shue:
about 1.5). Reference: Mead & Beard 1964, J. Geophys. Res. 69, 1169 (2.44); Spreiter et al. 1966, PSS 14, 223
(0.881); Shue et al. 1998, J. Geophys. Res. 103, 17691.
"""

from __future__ import annotations

import math

from exobase.constants import SPEED_OF_LIGHT, VACUUM_PERMITTIVITY
from exobase.errors import InputError
from exobase.jit import inlined

COMPRESSION = 1.22
PRESSURE = 0.881
MU0 = 1.0 / (VACUUM_PERMITTIVITY * SPEED_OF_LIGHT**2)
"""Magnetic constant [N A-2]."""


def dipole_moment(equatorial_field: float, radius: float) -> float:
    """Moment [A m2] of a dipole with this field [T] on its equator at this radius [m]."""
    return 4.0 * math.pi * equatorial_field * radius**3 / MU0


def standoff(
    moment: float, mass_density: float, speed: float, compression: float = COMPRESSION, pressure: float = PRESSURE
) -> float:
    """Distance [m] of the nose from the centre of a dipole in the solar wind.

    moment [A m2] (its sign does not matter); mass_density [kg m-3]; speed [m s-1]; compression: f of the module text;
    pressure: k. Raises InputError where a number is not positive and finite.
    """
    given = {
        "moment": abs(moment), "mass density": mass_density, "speed": speed,
        "compression": compression, "pressure": pressure,
    }  # fmt: skip
    bad = [f"{name} {value!r}" for name, value in given.items() if not (0.0 < value < math.inf)]
    if bad:
        raise InputError(f"standoff of the magnetopause: {', '.join(bad)}: must be above zero and finite")
    magnetic = MU0 * (moment * compression / math.pi) ** 2 / 8.0
    return float((magnetic / (pressure * mass_density * speed**2)) ** (1.0 / 6.0))


@inlined
def inside_paraboloid(x, y, z, nose, flare):  # type: ignore[no-untyped-def]
    """True within y^2 + z^2 < 2 flare (nose - x), which opens to the night; nose: standoff [m]; flare [m] > 0."""
    return y * y + z * z < 2.0 * flare * (nose - x)


@inlined
def paraboloid_normal(y, z, flare):  # type: ignore[no-untyped-def]
    """Unit vector out of the paraboloid at a point on it, of those coordinates across the axis [m]."""
    size = 1.0 / math.sqrt(flare * flare + y * y + z * z)
    return flare * size, y * size, z * size
