"""How one array of the state is declared: what its items belong to, how it begins, and how long it lasts."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exobase.simulation.rank_tables import Tables

if TYPE_CHECKING:
    from exobase.simulation.cell_state import CellState

Array = NDArray[np.float64]
Item = tuple[int, ...] | Callable[[Tables], tuple[int, ...]]


class Axis(Enum):
    """What the items of an array belong to, and how ranks put their parts together.

    CELL, ROW (cell and species), BOOK (cell, species and kind: gas or tracers): the rank that owns the cell has them;
    all ranks together are one array in the order of the cells. SUM: each rank has a part of a sum; integers, so that
    the order does not matter. SAME: every rank has the same array.
    """

    CELL = "cell"
    ROW = "row"
    BOOK = "book"
    SUM = "sum"
    SAME = "same"


class Lifetime(IntEnum):
    """When an array begins anew; with new cells all do but those of the RUN.

    RUN: never; where new cells are laid, the sum over the old cells (integers) goes to the first new one. CELLS: with
    new cells only. WEIGHTS: once particles have been given their new weights. AVERAGES: when a tally begins. RECORD:
    after every record.
    """

    RUN = 0
    CELLS = 1
    WEIGHTS = 2
    AVERAGES = 3
    RECORD = 4


CELL, ROW, BOOK, SUM, SAME = Axis
RUN, CELLS, WEIGHTS, AVERAGES, RECORD = Lifetime


def _always(t: Tables) -> bool:
    return True


class CellArray:
    """Declaration of one array, which is then an attribute of the state.

    axis, lifetime: see above; item: shape of one item, or that of the whole array for SUM and SAME; start: how it
    begins, from what is declared above it (default: zeros); where: cases that have it; blocks: name of the block tally
    to which its records are added.
    """

    def __init__(
        self, axis: Axis, item: Item, lifetime: Lifetime, dtype: type = np.float64, *, blocks: str = "",
        start: Callable[[CellState], Array] | None = None, where: Callable[[Tables], bool] = _always,
    ) -> None:  # fmt: skip
        self.axis, self.lifetime, self.dtype, self.blocks = axis, lifetime, dtype, blocks
        self._item, self._start, self.present = item, start, where
        self.of_cells = axis in (CELL, ROW, BOOK)
        summed = axis is SUM or (lifetime is RUN and self.of_cells)
        if summed and not np.issubdtype(dtype, np.integer):
            raise TypeError(f"{axis}, {lifetime}: sums over ranks need integers, else they depend on the order")
        if where is not _always and not self.of_cells:
            raise TypeError(f"{axis}: only arrays of cells can be left out")

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, state: CellState | None, owner: type | None = None) -> Any:
        return self if state is None else state.arrays[self.name]

    def __set__(self, state: CellState, value: NDArray[Any]) -> None:
        raise AttributeError(f"{self.name}: kernels hold this array; change its elements, {self.name}[...] = ...")

    def item(self, t: Tables) -> tuple[int, ...]:
        """Shape of one item."""
        return self._item(t) if callable(self._item) else self._item

    def per_cell(self, t: Tables) -> tuple[int, ...]:
        """Shape as cells travel: that of a cell behind the number of cells."""
        number = {CELL: (), ROW: (t.ns,), BOOK: (t.ns * t.kinds,)}[self.axis]
        return (t.ncell, *number, *self.item(t))

    def shape(self, t: Tables) -> tuple[int, ...]:
        """Shape as kernels read it."""
        if not self.of_cells:
            return self.item(t)
        rows = {CELL: t.ncell, ROW: t.rows, BOOK: t.rows * t.kinds}[self.axis] if self.present(t) else 0
        return (rows, *self.item(t))

    def first(self, state: CellState) -> NDArray[Any]:
        """The array as it begins."""
        return self._start(state) if self._start else np.zeros(self.shape(state.tables), dtype=self.dtype)

    def block_shape(self, t: Tables) -> tuple[int, ...]:
        """Shape of a record in the block tally: the species of a cell side by side."""
        item = self.item(t)
        if self.axis is CELL:
            return (t.ncell, *item)
        if not self.of_cells:
            return item
        first, *rest = item or (1,)
        return (t.ncell, (t.ns if self.axis is ROW else t.ns * t.kinds) * first, *rest)
