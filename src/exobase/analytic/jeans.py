"""Thermal escape through the exobase: Jeans flux, its energy, its spectrum, and the effect of an upward drift.

Notation: U = sqrt(2 k T/m), lambda = G M m/(k T r). Everywhere: a Maxwellian at the exobase, no collisions above it,
only upward velocities faster than the escape speed counted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfc, erfcx

from exobase.analytic._domain import FloatArray, non_negative, positive, within
from exobase.constants import K_B

SQRT_PI = float(np.sqrt(np.pi))


def jeans_parameter(mass: ArrayLike, temperature: ArrayLike, radius: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Jeans parameter [1]: depth of the potential well over the thermal energy.

    lambda = G M m/(k T r) = r/H

    mass [kg], temperature [K], radius [m], gm = G M [m3 s-2] (zero allowed): float or array, broadcast.
    Raises ValueError where an argument is out of its domain.
    Reference: Chamberlain & Hunten 1987, section 7.1.
    """
    gravity = non_negative("gm", gm) * positive("mass", mass)
    return gravity / (K_B * positive("temperature", temperature) * positive("radius", radius))


def most_probable_speed(temperature: ArrayLike, mass: ArrayLike) -> FloatArray:
    """Most probable speed of a Maxwellian [m s-1], U = sqrt(2 k T/m).

    temperature [K], mass [kg]: float or array, broadcast. Raises ValueError where either is not positive.
    """
    return np.sqrt(2.0 * K_B * positive("temperature", temperature) / positive("mass", mass))


def evaporation_flux(density: ArrayLike, temperature: ArrayLike, mass: ArrayLike) -> FloatArray:
    """One-sided flux of a Maxwellian at rest through a plane [m-2 s-1].

    phi = n vbar/4 = n U/(2 sqrt(pi)), with vbar = sqrt(8 k T/(pi m))

    density of the full Maxwellian [m-3], temperature [K], mass [kg]: float or array, broadcast.
    Raises ValueError where an argument is out of its domain. Reference: Bird 1994, section 4.2.
    """
    return non_negative("density", density) * most_probable_speed(temperature, mass) / (2.0 * SQRT_PI)


def emission_flux(density: ArrayLike, temperature: ArrayLike, mass: ArrayLike, speed: ArrayLike) -> FloatArray:
    """One-sided flux of a Maxwellian that drifts through a plane [m-2 s-1]: what a moving reservoir emits.

    phi = n U/(2 sqrt(pi)) (exp(-s^2) + sqrt(pi) s (1 + erf s)), s = u/U: the evaporation flux at rest

    density of the full Maxwellian [m-3], temperature [K], mass [kg], speed u [m/s], positive through the plane:
    float or array, broadcast. Raises ValueError where density, temperature or mass is out of its domain.
    Reference: Bird 1994, eq. 4.22.
    """
    drift = np.asarray(speed, dtype=float) / most_probable_speed(temperature, mass)
    factor = np.exp(-(drift**2)) + SQRT_PI * drift * erfc(-drift)
    return np.asarray(evaporation_flux(density, temperature, mass) * factor)


def jeans_velocity(temperature: ArrayLike, mass: ArrayLike, radius: ArrayLike, gm: ArrayLike) -> FloatArray:
    """Effusion velocity of thermal escape [m s-1]: the Jeans flux per unit density.

    w_J = U/(2 sqrt(pi)) (1 + lambda) exp(-lambda)

    temperature [K], mass [kg], radius of the exobase [m], gm = G M [m3 s-2] (zero allowed): float or array, broadcast.
    Raises ValueError where an argument is out of its domain.
    Valid for a Maxwellian at rest without collisions above the exobase.
    Reference: Chamberlain & Hunten 1987, eq. 7.1.25.
    """
    depth = jeans_parameter(mass, temperature, radius, gm)
    return evaporation_flux(1.0, temperature, mass) * (1.0 + depth) * np.exp(-depth)


