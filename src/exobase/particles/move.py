"""Particles that leave their cell, meet a boundary or enter through one: resolved one by one, exactly.

The bulk push flags them; here each is moved again from its old state, face by face where the step changes, through the
boundary conditions, and written to the list of movers in the order of its source (cell, species, slot; then what enters
through the cell's faces). That order, and the random keys, do not depend on the number of ranks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.cross_sections.rotation import thermal_rotation
from exobase.geometry.motion import (
    LEFT_INNER,
    LOST,
    REACHED,
    advance,
    farthest,
    flow,
    specific_energy,
    tangent_moment,
    tangent_scale,
    time_beyond,
)
from exobase.jit import kernel
from exobase.rng import TWO_PI, cell_key, slot_key, uniform
from exobase.tallies.ledger import Entry, book, book_escape, book_row

ABSORB, SPECULAR, DIFFUSE, KEPLER_RETURN, REMOVE = 0, 1, 2, 3, 4
GONE, REMOTE = -2, -1
ENTRY_SLOT = 1 << 40
_MAX_BOUNCES = 10000

_ABSORBED, _ESCAPED, _BEYOND = int(Entry.ABSORBED), int(Entry.ESCAPED), int(Entry.LOST_BEYOND)
_IN_FLIGHT, _RETURNED, _WALL = int(Entry.LOST_IN_FLIGHT), int(Entry.RETURNED), int(Entry.WALL)


class Cells(NamedTuple):
    """Owned cells: bounds [m], step [s], run of equal steps, first/last in their column, touching a step face.

    ``first_id`` is the global number of the first owned cell, ``species`` the number of species, ``levels`` that of
    energy levels: a cell has species * levels groups of particles, in this order.
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
    levels: int


class Boundary(NamedTuple):
    """Boundary conditions: codes, diffuse walls, loss of returning particles.

    Walls: thermal speeds sqrt(2kT/m) [ns], and velocity along the first tangent [m/s]; zeta [ns]: rotational degrees of
    freedom of the particles; loss_frequency [ns] s-1 of those above the outer boundary.
    """

    inner: int
    outer: int
    inner_speed: np.ndarray
    outer_speed: np.ndarray
    inner_slip: float
    outer_slip: float
    zeta: np.ndarray
    lost_beyond: float
    loss_frequency: np.ndarray
    delayed: bool
    step: int
    dt: float


@kernel
def list_movers(moved, start, entry_group, runs, cells, x, y, omega, first, movers, group, stay, out, key, low, slow):
    """List flagged particles and entering ones (as -1-j) in source order; ``stay`` [groups] counts the others.

    A particle that went straight on into a neighbouring cell with the same step is written to ``out``, ``key`` and
    ``low`` from place ``first`` on, as by :func:`resolve_movers`; ``slow`` receives the numbers of the rest, which are
    still to be resolved. Returns the numbers of listed and of slow particles.
    """
    ns = cells.species * cells.levels
    last = cells.lo.size - 1
    n = 0
    slow_n = 0
    e = 0
    for c in range(cells.lo.size):
        # Wrong neighbours (of another column, or none) leave no room on their side: those movers are slow.
        bottom = max(runs.edge[cells.run[c]], cells.lo[max(c - 1, 0)])
        top = min(runs.edge[cells.run[c] + 1], cells.hi[min(c + 1, last)])
        for g in range(c * ns, (c + 1) * ns):
            a = start[g]
            flags = moved[a : start[g + 1]]
            n0 = n
            for i in range(flags.size):
                movers[n] = a + i
                n += flags[i]
            stay[g] = flags.size - (n - n0)
            slow_n = _write_direct(
                cells.lo[c], cells.hi[c], bottom, top, ns, cells.levels, g, omega[g], movers, n0, n, x, y, first, group,
                out, key, low, slow, slow_n,
            )  # fmt: skip
        while e < entry_group.size and entry_group[e] // ns == c:
            movers[n] = -1 - e
            group[n] = entry_group[e]
            slow[slow_n] = n
            slow_n += 1
            n += 1
            e += 1
    return n, slow_n


