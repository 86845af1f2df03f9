"""The one rule for cells, steps, weights and cost: what ``exobase check`` prints, a run uses and logs at its start.

Everything follows from the expected profile, before anything large is allocated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exobase.analytic import jeans
from exobase.case import Case
from exobase.geometry.mesh import Mesh
from exobase.machine import refuse_beyond
from exobase.parallel import Comm, SerialComm, least_memory, ranks_of_a_machine
from exobase.simulation import cost
from exobase.simulation.advice import delayed_returns, low_top, noise, outside_tables, rarity, resolution, short
from exobase.simulation.births import fed_only
from exobase.simulation.column import column_top
from exobase.simulation.layout import lay_mesh
from exobase.simulation.levels import TRACERS, levels_of
from exobase.simulation.profile import Profile, expected_profile
from exobase.simulation.weights import TRACE, flux_weights

Array = NDArray[np.float64]

_SAMPLE_CELLS = 4096
_SAMPLES = 64


@dataclass(frozen=True)
class Layout:
    """The cells that a case begins with, and what they hold.

    profile: what they are laid by; particles: expected number; memory_bytes: of all ranks together.
    """

    profile: Profile
    mesh: Mesh
    particles: float
    memory_bytes: float


@dataclass(frozen=True)
class Plan:
    """What a run will do and cost.

    cells, particles, memory_bytes: at the start, all ranks together; burn_in: steps until averaging begins; steps: in
    all, limited: because run.max_steps ends the run; seconds_per_step and wall_time [s] on one core; escapers: expected
    number of independent escapers of the target species in those steps (None: not predicted); weight_ratio: the
    largest of the weights of two species that collide, in a cell that holds both; weight_pair: their names (empty:
    there are no such two). warnings: one line each.
    """

    cells: int
    particles: int
    memory_bytes: int
    burn_in: int
    steps: int
    limited: bool
    seconds_per_step: float
    wall_time: float
    escapers: float | None
    weight_ratio: float
    weight_pair: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def steps_text(self) -> str:
        """Steps, and what ends them where it is not the error."""
        return f"{self.steps:,d}" + (" (run.max_steps)" if self.limited else "")


def lay_out(case: Case, comm: Comm | None = None) -> Layout:
    """Cells, particles and memory of a case. Collective; allocates nothing that grows with them.

    Raises InputError, on all ranks, where they exceed the memory of a machine.
    """
    profile = expected_profile(case)
    mesh = lay_mesh(case, profile)
    wanted = sum(
        case.run.particles_per_cell * s.particles_factor * (1.0 + TRACERS * (level.number > 1))
        for s, level in zip(case.species, case.levels, strict=True)
    )
    particles = wanted * mesh.total
    layout = Layout(profile, mesh, particles, cost.memory_bytes(case, mesh.total, particles))
    _refuse_impossible(case, layout, comm or SerialComm())
    return layout


def plan(case: Case, layout: Layout | None = None) -> Plan:
    """Predict what a case will do and cost, on one core.

    layout: the cells of the run (default: those of ``lay_out`` on this machine, which raises InputError).
    """
    layout = lay_out(case) if layout is None else layout
    mesh, profile = layout.mesh, layout.profile
    number = np.unique(np.linspace(0, mesh.layers - 1, min(mesh.layers, _SAMPLES)).astype(np.int64))
    weight = _weights(case, mesh, profile, number)
    ratio, pair = _weight_ratio(case, mesh, profile, number, weight)
    per_step = cost.seconds_per_step(case, mesh.total, layout.particles)
    slowest = cost.slowest_steps(case, mesh, profile)
    burn_in = cost.burn_in_steps(case, slowest)
    independent = _independent_weight(case, mesh, profile, number, weight)
    slow = _slow_noise(case, mesh, profile, number, weight) * slowest
    averaging = cost.averaging_steps(case, profile, independent, slowest, slow)
    wanted = math.inf if averaging is None else burn_in + averaging
    steps = int(min(wanted, case.run.max_steps))
    escapers = None
    if averaging is not None:
        escapers = cost.escape_rate(case, profile) / independent * steps
    warnings = resolution(case, mesh, profile, number) + low_top(case, profile) + noise(case, ratio, pair)
    warnings += delayed_returns(case) + outside_tables(case)
    warnings += rarity(case, escapers) if burn_in < case.run.max_steps else [short(case, burn_in)]
    return Plan(
        cells=mesh.total,
        particles=round(layout.particles),
        memory_bytes=round(layout.memory_bytes),
        burn_in=burn_in,
        steps=steps,
        limited=wanted > case.run.max_steps,
        seconds_per_step=per_step,
        wall_time=steps * per_step,
        escapers=escapers,
        weight_ratio=ratio,
        weight_pair=pair,
        warnings=tuple(warnings),
    )


def _refuse_impossible(case: Case, layout: Layout, comm: Comm) -> None:
    """Raises InputError where the ranks of one machine would need more memory than it has."""
    share = ranks_of_a_machine(comm) / comm.size
    per_cell = sum(case.run.particles_per_cell * s.particles_factor for s in case.species)
    what = (
        f"{case.name}: {layout.mesh.total:.3g} cells with {per_cell:.3g} particles each (run.particles_per_cell = "
        f"{case.run.particles_per_cell:g})"
    )
    remedy = (
        "use fewer particles or cells (run.particles_per_cell, grid, run.columns), a smaller domain or a thinner gas, "
        "or more machines"
    )
    refuse_beyond(layout.memory_bytes * share, least_memory(comm), what, remedy)


def _weights(case: Case, mesh: Mesh, profile: Profile, number: NDArray[np.int64]) -> Array:
    """Flux weights [n, ns] of cells ``number`` of the first column."""
    ns = len(case.species)
    if mesh.layers <= _SAMPLE_CELLS:
        return flux_weights(case, mesh, profile, 0, mesh.layers).reshape(-1, ns)[number]
    return np.array([flux_weights(case, mesh, profile, int(k), int(k) + 1) for k in number])


def _weight_ratio(
    case: Case, mesh: Mesh, profile: Profile, number: NDArray[np.int64], weight: Array
) -> tuple[float, tuple[str, ...]]:
    """Largest ratio of weights of two species in a cell that is expected to hold both, and their names.

    Traces do not count (``TRACE``, or brought in by sources alone): they may be lighter than what they move through.
    """
    names, fed = case.names, fed_only(case)
    if case.collisions == "off":
        return 1.0, ()
    lo, hi = mesh.edge(number), mesh.edge(number + 1)
    centre = mesh.centre(lo, hi)
    dt = mesh.step_of(centre)
    density = profile.density_at(centre)
    held = density * mesh.volume(lo, hi) / (weight.T * dt) >= 1.0
    worst: tuple[float, tuple[str, ...]] = (1.0, ())
    for a in range(len(names)):
        for b in range(a + 1, len(names)):
            lighter = weight[:, a] < weight[:, b]
            share = np.where(lighter, density[a] / density[b], density[b] / density[a])
            both = held[a] & held[b] & (share > TRACE)
            if fed[a] or fed[b] or not both.any():
                continue
            ratio = float(np.exp(np.abs(np.log(weight[both, a] / weight[both, b])).max()))
            worst = max(worst, (ratio, (names[a], names[b])))
    return worst


def _independent_weight(case: Case, mesh: Mesh, profile: Profile, number: NDArray[np.int64], weight: Array) -> float:
    """Flux weight [s-1] with which escapers of the target species count as independent of each other.

    That at the expected exobase: copies made above it come from one particle and leave together. With energy levels
    that of the middle one, which sets the variance (docs/numerics.md).
    """
    s = case.index(case.run.target_species)
    node = cost.exobase_node(case, profile)
    place = profile.position[-1 if node is None else node]
    centre = 0.5 * (mesh.edge(number) + mesh.edge(number + 1))
    at_exobase = float(np.exp(np.interp(place, centre, np.log(weight[:, s]))))
    levels = levels_of(case, mesh, profile)
    return at_exobase * float(levels.factor.reshape(len(case.species), -1)[s, (levels.highest[s] + 1) // 2])


def _slow_noise(case: Case, mesh: Mesh, profile: Profile, number: NDArray[np.int64], weight: Array) -> float:
    """Relative variance of the escape from slow changes of the column, over their time: its temperature fluctuates as
    that of its particles, and escape follows it like exp(-lambda). 0 without collisions or gravity.
    """
    if case.collisions == "off" or not case.space.central:
        return 0.0
    top = column_top(case, profile)
    lo, hi = mesh.edge(number), mesh.edge(number + 1)
    centre = mesh.centre(lo, hi)
    inside = centre <= top
    held = profile.density_at(centre) * mesh.volume(lo, hi) / (weight.T * mesh.step_of(centre))
    particles = max(float(held[:, inside].sum()) * mesh.layers / number.size, 1.0)
    gas = case.species[case.index(case.run.target_species)]
    depth = float(jeans.jeans_parameter(gas.mass, profile.temperature_at(np.array([top]))[0, 0], top, case.gm))
    return cost.SLOW_NOISE * depth**2 / particles
