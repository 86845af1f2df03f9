"""Which geometry moves a particle how: the one place that knows the dimension.

Particle columns are (position, normal velocity, two tangential velocities); the last three form the local orthonormal
frame in which tallies and sources see velocities. ``RADIAL``: position r from the body's centre, p = G M.
``PLANAR``: height x, p = constant downward acceleration g. Where the place on the sphere counts, a direction follows
(:mod:`exobase.geometry.turning`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from exobase.geometry.columns import DX, DY, DZ, PLACED, SPIN, VN, VT1, VT2, R
from exobase.geometry.patches import inside, walls_at
from exobase.geometry.planar import planar_flow, planar_speed_squared, planar_turning
from exobase.geometry.radial import apoapsis, radial_flow, radial_speed_squared, radial_turning, return_time
from exobase.geometry.turning import sweep_of_step, turn
from exobase.jit import kernel

RADIAL = 0
PLANAR = 1

REACHED = 0
LEFT_INNER = 1
LEFT_OUTER = 2
LOST = 3

_MAX_ITERATIONS = 40
_MAX_SEGMENTS = 4096
_MOST_ANGLE = 0.6
_MOST_PARTS = 64
NOWHERE = 2.0
"""Third component of the direction of a particle that has swept too large an angle for the bulk push."""


class Motion(NamedTuple):
    """Equation of motion: geometry code and its parameter p (G M [m3 s-2] or g [m s-2])."""

    kind: int
    p: float


class Runs(NamedTuple):
    """Runs of cells that share one time step: ``edge`` [n+1] m, ``dt`` [n] s. The ends are the domain boundaries."""

    edge: np.ndarray
    dt: np.ndarray


@kernel
def flow(motion: Motion, x: float, v: float, l2: float, h: float) -> tuple[float, float]:
    """Position and normal speed after the time h."""
    if motion.kind == RADIAL:
        return radial_flow(x, v, l2, motion.p, h)
    return planar_flow(x, v, motion.p, h)


@kernel
def speed_squared(motion: Motion, x: float, v: float, l2: float, target: float) -> float:
    """Square of the normal speed at the position ``target`` by energy conservation."""
    if motion.kind == RADIAL:
        return radial_speed_squared(x, v, l2, motion.p, target)
    return planar_speed_squared(x, v, motion.p, target)


@kernel
def turning(motion: Motion, x: float, v: float, l2: float) -> float:
    """Turning point ahead: the highest for v > 0, the lowest for v <= 0."""
    if motion.kind == RADIAL:
        return radial_turning(x, v, l2, motion.p)
    return planar_turning(x, v, motion.p)


@kernel
def tangent_moment(motion: Motion, x: float, v1: float, v2: float) -> float:
    """Conserved tangential quantity: squared angular momentum (radial), unused zero (planar)."""
    if motion.kind == RADIAL:
        return (v1 * v1 + v2 * v2) * x * x
    return 0.0


@kernel
def tangent_scale(motion: Motion, x0: float, x1: float) -> float:
    """Factor by which the tangential velocity changes between two positions."""
    if motion.kind == RADIAL:
        return x0 / x1
    return 1.0


@kernel
def specific_energy(motion: Motion, x: float, v: float, v1: float, v2: float) -> float:
    """Kinetic plus potential energy per mass [J/kg]; zero at rest at infinity (radial) or at x = 0 (planar)."""
    kinetic = 0.5 * (v * v + v1 * v1 + v2 * v2)
    if motion.kind == RADIAL:
        return kinetic - motion.p / x
    return kinetic + motion.p * x


@kernel
def volume_ratio(motion: Motion, x: float, x1: float) -> float:
    """Volume per length at the position x over that at x1."""
    if motion.kind == RADIAL:
        return (x / x1) * (x / x1)
    return 1.0


@kernel
def farthest(motion: Motion, x: float, v: float, l2: float) -> float:
    """Largest position of a particle that leaves x outward; infinite if it does not come back (planes: never)."""
    if motion.kind == RADIAL:
        return apoapsis(x, v, l2, motion.p)
    return math.inf


@kernel
def time_beyond(motion: Motion, x: float, v: float, l2: float) -> float:
    """Time until a particle that leaves x outward is back there (planes: never)."""
    if motion.kind == RADIAL:
        return return_time(x, v, l2, motion.p)
    return math.inf


@kernel
def sweep(motion: Motion, x: float, v: float, l2: float, h: float, x1: float) -> float:
    """int dt/r^2 [s/m2] in the time h from x to x1 by Simpson's rule, in parts of at most 0.6 rad; 0 in planes."""
    if motion.kind != RADIAL:
        return 0.0
    least = min(x, x1)
    parts = min(1 + int(math.sqrt(l2) * h / (least * least) / _MOST_ANGLE), _MOST_PARTS)
    part = h / parts
    total = 0.0
    before = 1.0 / (x * x)
    for k in range(parts):
        middle, _ = radial_flow(x, v, l2, motion.p, (k + 0.5) * part)
        end = x1
        if k < parts - 1:
            end, _ = radial_flow(x, v, l2, motion.p, (k + 1.0) * part)
        after = 1.0 / (end * end)
        total += before + 4.0 / (middle * middle) + after
        before = after
    return total * part * (1.0 / 6.0)