@kernel
def _write_direct(
    lo, hi, bottom, top, width, levels, g, weight, movers, n0, n1, x, y, first, group, out, key, low, slow, slow_n
):  # fmt: skip
    """Write the movers n0 .. n1-1 of group g as if they went straight to a cell next to [lo, hi), without branches.

    Those that turned round or are not in [bottom, top) go to the list ``slow`` [slow_n] too. Returns its new length. A
    cell has ``width`` groups; the key is that of level 0, of tracers that of level 1 (:mod:`exobase.particles.levels`
    sets theirs).
    """
    base = g - g % levels + (g % levels > 0)
    ncol = x.shape[0]
    r, v0, v, t1, t2 = y[0], x[1], y[1], y[2], y[3]
    r_out, v_out, t1_out, t2_out, weight_out, time_out = out[0], out[1], out[2], out[3], out[ncol], out[ncol + 1]
    for k in range(n0, n1):
        i = movers[k]
        j = first + k
        q = r[i]
        w = v[i]
        above = q >= hi
        group[k] = g
        r_out[j] = q
        v_out[j] = w
        t1_out[j] = t1[i]
        t2_out[j] = t2[i]
        weight_out[j] = weight
        time_out[j] = 0.0
        key[j] = base + width * (np.int64(above) - np.int64(q < lo))
        low[j] = above
        slow[slow_n] = k
        slow_n += not ((q >= bottom) & (q < top) & (v0[i] * w > 0.0))
    for q in range(4, ncol):
        for k in range(n0, n1):
            out[q, first + k] = y[q, movers[k]]
    return slow_n


@kernel
def _wall_velocity(speed, sign, key, draws):
    """Velocity re-emitted by a diffuse wall: half-Maxwellian flux along ``sign`` and Maxwellian along the wall."""
    v = sign * speed * np.sqrt(-np.log(uniform(key, draws)))
    radius = speed * np.sqrt(-np.log(uniform(key, draws + 1)))
    angle = TWO_PI * uniform(key, draws + 2)
    return v, radius * np.cos(angle), radius * np.sin(angle)


@kernel
def _outer_fate(motion, bc, g, s, x, v, t1, t2, spin, weight, key, draws, books):
    """Fate at the outer boundary: (gone, flight time in s or 0). Books escapes and losses."""
    energy = specific_energy(motion, x, v, t1, t2)
    if bc.outer == REMOVE or energy >= 0.0:
        book_escape(books, g, s, _ESCAPED, weight, energy, spin, v)
        return True, 0.0
    energy += spin
    l2 = tangent_moment(motion, x, t1, t2)
    if farthest(motion, x, v, l2) > bc.lost_beyond:
        book(books, g, _BEYOND, weight, energy, v)
        return True, 0.0
    flight = 0.0
    if bc.delayed or bc.loss_frequency[s] > 0.0:
        flight = time_beyond(motion, x, v, l2)
    if bc.loss_frequency[s] > 0.0 and uniform(key, draws) > np.exp(-bc.loss_frequency[s] * flight):
        book(books, g, _IN_FLIGHT, weight, energy, v)
        return True, 0.0
    book(books, g, _RETURNED, weight, energy, v)
    return False, flight


@kernel
def _find_cell(cells, c, x):
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
def _meet_boundary(motion, bc, inner, g, s, x, v, t1, t2, spin, weight, key, draws, books):
    """What a boundary does to a particle with the rotational energy ``spin`` per mass.

    Returns (gone, new velocity, new spin, flight time in s or 0, random draws used so far).
    """
    kind = bc.inner if inner else bc.outer
    if kind == ABSORB:
        book(books, g, _ABSORBED if inner else _ESCAPED, weight, specific_energy(motion, x, v, t1, t2) + spin, v)
        return True, v, t1, t2, spin, 0.0, draws
    if kind == SPECULAR:
        return False, -v, t1, t2, spin, 0.0, draws
    if kind == DIFFUSE:
        before = specific_energy(motion, x, v, t1, t2) + spin
        speed = bc.inner_speed[s] if inner else bc.outer_speed[s]
        w, u1, u2 = _wall_velocity(speed, 1.0 if inner else -1.0, key, draws)
        u1 += bc.inner_slip if inner else bc.outer_slip
        draws += 3
        if bc.zeta[s] > 0.0:
            spin = (
                0.5
                * speed
                * speed
                * thermal_rotation(bc.zeta[s], uniform(key, draws), uniform(key, draws + 1), uniform(key, draws + 2))
            )
            draws += 3
        book(books, g, _WALL, weight, specific_energy(motion, x, w, u1, u2) + spin - before, w - v)
        return False, w, u1, u2, spin, 0.0, draws
    gone, flight = _outer_fate(motion, bc, g, s, x, v, t1, t2, spin, weight, key, draws, books)
    return gone, -v, t1, t2, spin, flight, draws + 1


