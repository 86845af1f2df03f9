"""Checkpoint, restore and digest of a simulation, independent of the number of ranks."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.errors import InputError, RunError
from exobase.geometry.grid import Grid
from exobase.geometry.motion import Runs
from exobase.io import find_latest_valid, finish, prune, read_attr, read_rows, write_part
from exobase.io.checkpoint import folder_name, new_folder, part_damage, version_note
from exobase.parallel import Comm, Decomposition, SerialComm
from exobase.simulation.core import Simulation
from exobase.simulation.profile import Profile
from exobase.simulation.transfer import cell_arrays, install
from exobase.tallies.blocks import Blocks

_AXES = ("cell", "particle", "flight")
_SCALARS = ("step", "samples", "memory_from", "tally_from", "tally_step", "sampled_step", "diagnosed_step", "adapted",
            "cells", "blocks", "case", "extra")  # fmt: skip
_FLIGHT_ROWS = 1 << 18
# Since then the history holds the moments of the collisional column, and cells what their coins remember.
_READ_SINCE = 3


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
    out |= {
        "grid_position": e.grid.node_position,
        "grid_number": e.grid.node_number,
        "run_edge": e.grid.runs.edge,
        "run_dt": e.grid.runs.dt,
        "profile_density": e.profile.density.T,
        "profile_temperature": e.profile.temperature.T,
        "profile_position": e.profile.position,
        "past": e.past,
        "majorant_scale": e.majorant_scale,
        "spectrum": sim.comm.sum(e.spectrum),
        "histogram": sim.comm.sum(e.histogram),
        "reservoirs": np.array([[r.density, r.bulk_speed, r.temperature] for r in sim.reservoirs.values()]),
    }
    for name, blocks in sim.partial_blocks.items():
        out[f"partial_{name}"] = sim.comm.sum(blocks.data)
        out[f"partial_{name}_samples"] = blocks.samples
    for name, blocks in e.cell_blocks.items():
        out[f"samples_{name}"] = blocks.samples
    return out


def _scalars(sim: Simulation) -> dict[str, Any]:
    e = sim.engine
    blocks = {**e.cell_blocks, **sim.partial_blocks}
    return {
        "step": e.step,
        "samples": e.samples,
        "memory_from": e.memory_from,
        "tally_from": sim.tally_from,
        "tally_step": sim.tally_step,
        "sampled_step": sim.sampled_step,
        "diagnosed_step": sim.diagnosed_step,
        "adapted": sim.adapted,
        "start": sim.start,
        "cells": e.grid.cells,
        "blocks": {name: {**b.scalars(), "number": b.number} for name, b in blocks.items()},
        "case": sim.case.to_dict(),
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


def restore(
    folder: Path, comm: Comm | None = None, changes: dict[str, Any] | None = None
) -> tuple[Simulation, dict[str, Any], list[str]]:
    """Continue from the newest valid checkpoint below ``folder`` on any number of ranks.

    changes: settings of ``case.run`` to replace (limits; never the seed). Returns the simulation, what was stored with
    the checkpoint, and messages: every damaged one skipped, another version that wrote it. Raises InputError where
    there is none, or one that is too old.
    """
    comm = comm if comm is not None else SerialComm()
    path, manifest, messages = _find(comm, Path(folder))
    if manifest["schema"] < _READ_SINCE:
        raise InputError(
            [
                f"{path}: checkpoints of schema {manifest['schema']} lack data recorded since schema {_READ_SINCE} "
                "(the temperature of the column, tracers); run the case again with --overwrite"
            ]
        )
    scalars: dict[str, Any] = {}
    if comm.rank == 0:
        scalars = {key: read_attr(path, manifest, key) for key in _SCALARS}
    scalars = comm.bcast(scalars)
    case = Case.from_dict(scalars["case"]).with_run(**(changes or {}))
    sim = Simulation.__new__(Simulation)
    _rebuild(sim, case, comm, path, manifest, scalars)
    return sim, scalars["extra"], [*messages, *version_note(path, manifest)]


def _find(comm: Comm, folder: Path) -> tuple[Path, dict[str, Any], list[str]]:
    """The newest checkpoint whose parts match their checksums, which the ranks read in turns."""
    damaged: dict[Path, str] = {}
    while True:
        found: Any = None
        if comm.rank == 0:
            try:
                found = find_latest_valid(folder, checksums=False, damaged=damaged)
            except InputError as error:
                found = error
        found = comm.bcast(found)
        if isinstance(found, InputError):
            raise found
        path, manifest, messages = found
        damage = [part_damage(path, entry) for entry in manifest["parts"][comm.rank :: comm.size]]
        told = comm.gather(next((text for text in damage if text), None))
        first = comm.bcast(next((text for text in told if text), None))
        if first is None:
            return path, manifest, messages
        damaged[path] = first


def _rebuild(
    sim: Simulation, case: Case, comm: Comm, path: Path, manifest: dict[str, Any], scalars: dict[str, Any]
) -> None:
    def root(name: str) -> NDArray[Any]:
        axis = f"root_{name}"
        return read_rows(path, manifest, f"{axis}/data", 0, manifest["rows"][axis][0][1])

    runs = Runs(root("run_edge"), root("run_dt"))
    kind = 1 if case.geometry == "planar" else 0
    grid = Grid(kind, int(scalars["cells"]), case.run.columns, root("grid_position"), root("grid_number"), runs)
    profile = Profile(
        root("profile_position"),
        np.ascontiguousarray(root("profile_density").T),
        np.ascontiguousarray(root("profile_temperature").T),
    )
    sim.begin_from(case, comm, grid, profile, Decomposition.even(grid.total, comm.size))
    e = sim.engine
    for reservoir, row in zip(sim.reservoirs.values(), root("reservoirs"), strict=True):
        reservoir.density, reservoir.bulk_speed, reservoir.temperature = (float(v) for v in row)
    e.refresh_faces()
    e.majorant_scale = root("majorant_scale")
    e.step, e.samples, e.past = int(scalars["step"]), int(scalars["samples"]), root("past")
    e.memory_from = int(scalars["memory_from"])
    sim.tally_from, sim.adapted = scalars["tally_from"], bool(scalars["adapted"])
    sim.tally_step, sim.sampled_step = int(scalars["tally_step"]), int(scalars["sampled_step"])
    sim.start = str(scalars.get("start", ""))
    sim.diagnosed_step = int(scalars["diagnosed_step"])
    sim.history.load({k: root(f"history_{k}") for k in sim.history.arrays()})
    first = comm.rank == 0
    for name in ("spectrum", "histogram"):
        setattr(e, name, root(name) if first else np.zeros_like(root(name)))
    for name, numbers in scalars["blocks"].items():
        partial = f"root_partial_{name}" in manifest["rows"]
        blocks = Blocks((0,), number=int(numbers["number"]))
        blocks.restore(numbers)
        blocks.samples = root(f"partial_{name}_samples" if partial else f"samples_{name}")
        if partial:
            data = root(f"partial_{name}")
            blocks.data = data if first else np.zeros_like(data)
            sim.partial_blocks[name] = blocks
        else:
            e.cell_blocks[name] = blocks
    _read_cells(sim, path, manifest)


def _read_cells(sim: Simulation, path: Path, manifest: dict[str, Any]) -> None:
    """This rank's cells, their particles and flights."""
    e = sim.engine
    names = list(cell_arrays(e))
    arrays = {n: read_rows(path, manifest, f"cell/{n}", e.begin, e.end) for n in names}
    here = int(arrays["group_count"].sum())
    before = int(sim.comm.exclusive_sum(float(here)))
    columns = np.stack(
        [read_rows(path, manifest, f"particle/{k}", before, before + here) for k in range(e.particles.x.shape[0])]
    )
    install(e, arrays, [columns])
    total = manifest["rows"]["flight"][-1][1]
    rows = e.flights.data.shape[0]
    pieces = [e.flights.data[:, :0]]
    for low in range(0, total, _FLIGHT_ROWS):
        high = min(low + _FLIGHT_ROWS, total)
        cell = read_rows(path, manifest, f"flight/{rows - 1}", low, high)
        mine = (cell >= e.begin) & (cell < e.end)
        if mine.any():
            pieces.append(np.stack([read_rows(path, manifest, f"flight/{k}", low, high)[mine] for k in range(rows)]))
    e.flights.data = np.concatenate(pieces, axis=1)
