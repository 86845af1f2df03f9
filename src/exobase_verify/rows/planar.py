"""Planar flows of the whole simulation without collisions, against Liouville's theorem.

Free expansion (Kn = inf, into vacuum): a half-space of gas at rest sends its Maxwellian through x = 0 for ever, so a
reservoir at x = 0 gives n = (n0/2) erfc s and u = U exp(-s^2)/(sqrt(pi) erfc s), s = x/(U t) (Bird 1994, section 7.2).
Diffuse walls at T1 and T2: q = n k (T1-T2) sqrt(8k/(pi m)) sqrt(T1 T2)/(sqrt T1 + sqrt T2).
Each number is the mean over runs that differ in their seed only; their scatter is its error.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from exobase.analytic import free_molecular
from exobase.case import make_case
from exobase.constants import ATOMIC_MASS, K_B
from exobase.judge.outcome import Bounds
from exobase.simulation import Simulation
from exobase.simulation.cell_array import RECORD
from exobase.tallies.ledger import ENTRIES, Entry
from exobase_verify.box import Array
from exobase_verify.row import Curve, Row, Size, judged, mean_of

MASS, T, N0 = 40.0 * ATOMIC_MASS, 273.0, 1e20
U = math.sqrt(2.0 * K_B * T / MASS)
BINS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.4)
"""Edges of the bins in s = x/(U t) in which an expansion is compared."""
_BIRD = "Bird 1994, section 7.2"


def planar(**changes: Any) -> Simulation:
    """A collisionless gas over 1 m in 40 cells; keys of the case with __ for the dot, as run__seed=2."""
    tables: dict[str, Any] = {
        "solver": "dsmc",
        "collisions": "off",
        "time_step": "global",
        "domain": {"geometry": "planar", "inner": "0 m", "outer": "1 m"},
        "species": [
            {
                "name": "X",
                "mass": f"{MASS} kg",
                "diameter": "4 angstrom",
                "temperature": f"{T} K",
                "density": f"{N0} m-3",
            }
        ],
        "grid": {"spacing": "uniform", "cells": 40},
        "step": {"courant": 2.0},
        "run": {"particles_per_cell": 1000},
        "tally": {"sample_every": 1, "record_every": 20},
    }
    return Simulation(make_case(tables, {key.replace("__", "."): value for key, value in changes.items()}))


def expand(particles_per_cell: int, seed: int = 1) -> tuple[Array, Array, Simulation]:
    """Number and momentum per mass in bins of s [2, bins], found and exact, summed over times up to 0.7 L/U."""
    sim = planar(
        initial="empty", run__particles_per_cell=particles_per_cell, run__seed=seed, grid__cells=50, step__courant=0.3
    )
    e = sim.engine
    dt = float(e.tables.mesh.runs.dt[0])
    weight = float(e.tables.omega[0] * dt)
    bins = np.array(BINS)
    found, exact = np.zeros((2, bins.size - 1)), np.zeros((2, bins.size - 1))
    fine = np.linspace(bins[:-1], bins[1:], 201)
    while sim.steps * dt * U < 0.7:
        sim.step()
        t = sim.steps * dt
        if sim.steps < 30:
            continue
        state = sim.state()
        s = state["position"] / (U * t)
        found[0] += np.histogram(s, bins)[0] * weight
        found[1] += np.histogram(s, bins, weights=state["v_normal"])[0] * weight
        law = free_molecular.planar_expansion(fine * U * t, t, N0, T, MASS)
        exact[0] += np.trapezoid(law.density, fine * U * t, axis=0)
        exact[1] += np.trapezoid(law.density * law.velocity, fine * U * t, axis=0)
    return found, exact, sim


def expansion_rows(size: Size) -> list[Row]:
    """Density and velocity in six bins of s, over theory: one row each for the worst bin."""
    seeds = range(1, 17 if size == "full" else 9)
    runs = [expand(10_000 if size == "full" else 8_000, seed)[:2] for seed in seeds]
    exact = runs[0][1]
    middle = 0.5 * (np.array(BINS[:-1]) + np.array(BINS[1:]))
    density = np.array([found[0] / exact[0] for found, _ in runs])
    velocity = np.array([found[1] / found[0] for found, _ in runs]) / (exact[1] / exact[0])
    rows = []
    for what, ratio in (("density", density), ("velocity", velocity)):
        pairs = [mean_of(ratio[:, k]) for k in range(middle.size)]
        value, error = (np.array(column) for column in zip(*pairs, strict=True))
        worst = int(np.abs(value - 1.0).argmax())
        labels = ("x/(U t)", "simulation over theory")
        curve = Curve.of("Free expansion into vacuum", labels, middle, value, error, np.ones_like(value), what)
        rows.append(
            judged(
                f"planar free expansion: {what} over theory",
                value[worst],
                error[worst],
                1.0,
                Bounds(relative=0.01),
                source=_BIRD,
                curves=[curve],
                detail=f"worst of {middle.size} bins: s = {BINS[worst]:g} to {BINS[worst + 1]:g}; {len(runs)} runs",
            )
        )
    return rows


def between_walls(hot: float, cold: float, seed: int = 1, steps: int = 1400) -> tuple[float, float, float]:
    """Heat flux from the ledger of the walls, heat flux in the gas, and that of theory [W m-2]; 20 cells of 2000."""
    sim = planar(
        inner__type="diffuse", inner__temperature=f"{hot} K", outer__type="diffuse", outer__temperature=f"{cold} K",
        initial="barometric", grid__cells=20, run__particles_per_cell=2000, run__seed=seed, weights__mode="equal",
    )  # fmt: skip
    sim.step(500)
    e = sim.engine
    before, first, sums = e.state.energy.copy(), sim.steps, np.zeros_like(e.state.sums)
    for _ in range(steps):
        e.state.clear(RECORD)
        e.advance(True)
        sums = sums + e.state.sums
    wall = MASS * (e.state.energy - before).reshape(20, ENTRIES)[:, Entry.WALL] / (e.step - first)
    density = sums[:, 0] * e.tables.omega * e.tables.cells.dt / (e.tables.cells.hi - e.tables.cells.lo) / steps
    gas = 0.5 * MASS * density * sums[:, 4] / sums[:, 0]
    exact = float(free_molecular.fourier_heat_flux(density.mean(), hot, cold, MASS))
    return 0.5 * float(wall[:10].sum() - wall[10:].sum()), float(gas.mean()), exact


def fourier_rows(size: Size) -> list[Row]:
    """Heat flux between walls of two pairs of temperatures, over theory."""
    rows = []
    for hot, cold in ((400.0, 200.0), (1000.0, 250.0)):
        seeds = range(1, 17 if size == "full" else 5)
        runs = np.array([between_walls(hot, cold, seed) for seed in seeds])
        for k, what in enumerate(("ledger of the walls", "flux in the gas")):
            value, error = mean_of(runs[:, k] / runs[:, 2])
            rows.append(
                judged(
                    f"free-molecular heat flux, {hot:g} and {cold:g} K: {what} over theory",
                    value,
                    error,
                    1.0,
                    Bounds(relative=5e-3),
                    source=_BIRD,
                    detail=f"{len(runs)} runs",
                )
            )
    return rows
