"""The gas of the past: particles that each cell has held, kept at random, among which tracers find their partners.

Particles of the gas at one moment are few, and their temperature fluctuates: by (2/3N)^(1/2) of itself for N of them. A
particle of the gas that becomes fast takes its energy from those around it, which makes up for the fluctuations; a
tracer does not, and would climb an energy E too easily, by exp(E^2/(3 N k^2 T^2)) (half of E^2 times the variance of
1/kT). Partners drawn from some thousand steps are many and do not know of the tracer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.jit import kernel
from exobase.rng import cell_key, slot_key, uniform

PLACES = 256
SHORTEST, LONGEST = 100.0, 4000.0
_STAY = 5.0  # steps that a particle stays in a cell, about
_START, _PART = 32.0, 0.25


class Memory(NamedTuple):
    """Remembered particles of each owned cell and species (row).

    x [rows, places, ncol]: columns, those of a particle side by side; number [rows]: places in use; mean [rows]:
    particles of the gas in the cell, mean over the past.
    """

    x: np.ndarray
    number: np.ndarray
    mean: np.ndarray


def no_memory(rows: int, columns: int, places: int) -> Memory:
    """Nothing remembered yet."""
    return Memory(np.zeros((rows, places, columns)), np.zeros(rows, dtype=np.int64), np.zeros(rows))


@kernel
def horizon(age, places, mean):
    """Steps [1] over which a cell remembers.

    As short as it may be to hold ``places`` different particles of a cell of ``mean`` particles, since a memory that
    changes slowly is a slow noise of its own; long enough not to know of a tracer's birth; short while the gas still
    settles, at a small ``age`` of the memory in steps.
    """
    wanted = min(max(_STAY * places / max(mean, 1e-9), SHORTEST), LONGEST)
    return min(_START + _PART * age, wanted)


@kernel
def remember(key, first_id, species, levels, x, start, age, memory):
    """Let every row take in some of the present particles of its gas, each with the same chance, at random places.

    So every particle that passed within the horizon is remembered equally often, as long as it stayed. The first one is
    drawn: what comes later in a step can take the place of what came before, and particles of a row stand in the order
    in which they arrived.
    """
    places = memory.x.shape[1]
    for row in range(memory.number.size):
        part = 1.0 / horizon(age, places, memory.mean[row])
        a = start[row * levels]
        n = start[row * levels + 1] - a
        new = memory.number[row] == 0
        memory.mean[row] = float(n) if new else memory.mean[row] + part * (n - memory.mean[row])
        if n == 0:
            continue
        chance = 1.0 if new else min(part * places / max(memory.mean[row], 1.0), 1.0)
        stream = slot_key(cell_key(key, first_id + row // species), row % species)
        turn = int(uniform(stream, 0) * n)
        i, k = 0, 1
        while True:
            if chance < 1.0:
                i += int(min(np.log(uniform(stream, k)) / np.log1p(-chance), 1e9))
            if i >= n:
                break
            place = memory.number[row]
            if place == places:
                place = int(uniform(stream, k + 1) * places)
            else:
                memory.number[row] += 1
            j = a + (i + turn) % n
            for q in range(x.shape[0]):
                memory.x[row, place, q] = x[q, j]
            i += 1
            k += 2
