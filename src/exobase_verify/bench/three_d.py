"""Speed of a divided sphere: the same hard spheres in columns of a radial gas, in zones and in sectors.

A gas without a wall above (lambda0 = 6, Kn0 = 0.1, 6 R0) in as many cells each time, at 200 and at 15 particles per
cell: 24 columns, 24 zones, and sectors of 5 zones (30 patches). The three take turns; the median of the rounds counts.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

from exobase.case import make_case
from exobase.simulation import Simulation
from exobase_verify.bench.tables import grid
from exobase_verify.bench.workers import Figures

if TYPE_CHECKING:
    from rich.table import Table

PER_CELL = (200, 15)
KINDS: dict[str, dict[str, Any]] = {
    "radial": {"run.columns": 24},
    "axisymmetric": {"domain.geometry": "axisymmetric", "grid.zones": 24},
    "spherical": {"domain.geometry": "spherical", "grid.zones": 5},
}


def measure(quick: bool = False) -> Figures:
    """Nanoseconds of processor time per particle-step on one core, and bytes of a particle's columns."""
    rows = []
    for per_cell in PER_CELL:
        gases = {kind: _gas(kind, per_cell) for kind in KINDS}
        steps = max(round((1e6 if quick else 6e6) / gases["radial"].engine.particles.count), 5)
        taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for _ in range(3 if quick else 7):
            for kind, gas in gases.items():
                taken[kind].append(_nanoseconds(gas, steps))
        for kind, gas in gases.items():
            t = gas.engine.tables
            rows.append(
                {
                    "geometry": kind, "per_cell": per_cell, "particles": gas.engine.particles.count, "cells": t.ncell,
                    "ns": statistics.median(taken[kind]), "bytes": 16 * t.columns,
                }
            )  # fmt: skip
    return {"benchmark": "three_d", "rows": rows}


def _gas(kind: str, per_cell: int) -> Simulation:
    """In its steady state, nearly."""
    case = make_case(
        {
            "solver": "dsmc",
            "collisions": "hard_sphere",
            "time_step": "local",
            "body": {"jeans_parameter": 6.0},
            "domain": {"inner": "1000 km", "outer_over_inner": 6.0},
            "species": [
                {
                    "name": "HS", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K",
                    "knudsen_number": 0.1,
                }
            ],
            "grid": {"adapt": False},
            "run": {"particles_per_cell": per_cell, "seed": 1},
        },
        KINDS[kind],
    )  # fmt: skip
    sim = Simulation(case)
    sim.step(20)
    return sim


def _nanoseconds(sim: Simulation, steps: int) -> float:
    begin = time.process_time()
    sim.step(steps)
    return 1e9 * (time.process_time() - begin) / (steps * sim.engine.particles.count)


def show(figures: Figures) -> list[Table]:
    """Figures as a table."""
    base = {row["per_cell"]: row["ns"] for row in figures["rows"] if row["geometry"] == "radial"}
    return [
        grid(
            "three_d: a divided sphere against a radial gas, one core",
            ["geometry", "per cell", "particles", "cells", "ns per particle-step", "speed over radial", "bytes"],
            [
                [
                    row["geometry"], str(row["per_cell"]), f"{row['particles']:,}", f"{row['cells']:,}",
                    f"{row['ns']:.1f}", f"{base[row['per_cell']] / row['ns']:.2f}", str(row["bytes"]),
                ]
                for row in figures["rows"]
            ],
        )
    ]  # fmt: skip
