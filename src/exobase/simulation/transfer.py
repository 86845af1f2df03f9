"""Moving cells between ranks with everything they own: particles, tallies, majorants, particles in flight."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exobase.parallel import Decomposition
from exobase.particles.store import ParticleStore
from exobase.simulation.engine import Engine


def cell_arrays(engine: Engine) -> dict[str, NDArray[Any]]:
    """Every array the owned cells carry, leading dimension ncell, and the numbers of their particles by group."""
    t = engine.tables
    return {**engine.state.of_cells(), "group_count": np.diff(engine.particles.start).reshape(t.ncell, t.width)}


def install(engine: Engine, arrays: dict[str, NDArray[Any]], pieces: list[NDArray[np.float64]]) -> None:
    """Put cell arrays and particle columns (in pieces, in order) in place after the owned range has changed."""
    t = engine.tables
    engine.state.take(t, arrays)
    engine.particles.y = np.empty((t.columns, 0))
    store = ParticleStore(t.columns, t.groups, sum(piece.shape[1] for piece in pieces))
    place = 0
    for piece in pieces:
        store.x[:, place : place + piece.shape[1]] = piece
        place += piece.shape[1]
    store.start[1:] = np.cumsum(arrays["group_count"].reshape(-1))
    engine.particles = store


def redistribute(engine: Engine, parts: Decomposition) -> None:
    """Give every rank the cells of ``parts``. The physical state, and so every later bit, stays the same."""
    comm, t = engine.comm, engine.tables
    old, width = t.parts, t.width
    if np.array_equal(old.cuts, parts.cuts):
        return
    arrays = cell_arrays(engine)
    start, x = engine.particles.start, engine.particles.x
    outgoing = {}
    for rank, a, b in parts.overlaps(t.begin, t.end):
        i, j = a - t.begin, b - t.begin
        flying = (engine.flights.data[-1] >= a) & (engine.flights.data[-1] < b)
        # Views: what stays here is copied once, into its new place.
        outgoing[rank] = (
            {name: array[i:j] for name, array in arrays.items()},
            x[:, start[i * width] : start[j * width]],
            engine.flights.data[:, flying],
        )
    begin, end = parts.begin(comm.rank), parts.end(comm.rank)
    received = comm.swap(outgoing, [rank for rank, _, _ in old.overlaps(begin, end)])
    engine.lay(t.mesh, t.profile, parts)
    pieces = [received[rank] for rank in sorted(received)]
    if pieces:
        merged = {name: np.concatenate([p[0][name] for p in pieces]) for name in arrays}
        engine.flights.data = np.concatenate([p[2] for p in pieces], axis=1)
    else:
        merged = {name: array[:0] for name, array in arrays.items()}
        engine.flights.data = engine.flights.data[:, :0]
    install(engine, merged, [p[1] for p in pieces])
