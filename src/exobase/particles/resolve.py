"""Particles that leave their cell, meet a boundary or enter through one: resolved one by one, exactly.

The bulk push flags them; here each is moved again from its old state, face by face where the step changes, through the
boundary conditions, and written to the list of movers in the order of its source (cell, species, slot; then what enters
through the cell's faces). That order, and the random keys, do not depend on the number of ranks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.geometry.columns import DX, DY, DZ, PLACED, SPIN, VN, VT1, VT2, R
from exobase.geometry.motion import (
    LEFT_INNER,
    LOST,
    NOWHERE,
    REACHED,
    Motion,
    Runs,
    advance,
    flow,
    tangent_moment,
    tangent_scale,
)
from exobase.geometry.patches import Patches, inside, layer_of, patch_of, walls_at
from exobase.geometry.turning import hop, turn_far
from exobase.jit import borrowed, kernel, part
from exobase.particles.move import (
    GONE,
    KEPLER_RETURN,
    REMOTE,
    Boundary,
    Cells,
    find_cell,
    meet_boundary,
    write_mover,
)
from exobase.rng import cell_key, slot_key
from exobase.tallies.ledger import book_row

ENTRY_SLOT = 1 << 40
_MAX_BOUNCES = 10000


class Domain(NamedTuple):
    """Where the particles of a rank move: equation of motion, runs of equal steps, owned cells, boundary conditions.

    omega [groups]: flux weights.
    """

    motion: Motion
    runs: Runs
    cells: Cells
    boundary: Boundary
    omega: np.ndarray
    patches: Patches


class Near(NamedTuple):
    """Cell [lo, hi), and the places [bottom, top) in it and next to it that particles reach without a face."""

    lo: float
    hi: float
    bottom: float
    top: float


@kernel
def move_exactly(wall_key, domain, particles, entering, movers, first, books):
    """Move flagged and entering particles to the end of the step; mover k goes to place first + k of the results.

    One call from Python: handing over tuples takes a microsecond for each of their arrays. Returns the number of movers
    and that of a lost one, or -1.
    """
    count, slow = list_movers(domain, particles, entering, movers, first)
    return count, resolve_movers(wall_key, domain, particles, entering, movers, slow, first, books)


@kernel
def list_movers(domain, particles, entering, movers, first):
    """List flagged particles and entering ones (as -1-j) in source order; ``movers.stay`` counts the others.

    A particle that went straight on into a neighbouring cell with the same step is written to ``out``, ``key`` and
    ``low`` from place ``first`` on, as by :func:`resolve_movers`; ``slow`` receives the numbers of the rest, which are
    still to be resolved. Returns the numbers of listed and of slow particles.
    """
    domain, particles, movers = borrowed(domain), borrowed(particles), borrowed(movers)
    entries, index, group, slow = borrowed(entering.group), movers.listed, movers.group, movers.slow
    cells, runs, start = domain.cells, domain.runs, particles.start
    width = cells.species * cells.levels
    last = cells.lo.size - 1
    placed = particles.x.shape[0] >= PLACED
    n = 0
    slow_n = 0
    e = 0
    for c in range(cells.lo.size):
        # Wrong neighbours (of another column, or none) leave no room on their side: those movers are slow.
        bottom = max(runs.edge[cells.run[c]], cells.lo[max(c - 1, 0)])
        top = min(runs.edge[cells.run[c] + 1], cells.hi[min(c + 1, last)])
        near = Near(cells.lo[c], cells.hi[c], bottom, top)
        for g in range(c * width, (c + 1) * width):
            a = start[g]
            flags = particles.moved[a : start[g + 1]]
            n0 = n
            for i in range(flags.size):
                index[n] = a + i
                n += flags[i]
            movers.stay[g] = flags.size - (n - n0)
            known = slow_n
            slow_n = _write_direct(near, cells, g, domain.omega[g], n0, n, particles, movers, first, slow_n)
            if placed:
                slow_n = _strays(cells, c, particles, movers, n0, n, slow_n, known)
        while e < entries.size and entries[e] // width == c:
            index[n] = -1 - e
            group[n] = entries[e]
            slow[slow_n] = n
            slow_n += 1
            n += 1
            e += 1
    return n, slow_n


@part
def _write_direct(near, cells, g, weight, n0, n1, particles, movers, first, slow_n):
    """Write the movers n0 .. n1-1 of group g as if they went straight to a cell next to theirs, without branches.

    Those that turned round or are not in [bottom, top) go to the list ``slow`` [slow_n] too. Returns its new length.
    The key is that of level 0, of tracers that of level 1 (:mod:`exobase.particles.levels` sets theirs).
    """
    levels = cells.levels
    width = cells.species * levels
    base = g - g % levels + (g % levels > 0)
    x, y, out, index = particles.x, particles.y, movers.out, movers.listed
    group, key, low, slow = movers.group, movers.key, movers.low, movers.slow
    ncol = x.shape[0]
    r, v0, v, t1, t2 = y[R], x[VN], y[VN], y[VT1], y[VT2]
    r_out, v_out, t1_out, t2_out, weight_out, time_out = out[R], out[VN], out[VT1], out[VT2], out[ncol], out[ncol + 1]
    for k in range(n0, n1):
        i = index[k]
        j = first + k
        q = r[i]
        w = v[i]
        above = q >= near.hi
        group[k] = g
        r_out[j] = q
        v_out[j] = w
        t1_out[j] = t1[i]
        t2_out[j] = t2[i]
        weight_out[j] = weight
        time_out[j] = 0.0
        key[j] = base + width * (np.int64(above) - np.int64(q < near.lo))
        low[j] = above
        slow[slow_n] = k
        slow_n += not ((q >= near.bottom) & (q < near.top) & (v0[i] * w > 0.0))
    for q in range(SPIN, ncol):
        for k in range(n0, n1):
            out[q, first + k] = y[q, index[k]]
    return slow_n


@part
def _strays(cells, c, particles, movers, n0, n1, slow_n, known):
    """Add those of the movers n0 .. n1-1 of cell c that go straight on but leave the patch to the list ``slow``, which
    held ``known`` before them. Returns its new length.
    """
    y, index, slow = particles.y, movers.listed, movers.slow
    walls = walls_at(cells.wall, c)
    end = slow_n
    place = known
    for k in range(n0, n1):
        i = index[k]
        if place < slow_n and slow[place] == k:
            place += 1
        elif not inside(walls, y[DX, i], y[DY, i], y[DZ, i]):
            slow[end] = k
            end += 1
    return end


class Flier(NamedTuple):
    """A mover before its flight: what it is, the part of the step that is left, its columns, and its squared moment.

    slot: its number in the cell, for random keys; row: of the ledger; run: of equal steps; place: its direction.
    """

    cell: int
    slot: int
    row: int
    species: int
    run: int
    weight: float
    fraction: float
    r: float
    v: float
    t1: float
    t2: float
    spin: float
    place: tuple[float, float, float]
    l2: float


@kernel
def resolve_movers(wall_key, domain, particles, entering, movers, slow, first, books):
    """Move the first ``slow`` particles of the list ``movers.slow`` exactly; number k of all movers goes to place
    first + k of the results.

    out [ncol+2, capacity]: columns, flux weight, return time (in steps; 0 = none, else it marks a delayed flight);
    ``key``: level 0 of the destination's groups, of tracers level 1, REMOTE or GONE; ``low``: source below destination.
    Returns the number of a lost particle, or -1.
    """
    domain, particles, entering = borrowed(domain), borrowed(particles), borrowed(entering)
    movers, books = borrowed(movers), borrowed(books)
    cells, runs, y = domain.cells, domain.runs, particles.y
    levels = cells.levels
    width = cells.species * levels
    placed = particles.x.shape[0] >= PLACED
    entry_cell = -1
    first_entry = 0
    for n in range(slow):
        k = movers.slow[n]
        i = movers.listed[k]
        g = movers.group[k]
        c = g // width
        if i < 0 and c != entry_cell:
            entry_cell = c
            first_entry = -1 - i
        if i < 0:
            p = _entering_flier(domain, entering, g, -1 - i, first_entry)
            r1, v1 = flow(domain.motion, p.r, p.v, p.l2, p.fraction * runs.dt[p.run])
        else:
            p = _present_flier(domain, particles, g, i)
            r1, v1 = y[R, i], y[VN, i]
        gone, flight, r, v, t1, t2, spin, place = False, 0.0, r1, v1, p.t1, p.t2, p.spin, p.place
        straight = i >= 0 and p.v * v1 > 0.0 and r1 >= runs.edge[p.run] and r1 < runs.edge[p.run + 1]
        if straight and not (placed and y[DZ, i] == NOWHERE):
            t1, t2 = y[VT1, i], y[VT2, i]
            if placed:
                place = (y[DX, i], y[DY, i], y[DZ, i])
        else:
            lost, gone, flight, r, v, t1, t2, spin, place = _fly(wall_key, domain, p, r1, v1, placed, books)
            if lost:
                return k
        source, column = (entering.x, -1 - i) if i < 0 else (particles.x, i)
        write_mover(movers.out, first + k, r, v, t1, t2, spin, place, source, column, p.weight, flight)
        d = GONE if gone else _find_place(domain, c, r, place, placed)
        movers.key[first + k] = d if d < 0 else d * width + p.species * levels + (g % levels > 0)
        movers.low[first + k] = c < d
    return -1


@part
def _find_place(domain, c, r, place, placed):
    """Owned cell at the radius r in a direction, from cell c; REMOTE if another rank owns it."""
    if not placed:
        return find_cell(domain.cells, c, r)
    patches, cells = domain.patches, domain.cells
    x, y, z = place
    d = patch_of(patches, x, y, z) * (patches.layer.size - 1) + layer_of(patches, r) - cells.first_id
    return d if 0 <= d < cells.lo.size else REMOTE


@part
def _entering_flier(domain, entering, g, column, first_entry):
    """Entering particle ``column`` of group g; ``first_entry``: the first one of its cell."""
    fraction, weight = entering.fraction[column], entering.weight[column]
    return _flier(domain, g, ENTRY_SLOT + column - first_entry, fraction, weight, entering.x, column)


@part
def _present_flier(domain, particles, g, i):
    """Particle i of group g."""
    width = domain.cells.species * domain.cells.levels
    slot = i - particles.start[g // width * width]
    return _flier(domain, g, slot, 1.0, domain.omega[g], particles.x, i)


@part
def _flier(domain, g, slot, fraction, weight, x, i):
    """Column i of x as a mover of group g."""
    cells = domain.cells
    width = cells.species * cells.levels
    c = g // width
    s = (g - c * width) // cells.levels
    r, v, t1, t2 = x[R, i], x[VN, i], x[VT1, i], x[VT2, i]
    spin = x[SPIN, i] if x.shape[0] > SPIN else 0.0
    place = (0.0, 0.0, 0.0)
    if x.shape[0] >= PLACED:
        place = (x[DX, i], x[DY, i], x[DZ, i])
    row, l2 = book_row(g, cells.levels), tangent_moment(domain.motion, r, t1, t2)
    return Flier(c, slot, row, s, cells.run[c], weight, fraction, r, v, t1, t2, spin, place, l2)


@part
def _fly(wall_key, domain, p, r1, v1, placed, books):
    """Move p face by face to the end of the step; r1, v1: where the first run of equal steps would bring it.

    Returns (lost, gone, flight time in steps or 0, new columns, new direction).
    """
    motion, runs, bc = domain.motion, domain.runs, domain.boundary
    run, fraction, l2 = p.run, p.fraction, p.l2
    r, v, t1, t2, spin, place = p.r, p.v, p.t1, p.t2, p.spin, p.place
    anchor = r
    gone, flight, draws = False, 0.0, 0
    for bounce in range(_MAX_BOUNCES + 1):
        code, run, r, v, fraction, swept = advance(motion, runs, run, r, v, l2, fraction, r1, v1)
        if placed:
            x, y, z = place
            x, y, z, t1, t2 = turn_far(x, y, z, t1, t2, anchor * swept)
            place = (x, y, z)
        scale = tangent_scale(motion, anchor, r)
        t1 *= scale
        t2 *= scale
        anchor = r
        if code == REACHED:
            break
        if code == LOST or bounce == _MAX_BOUNCES or not np.isfinite(r + v):
            return True, False, 0.0, r, v, t1, t2, spin, place
        wall = slot_key(cell_key(wall_key, domain.cells.first_id + p.cell), p.slot)
        inner, outward = code == LEFT_INNER, v
        gone, v, t1, t2, spin, flight, draws = meet_boundary(
            motion, bc, inner, p.row, p.species, r, v, t1, t2, spin, p.weight, wall, draws, books
        )
        if gone:
            break
        if placed and not inner and bc.outer == KEPLER_RETURN:
            x, y, z = place
            x, y, z, t1, t2 = turn_far(x, y, z, t1, t2, hop(r, outward, t1, t2, motion.p))
            place = (x, y, z)
        if bc.delayed and not inner:
            flight = bc.step + 1.0 - fraction + flight / bc.dt
            break
        flight = 0.0
        l2 = tangent_moment(motion, r, t1, t2)
        r1, v1 = flow(motion, r, v, l2, fraction * runs.dt[run])
    return False, gone, flight, r, v, t1, t2, spin, place
