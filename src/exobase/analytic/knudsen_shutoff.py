"""Shut-off of a fluid escape rate where the gas is too thin at the sonic point to be a fluid.

Each species has its own Knudsen number there, Kn_s = l_s/H_s with l_s = 1/sum_j n_j sigma_sj and its own scale height
H_s = k T r^2/(G M m_s). The form of the shut-off is a named choice: no published one is known exactly.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic._domain import FloatArray, non_negative, positive
from exobase.constants import K_B

Form = Literal["reciprocal", "exponential", "cut"]
FORMS: tuple[Form, ...] = ("reciprocal", "exponential", "cut")


def knudsen_numbers(
    densities: ArrayLike,
    cross_sections: ArrayLike,
    masses: ArrayLike,
    radius: ArrayLike,
    temperature: ArrayLike,
    gm: ArrayLike,
) -> FloatArray:
    """Knudsen number of every species at the sonic point [1].

    Kn_s = l_s/H_s, l_s = 1/sum_j n_j sigma_sj, H_s = k T r^2/(G M m_s)

    densities [ns, ...] [m-3], cross_sections [ns, ns] [m2] (symmetric), masses [ns] [kg]; radius [m], temperature [K]
    and gm [m3 s-2] at the sonic point, each [...]. Returns [ns, ...], infinite where nothing is met.
    Raises ValueError where an argument is out of its domain or shapes do not fit.
    """
    n, sigma = non_negative("densities", densities), non_negative("cross_sections", cross_sections)
    m = positive("masses", masses)
    if m.ndim != 1 or n.shape[:1] != m.shape or sigma.shape != (m.size, m.size):
        raise ValueError(
            f"masses {m.shape}, cross_sections {sigma.shape}, densities {n.shape}: give [ns], [ns, ns], [ns, ...]"
        )
    if not np.array_equal(sigma, sigma.T):
        raise ValueError("cross_sections must be symmetric: sigma_sj is that of a pair")
    weight = positive("gm", gm) / (K_B * positive("temperature", temperature) * positive("radius", radius) ** 2)
    inverse_height = np.multiply.outer(m, weight)
    with np.errstate(divide="ignore"):
        numbers: FloatArray = inverse_height / np.tensordot(sigma, n, axes=(1, 0))
    return numbers


def shutoff_factor(knudsen: ArrayLike, form: Form = "reciprocal") -> FloatArray:
    """Share of a fluid escape rate that is left at a Knudsen number [1], 1 in a dense gas, 0 in a thin one.

    reciprocal: 1/(1 + Kn); exponential: exp(-Kn); cut: 1 below Kn = 1, 0 from there on

    knudsen: Kn at the sonic point, zero or positive, infinite allowed: float or array. Raises ValueError where it is
    negative or the form is unknown.
    """
    kn = np.asarray(knudsen, dtype=np.float64)
    non_negative("knudsen", np.where(np.isposinf(kn), 0.0, kn))
    factor: FloatArray
    if form == "reciprocal":
        factor = 1.0 / (1.0 + kn)
    elif form == "exponential":
        factor = np.exp(-kn)
    elif form == "cut":
        factor = np.where(kn < 1.0, 1.0, 0.0)[()]
    else:
        raise ValueError(f"form = '{form}' must be one of {', '.join(FORMS)}")
    return factor
