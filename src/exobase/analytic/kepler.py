"""Free flight round a point mass: bound orbits, flight times, hops.

A particle at radius r has the radial velocity v_r and the transverse speed v_t; E = (v_r^2 + v_t^2)/2 - G M/r is its
energy and L = r v_t its angular momentum, both per mass; a = -G M/(2 E), p = L^2/(G M). The formulas are arranged so
that nothing cancels: short hops, nearly parabolic and purely radial orbits keep full precision.
Reference: Battin 1999, An Introduction to the Mathematics and Methods of Astrodynamics, chapters 3-4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import factorial

from exobase.analytic._domain import FloatArray, non_negative, positive


class Orbit(NamedTuple):
    """Elements of an orbit, see `orbit`."""

    energy: FloatArray
    angular_momentum: FloatArray
    semi_major_axis: FloatArray
    eccentricity: FloatArray
    periapsis: FloatArray
    apoapsis: FloatArray
    period: FloatArray


def orbit(radius: ArrayLike, v_radial: ArrayLike, v_transverse: ArrayLike, gm: ArrayLike) -> Orbit:
    """Elements of the Kepler orbit through a point.

    e^2 = (1 - r/a)^2 + (r v_r)^2/(G M a), periapsis p/(1 + e), apoapsis a (1 + e), period 2 pi sqrt(a^3/(G M))

    radius [m], v_radial and v_transverse [m s-1], gm [m3 s-2]: float or array, broadcast.
    Returns energy [J kg-1], angular momentum [m2 s-1], semi-major axis [m] (negative where unbound), eccentricity,
    periapsis, apoapsis [m] and period [s], the last two infinite where E >= 0.
    Raises ValueError where radius or gm is not positive.
    """
    r, vr, vt, mu = _state(radius, v_radial, v_transverse, gm)
    with np.errstate(divide="ignore", invalid="ignore"):
        energy = 0.5 * (vr**2 + vt**2) - mu / r
        a = np.divide(-mu, 2.0 * energy)
        p = (r * vt) ** 2 / mu
        # e cos f and e sin f, valid for any energy; close to e = 0 and 1 they keep their digits
        eccentricity = np.hypot(p / r - 1.0, r * vt * vr / mu)
        bound = energy < 0.0
        apoapsis = np.where(bound, a * (1.0 + eccentricity), np.inf)
        period = np.where(bound, 2.0 * np.pi * np.sqrt(np.abs(a) ** 3 / mu), np.inf)
    return Orbit(energy, r * vt, a, eccentricity, p / (1.0 + eccentricity), apoapsis[()], period[()])


def apoapsis(radius: ArrayLike, v_radial: ArrayLike, v_transverse: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Largest radius of the orbit through a point [m], infinite where it is unbound; arguments as `orbit`."""
    return orbit(radius, v_radial, v_transverse, gm).apoapsis


