"""A result opens as a labelled dataset, which every netCDF library writes and pandas takes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

import synthetic_histories
from exobase.errors import InputError
from exobase.io.dataset import open_dataset, write_netcdf
from exobase.io.results import ResultWriter, read_result

ENGINES = ("netcdf4", "h5netcdf", "scipy")
ATTRS = {
    "yes": True, "no": False, "nothing": None, "text": "a\nb", "accent": "\u03bb\u00e9", "texts": ["one", "two"],
    "none": [], "whole": 7, "wide": 2**40, "seed": 2**62 + 1, "flags": [True, False], "numbers": [1.5, 2.5],
    "whole_numbers": [1, 2**40], "mapping": {"a": [1, None]},
}  # fmt: skip


def test_profiles_are_labelled_with_species_radius_units_and_errors(mixture: Path) -> None:
    dataset = open_dataset(mixture)
    result = read_result(mixture)
    hydrogen = dataset.density.sel(species="H")
    np.testing.assert_array_equal(hydrogen, result["profile/density"][2])
    np.testing.assert_array_equal(hydrogen.r, result["grid/r"])
    assert hydrogen.attrs["units"] == "m-3"
    assert dataset.density_stderr.dims == ("species", "cell")
    assert dataset.escape_rate.sel(species="O") == result["escape/rate"][1]
    assert dataset.history_content.dims == ("record", "species")
    assert dataset.attrs["status"] == "converged"
    assert dataset.attrs["exobase.definition"] == "pressure_scale_height"
    names = result.attributes("ledger")["entries"]
    escaped = dataset.ledger_counts.sel(entry="escaped", species="O")
    assert escaped == result["ledger/counts"][1, names.index("escaped")]
    assert dataset.quality_collision_rate.sel(pair="CO2-O").dims == ("cell",)


def test_a_case_directory_opens_like_its_file(exosphere: Path) -> None:
    assert open_dataset(exosphere.parent.parent).identical(open_dataset(exosphere))


def test_axes_of_one_name_and_different_lengths_are_told_apart(tmp_path: Path) -> None:
    with ResultWriter(tmp_path / "result.h5", {}) as w:
        w.put("a/x", np.zeros(3), units="1", long_name="x", dims=["bin"])
        w.put("b/x", np.zeros(4), units="1", long_name="x", dims=["bin"])
        w.put("b/y", np.zeros(5), units="1", long_name="y", dims=["bin"])
    sizes = open_dataset(tmp_path / "result.h5").sizes
    assert sizes["bin"] == 3
    assert sizes["b_bin"] == 4
    assert sizes["b_y_bin"] == 5


def small(path: Path) -> Path:
    """A result with every type of attribute and of array, and with an axis of length zero."""
    with ResultWriter(path, ATTRS) as w:
        w.put("species/names", np.array(["H", "CO2"]), units="1", long_name="species", dims=["species"])
        w.put("profile/density", np.ones((2, 3)), units="m-3", long_name="n", dims=["species", "cell"])
        w.put("ledger/counts", np.array([[2**40, 3], [1, 2]]), units="1", long_name="n", dims=["species", "entry"])
        w.put("vdf/f_vr", np.zeros((0, 2)), units="s m-1", long_name="f", dims=["vdf_radius", "species"])
        w.attrs("ledger", {"entries": ["in", "out"], "closes": True})
    return path


@pytest.fixture(params=["small", "mixture", "exosphere", "histories"])
def result(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "small":
        return small(tmp_path / "result.h5")
    if request.param == "histories":
        return synthetic_histories.write_histories(tmp_path / "result.h5", mapped=True)
    return Path(request.getfixturevalue(request.param))


@pytest.mark.parametrize("engine", ENGINES)
def test_netcdf_keeps_names_axes_numbers_texts_and_attributes(result: Path, tmp_path: Path, engine: Any) -> None:
    dataset = open_dataset(result)
    dataset.to_netcdf(tmp_path / "result.nc", engine=engine)
    found = xarray.load_dataset(tmp_path / "result.nc", engine=engine)
    assert set(found.variables) == set(dataset.variables)
    assert set(found.coords) == set(dataset.coords)
    for name, variable in dataset.variables.items():
        assert found[name].dims == variable.dims
        assert found[name].attrs == variable.attrs
        values = found[name].values
        np.testing.assert_array_equal(values.astype(str) if variable.dtype.kind == "U" else values, variable.values)
    assert found.attrs.keys() == dataset.attrs.keys()
    for key, value in dataset.attrs.items():
        np.testing.assert_array_equal(found.attrs[key], value, err_msg=key)


def test_attributes_become_texts_and_numbers(tmp_path: Path) -> None:
    attrs = open_dataset(small(tmp_path / "result.h5")).attrs
    assert (attrs["yes"], attrs["no"], attrs["nothing"], attrs["none"]) == (1, 0, "", "")
    assert attrs["texts"] == "one\ntwo"
    assert attrs["ledger.closes"] == 1
    assert attrs["wide"] == 2**40
    assert attrs["seed"] == str(2**62 + 1)
    assert attrs["mapping"] == '{"a": [1, null]}'


def test_what_was_not_sampled_is_left_out_so_that_a_table_has_rows(tmp_path: Path) -> None:
    dataset = open_dataset(small(tmp_path / "result.h5"))
    assert "vdf_f_vr" not in dataset
    assert 0 not in dataset.sizes.values()
    assert len(dataset.to_dataframe()) == 2 * 3 * 2


def test_the_table_of_a_whole_result_is_that_of_its_profiles_and_says_what_it_leaves_out(mixture: Path) -> None:
    dataset = open_dataset(mixture)
    with pytest.warns(UserWarning, match="on the axes cell, species; 17 on other axes are left out"):
        table = dataset.to_dataframe()
    assert len(table) == 3 * dataset.sizes["cell"]
    density = dataset.density.sel(species="H").values
    np.testing.assert_array_equal(table.xs("H", level="species")["density"], density)
    assert "history_content" not in table
    assert set(dataset[["history_content"]].to_dataframe().columns) >= {"history_content"}


def test_a_group_can_be_opened_alone(mixture: Path) -> None:
    profile = open_dataset(mixture, group="profile")
    assert set(profile.sizes) == {"species", "cell"}
    assert len(profile.to_dataframe()) == profile.sizes["species"] * profile.sizes["cell"]
    assert "history_content" in open_dataset(mixture, group="history")
    with pytest.raises(InputError, match=r"has no group 'profiles'; it has .*profile"):
        open_dataset(mixture, group="profiles")


@pytest.mark.parametrize("missing", ["netCDF4", "h5netcdf"])
def test_either_library_writes_a_netcdf_4_file(
    exosphere: Path, tmp_path: Path, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else whole(name))
    path = write_netcdf(open_dataset(exosphere), tmp_path / "new" / "result.nc")
    assert path.read_bytes()[1:4] == b"HDF"
    assert [p.name for p in path.parent.iterdir()] == ["result.nc"]
    np.testing.assert_array_equal(xarray.load_dataset(path).density, read_result(exosphere)["profile/density"])


def test_without_a_library_the_error_says_what_to_install(
    exosphere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'exobase\[netcdf\]'"):
        write_netcdf(open_dataset(exosphere), tmp_path / "result.nc")
