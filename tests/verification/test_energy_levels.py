"""Tracers of the fast tail change errors, not results: the escape flux with them is that without."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from exobase.case import load_case
from exobase.driver import run_case
from exobase.parallel import SerialComm

JEANS_6 = Path(__file__).resolve().parents[2] / "cases" / "jeans_6"


def escape(folder: Path, changes: dict[str, Any]) -> tuple[float, float, int]:
    """Escape rate [s-1], its error, and the number of energy levels."""
    case = load_case(JEANS_6, changes)
    run_case(dataclasses.replace(case, checks=()), SerialComm(), folder)
    summary = json.loads((folder / "output" / "summary.json").read_text())
    assert summary["status"] == "converged"
    rate = summary["escape"]["HS"]
    return rate["rate_per_s"], rate["rate_stderr"], case.levels[0].number


@pytest.mark.slow
def test_the_flux_at_lambda_6_is_the_same_with_and_without_energy_levels(tmp_path: Path) -> None:
    """1 % each, within 2 errors of the difference."""
    plain = escape(tmp_path / "plain", {"weights.energy_levels": 1})
    split = escape(tmp_path / "split", {"weights.energy_levels": 6, "run.seed": 2})
    assert (plain[2], split[2]) == (1, 6)
    assert max(plain[1] / plain[0], split[1] / split[0]) <= 0.0101
    assert abs(split[0] - plain[0]) < 2.0 * (plain[1] ** 2 + split[1] ** 2) ** 0.5


def test_the_flux_of_a_thin_gas_is_the_same_with_and_without_energy_levels(tmp_path: Path) -> None:
    """The same at Kn0 = 0.1 to 2 %, within 3 errors."""
    thin = {"species.0.knudsen_number": 0.1, "run.target_error": "2 %", "run.particles_per_cell": 120}
    plain = escape(tmp_path / "plain", {**thin, "weights.energy_levels": 1})
    split = escape(tmp_path / "split", {**thin, "weights.energy_levels": 6, "run.seed": 2})
    assert abs(split[0] - plain[0]) < 3.0 * (plain[1] ** 2 + split[1] ** 2) ** 0.5
