"""Losses and charge exchange in the engine: taking particles out, the lots, checkpoints, cases without losses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.case import Case, make_case
from exobase.particles.convert import take_out
from exobase.simulation import Simulation, restore
from exobase.tallies.ledger import BALANCE, Entry

GAS: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "body": {"jeans_parameter": 6.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 4.0},
    "species": [
        {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.05}
    ],
    "grid": {"spacing": "log", "cells": 12},
    "run": {"particles_per_cell": 40},
    "tally": {"sample_every": 3, "record_every": 9},
}
LOSSES = [
    {"species": "X", "process": "frequency", "frequency": "1e-4 s-1"},
    {
        "species": "X", "process": "charge_exchange", "ion": "X+", "ion_density": "1e6 cm-3",
        "ion_temperature": "300 K", "cross_section": "2e-14 cm2",
    },
]  # fmt: skip


def lossy() -> Case:
    return make_case({**GAS, "loss": LOSSES})


def test_what_is_taken_out_leaves_the_others_in_order_and_in_their_groups() -> None:
    rng = np.random.default_rng(3)
    start = np.array([0, 4, 4, 9, 20, 20], dtype=np.int64)
    group = np.repeat(np.arange(5), np.diff(start))
    for lost in ([], [0], [19], [3, 4, 8], list(range(20)), sorted(rng.choice(20, 7, replace=False))):
        x = np.stack([np.arange(20.0), 100.0 + np.arange(20.0)])
        edges, gone = start.copy(), np.zeros(32, dtype=np.int64)
        gone[: len(lost)] = lost
        take_out(x, edges, gone, len(lost))
        keep = np.setdiff1d(np.arange(20), lost)
        assert list(x[0, : edges[-1]]) == list(keep)
        assert list(x[1, : edges[-1]]) == list(100.0 + keep)
        assert list(np.diff(edges)) == list(np.bincount(group[keep], minlength=5))


@pytest.mark.parametrize("frequency", ["1e-2 s-1", "1e2 s-1"])
def test_each_particle_is_lost_with_its_probability_in_each_place_of_its_group(frequency: str) -> None:
    case = make_case({**GAS, "loss": [{**LOSSES[0], "frequency": frequency}]})
    sim = Simulation(case)
    e = sim.engine
    depth = case.losses[0].frequency * float(e.tables.cells.dt[0])
    first = int(e.particles.start[1])
    probability, draws = -np.expm1(-depth), 2000
    lost = np.zeros(first)
    x, start = e.particles.x.copy(), e.particles.start.copy()
    x[4 - 1, :first] = np.arange(first)
    for _ in range(draws):
        e.particles.x[:], e.particles.start[:] = x, start
        e.conversions.act(e)
        e.step += 1
        lost += ~np.isin(np.arange(first), e.particles.x[3, : e.particles.start[1]])
    error = np.sqrt(draws * probability * (1.0 - probability))
    assert np.all(np.abs(lost - draws * probability) <= 4.5 * error)


def test_a_checkpoint_within_a_record_continues_with_the_same_bits(tmp_path: Path) -> None:
    sim = Simulation(lossy())
    sim.step(9)
    sim.start_tally()
    sim.step(13)
    sim.checkpoint(tmp_path)
    again, _, _ = restore(tmp_path)
    assert again.digest() == sim.digest()
    for s in (sim, again):
        s.step(14)
    assert again.digest() == sim.digest()
    counts = sim.engine.state.counts.sum(axis=0)
    assert min(counts[Entry.CONVERTED], counts[Entry.EXCHANGED]) > 20
    assert sim.engine.state.blocks["converted"].samples.sum() == 27


def test_the_first_record_after_averaging_begins_counts_its_own_steps() -> None:
    sim = Simulation(lossy())
    sim.step(5)
    sim.start_tally()
    sim.step(13)
    assert list(sim.engine.state.blocks["converted"].samples[:3]) == [4, 9, 0]


def test_a_case_without_losses_carries_nothing_for_them() -> None:
    sim = Simulation(make_case(GAS))
    sim.start_tally()
    sim.step(9)
    assert sim.engine.conversions.count == 0
    assert sim.engine.state.converted.size == 0
    assert "converted" not in sim.engine.state.blocks
    assert not sim.engine.state.counts[:, [Entry.CONVERTED, Entry.EXCHANGED]].any()


def test_converted_leaves_and_exchanged_stays() -> None:
    assert (BALANCE[Entry.CONVERTED], BALANCE[Entry.EXCHANGED]) == (-1, 0)
