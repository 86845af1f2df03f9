"""Exchange of translational and rotational energy in boxes: equilibrium, detailed balance, and the rate nu/Z.

See :mod:`exobase_verify.rows.larsen_borgnakke`, whose rows these tests use with fewer particles. Tolerances: 1 % for
rates, 0.2 % for temperatures where statistics allow, else 4.5 standard errors.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from exobase.constants import K_B
from exobase.cross_sections.rotation import relaxation_probabilities, smallest_number
from exobase_verify.box import Box, gas, one_cell
from exobase_verify.rows import larsen_borgnakke as lb
from exobase_verify.rows.larsen_borgnakke import Rotor

SIGMAS = 4.5


def test_laws_of_the_rows_use_both_schemes() -> None:
    assert not any(law.sequential(300.0) for law in lb.PROHIBITED)
    assert all(law.sequential(300.0) for law in lb.SEQUENTIAL)
    assert all(law.z > smallest_number(5.0 - 2.0 * law.omega, law.zeta) for law in lb.SEQUENTIAL)


@pytest.mark.parametrize("zeta", [2.0, 3.0])
def test_a_thermal_start_has_the_energies_of_its_temperature(zeta: float) -> None:
    """Gamma variates of shape zeta/2, with the exact mean if wanted."""
    box = one_cell([gas("A", 28.0, zeta=zeta)], [50_000], [1e20], 1.0)
    box.rotate(np.array([250.0]))
    assert box.rotational_temperature(0) == pytest.approx(250.0, rel=1e-12, abs=0.0)
    box.rotate(np.array([250.0]), exact=False)
    e = box.spin * box.mass[0] / (K_B * 250.0)
    assert stats.kstest(e, "gamma", args=(0.5 * zeta,)).pvalue > 1e-4


@pytest.mark.parametrize("law", [Rotor(2.0, 0.5, 3.0), Rotor(3.0, 0.75, 2.5), Rotor(2.0, 0.74, 18.0, 91.5)])
def test_equal_temperatures_stay_equal(law: Rotor) -> None:
    """Detailed balance: 5e5 particles, 3 collisions each; distribution of rotational energy, energy to round-off."""
    temperature, shape, energy = lb.equilibrium(law, 500_000, (300.0, 300.0), 1.5, 1.5)
    for row in (temperature, shape):
        assert row.error < 3e-3
        assert abs(row.value - row.reference) < max(2e-3, SIGMAS * row.error), row
    assert energy.value < 1e-12


@pytest.mark.parametrize("law", [Rotor(2.0, 1.0, 2.2), Rotor(3.0, 0.5, 4.0)])
def test_any_start_ends_in_equilibrium(law: Rotor) -> None:
    """From 500 and 100 K over 8 Z collisions: one temperature, and rotational energies of a gamma distribution."""
    box = one_cell([law.species], [100_000], [lb.DENSITY], 0.3 / law.frequency(300.0), hottest=500.0)
    box.maxwellian(np.array([500.0]))
    box.rotate(np.array([100.0]))
    box.collide(int(8.0 * law.z / 0.3))
    t = (3.0 * 500.0 + law.zeta * 100.0) / (3.0 + law.zeta)
    noise = SIGMAS * np.sqrt(2.0 / (3.0 * box.n) + 2.0 / (law.zeta * box.n))
    assert abs(box.rotational_temperature(0) - box.temperature(0)) < noise * t
    e = box.spin * box.mass[0] / (K_B * box.rotational_temperature(0))
    assert stats.kstest(e, "gamma", args=(0.5 * law.zeta,)).pvalue > 1e-4
    speed = box.v[0] / np.sqrt(K_B * box.temperature(0) / box.mass[0])
    assert stats.kstest(speed, "norm").pvalue > 1e-4


MORE = (Rotor(3.0, 1.0, 4.0), Rotor(2.0, 0.5, 2.0), Rotor(3.0, 0.75, 2.5))


@pytest.mark.parametrize("law", [Rotor(2.0, 0.75, 5.0), *(pytest.param(law, marks=pytest.mark.slow) for law in MORE)])
def test_rotation_relaxes_at_the_rate_of_its_number(law: Rotor) -> None:
    """Both schemes: 1e6 particles, standard error about 0.3 %."""
    row = lb.relaxation(law, 1_000_000)
    assert row.error < 4e-3
    assert row.value == pytest.approx(1.0, rel=max(0.01, 3.5 * row.error), abs=0.0)


def test_the_number_of_parker_is_that_of_the_cell() -> None:
    """Z_inf 18, T* 91.5 K gives Z = 5.5 at 500 K; a constant 18 would relax a third as fast."""
    row = lb.relaxation(lb.PARKER, 1_000_000)
    assert row.value == pytest.approx(1.0, rel=max(0.01, 3.5 * row.error), abs=0.0)
    assert lb.PARKER.number(500.0) < 7.0


def test_uncorrected_sequential_probabilities_relax_too_slowly() -> None:
    """P = (zeta_t + zeta)/(zeta_t Z) for both partners in turn loses P (1 - f)/2 of the rate: 12.5 % at Z = 2."""
    law = lb.SEQUENTIAL[0]
    row = lb.uncorrected(law, 1_000_000)
    assert row.reference == pytest.approx(0.875, rel=1e-12, abs=0.0)
    assert row.value == pytest.approx(0.875, rel=0.01, abs=0.0)
    pa, pb, sequential = relaxation_probabilities(4.0, 2.0, 2.0, law.z, law.z)
    assert sequential
    assert pa == pytest.approx(pb, rel=1e-9, abs=0.0)
    assert pa * (1.0 - pa / 6.0) == pytest.approx(0.75, rel=1e-9, abs=0.0)


def test_molecules_among_atoms_relax_as_linear_laws_say() -> None:
    row = lb.with_atoms(600_000)
    assert row.value == pytest.approx(row.reference, rel=max(0.01, 3.5 * row.error / row.reference), abs=0.0)


def test_equal_weights_conserve_energy_with_rotation_in_every_cell() -> None:
    """Two rotating gases and an atomic one, three cells; momentum and energy to round-off."""
    kinds = [gas("A", 28.0, omega=0.75, zeta=2.0, z=2.0), gas("B", 44.0, zeta=3.0, z=4.0), gas("C", 4.0)]
    box = Box(kinds, np.array([[3000, 1000, 500], [500, 4000, 20], [7, 2, 1]]), np.full(3, 2e16), 1.0, 1e-4)
    box.maxwellian(np.array([500.0, 100.0, 300.0]), exact=False)
    box.rotate(np.array([100.0, 600.0, 0.0]), exact=False)
    before = box.conserved()
    box.collide(60)
    assert box.collisions(1) > 1000
    np.testing.assert_allclose(box.conserved()[:, 3], before[:, 3], rtol=1e-12)
    assert not box.spin[box.species_of == 2].any()


def test_unequal_weights_keep_equilibrium() -> None:
    for row in lb.unequal_weights(100):
        assert row.error < 8e-3
        assert abs(row.value) < SIGMAS * row.error, row


@pytest.mark.slow
def test_all_rows_of_rotation_hold() -> None:
    rows = lb.equilibrium_rows("full") + lb.relaxation_rows("full")
    assert all(row.passed for row in rows), [row for row in rows if not row.passed]
