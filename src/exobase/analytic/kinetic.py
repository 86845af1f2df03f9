"""Kinetic theory of hard, variable-hard and variable-soft spheres: collision rates, mean free paths, transport.

The diameter d belongs to the reference temperature T_r; omega is the exponent of the viscosity law (0.5 hard sphere,
1 Maxwell molecule); alpha the deflection exponent (1 isotropic). m_r is the reduced mass. A cross pair has the mean d,
omega and alpha of its two species, and the same T_r.
Reference throughout: Bird 1994, chapters 2-4; first Chapman-Enskog approximation for transport.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gamma

from exobase.analytic._domain import FloatArray, non_negative, positive, within
from exobase.constants import K_B

T_REF = 273.0
"""Reference temperature of the usual tables of collision diameters [K]."""


def cross_pair(first: ArrayLike, second: ArrayLike) -> FloatArray:
    """Collision parameter of a pair of species: the mean of the two, for d, omega and alpha alike."""
    return 0.5 * (np.asarray(first, dtype=np.float64) + np.asarray(second, dtype=np.float64))


def reduced_mass(mass_1: ArrayLike, mass_2: ArrayLike) -> FloatArray:
    """Reduced mass [kg], m_r = m1 m2/(m1 + m2); masses [kg], ValueError where one is not positive."""
    m1, m2 = positive("mass_1", mass_1), positive("mass_2", mass_2)
    return m1 * (m2 / (m1 + m2))


def cross_section(
    relative_speed: ArrayLike,
    mass_reduced: ArrayLike,
    diameter: ArrayLike,
    omega: ArrayLike = 0.5,
    t_ref: ArrayLike = T_REF,
) -> FloatArray:
    """Total VHS or VSS cross section at a relative speed [m2].

    sigma(g) = pi d^2 (2 k T_r/(m_r g^2))^(omega - 1/2)/Gamma(5/2 - omega)

    relative_speed g [m s-1], mass_reduced [kg], diameter [m], omega in [0.5, 1.5], t_ref [K]: float or array,
    broadcast. Raises ValueError where an argument is out of its domain. Reference: Bird 1994, section 4.3.
    """
    energy_ratio = 2.0 * K_B * positive("t_ref", t_ref) / positive("mass_reduced", mass_reduced)
    exponent = _omega(omega) - 0.5
    scale = (energy_ratio / positive("relative_speed", relative_speed) ** 2) ** exponent
    section: FloatArray = np.pi * positive("diameter", diameter) ** 2 * scale / gamma(2.0 - exponent)
    return section


def effective_cross_section(
    temperature: ArrayLike, diameter: ArrayLike, omega: ArrayLike = 0.5, t_ref: ArrayLike = T_REF
) -> FloatArray:
    """Effective cross section of a gas in equilibrium, <sigma g>/<g> [m2].

    sigma_T = pi d^2 (T_r/T)^(omega - 1/2), whatever the masses

    temperature [K], diameter [m], omega in [0.5, 1.5], t_ref [K]: float or array, broadcast.
    Raises ValueError where an argument is out of its domain.
    """
    ratio = positive("t_ref", t_ref) / positive("temperature", temperature)
    return np.pi * positive("diameter", diameter) ** 2 * ratio ** (_omega(omega) - 0.5)


def mean_free_path(
    density: ArrayLike, temperature: ArrayLike, diameter: ArrayLike, omega: ArrayLike = 0.5, t_ref: ArrayLike = T_REF
) -> FloatArray:
    """Mean free path in a gas of one species [m].

    l = 1/(sqrt(2) n sigma_T), sigma_T from `effective_cross_section`

    density [m-3] (infinite path where it is zero), temperature [K], diameter [m], omega, t_ref [K]: float or array,
    broadcast. Raises ValueError where an argument is out of its domain.
    Valid in equilibrium. Reference: Bird 1994, section 4.3.
    """
    section = effective_cross_section(temperature, diameter, omega, t_ref)
    with np.errstate(divide="ignore"):
        path: FloatArray = np.divide(1.0, np.sqrt(2.0) * non_negative("density", density) * section)
    return path


def mixture_mean_free_path(
    densities: ArrayLike,
    temperature: ArrayLike,
    masses: ArrayLike,
    diameters: ArrayLike,
    omegas: ArrayLike,
    t_ref: float = T_REF,
) -> FloatArray:
    """Mean free path of every species of a mixture [m].

    l_s = 1/sum_j n_j sigma_sj sqrt(1 + m_s/m_j), sigma_sj = `effective_cross_section` of the pair

    densities [ns, ...] [m-3]; temperature [...] [K], common to all species; masses [ns] [kg]; diameters [m] and omegas,
    each [ns], or [ns, ns] for pairs that have laws of their own; t_ref [K]. Returns [ns, ...], infinite where all
    densities vanish.
    Raises ValueError where an argument is out of its domain or shapes do not fit.
    Valid in equilibrium. Reference: Bird 1994, section 4.4.
    """
    n, t = non_negative("densities", densities), positive("temperature", temperature)
    m, d, w = positive("masses", masses), positive("diameters", diameters), _omega(omegas)
    d, w = (cross_pair(v[:, None], v[None, :]) if v.ndim == 1 else v for v in (d, w))
    if m.ndim != 1 or not (m.size, m.size) == d.shape == w.shape or m.shape != n.shape[:1]:
        raise ValueError(
            f"masses {m.shape} must be [ns], diameters and omegas [ns] or [ns, ns], densities {n.shape} [ns, ...]"
        )
    rates = np.zeros(np.broadcast_shapes(n.shape, (m.size, *t.shape)))
    for s in range(m.size):
        for j in range(m.size):
            section = effective_cross_section(t, d[s, j], w[s, j], t_ref)
            rates[s] += n[j] * section * np.sqrt(1.0 + m[s] / m[j])
    with np.errstate(divide="ignore"):
        return 1.0 / rates


def rate_coefficient(
    temperature: ArrayLike,
    mass_1: ArrayLike,
    mass_2: ArrayLike,
    diameter: ArrayLike,
    omega: ArrayLike = 0.5,
    t_ref: ArrayLike = T_REF,
) -> FloatArray:
    """Collision rate coefficient of a pair of species in equilibrium, <sigma g> [m3 s-1].

    <sigma g> = 2 sqrt(pi) d^2 sqrt(2 k T_r/m_r) (T/T_r)^(1 - omega)

    temperature [K], mass_1, mass_2 [kg], diameter and omega of the pair (see `cross_pair`), t_ref [K]: float or array,
    broadcast. Raises ValueError where an argument is out of its domain. Reference: Bird 1994, section 4.4.
    """
    tr = positive("t_ref", t_ref)
    speed = np.sqrt(2.0 * K_B * tr / reduced_mass(mass_1, mass_2))
    law = (positive("temperature", temperature) / tr) ** (1.0 - _omega(omega))
    coefficient: FloatArray = 2.0 * np.sqrt(np.pi) * positive("diameter", diameter) ** 2 * speed * law
    return coefficient


def collision_frequency(
    density: ArrayLike,
    temperature: ArrayLike,
    mass: ArrayLike,
    diameter: ArrayLike,
    omega: ArrayLike = 0.5,
    t_ref: ArrayLike = T_REF,
) -> FloatArray:
    """Collisions of one particle per time in a gas of one species [s-1].

    nu = 4 n d^2 sqrt(pi k T_r/m) (T/T_r)^(1 - omega)

    density [m-3], temperature [K], mass [kg], diameter [m], omega, t_ref [K]: float or array, broadcast.
    Raises ValueError where an argument is out of its domain. Reference: Bird 1994, section 4.3.
    """
    return non_negative("density", density) * rate_coefficient(temperature, mass, mass, diameter, omega, t_ref)


def like_pair_rate(
    density: ArrayLike,
    temperature: ArrayLike,
    mass: ArrayLike,
    diameter: ArrayLike,
    omega: ArrayLike = 0.5,
    t_ref: ArrayLike = T_REF,
) -> FloatArray:
    """Collisions within one species per volume and time, every pair counted once [m-3 s-1].

    R = n nu/2 = n^2 <sigma g>/2

    Arguments and errors as `collision_frequency`.
    """
    n = non_negative("density", density)
    return 0.5 * n * collision_frequency(n, temperature, mass, diameter, omega, t_ref)


def unlike_pair_rate(
    density_1: ArrayLike,
    density_2: ArrayLike,
    temperature: ArrayLike,
    mass_1: ArrayLike,
    mass_2: ArrayLike,
    diameter: ArrayLike,
    omega: ArrayLike = 0.5,
    t_ref: ArrayLike = T_REF,
) -> FloatArray:
    """Collisions between two different species per volume and time [m-3 s-1].

    R = n1 n2 <sigma g>

    density_1, density_2 [m-3]; the others as `rate_coefficient`, both species at the same temperature.
    Raises ValueError where an argument is out of its domain.
    """
    coefficient = rate_coefficient(temperature, mass_1, mass_2, diameter, omega, t_ref)
    return non_negative("density_1", density_1) * non_negative("density_2", density_2) * coefficient


def vss_cosine(uniform: ArrayLike, alpha: ArrayLike = 1.0) -> FloatArray:
    """Cosine of the deflection angle of a VSS collision [1].

    cos chi = 2 R^(1/alpha) - 1

    uniform: R in [0, 1], uniformly distributed; alpha positive (1 is isotropic): float or array, broadcast.
    Raises ValueError outside. Reference: Koura & Matsumoto 1991, Phys. Fluids A 3, 2459; Bird 1994, section 2.7.
    """
    return 2.0 * within("uniform", uniform, 0.0, 1.0) ** (1.0 / positive("alpha", alpha)) - 1.0


def viscosity(
    temperature: ArrayLike,
    mass: ArrayLike,
    diameter: ArrayLike,
    omega: ArrayLike = 0.5,
    alpha: ArrayLike = 1.0,
    t_ref: ArrayLike = T_REF,
) -> FloatArray:
    """Viscosity of a gas of VHS (alpha = 1) or VSS molecules [Pa s].

    mu = 5 (alpha + 1)(alpha + 2) sqrt(m k T_r/pi)/[4 alpha (5 - 2 omega)(7 - 2 omega) d^2] (T/T_r)^omega

    temperature [K], mass [kg], diameter [m], omega, alpha, t_ref [K]: float or array, broadcast.
    Raises ValueError where an argument is out of its domain. Reference: Bird 1994, section 3.5.
    """
    a, w, tr = positive("alpha", alpha), _omega(omega), positive("t_ref", t_ref)
    thermal = np.sqrt(positive("mass", mass) * K_B * tr / np.pi)
    shape = 5.0 * (a + 1.0) * (a + 2.0) / (4.0 * a * (5.0 - 2.0 * w) * (7.0 - 2.0 * w))
    law = (positive("temperature", temperature) / tr) ** w
    return shape * thermal / positive("diameter", diameter) ** 2 * law


def conductivity(
    temperature: ArrayLike,
    mass: ArrayLike,
    diameter: ArrayLike,
    omega: ArrayLike = 0.5,
    alpha: ArrayLike = 1.0,
    t_ref: ArrayLike = T_REF,
) -> FloatArray:
    """Thermal conductivity of a monatomic gas [W m-1 K-1].

    kappa = (15/4) (k/m) mu

    Arguments and errors as `viscosity`. Internal energy is not included.
    """
    return 3.75 * K_B / positive("mass", mass) * viscosity(temperature, mass, diameter, omega, alpha, t_ref)


def diffusion(
    density: ArrayLike,
    temperature: ArrayLike,
    mass_1: ArrayLike,
    mass_2: ArrayLike,
    diameter: ArrayLike,
    omega: ArrayLike = 0.5,
    alpha: ArrayLike = 1.0,
    t_ref: ArrayLike = T_REF,
) -> FloatArray:
    """Binary diffusion coefficient [m2 s-1]; equal masses give self-diffusion.

    D = 3 (alpha + 1) sqrt(2 k T/(pi m_r))/[8 (5 - 2 omega) n d^2] (T/T_r)^(omega - 1/2)

    density of all species together [m-3] (positive), temperature [K], mass_1, mass_2 [kg], diameter [m], omega and
    alpha of the pair, t_ref [K]: float or array, broadcast. Raises ValueError where an argument is out of its domain.
    Reference: Bird 1994, section 3.5, for m1 = m2; first Chapman-Enskog approximation.
    """
    a, w, t = positive("alpha", alpha), _omega(omega), positive("temperature", temperature)
    thermal = np.sqrt(2.0 * K_B * t / (np.pi * reduced_mass(mass_1, mass_2)))
    law = (t / positive("t_ref", t_ref)) ** (w - 0.5)
    crowding = positive("density", density) * positive("diameter", diameter) ** 2
    return 3.0 * (a + 1.0) * thermal * law / (8.0 * (5.0 - 2.0 * w) * crowding)


def self_diffusion(
    density: ArrayLike,
    temperature: ArrayLike,
    mass: ArrayLike,
    diameter: ArrayLike,
    omega: ArrayLike = 0.5,
    alpha: ArrayLike = 1.0,
    t_ref: ArrayLike = T_REF,
) -> FloatArray:
    """Self-diffusion coefficient [m2 s-1]: `diffusion` between equal masses; arguments and errors as there."""
    return diffusion(density, temperature, mass, mass, diameter, omega, alpha, t_ref)


def _omega(omega: ArrayLike) -> FloatArray:
    return within("omega", omega, 0.5, 1.5)