@kernel
def time_to(
    motion: Motion, x: float, v: float, l2: float, target: float, v_target: float, h: float, late: bool
) -> float:
    """Time until ``target`` is crossed with the speed ``v_target``, within (0, h]; ``late``: after a turning point.

    Newton's iteration on the flow from the time at constant acceleration, 2 dx/(v + v_target) (from h if late). It
    converges quadratically: a change below 1e-6 h leaves an error of order 1e-12 h.
    """
    mean = 0.5 * (v + v_target)
    t = h if late or mean == 0.0 else min((target - x) / mean, h)
    for _ in range(_MAX_ITERATIONS):
        xt, vt = flow(motion, x, v, l2, t)
        if vt == 0.0:
            break
        change = (xt - target) / vt
        t = min(max(t - change, 0.0), h)
        if abs(change) <= 1e-6 * h:
            break
    return t


@kernel
def crossing(
    motion: Motion, lo: float, hi: float, x: float, v: float, l2: float, x1: float, v1: float
) -> tuple[int, bool]:
    """Which end of [lo, hi) a path from (x, v) to (x1, v1) crosses first: (-1, 0 or +1; after a turning point?)."""
    if v > 0.0:
        if x1 >= hi or (v1 <= 0.0 and turning(motion, x, v, l2) >= hi):
            return 1, False
        if x1 < lo and v1 < 0.0:
            return -1, True
    else:
        if x1 < lo or (v1 > 0.0 and turning(motion, x, v, l2) < lo):
            return -1, False
        if x1 >= hi and v1 > 0.0:
            return 1, True
    return 0, False


@kernel
def advance(
    motion: Motion, runs: Runs, run: int, x: float, v: float, l2: float, fraction: float, x1: float, v1: float
) -> tuple[int, int, float, float, float, float]:
    """Move a particle by ``fraction`` of its local step; at a face where the step changes the rest uses the new step.

    (x1, v1): the state after ``fraction`` of the first run's step, as ``flow`` gives it. Returns (code, run, position,
    normal speed, fraction left, int dt/r^2); the code says whether the move ended (``REACHED``) or met the inner or
    outer boundary with part of the step left.
    """
    last = runs.dt.size - 1
    swept = 0.0
    for _ in range(_MAX_SEGMENTS):
        direction, late = crossing(motion, runs.edge[run], runs.edge[run + 1], x, v, l2, x1, v1)
        if direction == 0:
            swept += sweep(motion, x, v, l2, fraction * runs.dt[run], x1)
            return REACHED, run, x1, v1, 0.0, swept
        target = runs.edge[run + 1] if direction > 0 else runs.edge[run]
        v_target = direction * np.sqrt(max(speed_squared(motion, x, v, l2, target), 0.0))
        t = time_to(motion, x, v, l2, target, v_target, fraction * runs.dt[run], late)
        swept += sweep(motion, x, v, l2, t, target)
        fraction = max(fraction - t / runs.dt[run], 0.0)
        x = target
        v = v_target
        if run + direction < 0:
            return LEFT_INNER, run, x, v, fraction, swept
        if run + direction > last:
            return LEFT_OUTER, run, x, v, fraction, swept
        run += direction
        x1, v1 = flow(motion, x, v, l2, fraction * runs.dt[run])
    return LOST, run, x, v, fraction, swept


