"""Tracers that are born in a step: by collisions, by charge exchange (see particles.levels)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.geometry.columns import SPIN, VN, VT1, VT2, R
from exobase.jit import kernel


class Births(NamedTuple):
    """Tracers born in the collisions of a step, in the order of their cells.

    x [ncol, capacity]: columns; weight [capacity]: flux weight; left [capacity]: part of the step that was left; row
    [capacity]: local cell and species; number [1]: how many they are, which may exceed the capacity (what is beyond is
    not written).
    """

    x: np.ndarray
    weight: np.ndarray
    left: np.ndarray
    row: np.ndarray
    number: np.ndarray


def no_births(columns: int, capacity: int) -> Births:
    """Room for tracers."""
    return Births(
        np.empty((columns, capacity)), np.empty(capacity), np.empty(capacity), np.empty(capacity, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
    )  # fmt: skip


@kernel
def bear(births, row, weight, left, r, v1, v2, v3, spin):
    """Add a tracer of a cell and species."""
    n = births.number[0]
    births.number[0] = n + 1
    if n >= births.weight.size:
        return
    births.x[R, n] = r
    births.x[VN, n] = v1
    births.x[VT1, n] = v2
    births.x[VT2, n] = v3
    if births.x.shape[0] > SPIN:
        births.x[SPIN, n] = spin
    births.weight[n] = weight
    births.left[n] = left
    births.row[n] = row
