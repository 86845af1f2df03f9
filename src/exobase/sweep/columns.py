"""What the columns of a sweep are, whatever the solver: parts that both kinds of rows share."""

from __future__ import annotations

from typing import Any

from exobase.judge.outcome import verdict

Row = dict[str, Any]
About = tuple[str, str, str]
"""Name, unit and meaning of a column."""

CHECKS: tuple[About, ...] = (
    ("checks_passed", "1", "checks of the run that passed"),
    ("checks", "1", "checks of the run that could be judged"),
    ("failed_checks", "1", "names of the checks that failed"),
    ("message", "1", "why the point failed"),
)


def checks_of(summary: Row) -> Row:
    """How the checks of a run went."""
    checks = summary.get("checks") or []
    return {
        "checks_passed": sum(verdict(check) == "passed" for check in checks),
        "checks": sum(verdict(check) != "not judged" for check in checks),
        "failed_checks": " ".join(check["name"] for check in checks if not check["passed"]),
    }


def escape_of(summary: Row, name: str) -> Row:
    """Escape rate and flux of a species with their errors; empty where the run does not tell them."""
    escape = summary.get("escape", {}).get(name) or {}
    if not escape:
        return {}
    return {
        "escape_rate": escape["rate_per_s"],
        "escape_rate_stderr": escape["rate_stderr"],
        "escape_flux": escape["flux_per_m2_s"],
        "escape_flux_stderr": escape["flux_stderr"],
    }