@kernel
def _push_radial(x, y, moved, a, b, mu, h, lo, hi, at_face):
    r, v, t1, t2 = x[R, a:b], x[VN, a:b], x[VT1, a:b], x[VT2, a:b]
    r_new, v_new, t1_new, t2_new = y[R, a:b], y[VN, a:b], y[VT1, a:b], y[VT2, a:b]
    out = moved[a:b]
    for i in range(r.size):
        r0 = r[i]
        v0 = v[i]
        u1 = t1[i]
        u2 = t2[i]
        q, w = radial_flow(r0, v0, (u1 * u1 + u2 * u2) * r0 * r0, mu, h)
        scale = r0 / q
        r_new[i] = q
        v_new[i] = w
        t1_new[i] = u1 * scale
        t2_new[i] = u2 * scale
        out[i] = (q < lo) | (q >= hi) | (at_face & (v0 * w <= 0.0))


@kernel
def _push_placed(x, y, moved, a, b, mu, h, lo, hi, at_face, walls):
    """As ``_push_radial``, with the direction; who leaves the patch, or sweeps too large an angle (its direction then
    lies in no patch), is flagged too.
    """
    r, v, t1, t2 = x[R, a:b], x[VN, a:b], x[VT1, a:b], x[VT2, a:b]
    d1, d2, d3 = x[DX, a:b], x[DY, a:b], x[DZ, a:b]
    r_new, v_new, t1_new, t2_new = y[R, a:b], y[VN, a:b], y[VT1, a:b], y[VT2, a:b]
    d1_new, d2_new, d3_new = y[DX, a:b], y[DY, a:b], y[DZ, a:b]
    out = moved[a:b]
    for i in range(r.size):
        r0 = r[i]
        v0 = v[i]
        u1 = t1[i]
        u2 = t2[i]
        l2 = (u1 * u1 + u2 * u2) * r0 * r0
        q, w = radial_flow(r0, v0, l2, mu, h)
        swept = sweep_of_step(r0, q, v0, l2, mu, h)
        c1, c2, c3, u1, u2, small = turn(d1[i], d2[i], d3[i], u1, u2, swept)
        scale = r0 / q
        r_new[i] = q
        v_new[i] = w
        t1_new[i] = u1 * scale
        t2_new[i] = u2 * scale
        d1_new[i] = c1
        d2_new[i] = c2
        c3 = c3 if small else NOWHERE
        d3_new[i] = c3
        out[i] = (q < lo) | (q >= hi) | (at_face & (v0 * w <= 0.0)) | (not inside(walls, c1, c2, c3))


@kernel
def _push_planar(x, y, moved, a, b, g, h, lo, hi, at_face):
    r, v, t1, t2 = x[R, a:b], x[VN, a:b], x[VT1, a:b], x[VT2, a:b]
    r_new, v_new, t1_new, t2_new = y[R, a:b], y[VN, a:b], y[VT1, a:b], y[VT2, a:b]
    out = moved[a:b]
    for i in range(r.size):
        v0 = v[i]
        q, w = planar_flow(r[i], v0, g, h)
        r_new[i] = q
        v_new[i] = w
        t1_new[i] = t1[i]
        t2_new[i] = t2[i]
        out[i] = (q < lo) | (q >= hi) | (at_face & (v0 * w <= 0.0))


@kernel
def push(motion, x, y, moved, start, species, cells):
    """Move every particle by its cell's whole step, from columns ``x`` to columns ``y`` (both [ncol, capacity]).

    ``start`` [ncell*species+1]: first particle of each group; cells: lo, hi, dt, at_face and walls of the owned cells.
    ``moved`` is set where the particle left its cell, or turned round in a cell that touches a face where the step
    changes; those are resolved exactly from ``x`` afterwards. Columns that do not move are copied.
    """
    lo, hi, dt, at_face = cells.lo, cells.hi, cells.dt, cells.at_face
    placed = x.shape[0] >= PLACED
    for c in range(lo.size):
        a = start[c * species]
        b = start[(c + 1) * species]
        if placed:
            _push_placed(x, y, moved, a, b, motion.p, dt[c], lo[c], hi[c], at_face[c], walls_at(cells.wall, c))
        elif motion.kind == RADIAL:
            _push_radial(x, y, moved, a, b, motion.p, dt[c], lo[c], hi[c], at_face[c])
        else:
            _push_planar(x, y, moved, a, b, motion.p, dt[c], lo[c], hi[c], at_face[c])
    n = start[start.size - 1]
    for k in range(SPIN, min(x.shape[0], DX)):
        for i in range(n):
            y[k, i] = x[k, i]
