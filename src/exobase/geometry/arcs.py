"""Kepler arcs: times, angles, returns and residence in shells along an orbit, without steps.

An orbit has the energy E [J/kg] and the squared angular momentum l2 = (r v_t)^2 [m4 s-2] round a point mass gm = G M
[m3 s-2] >= 0; gm = 0 is a straight line. With A = -2 E, s = r v_r and the periapsis q = l2/(gm + sqrt(gm^2 + 2 E l2)),

    s^2 = (r - q) (2 gm - A (r + q)),

and between two radii on one leg, w = (r2 - r1)/(s1 + s2),

    t = w [r1 + r2 - 2 gm w^2 G(A w^2)],   G(z) = (1 - arctan(sqrt z)/sqrt z)/z,
    tan(angle/2) = sqrt(l2) w/(r1 + s1 w).

One form serves ellipses, parabolas (G = 1/3), hyperbolas (artanh) and radial orbits; nothing cancels for short legs or
nearly parabolic orbits. E and l2 fix the apsides to about the square root of round-off where the orbit is nearly
circular; :func:`return_state` starts from position and velocity and does not suffer from it.
Reference: Battin 1999, An Introduction to the Mathematics and Methods of Astrodynamics, chapters 3-4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from exobase.jit import inlined

RETURNS, ESCAPES, MISSES = 0, 1, 2
_SMALL = 0.02
_MAX_ITERATIONS = 50


class Arc(NamedTuple):
    """Constants of an orbit.

    gm [m3 s-2]; a = A = -2 E [m2 s-2]; root_a = sqrt|A|; q: periapsis [m]; apoapsis [m], infinite if unbound;
    root = gm e = sqrt(gm^2 + 2 E l2); momentum = sqrt(l2) [m2 s-1].
    """

    gm: float
    a: float
    root_a: float
    q: float
    apoapsis: float
    root: float
    momentum: float


@inlined
def arc(energy: float, l2: float, gm: float) -> Arc:
    """Constants of the orbit of energy [J/kg] and squared angular momentum l2 [m4 s-2]."""
    a = -2.0 * energy
    root = math.sqrt(max(gm * gm + 2.0 * energy * l2, 0.0))
    q = l2 / (gm + root) if gm + root > 0.0 else 0.0
    apoapsis = (gm + root) / a if a > 0.0 else math.inf
    return Arc(gm, a, math.sqrt(abs(a)), q, apoapsis, root, math.sqrt(l2))


@inlined
def turning_points(energy: float, l2: float, gm: float) -> tuple[float, float]:
    """Periapsis and apoapsis [m]; the latter infinite where E >= 0."""
    orbit = arc(energy, l2, gm)
    return orbit.q, orbit.apoapsis


@inlined
def radial_moment(orbit: Arc, r: float) -> float:
    """s = r v_r on the outbound leg [m2/s]; zero beyond the turning points."""
    square = (r - orbit.q) * (2.0 * orbit.gm - orbit.a * (r + orbit.q))
    return math.sqrt(max(square, 0.0))


@inlined
def leg_time(gm: float, a: float, root_a: float, r1: float, r2: float, s1: float, s2: float) -> float:
    """Time between the radii r1 <= r2 of one leg [s]; s1, s2: r |v_r| there, a = -2 E, root_a = sqrt|a|.

    Relative error a few 1e-15 for exact s1, s2.
    """
    total = s1 + s2
    if total <= 0.0:
        return math.pi * gm / (a * root_a) if r2 > r1 and a > 0.0 else 0.0
    w = (r2 - r1) / total
    z = a * w * w
    if abs(z) < _SMALL:
        g = 1.0 / 15.0 - z * (1.0 / 17.0 - z * (1.0 / 19.0))
        g = 1.0 / 9.0 - z * (1.0 / 11.0 - z * (1.0 / 13.0 - z * g))
        g = 1.0 / 3.0 - z * (1.0 / 5.0 - z * (1.0 / 7.0 - z * g))
        return w * (r1 + r2 - 2.0 * gm * w * w * g)
    if z > 0.0:
        return (2.0 * gm * math.atan(w * root_a) / root_a - (s2 - s1)) / a
    y = min(w * root_a, 1.0 - 1e-16)
    return (gm * math.log((1.0 + y) / (1.0 - y)) / root_a - (s2 - s1)) / a


@inlined
def time_at(orbit: Arc, r: float) -> float:
    """Time since periapsis at the radius r on the outbound leg [s]; outside the orbit that of the nearer apsis."""
    if r <= orbit.q:
        return 0.0
    s = radial_moment(orbit, r)
    if s <= 0.0:
        return math.pi * orbit.gm / (orbit.a * orbit.root_a) if orbit.a > 0.0 else math.inf
    return leg_time(orbit.gm, orbit.a, orbit.root_a, orbit.q, r, 0.0, s)


@inlined
def arc_time(r: float, energy: float, l2: float, gm: float) -> float:
    """Time since periapsis at the radius r on the outbound leg [s]; see :func:`time_at`."""
    return time_at(arc(energy, l2, gm), r)


@inlined
def swept_angle(r1: float, r2: float, energy: float, l2: float, gm: float) -> float:
    """Angle at the centre between two radii of the outbound leg [rad], negative for r2 < r1.

    tan(angle/2) = sqrt(l2) (r2 - r1)/(r1 s2 + r2 s1); radii outside the orbit are moved to the apsides.
    """
    orbit = arc(energy, l2, gm)
    r1 = min(max(r1, orbit.q), orbit.apoapsis)
    r2 = min(max(r2, orbit.q), orbit.apoapsis)
    turn = r1 * radial_moment(orbit, r2) + r2 * radial_moment(orbit, r1)
    return 2.0 * math.atan2(orbit.momentum * (r2 - r1), turn)


@inlined
def stumpff(z: float) -> tuple[float, float]:
    """C(z) = (1 - cos sqrt z)/z and S(z) = (sqrt z - sin sqrt z)/sqrt(z)^3, continued to z < 0 (cosh, sinh)."""
    if abs(z) < 0.5:
        c = s = 0.0
        for k in range(8, -1, -1):
            c = (1.0 - z * c) / ((2.0 * k + 1.0) * (2.0 * k + 2.0))
            s = (1.0 - z * s) / ((2.0 * k + 2.0) * (2.0 * k + 3.0))
        return c, s
    x = math.sqrt(abs(z))
    if z > 0.0:
        return 2.0 * math.sin(0.5 * x) ** 2 / z, (x - math.sin(x)) / (z * x)
    return 2.0 * math.sinh(0.5 * x) ** 2 / -z, (math.sinh(x) - x) / (-z * x)


@inlined
def _first_guess(orbit: Arc, t: float) -> float:
    """psi of q psi + root psi^3/6 = t, the parabola's; brought down by M = e sinh - psi where E > 0."""
    if orbit.root <= 1e-9 * orbit.gm:
        return t / orbit.q
    a = 2.0 * orbit.q / orbit.root
    b = 3.0 * t / orbit.root
    y = (b + math.sqrt(b * b + a * a * a)) ** (1.0 / 3.0)
    psi = 2.0 * b / (y * y + a + a * a / (y * y))
    if orbit.a < 0.0:
        x = (orbit.gm * psi - orbit.a * t) * orbit.root_a / orbit.root
        psi = min(psi, math.asinh(x) / orbit.root_a)
    return psi


