"""Sweeps over test-particle cases: their columns, their limits, and refusal before the first point runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exobase.case import HistoryCase
from exobase.errors import InputError
from exobase.io import write_summary
from exobase.parallel import SerialComm
from exobase.sweep import Outside, Sweep, collect, plan_sweep, run_sweep
from exobase.sweep.collect import Options

CASE = """
solver = "test_particle"
[body]
name = "Mars"
[domain]
inner_altitude = "200 km"
outer_altitude = "1000 km"
[background]
gas = [{ name = "CO2", density = "1e8 cm-3", temperature = "200 K" }, { name = "O", density = "1e8 cm-3", temperature = "200 K" }]
[[species]]
name = "O"
threshold = "0.5 eV"
[[collision]]
pair = ["O", "O"]
law = "kharchenko"
[[collision]]
pair = ["O", "CO2"]
law = "gacesa"
[[source]]
name = "beam"
type = "mono_energetic"
species = "O"
altitude = "300 km"
energy = "3 eV"
rate = "1e25 s-1"
[run]
max_batches = 64
target_error = 0.1
"""  # noqa: E501
SWEEP = """
[figure]
x = "block"
[[block]]
name = "one"
over = { "collision.O,CO2.law" = ["gacesa", "lee_molecules"] }
[[expect]]
block = "one"
point = { "collision.O,CO2.law" = "gacesa" }
quantity = "escape_rate"
accept = [1e24, 6e24]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A test-particle case with a sweep over laws."""
    (tmp_path / "case.toml").write_text(CASE, encoding="utf-8")
    (tmp_path / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    return tmp_path


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the points that ran, each ending at once: 5e24 of 1e25 atoms escape, a fifth of them recoils."""
    names: list[str] = []

    def run(case: HistoryCase, comm: Any, where: Path, **_: Any) -> int:
        names.append(case.name)
        (where / "output").mkdir(exist_ok=True)
        write_summary(where / "output" / "summary.json", SUMMARY)
        return 0

    monkeypatch.setattr("exobase.sweep.runner.run_case", run)
    return names


SUMMARY: dict[str, Any] = {
    "status": "converged", "batches": 64, "histories": 64000, "ranks": 2, "wall_s": 1.0,
    "histories_per_s_per_rank": 3e4,
    "escape": {"O": {"rate_per_s": 5e24, "rate_stderr": 5e22, "flux_per_m2_s": 3e10, "flux_stderr": 3e8,
                     "at_radius_m": 3.6e6, "by_process": {"beam": {"rate_per_s": 4e24, "rate_stderr": 1e22},
                                                          "beam, recoils": {"rate_per_s": 1e24, "rate_stderr": 1e22}}}},
    "sources": [{"name": "beam", "events_per_s": 1e25, "processes": ["beam", "beam, recoils"]}],
    "background_exobase": {"radius_m": 3.58e6},
    "checks": [{"name": "ledger", "passed": True}],
}  # fmt: skip


def planned(folder: Path, *sets: str) -> Sweep:
    return plan_sweep(folder, Options(sets=sets))


def run(sweep: Sweep) -> int:
    return run_sweep(sweep.jobs(), SerialComm(), Outside(lambda text: None, lambda: None))


def test_a_row_holds_rates_and_the_laws_that_gave_them(folder: Path, ran: list[str]) -> None:
    sweep = planned(folder)
    assert run(sweep) == 0
    rows = collect(sweep).table.rows()
    assert [row["laws"] for row in rows] == ["CO2:gacesa O:kharchenko", "CO2:lee_molecules O:kharchenko"]
    row = rows[0]
    assert (row["escape_rate"], row["escape_rate_stderr"], row["source_rate"]) == (5e24, 5e22, 1e25)
    assert row["escape_per_event"] == pytest.approx(0.5)
    assert row["escape_per_event_stderr"] == pytest.approx(0.005)
    assert row["recoil_share"] == pytest.approx(0.2)
    assert (row["exobase_radius"], row["histories_per_s"]) == (3.58e6, 6e4)
    assert (row["checks_passed"], row["checks"]) == (1, 1)


def test_a_range_to_accept_stands_in_the_table_of_expectations(folder: Path, ran: list[str]) -> None:
    sweep = planned(folder)
    run(sweep)
    expected = collect(sweep).table.expect
    assert (expected["lowest"].values, expected["highest"].values) == ([1e24], [6e24])
    assert expected["verdict"].values == ["passed"]


@pytest.mark.parametrize(
    ("setting", "again"),
    [("run.target_error=0.1", 0), ("run.target_error=0.2", 0), ("run.target_error=0.05", 2), ("run.min_batches=3", 2)],
)
def test_finished_points_run_again_only_where_more_is_asked(
    folder: Path, ran: list[str], setting: str, again: int
) -> None:
    run(planned(folder))
    assert len(ran) == 2
    assert run(planned(folder, setting)) == 0
    assert len(ran) == 2 + again


def test_more_batches_continue_a_point_that_reached_its_limit(
    folder: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SUMMARY, "status", "reached_limit")
    run(planned(folder))
    run(planned(folder, "run.max_batches=32"))
    assert len(ran) == 2
    run(planned(folder, "run.max_batches=128"))
    assert len(ran) == 4


def test_a_law_beyond_its_range_is_refused_before_the_first_point_runs(folder: Path) -> None:
    """30 eV of an atom at rest among CO2 are 22 eV of relative motion; the law is meant for 10 eV."""
    with pytest.raises(InputError, match=r"points? 1 .*gacesa.*extrapolate_to"):
        planned(folder, "source.0.energy=30 eV")
