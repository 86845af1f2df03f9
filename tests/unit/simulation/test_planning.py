"""The plan of a case: what the run begins with, what it will cost, warnings, and the refusal of what cannot be."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.case import Case, load_case, make_case
from exobase.errors import InputError
from exobase.parallel import SerialComm
from exobase.simulation import Simulation, cost, plan
from exobase.simulation.levels import TRACERS
from exobase.simulation.planning import lay_out
from exobase.simulation.profile import Profile, mean_free_paths, nodes, paths_above

CASES = Path(__file__).resolve().parents[3] / "cases"

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
TRACE: dict[str, Any] = {"name": "Y", "mass": "16 u", "diameter": "4 angstrom", "temperature": "100 K"}

# Steps and seconds that runs of shipped cases took (one core at 2.5 GHz, AVX-512) to an error in per cent.
TAKEN = [
    ("jeans_6", 2, 11360, 8.6),
    ("earth_hydrogen", 1.5, 4360, 5.1),
    ("jeans_10", 4, 23120, 41.2),
    ("mars_hydrogen", 1.5, 7760, 6.2),
]


def with_trace(share: float, **changes: Any) -> Case:
    """The gas with a second species of ``share`` of its density."""
    tables = copy.deepcopy(CASE)
    density = make_case(CASE).species[0].density
    tables["species"].append({**TRACE, "density": f"{share * density:.6g} m-3", **changes})
    return make_case(tables)


def test_the_plan_has_the_cells_and_about_the_particles_of_the_run() -> None:
    case = make_case(CASE, {"weights.energy_levels": 1})
    expected, sim = plan(case), Simulation(case)
    assert expected.cells == sim.engine.tables.mesh.total
    assert sim.engine.particles.count == pytest.approx(expected.particles, rel=0.1)
    assert plan(make_case(CASE)).particles == pytest.approx((1.0 + TRACERS) * expected.particles, rel=0.01)
    assert expected.warnings == ()
    assert (expected.weight_ratio, expected.weight_pair) == (1.0, ())


@pytest.mark.parametrize(("name", "error", "steps", "seconds"), TAKEN)
def test_predicted_steps_and_seconds_are_those_of_runs_within_a_factor_two(
    name: str, error: float, steps: int, seconds: float
) -> None:
    """`exobase bench plan` repeats the runs. Seconds get a factor 2.5: the machine was shared."""
    planned = plan(load_case(CASES / name, [f'run.target_error="{error:g} %"']))
    assert 0.5 <= planned.steps / steps <= 2.0
    assert 0.4 <= planned.wall_time / seconds <= 2.5


def test_averaging_takes_the_square_of_the_error_and_the_limit_ends_it() -> None:
    loose, fine = (plan(make_case(CASE, {"run.target_error": e, "run.max_steps": 10**8})) for e in ("0.5 %", "0.25 %"))
    assert fine.steps - fine.burn_in == pytest.approx(4.0 * (loose.steps - loose.burn_in), rel=1e-3)
    assert not fine.limited
    short = plan(make_case(CASE, {"run.target_error": "0.5 %", "run.max_steps": 100}))
    assert (short.limited, short.steps) == (True, 100)
    assert [text for text in short.warnings if "run.max_steps = 100: averaging begins at about step 3600" in text]


def test_a_closed_domain_runs_to_its_limit() -> None:
    closed = plan(make_case(CASE, {"inner.type": "specular", "outer.type": "specular", "run.max_steps": 5000}))
    assert (closed.limited, closed.steps, closed.escapers) == (True, 5000, None)


def test_the_weight_ratio_is_that_of_the_run() -> None:
    """Equal numbers of particles per cell: weights are as unequal as densities, 100 at the bottom, less above."""
    case = with_trace(0.01)
    planned, sim = plan(case), Simulation(case)
    ratio, pair = sim.largest_weight_ratio()
    assert planned.weight_ratio == pytest.approx(ratio, rel=0.05)
    assert planned.weight_pair == pair == ("X", "Y")
    assert any("weights of X and Y differ by up to" in text for text in planned.warnings)
    assert not any("weights" in text for text in plan(with_trace(0.5)).warnings)


def test_a_trace_may_be_lighter_than_the_gas() -> None:
    """Less than a thousandth of the gas: whether that turns in its collisions does not matter."""
    trace = with_trace(1e-4)
    assert plan(trace).weight_ratio == Simulation(trace).largest_weight_ratio()[0] == 1.0
    assert not any("weights" in text for text in plan(trace).warnings)


def test_gas_from_above_is_planned_for() -> None:
    """A species that only a reservoir above brings in, and a gas that is a hundred times denser there."""
    above = {"outer_density": "1e13 m-3", "outer_temperature": "100 K"}
    outer = {"type": "remove"}
    mixed = {**CASE, "outer": outer, "species": [CASE["species"][0], {**TRACE, "density": "0 m-3", **above}]}
    assert plan(make_case(mixed)).steps > 0
    thin = {**CASE["species"][0], "knudsen_number": 50.0, **above}
    case = make_case({**CASE, "body": {"jeans_parameter": 3.0}, "outer": outer, "species": [thin]})
    assert Simulation(case).engine.particles.count == pytest.approx(plan(case).particles, rel=0.3)


def test_a_boundary_that_removes_what_is_bound_takes_more() -> None:
    """lambda0 = 10 with the boundary at 3 R0: exp(2.4) times the escape to infinity at the exobase of 1.4 R0."""
    domain = {"inner": "1000 km", "outer_over_inner": 3.0}
    found = []
    for kind in ("kepler_return", "remove"):
        case = make_case({**CASE, "initial": "fluid", "domain": domain, "outer": {"type": kind}})
        found.append(cost.escape_rate(case, lay_out(case).profile))
    assert 5.0 < found[1] / found[0] < 40.0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"grid.spacing": "uniform", "grid.cells": 5}, "mean free paths long"),
        ({"grid.spacing": "log", "grid.cells": 10}, "mean free paths long"),
        ({"grid.spacing": "log", "grid.cells": 3, "species.0.knudsen_number": 0.15}, "scale heights long"),
        ({"step.collision_fraction": 3.0, "step.courant": 5.0}, "times the time between collisions"),
        ({"run.particles_per_cell": 10}, "10 particles of X per cell bias thermal escape"),
        ({"species.0.particles_factor": 0.1}, "species.0.particles_factor = 0.1: 10 particles of X per cell"),
        ({"body.jeans_parameter": 45.0, "run.max_steps": 5000}, "too few particles of X escape"),
    ],
)
def test_a_poor_case_is_warned_of(changes: dict[str, Any], words: str) -> None:
    assert any(words in text for text in plan(make_case(CASE, changes)).warnings)


def test_an_outer_boundary_within_dense_gas_is_warned_of() -> None:
    """Density ~ r^-3: r/(2 l) mean free paths above r. At lambda0 = 6 four radii are too few, ten enough."""
    for radii, low in ((4.0, True), (10.0, False)):
        changes = {"domain.outer_over_inner": radii, "initial": "fluid", "body.jeans_parameter": 6.0}
        case = make_case(CASE, {**changes, "species.0.knudsen_number": 0.01})
        assert any("raise domain.outer" in text for text in plan(case).warnings) == low
    case = make_case(CASE)
    r = nodes(case)
    power = Profile(r, 1e17 * (r / r[-1])[None, :] ** -3, np.full((1, r.size), 100.0))
    free = mean_free_paths(case, power.density, power.temperature)[0, -1]
    assert paths_above(case, power) == pytest.approx(r[-1] / (2.0 * free), rel=1e-9, abs=0.0)


def test_what_a_boundary_removes_although_it_is_bound_is_warned_of() -> None:
    """lambda0 = 10 with the boundary at 2 R0: most of what passes is bound. A wind takes its particles along."""
    removes = {"outer.type": "remove", "initial": "fluid"}
    assert any("is bound but counts as escaped" in text for text in plan(make_case(CASE, removes)).warnings)
    wind = {**removes, "body.jeans_parameter": 1.0, "domain.outer_over_inner": 30.0, "species.0.knudsen_number": 1e-3}
    assert not any("is bound" in text for text in plan(make_case(CASE, wind)).warnings)


def test_returns_after_flight_times_without_a_mean_are_warned_of() -> None:
    delayed = {"time_step": "global", "domain.outer_over_inner": 4.0}
    assert any('outer.returns = "at_once"' in text for text in plan(make_case(CASE, delayed)).warnings)
    for more in ({"outer.returns": "at_once"}, {"outer.lost_beyond": "1e5 km"}, {"outer.loss_frequency": "1e-6 s-1"}):
        assert not any("at_once" in text for text in plan(make_case(CASE, {**delayed, **more})).warnings)


def test_a_surface_is_not_told_to_be_raised() -> None:
    deep = {"body.jeans_parameter": 45.0, "run.max_steps": 5000}
    above = plan(make_case(CASE, deep)).warnings
    surface = plan(make_case(CASE, {**deep, "body.radius": "1000 km"})).warnings
    assert "domain.inner" in " ".join(above)
    assert "domain.inner" not in " ".join(surface)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"run.particles_per_cell": 1e12}, "1e+12 particles each"),
        ({"grid.cells": 1_000_000_000}, "1e+09 cells"),
        ({"run.columns": 1_000_000_000}, "cells with 100 particles each"),
        ({"species.0.knudsen_number": 1e-9}, "cells with 100 particles each"),
    ],
)
def test_what_does_not_fit_into_the_machine_is_refused_before_anything_is_allocated(
    changes: dict[str, Any], words: str
) -> None:
    case = make_case(CASE, changes)
    for refused in (plan, Simulation):
        with pytest.raises(InputError, match="of memory, more than the") as caught:
            refused(case)
        assert words in str(caught.value)


class SixteenHosts(SerialComm):
    """Rank 0 of 16, each on a machine of its own."""

    size = 16

    def gather(self, value: Any) -> list[Any]:
        return [f"{value}-{k}" for k in range(16)]


def test_memory_is_counted_by_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gas of 20 times the memory of a machine does not fit on 16 of them, one of 10 times does."""
    case = make_case(CASE)
    needed = lay_out(case).memory_bytes
    monkeypatch.setattr("exobase.parallel.hosts.memory_limit", lambda: needed / 10.0)
    assert lay_out(case, SixteenHosts()).mesh.layers == plan_cells(case)
    monkeypatch.setattr("exobase.parallel.hosts.memory_limit", lambda: needed / 20.0)
    with pytest.raises(InputError, match="more machines"):
        lay_out(case, SixteenHosts())


def plan_cells(case: Case) -> int:
    return lay_out(case, SixteenHosts()).mesh.layers


def test_memory_follows_the_particles() -> None:
    case = make_case(CASE, {"weights.energy_levels": 1})
    assert cost.memory_bytes(case, 100, 1e6) == pytest.approx(96e6, rel=0.01)
