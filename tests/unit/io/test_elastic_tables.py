"""Files of elastic cross sections: three forms, units, and refusals that name file, line, value and remedy."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from exobase.constants import EV
from exobase.cross_sections.tabulated import DIFFERENTIAL, ISOTROPIC, QUANTILES
from exobase.errors import InputError
from exobase.io import read_elastic

SPHERES = 4.0 * math.pi * 1e-16


def written(folder: Path, text: str) -> Path:
    file = folder / "o_co2.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("unit", "value"),
    [("cm2", "2e-15"), ("m2", "2e-19"), ("A2", "20"), ("A^2", "20"), ("Å2", "20")],
)
def test_isotropic(tmp_path: Path, unit: str, value: str) -> None:
    table = read_elastic(written(tmp_path, f"# measured\nenergy [eV], sigma [{unit}]\n0.1, {value}\n1, {value}\n"))
    assert table.kind == ISOTROPIC
    assert table.energy == pytest.approx((0.1 * EV, EV), rel=1e-12, abs=0.0)
    assert table.total == pytest.approx((2e-19, 2e-19), rel=1e-9, abs=0.0)
    assert table.below == "error"


def test_differential_without_a_total_is_integrated(tmp_path: Path) -> None:
    rows = "\n".join(f"{e}; {a}; 1e-16" for e in (0.1, 1.0) for a in (0, 90, 180))
    table = read_elastic(written(tmp_path, f"energy (eV); angle (deg); dsigma (cm2/sr)\n{rows}\n"), "constant", EV)
    assert table.kind == DIFFERENTIAL
    assert table.total == pytest.approx((1e-4 * SPHERES,) * 2, rel=1e-9, abs=0.0)
    assert table.angle[1] == pytest.approx((0.0, 0.5 * math.pi, math.pi), rel=1e-12, abs=1e-15)
    assert (table.below, table.extrapolate_to) == ("constant", EV)


def test_a_given_total_is_used_where_the_integral_agrees(tmp_path: Path) -> None:
    rows = "\n".join(f"0.1, {a}, 1e-16, {1.015 * SPHERES!r}" for a in (0, 180))
    table = read_elastic(written(tmp_path, f"energy [eV], angle [deg], dsigma [cm2 sr-1], sigma [cm2]\n{rows}\n"))
    assert table.total == pytest.approx((1.015e-4 * SPHERES,), rel=1e-9, abs=0.0)


def test_quantiles(tmp_path: Path) -> None:
    text = (
        "energy [meV], sigma [A2], angle [deg], probability [1]\n100, 20, 1, 0.5\n100, 20, 40, 0.9\n1000, 10, 2, 0.5\n"
    )
    table = read_elastic(written(tmp_path, text))
    assert table.kind == QUANTILES
    assert table.energy == pytest.approx((0.1 * EV, EV), rel=1e-12, abs=0.0)
    assert table.value == ((0.5, 0.9), (0.5,))
    assert table.nodes[0].shape == table.nodes[1].shape == (2, 4)


TWO = "energy [eV], sigma [cm2]\n"
ANGLES = "energy [eV], angle [deg], dsigma [cm2 sr-1]\n"
TOTALS = "energy [eV], sigma [cm2], angle [deg], dsigma [cm2 sr-1]\n"
PARTS = "energy [eV], sigma [cm2], angle [deg], probability [1]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TWO + "0.1, 1e-15\n1, -2e-15\n", r"line 3, column 'sigma': -2e-15 cm2 must be positive; take the row out"),
        (TWO + "0.1, 1e-15\n1, 0\n", r"line 3, column 'sigma': 0 cm2 must be positive"),
        (TWO + "0, 1e-15\n1, 1e-15\n", r"line 2, column 'energy': 0 eV must be positive"),
        (TWO + "1, 1e-15\n0.1, 1e-15\n", r"line 3, column 'energy': 0.1 eV after 1 eV: energies must rise"),
        (TWO + "1, 1e-15\n1, 2e-15\n", r"line 3, column 'energy': 1 eV after 1 eV: stands in the row before too"),
        (TWO + "0.1, 1e-15\n1, \n", r"line 3, column 'sigma': the value is missing"),
        (TWO + "0.1, 1e-15\n1, nan\n", r"line 3, column 'sigma': the value is missing"),
        (TWO + "0.1, 1e-15\n1, inf\n", r"line 3, column 'sigma': the value is not finite"),
        (TWO + "0.1, one\n1, 1e-15\n", r"line 2, column 'sigma': 'one' is not a number"),
        ("energy, sigma\n0.1, 1e-15\n1, 1e-15\n", r"column 'energy': has no unit; write 'name \[J\]'"),
        ("energy [K], sigma [cm2]\n0.1, 1e-15\n1, 1e-15\n", r"column 'energy \[K\]': unit 'K' is not a unit of energy"),
        ("energy [eV], sigma [cm]\n0.1, 1e-15\n1, 1e-15\n", r"unit 'cm' is not a unit of sigma such as 'm2'"),
        ("energy [eV], Q [cm2]\n0.1, 1e-15\n1, 1e-15\n", r"line 1: columns of a cross section found: 'energy'; needed"),
        ("energy [eV], sigma [cm2], sigma [m2]\n1, 1, 1\n2, 1, 1\n", r"line 1: column 'sigma' appears twice"),
        (ANGLES + "1, 0, 1e-16\n1, 181, 1e-16\n", r"line 3, column 'angle': 181 deg must lie between 0 and 180 deg"),
        (ANGLES + "1, -1, 1e-16\n1, 180, 1e-16\n", r"line 2, column 'angle': -1 deg must lie between 0 and 180 deg"),
        (ANGLES + "1, 0, 1e-16\n1, 90, -1e-16\n", r"line 3, column 'dsigma': -1e-16 cm2 sr-1 must be positive"),
        (ANGLES + "1, 0, 1e-16\n1, 90, 1e-16\n1, 45, 1e-16\n", r"line 4, column 'angle': 45 deg after 90 deg, at the"),
        (ANGLES + "1, 0, 1e-16\n1, 90, 1e-16\n1, 90, 1e-16\n", r"line 4, column 'angle': 90 deg after 90 deg, at the"),
        (ANGLES + "1, 0, 1e-16\n1, 9, 1e-16\n2, 0, 1e-16\n", r"line 4, column 'energy': 2 eV has a single angle"),
        (ANGLES + "1,0,1e-16\n1,9,1e-16\n2,0,1e-16\n2,9,1e-16\n1,19,1e-16\n", r"line 6, column 'energy': 1 eV after"),
        (
            TOTALS + "1, 2e-15, 0, 1e-16\n1, 2e-15, 180, 1e-16\n",
            r"lines 2 to 3: at 1 eV sigma = 2e-15 cm2, but dsigma integrates from 0 to 180 deg to 1.25664e-15 cm2, "
            r"37.2 % less \(allowed: 2 %\): correct one of them, or leave the column 'sigma' out",
        ),
        (
            TOTALS + "1, 1.25e-15, 0, 1e-16\n1, 1.26e-15, 180, 1e-16\n",
            r"line 3, column 'sigma': 1.26e-15 cm2, but 1.25e-15 cm2 in line 2 of the same energy",
        ),
        (PARTS + "1, 1e-15, 1, 0.5\n1, 1e-15, 9, 1.5\n", r"line 3, column 'probability': 1.5 must lie between 0 and 1"),
        (PARTS + "1, 1e-15, 1, 0.5\n1, 1e-15, 9, 0.4\n", r"line 3, column 'probability': 0.4 after 0.5, at the same"),
        (PARTS + "1, 1e-15, 0, 0.5\n1, 1e-15, 9, 0.8\n", r"line 2, column 'probability': 0.5 of angles below 0 deg"),
        (PARTS + "1, 1e-15, 9, 0.5\n1, 1e-15, 180, 0.8\n", r"line 3, column 'probability': 0.8 of angles below 180"),
        ("", r"needs a line of column names and at least one row of numbers"),
    ],
)  # fmt: skip
def test_bad_files_are_refused(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(InputError, match=said) as caught:
        read_elastic(file)
    assert all(message.startswith(str(file)) for message in caught.value.messages)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing.csv: there is no such file"):
        read_elastic(tmp_path / "nothing.csv")
