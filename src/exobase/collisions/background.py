"""Particles on a given background: its profiles, and collisions with it by null-collision sampling.

Between two nodes ln n, T and the radial wind are linear in r. Around every interval the largest densities and thermal
speeds are known, so that the rate of candidate collisions

    nu_max = sum_b N_b n_max,t(b) [sigma g]_max(v + c u_max + w_max)

bounds the true rate while a particle stays within ``reach`` of the interval: candidates come with the constant rate
nu_max and are accepted with the ratio of the rates (Skullerud 1968, doi:10.1088/0022-3727/1/11/423). A partner's
thermal velocity is Maxwellian, cut at c = 5 most probable speeds (a part of 8e-11 lies beyond).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.cross_sections.scattering import bound
from exobase.jit import inlined
from exobase.rng import GOLDEN, TWO_PI, mix, unit

THERMAL_CUT = 5.0


class Air(NamedTuple):
    """A background on nodes.

    r [n] m: radii, increasing, from the inner boundary to ``top``, above which there are no collisions. lookup [m] with
    lookup_r0 and lookup_inverse: interval of the lower end of each of m equal parts of the range, a first guess.
    ln_n and temperature, wind [targets, n]: ln(n m3), K, radial bulk velocity m/s; slope [targets, n-1]: d ln n/dr.
    rotation [rad/s]: about the z axis. mass [targets] kg. reach [n-1] m: the bounds n_max, u_max (sqrt(2kT/m))
    [targets, n-1] and wind_max [n-1] hold within this distance of the interval.
    """

    r: np.ndarray
    lookup: np.ndarray
    lookup_r0: float
    lookup_inverse: float
    ln_n: np.ndarray
    slope: np.ndarray
    temperature: np.ndarray
    wind: np.ndarray
    rotation: float
    mass: np.ndarray
    reach: np.ndarray
    n_max: np.ndarray
    u_max: np.ndarray
    wind_max: np.ndarray
    top: float


@inlined
def interval(air, r):
    """Interval k of nodes with r_k <= r < r_k+1; the first or last one for radii outside."""
    guess = int((r - air.lookup_r0) * air.lookup_inverse)
    k = air.lookup[min(max(guess, 0), air.lookup.size - 1)]
    while k + 2 < air.r.size and r >= air.r[k + 1]:
        k += 1
    while k > 0 and r < air.r[k]:
        k -= 1
    return k


@inlined
def density(air, t, k, r):
    """Density of target t at r in the interval k [m-3]."""
    return np.exp(air.ln_n[t, k] + air.slope[t, k] * (r - air.r[k]))


@inlined
def bulk_velocity(air, t, k, x, y, z, r):
    """Velocity of target t at a point: radial wind and solid rotation about the z axis."""
    f = (r - air.r[k]) / (air.r[k + 1] - air.r[k])
    radial = (air.wind[t, k] + f * (air.wind[t, k + 1] - air.wind[t, k])) / r
    return radial * x - air.rotation * y, radial * y + air.rotation * x, radial * z


@inlined
def candidate_rates(air, tables, p, k, speed, rates):
    """Rates of candidate collisions [s-1] with each partner, in ``rates`` [partners], for speeds up to ``speed``.

    Returns their sum. They hold within ``reach`` of the interval k.
    """
    partners = tables.target.size
    total = 0.0
    for b in range(partners):
        t = tables.target[b]
        rates[b] = 0.0
        if air.n_max[t, k] > 0.0:
            g = speed + THERMAL_CUT * air.u_max[t, k] + air.wind_max[k]
            rates[b] = tables.number[b] * air.n_max[t, k] * bound(tables, p * partners + b, g)
            total += rates[b]
    return total


@inlined
def thermal_velocity(state, u):
    """Velocity of a Maxwellian with the most probable speed u, cut at THERMAL_CUT u."""
    while True:
        state += GOLDEN
        a = np.sqrt(-np.log(unit(mix(state))))
        state += GOLDEN
        phi = TWO_PI * unit(mix(state))
        state += GOLDEN
        b = np.sqrt(-np.log(unit(mix(state))))
        state += GOLDEN
        psi = TWO_PI * unit(mix(state))
        u1, u2, u3 = a * np.cos(phi), a * np.sin(phi), b * np.cos(psi)
        if u1 * u1 + u2 * u2 + u3 * u3 <= THERMAL_CUT * THERMAL_CUT:
            return state, u * u1, u * u2, u * u3


@inlined
def choose_partner(rates, total, u):
    """Partner drawn by its share of the candidate rates, from a uniform number."""
    rest = u * total
    last = 0
    for b in range(rates.size):
        if rates[b] > 0.0:
            last = b
            rest -= rates[b]
            if rest <= 0.0:
                break
    return last
