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


def mean_laws(species: Sequence[Species], law: str = "vss") -> PairLaws:
    """Laws of all pairs as the means of their partners' parameters.

    law: "vss", "vhs" (alpha = 1) or "hard_sphere" (omega = 1/2 and alpha = 1).

    NaN where a partner has no collision values: a law of the pair's own must follow (see ``pairs_without_law``).
    """
    known = np.array([kind.collides for kind in species])

    def mean(values: list[float]) -> np.ndarray:
        column = np.where(known, np.array(values, dtype=np.float64), np.nan)
        return 0.5 * (column[:, None] + column[None, :])

    ones = np.ones((len(species), len(species)))
    return PairLaws(
        mean([s.diameter for s in species]),
        0.5 * ones if law == "hard_sphere" else mean([s.omega for s in species]),
        ones if law in ("hard_sphere", "vhs") else mean([s.alpha for s in species]),
        0.5 * np.add.outer([s.t_ref for s in species], [s.t_ref for s in species]),
    )


def pairs_without_law(laws: PairLaws) -> list[tuple[int, int, tuple[str, ...]]]:
    """Pairs (i <= j) of species that have no collision law, each with the parameters that it lacks."""
    found = []
    for i, j in zip(*np.triu_indices(len(laws.diameter)), strict=True):
        lacks = tuple(key for key in ("diameter", "omega", "alpha") if np.isnan(getattr(laws, key)[i, j]))
        if lacks:
            found.append((int(i), int(j), lacks))
    return found


def require_laws(laws: PairLaws, names: Sequence[str]) -> None:
    """Raises InputError for the first pair of the named species without a collision law."""
    for i, j, lacks in pairs_without_law(laws):
        raise InputError(f"{names[i]} and {names[j]} have no collision law: give {', '.join(lacks)} of the species")


def pair_tables(species: Sequence[Species], laws: PairLaws) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients a, exponents 1 - omega and alpha of all pairs in the order of :func:`pair_index`, arrays [pairs].

    Raises InputError where a pair has no law.
    """
    require_laws(laws, [kind.name for kind in species])
    n = len(species)
    tables = np.zeros((3, n * (n + 1) // 2))
    for i in range(n):
        for j in range(i, n):
            reduced = species[i].mass * species[j].mass / (species[i].mass + species[j].mass)
            omega = float(laws.omega[i, j])
            coefficient = vhs_coefficient(float(laws.diameter[i, j]), omega, float(laws.t_ref[i, j]), reduced)
            tables[:, pair_index(i, j, n)] = coefficient, 1.0 - omega, laws.alpha[i, j]
    return tables[0], tables[1], tables[2]
