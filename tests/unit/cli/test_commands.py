"""The commands: what they print, what they write, and their exit codes. The solver is replaced by stand-ins."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from exobase.cli import app
from exobase.errors import InputError, RunError
from exobase.parallel import SerialComm

CASES = Path(__file__).resolve().parents[3] / "cases"
invoke = CliRunner().invoke


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Replaces run_case; returns what it was called with, and {"does": value or error} says what it does."""
    seen: dict[str, Any] = {"does": 0}

    def run_case(case: Any, comm: Any, case_dir: Path, **options: Any) -> int:
        seen.update(case=case, case_dir=case_dir, **options)
        if isinstance(seen["does"], Exception):
            raise seen["does"]
        return int(seen["does"])

    monkeypatch.setattr("exobase.driver.run_case", run_case)
    monkeypatch.setattr("exobase.parallel.world", SerialComm)
    return seen


def test_new_copies_a_case_without_its_output(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in ("inputs", "output"):
        (source / name).mkdir(parents=True)
        (source / name / "file").write_text(name, encoding="utf-8")
    (source / "case.toml").write_text("title = 'x'", encoding="utf-8")
    target = tmp_path / "deeper" / "mine"
    done = invoke(app, ["new", str(target), "--from", str(source)])
    assert done.exit_code == 0, done.output
    assert sorted(p.name for p in target.iterdir()) == ["case.toml", "inputs"]
    assert (target / "inputs" / "file").read_text(encoding="utf-8") == "inputs"
    again = invoke(app, ["new", str(target), "--from", str(source)])
    assert again.exit_code == 2
    assert "exists" in again.stderr


def test_new_needs_a_case(tmp_path: Path) -> None:
    done = invoke(app, ["new", str(tmp_path / "x"), "--from", str(tmp_path / "nothing")])
    assert done.exit_code == 2
    assert "no case here" in done.stderr


def test_check_prints_case_derived_numbers_plan_and_warnings() -> None:
    done = invoke(app, ["check", str(CASES / "jeans_10"), "--set", "run.particles_per_cell=5"])
    assert done.exit_code == 0, done.output
    for text in (
        "hard_sphere",
        "Jeans parameter",
        "1.433 inner radii",
        "Kn = l/H",
        "Kn = l/R0",
        "averaging begins at step",
        "flux_over_jeans.HS within",
    ):
        assert text in done.stdout
    assert re.search(r"cells +105 +\n +particles +788 ", done.stdout)
    assert "run.particles_per_cell = 5 times species.0.particles_factor = 1: 5 particles of HS per cell" in done.stderr


def test_a_case_beyond_the_machine_ends_with_2_and_leaves_earlier_output_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tmp_path / "jeans_6"
    assert invoke(app, ["new", str(case), "--from", str(CASES / "jeans_6")]).exit_code == 0
    (case / "output").mkdir()
    (case / "output" / "summary.json").write_text("{}", encoding="utf-8")
    huge = ["--set", "run.particles_per_cell=1e12"]
    monkeypatch.setattr("exobase.parallel.world", SerialComm)
    for command in (["check", str(case), *huge], ["run", str(case), "--overwrite", *huge]):
        done = invoke(app, command)
        assert done.exit_code == 2
        assert "with 1e+12 particles each (run.particles_per_cell = 1e+12) need" in done.stderr
    assert (case / "output" / "summary.json").read_text(encoding="utf-8") == "{}"


def test_bad_input_ends_with_2_and_lists_everything_without_a_traceback() -> None:
    bad = ["--set", "run.seed=-1", "--set", "solver=x", "--set", "initial=barometric"]
    done = invoke(app, ["check", str(CASES / "earth_hydrogen"), *bad])
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 3
    assert all(line.startswith("exobase: ") and "case.toml: " in line for line in done.stderr.splitlines())
    assert "Traceback" not in done.output


def test_run_hands_the_case_to_the_driver_and_returns_its_code(driver: dict[str, Any]) -> None:
    driver["does"] = 1
    case = str(CASES / "earth_hydrogen")
    done = invoke(app, ["run", case, "--set", "run.seed=9", "--set", "run.max_steps=40", "--overwrite", "--quiet"])
    assert done.exit_code == 1
    assert (driver["case"].run.seed, driver["case"].run.max_steps) == (9, 40)
    assert driver["case"].overrides == ("run.seed=9", "run.max_steps=40")
    assert (driver["overwrite"], driver["resume"], driver["progress"]) == (True, False, None)
    assert driver["case_dir"] == CASES / "earth_hydrogen"


def test_run_prints_the_summary_unless_quiet(driver: dict[str, Any], tmp_path: Path) -> None:
    invoke(app, ["new", str(tmp_path / "c"), "--from", str(CASES / "earth_hydrogen")])
    (tmp_path / "c" / "output").mkdir()
    (tmp_path / "c" / "output" / "summary.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    done = invoke(app, ["run", str(tmp_path / "c")])
    assert done.exit_code == 0, done.output
    assert driver["progress"] is not None
    for text in ("converged", "8.13e+11 +- 3e+09", "escape_flux.H", "FAILED", "0 of 1 checks passed", "1 h 01 min"):
        assert text in done.stdout


def test_resume_asks_the_driver_to_resume(driver: dict[str, Any]) -> None:
    driver["does"] = 4
    done = invoke(app, ["resume", str(CASES / "jeans_6"), "--quiet"])
    assert done.exit_code == 4
    assert (driver["resume"], driver["overwrite"]) == (True, False)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError(["output exists", "second"]), 2, "exobase: second"),
        (RunError("disk full"), 3, "exobase: disk full"),
        (ZeroDivisionError("division by zero"), 3, "internal error: ZeroDivisionError: division by zero"),
    ],
)
def test_errors_of_a_run_become_exit_codes(driver: dict[str, Any], error: Exception, code: int, said: str) -> None:
    driver["does"] = error
    done = invoke(app, ["run", str(CASES / "earth_hydrogen"), "--quiet"])
    assert done.exit_code == code
    assert said in done.stderr
    assert ("Traceback" in done.stderr) == isinstance(error, ZeroDivisionError)


