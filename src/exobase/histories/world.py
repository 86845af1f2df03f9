"""What a history needs to know, as arrays and numbers for the kernels."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from exobase.collisions.background import Air
from exobase.cross_sections.scattering import ScatteringTables
from exobase.jit import inlined


class Status(IntEnum):
    """How following a history went."""

    FINE = 0
    BANK_FULL = 1
    OUT_OF_RANGE = 2
    MAJORANT = 3
    STUCK = 4
    NOT_FINITE = 5
    NO_FIELD = 6


class Grids(NamedTuple):
    """Cells of the tallies: radii of shells with a uniform first-guess table, surfaces [m], energies [J], birth shells.

    shell_lookup [m]: shell of the lower end of each of m equal parts of [edges[0], edges[-1]].
    """

    edges: np.ndarray
    shell_lookup: np.ndarray
    shell_inverse: float
    surfaces: np.ndarray
    energies: np.ndarray
    birth_edges: np.ndarray


class Importance(NamedTuple):
    """Splitting: the importance is ``factor`` to the number of radii [m] and of kinetic energies [J] exceeded."""

    radii: np.ndarray
    energies: np.ndarray
    factor: int


class World(NamedTuple):
    """A case for the kernels.

    gm [m3 s-2]; r_inner [m]: absorbed below; far [m]: what goes beyond has escaped (infinite: unbound orbits only);
    tide [s-2] and, per followed species, mass [kg], threshold [J], loss [s-1] and push [m s-2] (radiation pressure).
    stepped: whether flights beyond all collisions are integrated (tide or push), not analytic. breakup: code of the
    mode; secondaries: whether recoils are followed; stopping: whether electrons slow particles down.
    """

    air: Air
    scattering: ScatteringTables
    grids: Grids
    importance: Importance
    gm: float
    r_inner: float
    far: float
    tide: float
    stepped: bool
    breakup: int
    secondaries: bool
    stopping: bool
    mass: np.ndarray
    threshold: np.ndarray
    loss: np.ndarray
    push: np.ndarray


def shell_lookup(edges: np.ndarray, parts: int = 4096) -> tuple[np.ndarray, float]:
    """First-guess table of the shells and the inverse width of its parts [1/m]."""
    step = (edges[-1] - edges[0]) / parts
    starts = edges[0] + step * np.arange(parts)
    return np.maximum(np.searchsorted(edges, starts, side="right") - 1, 0).astype(np.int64), 1.0 / step


@inlined
def shell_of(grids, r):
    """Shell c with edges[c] <= r < edges[c+1]; -1 outside."""
    edges = grids.edges
    if not edges[0] <= r < edges[edges.size - 1]:
        return -1
    c = grids.shell_lookup[min(int((r - edges[0]) * grids.shell_inverse), grids.shell_lookup.size - 1)]
    while r >= edges[c + 1]:
        c += 1
    while r < edges[c]:
        c -= 1
    return c


@inlined
def importance_level(importance, r, energy):
    """Number of splitting radii and energies that a particle exceeds."""
    level = 0
    for i in range(importance.radii.size):
        level += r >= importance.radii[i]
    for i in range(importance.energies.size):
        level += energy >= importance.energies[i]
    return level
