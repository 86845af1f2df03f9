"""Transport of mixtures: collision integrals against quadrature, closed forms against the general expansion, limits.

Reference: Chapman & Cowling 1970; Hirschfelder, Curtiss & Bird 1954; Bird 1994.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import chapman_enskog, kinetic, transport
from exobase.analytic.transport import Law
from exobase.constants import ATOMIC_MASS, K_B

HELIUM, ARGON = 4.0026 * ATOMIC_MASS, 39.948 * ATOMIC_MASS
LAW_HE, LAW_AR = Law(2.30e-10, 0.66, 1.26, 273.0), Law(4.11e-10, 0.81, 1.40, 273.0)
LAW_X = Law(3.205e-10, 0.735, 1.33, 273.0)
T, N = 273.15, 2.6868e25


def table(law_1: Law, law_2: Law, law_12: Law) -> Law:
    """The three laws as [2, 2] matrices."""
    return Law(*(np.array([[a, c], [c, b]]) for a, b, c in zip(law_1, law_2, law_12, strict=True)))


MIXTURE = table(LAW_HE, LAW_AR, LAW_X)


@pytest.mark.parametrize("alpha", [1.0, 1.4, 2.0])
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_scattering_factor_is_the_average_over_the_deflections(order: int, alpha: float) -> None:
    """1 - <cos^l chi> over R uniform; R = y^2 takes the root at R = 0 out of the integrand."""

    def integrand(y: float) -> float:
        return (1.0 - float(kinetic.vss_cosine(y * y, alpha)) ** order) * 2.0 * y

    assert transport.scattering_factor(order, alpha) == pytest.approx(quad(integrand, 0.0, 1.0)[0], rel=1e-9, abs=0.0)
    assert transport.scattering_factor(1, alpha) == pytest.approx(2.0 / (alpha + 1.0), rel=1e-13, abs=0.0)
    expected = 4.0 * alpha / ((alpha + 1.0) * (alpha + 2.0))
    assert transport.scattering_factor(2, alpha) == pytest.approx(expected, rel=1e-13, abs=0.0)


@pytest.mark.parametrize(("order", "power"), [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3)])
def test_collision_integrals_are_the_integrals_of_their_definition(order: int, power: int) -> None:
    """sqrt(kT/(2 pi m_r)) int e^{-y^2} y^{2r+3} Q^(l) dy with Q = sigma(g) (1 - <cos^l>)."""
    m_r = float(kinetic.reduced_mass(HELIUM, ARGON))
    speed = math.sqrt(2.0 * K_B * T / m_r)

    def integrand(y: float) -> float:
        section = float(kinetic.cross_section(y * speed, m_r, LAW_X.diameter, LAW_X.omega, LAW_X.t_ref))
        return math.exp(-y * y) * y ** (2 * power + 3) * section * 1e19

    integral = quad(integrand, 1e-9, 10.0, epsrel=1e-11)[0] * 1e-19 * math.sqrt(K_B * T / (2.0 * math.pi * m_r))
    got = transport.omega_integral(order, power, T, HELIUM, ARGON, LAW_X)
    expected = integral * float(transport.scattering_factor(order, LAW_X.alpha))
    assert got == pytest.approx(expected, rel=1e-9, abs=0.0)


def test_hard_sphere_collision_integrals_have_the_textbook_values() -> None:
    """sqrt(kT/(2 pi m_r)) pi d^2 [1 - (1 + (-1)^l)/(2 (l + 1))] (r + 1)!/2; then A* = B* = C* = 1."""
    m_r = float(kinetic.reduced_mass(HELIUM, ARGON))
    for order, power in ((1, 1), (1, 2), (1, 3), (2, 2), (3, 3)):
        share = 1.0 - (1 + (-1) ** order) / (2.0 * (order + 1))
        expected = math.sqrt(K_B * T / (2 * math.pi * m_r)) * math.pi * 9e-20 * share * math.factorial(power + 1) / 2
        got = transport.omega_integral(order, power, T, HELIUM, ARGON, Law(3e-10))
        assert got == pytest.approx(expected, rel=1e-12, abs=0.0)
    np.testing.assert_allclose(transport.ratios(Law(3e-10)), 1.0, rtol=1e-14)


def test_ratios_are_those_of_the_collision_integrals() -> None:
    def omega(order: int, power: int) -> float:
        return float(transport.omega_integral(order, power, T, HELIUM, ARGON, LAW_X))

    a, b, c = transport.ratios(LAW_X)
    assert a == pytest.approx(omega(2, 2) / (2.0 * omega(1, 1)), rel=1e-12, abs=0.0)
    assert b == pytest.approx((5.0 * omega(1, 2) - omega(1, 3)) / (3.0 * omega(1, 1)), rel=1e-12, abs=0.0)
    assert c == pytest.approx(omega(1, 2) / (3.0 * omega(1, 1)), rel=1e-12, abs=0.0)


@pytest.mark.parametrize("fraction", [0.0, 0.3, 1.0])
def test_mixture_of_a_gas_with_itself_is_that_gas(fraction: float) -> None:
    """Argon at 273.15 K with the VSS diameter of that temperature: 2.1166e-5 Pa s, and (15/4)(k/m) mu."""
    law = LAW_AR._replace(t_ref=T)
    mu = transport.mixture_viscosity(T, fraction, ARGON, ARGON, law, law, law)
    assert mu == pytest.approx(2.1166e-5, rel=3e-5, abs=0.0)
    kappa = transport.mixture_conductivity(T, fraction, ARGON, ARGON, law, law, law)
    assert kappa == pytest.approx(3.75 * K_B / ARGON * float(mu), rel=1e-12, abs=0.0)
    single = (T, ARGON, law.diameter, law.omega, law.alpha, law.t_ref)
    assert mu == pytest.approx(kinetic.viscosity(*single), rel=1e-12, abs=0.0)
    assert kappa == pytest.approx(kinetic.conductivity(*single), rel=1e-12, abs=0.0)


def test_pure_ends_of_a_mixture_are_the_single_gases() -> None:
    laws = (LAW_HE, LAW_AR, LAW_X)
    for fraction, mass, law in ((1.0, HELIUM, LAW_HE), (0.0, ARGON, LAW_AR)):
        single = (T, mass, law.diameter, law.omega, law.alpha, law.t_ref)
        mu = transport.mixture_viscosity(T, fraction, HELIUM, ARGON, *laws)
        assert mu == pytest.approx(kinetic.viscosity(*single), rel=1e-12, abs=0.0)
        kappa = transport.mixture_conductivity(T, fraction, HELIUM, ARGON, *laws)
        assert kappa == pytest.approx(kinetic.conductivity(*single), rel=1e-12, abs=0.0)


def test_names_of_the_gases_may_be_exchanged() -> None:
    x = np.array([0.1, 0.5, 0.8])
    for mixture in (transport.mixture_viscosity, transport.mixture_conductivity):
        forward = mixture(T, x, HELIUM, ARGON, LAW_HE, LAW_AR, LAW_X)
        backward = mixture(T, 1.0 - x, ARGON, HELIUM, LAW_AR, LAW_HE, LAW_X)
        np.testing.assert_allclose(forward, backward, rtol=1e-13)


def test_binary_diffusion_is_that_of_the_single_pair_formula() -> None:
    """D12 = 3 (alpha + 1) sqrt(2 k T/(pi m_r))/[8 (5 - 2 omega) n d^2](T/T_r)^(omega - 1/2), argon 1.578e-5 m2/s."""
    got = transport.binary_diffusion(N, T, HELIUM, ARGON, LAW_X)
    assert got == pytest.approx(kinetic.diffusion(N, T, HELIUM, ARGON, *LAW_X), rel=1e-12, abs=0.0)
    argon = transport.binary_diffusion(N, T, ARGON, ARGON, LAW_AR._replace(t_ref=T))
    assert argon == pytest.approx(1.578e-5, abs=6e-9)
    assert transport.diffusion_parameter(T, HELIUM, ARGON, LAW_X) == pytest.approx(N * float(got), rel=1e-12, abs=0.0)


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_closed_forms_are_the_first_order_of_the_expansion(fraction: float) -> None:
    """The bracket integrals by quadrature know nothing of A*, B*, C*."""
    x, m = [fraction, 1.0 - fraction], [HELIUM, ARGON]
    closed = (T, fraction, HELIUM, ARGON, LAW_HE, LAW_AR, LAW_X)
    mu = chapman_enskog.mixture_viscosity(T, x, m, MIXTURE, order=1)
    assert mu == pytest.approx(float(transport.mixture_viscosity(*closed)), rel=1e-11, abs=0.0)
    kappa = chapman_enskog.mixture_conductivity(T, x, m, MIXTURE, order=1)
    assert kappa == pytest.approx(float(transport.mixture_conductivity(*closed)), rel=1e-11, abs=0.0)
    d12 = chapman_enskog.diffusion(N, T, x, m, MIXTURE, order=1).coefficient
    expected = float(transport.binary_diffusion(N, T, HELIUM, ARGON, LAW_X))
    assert d12 == pytest.approx(expected, rel=1e-11, abs=0.0)


def test_helium_argon_mixtures_agree_with_measurement() -> None:
    """At 300 K, 1 atm D12 measures 0.73-0.74 cm2/s (Marrero & Mason 1972): the laws are of single gases, 10 %."""
    density = 101325.0 / (K_B * 300.0)
    d12 = float(transport.binary_diffusion(density, 300.0, HELIUM, ARGON, LAW_X))
    assert d12 == pytest.approx(0.735e-4, rel=0.1, abs=0.0)


def test_arguments_broadcast() -> None:
    mu = transport.mixture_viscosity(
        np.array([[200.0], [400.0]]), [0.1, 0.2, 0.3], HELIUM, ARGON, LAW_HE, LAW_AR, LAW_X
    )
    assert mu.shape == (2, 3)
    alone = transport.mixture_viscosity(400.0, 0.2, HELIUM, ARGON, LAW_HE, LAW_AR, LAW_X)
    assert mu[1, 1] == pytest.approx(alone, rel=1e-14, abs=0.0)


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"fraction_1 = 1\.1"):
        transport.mixture_viscosity(T, 1.1, HELIUM, ARGON, LAW_HE, LAW_AR, LAW_X)
    with pytest.raises(ValueError, match=r"omega = 0\.4"):
        transport.omega_integral(1, 1, T, HELIUM, ARGON, Law(3e-10, 0.4))
    with pytest.raises(ValueError, match="order = 0"):
        transport.scattering_factor(0)
    with pytest.raises(ValueError, match="power = 0"):
        transport.omega_integral(1, 0, T, HELIUM, ARGON, LAW_X)
