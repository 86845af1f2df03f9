"""The gases that are measured: a dense radial one for speed and memory, and those of the shipped jeans cases."""

from __future__ import annotations

from typing import Any

from exobase.case import Case, make_case

PER_CELL = 200
_CELLS_TIMES_KNUDSEN = 0.38
_COLLISION_FRACTION = {"local": 0.247, "global": 0.433}


KINDS = ("hard_sphere", "rotating", "mixture")


def radial_gas(particles: int, step: str, kind: str = "hard_sphere") -> Case:
    """About ``particles`` molecules at 200 per cell between a reservoir at R0 and a specular wall at 1.5 R0.

    kind: "hard_sphere"; "rotating", VHS nitrogen with rotational energy; "mixture", VHS N2, O and CO2 of equal density
    at R0, the molecules rotating (lambda0 is that of N2). lambda0 = 6, so the density falls by a factor 7.4; cells are
    half a mean free path, the number of cells sets Kn0. The step follows from collisions alone, chosen so that a hard
    sphere takes part in 0.2 collisions per step on average.
    """
    cells = max(particles // PER_CELL, 4)
    return make_case(
        {
            "solver": "dsmc",
            "collisions": "hard_sphere" if kind == "hard_sphere" else "vhs",
            "time_step": step,
            "initial": "barometric",
            "body": {"jeans_parameter": 6.0},
            "domain": {"inner": "1000 km", "outer_over_inner": 1.5},
            "outer": {"type": "specular"},
            "species": _species(kind, _CELLS_TIMES_KNUDSEN / cells),
            "grid": {"cells": cells, "adapt": False},
            "step": {"courant": 5.0, "collision_fraction": _COLLISION_FRACTION[step]},
            "run": {"seed": 1, "particles_per_cell": float(PER_CELL) / (3 if kind == "mixture" else 1)},
            "tally": {"sample_every": 10, "record_every": 100},
        },
        name=f"radial_{kind}",
    )


def jeans_gas(jeans_parameter: float, outer_over_inner: float, **tables: dict[str, Any] | str) -> Case:
    """The gas of the shipped ``jeans_6`` (6, 10) and ``jeans_10`` (10, 6); ``tables`` replace keys of its case file."""
    case: dict[str, Any] = {
        "solver": "dsmc",
        "collisions": "hard_sphere",
        "time_step": "local",
        "body": {"jeans_parameter": jeans_parameter},
        "domain": {"inner": "1000 km", "outer_over_inner": outer_over_inner},
        "outer": {"type": "kepler_return"},
        "species": [_hard_spheres(0.01)],
        "run": {"seed": 1, "particles_per_cell": 200, "target_error": "1 %", "max_steps": 1_000_000},
    }
    for name, values in tables.items():
        case[name] = {**case.get(name, {}), **values} if isinstance(values, dict) else values
    return make_case(case, name=f"jeans_{jeans_parameter:g}")


def _species(kind: str, knudsen_number: float) -> list[dict[str, Any]]:
    if kind == "hard_sphere":
        return [_hard_spheres(knudsen_number)]
    names = ["N2"] if kind == "rotating" else ["N2", "O", "CO2"]
    return [
        {"name": name, "temperature": "200 K", "knudsen_number": knudsen_number * len(names), "rotational_number": 5.0}
        for name in names
    ]


def _hard_spheres(knudsen_number: float) -> dict[str, Any]:
    return {
        "name": "HS",
        "mass": "28 u",
        "diameter": "4 angstrom",
        "temperature": "100 K",
        "knudsen_number": knudsen_number,
    }
