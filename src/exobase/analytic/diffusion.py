"""Escape through a background: drag of a heavy gas by a light one, the diffusion limit, and isotope fractionation.

b is the binary diffusion parameter n D12 [m-1 s-1], X mole fractions at the base, F fluxes [m-2 s-1] referred to the
same level, g the gravity there. Gas 1 is light and escapes; gas 2 is a heavier trace or a comparable minor gas.
Reference: Hunten, Pepin & Walker 1987, Icarus 69, 532, doi:10.1016/0019-1035(87)90022-4; Hunten 1973, J. Atmos. Sci.
30, 1481 (limiting flux); Zahnle & Kasting 1986, Icarus 68, 462.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic._domain import FloatArray, inside, non_negative, not_below, positive, within
from exobase.analytic.jeans import jeans_velocity
from exobase.constants import K_B


def binary_parameter(temperature: ArrayLike, coefficient: ArrayLike, exponent: ArrayLike) -> FloatArray:
    """Binary diffusion parameter as a power law [m-1 s-1], b = A T^s.

    temperature [K], coefficient A [m-1 s-1 K^-s] (in cm-1 times 100), exponent s: float or array, broadcast.
    Raises ValueError where temperature or coefficient is not positive.
    """
    power = np.asarray(exponent, dtype=np.float64)
    parameter: FloatArray = positive("coefficient", coefficient) * positive("temperature", temperature) ** power
    return parameter


def crossover_mass(
    light_mass: ArrayLike,
    light_flux: ArrayLike,
    light_fraction: ArrayLike,
    temperature: ArrayLike,
    diffusion_parameter: ArrayLike,
    gravity: ArrayLike,
) -> FloatArray:
    """Mass of the heaviest gas that an escaping light gas drags along [kg].

    m_c = m1 + k T F1/(b g X1)

    light_mass m1 [kg], light_flux F1 [m-2 s-1] (zero allowed), light_fraction X1 in (0, 1], temperature [K],
    diffusion_parameter b [m-1 s-1], gravity g [m s-2]: float or array, broadcast.
    Raises ValueError where an argument is out of its domain. Valid for an isothermal gas, flow slow against sound.
    Reference: Hunten et al. 1987.
    """
    drag = K_B * positive("temperature", temperature) * non_negative("light_flux", light_flux)
    resistance = positive("diffusion_parameter", diffusion_parameter) * positive("gravity", gravity)
    return positive("light_mass", light_mass) + drag / (resistance * _fraction("light_fraction", light_fraction))


def drag_threshold_flux(
    light_mass: ArrayLike,
    heavy_mass: ArrayLike,
    light_fraction: ArrayLike,
    temperature: ArrayLike,
    diffusion_parameter: ArrayLike,
    gravity: ArrayLike,
) -> FloatArray:
    """Flux of the light gas at which it begins to drag a heavier one along [m-2 s-1]: m_c = m2.

    F1 = b g X1 (m2 - m1)/(k T)

    heavy_mass m2 [kg], not below light_mass; the others, errors and validity as `crossover_mass`.
    """
    light, heavy = positive("light_mass", light_mass), positive("heavy_mass", heavy_mass)
    not_below("heavy_mass", heavy, "light_mass", light)
    resistance = positive("diffusion_parameter", diffusion_parameter) * positive("gravity", gravity)
    thermal = K_B * positive("temperature", temperature)
    return resistance * _fraction("light_fraction", light_fraction) * (heavy - light) / thermal


def dragged_flux(
    light_flux: ArrayLike,
    light_fraction: ArrayLike,
    heavy_fraction: ArrayLike,
    light_mass: ArrayLike,
    heavy_mass: ArrayLike,
    crossover: ArrayLike,
) -> FloatArray:
    """Flux of a heavy gas that a light one drags along [m-2 s-1].

    F2 = (X2/X1) F1 (m_c - m2)/(m_c - m1), zero where m2 >= m_c

    light_flux F1 [m-2 s-1] (zero allowed), fractions X1 in (0, 1], X2 in [0, 1], light_mass m1, heavy_mass m2 (not
    below m1), crossover m_c of `crossover_mass` [kg]: float or array, broadcast.
    Raises ValueError where an argument is out of its domain.
    Reference: Hunten et al. 1987.
    """
    ratio = within("heavy_fraction", heavy_fraction, 0.0, 1.0) / _fraction("light_fraction", light_fraction)
    factor = drag_fractionation(light_mass, heavy_mass, crossover)
    return ratio * non_negative("light_flux", light_flux) * factor


def limiting_flux(
    diffusion_parameter: ArrayLike, fraction: ArrayLike, background_height: ArrayLike, own_height: ArrayLike
) -> FloatArray:
    """Largest flux of a minor gas that diffusion through the background lets pass [m-2 s-1].

    phi = b f (1/H_a - 1/H_i)

    diffusion_parameter b [m-1 s-1], fraction f of the gas at the homopause [0, 1], background_height H_a and own_height
    H_i, the scale heights of background and gas [m], H_i not below H_a (a light gas): float or array, broadcast.
    Raises ValueError where an argument is out of its domain. Valid for f << 1, isothermal.
    Reference: Hunten 1973.
    """
    h_a, h_i = positive("background_height", background_height), positive("own_height", own_height)
    not_below("own_height", h_i, "background_height", h_a)
    share = within("fraction", fraction, 0.0, 1.0)
    return positive("diffusion_parameter", diffusion_parameter) * share * (1.0 / h_a - 1.0 / h_i)


def drag_fractionation(light_mass: ArrayLike, heavy_mass: ArrayLike, crossover: ArrayLike) -> FloatArray:
    """Fractionation factor of hydrodynamic drag [1].

    f = (F2/X2)/(F1/X1) = (m_c - m2)/(m_c - m1), zero where m2 >= m_c (1 for equal masses)

    light_mass m1, heavy_mass m2 (not below m1), crossover m_c (not below m1) [kg]: float or array, broadcast.
    Raises ValueError where an argument is out of its domain. Reference: Zahnle & Kasting 1986.
    """
    light, heavy = positive("light_mass", light_mass), positive("heavy_mass", heavy_mass)
    not_below("heavy_mass", heavy, "light_mass", light)
    limit = positive("crossover", crossover)
    not_below("crossover", limit, "light_mass", light)
    light, heavy, limit = np.broadcast_arrays(light, heavy, limit)
    factor = np.where(heavy == light, 1.0, 0.0)
    np.divide(limit - heavy, limit - light, out=factor, where=limit > heavy)
    return factor[()]


def jeans_fractionation(
    temperature: ArrayLike, light_mass: ArrayLike, heavy_mass: ArrayLike, radius: ArrayLike, gm: ArrayLike
) -> FloatArray:
    """Fractionation factor of thermal escape, mole fractions taken at the exobase [1].

    f = (F2/X2)/(F1/X1) = w_J(m2)/w_J(m1), w_J the Jeans effusion velocity

    temperature [K], light_mass m1, heavy_mass m2 [kg], radius of the exobase [m], gm [m3 s-2] (zero allowed): float or
    array, broadcast. Raises ValueError where an argument is out of its domain. Validity as `jeans.jeans_flux`.
    """
    return jeans_velocity(temperature, heavy_mass, radius, gm) / jeans_velocity(temperature, light_mass, radius, gm)


def diffusive_separation(
    temperature: ArrayLike,
    light_mass: ArrayLike,
    heavy_mass: ArrayLike,
    lower_radius: ArrayLike,
    upper_radius: ArrayLike,
    gm: ArrayLike,
) -> FloatArray:
    """Ratio n2/n1 at an upper level over that at a lower one, each gas hydrostatic on its own [1].

    (n2/n1)_up/(n2/n1)_low = exp[-(m2 - m1) (G M/(k T)) (1/r_low - 1/r_up)]

    Times `jeans_fractionation` it refers that factor to the lower level (the homopause).
    temperature [K], masses [kg], lower_radius, upper_radius (not below it) [m], gm [m3 s-2] (zero allowed): float or
    array, broadcast. Raises ValueError where an argument is out of its domain. Valid for an isothermal gas at rest.
    """
    low, high = positive("lower_radius", lower_radius), positive("upper_radius", upper_radius)
    not_below("upper_radius", high, "lower_radius", low)
    difference = positive("heavy_mass", heavy_mass) - positive("light_mass", light_mass)
    rise = non_negative("gm", gm) * (high - low) / (low * high)
    separation: FloatArray = np.exp(-difference * rise / (K_B * positive("temperature", temperature)))
    return separation


def rayleigh_enrichment(remaining: ArrayLike, fractionation: ArrayLike) -> FloatArray:
    """Heavy over light isotope in what is left of a reservoir, over the ratio at the start [1].

    R/R0 = (N1/N1_0)^(f - 1)

    remaining: share N1/N1_0 of the light isotope that is left, in (0, 1]; fractionation f, constant, zero or positive:
    float or array, broadcast. Raises ValueError where an argument is out of its domain.
    Valid for a well mixed reservoir without supply. Reference: Rayleigh 1896; Hunten et al. 1987.
    """
    left: FloatArray = _fraction("remaining", remaining) ** (non_negative("fractionation", fractionation) - 1.0)
    return left


def _fraction(name: str, value: ArrayLike) -> FloatArray:
    return inside(name, value, 0.0, np.nextafter(1.0, 2.0))
