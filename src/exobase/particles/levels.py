"""Energy levels: importance splitting of the fast tail that escapes.

The particles of a species in a cell are divided into groups by their kinetic plus potential energy, level 0 below a
first energy and then one level per energy step. A group's weight falls from level to level, so that the rare
energetic particles are followed in as large a number as the common ones. A particle whose energy has passed into
another level (by collisions, or on entry; free flight keeps it) goes to the group of that level like one that has gone
to another cell: by the same unbiased clone/remove, whose mean weight gain is zero whatever the levels are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.geometry.motion import specific_energy
from exobase.jit import kernel


class Levels(NamedTuple):
    """Number of levels; first energy and step per mass [ns] J/kg; weights over level 0's [ns * number]."""

    number: int
    first: np.ndarray
    step: np.ndarray
    factor: np.ndarray


@kernel
def level_of(levels, s, energy):  # type: ignore[no-untyped-def]
    """Level of a particle of species s with the given kinetic plus potential energy per mass."""
    k = (energy - levels.first[s]) / levels.step[s]
    return int(min(max(k + 1.0, 0.0), levels.number - 1.0))


@kernel
def mark_levels(motion, levels, species, start, y, moved):  # type: ignore[no-untyped-def]
    """Set ``moved`` where the energy of a pushed particle no longer belongs to the level of its group."""
    for g in range(start.size - 1):
        k = g % levels.number
        s = (g // levels.number) % species
        low = levels.first[s] + (k - 1) * levels.step[s] if k > 0 else -np.inf
        high = levels.first[s] + k * levels.step[s] if k < levels.number - 1 else np.inf
        a = start[g]
        b = start[g + 1]
        r, v, t1, t2, out = y[0, a:b], y[1, a:b], y[2, a:b], y[3, a:b], moved[a:b]
        for i in range(r.size):
            energy = specific_energy(motion, r[i], v[i], t1[i], t2[i])
            out[i] = out[i] | (energy < low) | (energy >= high)


@kernel
def assign_levels(motion, levels, species, out, key, begin, end):  # type: ignore[no-untyped-def]
    """Move the destination key of movers [begin, end) from the lowest level to that of their energy."""
    for j in range(begin, end):
        if key[j] >= 0:
            s = (key[j] // levels.number) % species
            key[j] += level_of(levels, s, specific_energy(motion, out[0, j], out[1, j], out[2, j], out[3, j]))
