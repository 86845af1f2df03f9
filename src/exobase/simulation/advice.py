"""What the plan of a case warns of: one line each, with the key to change."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from exobase.analytic import jeans
from exobase.case import Case
from exobase.case.derive import at_surface
from exobase.case.resolve_gas import pair_temperature
from exobase.constants import EV, K_B
from exobase.cross_sections.tabulated import OUTSIDE
from exobase.geometry.mesh import Mesh
from exobase.simulation.births import birth_speeds
from exobase.simulation.layout import thermal_speed
from exobase.simulation.profile import Profile, mean_free_paths, paths_above, pressure_scale_height

Array = NDArray[np.float64]

FEWEST_PARTICLES = 20.0
"""Particles of a species per cell below which thermal escape is off by 2 % or more (docs/benchmarks.md), as 1/N."""
ENOUGH_PARTICLES = 60.0
"""From here on no bias has been seen within 0.7 %."""
LARGEST_WEIGHT_RATIO = 16.0
"""Ratio of the weights of colliding species beyond which noise of the heavier is reported."""
FEWEST_ESCAPERS = 100.0
"""Escapers within run.max_steps below which an escape rate is no measurement."""
THICK_ABOVE = 0.15
"""Mean free paths above an outer boundary where bound particles return, times their share, from which on that is
reported: escape is then low by 4 % (docs/numerics.md, "The outer boundary")."""
LONGEST_CELL = 1.1
"""Mean free paths or scale heights in a cell from which on that is reported."""
MANY_BOUND = 0.2
"""Share of the particles that a boundary removes although they are bound, from which on that is reported."""


def resolution(case: Case, mesh: Mesh, profile: Profile, number: NDArray[np.int64]) -> list[str]:
    """Cells longer than the mean free path at their dense end or than the scale height, steps longer than the time
    between collisions; of the cells ``number``.
    """
    if case.collisions == "off":
        return []
    out = []
    lo, hi = mesh.edge(number), mesh.edge(number + 1)
    size, centre = hi - lo, 0.5 * (lo + hi)
    free = mean_free_paths(case, profile.density_at(lo), profile.temperature_at(lo)).min(axis=0)
    height = pressure_scale_height(profile.position, profile.density, profile.temperature)
    height = np.interp(lo, profile.position, np.minimum(height, 1e3 * mesh.edge(np.array([mesh.layers]))[0]))
    lengths = (("mean free paths", free), ("scale heights", np.where(free < 2.0 * height, height, np.inf)))
    for name, length in lengths:
        worst = int(np.argmax(size / length))
        if size[worst] > LONGEST_CELL * length[worst]:
            out.append(
                f"cells are up to {size[worst] / length[worst]:.3g} {name} long ({size[worst]:.3g} m at r = "
                f'{centre[worst]:.6g} m); use grid.spacing = "auto" with grid.per_mean_free_path >= 1 and '
                "grid.per_scale_height >= 1, or more grid.cells"
            )
    speed = thermal_speed(case, profile.temperature_at(centre)).max(axis=0)
    free = mean_free_paths(case, profile.density_at(centre), profile.temperature_at(centre)).min(axis=0)
    busy = mesh.step_of(centre) * 2.0 / math.sqrt(math.pi) * speed / free
    if busy.max() > 1.0:
        out.append(
            f"step.collision_fraction = {case.step.collision_fraction:g}: the step is up to {busy.max():.2g} times the "
            "time between collisions; use 0.3 or less"
        )
    return out


def low_top(case: Case, profile: Profile) -> list[str]:
    """An outer boundary within gas that would still act on what passes it."""
    if not case.space.central:
        return []
    if case.outer.type == "remove":
        return _removes_bound(case, profile)
    if case.outer.type != "kepler_return" or case.collisions == "off":
        return []
    paths = paths_above(case, profile)
    share = min(_bound(case, profile))
    if paths * share <= THICK_ABOVE:
        return []
    return [
        f"the gas above the outer boundary, whose collisions are left out, is {paths:.2g} mean free paths thick, and "
        f"{100.0 * share:.2g} % of the particles that pass are bound: escape will be too low by several per cent; "
        "raise domain.outer"
    ]


def _bound(case: Case, profile: Profile) -> list[float]:
    """Share of bound particles among those of a Maxwellian at rest that pass the outer boundary, 1 - (1 + lambda)
    exp(-lambda), of each species.
    """
    there = profile.position[-1:]
    temperature = profile.temperature_at(there)[:, 0]
    mass = np.array([s.mass for s in case.species])
    depth = jeans.jeans_parameter(mass, temperature, case.r_outer, case.gm)
    share = 1.0 - (1.0 + depth) * np.exp(-depth)
    return [float(b) for b in share]


def _removes_bound(case: Case, profile: Profile) -> list[str]:
    """Bound particles that a boundary removes from a gas at rest (one that flows off faster than sound takes its
    particles along).
    """
    there = profile.position[-1:]
    speed, temperature = profile.velocity_at(there)[:, 0], profile.temperature_at(there)[:, 0]
    return [
        f"{100.0 * share:.3g} % of the {s.name} that passes the outer boundary is bound but counts as escaped: "
        'set outer.type = "kepler_return", unless it is lost beyond the boundary (a Hill sphere)'
        for s, u, t, share in zip(case.species, speed, temperature, _bound(case, profile), strict=True)
        if share > MANY_BOUND and u < math.sqrt(K_B * t / s.mass)
    ]


def delayed_returns(case: Case) -> list[str]:
    """Bound particles that come back after flight times without a mean."""
    kept = case.outer.lost_beyond is None and not case.outer.loss_frequency > 0.0 and not case.losses
    if not (case.outer.type == "kepler_return" and case.outer.delayed and kept):
        return []
    return [
        "bound particles return after their flight time, whose mean is infinite: the space above never stops filling, "
        'so no steady state is reached; set outer.returns = "at_once" unless you want the transient'
    ]


def weight_warning(ratio: float, pair: tuple[str, ...]) -> str:
    """The warning about weights that differ much."""
    return (
        f"weights of {pair[0]} and {pair[1]} differ by up to {ratio:.0f} where they collide: the heavier scatters "
        "rarely; bring species.particles_factor closer to the ratio of their densities for smaller noise"
    )


def noise(case: Case, ratio: float, pair: tuple[str, ...]) -> list[str]:
    """Too few particles, and weights that differ much."""
    found: list[str] = []
    if case.collisions == "off":
        return found
    for i, s in enumerate(case.species):
        particles = s.particles_factor * case.run.particles_per_cell
        if particles < FEWEST_PARTICLES:
            found.append(
                f"run.particles_per_cell = {case.run.particles_per_cell:g} times species.{i}.particles_factor = "
                f"{s.particles_factor:g}: {particles:g} particles of {s.name} per cell bias thermal escape by 2 % or "
                f"more; use {FEWEST_PARTICLES:g}, better {ENOUGH_PARTICLES:g}"
            )
    if ratio > LARGEST_WEIGHT_RATIO:
        found.append(weight_warning(ratio, pair))
    return found


def short(case: Case, burn_in: int) -> str:
    """A run that ends before it averages."""
    return (
        f"run.max_steps = {case.run.max_steps}: averaging begins at about step {burn_in}, so there will be no result; "
        "raise run.max_steps"
    )


def rarity(case: Case, escapers: float | None) -> list[str]:
    """Escape that is too rare to be counted."""
    if escapers is None or escapers >= FEWEST_ESCAPERS or case.fed_by(case.run.target_species):
        return []
    remedy = "raise run.particles_per_cell or run.max_steps"
    if case.collisions != "off" and not at_surface(case):
        remedy += ", or bring domain.inner closer to the exobase"
    return [
        f"too few particles of {case.run.target_species} escape to be counted: about {escapers:.2g} within "
        f"run.max_steps = {case.run.max_steps}; {remedy}"
    ]


def outside_tables(case: Case) -> list[str]:
    """Collisions beyond the energies of a table of cross sections, in the gas of the reservoirs and of births."""
    if case.collisions == "off":
        return []
    out = []
    fast = birth_speeds(case)
    for a, b, table in case.laws.listed:
        left, right = case.species[a], case.species[b]
        reduced = left.mass * right.mass / (left.mass + right.mass)
        temperature = pair_temperature(left, right)
        (below,), (above,) = table.share_outside([temperature])
        where = f"of the collisions of {left.name} and {right.name} at {temperature:.4g} K lie"
        first, last = (f"{table.energy[k] / EV:.4g} eV of {table.source}" for k in (0, -1))
        held = "total and angles at that energy are used"
        if below > OUTSIDE:
            out.append(f"{100.0 * below:.2g} % {where} below the first energy, {first}: {held}")
        if above > OUTSIDE:
            out.append(f"{100.0 * above:.2g} % {where} above the last energy, {last}: {held}")
        energy = 0.5 * reduced * max(fast[a], fast[b]) ** 2
        if energy > table.energy[-1]:
            out.append(
                f"births make {left.name} and {right.name} collide with up to {energy / EV:.3g} eV (centre of mass), "
                f"above the last energy, {last}: {held}"
            )
    return out
