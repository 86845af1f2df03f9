"""Compile every kernel before the clock starts: rank 0 first, the others then load its cache."""

from __future__ import annotations

import dataclasses
import time

from exobase.case import Case
from exobase.parallel import Comm, SerialComm
from exobase.simulation.core import Simulation


def warm_up(case: Case, comm: Comm) -> float:
    """Run a tiny version of the case on every rank, rank 0 first. Returns this rank's seconds."""
    begin = time.perf_counter()
    tiny = dataclasses.replace(
        case,
        grid=dataclasses.replace(case.grid, spacing="uniform", cells=4),
        run=dataclasses.replace(case.run, particles_per_cell=4.0, columns=1),
        initial="barometric",
        initial_file=None,
        tally=dataclasses.replace(case.tally, sample_every=2, record_every=4),
    )
    for turn in (True, False):
        if (comm.rank == 0) == turn:
            sim = Simulation(tiny, SerialComm())
            sim.start_tally()
            sim.step(8)
            if case.grid.adapt:
                sim.adapt()
        comm.barrier()
    return time.perf_counter() - begin
