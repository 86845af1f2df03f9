"""run and resume as jobs use them: overrides are kept, folders of output can be named, an early end says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exobase.cli import app

invoke = CliRunner().invoke
EARTH = Path(__file__).resolve().parents[3] / "cases" / "earth_hydrogen"
SMALL = ("run.particles_per_cell=4", "run.burn_in=100", "run.target_error=0.001 %", "grid.adapt=false")


def words(*settings: str) -> list[str]:
    return [word for setting in settings for word in ("--set", setting)]


def summary(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return data


def test_resume_takes_over_the_overrides_of_the_run(tmp_path: Path) -> None:
    """As a batch script that is queued twice: run --set A, then resume; then resume with one more."""
    out = tmp_path / "out"
    place = [str(EARTH), "--output", str(out), "--quiet"]
    done = invoke(app, ["run", *place, *words(*SMALL, "run.columns=4", "run.max_steps=300")])
    assert done.exit_code in (0, 1), done.output
    again = invoke(app, ["resume", *place])
    assert again.exit_code in (0, 1), again.output
    assert (summary(out)["steps"], summary(out)["seed"]) == (300, 1)
    more = invoke(app, ["resume", *place, *words("run.max_steps=400")])
    assert more.exit_code in (0, 1), more.output
    assert summary(out)["steps"] == 400
    assert not (EARTH / "output" / "run.lock").exists()
    refused = invoke(app, ["resume", *place, *words("run.columns=5")])
    assert refused.exit_code == 2
    assert "run.columns changed since the checkpoint was written" in refused.output
    assert "--output DIR" in refused.output


def test_overwrite_leaves_what_it_has_not_made_and_names_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place = [str(EARTH), "--output", str(out), "--quiet", *words(*SMALL, "run.max_steps=300")]
    assert invoke(app, ["run", *place]).exit_code in (0, 1)
    (out / "notes.txt").write_text("mine")
    (out / "mine").mkdir()
    refused = invoke(app, ["run", *place])
    assert refused.exit_code == 2
    assert "holds an earlier run" in refused.output
    assert invoke(app, ["run", *place, "--overwrite"]).exit_code in (0, 1)
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "mine").is_dir()
    assert f"not made by exobase and left in {out}: mine, notes.txt" in (out / "log.txt").read_text()


@pytest.mark.parametrize("averaged", [True, False])
def test_the_end_of_the_wall_time_is_told_with_what_there_is(tmp_path: Path, averaged: bool) -> None:
    """Exit code 4, why, and the summary and report where anything was averaged."""
    out = tmp_path / "out"
    least = "run.burn_in=20" if averaged else "run.burn_in=900000"
    settings = ("run.particles_per_cell=4", least, "run.target_error=0.001 %", "grid.adapt=false", "run.wall_time=1 s")
    done = invoke(app, ["run", str(EARTH), "--output", str(out), *words(*settings, "run.max_steps=1000000")])
    assert done.exit_code == 4, done.output
    assert "run.wall_time is over" in (out / "log.txt").read_text()
    assert "on request" not in done.output
    assert "run the case first" not in done.output
    if averaged:
        assert "status: stopped" in done.output
        assert "the run ended early: run.wall_time is over" in " ".join(done.output.split())
        assert (out / "report.html").is_file()
    else:
        assert "nothing was averaged yet" in done.output
