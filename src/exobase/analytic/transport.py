"""Transport coefficients of a binary mixture of hard, VHS or VSS molecules: the first Chapman-Enskog approximation.

Everything follows from the collision integrals of the pairs,
    Omega^(l,r) = sqrt(k T/(2 pi m_r)) int_0^inf e^{-y^2} y^{2r+3} Q^(l) dy,  Q^(l) = 2 pi int (1 - cos^l chi) b db,
with y = g sqrt(m_r/(2 k T)). For a VSS pair they are closed:
    Omega^(l,r) = sqrt(k T/(2 pi m_r)) sigma_T c_l Gamma(r + 5/2 - omega)/(2 Gamma(5/2 - omega)),
    sigma_T = pi d^2 (T_r/T)^(omega - 1/2),  c_l = 1 - <cos^l chi>:
    c_1 = 2/(alpha + 1), c_2 = 4 alpha/[(alpha + 1)(alpha + 2)].
Valid for dilute monatomic gases (conductivity: of translation only) near equilibrium. How far the first approximation
is off is told by `chapman_enskog`, which gives any order: hard spheres 1.6 % (viscosity), 2.5 % (conductivity), 1.9 %
(self-diffusion), Maxwell molecules nothing. D12 of hard spheres of very unlike masses is 13 % too low for a light trace
in a heavy gas (Lorentz gas) and exact for a heavy trace in a light one.
Reference: Chapman & Cowling 1970, chapters 8-10; Hirschfelder, Curtiss & Bird 1954, section 8.2;
Bird 1994, section 3.5.
"""

from __future__ import annotations

from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import poch

from exobase.analytic._domain import FloatArray, positive, within
from exobase.analytic.kinetic import T_REF, effective_cross_section, reduced_mass, viscosity
from exobase.constants import K_B


class Law(NamedTuple):
    """Collision law of a pair: diameter [m] at t_ref [K], omega in [0.5, 1.5], alpha positive; floats or arrays."""

    diameter: ArrayLike
    omega: ArrayLike = 0.5
    alpha: ArrayLike = 1.0
    t_ref: ArrayLike = T_REF


class Ratios(NamedTuple):
    """Ratios of collision integrals, each over its value for hard spheres, see `ratios` [1]."""

    a: FloatArray
    b: FloatArray
    c: FloatArray


def scattering_factor(order: int, alpha: ArrayLike = 1.0) -> FloatArray:
    """Share of a VSS cross section that counts in transport, c_l = 1 - <cos^l chi> [1].

    cos chi = 2 R^(1/alpha) - 1, R uniform: <cos^l chi> = sum_j binom(l, j) 2^j (-1)^(l-j) alpha/(alpha + j)

    order: l, positive; alpha positive: float or array. Raises ValueError outside.
    """
    if order < 1:
        raise ValueError(f"order = {order} must be positive")
    a = positive("alpha", alpha)
    mean = sum(comb(order, j) * 2**j * (-1) ** (order - j) * a / (a + j) for j in range(order + 1))
    return 1.0 - np.asarray(mean, dtype=np.float64)[()]


def omega_integral(
    order: int, power: int, temperature: ArrayLike, mass_1: ArrayLike, mass_2: ArrayLike, law: Law
) -> FloatArray:
    """Collision integral Omega^(l,r) of a pair [m3 s-1], see the head of this file.

    order l and power r, positive; temperature [K], masses [kg]: float or array, broadcast; law of the pair.
    Raises ValueError where an argument is out of its domain.
    For hard spheres sqrt(k T/(2 pi m_r)) pi d^2 [1 - (1 + (-1)^l)/(2 (l + 1))] (r + 1)!/2.
    Reference: Hirschfelder, Curtiss & Bird 1954, section 8.2, for the definition.
    """
    if power < 1:
        raise ValueError(f"power = {power} must be positive")
    t, w = positive("temperature", temperature), within("omega", law.omega, 0.5, 1.5)
    speed = np.sqrt(K_B * t / (2.0 * np.pi * reduced_mass(mass_1, mass_2)))
    section = effective_cross_section(t, law.diameter, w, law.t_ref) * scattering_factor(order, law.alpha)
    integral: FloatArray = 0.5 * speed * section * poch(2.5 - w, power)
    return integral


