"""The shape of O + CO2 keeps what is published: totals, momentum transfers and six quantiles of the angle.

Numbers of Gacesa et al. 2020: eV; total, momentum transfer, viscosity in 1e-16 cm2; angles [deg] below which 25, 50,
75, 90, 95, 99 % of all collisions deflect.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from exobase.constants import EV
from exobase.cross_sections import o_co2
from exobase.cross_sections.catalogue import laws, laws_for
from exobase.cross_sections.quantiles import T, mean_deflection
from exobase.errors import InputError

PUBLISHED = [
    (0.154, 290.3, 30.8, 26.4, (0.359, 0.759, 6.69, 42.9, 84.0, 137.6)),
    (0.402, 214.7, 26.0, 21.7, (0.269, 0.659, 4.67, 53.0, 91.3, 140.0)),
    (1.02, 194.9, 22.7, 18.7, (0.190, 0.404, 2.34, 49.7, 89.7, 140.7)),
    (1.64, 178.0, 21.2, 17.4, (0.159, 0.328, 1.98, 51.0, 91.1, 142.0)),
    (2.51, 156.9, 20.1, 16.3, (0.142, 0.293, 2.59, 55.2, 95.1, 143.4)),
    (4.99, 122.1, 18.3, 14.7, (0.132, 0.312, 7.24, 65.7, 102.5, 146.7)),
]
PARTS = (0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


def at(energy: float) -> tuple[float, np.ndarray]:
    """Total [1e-16 cm2] and row of the tables for sampling at an energy [eV]."""
    angles, totals = o_co2.tables()
    ln_energy = math.log(energy * EV)
    return 1e20 * float(np.interp(ln_energy, totals.ln_energy, totals.sigma)), angles.row(ln_energy)


def angle(row: np.ndarray, part: float) -> float:
    """Angle [deg] below which a part of all collisions deflects."""
    x = math.exp(float(np.interp(-math.log1p(-part), T, row)))
    return math.degrees(2.0 * math.asin(math.sqrt(0.5 * x)))


@pytest.mark.parametrize(("energy", "total", "transfer", "viscosity", "quantiles"), PUBLISHED)
def test_the_shape_keeps_all_published_numbers_at_once(
    energy: float, total: float, transfer: float, viscosity: float, quantiles: tuple[float, ...]
) -> None:
    sigma, row = at(energy)
    assert sigma == pytest.approx(total, rel=0.002)
    assert sigma * mean_deflection(row) == pytest.approx(transfer, rel=0.003)
    for part, degrees in zip(PARTS, quantiles, strict=True):
        assert angle(row, part) == pytest.approx(degrees, rel=0.02), part


@pytest.mark.parametrize(("energy", "total", "transfer", "viscosity", "quantiles"), PUBLISHED)
def test_the_viscosity_cross_section_which_the_shape_does_not_know_agrees_to_four_percent(
    energy: float, total: float, transfer: float, viscosity: float, quantiles: tuple[float, ...]
) -> None:
    sigma, row = at(energy)
    t = np.linspace(0.0, float(T[-1]), 100_001)
    x = np.exp(np.interp(t, T, row))
    assert sigma * float(np.trapezoid(x * (2.0 - x) * np.exp(-t), t)) == pytest.approx(viscosity, rel=0.04)


def test_between_the_energies_total_and_momentum_transfer_are_powers_of_the_energy() -> None:
    """At the geometric means of neighbours: the geometric means of their values (transfer to 1 %)."""
    for low, high in pairwise(PUBLISHED):
        sigma, row = at(math.sqrt(low[0] * high[0]))
        assert sigma == pytest.approx(math.sqrt(low[1] * high[1]), rel=0.002)
        assert sigma * mean_deflection(row) == pytest.approx(math.sqrt(low[2] * high[2]), rel=0.01)
        assert angle(row, 0.75) == pytest.approx(math.sqrt(low[4][2] * high[4][2]), rel=0.05)


def test_outside_the_energies_the_nearest_one_is_kept() -> None:
    for inside, outside in ((0.154, 0.01), (4.99, 9.0)):
        one, other = at(inside), at(outside)
        assert other[0] == one[0]
        assert np.array_equal(other[1], one[1])


def test_rows_are_monotone() -> None:
    assert np.all(np.diff(o_co2.tables()[0].rows, axis=1) >= -1e-12)


def test_a_momentum_transfer_that_contradicts_the_quantiles_is_refused() -> None:
    probability, angles = np.array(PARTS), np.radians(PUBLISHED[0][4])
    with pytest.raises(InputError, match=r"contradicts the quantiles 0\.359, .* they allow"):
        o_co2.shape_power(0.03, probability, angles)
    with pytest.raises(InputError, match="contradicts the quantiles"):
        o_co2.shape_power(0.3, probability, angles)


@pytest.mark.parametrize("target", ["CO2", "N2", "CO"])
def test_the_law_serves_carbon_dioxide_and_by_name_nitrogen_and_carbon_monoxide(target: str) -> None:
    assert "gacesa" in laws_for("O", target)
    assert "gacesa" not in laws_for("O", target, "united_atom")


def test_the_law_serves_nothing_else_and_says_whose_numbers_it_has() -> None:
    assert not any("gacesa" in laws_for(*pair) for pair in (("O", "O"), ("O", "H2"), ("C", "CO2"), ("H", "N2")))
    law = laws()["gacesa"]
    assert law.serves == "O on CO2, and by its numbers on CO, N2"
    assert np.array(law.valid) / EV == pytest.approx([0.154, 4.99])
