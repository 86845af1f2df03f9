"""Exchange of momentum and energy: limits, quadrature over both Maxwellians, and conservation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.analytic import charge_exchange_drag as drag
from exobase.constants import ATOMIC_MASS, K_B

ION = drag.Drifting(16.0 * ATOMIC_MASS, 3000.0, [900.0, -400.0, 2500.0])
NEUTRAL = drag.Drifting(1.0 * ATOMIC_MASS, 250.0, [100.0, 300.0, -200.0])
SIGMA = 1.7e-19


def nodes(gas: drag.Drifting, n: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Hermite velocities [n^3, 3] and weights of a drifting Maxwellian."""
    x, w = np.polynomial.hermite.hermgauss(n)
    scale = math.sqrt(2.0 * K_B * gas.temperature / gas.mass)
    grid = np.stack(np.meshgrid(x, x, x, indexing="ij"), axis=-1).reshape(-1, 3)
    weight = np.einsum("i,j,k->ijk", w, w, w).reshape(-1) / math.pi**1.5
    return scale * grid + np.asarray(gas.velocity), weight


def test_the_exchange_is_the_average_over_both_distributions() -> None:
    vi, wi = nodes(ION)
    vn, wn = nodes(NEUTRAL)
    g = np.sqrt(np.sum((vi[:, None, :] - vn[None, :, :]) ** 2, axis=-1)) * wi[:, None] * wn[None, :]
    got = drag.constant_cross_section(ION, NEUTRAL, SIGMA)
    assert got.rate == pytest.approx(SIGMA * g.sum(), rel=1e-4)
    for gas, v, weight, p, e in (
        (ION, vi, g.sum(axis=1), got.ion_momentum, got.ion_energy),
        (NEUTRAL, vn, g.sum(axis=0), got.neutral_momentum, got.neutral_energy),
    ):
        momentum = SIGMA * gas.mass * (weight @ v)
        np.testing.assert_allclose(p, momentum, atol=1e-4 * np.abs(momentum).max())
        assert e == pytest.approx(0.5 * SIGMA * gas.mass * (weight @ np.sum(v**2, axis=1)), rel=1e-4)


@pytest.mark.parametrize("x", [0.0, 1e-9, 0.3, 0.5 - 1e-12, 0.5, 2.0, 30.0])
def test_moments_of_the_relative_speed_are_those_of_its_distribution(x: float) -> None:
    """The pdf of g: g/(w s sqrt(2 pi)) {exp[-(g-w)^2/(2s^2)] - exp[-(g+w)^2/(2s^2)]}; <g g.w>/w from d<g>/dw."""
    s, w = 3e3, x * math.sqrt(2.0) * 3e3
    g = np.linspace(max(w - 12.0 * s, 0.0), w + 12.0 * s, 40001)
    y = g * w / s**2
    ratio = np.where(y > 1e-6, -np.expm1(-2.0 * y) / np.maximum(2.0 * y, 1e-300), 1.0)
    pdf = math.sqrt(2.0 / math.pi) * g**2 / s**3 * np.exp(-0.5 * ((g - w) / s) ** 2) * ratio
    assert drag.mean_speed(w, s) == pytest.approx(np.trapezoid(g * pdf, g), rel=1e-7, abs=0.0)
    assert drag.mean_speed_cubed(w, s) == pytest.approx(np.trapezoid(g**3 * pdf, g), rel=1e-7, abs=0.0)
    # <cos> of the angle between gvec and w at given g is the Langevin function of y.
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = np.where(y > 1e-3, 1.0 / np.tanh(y) - 1.0 / y, y / 3.0)
    along = np.trapezoid(g**2 * cosine * pdf, g)
    assert w * drag.mean_speed_times_velocity(w, s) == pytest.approx(along, rel=1e-6, abs=1e-9 * s * s)


def test_slow_drift_gives_the_friction_of_ionospheric_physics() -> None:
    """Equal species: the ions gain n_i n_n m (4/3) sigma <g> (u_n - u_i), <g> = sqrt(8 k (T_i + T_n)/(pi m))."""
    mass = 16.0 * ATOMIC_MASS
    ion, neutral = drag.Drifting(mass, 1200.0, [1.0, 0.0, 0.0]), drag.Drifting(mass, 800.0, [0.0, 0.0, 0.0])
    got = drag.constant_cross_section(ion, neutral, SIGMA)
    mean = math.sqrt(8.0 * K_B * 2000.0 / (math.pi * mass))
    gain = (got.neutral_momentum - got.ion_momentum)[0]
    assert gain == pytest.approx(-4.0 / 3.0 * SIGMA * mean * mass, rel=1e-6)


def test_fast_ions_are_replaced_at_the_rate_of_their_speed() -> None:
    mass = 1.008 * ATOMIC_MASS
    ion, neutral = drag.Drifting(mass, 10.0, [4e5, 0.0, 0.0]), drag.Drifting(mass, 10.0, [0.0, 0.0, 0.0])
    got = drag.constant_cross_section(ion, neutral, SIGMA)
    assert got.rate == pytest.approx(SIGMA * 4e5, rel=1e-5)
    assert got.ion_momentum[0] == pytest.approx(SIGMA * mass * 1.6e11, rel=1e-5)
    assert got.ion_energy == pytest.approx(0.5 * SIGMA * mass * 6.4e16, rel=1e-5)


def test_equal_gases_exchange_nothing_on_average() -> None:
    same = drag.Drifting(ION.mass, 500.0, [100.0, 0.0, 0.0])
    for got in (drag.constant_cross_section(same, same, SIGMA), drag.constant_rate(same, same, 1e-15)):
        np.testing.assert_allclose(got.ion_momentum, got.neutral_momentum, rtol=1e-12)
        assert got.ion_energy == pytest.approx(got.neutral_energy, rel=1e-12)


def test_a_constant_rate_exchanges_average_partners() -> None:
    got = drag.constant_rate(ION, NEUTRAL, 1e-15)
    np.testing.assert_allclose(got.ion_momentum, 1e-15 * ION.mass * np.array(ION.velocity))
    thermal = 1.5 * K_B * NEUTRAL.temperature
    assert got.neutral_energy == pytest.approx(1e-15 * (0.5 * NEUTRAL.mass * 1.4e5 + thermal), rel=1e-12)


def test_arguments_outside_the_domain_are_refused() -> None:
    with pytest.raises(ValueError, match="temperature of the ions"):
        drag.constant_cross_section(ION._replace(temperature=0.0), NEUTRAL, SIGMA)
    with pytest.raises(ValueError, match="shape"):
        drag.constant_rate(ION, NEUTRAL._replace(velocity=1.0), 1e-15)
    with pytest.raises(ValueError, match="drift"):
        drag.mean_speed(-1.0, 1.0)
