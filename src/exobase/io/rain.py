"""What reaches the inner boundary of a test-particle run, as the incident particles of another one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from exobase.constants import EV
from exobase.errors import InputError
from exobase.io.results import read_result

FloatArray = npt.NDArray[np.float64]
_STEP = 1e-9  # relative width of a jump between two bins


@dataclass(frozen=True)
class Rain:
    """Histograms as lines that jump at the edges of their bins, so that their integrals are those of the bins.

    energy [J] and rate per energy [s-1 J-1]; angle [rad] from the downward vertical, increasing, and particles per
    solid angle (relative). total [s-1] and its standard error. radius [m]: of the inner boundary.
    """

    energy: FloatArray
    rate: FloatArray
    angle: FloatArray
    weight: FloatArray
    total: float
    stderr: float
    radius: float


def read_rain(path: Path | str, species: str, lowest: float = 0.0) -> Rain:
    """The particles of a species in a result of precipitation, in the energy bins above ``lowest`` [J].

    Energies and angles are taken as independent. Raises InputError where the result has no such species, recorded no
    precipitation, or none above ``lowest``.
    """
    result = read_result(path)
    if "rain/rate" not in result:
        raise InputError([f"{result.path}: has no precipitation (rain/rate); it is not of a test-particle run"])
    if species not in result.species:
        known = ", ".join(result.species)
        raise InputError([f"{result.path}: has no species {species} (it has {known})"])
    row = result.index(species)
    edges = np.asarray(result["energy/edges"], dtype=float)
    good = edges[:-1] >= lowest * (1.0 - 1e-12)
    if not good.any():
        asked = f"the lowest energy asked for, {lowest / EV:.4g} eV"
        raise InputError([f"{result.path}: its energies end at {edges[-1] / EV:.4g} eV, below {asked}"])
    rate = np.asarray(result["rain/rate"][row], dtype=float)[good]
    error = np.asarray(result.stderr("rain/rate")[row], dtype=float)[good]
    total = float(rate.sum())
    if not total > 0.0:
        raise InputError([f"{result.path}: no {species} reached the inner boundary with at least {lowest / EV:.4g} eV"])
    kept = edges[np.append(good, True)]
    cosines = np.linspace(0.0, 1.0, rate.shape[1] + 1)
    energy, per_energy = _jumps(kept, rate.sum(axis=1))
    cosine, per_cosine = _jumps(cosines, rate.sum(axis=0))
    return Rain(
        energy, per_energy, np.arccos(cosine)[::-1], per_cosine[::-1], total, math.sqrt(float((error**2).sum())),
        float(result.case["r_inner"]),
    )  # fmt: skip


def _jumps(edges: FloatArray, content: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points of a histogram per unit of its axis: two for each bin, a jump apart from the next bin's."""
    gap = _STEP * np.diff(edges)
    points = np.stack([edges[:-1], edges[1:] - gap], axis=1).ravel()
    return points, np.repeat(content / (np.diff(edges) - gap), 2)
