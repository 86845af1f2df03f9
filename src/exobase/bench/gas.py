"""The gases that are measured: a dense radial one for speed and memory, and those of the shipped jeans cases."""

from __future__ import annotations

from typing import Any

from exobase.case import Case, make_case

PER_CELL = 200
_CELLS_TIMES_KNUDSEN = 0.38
_COLLISION_FRACTION = {"local": 0.247, "global": 0.433}


def radial_gas(particles: int, step: str) -> Case:
    """About ``particles`` hard spheres at 200 per cell between a reservoir at R0 and a specular wall at 1.5 R0.

    lambda0 = 6, so the density falls by a factor 7.4; cells are half a mean free path, the number of cells sets Kn0.
    The step follows from collisions alone, chosen so that a particle takes part in 0.2 collisions per step on average.
    """
    cells = max(particles // PER_CELL, 4)
    return make_case(
        {
            "solver": "dsmc",
            "collisions": "hard_sphere",
            "time_step": step,
            "initial": "barometric",
            "body": {"jeans_parameter": 6.0},
            "domain": {"inner": "1000 km", "outer_over_inner": 1.5},
            "outer": {"type": "specular"},
            "species": [_hard_spheres(_CELLS_TIMES_KNUDSEN / cells)],
            "grid": {"cells": cells, "adapt": False},
            "step": {"courant": 5.0, "collision_fraction": _COLLISION_FRACTION[step]},
            "run": {"seed": 1, "particles_per_cell": float(PER_CELL)},
            "tally": {"sample_every": 10, "record_every": 100},
        },
        name="radial",
    )


def jeans_gas(jeans_parameter: float, outer_over_inner: float, **tables: dict[str, Any] | str) -> Case:
    """The gas of the shipped ``jeans_6`` (6, 10) and ``jeans_10`` (10, 6); ``tables`` replace keys of its case file."""
    case: dict[str, Any] = {
        "solver": "dsmc",
        "collisions": "hard_sphere",
        "time_step": "local",
        "initial": "barometric",
        "body": {"jeans_parameter": jeans_parameter},
        "domain": {"inner": "1000 km", "outer_over_inner": outer_over_inner},
        "outer": {"type": "kepler_return"},
        "species": [_hard_spheres(0.01)],
        "run": {"seed": 1, "particles_per_cell": 200, "target_error": "1 %", "max_steps": 1_000_000},
    }
    for name, values in tables.items():
        case[name] = {**case.get(name, {}), **values} if isinstance(values, dict) else values
    return make_case(case, name=f"jeans_{jeans_parameter:g}")


def _hard_spheres(knudsen_number: float) -> dict[str, Any]:
    return {
        "name": "HS",
        "mass": "28 u",
        "diameter": "4 angstrom",
        "temperature": "100 K",
        "knudsen_number": knudsen_number,
    }