@inlined
def state_at_time(t: float, energy: float, l2: float, gm: float) -> tuple[float, float]:
    """Radius [m] and true anomaly [rad, -pi to pi] at the time t since periapsis [s], of either sign.

    Kepler's equation q psi + root psi^3 S(A psi^2) = t, with dt = r dpsi, by Newton's iteration: the left side is
    increasing and convex on the outbound leg, so that it converges from above. Ellipses: t is taken modulo the period.
    On a radial orbit the anomaly is pi (-pi for t < 0); without gravity and angular momentum it is 0.
    """
    orbit = arc(energy, l2, gm)
    end = math.inf
    if orbit.a > 0.0:
        end = math.pi / orbit.root_a
        period = 2.0 * math.pi * gm / (orbit.a * orbit.root_a)
        t -= period * math.floor(t / period + 0.5)
    elapsed = abs(t)
    if elapsed == 0.0:
        return orbit.q, 0.0
    if gm + orbit.root <= 0.0:
        return orbit.root_a * elapsed, 0.0
    psi = min(_first_guess(orbit, elapsed), end)
    r = u1 = u2 = 0.0
    for i in range(_MAX_ITERATIONS):
        z = orbit.a * psi * psi
        c, s = stumpff(z)
        u1 = psi * (1.0 - z * s)
        u2 = psi * psi * c
        r = orbit.q + orbit.root * u2
        new = min(psi - (orbit.q * psi + orbit.root * psi * psi * psi * s - elapsed) / r, end)
        if abs(new - psi) <= 4e-16 * psi or (i > 1 and new > psi):
            break
        psi = new
    return r, math.copysign(math.atan2(orbit.momentum * u1, orbit.q - gm * u2), t)


