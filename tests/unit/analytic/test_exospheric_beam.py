"""A beam through an exosphere against quadrature along the path and the rate equations of two charge states."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from exobase.analytic import exospheric_beam as beam

N0, H, R0 = 3e14, 4e4, 3.6e6


@pytest.mark.parametrize("impact", [3.5e6, 3.6e6, 3.9e6])
def test_the_tangent_column_is_the_integral_along_the_line(impact: float) -> None:
    """N = 2 int_0^inf n(sqrt(b^2 + s^2)) ds; the density falls within sqrt(2 b H) of the tangent point."""

    def density(s: float) -> float:
        return N0 * math.exp(-(math.hypot(impact, s) - R0) / H)

    length = math.sqrt(2.0 * impact * H)
    exact = 2.0 * length * quad(lambda u: density(u * length), 0.0, 12.0, epsabs=0.0, epsrel=1e-12)[0]
    assert beam.tangent_column(impact, N0, H, R0) == pytest.approx(exact, rel=1e-10, abs=0.0)


def test_the_tangent_column_is_finite_for_thin_scale_heights() -> None:
    """b/H = 1e5: exp(r0/H) overflows, the column is that of a parabola, n sqrt(2 pi b H) (1 + 3H/(8b))."""
    h = R0 / 1e5
    expected = N0 * math.sqrt(2.0 * math.pi * R0 * h) * (1.0 + 3.75e-6)
    assert beam.tangent_column(R0, N0, h, R0) == pytest.approx(expected, rel=1e-9, abs=0.0)


def test_tangent_columns_have_their_computed_values() -> None:
    """n0 = 1, r0 = 3600, b = 3650: H = 20, and k = 3."""
    assert beam.tangent_column(3650.0, 1.0, 20.0, 3600.0) == pytest.approx(55.7064024193, abs=6e-11, rel=0.0)
    assert beam.tangent_column_power_law(3650.0, 1.0, 3.0, 3600.0) == pytest.approx(7004.0908238, abs=6e-8, rel=0.0)


@pytest.mark.parametrize("k", [1.5, 2.0, 4.7])
def test_the_tangent_column_of_a_power_law_is_the_integral_along_the_line(k: float) -> None:
    """With s = b tan(a): N = 2 n0 b (r0/b)^k int_0^(pi/2) cos^(k-2) a da."""
    b = 3.9e6
    # a = pi/2 - t^2 takes the end point's singularity away for k < 2.
    exact = quad(lambda t: 2.0 * t * math.sin(t * t) ** (k - 2.0), 0.0, math.sqrt(0.5 * math.pi), epsrel=1e-11)[0]
    column = beam.tangent_column_power_law(b, N0, k, R0)
    assert column == pytest.approx(2.0 * N0 * b * (R0 / b) ** k * exact, rel=1e-8, abs=0.0)


def test_the_vertical_column_is_the_integral_upward() -> None:
    exact = quad(lambda r: N0 * math.exp(-(r - R0) / H), 3.7e6, 3.7e6 + 40.0 * H, epsabs=0.0, epsrel=1e-12)[0]
    assert beam.vertical_column(3.7e6, N0, H, R0) == pytest.approx(exact, rel=1e-10, abs=0.0)


def test_a_beam_is_attenuated_by_one_e_fold_per_mean_free_path() -> None:
    np.testing.assert_allclose(beam.transmission(2e-19, np.array([0.0, 5e18, 1e19])), np.exp([-0.0, -1.0, -2.0]))


def test_the_charge_states_obey_the_rate_equations() -> None:
    """df0/dN = s10 f1 - s01 f0, f0 + f1 = 1."""
    gain, loss, column = 1.7e-19, 0.6e-19, 8e18
    solution = solve_ivp(lambda _, f: gain * (1.0 - f) - loss * f, (0.0, column), [0.0], rtol=1e-10, atol=1e-14)
    got = beam.neutral_fraction(column, gain, loss)
    assert got == pytest.approx(float(solution.y[0, -1]), rel=1e-8, abs=0.0)
    assert beam.neutral_fraction(1e25, gain, loss) == pytest.approx(gain / (gain + loss), rel=1e-14, abs=0.0)
    assert beam.neutral_fraction(1e10, gain, loss) == pytest.approx(gain * 1e10, rel=1e-8, abs=0.0)
    assert beam.neutral_fraction(1e20, 0.0, 0.0) == 0.0


def test_arguments_outside_the_domain_are_refused() -> None:
    with pytest.raises(ValueError, match="scale_height"):
        beam.tangent_column(R0, N0, 0.0, R0)
    with pytest.raises(ValueError, match="exponent = 1 must be between 1"):
        beam.tangent_column_power_law(R0, N0, 1.0, R0)
    with pytest.raises(ValueError, match="column = -1"):
        beam.transmission(1e-19, -1.0)
