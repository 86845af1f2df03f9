"""Which rank owns which cells: contiguous runs of the global cell order, moved by measured cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exobase.parallel.comm import Comm


@dataclass(frozen=True)
class Decomposition:
    """``cuts`` [size+1]: rank k owns the cells cuts[k] .. cuts[k+1]-1 (possibly none)."""

    cuts: NDArray[np.int64]

    @classmethod
    def even(cls, cells: int, size: int) -> Decomposition:
        """Equal numbers of cells."""
        return cls(np.linspace(0, cells, size + 1).astype(np.int64))

    def begin(self, rank: int) -> int:
        """First cell of a rank."""
        return int(self.cuts[rank])

    def end(self, rank: int) -> int:
        """One past the last cell of a rank."""
        return int(self.cuts[rank + 1])

    def owner(self, cell: NDArray[np.int64]) -> NDArray[np.int64]:
        """Owner of each cell (the last rank whose range begins at or before it and is not empty)."""
        return np.searchsorted(self.cuts, cell, side="right") - 1

    def overlaps(self, begin: int, end: int) -> list[tuple[int, int, int]]:
        """Ranks that own parts of the cells begin .. end-1, as (rank, first, one past the last), in order."""
        out = []
        for rank in range(self.cuts.size - 1):
            a, b = max(begin, self.begin(rank)), min(end, self.end(rank))
            if a < b:
                out.append((rank, a, b))
        return out


def balanced(comm: Comm, current: Decomposition, cost: NDArray[np.float64]) -> Decomposition:
    """Cuts that divide the ``cost`` [owned cells] evenly. Collective; every rank gets the same answer.

    Each cut lies between two ranks' cost, which all know, so exactly one rank looks for it among its own cells.
    """
    mine = np.zeros(comm.size)
    mine[comm.rank] = cost.sum()
    bounds = np.concatenate([[0.0], np.cumsum(comm.sum(mine))])
    total = float(bounds[-1])
    if not total > 0.0:
        return current
    before, after = bounds[comm.rank], bounds[comm.rank + 1]
    edges = before + np.concatenate([[0.0], np.cumsum(cost)])
    cuts = np.zeros(comm.size + 1, dtype=np.int64)
    for k in range(1, comm.size):
        target = total * k / comm.size
        if before < target <= after:
            i = min(max(int(np.searchsorted(edges, target)), 1), cost.size)
            nearer = i - 1 if target - edges[i - 1] < edges[i] - target else i
            cuts[k] = current.begin(comm.rank) + nearer
    cuts = comm.max(cuts)
    cuts[-1] = current.cuts[-1]
    return Decomposition(np.maximum.accumulate(cuts))
