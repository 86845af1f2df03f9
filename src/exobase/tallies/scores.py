"""What histories score: one flat array per batch, cut into named tables.

Batches are independent, so that the mean of a number over batches has the standard error of its scatter between them.
All numbers are rates: the weight of a particle is in s-1 (real particles per second), so that weight times time is a
number of particles and weight times energy a power.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exobase.jit import inlined, part

Array = NDArray[np.float64]
UP, DOWN = 0, 1


class Fate(IntEnum):
    """Columns of the ledger of a history: how particles come, and how they end.

    ``SPLIT`` holds the copies made by importance splitting and the weight gained in roulette, ``ROULETTE`` the
    particles (and the weight) it removed, ``LOST`` the weight lost in flight by ionisation, ``TRAPPED`` bound orbits
    that meet no atmosphere. ``CONVERTED`` ends a particle that charge exchange or stripping turns into another species,
    ``FORMED`` begins that one; ``FIELD`` holds energy only: what electric fields give to ions, with the error of steps.
    """

    BORN = 0
    RECOIL = 1
    SPLIT = 2
    ROULETTE = 3
    ESCAPED = 4
    ABSORBED = 5
    THERMALISED = 6
    LOST = 7
    TRAPPED = 8
    FORMED = 9
    CONVERTED = 10
    FIELD = 11


FATES = len(Fate)
GAINS = (Fate.BORN, Fate.RECOIL, Fate.SPLIT, Fate.FORMED, Fate.FIELD)


class Scores(NamedTuple):
    """Tables of a batch, views of one flat array.

    residence [followed, processes, shells]: weight times time; presence [followed, shells]: its sum over processes, set
    at the end of a batch. zenith [followed, shells, zenith cells] and sphere [followed, shells, latitude cells,
    longitude cells]: the same (no cells: not scored). spectrum [followed, surfaces, 2, energy cells + 1]: weight of
    crossings up and down, the last cell for higher energies; crossings and power [followed, surfaces, 2]: their weight,
    and weight times kinetic energy; angle [followed, surfaces, 2, angle cells]: weight by the cosine to the vertical.
    escaped [followed, processes]; escaped_energy [followed, processes, energy cells + 1]: by the kinetic energy at
    infinity; escaped_zenith [followed, angle cells]: by the cosine of the solar zenith angle. births, first and all
    [followed, birth shells, energy cells + 1]: weight born, and of what escapes, first: the born particle itself, all:
    with its recoils. counts, weight and energy [followed, fates] (energy: kinetic plus potential, J/s). heating
    [shells]: power left in the background [W]. exchange [4]: kinetic energy given to recoils, kinetic energy of
    thermalised particles, all heat left wherever it is, internal energy set free by charge exchange [W]. work [6]:
    steps, candidates, collisions, arcs, histories, charge exchanges. emitted [sources]: weight of the events
    of sources, in cases with fields.

    Of ions only: cube [followed, n, n, n, 4]: weight times time, and its products with the velocity [m/s], on cells of
    a cube along x, y, z; ring [followed, cells, 2 cells]: weight times time by the velocity relative to the solar wind
    across and along its field. Of what is absorbed at the inner boundary: rain [followed, energy cells + 1, angle
    cells] by kinetic energy and cosine to the vertical, rain_map [followed, latitude cells, longitude cells, 2]:
    weight, weight times kinetic energy.
    """

    residence: np.ndarray
    presence: np.ndarray
    zenith: np.ndarray
    sphere: np.ndarray
    spectrum: np.ndarray
    crossings: np.ndarray
    power: np.ndarray
    angle: np.ndarray
    escaped: np.ndarray
    escaped_energy: np.ndarray
    escaped_zenith: np.ndarray
    births: np.ndarray
    first: np.ndarray
    all: np.ndarray
    counts: np.ndarray
    weight: np.ndarray
    energy: np.ndarray
    heating: np.ndarray
    exchange: np.ndarray
    work: np.ndarray
    emitted: np.ndarray
    cube: np.ndarray
    ring: np.ndarray
    rain: np.ndarray
    rain_map: np.ndarray


TO_RECOILS, OF_THERMALISED, HEAT, INTERNAL = range(4)
STEPS, CANDIDATES, COLLISIONS, ARCS, HISTORIES, EXCHANGES = range(6)


def score_shapes(
    followed: int,
    processes: int,
    shells: int,
    surfaces: int,
    energies: int,
    angles: int,
    birth_shells: int,
    zenith: int = 0,
    latitude: int = 0,
    longitude: int = 0,
    cube: int = 0,
    ring: int = 0,
    rain: tuple[int, int] = (0, 0),
) -> dict[str, tuple[int, ...]]:
    """Shape of every table, in the order of the flat array. rain: latitude and longitude cells."""
    spectrum = energies + 1
    born = (followed, birth_shells, spectrum)
    return {
        "residence": (followed, processes, shells),
        "presence": (followed, shells),
        "zenith": (followed, shells, zenith),
        "sphere": (followed, shells, latitude, longitude),
        "spectrum": (followed, surfaces, 2, spectrum),
        "crossings": (followed, surfaces, 2),
        "power": (followed, surfaces, 2),
        "angle": (followed, surfaces, 2, angles),
        "escaped": (followed, processes),
        "escaped_energy": (followed, processes, spectrum),
        "escaped_zenith": (followed, angles),
        "births": born,
        "first": born,
        "all": born,
        "counts": (followed, FATES),
        "weight": (followed, FATES),
        "energy": (followed, FATES),
        "heating": (shells,),
        "exchange": (4,),
        "work": (6,),
        "emitted": (processes // 2,),
        "cube": (followed, cube, cube, cube, 4),
        "ring": (followed, ring, 2 * ring),
        "rain": (followed, spectrum, angles),
        "rain_map": (followed, *rain, 2),
    }


def size_of(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Numbers in the flat array."""
    return sum(math.prod(shape) for shape in shapes.values())


def tables(flat: Array, shapes: Mapping[str, tuple[int, ...]]) -> Scores:
    """The tables as views of a flat array."""
    views, begin = {}, 0
    for name, shape in shapes.items():
        end = begin + int(np.prod(shape))
        views[name] = flat[begin:end].reshape(shape)
        begin = end
    return Scores(**views)


@inlined
def cell_of(edges, x):
    """Cell c with edges[c] <= x < edges[c+1]; -1 below, edges.size - 1 above."""
    low = 0
    high = edges.size
    while low < high:
        middle = (low + high) // 2
        if x < edges[middle]:
            high = middle
        else:
            low = middle + 1
    return low - 1


@part
def book(scores, s, fate, weight, energy):
    """Enter one particle in the ledger of a history: weight [s-1] and its energy [J]."""
    scores.counts[s, fate] += 1.0
    scores.weight[s, fate] += weight
    scores.energy[s, fate] += weight * energy


@part
def cross(scores, energy_edges, s, surface, way, weight, energy, cosine):
    """Score a crossing of a surface: kinetic energy [J], cosine of the velocity to the vertical (its size counts)."""
    scores.crossings[s, surface, way] += weight
    scores.power[s, surface, way] += weight * energy
    scores.spectrum[s, surface, way, max(cell_of(energy_edges, energy), 0)] += weight
    angles = scores.angle.shape[3]
    if angles > 0:
        scores.angle[s, surface, way, min(int(abs(cosine) * angles), angles - 1)] += weight
