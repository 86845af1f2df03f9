"""Digests of small test-particle runs (neutrals and ions), and tasks, on the ranks of an MPI job; printed as JSON."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from exobase.histories.simulation import HistorySimulation
from exobase.parallel import Comm, world
from small_histories import EVERYTHING, mars
from small_ions import DENSE, mars_ions


def digest(comm: Comm) -> dict[str, Any]:
    """Rounds of several lengths, one of them cut short by a request on one rank."""
    sim = HistorySimulation(mars(**EVERYTHING), comm)
    sim.round(5)
    asked = iter([False] * 7)
    sim.round(6, stop=(lambda: next(asked, True)) if comm.rank == comm.size - 1 else lambda: False)
    cut = sim.batches
    sim.round(14 - cut)
    sums = sim.totals()
    return {
        "digest": sim.digest(), "batches": sim.batches, "cut": cut, "error": sim.target_error(),
        "escaped": sums.mean().escaped.tolist() if comm.rank == 0 else [], "mine": sim.sums.total.size,
    }  # fmt: skip


def ions(comm: Comm) -> dict[str, Any]:
    """Pickup, solar wind and charge exchange in a draped field: two rounds."""
    sim = HistorySimulation(mars_ions(**DENSE).with_run(histories_per_batch=20), comm)
    sim.round(3)
    sim.round(4)
    sums = sim.totals()
    mean = sums.mean() if comm.rank == 0 else None
    parts = ("cube", "ring", "rain", "rain_map", "emitted", "exchange")
    return {
        "digest": sim.digest(), "error": sim.target_error(),
        "sums": {name: float(np.sum(getattr(mean, name))).hex() for name in parts} if mean else {},
    }  # fmt: skip


def tasks(comm: Comm) -> dict[str, Any]:
    """Uneven tasks: who did which; every turn with another rank that is slow; then one that asks to stop."""
    turns = []
    for turn in range(4):
        mine = []
        for task in comm.tasks(10, 40):
            mine.append(task)
            time.sleep(0.01 if comm.rank == turn % comm.size else 0.001 * (task % 3))
            comm.attend()
        turns.append(comm.gather(mine))
    mine = []
    for task in comm.tasks(0, 1000, lambda: comm.rank == comm.size - 1 and len(mine) >= 3):
        mine.append(task)
        time.sleep(0.002)
        comm.attend()
    return {"turns": turns, "stopped": comm.gather(mine), "none": comm.gather(list(comm.tasks(3, 0)))}


def main() -> None:
    comm = world()
    out = {"digest": digest(comm), "ions": ions(comm), "tasks": tasks(comm)}
    if comm.rank == 0:
        print(json.dumps(out, default=lambda x: np.asarray(x).tolist()))


if __name__ == "__main__":
    main()
