"""Weights: real particles per simulated one and step, in each cell, species and energy level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.geometry.mesh import Mesh
from exobase.simulation.profile import Profile

Array = NDArray[np.float64]

WEIGHT_FLOOR = 1e-6
TRACE = 1e-3
"""Share of a species in the number of another below which the other need not scatter from it: it is a trace there."""


def flux_weights(case: Case, mesh: Mesh, profile: Profile, begin: int, end: int) -> Array:
    """Flux weight W/dt [ncell*ns] s-1 of the global cells begin .. end-1: real particles per simulated one and step.

    ``weights.mode = "cell"``: the flux weight follows density times area with a power between 0 and 1, see
    ``splitting_power``, in steps of a factor 2, so that a particle that passes into a cell of lower weight becomes two
    or four exact copies; ``"equal"``: one flux weight per species, no clones. The wanted number of particles per cell
    is the mean over all cells. A species is not followed below ``WEIGHT_FLOOR`` of its largest density: where it is
    only a trace of a trace, one fast particle would come as thousands of copies.
    """
    lo, hi = mesh.bounds(begin, end)
    wanted = np.array([case.run.particles_per_cell * s.particles_factor for s in case.species])
    r = profile.position
    followed = np.maximum(profile.density, WEIGHT_FLOOR * profile.density.max(axis=1, keepdims=True))
    per_length = followed * np.array([mesh.area(float(x)) for x in r])
    log_ratio = np.log2(per_length / per_length.max(axis=1, keepdims=True))
    power = splitting_power(case)[:, None]
    staircase = np.exp2(np.round(power * log_ratio))
    scale = np.trapezoid(per_length / staircase / mesh.step_of(r), r, axis=1) / (wanted * mesh.layers)
    centre = mesh.centre(lo, hi)
    steps = np.round(power * np.stack([np.interp(centre, r, row) for row in log_ratio]))
    return np.ascontiguousarray((scale[:, None] * np.exp2(steps)).T).ravel()


def splitting_power(case: Case) -> Array:
    """Power [ns] with which the flux weight follows density times area: ``weights.power``, 0 by default.

    1 gives cells about the same number of particles (steps are about proportional to sizes); 0 gives no clones. A
    hydrodynamic mode carries W kT/2 in each degree of freedom, so waves heat the gas on their way from heavy to
    light weights, and copies that stay copies add noise. A gas of equal weights has no such bias whatever the number of
    particles; rare escape is the business of tracers (:mod:`exobase.simulation.levels`).
    """
    power = case.weights.power if case.weights.mode == "cell" and case.weights.power is not None else 0.0
    return np.full(len(case.species), power)