@kernel
def _write(out, j, r, v, t1, t2, spin, source, column, weight, flight):
    """Write a mover's columns, flux weight and return time to place j."""
    out[0, j] = r
    out[1, j] = v
    out[2, j] = t1
    out[3, j] = t2
    ncol = source.shape[0]
    if ncol > 4:
        out[4, j] = spin
    for q in range(5, ncol):
        out[q, j] = source[q, column]
    out[ncol, j] = weight
    out[ncol + 1, j] = flight


@kernel
def resolve_movers(
    motion, runs, cells, bc, wall_key, slow, movers, group, start, x, y, entries, entry_fraction, entry_weight, omega,
    books, first, out, key, low,
):  # fmt: skip
    """Move the listed particles that are ``slow`` exactly; number k of the list goes to place first + k of the results.

    out [ncol+2, capacity]: columns, flux weight, return time (in steps; 0 = none, else it marks a delayed flight);
    ``key``: level 0 of the destination's groups, of tracers level 1, REMOTE or GONE; ``low``: source below destination.
    ``x``, ``y``: columns before and after the push. Returns the number of a lost particle, or -1.
    """
    levels = cells.levels
    width = cells.species * levels
    entry_cell = -1
    first_entry = 0
    for index in range(slow.size):
        k = slow[index]
        i = movers[k]
        j = first + k
        g = group[k]
        c = g // width
        s = (g - c * width) // levels
        row = book_row(g, levels)
        run = cells.run[c]
        entering = i < 0
        source = entries if entering else x
        column = -1 - i if entering else i
        fraction = entry_fraction[column] if entering else 1.0
        weight = entry_weight[column] if entering else omega[g]
        if entering and c != entry_cell:
            entry_cell = c
            first_entry = column
        slot = ENTRY_SLOT + column - first_entry if entering else i - start[c * width]
        r, v, t1, t2 = source[0, column], source[1, column], source[2, column], source[3, column]
        spin = source[4, column] if source.shape[0] > 4 else 0.0
        anchor = r
        l2 = tangent_moment(motion, r, t1, t2)
        if entering:
            r1, v1 = flow(motion, r, v, l2, fraction * runs.dt[run])
        else:
            r1, v1 = y[0, i], y[1, i]
        straight = not entering and v * v1 > 0.0 and r1 >= runs.edge[run] and r1 < runs.edge[run + 1]
        if straight:
            r, v, t1, t2 = r1, v1, y[2, i], y[3, i]
        gone, flight, draws = False, 0.0, 0
        for bounce in range(0 if straight else _MAX_BOUNCES + 1):
            code, run, r, v, fraction = advance(motion, runs, run, r, v, l2, fraction, r1, v1)
            scale = tangent_scale(motion, anchor, r)
            t1 *= scale
            t2 *= scale
            anchor = r
            if code == REACHED:
                break
            if code == LOST or bounce == _MAX_BOUNCES or not np.isfinite(r + v):
                return k
            wall = slot_key(cell_key(wall_key, cells.first_id + c), slot)
            inner = code == LEFT_INNER
            gone, v, t1, t2, spin, flight, draws = _meet_boundary(
                motion, bc, inner, row, s, r, v, t1, t2, spin, weight, wall, draws, books
            )
            if gone:
                break
            if bc.delayed and not inner:
                flight = bc.step + 1.0 - fraction + flight / bc.dt
                break
            flight = 0.0
            l2 = tangent_moment(motion, r, t1, t2)
            r1, v1 = flow(motion, r, v, l2, fraction * runs.dt[run])
        _write(out, j, r, v, t1, t2, spin, source, column, weight, flight)
        d = GONE if gone else _find_cell(cells, c, r)
        key[j] = d if d < 0 else d * width + s * levels + (g % levels > 0)
        low[j] = c < d
    return -1
