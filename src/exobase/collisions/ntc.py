"""Collisions of particles within a cell: no-time-counter pairs (Bird 1994, sec. 11.1) between groups of equal weight.

In a cell of volume V and step dt the number of candidate pairs is N(N-1)/2 W q dt/V within a group (particles of one
species and energy level) and N_a N_b max(W_a, W_b) q dt/V between two, W real particles per simulated one and q a
majorant of sigma g. A candidate is accepted with probability sigma g/q. With unequal weights the lighter weight always
scatters, the heavier with probability W_light/W_heavy, which keeps rates exact and momentum and energy right on
average (Boyd 1996, J. Thermophys. Heat Tr. 10, 579). Majorants change only between steps. The work in a cell is
sequential on a stream keyed by (seed, purpose, step, cell).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.collisions.scatter import isotropic, scatter, scatter_unequal, soft_sphere
from exobase.cross_sections.rotation import parker_number, relaxation_probabilities, rotational_share
from exobase.cross_sections.vhs import sigma_g
from exobase.jit import kernel
from exobase.rng import GOLDEN, cell_key, mix, round_random, unit
from exobase.tallies.ledger import Entry

_COLLISION, _MISMATCH = int(Entry.COLLISION), int(Entry.COLLISION_WEIGHT)
_LOW = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
ROTATION = 4


class Pairs(NamedTuple):
    """Pair tables, and what they need of each species.

    Of pairs: species a and b, coefficient and exponent of sigma g, deflection exponent alpha (1: isotropic) [pairs]. Of
    species: mass [kg], rotational degrees of freedom, collision number Z and Parker's T* [K] (0: Z is constant) [ns].
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


