"""Collisions of test particles with a warm and moving gas: detailed balance, relaxation, drag, slowing down.

See :mod:`exobase_verify.rows.hot_gas`. A partner without thermal motion, or accepted without its relative speed,
breaks the equilibrium by tens of per cent.
"""

from __future__ import annotations

import pytest

from exobase.analytic import cascade
from exobase_verify.rows import hot_gas as problems


@pytest.mark.parametrize(("mass_ratio", "law"), [(0.25, "isotropic"), (1.0, "vhs"), (16.0, "isotropic")])
def test_a_gas_in_equilibrium_with_its_background_stays_so(mass_ratio: float, law: str) -> None:
    """Barometric density of the own mass and 2 kT per crossing at four heights, whatever the collisions."""
    density, energy = problems.equilibrium(mass_ratio, law, 40_000)
    for value, error in density + energy:
        assert error < 0.03
        assert abs(value - 1.0) < 4.0 * error


@pytest.mark.parametrize(("mass_ratio", "law"), [(1.0, "isotropic"), (4.0, "vhs")])
def test_fast_particles_take_the_temperature_of_the_gas(mass_ratio: float, law: str) -> None:
    """1 eV among 1000 K (.086 eV): 15 mean free paths away a crossing carries 2 kT."""
    for value, error in problems.thermalised(mass_ratio, law, 2000):
        assert error < 0.01
        assert abs(value - 1.0) < 4.0 * error


def test_a_wind_carries_particles_with_its_own_speed() -> None:
    value, error = problems.transit_speed(1000.0, 4000)
    assert error < 10.0
    assert abs(value - 1000.0) < 4.0 * error


def test_a_rotating_gas_carries_particles_round() -> None:
    """2.1 km/s at the equator, three times the thermal speed: the azimuthal speed is that of solid rotation."""
    value, error = problems.carried_round(3e4, 1000)
    assert error < 0.02
    assert abs(value - 1.0) < 4.0 * error


@pytest.mark.parametrize("mass_ratio", [0.25, 1.0, 4.0])
def test_a_hard_sphere_collision_takes_half_the_largest_transfer(mass_ratio: float) -> None:
    value, error = problems.energy_after(mass_ratio, 40_000)
    assert error < 0.002
    assert abs(value - 1.0 + 0.5 * float(cascade.largest_transfer(1.0, mass_ratio))) < 4.0 * error


def test_an_atom_needs_one_collision_and_the_logarithm_of_the_energies() -> None:
    """Mean log decrement 1 for equal masses: 1 + ln 100 collisions to 1 % of the energy."""
    value, error = problems.collisions_down_to(0.01, 40_000)
    assert error < 0.02
    assert abs(value - float(cascade.collisions_to_slow_down(1.0, 0.01))) < 4.0 * error


@pytest.mark.slow
def test_all_rows_of_collisions_with_a_gas_hold() -> None:
    found = problems.rows("full")
    assert all(row.passed for row in found), found
