"""A beam through an exosphere: columns, attenuation, and the charge state of a beam that exchanges charge.

Valid for straight paths and a cross section that does not depend on energy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, k1e

from exobase.analytic._domain import FloatArray, inside, non_negative, positive


def transmission(cross_section: ArrayLike, column: ArrayLike) -> FloatArray:
    """Part of a beam that has not collided, exp(-sigma N) [1].

    cross_section sigma [m2] and column density N along the path [m-2]: zero or positive, float or array, broadcast.
    Raises ValueError outside.
    """
    thickness = non_negative("cross_section", cross_section) * non_negative("column", column)
    return np.asarray(np.exp(-thickness))[()]


def tangent_column(
    impact: ArrayLike, density: ArrayLike, scale_height: ArrayLike, reference_radius: ArrayLike
) -> FloatArray:
    """Column density along a straight line past the body, from infinity to infinity [m-2].

    N = 2 n0 exp(r0/H) b K_1(b/H) for n = n0 exp(-(r - r0)/H)

    impact b: smallest distance from the centre [m]; density n0 [m-3] at reference_radius r0 [m]; scale_height H [m],
    constant: positive floats or arrays, broadcast. Raises ValueError outside.
    The line is supposed free: where b is less than the body's radius the body is not in the way.
    """
    b, h = positive("impact", impact), positive("scale_height", scale_height)
    height = b - positive("reference_radius", reference_radius)
    # K_1(u) = exp(-u) k1e(u): the large exponentials cancel in the exponent
    column: FloatArray = 2.0 * positive("density", density) * b * np.exp(-height / h) * k1e(b / h)
    return column


def tangent_column_power_law(
    impact: ArrayLike, density: ArrayLike, exponent: ArrayLike, reference_radius: ArrayLike
) -> FloatArray:
    """Column density along a straight line past the body, from infinity to infinity [m-2].

    N = n0 r0^k b^(1-k) sqrt(pi) Gamma((k-1)/2)/Gamma(k/2) for n = n0 (r0/r)^k

    impact b: smallest distance from the centre [m]; density n0 [m-3] at reference_radius r0 [m]: positive; exponent k
    above 1. Floats or arrays, broadcast. Raises ValueError outside. The body is not in the way.
    """
    b, r0 = positive("impact", impact), positive("reference_radius", reference_radius)
    k = inside("exponent", exponent, 1.0, np.inf)
    shape = np.sqrt(np.pi) * np.exp(gammaln(0.5 * (k - 1.0)) - gammaln(0.5 * k))
    column: FloatArray = positive("density", density) * b * (r0 / b) ** k * shape
    return column


def vertical_column(
    radius: ArrayLike, density: ArrayLike, scale_height: ArrayLike, reference_radius: ArrayLike
) -> FloatArray:
    """Column density upward from a radius, H n0 exp(-(r - r0)/H) [m-2]; arguments as `tangent_column`."""
    h = positive("scale_height", scale_height)
    height = positive("radius", radius) - positive("reference_radius", reference_radius)
    return np.asarray(positive("density", density) * h * np.exp(-height / h))[()]


def neutral_fraction(column: ArrayLike, neutralisation: ArrayLike, ionisation: ArrayLike) -> FloatArray:
    """Neutral part of a beam that entered as ions [1].

    f0 = s10/(s10 + s01) [1 - exp(-(s10 + s01) N)]

    column N [m-2]; neutralisation s10 and ionisation s01: cross sections of ion to neutral and neutral to ion [m2],
    zero or positive, float or array, broadcast. Raises ValueError outside.
    Two charge states, constant energy, no scattering out of the beam. Reference: Allison 1958,
    doi:10.1103/RevModPhys.30.1137.
    """
    gain, loss = non_negative("neutralisation", neutralisation), non_negative("ionisation", ionisation)
    total = gain + loss
    n = non_negative("column", column)
    share = np.divide(gain, total, out=np.zeros(np.broadcast_shapes(total.shape)), where=total > 0.0)
    return np.asarray(-share * np.expm1(-total * n))[()]
