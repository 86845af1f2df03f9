"""exobase validate: what it prints and writes, and its exit codes. The campaign is replaced by a stand-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exobase.cli import app
from exobase.errors import InputError
from exobase_verify import campaign
from exobase_verify.campaign import Choice, Result, Validation
from exobase_verify.row import Curve, Row, not_available
from exobase_verify.tasks import Task

invoke = CliRunner().invoke
CURVE = Curve.of("Relaxation", ("time (s)", "T (K)"), [0.0, 1.0], [300.0, 310.0], [1.0, 1.0], [300.0, 309.0])
GOOD = Row("decay rate", 2.001, 0.002, 2.0, "1 %", True, "s-1", "theory", curves=(CURVE,), allowed=0.02)
BAD = Row("escape_flux.H", 3.0, 0.1, 2.0, "2 %", False, "m-2 s-1", "jeans", detail="r = 3800 km", allowed=0.04)


class Stand:
    """Stands in for campaign.validate: keeps the plan it gets and returns results made of ``rows``."""

    def __init__(self) -> None:
        self.rows: tuple[Row, ...] = (GOOD,)
        self.missing: tuple[Row, ...] = ()
        self.waiting: tuple[str, ...] = ()
        self.error: Exception | None = None
        self.plan: Choice | None = None

    def __call__(self, plan: Choice, say: Callable[[str], None]) -> Validation:
        self.plan = plan
        if self.error:
            raise self.error
        tasks = (Task("bkw", "rows", 1), Task("mars <hydrogen>", "case", 2))
        results = tuple(Result(task, self.rows, 12.5, reused=k == 1) for k, task in enumerate(tasks))
        return Validation(plan, results, self.missing, 30.0, self.waiting, {"commit": "abc", "processor": "P & Q"})


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stand:
    made = Stand()
    monkeypatch.setattr(campaign, "validate", made)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases").mkdir()
    (tmp_path / "docs").mkdir()
    return made


def run(*words: str) -> Any:
    return invoke(app, ["validate", "--cases", "cases", *words])


def test_all_passed_ends_with_0_and_writes_both_pages(stand: Stand, tmp_path: Path) -> None:
    done = run()
    assert done.exit_code == 0, done.output
    for text in (
        "decay rate",
        "2.001 +- 0.002 s-1",
        "1 %",
        "+0.50",
        "passed",
        "12.5",
        "time by task",
        "finished before",
    ):
        assert text in done.stdout
    assert "2 of 2 tests passed" in done.stdout
    page = (tmp_path / "validation" / "validation.html").read_text(encoding="utf-8")
    document = (tmp_path / "docs" / "validation.md").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 3
    assert 'href="#case-mars &lt;hydrogen&gt;"' in page
    assert 'id="case-mars &lt;hydrogen&gt;"' in page
    assert "P &amp; Q" in page
    assert "| decay rate | 2.001 +- 0.002 s-1 | 2 | 1 % | +0.50 | passed | 12.5 |" in document
    for name in ("deviations", "curves", "times"):
        assert f"figures/validation_{name}.png" in document
        assert (tmp_path / "docs" / "figures" / f"validation_{name}.png").is_file()


def test_a_failed_row_ends_with_1_and_is_told_with_its_place(stand: Stand, tmp_path: Path) -> None:
    stand.rows = (GOOD, BAD)
    done = run()
    assert done.exit_code == 1
    assert "FAILED: escape_flux.H: r = 3800 km" in done.stdout
    assert "2 of 4 tests passed" in done.stdout
    assert '<span class="fail">FAILED</span>' in (tmp_path / "validation" / "validation.html").read_text(
        encoding="utf-8"
    )
    assert "**FAILED**" in (tmp_path / "docs" / "validation.md").read_text(encoding="utf-8")


def test_a_row_that_is_not_available_ends_with_1(stand: Stand, tmp_path: Path) -> None:
    stand.missing = (not_available("viscosity of argon"),)
    done = run()
    assert done.exit_code == 1
    assert "not available: viscosity of argon" in done.stdout
    for path in ("validation/validation.html", "docs/validation.md"):
        text = (tmp_path / path).read_text(encoding="utf-8")
        assert "viscosity of argon" in text
        assert "ot available" in text


def test_an_interrupted_validation_ends_with_4_and_writes_no_page(stand: Stand, tmp_path: Path) -> None:
    stand.waiting = ("jeans_6", "jeans_10")
    done = run()
    assert done.exit_code == 4
    assert "stopped before jeans_6, jeans_10: run the same command again to continue" in done.stdout
    assert not (tmp_path / "validation").exists()
    assert not (tmp_path / "docs" / "validation.md").exists()


def test_chosen_tasks_leave_the_documentation_alone(stand: Stand, tmp_path: Path) -> None:
    assert run("bkw", "--full", "-n", "3", "--fresh").exit_code == 0
    assert stand.plan is not None
    assert (stand.plan.only, stand.plan.size, stand.plan.cores, stand.plan.fresh) == (("bkw",), "full", 3, True)
    assert (tmp_path / "validation" / "validation.html").is_file()
    assert not (tmp_path / "docs" / "validation.md").exists()


def test_bad_input_ends_with_2(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.error = InputError("there is no task 'x'")
    done = run()
    assert done.exit_code == 2
    assert done.stderr == "exobase: there is no task 'x'\n"
    monkeypatch.setenv("PMI_SIZE", "2")
    done = run()
    assert done.exit_code == 2
    assert "without mpirun" in done.stderr


def test_the_quick_size_and_all_cores_are_the_default(stand: Stand, tmp_path: Path) -> None:
    run("--output", "elsewhere")
    assert stand.plan is not None
    assert stand.plan == replace(
        stand.plan, size="quick", output=tmp_path / "elsewhere", cases=tmp_path / "cases", only=(), fresh=False
    )
    assert stand.plan.cores == campaign.available_cores()