@pytest.mark.usefixtures("driver")
def test_run_of_a_bad_case_ends_with_2() -> None:
    done = invoke(app, ["run", str(CASES / "earth_hydrogen"), "--set", "run.seeed=1"])
    assert done.exit_code == 2
    assert "did you mean 'seed'" in done.stderr


def test_a_failing_rank_ends_all_ranks(driver: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    comm = SimpleNamespace(
        rank=1, size=3, bcast=lambda x: next(told), abort=codes.append, all_fail=lambda what, seconds: None
    )
    from exobase.case import load_case

    # No case of stages; the case.
    told = iter([(None, ()), (load_case(CASES / "earth_hydrogen").to_dict(), ())])
    monkeypatch.setattr("exobase.parallel.world", lambda: comm)
    driver["does"] = RunError("lost a particle")
    done = invoke(app, ["run", "nowhere"])
    assert codes == [3]
    assert "lost a particle (rank 1 of 3)" in done.stderr


def test_only_rank_0_reports_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    comm = SimpleNamespace(
        rank=1, size=2, bcast=lambda x: (None, ("bad seed",)), abort=pytest.fail, all_fail=lambda what, _: [what]
    )
    monkeypatch.setattr("exobase.parallel.world", lambda: comm)
    done = invoke(app, ["run", "nowhere"])
    assert (done.exit_code, done.output) == (2, "")


@pytest.mark.parametrize("command", ["info", "plot", "report", "export"])
def test_commands_on_results_need_one(command: str, tmp_path: Path) -> None:
    done = invoke(app, [command, str(tmp_path)])
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("exobase: ")


def test_schema_is_json() -> None:
    done = invoke(app, ["schema"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["title"] == "exobase case file"


def test_the_help_starts_without_the_heavy_packages() -> None:
    script = (
        "import sys; import exobase.cli; "
        "heavy = {'numba', 'matplotlib', 'astropy', 'scipy', 'h5py', 'mpi4py', 'xarray', 'numpy'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


SUMMARY = {
    "schema_version": 1,
    "case": "earth_hydrogen",
    "status": "converged",
    "ranks": 2,
    "steps": 400,
    "wall_s": 3661.0,
    "particles": 50_000,
    "warnings": [],
    "escape": {
        "H": {
            "rate_per_s": 4.8e26,
            "rate_stderr": 1e24,
            "flux_per_m2_s": 8.13e11,
            "flux_stderr": 3e9,
            "at_radius_m": 6.871e6,
        }
    },
    "exobase": {"H": None},
    "checks": [
        {
            "name": "escape_flux.H",
            "value": 8.13e11,
            "stderr": 3e9,
            "reference": 8.12e11,
            "tolerance": "1.5 %, 3 sigma",
            "passed": False,
        }
    ],
}


@pytest.mark.parametrize("name", ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"])
def test_of_ranks_the_first_alone_prints(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "0")
    first = invoke(app, ["check", str(CASES / "earth_hydrogen")])
    assert first.exit_code == 0
    assert "H" in first.stdout
    monkeypatch.setenv(name, "1")
    second = invoke(app, ["check", str(CASES / "earth_hydrogen")])
    assert (second.exit_code, second.output) == (0, "")
