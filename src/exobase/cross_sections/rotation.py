"""Exchange of translational and rotational energy in a collision (Borgnakke & Larsen 1975, J. Comput. Phys. 18, 405).

A molecule with zeta rotational degrees of freedom that relaxes in a collision shares the energy E = E_tr + E_rot with
the relative motion as equilibrium would: the rotational fraction x has the density
x^(zeta/2 - 1) (1 - x)^(zeta_t/2 - 1) with zeta_t = 5 - 2 omega. The rotational temperature then obeys
dT_rot/dt = (T_tr - T_rot) nu/Z if each molecule relaxes with the probability P = (zeta_t + zeta)/(zeta_t Z) per
collision (Haas et al. 1994, doi:10.1063/1.868221; Zhang & Schwartzentruber 2013, doi:10.1063/1.4825340).

Schemes. "prohibited" (P_a + P_b <= 1): at most one partner relaxes, chosen by one draw. "sequential" (above): the
partners, in random order, relax one after the other, the second with the relative energy the first one left. This
keeps equilibrium exactly, but the second one sees a gap T_tr - T_rot that is smaller by 1 - P (1 - f), f = zeta_t/
(zeta_t + zeta), so that P must be larger: P_a f_a [1 - P_b (1 - f_b)/2] = 1/Z_a. It must not exceed 1, which sets the
smallest Z: 2/(f (1 + f)) for like molecules, 1.8 for a diatomic gas of hard spheres.

Z is a constant, or Parker's (1959, Phys. Fluids 2, 449) function of the temperature of the cell. It must never depend
on the energy of the colliding pair: that would break detailed balance.
"""

from __future__ import annotations

import math

from exobase.jit import kernel
from exobase.rng import GOLDEN, TWO_PI, mix, unit

_HALF_PI_1_5 = 0.5 * math.pi**1.5
_PARKER_LINEAR = 0.25 * math.pi**2 + math.pi


@kernel
def parker_number(z_infinity: float, t_star: float, temperature: float) -> float:
    """Rotational collision number Z = Z_inf/[1 + (pi^1.5/2) sqrt(T*/T) + (pi^2/4 + pi) T*/T] (Parker 1959).

    t_star, temperature [K]; t_star = 0: the constant z_infinity.
    """
    ratio = t_star / temperature
    return z_infinity / (1.0 + _HALF_PI_1_5 * math.sqrt(ratio) + _PARKER_LINEAR * ratio)


@kernel
def relaxation_probabilities(
    zeta_t: float, zeta_a: float, zeta_b: float, z_a: float, z_b: float
) -> tuple[float, float, bool]:
    """Probabilities that partner a and partner b relax in a collision, and whether the scheme is sequential.

    zeta_t = 5 - 2 omega of the pair; zeta_a, zeta_b: rotational degrees of freedom (0: does not relax); z_a, z_b:
    collision numbers. A probability above 1 cannot be realised: a case with such a constant is refused before
    (``smallest_number``), and Parker's Z, which falls to 0 with the temperature, is followed down to that number: the
    probability is held at 1.
    """
    pa = (zeta_t + zeta_a) / (zeta_t * z_a) if zeta_a > 0.0 else 0.0
    pb = (zeta_t + zeta_b) / (zeta_t * z_b) if zeta_b > 0.0 else 0.0
    if pa + pb <= 1.0 + 1e-12 or pa == 0.0 or pb == 0.0:
        return min(pa, 1.0), min(pb, 1.0), False
    first_a, first_b = pa, pb
    loss_a, loss_b = 0.5 * zeta_a / (zeta_t + zeta_a), 0.5 * zeta_b / (zeta_t + zeta_b)
    for _ in range(30):
        pa = min(first_a / max(1.0 - pb * loss_b, 0.1), 1.0)
        pb = min(first_b / max(1.0 - pa * loss_a, 0.1), 1.0)
    return pa, pb, True


def smallest_number(zeta_t: float, zeta: float) -> float:
    """Smallest usable collision number Z of a gas of like molecules: 2/(f (1 + f)), f = zeta_t/(zeta_t + zeta)."""
    f = zeta_t / (zeta_t + zeta)
    return 2.0 / (f * (1.0 + f))


@kernel
def rotational_share(state, zeta, zeta_t):
    """Rotational fraction x of the energy shared by zeta and zeta_t degrees of freedom, from the sequential stream.

    zeta = 2: by inversion, 1 - u^(2/zeta_t). Else by rejection from the density divided by its maximum, which needs
    zeta > 2 and zeta_t > 2. Returns (state, x).
    """
    state += GOLDEN
    u = unit(mix(state))
    if zeta == 2.0:
        return state, 1.0 - u ** (2.0 / zeta_t)
    a = 0.5 * zeta - 1.0
    b = 0.5 * zeta_t - 1.0
    peak = a / (a + b)
    while True:
        state += GOLDEN
        v = unit(mix(state))
        if v < (u / peak) ** a * ((1.0 - u) / (1.0 - peak)) ** b:
            return state, u
        state += GOLDEN
        u = unit(mix(state))


@kernel
def thermal_rotation(zeta: float, u0: float, u1: float, u2: float) -> float:
    """Rotational energy over kT of a molecule in equilibrium, zeta = 2 or 3, from three uniform draws (0: none)."""
    if zeta == 0.0:
        return 0.0
    energy = -math.log(u0)
    if zeta == 3.0:
        c = math.cos(TWO_PI * u2)
        energy -= math.log(u1) * c * c
    return energy
