"""Rates and paths of pairs in equilibrium, whatever their law: a power of g, or a table."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from exobase.analytic import kinetic
from exobase.constants import K_B
from exobase.cross_sections.tabulated import ElasticTable
from exobase.cross_sections.vhs import PairLaws

FloatArray = npt.NDArray[np.float64]

_OMEGA = (0.5, 1.5)
_LEAST_ALPHA = 0.05


def effective_cross_section(laws: PairLaws, a: int, b: int, temperature: npt.ArrayLike) -> FloatArray:
    """<sigma g>/<g> [m2] of the pair of species a and b at temperatures [K]."""
    table = laws.table(a, b)
    if table is not None:
        return table.mean_section(temperature)
    return kinetic.effective_cross_section(temperature, laws.diameter[a, b], laws.omega[a, b], laws.t_ref[a, b])


def rate_coefficient(
    laws: PairLaws, a: int, b: int, temperature: npt.ArrayLike, mass_a: float, mass_b: float
) -> FloatArray:
    """<sigma g> [m3/s] of the pair of species a and b at temperatures [K], masses in kg."""
    table = laws.table(a, b)
    if table is None:
        return kinetic.rate_coefficient(
            temperature, mass_a, mass_b, laws.diameter[a, b], laws.omega[a, b], laws.t_ref[a, b]
        )
    reduced = float(kinetic.reduced_mass(mass_a, mass_b))
    speed = np.sqrt(8.0 * K_B * np.asarray(temperature, dtype=float) / (math.pi * reduced))
    return np.asarray(speed * table.mean_section(temperature))


def mixture_mean_free_path(
    laws: PairLaws, densities: FloatArray, temperature: npt.ArrayLike, masses: FloatArray
) -> FloatArray:
    """Mean free path [ns, ...] m of every species of a mixture (see `kinetic.mixture_mean_free_path`).

    densities [ns, ...] m-3, temperature [...] K, masses [ns] kg.
    """
    if not laws.listed:
        return kinetic.mixture_mean_free_path(
            densities, temperature, masses, laws.diameter, laws.omega, float(laws.t_ref[0, 0])
        )
    n, m = np.asarray(densities, dtype=float), np.asarray(masses, dtype=float)
    rates = np.zeros(np.broadcast_shapes(n.shape, (m.size, *np.shape(temperature))))
    for s in range(m.size):
        for j in range(m.size):
            rates[s] += n[j] * effective_cross_section(laws, s, j, temperature) * np.sqrt(1.0 + m[s] / m[j])
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / rates)


def equivalent(
    table: ElasticTable, mass_a: float, mass_b: float, temperature: float, t_ref: float
) -> tuple[float, float, float]:
    """Diameter [m] at t_ref [K], omega and alpha of the soft spheres that are like a table at one temperature [K].

    They have its collision rate, its mean energy of colliding pairs (5/2 - omega times kT; omega is held between 0.5
    and 1.5), and its diffusion coefficient.
    """
    reduced = float(kinetic.reduced_mass(mass_a, mass_b))
    omega = float(np.clip(2.5 - table.colliding_energy(temperature), *_OMEGA))
    diameter = math.sqrt(float(table.mean_section(temperature)) / math.pi * (temperature / t_ref) ** (omega - 0.5))
    diffusion = 3.0 * K_B * temperature / (16.0 * reduced * table.omega_11(temperature, reduced))
    isotropic = float(kinetic.diffusion(1.0, temperature, mass_a, mass_b, diameter, omega, 1.0, t_ref))
    return diameter, omega, max(2.0 * diffusion / isotropic - 1.0, _LEAST_ALPHA)
