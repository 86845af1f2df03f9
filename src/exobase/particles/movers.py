"""Work arrays of the movers of one step, with room in front for arrivals from lower ranks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Movers(NamedTuple):
    """Movers as the kernels of :mod:`exobase.particles.resolve` list and write them.

    listed, group [n]: particle (or -1-entry) and source group; slow: numbers of those still to be resolved; out
    [ncol+2, capacity]: columns, flux weight, return time; key: destination group; low: whether it lies above the
    source; stay [groups]: number of particles that do not move.
    """

    listed: np.ndarray
    group: np.ndarray
    slow: np.ndarray
    out: np.ndarray
    key: np.ndarray
    low: np.ndarray
    stay: np.ndarray


class Arrivals(NamedTuple):
    """Movers as the kernels of :mod:`exobase.particles.sort` put them in order; out, key, low, stay as in ``Movers``.

    order, copies [capacity]: movers in their final order, and how many particles each becomes; bins [2*groups+1]: where
    each destination begins in that order, first movers from below; new_start [groups+1]: first particle of each group.
    """

    out: np.ndarray
    key: np.ndarray
    low: np.ndarray
    stay: np.ndarray
    order: np.ndarray
    copies: np.ndarray
    bins: np.ndarray
    new_start: np.ndarray


class MoverBuffer:
    """Room for the arrays of :class:`Movers` and :class:`Arrivals`, which grows.

    Own movers begin at ``head`` in out, key and low; arrivals from lower ranks fill the places before it.
    """

    def __init__(self, columns: int, groups: int) -> None:
        self.columns = columns
        self.head = 0
        self._size = 0
        self.bins: NDArray[np.int64] = np.zeros(2 * groups + 1, dtype=np.int64)
        self.stay: NDArray[np.int64] = np.zeros(groups, dtype=np.int64)
        self.new_start: NDArray[np.int64] = np.zeros(groups + 1, dtype=np.int64)
        self.reserve(1024)

    def reserve(self, count: int, keep_from: int = 0, keep_to: int = 0, head: int | None = None) -> None:
        """Room for ``count`` movers behind ``head``; rows keep_from .. keep_to-1 move along with the head."""
        head = self.head if head is None else head
        if head + count <= self._size and head == self.head:
            return
        size = int((head + count) * 1.25) + 64
        shift = head - self.head
        for name, shape, dtype in (
            ("index", (size,), np.int64),
            ("group", (size,), np.int64),
            ("slow", (size,), np.int64),
            ("key", (size,), np.int64),
            ("low", (size,), np.bool_),
            ("order", (size,), np.int64),
            ("copies", (size,), np.int64),
            ("out", (self.columns + 2, size), np.float64),
        ):
            new = np.empty(shape, dtype=dtype)
            old = getattr(self, name, None)
            if old is not None and keep_to > keep_from:
                new[..., keep_from + shift : keep_to + shift] = old[..., keep_from:keep_to]
            setattr(self, name, new)
        self._size = size
        self.head = head

    index: NDArray[np.int64]
    group: NDArray[np.int64]
    slow: NDArray[np.int64]
    key: NDArray[np.int64]
    low: NDArray[np.bool_]
    order: NDArray[np.int64]
    copies: NDArray[np.int64]
    out: NDArray[np.float64]

    @property
    def movers(self) -> Movers:
        """The arrays that list movers."""
        return Movers(self.index, self.group, self.slow, self.out, self.key, self.low, self.stay)

    @property
    def arrivals(self) -> Arrivals:
        """The arrays that put movers in order."""
        return Arrivals(self.out, self.key, self.low, self.stay, self.order, self.copies, self.bins, self.new_start)

    def bytes(self) -> int:
        """Allocated bytes."""
        return int(sum(a.nbytes for a in (self.index, self.group, self.slow, *self.arrivals)))
