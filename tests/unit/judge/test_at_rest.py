"""Checks of every run on steadiness, heat and clones, on results made by hand.

A quarter of the column holds 1e4 particles at 70 K with 1 % noise of each record; 400 records know its temperature to
0.035 K (0.05 %).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.constants import K_B
from exobase.io.results import Result
from exobase.judge.always import always_on
from exobase.judge.at_rest import hottest_boundary, no_heating, stationary, what_heats

MASS = 4.65e-26
RECORDS = 400


def result(excess: float = 0.0, drift: float = 0.0, gain: float = 0.0, noise: float = 1.0, seed: int = 1) -> Result:
    """A gas at 70 K: ``excess`` [K] in the uppermost quarter; ``drift``: relative change of the content over the run;
    gain of clones and its noise [s-1] beside an escape of 100 +- 1 and an inflow of 1e7."""
    rng = np.random.default_rng(seed)
    temperature = 70.0 + excess * (np.arange(4) == 3)
    moments = np.zeros((RECORDS, 1, 4, 4))
    moments[..., 0] = 1e4
    moments[..., 2] = 3e4 * K_B / MASS * temperature * (1.0 + 0.01 * rng.normal(size=(RECORDS, 1, 4)))
    content = 1e30 * (1.0 + drift * np.linspace(-0.5, 0.5, RECORDS) + 0.01 * rng.normal(size=RECORDS))
    data = {
        "species/names": np.array(["N2"]),
        "species/mass": np.array([MASS]),
        "history/column": moments,
        "history/column_edges": np.linspace(2.3e6, 3.3e6, 5),
        "history/content": content[:, None],
        "history/escape_rate": 100.0 + 20.0 * rng.normal(size=(RECORDS, 1)),
        "history/inflow_rate": np.full((RECORDS, 1), 1e7),
        "history/clone_rate": np.full((RECORDS, 1), gain),
        "ledger/counts": np.zeros((1, 13), dtype=np.int64),
        "ledger/clone_gain": np.array([gain]),
        "ledger/clone_gain_stderr": np.array([noise]),
        "escape/rate": np.array([100.0]),
        "escape/rate_stderr": np.array([1.0]),
    }
    return Result(Path("result.h5"), {}, data, {}, {"history": {"first_record": 0}})


def case(**changes: Any) -> dict[str, Any]:
    species = {"density": 1e14, "temperature": 70.0, "bulk_speed": 0.0, "outer_density": 0.0,
               "outer_temperature": 0.0, "outer_bulk_speed": 0.0, "species": {"mass": MASS}}  # fmt: skip
    wall = {"type": "reservoir", "temperature": 70.0, "velocity": 0.0}
    return {"species": [species], "collisions": "vss", "inner": wall, "outer": {**wall, "type": "remove"}, **changes}


def test_a_gas_at_rest_passes_in_fifty_results() -> None:
    for seed in range(50):
        r = result(seed=seed)
        assert stationary(r, case()).passed
        assert no_heating(r, case()).passed


def test_a_drift_fails_and_names_the_series_and_the_remedy() -> None:
    found = stationary(result(drift=0.05), case())
    assert not found.passed
    assert "content of N2" in found.detail
    assert "raise run.max_steps" in found.detail


def test_flights_that_fill_up_are_a_drift_where_they_take_their_time() -> None:
    r = result()
    r.data["history/particles"] = np.linspace(4000.0, 6000.0, RECORDS).astype(np.int64)
    flying = {**case()["outer"], "type": "kepler_return", "delayed": True}
    found = stationary(r, case(outer=flying))
    assert not found.passed
    assert 'outer.returns = "at_once"' in found.detail
    assert stationary(r, case(outer={**flying, "delayed": False})).passed
    r.data["history/particles"][:] = 5000
    assert stationary(r, case(outer=flying)).passed


def test_a_closed_gas_keeps_the_energy_that_it_began_with() -> None:
    """No boundary holds a temperature: 84 K instead of 70 K is the start's, 3 % more energy at the end is not."""
    mirror = {"type": "specular", "temperature": 70.0, "velocity": 0.0}
    closed = case(inner=mirror, outer=mirror)
    assert hottest_boundary(closed) == 0.0
    r = result(excess=56.0)
    thermal = 0.5 * MASS * float(r["history/column"][..., 2].sum(axis=(1, 2)).mean())
    for gain, passed in ((0.0, True), (0.03, False), (-0.03, False)):
        r.data["history/energy"] = thermal * (-9.0 + gain * np.linspace(-0.1, 1.1, RECORDS))[:, None]
        found = no_heating(r, closed)
        assert found.passed == passed
        assert found.value == pytest.approx(1.0 + 0.9 * gain, rel=0.01)
        assert ("weights.power" in found.detail) != passed


