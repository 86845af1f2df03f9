"""Entries of the scores of a history."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.tallies import scores as module
from exobase.tallies.scores import DOWN, UP, Fate, Scores, cell_of, score_shapes, size_of, tables

# Parts of kernels have no entry for Python; what they are made from has.
book, cross = (getattr(function, "py_func", function) for function in (module.book, module.cross))
ENERGIES = np.array([1.0, 2.0, 4.0])


@pytest.fixture
def scores() -> Scores:
    shapes = score_shapes(followed=2, processes=2, shells=3, surfaces=2, energies=2, angles=4, birth_shells=1)
    return tables(np.zeros(size_of(shapes)), shapes)


def test_a_cell_holds_its_lower_edge_and_not_its_upper_one() -> None:
    assert [cell_of(ENERGIES, x) for x in (0.9, 1.0, 1.9, 2.0, 3.9, 4.0, 9.0)] == [-1, 0, 0, 1, 1, 2, 2]


def test_the_cell_of_any_number_is_that_of_a_search() -> None:
    rng = np.random.default_rng(4)
    edges = np.sort(rng.random(37))
    for x in rng.random(200):
        assert cell_of(edges, x) == np.searchsorted(edges, x, side="right") - 1


def test_the_ledger_counts_particles_weights_and_energies(scores: Scores) -> None:
    book(scores, 1, int(Fate.ESCAPED), 2.0, 3.0)
    book(scores, 1, int(Fate.ESCAPED), 0.5, -1.0)
    assert scores.counts[1, Fate.ESCAPED] == 2.0
    assert scores.weight[1, Fate.ESCAPED] == 2.5
    assert scores.energy[1, Fate.ESCAPED] == 5.5
    assert scores.counts.sum() == 2.0


def test_a_crossing_is_scored_by_energy_angle_and_way(scores: Scores) -> None:
    cross(scores, ENERGIES, 0, 1, UP, 2.0, 3.0, 0.3)
    cross(scores, ENERGIES, 0, 1, DOWN, 1.0, 9.0, -1.0)
    cross(scores, ENERGIES, 0, 1, DOWN, 1.0, 0.1, -0.1)
    assert scores.crossings[0, 1].tolist() == [2.0, 2.0]
    assert scores.power[0, 1].tolist() == [6.0, 9.1]
    assert scores.spectrum[0, 1, UP].tolist() == [0.0, 2.0, 0.0]
    assert scores.spectrum[0, 1, DOWN].tolist() == [1.0, 0.0, 1.0]
    assert scores.angle[0, 1, UP].tolist() == [0.0, 2.0, 0.0, 0.0]
    assert scores.angle[0, 1, DOWN].tolist() == [1.0, 0.0, 0.0, 1.0]
