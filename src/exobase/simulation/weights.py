"""Weights: real particles per simulated one and step, in each cell, species and energy level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.constants import K_B
from exobase.geometry.grid import Grid
from exobase.simulation.births import fed_only
from exobase.simulation.layout import step_of
from exobase.simulation.levels import crowding
from exobase.simulation.profile import Profile

Array = NDArray[np.float64]

WEIGHT_FLOOR = 1e-6


def flux_weights(case: Case, grid: Grid, profile: Profile, begin: int, end: int) -> Array:
    """Flux weight W/dt [ncell*ns] s-1 of the global cells begin .. end-1: real particles per simulated one and step.

    ``weights.mode = "cell"``: the flux weight follows density times area with a power between 0 and 1, see
    ``splitting_power``; ``"equal"``: one flux weight per species, no clones. The wanted number of particles per cell is
    the mean over all cells, of all energy levels together. A species is not followed below ``WEIGHT_FLOOR`` of its
    largest density: where it is only a trace of a trace, one fast particle would come as thousands of copies.
    """
    lo, hi = grid.bounds(begin, end)
    wanted = np.array([case.run.particles_per_cell * s.particles_factor for s in case.species])
    r = profile.position
    followed = np.maximum(profile.density, WEIGHT_FLOOR * profile.density.max(axis=1, keepdims=True))
    per_length = followed * np.array([grid.area(float(x)) for x in r])
    shape = splitting_power(case)[:, None] * np.log(per_length)
    particles = np.trapezoid(per_length * np.exp(-shape) / step_of(grid, r), r, axis=1)
    scale = (crowding(case, grid, profile) * particles / (wanted * grid.cells))[:, None]
    centre = grid.centre(lo, hi)
    omega = scale * np.exp(np.stack([np.interp(centre, r, row) for row in shape]))
    return np.ascontiguousarray(omega.T).ravel()


def splitting_power(case: Case) -> Array:
    """Power [ns] with which the flux weight follows density times area.

    1 gives cells about the same number of particles (steps are about proportional to sizes); 0 gives no clones.
    Splitting pays where few particles get from the bottom to escape (its variance then falls faster than its cost
    rises) and harms where copies stay copies. 0 with energy levels, which split the same rare particles by what makes
    them rare. Measured optima: 0 without collisions and for an escape probability
    (1 + lambda0) exp(-lambda0) of 1e-2, about 0.7 for 5e-4; in between linear in its logarithm. 0 in a closed domain
    too, where nothing would hold back the random walk of the content under clone and remove; and for species that
    sources alone bring in, whose energies do not follow the temperature.
    """
    if case.weights.mode == "cell" and case.weights.power is not None:
        return np.full(len(case.species), case.weights.power)
    if case.levels.number > 1:
        return np.zeros(len(case.species))
    closed = case.inner.type in ("specular", "diffuse") and case.outer.type in ("specular", "diffuse")
    if case.weights.mode == "equal" or case.collisions == "off" or case.gm <= 0.0 or closed:
        return np.zeros(len(case.species))
    depth = np.array([case.gm * s.mass / (K_B * s.temperature * case.r_inner) for s in case.species])
    rarity = (depth - np.log1p(depth)) / np.log(10.0)
    return np.where(fed_only(case), 0.0, np.clip(0.5 * (rarity - 1.8), 0.0, 1.0))
