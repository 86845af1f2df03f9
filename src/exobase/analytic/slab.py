"""Escape from a plane atmosphere by straight flights: what reaches the top, directly or after scatterings.

tau = int n sigma dz is the optical depth to the top of a half-space; particles start isotropically (half of them
upward). E_n is the exponential integral of order n. Valid for a plane atmosphere, no gravity, a cross section that does
not depend on energy, and either no return from a collision or isotropic scattering without loss of energy.
Reference: Chandrasekhar 1960, Radiative Transfer, appendix I and chapter III.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad
from scipy.special import expn

from exobase.analytic._domain import FloatArray, non_negative, positive, within


def escape_probability(depth: ArrayLike) -> FloatArray:
    """Probability that an isotropically started particle leaves without a collision [1].

    P = E_2(tau)/2 = (1/2) int_0^1 exp(-tau/mu) dmu

    depth: optical depth tau of the start, zero or positive: float or array. Raises ValueError outside.
    """
    probability: FloatArray = 0.5 * expn(2, non_negative("depth", depth))
    return probability


def escape_flux(source: ArrayLike, cross_section: ArrayLike, depth: ArrayLike | None = None) -> FloatArray:
    """Flux out of an atmosphere whose source is proportional to its density [m-2 s-1].

    F = int_0^tau (q0/sigma) E_2(t)/2 dt = (q0/(2 sigma)) [1/2 - E_3(tau)], q0/(4 sigma) for a deep atmosphere

    It does not depend on the density profile: the source per volume is q0 n(z).
    source q0: particles per second and atmospheric particle [s-1]; cross_section [m2] of the collision that ends a
    flight; depth: optical depth down to which there is a source (None: all). Float or array, broadcast.
    Raises ValueError where an argument is out of its domain. The flux leaves with a cosine distribution, 2 mu dmu, if
    all depths emit.
    """
    total = non_negative("source", source) / positive("cross_section", cross_section)
    if depth is None:
        return 0.25 * total
    share: FloatArray = 0.5 * (0.5 - expn(3, non_negative("depth", depth)))
    return total * share


def escape_after_one_collision(depth: ArrayLike) -> FloatArray:
    """Probability of leaving after exactly one isotropic scattering without loss, in a half-space [1].

    P_1 = int_0^inf (E_1(|tau - t|)/2) (E_2(t)/2) dt; 1/8 at the top

    depth: optical depth tau of the start, zero or positive: float or array. Raises ValueError outside.
    By quadrature, relative error 1e-9.
    """
    tau = non_negative("depth", depth)
    return np.asarray([_once(float(t)) for t in tau.ravel()]).reshape(tau.shape)[()]


def surface_escape(albedo: ArrayLike) -> FloatArray:
    """Probability of escape after any number of scatterings, from an isotropic start at the top of a half-space [1].

    P = (1/2) int_0^1 H(mu) dmu = [1 - sqrt(1 - a)]/a with Chandrasekhar's H function; 1/2 for a = 0, 1 for a = 1

    albedo a: probability to survive a collision, scattered isotropically, within [0, 1]: float or array.
    Raises ValueError outside. Reference: Chandrasekhar 1960, chapter V, theorem 1 on H functions.
    """
    a = within("albedo", albedo, 0.0, 1.0)
    return np.asarray(1.0 / (1.0 + np.sqrt(1.0 - a)))[()]


def _once(tau: float) -> float:
    """The integral of `escape_after_one_collision`, cut at the singularity of E_1."""

    def integrand(t: float) -> float:
        return 0.25 * float(expn(1, abs(tau - t))) * float(expn(2, t))

    above = quad(integrand, 0.0, tau, epsabs=0.0, epsrel=1e-10, limit=200)[0] if tau > 0.0 else 0.0
    below = quad(integrand, tau, tau + 1.0, epsabs=0.0, epsrel=1e-10, limit=200)[0]
    far = quad(integrand, tau + 1.0, np.inf, epsabs=0.0, epsrel=1e-10, limit=200)[0]
    return float(above + below + far)
