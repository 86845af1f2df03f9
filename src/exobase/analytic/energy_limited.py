"""Energy-limited escape: the mass loss that a share of the absorbed starlight can lift out of the gravity well.

Valid as an order of magnitude for a hydrodynamic wind; the efficiency stands for all that is left out (radiation,
ionisation, where the light is absorbed). Nothing in it knows whether the gas is collisional, see `transonic` and
`knudsen_shutoff`.
Reference: Watson, Donahue & Walker 1981, Icarus 48, 150, doi:10.1016/0019-1035(81)90101-9; Erkaev et al. 2007, A&A 472,
329, doi:10.1051/0004-6361:20066929 (tidal factor).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic._domain import FloatArray, inside, non_negative, not_below, positive


def tidal_factor(hill_ratio: ArrayLike) -> FloatArray:
    """Depth of the potential well up to the Hill sphere over its depth without the star [1].

    K = 1 - 3/(2 xi) + 1/(2 xi^3) = (xi - 1)^2 (2 xi + 1)/(2 xi^3)

    hill_ratio: xi = R_Hill/R_xuv, more than 1: float or array. Raises ValueError at and below 1, where the atmosphere
    overflows its Hill sphere. Valid for a planet much lighter than its star.
    Reference: Erkaev et al. 2007.
    """
    xi = inside("hill_ratio", hill_ratio, 1.0, np.inf)
    return (xi - 1.0) ** 2 * (2.0 * xi + 1.0) / (2.0 * xi**3)


def hill_radius(
    semi_major_axis: ArrayLike, planet_gm: ArrayLike, star_gm: ArrayLike, eccentricity: ArrayLike = 0.0
) -> FloatArray:
    """Radius of the Hill sphere at the planet's pericentre [m].

    R_Hill = a (1 - e) (M/(3 M*))^(1/3)

    semi_major_axis a [m], planet_gm, star_gm [m3 s-2], eccentricity e in [0, 1): float or array, broadcast.
    Raises ValueError where an argument is out of its domain. Valid for M << M*.
    """
    e = inside("eccentricity", eccentricity, -np.nextafter(0.0, 1.0), 1.0)
    ratio = positive("planet_gm", planet_gm) / (3.0 * positive("star_gm", star_gm))
    return positive("semi_major_axis", semi_major_axis) * (1.0 - e) * np.cbrt(ratio)


def mass_loss(
    efficiency: ArrayLike,
    flux: ArrayLike,
    planet_radius: ArrayLike,
    xuv_radius: ArrayLike,
    gm: ArrayLike,
    tidal: ArrayLike = 1.0,
    scaling: Literal["mixed", "xuv"] = "mixed",
) -> FloatArray:
    """Energy-limited mass loss [kg s-1].

    mixed: Mdot = eps pi R_p R_xuv^2 F/(G M K): light caught at R_xuv lifts gas from R_p
    xuv:   Mdot = eps pi R_xuv^3 F/(G M K): light caught at R_xuv lifts gas from there

    with F the stellar flux [W m-2] (zero allowed) at the planet. efficiency eps in (0, 1],
    planet_radius R_p [m], xuv_radius R_xuv [m] (not below R_p), gm = G M [m3 s-2], tidal: K of `tidal_factor`, in (0,
    1]: float or array, broadcast. Raises ValueError where an argument is out of its domain.
    Reference: Watson et al. 1981; Erkaev et al. 2007.
    """
    eps = inside("efficiency", efficiency, 0.0, np.nextafter(1.0, 2.0))
    k = inside("tidal", tidal, 0.0, np.nextafter(1.0, 2.0))
    planet, caught = positive("planet_radius", planet_radius), positive("xuv_radius", xuv_radius)
    not_below("xuv_radius", caught, "planet_radius", planet)
    if scaling not in ("mixed", "xuv"):
        raise ValueError(f"scaling = '{scaling}' must be 'mixed' or 'xuv'")
    lifted_from = planet if scaling == "mixed" else caught
    power = eps * np.pi * caught**2 * non_negative("flux", flux)
    loss: FloatArray = power * lifted_from / (positive("gm", gm) * k)
    return loss
