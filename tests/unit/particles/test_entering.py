"""What enters in a step comes cell by cell: from faces, their tracers, those that come back."""

from __future__ import annotations

import numpy as np

from exobase.geometry.motion import PLANAR, Motion
from exobase.particles.entering import Emitted, by_cell, number_tracers
from exobase.tallies.ledger import ENTRIES, Books, Entry

# Two species, three cells from the global cell 5 on. Emitted: one of species 0 in cell 0, one of species 1 in cell 2.
EMITTED = Emitted(
    np.array([[1.0, 2.0], [10.0, 20.0], [0.0, 0.0], [0.0, 0.0]]), np.array([0.25, 0.75]), np.array([3.0, 4.0]),
    np.array([0, 5]), np.array([1]),
)  # fmt: skip
# Back in step 7: gas of species 0 in cell 2 at 7.5; a tracer of species 1 in cell 0 at 7.25; one that begins in cell 1.
BACK = np.array(
    [[3.0, 4.0, 5.0], [30.0, 40.0, 50.0], [0.0] * 3, [0.0] * 3, [6.0, 7.0, 8.0], [7.5, 7.25, 7.0], [0.0, 3.0, 2.0],
     [7.0, 5.0, 6.0]]
)  # fmt: skip


def test_entries_come_cell_by_cell_and_tracers_that_begin_are_booked() -> None:
    out, left, weight = np.empty((4, 6)), np.empty(6), np.empty(6)
    kind = np.empty(6, dtype=np.int64)
    by_cell(EMITTED, BACK, (7, 5, 2), np.zeros(4, dtype=np.int64), out, left, weight, kind)
    assert out[0].tolist() == [1.0, 4.0, 5.0, 2.0, 2.0, 3.0]
    assert left.tolist() == [0.25, 0.75, 1.0, 0.75, 0.75, 0.5]
    assert weight.tolist() == [3.0, 7.0, 8.0, 4.0, 4.0, 6.0]
    assert (kind // 3).tolist() == [0, 1, 2, 5, 5, 4]
    assert (kind % 3).tolist() == [0, 1, 2, 0, 2, 0]

    sums = [np.zeros((12, ENTRIES)) for _ in range(3)]
    counts, spectrum = np.zeros((12, ENTRIES), dtype=np.int64), np.zeros((2, 1), dtype=np.int64)
    books = Books(counts, *sums, spectrum, np.ones(2), np.ones((2, 2)))
    group = number_tracers(Motion(PLANAR, 0.0), out, kind, 4, weight, books)
    assert group.tolist() == [0, 5, 9, 20, 21, 16]
    born = counts[:, Entry.BORN]
    assert np.flatnonzero(born).tolist() == [2 * 2 + 1, 2 * 5 + 1]
    assert sums[0][2 * 5 + 1, Entry.BORN] == 4.0
    assert sums[1][2 * 2 + 1, Entry.BORN] == 8.0 * 0.5 * 50.0**2
