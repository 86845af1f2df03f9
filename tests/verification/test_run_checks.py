"""Automatic checks of real runs that must fail: a domain too small, cells too large, flights that still fill up."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from exobase.case import load_case
from exobase.driver import run_case
from exobase.parallel import SerialComm
from exobase.simulation import Simulation
from exobase.simulation.steady import is_stationary

JEANS_6 = Path(__file__).resolve().parents[2] / "cases" / "jeans_6"
SMALL = {"domain.outer_over_inner": 4.0, "tally.vdf_radii": ["1100 km"]}


def test_a_near_boundary_and_wide_cells_fail_a_run(tmp_path: Path) -> None:
    """jeans_6 up to 4 R0 (escape some 10 % too low) in cells of 0.7 per scale height of the base: exit code 1."""
    cells = {"grid.spacing": "scale_height", "grid.per_scale_height": 0.7, "grid.adapt": False}
    case = load_case(JEANS_6, {**SMALL, **cells, "run.particles_per_cell": 30, "run.max_steps": 3000})
    assert run_case(dataclasses.replace(case, checks=()), SerialComm(), tmp_path) == 1
    checks = {c["name"]: c for c in json.loads((tmp_path / "output" / "summary.json").read_text())["checks"]}
    assert {name for name, c in checks.items() if not c["passed"]} == {"resolution", "outer_boundary"}
    assert checks["resolution"]["value"] > 2.0
    assert 0.3 < checks["outer_boundary"]["value"] < 0.7
    assert "raise domain.outer" in checks["outer_boundary"]["detail"]
    assert "grid.per_mean_free_path" in checks["resolution"]["detail"]


def test_flights_beyond_the_boundary_that_still_fill_up_are_no_rest() -> None:
    """Returns that take their time, one global step: after 4000 steps the gas within the domain is at rest and the
    number with those in flight beyond it still rises."""
    delayed = {"outer.returns": "delayed", "time_step": "global", "run.particles_per_cell": 60}
    sim = Simulation(load_case(JEANS_6, {**SMALL, **delayed}))
    sim.step(4000)
    sim.start_tally()
    sim.step(2600)
    first, mass = sim.tally_from or 0, sim.engine.tables.pairs.mass
    assert is_stationary(sim.history, first, mass)
    assert not is_stationary(sim.history, first, mass, delayed=True)
