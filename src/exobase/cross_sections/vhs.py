"""Total cross sections of hard, variable hard (VHS) and variable soft spheres (VSS) (Bird 1994, sec. 2.6; eq. 4.63).

sigma(g) = pi d^2 (2 k T_ref / (m_r g^2))^(omega - 1/2) / Gamma(5/2 - omega), m_r the reduced mass; hard spheres are
omega = 1/2. For a pair of species d, omega, alpha and T_ref are the means of the partners' unless the case gives them.
VSS gases have the same law with a smaller diameter, and a deflection of their own (:mod:`exobase.collisions.scatter`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from exobase.constants import K_B
from exobase.cross_sections.tabulated import ElasticTable
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


class PairLaws(NamedTuple):
    """Collision parameters of all pairs [ns, ns]: diameter [m] at t_ref [K], omega, deflection exponent alpha.

    listed: pairs (first species, second one, table) whose cross sections are tables; their parameters are those of the
    soft spheres that are like them at one temperature.
    """

    diameter: np.ndarray
    omega: np.ndarray
    alpha: np.ndarray
    t_ref: np.ndarray
    listed: tuple[tuple[int, int, ElasticTable], ...] = ()

    def table(self, a: int, b: int) -> ElasticTable | None:
        """The table of a pair, None where its law is a power of the relative speed."""
        return next((table for i, j, table in self.listed if {i, j} == {a, b}), None)


def mean_laws(species: Sequence[Species], hard_sphere: bool = False) -> PairLaws:
    """Laws of all pairs as the means of their partners' parameters; hard spheres have omega = 1/2 and alpha = 1.

    Raises InputError where a species has no diameter.
    """
    for kind in species:
        if not kind.diameter > 0.0:
            raise InputError([f"species {kind.name} has no collision diameter: give species.diameter in the case"])

    def mean(values: list[float]) -> np.ndarray:
        column = np.array(values, dtype=np.float64)
        return 0.5 * (column[:, None] + column[None, :])

    ones = np.ones((len(species), len(species)))
    return PairLaws(
        mean([s.diameter for s in species]),
        0.5 * ones if hard_sphere else mean([s.omega for s in species]),
        ones if hard_sphere else mean([s.alpha for s in species]),
        mean([s.t_ref for s in species]),
    )


def pair_tables(species: Sequence[Species], laws: PairLaws) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients a, exponents 1 - omega and alpha of all pairs in the order of :func:`pair_index`, arrays [pairs]."""
    n = len(species)
    tables = np.zeros((3, n * (n + 1) // 2))
    for i in range(n):
        for j in range(i, n):
            reduced = species[i].mass * species[j].mass / (species[i].mass + species[j].mass)
            omega = float(laws.omega[i, j])
            coefficient = vhs_coefficient(float(laws.diameter[i, j]), omega, float(laws.t_ref[i, j]), reduced)
            tables[:, pair_index(i, j, n)] = coefficient, 1.0 - omega, laws.alpha[i, j]
    return tables[0], tables[1], tables[2]
