"""Blocks of sums: a fixed number of places whose length doubles when all are full. Totals are never lost."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.tallies.blocks import Blocks


@pytest.mark.parametrize("number", [4, 8, 32])
def test_merging_keeps_totals_and_order(number: int) -> None:
    """Integers k in record k: every full block holds consecutive records, all of them the same number."""
    blocks = Blocks((2, 3), number=number)
    weights = np.arange(1.0, 7.0).reshape(2, 3)
    for k in range(1000):
        blocks.add(k * weights, k % 3)
        total = k * (k + 1) // 2
        assert np.array_equal(blocks.data.sum(axis=-1), total * weights)
        assert blocks.samples.sum() == sum(i % 3 for i in range(k + 1)) if k < 50 else True
        assert blocks.filled < number
        assert blocks.filled * blocks.length + blocks.open == k + 1
    assert blocks.samples.sum() == sum(i % 3 for i in range(1000))
    for b in range(blocks.filled):
        records = np.arange(b * blocks.length, (b + 1) * blocks.length)
        assert blocks.data[0, 0, b] == records.sum()
        assert blocks.samples[b] == (records % 3).sum()
    assert not blocks.data[..., blocks.filled + 1 :].any()


def test_between_half_and_all_places_are_in_use() -> None:
    blocks = Blocks(())
    for k in range(1, 5000):
        blocks.add(np.float64(1.0), 1)
        if k >= 32:
            assert 16 <= blocks.filled < 32
            assert blocks.length & (blocks.length - 1) == 0


def test_integers_stay_exact() -> None:
    """Fixed-point sums near 2^62 would be rounded as doubles."""
    blocks = Blocks((1,), dtype=np.int64)
    big = np.array([2**56 + 1])
    for _ in range(60):
        blocks.add(big, 1)
    assert int(blocks.data.sum()) == 60 * (2**56 + 1)


def test_a_restored_state_goes_on_alike() -> None:
    rng = np.random.default_rng(1)
    whole, first = Blocks((3,), number=8), Blocks((3,), number=8)
    records = rng.normal(size=(77, 3))
    for row in records[:41]:
        whole.add(row, 2)
        first.add(row, 2)
    second = Blocks((3,), number=8)
    second.data, second.samples = first.data.copy(), first.samples.copy()
    second.restore(first.scalars())
    for row in records[41:]:
        whole.add(row, 2)
        second.add(row, 2)
    assert np.array_equal(whole.data, second.data)
    assert np.array_equal(whole.samples, second.samples)
    assert whole.scalars() == second.scalars()
