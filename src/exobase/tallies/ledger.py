"""The ledger: every way a simulated particle can enter, leave or change its weight, booked per (cell, species).

Counts close exactly and flux weights to round-off: initial + emitted + born + cloned - removed = absorbed + escaped +
lost + converted + alive. Weights are flux weights (W/dt, real particles per simulated one and per step, s-1): they are
conserved when a particle passes to a cell with another step, so the only gains are those of clone/remove, whose mean is
zero.
Energies are flux weight times kinetic, potential and rotational energy per mass.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from exobase.geometry.columns import SPIN, VN, VT1, VT2, R
from exobase.geometry.motion import specific_energy
from exobase.jit import kernel


class Entry(IntEnum):
    """Ledger columns. ``EMITTED`` came through a face, ``BORN`` began inside a cell. ``RETURNED`` counts returns
    from beyond the outer boundary and is no part of the balance. ``CONVERTED`` were lost in a cell (ionised, broken).

    ``CLONED`` holds the net weight and energy gain of clone/remove, ``REMOVED`` counts only. ``WALL``, ``COLLISION``
    and ``COLLISION_WEIGHT`` (collisions of unequal weights, and debts paid back) hold energy only. ``EXCHANGED`` counts
    charge exchanges and holds the energy and momentum gained in them; it is no part of the balance of numbers.
    """

    INITIAL = 0
    EMITTED = 1
    CLONED = 2
    REMOVED = 3
    ABSORBED = 4
    ESCAPED = 5
    LOST_BEYOND = 6
    LOST_IN_FLIGHT = 7
    RETURNED = 8
    WALL = 9
    COLLISION = 10
    COLLISION_WEIGHT = 11
    BORN = 12
    CONVERTED = 13
    EXCHANGED = 14


ENTRIES = len(Entry)
CROSSINGS = [int(e) for e in (Entry.EMITTED, Entry.ABSORBED, Entry.ESCAPED, Entry.LOST_BEYOND)]
"""What is counted by place on the sphere."""
_BALANCE = np.zeros(ENTRIES, dtype=np.int64)
_BALANCE[[Entry.INITIAL, Entry.EMITTED, Entry.BORN, Entry.CLONED]] = 1
_BALANCE[[Entry.REMOVED, Entry.ABSORBED, Entry.ESCAPED, Entry.LOST_BEYOND, Entry.LOST_IN_FLIGHT, Entry.CONVERTED]] = -1
BALANCE = _BALANCE


class Books(NamedTuple):
    """Ledger per row (cell, species) and entry, and the spectrum of escapers as fixed-point integers.

    counts, weight (flux weight [1/s]), energy and momentum (flux weight times specific energy, normal velocity) [rows,
    entries], rows as in :func:`book_row`; spectrum [ns, bins] with ``energy_scale`` [ns] bins per specific energy and
    ``unit`` [ns, 1 or 2] integer units per flux weight of the gas and of tracers (0: not counted).
    """

    counts: np.ndarray
    weight: np.ndarray
    energy: np.ndarray
    momentum: np.ndarray
    spectrum: np.ndarray
    energy_scale: np.ndarray
    unit: np.ndarray


@kernel
def book_row(g, levels):
    """Row of the ledger for a group: its cell and species; with energy levels one for the gas, one for tracers."""
    if levels == 1:
        return g
    return 2 * (g // levels) + (g % levels > 0)


@kernel
def particle_energy(motion, columns, i):
    """Energy per mass of particle i: kinetic, potential and, with a fifth column, rotational."""
    energy = specific_energy(motion, columns[R, i], columns[VN, i], columns[VT1, i], columns[VT2, i])
    return energy + columns[SPIN, i] if columns.shape[0] > SPIN else energy


@kernel
def book(books, g, entry, weight, energy, v):
    """Enter one particle in the ledger: specific energy and normal velocity v."""
    books.counts[g, entry] += 1
    books.weight[g, entry] += weight
    books.energy[g, entry] += weight * energy
    books.momentum[g, entry] += weight * v


@kernel
def book_escape(books, g, s, entry, weight, energy, spin, v):
    """Enter an escaping particle in the ledger (its rotational energy ``spin`` per mass included) and the spectrum."""
    book(books, g, entry, weight, energy + spin, v)
    k = min(max(int(energy * books.energy_scale[s]), 0), books.spectrum.shape[1] - 1)
    books.spectrum[s, k] += np.int64(np.rint(weight * books.unit[s, g % books.unit.shape[1]]))


@kernel
def book_all(books, motion, entry, columns, weight, row, count):
    """Enter ``count`` particles given by columns [ncol, n], flux weight [n] and row of the ledger [n]."""
    for i in range(count):
        book(books, row[i], entry, weight[i], particle_energy(motion, columns, i), columns[VN, i])
