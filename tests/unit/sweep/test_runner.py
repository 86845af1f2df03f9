"""A sweep runs what is left, goes on after a failure, and stops so that the same command continues it."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exobase.errors import InputError, RunError
from exobase.parallel import SerialComm
from exobase.sweep import Outside, Sweep, collect, plan_sweep, run_sweep
from exobase.sweep.collect import Options, clear, standings

OVERS = ("body.jeans_parameter=1,2,3",)


def planned(folder: Path, **options: Any) -> Sweep:
    return plan_sweep(folder, Options(**{"overs": OVERS, **options}))


def run(sweep: Sweep, outside: Outside, **options: Any) -> int:
    return run_sweep(sweep.jobs(), SerialComm(), outside, **options)


def names(solver: Any) -> list[str]:
    return [name for name, _, _ in solver.calls]


def test_every_point_runs_once_and_finished_ones_are_skipped(case_dir: Path, solver: Any, outside: Outside) -> None:
    sweep = planned(case_dir)
    assert run(sweep, outside) == 0
    assert names(solver) == ["jeans_parameter=1", "jeans_parameter=2", "jeans_parameter=3"]
    assert sweep.folder == case_dir / "output" / "sweep-jeans_parameter"
    assert [s.status for s in standings(sweep)] == ["converged"] * 3
    assert run(sweep, outside) == 0
    assert len(solver.calls) == 3


def test_a_failed_point_is_told_and_the_others_run(
    case_dir: Path, solver: Any, outside: Outside, said: list[str]
) -> None:
    solver.answers = [0, RunError("no steady state"), 0]
    sweep = planned(case_dir)
    assert run(sweep, outside) == 3
    assert len(solver.calls) == 3
    assert "point 2 (jeans_parameter=2) failed: no steady state" in said
    assert collect(sweep).code == 3
    table = collect(sweep).table
    assert table.columns["status"].values == ["converged", "failed", "converged"]
    assert table.columns["message"].values == ["", "no steady state", ""]


def test_a_fault_of_some_ranks_ends_all_but_the_next_call_runs_the_other_points_first(
    case_dir: Path, solver: Any, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    solver.answers = [0, RunError("a particle was lost")]
    monkeypatch.setattr(SerialComm, "all_fail", lambda self, what, seconds: None)
    sweep = planned(case_dir)
    with pytest.raises(RunError, match="a particle was lost"):
        run(sweep, outside)
    assert [s.status for s in standings(sweep)] == ["converged", "failed", "not run"]
    run(sweep, outside)
    assert names(solver)[2:] == ["jeans_parameter=3", "jeans_parameter=2"]


def test_a_failed_check_is_remembered_when_the_point_is_skipped(case_dir: Path, solver: Any, outside: Outside) -> None:
    solver.flux, solver.answers = 0.95, [1, 1, 1]
    sweep = planned(case_dir)
    assert run(sweep, outside) == 1
    assert run(sweep, outside) == 1
    assert len(solver.calls) == 3
    assert collect(sweep).code == 1
    assert collect(sweep).table.columns["failed_checks"].values == ["imbalance"] * 3


def test_a_stopped_point_stops_the_sweep_and_is_resumed_by_the_same_command(
    case_dir: Path, solver: Any, outside: Outside
) -> None:
    solver.answers = [0, 4]
    sweep = planned(case_dir)
    assert run(sweep, outside) == 4
    assert len(solver.calls) == 2
    assert collect(sweep).code == 4
    assert run(sweep, outside) == 0
    assert [(name, resume) for name, resume, _ in solver.calls[2:]] == [
        ("jeans_parameter=2", True), ("jeans_parameter=3", False),
    ]  # fmt: skip


@pytest.fixture
def runs_of_a_minute(solver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock of its own for the runner, on which every run takes 60 s."""
    now = [0.0]
    monkeypatch.setattr("exobase.sweep.runner.time", SimpleNamespace(perf_counter=lambda: now[0]))
    solver.spend = lambda: now.__setitem__(0, now[0] + 60.0)


@pytest.mark.usefixtures("runs_of_a_minute")
def test_the_own_wall_time_of_a_case_leaves_the_other_points_to_run(
    case_dir: Path, solver: Any, outside: Outside
) -> None:
    solver.answers = [4, 4, 4]
    sweep = planned(case_dir, sets=("run.wall_time=50 s",))
    assert run(sweep, outside) == 4
    assert len(solver.calls) == 3


@pytest.mark.usefixtures("runs_of_a_minute")
def test_the_wall_time_of_the_sweep_limits_every_point_and_then_ends_it(
    case_dir: Path, solver: Any, outside: Outside, said: list[str]
) -> None:
    sweep = planned(case_dir)
    assert run(sweep, outside, wall_time=100.0) == 4
    assert [case.run.wall_time for _, _, case in solver.calls] == [100.0, 40.0]
    assert any("wall time is over" in line for line in said)
    assert run(sweep, outside) == 0
    assert len(solver.calls) == 3


@pytest.mark.usefixtures("runs_of_a_minute")
def test_the_wall_time_of_the_sweep_stops_it_even_where_a_case_has_a_longer_one(
    case_dir: Path, solver: Any, outside: Outside
) -> None:
    solver.answers = [4]
    sweep = planned(case_dir, sets=("run.wall_time=55 s",))
    assert run(sweep, outside, wall_time=50.0) == 4
    assert len(solver.calls) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_outside_of_a_run_interrupts_and_leaves_the_sweep_resumable(
    case_dir: Path, solver: Any, outside: Outside, number: int
) -> None:
    solver.spend = lambda: os.kill(os.getpid(), number) if len(solver.calls) == 2 else None
    sweep = planned(case_dir)
    with pytest.raises(KeyboardInterrupt):
        run(sweep, outside)
    assert [s.status for s in standings(sweep)] == ["converged", "stopped", "not run"]
    assert run(sweep, outside) == 0
    assert [resume for _, resume, _ in solver.calls] == [False, False, True, False]


def test_a_changed_case_is_refused_before_any_point_runs(case_dir: Path, solver: Any, outside: Outside) -> None:
    run(planned(case_dir), outside)
    changed = planned(case_dir, sets=("run.seed=77",))
    with pytest.raises(InputError) as caught:
        standings(changed)
    assert len(caught.value.messages) == 3
    assert clear(changed.jobs()) == 3
    assert [s.status for s in standings(changed)] == ["not run"] * 3


def test_one_point_of_a_job_array_runs_alone(case_dir: Path, solver: Any, outside: Outside) -> None:
    sweep = planned(case_dir)
    assert run_sweep(sweep.jobs(2), SerialComm(), outside) == 0
    assert names(solver) == ["jeans_parameter=2"]
    assert [s.status for s in standings(sweep)] == ["not run", "converged", "not run"]
    with pytest.raises(InputError, match="points 1 to 3"):
        sweep.jobs(4)


def test_a_sharper_aim_continues_finished_points(case_dir: Path, solver: Any, outside: Outside) -> None:
    run(planned(case_dir), outside)
    run(planned(case_dir, sets=("run.target_error=0.001",)), outside)
    assert [resume for _, resume, _ in solver.calls] == [False] * 3 + [True] * 3
