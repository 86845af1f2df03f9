"""Order in which errors of the transport coefficients fall with the cell and with the step, hard spheres.

Partners of a collision are up to a cell apart, and free flight and collisions take turns: both raise the coefficients
with the square of the cell and of the step (:func:`~exobase.validate.argon.cell_error`,
:func:`~exobase.validate.argon.step_error`). Each run differs from one that is fine in what is varied, in nothing else.
With local steps (each cell its own multiple of the smallest step, in powers of 1.5) a column under gravity conducts
heat through cells of several steps.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from exobase.constants import K_B
from exobase.species import species
from exobase.validate.argon import (
    Plan,
    T,
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
from exobase.validate.outcome import Bounds
from exobase.validate.row import Curve, Row, Size, judged
from exobase.validate.slab import Array, Block, Slab, jackknife

LAWS = "hard_sphere"
ORDER = Bounds(absolute=0.3)
CELLS, STEPS = (0.75, 1.5, 3.0), (0.75, 1.5, 3.0)
"""Cell sizes over the mean free path, steps times the collision frequency."""
_ALEXANDER = "Alexander, Garcia & Alder 1998"
_HADJI = "Hadjiconstantinou 2000"
BASE = Plan(36.0, 1.0 / 0.6, 0.15, 300.0, 4000, 1500, 2.0)


def viscosity(cell: float, step: float, work: float) -> tuple[float, float]:
    """Viscosity over theory with cells of ``cell`` mean free paths and nu dt = ``step``, always as many particles.

    work: steps of a block times nu dt.
    """
    cells = BASE.length / cell
    plan = BASE._replace(
        fineness=1.0 / cell,
        step=step,
        particles=18_000.0 / cells,
        block=4 * round(0.25 * work / step),
        first=round(300 / step),
    )
    s, blocks = couette(LAWS, plan, path_of(LAWS), 16)
    return jackknife(blocks, lambda b: viscosity_of(s, b) / viscosity_theory(LAWS, centre_temperature(s, b)))


def conductivity(step: float, mode: str, work: float) -> tuple[float, float, float]:
    """Conductivity over theory with nu dt = ``step`` where nu is largest, its error, and the ratio of the steps used.

    Walls of 0.55 and 1.45 T, gravity m g L = 1.2 kT towards the hot wall, "global" or "local" steps.
    """
    path = path_of(LAWS)
    gravity = 1.2 * K_B * T / (species("Ar").mass * BASE.length * path)
    plan = BASE._replace(step=step, block=4 * round(0.25 * work / step), first=round(600 / step))
    s, blocks = fourier(
        LAWS, plan, path, 16, time_step=mode, domain__gravity=f"{gravity} m s-2",
        weights={"mode": "cell", "power": 0.0},
    )  # fmt: skip
    value = jackknife(blocks, partial(_conductivity_over, s))
    return *value, float(s.engine.cells.dt.max() / s.engine.cells.dt.min())


def order_of(sizes: Array, excess: Array, errors: Array) -> tuple[float, float]:
    """Slope of ln(excess) against ln(size) and its standard error, weighted by the errors."""
    weight = (excess / errors) ** 2
    x = np.log(sizes) - (weight * np.log(sizes)).sum() / weight.sum()
    return float((weight * x * np.log(excess)).sum() / (weight * x * x).sum()), float((weight * x * x).sum() ** -0.5)


def order_row(name: str, sizes: tuple[float, ...], found: Array, base: Array, theory: float, source: str) -> Row:
    """Row of the order from values and errors [sizes, 2] and those of the fine run [2]; theory: excess at size 1."""
    x = np.array(sizes)
    excess, errors = found[:, 0] - base[0], np.hypot(found[:, 1], base[1])
    value, error = order_of(x, np.maximum(excess, 1e-6), errors)
    told = ", ".join(
        f"{v:.4f} +- {e:.4f} (theory {theory * q * q:.4f})" for v, e, q in zip(excess, errors, x, strict=True)
    )
    curve = Curve.of("Discretisation", ("size", "relative excess"), x, excess, errors, theory * x * x, name)
    return judged(f"{name}: order", value, error, 2.0, ORDER, source=source, detail=f"excess {told}", curves=[curve])


def rows(size: Size, work: float = 2400.0) -> list[Row]:
    """Viscosity against cell and step; conductivity against global and local steps."""
    fine = np.array(viscosity(0.2, 0.15, work))
    cells = np.array([viscosity(cell, 0.15, work) for cell in CELLS])
    coarse = np.array(viscosity(0.6, 0.15, work))
    steps = np.array([viscosity(0.6, step, work) for step in STEPS])
    found = [
        order_row(
            "viscosity against cell size over the mean free path",
            CELLS,
            cells,
            fine,
            cell_error(1.0, "viscosity"),
            _ALEXANDER,
        ),
        order_row("viscosity against nu dt", STEPS, steps, coarse, step_error(1.0, "viscosity"), _HADJI),
    ]
    for mode in ("global", "local"):
        base = np.array(conductivity(0.15, mode, work))[:2]
        values = np.array([conductivity(step, mode, work) for step in STEPS])
        name = f"conductivity against nu dt, {mode} steps up to {values[-1, 2]:g} times the smallest"
        found.append(order_row(name, STEPS, values[:, :2], base, step_error(1.0, "conductivity"), _HADJI))
    return found


def _conductivity_over(s: Slab, block: Block) -> float:
    return conductivity_of(LAWS, s, block) / conductivity_theory(LAWS, centre_temperature(s, block))
