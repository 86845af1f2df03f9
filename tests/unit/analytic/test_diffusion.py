"""Drag, diffusion limit and fractionation against exact values, the diffusion equation and direct integration.

Reference: Hunten, Pepin & Walker 1987; Zahnle & Kasting 1986.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from exobase.analytic import barometric, diffusion, jeans
from exobase.constants import ATOMIC_MASS, K_B

H2, H2O, H, D = (mass * ATOMIC_MASS for mass in (2.016, 18.015, 1.008, 2.0141))
EARTH, R_EARTH, GRAVITY, TEMPERATURE = 3.986004e14, 6.371e6, 9.82, 400.0
B = float(diffusion.binary_parameter(TEMPERATURE, 2.7e19, 0.75))


def test_hydrogen_that_begins_to_drag_water_from_the_earth_has_the_exact_rate() -> None:
    """400 K, b = 2.7e17 T^0.75 cm-1 s-1, X(H2) = 1: 1.95e8 g/s."""
    assert pytest.approx(2.7e17 * 400.0**0.75 * 100.0, rel=1e-13, abs=0.0) == B
    flux = diffusion.drag_threshold_flux(H2, H2O, 1.0, TEMPERATURE, B, GRAVITY)
    grams = float(flux) * H2 * 4.0 * math.pi * R_EARTH**2 * 1e3
    assert grams == pytest.approx(1.95e8, rel=0.0, abs=5.1e5)


def test_threshold_flux_makes_the_crossover_mass_that_of_the_heavy_gas() -> None:
    flux = diffusion.drag_threshold_flux(H2, H2O, 0.7, TEMPERATURE, B, GRAVITY)
    assert diffusion.crossover_mass(H2, flux, 0.7, TEMPERATURE, B, GRAVITY) == pytest.approx(H2O, rel=1e-13, abs=0.0)
    assert diffusion.crossover_mass(H2, 0.0, 0.7, TEMPERATURE, B, GRAVITY) == H2


def test_dragged_flux_keeps_a_trace_in_constant_proportion() -> None:
    """Trace 2 in an escaping gas 1, m1 hydrostatic: b dX2/dz = X2 (F1 - b (m2 - m1) g/kT) - F2.

    With the right F2 the mixing ratio is the same at all heights; with any other it departs exponentially. Integrated
    over three diffusion lengths.
    """
    flux = 3.0 * float(diffusion.drag_threshold_flux(H2, H2O, 1.0, TEMPERATURE, B, GRAVITY))
    crossover = diffusion.crossover_mass(H2, flux, 1.0, TEMPERATURE, B, GRAVITY)
    dragged = float(diffusion.dragged_flux(flux, 1.0, 1e-6, H2, H2O, crossover))
    settling = B * (H2O - H2) * GRAVITY / (K_B * TEMPERATURE)

    def slope(z: float, x: list[float]) -> list[float]:
        return [(x[0] * (flux - settling) - dragged) / B]

    run = solve_ivp(slope, (0.0, 3.0 * B / flux), [1e-6], rtol=1e-11, atol=1e-25)
    assert run.y[0, -1] == pytest.approx(1e-6, rel=1e-8, abs=0.0)


def test_gas_heavier_than_the_crossover_mass_stays() -> None:
    factor = diffusion.drag_fractionation(H2, np.array([H2, 2.0 * H2, 3.0 * H2, 4.0 * H2]), 3.0 * H2)
    np.testing.assert_allclose(factor, [1.0, 0.5, 0.0, 0.0], rtol=1e-13)
    assert diffusion.drag_fractionation(H2, H2O, H2) == 0.0
    assert diffusion.dragged_flux(1e12, 0.9, 0.1, H2, H2O, 0.5 * H2O) == 0.0


def test_limiting_flux_is_that_of_a_well_mixed_light_gas() -> None:
    """b f (1/H_a - 1/H_i); with masses 1 in 44 it is 43/44 of b f/H_a."""
    height_a, height_i = (float(barometric.scale_height(200.0, m * ATOMIC_MASS, 3.5e6, 4.28e13)) for m in (44.0, 1.0))
    flux = diffusion.limiting_flux(1e22, 1e-3, height_a, height_i)
    assert flux == pytest.approx(1e22 * 1e-3 * (1.0 / height_a - 1.0 / height_i), rel=1e-13, abs=0.0)
    assert flux * height_a / (1e22 * 1e-3) == pytest.approx(43.0 / 44.0, rel=1e-12, abs=0.0)
    assert diffusion.limiting_flux(1e22, 1e-3, height_a, height_a) == 0.0


def test_limiting_flux_is_the_crossover_law_for_a_light_gas_that_flows_through_a_resting_one() -> None:
    """Drag begins to lift the background (m_c = m_a) at F = b X g (m_a - m_i)/(k T), the same number."""
    m_i, m_a = H, 44.0 * ATOMIC_MASS
    heights = [K_B * 200.0 / (m * 3.7) for m in (m_a, m_i)]
    limit = diffusion.limiting_flux(1e22, 1e-3, *heights)
    threshold = diffusion.drag_threshold_flux(m_i, m_a, 1e-3, 200.0, 1e22, 3.7)
    assert limit == pytest.approx(threshold, rel=1e-12, abs=0.0)


def test_thermal_escape_holds_deuterium_back() -> None:
    """f = w_J(D)/w_J(H) with lambda twice as large: sqrt(mH/mD) (1 + l_D)/(1 + l_H) exp(l_H - l_D)."""
    gm, radius = 4.28e13, 3.6e6
    light, heavy = (float(jeans.jeans_parameter(m, 240.0, radius, gm)) for m in (H, D))
    expected = math.sqrt(H / D) * (1.0 + heavy) / (1.0 + light) * math.exp(light - heavy)
    assert diffusion.jeans_fractionation(240.0, H, D, radius, gm) == pytest.approx(expected, rel=1e-12, abs=0.0)
    assert diffusion.jeans_fractionation(240.0, H, H, radius, gm) == 1.0


def test_diffusive_separation_is_the_ratio_of_two_barometric_laws() -> None:
    lower, upper, gm = 3.52e6, 3.6e6, 4.28e13
    light, heavy = (barometric.density(upper, 1.0, lower, 200.0, m, gm) for m in (H, D))
    got = diffusion.diffusive_separation(200.0, H, D, lower, upper, gm)
    assert got == pytest.approx(heavy / light, rel=1e-12, abs=0.0)
    assert got < 1.0


def test_rayleigh_enrichment_follows_the_loss_of_both_isotopes() -> None:
    """dN2/dN1 = f N2/N1, integrated until a tenth of the light isotope is left."""
    f = 0.3
    run = solve_ivp(lambda n1, n2: f * n2 / n1, (1.0, 0.1), [1.0], rtol=1e-11, atol=1e-14)
    assert diffusion.rayleigh_enrichment(0.1, f) == pytest.approx(run.y[0, -1] / 0.1, rel=1e-8, abs=0.0)
    np.testing.assert_allclose(diffusion.rayleigh_enrichment(0.1, [0.0, 1.0]), [10.0, 1.0], rtol=1e-14)


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="light_fraction = 0"):
        diffusion.crossover_mass(H2, 1e12, 0.0, TEMPERATURE, B, GRAVITY)
    with pytest.raises(ValueError, match="heavy_mass"):
        diffusion.drag_fractionation(H2O, H2, 10.0 * H2O)
    with pytest.raises(ValueError, match="crossover"):
        diffusion.drag_fractionation(H2, H2O, 0.5 * H2)
    with pytest.raises(ValueError, match="own_height"):
        diffusion.limiting_flux(1e22, 1e-3, 1e4, 9e3)
    with pytest.raises(ValueError, match=r"remaining = 1\.5"):
        diffusion.rayleigh_enrichment(1.5, 0.1)
