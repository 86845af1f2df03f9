"""A magnetic field that drapes round a sphere: potential flow with a frozen-in field, exact.

Lengths in radii a of the sphere, velocities in the undisturbed speed, along the axis xi on which the gas flows.

    v = grad[xi (1 + 1/(2 r^3))],   b = rho s,   s = sqrt(1 - 1/r^3)

b is the distance from the axis that a stream line had far upstream. An undisturbed field B0 across the flow, along eta,
becomes B = B0 grad(zeta_0) x grad(T) with zeta_0 = zeta s, the coordinate along which the field lines were stacked, and
the travel time T, v.grad T = 1. Its gradient is v/v^2 + (dT/db) grad b, the derivative at constant potential, and

    dT/db = -int (s S/(B v^4)) [3 q^3 B (2 c^2 A - S^2 B) + 2 c^2 A (B^2 - A^2)] dw

along the stream line, with q = 1/r, A = 1 - q^3, B = 1 + q^3/2, c and S the cosine and sine of the angle to the
upstream axis, w = ln tan(angle/2). Q = b dT/db is bounded: 0 on the upstream axis, -2/3 on the sphere, -4/3 on the
downstream axis. At the stagnation points, where these meet, the flow is a hyperbola and
Q = -(2/3) sigma^2/(sigma^2 + 4 delta^2) and -2/3 - (2/3) 4 delta^2/(4 delta^2 + sigma^2), delta the height, sigma the
distance along the sphere. What is left besides is smooth: it is tabulated over p = sqrt(1 - 1/r) and
k = cos/(cos + sin) of half the angle, both even from 0 to 1, and interpolated with cubics.

    B/B0 = -(sin phi/s) phi^ + (s cos phi/v^2)(v_xi rho^ - v_rho xi^) - cos phi (Q/b) v
    E/(U B0) = -grad(zeta s)

The table reproduces the quadrature to 1e-6, to 4e-4 on the wake's axis beyond 20 radii.

A field along the flow stays along it: B = B0 v. On the sphere itself B and E across it are infinite: s is not let below
LEAST.
Reference: Bernikov & Semenov 1980, Geomagn. Aeron. 19, 452 (frozen-in field round a sphere); the integral here is
derived from v.grad T = 1.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from exobase.jit import inlined, kernel

Array = NDArray[np.float64]

LEAST = 0.05  # of s: reached at a height of 0.0008 radii
NODES = 257
_POINTS = tuple(float(v) for v in 0.5 * (1.0 + np.polynomial.legendre.leggauss(8)[0]))
_WEIGHTS = tuple(float(v) for v in 0.5 * np.polynomial.legendre.leggauss(8)[1])
_BEGIN = 7.0  # of w before the stream line bends: the integrand is then below 1e-12
_PANEL = 0.5


@cache
def delays() -> Array:
    """Table of the smooth part of Q [NODES + 2, NODES + 2], with one more node on each side."""
    inner = np.zeros((NODES, NODES))
    fill_delays(inner)
    table = np.pad(inner, 1)
    table[0] = 3.0 * table[1] - 3.0 * table[2] + table[3]
    table[-1] = 3.0 * table[-2] - 3.0 * table[-3] + table[-4]
    table[:, 0] = 3.0 * table[:, 1] - 3.0 * table[:, 2] + table[:, 3]
    table[:, -1] = 3.0 * table[:, -2] - 3.0 * table[:, -3] + table[:, -4]
    return np.ascontiguousarray(table)


@kernel
def fill_delays(table):  # type: ignore[no-untyped-def]
    """Smooth part of Q at p = i/(n-1) and k = j/(n-1); table [n, n]."""
    n = table.shape[0]
    for i in range(n):
        p = i / (n - 1.0)
        for j in range(n):
            k = j / (n - 1.0)
            half = k / math.sqrt(k * k + (1.0 - k) * (1.0 - k))
            if (i == 0 and j == 0) or (i == 0 and j == n - 1):
                table[i, j] = 0.0
                continue
            if i == n - 1 or j == n - 1:
                q = 0.0
            elif i == 0:
                q = -2.0 / 3.0
            elif j == 0:
                q = -4.0 / 3.0
            else:
                c = 2.0 * half * half - 1.0
                r = 1.0 / (1.0 - p * p)
                b = r * math.sqrt((1.0 - c * c) * (1.0 - r**-3.0))
                q = delay(b, 0.5 * math.log((1.0 - c) / (1.0 + c)))
            table[i, j] = q - near_stagnation(p, half * half)


@inlined
def near_stagnation(p, h2):  # type: ignore[no-untyped-def]
    """The part of Q that jumps at the stagnation points; h2: squared cosine of half the angle."""
    p4 = p * p * p * p
    front = 1.0 - h2
    return -2.0 / 3.0 * (front / (front + p4 + 1e-30) + p4 / (p4 + h2 + 1e-30))


@kernel
def delay(b, w):  # type: ignore[no-untyped-def]
    """Q = b dT/db at w on the stream line b > 0, by quadrature (8 points on panels of half a unit of w)."""
    low = min(math.log(0.5 * b), 0.0) - _BEGIN
    panels = max(int((w - low) / _PANEL) + 1, 1)
    h = (w - low) / panels
    total = 0.0
    for k in range(panels):
        for i in range(8):
            total += _WEIGHTS[i] * _rate(b, low + (k + _POINTS[i]) * h)
    return -b * h * total


@kernel
def _rate(b, w):  # type: ignore[no-untyped-def]
    """The integrand of the module text, without its sign."""
    sine = 1.0 / math.cosh(w)
    cosine2 = math.tanh(w) ** 2
    square = (b / sine) ** 2
    # r^2 - 1/r = square: between 1 and 1 + square, Newton's method falls onto the root from above.
    r = math.sqrt(square) + 1.0 / (1.0 + math.sqrt(square))
    for _ in range(60):
        step = (r * r - 1.0 / r - square) / (2.0 * r + 1.0 / (r * r))
        r = max(r - step, 1.0)
        if abs(step) < 1e-15 * r:
            break
    q3 = r**-3.0
    # 1 - q^3 = square/r^2, without cancellation on the sphere.
    a, bb = square / (r * r), 1.0 + 0.5 * q3
    v2 = cosine2 * a * a + sine * sine * bb * bb
    pull = 3.0 * q3 * bb * (2.0 * cosine2 * a - sine * sine * bb) + 2.0 * cosine2 * a * (bb * bb - a * a)
    return math.sqrt(a) * sine / (bb * v2 * v2) * pull


@inlined
def cubic(t):  # type: ignore[no-untyped-def]
    """Weights of four equidistant points for the place t in [0, 1] between the middle two (Lagrange)."""
    a, b, c, d = t + 1.0, t, t - 1.0, t - 2.0
    return -b * c * d / 6.0, 0.5 * a * c * d, -0.5 * a * b * d, a * b * c / 6.0


@inlined
def interpolated(table, p, h2):  # type: ignore[no-untyped-def]
    """Q at p and the squared cosine of half the angle to the upstream axis, from the table with its margin."""
    n = table.shape[0] - 3
    half = math.sqrt(h2)
    k = half / (half + math.sqrt(1.0 - h2))
    i, j = min(int(p * n), n - 1), min(int(k * n), n - 1)
    a0, a1, a2, a3 = cubic(p * n - i)
    b0, b1, b2, b3 = cubic(k * n - j)
    total = near_stagnation(p, h2)
    for m in range(4):
        row = table[i + m]
        weight = a0 if m == 0 else a1 if m == 1 else a2 if m == 2 else a3
        total += weight * (b0 * row[j] + b1 * row[j + 1] + b2 * row[j + 2] + b3 * row[j + 3])
    return total


@inlined
def draped_field(table, radius, speed, bx, by, bz, x, y, z):  # type: ignore[no-untyped-def]
    """E [V/m] and B [T] at a point [m], the Sun in +x: (ex, ey, ez, bx, by, bz); zero within the sphere.

    table: that of `delays`; radius [m] of the sphere; the solar wind has the speed [m/s] along -x and the field
    bx, by, bz [T].
    """
    xi, r2 = -x / radius, (x * x + y * y + z * z) / (radius * radius)
    if r2 <= 1.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    q = 1.0 / math.sqrt(r2)
    q3 = q * q * q
    s = max(math.sqrt(1.0 - q3), LEAST)
    swirl = 1.5 * xi * q3 * q * q
    # Velocity along xi, and across it: (v_xi, -swirl rho).
    v_xi = 1.0 + 0.5 * q3 - swirl * xi
    across = math.sqrt(by * by + bz * bz)
    yy, zz = y / radius, z / radius
    # Field along the flow (along xi it is -bx).
    f_x, f_y, f_z = bx * v_xi, bx * swirl * yy, bx * swirl * zz
    if across == 0.0:
        return 0.0, 0.0, 0.0, f_x, f_y, f_z
    # eta along the field across the flow, zeta = xi x eta.
    e_y, e_z = by / across, bz / across
    eta, zeta = e_y * yy + e_z * zz, e_z * yy - e_y * zz
    rho2 = eta * eta + zeta * zeta
    v2 = v_xi * v_xi + swirl * swirl * rho2
    delay_q = interpolated(table, math.sqrt(1.0 - q), min(max(0.5 * (1.0 - xi * q), 0.0), 1.0))
    inverse = 1.0 / max(rho2, 1e-12)
    c2, cs, s2 = eta * eta * inverse, eta * zeta * inverse, zeta * zeta * inverse
    if rho2 < 1e-12:
        c2, cs, s2 = 1.0, 0.0, 0.0
    along = -eta * inverse / s * delay_q
    turn = s / v2
    # Components along xi, eta, zeta; phi^ = (-sin, cos), rho^ = (cos, sin) in the plane of eta and zeta.
    b_xi = turn * swirl * eta + along * v_xi
    b_eta = s2 / s + turn * v_xi * c2 - along * swirl * eta
    b_zeta = -cs / s + turn * v_xi * cs - along * swirl * zeta
    rise = 1.5 * q3 * q * q / s * zeta
    size = speed * across
    e_xi, e_eta, e_zeta = -size * rise * xi, -size * rise * eta, -size * (s + rise * zeta)
    return (
        -e_xi, e_y * e_eta + e_z * e_zeta, e_z * e_eta - e_y * e_zeta,
        f_x - across * b_xi, f_y + across * (e_y * b_eta + e_z * b_zeta), f_z + across * (e_z * b_eta - e_y * b_zeta),
    )  # fmt: skip


@inlined
def draped_flow(radius, speed, x, y, z):  # type: ignore[no-untyped-def]
    """Velocity of the flow round the sphere [m/s], and whether there is any (not within the sphere)."""
    r2 = (x * x + y * y + z * z) / (radius * radius)
    if r2 <= 1.0:
        return False, 0.0, 0.0, 0.0
    q2 = 1.0 / r2
    q3 = q2 * math.sqrt(q2)
    swirl = 1.5 * q3 * q2 * x / (radius * radius)
    return True, -speed * (1.0 + 0.5 * q3 - swirl * x), speed * swirl * y, speed * swirl * z
