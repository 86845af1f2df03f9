"""Radiation pressure of resonantly scattered sunlight, as a fraction beta of the Sun's gravity."""

from __future__ import annotations

import math

from exobase.constants import (
    AU,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    GM_SUN,
    PLANCK,
    SPEED_OF_LIGHT,
    VACUUM_PERMITTIVITY,
)

LYMAN_ALPHA = 121.567e-9
"""Wavelength of the hydrogen line [m]; NIST Atomic Spectra Database, mean of the doublet."""

LYMAN_ALPHA_STRENGTH = 0.4164
"""Absorption oscillator strength of the line, both components [1]; NIST Atomic Spectra Database."""


def solar_gravity(distance: float) -> float:
    """Gravity of the Sun at the distance d [m], G M_sun/d^2 [m s-2]; ValueError where d is not positive."""
    if not (distance > 0.0 and math.isfinite(distance)):
        raise ValueError(f"distance = {distance:g} must be positive")
    return GM_SUN / distance**2


def solar_acceleration(beta: float, distance: float) -> float:
    """Acceleration away from the Sun by radiation pressure [m s-2].

    a = beta G M_sun/d^2

    beta: radiation pressure over solar gravity, the same at all distances (0.9 to 1.8 for H, with the solar cycle);
    distance d from the Sun [m]. Raises ValueError where beta is negative or the distance not positive.
    Valid at rest relative to the Sun: the Doppler shift off the line's centre and absorption on the way are neglected.
    """
    if not beta >= 0.0:
        raise ValueError(f"beta = {beta:g} must be zero or positive")
    return beta * solar_gravity(distance)


def lyman_alpha_beta(flux: float, mass: float) -> float:
    """Radiation pressure over solar gravity for hydrogen, from the solar flux at the centre of Lyman alpha [1].

    beta = (h/lambda) (e^2/(4 eps0 m_e c)) f (lambda^2/c) F_lambda/(m g_sun)

    flux: photons per area, time and wavelength at 1 AU [m-2 s-1 m-1] (1 cm-2 s-1 nm-1 = 1e13 m-2 s-1 m-1);
    mass of the atom [kg]. beta = 1 for hydrogen at 3.34e12 cm-2 s-1 nm-1.
    Raises ValueError where the flux is negative or the mass not positive.
    Reference: Chamberlain & Hunten 1987, section 7.1 (radiation pressure); the line's absorption is classical times f.
    """
    if not flux >= 0.0:
        raise ValueError(f"flux = {flux:g} must be zero or positive")
    if not mass > 0.0:
        raise ValueError(f"mass = {mass:g} must be positive")
    absorption = ELEMENTARY_CHARGE**2 / (4.0 * VACUUM_PERMITTIVITY * ELECTRON_MASS * SPEED_OF_LIGHT)
    rate = absorption * LYMAN_ALPHA_STRENGTH * LYMAN_ALPHA**2 / SPEED_OF_LIGHT * flux
    return rate * PLANCK / LYMAN_ALPHA / (mass * solar_gravity(AU))
