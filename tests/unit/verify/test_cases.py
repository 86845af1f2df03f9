"""Rows of shipped cases: their own checks, with the unit of the solver's quantity, whatever the solver."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exobase.case import HistoryCase, load_case, load_staged_case
from exobase_verify.cases import rows_of_summary

CASES = Path(__file__).resolve().parents[3] / "cases"


def entry(name: str, **more: Any) -> dict[str, Any]:
    """A check as it stands in a summary."""
    return {
        "name": name,
        "value": 1.0,
        "stderr": 0.1,
        "reference": 1.0,
        "tolerance": "",
        "passed": True,
        "detail": "",
    } | more


def test_checks_of_a_test_particle_case_become_rows() -> None:
    case = load_case(CASES / "earth_h_in_o")
    assert isinstance(case, HistoryCase)
    summary = {"status": "converged", "checks": [entry("flux_over_jeans.H", value=0.76), entry("energy_mean.H")]}
    ratio, energy = rows_of_summary("earth_h_in_o", summary, case)
    assert (ratio.value, ratio.unit, ratio.reference_error) == (0.76, "1", pytest.approx(0.011))
    assert ratio.allowed == pytest.approx(0.08)
    assert energy.unit == "J"


def test_numbers_of_a_budget_have_their_own_units() -> None:
    names = ("budget.H+.pickup / budget.H+.pickup, no magnetosphere", "budget.H+.pickup", "budget.mass")
    summary = {"status": "converged", "checks": [entry(name) for name in names]}
    rows = rows_of_summary("magnetopause", summary, load_staged_case(CASES / "magnetopause"))
    assert [row.unit for row in rows] == ["1", "s-1", "kg s-1"]


@pytest.mark.parametrize("name", ["earth_h_in_o", "jeans_6"])
def test_a_run_that_did_not_reach_its_target_fails(name: str) -> None:
    summary = {"status": "reached_limit", "checks": [entry("ledger")]}
    rows = rows_of_summary(name, summary, load_case(CASES / name))
    assert [row.passed for row in rows] == [True, False]
    assert "reached_limit" in rows[-1].detail


@pytest.mark.parametrize(("rate", "rows"), [(0.0, 1), (1e23, 2)])
def test_a_run_without_escapers_had_no_target_to_reach(rate: float, rows: int) -> None:
    case = load_case(CASES / "venus_hot_oxygen")
    escape = {"O": {"rate_per_s": rate, "rate_stderr": None, "rate_upper_limit_95": 4e23}}
    summary = {"status": "reached_limit", "escape": escape, "checks": [entry("ledger")]}
    assert len(rows_of_summary("venus_hot_oxygen", summary, case)) == rows
