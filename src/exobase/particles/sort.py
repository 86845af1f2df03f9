"""Put particles in the order of their cells: movers by a stable counting sort, stayers compressed in place.

Order inside a group (cell, species, energy level): movers from lower source cells in source order, then the particles
that stayed,
then movers that return to or enter the cell, and those from higher source cells. Clones follow their original.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.geometry.columns import PLACED, SPIN, VN, VT1, VT2, R
from exobase.geometry.motion import specific_energy
from exobase.jit import borrowed, kernel, part
from exobase.particles.conserve import keep
from exobase.rng import TWO_PI, cell_key, slot_key, uniform
from exobase.tallies.ledger import Entry, book_row

_CLONED, _REMOVED = int(Entry.CLONED), int(Entry.REMOVED)


@kernel
def order_movers(key, low, begin, end, bins, order):
    """Stable counting sort of movers [begin, end) by (group, from below first); negative keys are skipped.

    ``bins`` [2*groups+1] receives the start of each bin, ``order`` the mover at each place. Returns the number placed.
    """
    bins[:] = 0
    for j in range(begin, end):
        k = key[j]
        if k >= 0:
            bins[2 * k + (0 if low[j] else 1) + 1] += 1
    for b in range(bins.size - 1):
        bins[b + 1] += bins[b]
    for j in range(begin, end):
        k = key[j]
        if k >= 0:
            b = 2 * k + (0 if low[j] else 1)
            order[bins[b]] = j
            bins[b] += 1
    for b in range(bins.size - 1, 0, -1):
        bins[b] = bins[b - 1]
    bins[0] = 0
    return bins[bins.size - 1]


class Groups(NamedTuple):
    """How the particles of the owned cells are grouped: first global cell, numbers of species and of energy levels.

    omega [groups]: flux weights; zeta [ns]: rotational degrees of freedom.
    """

    first_id: int
    species: int
    levels: int
    omega: np.ndarray
    zeta: np.ndarray


@kernel
def arrange(clone_key, motion, groups, arrivals, first, last, keeper, books):
    """Order the movers first .. last-1 by destination, and count their copies. Returns the new number of particles."""
    order_movers(arrivals.key, arrivals.low, first, last, arrivals.bins, arrivals.order)
    return count_copies(clone_key, motion, groups, arrivals, keeper, books)


@kernel
def count_copies(clone_key, motion, groups, arrivals, keeper, books):
    """Copies of each ordered mover, in the mean its flux weight over that of the destination (unbiased clone/remove).

    Particles of the gas (level 0): as many copies as the ratio holds, exactly, and a coin that remembers for the rest
    of it (:func:`exobase.particles.conserve.keep`). Tracers: systematic rounding, one draw for a group; the sum is off
    by less than one copy. Fills ``copies`` and ``new_start``; books the gain, whose mean is zero. Returns the new
    total.
    """
    groups, arrivals, keeper, books = borrowed(groups), borrowed(arrivals), borrowed(keeper), borrowed(books)
    levels, omega, out = groups.levels, groups.omega, arrivals.out
    order, bins, stay = arrivals.order, arrivals.bins, arrivals.stay
    width = groups.species * levels
    ncol = out.shape[0] - 2
    total = 0
    for g in range(stay.size):
        arrivals.new_start[g] = total
        first = bins[2 * g]
        last = bins[2 * g + 2]
        if last > first:
            row = g // levels
            place = book_row(g, levels)
            gas = g % levels == 0
            base = cell_key(clone_key, groups.first_id + g // width)
            slot = g % width
            rest = 0.0 if gas else uniform(slot_key(base, slot), 0)
            s = slot // levels
            for p in range(first, last):
                j = order[p]
                weight = out[ncol, j]
                m = 1
                if weight != omega[g]:
                    spin = out[SPIN, j] if ncol > SPIN else 0.0
                    rest += weight / omega[g]
                    m = int(rest)
                    rest -= m
                    if gas and rest > 0.0:
                        u = uniform(slot_key(base, (p - first + 1) * width + slot), 0)
                        v, t1, t2 = out[VN, j], out[VT1, j], out[VT2, j]
                        m += keep(keeper.gained, row, keeper.speed[row], rest, v, t1, t2, spin, groups.zeta[s], u)
                        rest = 0.0
                    gain = m * omega[g] - weight
                    energy = specific_energy(motion, out[R, j], out[VN, j], out[VT1, j], out[VT2, j]) + spin
                    books.counts[place, _CLONED if m > 0 else _REMOVED] += m - 1 if m > 0 else 1
                    books.weight[place, _CLONED] += gain
                    books.energy[place, _CLONED] += gain * energy
                arrivals.copies[p] = m
                total += m
        total += stay[g]
    arrivals.new_start[stay.size] = total
    return total


@part
def _write_copies(rotation_key, groups, g, first, last, w, arrivals, x):
    """Write the movers first .. last-1 (in their final order) of group g to ``x`` from place w on; returns the next."""
    order, copies, out = arrivals.order, arrivals.copies, arrivals.out
    width = groups.species * groups.levels
    rotate, turned = cell_key(rotation_key, groups.first_id + g // width), g % groups.levels > 0
    s = g - (g // width) * width
    for p in range(first, last):
        j = order[p]
        for m in range(copies[p]):
            for k in range(x.shape[0]):
                x[k, w] = out[k, j]
            if m > 0 and turned:
                slot = (p - arrivals.bins[2 * g]) * width + s
                angle = TWO_PI * uniform(slot_key(rotate, slot), m)
                ca = np.cos(angle)
                sa = np.sin(angle)
                x[VT1, w] = ca * out[VT1, j] - sa * out[VT2, j]
                x[VT2, w] = sa * out[VT1, j] + ca * out[VT2, j]
            w += 1
    return w


@part
def _compress_four(y, x, flags, a, b, w, first):
    """Copy the unmoved elements of four columns y[first:, a:b] to x[first:, w:] in one pass.

    Free of branches: it may touch one element past the last. The place is unsigned, which spares the test for negative
    indices.
    """
    end = w + flags.size + 1
    p, q, r, s = y[first, a:b], y[first + 1, a:b], y[first + 2, a:b], y[first + 3, a:b]
    p_new, q_new, r_new, s_new = x[first, w:end], x[first + 1, w:end], x[first + 2, w:end], x[first + 3, w:end]
    one = np.uint64(1)
    j = np.uint64(0)
    for i in range(flags.size):
        p_new[j] = p[i]
        q_new[j] = q[i]
        r_new[j] = r[i]
        s_new[j] = s[i]
        j += one - np.uint64(flags[i])


@kernel
def _compress(y, x, moved, a, b, w):
    """Copy the unmoved elements of the columns y[:, a:b] to x[:, w:], four columns in one pass."""
    flags = moved[a:b]
    _compress_four(y, x, flags, a, b, w, R)
    if x.shape[0] == PLACED:
        _compress_four(y, x, flags, a, b, w, SPIN)
        return
    one = np.uint64(1)
    for k in range(SPIN, x.shape[0]):
        source, target = y[k, a:b], x[k, w : w + flags.size + 1]
        j = np.uint64(0)
        for i in range(flags.size):
            target[j] = source[i]
            j += one - np.uint64(flags[i])


@kernel
def settle(rotation_key, groups, particles, arrivals):
    """Write every particle to its place in ``x``: movers with their copies, and stayers from ``y``.

    Copies of tracers take a random rotation of the tangential velocity: exact by symmetry about the normal, and it
    decorrelates them. Copies in the gas are exact, which keeps momentum.
    """
    groups, particles, arrivals = borrowed(groups), borrowed(particles), borrowed(arrivals)
    x, y, start, bins, stay = particles.x, particles.y, particles.start, arrivals.bins, arrivals.stay
    for g in range(stay.size):
        a = start[g]
        b = start[g + 1]
        middle = bins[2 * g + 1]
        w = _write_copies(rotation_key, groups, g, bins[2 * g], middle, arrivals.new_start[g], arrivals, x)
        if stay[g] == b - a:
            for k in range(x.shape[0]):
                source, target = y[k, a:b], x[k, w : w + stay[g]]
                for i in range(source.size):
                    target[i] = source[i]
        elif stay[g] > 0:
            _compress(y, x, particles.moved, a, b, w)
        _write_copies(rotation_key, groups, g, middle, bins[2 * g + 2], w + stay[g], arrivals, x)
