"""The universal law against independent integrals of the published formula (0.01 to 170 degrees).

Totals and momentum transfers [cm2] at energies of the relative motion; masses in u.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.constants import ATOMIC_MASS, EV
from exobase.cross_sections import universal
from exobase.cross_sections.quantiles import mean_deflection

CHECK = [
    ("O_CO2", 16.0, 44.0, 1.4, [(5, 4.63e-15, 6.72e-16), (100, 3.91e-15, 2.43e-16), (1000, 2.89e-15, 2.81e-17)]),
    ("O_O", 16.0, 16.0, 1.0, [(5, 3.28e-15, 4.68e-16), (100, 2.68e-15, 1.32e-16), (1000, 1.94e-15, 1.25e-17)]),
    ("H_O", 1.0, 16.0, 1.0, [(5, 2.92e-15, 2.33e-16), (100, 1.99e-15, 1.54e-17), (1000, 1.24e-15, 5.48e-19)]),
    ("H_CO2", 1.0, 44.0, 1.4, [(5, 4.11e-15, 3.34e-16), (100, 2.81e-15, 2.25e-17), (1000, 1.75e-15, 8.17e-19)]),
]


@pytest.mark.parametrize(("pair", "m1", "m2", "scale", "values"), CHECK, ids=[c[0] for c in CHECK])
def test_totals_and_momentum_transfers_are_those_of_the_formula(
    pair: str, m1: float, m2: float, scale: float, values: list[tuple[float, float, float]]
) -> None:
    """1 %: the check values have three digits, the table 0.5 %."""
    angles, totals = universal.tables()
    reduced = m1 * m2 / (m1 + m2) * ATOMIC_MASS
    for energy, total, transfer in values:
        at = math.log(energy * EV / reduced)
        sigma = scale * 1e4 * float(np.interp(at, totals.ln_energy, totals.sigma))
        assert sigma == pytest.approx(total, rel=0.01, abs=0.0)
        assert sigma * mean_deflection(angles.row(at)) == pytest.approx(transfer, rel=0.01, abs=0.0)


def test_the_two_branches_meet() -> None:
    join = universal.data()["tau_join"]
    assert universal.rho(join * 0.9999) == pytest.approx(universal.rho(join * 1.0001), rel=1e-3, abs=0.0)
    assert universal.rho(join) == pytest.approx(101.7, rel=1e-3, abs=0.0)


@pytest.mark.parametrize("energy_over_mass", [0.02, 1.3, 47.0, 900.0])
def test_tables_reproduce_the_quantiles_of_the_formula(energy_over_mass: float) -> None:
    """Angles exceeded with probability 0.9 to 1e-4, to 1 % in 1 - cos."""
    chi, density = universal.fine(energy_over_mass)
    part = np.append(np.cumsum((0.5 * (density[1:] + density[:-1]) * np.diff(chi))[::-1])[::-1], 0.0)
    row = universal.tables()[0].row(math.log(energy_over_mass * EV / ATOMIC_MASS))
    for w in (0.9, 0.5, 0.1, 1e-2, 1e-3, 1e-4):
        exact = 2.0 * math.sin(0.5 * float(np.interp(-w, -part / part[0], chi))) ** 2
        table = math.exp(float(np.interp(-math.log(w), 0.05 * np.arange(row.size), row)))
        assert table == pytest.approx(exact, rel=0.01, abs=0.0)
