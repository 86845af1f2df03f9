"""Chamberlain's exosphere: density above an exobase by Liouville's theorem, orbit class by orbit class.

n = n_c exp(-(lambda_c - lambda)) zeta(lambda), with lambda_c the Jeans parameter at the exobase, lambda the one at r,
psi = lambda^2/(lambda + lambda_c), A = sqrt(1 - lambda^2/lambda_c^2) e^{-psi}, and P (Q = 1 - P) the regularised lower
(upper) incomplete gamma function of order 3/2. Full Maxwellian of density n_c at the exobase, no collisions, no loss.
Reference: Chamberlain 1963, Planet. Space Sci. 11, 901, doi:10.1016/0032-0633(63)90122-3; Chamberlain & Hunten 1987,
section 7.1.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainc, gammaincc

from exobase.analytic._domain import FloatArray, non_negative, not_below, positive
from exobase.analytic.jeans import jeans_flux, jeans_parameter


def zeta_bal(depth: ArrayLike, depth_exobase: ArrayLike) -> FloatArray:
    """Partition function of ballistic orbits, bound orbits that cross the exobase [1].

    zeta_bal = P(lambda) - A P(lambda - psi)

    depth: Jeans parameter lambda at r; depth_exobase: lambda_c; float or array, broadcast.
    Raises ValueError unless 0 <= lambda <= lambda_c and lambda_c > 0.
    Digits are lost as lambda/lambda_c goes to zero: relative error about 1e-16 lambda_c/lambda.
    """
    depth, prefactor, reduced = _orbit_factors(depth, depth_exobase)
    zeta: FloatArray = gammainc(1.5, depth) - prefactor * gammainc(1.5, reduced)
    return zeta


def zeta_sat(depth: ArrayLike, depth_exobase: ArrayLike) -> FloatArray:
    """Partition function of satellite orbits, bound orbits that never reach the exobase, fully populated [1].

    zeta_sat = A P(lambda - psi)

    Arguments and errors as `zeta_bal`. Without collisions nothing fills these orbits: they are then empty.
    """
    depth, prefactor, reduced = _orbit_factors(depth, depth_exobase)
    zeta: FloatArray = prefactor * gammainc(1.5, reduced)
    return zeta


def zeta_esc(depth: ArrayLike, depth_exobase: ArrayLike) -> FloatArray:
    """Partition function of escaping orbits, upward and unbound, crossing the exobase [1].

    zeta_esc = (1/2) [Q(lambda) - A Q(lambda - psi)]

    Arguments and errors as `zeta_bal`.
    """
    depth, prefactor, reduced = _orbit_factors(depth, depth_exobase)
    zeta: FloatArray = 0.5 * (gammaincc(1.5, depth) - prefactor * gammaincc(1.5, reduced))
    return zeta


def density(
    radius: ArrayLike,
    exobase_density: ArrayLike,
    exobase_radius: ArrayLike,
    temperature: ArrayLike,
    mass: ArrayLike,
    gm: ArrayLike,
    satellites: Literal["none", "full"] = "none",
) -> FloatArray:
    """Density of a collisionless exosphere [m-3].

    n = n_c exp(-(lambda_c - lambda)) (zeta_bal + zeta_esc [+ zeta_sat])

    radius [m] (not below the exobase), exobase_density n_c of the full Maxwellian [m-3], exobase_radius [m],
    temperature at the exobase [K], mass [kg], gm [m3 s-2] (positive): float or array, broadcast.
    satellites: "none" (no collisions, started empty) or "full" (in equilibrium with the exobase).
    At r_c itself the density is n_c less the downward escaping half, n_c (1 - zeta_esc).
    Raises ValueError where an argument is out of its domain.
    """
    not_below("radius", positive("radius", radius), "exobase_radius", positive("exobase_radius", exobase_radius))
    depth = jeans_parameter(mass, temperature, radius, positive("gm", gm))
    depth_exobase = jeans_parameter(mass, temperature, exobase_radius, gm)
    depth = np.minimum(depth, depth_exobase)
    zeta = zeta_bal(depth, depth_exobase) + zeta_esc(depth, depth_exobase)
    if satellites == "full":
        zeta = zeta + zeta_sat(depth, depth_exobase)
    elif satellites != "none":
        raise ValueError(f"satellites = '{satellites}' must be 'none' or 'full'")
    return non_negative("exobase_density", exobase_density) * np.exp(depth - depth_exobase) * zeta


def mean_radial_velocity(
    radius: ArrayLike, exobase_radius: ArrayLike, temperature: ArrayLike, mass: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Mean radial velocity of a collisionless exosphere without satellites [m s-1].

    u = F_J (r_c/r)^2/n(r)

    Arguments, validity and errors as `density`.
    """
    flux = jeans_flux(1.0, temperature, mass, exobase_radius, gm)
    dilution = (np.asarray(exobase_radius, dtype=np.float64) / np.asarray(radius, dtype=np.float64)) ** 2
    return flux * dilution / density(radius, 1.0, exobase_radius, temperature, mass, gm)


def _orbit_factors(depth: ArrayLike, depth_exobase: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return lambda, A and lambda - psi = lambda lambda_c/(lambda + lambda_c), checked."""
    outer = non_negative("Jeans parameter", depth)
    exobase = positive("Jeans parameter at the exobase", depth_exobase)
    not_below("Jeans parameter at the exobase", exobase, "Jeans parameter", outer)
    psi = outer**2 / (outer + exobase)
    prefactor = np.sqrt((1.0 - outer / exobase) * (1.0 + outer / exobase)) * np.exp(-psi)
    return outer, prefactor, outer * exobase / (outer + exobase)