@inlined
def _hop(gm: float, a: float, momentum: float, r1: float, r2: float, s1: float, s2: float) -> tuple[float, float]:
    """Time [s] and angle [rad] from r1 outward over the apoapsis and down to r2; s1, s2: r |v_r|, a > 0.

    A t = gm psi + s1 + s2,  tan(sqrt(A) psi/2) = sqrt(A) (s1 + s2)/(A (r1 + r2) - 2 gm)
    """
    root_a = math.sqrt(a)
    turn = a * (r1 + r2) - 2.0 * gm
    time = (2.0 * gm * math.atan2(root_a * (s1 + s2), turn) / root_a + s1 + s2) / a
    return time, 2.0 * math.atan2(momentum * (s1 + s2), r1 * turn + s1 * (s1 + s2))


@inlined
def return_state(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, r_to: float, gm: float
) -> tuple[float, float, float, float, float, float, float, int]:
    """State at the next inward crossing of the sphere of radius r_to [m]: x, y, z, vx, vy, vz, elapsed time, status.

    Outward particles go over their apoapsis. A particle at or below r_to that moves inward has crossed already: it is
    returned unchanged with no time elapsed. status: ``RETURNS``; ``ESCAPES`` (unbound, leaves for good) or ``MISSES``
    (bound, never at r_to), both with the state unchanged and infinite time.
    """
    r = math.sqrt(x * x + y * y + z * z)
    s = x * vx + y * vy + z * vz
    if s <= 0.0 and r <= r_to:
        return x, y, z, vx, vy, vz, 0.0, RETURNS
    hx, hy, hz = y * vz - z * vy, z * vx - x * vz, x * vy - y * vx
    momentum = math.sqrt(hx * hx + hy * hy + hz * hz)
    a = 2.0 * gm / r - (vx * vx + vy * vy + vz * vz)
    square = s * s + (r_to - r) * (2.0 * gm - a * (r_to + r))
    if a <= 0.0 and (s > 0.0 or square < 0.0):
        return x, y, z, vx, vy, vz, math.inf, ESCAPES
    if square < 0.0:
        return x, y, z, vx, vy, vz, math.inf, MISSES
    s_to = math.sqrt(square)
    if s > 0.0:
        time, angle = _hop(gm, a, momentum, r, r_to, s, s_to)
    else:
        time = leg_time(gm, a, math.sqrt(abs(a)), r_to, r, s_to, -s)
        angle = 2.0 * math.atan2(momentum * (r - r_to), r_to * -s + r * s_to)
    ux, uy, uz = x / r, y / r, z / r
    tx = ty = tz = 0.0
    if momentum > 0.0:
        tx, ty, tz = (
            (hy * uz - hz * uy) / momentum,
            (hz * ux - hx * uz) / momentum,
            (hx * uy - hy * ux) / momentum,
        )
    cos, sin = math.cos(angle), math.sin(angle)
    nx, ny, nz = ux * cos + tx * sin, uy * cos + ty * sin, uz * cos + tz * sin
    tx, ty, tz = tx * cos - ux * sin, ty * cos - uy * sin, tz * cos - uz * sin
    vr, vt = -s_to / r_to, momentum / r_to
    return (
        r_to * nx,
        r_to * ny,
        r_to * nz,
        vr * nx + vt * tx,
        vr * ny + vt * ty,
        vr * nz + vt * tz,
        time,
        RETURNS,
    )


