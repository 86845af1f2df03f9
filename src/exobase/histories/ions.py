"""Ions of a history: their way through electric and magnetic fields, step by step.

A step drifts half its time, is turned and pushed by fields and gravity at its middle (Boris 1970; see
:mod:`exobase.fields.boris`), and drifts the other half. It is so short that the ion turns by at most ``turn``, moves
by at most ``part`` of the distance over which the fields change, and stays where the bounds of the background hold.
Candidate collisions are those of neutrals: see :mod:`exobase.histories.follow`. The speed in a step is bounded by what
the electric field at its middle can add, which is known before the candidates are drawn.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.collisions.background import candidate_rates, interval
from exobase.fields.acceleration import acceleration
from exobase.fields.boris import boris_exact
from exobase.fields.plasma import Plasma, field_at, field_scale, flow_at
from exobase.histories.endings import end, escape, score_residence
from exobase.histories.meet import next_candidate, strike
from exobase.histories.world import Status
from exobase.jit import part
from exobase.rng import GOLDEN, mix, unit
from exobase.tallies.scores import DOWN, STEPS, UP, Fate, cell_of, cross

_FINE, _STUCK, _NAN, _FIELD = (
    int(Status.FINE), int(Status.STUCK), int(Status.NOT_FINITE), int(Status.NO_FIELD)
)  # fmt: skip
_ABSORBED, _THERMALISED, _GIVEN = int(Fate.ABSORBED), int(Fate.THERMALISED), int(Fate.FIELD)
_MAX_STEPS = 10_000_000
_PART_OF_RADIUS = 0.1
_PART_OF_FALL = 0.05  # of sqrt(r^3/GM)
_SHORTENED = 3
_TINY = 1e-30


class Ions(NamedTuple):
    """What ions need to know, beside the :class:`exobase.histories.world.World`.

    plasma: the fields; q_over_m [followed] C/kg, 0 for neutrals; far [m]: beyond it an ion has escaped; turn [rad]:
    largest angle of gyration in a step; part: largest step in units of the distance over which the fields change.
    cube_half [m]: half the side of the cube of the three-dimensional tallies; ring_speed [m/s]: largest velocity of the
    tally of velocities relative to the solar wind, taken between the radii ring_low and ring_high [m].
    ionise, value: rows of the sources that make ions, see :mod:`exobase.histories.ionise`; within [sources, parts, 6]:
    boundaries in which electrons ionise more (:class:`exobase.fields.conics.Surface`); ln_energy, sigma: their cross
    sections.
    """

    plasma: Plasma
    q_over_m: np.ndarray
    far: float
    turn: float
    part: float
    cube_half: float
    ring_speed: float
    ring_low: float
    ring_high: float
    ionise: np.ndarray
    value: np.ndarray
    within: np.ndarray
    ln_energy: np.ndarray
    sigma: np.ndarray


@part
def follow_ion(world, ions, scores, bank, scratch, s, process, birth, state):
    """Follow the ion in ``scratch.q`` to its end, or until it becomes a neutral (which is banked). Returns a status."""
    air, q = world.air, scratch.q
    mass, charge = world.mass[s], ions.q_over_m[s]
    r = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    v2 = q[3] * q[3] + q[4] * q[4] + q[5] * q[5]
    surface = cell_of(world.grids.surfaces, r) + 1
    failed, e1, e2, e3, b1, b2, b3 = field_at(ions.plasma, q[0], q[1], q[2])
    if failed != 0:
        return _FIELD
    push = push_of(world, charge, r, e1, e2, e3)
    for _ in range(_MAX_STEPS):
        if r >= ions.far:
            escape(world, scores, q, s, process, birth, r, v2)
            return _FINE
        speed = np.sqrt(v2)
        k = interval(air, r)
        collides = r < air.top
        dt, reach = step_length(world, ions, charge, q, r, push, b1, b2, b3)
        if collides:
            dt = min(dt, air.reach[k] / (speed + np.sqrt(2.0 * push * air.reach[k])))
        failed, dt, push, e1, e2, e3, b1, b2, b3 = field_ahead(world, ions, charge, q, r, reach, dt)
        if failed != 0:
            return _FIELD
        sum_rates = 0.0
        if collides:
            sum_rates = candidate_rates(air, world.scattering, s, k, 1.001 * speed + 1.1 * push * dt, scratch.rates)
        state, hit, dt = next_candidate(sum_rates, dt, state)
        scores.work[STEPS] += 1.0
        start, before = r, v2
        o1, o2, o3, o4, o5, o6 = q[0], q[1], q[2], q[3], q[4], q[5]
        state, p1, p2, p3 = _step(world, charge, q, e1, e2, e3, b1, b2, b3, dt, state)
        r = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
        v2 = q[3] * q[3] + q[4] * q[4] + q[5] * q[5]
        if not r > 0.0 or not v2 >= 0.0:
            return _NAN
        if r >= ions.far or r < world.r_inner:
            level = ions.far if r >= ions.far else world.r_inner
            r, v2 = _back_to(q, o1, o2, o3, o4, o5, o6, start, before, r, v2, level)
        scores.energy[s, _GIVEN] += q[6] * mass * (0.5 * (v2 - before) - world.gm * (1.0 / r - 1.0 / start))
        stay = q[6] * dt
        _score_step(world, ions, scores, s, process, q, r, p1, p2, p3, b1, b2, b3, stay)
        surface = _cross_surfaces(world, scores, q, s, start, before, r, v2, surface)
        if r <= world.r_inner:
            end(world, scores, q, s, r, v2, _ABSORBED)
            return _FINE
        if hit and r < air.top:
            state, status, _, ended, v2 = strike(
                world, scores, bank, scratch, sum_rates, s, process, birth, r, v2, state
            )
            if status != _FINE or ended:
                return status
    return _STUCK


@part
def _step(world, charge, q, e1, e2, e3, b1, b2, b3, dt, state):
    """Move an ion for the time dt [s] in the fields of its middle. Returns the stream and a random place on the way."""
    h = 0.5 * dt
    x, y, z = q[0] + h * q[3], q[1] + h * q[4], q[2] + h * q[5]
    a1, a2, a3 = acceleration(x, y, z, world.gm, 0.0, 0.0)
    v1, v2, v3 = boris_exact(e1, e2, e3, b1, b2, b3, a1, a2, a3, charge, dt, q[3], q[4], q[5])
    state += GOLDEN
    f = unit(mix(state))
    p1, p2, p3 = q[0] + f * h * (q[3] + v1), q[1] + f * h * (q[4] + v2), q[2] + f * h * (q[5] + v3)
    q[0], q[1], q[2] = x + h * v1, y + h * v2, z + h * v3
    q[3], q[4], q[5] = v1, v2, v3
    return state, p1, p2, p3


@part
def push_of(world, charge, r, e1, e2, e3):
    """Bound of the acceleration along the path [m s-2]: electric force and gravity; charge over mass [C/kg]."""
    return abs(charge) * np.sqrt(e1 * e1 + e2 * e2 + e3 * e3) + world.gm / (r * r)


@part
def step_length(world, ions, charge, q, r, push, b1, b2, b3):
    """Time of the next step [s], from the fields of the last one; and how far it may lead [m]."""
    speed = np.sqrt(q[3] * q[3] + q[4] * q[4] + q[5] * q[5])
    omega = abs(charge) * np.sqrt(b1 * b1 + b2 * b2 + b3 * b3)
    reach = min(ions.part * field_scale(ions.plasma, q[0], q[1], q[2]), _PART_OF_RADIUS * r)
    dt = min(reach / (speed + np.sqrt(push * reach) + _TINY), ions.turn / (omega + _TINY))
    return min(dt, _PART_OF_FALL * np.sqrt(r * r * r / (world.gm + _TINY))), reach


@part
def field_ahead(world, ions, charge, q, r, reach, dt):
    """Fields at the middle of a step: whether known (0), time of the step [s], bound of the acceleration, E, B.

    A step that leads into much stronger fields, as over the edge of an obstacle, is shortened to what suits them.
    """
    speed = np.sqrt(q[3] * q[3] + q[4] * q[4] + q[5] * q[5])
    failed, push, e1, e2, e3, b1, b2, b3 = 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for _ in range(_SHORTENED):
        h = 0.5 * dt
        failed, e1, e2, e3, b1, b2, b3 = field_at(ions.plasma, q[0] + h * q[3], q[1] + h * q[4], q[2] + h * q[5])
        push = push_of(world, charge, r, e1, e2, e3)
        omega = abs(charge) * np.sqrt(b1 * b1 + b2 * b2 + b3 * b3)
        fit = min(reach / (speed + np.sqrt(push * reach) + _TINY), ions.turn / (omega + _TINY))
        if dt <= 2.0 * fit or failed != 0:
            break
        dt = fit
    return failed, dt, push, e1, e2, e3, b1, b2, b3


@part
def _back_to(q, o1, o2, o3, o4, o5, o6, start, before, r, v2, level):
    """Set an ion back to where its last step, from o and the radius ``start``, left the domain; its radius and speed^2.

    Place and direction are linear in the step, the energy is linear in the radius: exact for a constant force along it.
    """
    f = min(max((level - start) / (r - start), 0.0), 1.0)
    energy = before + f * (v2 - before)
    q[0], q[1], q[2] = o1 + f * (q[0] - o1), o2 + f * (q[1] - o2), o3 + f * (q[2] - o3)
    q[3], q[4], q[5] = o4 + f * (q[3] - o4), o5 + f * (q[4] - o5), o6 + f * (q[5] - o6)
    stretch = level / (np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2]) + _TINY)
    q[0], q[1], q[2] = stretch * q[0], stretch * q[1], stretch * q[2]
    length = np.sqrt(q[3] * q[3] + q[4] * q[4] + q[5] * q[5])
    stretch = np.sqrt(energy) / (length + _TINY)
    q[3], q[4], q[5] = stretch * q[3], stretch * q[4], stretch * q[5]
    return level, energy


@part
def _cross_surfaces(world, scores, q, s, start, before, r, v2, surface):
    """Score the surfaces passed in a step; returns the number of surfaces below.

    The direction is that at the end of the step, which began at the radius ``start`` with the squared speed ``before``;
    the energy is linear in the radius between.
    """
    surfaces = world.grids.surfaces
    if (surface == surfaces.size or r < surfaces[surface]) and (surface == 0 or r >= surfaces[surface - 1]):
        return surface
    half = 0.5 * world.mass[s]
    slope = (v2 - before) / (r - start) if r != start else 0.0
    cosine = (q[0] * q[3] + q[1] * q[4] + q[2] * q[5]) / (r * np.sqrt(v2) + _TINY)
    while surface < surfaces.size and r >= surfaces[surface]:
        energy = half * (before + slope * (surfaces[surface] - start))
        cross(scores, world.grids.energies, s, surface, UP, q[6], energy, cosine)
        surface += 1
    while surface > 0 and r < surfaces[surface - 1]:
        surface -= 1
        energy = half * (before + slope * (surfaces[surface] - start))
        cross(scores, world.grids.energies, s, surface, DOWN, q[6], energy, cosine)
    return surface


@part
def _score_step(world, ions, scores, s, process, q, r, x, y, z, b1, b2, b3, stay):
    """Score weight times time of a step: at a point on it in shells, maps and cube; at its end in the ring."""
    score_residence(world, scores, s, process, x, y, z, stay)
    if scores.cube.shape[1] > 0:
        _score_cube(ions, scores, s, x, y, z, q[3], q[4], q[5], stay)
    if scores.ring.shape[1] > 0 and ions.ring_low <= r < ions.ring_high:
        _score_ring(ions, scores, s, q, b1, b2, b3, stay)


@part
def _score_cube(ions, scores, s, x, y, z, vx, vy, vz, stay):
    """Score weight times time, and its products with the velocity, in the cell of the cube that holds a point."""
    n = scores.cube.shape[1]
    per = 0.5 * n / ions.cube_half
    i, j, k = np.floor(x * per + 0.5 * n), np.floor(y * per + 0.5 * n), np.floor(z * per + 0.5 * n)
    if 0.0 <= i < n and 0.0 <= j < n and 0.0 <= k < n:
        cell = scores.cube[s, int(i), int(j), int(k)]
        cell[0] += stay
        cell[1] += stay * vx
        cell[2] += stay * vy
        cell[3] += stay * vz


@part
def _score_ring(ions, scores, s, q, b1, b2, b3, stay):
    """Score weight times time by the velocity in the frame of the solar wind, across and along its field."""
    n, u1, u2, u3 = flow_at(ions.plasma, q[0], q[1], q[2])
    b = np.sqrt(b1 * b1 + b2 * b2 + b3 * b3)
    if n <= 0.0 or b <= 0.0:
        return
    w1, w2, w3 = q[3] - u1, q[4] - u2, q[5] - u3
    along = (w1 * b1 + w2 * b2 + w3 * b3) / b
    across = np.sqrt(max(w1 * w1 + w2 * w2 + w3 * w3 - along * along, 0.0))
    cells = scores.ring.shape[1]
    i = int(across / ions.ring_speed * cells)
    j = int(np.floor(along / ions.ring_speed * cells)) + cells
    if i < cells and 0 <= j < 2 * cells:
        scores.ring[s, i, j] += stay
