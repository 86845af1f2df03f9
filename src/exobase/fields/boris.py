"""The push of a charged particle's velocity: Boris' rotation between two half kicks.

v- = v + (q/m E + g) dt/2;  v+ = v- turned by the magnetic field;  v = v+ + (q/m E + g) dt/2

Speed is kept to round-off where only a magnetic field acts, for any step. With positions half a step apart in time
(drift dt/2, push, drift dt/2) the scheme is symmetric and of second order.
Reference: Boris 1970, Proc. 4th Conf. Num. Sim. Plasmas, 3; Birdsall & Langdon 1985, section 4-4.
"""

from __future__ import annotations

from exobase.jit import inlined


@inlined
def boris(ex, ey, ez, bx, by, bz, gx, gy, gz, q_over_m, dt, vx, vy, vz):
    """Velocity after the time dt; the angle of the turn is 2 atan(omega dt/2), omega = |q| B/m.

    E [V/m], B [T], acceleration g [m s-2] of other forces, charge over mass [C/kg], dt [s], v [m/s].
    The phase lags by (omega dt)^3/12 per step.
    """
    h = 0.5 * dt
    ax, ay, az = h * (q_over_m * ex + gx), h * (q_over_m * ey + gy), h * (q_over_m * ez + gz)
    tx, ty, tz = h * q_over_m * bx, h * q_over_m * by, h * q_over_m * bz
    ux, uy, uz = vx + ax, vy + ay, vz + az
    f = 2.0 / (1.0 + tx * tx + ty * ty + tz * tz)
    cx, cy, cz = uy * tz - uz * ty, uz * tx - ux * tz, ux * ty - uy * tx
    return (
        ux + f * (cx + cy * tz - cz * ty) + ax,
        uy + f * (cy + cz * tx - cx * tz) + ay,
        uz + f * (cz + cx * ty - cy * tx) + az,
    )


@inlined
def boris_exact(ex, ey, ez, bx, by, bz, gx, gy, gz, q_over_m, dt, vx, vy, vz):
    """Like `boris`, with the angle omega dt of the true motion: exact in any uniform B without E and g.

    tan(a) = a p/q with a = omega dt/2, p = 945 - 105 a^2 + a^4, q = 945 - 420 a^2 + 15 a^4 (a continued fraction): the
    phase is wrong by 1e-9 per step at omega dt = 1, 2e-7 at omega dt = 2; use no longer steps. No extra division.
    """
    h = 0.5 * dt
    ax, ay, az = h * (q_over_m * ex + gx), h * (q_over_m * ey + gy), h * (q_over_m * ez + gz)
    tx, ty, tz = h * q_over_m * bx, h * q_over_m * by, h * q_over_m * bz
    ux, uy, uz = vx + ax, vy + ay, vz + az
    a2 = tx * tx + ty * ty + tz * tz
    p = 945.0 - a2 * (105.0 - a2)
    q = 945.0 - a2 * (420.0 - 15.0 * a2)
    f = 2.0 * p / (q * q + a2 * p * p)
    cx, cy, cz = uy * tz - uz * ty, uz * tx - ux * tz, ux * ty - uy * tx
    return (
        ux + f * (q * cx + p * (cy * tz - cz * ty)) + ax,
        uy + f * (q * cy + p * (cz * tx - cx * tz)) + ay,
        uz + f * (q * cz + p * (cx * ty - cy * tx)) + az,
    )
