"""From a profile to cells, time steps and weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.constants import K_B
from exobase.geometry.grid import Grid, build_grid
from exobase.geometry.motion import PLANAR, RADIAL
from exobase.simulation.profile import Profile, mean_free_paths, pressure_scale_height

Array = NDArray[np.float64]

WEIGHT_FLOOR = 1e-6
_ORBIT_FRACTION = 0.25


def thermal_speed(case: Case, temperature: Array) -> Array:
    """U = sqrt(2kT/m) [ns, n] m/s."""
    mass = np.array([[s.mass] for s in case.species])
    return np.asarray(np.sqrt(2.0 * K_B * temperature / mass))


def lay_grid(case: Case, profile: Profile) -> Grid:
    """Cells and steps for a profile, by the rules of case.grid and case.step.

    Cell size: the least of mean free path / per_mean_free_path, pressure scale height / per_scale_height and
    max_ratio * r. Step: the least of courant * size / U and collision_fraction / collision frequency over all species
    present, and of a quarter of the free-fall time sqrt(r^3/GM), beyond which the push would be inaccurate.
    """
    r = profile.position
    size = _cell_size(case, profile)
    free = mean_free_paths(case, profile.density, profile.temperature)
    speed = thermal_speed(case, profile.temperature)

    def longest_step(position: Array, width: Array) -> Array:
        u = np.stack([np.interp(position, r, row) for row in speed])
        step = case.step.courant * width / u.max(axis=0)
        if case.collisions != "off":
            rate = np.stack([np.interp(position, r, row) for row in (2.0 / np.sqrt(np.pi)) * speed / free])
            step = np.minimum(step, case.step.collision_fraction / np.maximum(rate.max(axis=0), 1e-300))
        if case.geometry == "radial" and case.gm > 0.0:
            step = np.minimum(step, _ORBIT_FRACTION * np.sqrt(position**3 / case.gm))
        return np.asarray(step)

    kind = PLANAR if case.geometry == "planar" else RADIAL
    cells = case.grid.cells
    return build_grid(kind, case.run.columns, r, size, longest_step, cells, case.time_step == "global")


def _cell_size(case: Case, profile: Profile) -> Array:
    r = profile.position
    spacing = case.grid.spacing
    if spacing == "uniform":
        return np.full(r.size, (r[-1] - r[0]) / (case.grid.cells or 100))
    if spacing == "log":
        return np.asarray(r * np.log(r[-1] / r[0]) / (case.grid.cells or 100))
    height = pressure_scale_height(r, profile.density, profile.temperature)
    size = height / case.grid.per_scale_height
    limit = case.grid.max_ratio * r if case.geometry == "radial" else np.full(r.size, 0.1 * (r[-1] - r[0]))
    size = np.minimum(size, limit)
    if spacing == "auto":
        free = mean_free_paths(case, profile.density, profile.temperature).min(axis=0)
        size = np.minimum(size, free / case.grid.per_mean_free_path)
    return np.asarray(np.minimum(size, 0.5 * (r[-1] - r[0])))


def flux_weights(case: Case, grid: Grid, profile: Profile, begin: int, end: int) -> Array:
    """Flux weight W/dt [ncell*ns] s-1 of the global cells begin .. end-1: real particles per simulated one and step.

    ``weights.mode = "cell"``: the flux weight follows density times area with a power between 0 and 1, see
    ``splitting_power``; ``"equal"``: one flux weight per species, no clones. The wanted number of particles per cell is
    the mean over all cells. A species is not followed below ``WEIGHT_FLOOR`` of its largest density: where it is only
    a trace of a trace, one fast particle would come as thousands of copies.
    """
    lo, hi = grid.bounds(begin, end)
    wanted = np.array([case.run.particles_per_cell * s.particles_factor for s in case.species])
    r = profile.position
    followed = np.maximum(profile.density, WEIGHT_FLOOR * profile.density.max(axis=1, keepdims=True))
    per_length = followed * np.array([grid.area(float(x)) for x in r])
    shape = splitting_power(case)[:, None] * np.log(per_length)
    particles = np.trapezoid(per_length * np.exp(-shape) / step_of(grid, r), r, axis=1)
    scale = (particles / (wanted * grid.cells))[:, None]
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
    too, where nothing would hold back the random walk of the content under clone and remove.
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
    return np.asarray(np.clip(0.5 * (rarity - 1.8), 0.0, 1.0))


def step_of(grid: Grid, position: Array) -> Array:
    """Time step [s] at positions."""
    return grid.runs.dt[run_of(grid, position)]


def run_of(grid: Grid, position: Array) -> NDArray[np.int64]:
    """Number of the run of equal steps that holds each position."""
    run = np.searchsorted(grid.runs.edge, position, side="right") - 1
    return np.clip(run, 0, grid.runs.dt.size - 1)
