"""Particles on their way beyond the outer boundary, returning after their flight time (runs with one global step)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.particles.move import GONE
from exobase.particles.movers import MoverBuffer

Array = NDArray[np.float64]


class FlightStore:
    """Rows of ``data``: particle columns (as they will return), flux weight, return time in steps, species, cell.

    The (global) cell is the one that owns the outer face. Order of return: return step, face, order of exit.
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
        key = movers.key[j] // levels
        extra = np.array([key % species, begin + key // species], dtype=np.float64)
        self.data = np.concatenate([self.data, np.concatenate([movers.out[:, j], extra])], axis=1)
        movers.key[j] = GONE

    def due(self, step: int) -> Array:
        """Remove and return those that come back during ``step``."""
        if not self.count:
            return self.data
        now = self.data[self.columns + 1] < step + 1.0
        out = self.data[:, now]
        if out.shape[1]:
            self.data = self.data[:, ~now]
        return out
