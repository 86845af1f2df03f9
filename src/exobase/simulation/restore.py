"""A simulation from its checkpoint, on any number of ranks."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.errors import InputError
from exobase.geometry.mesh import read_mesh
from exobase.io import find_latest_valid, read_attr, read_rows
from exobase.io.checkpoint import part_damage, version_note
from exobase.parallel import Comm, Decomposition, SerialComm
from exobase.simulation.core import Simulation
from exobase.simulation.profile import Profile
from exobase.simulation.transfer import cell_arrays, install

_SCALARS = ("step", "samples", "memory_from", "tally_from", "tally_step", "sampled_step", "diagnosed_step", "adapted",
            "cells", "blocks", "case", "extra")  # fmt: skip
_FLIGHT_ROWS = 1 << 18
# Since then the history holds the moments of the collisional column, and cells what their coins remember.
_READ_SINCE = 3


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
        with contextlib.suppress(InputError):  # earlier checkpoints lack it
            scalars["start"] = read_attr(path, manifest, "start")
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
        if axis not in manifest["rows"]:
            raise InputError([f"{path}: holds no {name!r}, so another version wrote it; run the case with --overwrite"])
        return read_rows(path, manifest, f"{axis}/data", 0, manifest["rows"][axis][0][1])

    mesh = read_mesh(case.space, int(scalars["cells"]), case.division, root)
    profile = Profile(
        root("profile_position"),
        np.ascontiguousarray(root("profile_density").T),
        np.ascontiguousarray(root("profile_temperature").T),
    )
    sim.begin_from(case, comm, mesh, profile, Decomposition.even(mesh.total, comm.size))
    e = sim.engine
    for reservoir, row in zip(sim.reservoirs.values(), root("reservoirs"), strict=True):
        reservoir.density, reservoir.bulk_speed, reservoir.temperature = (float(v) for v in row)
    e.refresh_faces()
    e.step = int(scalars["step"])
    e.state.load(scalars, root, first=comm.rank == 0)
    sim.tally_from, sim.adapted = scalars["tally_from"], bool(scalars["adapted"])
    sim.tally_step, sim.sampled_step = int(scalars["tally_step"]), int(scalars["sampled_step"])
    sim.start = str(scalars.get("start", ""))
    sim.diagnosed_step = int(scalars["diagnosed_step"])
    sim.history.load({k: root(f"history_{k}") for k in sim.history.arrays()})
    _read_cells(sim, path, manifest)


def _read_cells(sim: Simulation, path: Path, manifest: dict[str, Any]) -> None:
    """This rank's cells, their particles and flights."""
    e, t = sim.engine, sim.engine.tables
    names = list(cell_arrays(e))
    arrays = {n: read_rows(path, manifest, f"cell/{n}", t.begin, t.end) for n in names}
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
        mine = (cell >= t.begin) & (cell < t.end)
        if mine.any():
            pieces.append(np.stack([read_rows(path, manifest, f"flight/{k}", low, high)[mine] for k in range(rows)]))
    e.flights.data = np.concatenate(pieces, axis=1)
