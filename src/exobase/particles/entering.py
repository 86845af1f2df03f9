"""Particles that enter the owned cells in a step, in the order of the cells, with the tracers that begin there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.geometry.columns import VN
from exobase.jit import kernel
from exobase.tallies.ledger import Entry, book, particle_energy

_BORN = int(Entry.BORN)


class Entering(NamedTuple):
    """Particles that enter in a step, cell by cell: columns x [ncol, n], part of the step left, flux weight, group
    [n].
    """

    x: np.ndarray
    fraction: np.ndarray
    weight: np.ndarray
    group: np.ndarray


class Emitted(NamedTuple):
    """Particles from faces: columns x [ncol, n], part of the step left, flux weight, row (cell and species) [n];
    fast: numbers of those that get a tracer.
    """

    x: np.ndarray
    fraction: np.ndarray
    weight: np.ndarray
    row: np.ndarray
    fast: np.ndarray


@kernel
def by_cell(emitted, back, about, place, out, left, weight, kind):
    """Emitted particles, their tracers and those that come back, cell by cell in this order: columns, part of the step
    left, flux weight, and 3 times the row (cell and species) plus 0 (gas), 1 (tracer) or 2 (tracer that begins).

    back [ncol + 4, n]: see simulation.flights; about: step, first global cell, number of species; place [cells + 1]:
    zeros.
    """
    step, first_id, species = about
    columns = out.shape[0]
    n, m = emitted.row.size, emitted.fast.size
    for i in range(n):
        place[emitted.row[i] // species + 1] += 1
    for i in range(m):
        place[emitted.row[emitted.fast[i]] // species + 1] += 1
    for i in range(back.shape[1]):
        place[int(back[columns + 3, i]) - first_id + 1] += 1
    for c in range(1, place.size):
        place[c] += place[c - 1]
    for k in range(n + m):
        i = k if k < n else emitted.fast[k - n]
        cell = emitted.row[i] // species
        j = place[cell]
        place[cell] += 1
        for q in range(columns):
            out[q, j] = emitted.x[q, i]
        left[j], weight[j] = emitted.fraction[i], emitted.weight[i]
        kind[j] = 3 * emitted.row[i] + (0 if k < n else 2)
    for i in range(back.shape[1]):
        cell = int(back[columns + 3, i]) - first_id
        j = place[cell]
        place[cell] += 1
        for q in range(columns):
            out[q, j] = back[q, i]
        left[j], weight[j] = step + 1.0 - back[columns + 1, i], back[columns, i]
        s = int(back[columns + 2, i])
        begins = 2 if back[columns + 1, i] == step else 1
        kind[j] = 3 * (cell * species + s % species) + (begins if s >= species else 0)


@kernel
def number_tracers(motion, x, kind, levels, weight, books):
    """Groups of what :func:`by_cell` lists: tracers go to level 1. Tracers that begin are booked as born."""
    group = np.empty_like(kind)
    for j in range(kind.size):
        row, tracer = kind[j] // 3, kind[j] % 3
        group[j] = row * levels + (1 if tracer > 0 else 0)
        if tracer == 2:
            book(books, 2 * row + 1, _BORN, weight[j], particle_energy(motion, x, j), x[VN, j])
    return group
