"""Upper limits of the escape from a gas whose heavy species holds every particle.

Collisionless column with lambda0 = 3 for He and 300 for X: no X ever reaches the escape energy.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from exobase.case import Case, make_case
from exobase.io import read_result
from exobase.judge import judge
from exobase.simulation import Simulation
from exobase.simulation.limits import escaper_weights
from exobase.simulation.outcome import write_outcome
from exobase.summary import summarise
from synthetic import check

R0, T, MASS = 1e6, 300.0, 6.6464731e-27
GM = 3.0 * 1.380649e-23 * T * R0 / MASS


def tables(outer: str = "kepler_return") -> dict[str, object]:
    gas = {"temperature": f"{T} K", "diameter": "2 angstrom"}
    return {
        "solver": "dsmc",
        "collisions": "off",
        "body": {"gm": f"{GM} m3 s-2", "radius": f"{R0} m"},
        "domain": {"inner": f"{R0} m", "outer": f"{3 * R0} m"},
        "outer": {"type": outer},
        "species": [
            gas | {"name": "He", "mass": f"{MASS} kg", "density": "1e12 m-3"},
            gas | {"name": "X", "mass": f"{100 * MASS} kg", "density": "1e12 m-3"},
        ],
        "grid": {"cells": 20},
        "run": {"particles_per_cell": 40},
    }


def ran(case: Case, path: Path) -> Simulation:
    sim = Simulation(case)
    sim.step(200)
    sim.start_tally()
    sim.step(400)
    attrs = {"case_json": "{}", "status": "reached_limit", "ledger_entries": []}
    write_outcome(sim, path, attrs)
    return sim


def test_a_species_without_escapers_has_an_upper_limit_in_result_summary_and_checks(tmp_path: Path) -> None:
    case = make_case(tables())
    sim = ran(case, tmp_path / "result.h5")
    result = read_result(tmp_path / "result.h5")
    rate, error = result["escape/rate"], result.stderr("escape/rate")
    limit = result["escape/rate_upper_limit_95"]
    assert (rate[1], math.isnan(error[1]), rate[0] > error[0] > 0.0) == (0.0, True, True)
    assert limit[1] == pytest.approx(-math.log(0.05) * escaper_weights(sim)[1] / 400)
    assert rate[0] + 1.6 * error[0] < limit[0] < 1.2 * rate[0]
    summary = summarise(result, case, [])
    assert summary["escape"]["X"]["rate_stderr"] is None
    assert summary["escape"]["X"]["rate_upper_limit_95"] == limit[1]

    def judged(**bounds: object) -> object:
        return judge(result, {**case.to_dict(), "checks": [check("escape_rate.X", "number", **bounds)]})[0]

    assert judged(accept=(0.0, 1.01 * limit[1])).passed
    assert not judged(accept=(0.0, 0.99 * limit[1])).passed
    assert "only an upper limit" in judged(reference_value=0.0, tolerance_sigma=3).detail
    assert not judged(reference_value=0.0, tolerance_sigma=3).passed


def test_an_escaper_weighs_what_the_outermost_cells_give_it() -> None:
    sim = Simulation(make_case(tables()))
    omega = sim.engine.tables.omega.reshape(-1, 2)
    assert escaper_weights(sim) == pytest.approx(omega[18:].max(axis=0))


def test_behind_a_wall_nothing_can_escape_and_there_is_no_limit() -> None:
    sim = Simulation(make_case(tables("specular")))
    assert np.all(escaper_weights(sim) == 0.0)
