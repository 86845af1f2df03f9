"""Hard-sphere and variable-hard-sphere (VHS) total cross sections (Bird 1994, sec. 2.6; eq. 4.63).

sigma(g) = pi d^2 (2 k T_ref / (m_r g^2))^(omega - 1/2) / Gamma(5/2 - omega), m_r the reduced mass; hard spheres are
omega = 1/2. For a pair of species d, omega and T_ref are the means of the partners'.
"""

from __future__ import annotations

import math

import numpy as np

from exobase.constants import K_B
from exobase.errors import InputError
from exobase.jit import kernel
from exobase.species import Species


def vhs_coefficient(diameter: float, omega: float, t_ref: float, reduced_mass: float) -> float:
    """Coefficient a of sigma(g) g = a (g^2)^(1 - omega): diameter [m], t_ref [K], reduced_mass [kg]."""
    return math.pi * diameter**2 * (2.0 * K_B * t_ref / reduced_mass) ** (omega - 0.5) / math.gamma(2.5 - omega)


@kernel
def sigma_g(g2: float, a: float, exponent: float) -> float:
    """Cross section times relative speed [m3/s] at the squared relative speed g2: a (g^2)^exponent."""
    if exponent == 0.5:
        return a * math.sqrt(g2)
    return a * g2**exponent


def pair_index(a: int, b: int, species: int) -> int:
    """Number of the unordered pair (a, b) among ``species`` species, in the order (0,0), (0,1), ..., (1,1), ..."""
    a, b = min(a, b), max(a, b)
    return a * species - a * (a - 1) // 2 + (b - a)


def pair_tables(species: list[Species], hard_sphere: bool) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients a and exponents 1 - omega of all pairs in the order of :func:`pair_index`, arrays [pairs].

    Raises InputError where a species has no diameter.
    """
    n = len(species)
    a = np.zeros(n * (n + 1) // 2)
    exponent = np.zeros_like(a)
    for i, left in enumerate(species):
        if not left.diameter > 0.0:
            raise InputError([f"species {left.name} has no collision diameter: give species.diameter in the case"])
        for j in range(i, n):
            right = species[j]
            omega = 0.5 if hard_sphere else 0.5 * (left.omega + right.omega)
            d = 0.5 * (left.diameter + right.diameter)
            t_ref = 0.5 * (left.t_ref + right.t_ref)
            reduced = left.mass * right.mass / (left.mass + right.mass)
            k = pair_index(i, j, n)
            a[k] = vhs_coefficient(d, omega, t_ref, reduced)
            exponent[k] = 1.0 - omega
    return a, exponent
