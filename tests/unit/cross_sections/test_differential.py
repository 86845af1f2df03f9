"""Tabulated differential cross sections: integrals against exact ones, checks on reading, interpolation in energy.

Exact: for dsigma/dOmega = c theta^-2 between a and b, sigma = 2 pi c int sin(theta)/theta^2 dtheta. The stored numbers
of O + O are published ones (Kharchenko et al. 2000); the integrals here are independent quadratures.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.constants import EV
from exobase.cross_sections.differential import DifferentialTable, read_differential
from exobase.cross_sections.quantiles import (
    NODES,
    STEP,
    T,
    interpolate_row,
    mean_deflection,
    row_of_distribution,
)
from exobase.errors import InputError
from exobase.tables import load_table

O_O = load_table("scattering/o_o.toml")


def oxygen() -> DifferentialTable:
    return read_differential(O_O, "o_o.toml")


def power_law() -> DifferentialTable:
    angle = np.radians(np.geomspace(1.0, 180.0, 12))
    return DifferentialTable("x", (1.0, 2.0), (angle, angle), (1e-20 * angle**-2,) * 2, (0.0, 9.0))


def test_integrals_of_a_power_law_are_exact() -> None:
    table = power_law()
    for above in (0.0, math.radians(7.3)):
        first = max(above, math.radians(1.0))
        exact = 2.0 * math.pi * 1e-20 * quad(lambda x: math.sin(x) / x**2, first, math.pi, limit=200)[0]
        assert table.total(0, above) == pytest.approx(exact, rel=2e-5, abs=0.0)
    transfer = quad(lambda x: math.sin(x) * (1.0 - math.cos(x)) / x**2, math.radians(1.0), math.pi)[0]
    assert table.momentum_transfer(0) == pytest.approx(2.0 * math.pi * 1e-20 * transfer, rel=2e-5, abs=0.0)


def test_beyond_the_last_angle_the_cross_section_is_constant() -> None:
    angle = np.radians([1.0, 90.0])
    table = DifferentialTable("x", (1.0, 2.0), (angle, angle), (np.full(2, 1e-20),) * 2, (0.0, 9.0))
    exact = 2.0 * math.pi * 1e-20 * (1.0 + math.cos(math.radians(1.0)))
    assert table.total(0) == pytest.approx(exact, rel=1e-4, abs=0.0)


def test_oxygen_integrals_are_those_published() -> None:
    """Momentum transfers to 2 %; the total above 0.25 degrees at 3 eV is 5.44e-15 cm2."""
    table = oxygen()
    for i, published in enumerate((3.0e-19, 1.6e-19, 8.5e-20)):
        assert table.momentum_transfer(i) == pytest.approx(published, rel=0.02, abs=0.0)
    assert table.total(2) == pytest.approx(5.44e-19, rel=0.005, abs=0.0)
    assert table.total(2, math.radians(1.0)) == pytest.approx(2.9e-19, rel=0.02, abs=0.0)
    assert np.degrees([angle[0] for angle in table.angles]) == pytest.approx([4.0, 1.0, 0.25])


def test_the_mean_of_a_row_is_that_of_its_draws() -> None:
    row = np.log(2.0) - 3.0 * np.linspace(1.0, 0.0, NODES) ** 2
    row[40:] += 0.5 * np.sin(T[40:])
    w = (np.arange(4_000_000) + 0.5) / 4e6
    draws = np.exp(np.interp(-np.log(w), T, row))
    assert mean_deflection(row) == pytest.approx(float(np.mean(draws)), rel=1e-6, abs=0.0)
    assert mean_deflection(T - 5.0) == pytest.approx(math.exp(-5.0) * (1.0 + STEP * (NODES - 1)), rel=1e-9, abs=0.0)


def test_rows_are_quantiles_of_an_isotropic_distribution() -> None:
    chi = np.linspace(1e-4, math.pi, 20001)
    row = row_of_distribution(chi, np.sin(chi))
    exact = 2.0 * (1.0 - np.exp(-T))
    use = (T > 0.0) & (T < 8.0)
    assert np.exp(row[use]) == pytest.approx(exact[use], rel=2e-4, abs=0.0)


def test_rows_between_energies_mix_the_logarithms_of_deflections() -> None:
    rows = np.array([[0.0, -1.0], [2.0, -3.0], [4.0, 5.0]])
    at = np.array([1.0, 2.0, 4.0])
    assert interpolate_row(at, rows, 3.0).tolist() == [3.0, 1.0]
    assert interpolate_row(at, rows, 1.25).tolist() == [0.5, -1.5]
    assert interpolate_row(at, rows, 0.0).tolist() == [0.0, -1.0]
    assert interpolate_row(at, rows, 9.0).tolist() == [4.0, 5.0]


@pytest.mark.parametrize("energy", [0.03, 0.05, 0.1, 0.3, 0.7, 1.5, 3.0])
def test_the_momentum_transfer_is_a_power_of_energy_between_the_data(energy: float) -> None:
    table = oxygen()
    angles, totals = table.tables()
    at = math.log(energy * EV)
    ln_transfer = [math.log(table.momentum_transfer(i)) for i in range(3)]
    exact = math.exp(float(np.interp(at, np.log(table.energies), ln_transfer)))
    sampled = float(np.interp(at, totals.ln_energy, totals.sigma)) * mean_deflection(angles.row(at))
    assert sampled == pytest.approx(exact, rel=5e-4, abs=0.0)


def test_unequal_energies_are_brought_to_equal_ratios() -> None:
    base = power_law()
    table = DifferentialTable(
        "x", (1.0, 1.7, 9.0), base.angles[:1] * 3, (base.values[0], 2 * base.values[0], base.values[0]), (0.0, 9.0)
    )
    angles, totals = table.tables()
    assert np.ptp(np.diff(angles.ln_energy)) < 1e-12
    middle = float(np.interp(math.log(1.7), totals.ln_energy, totals.sigma))
    assert middle == pytest.approx(2.0 * base.total(0), rel=0.01, abs=0.0)


def changed(**changes: Any) -> dict[str, Any]:
    data = copy.deepcopy(O_O)
    for key, value in changes.items():
        data[key] = value(data[key]) if callable(value) else value
    return data


def spoil(rows: list[list[float]], row: int, column: int, value: float) -> list[list[float]]:
    rows[row][column] = value
    return rows


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"momentum_transfer": [3.0e-15, 1.7e-15, 8.5e-16]}, ["momentum_transfer at 0.3 eV", "1.7e-15", "1.624e-15"]),
        ({"total": [[3.0, 1.0, 3.2e-15]]}, ["total at 3.0 eV", "3.2e-15", "above 1.0 deg"]),
        ({"total": [[2.0, 1.0, 3.2e-15]]}, ["energy 2.0", "[0.03, 0.3, 3.0]"]),
        ({"units": lambda u: {**u, "cross_section": "barn"}}, ["units.cross_section = 'barn'", "cm2 sr-1"]),
        ({"units": lambda u: {k: v for k, v in u.items() if k != "energy"}}, ["units.energy = None"]),
        ({"energies": [0.3, 0.03, 3.0]}, ["must be positive and increase"]),
        ({"rows": lambda r: spoil(r, 20, 2, float("nan"))}, ["energy 0.3", "angle 28", "fill the gap"]),
        ({"rows": lambda r: spoil(r, 20, 2, -1e-16)}, ["energy 0.3", "-1e-16 at angle 28"]),
        ({"rows": lambda r: spoil(r, 20, 0, 19.0)}, ["angles of rows must increase"]),
        ({"rows": lambda r: [*r[:-1], r[-1][:2]]}, ["one angle and 3 values", "[40]"]),
    ],
)
def test_a_wrong_table_is_refused_with_its_place_and_numbers(changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_differential(changed(**changes), "my.toml")
    assert "my.toml" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_totals_below_the_first_angle_are_not_compared() -> None:
    """A published total above 0.21 degrees says nothing of a table that begins at 0.25."""
    read_differential(changed(total=[[3.0, 0.21, 6.4e-15]]), "my.toml")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(InputError, match="reach is missing"):
        read_differential({k: v for k, v in O_O.items() if k != "reach"}, "my.toml")
