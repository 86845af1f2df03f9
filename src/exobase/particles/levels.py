"""Energy levels: importance splitting of the fast tail that escapes, by copies that do not act back on the gas.

The gas itself has one group of particles for each cell and species (level 0), of any energy and of equal weight. Above
a first energy (kinetic plus potential) every particle is also followed by *tracers*: copies of lower weight, in a group
for each level, more of them the rarer the energy is. Tracers meet the particles of the gas as these meet each other,
but the gas does not notice. So splitting cannot heat, cool, fill or empty the gas, and what escapes is counted on the
tracers.

Tracers obey the linear equation that the tail of the gas obeys:

- a particle of the gas that a collision of two slow ones (both below the first energy) lifts above it gets tracers;
  so does one that enters there;
- a tracer that meets a slow particle and lifts it above the first energy gets tracers for that particle too, of its own
  weight (in the gas the fast particle does the same, and there it gives none: its tracers have);
- a tracer that falls below the first energy ends.

A tracer whose energy has passed into another level goes to the group of that level by unbiased clone/remove, as one
that goes to another cell. Their mean is that of the gas up to correlations of order 1/N between a tracer and the
particles around it, N the particles in a mean free path.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.geometry.columns import SPIN, VN, VT1, VT2, R
from exobase.geometry.motion import specific_energy
from exobase.jit import kernel
from exobase.tallies.ledger import Entry, book_row

GONE = -2
_CLONED, _REMOVED = int(Entry.CLONED), int(Entry.REMOVED)


class Levels(NamedTuple):
    """Number of groups of a species in a cell (1: no tracers).

    first energy [ns] J/kg (infinite: a species without tracers) and step per mass [ns] J/kg of the levels; highest
    level [ns]; weights over level 0's [ns * number].
    """

    number: int
    first: np.ndarray
    step: np.ndarray
    highest: np.ndarray
    factor: np.ndarray


def no_levels(species: int) -> Levels:
    """No tracers of any species."""
    none = np.zeros(species, dtype=np.int64)
    return Levels(1, np.full(species, np.inf), np.ones(species), none, np.ones(species))


@kernel
def level_of(levels, s, energy):
    """Level of a tracer of species s with the given kinetic plus potential energy per mass; 0 below the first."""
    if energy < levels.first[s]:
        return 0
    return int(min(1.0 + (energy - levels.first[s]) / levels.step[s], float(levels.highest[s])))


@kernel
def list_fast(motion, levels, species, x, row, count, fast):
    """Numbers of the particles 0 .. count-1 (columns x, cell and species ``row``) above their first energy, and how
    many.
    """
    n = 0
    for i in range(count):
        if specific_energy(motion, x[R, i], x[VN, i], x[VT1, i], x[VT2, i]) >= levels.first[row[i] % species]:
            fast[n] = i
            n += 1
    return n


@kernel
def mark_levels(motion, levels, species, start, y, moved):
    """Set ``moved`` for pushed tracers whose energy no longer belongs to the level of their group."""
    for row in range((start.size - 1) // levels.number):
        s = row % species
        for k in range(1, levels.highest[s] + 1):
            g = row * levels.number + k
            a = start[g]
            b = start[g + 1]
            if a == b:
                continue
            low = levels.first[s] + (k - 1) * levels.step[s]
            high = levels.first[s] + k * levels.step[s] if k < levels.highest[s] else np.inf
            r, v, t1, t2, out = y[R, a:b], y[VN, a:b], y[VT1, a:b], y[VT2, a:b], moved[a:b]
            for i in range(r.size):
                energy = specific_energy(motion, r[i], v[i], t1[i], t2[i])
                out[i] = out[i] | (energy < low) | (energy >= high)


@kernel
def assign_levels(motion, levels, species, out, ncol, key, begin, end, books):
    """Give tracers among the movers [begin, end) the destination of their energy; those below the first level end.

    A mover of the gas has the key of its level 0, a tracer that of level 1. Ends are booked as removed.
    """
    for j in range(begin, end):
        if key[j] < 0 or key[j] % levels.number == 0:
            continue
        row = key[j] // levels.number
        energy = specific_energy(motion, out[R, j], out[VN, j], out[VT1, j], out[VT2, j])
        k = level_of(levels, row % species, energy)
        if k > 0:
            key[j] = row * levels.number + k
            continue
        place = book_row(key[j], levels.number)
        spin = out[SPIN, j] if ncol > SPIN else 0.0
        books.counts[place, _REMOVED] += 1
        books.weight[place, _CLONED] -= out[ncol, j]
        books.energy[place, _CLONED] -= out[ncol, j] * (energy + spin)
        key[j] = GONE
