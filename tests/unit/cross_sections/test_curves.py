"""Curves drawn of a law are those of its data: momentum transfers, and differential cross sections at their angles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.constants import EV
from exobase.cross_sections.curves import angular_curve, momentum_transfer_curve, total_curve
from exobase.cross_sections.scattering import PairLaw, ScatteringTables, build_scattering
from exobase.species import species
from exobase.tables import load_table


def one(law: str, options: dict[str, float]) -> ScatteringTables:
    return build_scattering([species("O")], [species("O")], [PairLaw("O", "O", law, options)])


def test_an_isotropic_law_is_flat_and_transfers_its_total() -> None:
    tables = one("isotropic", {"cross_section": 3e-19})
    energy = np.array([0.1, 5.0]) * EV
    assert total_curve(tables, 0, energy) == pytest.approx(3e-19, rel=1e-12, abs=0.0)
    assert momentum_transfer_curve(tables, 0, energy) == pytest.approx(3e-19, rel=1e-4, abs=0.0)
    _, value = angular_curve(tables, 0, EV)
    assert value == pytest.approx(3e-19 / (4.0 * math.pi), rel=1e-6, abs=0.0)


def test_oxygen_has_its_tabulated_differential_cross_section() -> None:
    tables, data = one("kharchenko", {}), load_table("scattering/o_o.toml")
    transfer = momentum_transfer_curve(tables, 0, np.array(data["energies"]) * EV)
    assert transfer * 1e4 == pytest.approx(data["momentum_transfer"], rel=0.02, abs=0.0)
    angle, value = angular_curve(tables, 0, 3.0 * EV)
    for degrees, _, _, published in data["rows"]:
        if 1.0 <= degrees <= 150.0:
            found = math.exp(float(np.interp(math.log(math.radians(degrees)), np.log(angle), np.log(value))))
            assert found * 1e4 == pytest.approx(published, rel=0.15, abs=0.0)


def test_where_nothing_meets_there_is_nothing() -> None:
    tables = one("zbl", {"smallest_transfer": 5.0 * EV})
    assert momentum_transfer_curve(tables, 0, np.array([EV])).tolist() == [0.0]
    assert angular_curve(tables, 0, EV)[0].size == 0
