"""Batches of per-cell sums: a fixed number of blocks whose length doubles when they are full, so memory stays
constant.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCKS = 32


class Blocks:
    """Sums in up to ``number`` (even) consecutive blocks.

    data [*shape, number]: block ``filled`` is being filled; samples [number]: samples in each block;
    length: records per full block; open: records in the block being filled.
    """

    def __init__(self, shape: tuple[int, ...], dtype: type = np.float64, number: int = BLOCKS) -> None:
        self.number = number
        self.data: NDArray[Any] = np.zeros((*shape, number), dtype=dtype)
        self.samples: NDArray[np.int64] = np.zeros(number, dtype=np.int64)
        self.filled = 0
        self.length = 1
        self.open = 0

    def add(self, sums: NDArray[Any], samples: int) -> None:
        """Add one record: ``sums`` [*shape] over ``samples`` samples."""
        self.data[..., self.filled] += sums
        self.samples[self.filled] += samples
        self.open += 1
        if self.open < self.length:
            return
        self.open = 0
        self.filled += 1
        if self.filled == self.number:
            half = self.number // 2
            for part in (self.data, self.samples):
                merged = part[..., 0::2] + part[..., 1::2]
                part[..., :half] = merged
                part[..., half:] = 0
            self.filled = half
            self.length *= 2

    def drop(self, count: int) -> None:
        """Forget the first ``count`` complete blocks. Raises ValueError where there are fewer."""
        if not 0 <= count <= self.filled:
            raise ValueError(f"{count} blocks cannot be dropped: {self.filled} are complete")
        kept = self.number - count
        for part in (self.data, self.samples):
            part[..., :kept] = part[..., count:].copy()
            part[..., kept:] = 0
        self.filled -= count

    def scalars(self) -> dict[str, int]:
        """What a checkpoint keeps besides ``data`` and ``samples``."""
        return {"filled": self.filled, "length": self.length, "open": self.open}

    def restore(self, scalars: dict[str, int]) -> None:
        """Inverse of ``scalars``."""
        self.filled, self.length, self.open = (int(scalars[k]) for k in ("filled", "length", "open"))