def ratios(law: Law) -> Ratios:
    """Ratios A*, B*, C* of the collision integrals of a pair [1]; all 1 for hard spheres.

    A* = Omega22/(2 Omega11), B* = (5 Omega12 - Omega13)/(3 Omega11), C* = Omega12/(3 Omega11); with k = 5/2 - omega:
    A* = (k + 1) alpha/(alpha + 2), B* = (k + 1)(3 - k)/3, C* = (k + 1)/3

    Raises ValueError where omega is outside [0.5, 1.5] or alpha not positive.
    """
    k, alpha = 2.5 - within("omega", law.omega, 0.5, 1.5), positive("alpha", law.alpha)
    return Ratios((k + 1.0) * alpha / (alpha + 2.0), (k + 1.0) * (3.0 - k) / 3.0, (k + 1.0) / 3.0)


def binary_diffusion(
    density: ArrayLike, temperature: ArrayLike, mass_1: ArrayLike, mass_2: ArrayLike, law: Law
) -> FloatArray:
    """Binary diffusion coefficient D12 of the first approximation [m2 s-1]; it does not depend on the composition.

    D12 = 3 k T/(16 n m_r Omega12^(1,1))

    density n of both gases together [m-3], temperature [K], masses [kg]: float or array, broadcast; law of the unlike
    pair. Raises ValueError where an argument is out of its domain. Reference: Chapman & Cowling 1970, section 9.81.
    """
    resistance = positive("density", density) * reduced_mass(mass_1, mass_2)
    integral = omega_integral(1, 1, temperature, mass_1, mass_2, law)
    coefficient: FloatArray = 3.0 * K_B * np.asarray(temperature, dtype=np.float64) / (16.0 * resistance * integral)
    return coefficient


def diffusion_parameter(temperature: ArrayLike, mass_1: ArrayLike, mass_2: ArrayLike, law: Law) -> FloatArray:
    """Binary diffusion parameter b = n D12 [m-1 s-1]; arguments and errors as `binary_diffusion`."""
    return binary_diffusion(1.0, temperature, mass_1, mass_2, law)


def mixture_viscosity(
    temperature: ArrayLike,
    fraction_1: ArrayLike,
    mass_1: ArrayLike,
    mass_2: ArrayLike,
    law_1: Law,
    law_2: Law,
    law_12: Law,
) -> FloatArray:
    """Viscosity of a binary mixture [Pa s].

    mu = sum_ij x_i x_j (H^-1)_ij with, M_i = m_i and mu_12 = 5 k T/(8 Omega12^(2,2)),
    H_11 = x1^2/mu_1 + (2 x1 x2/mu_12) M1 M2/(M1+M2)^2 [5/(3 A*) + M2/M1], H_22 likewise,
    H_12 = -(2 x1 x2/mu_12) M1 M2/(M1+M2)^2 [5/(3 A*) - 1]

    temperature [K], fraction_1 x1, the mole fraction of gas 1, in [0, 1], masses [kg]: float or array, broadcast; laws
    of the pairs 1-1, 2-2 and 1-2. Raises ValueError where an argument is out of its domain.
    Reference: Hirschfelder, Curtiss & Bird 1954, section 8.2.
    """
    x1, m1, m2 = within("fraction_1", fraction_1, 0.0, 1.0), positive("mass_1", mass_1), positive("mass_2", mass_2)
    x2 = 1.0 - x1
    mu_1, mu_2 = _viscosity(temperature, m1, law_1), _viscosity(temperature, m2, law_2)
    mu_12 = _pair_viscosity(temperature, m1, m2, law_12)
    resistance, third = 2.0 * m1 * m2 / ((m1 + m2) ** 2 * mu_12), 5.0 / (3.0 * ratios(law_12).a)
    # divided by x1, x2: the fractions cancel, so that either may vanish
    h_11 = x1 / mu_1 + x2 * resistance * (third + m2 / m1)
    h_22 = x2 / mu_2 + x1 * resistance * (third + m1 / m2)
    coupling = resistance * (third - 1.0)
    mixed: FloatArray = (x1 * h_22 + x2 * h_11 + 2.0 * x1 * x2 * coupling) / (h_11 * h_22 - x1 * x2 * coupling**2)
    return mixed


