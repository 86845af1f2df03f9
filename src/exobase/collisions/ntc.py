"""Collisions of particles within a cell: no-time-counter pairs (Bird 1994, sec. 11.1) between species groups.

In a cell of volume V and step dt the number of candidate pairs is N(N-1)/2 W q dt/V within a species and
N_a N_b max(W_a, W_b) q dt/V between two, W real particles per simulated one and q a majorant of sigma g. A candidate is
accepted with probability sigma g/q. With unequal weights the lighter weight always scatters, the heavier with
probability W_light/W_heavy, which keeps rates exact and momentum and energy right on average (Boyd 1996, J.
Thermophys. Heat Tr. 10, 579). Majorants change only between steps. The work in a cell is sequential on a stream keyed
by (seed, purpose, step, cell).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.cross_sections.vhs import sigma_g
from exobase.jit import kernel
from exobase.rng import GOLDEN, cell_key, mix, round_random, unit
from exobase.tallies.ledger import Entry

_COLLISION, _MISMATCH = int(Entry.COLLISION), int(Entry.COLLISION_WEIGHT)
_LOW = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_HALF32 = 1.0 / 4294967296.0


class Pairs(NamedTuple):
    """Pair tables: species a and b, coefficient and exponent of sigma g [pairs]; mass [ns] kg."""

    a: np.ndarray
    b: np.ndarray
    coefficient: np.ndarray
    exponent: np.ndarray
    mass: np.ndarray


class Diagnostics(NamedTuple):
    """Per cell and pair: candidates, collisions, majorant excesses, repeated pairs [ncell, pairs]; separation [m]
    summed.

    ``repeats`` and ``separation`` are counted in the ``checked`` collisions only (sampled steps).
    """

    candidates: np.ndarray
    collisions: np.ndarray
    excess: np.ndarray
    checked: np.ndarray
    repeats: np.ndarray
    separation: np.ndarray


@kernel
def _direction(state):  # type: ignore[no-untyped-def]
    """Random unit vector (Marsaglia 1972) from the sequential stream ``state``; returns the new state too."""
    s = 2.0
    a = 0.0
    b = 0.0
    while s >= 1.0:
        state += GOLDEN
        z = mix(state)
        a = (float(z >> _S32) + 0.5) * (2.0 * _HALF32) - 1.0
        b = (float(z & _LOW) + 0.5) * (2.0 * _HALF32) - 1.0
        s = a * a + b * b
    t = 2.0 * np.sqrt(1.0 - s)
    return state, 1.0 - 2.0 * s, a * t, b * t


@kernel
def _scatter(v1, v2, v3, i, j, h1, h2, h3, fa, fb):  # type: ignore[no-untyped-def]
    """Turn the relative velocity by h = g' - g for both partners; returns the new g'^2 as their velocities give it."""
    v1[i] += fa * h1
    v2[i] += fa * h2
    v3[i] += fa * h3
    v1[j] -= fb * h1
    v2[j] -= fb * h2
    v3[j] -= fb * h3
    e1 = v1[i] - v1[j]
    e2 = v2[i] - v2[j]
    e3 = v3[i] - v3[j]
    return e1 * e1 + e2 * e2 + e3 * e3


@kernel
def _scatter_unequal(state, v1, v2, v3, i, j, h1, h2, h3, fa, fb, wa, wb, mass_ratio):  # type: ignore[no-untyped-def]
    """Scatter the lighter weight always, the heavier with the ratio of weights; returns stream and energy gain."""
    state += GOLDEN
    u = unit(mix(state))
    before_a = v1[i] * v1[i] + v2[i] * v2[i] + v3[i] * v3[i]
    before_b = v1[j] * v1[j] + v2[j] * v2[j] + v3[j] * v3[j]
    if wa <= wb or u * wa < wb:
        v1[i] += fa * h1
        v2[i] += fa * h2
        v3[i] += fa * h3
    if wb <= wa or u * wb < wa:
        v1[j] -= fb * h1
        v2[j] -= fb * h2
        v3[j] -= fb * h3
    after_a = v1[i] * v1[i] + v2[i] * v2[i] + v3[i] * v3[i]
    after_b = v1[j] * v1[j] + v2[j] * v2[j] + v3[j] * v3[j]
    return state, 0.5 * (wa * (after_a - before_a) + wb * mass_ratio * (after_b - before_b))


@kernel
def _collide_pair(
    state,
    x,
    a0,
    na,
    b0,
    nb,
    same,
    count,
    majorant,
    coefficient,
    exponent,
    ma,
    mb,
    wa,
    wb,
    partner,
    first,
    check,
    d,
    c,
    p,
    books,
    ga,
):  # type: ignore[no-untyped-def]
    """``count`` candidates between particles [a0, a0+na) and [b0, b0+nb); returns the stream and the largest sigma g
    seen."""
    v1, v2, v3 = x[1], x[2], x[3]
    fa = mb / (ma + mb)
    fb = ma / (ma + mb)
    reduced = ma * fa
    hard = exponent == 0.5
    limit = (majorant / coefficient) * (majorant / coefficient) if hard else 0.0
    top = 0.0
    un = np.uint64(na)
    um = np.uint64(nb - 1) if same else np.uint64(nb)
    done = 0
    excess = 0
    energy = 0.0
    mismatch = 0.0
    for _ in range(count):
        state += GOLDEN
        z = mix(state)
        i = np.int64(((z >> _S32) * un) >> _S32)
        j = np.int64(((z & _LOW) * um) >> _S32)
        if same and j >= i:
            j += 1
        i += a0
        j += b0
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
            sg = sigma_g(g, coefficient, exponent)
            top = max(top, sg)
            if u * majorant >= sg:
                continue
            excess += sg > majorant
        done += 1
        state, n1, n2, n3 = _direction(state)
        speed = np.sqrt(g)
        h1 = n1 * speed - g1
        h2 = n2 * speed - g2
        h3 = n3 * speed - g3
        if check:
            d.separation[c, p] += abs(x[0, i] - x[0, j])
            d.repeats[c, p] += (partner[i - first] == j) & (partner[j - first] == i)
            partner[i - first] = j
            partner[j - first] = i
        if wa == wb:
            energy += _scatter(v1, v2, v3, i, j, h1, h2, h3, fa, fb) - g
        else:
            state, gain = _scatter_unequal(state, v1, v2, v3, i, j, h1, h2, h3, fa, fb, wa, wb, mb / ma)
            mismatch += gain
    d.candidates[c, p] += count
    d.collisions[c, p] += done
    d.excess[c, p] += excess
    if check:
        d.checked[c, p] += done
    books.energy[ga, _COLLISION] += 0.5 * wa * reduced / ma * energy
    books.energy[ga, _MISMATCH] += mismatch
    if hard:
        top = coefficient * np.sqrt(top)
    return state, top


@kernel
def collide(x, start, cells, omega, pairs, majorant, stream, count_stream, partner, check, d, books):  # type: ignore[no-untyped-def]
    """Collide the particles of every owned cell once. ``majorant`` [ncell, pairs] grows to the largest sigma g seen."""
    ns = cells.species
    for c in range(cells.lo.size):
        first = start[c * ns]
        last = start[(c + 1) * ns]
        if last - first < 2:
            continue
        state = cell_key(stream, cells.first_id + c)
        counter = cell_key(count_stream, cells.first_id + c)
        if check:
            partner[: last - first] = -1
        for p in range(pairs.a.size):
            a = pairs.a[p]
            b = pairs.b[p]
            ga = c * ns + a
            gb = c * ns + b
            na = start[ga + 1] - start[ga]
            nb = start[gb + 1] - start[gb]
            same = a == b
            number = 0.5 * na * (na - 1) if same else float(na) * nb
            if number <= 0.0:
                continue
            heavy = max(omega[ga], omega[gb]) * cells.dt[c]
            mean = number * heavy * majorant[c, p] * cells.dt[c] / cells.volume[c]
            count = round_random(mean, unit(mix(counter + GOLDEN * np.uint64(p + 1))))
            state, top = _collide_pair(
                state,
                x,
                start[ga],
                na,
                start[gb],
                nb,
                same,
                count,
                majorant[c, p],
                pairs.coefficient[p],
                pairs.exponent[p],
                pairs.mass[a],
                pairs.mass[b],
                omega[ga],
                omega[gb],
                partner,
                first,
                check,
                d,
                c,
                p,
                books,
                ga,
            )
            majorant[c, p] = max(majorant[c, p], top)
