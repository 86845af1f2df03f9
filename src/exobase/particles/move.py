"""Particles that leave their cell, meet a boundary or enter through one: resolved one by one, exactly.

The bulk push flags them; here each is moved again from its old state, face by face where the step changes, through the
boundary conditions, and written to the list of movers in the order of its source (cell, species, slot; then what enters
through the cell's faces). That order, and the random keys, do not depend on the number of ranks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.geometry.motion import (
    LEFT_INNER,
    LOST,
    REACHED,
    advance,
    flow,
    specific_energy,
    tangent_moment,
    tangent_scale,
)
from exobase.geometry.radial import apoapsis, return_time
from exobase.jit import kernel
from exobase.rng import TWO_PI, cell_key, slot_key, uniform
from exobase.tallies.ledger import Entry, book, book_escape

ABSORB, SPECULAR, DIFFUSE, KEPLER_RETURN, REMOVE = 0, 1, 2, 3, 4
GONE, REMOTE = -2, -1
ENTRY_SLOT = 1 << 40
_MAX_BOUNCES = 10000

_ABSORBED, _ESCAPED, _BEYOND = int(Entry.ABSORBED), int(Entry.ESCAPED), int(Entry.LOST_BEYOND)
_IN_FLIGHT, _RETURNED, _WALL = int(Entry.LOST_IN_FLIGHT), int(Entry.RETURNED), int(Entry.WALL)


class Cells(NamedTuple):
    """Owned cells: bounds [m], step [s], run of equal steps, first/last in their column, touching a step face.

    ``first_id`` is the global number of the first owned cell, ``species`` the number of species (groups per cell).
    """

    lo: np.ndarray
    hi: np.ndarray
    dt: np.ndarray
    volume: np.ndarray
    run: np.ndarray
    bottom: np.ndarray
    top: np.ndarray
    at_face: np.ndarray
    first_id: int
    species: int


class Boundary(NamedTuple):
    """Boundary conditions: codes, thermal speeds sqrt(2kT/m) of diffuse walls [ns], loss of returning particles."""

    inner: int
    outer: int
    inner_speed: np.ndarray
    outer_speed: np.ndarray
    lost_beyond: float
    loss_frequency: float
    delayed: bool
    step: int
    dt: float


@kernel
def list_movers(moved, start, species, entry_group, movers, group, stay):  # type: ignore[no-untyped-def]
    """List flagged particles and entering ones (as -1-j) in source order; ``stay`` [groups] counts the others."""
    n = 0
    e = 0
    for g in range(start.size - 1):
        a = start[g]
        flags = moved[a : start[g + 1]]
        n0 = n
        for i in range(flags.size):
            movers[n] = a + i
            group[n] = g
            n += flags[i]
        stay[g] = flags.size - (n - n0)
        if (g + 1) % species == 0:
            cell = g // species
            while e < entry_group.size and entry_group[e] // species == cell:
                movers[n] = -1 - e
                group[n] = entry_group[e]
                n += 1
                e += 1
    return n


@kernel
def _wall_velocity(speed, sign, key, draws):  # type: ignore[no-untyped-def]
    """Velocity re-emitted by a diffuse wall: half-Maxwellian flux along ``sign`` and Maxwellian along the wall."""
    v = sign * speed * np.sqrt(-np.log(uniform(key, draws)))
    radius = speed * np.sqrt(-np.log(uniform(key, draws + 1)))
    angle = TWO_PI * uniform(key, draws + 2)
    return v, radius * np.cos(angle), radius * np.sin(angle)


@kernel
def _outer_fate(motion, bc, g, s, x, v, t1, t2, weight, key, draws, books):  # type: ignore[no-untyped-def]
    """Fate at the outer boundary: (gone, flight time in s or 0). Books escapes and losses."""
    energy = specific_energy(motion, x, v, t1, t2)
    if bc.outer == REMOVE or energy >= 0.0:
        book_escape(books, g, s, _ESCAPED, weight, energy, v)
        return True, 0.0
    l2 = tangent_moment(motion, x, t1, t2)
    if apoapsis(x, v, l2, motion.p) > bc.lost_beyond:
        book(books, g, _BEYOND, weight, energy, v)
        return True, 0.0
    flight = 0.0
    if bc.delayed or bc.loss_frequency > 0.0:
        flight = return_time(x, v, l2, motion.p)
    if bc.loss_frequency > 0.0 and uniform(key, draws) > np.exp(-bc.loss_frequency * flight):
        book(books, g, _IN_FLIGHT, weight, energy, v)
        return True, 0.0
    book(books, g, _RETURNED, weight, energy, v)
    return False, flight


@kernel
def _find_cell(cells, c, x):  # type: ignore[no-untyped-def]
    """Owned cell that holds x, walking from cell c within its column; REMOTE if another rank owns it."""
    while x >= cells.hi[c] and not cells.top[c]:
        c += 1
        if c == cells.hi.size:
            return REMOTE
    while x < cells.lo[c] and not cells.bottom[c]:
        c -= 1
        if c < 0:
            return REMOTE
    return c


@kernel
def resolve_movers(
    motion,
    runs,
    cells,
    bc,
    wall_key,
    movers,
    group,
    start,
    x,
    y,
    entries,
    entry_fraction,
    entry_weight,
    omega,
    books,
    out,
    key,
    low,
):  # type: ignore[no-untyped-def]
    """Move every listed particle exactly and write it to ``out`` [ncol+2, n]: columns, flux weight, return time.

    ``key`` [n]: destination group, REMOTE or GONE; ``low`` [n]: source cell below the destination. The return time (in
    steps, 0 = none) marks particles in delayed flight. ``x``, ``y``: columns before and after the push. Returns
    the index of a lost particle, or -1.
    """
    ncol = x.shape[0]
    ns = cells.species
    for n in range(movers.size):
        i = movers[n]
        g = group[n]
        c = g // ns
        s = g - c * ns
        source = entries if i < 0 else x
        column = -1 - i if i < 0 else i
        fraction = entry_fraction[column] if i < 0 else 1.0
        weight = entry_weight[column] if i < 0 else omega[g]
        slot = ENTRY_SLOT + column if i < 0 else i - start[c * ns]
        draws = 0
        r = source[0, column]
        v = source[1, column]
        t1 = source[2, column]
        t2 = source[3, column]
        anchor = r
        run = cells.run[c]
        gone = False
        flight = 0.0
        if i >= 0:
            r1 = y[0, i]
            if r1 >= runs.edge[run] and r1 < runs.edge[run + 1] and v * y[1, i] > 0.0:
                d = _find_cell(cells, c, r1)
                key[n] = REMOTE if d < 0 else d * ns + s
                low[n] = c < d
                for q in range(ncol):
                    out[q, n] = y[q, i]
                out[ncol, n] = weight
                out[ncol + 1, n] = 0.0
                continue
        l2 = tangent_moment(motion, anchor, t1, t2)
        if i < 0:
            r1, v1 = flow(motion, r, v, l2, fraction * runs.dt[run])
        else:
            r1 = y[0, i]
            v1 = y[1, i]
        bounces = 0
        while True:
            bounces += 1
            code, run, r, v, fraction = advance(motion, runs, run, r, v, l2, fraction, r1, v1)
            scale = tangent_scale(motion, anchor, r)
            t1 *= scale
            t2 *= scale
            anchor = r
            if code == REACHED:
                break
            if code == LOST or bounces > _MAX_BOUNCES or not np.isfinite(r + v):
                return n
            k = slot_key(cell_key(wall_key, cells.first_id + c), slot)
            inner = code == LEFT_INNER
            kind = bc.inner if inner else bc.outer
            if kind == ABSORB:
                book(books, g, _ABSORBED if inner else _ESCAPED, weight, specific_energy(motion, r, v, t1, t2), v)
                gone = True
                break
            if kind == SPECULAR:
                v = -v
            elif kind == DIFFUSE:
                before = specific_energy(motion, r, v, t1, t2)
                v_before = v
                speed = bc.inner_speed[s] if inner else bc.outer_speed[s]
                v, t1, t2 = _wall_velocity(speed, 1.0 if inner else -1.0, k, draws)
                draws += 3
                book(books, g, _WALL, weight, specific_energy(motion, r, v, t1, t2) - before, v - v_before)
            else:
                gone, flight = _outer_fate(motion, bc, g, s, r, v, t1, t2, weight, k, draws, books)
                draws += 1
                v = -v
                if gone:
                    break
                if bc.delayed:
                    flight = bc.step + 1.0 - fraction + flight / bc.dt
                    break
                flight = 0.0
            l2 = tangent_moment(motion, anchor, t1, t2)
            r1, v1 = flow(motion, r, v, l2, fraction * runs.dt[run])
        out[0, n] = r
        out[1, n] = v
        out[2, n] = t1
        out[3, n] = t2
        for q in range(4, ncol):
            out[q, n] = source[q, column]
        out[ncol, n] = weight
        out[ncol + 1, n] = flight
        if gone:
            key[n] = GONE
            low[n] = False
            continue
        d = _find_cell(cells, c, r)
        key[n] = REMOTE if d < 0 else d * ns + s
        low[n] = c < d
    return -1
