"""Straight flights, beams, arcs and exospheres of test particles against exact results.

See :mod:`exobase_verify.rows.histories`. Bounds are 4 standard errors of fixed seeds, and the errors themselves are
bounded, so that a test is sharp enough to fail.
"""

from __future__ import annotations

import math

import pytest

from exobase.analytic import liouville, slab
from exobase_verify.rows import histories as problems


@pytest.mark.parametrize(("tau", "sharp"), [pytest.param(0.1, 0.005, marks=pytest.mark.slow), (1.0, 0.01)])
def test_escape_from_a_slab_is_half_the_second_exponential_integral(tau: float, sharp: float) -> None:
    """P = E_2(tau)/2; an isotropic flux instead of an isotropic source would give E_3(tau)."""
    value, error = problems.slab_escape(tau, 150_000)
    exact = float(slab.escape_probability(tau))
    assert error < sharp * exact
    assert abs(value - exact) < 4.0 * error


def test_splitting_leaves_the_escape_and_lowers_its_error() -> None:
    """tau = 3, split in two at three depths: E_2(3)/2 = .005321, with the error of twice as many histories."""
    exact = float(slab.escape_probability(3.0))
    plain, plain_error = problems.slab_escape(3.0, 100_000)
    split, split_error = problems.slab_escape(3.0, 100_000, (2.25, 1.5, 0.75))
    assert split_error < 0.75 * plain_error
    assert split_error < 0.03 * exact
    assert abs(plain - exact) < 4.0 * plain_error
    assert abs(split - exact) < 4.0 * split_error


def test_flux_of_a_source_that_follows_the_density_is_a_quarter_of_q_over_sigma() -> None:
    """F sigma/q0 = (1/2) [1/2 - E_3(6)], 1/4 to 6e-4."""
    value, error = problems.column_escape(6.0, 200_000)
    exact = float(slab.escape_flux(1.0, 1.0, 6.0))
    assert exact == pytest.approx(0.25, rel=1e-3, abs=0.0)
    assert error < 0.012 * exact
    assert abs(value - exact) < 4.0 * error


def test_a_beam_is_attenuated_by_the_column_along_its_path() -> None:
    value, error = problems.beam_escape(0.7, 0.5, 100_000)
    assert error < 0.005
    assert abs(value - math.exp(-1.4)) < 4.0 * error


def test_a_tangent_beam_sees_the_column_of_a_round_atmosphere() -> None:
    """2 n0 exp(r0/H) b K1(b/H); the flat approximation b K1 = sqrt(pi b H/2) exp(-b/H) lacks .5 % here."""
    value, error = problems.tangent_beam(1.0, 100_000)
    assert error < 0.002
    assert abs(value - math.exp(-1.0)) < 4.0 * error


@pytest.mark.parametrize(("launch", "law"), [("isotropic_flux", "isotropic"), ("uniform_solid_angle", "solid_angle")])
def test_density_above_a_launching_sphere_follows_from_liouville(launch: str, law: str) -> None:
    """v0 = 1.3 v_esc, x = 2 and 5, within 1 %; the two laws differ by 4 % at x = 2."""
    speed = 1.3 * math.sqrt(2.0 * problems.MARS_GM / problems.MARS_R0)
    for x, (value, error) in zip((2.0, 5.0), problems.launched_density(launch, (2.0, 5.0), 20_000), strict=True):
        exact = float(liouville.density(x * problems.MARS_R0, problems.MARS_R0, speed, problems.MARS_GM, speed, law))  # type: ignore[arg-type]
        assert error < 1e-3 * exact
        assert abs(value - exact) < 4.0 * error


@pytest.mark.parametrize(("jeans", "x", "sharp"), [(10.0, 1.25, 0.01), (5.0, 1.6667, 0.01), (3.0, 6.0, 0.012)])
def test_a_maxwellian_without_collisions_gives_chamberlains_exosphere(jeans: float, x: float, sharp: float) -> None:
    """Ballistic and escaping particles, no satellites: with them the density at lambda 5 would be 18 % higher."""
    ((value, error),) = problems.thermal_density(jeans, (x,), 100_000)
    exact = problems.chamberlain_density(jeans, x)
    assert error < 1.3 * sharp * exact
    assert abs(value - exact) < 4.0 * error


@pytest.mark.parametrize(("speed", "angle", "time", "turned"), problems.HOPS)
def test_a_hop_takes_the_time_and_the_range_of_kepler(speed: float, angle: float, time: float, turned: float) -> None:
    """The time is the whole residence, exact on an arc; the range that of the way through the solver."""
    t, a, energy, _ = problems.hop(speed, angle, 4)
    assert t == pytest.approx(time, rel=1e-6, abs=0.0)
    assert a == pytest.approx(turned, rel=1e-4, abs=0.0)
    assert energy < 1e-12


@pytest.mark.parametrize(("speed", "angle", "time", "turned"), problems.HOPS[:2])
def test_steps_through_a_gas_too_thin_to_be_met_agree_with_the_arc(
    speed: float, angle: float, time: float, turned: float
) -> None:
    """Steps of 5 km: energy to round-off, angular momentum 1e-7, time and range 1e-4.

    The last step is scored at a random moment of it, an error of some 5 km/v/sqrt(12 number): 3e-5 of the short hop.
    """
    t, a, energy, momentum = problems.hop(speed, angle, 400, 2e4)
    assert t == pytest.approx(time, rel=1.5e-4, abs=0.0)
    assert a == pytest.approx(turned, rel=1e-4, abs=0.0)
    assert energy < 1e-11
    assert momentum < 1e-7


@pytest.mark.slow
@pytest.mark.parametrize("rows", ["slab_rows", "exosphere_rows", "hop_rows"])
def test_all_rows_of_straight_flights_and_arcs_hold(rows: str) -> None:
    found = getattr(problems, rows)("full")
    assert all(row.passed for row in found), found
