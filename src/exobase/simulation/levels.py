"""Energy levels of a case: where they lie, and weights that put about as many particles in each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from exobase.case import Case
from exobase.constants import K_B
from exobase.geometry.grid import Grid
from exobase.geometry.motion import RADIAL, Motion
from exobase.particles.conserve import CORE
from exobase.particles.levels import Levels
from exobase.particles.move import Cells
from exobase.simulation.layout import step_of
from exobase.simulation.profile import Profile

Array = NDArray[np.float64]
_LEAST_SHARE = 1e-12


def levels_of(case: Case, grid: Grid, profile: Profile) -> Levels:
    """Energy levels of a case for an expected profile (one level: no splitting).

    The weight of a level over that of level 0 is the ratio of the numbers of particles per step time that the profile,
    Maxwellian everywhere, holds in them, so that every level is followed in as large a number; above the middle
    level it falls with the power ``strength`` of that ratio. Equal partners share the energy of a collision in any
    proportion with equal probability, so a particle that can escape comes as often from two of half its energy as from
    one as fast: the weight of the middle levels sets the variance, and beyond them, for a variance proportional to the
    sum of the weights and a cost proportional to that of the numbers, the optimum is the power 1/2.
    """
    levels = case.levels
    mass = np.array([s.mass for s in case.species])
    kt = K_B * case.hottest
    bottom = -case.gm / case.r_inner if case.geometry == "radial" else 0.0
    factor = np.ones((mass.size, levels.number))
    if levels.number > 1:
        content = _content(case, grid, profile, mass, kt)
        share = np.maximum(content, 1e-300) / np.maximum(content[:, :1], 1e-300)
        share = np.minimum.accumulate(np.clip(share, _LEAST_SHARE, 1.0), axis=1)
        middle = share[:, [levels.number // 2]]
        factor = np.where(share < middle, middle * (share / middle) ** levels.strength, share)
    return Levels(levels.number, bottom + levels.first * kt / mass, levels.step * kt / mass, factor.ravel())


def core_levels(levels: Levels, motion: Motion, cells: Cells, profile: Profile, mass: Array) -> NDArray[np.int64]:
    """Number of levels [ncell * ns] that begin below ``CORE`` kT of kinetic energy at the centre of each cell."""
    centre = 0.5 * (cells.lo + cells.hi)
    potential = -motion.p / centre if motion.kind == RADIAL else motion.p * centre
    energy = potential + CORE * K_B * profile.temperature_at(centre) / mass[:, None]
    begun = np.ceil((energy - levels.first[:, None]) / levels.step[:, None])
    return np.ascontiguousarray(1 + np.clip(begun, 0.0, levels.number - 1.0).astype(np.int64).T).ravel()


def crowding(case: Case, grid: Grid, profile: Profile) -> Array:
    """How many times more particles the energy levels hold than one level with the weight of level 0 would [ns]."""
    if case.levels.number == 1:
        return np.ones(len(case.species))
    mass = np.array([s.mass for s in case.species])
    content = _content(case, grid, profile, mass, K_B * case.hottest)
    factor = levels_of(case, grid, profile).factor.reshape(content.shape)
    return np.asarray((content / factor).sum(axis=1) / content.sum(axis=1))


def _content(case: Case, grid: Grid, profile: Profile, mass: Array, kt: float) -> Array:
    """Particles per step time in each level [ns, levels] for Maxwellians of the profile's density and temperature."""
    levels, r = case.levels, profile.position
    depth = case.gm / case.r_inner - case.gm / r if case.geometry == "radial" else case.gravity * (r - r[0])
    area = np.array([grid.area(float(x)) for x in r])
    weight = profile.density * area / step_of(grid, r)
    edges = (levels.first + levels.step * np.arange(levels.number - 1)) * kt
    kinetic = (edges[:, None, None] - mass[:, None] * depth) / (K_B * profile.temperature)
    below = gammainc(1.5, np.maximum(kinetic, 0.0))
    ends = np.concatenate([np.zeros_like(below[:1]), below, np.ones_like(below[:1])])
    return np.asarray(np.trapezoid(np.diff(ends, axis=0) * weight, r, axis=2).T)
