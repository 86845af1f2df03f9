"""Order in which errors of the transport coefficients fall with the cell and with the step, hard spheres.

Partners of a collision are up to a cell apart, and free flight and collisions take turns: both raise the coefficients
with the square of the cell and of the step (:func:`~exobase_verify.argon.cell_error`,
:func:`~exobase_verify.argon.step_error`). The excess of large cells is what collisions carry across them, over what
flight carries; it is measured as such, which needs no run to compare with. Runs of unlike steps differ in nothing else.
With local steps (each cell its own multiple of the smallest step, in powers of 1.5) a column under gravity conducts
heat through cells of several steps.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from exobase.analytic import kinetic
from exobase.constants import K_B
from exobase.judge.outcome import Bounds
from exobase.species import species
from exobase_verify.argon import (
    SlabPlan,
    T,
    argon_law,
    cell_error,
    centre_temperature,
    conductivity_of,
    conductivity_theory,
    couette,
    fourier,
    path_of,
    step_error,
    viscosity_of,
    viscosity_theory,
)
from exobase_verify.row import Curve, Row, Size, judged
from exobase_verify.slab import Array, Block, Slab, jackknife

LAWS = "hard_sphere"
ORDER = Bounds(absolute=0.3)
CELLS, STEPS = (0.2, 0.4, 0.8), (0.75, 1.5, 3.0)
"""Cell sizes over the mean free path, steps times the collision frequency."""
HEAT_STEPS = {"global": (0.3, 1.0, 2.0, 4.0), "local": (0.3, 0.8, 1.6, 3.2)}
"""nu dt of unheated gas at the inner wall; in the middle of the slab, where it counts, 0.71 and 0.88 times as much."""
HEAT_WORK = (2.0, 1.0, 5.0, 1.0)
"""Shares of the work: the slope hangs on the difference of the third run and the first (see ``order_of``)."""
_ALEXANDER = "Alexander, Garcia & Alder 1998"
_HADJI = "Hadjiconstantinou 2000"
BASE = SlabPlan(36.0, 1.0 / 0.6, 0.15, 300.0, 4000, 1500, 2.0)


def sheared(cell: float, step: float, work: float) -> tuple[Slab, list[Block]]:
    """Couette flow with cells of ``cell`` mean free paths and nu dt = ``step``, always as many particles.

    work: steps of a block times nu dt.
    """
    block, first = 4 * round(0.25 * work / step), round(300 / step)
    particles = 18_000.0 * cell / BASE.length
    plan = BASE._replace(fineness=1.0 / cell, step=step, particles=particles, block=block, first=first)
    return couette(LAWS, plan, path_of(LAWS), 16)


def viscosity(cell: float, step: float, work: float) -> tuple[float, float]:
    """Viscosity over theory, and its error; arguments as ``sheared``."""
    s, blocks = sheared(cell, step, work)
    return jackknife(blocks, lambda b: viscosity_of(s, b) / viscosity_theory(LAWS, centre_temperature(s, b)))


def carried_across(cell: float, step: float, work: float) -> tuple[float, float]:
    """Stress that collisions carry across the cells over that of flight, and its error; arguments as ``sheared``."""
    s, blocks = sheared(cell, step, work)

    def excess(b: Block) -> float:
        across, total = (s.through(flux[..., 1].sum(axis=1)) for flux in (b.across, b.flux))
        return across / (total - across)

    return jackknife(blocks, excess)


def conductivity(step: float, mode: str, work: float, seed: int = 1) -> tuple[float, float, float, float]:
    """Conductivity over theory, its error, largest over smallest step, and nu dt of the central half (mean square).

    step: nu dt of the gas at the inner wall before it is heated.

    Walls of 0.55 and 1.45 T, gravity m g L = 0.8 kT towards the hot wall, "global" or "local" steps.
    """
    path = path_of(LAWS)
    gravity = 0.8 * K_B * T / (species("Ar").mass * BASE.length * path)
    plan = BASE._replace(
        fineness=1.0, step=step, particles=500.0, block=4 * round(0.25 * work / step), first=round(600 / step)
    )
    s, blocks = fourier(
        LAWS, plan, path, 16, time_step=mode, domain__gravity=f"{gravity} m s-2",
        run__seed=seed, weights={"mode": "cell", "power": 0.0},
    )  # fmt: skip
    value = jackknife(blocks, partial(_conductivity_over, s))
    dt, mean = s.engine.tables.cells.dt, Block(*(np.mean(columns, axis=0) for columns in zip(*blocks, strict=True)))
    gas, law = species("Ar"), argon_law(LAWS)
    nu = kinetic.collision_frequency(s.density(mean)[0], s.temperature(mean), gas.mass, law.diameter, law.omega)
    return *value, float(dt.max() / dt.min()), math.sqrt(s.through((nu * dt) ** 2))


def order_of(sizes: Array, excess: Array, errors: Array) -> tuple[float, float]:
    """Slope of ln(excess) against ln(size) and its standard error, weighted by the errors."""
    weight = (excess / errors) ** 2
    x = np.log(sizes) - (weight * np.log(sizes)).sum() / weight.sum()
    return float((weight * x * np.log(excess)).sum() / (weight * x * x).sum()), float((weight * x * x).sum() ** -0.5)


def order_row(name: str, sizes: Array, found: Array, base: Array, theory: float, source: str) -> Row:
    """Row of the order; theory: excess at size 1. The excess is that over the fine run plus the fine run's own.

    sizes, found [sizes, 2]: values and errors; base [3]: size, value and error of the fine run.
    """
    excess, errors = found[:, 0] - base[1] + theory * base[0] ** 2, np.hypot(found[:, 1], base[2])
    value, error = order_of(sizes, np.maximum(excess, 1e-6), errors)
    exact = theory * sizes**2
    told = ", ".join(f"{v:.4f} +- {e:.4f} ({t:.4f})" for v, e, t in zip(excess, errors, exact, strict=True))
    labels = ("size", "relative excess")
    curve = Curve.of("Discretisation", labels, sizes, excess, errors, exact, name)
    detail = f"sizes {', '.join(f'{size:.3g}' for size in sizes)}; excess (theory) {told}"
    return judged(f"{name}: order", value, error, 2.0, ORDER, source=source, detail=detail, curves=[curve])


def rows(size: Size, work: float = 2400.0) -> list[Row]:
    """Viscosity against cell and step; conductivity against global and local steps."""
    if size == "quick":
        work = work / 3.0
    cells = np.array([(cell, *carried_across(cell, 0.15, work / 4.0)) for cell in CELLS])
    steps = np.array([(step, *viscosity(0.6, step, work)) for step in (0.15, *STEPS)])
    viscous = cell_error(1.0, "viscosity"), step_error(1.0, "viscosity")
    found = [
        order_row(
            "viscosity against cell over mean free path", cells[:, 0], cells[:, 1:], np.zeros(3), viscous[0], _ALEXANDER
        ),
        order_row("viscosity against nu dt", *_split(steps), viscous[1], _HADJI),
    ]
    for mode, heat_steps in HEAT_STEPS.items():
        runs = [conductivity(step, mode, work * part) for step, part in zip(heat_steps, HEAT_WORK, strict=True)]
        table = np.array([(centre, value, error) for value, error, _, centre in runs])
        name = f"conductivity against nu dt, {mode} steps up to {runs[-1][2]:g} times the smallest"
        found.append(order_row(name, *_split(table), step_error(1.0, "conductivity"), _HADJI))
    return found


def _split(table: Array) -> tuple[Array, Array, Array]:
    """Sizes, values and errors of all but the first run, and the first run."""
    return table[1:, 0], table[1:, 1:], table[0]


def _conductivity_over(s: Slab, block: Block) -> float:
    return conductivity_of(LAWS, s, block) / conductivity_theory(LAWS, centre_temperature(s, block))
