"""A candidate collision of a followed particle with the background."""

from __future__ import annotations

import numpy as np

from exobase.collisions.background import bulk_velocity, choose_partner, density, interval, thermal_velocity
from exobase.collisions.breakup import break_up
from exobase.collisions.scatter import turned
from exobase.constants import K_B
from exobase.cross_sections.lookup import ELASTIC, EXCHANGE
from exobase.cross_sections.scattering import deflection, electronic, in_range, total
from exobase.histories.endings import settle
from exobase.histories.world import Status
from exobase.jit import part
from exobase.particles.bank import deposit
from exobase.rng import GOLDEN, TWO_PI, mix, unit
from exobase.tallies.scores import CANDIDATES, COLLISIONS, EXCHANGES, INTERNAL, TO_RECOILS, Fate, book

_FINE, _RANGE, _MAJORANT, _FULL = (
    int(Status.FINE), int(Status.OUT_OF_RANGE), int(Status.MAJORANT), int(Status.BANK_FULL)
)  # fmt: skip
_RECOIL, _FORMED, _CONVERTED = int(Fate.RECOIL), int(Fate.FORMED), int(Fate.CONVERTED)
_SLACK = 1.0 + 1e-9


@part
def next_candidate(sum_rates, dt, state):
    """The stream, whether a candidate collision comes within the time dt [s], and the time until it does, at most dt.

    sum_rates [s-1]: rate of candidates.
    """
    if not sum_rates > 0.0:
        return state, False, dt
    state += GOLDEN
    wait = -np.log(unit(mix(state))) / sum_rates
    return state, wait < dt, min(dt, wait)


@part
def strike(world, scores, bank, scratch, sum_rates, s, process, birth, r, v2, state):
    """A candidate collision of the particle in ``scratch.q`` at r, and what follows from it.

    Returns the stream, the status, whether it was accepted, whether the particle has ended, and its squared speed.
    """
    scores.work[CANDIDATES] += 1.0
    q = scratch.q
    state, status, done, ended, heat = meet(
        world, scores, bank, q, scratch.recoil, scratch.rates, sum_rates, s, process, birth, state
    )
    if status == _FINE and done:
        ended, v2 = settle(world, scores, q, s, r, ended, heat)
    return state, status, done, ended, v2


@part
def meet(world, scores, bank, q, recoil, rates, sum_rates, s, process, birth, state):
    """One candidate: turns the velocity in ``q`` if it is accepted, and banks what it sets free.

    q [7]: position, velocity, weight; recoil [3]: scratch; rates [partners]: candidate rates. Returns the stream, the
    status, whether it was accepted, whether it ended the particle (which goes on as another species, from the bank),
    and the energy [J] left in the background.
    """
    air, tables = world.air, world.scattering
    x, y, z = q[0], q[1], q[2]
    r = np.sqrt(x * x + y * y + z * z)
    k = interval(air, r)
    state += GOLDEN
    b = choose_partner(rates, sum_rates, unit(mix(state)))
    t = tables.target[b]
    f = (r - air.r[k]) / (air.r[k + 1] - air.r[k])
    temperature = air.temperature[t, k] + f * (air.temperature[t, k + 1] - air.temperature[t, k])
    state, c1, c2, c3 = thermal_velocity(state, np.sqrt(2.0 * K_B * temperature / air.mass[t]))
    w1, w2, w3 = bulk_velocity(air, t, k, x, y, z, r)
    c1 += w1
    c2 += w2
    c3 += w3
    g1, g2, g3 = q[3] - c1, q[4] - c2, q[5] - c3
    g = np.sqrt(g1 * g1 + g2 * g2 + g3 * g3)
    mass, other = world.mass[s], tables.mass[b]
    reduced = mass * other / (mass + other)
    energy = 0.5 * reduced * g * g
    row = s * tables.target.size + b
    if not in_range(tables, row, energy):
        return state, _RANGE, False, False, 0.0
    rate = tables.number[b] * density(air, t, k, r) * total(tables, row, energy) * g
    if rate > rates[b] * _SLACK:
        return state, _MAJORANT, False, False, 0.0
    state += GOLDEN
    if unit(mix(state)) * rates[b] >= rate:
        return state, _FINE, False, False, 0.0
    scores.work[COLLISIONS] += 1.0
    if tables.outcome[row] != ELASTIC:
        status, heat = _react(world, scores, bank, q, row, b, c1, c2, c3, s, process, birth)
        return state, status, True, True, heat
    state += GOLDEN
    low = deflection(tables, row, energy, unit(mix(state)))
    state += GOLDEN
    sine = np.sqrt(max(low * (2.0 - low), 0.0))
    n1, n2, n3 = turned(g1, g2, g3, g, 1.0 - low, sine, TWO_PI * unit(mix(state)))
    before = 0.5 * mass * (q[3] * q[3] + q[4] * q[4] + q[5] * q[5])
    # Change of the relative velocity; written with g n - g it keeps small deflections accurate.
    h1, h2, h3 = g * n1 - g1, g * n2 - g2, g * n3 - g3
    share = other / (mass + other)
    q[3] += share * h1
    q[4] += share * h2
    q[5] += share * h3
    share = mass / (mass + other)
    recoil[0] = c1 - share * h1
    recoil[1] = c2 - share * h2
    recoil[2] = c3 - share * h3
    after = 0.5 * mass * (q[3] * q[3] + q[4] * q[4] + q[5] * q[5])
    status, banked = _FINE, 0.0
    if world.secondaries:
        status, banked = _release(world, scores, bank, q, recoil, b, c1, c2, c3, process, birth)
    return state, status, True, False, before - after - banked


