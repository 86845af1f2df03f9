"""The same sources within cells: right numbers, places and velocities, whatever part of the cells a rank owns.

Numbers are rounded stochastically: their sum over steps has the exact mean and a variance of at most 1/4 per draw.
Velocities are compared with births of histories by two-sample Kolmogorov-Smirnov tests; each may fail once in 1e5.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from exobase.constants import EV
from exobase.rng import Stream, step_key
from exobase.sources.emitters import Emitter, Split, assemble, whole_rate
from exobase.sources.velocity import DISSOCIATION, ISOTROPIC_FLUX, MAXWELL, MONO
from exobase.sources.volume import cell_rates, count_volume, emit_volume, particles_per_event
from exobase.species import species

Events = Callable[..., tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]]
RARE = 1e-5
SIGMAS = 4.5
M_O, M_C = species("O").mass, species("C").mass
NODES = np.array([3.5e6, 3.6e6, 3.65e6, 3.8e6])
RATES = np.array([2e3, 5e4, 1e3, 3e2])
WARM = np.full(4, 600.0)
# Two O in 0.3 of the dissociations, else a C and an O.
SPLITS = (Split(5.0 * EV, 0, 0, M_O, M_O, 0.3), Split(1.0 * EV, 1, 0, M_C, M_O, 0.7))
SOURCES = [
    Emitter(MAXWELL, NODES, RATES, WARM, WARM, 1, M_C),
    Emitter(DISSOCIATION, NODES, RATES, WARM, WARM, splits=SPLITS),
    Emitter(MONO, np.array([3.62e6]), np.array([1e22]), np.zeros(1), np.zeros(1), 0, M_O, 3e3, ISOTROPIC_FLUX),
]
BIRTHS = assemble(SOURCES, ["global"] * 3, False)
EDGES = np.concatenate([np.linspace(3.48e6, 3.7e6, 12), [3.9e6]])
LO, HI = EDGES[:-1].copy(), EDGES[1:].copy()


def rates(births: Any = BIRTHS, ns: int = 2) -> NDArray[np.float64]:
    out = np.zeros((LO.size, births.rate.size, ns))
    cell_rates(births, particles_per_event(births, ns), LO, HI, out)
    return out


def emitted(
    rate: NDArray[np.float64], per_step: float, step: int, first: int = 0, last: int = LO.size, births: Any = BIRTHS
):  # type: ignore[no-untyped-def]
    """Columns [4, n], fraction, weight, row of one step of cells first..last-1, and the numbers per cell."""
    ns = rate.shape[2]
    omega = np.full((last - first) * ns, rate.sum() / per_step)
    counts = np.zeros((last - first, rate.shape[1], ns), dtype=np.int64)
    keys = [np.uint64(step_key(5, int(p), step)) for p in (Stream.EMISSION_COUNT, Stream.EMISSION)]
    n = int(count_volume(rate[first:last].copy(), omega, first, keys[0], counts))
    x, fraction, weight, row = np.zeros((5, n)), np.zeros(n), np.zeros(n), np.zeros(n, dtype=np.int64)
    x[4] = 1.0
    lo, hi = LO[first:last].copy(), HI[first:last].copy()
    assert (
        emit_volume(
            births, lo, hi, omega, first, keys[1], counts, 0, np.zeros(births.rate.size), x, fraction, weight, row
        )
        == n
    )
    return x, fraction, weight, row, counts


def test_cells_share_the_whole_source() -> None:
    """Every event lies in one cell; a level in the cell that holds it. O per dissociation: 0.3 * 2 + 0.7; C: 0.7."""
    assert particles_per_event(BIRTHS, 2) == pytest.approx(np.array([[0.0, 1.0], [1.3, 0.7], [1.0, 0.0]]))
    total = rates().sum(axis=0)
    whole = whole_rate(NODES, RATES)
    assert total == pytest.approx(np.array([[0.0, whole], [1.3 * whole, 0.7 * whole], [1e22, 0.0]]), rel=1e-11)
    assert np.flatnonzero(rates()[:, 2, 0]).tolist() == [np.searchsorted(EDGES, 3.62e6, side="right") - 1]


def test_numbers_have_the_exact_mean() -> None:
    steps, per_step = 400, 40.0
    rate = rates()
    sums = sum(emitted(rate, per_step, step)[4] for step in range(steps))
    expected = rate / rate.sum() * per_step * steps
    assert (np.abs(sums - expected) <= SIGMAS * 0.5 * math.sqrt(steps)).all()
    assert (sums[rate == 0.0] == 0).all()


def test_particles_lie_in_their_cells_and_enter_during_the_step() -> None:
    x, fraction, weight, row, _ = emitted(rates(), 20_000.0, 0)
    cell = row // 2
    assert (x[0] >= LO[cell]).all()
    assert (x[0] < HI[cell]).all()
    assert (np.diff(cell) >= 0).all()
    assert stats.kstest(fraction, "uniform").pvalue > RARE
    assert weight == pytest.approx(rates().sum() / 20_000.0, rel=1e-14, abs=0.0)
    assert (x[4] == 0.0).all()


def test_no_two_particles_share_their_draws() -> None:
    """Particles of every source, species and place in a cell have keys of their own."""
    _, fraction, _, row, counts = emitted(rates(), 20_000.0, 0)
    assert ((counts > 0).sum(axis=2) > 1).any()
    assert np.unique(fraction).size == row.size


def test_velocities_and_radii_are_those_of_histories(events: Events) -> None:
    """O of the dissociation alone: energies of both channels in their proportion, and radii, as in histories."""
    births = assemble(SOURCES[1:2], ["global"], False)
    x, _, _, row, _ = emitted(rates(births), 60_000.0, 1, births=births)
    x = x[:, row % 2 == 0]
    y, kind, _ = events(births, 0, 50_000)
    first, second = y[kind[:, 0] == 0], y[kind[:, 1] == 0]
    assert first.size + second.size > 1.25 * y.size
    speed = np.sqrt(np.concatenate([(first[:, 3:6] ** 2).sum(axis=1), (second[:, 10:13] ** 2).sum(axis=1)]))
    assert stats.ks_2samp(np.sqrt((x[1:4] ** 2).sum(axis=0)), speed).pvalue > RARE
    assert stats.ks_2samp(x[0], np.linalg.norm(y[:, :3], axis=1)).pvalue > RARE
    cosine = x[1] / np.sqrt((x[1:4] ** 2).sum(axis=0))
    assert stats.kstest(0.5 * (1.0 + cosine), "uniform").pvalue > RARE
    azimuth = np.arctan2(x[3], x[2]) / (2.0 * math.pi) + 0.5
    assert stats.kstest(azimuth, "uniform").pvalue > RARE


def test_every_rank_emits_the_particles_of_its_cells() -> None:
    """Cells 0-11 at once, or 0-4 and 5-11: the same bits."""
    rate = rates()
    whole = emitted(rate, 3000.0, 2)
    parts = [emitted(rate, 3000.0, 2, *part) for part in ((0, 5), (5, LO.size))]
    assert np.array_equal(whole[0], np.concatenate([p[0] for p in parts], axis=1))
    assert np.array_equal(whole[1], np.concatenate([p[1] for p in parts]))
    assert np.array_equal(whole[3], np.concatenate([parts[0][3], parts[1][3] + 2 * 5]))


def test_steps_differ() -> None:
    a, b = (emitted(rates(), 3000.0, step)[0] for step in (3, 4))
    n = min(a.shape[1], b.shape[1])
    assert abs(np.corrcoef(a[1, :n], b[1, :n])[0, 1]) < SIGMAS / math.sqrt(n)
