"""Births of a source as arrays, for tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from exobase.jit import kernel
from exobase.particles.bank import new_bank
from exobase.rng import GOLDEN, Stream, mix, step_key
from exobase.sources.births import Births, give_birth

Array = NDArray[np.float64]


@kernel
def _repeat(births, j, state, bank, x, kind, count):  # type: ignore[no-untyped-def]
    """One event per row: first particle in columns 0-6, second in 7-13; indices of species, number of particles."""
    for i in range(x.shape[0]):
        bank.waiting[0] = 0
        state, status = give_birth(births, j, 1.0, state, bank)
        count[i] = bank.waiting[0] if status == 0 else -1
        for p in range(bank.waiting[0]):
            kind[i, p] = bank.kind[p, 0]
            for q in range(7):
                x[i, 7 * p + q] = bank.x[p, q]
    return state


@pytest.fixture
def events() -> Callable[..., tuple[Array, NDArray[np.int64], NDArray[np.int64]]]:
    """Function (births, source, number): particles [n, 14], species [n, 2], particles per event [n]."""

    def draw(births: Births, j: int, n: int, seed: int = 3) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
        x, kind, count = np.zeros((n, 14)), np.full((n, 2), -1, dtype=np.int64), np.zeros(n, dtype=np.int64)
        with np.errstate(over="ignore"):
            state = np.uint64(mix(step_key(seed, int(Stream.TEST), 0) + GOLDEN))
        _repeat(births, j, state, new_bank(4), x, kind, count)
        return x, kind, count

    return draw
