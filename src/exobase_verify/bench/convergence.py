"""Flux of jeans_6 against particles per cell, cell size and step: what the shipped defaults rest on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from exobase.analytic.jeans import jeans_flux
from exobase.case import Step
from exobase_verify.bench.gas import jeans_gas
from exobase_verify.bench.jeans import timed_run
from exobase_verify.bench.tables import grid
from exobase_verify.bench.workers import Figures

if TYPE_CHECKING:
    from rich.table import Table

TARGET, QUICK_TARGET = "0.5 %", "2 %"
WALL_S, QUICK_WALL_S = 180.0, 30.0
DEFAULTS = {"particles_per_cell": 200.0, "per_mean_free_path": 2.0, "step_factor": 1.0}
COURANT, COLLISION_FRACTION = Step().courant, Step().collision_fraction
VARIANTS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("particles_per_cell", (20.0, 60.0, 100.0, 400.0)),
    ("per_mean_free_path", (1.0, 4.0)),
    ("step_factor", (0.5, 2.0)),
)


def measure(quick: bool = False) -> Figures:
    """Flux with its error of the shipped case and of its variants, one setting changed at a time."""
    rows = [run_variant(DEFAULTS, quick)]
    for name, values in VARIANTS:
        rows += [run_variant({**DEFAULTS, name: value}, quick) for value in values]
    for row in rows:
        row["deviation"], row["sigma"] = deviation(row, rows[0])
    return {"benchmark": "convergence", "target": QUICK_TARGET if quick else TARGET, "rows": rows}


def run_variant(settings: dict[str, float], quick: bool) -> Figures:
    """One run: settings, flux over the evaporation flux n0 U/(2 sqrt(pi)), its error, seconds."""
    tables: dict[str, Any] = {
        "run": {
            "particles_per_cell": settings["particles_per_cell"],
            "target_error": QUICK_TARGET if quick else TARGET,
        },
        "grid": {"per_mean_free_path": settings["per_mean_free_path"]},
        "step": {
            "courant": COURANT * settings["step_factor"],
            "collision_fraction": COLLISION_FRACTION * settings["step_factor"],
        },
    }
    case = jeans_gas(6.0, 10.0, **tables)
    figures = timed_run(case, QUICK_WALL_S if quick else WALL_S)
    gas = case.species[0]
    evaporation = gas.density * gas.thermal_speed() / (2.0 * math.sqrt(math.pi))
    jeans = float(jeans_flux(gas.density, gas.temperature, gas.mass, case.r_inner, case.gm))
    return {
        **settings,
        "flux_over_evaporation": figures["flux"] / evaporation,
        "stderr": figures["flux_stderr"] / evaporation,
        "flux_over_surface_jeans": figures["flux"] / jeans,
        "particles": figures["particles"],
        "steps": figures["steps"],
        "total_s": figures["ran_s"],
    }


def deviation(row: Figures, default: Figures) -> tuple[float, float]:
    """Relative deviation of a variant from the default, and in standard errors of the difference."""
    if row is default:
        return 0.0, 0.0
    difference = row["flux_over_evaporation"] - default["flux_over_evaporation"]
    error = math.hypot(row["stderr"], default["stderr"])
    return difference / default["flux_over_evaporation"], difference / error if error > 0.0 else 0.0


def show(figures: Figures) -> list[Table]:
    """Figures as a table."""
    columns = (
        "", "particles per cell", "cells per free path", "step", "flux/evaporation", "error", "deviation", "sigma", "s"
    )  # fmt: skip
    rows = [
        [
            "default" if k == 0 else "",
            f"{row['particles_per_cell']:g}",
            f"{row['per_mean_free_path']:g}",
            f"{row['step_factor']:g}",
            f"{row['flux_over_evaporation']:.5f}",
            f"{row['stderr']:.5f}",
            f"{100 * row['deviation']:+.2f} %" if k else "",
            f"{row['sigma']:+.1f}" if k else "",
            f"{row['total_s']:.0f}",
        ]
        for k, row in enumerate(figures["rows"])
    ]
    caption = (
        f"each run to {figures['target']} or {WALL_S:.0f} s; step: factor on courant {COURANT} and "
        f"collision_fraction {COLLISION_FRACTION}"
    )
    return [grid("convergence: escape flux of jeans_6", columns, rows, caption)]
