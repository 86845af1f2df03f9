"""Checkpoint, restore and digest of a simulation, independent of the number of ranks."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exobase.errors import RunError
from exobase.io import finish, prune, write_part
from exobase.io.checkpoint import folder_name, new_folder
from exobase.parallel import Comm
from exobase.simulation.transfer import cell_arrays

if TYPE_CHECKING:
    from exobase.simulation.core import Simulation

_AXES = ("cell", "particle", "flight")


def digest(sim: Simulation) -> str:
    """SHA-256 over every array of the state in global order, column by column."""
    total = hashlib.sha256()
    for name, array in sorted(_distributed(sim).items()):
        if sim.comm.rank == 0:
            total.update(name.encode())
        for piece in sim.comm.stream(array):
            total.update(np.ascontiguousarray(piece).tobytes())
    for name, array in sorted(_root_arrays(sim).items()):
        total.update(name.encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return str(sim.comm.bcast(total.hexdigest()))


def _distributed(sim: Simulation) -> dict[str, NDArray[Any]]:
    """Arrays whose rows are divided among ranks, by axis/name."""
    e = sim.engine
    out: dict[str, NDArray[Any]] = {f"cell/{k}": v for k, v in cell_arrays(e).items()}
    for k in range(e.particles.x.shape[0]):
        out[f"particle/{k}"] = e.particles.x[k, : e.particles.count]
    flights = e.flights.data[:, np.argsort(e.flights.data[-1], kind="stable")]
    for k in range(flights.shape[0]):
        out[f"flight/{k}"] = flights[k]
    return out


def _root_arrays(sim: Simulation) -> dict[str, NDArray[Any]]:
    """Arrays that are the same on all ranks, or sums over ranks (collective)."""
    e = sim.engine
    out: dict[str, NDArray[Any]] = {f"history_{k}": v for k, v in sim.history.arrays().items()}
    mesh, profile = e.tables.mesh, e.tables.profile
    out |= {
        **mesh.arrays(),
        "profile_density": profile.density.T,
        "profile_temperature": profile.temperature.T,
        "profile_position": profile.position,
        "reservoirs": np.array([[r.density, r.bulk_speed, r.temperature] for r in sim.reservoirs.values()]),
    }
    return out | e.state.of_all(sim.comm)


def _scalars(sim: Simulation) -> dict[str, Any]:
    e = sim.engine
    return {
        "step": e.step,
        "tally_from": sim.tally_from,
        "tally_step": sim.tally_step,
        "sampled_step": sim.sampled_step,
        "diagnosed_step": sim.diagnosed_step,
        "adapted": sim.adapted,
        "start": sim.start,
        "cells": e.tables.mesh.layers,
        "case": sim.case.to_dict(),
        **e.state.numbers(),
    }


def write_checkpoint(sim: Simulation, folder: Path, extra: dict[str, Any] | None = None) -> Path:
    """Write all ranks' parts, then manifest and final name; older ones beyond run.checkpoint_keep are deleted.

    Raises RunError on all ranks where any rank cannot write; the earlier checkpoints are then intact.
    """
    comm = sim.comm
    final = folder / folder_name(sim.steps)
    temporary = final.with_name(final.name + ".tmp")
    _agree(comm, temporary, lambda: new_folder(temporary) if comm.rank == 0 else None)
    arrays = _distributed(sim)
    root = _root_arrays(sim)
    sizes = {axis: next(len(v) for k, v in arrays.items() if k.startswith(axis)) for axis in _AXES}
    for name, array in root.items():
        arrays[f"root_{name}/data"] = array if comm.rank == 0 else array[:0]
    attrs = {**_scalars(sim), "extra": extra or {}}
    entry = _agree(comm, temporary, lambda: write_part(temporary, comm.rank, arrays, attrs))
    gathered = comm.gather((entry, sizes))

    def complete() -> None:
        rows: dict[str, list[list[int]]] = {}
        for axis in _AXES:
            ends = np.cumsum([s[axis] for _, s in gathered])
            rows[axis] = [[int(e - s[axis]), int(e)] for e, (_, s) in zip(ends, gathered, strict=True)]
        for name, array in root.items():
            rows[f"root_{name}"] = [[0, len(array)]] + [[len(array)] * 2] * (comm.size - 1)
        finish(temporary, final, {"step": sim.steps, "parts": [e for e, _ in gathered], "rows": rows})
        prune(folder, sim.case.run.checkpoint_keep)

    _agree(comm, temporary, lambda: complete() if comm.rank == 0 else None)
    return final


def _agree(comm: Comm, temporary: Path, act: Callable[[], Any]) -> Any:
    """Let every rank act and wait for all; what one rank cannot write is one RunError on all ranks, and is removed."""
    result, problem = None, ""
    try:
        result = act()
    except (OSError, RunError) as error:
        problem = str(error)
    told = comm.gather(problem)
    first = comm.bcast(next(((rank, text) for rank, text in enumerate(told) if text), None))
    if first is None:
        return result
    if comm.rank == 0:
        shutil.rmtree(temporary, ignore_errors=True)
    where = f" (rank {first[0]} of {comm.size})" if comm.size > 1 else ""
    raise RunError(first[1] + where)
