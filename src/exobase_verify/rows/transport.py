"""Viscosity, conductivity and self-diffusion of argon, and the viscosity of a mixture, against Chapman & Enskog.

Slabs of 32 or 48 mean free paths: diffuse walls that move along themselves (Couette) or differ in temperature
(Fourier), or reservoirs of two argons that differ in name only. The coefficient is the flux over the gradient in the
central 40 %, both of the same place and time, 10 or 14 mean free paths from the boundaries (at 5 of them gradients are
1 to 2 % too steep); theory is that of the centre's temperature, in an order that has converged. Cells and steps of
finite size raise the coefficients (:func:`~exobase_verify.argon.cell_error`): viscosity by 0.9 % in the quick size
and 0.6 % in the full one. Errors are a jackknife over blocks longer than the time in which the slab forgets.
Reference: Chapman & Cowling 1970; Bird 1994, chapter 4 and tables A1-A3 (argon).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from exobase.analytic import chapman_enskog, kinetic
from exobase.analytic.transport import Law
from exobase.judge.outcome import Bounds
from exobase.species import species
from exobase_verify.argon import (
    BLOCKS,
    DENSITY,
    EVERY,
    ORDER,
    SlabPlan,
    T,
    argon_law,
    centre_temperature,
    conductivity_of,
    conductivity_theory,
    couette,
    fourier,
    path_of,
    slab,
    viscosity_of,
    viscosity_theory,
    wall_heat,
)
from exobase_verify.row import Curve, Row, Size, judged
from exobase_verify.slab import Block, Slab, jackknife

QUICK, FULL = Bounds(relative=0.02), Bounds(relative=0.015)
_ENSKOG = f"Chapman & Enskog, order {ORDER}"


PLANS: dict[Size, SlabPlan] = {"quick": SlabPlan(), "full": SlabPlan(48.0, 5.0, 0.15, 120.0, 12000, 4000, 1.4)}


# ----- viscosity --------------------------------------------------------------------------------------------------


def viscosity_row(name: str, s: Slab, blocks: list[Block], theory: Callable[[float], float], bounds: Bounds) -> Row:
    """Row of the viscosity over ``theory(temperature)``; tells what samples after collisions alone would give."""
    value, error = jackknife(blocks, partial(_over, s, viscosity_of, theory))
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
        s, blocks = couette(laws, plan, path_of(laws), BLOCKS)
        name = f"viscosity of argon, {laws.upper()}"
        rows.append(viscosity_row(name, s, blocks, partial(viscosity_theory, laws), bounds))
    return rows


def mixture_rows(size: Size) -> list[Row]:
    """Equal numbers of helium and argon, VHS."""
    names, plan, bounds = ("He", "Ar"), PLANS[size], QUICK if size == "quick" else FULL
    gas = [{"name": name, "temperature": f"{T} K", "density": f"{DENSITY / 2.0} m-3"} for name in names]
    kinds = [species(name) for name in names]
    mass, d, omega = (np.array([getattr(k, key) for k in kinds]) for key in ("mass", "diameter", "omega"))
    paths = kinetic.mixture_mean_free_path(np.full(2, DENSITY / 2.0), T, mass, d, omega)
    law = Law(*(kinetic.cross_pair(v[:, None], v[None, :]) for v in (d, omega)))
    plan = plan._replace(particles=0.6 * plan.particles, block=2 * plan.block, wall=1.6 * plan.wall)
    s, blocks = couette("vhs", plan, float(paths.max()), BLOCKS, gas)

    def theory(t: float) -> float:
        return chapman_enskog.mixture_viscosity(t, [0.5, 0.5], mass, law, ORDER)

    return [viscosity_row("viscosity of helium and argon", s, blocks, theory, bounds)]


# ----- conductivity -----------------------------------------------------------------------------------------------


def conductivity_rows(size: Size) -> list[Row]:
    """VHS and VSS argon."""
    rows, plan, bounds = [], PLANS[size], QUICK if size == "quick" else FULL
    for laws in ("vhs", "vss"):
        s, blocks = fourier(laws, plan, path_of(laws), BLOCKS)
        theory = partial(conductivity_theory, laws)
        value, error = jackknife(blocks, partial(_over, s, partial(conductivity_of, laws), theory))
        bulk = jackknife(blocks, lambda b: float(b.flux[:, 0, 2].mean() / wall_heat(b)))
        after = jackknife(blocks, lambda b: float(b.after[:, 0, 2].mean() / wall_heat(b)))
        detail = (
            f"energy flux of the gas over the walls' heat: {bulk[0]:.4f} +- {bulk[1]:.4f}; "
            f"of samples after collisions {after[0]:.4f}"
        )
        name = f"conductivity of argon, {laws.upper()}"
        rows.append(judged(f"{name} over theory", value, error, 1.0, bounds, source=_ENSKOG, detail=detail))
    return rows


# ----- self-diffusion ---------------------------------------------------------------------------------------------


def labelled(laws: str, plan: SlabPlan, blocks: int, seed: int = 1) -> tuple[Slab, list[Block]]:
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
    # Steps are chosen for the expected profile, which has both gases at the full density.
    twice = plan._replace(step=2.0 * plan.step)
    s = slab(laws, twice, path, gas, inner={"type": "reservoir"}, outer={"type": "remove"}, run__seed=seed)
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


def diffusion_over(laws: str, s: Slab, block: Block) -> float:
    """Self-diffusion over theory at the density of the centre."""
    n, mass = float(s.density(block).sum(axis=0)[s.centre()].mean()), species("Ar").mass
    exact = chapman_enskog.diffusion(n, T, [0.5, 0.5], [mass, mass], argon_law(laws), ORDER)
    return diffusion_of(s, block) / exact.coefficient


def diffusion_rows(size: Size) -> list[Row]:
    """VHS and VSS argon, whose self-diffusion differs by a fifth."""
    rows, plan, bounds = [], PLANS[size], QUICK if size == "quick" else FULL
    for laws in ("vhs", "vss"):
        s, blocks = labelled(laws, plan._replace(particles=0.75 * plan.particles), BLOCKS)
        value, error = jackknife(blocks, partial(diffusion_over, laws, s))
        name = f"self-diffusion of argon, {laws.upper()}"
        rows.append(judged(f"{name} over theory", value, error, 1.0, bounds, source=_ENSKOG))
    return rows


def _over(s: Slab, measured: Callable[[Slab, Block], float], theory: Callable[[float], float], block: Block) -> float:
    return measured(s, block) / theory(centre_temperature(s, block))
