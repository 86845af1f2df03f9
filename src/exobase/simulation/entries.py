"""Particles that come into the owned cells in a step: through faces, back from beyond, born in cells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from exobase.geometry.motion import Motion
from exobase.particles.entering import Emitted, Entering, by_cell, number_tracers
from exobase.particles.levels import Levels, list_fast
from exobase.rng import Stream
from exobase.simulation.births import CellBirths
from exobase.simulation.flights import FlightStore
from exobase.sources.reservoir import Faces, count_entries, emit
from exobase.tallies.ledger import Books, Entry, book_all

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


class Entries:
    """Columns ``x`` of the entering particles, cell by cell: from the cell's faces, its flights, then its births."""

    def __init__(self, columns: int, species: int, first_id: int) -> None:
        self.columns, self.species, self.first_id = columns, species, first_id
        self.x = np.empty((columns, 0))
        self._born = np.empty((columns, 0))
        self.births: CellBirths | None = None

    def set_faces(self, faces: Faces) -> None:
        """Emit through these faces from now on."""
        self.faces = faces
        self._counts = np.zeros((faces.cell.size, self.species), dtype=np.int64)

    def bytes(self) -> int:
        """Bytes of the buffers."""
        return self.x.nbytes + self._born.nbytes

    def draw(
        self, key: Callable[[Stream], np.uint64], step: int, motion: Motion, omega: Array, levels: Levels,
        flights: FlightStore, books: Books,
    ) -> Entering:  # fmt: skip
        """All entries of a step. omega [rows]: flux weights of the gas.

        Books those from faces as emitted, those of cells as born. With energy levels tracers enter beside the fast
        particles.
        """
        emitted = 0
        if self.faces.cell.size:
            emitted = int(
                count_entries(self.faces, omega, self.species, self.first_id, key(Stream.EMISSION_COUNT), self._counts)
            )
        back = flights.due(step)
        born = self.births.count(omega, key(Stream.VOLUME_COUNT)) if self.births is not None else 0
        if levels.number > 1:
            return self._draw_with_tracers(key, step, motion, omega, levels, emitted, back, books)
        returned = emitted + back.shape[1]
        count = returned + born
        if self.x.shape[1] < count:
            self.x = np.empty((self.columns, int(1.5 * count) + 16))
        fraction, weight, row = np.empty(count), np.empty(count), np.empty(count, dtype=np.int64)
        if emitted:
            emit(
                self.faces, omega, self.species, self.first_id, key(Stream.EMISSION), self._counts, 0, self.x,
                fraction, weight, row,
            )  # fmt: skip
            book_all(books, motion, int(Entry.EMITTED), self.x, weight, row, emitted)
        if back.shape[1]:
            self.x[:, emitted:returned] = back[: self.columns]
            weight[emitted:returned] = back[self.columns]
            fraction[emitted:returned] = step + 1.0 - back[self.columns + 1]
            cell, s = back[self.columns + 3].astype(np.int64), back[self.columns + 2].astype(np.int64)
            row[emitted:returned] = (cell - self.first_id) * self.species + s
        if born:
            self._add_births(born, omega, key(Stream.VOLUME), motion, books, fraction, weight, row)
        if back.shape[1] or born:
            order = np.argsort(row // self.species, kind="stable")
            self.x[:, :count] = self.x[:, order]
            fraction, weight, row = fraction[order], weight[order], row[order]
        return Entering(self.x, fraction, weight, row)

    def _draw_with_tracers(
        self, key: Callable[[Stream], np.uint64], step: int, motion: Motion, omega: Array, levels: Levels, emitted: int,
        back: Array, books: Books,
    ) -> Entering:  # fmt: skip
        """As ``draw`` (there are no births by sources with energy levels): groups of tracers are those of level 1."""
        most = 2 * emitted + back.shape[1]
        if self.x.shape[1] < most:
            self.x = np.empty((self.columns, int(1.5 * most) + 16))
        fraction, weight, row = np.empty(most), np.empty(most), np.empty(most, dtype=np.int64)
        if emitted:
            emit(
                self.faces, omega, self.species, self.first_id, key(Stream.EMISSION), self._counts, 0, self.x,
                fraction, weight, row,
            )  # fmt: skip
            book_all(books, motion, int(Entry.EMITTED), self.x, weight, 2 * row, emitted)
        fast = np.empty(emitted, dtype=np.int64)
        fast = fast[: list_fast(motion, levels, self.species, self.x, row, emitted, fast)]
        count = emitted + fast.size + back.shape[1]
        if self._born.shape[1] < count:
            self._born = np.empty((self.columns, int(1.5 * count) + 16))
        left, weights, group = np.empty(count), np.empty(count), np.empty(count, dtype=np.int64)
        place = np.zeros(omega.size // self.species + 1, dtype=np.int64)
        emitting = Emitted(self.x, fraction[:emitted], weight[:emitted], row[:emitted], fast)
        by_cell(emitting, back, (step, self.first_id, self.species), place, self._born, left, weights, group)
        self.x, self._born = self._born, self.x
        group = number_tracers(motion, self.x, group, levels.number, weights, books)
        return Entering(self.x, left, weights, group)

    def _add_births(
        self, born: int, omega: Array, key: np.uint64, motion: Motion, books: Books, fraction: Array, weight: Array,
        row: Rows,
    ) -> None:  # fmt: skip
        """Births at the end of all arrays, from a buffer of their own."""
        assert self.births is not None
        if self._born.shape[1] < born:
            self._born = np.empty((self.columns, int(1.5 * born) + 16))
        at = slice(weight.size - born, weight.size)
        self.births.fill(omega, key, self._born, fraction[at], weight[at], row[at])
        book_all(books, motion, int(Entry.BORN), self._born, weight[at], row[at], born)
        self.x[:, at] = self._born[:, :born]