def flight_time(radius: ArrayLike, v_radial: ArrayLike, v_transverse: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Time that a particle launched upward spends above its starting radius [s].

    t = 2 sqrt(a^3/(G M)) [(pi - E) + e sin E], e cos E = 1 - r/a, e sin E = r v_r/sqrt(G M a)

    radius [m], v_radial (zero or positive) and v_transverse [m s-1], gm [m3 s-2]: float or array, broadcast.
    Infinite where the orbit is unbound. With v_radial = 0 it is a full period at periapsis, zero at apoapsis.
    Raises ValueError where an argument is out of its domain.
    """
    r, vr, vt, mu = _state(radius, non_negative("v_radial", v_radial), v_transverse, gm)
    bound, a = _bound_axis(r, vr, vt, mu)
    e_sin, e_cos = r * vr / np.sqrt(mu * a), 1.0 - r / a
    time = 2.0 * np.sqrt(a**3 / mu) * (np.arctan2(e_sin, -e_cos) + e_sin)
    return np.asarray(np.where(bound, time, np.inf))[()]


def hop_angle(radius: ArrayLike, v_radial: ArrayLike, v_transverse: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Angle at the centre between launch and return to the same radius [rad], in [0, 2 pi].

    2 (pi - f), e cos f = p/r - 1, e sin f = v_r sqrt(p/(G M)), f the true anomaly at launch

    radius [m], v_radial (zero or positive) and v_transverse [m s-1], gm [m3 s-2]: float or array, broadcast.
    NaN where the orbit is unbound. Raises ValueError where an argument is out of its domain.
    """
    r, vr, vt, mu = _state(radius, non_negative("v_radial", v_radial), v_transverse, gm)
    bound, _ = _bound_axis(r, vr, vt, mu)
    momentum = r * np.abs(vt) / mu
    angle = 2.0 * np.arctan2(momentum * vr, 1.0 - momentum * np.abs(vt))
    return np.asarray(np.where(bound, angle, np.nan))[()]


def hop_range(radius: ArrayLike, v_radial: ArrayLike, v_transverse: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Distance along the sphere between launch and return [m], r times `hop_angle`; arguments as there."""
    return positive("radius", radius) * hop_angle(radius, v_radial, v_transverse, gm)


def time_between(
    radius_1: ArrayLike, radius_2: ArrayLike, v_radial: ArrayLike, v_transverse: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Time of flight between two radii on one leg of an orbit, outward or inward [s].

    With sigma = r v_r/sqrt(G M) at both radii, alpha = 1/a, w = (r2 - r1)/(sigma1 + sigma2):
    chi = (2/sqrt(alpha)) arctan(sqrt(alpha) w), t sqrt(G M) = r1 chi + sigma1 chi^2 C + (1 - alpha r1) chi^3 S,
    C and S Stumpff's functions of alpha chi^2. Valid for elliptic, parabolic and hyperbolic orbits.

    radius_1 [m]: where v_radial and v_transverse [m s-1] are given; radius_2 [m]: the other radius, larger or smaller;
    gm [m3 s-2]: float or array, broadcast. The sign of v_radial does not matter: the time is that on the leg that
    joins the radii without passing an apsis between them.
    Raises ValueError where radius_2 lies below the periapsis or above the apoapsis.
    """
    r_a, vr, vt, mu = _state(radius_1, v_radial, v_transverse, gm)
    r_b = positive("radius_2", radius_2)
    r_a, r_b, vr, vt, mu = np.broadcast_arrays(r_a, r_b, vr, vt, mu)
    alpha = 2.0 / r_a - (vr**2 + vt**2) / mu
    sigma_a2 = (r_a * vr) ** 2 / mu
    # sigma^2 = 2 r - alpha r^2 - p; its change from a to b needs no p
    sigma_b2 = sigma_a2 + (r_b - r_a) * (2.0 - alpha * (r_a + r_b))
    if np.any(sigma_b2 < -1e-12 * r_b):
        first = np.argmin((sigma_b2 >= -1e-12 * r_b).ravel())
        given = r_b.ravel()[first]
        raise ValueError(f"radius_2 = {given:g} is not on the orbit; keep it between periapsis and apoapsis")
    sigma_a, sigma_b = np.sqrt(sigma_a2), np.sqrt(np.maximum(sigma_b2, 0.0))
    outward = r_b >= r_a
    r1, s1 = np.where(outward, r_a, r_b), np.where(outward, sigma_a, sigma_b)
    total = sigma_a + sigma_b
    w = np.abs(r_b - r_a) / np.where(total > 0.0, total, 1.0)
    chi = 2.0 * w * _arctan_ratio(alpha * w**2)
    c, s = _stumpff(alpha * chi**2)
    time = (r1 * chi + s1 * chi**2 * c + (1.0 - alpha * r1) * chi**3 * s) / np.sqrt(mu)
    return np.asarray(time)[()]


def _state(
    radius: ArrayLike, v_radial: ArrayLike, v_transverse: ArrayLike, gm: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    vr, vt = np.asarray(v_radial, dtype=np.float64), np.asarray(v_transverse, dtype=np.float64)
    return positive("radius", radius), vr, vt, positive("gm", gm)


def _bound_axis(
    r: FloatArray, vr: FloatArray, vt: FloatArray, mu: FloatArray
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.bool_]], FloatArray]:
    """Which orbits are bound, and their semi-major axis (r as a stand-in where they are not)."""
    alpha = 2.0 / r - (vr**2 + vt**2) / mu
    bound = np.asarray(alpha > 0.0)
    return bound, 1.0 / np.where(bound, alpha, 1.0 / r)


def _arctan_ratio(z: FloatArray) -> FloatArray:
    """arctan(sqrt z)/sqrt z, continued to artanh(sqrt(-z))/sqrt(-z) for z < 0; series near zero."""
    root = np.sqrt(np.abs(z))
    safe = np.where(root > 0.0, root, 1.0)
    closed = np.where(z > 0.0, np.arctan(safe), np.arctanh(np.where(z < 0.0, np.minimum(safe, 1.0), 0.0))) / safe
    series = 1.0 - z / 3.0 + z**2 / 5.0 - z**3 / 7.0 + z**4 / 9.0
    return np.where(np.abs(z) < 1e-3, series, closed)


def _stumpff(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Stumpff's C(z) = (1 - cos sqrt z)/z and S(z) = (sqrt z - sin sqrt z)/sqrt(z)^3, with series for |z| < 1."""
    root = np.sqrt(np.abs(z))
    safe = np.where(root > 0.0, root, 1.0)
    elliptic_c, hyperbolic_c = 2.0 * np.sin(0.5 * safe) ** 2, 2.0 * np.sinh(0.5 * safe) ** 2
    c = np.where(z > 0.0, elliptic_c, hyperbolic_c) / safe**2
    s = np.where(z > 0.0, safe - np.sin(safe), np.sinh(safe) - safe) / safe**3
    order = np.arange(10)
    powers = (-np.where(np.abs(z) < 1.0, z, 0.0)[..., None]) ** order
    small_c = (powers / factorial(2 * order + 2)).sum(axis=-1)
    small_s = (powers / factorial(2 * order + 3)).sum(axis=-1)
    near_zero = np.abs(z) < 1.0
    return np.where(near_zero, small_c, c), np.where(near_zero, small_s, s)
