"""exobase validate with real runs: finished once, cut and continued, and cases that cannot run or fail."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shipped import EARTH, copy_case

SOURCES = Path(__file__).resolve().parents[2] / "src"
pytestmark = pytest.mark.mpi
# reaches its target error as soon as there are records enough
QUICKLY = {"run.target_error": "0.5", "run.max_steps": "8000", "tally.record_every": "8", "tally.sample_every": "4"}


def small(folder: Path, name: str, **changes: str) -> Path:
    """A case folder made of the small collisionless one with its settings in the file and one check."""
    case = copy_case("earth_hydrogen", folder)
    text = (case / "case.toml").read_text(encoding="utf-8").partition("[[check]]")[0]
    for key, value in {**EARTH, **changes}.items():
        section, _, word = key.partition(".")
        lines = [line for line in text.splitlines() if not line.startswith(f"{word} ")]
        place = lines.index(f"[{section}]") + 1
        text = "\n".join([*lines[:place], f"{word} = {value}", *lines[place:]]) + "\n"
    check = '[[check]]\nquantity = "escape_flux.H"\nreference = "jeans"\ntolerance = { relative = 0.5 }\n'
    (case / "case.toml").write_text(text + check, encoding="utf-8")
    return case.rename(folder / name)


@contextlib.contextmanager
def command(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The command, without MPI, on the cases of a folder; ended where the test fails."""
    launcher = [sys.executable, "-P", "-m", "exobase.cli", "validate", "--cases", str(folder / "cases"), *words]
    job = subprocess.Popen(
        [*launcher, "--output", str(folder / "out"), "--cores", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
    )  # fmt: skip
    try:
        yield job
    finally:
        if job.poll() is None:
            job.terminate()
            job.communicate(timeout=60)


def stored(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "quick" / "rows" / f"{name}.json").read_text())
    return found


@pytest.mark.slow
def test_cases_run_once_and_one_that_is_broken_or_wrong_fails_alone(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    small(cases, "fine", **QUICKLY)
    wrong = small(cases, "wrong", **QUICKLY)
    text = (wrong / "case.toml").read_text(encoding="utf-8")
    (wrong / "case.toml").write_text(text.replace("{ relative = 0.5 }", "{ relative = 1e-9 }"), encoding="utf-8")
    broken = small(cases, "broken", **{"run.seeed": "1"})
    assert broken.is_dir()
    with command(tmp_path, "fine", "wrong", "broken") as job:
        output, _ = job.communicate(timeout=240)
    assert job.returncode == 1, output
    assert "fine: 5 of 5 passed" in output
    assert "FAILED: wrong: escape_flux.H" in output
    assert "did you mean 'seed'" in output
    assert (tmp_path / "out" / "validation.html").is_file()
    with command(tmp_path, "fine", "wrong") as again:
        output, _ = again.communicate(timeout=120)
    assert again.returncode == 1
    assert "2 of 2 tasks are finished already" in output


@pytest.mark.slow
def test_ctrl_c_leaves_a_checkpoint_from_which_the_same_command_goes_on(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    small(cases, "long", **{"run.max_steps": "6000", "run.checkpoint_every": "800", "grid.max_ratio": "0.05"})
    output_folder = tmp_path / "out" / "quick" / "cases" / "long" / "output"
    deadline = time.monotonic() + 200.0
    with command(tmp_path, "long") as job:
        while not list(output_folder.glob("checkpoint-*/manifest.json")):
            assert job.poll() is None, job.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.1)
        job.send_signal(signal.SIGINT)
        output, _ = job.communicate(timeout=120)
    assert job.returncode == 4, output
    assert "stopped before long: run the same command again to continue" in output
    with command(tmp_path, "long") as again:
        output, _ = again.communicate(timeout=240)
    assert again.returncode == 1, output
    assert "resumed at step" in (output_folder / "log.txt").read_text(encoding="utf-8")
    rows = {row["name"]: row for row in stored(tmp_path, "long")["rows"]}
    assert rows["long: ledger"]["passed"]
    assert "reached_limit" in rows["long: target error"]["detail"]
