"""Put particles in the order of their cells: movers by a stable counting sort, stayers compressed in place.

Order inside a group (cell, species, energy level): movers from lower source cells in source order, then the particles
that stayed,
then movers that return to or enter the cell, and those from higher source cells. Clones follow their original.
"""

from __future__ import annotations

import numpy as np

from exobase.geometry.motion import specific_energy
from exobase.jit import kernel
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


@kernel
def count_copies(
    motion, clone_key, first_id, width, levels, bins, order, out, ncol, omega, zeta, keeper, stay, copies, new_start,
    books,
):  # fmt: skip
    """Copies of each ordered mover, in the mean its flux weight over that of the destination (unbiased clone/remove).

    A cell has ``width`` groups, ``levels`` of each species; row ``ncol`` of ``out`` holds the flux weight. Particles of
    the gas (level 0): as many copies as the ratio holds, exactly, and a coin that remembers for the rest of it
    (:func:`exobase.particles.conserve.keep`). Tracers: systematic rounding, one draw for a group; the sum is off by
    less than one copy. Fills ``copies`` [n] and ``new_start`` [groups+1]; books the gain, whose mean is zero. Returns
    the new total.
    """
    total = 0
    for g in range(stay.size):
        new_start[g] = total
        first = bins[2 * g]
        last = bins[2 * g + 2]
        if last > first:
            row = g // levels
            place = book_row(g, levels)
            gas = g % levels == 0
            base = cell_key(clone_key, first_id + g // width)
            slot = g % width
            rest = 0.0 if gas else uniform(slot_key(base, slot), 0)
            s = slot // levels
            for p in range(first, last):
                j = order[p]
                weight = out[ncol, j]
                m = 1
                if weight != omega[g]:
                    spin = out[4, j] if ncol > 4 else 0.0
                    rest += weight / omega[g]
                    m = int(rest)
                    rest -= m
                    if gas and rest > 0.0:
                        u = uniform(slot_key(base, (p - first + 1) * width + slot), 0)
                        v, t1, t2 = out[1, j], out[2, j], out[3, j]
                        m += keep(keeper.gained, row, keeper.speed[row], rest, v, t1, t2, spin, zeta[s], u)
                        rest = 0.0
                    gain = m * omega[g] - weight
                    energy = specific_energy(motion, out[0, j], out[1, j], out[2, j], out[3, j]) + spin
                    books.counts[place, _CLONED if m > 0 else _REMOVED] += m - 1 if m > 0 else 1
                    books.weight[place, _CLONED] += gain
                    books.energy[place, _CLONED] += gain * energy
                copies[p] = m
                total += m
        total += stay[g]
    new_start[stay.size] = total
    return total


@kernel
def _write_copies(first, last, w, ncol, width, g, group_first, rotate, turned, order, copies, out, x):
    s = g - (g // width) * width
    for p in range(first, last):
        j = order[p]
        for m in range(copies[p]):
            for k in range(ncol):
                x[k, w] = out[k, j]
            if m > 0 and turned:
                slot = (p - group_first) * width + s
                angle = TWO_PI * uniform(slot_key(rotate, slot), m)
                ca = np.cos(angle)
                sa = np.sin(angle)
                x[2, w] = ca * out[2, j] - sa * out[3, j]
                x[3, w] = sa * out[2, j] + ca * out[3, j]
            w += 1
    return w


@kernel
def _compress(y, x, moved, a, b, w):
    """Copy the unmoved elements of the columns y[:, a:b] to x[:, w:], four columns in one pass.

    Free of branches: it may touch one element past the last. The place is unsigned, which spares the test for negative
    indices.
    """
    flags = moved[a:b]
    end = w + flags.size + 1
    r, v, t1, t2 = y[0, a:b], y[1, a:b], y[2, a:b], y[3, a:b]
    r_new, v_new, t1_new, t2_new = x[0, w:end], x[1, w:end], x[2, w:end], x[3, w:end]
    one = np.uint64(1)
    j = np.uint64(0)
    for i in range(flags.size):
        r_new[j] = r[i]
        v_new[j] = v[i]
        t1_new[j] = t1[i]
        t2_new[j] = t2[i]
        j += one - np.uint64(flags[i])
    for k in range(4, x.shape[0]):
        source, target = y[k, a:b], x[k, w:end]
        j = np.uint64(0)
        for i in range(flags.size):
            target[j] = source[i]
            j += one - np.uint64(flags[i])


@kernel
def settle(rotation_key, first_id, width, levels, start, moved, stay, bins, order, copies, out, new_start, y, x):
    """Write every particle to its place in ``x``: movers with their copies, and stayers from ``y``.

    Copies of tracers take a random rotation of the tangential velocity: exact by symmetry about the normal, and it
    decorrelates them. Copies in the gas are exact, which keeps momentum.
    """
    ncol = x.shape[0]
    for g in range(stay.size):
        a = start[g]
        b = start[g + 1]
        w = new_start[g]
        first = bins[2 * g]
        middle = bins[2 * g + 1]
        last = bins[2 * g + 2]
        rotate = cell_key(rotation_key, first_id + g // width)
        turned = g % levels > 0
        w = _write_copies(first, middle, w, ncol, width, g, first, rotate, turned, order, copies, out, x)
        if stay[g] == b - a:
            for k in range(ncol):
                source, target = y[k, a:b], x[k, w : w + stay[g]]
                for i in range(source.size):
                    target[i] = source[i]
        elif stay[g] > 0:
            _compress(y, x, moved, a, b, w)
        w += stay[g]
        w = _write_copies(middle, last, w, ncol, width, g, first, rotate, turned, order, copies, out, x)
