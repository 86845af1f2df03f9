"""Compile every kernel before the clock starts: rank 0 first, the others then load its cache."""

from __future__ import annotations

import dataclasses
import time

from exobase.case.history_model import HistoryCase
from exobase.histories.simulation import HistorySimulation
from exobase.parallel import Comm, SerialComm


def warm_up(case: HistoryCase, comm: Comm) -> float:
    """Follow a few histories on every rank, rank 0 first. Returns this rank's seconds."""
    begin = time.perf_counter()
    tiny = dataclasses.replace(case, run=dataclasses.replace(case.run, histories_per_batch=1))
    for turn in (True, False):
        if (comm.rank == 0) == turn:
            HistorySimulation(tiny, SerialComm()).batch(0)
        comm.barrier()
    return time.perf_counter() - begin
