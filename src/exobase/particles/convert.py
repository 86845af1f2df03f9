"""Particles that turn into ions, or take the velocity of one, in the cells: losses and charge exchange.

Every particle is lost in its step with probability 1 - exp(-nu dt), exactly as a Bernoulli trial each: the number of
survivors before the next loss of a group is geometric, so one draw serves many particles. What the lost ones carry is
also scored by expectation: each particle and step adds its weight times 1 - exp(-nu dt), which has the mean of what is
removed and far less noise where nu dt is small.

A particle with velocity v meets ions of one Maxwellian at the rate n <sigma g>, g = |v - w|. Candidates come at the
larger rate n sigma_max (c + <|w|>), with c and |w| the speeds of the particle and of the ion in the frame of the ions;
their density is (c + |w|) f(w), and they count with probability sigma g/[sigma_max (c + |w|)]. By the triangle
inequality this never exceeds 1: the process is exact for any number of meetings in a step, and no majorant can be
violated. Exchanges are scored by their rate at the present velocity times the time that a particle keeps it, which has
the mean of what is drawn, whatever the step. Cross sections are constant or a table in ln g, linear in between, that
ends a run with an error where g leaves its range.

Random draws are keyed by (cell, group) for losses and by (cell, slot) for exchange: they do not depend on ranks.
The sampling by c + |w| is that of thermal neutrons in a free gas.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.geometry.columns import SPIN, VN, VT1, VT2, R
from exobase.geometry.motion import specific_energy
from exobase.jit import borrowed, kernel, part
from exobase.particles.births import bear
from exobase.rng import TWO_PI, cell_key, slot_key, uniform
from exobase.tallies.ledger import Entry, book, book_row, particle_energy

NUMBER, MOMENTUM, ENERGY = 0, 1, 2
SCORES = 3
MEAN_SPEED = 1.1283791670955126
"""Mean speed of a Maxwellian over sqrt(2kT/m): 2/sqrt(pi)."""
SIGMA_NODES, MEAN_NODES, MEANS_PER_LN = 1024, 512, 32.0
"""Nodes of a table of cross sections, and of its averages, which reach to a = exp(16)."""

_STAYS, _LOST, _OUTSIDE = range(3)

_CONVERTED, _EXCHANGED = int(Entry.CONVERTED), int(Entry.EXCHANGED)


class Losses(NamedTuple):
    """Losses of constant frequency: their sum per species [ns] s-1; per process its species, share of the sum, place in
    the tally.
    """

    frequency: np.ndarray
    species: np.ndarray
    share: np.ndarray
    place: np.ndarray


class Exchanges(NamedTuple):
    """Charge exchange with thermal ions, per process.

    place in the tally; rate: n sigma_max [1/m]; spread: sqrt(2kT/m) of the ions [m/s]; drift: their normal velocity
    [m/s]; resonant: the particle takes the ion's velocity, else it is lost. Processes of a species stand together:
    those of species s are first[s] .. first[s+1]-1. speeds [nodes, 3]: <g>, <g gvec>/a, <g^3> at a = node/per_unit, all
    in units of the spread. varies: sigma is a table; range [processes, 2]: relative speeds that it covers [m/s]; sigma
    [processes, SIGMA_NODES]: over sigma_max, at ln_first + node/per_ln of ln g; means [processes, 3, MEAN_NODES]: the
    three averages with sigma/sigma_max over those without, at ln(1 + a) = node/MEANS_PER_LN.
    """

    place: np.ndarray
    rate: np.ndarray
    spread: np.ndarray
    drift: np.ndarray
    resonant: np.ndarray
    first: np.ndarray
    speeds: np.ndarray
    per_unit: float
    varies: np.ndarray
    range: np.ndarray
    ln_first: np.ndarray
    per_ln: np.ndarray
    sigma: np.ndarray
    means: np.ndarray


@kernel
def _group_sums(x, a, b):
    """Sum of normal velocities and of kinetic and rotational energies per mass of the particles a .. b-1."""
    v, t1, t2 = x[VN, a:b], x[VT1, a:b], x[VT2, a:b]
    momentum = energy = 0.0
    for i in range(v.size):
        momentum += v[i]
        energy += 0.5 * (v[i] * v[i] + t1[i] * t1[i] + t2[i] * t2[i])
    if x.shape[0] > SPIN:
        spin = x[SPIN, a:b]
        for i in range(spin.size):
            energy += spin[i]
    return momentum, energy


@kernel
def mark_losses(key, motion, x, start, cells, omega, mass, losses, books, converted, lost):
    """Draw and book the particles that are lost in this step, score what all of them give to each process.

    lost: numbers of the lost particles, increasing (to be taken out by :func:`take_out`); converted [ncell, processes,
    3]: number [flux weight], normal momentum and energy of what is lost. Returns the number of the lost.
    """
    cells, losses, books, converted = borrowed(cells), borrowed(losses), borrowed(books), borrowed(converted)
    ns, levels = cells.species, cells.levels
    n = 0
    for c in range(cells.lo.size):
        base = cell_key(key, cells.first_id + c)
        for s in range(ns):
            depth = losses.frequency[s] * cells.dt[c]
            if not depth > 0.0:
                continue
            number = momentum = energy = 0.0
            row = c * ns + s
            for g in range(row * levels, (row + 1) * levels):
                a, b = start[g], start[g + 1]
                p, e = _group_sums(x, a, b)
                if g == row * levels:  # tracers are no part of the gas
                    number += omega[g] * (b - a)
                    momentum += omega[g] * p
                    energy += omega[g] * e
                stream = slot_key(base, g - c * ns * levels)
                i, k = a, 0
                while i < b:
                    survivors = -np.log(uniform(stream, k)) / depth
                    if survivors >= b - i:
                        break
                    i += np.int64(survivors)
                    book(books, book_row(g, levels), _CONVERTED, omega[g], particle_energy(motion, x, i), x[VN, i])
                    lost[n] = i
                    n += 1
                    i += 1
                    k += 1
            part = -np.expm1(-depth)
            for j in range(losses.species.size):
                if losses.species[j] == s:
                    score = converted[c, losses.place[j]]
                    weight = part * losses.share[j]
                    score[NUMBER] += weight * number
                    score[MOMENTUM] += weight * mass[s] * momentum
                    score[ENERGY] += weight * mass[s] * energy
    return n


@part
def _ion(key, k, c, spread):
    """Velocity of an ion in the frame of the ions from the density (c + |w|) f(w), and |w|; uses draws k .. k+5."""
    u1, u2, u3 = uniform(key, k + 1), uniform(key, k + 2), uniform(key, k + 3)
    if uniform(key, k) * (c + MEAN_SPEED * spread) < c:
        cosine = np.cos(TWO_PI * u3)
        square = -np.log(u1) - np.log(u2) * cosine * cosine
    else:
        square = -np.log(u1 * u2)
    w = spread * np.sqrt(square)
    mu = 2.0 * uniform(key, k + 4) - 1.0
    angle = TWO_PI * uniform(key, k + 5)
    across = w * np.sqrt(1.0 - mu * mu)
    return w * mu, across * np.cos(angle), across * np.sin(angle), w


@part
def _mean_speeds(exchanges, x):
    """<g>, <g gvec>/|a| and <g^3> in units of the ions' sqrt(2kT/m), for a = x of a particle in their frame."""
    place = x * exchanges.per_unit
    if place >= exchanges.speeds.shape[0] - 1:
        # erf(x) = 1 and exp(-x^2) = 0 to round-off.
        back = 1.0 / x
        return x + 0.5 * back, x + back - 0.25 * back**3, x * x * x + 3.0 * x + 0.75 * back
    k = np.int64(place)
    q = place - k
    f = exchanges.speeds
    return (
        f[k, 0] + q * (f[k + 1, 0] - f[k, 0]),
        f[k, 1] + q * (f[k + 1, 1] - f[k, 1]),
        f[k, 2] + q * (f[k + 1, 2] - f[k, 2]),
    )


