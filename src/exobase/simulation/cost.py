"""What a run costs: memory, seconds per step, steps until it is steady and until its error is small enough.

All constants of the prediction stand here; ``exobase bench plan`` compares it with runs
(docs/benchmarks.md), and shows which to change after a change of weights, errors or kernels.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from exobase.analytic import jeans
from exobase.case import Case
from exobase.constants import K_B
from exobase.geometry.mesh import Mesh
from exobase.particles.memory import PLACES
from exobase.simulation.births import fed_only
from exobase.simulation.profile import HYDRODYNAMIC, Profile, mean_free_paths, pressure_scale_height
from exobase.simulation.slow_modes import slow_modes
from exobase.simulation.steady import BURN_IN_TIMES, EXAM_GROWTH, MIN_RECORDS, error_times
from exobase.tallies.stationary import LEAST_RECORDS

Array = NDArray[np.float64]

BYTES_PER_PARTICLE = 96.0
BYTES_PER_BLOCK = 90.0  # of one species and cell in one block of samples
BYTES_PER_GROUP = 700.0  # the same, for ledger, majorants and buffers

SECONDS_PER_STEP = 5.6e-5
SECONDS_PER_CELL_STEP = 2.5e-7
SECONDS_PER_PARTICLE_STEP = 2.0e-8
SECONDS_OF_ROTATION = 1.0e-8  # more per particle and step where molecules rotate
SECONDS_OF_TRACERS = 2.6e-8  # more per particle and step with energy levels

EVENTS_FREE = 1.0  # escapers counted for one independent one, where nothing collides
EVENTS_COLLIDING = 1.2  # the same in a gas that collides, with what the weights do taken apart
EVENTS_WIND = 0.7  # the same in a gas that flows off: what is emitted arrives, and its number hardly scatters
SLOW_NOISE = 4.0  # variance of escape by slow changes, times the particles of the column over lambda^2
TRACERS_WAIT = 1.5  # steps that runs with tracers take (median) over those of the slowest time expected: they see more
WIND = 0.6  # flux of a wind over what its reservoir emits
ADAPT_RECORDS = 24  # least number of records from which new cells are made
CLOSED = ("specular", "diffuse")


def memory_bytes(case: Case, cells: int, particles: float) -> float:
    """Bytes that a run of ``cells`` cells with ``particles`` particles holds on all ranks together."""
    groups = float(cells) * len(case.species)
    if any(level.number > 1 for level in case.levels):
        groups *= 1.0 + PLACES * 8.0 * (5 if case.rotates else 4) / BYTES_PER_GROUP
    return particles * BYTES_PER_PARTICLE + groups * (BYTES_PER_GROUP + BYTES_PER_BLOCK * block_number(cells))


def block_number(cells: int) -> int:
    """Blocks of samples that each cell keeps for its errors: fewer where there are very many cells."""
    return 32 if cells <= 200_000 else 8


def seconds_per_step(case: Case, cells: int, particles: float) -> float:
    """Seconds that one core takes for a step."""
    each = SECONDS_PER_PARTICLE_STEP
    each += SECONDS_OF_ROTATION if case.rotates else 0.0
    each += SECONDS_OF_TRACERS if any(level.number > 1 for level in case.levels) else 0.0
    return SECONDS_PER_STEP + cells * SECONDS_PER_CELL_STEP + particles * each


def slowest_steps(case: Case, mesh: Mesh, profile: Profile) -> float:
    """Steps that the slowest mode of the column needs, with the flow that is expected to leave."""
    outflow = np.zeros(len(case.species))
    outflow[case.index(case.run.target_species)] = escape_rate(case, profile)
    return slow_modes(case, profile, mesh, outflow).slowest


def burn_in_steps(case: Case, slowest: float) -> int:
    """Steps until averaging begins: some times of the slowest mode [steps], at least the records of its test."""
    phase = (MIN_RECORDS + 1) * case.tally.record_every
    first = phase if case.run.burn_in is None else case.run.burn_in
    if not case.grid.adapt or case.collisions == "off":
        return first
    again = first + max(ADAPT_RECORDS * case.tally.record_every, first // 4) + phase
    return max(again, math.ceil(BURN_IN_TIMES * slowest))


def averaging_steps(case: Case, profile: Profile, weight: float, slowest: float, slow_noise: float = 0.0) -> int | None:
    """Steps of averaging until the escape rate of the target is known to run.target_error; None where no end is known.

    weight [s-1]: flux weight of the target species with which its escapers count as independent. slowest: steps of the
    slowest mode, 20 of which (40 if tracers count its escape) the averages cover at least. slow_noise: relative
    variance of the escape from slow changes of the gas, times their steps. Looks at the error are 20 % apart, and two
    must succeed.
    """
    rate = escape_rate(case, profile)
    if not rate > 0.0:
        return None
    rare = case.levels[case.index(case.run.target_species)].number > 1
    times = error_times(rare) * (TRACERS_WAIT if rare else 1.0)
    least = max(LEAST_RECORDS * case.tally.record_every, times * slowest)
    events = EVENTS_FREE if case.collisions == "off" else EVENTS_WIND if _flows(case) else EVENTS_COLLIDING
    noise = min(events * weight / rate + slow_noise, 1e15 * case.run.target_error**2)
    return math.ceil(EXAM_GROWTH * max(noise / case.run.target_error**2, least))


def _flows(case: Case) -> bool:
    """Whether gravity does not hold the target species in a gas that collides: it flows off as a whole."""
    gas = case.species[case.index(case.run.target_species)]
    if case.collisions == "off":
        return False
    if not case.space.spherical:
        return not case.space.pulls
    return float(jeans.jeans_parameter(gas.mass, gas.temperature, case.r_inner, case.gm)) < HYDRODYNAMIC


def escape_rate(case: Case, profile: Profile) -> float:
    """Escape rate of the target species [s-1] (planar: per m2) as expected: the profile's flow, else Jeans'.

    With an outer boundary that removes what arrives, what passes it counts: the potential there takes the place of
    infinity. 0 where nothing can escape, or where sources alone bring the species in.
    """
    s = case.index(case.run.target_species)
    gas = case.species[s]
    if case.outer.type in CLOSED or fed_only(case)[s] or gas.density <= 0.0:
        return 0.0
    if not case.space.spherical:
        climb = gas.mass * float(case.space.rise(case.r_inner, case.r_outer)) / (K_B * gas.temperature)
        return gas.emission_flux() * math.exp(-climb)
    k = exobase_node(case, profile) or 0
    r = float(profile.position[k])
    if profile.velocity is not None and profile.velocity[s, k] > 0.0:
        # The expected flow of the escaping gas itself; a boundary that removes what is bound takes more of it.
        flow = float(case.space.area(r)) * float(profile.density[s, k] * profile.velocity[s, k])
        full = float(jeans.jeans_parameter(gas.mass, profile.temperature[s, k], r, case.gm))
        left = full * (1.0 - r / case.r_outer) if case.outer.type == "remove" else full
        return flow * (1.0 + left) / (1.0 + full) * math.exp(full - left)
    if _flows(case):
        return float(case.space.area(case.r_inner)) * WIND * gas.emission_flux()
    depth = float(jeans.jeans_parameter(gas.mass, gas.temperature, r, case.gm))
    if case.outer.type == "remove":
        depth *= 1.0 - r / case.r_outer
    # At the bottom the profile lacks what does not come back; the flux is that of the full Maxwellian.
    n = float(profile.density[s, k]) if k > 0 else gas.density
    flux = float(jeans.evaporation_flux(n, gas.temperature, gas.mass)) * (1.0 + depth) * math.exp(-depth)
    if k == 0:
        flux *= gas.emission_flux() / gas.evaporation_flux()
    return float(case.space.area(r)) * flux


def exobase_node(case: Case, profile: Profile) -> int | None:
    """Node of the expected profile from which on the mean free path exceeds the scale height; None: nowhere."""
    free = mean_free_paths(case, profile.density, profile.temperature).min(axis=0)
    height = pressure_scale_height(profile.position, profile.density, profile.temperature)
    above = np.flatnonzero(free >= height)
    return int(above[0]) if above.size and case.space.central else None
