"""The first particles of a run, against the Maxwellian they are drawn from.

Statistics: 4000 groups with 0.5 particles each on average give 2000 +- sqrt(4000/4) = 32; n velocity components of unit
variance have the mean square 1 +- sqrt(2/n).
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.case import make_case
from exobase.constants import K_B
from exobase.simulation import Simulation

CELLS = 4000


@pytest.mark.parametrize("seed", range(1, 7))
def test_a_barometric_start_is_maxwellian_for_every_seed(seed: int) -> None:
    tables = {
        "solver": "dsmc",
        "collisions": "hard_sphere",
        "initial": "barometric",
        "domain": {"geometry": "planar", "inner": "0 m", "outer": "1 m"},
        "species": [
            {"name": "X", "mass": "40 u", "diameter": "4 angstrom", "temperature": "273 K", "density": "1e19 m-3"}
        ],
        "grid": {"spacing": "uniform", "cells": CELLS},
        "run": {"seed": seed, "particles_per_cell": 0.5},
    }
    case = make_case(tables)
    state = Simulation(case).state()
    n = state["position"].size
    assert abs(n - 0.5 * CELLS) < 5.0 * 0.5 * math.sqrt(CELLS)
    scale = math.sqrt(K_B * 273.0 / case.species[0].mass)
    for name in ("v_normal", "v_tangent_1", "v_tangent_2"):
        v = state[name] / scale
        assert abs(v.mean()) < 5.0 / math.sqrt(n)
        assert abs((v * v).mean() - 1.0) < 5.0 * math.sqrt(2.0 / n)
    assert abs(np.mean(state["position"] * CELLS % 1.0) - 0.5) < 5.0 * math.sqrt(1.0 / 12.0 / n)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_closed_gas_begins_with_exactly_its_temperature(seed: int) -> None:
    """240 drawn molecules would be off by (2/720)^(1/2), 5 %, and a gas between mirrors would stay so."""
    tables = {
        "solver": "dsmc",
        "collisions": "vss",
        "domain": {"geometry": "planar", "inner": "0 m", "outer": "1 m"},
        "inner": {"type": "specular"},
        "outer": {"type": "specular"},
        "species": [
            {"name": "N2", "density": "1e19 m-3", "temperature": "300 K"},
            {"name": "O", "density": "3e18 m-3", "temperature": "300 K"},
        ],
        "grid": {"cells": 12},
        "run": {"seed": seed, "particles_per_cell": 20},
    }
    engine = Simulation(make_case(tables)).engine
    x = engine.particles.x[:, : engine.particles.count]
    species = np.repeat(np.arange(engine.tables.groups), np.diff(engine.particles.start)) % engine.tables.ns
    for s, mass in enumerate(engine.tables.pairs.mass):
        own = x[:, species == s]
        assert own.shape[1] == 240
        temperature = mass * float((own[1:4] ** 2).sum()) / (3.0 * K_B * own.shape[1])
        assert temperature == pytest.approx(300.0, rel=1e-12, abs=0.0)
    rotation = float((engine.tables.pairs.mass[0] * x[4, species == 0]).mean()) / K_B
    assert rotation == pytest.approx(300.0, rel=1e-12, abs=0.0)
