"""Columns of numbers convert to SI and name file, line and column of every fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exobase.constants import EV
from exobase.errors import InputError
from exobase.io import read_columns

UNITS = {"energy": "J", "flux": "m-2 s-1 J-1", "weight": ""}


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "spectrum.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_are_converted_and_others_ignored(tmp_path: Path) -> None:
    text = "# units: eV, cm-2 s-1 eV-1, 1, furlong\nenergy, flux, weight, other\n1, 2, 3, x\n2, 3, 4,\n"
    found = read_columns(table(tmp_path, text), UNITS, "energy")
    assert set(found) == {"energy", "flux", "weight"}
    np.testing.assert_allclose(found["energy"], [EV, 2.0 * EV], rtol=1e-12)
    np.testing.assert_allclose(found["flux"], [2e4 / EV, 3e4 / EV], rtol=1e-12)
    np.testing.assert_array_equal(found["weight"], [3.0, 4.0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("energy, flux [m-2 s-1 J-1]\n1, 2\n2, 3\n", "line 1: column 'energy': has no unit; write 'name [J]'"),
        ("energy [K], weight [1]\n1, 2\n2, 3\n", "unit 'K' is not a unit of energy such as 'J'"),
        ("energy [J], weight [volt]\n1, 2\n2, 3\n", "unit 'volt' is not a unit of weight such as '1'"),
        ("energy [joul], weight [1]\n1, 2\n2, 3\n", "such as 'J'; did you mean"),
        ("energy [J], weight [1]\n1, 2\n1, 3\n", "line 3, column 'energy': must increase strictly"),
        ("energy [J], weight [1]\n1, 2\n2, nan\n", "line 3, column 'weight': the value is missing"),
        ("energy [J], weight [1]\n1, 2\n2\n", "line 3: 1 values for 2 columns"),
        ("weight [1]\n1\n2\n", "no column 'energy'; columns read: 'energy', 'flux', 'weight'"),
        ("energy [J]\n1\n", "at least two rows"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, said: str) -> None:
    path = table(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_columns(path, UNITS, "energy")
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_columns(tmp_path / "none.csv", UNITS)
