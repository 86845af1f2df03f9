"""Transport coefficients of a gas mixture of hard, VHS or VSS molecules to any order of the Chapman-Enskog expansion.

Each species departs from its Maxwellian by Sonine polynomials S^p of C^2, C = v sqrt(m/(2 k T)), times C (diffusion,
heat) or CC - C^2/3 (shear). The linear collision operator between these functions is a matrix of bracket integrals
    <F_i (G - G')>_ij = int int f_i f_j F(v_i) [G - G'] g sigma dOmega dv_i dv_j,  G of species i or j,
which are polynomials integrated with weights e^{-y^2} y^{4-2 omega}: products of Gauss rules give them exactly. The
order is the number of polynomials; order 1 is the first approximation in closed form (`transport`), order 4 is
converged to about 1e-4 for one gas and 1e-3 for unlike masses (2 % for a trace of vanishing mass).
Valid for dilute gases near equilibrium without internal energy. The work grows as the fifth power of the order or
faster: 10 ms for a pair at order 4, 0.3 s at order 8.
Reference: Chapman & Cowling 1970, chapters 7 and 8; Ferziger & Kaper 1972, chapters 6 and 7.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import eval_genlaguerre, roots_chebyt, roots_genlaguerre, roots_hermite, roots_jacobi, roots_laguerre

from exobase.analytic._domain import FloatArray, positive, within
from exobase.analytic.kinetic import rate_coefficient
from exobase.analytic.transport import Law
from exobase.constants import K_B

MAX_ORDER = 8


class Diffusion(NamedTuple):
    """Diffusion in a binary mixture: D12 [m2 s-1] and thermal diffusion factor alpha_T [1], see `diffusion`."""

    coefficient: float
    thermal_factor: float


def mixture_viscosity(temperature: float, fractions: ArrayLike, masses: ArrayLike, laws: Law, order: int = 4) -> float:
    """Viscosity of a mixture [Pa s].

    temperature [K]; fractions [ns], mole fractions, positive, their sum 1; masses [ns] [kg]; laws of the pairs, each
    field [ns, ns] (symmetric) or a number that all share; order 1 to 8.
    Raises ValueError where an argument is out of its domain or shapes do not fit.
    """
    x, m = _composition(temperature, fractions, masses, order)
    matrix = _matrix(temperature, x, m, laws, order, tensor=True)
    drive = np.zeros((x.size, order))
    drive[:, 0] = 5.0 * x
    response = np.linalg.solve(matrix, drive.ravel()).reshape(x.size, order)
    return float(0.5 * K_B * temperature * (x @ response[:, 0]))


def mixture_conductivity(
    temperature: float, fractions: ArrayLike, masses: ArrayLike, laws: Law, order: int = 4
) -> float:
    """Conductivity of a mixture of monatomic gases in a steady state without diffusion [W m-1 K-1].

    The condition that no species drifts takes the place of the lowest polynomial, which is the drift.
    Arguments and errors as `mixture_viscosity`.
    """
    x, m = _composition(temperature, fractions, masses, order)
    matrix = _matrix(temperature, x, m, laws, order + 1, tensor=False)
    heat = np.tile(np.arange(order + 1) > 0, x.size)
    drive = np.zeros((x.size, order))
    drive[:, 0] = -3.75 * x * np.sqrt(2.0 * K_B * temperature / m)
    response = np.linalg.solve(matrix[np.ix_(heat, heat)], drive.ravel()).reshape(x.size, order)
    return float(-1.25 * K_B * (x * np.sqrt(2.0 * K_B * temperature / m)) @ response[:, 0])


def diffusion(
    density: float, temperature: float, fractions: ArrayLike, masses: ArrayLike, laws: Law, order: int = 4
) -> Diffusion:
    """Binary diffusion coefficient D12 and thermal diffusion factor alpha_T.

    V1 - V2 = -[D12/(x1 x2)] (grad x1 + k_T grad ln T) at constant pressure without forces, alpha_T = k_T/(x1 x2)

    density of both gases together [m-3]; fractions and masses of two species, which may be equal in all but name
    (self-diffusion); the others and errors as `mixture_viscosity`. alpha_T is zero at order 1; positive, it drives gas
    1 to the cold side. What is called the first approximation of alpha_T has order 2.
    """
    n = float(positive("density", density))
    x, m = _composition(temperature, fractions, masses, order)
    if x.size != 2:
        raise ValueError(f"diffusion needs two species, not {x.size}")
    matrix = _matrix(temperature, x, m, laws, order, tensor=False)
    speed = np.sqrt(2.0 * K_B * temperature / m)
    drive = np.zeros((2, 2, order))
    drive[0, :, 0] = 1.5 * speed * (1.0, -1.0)
    if order > 1:
        drive[1, :, 1] = -3.75 * x * speed
    momentum = np.zeros((2, order))
    momentum[:, 0] = x * np.sqrt(m / m.sum())
    gauge = np.abs(matrix).max() * np.multiply.outer(momentum.ravel(), momentum.ravel())  # no mean mass flux
    response = np.linalg.solve(matrix + gauge, drive.reshape(2, -1).T).reshape(2, order, 2)
    slip = x[0] * x[1] / (2.0 * n) * (speed[0] * response[0, 0] - speed[1] * response[1, 0])
    return Diffusion(float(slip[0]), float(slip[1] / slip[0] / (x[0] * x[1])))


def _composition(
    temperature: float, fractions: ArrayLike, masses: ArrayLike, order: int
) -> tuple[FloatArray, FloatArray]:
    positive("temperature", temperature)
    if not 1 <= order <= MAX_ORDER:
        raise ValueError(f"order = {order} must be within [1, {MAX_ORDER}]")
    x, m = positive("fractions", fractions), positive("masses", masses)
    if x.ndim != 1 or x.shape != m.shape:
        raise ValueError(f"fractions {x.shape} and masses {m.shape} must both be [ns]")
    if abs(x.sum() - 1.0) > 1e-9:
        raise ValueError(f"fractions sum to {x.sum():g}, must be 1")
    return x, m


def _matrix(temperature: float, x: FloatArray, m: FloatArray, laws: Law, order: int, tensor: bool) -> FloatArray:
    """Linear collision operator [m3 s-1] between the polynomials of all species, [ns order, ns order]."""
    ns = x.size
    fields = [np.broadcast_to(np.asarray(field, dtype=np.float64), (ns, ns)) for field in laws]
    if not all(np.array_equal(field, field.T) for field in fields):
        raise ValueError("laws must be symmetric: they are those of pairs")
    diameter, omega, alpha, t_ref = fields
    within("omega", omega, 0.5, 1.5)
    positive("alpha", alpha)
    matrix = np.zeros((ns, order, ns, order))
    for i in range(ns):
        for j in range(ns):
            rate = float(rate_coefficient(temperature, m[i], m[j], diameter[i, j], omega[i, j], t_ref[i, j]))
            share = float(m[i] / (m[i] + m[j]))
            own, cross = _brackets(share, float(omega[i, j]), float(alpha[i, j]), order, tensor)
            matrix[i, :, i, :] += x[i] * x[j] * rate * own
            matrix[i, :, j, :] += x[i] * x[j] * rate * cross
    return matrix.reshape(ns * order, ns * order)


@lru_cache(maxsize=256)
def _brackets(share: float, omega: float, alpha: float, order: int, tensor: bool) -> tuple[FloatArray, FloatArray]:
    """Bracket integrals over the rate coefficient: same species and partner species [order, order].

    share: mass of the first over both. With G the centre-of-mass and y the relative velocity, each in its thermal unit,
    C1 = a G + b y and C2 = b G - a y, a^2 = share = 1 - b^2; y lies along the axis, y' is turned by chi and epsilon.
    """
    s2, g_z, g_p, cosine, phase, weight = _nodes(omega, alpha, order)
    a, b = np.sqrt(share), np.sqrt(1.0 - share)
    g2, s = g_z**2 + g_p**2, np.sqrt(s2)
    before = g_z * s
    after = s * (g_p * np.sqrt(1.0 - cosine**2) * phase + g_z * cosine)
    first, second = a * a * g2 + b * b * s2, b * b * g2 + a * a * s2
    first_after, second_after = first + 2.0 * a * b * after, second - 2.0 * a * b * after
    first, second = first + 2.0 * a * b * before, second - 2.0 * a * b * before

    def table(square: FloatArray, dot: FloatArray) -> FloatArray:
        """S^p(C^2) of a velocity, times its contraction with the first particle's velocity before."""
        upper = 2.5 if tensor else 1.5
        contraction = dot**2 - first * square / 3.0 if tensor else dot
        return np.array([eval_genlaguerre(p, upper, square) * contraction for p in range(order)])

    same = table(first, first) - table(first_after, a * a * g2 + a * b * (before + after) + b * b * s2 * cosine)
    meeting = a * b * g2 + b * b * before
    partner = table(second, meeting - a * a * before - a * b * s2)
    partner = partner - table(second_after, meeting - a * a * after - a * b * s2 * cosine)
    left = np.array([eval_genlaguerre(p, 2.5 if tensor else 1.5, first) * weight for p in range(order)])
    return left @ same.T, left @ partner.T


def _nodes(omega: float, alpha: float, order: int) -> tuple[FloatArray, ...]:
    """Points and weights, flat: y^2, G along y, G across, cos chi, cos epsilon, weight (sum 1).

    The integrands have degree 4 order in G and y, hence 2 order in the squares, cos chi and cos epsilon.
    """
    n = order + 1
    s2, w_s = roots_genlaguerre(n, 1.5 - omega)
    g_z, w_z = roots_hermite(2 * n)
    g_p2, w_p = roots_laguerre(n)
    cosine, w_c = roots_jacobi(n, 0.0, alpha - 1.0)
    phase, w_e = roots_chebyt(n)
    grid = np.meshgrid(s2, g_z, np.sqrt(g_p2), cosine, phase, indexing="ij")
    weights = np.meshgrid(w_s, w_z, w_p, w_c, w_e, indexing="ij")
    weight = np.prod([w.ravel() for w in weights], axis=0)
    return *(axis.ravel() for axis in grid), weight / weight.sum()