@part
def _react(world, scores, bank, q, row, b, c1, c2, c3, s, process, birth):
    """Charge exchange or stripping: the particle ends and goes on as another species with its velocity.

    In an exchange the partner, with its velocity c, goes on as another species too. Kinetic energy changes by that of
    the electron that changes owner only, which the heat takes up; the difference of the ionisation energies is booked
    apart. Returns the status and the energy left in the background: less what the new particle took with it.
    """
    tables = world.scattering
    scores.work[EXCHANGES] += 1.0
    scores.exchange[INTERNAL] += q[6] * tables.defect[row]
    r = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    v2 = q[3] * q[3] + q[4] * q[4] + q[5] * q[5]
    book(scores, s, _CONVERTED, q[6], world.mass[s] * (0.5 * v2 - world.gm / r))
    new = tables.becomes[row]
    # What is slower than its threshold belongs to the background from here on.
    if new >= 0 and 0.5 * world.mass[new] * v2 >= world.threshold[new]:
        if not deposit(bank, new, process, birth, q[0], q[1], q[2], q[3], q[4], q[5], q[6]):
            return _FULL, 0.0
        book(scores, new, _FORMED, q[6], world.mass[new] * (0.5 * v2 - world.gm / r))
    if tables.outcome[row] != EXCHANGE:
        return _FINE, 0.0
    status, banked = _bank(world, scores, bank, q, tables.struck[b], c1, c2, c3, process, birth)
    return status, -banked


@part
def _release(world, scores, bank, q, recoil, b, c1, c2, c3, process, birth):
    """Bank the recoil of partner b (and the rest of its molecule). Returns the status and the energy banked [J]."""
    tables = world.scattering
    if tables.bond[b] <= 0.0:
        return _bank(world, scores, bank, q, tables.struck[b], recoil[0], recoil[1], recoil[2], process, birth)
    broken, a1, a2, a3, r1, r2, r3 = break_up(
        world.breakup, tables.mass[b], tables.whole_mass[b], tables.bond[b], c1, c2, c3, recoil[0], recoil[1], recoil[2]
    )
    if not broken:
        return _bank(world, scores, bank, q, tables.whole[b], r1, r2, r3, process, birth)
    status, atom = _bank(world, scores, bank, q, tables.struck[b], a1, a2, a3, process, birth)
    if status != _FINE:
        return status, atom
    status, rest = _bank(world, scores, bank, q, tables.rest[b], r1, r2, r3, process, birth)
    return status, atom + rest


@part
def _bank(world, scores, bank, q, s, v1, v2, v3, process, birth):
    """Bank a particle of followed species s if it is above the threshold. Returns the status and its energy [J]."""
    if s < 0:
        return _FINE, 0.0
    energy = 0.5 * world.mass[s] * (v1 * v1 + v2 * v2 + v3 * v3)
    if energy <= world.threshold[s]:
        return _FINE, 0.0
    if not deposit(bank, s, process | 1, birth, q[0], q[1], q[2], v1, v2, v3, q[6]):
        return _FULL, 0.0
    r = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    scores.exchange[TO_RECOILS] += q[6] * energy
    book(scores, s, _RECOIL, q[6], energy - world.mass[s] * world.gm / r)
    return _FINE, energy


@part
def slow_down(world, q, s, k, r, v2, path):
    """Electronic stopping along a path [m], the background at rest: dE = -sum_b N_b n_t(b) S_e ds. Returns the loss.

    S_e grows with the speed, so that the speed falls linearly along the path: E1 = E0 (1 - dE/(2 E0))^2 with dE at E0.
    r and its interval k: the middle of the path.
    """
    air, tables = world.air, world.scattering
    partners = tables.target.size
    kinetic = 0.5 * world.mass[s] * v2
    loss = 0.0
    for b in range(partners):
        stopping = electronic(tables, s * partners + b, kinetic)
        if stopping > 0.0:
            loss += tables.number[b] * density(air, tables.target[b], k, r) * stopping * path
    if loss > 0.0:
        scale = max(1.0 - 0.5 * loss / kinetic, 0.0)
        q[3] *= scale
        q[4] *= scale
        q[5] *= scale
        loss = kinetic * (1.0 - scale * scale)
    return loss
