"""Ranks: the only room that imports mpi4py. Exchange, reductions, decomposition, abort."""

from __future__ import annotations

from exobase.parallel.comm import Comm, SerialComm, never, world
from exobase.parallel.decomposition import Decomposition
from exobase.parallel.reductions import reproducible_sum

__all__ = ["Comm", "Decomposition", "SerialComm", "never", "reproducible_sum", "world"]
