"""A case of stages from the first run to the report: what is run, continued, kept, refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from exobase.case import load_case, load_stage, load_staged_case
from exobase.cli import app
from exobase.driver.lock import acquire
from exobase.driver.stages import plan_stage, run_stages, stage_key
from exobase.errors import InputError
from exobase.io import read_result, read_summary
from exobase.io.checkpoint import SCHEMA_VERSION, SchemaError
from exobase.parallel import SerialComm
from exobase.report import make_figures, write_report
from exobase.summary.budget import read_budget
from small_stages import PICKUP, write_stages

invoke = CliRunner().invoke


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small case after its first run."""
    folder = write_stages(tmp_path_factory.mktemp("ran") / "two")
    assert run_stages(load_staged_case(folder), SerialComm()) == 0
    return folder


@pytest.fixture
def done(ran: Path, tmp_path: Path) -> Path:
    """A copy of it, for a test to change."""
    return Path(shutil.copytree(ran, tmp_path / "two"))


def plans(folder: Path, *overrides: str) -> dict[str, tuple[str, str]]:
    case = load_staged_case(folder, list(overrides))
    found = {stage.name: plan_stage(case, stage.name) for stage in case.stages}
    return {name: (plan.action, plan.reason) for name, plan in found.items()}


def test_the_second_stage_reads_the_first_one_s_corona(ran: Path) -> None:
    corona = read_result(ran / "output" / "stages" / "corona")
    taken = load_stage(load_staged_case(ran), "pickup").background
    assert taken is not None
    r, density = corona["grid/r"], corona["profile/density"][0]
    inner = (r > 4e6) & (r < 1e7) & (density > 0.0)
    assert inner.sum() > 10
    assert np.interp(r[inner], taken.r, taken.density[0]) == pytest.approx(density[inner], rel=0.02)


def test_summary_budget_and_stamps(ran: Path) -> None:
    summary = read_summary(ran)
    assert summary["solver"] == "stages"
    assert summary["status"] == "converged"
    assert {name: stage["done"] for name, stage in summary["stages"].items()} == {"corona": "run", "pickup": "run"}
    assert summary["stages"]["pickup"]["reads"] == ["corona"]
    assert [check["passed"] for check in summary["checks"]] == [True]
    budget = read_budget(ran / "output")
    assert [(row.species, row.process, row.stage) for row in budget.rows] == [
        ("O", "photochemical", "corona"), ("O+", "pickup", "pickup"),
    ]  # fmt: skip
    ions = read_summary(ran / "output" / "stages" / "pickup")["escape"]["O+"]
    assert budget.rows[1].rate == ions["rate_per_s"]
    assert budget.rows[1].stderr == ions["rate_stderr"]
    assert budget.rows[1].published[0].reference == "somebody"
    assert "no electron impact" in budget.rows[1].choices
    attrs = read_result(ran / "output" / "stages" / "pickup").attrs
    assert (attrs["stage_parent"], attrs["stage"]) == ("two", "pickup")
    assert attrs["stage_key"] == stage_key(load_stage(load_staged_case(ran), "pickup"))


def test_a_second_run_keeps_everything(done: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in (done / "output" / "stages").rglob("*") if p.is_file()}
    assert plans(done) == {"corona": ("keep", "unchanged"), "pickup": ("keep", "unchanged")}
    assert run_stages(load_staged_case(done), SerialComm()) == 0
    assert {p: p.stat().st_mtime_ns for p in (done / "output" / "stages").rglob("*") if p.is_file()} == before
    assert {s["done"] for s in read_summary(done)["stages"].values()} == {"keep"}


def test_only_what_changed_runs_again(done: Path) -> None:
    assert plans(done, "pickup.run.seed=9") == {
        "corona": ("keep", "unchanged"),
        "pickup": ("run", "its inputs changed (run.seed): runs again, in place of its earlier result"),
    }
    told: list[str] = []
    assert run_stages(load_staged_case(done, ["corona.run.seed=9"]), SerialComm(), say=told.append) == 0
    # The new corona has other densities, so the stage that reads it runs too.
    assert [line.partition(": ")[0] for line in told] == ["stage 1 of 2, corona", "stage 2 of 2, pickup"]
    assert "its inputs changed (run.seed): runs again" in told[0]
    assert "its inputs changed (" in told[1]


def test_texts_are_no_inputs(done: Path) -> None:
    file = done / "pickup" / "case.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("Ions from its corona", "Other words"), encoding="utf-8")
    assert plans(done)["pickup"] == ("keep", "unchanged")


