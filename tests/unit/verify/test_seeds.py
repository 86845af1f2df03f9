"""Rows of seeds: the shipped cases, judged by coverage, chi2 and the long run; runs are stand-ins."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.case import open_case
from exobase.errors import RunError
from exobase_verify.box import normals
from exobase_verify.jobs import Ended
from exobase_verify.rows import PROVIDERS, SUMMARIES, seeds
from exobase_verify.rows.seeds import CASES, Run, Seeds, judge_runs, together

SHIPPED = Path(__file__).resolve().parents[3] / "cases"
CASE = Seeds("a gas", "", "A", 1001, ("run.target_error=1 %",), 1.0, 0.01)
NAMES = [
    "seeds of a gas: runs within one error of their mean", "seeds of a gas: scatter over error",
    "seeds of a gas: chance of chi2", "seeds of a gas: mean escape flux over evaporation",
]  # fmt: skip


def runs(error: float = 0.03, mean: float = 1.0, set_: int = 0) -> list[Run]:
    """Twenty runs that scatter by 0.03 and state ``error``."""
    values = mean + 0.03 * normals(11, set_, (20,))
    return [Run(k + 1, float(v), error, "converged", 1000, 400, 0, 2.0, ()) for k, v in enumerate(values)]


def verdicts(found: list[Any]) -> list[bool]:
    return [row.passed for row in found]


def test_right_errors_pass() -> None:
    rows = judge_runs(CASE, runs())
    assert [row.name for row in rows] == NAMES
    assert verdicts(rows) == [True] * 4
    assert rows[3].reference_error == 0.01
    assert "20 runs of 1000 to 1000 steps, 40 s" in rows[0].detail


def test_errors_three_times_too_small_or_large_fail() -> None:
    assert verdicts(judge_runs(CASE, runs(error=0.01))) == [False, False, False, True]
    assert not judge_runs(CASE, runs(error=0.09))[0].passed


def test_a_mean_off_the_long_run_fails() -> None:
    """8 % off, with errors of 0.7 and 1 %."""
    assert verdicts(judge_runs(CASE, runs(mean=1.08))) == [True, True, True, False]


def test_runs_that_ended_otherwise_are_named() -> None:
    found = runs()
    found[4] = replace(found[4], status="drifting")
    assert "drifting (seed 5)" in judge_runs(CASE, found)[0].detail


def test_all_runs_are_pooled_from_the_stored_rows() -> None:
    parts = [judge_runs(CASE, runs(set_=k)) for k in range(5)]
    rows = together(parts)
    assert verdicts(rows) == [True] * 3
    assert rows[0].value == sum(part[0].value for part in parts) / 100
    chi2 = [part[1].value ** 2 * 19 for part in parts]
    assert rows[1].value == pytest.approx(np.sqrt(sum(chi2) / 95))
    assert verdicts(together([judge_runs(CASE, runs(error=0.02, set_=k)) for k in range(5)])) == [False] * 3


def test_a_case_that_failed_is_not_pooled() -> None:
    (row,) = together([judge_runs(CASE, runs()), [seeds.broken("b", "disk full")]])
    assert not row.ran


@pytest.mark.parametrize(
    ("name", "shipped", "settings"),
    [
        ("jeans_6", "jeans_6", []),
        ("jeans_10", "jeans_10", []),
        ("jeans_6_dense", "jeans_6", ["species.HS.knudsen_number=0.003"]),
        ("mars", "mars_hydrogen_deuterium", []),
    ],
)
def test_cases_are_the_shipped_ones(name: str, shipped: str, settings: list[str], tmp_path: Path) -> None:
    """All but texts, checks, [tally], and of [run] all but the target species."""
    (tmp_path / "case.toml").write_text(CASES[name].text, encoding="utf-8")
    own, theirs = (open_case(path, s).to_dict() for path, s in ((tmp_path, []), (SHIPPED / shipped, settings)))
    apart = ("path", "toml_text", "overrides", "title", "description", "checks", "name", "tally", "run")
    assert {k: v for k, v in own.items() if k not in apart} == {k: v for k, v in theirs.items() if k not in apart}
    assert own["run"]["target_species"] == theirs["run"]["target_species"]
    assert own["run"]["burn_in"] == theirs["run"]["burn_in"]


def test_every_case_has_a_provider_in_the_summary() -> None:
    (summary,) = (s for s in SUMMARIES if s.name == "seeds")
    assert summary.parts == tuple(f"seeds_{name}" for name in CASES)
    assert set(summary.parts) <= {p.name for p in PROVIDERS if p.full and not p.quick}


class Sweep:
    """Stands in for the command: a summary for each seed but those in ``without``."""

    def __init__(self, arguments: list[Any], log: Path) -> None:
        words = [str(word) for word in arguments]
        self.output, self.code = Path(words[words.index("--output") + 1]), 1
        numbers = words[words.index("--over") + 1].removeprefix("run.seed=").split(",")
        for seed in numbers:
            if int(seed) != 2:
                self.write(int(seed))

    def write(self, seed: int) -> None:
        escape = {"A": {"flux_per_m2_s": 2.0 * seed, "flux_stderr": 0.1}}
        data = {
            "schema_version": 1, "seed": seed, "status": "converged", "steps": 90, "averaged_from_step": 30,
            "dropped_steps": 6, "wall_s": 1.5, "escape": escape, "theory": {"A": {"evaporation_per_m2_s": 4.0}},
            "checks": [{"name": "stationary", "passed": seed != 3}],
        }  # fmt: skip
        path = self.output / f"seed={seed}" / "output" / "summary.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(data), encoding="utf-8")

    def wait(self) -> Ended:
        return Ended(self.code, "last words")


def test_runs_are_read_in_the_order_of_their_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, "exobase", Sweep)
    found = seeds.run_seeds(CASE, [1, 3, 10], "run.target_error=1 %")
    assert [run.seed for run in found] == [1, 3, 10]
    assert found[1] == Run(3, 1.5, 0.025, "converged", 90, 30, 6, 1.5, ("stationary",))
    assert str(found[1]) == (
        "seed 3    1.50000e+00 +- 2.50e-02 (1.67 %)  converged, 90 steps, averaged from 30, 6 dropped, 1.5 s  "
        "failed: stationary"
    )


def test_a_seed_without_a_result_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, "exobase", Sweep)
    with pytest.raises(RunError, match="seeds of a gas: ended with the code 1: last words"):
        seeds.run_seeds(CASE, [1, 2, 3])