class Diagnostics(NamedTuple):
    """Per cell and pair of species: candidates, collisions, majorant excesses, checked collisions, repeated pairs;
    separation [m] summed [ncell, pairs].

    ``repeats`` and ``separation`` are counted in the ``checked`` collisions only (sampled steps). ``collisions`` counts
    events of the lowest level's weight: one between lighter particles counts as their share of it.
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


class Partners(NamedTuple):
    """Two groups of a cell (or one and all lighter ones of its species), and what a collision between them does.

    First place and number of particles of each, flux weights; same: one group with itself; group: the first of the
    lighter groups if there are several, else -1 (their weights are looked up); masses, rotational degrees of freedom,
    law of the pair; pa, pb: probabilities of rotational relaxation, ``sequential`` its scheme; first: first particle of
    the cell. Scalars only: arrays in a tuple make every call cost more than the collisions of a small group.
    """

    a0: int
    na: int
    b0: int
    nb: int
    same: bool
    group: int
    wa: float
    wb: float
    ma: float
    mb: float
    za: float
    zb: float
    coefficient: float
    exponent: float
    alpha: float
    pa: float
    pb: float
    sequential: bool
    first: int


@kernel
def _relax(state, k, e_tr, ea, eb):  # type: ignore[no-untyped-def]
    """Borgnakke-Larsen exchange of one collision: energies [J] after it (state, e_tr, ea, eb)."""
    zeta_t = 3.0 + 2.0 * k.exponent
    state += GOLDEN
    u = unit(mix(state))
    if not k.sequential:
        if u < k.pa:
            state, x = rotational_share(state, k.za, zeta_t)
            total = e_tr + ea
            return state, (1.0 - x) * total, x * total, eb
        if u < k.pa + k.pb:
            state, x = rotational_share(state, k.zb, zeta_t)
            total = e_tr + eb
            return state, (1.0 - x) * total, ea, x * total
        return state, e_tr, ea, eb
    for turn in range(2):
        state += GOLDEN
        v = unit(mix(state))
        if (turn == 0) == (u < 0.5):
            if v < k.pa:
                state, x = rotational_share(state, k.za, zeta_t)
                total = e_tr + ea
                e_tr, ea = (1.0 - x) * total, x * total
        elif v < k.pb:
            state, x = rotational_share(state, k.zb, zeta_t)
            total = e_tr + eb
            e_tr, eb = (1.0 - x) * total, x * total
    return state, e_tr, ea, eb


@kernel
def _collide_groups(state, x, start, omega, k, count, majorant, partner, check):  # type: ignore[no-untyped-def]
    """``count`` candidates between the groups ``k``.

    Returns the stream; the accepted ones, and those in flux weight of the lighter partner; the largest sigma g seen and
    how many exceeded the majorant; energy gained in collisions of equal and of unequal weights (flux weight times
    energy per mass of a); with ``check`` the summed separations and the number of repeated pairs.
    """
    v1, v2, v3 = x[1], x[2], x[3]
    fa = k.mb / (k.ma + k.mb)
    fb = k.ma / (k.ma + k.mb)
    half_reduced = 0.5 * k.ma * fa
    hard = k.exponent == 0.5
    soft = k.alpha != 1.0
    rotating = k.pa + k.pb > 0.0
    equal = k.wa == k.wb and k.group < 0
    wb = k.wb
    limit = (majorant / k.coefficient) * (majorant / k.coefficient) if hard else 0.0
    top = 0.0
    un = np.uint64(k.na)
    um = np.uint64(k.nb - 1) if k.same else np.uint64(k.nb)
    events = 0
    done = 0.0
    excess = 0
    energy = 0.0
    mismatch = 0.0
    separation = 0.0
    repeats = 0
    ea = ea0 = eb = eb0 = 0.0
    for _ in range(count):
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
        g = g1 * g1 + g2 * g2 + g3 * g3
        state += GOLDEN
        u = unit(mix(state))
        if hard:
            top = max(top, g)
            if u * u * limit >= g:
                continue
            excess += g > limit
        else:
            sg = sigma_g(g, k.coefficient, k.exponent)
            top = max(top, sg)
            if u * majorant >= sg:
                continue
            excess += sg > majorant
        if k.group >= 0:
            g_b = k.group
            while j >= start[g_b + 1]:
                g_b += 1
            wb = omega[g_b]
        events += 1
        done += min(k.wa, wb)
        speed = np.sqrt(g)
        if soft and speed > 0.0:
            state, n1, n2, n3 = soft_sphere(state, g1, g2, g3, speed, k.alpha)
        else:
            state, n1, n2, n3 = isotropic(state)
        if rotating:
            ea0 = k.ma * x[ROTATION, i]
            eb0 = k.mb * x[ROTATION, j]
            state, e_tr, ea, eb = _relax(state, k, half_reduced * g, ea0, eb0)
            speed = np.sqrt(e_tr / half_reduced)
        h1 = n1 * speed - g1
        h2 = n2 * speed - g2
        h3 = n3 * speed - g3
        if check:
            separation += abs(x[0, i] - x[0, j])
            repeats += (partner[i - k.first] == j) & (partner[j - k.first] == i)
            partner[i - k.first] = j
            partner[j - k.first] = i
        if equal:
            energy += half_reduced * (scatter(v1, v2, v3, i, j, h1, h2, h3, fa, fb) - g)
            if rotating:
                x[ROTATION, i] = ea / k.ma
                x[ROTATION, j] = eb / k.mb
                energy += (ea - ea0) + (eb - eb0)
        else:
            state, gain, turn_a, turn_b = scatter_unequal(
                state, v1, v2, v3, i, j, h1, h2, h3, fa, fb, k.wa, wb, k.mb / k.ma
            )
            mismatch += gain
            if rotating and turn_a:
                x[ROTATION, i] = ea / k.ma
                mismatch += k.wa * (ea - ea0) / k.ma
            if rotating and turn_b:
                x[ROTATION, j] = eb / k.mb
                mismatch += wb * (eb - eb0) / k.ma
    if hard:
        top = k.coefficient * np.sqrt(top)
    return state, events, done, top, excess, k.wa / k.ma * energy, mismatch, separation, repeats


@kernel
def _numbers(pairs, p, temperature):  # type: ignore[no-untyped-def]
    """Relaxation probabilities of a pair of species in a cell of the given temperature."""
    a, b = pairs.a[p], pairs.b[p]
    if pairs.zeta[a] == 0.0 and pairs.zeta[b] == 0.0:
        return 0.0, 0.0, False
    za = parker_number(pairs.z_number[a], pairs.t_star[a], temperature)
    zb = parker_number(pairs.z_number[b], pairs.t_star[b], temperature)
    return relaxation_probabilities(3.0 + 2.0 * pairs.exponent[p], pairs.zeta[a], pairs.zeta[b], za, zb)


@kernel
def collide(
    x, start, cells, omega, pairs, temperature, majorant, stream, count_stream, partner, check, d, books
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Collide the particles of every owned cell once.

    omega [groups]: flux weights; temperature [ncell] K: for Z(T). ``majorant`` [ncell, pairs] grows to the largest
    sigma g seen.
    """
    ns = cells.species
    levels = cells.levels
    width = ns * levels
    for c in range(cells.lo.size):
        first = start[c * width]
        last = start[(c + 1) * width]
        if last - first < 2:
            continue
        state = cell_key(stream, cells.first_id + c)
        counter = cell_key(count_stream, cells.first_id + c)
        if check:
            partner[: last - first] = -1
        draw = 0
        for p in range(pairs.a.size):
            a = pairs.a[p]
            b = pairs.b[p]
            a0 = c * width + a * levels
            b0 = c * width + b * levels
            pa, pb, sequential = _numbers(pairs, p, temperature[c])
            q = majorant[c, p]
            highest = q
            per_pair = q * cells.dt[c] * cells.dt[c] / cells.volume[c]
            collided = 0.0
            base = min(omega[a0], omega[b0])
            for ga in range(a0, a0 + levels):
                na = start[ga + 1] - start[ga]
                # Of one species: the group with itself, then with all lighter ones, which are its neighbours.
                for gb in range(ga, min(ga + 2, a0 + levels)) if a0 == b0 else range(b0, b0 + levels):
                    draw += 1
                    lighter = a0 == b0 and gb > ga
                    nb = start[a0 + levels if lighter else gb + 1] - start[gb]
                    same = ga == gb
                    number = 0.5 * na * (na - 1) if same else float(na) * nb
                    if number <= 0.0:
                        continue
                    mean = number * max(omega[ga], omega[gb]) * per_pair
                    count = round_random(mean, unit(mix(counter + GOLDEN * np.uint64(draw))))
                    d.candidates[c, p] += count
                    if count == 0:
                        continue
                    k = Partners(
                        start[ga], na, start[gb], nb, same, gb if lighter else -1, omega[ga], omega[gb],
                        pairs.mass[a], pairs.mass[b], pairs.zeta[a], pairs.zeta[b], pairs.coefficient[p],
                        pairs.exponent[p], pairs.alpha[p], pa, pb, sequential, first,
                    )  # fmt: skip
                    state, events, done, top, excess, energy, mismatch, separation, repeats = _collide_groups(
                        state, x, start, omega, k, count, q, partner, check
                    )
                    collided += done / base if lighter else events * (min(omega[ga], omega[gb]) / base)
                    highest = max(highest, top)
                    d.excess[c, p] += excess
                    books.energy[c * ns + a, _COLLISION] += energy
                    books.energy[c * ns + a, _MISMATCH] += mismatch
                    if check:
                        d.checked[c, p] += events
                        d.separation[c, p] += separation
                        d.repeats[c, p] += repeats
            d.collisions[c, p] += collided
            majorant[c, p] = highest
