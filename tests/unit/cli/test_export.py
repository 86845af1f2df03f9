"""exobase export: a row per cell, names with units, errors beside their quantity."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exobase.cli.export import profiles_as_csv
from exobase.errors import InputError
from exobase.io.results import Result, Variable


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
