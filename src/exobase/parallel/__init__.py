"""Ranks: the only room that imports mpi4py. Exchange, reductions, decomposition, abort."""

from __future__ import annotations

from exobase.parallel.comm import Comm, SerialComm, never, world
from exobase.parallel.decomposition import Decomposition
from exobase.parallel.hosts import least_memory, ranks_of_a_machine
from exobase.parallel.reductions import reproducible_sum

__all__ = [
    "Comm", "Decomposition", "SerialComm", "least_memory", "never", "ranks_of_a_machine", "reproducible_sum", "world",
]  # fmt: skip