def jeans_flux(
    density: ArrayLike, temperature: ArrayLike, mass: ArrayLike, radius: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Thermal escape flux through the exobase [m-2 s-1].

    phi = n U/(2 sqrt(pi)) (1 + lambda) exp(-lambda)

    density [m-3], temperature [K], mass [kg], radius of the exobase [m], gm = G M [m3 s-2]: float or array, broadcast;
    density and gm may be zero. Raises ValueError where an argument is out of its domain.
    Valid for a Maxwellian at rest without collisions above the exobase.
    Reference: Chamberlain & Hunten 1987, eq. 7.1.25.
    """
    return non_negative("density", density) * jeans_velocity(temperature, mass, radius, gm)


def jeans_energy_flux(
    density: ArrayLike, temperature: ArrayLike, mass: ArrayLike, radius: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Kinetic energy carried through the exobase by the particles that escape [W m-2].

    phi_E = n U/(2 sqrt(pi)) k T (lambda^2 + 2 lambda + 2) exp(-lambda)

    The energy is that at the exobase; at infinity each escaper has lambda k T less.
    Arguments and validity as `jeans_flux`. Reference: the second moment of Chamberlain & Hunten 1987, eq. 7.1.25.
    """
    depth = jeans_parameter(mass, temperature, radius, gm)
    energy = K_B * positive("temperature", temperature) * (depth**2 + 2.0 * depth + 2.0) * np.exp(-depth)
    return evaporation_flux(density, temperature, mass) * energy


def mean_escaper_energy_exobase(
    temperature: ArrayLike, mass: ArrayLike, radius: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Mean kinetic energy at the exobase of a particle that escapes [J].

    <E> = k T (lambda^2 + 2 lambda + 2)/(1 + lambda)

    Arguments and validity as `jeans_velocity`. Reference: ratio of `jeans_energy_flux` to `jeans_flux`.
    """
    depth = jeans_parameter(mass, temperature, radius, gm)
    return K_B * np.asarray(temperature, dtype=np.float64) * (depth**2 + 2.0 * depth + 2.0) / (1.0 + depth)


def mean_escaper_energy_infinity(
    temperature: ArrayLike, mass: ArrayLike, radius: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Mean kinetic energy at infinity of a particle that has escaped [J].

    <E> = k T (lambda + 2)/(lambda + 1)

    Arguments and validity as `jeans_velocity`. Reference: `mean_escaper_energy_exobase` less lambda k T.
    """
    depth = jeans_parameter(mass, temperature, radius, gm)
    return K_B * np.asarray(temperature, dtype=np.float64) * (depth + 2.0) / (depth + 1.0)


def escaper_energy_spectrum(
    energy: ArrayLike, temperature: ArrayLike, mass: ArrayLike, radius: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Spectrum of the escape flux over the energy at infinity, per unit exobase density [m s-1 J-1].

    dw/dE = vbar/4 (E + lambda k T)/(k T)^2 exp(-(E + lambda k T)/(k T)); the integral over E >= 0 is `jeans_velocity`.

    energy at infinity [J] (zero or positive), temperature [K], mass [kg], radius of the exobase [m],
    gm = G M [m3 s-2] (zero allowed): float or array, broadcast. Raises ValueError where one is out of its domain.
    Valid for a Maxwellian at rest without collisions above the exobase.
    Reference: energy distribution of an effusing Maxwellian (Bird 1994, section 4.2), cut at the escape energy.
    """
    thermal = K_B * positive("temperature", temperature)
    reduced = non_negative("energy", energy) / thermal + jeans_parameter(mass, temperature, radius, gm)
    return evaporation_flux(1.0, temperature, mass) * reduced * np.exp(-reduced) / thermal


def drift_factor(depth: ArrayLike, speed_ratio: ArrayLike) -> FloatArray:
    """Escape flux of a Maxwellian that drifts upward over the Jeans flux at the same density and temperature [1].

    F/F_J = e^{-s^2} {e^{2xs} [s x + s^2 - 1/2 + sqrt(pi) s^3 erfcx(x - s)] + 1/2}/[s^2 (1 + lambda)], x = sqrt(lambda)

    This closed form loses all digits as s goes to zero: where s (1 + x) < 1 the series in s (all terms positive)
        F/F_J = 4 e^{lambda - s^2}/(1 + lambda) sum_k (2 s)^k/[k! (k + 2)] int_x^inf v^(3+k) e^{-v^2} dv
    is summed instead. Relative error < 1e-11 for 0 <= s <= 3; overflows where 2 x s - s^2 > 700.

    depth: Jeans parameter lambda; speed_ratio: s = drift/U, within [0, 20]: float or array, broadcast.
    Raises ValueError outside.
    Reference: integral of v cos(theta) over the drifting Maxwellian with v > v_esc and theta < 90 deg.
    """
    speed_ratio = within("speed ratio", speed_ratio, 0.0, 20.0)
    depth, s = np.broadcast_arrays(non_negative("Jeans parameter", depth), speed_ratio)
    x = np.sqrt(depth)
    use_series = s * (1.0 + x) < 1.0
    s_closed = np.where(use_series, 1.0, s)
    bracket = s * x + s**2 - 0.5 + SQRT_PI * s**3 * erfcx(x - s)
    closed = (np.exp(2.0 * x * s - s**2) * bracket + 0.5 * np.exp(-(s**2))) / (s_closed**2 * (1.0 + depth))
    result = np.where(use_series, _drift_series(x, np.where(use_series, s, 0.0)), closed)
    return np.asarray(result, dtype=np.float64)[()]


def jeans_flux_drift(
    density: ArrayLike,
    temperature: ArrayLike,
    mass: ArrayLike,
    radius: ArrayLike,
    gm: ArrayLike,
    drift: ArrayLike,
) -> FloatArray:
    """Thermal escape flux of a gas that moves upward at the exobase [m-2 s-1].

    phi = F_J times `drift_factor`(lambda, drift/U)

    drift: upward bulk speed [m s-1], zero or positive; the others as `jeans_flux`. Float or array, broadcast.
    Raises ValueError where an argument is out of its domain.
    Valid for a drifting Maxwellian without collisions above the exobase; downward velocities are not counted.
    """
    speed_ratio = non_negative("drift", drift) / most_probable_speed(temperature, mass)
    factor = drift_factor(jeans_parameter(mass, temperature, radius, gm), speed_ratio)
    return jeans_flux(density, temperature, mass, radius, gm) * factor


def drift_energy_factor(depth: ArrayLike, speed_ratio: ArrayLike) -> FloatArray:
    """Energy flux of the escape from an upward drifting Maxwellian over that without drift [1].

    With a = x - s, x = sqrt(lambda), K_j = int_a^inf w^j e^{-w^2} dw, I_3 = K_3 + 3 s K_2 + 3 s^2 K_1 + s^3 K_0,
    I_4 = K_4 + 4 s K_3 + 6 s^2 K_2 + 4 s^3 K_1 + s^4 K_0:
        phi_E/phi_E(0) = [2 s I_4 - I_3 + (1 + lambda) e^{-lambda - s^2}/2] e^lambda/[s^2 (lambda^2 + 2 lambda + 2)]
    Where s (1 + x) < 1 this cancels and a series in s, all terms positive, is summed (as in `drift_factor`, two powers
    of v more). Relative error < 1e-11 for 0 <= s <= 3; overflows where 2 x s - s^2 > 690.

    depth: Jeans parameter lambda; speed_ratio: s = drift/U, within [0, 20]: float or array, broadcast.
    Raises ValueError outside.
    Reference: integral of v^3 cos(theta) over the drifting Maxwellian with v > v_esc and theta < 90 deg.
    """
    speed_ratio = within("speed ratio", speed_ratio, 0.0, 20.0)
    depth, s = np.broadcast_arrays(non_negative("Jeans parameter", depth), speed_ratio)
    x = np.sqrt(depth)
    norm = depth**2 + 2.0 * depth + 2.0
    use_series = s * (1.0 + x) < 1.0
    c, a = np.where(use_series, 1.0, s), x - np.where(use_series, 1.0, s)
    k0, k1 = 0.5 * SQRT_PI * erfcx(a), 0.5  # all K_j times e^{a^2}
    k2, k3 = 0.5 * (a + k0), 0.5 * (1.0 + a**2)
    k4 = 0.5 * a**3 + 1.5 * k2
    third = k3 + 3.0 * c * k2 + 3.0 * c**2 * k1 + c**3 * k0
    fourth = k4 + 4.0 * c * k3 + 6.0 * c**2 * k2 + 4.0 * c**3 * k1 + c**4 * k0
    swelling = np.exp(2.0 * x * c - c**2)
    closed = (swelling * (2.0 * c * fourth - third) + 0.5 * (1.0 + depth) * np.exp(-(c**2))) / (c**2 * norm)
    summed = _drift_sum(x, np.where(use_series, s, 0.0), energy=True) / norm
    return np.asarray(np.where(use_series, summed, closed), dtype=np.float64)[()]


def jeans_energy_flux_drift(
    density: ArrayLike,
    temperature: ArrayLike,
    mass: ArrayLike,
    radius: ArrayLike,
    gm: ArrayLike,
    drift: ArrayLike,
) -> FloatArray:
    """Kinetic energy carried through the exobase by the escapers of a gas that moves upward [W m-2].

    phi_E = `jeans_energy_flux` times `drift_energy_factor`(lambda, drift/U)

    The energy is that at the exobase, drift included; at infinity each escaper has lambda k T less.
    Arguments, validity and errors as `jeans_flux_drift`.
    """
    speed_ratio = non_negative("drift", drift) / most_probable_speed(temperature, mass)
    factor = drift_energy_factor(jeans_parameter(mass, temperature, radius, gm), speed_ratio)
    return jeans_energy_flux(density, temperature, mass, radius, gm) * factor


def _drift_series(x: FloatArray, s: FloatArray) -> FloatArray:
    """Series of F/F_J for s (1 + x) < 1."""
    return _drift_sum(x, s, energy=False) / (1.0 + x**2)


def _drift_sum(x: FloatArray, s: FloatArray, energy: bool) -> FloatArray:
    """4 e^{-s^2} sum_k (2 s)^k/[k! (k + 2)] j_(3+k), with energy j_(5+k).

    j_m = e^{x^2} int_x^inf v^m e^{-v^2} dv by upward recursion.
    """
    lower, upper, order = 0.5 * x + 0.25 * SQRT_PI * erfcx(x), 0.5 * (1.0 + x**2), 3  # j_2, j_3
    if energy:
        lower, upper, order = 0.5 * x**3 + 1.5 * lower, 0.5 * x**4 + 2.0 * upper, 5  # j_4, j_5
    power = np.ones_like(s)  # (2 s)^k/k!
    total = 0.5 * upper
    for k in range(1, 60):
        power = power * 2.0 * s / k
        order += 1
        lower, upper = upper, 0.5 * x ** (order - 1) + 0.5 * (order - 1) * lower
        total = total + power * upper / (k + 2)
    return 4.0 * np.exp(-(s**2)) * total
