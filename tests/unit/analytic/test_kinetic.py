"""Collision rates, mean free paths and transport coefficients against quadrature and measured argon.

Reference: Bird 1994, chapters 3 and 4. <...> is the average over the relative speeds of a gas in equilibrium,
density of g proportional to g^2 exp(-m_r g^2/(2 k T)).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import kinetic
from exobase.constants import ATOMIC_MASS, K_B

ARGON, HYDROGEN, OXYGEN = 39.948 * ATOMIC_MASS, 1.008 * ATOMIC_MASS, 15.999 * ATOMIC_MASS
D_VHS, D_VSS, OMEGA, ALPHA, T_STANDARD, N_STANDARD = 4.17e-10, 4.11e-10, 0.81, 1.4, 273.15, 2.6868e25
LAWS = [(0.5, 2e-10), (0.81, 4.17e-10), (1.0, 5e-10)]


def average_over_pairs(power_of_g: float, mass_reduced: float, temperature: float) -> float:
    """<g^power> by quadrature."""
    scale = math.sqrt(2.0 * K_B * temperature / mass_reduced)
    integral = quad(lambda y: 4.0 / math.sqrt(math.pi) * y ** (2.0 + power_of_g) * math.exp(-y * y), 0.0, 12.0)[0]
    return float(integral * scale**power_of_g)


@pytest.mark.parametrize("omega", [0.5, 0.67, 0.81, 1.0])
def test_cross_section_follows_the_vhs_law(omega: float) -> None:
    """sigma = pi d^2 (2 k T_r/(m_r g^2))^(omega - 1/2)/Gamma(5/2 - omega)."""
    g, mass_reduced, t_ref = 731.0, ARGON / 2.0, 273.0
    expected = math.pi * D_VHS**2 * (2 * K_B * t_ref / (mass_reduced * g**2)) ** (omega - 0.5) / math.gamma(2.5 - omega)
    assert kinetic.cross_section(g, mass_reduced, D_VHS, omega, t_ref) == pytest.approx(expected, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(("omega", "diameter"), LAWS)
@pytest.mark.parametrize("temperature", [100.0, 273.0, 1500.0])
def test_effective_cross_section_and_rate_are_equilibrium_averages(
    omega: float, diameter: float, temperature: float
) -> None:
    mass_reduced = float(kinetic.reduced_mass(HYDROGEN, OXYGEN))
    at_one = float(kinetic.cross_section(1.0, mass_reduced, diameter, omega))  # sigma = at_one g^(1 - 2 omega)
    sigma_g = at_one * average_over_pairs(2.0 - 2.0 * omega, mass_reduced, temperature)
    mean_g = average_over_pairs(1.0, mass_reduced, temperature)
    section = kinetic.effective_cross_section(temperature, diameter, omega)
    rate = kinetic.rate_coefficient(temperature, HYDROGEN, OXYGEN, diameter, omega)
    assert section == pytest.approx(sigma_g / mean_g, rel=1e-9, abs=0.0)
    assert rate == pytest.approx(sigma_g, rel=1e-9, abs=0.0)


@pytest.mark.parametrize(("omega", "diameter"), LAWS)
def test_collision_frequency_has_the_textbook_form(omega: float, diameter: float) -> None:
    """nu = 4 n d^2 sqrt(pi k T_r/m)(T/T_r)^(1 - omega)."""
    n, t, t_ref = 1e15, 500.0, 273.0
    expected = 4.0 * n * diameter**2 * math.sqrt(math.pi * K_B * t_ref / ARGON) * (t / t_ref) ** (1.0 - omega)
    nu = kinetic.collision_frequency(n, t, ARGON, diameter, omega, t_ref)
    assert nu == pytest.approx(expected, rel=1e-13, abs=0.0)


@pytest.mark.parametrize(("omega", "diameter"), LAWS)
def test_mean_free_path_is_mean_speed_over_collision_frequency(omega: float, diameter: float) -> None:
    n, t, t_ref = 1e15, 500.0, 273.0
    path = kinetic.mean_free_path(n, t, diameter, omega, t_ref)
    expected = 1.0 / (math.sqrt(2.0) * math.pi * diameter**2 * n * (t_ref / t) ** (omega - 0.5))
    mean_speed = math.sqrt(8.0 * K_B * t / (math.pi * ARGON))
    assert path == pytest.approx(expected, rel=1e-13, abs=0.0)
    assert path == pytest.approx(
        mean_speed / kinetic.collision_frequency(n, t, ARGON, diameter, omega, t_ref), rel=1e-13, abs=0.0
    )


def test_mean_free_path_of_vacuum_is_infinite() -> None:
    assert kinetic.mean_free_path(0.0, 300.0, D_VHS) == math.inf
    assert np.all(
        kinetic.mixture_mean_free_path([0.0, 0.0], 300.0, [ARGON, OXYGEN], [D_VHS] * 2, [0.5] * 2) == math.inf
    )


def test_pair_rates_count_every_collision_once() -> None:
    """Particles of one gas, labelled half and half: R_11 + R_22 + R_12 is the rate of the whole."""
    gas = (400.0, ARGON, D_VHS, OMEGA)
    half = float(kinetic.like_pair_rate(0.5e15, *gas))
    cross = float(kinetic.unlike_pair_rate(0.5e15, 0.5e15, 400.0, ARGON, ARGON, D_VHS, OMEGA))
    whole = float(kinetic.like_pair_rate(1e15, *gas))
    assert 2.0 * half + cross == pytest.approx(whole, rel=1e-13, abs=0.0)
    assert whole == pytest.approx(1e15 * float(kinetic.collision_frequency(1e15, *gas)) / 2.0, rel=1e-13, abs=0.0)


def test_unlike_pair_rate_has_the_textbook_form() -> None:
    """n1 n2 2 sqrt(pi) d^2 sqrt(2 k T_r/m_r)(T/T_r)^(1 - omega)."""
    m_r = HYDROGEN * OXYGEN / (HYDROGEN + OXYGEN)
    law = 2.0 * math.sqrt(math.pi) * 3e-10**2 * math.sqrt(2.0 * K_B * 273.0 / m_r) * (1000.0 / 273.0) ** 0.35
    got = kinetic.unlike_pair_rate(1e12, 1e14, 1000.0, HYDROGEN, OXYGEN, 3e-10, 0.65, 273.0)
    assert got == pytest.approx(1e26 * law, rel=1e-13, abs=0.0)


def test_mixture_mean_free_path_of_one_gas_in_two_labels_is_that_of_the_gas() -> None:
    density = np.array([[1e14, 3e14], [9e14, 7e14]])
    temperature = np.array([300.0, 600.0])
    paths = kinetic.mixture_mean_free_path(density, temperature, [ARGON] * 2, [D_VHS] * 2, [OMEGA] * 2)
    alone = kinetic.mean_free_path(1e15, temperature, D_VHS, OMEGA)
    assert paths.shape == (2, 2)
    np.testing.assert_allclose(paths, np.broadcast_to(alone, (2, 2)), rtol=1e-13)


def test_mixture_mean_free_path_is_mean_speed_over_total_collision_frequency() -> None:
    """vbar_s/sum_j n_j <sigma g>_sj equals 1/sum_j n_j sigma_sj sqrt(1 + m_s/m_j)."""
    n, m, d, w = [1e13, 1e15], [HYDROGEN, OXYGEN], [2e-10, 3.74e-10], [0.5, 0.8]
    paths = kinetic.mixture_mean_free_path(n, 1000.0, m, d, w)
    for s in range(2):
        frequency = 0.0
        for j in range(2):
            pair = (float(kinetic.cross_pair(d[s], d[j])), float(kinetic.cross_pair(w[s], w[j])))
            frequency += n[j] * float(kinetic.rate_coefficient(1000.0, m[s], m[j], *pair))
        mean_speed = math.sqrt(8.0 * K_B * 1000.0 / (math.pi * m[s]))
        assert paths[s] == pytest.approx(mean_speed / frequency, rel=1e-13, abs=0.0)


def test_cross_pairs_take_the_mean() -> None:
    assert kinetic.cross_pair(2e-10, 4e-10) == pytest.approx(3e-10, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("alpha", [1.0, 1.4, 1.61])
def test_vss_deflection_follows_its_law(alpha: float) -> None:
    """cos chi = 2 R^(1/alpha) - 1: median by hand, mean of 1 - cos chi = 2/(alpha + 1)."""
    assert kinetic.vss_cosine(0.5, alpha) == pytest.approx(2.0 * 0.5 ** (1.0 / alpha) - 1.0, rel=1e-14, abs=0.0)
    momentum = quad(lambda r: 1.0 - float(kinetic.vss_cosine(r, alpha)), 0.0, 1.0)[0]
    assert momentum == pytest.approx(2.0 / (alpha + 1.0), rel=1e-7, abs=0.0)


def test_argon_viscosity_is_the_exact_value() -> None:
    """2.1166e-5 Pa s at 273.15 K with the diameters at that temperature."""
    vhs = kinetic.viscosity(T_STANDARD, ARGON, D_VHS, OMEGA, 1.0, T_STANDARD)
    vss = kinetic.viscosity(T_STANDARD, ARGON, D_VSS, OMEGA, ALPHA, T_STANDARD)
    assert vhs == pytest.approx(2.1166e-5, rel=3e-5, abs=0.0)
    assert vss == pytest.approx(2.1166e-5, rel=3e-5, abs=0.0)


def test_viscosity_follows_the_power_law() -> None:
    ratio = kinetic.viscosity(600.0, ARGON, D_VHS, OMEGA) / kinetic.viscosity(300.0, ARGON, D_VHS, OMEGA)
    assert ratio == pytest.approx(2.0**OMEGA, rel=1e-13, abs=0.0)


def test_argon_self_diffusion_has_the_exact_values() -> None:
    vhs = kinetic.self_diffusion(N_STANDARD, T_STANDARD, ARGON, D_VHS, OMEGA, 1.0, T_STANDARD)
    vss = kinetic.self_diffusion(N_STANDARD, T_STANDARD, ARGON, D_VSS, OMEGA, ALPHA, T_STANDARD)
    assert vhs == pytest.approx(1.278e-5, abs=6e-9)
    assert vss == pytest.approx(1.578e-5, abs=6e-9)


def test_conductivity_is_that_of_a_monatomic_gas() -> None:
    """kappa = (15/4)(k/m) mu; argon at 273 K measures 0.0163 W/m/K."""
    kappa = kinetic.conductivity(T_STANDARD, ARGON, D_VHS, OMEGA, 1.0, T_STANDARD)
    assert kappa == pytest.approx(3.75 * K_B / ARGON * 2.1166e-5, rel=3e-5, abs=0.0)
    assert kappa == pytest.approx(0.0163, rel=0.02, abs=0.0)


def test_hard_sphere_diffusion_has_the_chapman_enskog_value() -> None:
    """D12 = 3/(8 n d^2) sqrt(k T/(2 pi m_r)) (Chapman & Cowling)."""
    m_r = HYDROGEN * OXYGEN / (HYDROGEN + OXYGEN)
    expected = 3.0 / (8.0 * 1e15 * 3e-10**2) * math.sqrt(K_B * 1000.0 / (2.0 * math.pi * m_r))
    assert kinetic.diffusion(1e15, 1000.0, HYDROGEN, OXYGEN, 3e-10) == pytest.approx(expected, rel=1e-13, abs=0.0)


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"omega = 2 must be within \[0.5, 1.5\]"):
        kinetic.mean_free_path(1e15, 300.0, D_VHS, 2.0)
    with pytest.raises(ValueError, match="relative_speed = 0"):
        kinetic.cross_section(0.0, ARGON, D_VHS)
    with pytest.raises(ValueError, match="uniform"):
        kinetic.vss_cosine(1.1)
    with pytest.raises(ValueError, match="must be \\[ns\\]"):
        kinetic.mixture_mean_free_path([1e15], 300.0, [ARGON, OXYGEN], [D_VHS], [0.5])
