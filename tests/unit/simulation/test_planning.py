"""The plan of a case: what it will hold, and warnings where its discretisation cannot be right."""

from __future__ import annotations

from typing import Any

import pytest

from exobase.case import make_case
from exobase.simulation import Simulation, plan

CASE: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "initial": "barometric",
    "body": {"jeans_parameter": 10.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 2.0},
    "species": [
        {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.02}
    ],
}


def test_the_plan_has_the_cells_and_about_the_particles_of_the_run() -> None:
    case = make_case(CASE)
    expected, sim = plan(case), Simulation(case)
    assert expected.cells == sim.engine.grid.total
    assert sim.engine.particles.count == pytest.approx(expected.particles, rel=0.1)
    assert expected.warnings == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"grid.spacing": "uniform", "grid.cells": 5}, "larger than the mean free path"),
        ({"step.collision_fraction": 3.0, "step.courant": 5.0}, "collision times"),
        ({"run.particles_per_cell": 10}, "particles_per_cell = 10 is small"),
    ],
)
def test_a_poor_discretisation_is_warned_of(changes: dict[str, Any], words: str) -> None:
    assert any(words in text for text in plan(make_case(CASE, changes)).warnings)
