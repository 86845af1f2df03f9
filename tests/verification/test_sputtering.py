"""Collision cascades of test particles: sputter yields, numbers of recoils, energy.

1 keV O on a cold, deep layer of O, ZBL potential, no electronic stopping: 1.09 +- 0.02 atoms leave per incident atom at
normal incidence, 3.81 +- 0.03 at 55 degrees (two independent calculations, which spread by 4 %). In a boundless gas
that scatters isotropically there are exactly E0/E1 - 1 recoils and 2 E0/E1 - 1 collisions above E1 (Lindhard et al.
1963). See :mod:`exobase_verify.rows.sputtering`, whose rows these tests take with fewer histories.
"""

from __future__ import annotations

import pytest

from exobase_verify.rows import sputtering


@pytest.mark.parametrize("angle", [0.0, 55.0])
def test_sputter_yields_of_oxygen_on_oxygen(angle: float) -> None:
    """4000 incident atoms: standard errors 2.6 and 1.3 %; four per cent and three of them are allowed."""
    row = sputtering.yield_row(angle, 4000)
    assert row.passed, row


def test_electronic_stopping_lowers_the_yield_beyond_the_tolerance() -> None:
    """The row tells a cascade that loses energy to electrons from one that does not."""
    row = sputtering.yield_row(55.0, 1000, stopping="lss")
    assert not row.passed
    assert row.value < 3.0


def test_isotropic_scattering_has_another_yield() -> None:
    """The row tells the potential from hard spheres, most of whose collisions turn the incident atom far round."""
    row = sputtering.yield_row(0.0, 1000, law="isotropic", cross_section="1e-15 cm2")
    assert not row.passed
    assert row.value > 2.0


def test_the_energy_that_comes_in_leaves_or_stays() -> None:
    row = sputtering.balance_row(55.0, 200)
    assert row.passed, row


@pytest.mark.parametrize("threshold", [10.0, 100.0])
def test_an_isotropic_cascade_has_the_exact_numbers_of_recoils_and_collisions(threshold: float) -> None:
    """2000 histories, four standard errors."""
    for row in sputtering.cascade_rows(threshold, 2000):
        assert abs(row.sigmas) < 4.0, row
        assert row.error < 0.02, row


def test_the_numbers_do_not_depend_on_the_cross_section() -> None:
    law = {"law": "vhs", "diameter": "3 angstrom", "omega": 0.75, "reference_temperature": "273 K"}
    for row in sputtering.cascade_rows(10.0, 2000, **law):
        assert abs(row.sigmas) < 4.0, row
        assert row.error < 0.005, row


def test_soft_spheres_share_the_energy_among_fewer_recoils() -> None:
    """alpha = 2: the part x of the energy is kept with the density 2 x, so that both partners together have the
    spectrum of isotropic scattering and make as many collisions; recoils are (1 - q)^2 + 2 (1 - q)^3/(3 q), q = E1/E0.
    """
    law = {"law": "vss", "diameter": "3 angstrom", "omega": 0.75, "alpha": 2.0, "reference_temperature": "273 K"}
    recoils, collisions = sputtering.cascade_rows(10.0, 4000, **law)
    q = 10.0 / sputtering.ENERGY
    exact = ((1.0 - q) ** 2 + 2.0 * (1.0 - q) ** 3 / (3.0 * q)) / (1.0 / q - 1.0)
    assert abs(recoils.value - exact) < 4.0 * recoils.error
    assert recoils.error < 0.002 < 1.0 - exact
    assert abs(collisions.sigmas) < 4.0


@pytest.mark.slow
def test_all_rows_of_sputtering_hold() -> None:
    assert all(row.passed for row in sputtering.rows("full"))
