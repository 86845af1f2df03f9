"""Wind of an atmosphere that is cold below and hot above, and what its mass loss does to the planet.

A hydrostatic layer of temperature T_c reaches from r0 to r_b; above it an isothermal wind of temperature T_h starts, at
the same pressure. c_c, c_h are the isothermal speeds of sound of the two.
Valid where the wind is still slow at r_b (r_b well below its sonic radius); both layers have the same molecules.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic import parker
from exobase.analytic._domain import FloatArray, non_negative, not_below, positive


def mass_loss(
    base_density: ArrayLike,
    base_radius: ArrayLike,
    boundary_radius: ArrayLike,
    cold_temperature: ArrayLike,
    hot_temperature: ArrayLike,
    mass: ArrayLike,
    gm: ArrayLike,
) -> FloatArray:
    """Mass loss of a hot wind above a cold atmosphere [kg s-1].

    Mdot = pi (G M)^2 c_h^-3 rho0 (c_c/c_h)^2 exp[3/2 - G M/(c_h^2 r_b) - (G M/c_c^2)(1/r0 - 1/r_b)], rho0 = m n0

    base_density n0 [m-3] at base_radius r0 [m], boundary_radius r_b [m] (from r0 to the sonic radius of the hot gas),
    cold_temperature, hot_temperature [K], mass of a molecule [kg], gm [m3 s-2]: float or array, broadcast.
    Raises ValueError where an argument is out of its domain.
    With one temperature it is Parker's mass loss without the factor exp(M0^2/2) of the base's own motion.
    Reference: hydrostatic law, continuity of pressure at r_b, and Parker 1958 above.
    """
    r0, r_b = positive("base_radius", base_radius), positive("boundary_radius", boundary_radius)
    not_below("boundary_radius", r_b, "base_radius", r0)
    sonic = parker.sonic_radius(hot_temperature, mass, gm)
    not_below("sonic radius of the hot gas", sonic, "boundary_radius", r_b)
    cold, hot = parker.sound_speed(cold_temperature, mass), parker.sound_speed(hot_temperature, mass)
    g_m, rho0 = positive("gm", gm), positive("mass", mass) * non_negative("base_density", base_density)
    exponent = 1.5 - g_m / (hot**2 * r_b) - g_m / cold**2 * (r_b - r0) / (r0 * r_b)
    loss: FloatArray = np.pi * g_m**2 / hot**3 * rho0 * (cold / hot) ** 2 * np.exp(exponent)
    return loss


def efficiency(
    base_density: ArrayLike,
    base_radius: ArrayLike,
    boundary_radius: ArrayLike,
    cold_temperature: ArrayLike,
    hot_temperature: ArrayLike,
    mass: ArrayLike,
    gm: ArrayLike,
    equilibrium_temperature: ArrayLike,
) -> FloatArray:
    """Mass loss of the two-temperature atmosphere over that of Parker's wind at the equilibrium temperature [1].

    eta = Mdot/Mdot_Parker(T_eq), both from the same density at the same base

    equilibrium_temperature T_eq [K]; the others, errors and validity as `mass_loss`. It does not depend on the density.
    """
    non_negative("base_density", base_density)
    loss = mass_loss(1.0, base_radius, boundary_radius, cold_temperature, hot_temperature, mass, gm)
    return loss / parker.mass_loss(1.0, base_radius, equilibrium_temperature, mass, gm)


def skin_temperature(equilibrium_temperature: ArrayLike, opacity_ratio: ArrayLike) -> FloatArray:
    """Temperature of the optically thin top of an irradiated atmosphere [K].

    T^4 = T_eq^4 (1/2 + sqrt(3) gamma_op/4)

    equilibrium_temperature T_eq [K]; opacity_ratio gamma_op, the opacity to starlight over that to thermal radiation
    (zero allowed): float or array, broadcast. Raises ValueError where an argument is out of its domain.
    Valid for a grey atmosphere with no heat from below, light averaged over the sphere.
    Reference: Guillot 2010, A&A 520, A27, doi:10.1051/0004-6361/200913396, its temperature profile at optical depth
    zero.
    """
    fourth = 0.5 + np.sqrt(3.0) / 4.0 * non_negative("opacity_ratio", opacity_ratio)
    skin: FloatArray = positive("equilibrium_temperature", equilibrium_temperature) * fourth**0.25
    return skin


def mass_after(reservoir: ArrayLike, loss_rate: ArrayLike, dt: ArrayLike) -> FloatArray:
    """Mass of an atmosphere after one implicit step of its loss [kg].

    M(n+1) = M(n)/(1 + dt Mdot/M(n)): implicit Euler of dM/dt = -(Mdot/M) M with the rate Mdot/M held, so that it stays
    positive for any step; first order in dt.

    reservoir M(n) [kg], loss_rate Mdot [kg s-1] (positive outward, not negative), dt [s]: float or array, broadcast.
    Raises ValueError where an argument is out of its domain.
    """
    before = positive("reservoir", reservoir)
    return before / (1.0 + non_negative("dt", dt) * non_negative("loss_rate", loss_rate) / before)
