"""How ranks share machines, and how much memory the one with the least has."""

from __future__ import annotations

import platform
from collections import Counter

import numpy as np

from exobase.machine import memory_limit
from exobase.parallel.comm import Comm


def ranks_of_a_machine(comm: Comm) -> int:
    """Largest number of ranks that run on one machine. Collective, the same on all ranks."""
    if comm.size == 1:
        return 1
    hosts = comm.gather(platform.node())
    return int(comm.bcast(max(Counter(hosts).values()) if comm.rank == 0 else None))


def least_memory(comm: Comm) -> float:
    """Bytes of memory of the machine that has least. Collective, the same on all ranks."""
    return -float(comm.max(np.array([-float(memory_limit())]))[0])
