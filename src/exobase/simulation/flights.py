"""Particles that come back into the cells later: on their way beyond the outer boundary, returning after their flight
time (runs with one global step), and tracers that the collisions of a step have brought, which begin with the next
step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.particles.move import GONE
from exobase.particles.movers import MoverBuffer

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


class FlightStore:
    """Rows of ``data``: particle columns (as they will return), flux weight, return time in steps, species, cell.

    species: that of a tracer is raised by the number of species. The (global) cell is the one that owns the outer face,
    or the one in which a tracer was born. Order of return: return step, cell, order of exit.
    """

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.data: Array = np.empty((columns + 4, 0))

    @property
    def count(self) -> int:
        """Particles in flight."""
        return int(self.data.shape[1])

    def depart(self, movers: MoverBuffer, first: int, last: int, begin: int, species: int, levels: int) -> None:
        """Take the movers that carry a return time out of the list into the store, in the order of the list."""
        time = movers.out[self.columns + 1, first:last]
        j = first + np.flatnonzero((time > 0.0) & (movers.key[first:last] >= 0))
        if not j.size:
            return
        row, tracer = movers.key[j] // levels, movers.key[j] % levels > 0
        extra = np.array([row % species + species * tracer, begin + row // species], dtype=np.float64)
        self.data = np.concatenate([self.data, np.concatenate([movers.out[:, j], extra])], axis=1)
        movers.key[j] = GONE

    def launch(self, x: Array, weight: Array, step: int, kind: Rows, cell: Rows) -> None:
        """Take tracers in that begin at ``step``: columns [ncol, n], flux weight, species + number of species, cell."""
        rows = [x, weight[None], np.full((1, weight.size), float(step)), kind[None], cell[None]]
        self.data = np.concatenate([self.data, np.concatenate(rows).astype(np.float64)], axis=1)

    def due(self, step: int) -> Array:
        """Remove and return those that come back during ``step``."""
        if not self.count:
            return self.data
        now = self.data[self.columns + 1] < step + 1.0
        out = self.data[:, now]
        if out.shape[1]:
            self.data = self.data[:, ~now]
        return out
