"""Cuts of cells by cost, and sums over cells, with any number of ranks played by threads."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from exobase.errors import RunError
from exobase.parallel import Decomposition, SerialComm, reproducible_sum
from exobase.parallel.decomposition import balanced


class ThreadComm(SerialComm):
    """A rank that is a thread: sum and max meet at a barrier."""

    def __init__(self, rank: int, size: int, barrier: threading.Barrier, table: list[Any]) -> None:
        super().__init__()
        self.rank, self.size, self._barrier, self._table = rank, size, barrier, table

    def _all(self, values: Any) -> list[Any]:
        self._table[self.rank] = np.array(values)
        self._barrier.wait(10)
        out = list(self._table)
        self._barrier.wait(10)
        return out

    def sum(self, values: Any) -> Any:
        return np.sum(self._all(values), axis=0)

    def max(self, values: Any) -> Any:
        return np.max(self._all(values), axis=0)


def on_ranks(size: int, act: Callable[[Any], Any]) -> list[Any]:
    """What ``act(comm)`` returns on each rank."""
    barrier, table, results = threading.Barrier(size), [None] * size, [None] * size

    def work(rank: int) -> None:
        results[rank] = act(ThreadComm(rank, size, barrier, table))

    threads = [threading.Thread(target=work, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


def cut(size: int, start: Decomposition, cost: np.ndarray) -> Decomposition:
    """The division of cells of known cost, after checking that all ranks agree on it."""
    answers = on_ranks(size, lambda comm: balanced(comm, start, cost[start.begin(comm.rank) : start.end(comm.rank)]))
    for answer in answers:
        assert np.array_equal(answer.cuts, answers[0].cuts)
    cuts = answers[0].cuts
    assert cuts[0] == 0
    assert cuts[-1] == cost.size
    assert (np.diff(cuts) >= 0).all()
    return answers[0]


def loads(parts: Decomposition, cost: np.ndarray) -> np.ndarray:
    return np.array([cost[a:b].sum() for a, b in zip(parts.cuts[:-1], parts.cuts[1:], strict=True)])


@pytest.mark.parametrize("size", [2, 3, 7, 16])
@pytest.mark.parametrize("seed", range(5))
def test_no_rank_gets_more_than_its_share_and_one_cell(size: int, seed: int) -> None:
    rng = np.random.default_rng([size, seed])
    cost = rng.random(400) ** 6
    start = Decomposition(np.concatenate([[0], np.sort(rng.integers(0, 401, size - 1)), [400]]))
    parts = cut(size, start, cost)
    assert loads(parts, cost).max() <= cost.sum() / size + cost.max()


@pytest.mark.parametrize("size", [2, 3, 7])
@pytest.mark.parametrize("value", [0.1, 1.0, 1.0 / 3.0])
def test_an_even_load_that_is_already_divided_evenly_stays(size: int, value: float) -> None:
    """The wanted cuts fall on the present ones, where sums formed in another order differ in the last bit."""
    start = Decomposition.even(100 * size, size)
    assert np.array_equal(cut(size, start, np.full(100 * size, value)).cuts, start.cuts)


def test_measured_cost_brings_the_imbalance_below_the_limit() -> None:
    """The load of a jeans_6 column, falling by decades outward, begun with equal numbers of cells on 8 ranks."""
    cost = 12.0 + 200.0 * np.exp(-np.linspace(0.0, 6.0, 600))
    start = Decomposition.even(600, 8)
    before, after = loads(start, cost), loads(cut(8, start, cost), cost)
    assert before.max() / before.mean() > 2.0
    assert after.max() / after.mean() < 1.15


def test_empty_ranks_get_cells_and_more_ranks_than_cells_work() -> None:
    start = Decomposition(np.array([0, 0, 0, 30, 30]))
    assert loads(cut(4, start, np.ones(30)), np.ones(30)).max() == 8.0
    parts = cut(7, Decomposition.even(3, 7), np.ones(3))
    assert loads(parts, np.ones(3)).max() == 1.0


def test_nothing_to_divide_leaves_the_division() -> None:
    start = Decomposition.even(12, 3)
    assert np.array_equal(cut(3, start, np.zeros(12)).cuts, start.cuts)


def test_every_cell_has_the_owner_whose_range_holds_it() -> None:
    parts = Decomposition(np.array([0, 0, 3, 3, 5, 5]))
    owner = parts.owner(np.arange(5))
    assert owner.tolist() == [1, 1, 1, 3, 3]
    assert parts.overlaps(2, 5) == [(1, 2, 3), (3, 3, 5)]


@pytest.mark.parametrize("size", [1, 2, 5])
def test_sums_have_the_same_bits_for_any_division_and_agree_with_fsum(size: int) -> None:
    rng = np.random.default_rng(8)
    values = rng.standard_normal((40_000, 2)) * 10.0 ** rng.integers(-9, 9, (40_000, 2))
    cuts = np.concatenate([[0], np.sort(rng.integers(0, 40_001, size - 1)), [40_000]])
    answers = on_ranks(size, lambda comm: reproducible_sum(comm, values[cuts[comm.rank] : cuts[comm.rank + 1]]))
    whole = reproducible_sum(SerialComm(), values[rng.permutation(40_000)])
    for answer in answers:
        assert answer.tobytes() == whole.tobytes()
    exact = np.array([math.fsum(column) for column in values.T])
    assert (np.abs(whole - exact) <= values.shape[0] * 2.0**-60 * np.abs(values).max(axis=0)).all()


def test_sums_of_zeros_of_tiny_and_of_huge_values_are_right() -> None:
    values = np.array([[0.0, 1e-300, 1e300, 3.0], [0.0, 2e-300, -1e300, 4.0]])
    total = reproducible_sum(SerialComm(), values)
    assert total[0] == 0.0
    assert total[1] == pytest.approx(3e-300, rel=1e-12)
    assert total[2] == 0.0
    assert total[3] == 7.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_sum_that_is_not_finite_is_an_error(bad: float) -> None:
    with pytest.raises(RunError, match="not finite"):
        reproducible_sum(SerialComm(), np.array([[1.0], [bad]]))
