"""The kinetic upper condition: what a drifting Maxwellian loses at the exobase.

Units of the exobase: density 1, speeds in c = sqrt(k T/m), energies in k T; U = sqrt(2) c.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from exobase.analytic.jeans import drift_factor
from exobase.fluid.gas import Gas

NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)
TAIL = 7.0  # exp(-TAIL^2) is below the last digit
ISOTHERMAL = math.sqrt(0.5)  # speed over U at which the flow is critical
_AT_REST = 60.0


def jeans_speed(depth: float) -> float:
    """Effusion velocity without drift over U [1], w_J/U = (1 + lambda) e^{-lambda}/(2 sqrt(pi))."""
    return (1.0 + depth) * math.exp(-depth) / (2.0 * math.sqrt(math.pi))


def drift_moment(depth: float, speed_ratio: float, order: int) -> float:
    """Moment of the escape flux of an upward drifting Maxwellian, per n U and per U^order [1].

    (1/(n U)) int v cos(theta) (v/U)^order f d3v over v > v_esc, theta < 90 deg; order 0: particles, order 2: energy

    The angle is integrated in closed form, the speed by Gauss-Legendre: 2/sqrt(pi) int_x^inf v^(3+order) g dv with
    g = {e^{-(v-s)^2}(2 v s - 1) + e^{-v^2-s^2}}/(2 v s)^2, x = sqrt(lambda), s = drift/U.
    """
    lower = math.sqrt(depth)
    upper = max(lower, speed_ratio) + TAIL
    v = lower + 0.5 * (upper - lower) * (NODES + 1.0)
    a = 2.0 * v * speed_ratio
    safe = np.maximum(a, 1e-2)
    closed = (np.exp(-((v - speed_ratio) ** 2)) * (safe - 1.0) + np.exp(-(v**2) - speed_ratio**2)) / safe**2
    series = np.exp(-(v**2) - speed_ratio**2) * (1 / 2 + a / 3 + a**2 / 8 + a**3 / 30 + a**4 / 144)
    angular = np.where(a < 1e-2, series, closed)
    return float((upper - lower) / math.sqrt(math.pi) * np.sum(WEIGHTS * v ** (3 + order) * angular))


@dataclass(frozen=True)
class Loss:
    """Particles and energy lost through the exobase, per density and c [c], [k T c]; gravity is not in the energy."""

    speed: float
    energy: float


def jeans_loss(depth: float, gas: Gas) -> Loss:
    """Loss of a Maxwellian at rest: Jeans flux, its kinetic energy (`jeans_energy_flux`) and its internal energy."""
    speed = math.sqrt(2.0) * jeans_speed(depth)
    kinetic = (depth**2 + 2.0 * depth + 2.0) / (1.0 + depth)
    return Loss(speed, speed * (kinetic + 0.5 * gas.internal_freedoms))


def drift_loss(depth: float, gas: Gas) -> Loss | None:
    """Loss of a Maxwellian that drifts at the speed with which the gas itself flows, u = phi/n.

    The drift s = u/U solves s = w_J(lambda)/U times `drift_factor`(lambda, s): the smallest root. None where it has
    no root below the isothermal speed of sound (lambda < 0.77): the gas then reaches the exobase supersonically. From
    ``_AT_REST`` on the drift changes no digit, and the loss is that of a gas at rest.
    """
    if depth >= _AT_REST:
        return jeans_loss(depth, gas)

    def excess(s: float) -> float:
        return jeans_speed(depth) * float(drift_factor(depth, s)) - s

    if excess(ISOTHERMAL) >= 0.0:
        return None
    ratio = float(brentq(excess, 0.0, ISOTHERMAL, xtol=1e-300, rtol=1e-12))
    energy = math.sqrt(2.0) * drift_moment(depth, ratio, 2)
    speed = math.sqrt(2.0) * ratio
    return Loss(speed, energy + 0.5 * gas.internal_freedoms * speed)
