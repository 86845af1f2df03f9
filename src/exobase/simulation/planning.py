"""What a case will cost, before it runs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exobase.case import Case
from exobase.simulation.layout import lay_grid, run_of
from exobase.simulation.levels import levels_of
from exobase.simulation.profile import expected_profile, mean_free_paths
from exobase.simulation.weights import flux_weights

BYTES_PER_PARTICLE = 96.0
BYTES_PER_GROUP = 2500.0
SECONDS_PER_PARTICLE_STEP = 3.0e-8
SECONDS_PER_STEP = 1.5e-4
CORRELATION = 8.0
_SAMPLE_CELLS = 4096


@dataclass(frozen=True)
class Plan:
    """Cells, particles, memory, expected steps and wall time [s] on one core; warnings about the discretisation."""

    cells: int
    particles: int
    memory_bytes: int
    steps: int
    seconds_per_step: float
    wall_time: float
    warnings: tuple[str, ...]


def plan(case: Case) -> Plan:
    """Predict the cost of a case from its expected profile (rough: a factor of two or three)."""
    profile = expected_profile(case)
    grid = lay_grid(case, profile)
    particles = int(sum(case.run.particles_per_cell * s.particles_factor for s in case.species) * grid.total)
    per_step = particles * SECONDS_PER_PARTICLE_STEP + SECONDS_PER_STEP
    steps = _steps(case, grid)
    memory = int(particles * BYTES_PER_PARTICLE + grid.total * len(case.species) * BYTES_PER_GROUP)
    return Plan(grid.total, particles, memory, steps, per_step, steps * per_step, _warnings(case, grid, profile))


def _steps(case: Case, grid) -> int:  # type: ignore[no-untyped-def]
    """Burn-in plus the steps to count enough escapers of the target species."""
    from exobase.analytic.jeans import jeans_flux

    burn_in = 30 * grid.cells / case.step.courant
    if case.gm <= 0.0 or case.geometry == "planar" or case.outer.type != "kepler_return":
        return min(int(3 * burn_in), case.run.max_steps)
    names = list(case.names)
    s = names.index(case.run.target_species) if case.run.target_species in names else 0
    gas = case.species[s]
    if gas.density <= 0.0:
        return case.run.max_steps
    rate = (
        4 * math.pi * case.r_inner**2 * float(jeans_flux(gas.density, gas.temperature, gas.mass, case.r_inner, case.gm))
    )
    top = flux_weights(case, grid, expected_profile(case), grid.cells - 1, grid.cells)[s]
    top *= levels_of(case, grid, expected_profile(case)).factor.reshape(len(case.species), -1)[s, -1]
    wanted = CORRELATION / case.run.target_error**2
    per_step = max(rate / float(top) / grid.columns, 1e-9)
    return min(int(burn_in + wanted / per_step), case.run.max_steps)


def _warnings(case: Case, grid, profile) -> tuple[str, ...]:  # type: ignore[no-untyped-def]
    number = np.unique(np.linspace(0, grid.cells - 1, min(grid.cells, _SAMPLE_CELLS)).astype(np.int64))
    lo, hi = grid.edge(number), grid.edge(number + 1)
    centre = 0.5 * (lo + hi)
    out = []
    if case.run.particles_per_cell < 30:
        out.append(
            f"run.particles_per_cell = {case.run.particles_per_cell:g} is small: temperature fluctuations bias thermal "
            "escape; use at least 60"
        )
    if case.collisions == "off":
        return tuple(out)
    free = mean_free_paths(case, profile.density_at(centre), profile.temperature_at(centre)).min(axis=0)
    worst = int(np.argmax((hi - lo) / free))
    if hi[worst] - lo[worst] > free[worst]:
        out.append(
            f"cells are larger than the mean free path: {(hi - lo)[worst]:.3g} m against {free[worst]:.3g} m at "
            f"{centre[worst]:.6g} m; use grid.spacing = 'auto' or more grid.cells"
        )
    dt = grid.runs.dt[run_of(grid, centre)]
    mass = np.array([s.mass for s in case.species])[:, None]
    speed = np.sqrt(2 * 1.380649e-23 * profile.temperature_at(centre) / mass).max(axis=0)
    busy = dt * 2 / math.sqrt(math.pi) * speed / free
    if busy.max() > 1.0:
        out.append(f"the step is {busy.max():.2g} collision times: lower step.collision_fraction")
    return tuple(out)