def test_a_hot_quarter_fails_and_a_cold_one_does_not() -> None:
    """0.3 K are 0.07 K of slack and 6 errors; the mean of all quarters is then 0.075 K too hot, which is not seen."""
    found = no_heating(result(excess=0.4), case())
    assert not found.passed
    assert found.value == pytest.approx(70.4, abs=0.15)
    assert found.reference == 70.0
    assert "uppermost quarter" in found.detail
    assert "run.particles_per_cell" in found.detail
    assert no_heating(result(excess=-5.0), case()).passed


def test_heat_is_not_judged_where_something_heats() -> None:
    hot = result(excess=5.0)
    for changes in ({"sources": [{}]}, {"losses": [{}]}, {"collisions": "off"}, {"initial": "file"}):
        found = no_heating(hot, case(**changes))
        assert found.passed
        assert found.detail.startswith("not judged")
        assert what_heats(case(**changes))
    above = [{**case()["species"][0], "outer_density": 1e13}]
    assert "falls in" in what_heats(case(species=above, geometry="radial", gm=1e12))
    assert what_heats(case(species=above, geometry="radial", gm=0.0)) == ""
    moving = {"type": "diffuse", "temperature": 70.0, "velocity": 100.0}
    assert "moving walls" in what_heats(case(outer=moving))


def test_the_hottest_boundary_is_a_wall_a_reservoir_or_what_its_drift_stagnates_to() -> None:
    """T + m u^2/(5k): 1000 m/s of N2 add 674 K."""
    assert hottest_boundary(case()) == 70.0
    assert hottest_boundary(case(outer={"type": "diffuse", "temperature": 90.0, "velocity": 0.0})) == 90.0
    drifting = case()
    drifting["species"][0]["bulk_speed"] = 1000.0
    assert hottest_boundary(drifting) == pytest.approx(70.0 + MASS * 1e6 / (5.0 * K_B), rel=1e-12, abs=0.0)


def test_too_few_records_are_not_judged() -> None:
    r = result()
    r.group_attrs["history"]["first_record"] = RECORDS - 63
    assert "not judged: 63 records" in stationary(r, case()).detail
    assert "not judged" in no_heating(r, case()).detail


def outcome(r: Result) -> Any:
    return next(o for o in always_on(r, case()) if o.name == "clone_gain")


@pytest.mark.parametrize(("gain", "noise", "passed"), [
    (3.0, 1.0, True), (6.0, 1.0, False),  # its own noise
    (500.0, 800.0, True), (1.1e3, 800.0, False), (10.0, 2e3, False),  # ten times the escape, 1e-4 of the inflow
])  # fmt: skip
def test_clones_are_small_against_their_noise_and_against_what_passes(gain: float, noise: float, passed: bool) -> None:
    found = outcome(result(gain=gain, noise=noise))
    assert found.passed == passed
    assert ("raise run.particles_per_cell" in found.detail) != passed


def test_checks_of_every_run_hold_steadiness_and_heat() -> None:
    assert [o.name for o in always_on(result(), case())] == ["ledger", "clone_gain", "stationary", "no_heating"]
