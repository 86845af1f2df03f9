"""Numbers that follow from a result but are not stored in it: the net flux, and where the flow turns supersonic."""

from __future__ import annotations

import math

import numpy as np

from exobase.constants import K_B
from exobase.errors import InputError
from exobase.io.results import Result
from exobase.judge.references import FloatArray, Theory
from exobase.tallies.statistics import block_estimate

MIDDLE = 1
"""The zone of the history whose flow is the net flux: farthest from both boundaries."""

FIT_RANGE = 1.25
"""Factor below and above the sonic radius over which it is fitted."""

_FEWEST = 5
"""Cells that a fit needs."""


def net_flux(result: Result, about: Theory, row: int) -> tuple[float, float]:
    """Flow through the middle of the domain per area of the inner boundary [m-2 s-1], with its standard error.

    Mean over the records after the burn-in, the error from blocks. Unlike the escape it counts what comes in through
    the outer boundary. Raises InputError where the result has no history.
    """
    series = result.get("history/zone_flux")
    if series is None:
        raise InputError([f"{about.name}: the result has no history of the flow"])
    burn_in = result.attributes("history").get("burn_in")
    kept = np.asarray(result["history/step"]) > float(burn_in if burn_in not in (None, "") else -1.0)
    estimate = block_estimate(np.asarray(series[kept, row, MIDDLE], dtype=float))
    area = float(about.space.area(about.r_inner))
    return estimate.mean / area, estimate.stderr / area


def sonic_radius(result: Result, about: Theory, row: int) -> tuple[float, float]:
    """Radius where the flow reaches the speed of sound, with its standard error [m].

    u = sqrt(gamma k T/m), T the mean over all degrees of freedom, translation and rotation. From a fit of the Mach
    number, quadratic in ln r, within a factor `FIT_RANGE` of the radius that best parts subsonic from supersonic cells;
    errors of cells are taken as independent. Raises InputError where the flow does not turn supersonic.
    """
    r, mach, error = _mach(result, about, row)
    faster = mach > 1.0
    split = np.concatenate([[0], np.cumsum(~faster)]) + np.concatenate([np.cumsum(faster[::-1])[::-1], [0]])
    k = int(np.argmax(split))
    if not 0 < k < r.size:
        raise InputError([f"{about.name}: the flow does not pass the speed of sound"])
    middle = math.sqrt(r[k - 1] * r[k])
    near = np.abs(np.log(r / middle)) < math.log(FIT_RANGE)
    if near.sum() < _FEWEST:
        raise InputError([f"{about.name}: {int(near.sum())} cells near the sonic radius are too few for a fit"])
    x, y, spread = np.log(r[near] / middle), mach[near] - 1.0, error[near]
    known = bool(np.all(spread > 0.0))
    weight = 1.0 / spread if known else np.ones_like(x)
    (curvature, slope, offset), covariance = np.polyfit(x, y, 2, w=weight, cov="unscaled")
    inside = slope**2 - 4.0 * curvature * offset
    if not (slope > 0.0 and inside > 0.0):
        raise InputError([f"{about.name}: the Mach number does not rise through 1"])
    place = -2.0 * offset / (slope + math.sqrt(inside))
    powers = np.array([place**2, place, 1.0])
    radius = middle * math.exp(place)
    relative = math.sqrt(float(powers @ covariance @ powers) / inside)
    return radius, radius * relative if known else math.nan


def _mach(result: Result, about: Theory, row: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Radius, Mach number of all degrees of freedom and its error, in cells with a temperature."""
    r = np.asarray(result["grid/r"], dtype=float)
    u, t = (np.asarray(result[f"profile/{name}"][row], dtype=float) for name in ("u_r", "T"))
    error = np.asarray(result.stderr("profile/u_r")[row], dtype=float)
    zeta = 2.0 / (about.gamma - 1.0) - 3.0
    if zeta > 1e-9 and "profile/T_rot" in result:
        t = (3.0 * t + zeta * np.asarray(result["profile/T_rot"][row], dtype=float)) / (3.0 + zeta)
    known = np.isfinite(u) & (t > 0.0)
    if not known.any():
        raise InputError([f"{about.name} was not sampled"])
    sound = np.sqrt(about.gamma * K_B * t[known] / about.mass)
    return r[known], u[known] / sound, error[known] / sound
