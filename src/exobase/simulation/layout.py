"""From a profile to cells, time steps and weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.constants import K_B
from exobase.geometry.mesh import Mesh, build_mesh
from exobase.simulation.births import birth_speeds
from exobase.simulation.profile import Profile, mean_free_paths, pressure_scale_height

Array = NDArray[np.float64]

_ORBIT_FRACTION = 0.25


def thermal_speed(case: Case, temperature: Array) -> Array:
    """U = sqrt(2kT/m) [ns, n] m/s."""
    mass = np.array([[s.mass] for s in case.species])
    return np.asarray(np.sqrt(2.0 * K_B * temperature / mass))


def lay_mesh(case: Case, profile: Profile) -> Mesh:
    """Cells and steps for a profile, by the rules of case.grid and case.step.

    Cell size: the least of mean free path / per_mean_free_path, pressure scale height / per_scale_height and
    max_ratio * r. Step: the least of courant * size / U and collision_fraction / collision frequency over all
    species present (at the speed of their births, where sources emit fast particles), and of a quarter of the
    free-fall time sqrt(r^3/GM), beyond which the push would be inaccurate.
    """
    r = profile.position
    size = _cell_size(case, profile)
    free = mean_free_paths(case, profile.density, profile.temperature)
    speed = thermal_speed(case, profile.temperature)
    # A fast particle meets a gas at rest v/(sqrt2 l) times per second, l being the path of thermal ones.
    busy = np.maximum((2.0 / np.sqrt(np.pi)) * speed, birth_speeds(case)[:, None] / np.sqrt(2.0)) / free

    def longest_step(position: Array, width: Array) -> Array:
        u = np.stack([np.interp(position, r, row) for row in speed])
        step = case.step.courant * width / u.max(axis=0)
        if case.collisions != "off":
            rate = np.stack([np.interp(position, r, row) for row in busy])
            step = np.minimum(step, case.step.collision_fraction / np.maximum(rate.max(axis=0), 1e-300))
        return np.asarray(np.minimum(step, _ORBIT_FRACTION * case.space.orbit_time(position)))

    cells = case.grid.cells
    return build_mesh(case.space, case.division, r, size, longest_step, cells, case.time_step == "global")


def _cell_size(case: Case, profile: Profile) -> Array:
    r = profile.position
    spacing = case.grid.spacing
    if spacing == "uniform":
        return np.full(r.size, (r[-1] - r[0]) / (case.grid.cells or 100))
    if spacing == "log":
        return np.asarray(r * np.log(r[-1] / r[0]) / (case.grid.cells or 100))
    height = pressure_scale_height(r, profile.density, profile.temperature)
    size = height / case.grid.per_scale_height
    size = np.minimum(size, case.space.widest_cell(r, case.grid.max_ratio))
    if spacing == "auto":
        free = mean_free_paths(case, profile.density, profile.temperature).min(axis=0)
        size = np.minimum(size, free / case.grid.per_mean_free_path)
    return np.asarray(np.minimum(size, 0.5 * (r[-1] - r[0])))
