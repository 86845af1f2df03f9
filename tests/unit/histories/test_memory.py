"""What the tallies of a test-particle case hold: that of the run, and refused beyond the machine."""

from __future__ import annotations

import pytest

from exobase.errors import InputError
from exobase.histories.memory import COPIES, shapes_of, tally_bytes
from exobase.histories.preflight import examine
from exobase.histories.simulation import HistorySimulation
from exobase.tallies.scores import size_of
from small_ions import MARS, mars_ions


def test_memory_counts_every_number_of_the_tallies() -> None:
    case = mars_ions()
    assert tally_bytes(case, ranks=2) == 8 * size_of(HistorySimulation(case).shapes) * (2 + COPIES)


def test_the_cube_has_four_numbers_per_cell_and_species() -> None:
    assert shapes_of(mars_ions(tally={**MARS["tally"], "cube_cells": 10}))["cube"] == (3, 10, 10, 10, 4)


@pytest.mark.parametrize(
    ("key", "cells", "words"),
    [
        ("cube_cells", 100_000, "tally.cube_cells = 100000 (3 x 100000 x 100000 x 100000 x 4 numbers)"),
        ("cube_cells", 10_000_000, "tally.cube_cells = 10000000"),
        ("ring_cells", 1_000_000, "tally.ring_cells = 1000000"),
    ],
)
def test_tallies_beyond_the_machine_are_refused_by_check_and_run(key: str, cells: int, words: str) -> None:
    case = mars_ions(tally={**MARS["tally"], key: cells})
    for refused in (examine, HistorySimulation):
        with pytest.raises(InputError, match="of memory, more than the") as caught:
            refused(case)
        assert words in str(caught.value)