@part
def _sigma(exchanges, j, g):
    """Cross section of process j over its largest at the relative speed g [m/s]; that of the edge outside."""
    n = exchanges.sigma.shape[1]
    y = (np.log(max(g, 1e-9)) - exchanges.ln_first[j]) * exchanges.per_ln[j]
    if y <= 0.0:
        return exchanges.sigma[j, 0]
    if y >= n - 1:
        return exchanges.sigma[j, n - 1]
    k = np.int64(y)
    low = exchanges.sigma[j, k]
    return low + (y - k) * (exchanges.sigma[j, k + 1] - low)


@part
def _score_meetings(t, c, x, i, m, weight, exchanges, j, score):
    """Score what particle i, at the speed c among the ions of process j, is expected to give to them in the time t.

    With a = v - u, u the velocity of the ions: rate n <sigma g>; momentum m <sigma g (v - w)> and energy
    m <sigma g (v^2 - w^2)>/2 of an exchange follow from <sigma g>, <sigma g gvec> = a A and <sigma g^3>; what is lost
    gives all that it has.
    """
    spread, drift = exchanges.spread[j], exchanges.drift[j]
    g1, along, g3 = _mean_speeds(exchanges, c / spread)
    if exchanges.varies[j]:
        # Speeds beyond the last node, 1e6 times that of the ions, are those of no particle.
        y = np.log1p(c / spread) * MEANS_PER_LN
        k = np.int64(min(y, MEAN_NODES - 2.0))
        q, f = y - k, exchanges.means
        g1 *= f[j, 0, k] + q * (f[j, 0, k + 1] - f[j, 0, k])
        along *= f[j, 1, k] + q * (f[j, 1, k + 1] - f[j, 1, k])
        g3 *= f[j, 2, k] + q * (f[j, 2, k + 1] - f[j, 2, k])
    g1 *= spread
    along *= spread
    g3 *= spread * spread * spread
    events = weight * exchanges.rate[j] * t
    v, t1, t2 = x[VN, i], x[VT1, i], x[VT2, i]
    score[NUMBER] += events * g1
    if exchanges.resonant[j]:
        a = v - drift
        score[MOMENTUM] += events * m * a * along
        score[ENERGY] += events * m * (drift * a * along + c * c * along - 0.5 * g3)
    else:
        spin = x[SPIN, i] if x.shape[0] > SPIN else 0.0
        score[MOMENTUM] += events * m * v * g1
        score[ENERGY] += events * m * (0.5 * (v * v + t1 * t1 + t2 * t2) + spin) * g1