def mixture_conductivity(
    temperature: ArrayLike,
    fraction_1: ArrayLike,
    mass_1: ArrayLike,
    mass_2: ArrayLike,
    law_1: Law,
    law_2: Law,
    law_12: Law,
) -> FloatArray:
    """Thermal conductivity of a binary mixture of monatomic gases [W m-1 K-1], in a steady state without diffusion.

    kappa = (1 + Z)/(X + Y); with kappa_12 = (15/4)(k/(2 m_r)) mu_12, M_i = m_i, e = (12 B*/5 + 1)/12:
    X = x1^2/kappa_1 + 2 x1 x2/kappa_12 + x2^2/kappa_2
    Y = x1^2 U_1/kappa_1 + 2 x1 x2 U_Y/kappa_12 + x2^2 U_2/kappa_2,  Z = x1^2 U_1 + 2 x1 x2 U_Z + x2^2 U_2
    U_1 = 4 A*/15 - e M1/M2 + (M1-M2)^2/(2 M1 M2),  U_2 with M1, M2 exchanged
    U_Y = (4 A*/15)[(M1+M2)^2/(4 M1 M2)] kappa_12^2/(kappa_1 kappa_2) - e - [5/(32 A*)](12 B*/5 - 5)(M1-M2)^2/(M1 M2)
    U_Z = (4 A*/15){[(M1+M2)^2/(4 M1 M2)](kappa_12/kappa_1 + kappa_12/kappa_2) - 1} - e

    Arguments and errors as `mixture_viscosity`.
    Reference: Hirschfelder, Curtiss & Bird 1954, section 8.2.
    """
    x1, m1, m2 = within("fraction_1", fraction_1, 0.0, 1.0), positive("mass_1", mass_1), positive("mass_2", mass_2)
    x2 = 1.0 - x1
    k_1 = 3.75 * K_B / m1 * _viscosity(temperature, m1, law_1)
    k_2 = 3.75 * K_B / m2 * _viscosity(temperature, m2, law_2)
    k_12 = 3.75 * K_B / (2.0 * reduced_mass(m1, m2)) * _pair_viscosity(temperature, m1, m2, law_12)
    a, b, _ = ratios(law_12)
    spread, square = (m1 - m2) ** 2 / (m1 * m2), (m1 + m2) ** 2 / (4.0 * m1 * m2)
    fourth, e = 4.0 * a / 15.0, (2.4 * b + 1.0) / 12.0
    u_1 = fourth - e * m1 / m2 + 0.5 * spread
    u_2 = fourth - e * m2 / m1 + 0.5 * spread
    u_y = fourth * square * k_12**2 / (k_1 * k_2) - e - 5.0 / (32.0 * a) * (2.4 * b - 5.0) * spread
    u_z = fourth * (square * (k_12 / k_1 + k_12 / k_2) - 1.0) - e
    w_1, w_12, w_2 = x1**2, 2.0 * x1 * x2, x2**2
    upper = 1.0 + w_1 * u_1 + w_12 * u_z + w_2 * u_2
    lower = w_1 * (1.0 + u_1) / k_1 + w_12 * (1.0 + u_y) / k_12 + w_2 * (1.0 + u_2) / k_2
    conductivity: FloatArray = upper / lower
    return conductivity


def _viscosity(temperature: ArrayLike, mass: FloatArray, law: Law) -> FloatArray:
    return viscosity(temperature, mass, law.diameter, law.omega, law.alpha, law.t_ref)


def _pair_viscosity(temperature: ArrayLike, mass_1: FloatArray, mass_2: FloatArray, law: Law) -> FloatArray:
    """Viscosity of a gas of molecules of mass 2 m_r that collide by the law of the pair [Pa s]."""
    return viscosity(temperature, 2.0 * reduced_mass(mass_1, mass_2), law.diameter, law.omega, law.alpha, law.t_ref)
