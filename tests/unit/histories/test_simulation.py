"""Rounds of batches: what a request to stop leaves, shares of sources, errors, seeds, the bound of memory."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from exobase.histories.simulation import HistorySimulation, process_names
from exobase.parallel import SerialComm
from small_histories import beam, mars

CASE = beam(altitude=1e4, sigma=1e-18, density=1e14, run={"histories_per_batch": 300, "batches_per_round": 6})


def test_a_request_gives_up_the_batch_and_the_end_of_the_time_completes_it() -> None:
    """A batch of 300 histories looks three times, tasks once before each: a request at the 7th look is in batch 1."""
    whole = HistorySimulation(CASE)
    whole.round()
    assert whole.batches == 6
    sim = HistorySimulation(CASE)
    looks = itertools.count(1)
    sim.round(stop=lambda: next(looks) >= 7)
    assert sim.batches == 1
    late = itertools.count(1)
    sim.round(late=lambda: next(late) >= 3)
    assert sim.batches == 3
    sim.round()
    assert sim.batches == 6
    assert sim.digest() == whole.digest()


def test_a_round_ends_at_the_largest_number_of_batches() -> None:
    sim = HistorySimulation(CASE.with_run(max_batches=8, histories_per_batch=5))
    for expected in (6, 8, 8):
        sim.round()
        assert sim.batches == expected == sim.sums.number


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 2**62])
def test_any_seed_runs_and_gives_other_histories(seed: int) -> None:
    flat = HistorySimulation(CASE.with_run(seed=seed, histories_per_batch=5)).batch(0)
    other = HistorySimulation(CASE.with_run(seed=seed + 1, histories_per_batch=5)).batch(0)
    assert np.isfinite(flat).all()
    assert (flat != other).any()


def test_sources_have_their_shares_of_a_batch_and_all_of_their_rates() -> None:
    sim = HistorySimulation(mars())
    assert sim.portions() == [160, 40]
    assert process_names(sim.case) == ["hot", "hot, recoils", "ions", "ions, recoils"]
    sim.round(2)
    assert sim.sums.mean().births.sum() == pytest.approx(float(sim.births.rate.sum()), rel=1e-12)


def test_the_target_error_is_the_scatter_of_the_batches() -> None:
    sim = HistorySimulation(mars())
    assert math.isinf(sim.target_error())
    sim.round(12)
    series = sim.sums.series[:, 0]
    assert series.shape == (12,)
    expected = series.std(ddof=1) / math.sqrt(12) / series.mean()
    assert 0.0 < sim.target_error() == pytest.approx(expected, rel=1e-12)


def test_the_series_grows_by_one_number_per_species_and_batch_and_nothing_else_does() -> None:
    sim = HistorySimulation(CASE.with_run(histories_per_batch=1))
    before = {name: array.nbytes for name, array in sim.sums.state().items()}
    sim.round(200)
    after = {name: array.nbytes for name, array in sim.sums.state().items()}
    assert after.pop("series") == 200 * 8
    assert before.pop("series") == 0
    assert after == before


def test_totals_of_one_rank_are_its_sums() -> None:
    sim = HistorySimulation(CASE, SerialComm())
    assert sim.totals() is sim.sums
