"""Names of checks and words of their reasons stay whole at any width; an interrupted report keeps the verdict."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from exobase.cli import results, run

DETAIL = "worst at 1336.8 km: cell of 0.52 mean free paths and 0.084 scale heights, step of 0.2 collision times"
CHECKS: list[dict[str, Any]] = [
    {
        "name": "exobase_temperature_over_inner.HS",
        "value": 0.61255,
        "stderr": 0.0021,
        "reference": 0.609,
        "tolerance": {"relative": 0.03, "sigma": 3},
        "passed": True,
        "detail": DETAIL,
    },
    {"name": "stationary", "value": 1.0, "reference": None, "tolerance": "3.5 sigma", "passed": False, "detail": ""},
]


@pytest.mark.parametrize("width", [60, 80, 100, 160, 200])
def test_no_name_and_no_word_is_broken(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    results._checks(CHECKS)
    text = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    words = text.split()
    for check in CHECKS:
        assert check["name"] in words
    assert set(DETAIL.split()) <= set(words) | {word.rstrip(";") for word in words}
    assert "1 of 2 checks passed" in text


def test_an_interrupted_report_says_that_the_run_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: Path) -> Path:
        raise KeyboardInterrupt

    (tmp_path / "summary.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("exobase.cli.results.show_summary", lambda directory: None)
    monkeypatch.setattr("exobase.report.write_report", interrupted)
    run._show(tmp_path, report=True)
    assert f"Make it with: exobase report {tmp_path}" in capsys.readouterr().err
