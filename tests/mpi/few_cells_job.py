"""Runs small cases of two or three cells through everything a run does and prints digests. Started under mpirun.

usage: few_cells_job.py FOLDER. With more ranks than cells some ranks have no cell, and no particle, all the time.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from exobase.case import Case
from exobase.parallel import Comm, world
from exobase.simulation import Simulation, restore
from exobase.simulation.outcome import write_outcome
from small_cases import cases

NAMES = ("hard_sphere", "clones", "delayed_flights", "energy_levels", "rotation", "births", "losses", "losses_planar")


def few_cells() -> dict[str, Case]:
    """Small cases with three cells (planar: two) in one column."""
    chosen = {}
    for name, case in cases().items():
        if name in NAMES:
            grid = replace(case.grid, cells=2 if case.geometry == "planar" else 3)
            radii = tuple(r for r in case.tally.vdf_radii if r < case.r_outer)
            tally = replace(case.tally, vdf_radii=radii)
            chosen[name] = replace(case, grid=grid, tally=tally, run=replace(case.run, columns=1))
    return chosen


def run(case: Case, comm: Comm, folder: Path) -> dict[str, Any]:
    """Steps, new cells, checkpoint, resume, net flows, result: the digest of the state and of every dataset."""
    sim = Simulation(case, comm)
    sim.step(12)
    sim.start_tally()
    sim.step(18)
    sim.adapt()
    sim.balance(threshold=0.0)
    sim.start_tally()
    sim.step(18)
    sim.checkpoint(folder)
    sim = restore(folder, comm)[0]
    sim.step(18)
    sim.boundary_flux()
    state = sim.state()
    path = folder / "result.h5"
    attrs = {"state_digest": sim.digest(), "imbalance_known": bool(np.isfinite(sim.imbalance))}
    write_outcome(sim, path, attrs)
    comm.barrier()
    out = {"cells": sim.engine.tables.mesh.total, "state": sim.digest(), "arrays": len(state)}
    if comm.rank == 0:
        with h5py.File(path) as file:
            found: dict[str, str] = {}
            file.visititems(
                lambda name, item: (
                    found.update({name: hashlib.sha256(np.asarray(item[()]).tobytes()).hexdigest()})
                    if isinstance(item, h5py.Dataset) and item.dtype != object
                    else None
                )
            )
        out["datasets"] = found
    return out


def main(folder: Path) -> None:
    comm = world()
    results = {}
    for name, case in few_cells().items():
        place = folder / name
        if comm.rank == 0:
            place.mkdir(parents=True)
        comm.barrier()
        results[name] = run(case, comm, place)
    if comm.rank == 0:
        print(json.dumps(results))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
