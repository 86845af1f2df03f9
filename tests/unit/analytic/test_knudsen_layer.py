"""Knudsen layer against exact values and the balances of mass, momentum and energy that it rests on.

Reference: Anisimov 1968; Knight 1979.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import jeans, knudsen_layer
from exobase.constants import ATOMIC_MASS, K_B

MASS = 28.0 * ATOMIC_MASS


def test_sonic_monatomic_layer_has_the_exact_values() -> None:
    assert knudsen_layer.temperature_ratio(1.0) == pytest.approx(0.6691, rel=0.0, abs=5.1e-5)
    assert knudsen_layer.density_ratio(1.0) == pytest.approx(0.3081, rel=0.0, abs=5.1e-5)
    assert knudsen_layer.flux_ratio(1.0) == pytest.approx(0.8157, rel=0.0, abs=5.1e-5)


def test_sonic_diatomic_layer_has_the_exact_values() -> None:
    assert knudsen_layer.temperature_ratio(1.0, 1.4) == pytest.approx(0.7815, rel=0.0, abs=5.1e-5)
    assert knudsen_layer.density_ratio(1.0, 1.4) == pytest.approx(0.3006, rel=0.0, abs=5.1e-5)
    assert knudsen_layer.flux_ratio(1.0, 1.4) == pytest.approx(0.788, rel=0.0, abs=5.1e-4)


def test_gas_at_rest_is_the_saturated_vapour() -> None:
    assert (knudsen_layer.temperature_ratio(0.0), knudsen_layer.flux_ratio(0.0)) == (1.0, 0.0)
    assert knudsen_layer.density_ratio(0.0) == pytest.approx(1.0, rel=1e-15, abs=0.0)


@pytest.mark.parametrize("gamma", [5.0 / 3.0, 1.4, 9.0 / 7.0])
@pytest.mark.parametrize("mach", [0.1, 0.5, 1.0])
def test_layer_balances_mass_momentum_and_energy(mach: float, gamma: float) -> None:
    """Emitted half-Maxwellian plus beta times the falling half of the gas above carry what the gas above carries.

    In units of n_s and U_s = 1: moments by quadrature of exp(-(v - u)^2/T)/sqrt(pi T). A particle carries across
    v^2 + T plus internal energy (5 - 3 gamma)/(gamma - 1) T/2 (times m/2).
    """
    t, n = float(knudsen_layer.temperature_ratio(mach, gamma)), float(knudsen_layer.density_ratio(mach, gamma))
    u = mach * math.sqrt(0.5 * gamma * t)
    inner = (5.0 - 3.0 * gamma) / (2.0 * (gamma - 1.0))

    def half(power: int, low: float, high: float, drift: float, temperature: float) -> float:
        scale = math.sqrt(math.pi * temperature)
        return float(quad(lambda v: v**power * math.exp(-((v - drift) ** 2) / temperature) / scale, low, high)[0])

    up = [half(power, 0.0, 10.0, 0.0, 1.0) for power in (1, 2, 3)]
    down = [half(power, -10.0, 0.0, u, t) for power in (1, 2, 3)]
    beta = (n * u - up[0]) / (n * down[0])
    assert beta > 0.0
    assert up[1] + beta * n * down[1] == pytest.approx(n * (u**2 + 0.5 * t), rel=1e-9, abs=0.0)
    energy = up[2] + (1.0 + inner) * up[0] + beta * n * (down[2] + (1.0 + inner) * t * down[0])
    assert energy == pytest.approx(n * u * (u**2 + (2.5 + inner) * t), rel=1e-9, abs=0.0)


def test_layer_top_carries_the_net_flux() -> None:
    top = knudsen_layer.layer_top([0.3, 1.0], 1e20, 100.0, MASS, 1.4)
    evaporation = jeans.evaporation_flux(1e20, 100.0, MASS)
    np.testing.assert_allclose(top.density * top.velocity, knudsen_layer.net_flux([0.3, 1.0], 1e20, 100.0, MASS, 1.4))
    np.testing.assert_allclose(top.density * top.velocity / evaporation, knudsen_layer.flux_ratio([0.3, 1.0], 1.4))
    np.testing.assert_allclose(top.velocity, np.array([0.3, 1.0]) * np.sqrt(1.4 * K_B * top.temperature / MASS))


def test_slow_evaporation_is_linear_in_the_speed() -> None:
    """Small m: net flux 2 sqrt(pi) m of the evaporation flux, T1/T_s = 1 - sqrt(pi) b m, b = 1/4 (monatomic)."""
    m = 1e-5
    number = m / math.sqrt(5.0 / 6.0)
    assert knudsen_layer.flux_ratio(number) == pytest.approx(2.0 * math.sqrt(math.pi) * m, rel=1e-4, abs=0.0)
    drop = 1.0 - float(knudsen_layer.temperature_ratio(number))
    assert drop == pytest.approx(math.sqrt(math.pi) * 0.25 * m, rel=1e-4, abs=0.0)


@pytest.mark.parametrize("gamma", [5.0 / 3.0, 1.4, 1.1])
def test_inverse_problems_return_the_mach_number(gamma: float) -> None:
    number = np.array([0.0, 0.01, 0.4, 0.85])
    np.testing.assert_allclose(
        knudsen_layer.mach_from_pressure(knudsen_layer.pressure_ratio(number, gamma), gamma), number, atol=1e-13
    )
    np.testing.assert_allclose(
        knudsen_layer.mach_from_flux(knudsen_layer.flux_ratio(number, gamma), gamma), number, atol=1e-13
    )
    assert knudsen_layer.mach_from_pressure(knudsen_layer.pressure_ratio(1.0, gamma), gamma) == pytest.approx(1.0)


@pytest.mark.parametrize("gamma", [5.0 / 3.0, 1.4])
def test_net_flux_is_greatest_a_little_below_the_speed_of_sound(gamma: float) -> None:
    number = np.linspace(0.0, 1.0, 20001)
    flux = knudsen_layer.flux_ratio(number, gamma)
    fastest = float(knudsen_layer.mach_of_greatest_flux(gamma))
    assert number[np.argmax(flux)] == pytest.approx(fastest, abs=1e-4)
    assert knudsen_layer.flux_ratio(fastest, gamma) == pytest.approx(flux.max(), rel=1e-8, abs=0.0)
    assert 1.003 < flux.max() / flux[-1] < 1.006


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"mach = 1\.1"):
        knudsen_layer.temperature_ratio([0.5, 1.1])
    with pytest.raises(ValueError, match="gamma = 1 "):
        knudsen_layer.density_ratio(0.5, 1.0)
    with pytest.raises(ValueError, match=r"gamma = 1\.7"):
        knudsen_layer.density_ratio(0.5, 1.7)
    with pytest.raises(ValueError, match=r"pressure over saturation pressure = 0\.2"):
        knudsen_layer.mach_from_pressure(0.2)
    with pytest.raises(ValueError, match=r"flux over evaporation flux = 0\.82"):
        knudsen_layer.mach_from_flux(0.82)
