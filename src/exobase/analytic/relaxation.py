"""Homogeneous relaxation of Maxwell molecules (cross section inversely as the relative speed), exact in time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic._domain import FloatArray, non_negative, positive, within
from exobase.constants import K_B


def temperature_relaxation_rate(
    density_1: ArrayLike, density_2: ArrayLike, mass_1: ArrayLike, mass_2: ArrayLike, kappa: ArrayLike
) -> FloatArray:
    """Rate at which the temperature difference of two species decays [s-1].

    d(T1 - T2)/dt = -nu (T1 - T2), nu = 2 m1 m2/(m1 + m2)^2 kappa (n1 + n2)

    densities [m-3], masses [kg], kappa = sigma g of the cross pair [m3 s-1], independent of g for Maxwell molecules:
    float or array, broadcast. Raises ValueError where an argument is out of its domain.
    Exact for isotropic scattering (alpha = 1) of two gases with the same mean velocity.
    Reference: Morse 1963, Phys. Fluids 6, 1420.
    """
    m1, m2 = positive("mass_1", mass_1), positive("mass_2", mass_2)
    total = non_negative("density_1", density_1) + non_negative("density_2", density_2)
    return 2.0 * m1 * m2 / (m1 + m2) ** 2 * non_negative("kappa", kappa) * total


class TwoTemperatures(NamedTuple):
    """Temperatures of two species [K], see `two_temperatures`."""

    first: FloatArray
    second: FloatArray


def two_temperatures(
    time: ArrayLike,
    temperature_1: ArrayLike,
    temperature_2: ArrayLike,
    density_1: ArrayLike,
    density_2: ArrayLike,
    mass_1: ArrayLike,
    mass_2: ArrayLike,
    kappa: ArrayLike,
) -> TwoTemperatures:
    """Temperatures of two species that exchange energy, as functions of time.

    T1 = T_eq + n2/(n1 + n2) D, T2 = T_eq - n1/(n1 + n2) D, D = (T1 - T2)(0) exp(-nu t),
    T_eq = (n1 T1 + n2 T2)/(n1 + n2)

    time [s]; temperature_1, temperature_2 at t = 0 [K]; the others as `temperature_relaxation_rate`, with densities
    positive. Returns (T1, T2) [K]. Raises ValueError where an argument is out of its domain.
    """
    n1, n2 = positive("density_1", density_1), positive("density_2", density_2)
    t1, t2 = positive("temperature_1", temperature_1), positive("temperature_2", temperature_2)
    rate = temperature_relaxation_rate(n1, n2, mass_1, mass_2, kappa)
    difference = (t1 - t2) * np.exp(-rate * non_negative("time", time))
    final, total = (n1 * t1 + n2 * t2) / (n1 + n2), n1 + n2
    return TwoTemperatures(final + n2 / total * difference, final - n1 / total * difference)


def bkw_parameter(collisions: ArrayLike) -> FloatArray:
    """Parameter of the Bobylev-Krook-Wu solution [1], from 0.6 to 1.

    K = 1 - 0.4 exp(-nu t/6)

    collisions: nu t, collisions per particle since the start, nu = n kappa the collision frequency; zero or positive.
    Raises ValueError where it is negative. Exact for one gas of isotropic Maxwell molecules.
    Reference: Krook & Wu 1977, Phys. Fluids 20, 1589; Bobylev 1976, Sov. Phys. Dokl. 20, 820.
    """
    return 1.0 - 0.4 * np.exp(-non_negative("collisions", collisions) / 6.0)


def bkw_moment(order: int, collisions: ArrayLike) -> FloatArray:
    """Moment <c^(2n)> of the Bobylev-Krook-Wu solution over its equilibrium value [1].

    <c^2n>/<c^2n>_eq = K^(n-1) [n - (n - 1) K]

    order: n, zero or positive (n = 2 is the fourth, n = 3 the sixth moment); collisions as `bkw_parameter`.
    Raises ValueError where an argument is out of its domain.
    """
    if order < 0:
        raise ValueError(f"order = {order} must be zero or positive")
    k = bkw_parameter(collisions)
    return k ** (order - 1) * (order - (order - 1) * k)


def bkw_distribution(speed: ArrayLike, parameter: ArrayLike, temperature: ArrayLike, mass: ArrayLike) -> FloatArray:
    """Speed distribution of the Bobylev-Krook-Wu solution [s m-1], normalised to one.

    With x = c^2/U^2, U = sqrt(2 k T/m):
    f(c) dc = 4 pi c^2 (pi K U^2)^(-3/2) e^{-x/K} [5 K - 3 + 2 (1 - K) x/K]/(2 K) dc

    speed c [m s-1], parameter K of `bkw_parameter` within [0.6, 1] (below, f would be negative), temperature [K],
    mass [kg]: float or array, broadcast. Raises ValueError where an argument is out of its domain.
    """
    k, c = within("parameter", parameter, 0.6, 1.0), non_negative("speed", speed)
    u2 = 2.0 * K_B * positive("temperature", temperature) / positive("mass", mass)
    x = c**2 / u2
    shape = (5.0 * k - 3.0 + 2.0 * (1.0 - k) * x / k) / (2.0 * k)
    return 4.0 * np.pi * c**2 * (np.pi * k * u2) ** -1.5 * np.exp(-x / k) * shape
