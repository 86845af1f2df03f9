"""Kinematics of one collision: deflection (isotropic or variable soft sphere) and the velocities after it."""

from __future__ import annotations

import numpy as np

from exobase.jit import inlined, kernel
from exobase.rng import GOLDEN, TWO_PI, mix, unit

_LOW = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_HALF32 = 1.0 / 4294967296.0


@kernel
def isotropic(state):
    """Random unit vector (Marsaglia 1972) from the sequential stream ``state``; returns the new state too."""
    s = 2.0
    a = 0.0
    b = 0.0
    while s >= 1.0:
        state += GOLDEN
        z = mix(state)
        a = (float(z >> _S32) + 0.5) * (2.0 * _HALF32) - 1.0
        b = (float(z & _LOW) + 0.5) * (2.0 * _HALF32) - 1.0
        s = a * a + b * b
    t = 2.0 * np.sqrt(1.0 - s)
    return state, 1.0 - 2.0 * s, a * t, b * t


@kernel
def soft_sphere(state, g1, g2, g3, speed, alpha):
    """Unit vector at the angle chi from g, cos chi = 2 R^(1/alpha) - 1 (Koura & Matsumoto 1991), any azimuth."""
    state += GOLDEN
    c = 2.0 * unit(mix(state)) ** (1.0 / alpha) - 1.0
    state += GOLDEN
    phi = TWO_PI * unit(mix(state))
    n1, n2, n3 = turned(g1, g2, g3, speed, c, np.sqrt(max(1.0 - c * c, 0.0)), phi)
    return state, n1, n2, n3


@inlined
def turned(g1, g2, g3, speed, c, s, phi):
    """Unit vector at an angle of cosine c and sine s from g (of size ``speed``), at the azimuth phi round it."""
    sx = s * np.cos(phi)
    sy = s * np.sin(phi)
    e1 = g1 / speed
    e2 = g2 / speed
    e3 = g3 / speed
    # Orthonormal triad round e (Duff et al. 2017, J. Comput. Graph. Techn. 6, 1): no special directions.
    sign = 1.0 if e3 >= 0.0 else -1.0
    a = -1.0 / (sign + e3)
    b = e1 * e2 * a
    n1 = c * e1 + sx * (1.0 + sign * e1 * e1 * a) + sy * b
    n2 = c * e2 + sx * sign * b + sy * (sign + e2 * e2 * a)
    n3 = c * e3 - sx * sign * e1 - sy * e2
    return n1, n2, n3


@kernel
def scatter(v1, v2, v3, i, j, h1, h2, h3, fa, fb):
    """Turn the relative velocity by h = g' - g for both partners; returns the new g'^2 as their velocities give it."""
    v1[i] += fa * h1
    v2[i] += fa * h2
    v3[i] += fa * h3
    v1[j] -= fb * h1
    v2[j] -= fb * h2
    v3[j] -= fb * h3
    e1 = v1[i] - v1[j]
    e2 = v2[i] - v2[j]
    e3 = v3[i] - v3[j]
    return e1 * e1 + e2 * e2 + e3 * e3