def test_a_moved_case_keeps_its_results(done: Path, tmp_path: Path) -> None:
    moved = Path(shutil.move(done, tmp_path / "far away" / "two"))
    assert set(plans(moved).values()) == {("keep", "unchanged")}


def test_info_of_a_case_whose_budget_is_not_there_yet_says_what_is(done: Path) -> None:
    (done / "output" / "summary.json").unlink()
    with pytest.raises(InputError, match=r"no budget yet; stages with results: corona, pickup\..*'exobase resume'"):
        read_summary(done)


def test_a_stage_that_was_stopped_goes_on(done: Path) -> None:
    more = "pickup.run.max_batches=8", "pickup.run.target_error=1e-6"
    case = load_staged_case(done, list(more))
    assert run_stages(case, SerialComm()) == 0
    whole = read_result(done / "output" / "stages" / "pickup").attrs["state_digest"]
    # What a kill after the last checkpoint leaves: the record, a checkpoint, no result.
    for name in ("result.h5", "summary.json"):
        (done / "output" / "stages" / "pickup" / name).unlink()
    assert plans(done, *more)["pickup"] == ("continue", "was stopped")
    assert run_stages(case, SerialComm()) == 0
    assert read_result(done / "output" / "stages" / "pickup").attrs["state_digest"] == whole
    assert read_summary(done)["stages"]["pickup"]["done"] == "continue"


def test_a_result_that_is_older_than_its_record_is_made_anew(done: Path) -> None:
    """A kill between the record of new inputs and the removal of the old result."""
    changed = ["pickup.run.max_batches=3", "pickup.run.min_batches=2"]
    key = stage_key(load_stage(load_staged_case(done, changed), "pickup"))
    record = done / "output" / "stages" / "pickup.json"
    record.write_text(json.dumps({"key": key, "stage": "pickup"}))
    assert plans(done, *changed)["pickup"] == ("run", "its result is older than its record")


def test_a_foreign_result_is_not_overwritten(done: Path) -> None:
    shutil.rmtree(done / "output" / "stages" / "pickup")
    shutil.copytree(done / "output" / "stages" / "corona", done / "output" / "stages" / "pickup")
    with pytest.raises(InputError, match=r"holds the result of stage corona of two: move it, or run again with --over"):
        run_stages(load_staged_case(done), SerialComm())
    assert run_stages(load_staged_case(done), SerialComm(), overwrite=True) == 0


