"""How the place on the sphere and the tangential velocity turn while a particle moves in a central field.

The radius follows from r, v_r and the squared angular momentum alone (:mod:`exobase.geometry.radial`). The angle that
is swept is l int dt/r^2; the direction u and the tangential velocity w turn by it in their common plane,

    u' = u cos + (w/|w|) sin,   w'/|w| = (w/|w|) cos - u sin.

``swept`` is the angle over the tangential speed, r0 int dt/r^2 [s/m], so that nothing is divided by a speed that may be
zero. In a step the integral is Simpson's, of order 4 as the step is. Sine and cosine are those of 2 arctan(q), q =
tan(angle/2) from its series: exactly orthonormal, without trigonometry.
"""

from __future__ import annotations

import math

import numpy as np

from exobase.geometry.columns import DX, DY, DZ, VN, VT1, VT2
from exobase.geometry.patches import RING
from exobase.jit import inlined, kernel

LARGEST_HALF = 0.3
"""Largest half of the angle [rad] for which the series of the tangent is used: its error is 3e-10 of the angle."""
_POLE = 1e-300


@inlined
def sweep_of_step(r0, r1, v, l2, mu, h):
    """r0 int dt/r^2 over a whole step h from r0 to r1.

    The radius in the middle is r0 + v h/2 + h^2 (a0/12 + am/24), a0 and am the accelerations at the first two stages of
    the step: to the third power of h, so that the angle errs by the fifth.
    """
    i0 = 1.0 / r0
    a0 = (l2 * i0 - mu) * i0 * i0
    im = 1.0 / (r0 + 0.5 * h * (v + 0.25 * h * a0))
    am = (l2 * im - mu) * im * im
    middle = 1.0 / (r0 + 0.5 * h * (v + h * (2.0 * a0 + am) * (1.0 / 12.0)))
    i1 = 1.0 / r1
    return r0 * h * (i0 * i0 + 4.0 * middle * middle + i1 * i1) * (1.0 / 6.0)


@inlined
def _horizon(x, y):
    """Sine of the colatitude and the horizontal unit vector away from the axis."""
    s = np.sqrt(x * x + y * y + _POLE)
    inverse = 1.0 / s
    return s, x * inverse, y * inverse


@inlined
def _turned(x, y, z, t1, t2, square, cos, sin):
    """New direction and tangential velocity; square: t1^2 + t2^2, sin: that of the angle over the speed."""
    s, ex, ey = _horizon(x, y)
    a = t1 * z
    wx = a * ex - t2 * ey
    wy = a * ey + t2 * ex
    wz = -t1 * s
    back = sin * square
    nx, ny, nz = x * cos + wx * sin, y * cos + wy * sin, z * cos + wz * sin
    wx, wy, wz = wx * cos - x * back, wy * cos - y * back, wz * cos - z * back
    unit = 1.5 - 0.5 * (nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx * unit, ny * unit, nz * unit
    s, ex, ey = _horizon(nx, ny)
    return nx, ny, nz, (wx * ex + wy * ey) * nz - wz * s, wy * ex - wx * ey


@inlined
def turn(x, y, z, t1, t2, swept):
    """Direction and tangential velocity after a small angle, and whether it was small enough for the series."""
    square = t1 * t1 + t2 * t2
    half = 0.5 * swept
    a = half * half * square
    series = 1.0 / 3.0 + a * (2.0 / 15.0 + a * (17.0 / 315.0 + a * (62.0 / 2835.0)))
    p = half * (1.0 + a * series)
    q = p * p * square
    scale = 1.0 / (1.0 + q)
    x, y, z, t1, t2 = _turned(x, y, z, t1, t2, square, (1.0 - q) * scale, 2.0 * p * scale)
    return x, y, z, t1, t2, a <= LARGEST_HALF * LARGEST_HALF


@kernel
def turn_far(x, y, z, t1, t2, swept):
    """Direction and tangential velocity after any angle."""
    square = t1 * t1 + t2 * t2
    speed = math.sqrt(square)
    angle = speed * swept
    sin = math.sin(angle) / speed if speed > 0.0 else swept
    return _turned(x, y, z, t1, t2, square, math.cos(angle), sin)


@kernel
def hop(r, v, t1, t2, gm):
    """Angle over the tangential speed [s/m] that a bound particle sweeps above r, until it is back there.

    tan(angle/2) = 2 l s/(r (2 a r - 2 gm) + 2 s^2), s = r v_r, a = -2 E (:mod:`exobase.geometry.arcs`).
    """
    square = t1 * t1 + t2 * t2
    speed = math.sqrt(square)
    s = r * v
    a = 2.0 * gm / r - v * v - square
    below = r * (2.0 * a * r - 2.0 * gm) + 2.0 * s * s
    if not speed > 0.0:
        return 4.0 * r * s / below if below > 0.0 else 0.0
    return 2.0 * math.atan2(2.0 * r * speed * s, below) / speed


@kernel
def to_common(frame, x, n):
    """Velocities of the first n particles from their own frames (r, theta, phi) to the common one: (rho, phi, z) in the
    half-plane of each, or Cartesian.
    """
    d1, d2, d3, v1, v2, v3 = x[DX, :n], x[DY, :n], x[DZ, :n], x[VN, :n], x[VT1, :n], x[VT2, :n]
    for i in range(v1.size):
        s, ex, ey = _horizon(d1[i], d2[i])
        out = v1[i] * s + v2[i] * d3[i]
        up = v1[i] * d3[i] - v2[i] * s
        east = v3[i]
        v1[i] = out if frame == RING else out * ex - east * ey
        v2[i] = east if frame == RING else out * ey + east * ex
        v3[i] = up


@kernel
def to_own(frame, x, n):
    """Velocities of the first n particles from the common frame back to their own ones."""
    d1, d2, d3, v1, v2, v3 = x[DX, :n], x[DY, :n], x[DZ, :n], x[VN, :n], x[VT1, :n], x[VT2, :n]
    for i in range(v1.size):
        s, ex, ey = _horizon(d1[i], d2[i])
        out = v1[i] if frame == RING else v1[i] * ex + v2[i] * ey
        east = v2[i] if frame == RING else v2[i] * ex - v1[i] * ey
        up = v3[i]
        v1[i] = out * s + up * d3[i]
        v2[i] = out * d3[i] - up * s
        v3[i] = east