@part
def _meet(key, dt, x, i, m, weight, row, exchanges, j, books, score):
    """Let particle i meet the ions of process j for the time dt; says whether it stays, is lost, or met one with a
    speed outside the table of cross sections. Books exchanges, scores all.
    """
    rate, spread, drift = exchanges.rate[j], exchanges.spread[j], exchanges.drift[j]
    t = since = 0.0
    k = 0
    while True:
        v, t1, t2 = x[VN, i], x[VT1, i], x[VT2, i]
        c = np.sqrt((v - drift) * (v - drift) + t1 * t1 + t2 * t2)
        largest = rate * (c + MEAN_SPEED * spread)
        u = uniform(key, k)
        # exp(-s) > 1 - s: mostly no logarithm is needed to see that nothing happens any more.
        if u < 1.0 - largest * (dt - t):
            break
        t -= np.log(u) / largest
        if not t < dt:
            break
        w1, w2, w3, w = _ion(key, k + 1, c, spread)
        g = np.sqrt((v - drift - w1) ** 2 + (t1 - w2) ** 2 + (t2 - w3) ** 2)
        part = g
        if exchanges.varies[j]:
            if g < exchanges.range[j, 0] or g > exchanges.range[j, 1]:
                return _OUTSIDE
            part = g * _sigma(exchanges, j, g)
        if uniform(key, k + 7) * (c + w) < part:
            _score_meetings(t - since, c, x, i, m, weight, exchanges, j, score)
            if not exchanges.resonant[j]:
                return _LOST
            w1 += drift
            gain = 0.5 * (w1 * w1 + w2 * w2 + w3 * w3 - v * v - t1 * t1 - t2 * t2)
            book(books, row, _EXCHANGED, weight, gain, w1 - v)
            x[VN, i], x[VT1, i], x[VT2, i] = w1, w2, w3
            since = t
        k += 8
    _score_meetings(dt - since, c, x, i, m, weight, exchanges, j, score)
    return _STAYS


