"""The ledger closes exactly, and moments are those of the particles.

initial + emitted + cloned - removed = absorbed + escaped + lost beyond + lost in flight + alive, as integers, and the
same for flux weights (sum of W/dt) to round-off, and for energies of particles that meet no walls and no forces other
than gravity.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exobase.case import make_case
from exobase.constants import K_B
from exobase.geometry.motion import PLANAR, RADIAL, Motion, specific_energy
from exobase.simulation import Simulation
from exobase.tallies.ledger import BALANCE, ENTRIES, Books, Entry, book, book_all, book_escape
from exobase.tallies.moments import MOMENTS, sample_histogram, sample_moments, total_energy


def books_of(groups: int, bins: int = 10) -> Books:
    tables = [np.zeros((groups, ENTRIES)) for _ in range(3)]
    return Books(
        np.zeros((groups, ENTRIES), dtype=np.int64), *tables, np.zeros((2, bins), dtype=np.int64),
        np.array([1e-3, 2e-3]),
        np.array([[2.0**30 / 4e20], [2.0**30 / 1e20]]),
    )  # fmt: skip


def test_entries_are_frozen() -> None:
    """Columns of checkpoints and results."""
    assert [e.name for e in Entry] == [
        "INITIAL", "EMITTED", "CLONED", "REMOVED", "ABSORBED", "ESCAPED", "LOST_BEYOND", "LOST_IN_FLIGHT", "RETURNED",
        "WALL", "COLLISION", "COLLISION_WEIGHT", "BORN", "CONVERTED", "EXCHANGED",
    ]  # fmt: skip
    assert BALANCE.tolist() == [1, 1, 1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 1, -1, 0]


def test_a_booked_particle_adds_weight_energy_and_momentum() -> None:
    books = books_of(3)
    book(books, 1, int(Entry.ABSORBED), 2e20, 500.0, -30.0)
    book(books, 1, int(Entry.ABSORBED), 1e20, 100.0, -10.0)
    entry = (1, int(Entry.ABSORBED))
    assert books.counts[entry] == 2
    assert books.weight[entry] == 3e20
    assert books.energy[entry] == pytest.approx(1.1e23, rel=1e-15, abs=0.0)
    assert books.momentum[entry] == pytest.approx(-7e21, rel=1e-15, abs=0.0)
    assert books.counts.sum() == 2


def test_escapers_fill_the_spectrum_with_their_weight() -> None:
    """Bins of 1/energy_scale; what lies outside goes to the first and last bin; weights to 2^-30 of the largest."""
    books = books_of(1)
    for energy, weight in ((0.0, 1e20), (999.9, 3e20), (1000.1, 2e20), (-5.0, 1e20), (1e9, 4e20), (9999.0, 1e18)):
        book_escape(books, 0, 0, int(Entry.ESCAPED), weight, energy, 0.0, 1.0)
    expected = np.zeros(10)
    expected[[0, 1, 9]] = [5e20, 2e20, 4.01e20]
    np.testing.assert_allclose(books.spectrum[0] / books.unit[0, 0], expected, rtol=1e-8)
    assert books.counts[0, Entry.ESCAPED] == 6


def test_particles_are_booked_with_their_total_energy() -> None:
    rng = np.random.default_rng(1)
    columns, motion = np.vstack([rng.uniform(1e6, 2e6, 50), rng.normal(size=(3, 50)) * 500.0]), Motion(RADIAL, 2e12)
    weight, group, books = rng.uniform(1.0, 2.0, 50), rng.integers(0, 3, 50), books_of(3)
    book_all(books, motion, int(Entry.EMITTED), columns, weight, group, 50)
    energy = 0.5 * (columns[1:] ** 2).sum(axis=0) - 2e12 / columns[0]
    for g in range(3):
        here = group == g
        assert books.counts[g, Entry.EMITTED] == here.sum()
        assert books.weight[g, Entry.EMITTED] == pytest.approx(weight[here].sum(), rel=1e-13, abs=0.0)
        assert books.energy[g, Entry.EMITTED] == pytest.approx((weight * energy)[here].sum(), rel=1e-12, abs=0.0)
        assert books.momentum[g, Entry.EMITTED] == pytest.approx((weight * columns[1])[here].sum(), rel=1e-9, abs=0.0)


def test_moments_are_the_sums_over_each_group() -> None:
    rng = np.random.default_rng(2)
    start = np.array([0, 5, 5, 30, 47])
    x = np.vstack([rng.uniform(1.0, 2.0, 60), rng.normal(size=(3, 60))])
    sums, energy = np.full((4, MOMENTS), 0.5), np.zeros(4)
    sample_moments(x, start, np.ones(1), False, False, sums)
    motion = Motion(PLANAR, 3.0)
    total_energy(motion, x, start, np.ones(1), energy)
    for g in range(4):
        v, t1, t2 = x[1:, start[g] : start[g + 1]]
        vt2 = t1**2 + t2**2
        expected = [v.size, v.sum(), (v**2).sum(), vt2.sum(), (v * (v**2 + vt2)).sum()]
        np.testing.assert_allclose(sums[g] - 0.5, expected, rtol=1e-12, atol=1e-13)
        per_particle = [specific_energy(motion, *x[:, i]) for i in range(start[g], start[g + 1])]
        assert energy[g] == pytest.approx(sum(per_particle), rel=1e-13, abs=1e-13)


def test_histograms_count_what_lies_inside() -> None:
    rng = np.random.default_rng(3)
    start, v_max = np.array([0, 400, 1000, 1500, 2000]), np.array([2.0, 1.5])
    x = rng.normal(size=(4, 2000))
    counts = np.zeros((1, 2, 2, 16), dtype=np.int64)
    sample_histogram(x, start, np.array([1]), 2, np.ones(2, dtype=np.int64), v_max, counts)
    for s in range(2):
        for q in range(2):
            values = x[1 + q, start[2 + s] : start[3 + s]]
            expected = np.histogram(values[np.abs(values) < v_max[s]], 16, (-v_max[s], v_max[s]))[0]
            assert np.array_equal(counts[0, s, q], expected)


CASE: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "body": {"jeans_parameter": 3.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 4.0},
    "species": [
        {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.3},
        {"name": "Y", "mass": "4 u", "diameter": "3 angstrom", "temperature": "100 K", "density": "1e10 m-3"},
    ],
    "run": {"particles_per_cell": 60},
    "tally": {"sample_every": 2, "record_every": 10},
}
MODES: list[dict[str, Any]] = [
    {"weights.power": 1.0},
    {"time_step": "global", "weights.power": 1.0},
    {"time_step": "global", "weights.mode": "equal"},
    {"outer.type": "remove", "run.columns": 2, "weights.power": 1.0},
    {"outer.loss_frequency": "1e-4 s-1", "outer.lost_beyond": "6000 km", "weights.power": 1.0},
    {"species.0.rotational_dof": 2, "species.0.rotational_number": 2.0, "weights.power": 1.0},
    {"species.0.rotational_dof": 3, "time_step": "global", "weights.power": 1.0},
    {"weights.energy_levels": 4, "weights.energy_first": 1.0, "weights.energy_step": 1.0},
    {"weights.energy_levels": 4, "weights.energy_first": 1.0, "time_step": "global", "species.0.rotational_dof": 2},
]


@pytest.mark.parametrize("changes", MODES)
def test_counts_close_exactly_and_weights_to_round_off(changes: dict[str, Any]) -> None:
    sim = Simulation(make_case(CASE, changes))
    sim.step(60)
    e = sim.engine
    counts = e.state.counts.reshape(e.tables.ncell, 2, e.tables.kinds, ENTRIES).sum(axis=0)[:, 0]
    flying = np.bincount(e.flights.data[-2].astype(np.int64), minlength=2)[:2]
    numbers = np.diff(e.particles.start).reshape(e.tables.ncell, 2, -1)[:, :, 0]
    alive = numbers.sum(axis=0)
    assert np.array_equal(counts @ BALANCE, alive + flying)
    weight = e.state.weight.reshape(e.tables.ncell, 2, e.tables.kinds, ENTRIES).sum(axis=0)[:, 0]
    present = (e.tables.omega.reshape(e.tables.ncell, 2) * numbers).sum(axis=0)
    present += [e.flights.data[e.tables.columns][e.flights.data[-2] == s].sum() for s in range(2)]
    signs = BALANCE.copy()
    signs[Entry.REMOVED] = 0  # CLONED holds the net gain
    np.testing.assert_allclose(weight @ signs, present, rtol=1e-11)
    assert counts[:, Entry.EMITTED].min() > 10
    assert counts[:, Entry.ABSORBED].min() > 10
    if "weights.power" in changes:
        assert counts[:, Entry.CLONED].min() > 0
    else:
        assert not counts[:, [Entry.CLONED, Entry.REMOVED]].any()
    if "outer.loss_frequency" in changes:
        assert counts[:, [Entry.LOST_BEYOND, Entry.LOST_IN_FLIGHT]].sum() > 0


@pytest.mark.parametrize("changes", MODES)
def test_energy_closes_when_every_exchange_is_booked(changes: dict[str, Any]) -> None:
    """Energy present = sum of all entries (collisions of unequal weights and clones included), to 1e-9 of the energy
    in motion.

    The collision entries of a group are per mass of the first species of the pair, so the balance is drawn in joules.
    """
    sim = Simulation(make_case(CASE, changes))
    sim.step(40)
    e = sim.engine
    present = np.zeros(e.tables.rows)
    total_energy(e.tables.motion, e.particles.x, e.particles.start, e.tables.sampled, present)
    mass = e.tables.pairs.mass
    here = ((present * e.tables.omega).reshape(e.tables.ncell, 2).sum(axis=0) * mass).sum()
    for s in range(2):
        f = e.flights.data[:, e.flights.data[-2] == s]
        specific = 0.5 * (f[1:4] ** 2).sum(axis=0) - e.tables.motion.p / f[0] + (f[4] if e.tables.columns > 4 else 0.0)
        here += float(mass[s] * (f[e.tables.columns] * specific).sum())
    signs = BALANCE.copy()
    signs[Entry.REMOVED] = 0
    signs[[Entry.WALL, Entry.COLLISION, Entry.COLLISION_WEIGHT]] = 1
    booked = float(
        ((e.state.energy.reshape(e.tables.ncell, 2, e.tables.kinds, ENTRIES).sum(axis=0)[:, 0] @ signs) * mass).sum()
    )
    weight = e.state.weight.reshape(e.tables.ncell, 2, e.tables.kinds, ENTRIES).sum(axis=0)[:, 0]
    scale = float((weight[:, Entry.EMITTED] * K_B * 100.0).sum())
    assert booked - here == pytest.approx(0.0, abs=1e-9 * scale)
