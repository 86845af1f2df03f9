"""Collisions of particles within a cell: no-time-counter pairs (Bird 1994, sec. 11.1) between groups of equal weight.

In a cell of volume V and step dt the number of candidate pairs is N(N-1)/2 W q dt/V within a species and N_a N_b
max(W_a, W_b) q dt/V between two, W real particles per simulated one and q a majorant of sigma g. A candidate is
accepted with probability sigma g/q. With unequal weights the lighter weight always scatters, the heavier with
probability W_light/W_heavy, which keeps rates exact, and momentum and energy by coins that remember and debts that are
paid (:mod:`exobase.particles.conserve`). Majorants change only between steps. The work in a cell is sequential on a
stream keyed by (seed, purpose, step, cell). Tracers of the fast tail meet the gas in :mod:`exobase.collisions.tracers`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from exobase.collisions.carrier import follow_flow, moments_of, steadied
from exobase.collisions.listed import pair_direction, pair_sigma_g, pair_top, table_row
from exobase.collisions.partners import Partners, relax
from exobase.collisions.scatter import scatter
from exobase.collisions.tracers import meet_gas
from exobase.cross_sections.rotation import parker_number, relaxation_probabilities
from exobase.geometry.columns import SPIN, VN, VT1, VT2, R
from exobase.geometry.motion import specific_energy
from exobase.jit import borrowed, kernel, part
from exobase.particles.births import bear
from exobase.particles.conserve import pay_energy, turns
from exobase.rng import GOLDEN, cell_key, mix, poisson_random, round_random, unit
from exobase.tallies.ledger import Entry, book_row

_COLLISION, _MISMATCH = int(Entry.COLLISION), int(Entry.COLLISION_WEIGHT)
_LOW = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)


class Pairs(NamedTuple):
    """Pair tables, and what they need of each species.

    Of pairs: species a and b, coefficient and exponent of sigma g, deflection exponent alpha (1: isotropic) [pairs]. Of
    species: mass [kg], rotational degrees of freedom, collision number Z and Parker's T* [K] (0: Z is constant) [ns].
    tables (:class:`exobase.cross_sections.listed.ListedLaws`) of the pairs that have them, whose coefficient and
    exponents are those of the spheres that are like them at the temperature of the case; None: no pair has one.
    """

    a: np.ndarray
    b: np.ndarray
    coefficient: np.ndarray
    exponent: np.ndarray
    alpha: np.ndarray
    mass: np.ndarray
    zeta: np.ndarray
    z_number: np.ndarray
    t_star: np.ndarray
    tables: Any = None


class Diagnostics(NamedTuple):
    """Per cell and pair of species: candidates, collisions, majorant excesses, checked collisions, repeated pairs;
    separation [m] summed [ncell, pairs].

    ``repeats`` and ``separation`` are counted in the ``checked`` collisions only (sampled steps). Those of tracers do
    not count.
    """

    candidates: np.ndarray
    collisions: np.ndarray
    excess: np.ndarray
    checked: np.ndarray
    repeats: np.ndarray
    separation: np.ndarray


def no_diagnostics(cells: int, pairs: int) -> Diagnostics:
    """Diagnostics at zero."""
    whole, real = np.int64, np.float64
    kinds = (whole, real, whole, whole, whole, real)
    return Diagnostics(*(np.zeros((cells, pairs), dtype=kind) for kind in kinds))


@kernel
def _scatter_unequal(state, x, k, i, j, h1, h2, h3, fa, fb, da, db, debt, scale):
    """Turn the lighter weight, and the heavier one as its coin falls; da, db [J]: rotational energies gained.

    Returns the stream, whether a and b turned, and the gain of energy (flux weight times J).
    """
    v1, v2, v3 = x[VN], x[VT1], x[VT2]
    a_is_light = k.wa < k.wb
    light, heavy = (i, j) if a_is_light else (j, i)
    f_light, f_heavy = (fa, -fb) if a_is_light else (-fb, fa)
    m_light, m_heavy = (k.ma, k.mb) if a_is_light else (k.mb, k.ma)
    w_light, w_heavy = (k.wa, k.wb) if a_is_light else (k.wb, k.wa)
    d_light, d_heavy = (da, db) if a_is_light else (db, da)
    e1 = f_light * h1
    e2 = f_light * h2
    e3 = f_light * h3
    kinetic = v1[light] * e1 + v2[light] * e2 + v3[light] * e3 + 0.5 * (e1 * e1 + e2 * e2 + e3 * e3)
    gain = w_light * (m_light * kinetic + d_light)
    v1[light] += e1
    v2[light] += e2
    v3[light] += e3
    e1 = f_heavy * h1
    e2 = f_heavy * h2
    e3 = f_heavy * h3
    kinetic = v1[heavy] * e1 + v2[heavy] * e2 + v3[heavy] * e3 + 0.5 * (e1 * e1 + e2 * e2 + e3 * e3)
    change = w_heavy * (m_heavy * kinetic + d_heavy)
    q = w_heavy * m_heavy
    owed = gain + w_light / w_heavy * change
    state, m = turns(state, debt, scale, k.cell, w_light / w_heavy, q * e1, q * e2, q * e3, change, owed)
    if m:
        v1[heavy] += e1
        v2[heavy] += e2
        v3[heavy] += e3
        gain += change
    return state, a_is_light or m, (not a_is_light) or m, gain


@part
def _bear_lifted(motion, x, k, i, j, left, u1, u2, u3, w1, w2, w3, spin_a, spin_b, births):
    """Tracers for what two slow particles i and j become: velocities u and w, rotational energies per mass; ``left``:
    part of the step that is left.
    """
    weight = min(k.wa, k.wb)
    if specific_energy(motion, x[R, i], u1, u2, u3) >= k.fast_a:
        bear(births, k.row_a, weight, left, x[R, i], u1, u2, u3, spin_a)
    if specific_energy(motion, x[R, j], w1, w2, w3) >= k.fast_b:
        bear(births, k.row_b, weight, left, x[R, j], w1, w2, w3, spin_b)


@kernel
def _collide_groups(  # noqa: C901
    state, motion, x, k, tables, count, majorant, partner, check, debt, scale, births
):
    """``count`` candidates between the groups ``k``.

    Returns the stream; the number of accepted ones; the largest sigma g seen and how many exceeded the majorant; energy
    gained in collisions that keep it (flux weight times energy per mass of a), and in those of unequal weights and by
    payments; with ``check`` the summed separations and the number of repeated pairs.
    """
    v1, v2, v3 = x[VN], x[VT1], x[VT2]
    fa = k.mb / (k.ma + k.mb)
    fb = k.ma / (k.ma + k.mb)
    half_reduced = 0.5 * k.ma * fa
    hard = k.exponent == 0.5 and k.listed < 0
    rotating = k.pa + k.pb > 0.0
    equal = k.wa == k.wb
    toward = 1.0 if k.wa > k.wb else -1.0
    splits = k.fast_a < np.inf or k.fast_b < np.inf
    limit = (majorant / k.coefficient) * (majorant / k.coefficient) if hard else 0.0
    top = 0.0
    un = np.uint64(k.na)
    um = np.uint64(k.nb - 1) if k.same else np.uint64(k.nb)
    events = 0
    excess = 0
    energy = 0.0
    mismatch = 0.0
    separation = 0.0
    repeats = 0
    ea = ea0 = eb = eb0 = 0.0
    for event in range(count):
        state += GOLDEN
        z = mix(state)
        i = np.int64(((z >> _S32) * un) >> _S32)
        j = np.int64(((z & _LOW) * um) >> _S32)
        if k.same and j >= i:
            j += 1
        i += k.a0
        j += k.b0
        g1 = v1[i] - v1[j]
        g2 = v2[i] - v2[j]
        g3 = v3[i] - v3[j]
        if not equal:
            heavy = i if k.wa > k.wb else j
            g1 += toward * (k.stretch * v1[heavy] + k.d1)
            g2 += toward * (k.stretch * v2[heavy] + k.d2)
            g3 += toward * (k.stretch * v3[heavy] + k.d3)
        g = g1 * g1 + g2 * g2 + g3 * g3
        state += GOLDEN
        u = unit(mix(state))
        if hard:
            top = max(top, g)
            if u * u * limit >= g:
                continue
            excess += g > limit
        else:
            sg = pair_sigma_g(tables, k, half_reduced, g)
            top = pair_top(tables, k, g, sg, top)
            if u * majorant >= sg:
                continue
            excess += sg > majorant
        events += 1
        speed = np.sqrt(g)
        state, n1, n2, n3 = pair_direction(state, tables, k, half_reduced, g1, g2, g3, speed)
        if rotating:
            ea0 = k.ma * x[SPIN, i]
            eb0 = k.mb * x[SPIN, j]
            state, e_tr, ea, eb = relax(state, tables, k, half_reduced * g, ea0, eb0)
            speed = np.sqrt(e_tr / half_reduced)
        if check:
            separation += abs(x[R, i] - x[R, j])
            repeats += (partner[i - k.first] == j) & (partner[j - k.first] == i)
            partner[i - k.first] = j
            partner[j - k.first] = i
        slow = splits and (
            specific_energy(motion, x[R, i], v1[i], v2[i], v3[i]) < k.fast_a
            and specific_energy(motion, x[R, j], v1[j], v2[j], v3[j]) < k.fast_b
        )
        if equal:
            if k.pays and speed > 0.0:
                factor = pay_energy(debt, k.cell, k.wa * half_reduced * speed * speed)
                paid = half_reduced * speed * speed * (factor * factor - 1.0)
                mismatch += k.wa * paid
                energy -= paid
                speed *= factor
            h1 = n1 * speed - g1
            h2 = n2 * speed - g2
            h3 = n3 * speed - g3
            energy += half_reduced * (scatter(v1, v2, v3, i, j, h1, h2, h3, fa, fb) - g)
            if rotating:
                x[SPIN, i] = ea / k.ma
                x[SPIN, j] = eb / k.mb
                energy += (ea - ea0) + (eb - eb0)
            if slow:
                left = 1.0 - (event + 0.5) / count
                spin_a = x[SPIN, i] if x.shape[0] > SPIN else 0.0
                spin_b = x[SPIN, j] if x.shape[0] > SPIN else 0.0
                _bear_lifted(motion, x, k, i, j, left, v1[i], v2[i], v3[i], v1[j], v2[j], v3[j], spin_a, spin_b, births)
        else:
            h1 = n1 * speed - g1
            h2 = n2 * speed - g2
            h3 = n3 * speed - g3
            if slow:
                left = 1.0 - (event + 0.5) / count
                spin_a = spin_b = 0.0
                if rotating:
                    spin_a, spin_b = ea / k.ma, eb / k.mb
                elif x.shape[0] > SPIN:
                    spin_a, spin_b = x[SPIN, i], x[SPIN, j]
                _bear_lifted(
                    motion, x, k, i, j, left, v1[i] + fa * h1, v2[i] + fa * h2, v3[i] + fa * h3, v1[j] - fb * h1,
                    v2[j] - fb * h2, v3[j] - fb * h3, spin_a, spin_b, births,
                )  # fmt: skip
            state, turn_a, turn_b, gain = _scatter_unequal(
                state, x, k, i, j, h1, h2, h3, fa, fb, ea - ea0, eb - eb0, debt, scale
            )
            mismatch += gain
            if rotating and turn_a:
                x[SPIN, i] = ea / k.ma
            if rotating and turn_b:
                x[SPIN, j] = eb / k.mb
    if hard:
        top = k.coefficient * np.sqrt(top)
    return state, events, top, excess, k.wa / k.ma * energy, mismatch / k.ma, separation, repeats


@kernel
def _numbers(pairs, p, temperature):
    """Relaxation probabilities of a pair of species in a cell of the given temperature."""
    a, b = pairs.a[p], pairs.b[p]
    if pairs.zeta[a] == 0.0 and pairs.zeta[b] == 0.0:
        return 0.0, 0.0, False
    za = parker_number(pairs.z_number[a], pairs.t_star[a], temperature)
    zb = parker_number(pairs.z_number[b], pairs.t_star[b], temperature)
    return relaxation_probabilities(3.0 + 2.0 * pairs.exponent[p], pairs.zeta[a], pairs.zeta[b], za, zb)


@kernel
def _mixed(omega, first, levels, species):
    """Whether species of a cell have unequal weights."""
    unequal = False
    for s in range(1, species):
        unequal |= omega[first + s * levels] != omega[first]
    return unequal


@kernel
def collide(
    motion, x, start, cells, omega, pairs, levels, keeper, temperature, majorant, stream, count_stream, partner, check,
    d, books, births, memory,
):  # fmt: skip
    """Collide the particles of every owned cell once, and let tracers meet them.

    omega [groups]: flux weights; temperature [ncell] K: for Z(T). ``majorant`` [ncell, pairs or 3 pairs] grows to the
    largest sigma g seen: of the gas, of tracers a among b, and of tracers b among a. births: receives new tracers.
    """
    cells, pairs, levels, keeper = borrowed(cells), borrowed(pairs), borrowed(levels), borrowed(keeper)
    d, books, births, memory = borrowed(d), borrowed(books), borrowed(births), borrowed(memory)
    x, start, omega, majorant = borrowed(x), borrowed(start), borrowed(omega), borrowed(majorant)
    ns = cells.species
    number = cells.levels
    width = ns * number
    np_ = pairs.a.size
    relaxing = np.zeros((np_, 3))
    moments = np.zeros((ns, 5))
    before = min(births.number[0], births.weight.size)
    late = 0
    for c in range(cells.lo.size):
        first = start[c * width]
        last = start[(c + 1) * width]
        early = late
        while late < before and births.row[late] // ns <= c:
            late += 1
        if last == first:
            continue
        state = cell_key(stream, cells.first_id + c)
        counter = cell_key(count_stream, cells.first_id + c)
        if check:
            partner[: last - first] = -1
        pays = ns > 1 and _mixed(omega, c * width, number, ns)
        if pays:
            moments_of(x, start, c * width, number, moments)
        born = births.number[0]
        for p in range(np_):
            a = pairs.a[p]
            b = pairs.b[p]
            a0 = c * width + a * number
            b0 = c * width + b * number
            na = start[a0 + 1] - start[a0]
            nb = start[b0 + 1] - start[b0]
            same = a == b
            per_pair = cells.dt[c] * cells.dt[c] / cells.volume[c]
            pa, pb, sequential = _numbers(pairs, p, temperature[c])
            relaxing[p, 0], relaxing[p, 1], relaxing[p, 2] = pa, pb, 1.0 if sequential else 0.0
            heavy, f = (a, omega[b0] / omega[a0]) if omega[a0] > omega[b0] else (b, omega[a0] / omega[b0])
            stretch, d1, d2, d3 = steadied(keeper.flow[c * ns + heavy], moments[heavy], f)
            k = Partners(
                start[a0], na, start[b0], nb, same, c, omega[a0], omega[b0], pairs.mass[a], pairs.mass[b],
                pairs.zeta[a], pairs.zeta[b], pairs.coefficient[p], pairs.exponent[p], pairs.alpha[p], pa, pb,
                sequential, first, pays, levels.first[a], levels.first[b], c * ns + a, c * ns + b,
                stretch, d1, d2, d3, table_row(pairs.tables, p),
            )  # fmt: skip
            q = majorant[c, p]
            mean = (0.5 * na * (na - 1) if same else float(na) * nb) * max(omega[a0], omega[b0]) * q * per_pair
            if mean > 0.0:
                count = round_random(mean, unit(mix(counter + GOLDEN * np.uint64(p + 1))))
                d.candidates[c, p] += count
                if count > 0:
                    state, events, top, excess, energy, mismatch, separation, repeats = _collide_groups(
                        state, motion, x, k, pairs.tables, count, q, partner, check, keeper.debt, keeper.scale, births
                    )
                    majorant[c, p] = max(q, top)
                    d.collisions[c, p] += events
                    d.excess[c, p] += excess
                    row = book_row(a0, number)
                    books.energy[row, _COLLISION] += energy
                    books.energy[row, _MISMATCH] += mismatch
                    if check:
                        d.checked[c, p] += events
                        d.separation[c, p] += separation
                        d.repeats[c, p] += repeats
        if pays:
            follow_flow(keeper.flow[c * ns : (c + 1) * ns], moments, keeper.part)
        if number > 1:
            state = _meet_tracers(
                state, counter, motion, x, start, cells, c, omega, pairs, levels, relaxing, majorant, births,
                early, late, born, memory,
            )  # fmt: skip


@kernel
def _meeting_rate(memory, cells, c, omega, h):
    """Candidates per tracer and majorant in one step, with the gas of row h that cell c remembers."""
    return memory.mean[h] * omega[h * cells.levels] * cells.dt[c] * cells.dt[c] / cells.volume[c]


@kernel
def _tracer_partners(memory, cells, c, omega, pairs, levels, relaxing, p, turn, a0, na):
    """Tracers a0 .. a0+na-1 of one species of pair p (the first one if ``turn`` is 0) and what cell c remembers of the
    gas of the other. relaxing [pairs, 3]: probabilities of relaxation, and their scheme.
    """
    ns = cells.species
    a, b = (pairs.a[p], pairs.b[p]) if turn == 0 else (pairs.b[p], pairs.a[p])
    pa, pb, sequential = relaxing[p, 0], relaxing[p, 1], relaxing[p, 2] > 0.0
    return Partners(
        a0, na, 0, memory.number[c * ns + b], False, c, 0.0, omega[(c * ns + b) * cells.levels], pairs.mass[a],
        pairs.mass[b], pairs.zeta[a], pairs.zeta[b], pairs.coefficient[p], pairs.exponent[p], pairs.alpha[p],
        pa if turn == 0 else pb, pb if turn == 0 else pa, sequential, 0, False, levels.first[a], levels.first[b],
        c * ns + a, c * ns + b, 0.0, 0.0, 0.0, 0.0, table_row(pairs.tables, p),
    )  # fmt: skip


@kernel
def _meet_tracers(
    state, counter, motion, x, start, cells, c, omega, pairs, levels, relaxing, majorant, births, early, late, born,
    memory,
):  # fmt: skip
    """Let the tracers of cell c meet the gas that it remembers, then those born in this step for what was left of it
    when they were born: by charge exchange (``early`` to late-1) and by collisions (from ``born`` on). Few tracers meet
    a Poisson number of candidates: a rounded mean would let more of them meet one, and fall. Returns the stream.
    """
    ns, number = cells.species, cells.levels
    np_ = pairs.a.size
    for p in range(np_):
        for turn in range(1 if pairs.a[p] == pairs.b[p] else 2):
            s, h = (pairs.a[p], pairs.b[p]) if turn == 0 else (pairs.b[p], pairs.a[p])
            g = (c * ns + s) * number
            tracers = start[g + number] - start[g + 1]
            place = np_ * (1 + turn) + p
            mean = tracers * _meeting_rate(memory, cells, c, omega, c * ns + h) * majorant[c, place]
            count = poisson_random(mean, unit(mix(counter + GOLDEN * np.uint64(place + 1))))
            if count > 0 and memory.number[c * ns + h] > 0:
                k = _tracer_partners(memory, cells, c, omega, pairs, levels, relaxing, p, turn, start[g + 1], tracers)
                state, top = meet_gas(
                    state, motion, x, start, omega, g + 1, memory.x[k.row_b], k, pairs.tables, count,
                    majorant[c, place], 1.0, births,
                )  # fmt: skip
                majorant[c, place] = max(majorant[c, place], top)
    n = early if early < late else born
    while n < min(births.number[0], births.weight.size):
        own = births.row[n] - c * ns
        for p in range(np_):
            for turn in range(1 if pairs.a[p] == pairs.b[p] else 2):
                s, h = (pairs.a[p], pairs.b[p]) if turn == 0 else (pairs.b[p], pairs.a[p])
                if s != own:
                    continue
                place = np_ * (1 + turn) + p
                mean = births.left[n] * _meeting_rate(memory, cells, c, omega, c * ns + h) * majorant[c, place]
                state += GOLDEN
                count = poisson_random(mean, unit(mix(state)))
                if count > 0 and memory.number[c * ns + h] > 0:
                    k = _tracer_partners(memory, cells, c, omega, pairs, levels, relaxing, p, turn, n, 1)
                    state, top = meet_gas(
                        state, motion, births.x, start, births.weight, -1, memory.x[k.row_b], k, pairs.tables, count,
                        majorant[c, place], births.left[n], births,
                    )  # fmt: skip
                    majorant[c, place] = max(majorant[c, place], top)
        n += 1
        if n == late and n < born:
            n = born
    return state
