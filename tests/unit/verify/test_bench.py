"""The benchmarks: that they measure what they say. Nothing here depends on how fast this machine is."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from exobase.case import load_case
from exobase.errors import InputError, RunError
from exobase.geometry.motion import RADIAL, Motion, Runs
from exobase.io.results import read_result
from exobase.parallel import SerialComm
from exobase.report import figure_names
from exobase.simulation import Simulation
from exobase_verify import bench
from exobase_verify.bench import compiling, convergence, fields, ions, jeans, memory, push, radial, report
from exobase_verify.bench.gas import jeans_gas, radial_gas
from exobase_verify.bench.jeans import Stopwatch, figures_of
from exobase_verify.bench.tables import LEAST, MOST, verdict
from exobase_verify.bench.workers import work
from exobase_verify.jobs import find_mpiexec

ROOT = Path(__file__).resolve().parents[3]
PLASMAS = fields.plasmas


def test_an_unknown_benchmark_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean 'radial"):
        bench.run_bench("radail")
    with pytest.raises(InputError, match="step = 'fast'"):
        bench.run_bench("radial", step="fast")


def test_a_benchmark_does_not_run_inside_an_mpi_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PMI_SIZE", "2")
    with pytest.raises(InputError, match="without mpirun"):
        bench.run_bench("radial")


def test_json_is_one_object_and_all_benchmarks_run_without_a_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = {name: bench.Benchmark("", lambda o: {"step": o.step}, lambda f: []) for name in bench.BENCHMARKS}
    monkeypatch.setattr(bench, "BENCHMARKS", fake)
    assert bench.run_bench("radial", as_json=True, step="global") == 0
    assert json.loads(capsys.readouterr().out) == {"step": "global"}
    assert bench.run_bench(as_json=True) == 0
    assert json.loads(capsys.readouterr().out).keys() == fake.keys()


@pytest.mark.parametrize(("jeans_parameter", "outer"), [(6.0, 10.0), (10.0, 6.0)])
def test_the_jeans_gases_are_those_of_the_shipped_cases(jeans_parameter: float, outer: float) -> None:
    """All that the simulation reads; only text, checks and the radii of speed histograms may differ."""
    ours, shipped = (
        case.to_dict()
        for case in (jeans_gas(jeans_parameter, outer), load_case(ROOT / "cases" / f"jeans_{jeans_parameter:g}"))
    )
    for key in ("path", "title", "description", "toml_text", "checks", "tally", "name"):
        ours.pop(key), shipped.pop(key)
    assert ours == shipped


@pytest.mark.parametrize("step", ["local", "global"])
def test_the_radial_gas_collides_a_fifth_of_the_time_and_moves_a_fifth(step: str) -> None:
    """0.2 collisions per particle and step; 60 steps of 20000 particles, so 1 % statistical."""
    sim = Simulation(radial_gas(20_000, step), SerialComm())
    sim.step(20)
    figures = radial.timed(sim, 40)
    assert figures["particles"] == pytest.approx(20_000, rel=0.02)
    assert figures["collisions"] == pytest.approx(0.2, rel=0.05)
    assert 0.12 < figures["movers"] < 0.28
    assert set(figures["stages"]) == {"emit", "push", "resolve", "migrate", "sort", "collide", "sample", "other"}
    total = 1e9 / figures["rate"]
    assert sum(figures["stages"].values()) == pytest.approx(total, rel=1e-6)


def test_the_summary_takes_medians_per_core() -> None:
    turns = [
        {
            "rate": rate,
            "stages": {"push": rate},
            "processor_ns": 1.0,
            "collisions": 0.2,
            "movers": 0.2,
            "particles": 1,
            "cells": 1,
            "levels": 1,
        }
        for rate in (1.0, 8.0, 4.0)
    ]
    figures = radial.summary(turns, 2)
    assert figures["particle_steps_per_s_per_core"] == 2.0
    assert figures["ns_per_particle_step"]["push"] == 4.0


@pytest.mark.slow
@pytest.mark.mpi
@pytest.mark.skipif(find_mpiexec() is None, reason="no mpiexec")
def test_one_rank_and_two_take_turns_in_one_job(tmp_path: Path) -> None:
    arguments = {"step": "local", "particles": 4000, "repeats": 2, "steps": 2, "folder": str(tmp_path)}
    figures = work("radial", arguments, ranks=2)
    assert len(figures["alone"]) == len(figures["shared"]) == 2
    assert figures["shared"][0]["particles"] == figures["alone"][0]["particles"]


def test_a_failed_measurement_raises_with_the_last_lines() -> None:
    with pytest.raises(RunError, match="KeyError"):
        work("nothing", {})


def test_memory_counts_the_growth_of_one_process() -> None:
    figures = memory.measure_process(SerialComm(), 4000, 2)
    assert figures["peak_bytes"] >= figures["before_bytes"] > 0
    assert figures["allocated_bytes_per_particle"] > 64.0  # two copies of four columns


def test_own_seconds_leave_callees_out() -> None:
    def event(name: str, start: bool) -> Any:
        dispatcher = SimpleNamespace(py_func=SimpleNamespace(__qualname__=name))
        return SimpleNamespace(is_start=start, data={"dispatcher": dispatcher})

    events = [(0.0, event("f", True)), (1.0, event("g", True)), (4.0, event("g", False)), (5.0, event("f", False))]
    assert compiling.own_seconds(events) == ({"g": 3.0, "f": 2.0}, 2)


def stopped_watch(**changes: Any) -> Stopwatch:
    return dataclasses.replace(Stopwatch(now=30.0, began=10.0, step=100, flux=100.0, stderr=2.0), **changes)


def test_time_to_the_target_goes_with_the_square_of_the_error() -> None:
    """20 s of averaging at 2 %: four times as long for 1 %, after 10 s of burn-in."""
    figures = figures_of(stopped_watch(), 0.01)
    assert figures["extrapolated"]
    assert figures["averaging_s"] == pytest.approx(80.0)
    assert figures["total_s"] == pytest.approx(90.0)


def test_time_to_a_target_that_was_reached_is_the_measured_one() -> None:
    figures = figures_of(stopped_watch(stderr=0.9), 0.01)
    assert not figures["extrapolated"]
    assert figures["total_s"] == pytest.approx(30.0)


def test_a_gas_that_was_not_steady_gives_a_lower_bound() -> None:
    figures = figures_of(stopped_watch(began=None, flux=math.nan, stderr=math.inf), 0.01)
    assert figures["lower_bound"]
    assert figures["total_s"] == 30.0


def test_the_stopwatch_starts_after_compilation_and_sees_averaging_begin() -> None:
    watch = Stopwatch()
    watch.message("compiled")
    watch.update(step=40, particles=9, phase="burn-in")
    assert watch.began is None
    watch.update(step=80, particles=9, phase="averaging", flux=2.0, flux_stderr=0.5)
    watch.update(step=120, particles=9, phase="averaging", flux=3.0, flux_stderr=0.4)
    assert watch.began_step == 80
    assert (watch.flux, watch.stderr, watch.step) == (3.0, 0.4, 120)
    assert 0.0 <= watch.began <= watch.now


def test_two_gases_that_disagree_are_not_compared_in_silence() -> None:
    """Times to the error of two different results say nothing: 100 +- 2 and 115 +- 2 differ by 5.3 sigma."""
    ours, other = (figures_of(stopped_watch(flux=flux), 0.01) for flux in (100.0, 115.0))
    figures = {"ours": ours, "plain": other, **jeans.compared(ours, other)}
    assert figures["sigma"] == pytest.approx(15.0 / math.sqrt(8.0))
    assert "DIFFER" in str(jeans.show_6(figures)[0].caption)


def test_deviation_is_in_errors_of_the_difference() -> None:
    default = {"flux_over_evaporation": 1.0, "stderr": 0.03}
    relative, sigma = convergence.deviation({"flux_over_evaporation": 1.1, "stderr": 0.04}, default)
    assert relative == pytest.approx(0.1)
    assert sigma == pytest.approx(2.0)
    assert convergence.deviation(default, default) == (0.0, 0.0)


@pytest.mark.parametrize(("scheme", "order"), [("first order", 1), ("kick-drift-kick", 2)])
def test_a_plain_scheme_has_its_order(scheme: str, order: int) -> None:
    """Largest energy error over one circular-ish orbit (1-1.5, mu = 1) at h and h/2."""
    runs = [Runs(np.array([0.5, 3.0]), np.array([h])) for h in (0.01, 0.005)]
    coarse, fine = (push.orbit_error(Motion(RADIAL, 1.0), r, push.SCHEMES[scheme], 1.0, 1.5, 1) for r in runs)
    assert coarse["completed"] == fine["completed"] == 1
    assert math.log2(coarse["max_error"] / fine["max_error"]) == pytest.approx(order, abs=0.15)


def test_our_push_keeps_the_energy_where_steps_change() -> None:
    runs = Runs(np.array([0.9, 1.2, 3.0]), np.array([0.01, 0.015]))
    errors = {
        name: push.orbit_error(Motion(RADIAL, 1.0), runs, scheme, 1.0, 1.5, 20) for name, scheme in push.SCHEMES.items()
    }
    assert errors["exobase"]["max_error"] < 1e-12 < errors["kick-drift-kick"]["max_error"]
    assert errors["exobase"]["completed"] == 20


@pytest.mark.parametrize(
    ("value", "aim", "said"),
    [
        (60.0, (LEAST, "55", 55.0), "at least 55: met"),
        (50.0, (LEAST, "55", 55.0), "at least 55: MISSED"),
        (97.0, (MOST, "96", 96.0), "at most 96: MISSED"),
        (1.0, None, ""),
    ],
)
def test_the_verdict_on_an_aim(value: float, aim: Any, said: str) -> None:
    assert verdict(value, aim) == said


def test_tables_can_be_made_from_figures() -> None:
    turn = {
        "rate": 1e7,
        "stages": {"push": 2.0},
        "processor_ns": 1.0,
        "collisions": 0.2,
        "movers": 0.2,
        "particles": 9,
        "cells": 3,
        "levels": 1,
    }
    figures = {"step": "local", "repeats": 5, **radial.summary([turn], 1)}
    figures["ranks"] = {"2": {**radial.summary([turn], 2), "speedup": 1.9, "efficiency": 0.95}}
    assert radial.show(figures)[0].row_count == 2
    run = figures_of(stopped_watch(), 0.01)
    assert jeans.show_6({"ours": run, "plain": run, **jeans.compared(run, run)})[0].row_count == 5
    lost = figures_of(stopped_watch(began=None), 0.01)
    assert "lower bounds" in str(jeans.show_6({"ours": run, "plain": lost, **jeans.compared(run, lost)})[0].caption)
    assert jeans.show_10(run)[0].row_count == 3


def test_the_fields_benchmark_measures_every_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "plasmas", lambda: PLASMAS(20))
    figures = fields.measure(quick=True)
    assert list(figures["ns_per_field"]) == list(figures["steps_per_second"])
    assert len(figures["ns_per_field"]) == 5
    assert all(0.0 < ns < 1e5 for ns in figures["ns_per_field"].values())
    assert fields.show(figures)[0].row_count == 5


def test_the_ions_benchmark_measures_every_case() -> None:
    figures = ions.measure(quick=True)
    assert set(ions.AIMS) - set(figures["steps_per_second"]) == {"file of 100^3 nodes"}
    assert min(figures["steps_per_second"].values()) > 0.0
    assert ions.show(figures)[0].row_count == 5


def test_ions_of_the_fields_benchmark_gain_the_energy_of_pickup() -> None:
    """The largest speed of an ion in the uniform wind is 2 u sin(cone); the mean over phases and points is less."""
    points = np.array([[fields.EDGE * 0.5, y * fields.EDGE, 0.0] for y in np.linspace(-0.9, 0.9, 50)])
    speeds = [fields.push(PLASMAS(4)["uniform"], points, 1e9, steps) / 50.0 for steps in range(20, 400, 10)]
    assert max(speeds) == pytest.approx(2.0 * 4e5 * math.sin(math.radians(57.0)), rel=0.01)


@pytest.mark.slow
def test_the_report_benchmark_measures_every_figure(tmp_path: Path) -> None:
    from synthetic import write_exosphere

    write_exosphere(tmp_path / "result.h5")
    figures = report.measure_result(tmp_path)
    assert set(figures["figure_s"]) == set(figure_names(read_result(tmp_path)))
    assert all(draw >= 0.0 and write > 0.0 for draw, write in figures["figure_s"].values())
    assert figures["report_s"] > sum(write for _, write in figures["figure_s"].values()) / 3.0
    assert (tmp_path / "report.html").is_file()
    table = report.show({"rows": [{"case": "made", **figures}]})[0]
    assert table.row_count == len(figures["figure_s"]) + 1


@pytest.mark.slow
def test_the_runs_of_the_report_benchmark_end() -> None:
    rows = report.measure(quick=True)["rows"]
    assert [row["case"] for row in rows] == list(report.STEPS)
    assert all(row["report_s"] > 0.0 for row in rows)
