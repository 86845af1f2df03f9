"""Checkpoint and restore of a test-particle run: the sums of rank 0, whatever the number of ranks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from exobase.case.history_model import HistoryCase
from exobase.errors import InputError, RunError
from exobase.histories.simulation import HistorySimulation
from exobase.histories.sums import Sums
from exobase.io import find_latest_valid, finish, prune, read_attr, read_rows, write_part
from exobase.io.checkpoint import folder_name, new_folder, version_note
from exobase.io.files import remedy
from exobase.parallel import Comm
from exobase.tallies.scores import size_of

_ARRAYS = ("total", "square", "product", "series")


def write_checkpoint(sim: HistorySimulation, folder: Path, extra: dict[str, Any]) -> Path:
    """Write the sums; older checkpoints beyond run.checkpoint_keep are deleted. Collective.

    Raises RunError on all ranks where the disk refuses; the earlier checkpoints are then intact.
    """
    final = folder / folder_name(sim.batches)
    sums = sim.totals()
    problem: RunError | None = None
    if sim.comm.rank == 0:
        try:
            _write(sim, sums, final, extra)
            prune(folder, sim.case.run.checkpoint_keep)
        except RunError as error:
            problem = error
        except OSError as error:
            problem = RunError(f"{final}: cannot be written: {error}. {remedy(final, error)}, then resume")
        if problem is not None:
            shutil.rmtree(_temporary(final), ignore_errors=True)
    problem = sim.comm.bcast(problem)
    if problem is not None:
        raise problem
    return final


def _write(sim: HistorySimulation, sums: Sums, final: Path, extra: dict[str, Any]) -> None:
    temporary = _temporary(final)
    new_folder(temporary)
    arrays = {f"{name}/data": array for name, array in sums.state().items()}
    attrs = {"case": sim.case.to_dict(), "batches": sim.batches, "extra": extra}
    entry = write_part(temporary, 0, arrays, attrs)
    rows = {name: [[0, int(arrays[f"{name}/data"].shape[0])]] for name in _ARRAYS}
    finish(temporary, final, {"step": sim.batches, "parts": [entry], "rows": rows})


def _temporary(final: Path) -> Path:
    return final.with_name(final.name + ".tmp")


def restore(
    case: HistoryCase, folder: Path, comm: Comm
) -> tuple[HistorySimulation, dict[str, Any], dict[str, Any], list[str]]:
    """The newest valid checkpoint as a simulation of ``case``, the case it was written for, what was stored besides,
    and messages about damaged ones. Collective. Raises InputError where there is none.
    """
    problem: InputError | None = None
    then: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    batches, messages = 0, [""]
    arrays: dict[str, Any] = {}
    if comm.rank == 0:
        try:
            found, manifest, messages = find_latest_valid(folder)
            messages = [*messages, *version_note(found, manifest)]
            then, extra = read_attr(found, manifest, "case"), read_attr(found, manifest, "extra")
            batches = int(read_attr(found, manifest, "batches"))
            for name in _ARRAYS:
                stop = manifest["rows"][name][0][1]
                arrays[name] = read_rows(found, manifest, f"{name}/data", 0, stop)
        except InputError as error:
            problem = error
    problem, then, extra, batches, messages, arrays = comm.bcast((problem, then, extra, batches, messages, arrays))
    if problem is not None:
        raise problem
    sim = HistorySimulation(case, comm)
    size = size_of(sim.shapes)
    if arrays["total"].size != size:
        raise InputError(f"{folder}: the checkpoint holds {arrays['total'].size} numbers, this case has {size}")
    part = sim.parts()[comm.rank]
    sim.batches = batches
    sim.sums.restore({name: array if name == "series" else array[part] for name, array in arrays.items()})
    return sim, then, extra, messages
