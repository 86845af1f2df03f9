"""Diffuse walls that move along themselves, without collisions: stress, and heat of the wall at rest.

tau = rho vbar dU/4 between two walls of the same temperature (Bird 1994, section 7.2). The work tau dU of the moving
wall leaves as heat through both alike, which in the frame of either wall is tau dU/2: half of what molecules that keep
their energy in the mean would bring to the wall at rest. Each number is the mean over runs that differ in their seed
only; their scatter is its error.
"""

from __future__ import annotations

import math

import numpy as np

from exobase.analytic import free_molecular
from exobase.constants import ATOMIC_MASS, K_B
from exobase.judge.outcome import Bounds
from exobase_verify.row import Row, Size, judged, mean_of
from exobase_verify.slab import Array, Slab

MASS, T, DENSITY = 40.0 * ATOMIC_MASS, 273.0, 1e20
U = math.sqrt(2.0 * K_B * T / MASS)
CELLS = 20
_BIRD = "Bird 1994, section 7.2"


def couette(speed: float, seed: int = 1, samples: int = 350, particles: float = 2000.0) -> Array:
    """Stress in the gas and heat of the inner wall, both over theory [2]; the outer wall moves with ``speed`` U."""
    gas = {"name": "X", "mass": f"{MASS} kg", "diameter": "4 angstrom", "temperature": f"{T} K"}
    s = Slab(
        {
            "solver": "dsmc",
            "collisions": "off",
            "time_step": "global",
            "initial": "barometric",
            "domain": {"geometry": "planar", "inner": "0 m", "outer": "1 m"},
            "inner": {"type": "diffuse", "temperature": f"{T} K"},
            "outer": {"type": "diffuse", "temperature": f"{T} K", "velocity": f"{speed * U} m/s"},
            "species": [{**gas, "density": f"{DENSITY} m-3"}],
            "grid": {"spacing": "uniform", "cells": CELLS},
            "step": {"courant": 2.0},
            "weights": {"mode": "equal"},
            "run": {"particles_per_cell": particles, "seed": seed},
            "tally": {"sample_every": 1, "record_every": 1000},
        }
    )
    s.skip(500)
    block = s.block(samples, 4)
    density = float(s.density(block).mean())
    stress = float(free_molecular.couette_shear_stress(density, T, MASS, speed * U))
    found = -float(block.flux[:, 0, 1].mean()), -float(block.walls[0])
    return np.array([found[0] / stress, found[1] / (0.5 * stress * speed * U)])


def couette_rows(size: Size) -> list[Row]:
    """Slow and fast walls."""
    rows = []
    for speed in (0.5, 2.0):
        runs = np.array([couette(speed, seed) for seed in range(1, 33 if size == "full" else 5)])
        for k, what in enumerate(("stress", "heat of the wall at rest")):
            if k == 1 and speed < 1.0:
                continue  # the heat is too small a part of what molecules exchange with the wall
            value, error = mean_of(runs[:, k])
            rows.append(
                judged(
                    f"free-molecular Couette flow, {speed:g} U: {what} over theory",
                    value,
                    error,
                    1.0,
                    Bounds(relative=5e-3),
                    source=_BIRD,
                    detail=f"{len(runs)} runs",
                )
            )
    return rows
