"""Field and flow between a bow shock and a paraboloidal obstacle, both confocal: harmonic potentials, exact.

With X = x - Rm/2, r = |(X, y, z)| and w = r + X, the obstacle is w = Rm (nose at x = Rm), the shock w = 2 Rb - Rm (nose
at x = Rb), and between them the field of the solar wind, B0, becomes B = -grad Phi,

    Phi = -A {B0x [X - (Rm/2) ln w] + (B0y y + B0z z)(1 + Rm/w)},   A = (2 Rb - Rm)/(2 (Rb - Rm)).

Phi is harmonic: div B = 0 and curl B = 0. On the paraboloid w the normal component is A (1 - Rm/w) B0.n: zero on the
obstacle, continuous at the shock.

Flow. The same potential with u = (-U, 0, 0) for B0, divided by the compression c of the density at the shock:

    n = c n0,   v = (A/c) U [-1 + Rm/(2 r), Rm y/(2 r w), Rm z/(2 r w)].

This is the incompressible flow without vorticity round the paraboloid. It is tangential to the obstacle, and the mass
flux n v_n is continuous at the shock, for every c. The velocity along the shock is multiplied by A/c, so it is
continuous for c = A (`kf_compression`), which is the natural choice. c = Rb/(Rb - Rm) instead makes E = -v x B
continuous at the nose of the shock for a field across the flow. No constant c does both: B and v are harmonic each by
itself, and the field is not frozen into the flow (curl(v x B) is not zero in the sheath), so that the energy of an
ion that circles through the sheath is not conserved exactly. The pressure, the density pile-up and the deceleration to
rest at the nose are those of incompressible flow; downstream v tends to (A/c) U along the axis.

Valid for Rb > Rm > 0. Reference: Kobel & Flueckiger 1994, J. Geophys. Res. 99, 23617.
"""

from __future__ import annotations

import math

from exobase.jit import inlined, kernel

SOLAR_WIND = 0
SHEATH = 1
OBSTACLE = 2


@kernel
def kf_compression(rm, rb):  # type: ignore[no-untyped-def]
    """A: the compression for which the velocity along the shock is continuous; rm, rb: noses of obstacle and shock."""
    return (2.0 * rb - rm) / (2.0 * (rb - rm))


@inlined
def confocal(x, y, z, rm):  # type: ignore[no-untyped-def]
    """(r, w): distance from the focus [m] and parabolic coordinate w = r + X [m], without cancellation at night."""
    shifted = x - 0.5 * rm
    rho2 = y * y + z * z
    r = math.sqrt(shifted * shifted + rho2)
    if shifted >= 0.0:
        return r, r + shifted
    return r, rho2 / (r - shifted)


@inlined
def kf_region(x, y, z, rm, rb):  # type: ignore[no-untyped-def]
    """SOLAR_WIND, SHEATH or OBSTACLE at a point [m]; a point on a boundary belongs to the sheath."""
    _, w = confocal(x, y, z, rm)
    if w > 2.0 * rb - rm:
        return SOLAR_WIND
    return SHEATH if w >= rm else OBSTACLE


@inlined
def kf_field(x, y, z, rm, rb, b0x, b0y, b0z):  # type: ignore[no-untyped-def]
    """Region (see kf_region) and magnetic field [T]: (region, bx, by, bz); zero within the obstacle.

    x, y, z: position [m], the Sun in +x; rm, rb: distance [m] of the noses of obstacle and shock from the centre;
    b0x, b0y, b0z: field of the solar wind [T].
    """
    r, w = confocal(x, y, z, rm)
    outer = 2.0 * rb - rm
    if w > outer:
        return SOLAR_WIND, b0x, b0y, b0z
    if w < rm:
        return OBSTACLE, 0.0, 0.0, 0.0
    a = 0.5 * outer / (rb - rm)
    pull = rm / (r * w)
    across = (b0y * y + b0z * z) / w
    radial = a * pull * (0.5 * b0x + across)
    along = a * (1.0 + rm / w)
    return (
        SHEATH,
        a * (b0x * (1.0 - 0.5 * rm / r) - across * rm / r),
        along * b0y - radial * y,
        along * b0z - radial * z,
    )


@inlined
def kf_flow(x, y, z, rm, rb, u, compression):  # type: ignore[no-untyped-def]
    """Region, velocity [m/s] and density over that of the solar wind: (region, ux, uy, uz, factor); zero inside.

    u: speed of the solar wind [m/s], which blows along -x; compression: factor of the density in the sheath, >= 1
    (`kf_compression`; see the module text).
    """
    r, w = confocal(x, y, z, rm)
    outer = 2.0 * rb - rm
    if w > outer:
        return SOLAR_WIND, -u, 0.0, 0.0, 1.0
    if w < rm:
        return OBSTACLE, 0.0, 0.0, 0.0, 0.0
    speed = 0.5 * outer / (rb - rm) * u / compression
    pull = 0.5 * rm / r
    aside = speed * pull / w
    return SHEATH, -speed * (1.0 - pull), aside * y, aside * z, compression
