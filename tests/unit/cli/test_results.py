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


HISTORIES = {
    "case": "hot",
    "status": "converged",
    "solver": "test_particle",
    "histories": 40_000,
    "histories_per_s_per_rank": 21_234.5,
    "batches": 40,
    "ranks": 2,
    "wall_s": 12.0,
    "escape": {
        "O": {
            "rate_per_s": 1.4e26,
            "rate_stderr": 2e24,
            "flux_per_m2_s": 3.1e12,
            "flux_stderr": 4e10,
            "at_radius_m": 3.59e6,
            "by_process": {
                "O2+ + e": {"rate_per_s": 1.3e26, "rate_stderr": 1.9e24},
                "O2+ + e, recoils": {"rate_per_s": 1e25, "rate_stderr": 2e23},
                "never": {"rate_per_s": 0.0, "rate_stderr": 0.0},
            },
        }
    },
    "sources": [
        {"name": "O2+ + e", "illumination": "dayside", "area_factor": 0.5, "area_m2": 8.1e13, "events_per_s": 1e27}
    ],
    "background_exobase": {"radius_m": 3.59e6, "altitude_m": 2e5, "cross_section_m2": 2e-19},
    "ledger": {"O": {"born": 40_000, "recoil": 90_123, "escaped": 3000}},
}


def test_a_test_particle_run_states_process_area_and_ledger(tmp_path: Path) -> None:
    write_summary(tmp_path / "summary.json", HISTORIES)
    with CliRunner().isolation() as (out, *_):
        show_summary(tmp_path / "summary.json")
        text = out.getvalue().decode()
    for part in (
        "1.4e+26 +- 2e+24",
        "dayside",
        "8.1e+13",
        "O2+ + e, recoils",
        "1.3e+26 +- 1.9e+24",
        "90123",
        "exobase of the background: altitude 200 km",
        "40000 histories (2.123e+04 per second and rank), 40 batches, 2 rank(s), 12 s",
    ):
        assert part in text, text
    assert "never" not in text
