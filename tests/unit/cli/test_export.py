"""exobase export: a row per cell, names with units, errors beside their quantity."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray
from typer.testing import CliRunner

import exobase
import synthetic
import synthetic_histories as made
from exobase.cli import app
from exobase.cli.tables import profiles_as_csv, table_as_csv
from exobase.errors import InputError
from exobase.io.columns import read_columns
from exobase.io.results import Result, Variable, read_result


@pytest.fixture
def result() -> Result:
    data = {
        "grid/r": np.array([1.0, 2.0]),
        "species/names": np.array(["H", "O"]),
        "profile/density": np.array([[10.0, 5.0], [20.0, 15.0]]),
        "profile/density_stderr": np.array([[1.0, 0.5], [2.0, 1.5]]),
        "gas/T": np.array([100.0, 90.0]),
    }
    units = {"profile/density": "m-3", "profile/density_stderr": "m-3", "gas/T": "K"}
    variables = {name: Variable(units=units[name], long_name=name, dims=()) for name in units}
    return Result(Path("result.h5"), {"case_name": "test"}, data, variables)


def test_every_cell_is_a_row(result: Result) -> None:
    lines = [line for line in profiles_as_csv(result, ["O"]).splitlines() if not line.startswith("#")]
    assert lines == ["r [m], density_O [m-3], density_stderr_O [m-3], gas_T [K]", "1, 20, 2, 100", "2, 15, 1.5, 90"]


def test_all_species_are_written_by_default(result: Result) -> None:
    text = profiles_as_csv(result)
    assert "# case_name: test" in text
    assert "density_H [m-3]" in text
    assert "density_O [m-3]" in text


def test_unknown_species_are_refused(result: Result) -> None:
    with pytest.raises(InputError, match="no species 'X'"):
        profiles_as_csv(result, ["X"])


@pytest.fixture(scope="module")
def hot(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return read_result(made.write_histories(tmp_path_factory.mktemp("hot") / "result.h5"))


def columns_of(text: str, path: Path, units: dict[str, str]) -> dict[str, np.ndarray]:
    """The table as a reader of this package's CSV tables has it, in SI units."""
    path.write_text(text, encoding="utf-8")
    return read_columns(path, units)


def test_the_table_of_births_has_a_row_per_cell_in_which_something_was_born(hot: Result, tmp_path: Path) -> None:
    units = {"altitude": "m", "energy": "J", "probability_O": "", "probability_stderr_O": "", "births_O": "s-1"}
    table = columns_of(table_as_csv(hot, "births", ["O"]), tmp_path / "births.csv", units)
    assert set(table) == set(units)
    born = hot["births/rate"][0] > 0.0
    assert table["births_O"] == pytest.approx(hot["births/rate"][0][born], rel=1e-9, abs=0.0)
    assert table["probability_O"] == pytest.approx(hot["births/escape_probability"][0][born], rel=1e-9, abs=0.0)
    z, e = np.nonzero(born)
    shells, energies = hot["births/edges"], hot["energy/edges"]
    assert table["altitude"] == pytest.approx(0.5 * (shells[1:] + shells[:-1])[z] - made.RADIUS, rel=1e-9)
    assert table["energy"] == pytest.approx(0.5 * (energies[1:] + energies[:-1])[e], rel=1e-9, abs=0.0)


def test_births_times_probability_give_the_escape_of_the_table(hot: Result, tmp_path: Path) -> None:
    units = {"probability_O": "", "births_O": "s-1"}
    table = columns_of(table_as_csv(hot, "births", ["O"]), tmp_path / "births.csv", units)
    expected = np.nansum(hot["births/rate"][0] * hot["births/escape_probability"][0])
    assert float((table["births_O"] * table["probability_O"]).sum()) == pytest.approx(expected, rel=1e-8)


def test_spectra_integrate_to_the_flux_through_the_surface(hot: Result, tmp_path: Path) -> None:
    units = {"altitude": "m", "energy_from": "J", "energy_to": "J", "flux_up_O": "m-2 s-1 J-1"}
    table = columns_of(table_as_csv(hot, "spectra"), tmp_path / "spectra.csv", units)
    top = table["altitude"] > 5e6
    flux = float((table["flux_up_O"] * (table["energy_to"] - table["energy_from"]))[top].sum())
    expected = float((hot["surface/spectrum_up"][0, 2] * np.diff(hot["energy/edges"])).sum())
    assert flux == pytest.approx(expected, rel=1e-8)


def test_profiles_of_test_particles_hold_density_and_heating(hot: Result) -> None:
    head = next(line for line in table_as_csv(hot).splitlines() if not line.startswith("#"))
    for name in ("density_C [m-3]", "density_stderr_O [m-3]", "gas_heating [W m-3]"):
        assert name in head


def test_tables_that_a_result_does_not_have_are_named(result: Result, hot: Result) -> None:
    with pytest.raises(InputError, match=r"allowed: profile$"):
        table_as_csv(result, "births")
    with pytest.raises(InputError, match="allowed: profile, spectra, births"):
        table_as_csv(hot, "birth")
    with pytest.raises(InputError, match="no species 'X'"):
        table_as_csv(hot, "spectra", ["X"])


def test_netcdf_is_the_dataset_of_the_result_and_lies_beside_it(tmp_path: Path) -> None:
    path = made.write_histories(tmp_path / "output" / "result.h5")
    done = CliRunner().invoke(app, ["export", str(tmp_path), "--to", "netcdf"])
    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == str(path.with_suffix(".nc"))
    whole = exobase.open(path)
    found = xarray.load_dataset(path.with_suffix(".nc"))
    assert set(found.variables) == set(whole.variables)
    np.testing.assert_array_equal(found.density, whole.density)
    refused = CliRunner().invoke(app, ["export", str(tmp_path), "--to", "netcdf", "-o", str(path)])
    assert refused.exit_code == 2
    assert "is the result itself" in refused.output


def test_netcdf_of_one_species_holds_it_alone(tmp_path: Path) -> None:
    path = synthetic.write_mixture(tmp_path / "result.h5")
    target = tmp_path / "one" / "H.nc"
    done = CliRunner().invoke(app, ["export", str(path), "--to", "netcdf", "--species", "H", "-o", str(target)])
    assert done.exit_code == 0, done.output
    found = xarray.load_dataset(target)
    assert [str(name) for name in found.species.values] == ["H"]
    np.testing.assert_array_equal(found.density[0], read_result(path)["profile/density"][2])
    done = CliRunner().invoke(app, ["export", str(path), "--to", "netcdf", "--species", "X"])
    assert done.exit_code == 2
    assert "no species 'X'" in done.output


def test_tables_and_files_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    path = made.write_histories(tmp_path / "result.h5")
    for words, text in (
        (["--to", "nc"], "--to nc is unknown; allowed: csv, latex, netcdf, paraview"),
        (["--to", "netcdf", "-t", "births"], "--table births goes with --to csv or latex"),
        (["--booktabs"], "--booktabs goes with --to latex"),
        (["--to", "paraview", "-o", str(path)], "is a file; --to paraview writes several files"),
    ):
        done = CliRunner().invoke(app, ["export", str(path), *words])
        assert done.exit_code == 2, words
        assert text in done.output


def test_a_table_goes_into_a_folder_below_its_own_name(tmp_path: Path) -> None:
    path = made.write_histories(tmp_path / "result.h5")
    done = CliRunner().invoke(app, ["export", str(path), "-t", "births", "-o", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "births.csv").read_text(encoding="utf-8").startswith("# case_name: hot")
