"""The particle store: capacity grows on demand and what it holds survives."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.particles.store import PADDING, ParticleStore


def filled(n: int, capacity: int = 100) -> ParticleStore:
    store = ParticleStore(4, 3, capacity)
    store.reserve(n)
    store.start = np.array([0, n // 3, n // 2, n])
    store.x[:, :n] = np.random.default_rng(1).normal(size=(4, n))
    store.y[:, :n] = -store.x[:, :n]
    store.moved[:n] = store.x[0, :n] > 0.0
    return store


@pytest.mark.parametrize("more", [101, 1000, 100_000])
def test_growth_keeps_particles(more: int) -> None:
    store = filled(100)
    x, y, moved = store.x[:, :100].copy(), store.y[:, :100].copy(), store.moved[:100].copy()
    store.reserve(more)
    assert store.count == 100
    assert np.array_equal(store.x[:, :100], x)
    assert np.array_equal(store.y[:, :100], y)
    assert np.array_equal(store.moved[:100], moved)
    for array in (store.x, store.y, store.moved):
        assert array.shape[-1] >= more + PADDING
        assert array.shape[-1] == store.capacity


def test_growth_for_a_sort_keeps_the_pushed_columns() -> None:
    """Between push and sort only y is alive: keep=False may drop x, never y."""
    store = filled(100)
    y, moved = store.y[:, :100].copy(), store.moved[:100].copy()
    store.reserve(5000, keep=False)
    assert np.array_equal(store.y[:, :100], y)
    assert np.array_equal(store.moved[:100], moved)


def test_enough_room_is_left_alone() -> None:
    """Arrays are not reallocated while they suffice: growth is geometric, so that n insertions cost O(n)."""
    store = filled(100)
    before = store.x
    store.reserve(store.capacity - PADDING)
    assert store.x is before
    grown = 0
    for n in range(100, 20_000, 50):
        capacity = store.capacity
        store.reserve(n)
        grown += store.capacity != capacity
    assert grown < 30


def test_bytes_count_every_array() -> None:
    """Two sets of four float64 columns, one flag: 65 bytes per place."""
    store = filled(100)
    assert store.bytes() == store.capacity * (2 * 4 * 8 + 1) + 4 * 8
