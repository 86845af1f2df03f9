"""Decisions of a run from its history: what is at rest, what belongs to the start, when the error counts.

Histories are made by hand: escape, content, energy and temperature of the column with known noise, transients and
drifts.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from exobase.constants import K_B
from exobase.simulation.history import History
from exobase.simulation.steady import is_stationary, next_exam, reached, start_records
from exobase.tallies.ledger import ENTRIES, Entry
from exobase.tallies.statistics import BlockEstimate

Array = NDArray[np.float64]
MASS = np.array([4.65e-26, 2.66e-26])
RECORDS = 512


def history(escape: Array, content: Array, temperature: Array, seed: int = 1) -> History:
    """A history of two species: the given series [records] of the second; noise of 10, 1 and 1 % on both."""
    rng, h, book = np.random.default_rng(seed), History(), np.zeros((2, ENTRIES))
    for k in range(len(escape)):
        noise = rng.normal(size=(4, 2))
        level = np.array([[1.0, escape[k]], [1.0, content[k]], [100.0, temperature[k]]])
        book[:, Entry.ESCAPED] += 40.0 * level[0] * (1.0 + 0.1 * noise[0])
        h.step.append(40 * (k + 1))
        h.particles.append(1000)
        h.content.append(level[1] * (1.0 + 0.01 * noise[1]))
        h.energy.append(-1.0 + 0.01 * noise[2])
        h.zone_flux.append(rng.normal(size=(2, 3)))
        h.weight.append(book.copy())
        h.scored_weight.append(book.copy())
        h.energy_book.append(book.copy())
        h.momentum_book.append(book.copy())
        square = 3.0 * K_B * level[2] * (1.0 + 0.01 * noise[3]) / MASS
        moments = np.zeros((2, 4, 4))
        moments[..., 0] = 1e4
        moments[..., 2] = 1e4 * square[:, None]
        h.column.append(moments)
    return h


def steady(**changes: Array) -> History:
    """A history at rest but for the series given."""
    rest = {"escape": np.ones(RECORDS), "content": np.ones(RECORDS), "temperature": np.full(RECORDS, 100.0)}
    return history(**{**rest, **changes})


def test_a_gas_at_rest_is_stationary_and_keeps_its_records() -> None:
    dropped = []
    for seed in range(20):
        h = history(np.ones(RECORDS), np.ones(RECORDS), np.full(RECORDS, 100.0), seed)
        assert is_stationary(h, 0, MASS)
        dropped.append(start_records(h, 0, MASS))
    assert np.count_nonzero(dropped) <= 2


@pytest.mark.parametrize("name", ["escape", "content", "temperature"])
def test_a_drift_of_any_series_of_any_species_is_seen(name: str) -> None:
    level = 100.0 if name == "temperature" else 1.0
    slope = level * (1.0 + (1.0 if name == "escape" else 0.1) * np.linspace(-0.5, 0.5, RECORDS))
    assert not is_stationary(steady(**{name: slope}), 0, MASS)


@pytest.mark.parametrize("name", ["escape", "content", "temperature"])
def test_a_start_is_dropped_and_the_rest_is_stationary(name: str) -> None:
    """A transient of ten deviations of the noise with a memory of 30 records: 2 to 7 memories belong to the start."""
    level, noise = (100.0, 0.01) if name == "temperature" else (1.0, 0.1 if name == "escape" else 0.01)
    h = steady(**{name: level * (1.0 + 10.0 * noise * np.exp(-np.arange(RECORDS) / 30.0))})
    start = start_records(h, 0, MASS)
    assert 60 <= start <= 210
    assert is_stationary(h, start, MASS)
    assert start_records(h, start, MASS) <= 30


def test_too_few_records_are_not_called_stationary() -> None:
    assert not is_stationary(steady(), RECORDS - 63, MASS)
    assert start_records(steady(), RECORDS - 63, MASS) == 0


def estimate(**changes: object) -> BlockEstimate:
    values = {"mean": 2.0, "stderr": 0.01, "blocks": 50, "length": 4, "plateau": True, "correlation": 1.0,
              "effective": 100.0}  # fmt: skip
    return BlockEstimate(**{**values, **changes})  # type: ignore[arg-type]


def test_an_error_counts_only_when_it_is_known_and_covers_the_slowest_time() -> None:
    assert reached(estimate(), 200, 10.0, 0.005)
    assert not reached(estimate(), 200, 10.1, 0.005)
    assert not reached(estimate(), 63, 1.0, 0.005)
    assert not reached(estimate(plateau=False), 200, 10.0, 0.005)
    assert not reached(estimate(stderr=0.0101), 200, 10.0, 0.005)
    assert not reached(estimate(mean=0.0, stderr=0.0), 200, 10.0, 0.005)


def test_exams_lie_a_fifth_apart() -> None:
    assert next_exam(10) == 64
    assert next_exam(64) == 77
    assert next_exam(1000) == 1200
