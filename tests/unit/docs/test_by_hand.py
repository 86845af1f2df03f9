"""Equations as the pages print them, evaluated by hand, against the functions that they document."""

from __future__ import annotations

import math

import pytest

from exobase.analytic import energy_limited, jeans, knudsen_shutoff, transonic, two_temperature
from exobase.constants import K_B


def test_the_energy_limited_loss_is_the_printed_one() -> None:
    xi = 4.0
    factor = 1.0 - 3.0 / (2.0 * xi) + 1.0 / (2.0 * xi**3)
    assert energy_limited.tidal_factor(xi) == pytest.approx(factor, rel=1e-12)
    mixed = 0.2 * math.pi * 6.0e6 * 8.0e6**2 * 3.0 / (4.0e14 * factor)
    assert energy_limited.mass_loss(0.2, 3.0, 6.0e6, 8.0e6, 4.0e14, factor, "mixed") == pytest.approx(mixed, rel=1e-12)
    xuv = mixed * 8.0 / 6.0
    assert energy_limited.mass_loss(0.2, 3.0, 6.0e6, 8.0e6, 4.0e14, factor, "xuv") == pytest.approx(xuv, rel=1e-12)
    hill = 1.5e10 * 0.9 * (4.0e14 / (3.0 * 1.3e20)) ** (1.0 / 3.0)
    assert energy_limited.hill_radius(1.5e10, 4.0e14, 1.3e20, 0.1) == pytest.approx(hill, rel=1e-12)


def test_the_loss_of_two_temperatures_is_the_printed_one() -> None:
    m, gm, n0, r0, rb, cold, hot = 1.674e-27, 4.0e14, 1.0e18, 1.0e7, 1.1e7, 500.0, 1500.0
    c_c, c_h = (math.sqrt(K_B * t / m) for t in (cold, hot))
    exponent = 1.5 - gm / (c_h**2 * rb) - gm / c_c**2 * (1.0 / r0 - 1.0 / rb)
    loss = math.pi * gm**2 * c_h**-3 * (m * n0) * (c_c / c_h) ** 2 * math.exp(exponent)
    assert two_temperature.mass_loss(n0, r0, rb, cold, hot, m, gm) == pytest.approx(loss, rel=1e-9)
    skin = (1000.0**4 * (0.5 + math.sqrt(3.0) / 4.0 * 0.3)) ** 0.25
    assert two_temperature.skin_temperature(1000.0, 0.3) == pytest.approx(skin, rel=1e-12)


@pytest.mark.parametrize(("form", "left"), [("reciprocal", 1 / 1.7), ("exponential", math.exp(-0.7)), ("cut", 1.0)])
def test_the_shut_off_has_the_printed_forms(form: str, left: float) -> None:
    assert knudsen_shutoff.shutoff_factor(0.7, form) == pytest.approx(left, rel=1e-12)  # type: ignore[arg-type]


def test_the_knudsen_number_at_the_sonic_point_is_the_printed_one() -> None:
    n, sigma, m, r, t, gm = (1e14, 2e13), ((9e-19, 7e-19), (7e-19, 5e-19)), (4.7e-26, 2.7e-26), 3e6, 80.0, 8.7e11
    wanted = []
    for s in range(2):
        path = 1.0 / sum(n[j] * sigma[s][j] for j in range(2))
        wanted.append(path / (K_B * t * r**2 / (gm * m[s])))
    assert knudsen_shutoff.knudsen_numbers(n, sigma, m, r, t, gm) == pytest.approx(wanted, rel=1e-12)


def test_the_critical_heating_is_the_printed_one() -> None:
    r0, r, m, gm, sigma, gamma, limit = 1.45e6, 2.0e6, 4.65e-26, 8.7e11, 9e-19, 1.4, 0.5
    well = [gm * m / x for x in (r0, r)]
    power = 4 * math.pi * r * gamma / (math.sqrt(2) * sigma * limit) * math.sqrt(2 * well[1] / m) * well[0]
    assert transonic.critical_heating(r0, r, m, gm, sigma, gamma, limit) == pytest.approx(power, rel=1e-12)
    rate = transonic.critical_escape_rate(r0, r, m, gm, sigma, gamma, limit)
    assert rate == pytest.approx(power / well[0], rel=1e-12)


def test_jeans_flux_and_its_energy_are_the_printed_ones() -> None:
    n, t, m, r, gm = 1e11, 1000.0, 1.674e-27, 6.871e6, 3.986e14
    depth, speed = gm * m / (K_B * t * r), math.sqrt(2 * K_B * t / m)
    flux = n * speed / (2 * math.sqrt(math.pi)) * (1 + depth) * math.exp(-depth)
    assert jeans.jeans_flux(n, t, m, r, gm) == pytest.approx(flux, rel=1e-12)
    energy = flux * K_B * t * (depth**2 + 2 * depth + 2) / (1 + depth)
    assert jeans.jeans_energy_flux(n, t, m, r, gm) == pytest.approx(energy, rel=1e-12)
    s, x = 0.3, math.sqrt(depth)
    scaled = math.exp((x - s) ** 2) * math.erfc(x - s)
    inner = math.exp(2 * x * s) * (s * x + s**2 - 0.5 + math.sqrt(math.pi) * s**3 * scaled) + 0.5
    drifting = math.exp(-(s**2)) / (s**2 * (1 + depth)) * inner
    assert jeans.drift_factor(depth, s) == pytest.approx(drifting, rel=1e-9)
