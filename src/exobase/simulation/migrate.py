"""Movers that go to cells of other ranks, and those that come from there, in the order of their source cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.geometry.columns import R
from exobase.parallel import Comm, Decomposition
from exobase.particles.move import GONE, REMOTE
from exobase.particles.movers import MoverBuffer
from exobase.simulation.rank_tables import Tables

Array = NDArray[np.float64]


def migrate(comm: Comm, t: Tables, m: MoverBuffer, count: int) -> tuple[int, int]:
    """Send movers to the owners of their cells; arrivals from lower ranks go before, from higher behind our own.

    count: own movers. Returns the first and one past the last place of all movers. Collective.
    """
    first, last = m.head, m.head + count
    if t.boundary.delayed:
        _mark_departures(t, m, first, last)
    if comm.size == 1:
        return first, last
    received = comm.exchange(_pack_remote(t, m, first, last))
    rows = t.columns + 4
    below = [a.reshape(rows, -1) for r, a in received if r < comm.rank]
    above = [a.reshape(rows, -1) for r, a in received if r > comm.rank]
    n_below, n_above = (sum(a.shape[1] for a in part) for part in (below, above))
    if n_below > m.head or count + n_above > m.out.shape[1] - m.head:
        m.reserve(count + n_above, m.head, m.head + count, head=max(2 * n_below, m.head))
        first, last = m.head, m.head + count
    _unpack(t, m, below, first - n_below, low=True)
    _unpack(t, m, above, last, low=False)
    return first - n_below, last + n_above


def _unpack(t: Tables, m: MoverBuffer, arrived: list[Array], place: int, low: bool) -> None:
    """Write arrivals from place ``place`` on; low: they come from lower cells."""
    for a in arrived:
        n = a.shape[1]
        m.out[:, place : place + n] = a[: t.columns + 2]
        cell, kind = a[t.columns + 2].astype(np.int64), a[t.columns + 3].astype(np.int64)
        row = (cell - t.begin) * t.ns + kind % t.ns
        m.key[place : place + n] = row * t.levels.number + (kind >= t.ns)
        m.low[place : place + n] = low
        place += n


def _pack_remote(t: Tables, m: MoverBuffer, first: int, last: int) -> dict[int, Array]:
    """Movers for other ranks, in source order: columns, flux weight, return time, global cell, species (+ ns: tracer)
    by owner.
    """
    away = np.flatnonzero(m.key[first:last] == REMOTE)
    if not away.size:
        return {}
    j = away + first
    row, tracer = m.group[away] // t.levels.number, m.group[away] % t.levels.number > 0
    patch = t.mesh.patch_at(m.out[:, j], t.mesh.patch_of(t.begin + row // t.ns))
    cell = t.mesh.cell_of(patch, t.mesh.locate(m.out[R, j]))
    kind = row % t.ns + t.ns * tracer
    data = np.concatenate([m.out[:, j], [cell.astype(np.float64)], [kind.astype(np.float64)]])
    return by_owner(t.parts, cell, data)


def by_owner(parts: Decomposition, cell: NDArray[np.int64], data: Array) -> dict[int, Array]:
    """Columns of ``data`` [m, n] by the rank that owns their global cell [n]."""
    owner = parts.owner(cell)
    return {int(r): np.ascontiguousarray(data[:, owner == r]) for r in np.unique(owner)}


def _mark_departures(t: Tables, m: MoverBuffer, first: int, last: int) -> None:
    """Particles that left on a delayed flight belong to the cell that owns the outer face of their column."""
    j = first + np.flatnonzero((m.out[t.columns + 1, first:last] > 0.0) & (m.key[first:last] != GONE))
    m.out[R, j] = t.mesh.outer
    m.low[j] = False
