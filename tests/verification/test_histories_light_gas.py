"""Flux of a trace light gas out of a heavy one over the Jeans flux, against independent simulations.

See :mod:`exobase_verify.rows.light_gas`. Within 3 standard errors of both.
"""

from __future__ import annotations

import math

import pytest

from exobase.constants import K_B
from exobase_verify.rows import light_gas as problems


@pytest.mark.parametrize(("mass_ratio", "reference", "stderr"), problems.REFERENCES)
def test_the_flux_over_the_jeans_flux_falls_with_the_mass_of_the_background(
    mass_ratio: float, reference: float, stderr: float
) -> None:
    value, error = problems.flux_over_jeans(problems.light_gas(mass_ratio), 60_000)
    assert error < 0.05 * reference
    assert abs(value - reference) < 3.0 * math.hypot(error, stderr)


def test_the_critical_level_is_where_the_heavy_gas_is_one_mean_free_path_deep() -> None:
    """sigma n2 H2 is 1 at the critical level and 10 at the foot; lambda of the light gas is 7."""
    sim = problems.light_gas(15.87)
    case = sim.case
    gas, mass = case.background, case.followed[0].species.mass
    heavy = gas.species[0].mass
    foot = problems.SIGMA * gas.density[0][0] * K_B * problems.TEMPERATURE * case.r_inner**2 / (heavy * case.gm)
    assert foot == pytest.approx(10.0, rel=1e-9, abs=0.0)
    assert case.gm * mass / (K_B * problems.TEMPERATURE * problems.RADIUS) == pytest.approx(7.0, rel=1e-12, abs=0.0)
    drop = case.gm * heavy / (K_B * problems.TEMPERATURE) * (1.0 / problems.RADIUS - 1.0 / case.r_inner)
    critical = foot * math.exp(drop) * (problems.RADIUS / case.r_inner) ** 2
    assert critical == pytest.approx(1.0, rel=1e-9, abs=0.0)


@pytest.mark.slow
def test_all_rows_of_light_gases_hold() -> None:
    found = problems.rows("full")
    assert all(row.passed for row in found), found
