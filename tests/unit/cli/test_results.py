"""What is printed of a run's regime and fractionation."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from exobase.cli.results import show_summary
from exobase.io.results import write_summary

NUMBERS = {
    "sentence": "transitional: D, at R0 lambda = 4.",
    "warnings": ["do not apply the Jeans formula here: flux/Jeans = 2.57"],
}
PAIR = {
    "species": "D", "over": "H", "factor": 0.0123, "factor_stderr": 0.0004, "jeans_with_separation": 0.0111,
    "drag": None, "factor_exobase": 0.0131, "factor_exobase_stderr": 0.0005, "jeans": 0.0117,
}  # fmt: skip


def test_the_verdict_its_warnings_and_the_factors_with_errors_are_printed(tmp_path: Path) -> None:
    write_summary(tmp_path / "summary.json", {"regime_numbers": NUMBERS, "fractionation": [PAIR]})
    with CliRunner().isolation() as (out, *_):
        show_summary(tmp_path / "summary.json")
        text = out.getvalue().decode()
    for part in (
        "regime: transitional: D, at R0 lambda = 4.",
        "do not apply the Jeans formula here: flux/Jeans = 2.57",
        "D/H",
        "0.0123 +- 0.0004",
        "0.0131 +- 0.0005",
        "0.0111",
    ):
        assert part in text


def test_an_older_summary_without_them_is_still_shown(tmp_path: Path) -> None:
    write_summary(tmp_path / "summary.json", {"case": "old", "status": "converged"})
    with CliRunner().isolation() as (out, *_):
        show_summary(tmp_path / "summary.json")
        text = out.getvalue().decode()
    assert "status: converged" in text
    assert not any(word in text for word in ("regime", "fractionation"))
