"""Viscosity and self-diffusion of a Lennard-Jones gas, and the variable spheres of equal viscosity and diffusion.

V(r) = 4 epsilon [(sigma/r)^12 - (sigma/r)^6]; T* = k T/epsilon. The depth is given as epsilon/k [K].
Collision integrals: Neufeld, Janzen & Aziz 1972, doi:10.1063/1.1678363, fits good to 0.16 % for 0.3 <= T* <= 100.
First Chapman-Enskog approximation: Hirschfelder, Curtiss & Bird 1954, Molecular Theory of Gases and Liquids, ch. 8.
Spherical molecules; of polar gases the parameters hold where they were fitted to the measured viscosity.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic._domain import FloatArray, positive, within
from exobase.analytic.kinetic import T_REF
from exobase.constants import K_B

LOWEST, HIGHEST = 0.3, 100.0
"""Reduced temperatures between which the fits of the collision integrals hold."""

_FIT_POINTS = 41


class SoftSpheres(NamedTuple):
    """VHS and VSS parameters of a gas: diameters [m] at T_REF, viscosity exponent, deflection exponent of the VSS."""

    d_vhs: float
    omega: float
    d_vss: float
    alpha: float


def viscosity_integral(reduced_temperature: ArrayLike) -> FloatArray:
    """Collision integral Omega(2,2)* of viscosity at T*; ValueError outside 0.3 to 100. Neufeld et al. 1972."""
    t = within("reduced temperature", reduced_temperature, LOWEST, HIGHEST)
    return np.asarray(1.16145 / t**0.14874 + 0.52487 * np.exp(-0.77320 * t) + 2.16178 * np.exp(-2.43787 * t))


def diffusion_integral(reduced_temperature: ArrayLike) -> FloatArray:
    """Collision integral Omega(1,1)* of diffusion at T*; ValueError outside 0.3 to 100. Neufeld et al. 1972."""
    t = within("reduced temperature", reduced_temperature, LOWEST, HIGHEST)
    late = 0.19300 * np.exp(-0.47635 * t) + 1.03587 * np.exp(-1.52996 * t) + 1.76474 * np.exp(-3.89411 * t)
    return np.asarray(1.06036 / t**0.15610 + late)


def viscosity(temperature: ArrayLike, mass: float, sigma: float, depth: float) -> FloatArray:
    """Viscosity [Pa s] at temperature [K] of molecules of mass [kg], sigma [m], depth = epsilon/k [K].

    mu = (5/16) sqrt(pi m k T)/(pi sigma^2 Omega(2,2)*)
    Reference: Hirschfelder, Curtiss & Bird 1954, section 8.2.
    """
    t = positive("temperature", temperature)
    section = np.pi * positive("sigma", sigma) ** 2 * viscosity_integral(t / positive("depth", depth))
    return np.asarray(0.3125 * np.sqrt(np.pi * positive("mass", mass) * K_B * t) / section)


def schmidt_number(temperature: ArrayLike, depth: float) -> FloatArray:
    """Sc = mu/(rho D) of the pure gas, D its self-diffusion: 5/(6 A*), A* = Omega(2,2)*/Omega(1,1)*."""
    t = positive("temperature", temperature) / positive("depth", depth)
    return np.asarray(5.0 * diffusion_integral(t) / (6.0 * viscosity_integral(t)))


def deflection_exponent(schmidt: ArrayLike, omega: ArrayLike) -> FloatArray:
    """Exponent alpha of variable soft spheres with this Schmidt number and viscosity exponent.

    Sc = 5 (2 + alpha)/[3 (7 - 2 omega) alpha], so alpha = 10/[3 (7 - 2 omega) Sc - 5]
    Reference: Bird 1994, section 3.5 (viscosity and self-diffusion of the VSS gas).
    """
    return np.asarray(10.0 / (3.0 * (7.0 - 2.0 * np.asarray(omega)) * positive("schmidt", schmidt) - 5.0))


def vss_diameter(d_vhs: float, alpha: float) -> float:
    """Diameter of the VSS gas that has the viscosity of the VHS gas: d^2 = d_vhs^2 (alpha + 1)(alpha + 2)/(6 alpha)."""
    return float(d_vhs * np.sqrt((alpha + 1.0) * (alpha + 2.0) / (6.0 * alpha)))


def power_law_diameter(viscosity_ref: float, mass: float, omega: float) -> float:
    """VHS diameter [m] at T_REF of a gas of viscosity viscosity_ref [Pa s] at T_REF that goes as T^omega.

    d^2 = 15 sqrt(m k T_REF/pi)/[2 (5 - 2 omega)(7 - 2 omega) mu]
    Reference: Bird 1994, section 4.3.
    """
    thermal = 7.5 * np.sqrt(positive("mass", mass) * K_B * T_REF / np.pi)
    return float(np.sqrt(thermal / ((5.0 - 2.0 * omega) * (7.0 - 2.0 * omega) * positive("mu", viscosity_ref))))


def soft_spheres(mass: float, sigma: float, depth: float, t_low: float, t_high: float) -> SoftSpheres:
    """Variable spheres that stand for a Lennard-Jones gas between two temperatures [K].

    The power law of the viscosity is the least-squares fit of ln mu over ln T; alpha gives the Schmidt number at T_REF.
    mass [kg], sigma [m], depth [K].
    """
    t = np.geomspace(t_low, t_high, _FIT_POINTS)
    omega, log_mu = np.polyfit(np.log(t / T_REF), np.log(viscosity(t, mass, sigma, depth)), 1)
    d_vhs = power_law_diameter(float(np.exp(log_mu)), mass, float(omega))
    alpha = float(deflection_exponent(schmidt_number(T_REF, depth), omega))
    return SoftSpheres(d_vhs, float(omega), vss_diameter(d_vhs, alpha), alpha)
