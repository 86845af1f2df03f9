"""A reservoir behind the outer boundary that drifts with the gas: uniform flow through a planar domain.

Two half-Maxwellians of the same drifting gas, one from each side, make up the whole of it: n, u and T are uniform
without collisions.
"""

from __future__ import annotations

import numpy as np
import pytest

from exobase.case import make_case
from exobase.constants import K_B
from exobase.errors import InputError
from exobase.simulation import Simulation
from exobase.simulation.cell_array import RECORD
from exobase.simulation.tables import reservoirs_of

N, T, MASS = 1e19, 300.0, 6.63e-26
U = float(np.sqrt(2.0 * K_B * T / MASS))


def tables(speed: float, density: float = N) -> dict[str, object]:
    gas = {"name": "Ar", "mass": f"{MASS} kg", "diameter": "4 angstrom", "temperature": f"{T} K"}
    return {
        "solver": "dsmc",
        "collisions": "off",
        "time_step": "global",
        "initial": "barometric",
        "domain": {"geometry": "planar", "inner": "0 m", "outer": "1 m"},
        "outer": {"type": "remove"},
        "species": [
            gas
            | {"density": f"{N} m-3", "bulk_speed": f"{speed} m/s"}
            | {"outer_density": f"{density} m-3", "outer_bulk_speed": f"{speed} m/s"}
        ],
        "grid": {"spacing": "uniform", "cells": 4},
        "run": {"particles_per_cell": 4000},
    }


@pytest.mark.parametrize("drift", [0.5, -0.4])
def test_equal_drifting_reservoirs_make_a_uniform_flow(drift: float) -> None:
    """4 cells of 4000 particles at n, 40 samples over 40 crossings: n and u/U to 1 %, T to 1.5 %, 5 sigma."""
    sim = Simulation(make_case(tables(drift * U)))
    sim.step(800)
    e, sums = sim.engine, 0.0
    for _ in range(40):
        sim.step(8)
        e.state.clear(RECORD)
        e.advance(True)
        sums = sums + e.state.sums
    width = e.tables.cells.hi - e.tables.cells.lo
    n = sums[:, 0] * e.tables.omega * e.tables.cells.dt / width / 40
    u = sums[:, 1] / sums[:, 0]
    t = MASS / K_B * (sums[:, 2] / sums[:, 0] - u**2)
    assert n == pytest.approx(np.full(4, N), rel=0.01, abs=0.0)
    assert u / U == pytest.approx(np.full(4, drift), abs=0.01)
    assert t == pytest.approx(np.full(4, T), rel=0.015)


def test_the_drift_counts_away_from_the_body() -> None:
    case = make_case(tables(150.0))
    assert case.species[0].outer_bulk_speed == 150.0
    assert reservoirs_of(case)["outer", "Ar"].bulk_speed == -150.0
    assert reservoirs_of(case)["inner", "Ar"].bulk_speed == 150.0


def test_a_drift_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"species\.0\.outer_bulk_speed.*needs outer_density"):
        make_case(tables(150.0, density=0.0))
