"""exobase sweep as a user meets it: a small grid run in earnest, refusals, lists, job arrays."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exobase.cli import app
from exobase.errors import RunError
from exobase.parallel import SerialComm

CASES = Path(__file__).resolve().parents[3] / "cases"
SMALL = {
    "collisions": "off", "initial": "empty", "grid.max_ratio": "0.5", "domain.outer_over_inner": "3",
    "run.particles_per_cell": "10", "run.burn_in": "40", "run.max_steps": "240", "run.target_error": "1e-6",
    "tally.record_every": "4",
}  # fmt: skip
OVER = ["--over", "body.jeans_parameter=0,2"]

invoke = CliRunner().invoke


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped transition case in a folder with a blank in its name."""
    monkeypatch.setattr("exobase.parallel.world", SerialComm)
    return Path(shutil.copytree(CASES / "transition", tmp_path / "my case", ignore=shutil.ignore_patterns("output")))


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Replaces run_case, which then fails; the names of the points it was asked for."""
    seen: list[Any] = []

    def run_case(case: Any, comm: Any, folder: Path, **options: Any) -> int:
        seen.append(folder.name)
        raise RunError("out of luck")

    monkeypatch.setattr("exobase.sweep.runner.run_case", run_case)
    return seen


def sweep(case: Path, *words: str) -> Any:
    small = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
    return invoke(app, ["sweep", str(case), *words, *(small if "--over" in words else [])])


def test_a_sweep_runs_makes_table_and_figure_and_has_nothing_left_to_do(case: Path) -> None:
    first = sweep(case, *OVER, "--name", "two")
    folder = case / "output" / "sweep-two"
    assert first.exit_code in (0, 1), first.output
    assert {"sweep.csv", "sweep.h5", "sweep.png", "jeans_parameter=0", "jeans_parameter=2"} == {
        p.name for p in folder.iterdir()
    }
    runs = [json.loads((folder / f"jeans_parameter={k}" / "output" / "summary.json").read_text()) for k in (0, 2)]
    # Without collisions all that the sphere emits escapes at lambda0 = 0.
    rates = [run["escape"]["HS"]["rate_per_s"] for run in runs]
    assert rates[1] < 0.6 * rates[0]
    again = sweep(case, *OVER, "--name", "two")
    assert again.exit_code == first.exit_code
    assert again.output.count("finished before") == 2


def test_faults_of_all_points_are_told_before_the_first_runs(case: Path, solver: list[Any]) -> None:
    done = sweep(case, "--over", "body.jeans_paramter=1,2", "--over", "run.seed=1,-1")
    assert done.exit_code == 2
    assert "exobase: all 4 points: " in done.stderr
    assert "did you mean 'jeans_parameter'" in done.stderr
    assert "points 2 (jeans_paramter=1_seed=-1); 4 (jeans_paramter=2_seed=-1): " in done.stderr
    assert solver == []
    assert not (case / "output").exists()


def test_failed_points_are_reported_and_the_exit_code_is_3(case: Path, solver: list[Any]) -> None:
    done = sweep(case, *OVER)
    assert done.exit_code == 3, done.output
    assert solver == ["jeans_parameter=0", "jeans_parameter=2"]
    assert done.output.count("failed: out of luck") == 2


def test_the_list_numbers_the_points_and_runs_nothing(case: Path, solver: list[Any]) -> None:
    done = sweep(case, *OVER, "--list")
    assert done.exit_code == 0
    lines = [line.split() for line in done.output.splitlines()]
    assert ["1", "jeans_parameter=0", "not", "run"] in lines
    assert ["2", "jeans_parameter=2", "not", "run"] in lines
    assert solver == []
    assert not (case / "output").exists()


def test_a_job_array_runs_the_point_of_its_task(case: Path, solver: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLURM_ARRAY_TASK_ID", "PBS_ARRAY_INDEX", "PBS_ARRAYID", "SGE_TASK_ID"):
        monkeypatch.delenv(name, raising=False)
    missing = sweep(case, *OVER, "--array")
    assert missing.exit_code == 2
    assert "none of SLURM_ARRAY_TASK_ID" in missing.stderr
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "2")
    assert sweep(case, *OVER, "--array").exit_code == 3
    assert solver == ["jeans_parameter=2"]
    assert not list((case / "output").glob("*/sweep.csv"))
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    assert "points 1 to 2" in sweep(case, *OVER, "--array").stderr


def test_collect_makes_the_table_of_what_has_run(case: Path, solver: list[Any]) -> None:
    sweep(case, *OVER, "--point", "1")
    done = sweep(case, *OVER, "--collect")
    assert done.exit_code == 4, done.output
    assert solver == ["jeans_parameter=0"]
    text = next((case / "output").glob("*/sweep.csv")).read_text(encoding="utf-8")
    assert "jeans_parameter=0,0,failed" in text
    assert "jeans_parameter=2,2,not run" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--quick", "--full"], "give one of --quick"),
        (["--subset", "quickk"], "did you mean 'quick'"),
        (["--quick", *OVER], "leave out --over"),
        ([*OVER, "--wall-time", "3"], "--wall-time 3"),
        ([*OVER, "--wall-time", "0 s"], "must be > 0 s"),
        ([*OVER, "--point", "1", "--array"], "give one of --point"),
        ([*OVER, "--collect", "--overwrite"], "leave it out"),
        ([*OVER, "--name", "a/b"], "--name a/b"),
        (["--set", "body.jeans_parameter=3"], "is swept by sweep.toml"),
    ],
)
def test_options_that_make_no_sense_are_refused(case: Path, solver: list[Any], words: list[str], told: str) -> None:
    done = sweep(case, *words)
    assert done.exit_code == 2, done.output
    assert told in done.stderr
    assert solver == []


def test_the_shipped_subsets_cover_what_the_case_promises(case: Path) -> None:
    """lambda0 0 to 15 at three Knudsen numbers, 1 to 8 for the diatomic gas; every expectation has its point."""
    from exobase.sweep import plan_sweep
    from exobase.sweep.collect import Options

    whole, quick = plan_sweep(case, Options()), plan_sweep(case, Options(subset="quick"))
    found = {(p.block, *p.values.values()) for p in whole.grid.points}
    assert {("monatomic", k, kn) for k in range(16) for kn in (0.1, 0.01, 0.003)} <= found
    assert {("diatomic", k, kn) for k in range(1, 9) for kn in (0.1, 0.01, 0.003)} <= found
    assert {(p.block, *p.values.values()) for p in quick.grid.points} < found
    rotating = [c.species[0].species.zeta_rot for c in whole.cases if "diatomic" in c.name]
    assert set(rotating) == {2.0}
    expected = {(e.block, *e.point.values()) for e in whole.expect}
    assert expected <= {(p.block, *p.values.values()) for p in quick.grid.points}
