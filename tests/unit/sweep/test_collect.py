"""The combined table: rows, units, expectations, and the same content in CSV and HDF5."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from exobase.errors import InputError
from exobase.io.sweeps import Column, SweepTable, read_sweep, write_sweep
from exobase.parallel import SerialComm
from exobase.sweep import Outside, Sweep, collect, plan_sweep, run_sweep
from exobase.sweep.collect import Options


@pytest.fixture
def done(sweep_dir: Path, solver: Any, outside: Outside) -> Sweep:
    """The quick subset of the sweep, finished."""
    sweep = plan_sweep(sweep_dir, Options(subset="quick"))
    assert run_sweep(sweep.jobs(), SerialComm(), outside) == 0
    return sweep


def test_a_row_holds_swept_keys_fluxes_and_their_errors(done: Sweep) -> None:
    """The stand-in gives half the evaporation flux with an error of 1 %, an exobase at 2 R0 and T0/2."""
    row = collect(done).table.rows()[0]
    assert (row["name"], row["block"], row["status"]) == (done.grid.points[0].name, "low", "converged")
    assert row["body.jeans_parameter"] == 1.0
    assert row["species.0.knudsen_number"] == 0.1
    assert row["flux_over_evaporation"] == pytest.approx(0.5, rel=1e-6)
    assert row["flux_over_evaporation_stderr"] == pytest.approx(0.005, rel=1e-6)
    assert (row["flux_over_jeans"], row["flux_over_jeans_stderr"]) == (1.6, 0.02)
    assert row["exobase_radius"] == pytest.approx(2e6)
    assert row["exobase_radius_over_inner"] == pytest.approx(2.0)
    assert row["exobase_temperature_over_inner"] == pytest.approx(0.5)
    assert row["jeans_parameter"] == pytest.approx(1.0)
    assert row["knudsen_number_radius"] == pytest.approx(0.1)
    assert (row["checks_passed"], row["checks"], row["regime"]) == (2, 2, "transitional")
    assert row["particle_steps_per_s"] == 5e6


def test_csv_and_hdf5_hold_the_same_table_with_units(done: Sweep) -> None:
    collected = collect(done)
    csv_file, h5_file, expect_file = collected.files
    lines = csv_file.read_text(encoding="utf-8").splitlines()
    assert "#   escape_flux [m-2 s-1] escape flux at the inner boundary" in lines
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    table = read_sweep(h5_file)
    assert list(rows[0]) == list(table.columns) == list(collected.table.columns)
    assert len(rows) == len(table) == 4
    for name in ("escape_rate", "flux_over_jeans_stderr", "jeans_parameter"):
        assert [float(row[name]) for row in rows] == pytest.approx(list(table.numbers(name)), rel=1e-9, abs=0.0)
    assert [row["name"] for row in rows] == table.columns["name"].values
    assert rows[3]["species.0.knudsen_number"] == ""
    assert table.columns["exobase_radius"].units == "m"
    assert [json.loads(text)["run"]["max_steps"] for text in table.cases] == [50, 50, 200_000, 200_000]
    assert expect_file.name == "expect.csv"
    assert table.expect["verdict"].values == ["passed"]


@pytest.mark.parametrize(("flux", "verdict", "code"), [(0.5, "passed", 0), (0.52, "failed", 1)])
def test_an_expectation_is_judged_in_sigmas_and_sets_the_exit_code(
    sweep_dir: Path, solver: Any, outside: Outside, flux: float, verdict: str, code: int
) -> None:
    """0.52 +- 0.0052 against 0.5 at 3 sigma: 3.8 sigma away."""
    solver.flux = flux
    sweep = plan_sweep(sweep_dir, Options(subset="quick"))
    run_sweep(sweep.jobs(), SerialComm(), outside)
    collected = collect(sweep)
    (judged,) = collected.judged
    assert (judged.verdict, collected.code) == (verdict, code)
    assert judged.sigmas == pytest.approx((flux - 0.5) / (0.01 * flux), abs=1e-6)


def test_a_range_to_accept_is_judged_without_a_reference(sweep_dir: Path, solver: Any, outside: Outside) -> None:
    path = sweep_dir / "sweep.toml"
    text = path.read_text(encoding="utf-8").replace("reference = 0.5\nsigma = 3", "accept = [0.6, 0.7]")
    path.write_text(text, encoding="utf-8")
    sweep = plan_sweep(sweep_dir, Options(subset="quick"))
    run_sweep(sweep.jobs(), SerialComm(), outside)
    (judged,) = collect(sweep).judged
    assert (judged.verdict, judged.bounds) == ("failed", "in [0.6, 0.7]")


def test_points_that_have_not_run_leave_expectations_open_and_cells_empty(sweep_dir: Path) -> None:
    collected = collect(plan_sweep(sweep_dir, Options(subset="quick")))
    assert [line.verdict for line in collected.judged] == ["open"]
    assert collected.code == 4
    assert collected.table.columns["status"].values == ["not run"] * 4
    row = "1,low/jeans_parameter=1_knudsen_number=0.1,low,1,0.1,not run,HS,1,0.1,0.1,,,"
    assert row in collected.files[0].read_text()


def test_an_expected_quantity_that_does_not_exist_is_refused_before_a_run(sweep_dir: Path) -> None:
    path = sweep_dir / "sweep.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"flux_over_evap', '"flux_over_evop'), encoding="utf-8")
    with pytest.raises(InputError, match=r"expect.0.quantity = 'flux_over_evoporation'.*did you mean"):
        plan_sweep(sweep_dir, Options())


def test_a_sweep_needs_something_to_sweep(case_dir: Path) -> None:
    with pytest.raises(InputError, match="nothing to sweep"):
        plan_sweep(case_dir, Options())
    with pytest.raises(InputError, match="--quick names a subset"):
        plan_sweep(case_dir, Options(subset="quick"))


def test_a_table_survives_its_file(tmp_path: Path) -> None:
    columns = {
        "z": Column("z", "m", "a length", [1.5, float("nan")]),
        "a": Column("a", "1", "a count", [1, 2]),
        "t": Column("t", "1", "a text", ["x", "λ, y"]),
    }
    table = SweepTable(columns, {}, {"table_columns": list(columns), "keys": ["z"]}, ["{}", "{}"])
    write_sweep(tmp_path / "s.h5", table)
    back = read_sweep(tmp_path / "s.h5")
    assert list(back.columns) == ["z", "a", "t"]
    assert (back.columns["z"].units, back.columns["z"].description) == ("m", "a length")
    assert back.columns["t"].values == ["x", "λ, y"]
    assert back.columns["a"].values == [1, 2]
    assert back.numbers("z")[0] == 1.5
    with pytest.raises(InputError, match="has no column 'q'"):
        back.numbers("q")
    with pytest.raises(InputError, match="texts"):
        back.numbers("t")
