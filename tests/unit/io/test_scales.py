"""netCDF readers see the names of the axes in a result file; nothing else changes."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray

from exobase.io.results import ResultWriter, read_result
from exobase.io.scales import is_scale

ENGINES = ("h5netcdf", "netcdf4")


@pytest.mark.parametrize("engine", ENGINES)
def test_plain_xarray_shows_axes_and_numbers_of_every_group(mixture: Path, engine: str) -> None:
    result = read_result(mixture)
    groups = sorted({name.partition("/")[0] for name in result.data})
    for group in groups:
        with xarray.open_dataset(mixture, engine=engine, group=group) as found:
            for name, values in result.group(group).items():
                assert found[name].dims == result.variables[f"{group}/{name}"].dims, name
                if values.dtype.kind != "U":
                    np.testing.assert_array_equal(found[name], values)
                assert found[name].attrs["units"] == result.variables[f"{group}/{name}"].units


@pytest.mark.parametrize("engine", ENGINES)
def test_the_whole_file_opens_as_a_tree(mixture: Path, engine: str) -> None:
    with xarray.open_datatree(mixture, engine=engine) as tree:
        assert tree["profile"].sizes == {"species": 3, "cell": len(read_result(mixture)["grid/r"])}
        assert tree.attrs["status"] == "converged"


def test_scales_are_no_part_of_the_result_and_files_without_them_still_open(mixture: Path, tmp_path: Path) -> None:
    new = read_result(mixture)
    old = tmp_path / "old.h5"
    removed = 0
    with h5py.File(mixture) as source, h5py.File(old, "w") as target:
        target.attrs.update(source.attrs)
        for group in source.values():
            copy = target.create_group(group.name)
            copy.attrs.update(group.attrs)
            for name, data in group.items():
                if is_scale(data):
                    removed += 1
                    continue
                kept = copy.create_dataset(name, data=data[...])
                kept.attrs.update({key: data.attrs[key] for key in ("units", "long_name", "dims")})
    assert removed > 10
    before = read_result(old)
    assert before.variables == new.variables
    assert before.data.keys() == new.data.keys()
    assert before.attrs == new.attrs
    for name, array in new.data.items():
        np.testing.assert_array_equal(before[name], array)


@pytest.mark.parametrize("engine", ENGINES)
def test_axes_of_one_name_with_two_lengths_and_datasets_named_as_an_axis_are_kept_apart(
    tmp_path: Path, engine: str
) -> None:
    with ResultWriter(tmp_path / "result.h5", {}) as w:
        for name, size in (("x", 3), ("y", 4), ("bin", 3), ("none", 0)):
            w.put(f"a/{name}", np.arange(float(size)), units="1", long_name=name, dims=["bin"])
    with xarray.open_dataset(tmp_path / "result.h5", engine=engine, group="a") as found:
        assert {name: tuple(found[name].shape) for name in ("x", "y", "bin")} == {"x": (3,), "y": (4,), "bin": (3,)}
        assert found.x.dims == found.bin.dims != found.y.dims
    assert set(read_result(tmp_path / "result.h5").data) == {"a/x", "a/y", "a/bin", "a/none"}
