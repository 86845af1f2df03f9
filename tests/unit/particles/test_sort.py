"""Sorting by cell, cloning and removing: nothing is lost, order is kept, copies are unbiased, clones are rotated.

Order inside a group: movers from lower source cells in source order, particles that stayed, other movers. A mover of
flux weight w that arrives in a group of flux weight omega becomes floor(w/omega + u) particles, u uniform: mean
w/omega, variance f (1-f) with f the fractional part. A clone keeps position, normal velocity and v_t^2; its tangential
direction is uniform.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from exobase.geometry.motion import RADIAL, Motion
from exobase.particles.conserve import Keeper, new_keeper
from exobase.particles.move import GONE, REMOTE
from exobase.particles.movers import Arrivals
from exobase.particles.sort import Groups, count_copies, order_movers, settle
from exobase.particles.store import Particles
from exobase.rng import Stream, step_key
from exobase.tallies.ledger import ENTRIES, Books, Entry

MOTION = Motion(RADIAL, 2.2e12)
SIGMAS = 4.5


def empty_books(groups: int) -> Books:
    tables = (np.zeros((groups, ENTRIES)) for _ in range(3))
    return Books(
        np.zeros((groups, ENTRIES), dtype=np.int64),
        *tables,
        np.zeros((1, 4), dtype=np.int64),
        np.ones(1),
        np.ones((1, 1)),
    )


def coins(groups: int) -> Keeper:
    """Coins without a memory so far, for speeds of 700 m/s."""
    return new_keeper(np.full(groups, 700.0), np.ones((groups, 2)))


class Sorter:
    """One call of the production sequence order_movers, count_copies, settle, on random particles and destinations."""

    def __init__(
        self, seed: int, groups: int, species: int, per_group: int, moved: float, omega: NDArray[np.float64],
        levels: int = 1,
    ):  # fmt: skip
        rng = np.random.default_rng(seed)
        self.rng, self.groups, self.species, self.omega, self.levels = rng, groups, species, omega, levels
        counts = rng.integers(0, 2 * per_group + 1, groups)
        counts[rng.random(groups) < 0.1] = 0
        self.start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        n = int(self.start[-1])
        self.y = rng.normal(0.0, 700.0, (5, n + 64))
        self.y[0] = rng.uniform(1e6, 2e6, n + 64)
        self.y[4] = np.arange(n + 64)
        self.moved = np.zeros(n + 64, dtype=np.bool_)
        self.moved[:n] = rng.random(n) < moved
        if groups > 4:
            self.moved[self.start[2] : self.start[3]] = True
            self.moved[self.start[3] : self.start[4]] = False
        group = np.repeat(np.arange(groups), counts)
        self.stay = np.bincount(group[~self.moved[:n]], minlength=groups).astype(np.int64)
        self.index = np.flatnonzero(self.moved[:n])
        m = self.index.size
        self.key = rng.integers(0, groups, m)
        self.key[rng.random(m) < 0.05] = GONE
        self.key[rng.random(m) < 0.05] = REMOTE
        self.low = (group[self.index] // species) < self.key // species
        self.out = np.vstack([self.y[:, self.index], omega[group[self.index]], np.zeros(m)])
        self.books = empty_books(groups)
        self.keeper = coins(groups)
        self.clone_key = np.uint64(step_key(seed, int(Stream.CLONE), 3))
        self.rotation_key = np.uint64(step_key(seed, int(Stream.CLONE_ROTATION), 3))

    def run(self) -> NDArray[np.float64]:
        m = self.index.size
        self.bins = np.zeros(2 * self.groups + 1, dtype=np.int64)
        self.order, self.copies = np.full(m, -1), np.full(m, -1)
        self.new_start = np.zeros(self.groups + 1, dtype=np.int64)
        self.placed = order_movers(self.key, self.low, 0, m, self.bins, self.order)
        arrivals = Arrivals(
            self.out, self.key, self.low, self.stay, self.order, self.copies, self.bins, self.new_start
        )  # fmt: skip
        groups = Groups(10, self.species // self.levels, self.levels, self.omega, np.zeros(self.species))
        total = count_copies(self.clone_key, MOTION, groups, arrivals, self.keeper, self.books)
        x = np.full((5, int(total) + 64), np.nan)
        settle(self.rotation_key, groups, Particles(x, self.y, self.moved, self.start), arrivals)
        assert total == self.new_start[-1]
        return x[:, : int(total)]

    def reference(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The same order by plain numpy, without clones."""
        parts, counts = [], []
        for g in range(self.groups):
            a, b = self.start[g], self.start[g + 1]
            here = self.key == g
            low, stayed, high = here & self.low, ~self.moved[a:b], here & ~self.low
            group = [self.out[:5, low], self.y[:, a:b][:, stayed], self.out[:5, high]]
            parts.extend(group)
            counts.append(sum(p.shape[1] for p in group))
        return np.concatenate(parts, axis=1), np.concatenate([[0], np.cumsum(counts)])


@pytest.mark.parametrize("moved", [0.0, 0.05, 0.5, 1.0])
@pytest.mark.parametrize(("groups", "species"), [(1, 1), (40, 1), (60, 3)])
def test_the_sort_is_stable_and_loses_nothing(moved: float, groups: int, species: int) -> None:
    for seed in range(12):
        s = Sorter(seed, groups, species, 12, moved, np.ones(groups))
        x = s.run()
        expected, start = s.reference()
        assert np.array_equal(s.new_start, start)
        assert np.array_equal(x, expected)
        gone = int((s.key < 0).sum())
        assert s.placed == s.index.size - gone
        assert x.shape[1] == s.start[-1] - gone
        assert np.unique(x[4]).size == x.shape[1]
        assert not s.books.counts.any()


