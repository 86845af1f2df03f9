"""The bank of a history: particles born in it that still have to be followed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.jit import inlined

X, Y, Z, VX, VY, VZ, WEIGHT = range(7)
SPECIES, PROCESS, LINEAGE, BIRTH = range(4)
COLUMNS, KINDS = 7, 4


class Bank(NamedTuple):
    """Waiting particles, last in first out.

    x [capacity, 7]: position [m] and velocity [m/s] in Cartesian coordinates centred on the body, weight [s-1]; the Sun
    lies in the direction +x, the poles on the z axis. kind [capacity, 4]: index of the followed species; index of the
    process the particle comes from; lineage, which keys its random stream; cell of the table of births (-1: none).
    waiting [1]: number of them; lineages [1]: lineages given out in this history, from 1 on (0 keys its birth).
    """

    x: np.ndarray
    kind: np.ndarray
    waiting: np.ndarray
    lineages: np.ndarray


def new_bank(capacity: int) -> Bank:
    """An empty bank."""
    return Bank(
        np.zeros((capacity, COLUMNS)),
        np.zeros((capacity, KINDS), dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
    )


@inlined
def deposit(bank, species, process, birth, x, y, z, vx, vy, vz, weight):
    """Add a particle with the next lineage of the history; False where the bank is full (nothing is then added)."""
    n = bank.waiting[0]
    if n >= bank.x.shape[0]:
        return False
    row = bank.x[n]
    row[0], row[1], row[2] = x, y, z
    row[3], row[4], row[5] = vx, vy, vz
    row[6] = weight
    kind = bank.kind[n]
    kind[0], kind[1], kind[3] = species, process, birth
    kind[2] = bank.lineages[0]
    bank.lineages[0] += 1
    bank.waiting[0] = n + 1
    return True
