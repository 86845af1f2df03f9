"""Central-field motion in spherical symmetry: (r, v_r) at constant squared angular momentum l2 = (r v_t)^2.

r'' = l2/r^3 - mu/r^2 with mu = G M. One step is the classical three-stage Nystroem method of order 4 (Hairer, Norsett &
Wanner, Solving ODEs I, sec. II.14) for the radius; the radial speed is then restored from energy and angular momentum,
v_r = +-sqrt(v_r0^2 + l2 (1/r0^2 - 1/r^2) - 2 mu (1/r0 - 1/r)), with the sign of the Nystroem velocity, so both
invariants hold to round-off at every step except where the square is negative (within the position error of a turning
point), where v_r = 0. Angular momentum is exact: v_t scales with r0/r.
"""

from __future__ import annotations

import math

import numpy as np

from exobase.jit import kernel


@kernel
def radial_flow(r: float, vr: float, l2: float, mu: float, h: float) -> tuple[float, float]:
    """Radius and radial speed after the time h [s]; branch-free so that loops over it vectorise."""
    i0 = 1.0 / r
    a0 = (l2 * i0 - mu) * i0 * i0
    im = 1.0 / (r + 0.5 * h * (vr + 0.25 * h * a0))
    am = (l2 * im - mu) * im * im
    i3 = 1.0 / (r + h * (vr + 0.5 * h * am))
    a3 = (l2 * i3 - mu) * i3 * i3
    r1 = r + h * (vr + h * (a0 + 2.0 * am) * (1.0 / 6.0))
    v1 = vr + h * (a0 + 4.0 * am + a3) * (1.0 / 6.0)
    i1 = 1.0 / r1
    square = vr * vr + (i0 - i1) * (l2 * (i0 + i1) - 2.0 * mu)
    return r1, np.copysign(np.sqrt(max(square, 0.0)), v1)


@kernel
def radial_speed_squared(r: float, vr: float, l2: float, mu: float, target: float) -> float:
    """v_r^2 at the radius ``target`` from conservation of energy and angular momentum (negative: not reached)."""
    i0 = 1.0 / r
    i1 = 1.0 / target
    return vr * vr + (i0 - i1) * (l2 * (i0 + i1) - 2.0 * mu)


@kernel
def radial_turning(r: float, vr: float, l2: float, mu: float) -> float:
    """Apoapsis (v_r > 0; infinite if unbound) or periapsis (v_r <= 0) of the orbit through (r, v_r)."""
    energy = 0.5 * (vr * vr + l2 / (r * r)) - mu / r
    root = math.sqrt(max(mu * mu + 2.0 * energy * l2, 0.0))
    if vr > 0.0:
        if energy >= 0.0:
            return math.inf
        return -(mu + root) / (2.0 * energy)
    if mu + root <= 0.0:
        return 0.0
    return l2 / (mu + root)


@kernel
def return_time(r: float, vr: float, l2: float, mu: float) -> float:
    """Time a bound particle leaving radius r with v_r > 0 spends above r (Kepler, exact).

    T = 2 sqrt(a^3/mu) [pi - E + e sin E] with E the eccentric anomaly on the way out.
    """
    energy = 0.5 * (vr * vr + l2 / (r * r)) - mu / r
    a = -0.5 * mu / energy
    e_cos = 1.0 - r / a
    e_sin = r * vr / math.sqrt(mu * a)
    anomaly = math.atan2(e_sin, e_cos)
    return 2.0 * math.sqrt(a * a * a / mu) * (math.pi - anomaly + e_sin)


@kernel
def apoapsis(r: float, vr: float, l2: float, mu: float) -> float:
    """Largest distance of the orbit through (r, v_r); infinite if unbound."""
    return radial_turning(r, abs(vr) + 1e-300, l2, mu)