@inlined
def _shell_of(edges, r):
    """k with edges[k] <= r < edges[k+1]; -1 below the first edge, n for r at or above the last of n + 1."""
    low, high = -1, edges.size - 1
    if r >= edges[high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if r >= edges[middle]:
            low = middle
        else:
            high = middle
    return low


@inlined
def _spend(weight: float, dt: float, loss_frequency: float) -> tuple[float, float]:
    """int weight exp(-nu t) dt over dt and the weight left."""
    if loss_frequency <= 0.0:
        return weight * dt, weight
    lost = -weight * math.expm1(-loss_frequency * dt)
    return lost / loss_frequency, weight - lost


@inlined
def shell_times(edges, r_from, r_to, energy, l2, gm, loss_frequency, weight, out):
    """Add the residence time of one leg, from r_from outward or inward to r_to, to the shells.

    out[k] += int weight exp(-loss_frequency t) dt over the time within edges[k] <= r < edges[k+1] [weight s], exactly.
    edges [n+1] m increasing; out [n]. The ends are moved to the apsides where they lie beyond: r_to = inf is the way to
    the apoapsis, r_from = inf the way down from it. Time outside the edges is not counted, but weight decays there; on
    an unbound orbit an infinite end is the last edge. Returns the weight left at the end and the time of the leg [s].
    """
    orbit = arc(energy, l2, gm)
    outward = r_to > r_from
    low = max(min(r_from, r_to), orbit.q)
    high = min(max(r_from, r_to), orbit.apoapsis)
    n = edges.size - 1
    if high == math.inf:
        high = max(edges[n], low)
    r = low if outward else high
    end = high if outward else low
    s = radial_moment(orbit, r)
    k = _shell_of(edges, r)
    elapsed = 0.0
    while r < end if outward else r > end:
        if outward:
            face = min(edges[k + 1], end) if k < n else end
            s_face = radial_moment(orbit, face)
            dt = leg_time(orbit.gm, orbit.a, orbit.root_a, r, face, s, s_face)
        else:
            face = max(edges[k], end) if k >= 0 else end
            s_face = radial_moment(orbit, face)
            dt = leg_time(orbit.gm, orbit.a, orbit.root_a, face, r, s_face, s)
        added, weight = _spend(weight, dt, loss_frequency)
        if 0 <= k < n:
            out[k] += added
        elapsed += dt
        r, s = face, s_face
        k += 1 if outward else -1
    return weight, elapsed


@inlined
def hop_times(edges, r_from, r_to, energy, l2, gm, loss_frequency, weight, out):
    """`shell_times` of a whole hop: outward from r_from, over the apoapsis, down to r_to; unbound orbits outward only.

    Returns the weight left and the time. Without loss both legs are done at once, at half the cost.
    """
    orbit = arc(energy, l2, gm)
    if orbit.apoapsis == math.inf:
        return shell_times(edges, r_from, math.inf, energy, l2, gm, loss_frequency, weight, out)
    if loss_frequency > 0.0:
        weight, up = shell_times(edges, r_from, math.inf, energy, l2, gm, loss_frequency, weight, out)
        weight, down = shell_times(edges, math.inf, r_to, energy, l2, gm, loss_frequency, weight, out)
        return weight, up + down
    middle = max(r_from, r_to)
    _, once = shell_times(edges, min(r_from, r_to), middle, energy, l2, gm, 0.0, weight, out)
    _, twice = shell_times(edges, middle, math.inf, energy, l2, gm, 0.0, 2.0 * weight, out)
    return weight, once + 2.0 * twice
