"""The shape of O + CO2 keeps what is published: totals, momentum transfers, median and ninth decile of the angle."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.constants import EV
from exobase.cross_sections import o_co2
from exobase.cross_sections.quantiles import T, mean_deflection
from exobase.errors import InputError

PUBLISHED = [(1.0, 198e-20, 22.7e-20), (1.6, 178e-20, 21.2e-20), (2.5, 157e-20, 20.1e-20), (5.0, 122e-20, 18.3e-20)]


@pytest.mark.parametrize(("energy", "total", "transfer"), PUBLISHED)
def test_the_shape_keeps_all_published_numbers_at_once(energy: float, total: float, transfer: float) -> None:
    angles, totals = o_co2.tables()
    at = math.log(energy * EV)
    sigma = float(np.interp(at, totals.ln_energy, totals.sigma))
    row = angles.row(at)
    assert sigma == pytest.approx(total, rel=0.005, abs=0.0)
    assert sigma * mean_deflection(row) == pytest.approx(transfer, rel=0.005, abs=0.0)
    for w, degrees in ((0.5, 0.3), (0.1, 55.0)):
        x = math.exp(float(np.interp(-math.log(w), T, row)))
        assert math.degrees(2.0 * math.asin(math.sqrt(0.5 * x))) == pytest.approx(degrees, rel=0.05, abs=0.0)


def test_rows_are_monotone() -> None:
    assert np.all(np.diff(o_co2.tables()[0].rows, axis=1) >= -1e-12)


def test_a_momentum_transfer_that_contradicts_the_quantiles_is_refused() -> None:
    median, ninth = math.radians(0.3), math.radians(55.0)
    with pytest.raises(InputError, match="contradicts median"):
        o_co2.tail_exponent(0.04, median, ninth)
    with pytest.raises(InputError, match="contradicts median"):
        o_co2.tail_exponent(0.3, median, ninth)