def test_equal_weights_use_no_random_numbers() -> None:
    s = Sorter(1, 20, 2, 10, 0.5, np.full(20, 3.7e20))
    first = s.run()
    s.clone_key, s.rotation_key = np.uint64(1), np.uint64(2)
    assert np.array_equal(first, s.run())


def arrivals(weight: float, omega: float, n: int = 20_000, levels: int = 1) -> tuple[NDArray[np.float64], Sorter]:
    """n particles of flux weight ``weight`` that arrive, from below, in one of two groups of flux weight ``omega``.

    levels: 2 makes the group one of tracers.
    """
    s = Sorter(3, 2, levels, 0, 0.0, np.array([weight, omega]), levels)
    s.y = s.rng.normal(0.0, 700.0, (5, n + 64))
    s.y[0] = s.rng.uniform(1e6, 2e6, n + 64)
    s.y[4] = np.arange(n + 64)
    s.start, s.stay = np.array([0, n, n]), np.zeros(2, dtype=np.int64)
    s.moved = np.ones(n + 64, dtype=np.bool_)
    s.index = np.arange(n)
    s.key, s.low = np.ones(n, dtype=np.int64), np.ones(n, dtype=np.bool_)
    s.out = np.vstack([s.y[:, :n], np.full(n, weight), np.zeros(n)])
    return s.run(), s


@pytest.mark.parametrize("ratio", [0.01, 0.3, 0.999, 1.0, 1.001, 1.5, 2.0, 3.75, 40.2])
def test_the_mean_number_of_copies_is_the_ratio_of_weights(ratio: float) -> None:
    """Mean within its binomial error; each number is floor or ceiling; weight gained has the mean zero; counts
    close.
    """
    n = 20_000
    x, s = arrivals(ratio * 2e20, 2e20, n)
    copies = np.bincount(x[4].astype(int), minlength=n)
    f = ratio - np.floor(ratio)
    if abs(f - round(f)) < 1e-9:
        f = 0.0
    assert copies.min() >= np.floor(ratio * (1.0 - 1e-12))
    assert copies.max() <= np.ceil(ratio * (1.0 - 1e-12)) + 1e-9
    assert abs(copies.mean() - ratio) <= SIGMAS * np.sqrt(f * (1.0 - f) / n) + 1e-12
    cloned, removed = s.books.counts[1, Entry.CLONED], s.books.counts[1, Entry.REMOVED]
    assert n + cloned - removed == x.shape[1]
    assert removed == (copies == 0).sum()
    gain = (copies.sum() - ratio * n) * 2e20
    assert s.books.weight[1, Entry.CLONED] == pytest.approx(gain, rel=1e-9, abs=1e-9 * n * 2e20)


def test_copies_do_not_depend_on_what_is_copied() -> None:
    """Numbers of copies are uncorrelated with position and velocity; for tracers their sum is off by less than one."""
    n = 20_000
    x, s = arrivals(1.5, 1.0, n, levels=2)
    copies = np.bincount(x[4].astype(int), minlength=n) - 1.5
    assert abs(copies.sum()) < 1.0
    for quantity in s.y[:4, :n]:
        correlation = np.corrcoef(copies, quantity)[0, 1]
        assert abs(correlation) * np.sqrt(n) < SIGMAS


def test_copies_in_the_gas_are_exact_and_follow_their_original() -> None:
    x, s = arrivals(4.0, 1.0, 500)
    assert np.array_equal(x, np.repeat(s.out[:5], 4, axis=1))


def test_copies_of_tracers_follow_their_original_and_keep_all_but_the_tangential_direction() -> None:
    x, _ = arrivals(3.75, 1.0, 5000, levels=2)
    original = np.flatnonzero(np.concatenate([[True], np.diff(x[4]) != 0]))
    assert np.all(np.diff(x[4]) >= 0.0)
    parent = original[np.searchsorted(original, np.arange(x.shape[1]), side="right") - 1]
    assert np.array_equal(x[:2], x[:2, parent])
    speed = x[2] ** 2 + x[3] ** 2
    np.testing.assert_allclose(speed, speed[parent], rtol=1e-13)
    clone = parent != np.arange(x.shape[1])
    assert 0.7 < clone.mean() < 0.76
    turned = np.arctan2(x[3], x[2])[clone] - np.arctan2(x[3], x[2])[parent[clone]]
    n = int(clone.sum())
    for harmonic in (1, 2, 3, 4):
        mean = np.exp(1j * harmonic * turned).mean()
        assert abs(mean) * np.sqrt(n) < SIGMAS
    assert not np.any(np.isclose(turned, 0.0, atol=1e-9))


def test_energy_gained_by_clones_and_removals_is_booked() -> None:
    """Booked: sum over movers of (copies omega - w) times the specific energy, per unit mass."""
    n = 3000
    x, s = arrivals(0.4, 1.0, n)
    copies = np.bincount(x[4].astype(int), minlength=n)
    energy = 0.5 * (s.y[1:4, :n] ** 2).sum(axis=0) - MOTION.p / s.y[0, :n] + s.y[4, :n]
    expected = float(((copies - 0.4) * energy).sum())
    assert s.books.energy[1, Entry.CLONED] == pytest.approx(expected, rel=1e-9, abs=0.0)
