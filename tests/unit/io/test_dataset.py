"""A result opens as a labelled dataset."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from exobase.io.dataset import open_dataset
from exobase.io.results import ResultWriter, read_result


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
