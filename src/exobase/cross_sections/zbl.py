"""Scattering by the universal screened potential (ZBL), and the stopping of fast atoms.

V(r) = Z1 Z2 e^2/r phi(r/a), phi(x) = sum_i c_i exp(-k_i x), a = 0.8853 a0/(Z1^0.23 + Z2^0.23); reduced energy
eps = a E/(Z1 Z2 e^2), reduced impact parameter B = b/a (constants: data/scattering/zbl.toml). The deflection comes from
the "magic formula" (Biersack & Haggmark 1980, doi:10.1016/0029-554X(80)90440-1), within 2 degrees of the scattering
integral; angles of grazing collisions (B > 5) are up to 10 % too small.

The total is the disc of the impact parameters whose transfer to a target at rest exceeds the smallest transfer wanted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from exobase.constants import BOHR_RADIUS, ELEMENTARY_CHARGE, EV, VACUUM_PERMITTIVITY
from exobase.jit import kernel
from exobase.tables import load_table

_DATA = load_table("scattering/zbl.toml")
C1, C2, C3, C4 = (float(v) for v in _DATA["c"])
K1, K2, K3, K4 = (float(v) for v in _DATA["k"])
M1, M2, M3, M4, M5 = (float(v) for v in _DATA["magic"])
SCREENING = float(_DATA["screening"])
SMALLEST_TRANSFER = float(_DATA["smallest_transfer"]) * EV
COULOMB = ELEMENTARY_CHARGE**2 / (4.0 * math.pi * VACUUM_PERMITTIVITY)
"""e^2/(4 pi eps0) [J m]."""

_BOHR_SPEED = COULOMB / 1.054571817646156e-34
_LARGEST_IMPACT = 60.0


def screening_length(z1: int, z2: int) -> float:
    """Screening length a [m]."""
    return float(SCREENING * BOHR_RADIUS / (z1**0.23 + z2**0.23))


def reduced_energy(z1: int, z2: int) -> float:
    """Reduced energy per energy of the relative motion [1/J]."""
    return screening_length(z1, z2) / (z1 * z2 * COULOMB)


@kernel
def potential(r: float) -> tuple[float, float]:
    """Reduced potential V = phi(r)/r and its derivative at the reduced distance r."""
    e1 = C1 * math.exp(-K1 * r)
    e2 = C2 * math.exp(-K2 * r)
    e3 = C3 * math.exp(-K3 * r)
    e4 = C4 * math.exp(-K4 * r)
    v = (e1 + e2 + e3 + e4) / r
    return v, -(v + K1 * e1 + K2 * e2 + K3 * e3 + K4 * e4) / r


@kernel
def closest_approach(eps: float, b: float) -> float:
    """Reduced distance r0 of closest approach: 1 - V(r0)/eps - (b/r0)^2 = 0.

    Newton's method: the function is concave and increases, so that from below the root every step stays below it; a
    first guess above it (the head-on distance in a potential ~ exp(-r/2.7)) is mirrored below by the first step.
    """
    r = b
    guess = -2.7 * math.log(eps * max(b, 0.05))
    if guess > b:
        guess = -2.7 * math.log(eps * guess)
        r = max(guess, b)
    r = max(r, 1e-6)
    for _ in range(60):
        v, dv = potential(r)
        spin = b * b / (r * r)
        step = (1.0 - v / eps - spin) / (2.0 * spin / r - dv / eps)
        last = r
        r = max(r - step, 0.3 * r)
        if abs(r - last) < 1e-6 * r:
            break
    return r


@kernel
def one_minus_cosine(eps: float, b: float) -> float:
    """1 - cos chi of the deflection chi in the centre of mass at reduced energy eps and impact parameter b."""
    r0 = closest_approach(eps, b)
    v, dv = potential(r0)
    curvature = 2.0 * (eps - v) / -dv
    root = math.sqrt(eps)
    beta = (M2 + root) / (M3 + root)
    gamma = (M4 + eps) / (M5 + eps)
    a = 2.0 * (1.0 + M1 / root) * eps * b**beta
    # gamma (sqrt(1 + a^2) - a) without the difference of large numbers.
    g = gamma / (math.sqrt(1.0 + a * a) + a)
    # 1 - cos(chi/2), from which 1 - cos chi = 2 h (2 - h) keeps its accuracy at small angles.
    h = (r0 - b) * (1.0 - a * g / (1.0 + g)) / (r0 + curvature)
    h = min(max(h, 0.0), 1.0)
    return 2.0 * h * (2.0 - h)


@kernel
def largest_impact(eps: float, x: float) -> float:
    """Largest reduced impact parameter with 1 - cos chi >= x, by bisection; 0 where no collision turns so far."""
    if x >= 2.0:
        return 0.0
    low, high = 0.0, _LARGEST_IMPACT
    for _ in range(50):
        middle = 0.5 * (low + high)
        if one_minus_cosine(eps, middle) >= x:
            low = middle
        else:
            high = middle
    return low


@kernel
def discs(eps, x, out):
    """Squared largest impact parameters for arrays of reduced energies and smallest 1 - cos chi."""
    for i in range(eps.size):
        b = largest_impact(eps[i], x[i])
        out[i] = b * b


def totals(
    energy: npt.NDArray[np.float64], z1: int, z2: int, m1: float, m2: float, smallest: float
) -> npt.NDArray[np.float64]:
    """Total cross sections pi b_max^2 [m2] at energies of the relative motion [J]; 0 where all transfers are smaller.

    A target at rest takes T = 2 (m1/(m1 + m2)) E (1 - cos chi), which must reach ``smallest`` [J]. m1: projectile.
    """
    out = np.zeros(energy.size)
    discs(reduced_energy(z1, z2) * energy, 0.5 * smallest * (m1 + m2) / (m1 * energy), out)
    return np.asarray(math.pi * screening_length(z1, z2) ** 2 * out)


def nuclear_stopping(energy: float, z1: int, z2: int, m1: float, m2: float) -> float:
    """Nuclear stopping cross section [J m2] of an atom of kinetic energy [J] in atoms at rest: the published fit.

    S = 4 pi a Z1 Z2 e^2 m1/(m1 + m2) s(eps), s = ln(1 + 1.1383 eps)/(2 (eps + 0.01321 eps^0.21226 + 0.19593 sqrt(eps)))
    and ln(eps)/(2 eps) above eps = 30.
    """
    eps = reduced_energy(z1, z2) * energy * m2 / (m1 + m2)
    if eps > 30.0:
        reduced = 0.5 * math.log(eps) / eps
    else:
        reduced = 0.5 * math.log(1.0 + 1.1383 * eps) / (eps + 0.01321 * eps**0.21226 + 0.19593 * math.sqrt(eps))
    return 4.0 * math.pi * screening_length(z1, z2) * z1 * z2 * COULOMB * m1 / (m1 + m2) * reduced


def electronic_coefficient(z1: int, targets: Sequence[int], m1: float) -> float:
    """Coefficient [J^(1/2) m2] of the electronic stopping cross section S = coefficient sqrt(E) (Lindhard & Scharff).

    S = 8 pi e^2 a0 Z1^(1/6) sum Z1 Z2/(Z1^(2/3) + Z2^(2/3))^(3/2) v/v0, v0 the Bohr speed, the sum over the atoms of
    the target. Uncertain by ~50 % at low speed. Reference: Lindhard & Scharff 1961, doi:10.1103/PhysRev.124.128.
    """
    pairs = sum(z1 * z2 / (z1 ** (2.0 / 3.0) + z2 ** (2.0 / 3.0)) ** 1.5 for z2 in targets)
    per_speed = 8.0 * math.pi * COULOMB * BOHR_RADIUS * z1 ** (1.0 / 6.0) * pairs / _BOHR_SPEED
    return float(per_speed * math.sqrt(2.0 / m1))