def test_a_stage_alone_refuses_a_result_of_other_inputs(done: Path) -> None:
    assert load_case(done / "pickup").solver == "test_particle"
    record = done / "output" / "stages" / "corona.json"
    record.write_text(json.dumps({"key": "other", "stage": "corona"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"made from other inputs than its record says: run .* with --overwrite"):
        load_case(done / "pickup")


def test_a_missing_species_of_the_budget_is_named(done: Path) -> None:
    file = done / "case.toml"
    file.write_text(file.read_text().replace("choices = [", 'budget = ["He+"]\nchoices = ['), encoding="utf-8")
    with pytest.raises(InputError, match=r"stage pickup: budget names He\+, which its case does not have; it has O\+"):
        run_stages(load_staged_case(done), SerialComm())


def test_a_damaged_result_of_an_earlier_stage_is_named(done: Path) -> None:
    file = done / "output" / "stages" / "corona" / "result.h5"
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(InputError, match=r"corona.*result.h5: cannot be read as a result file \(damaged"):
        run_stages(load_staged_case(done), SerialComm())


def test_a_failed_check_of_the_budget_gives_code_1(done: Path) -> None:
    assert run_stages(load_staged_case(done, ['check.0.accept=["1 s-1", "2 s-1"]']), SerialComm()) == 1
    (check,) = read_summary(done)["checks"]
    assert not check["passed"]


def said(*words: str | Path, code: int = 0) -> str:
    result = invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def serial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exobase.parallel.world", SerialComm)


def test_commands_on_a_case_of_stages(done: Path, serial: Any) -> None:
    output = said("check", done)
    assert "unchanged" in output
    assert "no warnings" in output
    output = said("run", done)
    assert "loss budget" in output
    assert "photochemical" in output
    assert "1 of 1 checks passed" in output
    page = (done / "output" / "report.html").read_text(encoding="utf-8")
    assert all(words in page for words in ("stages/corona/report.html", "somebody", "no electron impact", "data:image"))
    stage_page = done / "output" / "stages" / "corona" / "report.html"
    before = stage_page.stat().st_mtime_ns
    write_report(done)
    assert stage_page.stat().st_mtime_ns == before, "made once"
    output = said("info", done)
    assert "loss budget" in output
    assert read_summary(done)["stages"]["corona"]["state_digest"][:16] in output
    assert "photochemical" not in said("info", done / "output" / "stages" / "pickup")
    assert said("export", done).startswith("species,process,stage,rate [s-1]")
    assert "budget" in said("plot", done, "density", code=2)
    assert "unchanged" in said("resume", done)


def test_the_budget_is_a_figure(done: Path) -> None:
    (figure,) = make_figures(done)
    assert figure.name == "budget.png"
    assert figure.stat().st_size > 10_000


def test_a_stage_is_not_thrown_away_because_its_checkpoint_is_of_another_schema(
    done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused with the remedy, as a run by itself is; asked to, it begins anew."""
    for name in ("result.h5", "summary.json"):
        (done / "output" / "stages" / "corona" / name).unlink()
    monkeypatch.setattr("exobase.io.checkpoint.SCHEMA_VERSION", SCHEMA_VERSION + 1)
    case = load_staged_case(done)
    with pytest.raises(SchemaError, match="begin anew with --overwrite"):
        plan_stage(case, "corona")
    assert plan_stage(case, "corona", overwrite=True).action == "run"


def test_check_tells_what_is_wrong_with_a_stage(done: Path) -> None:
    (done / "output" / "stages" / "corona" / "result.h5").unlink()
    output = said("check", done)
    assert "run after corona" in output
    assert "continue: was stopped" in output
    file = done / "pickup" / "case.toml"
    file.write_text(PICKUP.replace('["photoionisation"]', '["foto"]'), encoding="utf-8")
    assert "foto" in said("check", done, code=2)


def test_resume_takes_over_the_overrides_and_another_folder_is_a_run_of_its_own(
    done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stages that an override changed are not made again with other inputs because resume does not repeat it."""
    written: list[Path] = []
    assert invoke(app, ["run", str(done), "--quiet", "--set", "pickup.run.seed=5"]).exit_code == 0
    result = done / "output" / "stages" / "pickup" / "result.h5"
    before = result.stat().st_mtime_ns
    assert invoke(app, ["resume", str(done), "--quiet"]).exit_code == 0
    assert result.stat().st_mtime_ns == before
    other = tmp_path / "other"
    monkeypatch.setattr("exobase.report.write_report", written.append)
    told = invoke(app, ["run", str(done), "--output", str(other), "--set", "pickup.run.seed=6"])
    assert told.exit_code == 0, told.output
    assert result.stat().st_mtime_ns == before
    assert read_summary(other)["status"] == "converged"
    assert written == [other]
    assert (other / "stages" / "pickup" / "result.h5").is_file()


def test_a_refused_run_of_stages_changes_nothing(done: Path, tmp_path: Path) -> None:
    """While another run works there, in a folder of an ordinary run, and with the stages of another case."""
    output = done / "output"
    run = ["run", str(done), "--quiet", "--set", "pickup.run.seed=9"]
    files = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    lock, _ = acquire(output)
    refused = invoke(app, run)
    lock.release()
    assert refused.exit_code == 2
    assert "in use by" in refused.output
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == files
    other = write_stages(tmp_path / "other")
    refused = invoke(app, ["run", str(other), "--quiet", "--output", str(output)])
    assert refused.exit_code == 2
    assert "holds the result of stage corona of two" in refused.output
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == files
    (tmp_path / "ordinary").mkdir()
    shutil.copy(output / "stages" / "pickup" / "result.h5", tmp_path / "ordinary")
    refused = invoke(app, ["run", str(done), "--quiet", "--output", str(tmp_path / "ordinary")])
    assert refused.exit_code == 2
    assert "holds the run of another case" in refused.output
    assert [path.name for path in (tmp_path / "ordinary").iterdir()] == ["result.h5"]


def test_check_reads_the_files_of_a_stage_that_waits_for_another(tmp_path: Path) -> None:
    """Its gas comes from a stage that has not run; a table of its own is read all the same."""
    own = '[[background.gas]]\nname = "H"\nlaw = "table"\ntemperature = "300 K"\ntable = "own.csv"\n\n[field]'
    case = write_stages(tmp_path / "two", pickup=PICKUP.replace("[field]", own))
    assert "own.csv" in said("check", case, code=2)
    (case / "pickup" / "own.csv").write_text("altitude [km], H [cm-3]\n200, 1e3\n300, oops\n", encoding="utf-8")
    told = said("check", case, code=2)
    assert "own.csv: line 3" in told
    (case / "pickup" / "own.csv").write_text(
        "altitude [km], H [cm-3]\n100, 2e3\n200, 1e3\n9000, 1e2\n", encoding="utf-8"
    )
    assert "run after corona" in said("check", case)
