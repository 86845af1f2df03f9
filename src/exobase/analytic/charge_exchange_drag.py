"""Charge exchange between two drifting Maxwellians: rates of events, momentum and energy, exact.

A+ + B -> A + B+, each partner keeping its velocity: the ions lose what their partners carried and new ions gain what
the neutrals carried. With s_i^2 = kT_i/m_i, s_n^2 = kT_n/m_n, s^2 = s_i^2 + s_n^2, the relative velocity g = v_i - v_n
has mean w = u_i - u_n and variance s^2 per axis, and does not depend on G = (s_n^2 v_i + s_i^2 v_n)/s^2, so that
all rates follow from <g>, <g gvec> and <g^3>. Valid while both distributions stay Maxwellian.
Moments for x = w/(sqrt(2) s) below 1/2 are Kummer functions of -x^2, above their closed forms with erf(x).
Reference: Pauls, Zank & Williams 1995, J. Geophys. Res. 100, 21595 (who approximate the same averages).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf, hyp1f1

from exobase.analytic._domain import FloatArray, non_negative, positive
from exobase.constants import K_B


class Drifting(NamedTuple):
    """A Maxwellian: mass [kg], temperature [K] (positive), velocity [m/s], shape (3,)."""

    mass: float
    temperature: float
    velocity: ArrayLike


class Exchange(NamedTuple):
    """Per unit volume and per n_i n_n: events [m3/s], momentum [kg m4 s-2] and energy [J m3/s] carried by the partners.

    ion_*: what the ions lose (and fast neutrals gain); neutral_*: what the neutrals lose (and new ions gain). For equal
    species the ions' net gain is neutral_* less ion_*.
    """

    rate: float
    ion_momentum: FloatArray
    ion_energy: float
    neutral_momentum: FloatArray
    neutral_energy: float


def mean_speed(drift: ArrayLike, spread: ArrayLike) -> FloatArray:
    """<g> [m/s] for a relative velocity of mean size ``drift`` w, zero or positive, and variance spread^2 per axis.

    <g> = sqrt(2) s {exp(-x^2)/sqrt(pi) + [x + 1/(2x)] erf(x)}, x = w/(sqrt(2) s). Raises ValueError outside.
    """
    w, s = non_negative("drift", drift), positive("spread", spread)
    x = np.asarray(w / (np.sqrt(2.0) * s))
    far = np.maximum(x, 0.5)
    closed = np.exp(-(far**2)) / np.sqrt(np.pi) + (far + 0.5 / far) * erf(far)
    series = 2.0 / np.sqrt(np.pi) * hyp1f1(-0.5, 1.5, -(np.minimum(x, 0.5) ** 2))
    return np.asarray(np.sqrt(2.0) * s * np.where(x < 0.5, series, closed))[()]


def mean_speed_times_velocity(drift: ArrayLike, spread: ArrayLike) -> FloatArray:
    """<g gvec> along the drift, over w [m/s]: <g gvec> = w times this; arguments as :func:`mean_speed`.

    w<g> + s^2 d<g>/dw, in units of w: sqrt(8/pi) s (4/3) 1F1(-1/2; 5/2; -x^2).
    """
    w, s = non_negative("drift", drift), positive("spread", spread)
    x = np.asarray(w / (np.sqrt(2.0) * s))
    far = np.maximum(x, 0.5)
    gauss = np.exp(-(far**2)) / np.sqrt(np.pi)
    slope = (1.0 - 0.5 / far**2) * erf(far) + gauss / far
    closed = gauss + (far + 0.5 / far) * erf(far) + 0.5 * slope / far
    series = 8.0 / (3.0 * np.sqrt(np.pi)) * hyp1f1(-0.5, 2.5, -(np.minimum(x, 0.5) ** 2))
    return np.asarray(np.sqrt(2.0) * s * np.where(x < 0.5, series, closed))[()]


def mean_speed_cubed(drift: ArrayLike, spread: ArrayLike) -> FloatArray:
    """<g^3> [m3/s3]; arguments as :func:`mean_speed`.

    (sqrt(2) s)^3 {(x^2 + 5/2) exp(-x^2)/sqrt(pi) + [x^3 + 3x + 3/(4x)] erf(x)}
    """
    w, s = non_negative("drift", drift), positive("spread", spread)
    x = np.asarray(w / (np.sqrt(2.0) * s))
    far = np.maximum(x, 0.5)
    gauss = (far**2 + 2.5) * np.exp(-(far**2)) / np.sqrt(np.pi)
    closed = gauss + (far**3 + 3.0 * far + 0.75 / far) * erf(far)
    series = 4.0 / np.sqrt(np.pi) * hyp1f1(-1.5, 1.5, -(np.minimum(x, 0.5) ** 2))
    return np.asarray((np.sqrt(2.0) * s) ** 3 * np.where(x < 0.5, series, closed))[()]


def constant_cross_section(ion: Drifting, neutral: Drifting, sigma: float) -> Exchange:
    """Exchange for a cross section sigma [m2] that does not depend on speed. Raises ValueError outside the domain."""
    si2, sn2, ui, un = _moments(ion, neutral)
    s2 = si2 + sn2
    w = ui - un
    size, s = float(np.sqrt(w @ w)), float(np.sqrt(s2))
    first = float(mean_speed(size, s))
    vector = w * float(mean_speed_times_velocity(size, s))
    cube = float(mean_speed_cubed(size, s))
    centre = (sn2 * ui + si2 * un) / s2
    square = float(centre @ centre) + 3.0 * si2 * sn2 / s2
    cross = float(non_negative("sigma", sigma))

    def carried(mass: float, share: float) -> tuple[FloatArray, float]:
        """Momentum and energy of the partner whose velocity is G + share g."""
        energy = square * first + 2.0 * share * float(centre @ vector) + share**2 * cube
        return np.asarray(cross * mass * (centre * first + share * vector)), 0.5 * mass * cross * energy

    return Exchange(cross * first, *carried(ion.mass, si2 / s2), *carried(neutral.mass, -sn2 / s2))


def constant_rate(ion: Drifting, neutral: Drifting, rate: float) -> Exchange:
    """Exchange for a rate coefficient k = sigma g [m3/s] that does not depend on speed. Raises ValueError outside.

    The partners are then average ones: momentum m u and energy m (u^2 + 3 kT/m)/2 per event.
    """
    si2, sn2, ui, un = _moments(ion, neutral)
    k = float(non_negative("rate", rate))

    def carried(mass: float, u: FloatArray, variance: float) -> tuple[FloatArray, float]:
        return np.asarray(k * mass * u), 0.5 * k * mass * (float(u @ u) + 3.0 * variance)

    return Exchange(k, *carried(ion.mass, ui, si2), *carried(neutral.mass, un, sn2))


def _moments(ion: Drifting, neutral: Drifting) -> tuple[float, float, FloatArray, FloatArray]:
    variances = [
        float(K_B * positive(f"temperature of the {name}s", g.temperature) / positive(f"mass of the {name}s", g.mass))
        for name, g in (("ion", ion), ("neutral", neutral))
    ]
    velocities = [np.asarray(g.velocity, dtype=np.float64) for g in (ion, neutral)]
    for u in velocities:
        if u.shape != (3,) or not np.all(np.isfinite(u)):
            raise ValueError(f"velocity must be finite and have the shape (3,); its shape is {u.shape}")
    return variances[0], variances[1], velocities[0], velocities[1]
