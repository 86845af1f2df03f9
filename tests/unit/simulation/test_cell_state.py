"""An array of the cells is declared in one line; transfer, checkpoint, restart, digest and clearing then know it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exobase.simulation.engine as engine_module
from exobase.errors import InputError
from exobase.parallel import Decomposition, SerialComm
from exobase.simulation import Simulation, restore
from exobase.simulation.cell_array import (
    AVERAGES,
    BOOK,
    CELL,
    CELLS,
    RECORD,
    ROW,
    RUN,
    SAME,
    SUM,
    WEIGHTS,
    Axis,
    CellArray,
    Lifetime,
)
from exobase.simulation.cell_state import CellState
from exobase.simulation.transfer import redistribute
from small_cases import cases


class More(CellState):
    """The state of cells with one more array of each kind."""

    extra_cell = CellArray(CELL, (2, 3), CELLS)
    extra_row = CellArray(ROW, (), CELLS, np.int64)
    extra_book = CellArray(BOOK, (4,), RUN, np.int64)
    extra_sum = CellArray(SUM, (5,), RECORD, np.int64, blocks="extra_sum")
    extra_all = CellArray(SAME, lambda t: (t.ns,), RUN)
    row_blocks = CellArray(ROW, (), RECORD, blocks="row_blocks")
    book_blocks = CellArray(BOOK, (2,), RECORD, np.int64, blocks="book_blocks")
    absent = CellArray(CELL, (2,), RUN, np.int64, where=lambda t: False)


NEW = {"extra_cell", "extra_row", "extra_book", "extra_sum", "extra_all"}
STREAMED = ("extra_cell", "extra_row", "extra_book")


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch) -> Simulation:
    """A gas with tracers, whose additional arrays hold different numbers everywhere."""
    monkeypatch.setattr(engine_module, "CellState", More)
    sim = Simulation(cases()["energy_levels_mixture"])
    sim.start_tally()
    sim.step(12)
    for name in NEW:
        array = getattr(sim.engine.state, name)
        array[...] = np.arange(array.size).reshape(array.shape)
    return sim


def test_every_axis_is_covered_and_the_new_arrays_are_declared() -> None:
    new = [a for a in More.declared() if a.name in NEW]
    assert {a.name for a in new} == NEW
    assert {a.axis for a in new} == set(Axis)
    assert {a.lifetime for a in More.declared()} == set(Lifetime)


def test_a_declared_array_moves_with_its_cells(sim: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first 7 cells stay, the others are sent to another rank with all that they have."""
    sent: dict[int, Any] = {}
    swap = SerialComm.swap

    def recorded(self: SerialComm, outgoing: dict[int, Any], sources: list[int]) -> dict[int, Any]:
        sent.update(outgoing)
        return swap(self, outgoing, sources)

    monkeypatch.setattr(SerialComm, "swap", recorded)
    e = sim.engine
    before = {name: e.state.of_cells()[name].copy() for name in STREAMED}
    redistribute(e, Decomposition(np.array([0, 7, e.tables.mesh.total])))
    for name in STREAMED:
        assert np.array_equal(e.state.of_cells()[name], before[name][:7])
        assert np.array_equal(getattr(e.state, name).ravel(), before[name][:7].ravel())
        assert np.array_equal(sent[1][0][name], before[name][7:])
    assert e.state.books.counts is e.state.counts
    sim.step(2)


def test_a_declared_array_is_restored_from_a_checkpoint(sim: Simulation, tmp_path: Path) -> None:
    sim.checkpoint(tmp_path)
    again, _, _ = restore(tmp_path)
    for name in NEW:
        assert np.array_equal(getattr(again.engine.state, name), getattr(sim.engine.state, name))
    assert again.digest() == sim.digest()
    for one in (sim, again):
        one.step(9)
    assert again.digest() == sim.digest()
    assert sim.engine.state.blocks["extra_sum"].data.sum() == 10


@pytest.mark.parametrize("name", sorted(NEW))
def test_a_declared_array_is_a_part_of_the_digest(sim: Simulation, name: str) -> None:
    before = sim.digest()
    getattr(sim.engine.state, name).flat[0] += 1
    assert sim.digest() != before


@pytest.mark.parametrize("lifetime", list(Lifetime))
def test_clearing_a_lifetime_leaves_other_arrays_alone(sim: Simulation, lifetime: Lifetime) -> None:
    state = sim.engine.state
    before = {a.name: getattr(state, a.name).copy() for a in state.declared()}
    state.clear(lifetime)
    for a in state.declared():
        expected = a.first(state) if a.lifetime is lifetime else before[a.name]
        assert np.array_equal(getattr(state, a.name), expected), a.name


def test_new_cells_keep_the_sums_of_the_run_and_begin_the_rest_anew(sim: Simulation) -> None:
    state, step = sim.engine.state, sim.steps
    books = sim.engine.tables.ns * sim.engine.tables.kinds
    sums = {name: state.of_cells()[name].sum(axis=0) for name in ("extra_book", "counts")}
    past, extra_all = state.past.copy(), state.extra_all.copy()
    state.renew(sim.engine.tables, sim.comm, step)
    for name, total in sums.items():
        assert np.array_equal(getattr(state, name)[:books], total)
        assert not getattr(state, name)[books:].any()
    assert np.array_equal(state.past, past)
    assert np.array_equal(state.extra_all, extra_all)
    for lifetime in (CELLS, WEIGHTS, AVERAGES, RECORD):
        for a in state.declared():
            if a.lifetime is lifetime:
                assert np.array_equal(getattr(state, a.name), a.first(state)), a.name
    assert (state.samples, state.memory_from, state.blocks) == (0, step, {})


def test_records_of_every_axis_go_to_block_tallies(sim: Simulation) -> None:
    state, t = sim.engine.state, sim.engine.tables
    assert {name: state.blocks[name].data.shape[:-1] for name in ("row_blocks", "book_blocks")} == {
        "row_blocks": (t.ncell, t.ns),
        "book_blocks": (t.ncell, t.ns * t.kinds * 2),
    }
    assert "absent" not in state.of_cells()
    assert state.absent.shape == (0, 2)


def test_declarations_that_cannot_keep_the_same_bits_are_refused() -> None:
    with pytest.raises(TypeError, match="need integers"):
        CellArray(SUM, (3,), RECORD)
    with pytest.raises(TypeError, match="need integers"):
        CellArray(BOOK, (3,), RUN)
    with pytest.raises(TypeError, match="left out"):
        CellArray(SAME, (3,), CELLS, where=lambda t: False)
    assert isinstance(CellState.counts, CellArray)


def test_a_checkpoint_without_a_declared_array_is_refused(
    sim: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "CellState", CellState)
    older = Simulation(cases()["energy_levels_mixture"])
    older.checkpoint(tmp_path)
    monkeypatch.setattr(engine_module, "CellState", More)
    with pytest.raises(InputError, match="holds no 'extra_"):
        restore(tmp_path)


def test_an_array_that_kernels_hold_cannot_be_replaced(sim: Simulation) -> None:
    with pytest.raises(AttributeError, match=r"counts\[...\] = ..."):
        sim.engine.state.counts = np.zeros(3)
