"""Collision cascades of hard spheres in a cold gas: energy transfer, slowing down, and the number of recoils.

A projectile of mass m1 hits a resting m2. With isotropic scattering in the centre of mass the energy given away is
uniform between 0 and gamma E, gamma = 4 m1 m2/(m1 + m2)^2. Valid for a boundless target at rest and any cross section
that scatters isotropically, whatever its energy dependence; binding energies neglected.
Reference: Lindhard et al. 1963, Mat. Fys. Medd. Dan. Vid. Selsk. 33, 10 (recoils); Weinberg & Wigner 1958, The
Physical Theory of Neutron Chain Reactors (slowing down).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlog1py

from exobase.analytic._domain import FloatArray, not_below, positive


def largest_transfer(projectile_mass: ArrayLike, target_mass: ArrayLike) -> FloatArray:
    """Largest part of its energy that a projectile gives to a resting target [1].

    gamma = 4 m1 m2/(m1 + m2)^2

    Masses [kg], positive: float or array, broadcast. Raises ValueError outside. Any elastic collision of two bodies.
    """
    m1, m2 = positive("projectile_mass", projectile_mass), positive("target_mass", target_mass)
    return 4.0 * m1 * m2 / (m1 + m2) ** 2


def transfer_cdf(
    transfer: ArrayLike, energy: ArrayLike, projectile_mass: ArrayLike, target_mass: ArrayLike
) -> FloatArray:
    """Probability that less than ``transfer`` [J] is given to a resting target: transfer/(gamma E), within [0, 1].

    energy E of the projectile [J], positive; masses [kg]: float or array, broadcast. Raises ValueError outside.
    """
    top = largest_transfer(projectile_mass, target_mass) * positive("energy", energy)
    return np.asarray(np.clip(np.asarray(transfer, dtype=np.float64) / top, 0.0, 1.0))[()]


def mean_log_decrement(projectile_mass: ArrayLike, target_mass: ArrayLike) -> FloatArray:
    """Mean loss of ln E per collision [1].

    xi = 1 + alpha ln(alpha)/(1 - alpha), alpha = 1 - gamma; 1 for equal masses

    Masses [kg], positive: float or array, broadcast. Raises ValueError outside. Digits are lost where the
    masses differ much: relative error about 1e-16 m_heavy/m_light.
    """
    gamma = largest_transfer(projectile_mass, target_mass)
    return np.asarray(1.0 + xlog1py(1.0 - gamma, -gamma) / gamma)[()]


def collisions_to_slow_down(energy: ArrayLike, final_energy: ArrayLike) -> FloatArray:
    """Mean number of collisions until the projectile's energy is below the final one, equal masses [1].

    1 + ln(E0/E): after a collision the energy is uniform between 0 and its former value, so that the number is one plus
    a Poisson number; its variance is ln(E0/E).
    energy E0, final_energy E [J], 0 < E <= E0: float or array, broadcast. Raises ValueError outside.
    """
    start, end = _energies(energy, "final_energy", final_energy)
    return 1.0 + np.log(start / end)


def collisions_above(energy: ArrayLike, threshold: ArrayLike) -> FloatArray:
    """Mean number of collisions that cascade atoms make above a threshold energy, equal masses [1].

    The projectile and all recoils count:
    int (delta(E - E0) + 2 E0/E^2) dE = 2 E0/E1 - 1: the collision density psi solves
    psi(E) = delta(E - E0) + 2 int_E^E0 psi(E')/E' dE'

    energy E0 of the projectile, threshold E1 [J], 0 < E1 <= E0: float or array, broadcast. Raises ValueError outside.
    """
    start, low = _energies(energy, "threshold", threshold)
    return 2.0 * start / low - 1.0


def recoils_above(energy: ArrayLike, threshold: ArrayLike) -> FloatArray:
    """Mean number of recoils born with energies above a threshold in the whole cascade, equal masses [1].

    E0/E1 - 1: recoils are born with the spectrum E0/E^2, half of the collision density

    Arguments and errors as `collisions_above`.
    """
    start, low = _energies(energy, "threshold", threshold)
    return start / low - 1.0


def _energies(energy: ArrayLike, name: str, lower: ArrayLike) -> tuple[FloatArray, FloatArray]:
    start, low = positive("energy", energy), positive(name, lower)
    not_below("energy", start, name, low)
    return start, low
