"""Splitting the fast tail by energy changes errors, not results: the escape flux with levels against that without.

Quick: a thin gas (Kn0 = 0.1) at lambda0 = 6, 2 %; full: Kn0 = 0.01, 1 % each, within 2 errors of the difference.
"""

from __future__ import annotations

import math

from exobase.case import make_case
from exobase.judge.outcome import Bounds
from exobase.simulation import Simulation, escape_estimates
from exobase_verify.row import Row, Size, judged

BURN_IN = 3000
MOST_STEPS = 400_000


def escape_rate(knudsen_number: float, levels: int, target: float, particles_per_cell: int) -> tuple[float, float]:
    """Escape rate over evaporation and its error, averaged until the relative error is ``target``."""
    case = make_case(
        {
            "solver": "dsmc",
            "collisions": "hard_sphere",
            "body": {"jeans_parameter": 6.0},
            "domain": {"inner": "1000 km", "outer_over_inner": 10.0},
            "species": [
                {
                    "name": "HS",
                    "mass": "28 u",
                    "diameter": "4 angstrom",
                    "temperature": "100 K",
                    "knudsen_number": knudsen_number,
                }
            ],
            "weights": {"energy_levels": levels},
            "run": {"seed": 1 + levels, "particles_per_cell": particles_per_cell},
        }
    )
    sim = Simulation(case)
    sim.step(BURN_IN)
    sim.start_tally()
    sim.step(BURN_IN // 2)
    sim.adapt()
    sim.step(BURN_IN // 2)
    sim.start_tally()
    kind = case.species[0]
    evaporation = 4.0 * math.pi * case.r_inner**2 * kind.density * kind.thermal_speed() / (2.0 * math.sqrt(math.pi))
    while True:
        sim.step(2000)
        rate = escape_estimates(sim).rate[0]
        if rate.stderr <= target * rate.mean or sim.steps > MOST_STEPS:
            return rate.mean / evaporation, rate.stderr / evaporation


def rows(size: Size) -> list[Row]:
    """One comparison."""
    knudsen_number, target, particles = (0.01, 0.01, 200) if size == "full" else (0.1, 0.015, 120)
    plain, plain_error = escape_rate(knudsen_number, 1, target, particles)
    split, split_error = escape_rate(knudsen_number, 6, target, particles)
    bounds = Bounds(sigma=2.0 if size == "full" else 3.0, reference_stderr=plain_error)
    name = f"escape flux over evaporation with 6 energy levels, lambda0 = 6, Kn0 = {knudsen_number:g}"
    return [judged(name, split, split_error, plain, bounds, source="the same gas without energy levels")]
