"""The particle store: columns as rows of one array, ordered by (cell, species, level), with growing capacity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

GROWTH = 1.25
PADDING = 64


class Particles(NamedTuple):
    """Arrays of a :class:`ParticleStore`, as kernels read them."""

    x: np.ndarray
    y: np.ndarray
    moved: np.ndarray
    start: np.ndarray


class ParticleStore:
    """Columns ``x`` and scratch columns ``y`` [ncol, capacity], flags ``moved`` [capacity], group starts ``start``.

    The particles of group g = (local cell * species + s) * levels + level are ``x[:, start[g]:start[g+1]]``. Nothing is
    ever truncated:
    ``reserve`` reallocates. Spare capacity is virtual until written.
    """

    def __init__(self, columns: int, groups: int, capacity: int = 1024) -> None:
        self.columns = columns
        self.capacity = 0
        self.x = np.empty((columns, 0))
        self.y = np.empty((columns, 0))
        self.moved = np.empty(0, dtype=np.bool_)
        self.start: NDArray[np.int64] = np.zeros(groups + 1, dtype=np.int64)
        self.reserve(capacity)

    @property
    def arrays(self) -> Particles:
        """The arrays for kernels."""
        return Particles(self.x, self.y, self.moved, self.start)

    @property
    def count(self) -> int:
        """Number of particles."""
        return int(self.start[-1])

    def reserve(self, count: int, keep: bool = True) -> None:
        """Make room for ``count`` particles; ``keep`` preserves those in ``x``. ``y`` keeps its content too."""
        if count + PADDING <= self.capacity:
            return
        capacity = int(count * GROWTH) + 2 * PADDING
        n = self.count if keep else 0
        for name in ("x", "y"):
            old = getattr(self, name)
            new = np.empty((self.columns, capacity))
            if name == "y":
                n = min(self.count, old.shape[1])
            new[:, :n] = old[:, :n]
            setattr(self, name, new)
        moved = np.zeros(capacity, dtype=np.bool_)
        moved[: self.moved.size] = self.moved
        self.moved = moved
        self.capacity = capacity

    def bytes(self) -> int:
        """Allocated bytes."""
        return int(self.x.nbytes + self.y.nbytes + self.moved.nbytes + self.start.nbytes)
