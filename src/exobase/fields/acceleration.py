"""Acceleration in free flight: point mass, tide in Hill's approximation, radiation pressure.

Cartesian coordinates centred on the body, in metres: the Sun (the primary, where the body is a moon) in the direction
+x, the body's orbital motion counter-clockwise about +z. gm = G M of the body [m3 s-2]; tide = Omega^2 with Omega the
angular velocity of its orbit [s-2], 0 for none; a_sun [m s-2] >= 0: radiation pressure on the particle, see
:func:`exobase.fields.radiation_pressure.solar_acceleration`, multiplied by :func:`sunlit` where the shadow counts.

Hill's approximation: circular orbit, r much smaller than its radius, body much lighter than the primary. Then
Omega^2 = G M_primary/d^3. The radiation acts on the particle, not on the body.
Reference: Hill 1878, Am. J. Math. 1, 5, doi:10.2307/2369430; Murray & Dermott 1999, Solar System Dynamics, section
3.13.
"""

from __future__ import annotations

import math

from exobase.jit import inlined


@inlined
def acceleration(x: float, y: float, z: float, gm: float, tide: float, a_sun: float) -> tuple[float, float, float]:
    """Acceleration in the frame that does not rotate, the Sun at rest in +x [m s-2].

    a = -G M r/r^3 + Omega^2 (2 x, -y, -z) - a_sun (1, 0, 0)

    For flights much shorter than 1/Omega, in which the Sun's direction stays; longer ones need `acceleration_rotating`.
    """
    r2 = x * x + y * y + z * z
    pull = -gm / (r2 * math.sqrt(r2))
    return (pull + 2.0 * tide) * x - a_sun, (pull - tide) * y, (pull - tide) * z


@inlined
def potential(x: float, y: float, z: float, gm: float, tide: float, a_sun: float) -> float:
    """Potential of `acceleration` [J/kg]; it and the kinetic energy add up to a constant.

    -G M/r - Omega^2 (x^2 - (y^2 + z^2)/2) + a_sun x
    """
    r = math.sqrt(x * x + y * y + z * z)
    return -gm / r - tide * (x * x - 0.5 * (y * y + z * z)) + a_sun * x


@inlined
def acceleration_rotating(
    x: float, y: float, z: float, vx: float, vy: float, gm: float, tide: float, a_sun: float
) -> tuple[float, float, float]:
    """Acceleration in the frame that turns with the orbit, the Sun always in +x [m s-2]; vx, vy in that frame [m s-1].

    a = -G M r/r^3 + (3 Omega^2 x + 2 Omega v_y, -2 Omega v_x, -Omega^2 z) - a_sun (1, 0, 0)

    Tide, centrifugal and Coriolis acceleration of Hill's problem; conserves `jacobi_energy`.
    """
    r2 = x * x + y * y + z * z
    pull = -gm / (r2 * math.sqrt(r2))
    coriolis = 2.0 * math.sqrt(tide)
    return (
        (pull + 3.0 * tide) * x + coriolis * vy - a_sun,
        pull * y - coriolis * vx,
        (pull - tide) * z,
    )


@inlined
def jacobi_energy(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, gm: float, tide: float, a_sun: float
) -> float:
    """Energy conserved in the rotating frame [J/kg], minus half of Jacobi's constant.

    v^2/2 - G M/r - Omega^2 (3 x^2 - z^2)/2 + a_sun x
    """
    r = math.sqrt(x * x + y * y + z * z)
    kinetic = 0.5 * (vx * vx + vy * vy + vz * vz)
    return kinetic - gm / r - 0.5 * tide * (3.0 * x * x - z * z) + a_sun * x


@inlined
def hill_radius(gm: float, tide: float) -> float:
    """Distance of L1 and L2, points of rest when rotating: (G M/(3 Omega^2))^(1/3) [m]; infinite without tide."""
    if tide <= 0.0:
        return math.inf
    return (gm / (3.0 * tide)) ** (1.0 / 3.0)


@inlined
def sunlit(x: float, y: float, z: float, radius: float) -> float:
    """1 in sunlight, 0 in the body's shadow, a cylinder of the given radius [m] behind it; penumbra neglected."""
    return 0.0 if x < 0.0 and y * y + z * z < radius * radius else 1.0
