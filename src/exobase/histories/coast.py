"""Flights beyond all collisions: Kepler arcs, scored without steps."""

from __future__ import annotations

import math

import numpy as np

from exobase.geometry.arcs import RETURNS, arc, hop_times, radial_moment, return_state, shell_times, state_at_time
from exobase.geometry.arcs import time_at as time_since_periapsis
from exobase.histories.endings import escape, score_map
from exobase.jit import part
from exobase.rng import GOLDEN, mix, unit
from exobase.tallies.scores import ARCS, DOWN, UP, Fate, book, cross

BACK, ENDED, BROKEN = 0, 1, -1
_TRAPPED, _LOST = int(Fate.TRAPPED), int(Fate.LOST)
ARC_DRAWS = 16
_MAP_POINTS = ARC_DRAWS


@part
def coast(world, scores, q, s, process, birth, surface, state):
    """Flight of the particle ``q`` from at or above the top of the background until it is back there, or for good.

    Returns BACK (q is then at the top, inward), ENDED or BROKEN (not finite), and the number of surfaces below it.
    """
    scores.work[ARCS] += 1.0
    top, gm = world.air.top, world.gm
    r = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    v2 = q[3] * q[3] + q[4] * q[4] + q[5] * q[5]
    radial = q[0] * q[3] + q[1] * q[4] + q[2] * q[5]
    l2 = max(r * r * v2 - radial * radial, 0.0)
    energy = 0.5 * v2 - gm / r
    if not math.isfinite(energy):
        return BROKEN, surface
    x, y, z, vx, vy, vz, elapsed, outcome = return_state(q[0], q[1], q[2], q[3], q[4], q[5], top, gm)
    orbit = arc(energy, l2, gm)
    leaves = orbit.apoapsis >= world.far
    returns = outcome == RETURNS and not (leaves and radial >= 0.0)
    before = q[6]
    residence, edges, loss = scores.residence[s, process], world.grids.edges, world.loss[s]
    if returns and radial >= 0.0:
        left, _ = hop_times(edges, r, top, energy, l2, gm, loss, before, residence)
    elif returns:
        left, _ = shell_times(edges, r, top, energy, l2, gm, loss, before, residence)
    elif leaves and radial >= 0.0:
        left, elapsed = shell_times(edges, r, world.far, energy, l2, gm, loss, before, residence)
    elif leaves:
        left, down = shell_times(edges, r, orbit.q, energy, l2, gm, loss, before, residence)
        left, up = shell_times(edges, orbit.q, world.far, energy, l2, gm, loss, left, residence)
        elapsed = down + up
    else:
        book(scores, s, _TRAPPED, before, world.mass[s] * energy)
        return ENDED, surface
    surface = _arc_surfaces(world, scores, s, orbit, energy, r, radial, returns, before, surface)
    if scores.zenith.shape[2] + scores.sphere.shape[2] > 0:
        _arc_maps(world, scores, q, s, orbit, energy, l2, r, radial, elapsed, state)
    if left < before:
        book(scores, s, _LOST, before - left, world.mass[s] * energy)
        scores.counts[s, _LOST] -= 1.0
    q[6] = left
    if not returns:
        escape(world, scores, q, s, process, birth, r, v2)
        return ENDED, surface
    q[0], q[1], q[2], q[3], q[4], q[5] = x, y, z, vx, vy, vz
    return BACK, surface


@part
def _arc_surfaces(world, scores, s, orbit, energy, r, radial, returns, weight, surface):
    """Score the surfaces crossed on an arc that begins at r; returns the number of surfaces below its end.

    Outward: up to the apoapsis and, if it returns, down to the top. Inward: down to the top, or past the periapsis and
    up again. Times count from the periapsis: negative on the way in, and on past the apoapsis.
    """
    surfaces, mass, gm, loss = world.grids.surfaces, world.mass[s], world.gm, world.loss[s]
    start, whole = 0.0, 0.0
    if loss > 0.0:
        start = time_since_periapsis(orbit, r) * (1.0 if radial >= 0.0 else -1.0)
        if radial >= 0.0 and orbit.apoapsis < math.inf:
            whole = 2.0 * time_since_periapsis(orbit, orbit.apoapsis)
    highest = min(orbit.apoapsis, world.far)
    lowest = world.air.top if returns else orbit.q
    reached = surface
    for leg in range(3):
        if leg == 1:
            while (returns or radial < 0.0) and reached > 0 and surfaces[reached - 1] > lowest:
                reached -= 1
                kept, v2, cosine = _passing(orbit, energy, gm, surfaces[reached], loss, -1.0, whole - start)
                cross(scores, world.grids.energies, s, reached, DOWN, weight * kept, 0.5 * mass * v2, cosine)
        elif radial >= 0.0 if leg == 0 else radial < 0.0 and not returns:
            while reached < surfaces.size and surfaces[reached] <= highest:
                kept, v2, cosine = _passing(orbit, energy, gm, surfaces[reached], loss, 1.0, -start)
                cross(scores, world.grids.energies, s, reached, UP, weight * kept, 0.5 * mass * v2, cosine)
                reached += 1
    return reached


@part
def _passing(orbit, energy, gm, r, loss, way, delay):
    """Part of the weight kept after way (+-1) times the time since periapsis at r plus delay [s]; v^2, cosine there."""
    v2 = max(2.0 * (energy + gm / r), 1e-300)
    cosine = radial_moment(orbit, r) / (r * np.sqrt(v2))
    kept = np.exp(-loss * (way * time_since_periapsis(orbit, r) + delay)) if loss > 0.0 else 1.0
    return kept, v2, cosine


@part
def _arc_maps(world, scores, q, s, orbit, energy, l2, r, radial, elapsed, state):
    """Score an arc of the duration ``elapsed`` in the maps, at random moments, one in each of equal parts of it."""
    if not 0.0 < elapsed < math.inf:
        return
    ux, uy, uz = q[0] / r, q[1] / r, q[2] / r
    speed = math.sqrt(l2) / r
    tx = ty = tz = 0.0
    if speed > 0.0:
        tx, ty, tz = (
            (q[3] - radial / r * ux) / speed,
            (q[4] - radial / r * uy) / speed,
            (q[5] - radial / r * uz) / speed,
        )
    start = time_since_periapsis(orbit, r)
    start = start if radial >= 0.0 else -start
    _, first = state_at_time(start, energy, l2, world.gm)
    part = elapsed / _MAP_POINTS
    for i in range(_MAP_POINTS):
        state += GOLDEN
        t = (i + unit(mix(state))) * part
        away, angle = state_at_time(start + t, energy, l2, world.gm)
        c, d = math.cos(angle - first), math.sin(angle - first)
        stay = q[6] * part * (math.exp(-world.loss[s] * t) if world.loss[s] > 0.0 else 1.0)
        score_map(world, scores, s, away * (c * ux + d * tx), away * (c * uy + d * ty), away * (c * uz + d * tz), stay)
