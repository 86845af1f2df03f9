"""Moving cells between ranks with everything they own: particles, tallies, majorants, particles in flight."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exobase.parallel import Decomposition
from exobase.particles.memory import Memory
from exobase.particles.store import ParticleStore
from exobase.simulation.engine import Engine
from exobase.tallies.ledger import ENTRIES


def cell_arrays(engine: Engine) -> dict[str, NDArray[Any]]:
    """Every array the owned cells carry besides particles, leading dimension ncell."""
    out: dict[str, NDArray[Any]] = {"majorant": engine.majorant, "temperature": engine.temperature}
    for name in ("counts", "weight", "energy", "momentum"):
        out[name] = getattr(engine, name).reshape(engine.ncell, engine.ns * engine.kinds, ENTRIES)
    for name in ("sums", "gained", "flow"):
        array = getattr(engine, name)
        out[name] = array.reshape(engine.ncell, engine.ns, array.shape[-1])
    out["debt"] = engine.debt
    if engine.kinds > 1:
        for name, array in engine.memory._asdict().items():
            out[f"memory_{name}"] = array.reshape(engine.ncell, engine.ns, *array.shape[1:])
    if engine.conversions.count:
        out["converted"] = engine.converted
    for name, array in engine.diagnostics._asdict().items():
        out[f"diagnostics_{name}"] = array
    for name, blocks in engine.cell_blocks.items():
        out[f"blocks_{name}"] = blocks.data
    out["group_count"] = np.diff(engine.particles.start).reshape(engine.ncell, engine.width)
    return out


def install(engine: Engine, arrays: dict[str, NDArray[Any]], pieces: list[NDArray[np.float64]]) -> None:
    """Put cell arrays and particle columns (in pieces, in order) in place after the owned range has changed."""
    engine.majorant = np.ascontiguousarray(arrays["majorant"])
    engine.temperature = np.ascontiguousarray(arrays["temperature"])
    for name in ("counts", "weight", "energy", "momentum", "sums", "gained", "flow"):
        array = arrays[name]
        setattr(engine, name, np.ascontiguousarray(array.reshape(engine.ncell * array.shape[1], array.shape[2])))
    engine.debt = np.ascontiguousarray(arrays["debt"])
    if engine.kinds > 1:
        kept = [arrays[f"memory_{name}"] for name in engine.memory._fields]
        engine.memory = Memory(*(np.ascontiguousarray(a.reshape(engine.rows, *a.shape[2:])) for a in kept))
    if engine.conversions.count:
        engine.converted = np.ascontiguousarray(arrays["converted"])
    fields = engine.diagnostics._fields
    engine.diagnostics = type(engine.diagnostics)(*(np.ascontiguousarray(arrays[f"diagnostics_{f}"]) for f in fields))
    for name, blocks in engine.cell_blocks.items():
        blocks.data = np.ascontiguousarray(arrays[f"blocks_{name}"])
    engine.bind_books()
    engine.particles.y = np.empty((engine.columns, 0))
    store = ParticleStore(engine.columns, engine.groups, sum(piece.shape[1] for piece in pieces))
    place = 0
    for piece in pieces:
        store.x[:, place : place + piece.shape[1]] = piece
        place += piece.shape[1]
    store.start[1:] = np.cumsum(arrays["group_count"].reshape(-1))
    engine.use_store(store)


def redistribute(engine: Engine, parts: Decomposition) -> None:
    """Give every rank the cells of ``parts``. The physical state, and so every later bit, stays the same."""
    comm, width = engine.comm, engine.width
    old = engine.parts
    if np.array_equal(old.cuts, parts.cuts):
        return
    arrays = cell_arrays(engine)
    start, x = engine.particles.start, engine.particles.x
    outgoing = {}
    for rank, a, b in parts.overlaps(engine.begin, engine.end):
        i, j = a - engine.begin, b - engine.begin
        flying = (engine.flights.data[-1] >= a) & (engine.flights.data[-1] < b)
        # Views: what stays here is copied once, into its new place.
        outgoing[rank] = (
            {name: array[i:j] for name, array in arrays.items()},
            x[:, start[i * width] : start[j * width]],
            engine.flights.data[:, flying],
        )
    begin, end = parts.begin(comm.rank), parts.end(comm.rank)
    received = comm.swap(outgoing, [rank for rank, _, _ in old.overlaps(begin, end)])
    engine.set_parts(parts)
    pieces = [received[rank] for rank in sorted(received)]
    if pieces:
        merged = {name: np.concatenate([p[0][name] for p in pieces]) for name in arrays}
        engine.flights.data = np.concatenate([p[2] for p in pieces], axis=1)
    else:
        merged = {name: array[:0] for name, array in arrays.items()}
        engine.flights.data = engine.flights.data[:, :0]
    install(engine, merged, [p[1] for p in pieces])
