"""Work arrays of the movers of one step, with room in front for arrivals from lower ranks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class MoverBuffer:
    """Lists and columns of movers.

    index, group [n]: particle (or -1-entry) and source group; slow: numbers of those still to be resolved; out
    [ncol+2, capacity]: columns, flux weight, return time; key, low, order, copies [capacity]; bins [2*groups+1], stay
    [groups], new_start [groups+1]. Own movers begin at ``head`` in out, key and low; arrivals from lower ranks fill the
    places before it.
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

    def bytes(self) -> int:
        """Allocated bytes."""
        arrays = (self.index, self.group, self.slow, self.key, self.low, self.order, self.copies, self.out)
        return int(sum(a.nbytes for a in arrays) + self.bins.nbytes + self.stay.nbytes + self.new_start.nbytes)
