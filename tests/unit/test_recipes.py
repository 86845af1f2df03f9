"""The recipes of docs/architecture.md: what they name is all that a new species and a new check need."""

from __future__ import annotations

from pathlib import Path

import pytest

from exobase import species as table
from exobase.case import make_case
from exobase.config.quantities import QUANTITIES, CheckQuantity
from exobase.io.results import Result, read_result
from exobase.judge import gas, judge
from exobase.simulation import Simulation

GAS = {
    "solver": "dsmc",
    "collisions": "vhs",
    "body": {"jeans_parameter": 4.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 1.5},
    "species": [{"name": "XeF2", "density": "1e13 m-3", "temperature": "300 K"}],
    "run": {"particles_per_cell": 10},
}


def test_a_species_is_one_entry_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"mass": 169.29, "d_vhs": 6.1, "omega": 0.85, "t_ref": 273.0, "zeta_rot": 2, "source": "this test"}
    monkeypatch.setitem(table._table()["neutral"], "XeF2", entry)
    table._names.cache_clear()
    try:
        sim = Simulation(make_case(GAS))
        sim.step(20)
    finally:
        table._names.cache_clear()
    kind = sim.case.species[0].species
    assert (kind.diameter, kind.omega, kind.source) == (pytest.approx(6.1e-10), 0.85, "this test")
    assert sim.engine.state.diagnostics.collisions.sum() > 0
    assert sim.engine.tables.columns == 5  # it rotates


def test_a_check_is_an_entry_with_its_unit_and_a_function_of_the_result(
    monkeypatch: pytest.MonkeyPatch, exosphere: Path
) -> None:
    def cells(result: Result) -> tuple[float, float, str]:
        return float(len(result["grid/r"])), 0.0, "cells of the grid"

    monkeypatch.setitem(QUANTITIES, "cells", CheckQuantity("", per_species=False))
    monkeypatch.setitem(gas._GLOBAL, "cells", cells)
    asked = {"quantity": "cells", "reference": 30, "source": "this test", "tolerance": {"absolute": 1e6}}
    made = make_case({**GAS, "species": [{**GAS["species"][0], "name": "N2"}], "check": [asked]})
    result = read_result(exosphere)
    outcome = judge(result, {**result.case, "checks": made.to_dict()["checks"]})[0]
    assert (outcome.name, outcome.passed, outcome.value) == ("cells", True, len(result["grid/r"]))
    assert "cells of the grid" in outcome.detail
