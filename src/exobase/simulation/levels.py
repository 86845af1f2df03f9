"""Energy levels of a case: where they lie, and weights that put about as many tracers in each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from exobase.case import Case
from exobase.constants import K_B
from exobase.geometry.mesh import Mesh
from exobase.particles.levels import Levels
from exobase.simulation.profile import Profile

Array = NDArray[np.float64]
_LEAST_SHARE = 1e-15
TRACERS = 0.5
"""Tracers of a species per particle of its gas, all levels together, where the gas is as expected."""


def levels_of(case: Case, mesh: Mesh, profile: Profile) -> Levels:
    """Energy levels of a case for an expected profile.

    The weight of a level over that of the gas is such that the profile, Maxwellian everywhere, holds the same number of
    tracers in each level, ``TRACERS`` per particle in all; it never exceeds 1. Above the middle level it falls with the
    power ``strength`` of the number of particles.
    """
    numbers = np.array([level.number for level in case.levels])
    mass = np.array([s.mass for s in case.species])
    kt = K_B * np.array([s.temperature for s in case.species])
    most = int(numbers.max(initial=1))
    bottom = float(case.space.potential(case.r_inner))
    first = bottom + np.array([level.first for level in case.levels]) * kt / mass
    step = np.array([level.step for level in case.levels]) * kt / mass
    factor = np.ones((mass.size, most))
    for s in np.flatnonzero(numbers > 1):
        factor[s, 1 : numbers[s]] = _weights(case, mesh, profile, int(s))
    return Levels(most, np.where(numbers > 1, first, np.inf), step, numbers - 1, factor.ravel())


def _weights(case: Case, mesh: Mesh, profile: Profile, s: int) -> Array:
    """Weights [levels - 1] of the levels of species s over that of the gas."""
    level = case.levels[s]
    content = _content(case, mesh, profile, s)
    share = np.minimum.accumulate(np.maximum(content[1:] / content.sum(), _LEAST_SHARE))
    middle = share[share.size // 2]
    share = np.where(share < middle, middle * (share / middle) ** level.strength, share)
    return np.minimum(share * share.size / TRACERS, 1.0)


def _content(case: Case, mesh: Mesh, profile: Profile, s: int) -> Array:
    """Particles per step time of species s below the first level and in each [number], Maxwellians of the profile, or
    of the reservoir where that is hotter: the fast ones of a hot species in cold gas are those that just came in.
    """
    level, mass, r = case.levels[s], case.species[s].mass, profile.position
    depth = case.space.rise(case.r_inner, r)
    area = np.array([mesh.area(float(x)) for x in r])
    weight = profile.density[s] * area / mesh.step_of(r)
    edges = (level.first + level.step * np.arange(level.number - 1)) * K_B * case.species[s].temperature
    temperature = np.maximum(profile.temperature[s], case.species[s].temperature)
    kinetic = (edges[:, None] - mass * depth) / (K_B * temperature)
    below = gammainc(1.5, np.maximum(kinetic, 0.0))
    ends = np.concatenate([np.zeros_like(below[:1]), below, np.ones_like(below[:1])])
    return np.asarray(np.trapezoid(np.diff(ends, axis=0) * weight, r, axis=1))
