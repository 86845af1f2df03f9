"""Viscosity, conductivity and self-diffusion of argon, and the viscosity of a mixture, against Chapman & Enskog.

Slabs of 20 or 24 mean free paths: diffuse walls that move along themselves (Couette) or differ in temperature
(Fourier), or reservoirs of two argons that differ in name only. The coefficient is the flux through the slab over the
gradient in its central half, 5 or 6 mean free paths from the boundaries, both of the same place and time; theory is that of the centre's temperature, in
an order that has converged. Cells and steps of finite size raise the coefficients (:func:`cell_error`,
:func:`step_error`): viscosity by 0.7 % in the quick size and 0.2 % in the full one. Errors are a jackknife over blocks.
Reference: Chapman & Cowling 1970; Bird 1994, chapter 4 and tables A1-A3 (argon).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from exobase.analytic import chapman_enskog, kinetic
from exobase.analytic.transport import Law
from exobase.constants import K_B
from exobase.species import species
from exobase.validate.outcome import Bounds
from exobase.validate.row import Curve, Row, Size, judged
from exobase.validate.slab import Block, Slab, jackknife

T, DENSITY = 273.0, 1e20
ORDER = 6
SLIP = 1.15
"""Mean free paths beyond a wall at which the velocity extrapolates to that of the wall, for the first guess."""
JUMP = 2.2
"""The same for the temperature."""
BLOCKS, EVERY = 16, 4
"""Blocks of a run, and steps from sample to sample."""
QUICK, FULL = Bounds(relative=0.02), Bounds(relative=0.01)
_ENSKOG = f"Chapman & Enskog, order {ORDER}"


class Plan(NamedTuple):
    """Size of a slab [mean free paths], cells per mean free path, step times collision frequency, particles per cell,
    steps of a block and of the beginning, speed of the walls apart over sqrt(2kT/m) of argon.
    """

    length: float = 20.0
    fineness: float = 5.0
    step: float = 0.2
    particles: float = 130.0
    block: int = 1000
    first: int = 800
    wall: float = 0.9


PLANS: dict[Size, Plan] = {"quick": Plan(), "full": Plan(24.0, 8.0, 0.15, 150.0, 4000, 2000, 0.7)}


def path_of(laws: str) -> float:
    """Mean free path of argon [m] with "vhs" or "vss" molecules."""
    kind = species("Ar", laws)
    return float(kinetic.mean_free_path(DENSITY, T, kind.diameter, kind.omega, kind.t_ref))


def argon_law(laws: str) -> Law:
    """Collision law of argon for theory."""
    kind = species("Ar", laws)
    return Law(kind.diameter, kind.omega, kind.alpha, kind.t_ref)


def slab(laws: str, plan: Plan, path: float, gas: list[dict[str, Any]] | None = None, **changes: Any) -> Slab:
    """A slab of argon (or ``gas``) with mean free path ``path`` [m] between diffuse walls; changes as in Slab."""
    tables: dict[str, Any] = {
        "solver": "dsmc",
        "collisions": laws,
        "time_step": "global",
        "initial": "barometric",
        "domain": {"geometry": "planar", "inner": "0 m", "outer": f"{plan.length * path} m"},
        "inner": {"type": "diffuse", "temperature": f"{T} K"},
        "outer": {"type": "diffuse", "temperature": f"{T} K"},
        "species": gas or [{"name": "Ar", "temperature": f"{T} K", "density": f"{DENSITY} m-3"}],
        "grid": {"spacing": "uniform", "cells": max(round(plan.length * plan.fineness), 2)},
        "step": {"courant": 5.0, "collision_fraction": plan.step},
        "weights": {"mode": "equal"},
        "run": {"particles_per_cell": plan.particles},
        "tally": {"sample_every": 1, "record_every": 1000},
    }
    return Slab(tables, **changes)


def cell_error(cell: float, coefficient: str) -> float:
    """Relative excess of a coefficient of hard spheres with cells of so many mean free paths.

    viscosity 16/(45 pi), conductivity 32/(225 pi), times the square.
    Reference: Alexander, Garcia & Alder 1998, Phys. Fluids 10, 1540, and erratum 2000, Phys. Fluids 12, 731.
    """
    return {"viscosity": 16.0 / (45.0 * math.pi), "conductivity": 32.0 / (225.0 * math.pi)}[coefficient] * cell**2


def step_error(step: float, coefficient: str) -> float:
    """Relative excess of a coefficient of hard spheres with a step of so many mean collision times 1/nu.

    viscosity 16/(75 pi), conductivity 64/(675 pi), self-diffusion 4/(27 pi), times (U dt/l)^2, U dt/l = (sqrt(pi)/2) nu
    dt. Reference: Hadjiconstantinou 2000, Phys. Fluids 12, 2634.
    """
    square = 0.25 * math.pi * step**2
    of = {"viscosity": 16.0 / 75.0, "conductivity": 64.0 / 675.0, "self-diffusion": 4.0 / 27.0}
    return of[coefficient] / math.pi * square


# ----- viscosity --------------------------------------------------------------------------------------------------


def couette(
    laws: str, plan: Plan, path: float, blocks: int, gas: list[dict[str, Any]] | None = None, seed: int = 1
) -> tuple[Slab, list[Block]]:
    """Walls at -U/2 and U/2, slow enough for a stress of at most 5 % of the pressure (quick; 3 % in the full size)."""
    wall = 0.5 * plan.wall * math.sqrt(2.0 * K_B * T / species("Ar").mass)
    s = slab(
        laws, plan, path, gas, inner__velocity=f"{-wall} m/s", outer__velocity=f"{wall} m/s", run__seed=seed
    )  # fmt: skip
    s.shear(2.0 * wall / (s.length + 2.0 * SLIP * path))
    s.skip(plan.first)
    return s, [s.block(plan.block // EVERY, EVERY) for _ in range(blocks)]


def centre_temperature(s: Slab, block: Block) -> float:
    """Mean temperature of the central half [K]."""
    return float(s.temperature(block)[s.centre()].mean())


def viscosity_of(s: Slab, block: Block) -> float:
    """Stress over the velocity gradient [Pa s]."""
    return -s.through(block.flux[..., 1].sum(axis=1)) / s.slope(s.velocity(block))


def viscosity_row(name: str, s: Slab, blocks: list[Block], theory: Any, bounds: Bounds) -> Row:
    """Row of the viscosity over ``theory(temperature)``; tells what samples after collisions alone would give."""
    value, error = jackknife(blocks, lambda b: viscosity_of(s, b) / theory(centre_temperature(s, b)))
    after = jackknife(blocks, lambda b: float(b.after[..., 1].sum() / b.flux[..., 1].sum()))
    detail = f"stress of samples after collisions over the whole: {after[0]:.4f} +- {after[1]:.4f}"
    mean = Block(*(np.mean(columns, axis=0) for columns in zip(*blocks, strict=True)))
    u, where = s.velocity(mean), s.centre()
    spread = np.array([s.velocity(b) for b in blocks]).std(axis=0, ddof=1) / math.sqrt(len(blocks))
    line = np.where(where, s.slope(u) * (s.x - s.middle) + u[where].mean(), math.nan)
    curve = Curve.of("Couette flow", ("position (m)", "velocity (m/s)"), s.x, u, spread, line, name)
    return judged(f"{name} over theory", value, error, 1.0, bounds, source=_ENSKOG, detail=detail, curves=[curve])


def viscosity_rows(size: Size) -> list[Row]:
    """VHS and VSS argon, which have the same viscosity."""
    rows, plan, bounds = [], PLANS[size], QUICK if size == "quick" else FULL
    for laws in ("vhs", "vss"):
        mass, law = species("Ar").mass, argon_law(laws)

        def theory(t: float, mass: float = mass, law: Law = law) -> float:
            return chapman_enskog.mixture_viscosity(t, [1.0], [mass], law, ORDER)

        s, blocks = couette(laws, plan, path_of(laws), BLOCKS)
        rows.append(viscosity_row(f"viscosity of argon, {laws.upper()}", s, blocks, theory, bounds))
    return rows


def mixture_rows(size: Size) -> list[Row]:
    """Equal numbers of helium and argon, VHS."""
    names, plan, bounds = ("He", "Ar"), PLANS[size], QUICK if size == "quick" else FULL
    gas = [{"name": name, "temperature": f"{T} K", "density": f"{DENSITY / 2.0} m-3"} for name in names]
    kinds = [species(name) for name in names]
    mass, d, omega = (np.array([getattr(k, key) for k in kinds]) for key in ("mass", "diameter", "omega"))
    paths = kinetic.mixture_mean_free_path(np.full(2, DENSITY / 2.0), T, mass, d, omega)
    law = Law(*(kinetic.cross_pair(v[:, None], v[None, :]) for v in (d, omega)))
    plan = plan._replace(particles=0.6 * plan.particles, block=2 * plan.block)
    s, blocks = couette("vhs", plan, float(paths.max()), BLOCKS, gas)

    def theory(t: float) -> float:
        return chapman_enskog.mixture_viscosity(t, [0.5, 0.5], mass, law, ORDER)

    return [viscosity_row("viscosity of helium and argon", s, blocks, theory, bounds)]


# ----- conductivity -----------------------------------------------------------------------------------------------


def fourier(
    laws: str, plan: Plan, path: float, blocks: int, rise: float = 0.6, **changes: Any
) -> tuple[Slab, list[Block]]:
    """Walls at T (1 + rise/2) below and T (1 - rise/2) above."""
    hot, cold = T * (1.0 + 0.5 * rise), T * (1.0 - 0.5 * rise)
    s = slab(laws, plan, path, inner__temperature=f"{hot} K", outer__temperature=f"{cold} K", **changes)
    power = 1.0 + species("Ar", "vhs").omega
    inside = (hot - cold) / (2.0 + s.length / (JUMP * path))
    upper, lower = (hot - inside) ** power, (cold + inside) ** power
    s.warm((upper + (lower - upper) * (s.x - s.middle + 0.5 * s.length) / s.length) ** (1.0 / power), T)
    s.skip(plan.first)
    return s, [s.block(plan.block // EVERY, EVERY) for _ in range(blocks)]


def conductivity_of(s: Slab, block: Block, omega: float) -> float:
    """Heat flux over the temperature gradient [W m-1 K-1], at the temperature of the centre.

    kappa ~ T^omega: T^(omega + 1) is a straight line. Enthalpy that a fluctuation of the mean flow carries is no heat.
    """
    t, middle = s.temperature(block), centre_temperature(s, block)
    heat = s.through(block.flux[:, 0, 2] - 2.5 * K_B * t * block.flux[:, 0, 0])
    return float(-heat * (omega + 1.0) * middle**omega / s.slope(t ** (omega + 1.0)))


def conductivity_rows(size: Size) -> list[Row]:
    """VHS and VSS argon."""
    rows, plan, bounds = [], PLANS[size], QUICK if size == "quick" else FULL
    for laws in ("vhs", "vss"):
        kind, law = species("Ar", laws), argon_law(laws)

        def over(b: Block, s: Slab, omega: float = kind.omega, mass: float = kind.mass, law: Law = law) -> float:
            exact = chapman_enskog.mixture_conductivity(centre_temperature(s, b), [1.0], [mass], law, ORDER)
            return conductivity_of(s, b, omega) / exact

        s, blocks = fourier(laws, plan, path_of(laws), BLOCKS)
        value, error = jackknife(blocks, lambda b, s=s, over=over: over(b, s))  # type: ignore[misc]
        bulk = jackknife(blocks, lambda b: float(b.flux[:, 0, 2].mean() / b.heat))
        after = jackknife(blocks, lambda b: float(b.after[:, 0, 2].mean() / b.heat))
        detail = (
            f"energy flux of the gas over the walls' heat: {bulk[0]:.4f} +- {bulk[1]:.4f}; "
            f"of samples after collisions {after[0]:.4f}"
        )
        name = f"conductivity of argon, {laws.upper()}"
        rows.append(judged(f"{name} over theory", value, error, 1.0, bounds, source=_ENSKOG, detail=detail))
    return rows


# ----- self-diffusion ---------------------------------------------------------------------------------------------


def labelled(laws: str, plan: Plan, blocks: int) -> tuple[Slab, list[Block]]:
    """Reservoirs of argon: the lower one sends argon A, the upper one the same gas under the name B."""
    kind, path = species("Ar", laws), path_of(laws)
    own = {
        "mass": f"{kind.mass} kg",
        "diameter": f"{kind.diameter} m",
        "omega": kind.omega,
        "temperature": f"{T} K",
        **({"alpha": kind.alpha} if laws == "vss" else {}),
    }
    gas = [
        {"name": "A", "density": f"{DENSITY} m-3", **own},
        {"name": "B", "density": "0 m-3", "outer_density": f"{DENSITY} m-3", **own},
    ]
    s = slab(laws, plan, path, gas, inner={"type": "reservoir"}, outer={"type": "remove"})
    columns, names = s.columns()
    share = 0.5 - (columns[0] - s.middle) / (s.length + 1.4 * path)
    # Each species fills the slab at the full density: keep of both what makes one gas of it.
    order = np.argsort(columns[0] + s.length * names)
    kept = np.zeros(names.size, dtype=np.bool_)
    grown = np.cumsum(np.where(names == 0, share, 1.0 - share)[order])
    kept[order] = np.floor(grown) > np.floor(np.append(0.0, grown[:-1]))
    s.arrange(columns[:, kept], names[kept])
    s.skip(plan.first)
    return s, [s.block(plan.block // EVERY, EVERY) for _ in range(blocks)]


def diffusion_of(s: Slab, block: Block) -> float:
    """Flux of A relative to the mean motion over n grad x [m2 s-1]."""
    n = s.density(block)
    total = n.sum(axis=0)
    flux = block.flux[..., 0]
    apart = s.through(flux[:, 0] - n[0] / total * flux.sum(axis=1))
    return -apart / (float(total[s.centre()].mean()) * s.slope(n[0] / total))


def diffusion_rows(size: Size) -> list[Row]:
    """VHS and VSS argon, whose self-diffusion differs by a fifth."""
    rows, plan, bounds = [], PLANS[size], QUICK if size == "quick" else FULL
    plan = plan._replace(particles=0.5 * plan.particles)
    for laws in ("vhs", "vss"):
        mass, law = species("Ar").mass, argon_law(laws)

        def exact(s: Slab, b: Block, mass: float = mass, law: Law = law) -> float:
            n = float(s.density(b).sum(axis=0)[s.centre()].mean())
            return chapman_enskog.diffusion(n, T, [0.5, 0.5], [mass, mass], law, ORDER).coefficient

        s, blocks = labelled(laws, plan, BLOCKS)
        value, error = jackknife(blocks, lambda b, s=s, exact=exact: diffusion_of(s, b) / exact(s, b))  # type: ignore[misc]
        name = f"self-diffusion of argon, {laws.upper()}"
        rows.append(judged(f"{name} over theory", value, error, 1.0, bounds, source=_ENSKOG))
    return rows
