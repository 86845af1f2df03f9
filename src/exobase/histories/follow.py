"""Histories: every particle from birth to its end, with all that it sets free.

A step drifts half its time, turns the velocity by gravity (and tide, radiation pressure), and drifts the other half;
the speed is then restored from the conserved energy where gravity alone acts. It is at most so long that the particle
stays where the bounds of the background hold (a part of the scale height), and ends early at the next candidate
collision, whose time is exponential with the rate of candidates. Above the top of the background flights are Kepler
arcs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.collisions.background import candidate_rates, interval
from exobase.fields.acceleration import acceleration
from exobase.histories.coast import ARC_DRAWS, BACK, ENDED, coast
from exobase.histories.endings import end, escape, leave_heat, score_residence
from exobase.histories.ionise import CODE, EVERYWHERE, FAST, fast_neutral, ionisation
from exobase.histories.ions import follow_ion
from exobase.histories.meet import next_candidate, slow_down, strike
from exobase.histories.world import Status, importance_level
from exobase.jit import borrowed, kernel, part
from exobase.particles.bank import deposit
from exobase.rng import GOLDEN, cell_key, mix, slot_key, unit
from exobase.sources.births import give_birth
from exobase.tallies.scores import DOWN, HISTORIES, STEPS, UP, Fate, book, cell_of, cross

_FINE, _FULL, _STUCK, _NAN = int(Status.FINE), int(Status.BANK_FULL), int(Status.STUCK), int(Status.NOT_FINITE)
_BORN, _SPLIT, _ROULETTE = int(Fate.BORN), int(Fate.SPLIT), int(Fate.ROULETTE)
_ABSORBED, _THERMALISED, _LOST = int(Fate.ABSORBED), int(Fate.THERMALISED), int(Fate.LOST)
_MAX_STEPS = 10_000_000
_ARC_DRAWS = mix(np.uint64(ARC_DRAWS))
_TURN = 0.02


class Scratch(NamedTuple):
    """Working arrays of a history: particle [7], recoil [3], candidate rates [partners]."""

    q: np.ndarray
    recoil: np.ndarray
    rates: np.ndarray


def new_scratch(partners: int) -> Scratch:
    """Working arrays."""
    return Scratch(np.zeros(7), np.zeros(3), np.zeros(partners))


@kernel
def run_histories(world, ions, births, scores, bank, scratch, base, first, number, source, weight):
    """Follow histories ``first`` to ``first + number`` - 1 of one source, each of weight ``weight`` [s-1].

    ions: None where nothing that is followed is charged and no solar wind ionises: compiled without them.
    base: key of the seed. Returns the status and the history and species it concerns.
    """
    world, births, scores = borrowed(world), borrowed(births), borrowed(scores)
    bank, scratch = borrowed(bank), borrowed(scratch)
    for h in range(first, first + number):
        key = cell_key(base, h)
        bank.waiting[0] = 0
        bank.lineages[0] = 1
        state, status = give_birth(births, source, weight, slot_key(key, 0), bank)
        if ions is not None:
            status = _ionise(borrowed(ions), bank, source, state, status)
        if status != _FINE:
            return status, h, -1
        scores.work[HISTORIES] += 1.0
        born = bank.waiting[0]
        if ions is not None:
            scores.emitted[source] += bank.x[0, 6] if born > 0 else 0.0
        for i in range(born):
            _enter(world, scores, bank, i, 2 * source)
        while bank.waiting[0] > 0:
            i = bank.waiting[0] - 1
            bank.waiting[0] = i
            for j in range(7):
                scratch.q[j] = bank.x[i, j]
            s, process, lineage, birth = bank.kind[i, 0], bank.kind[i, 1], bank.kind[i, 2], bank.kind[i, 3]
            state = slot_key(key, lineage)
            charged = False
            if ions is not None:
                charged = ions.q_over_m[s] != 0.0
                if charged:
                    status = follow_ion(world, borrowed(ions), scores, bank, scratch, s, process, birth, state)
            if not charged:
                status = _follow(world, scores, bank, scratch, s, process, birth, lineage <= born, state)
            if status != _FINE:
                return status, h, s
    return _FINE, -1, -1


@part
def _ionise(ions, bank, source, state, status):
    """Weigh a new ion with the local frequency of its source, and bank the fast neutral made with it. Status."""
    if status != _FINE or ions.ionise[source, CODE] == EVERYWHERE:
        return status
    x = bank.x[0]
    x[6] *= ionisation(ions, source, x[0], x[1], x[2])
    if x[6] <= 0.0:
        bank.waiting[0] = 0
        return _FINE
    if ions.ionise[source, FAST] < 0:
        return _FINE
    _, stored = fast_neutral(ions, bank, source, 0, state)
    return _FINE if stored else _FULL


@part
def _enter(world, scores, bank, i, process):
    """Book a born particle, and find its cell in the table of births."""
    x = bank.x[i]
    s = bank.kind[i, 0]
    bank.kind[i, 1] = process
    r = np.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    energy = 0.5 * world.mass[s] * (x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    book(scores, s, _BORN, x[6], energy - world.mass[s] * world.gm / r)
    shell = cell_of(world.grids.birth_edges, r)
    cells = scores.births.shape[2]
    bank.kind[i, 3] = -1
    if 0 <= shell < world.grids.birth_edges.size - 1:
        cell = max(cell_of(world.grids.energies, energy), 0)
        scores.births[s, shell, cell] += x[6]
        bank.kind[i, 3] = (s * scores.births.shape[1] + shell) * cells + cell


@part
def _follow(world, scores, bank, scratch, s, process, birth, new, state):  # noqa: C901
    """Follow the particle in ``scratch.q`` to its end. Returns a status.

    new: whether a source has just set it free. Only then may it be below the threshold: recoils are banked above it,
    and a copy, like the particle it is a copy of, is thermalised by collisions, not by the way uphill.
    """
    air, q, rates = world.air, scratch.q, scratch.rates
    mass, threshold = world.mass[s], world.threshold[s]
    splits = world.importance.factor > 1
    known, fast, sum_rates = -1, 0.0, 0.0
    r = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    surface = cell_of(world.grids.surfaces, r) + 1
    v2 = q[3] * q[3] + q[4] * q[4] + q[5] * q[5]
    level = importance_level(world.importance, r, 0.5 * mass * v2) if splits else 0
    if new and 0.5 * mass * v2 < threshold:
        end(world, scores, q, s, r, v2, _THERMALISED)
        return _FINE
    for _ in range(_MAX_STEPS):
        if r >= world.far:
            escape(world, scores, q, s, process, birth, r, v2)
            return _FINE
        if r >= air.top and not world.stepped:
            outcome, surface = coast(world, scores, q, s, process, birth, surface, state)
            if outcome != BACK:
                return _FINE if outcome == ENDED else _NAN
            state += _ARC_DRAWS
            r = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
            v2 = q[3] * q[3] + q[4] * q[4] + q[5] * q[5]
            known = -1
        speed = np.sqrt(v2)
        k = interval(air, r)
        # Back from an arc the particle is at the top, to round-off: below it.
        collides = r < air.top or not world.stepped
        dt, gain = _pace(world, s, r, speed, k, collides)
        if collides and (k != known or speed + gain > fast):
            known, fast = k, 1.05 * speed + gain
            sum_rates = candidate_rates(air, world.scattering, s, k, fast, rates)
        state, hit, dt = next_candidate(sum_rates if collides else 0.0, dt, state)
        scores.work[STEPS] += 1.0
        state, lost = _step(world, scores, q, s, process, r, v2, dt, state)
        if lost > 0.0:
            book(scores, s, _LOST, lost, 0.5 * mass * v2 - mass * world.gm / r)
            scores.counts[s, _LOST] -= 1.0
        start, r = r, np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
        v2 = q[3] * q[3] + q[4] * q[4] + q[5] * q[5]
        if not r > 0.0 or not v2 >= 0.0:
            return _NAN
        surface = _cross_surfaces(world, scores, q, s, r, v2, surface)
        if world.stopping and collides:
            v2 = _brake(world, scores, q, s, start, r, speed * dt, v2)
        if r < world.r_inner:
            end(world, scores, q, s, r, v2, _ABSORBED)
            return _FINE
        if world.stopping and collides and 0.5 * mass * v2 < threshold:
            end(world, scores, q, s, r, v2, _THERMALISED)
            return _FINE
        if hit and r < air.top:
            state, status, done, ended, v2 = strike(
                world, scores, bank, scratch, sum_rates, s, process, birth, r, v2, state
            )
            if status != _FINE or ended:
                return status
            known = -1 if done else known
        if splits:
            state, level, status = _split(world, scores, bank, q, s, process, birth, r, v2, level, state)
            if status != _FINE or level < 0:
                return status
    return _STUCK


@part
def _pace(world, s, r, speed, k, collides):
    """Time of the next step [s] at r, in interval k of the background, and the speed that forces may add in it."""
    air = world.air
    g = world.gm / (r * r) + world.push[s] + 2.0 * world.tide * r
    # From beyond the top no farther in than the bounds of the uppermost interval hold, and hardly past the end.
    reach = air.reach[k] if collides else min(_TURN * r, r - air.top + air.reach[k], world.far - r + 1e-5 * r)
    # v dt + g dt2/2 <= reach for this dt, also where v = 0.
    fall = np.sqrt(g * reach)
    dt = min(reach / (speed + fall + 1e-30), _TURN * r / (speed + 1e-30))
    return dt, g * dt


@part
def _step(world, scores, q, s, process, r, v2, dt, state):
    """Move the particle for the time dt and score its residence at a random moment of it. Returns the weight lost."""
    h = 0.5 * dt
    x, y, z = q[0] + h * q[3], q[1] + h * q[4], q[2] + h * q[5]
    a1, a2, a3 = acceleration(x, y, z, world.gm, world.tide, world.push[s])
    state += GOLDEN
    t = dt * unit(mix(state))
    p1 = q[0] + t * (q[3] + 0.5 * t * a1)
    p2 = q[1] + t * (q[4] + 0.5 * t * a2)
    p3 = q[2] + t * (q[5] + 0.5 * t * a3)
    v1, v2_, v3 = q[3] + dt * a1, q[4] + dt * a2, q[5] + dt * a3
    q[0], q[1], q[2] = x + h * v1, y + h * v2_, z + h * v3
    if not world.stepped:
        end = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
        aim = v2 + 2.0 * world.gm * (1.0 / end - 1.0 / r)
        have = v1 * v1 + v2_ * v2_ + v3 * v3
        if aim > 0.0 and have > 0.0:
            scale = np.sqrt(aim / have)
            v1 *= scale
            v2_ *= scale
            v3 *= scale
    q[3], q[4], q[5] = v1, v2_, v3
    lost = 0.0
    stay = q[6] * dt
    if world.loss[s] > 0.0:
        lost = -q[6] * np.expm1(-world.loss[s] * dt)
        stay = lost / world.loss[s]
        q[6] -= lost
    score_residence(world, scores, s, process, p1, p2, p3, stay)
    return state, lost


@part
def _cross_surfaces(world, scores, q, s, r, v2, surface):
    """Score the surfaces passed in a step; ``surface`` is the number of surfaces below the particle."""
    surfaces = world.grids.surfaces
    if (surface == surfaces.size or r < surfaces[surface]) and (surface == 0 or r >= surfaces[surface - 1]):
        return surface
    while surface < surfaces.size and r >= surfaces[surface]:
        energy, cosine = _at_surface(world, q, s, r, v2, surfaces[surface])
        cross(scores, world.grids.energies, s, surface, UP, q[6], energy, cosine)
        surface += 1
    while surface > 0 and r < surfaces[surface - 1]:
        surface -= 1
        energy, cosine = _at_surface(world, q, s, r, v2, surfaces[surface])
        cross(scores, world.grids.energies, s, surface, DOWN, q[6], energy, cosine)
    return surface


@part
def _at_surface(world, q, s, r, v2, there):
    """Kinetic energy and cosine to the vertical at a radius passed since, from energy and angular momentum.

    They are conserved in gravity alone; tide and radiation pressure do little in a step.
    """
    radial = q[0] * q[3] + q[1] * q[4] + q[2] * q[5]
    across = max(r * r * v2 - radial * radial, 0.0)
    square = max(v2 + 2.0 * world.gm * (1.0 / there - 1.0 / r), 1e-300)
    return 0.5 * world.mass[s] * square, np.sqrt(max(1.0 - across / (there * there * square), 0.0))


@part
def _brake(world, scores, q, s, start, r, path, v2):
    """Stopping by electrons on a step of length ``path`` [m] from start to r; what is below the floor does not count.

    Returns v2 after it.
    """
    low = max(r, world.r_inner)
    middle = 0.5 * (start + low)
    inside = path * ((start - low) / (start - r) if r < low else 1.0)
    heat = slow_down(world, q, s, interval(world.air, middle), middle, v2, inside)
    leave_heat(world, scores, q, middle, heat)
    return q[3] * q[3] + q[4] * q[4] + q[5] * q[5]


@part
def _split(world, scores, bank, q, s, process, birth, r, v2, level, state):
    """Copies of a particle whose importance has risen, roulette where it has fallen (the level is then -1 if it lost).

    Copies share its weight exactly; the survivors of roulette gain on average what the others lose.
    """
    mass = world.mass[s]
    kinetic = 0.5 * mass * v2
    now = importance_level(world.importance, r, kinetic)
    if now == level:
        return state, level, _FINE
    total = kinetic - mass * world.gm / r
    if now > level:
        copies = world.importance.factor ** (now - level)
        q[6] /= copies
        for _ in range(copies - 1):
            if not deposit(bank, s, process, birth, q[0], q[1], q[2], q[3], q[4], q[5], q[6]):
                return state, now, _FULL
            scores.counts[s, _SPLIT] += 1.0
        return state, now, _FINE
    chance = 1.0 / float(world.importance.factor ** (level - now))
    state += GOLDEN
    if unit(mix(state)) < chance:
        gain = q[6] / chance - q[6]
        scores.weight[s, _SPLIT] += gain
        scores.energy[s, _SPLIT] += gain * total
        q[6] += gain
        return state, now, _FINE
    book(scores, s, _ROULETTE, q[6], total)
    return state, -1, _FINE
