"""Ionisation of a corona: total production of ions, the volume integral of nu n(r), with and without a shadow.

Densities n0 (r0/r)^k or n0 exp(-(r - r0)/H) from an inner radius r0 to an outer one. The shadow is the cylinder of a
radius a <= r0 behind the body: of the sphere at r it covers the part [1 - sqrt(1 - a^2/r^2)]/2. Valid for a constant
frequency, optically thin. Arguments are positive floats; ValueError outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.integrate import quad
from scipy.special import beta, betainc

from exobase.analytic._domain import non_negative, positive

_SCALES = 60.0


def lit_part(radius: float, shadow_radius: float) -> float:
    """Part of a sphere that is outside the cylindrical shadow, [1 + sqrt(1 - a^2/r^2)]/2 [1]; 1 where a is 0."""
    r, a = float(positive("radius", radius)), float(non_negative("shadow_radius", shadow_radius))
    if a > r:
        raise ValueError(f"shadow_radius = {a:g} must not exceed the radius = {r:g}")
    return 0.5 * (1.0 + math.sqrt(1.0 - (a / r) ** 2)) if a > 0.0 else 1.0


def power_law_production(
    frequency: float,
    density: float,
    exponent: float,
    inner_radius: float,
    outer_radius: float = math.inf,
    shadow_radius: float = 0.0,
) -> float:
    """Ions made per time in a corona n0 (r0/r)^k [s-1].

    4 pi nu n0 r0^3 [1 - (r0/R)^(k-3)]/(k - 3) without a shadow; with one, half of it plus
    pi nu n0 r0^k a^(3-k) [B(y0; (k-3)/2, 3/2) - B(Y; ...)], y = a^2/r^2, B the incomplete beta function.

    frequency nu [s-1], density n0 [m-3] at inner_radius r0 [m], exponent k above 3, outer_radius R [m] above r0,
    shadow_radius a [m], 0 (no shadow) to r0. Raises ValueError outside.
    """
    nu, n0, r0, a = _common(frequency, density, inner_radius, outer_radius, shadow_radius)
    k = float(positive("exponent", exponent))
    if k <= 3.0:
        raise ValueError(f"exponent = {k:g} must be above 3")
    full: float = 4.0 * math.pi * nu * n0 * r0**3 * (1.0 - (r0 / outer_radius) ** (k - 3.0)) / (k - 3.0)
    if a == 0.0:
        return full
    p, q = 0.5 * (k - 3.0), 1.5
    between = betainc(p, q, (a / r0) ** 2) - betainc(p, q, (a / outer_radius) ** 2)
    lit: float = math.pi * nu * n0 * a**3 * (r0 / a) ** k * float(beta(p, q) * between)
    return 0.5 * full + lit


def exponential_production(
    frequency: float,
    density: float,
    scale_height: float,
    inner_radius: float,
    outer_radius: float = math.inf,
    shadow_radius: float = 0.0,
) -> float:
    """Ions made per time in a corona n0 exp(-(r - r0)/H) [s-1].

    4 pi nu n0 H (r0^2 + 2 H r0 + 2 H^2) to infinity without a shadow; less the same from R on, and by quadrature over
    the lit part with a shadow (relative error 1e-9).

    scale_height H [m], constant; the rest as :func:`power_law_production`.
    """
    nu, n0, r0, a = _common(frequency, density, inner_radius, outer_radius, shadow_radius)
    h = float(positive("scale_height", scale_height))
    depth = (outer_radius - r0) / h

    def above(r: float) -> float:
        return r * r + 2.0 * h * r + 2.0 * h * h

    if a == 0.0:
        rest = math.exp(-depth) * above(outer_radius) if math.isfinite(depth) else 0.0
        return 4.0 * math.pi * nu * n0 * h * (above(r0) - rest)
    total = _over_root(lambda x: math.exp(-x) * (r0 + h * x) ** 2 * lit_part(r0 + h * x, a), min(depth, _SCALES))
    return 4.0 * math.pi * nu * n0 * h * total


def _over_root(integrand: Callable[[float], float], end: float) -> float:
    """Integral from 0 to end with x = t^2, which takes away the root of the lit part at r = a."""
    value, _ = quad(lambda t: 2.0 * t * integrand(t * t), 0.0, math.sqrt(end), epsabs=0.0, epsrel=1e-10, limit=200)
    return float(value)


def _common(
    frequency: float, density: float, inner: float, outer: float, shadow: float
) -> tuple[float, float, float, float]:
    nu, n0 = float(positive("frequency", frequency)), float(positive("density", density))
    r0, a = float(positive("inner_radius", inner)), float(non_negative("shadow_radius", shadow))
    if not outer > r0:
        raise ValueError(f"outer_radius = {outer:g} must be above the inner_radius = {r0:g}")
    if a > r0:
        raise ValueError(f"shadow_radius = {a:g} must not exceed the inner_radius = {r0:g}")
    return nu, n0, r0, a