@kernel
def exchange(key, motion, x, start, cells, omega, mass, exchanges, levels, books, converted, lost, unscored, births):
    """Let the particles of all cells meet thermal ions for one step, in place.

    Tracers do too; they score in ``unscored`` [3], which nobody reads. A slow particle of the gas that becomes fast
    gets a tracer.

    Returns the number of those that are lost (unlike ions), with their numbers in ``lost``, as :func:`mark_losses`; or
    -1 - j where a relative speed left the cross sections of process j.
    """
    cells, exchanges, books = borrowed(cells), borrowed(exchanges), borrowed(books)
    x, converted = borrowed(x), borrowed(converted)
    ns, levels_per = cells.species, cells.levels
    n = 0
    for c in range(cells.lo.size):
        base = cell_key(key, cells.first_id + c)
        bottom = start[c * ns * levels_per]
        for s in range(ns):
            if exchanges.first[s] == exchanges.first[s + 1]:
                continue
            row = c * ns + s
            for g in range(row * levels_per, (row + 1) * levels_per):
                gas = g == row * levels_per
                place = book_row(g, levels_per)
                for i in range(start[g], start[g + 1]):
                    slot = slot_key(base, i - bottom)
                    slow = gas and specific_energy(motion, x[R, i], x[VN, i], x[VT1, i], x[VT2, i]) < levels.first[s]
                    stays = True
                    for j in range(exchanges.first[s], exchanges.first[s + 1]):
                        score = converted[c, exchanges.place[j]] if gas else unscored
                        fate = _meet(
                            slot_key(slot, j), cells.dt[c], x, i, mass[s], omega[g], place, exchanges, j, books, score
                        )
                        if fate == _OUTSIDE:
                            return -1 - j
                        if fate == _LOST:
                            stays = False
                            book(books, place, _CONVERTED, omega[g], particle_energy(motion, x, i), x[VN, i])
                            lost[n] = i
                            n += 1
                            break
                    slow = slow and stays
                    if slow and specific_energy(motion, x[R, i], x[VN, i], x[VT1, i], x[VT2, i]) >= levels.first[s]:
                        spin = x[SPIN, i] if x.shape[0] > SPIN else 0.0
                        bear(births, row, omega[g], 1.0, x[R, i], x[VN, i], x[VT1, i], x[VT2, i], spin)
    return n


@kernel
def take_out(x, start, lost, n):
    """Close the gaps of the first n particles in ``lost``; the order of the others stays, ``start`` is set anew."""
    if n == 0:
        return
    end = start[start.size - 1]
    for q in range(x.shape[0]):
        column = x[q]
        place = lost[0]
        for k in range(n):
            b = lost[k + 1] if k + 1 < n else end
            for i in range(lost[k] + 1, b):
                column[place] = column[i]
                place += 1
    k = 0
    for g in range(start.size):
        while k < n and lost[k] < start[g]:
            k += 1
        start[g] -= k
