"""Magnetic field frozen into potential flow round a sphere: exact.

Axes of the flow: +x against it (to the Sun), origin at the centre of the sphere of radius a. With xi = -x, r,
mu = xi/r, s = a/r, eta = sqrt(1 - s^3), g = 1 + s^3/2:

    u = U grad[xi g]                 constant density; tangential at the sphere, at rest in its two poles
    Phi = U (xi_hat x B0) . r eta    E = -grad Phi = -u x B: streamlines are equipotentials
    B = parallel part B0x u/(-U)  +  perpendicular part  B0 U grad(z_inf) x grad(T),   u . grad T = 1

The time of travel T along a streamline has no closed form, but all that B needs of its gradient is one function,

    N(r, mu) = J/(1 - mu^2),   J = integral over cos(alpha) from |mu| to 1 of  18 q^4/(2 q^3 + 1)^3,
    q^3 - (b/sin alpha)^2 q - 1 = 0,   b = sin(theta) sqrt(r^2 - 1/r)  in units of a

(q is the radius at which the streamline of impact parameter b stands at the angle alpha). Upstream (mu < 0)

    eta^2 dT/dr = mu - g s J,    dT/dmu = r/g - |mu| N

and downstream the drift D(b) of Darwin adds -B_rho D'(b) u, b D'(b) = -2 J(b, alpha = pi/2). N and b D' are tabulated
in units of the sphere, once, for all space: B to 2e-9 of its size from 1e-6 a above the sphere to 1000 a, E exact.
The field diverges at the sphere as (r - a)^(-1/2) and on the axis of the wake as 1/rho. In a thin layer above the
sphere (0.2 % of a unless given) its diverging part is replaced by the mean over the layer, twice the value on its outer
side: that keeps the magnetic flux and the potential of the layer, and steps of ions there do not meet fields without
bound. The axis is approached to 1e-6 a. At the two poles, where the flow rests, B is finite along any approach but
depends on it. Real plasmas limit the pile-up at the sphere by pressure; the flow here does not feel the field (valid
for large Alfven Mach numbers).
Reference: Alfven 1957, Tellus 9, 92 (draping); Darwin 1953, Proc. Camb. Phil. Soc. 49, 342 (drift).
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from exobase.jit import part

CLOSEST = 1e-6
LAYER = 2e-3
_W, _M, _Q = 96, 64, 1024
_GAUSS = 96


class Sphere(NamedTuple):
    """radius a [m]; layer: its thickness over a; table: N over w = (1 - s)^(1/4) and |mu|, uniform in [0, 1]; wake:
    b D'(b) over sqrt(b/(1 + b)).
    """

    radius: float
    layer: float
    table: np.ndarray
    wake: np.ndarray


def sphere(radius: float, layer: float = LAYER) -> Sphere:
    """The obstacle for the kernels. layer: thickness over the radius of the layer with the mean field, at least 1e-6.

    Raises ValueError where the radius [m] is not positive.
    """
    if not (radius > 0.0 and math.isfinite(radius)):
        raise ValueError(f"radius = {radius:g} of the obstacle must be positive")
    return Sphere(float(radius), max(layer, CLOSEST), *tables())


def no_sphere() -> Sphere:
    """Placeholder where there is no obstacle."""
    return Sphere(0.0, LAYER, np.zeros((1, 1)), np.zeros(1))


@cache
def tables() -> tuple[np.ndarray, np.ndarray]:
    """N [w, |mu|] and b D'(b), see the module text."""
    w = np.linspace(0.0, 1.0, _W)[:-1, None]
    r = 1.0 / (1.0 - w**4)
    mu = np.linspace(0.0, 1.0, _M)[None, :]
    table = np.zeros((_W, _M))
    table[:-1] = travel(r, mu)
    x = np.linspace(0.0, 1.0, _Q)[:-1] ** 2
    wake = np.zeros(_Q)
    wake[:-1] = -2.0 * _integral(x / (1.0 - x), np.full(x.size, 0.5 * math.pi))
    return table, wake


def travel(r: np.ndarray, mu: np.ndarray) -> np.ndarray:
    """N(r, |mu|) by quadrature; r >= 1 in radii of the sphere."""
    alpha = np.maximum(np.arccos(np.minimum(mu, 1.0)), 1e-6)
    b = np.sin(alpha) * np.sqrt(np.maximum(r * r - 1.0 / r, 0.0))
    b, alpha = np.broadcast_arrays(b, alpha)
    return _integral(b, alpha) / np.sin(alpha) ** 2


def _integral(b: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """J(b, alpha): Gauss-Legendre in t, angle = d sinh t with d = min(b, 1), which resolves the angles below b."""
    nodes, weights = np.polynomial.legendre.leggauss(_GAUSS)
    d = np.clip(b, 1e-9, 1.0)
    end = np.arcsinh(alpha / d)
    total = np.zeros(b.shape)
    for node, weight in zip(nodes, weights, strict=True):
        t = 0.5 * (node + 1.0) * end
        angle = np.minimum(d * np.sinh(t), alpha)
        sine = np.sin(angle)
        q = radius_at((b / sine) ** 2)
        part_ = 18.0 * q**4 / (2.0 * q**3 + 1.0) ** 3
        total += 0.5 * end * weight * part_ * sine * d * np.cosh(t)
    return total


def radius_at(square: np.ndarray) -> np.ndarray:
    """Root q >= 1 of q^3 - square q - 1 = 0 for square >= 0, by Newton's method from above."""
    q = 1.0 + np.sqrt(square)
    for _ in range(12):
        q = q - (q**3 - square * q - 1.0) / (3.0 * q * q - square)
    return q


@part
def _weights(t):
    """Lagrange weights of six nodes 0..5 at t."""
    a, b, c, d, e, f = t, t - 1.0, t - 2.0, t - 3.0, t - 4.0, t - 5.0
    ab, cd, ef = a * b, c * d, e * f
    return (
        b * cd * ef * (-1.0 / 120.0),
        a * cd * ef * (1.0 / 24.0),
        ab * d * ef * (-1.0 / 12.0),
        ab * c * ef * (1.0 / 12.0),
        ab * cd * f * (-1.0 / 24.0),
        ab * cd * e * (1.0 / 120.0),
    )


@part
def _travel(table, w, m):
    """N from the table, of degree 5 in both directions."""
    x, y = w * (table.shape[0] - 1), m * (table.shape[1] - 1)
    i = min(max(int(x) - 2, 0), table.shape[0] - 6)
    j = min(max(int(y) - 2, 0), table.shape[1] - 6)
    p0, p1, p2, p3, p4, p5 = _weights(y - j)
    a0, a1, a2, a3, a4, a5 = _weights(x - i)
    total = 0.0
    for k, a in ((0, a0), (1, a1), (2, a2), (3, a3), (4, a4), (5, a5)):
        row = i + k
        total += a * (
            p0 * table[row, j]
            + p1 * table[row, j + 1]
            + p2 * table[row, j + 2]
            + p3 * table[row, j + 3]
            + p4 * table[row, j + 4]
            + p5 * table[row, j + 5]
        )
    return total


@part
def _drift(wake, b):
    """b D'(b) from its table."""
    x = np.sqrt(b / (1.0 + b)) * (wake.size - 1)
    i = min(max(int(x) - 1, 0), wake.size - 4)
    t = x - i
    a, c, d, e = t, t - 1.0, t - 2.0, t - 3.0
    return (
        c * d * e * (-1.0 / 6.0) * wake[i]
        + a * d * e * 0.5 * wake[i + 1]
        - a * c * e * 0.5 * wake[i + 2]
        + a * c * d * (1.0 / 6.0) * wake[i + 3]
    )


@part
def draped_field(ball, speed, b0x, b0y, b0z, x, y, z):
    """E and B at a point in axes of the flow [V/m, T], 0 inside the sphere. speed U [m/s]; b0: field far away [T]."""
    a = ball.radius
    rho2 = y * y + z * z
    r = np.sqrt(x * x + rho2)
    if r < a:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    low = (1.0 + ball.layer) * a
    s = a / max(r, low)
    inv = 1.0 / r
    s3 = s * s * s
    eta = np.sqrt(1.0 - s3)
    over, potential = 1.0 / eta, eta
    if r < low:
        over, potential = 2.0 * over, eta * (r - a) / (low - a)
    g = 1.0 + 0.5 * s3
    mu = -x * inv
    m = min(abs(mu), 1.0)
    n = _travel(ball.table, np.sqrt(np.sqrt(1.0 - s)), m)
    # Perpendicular part, without its wake.
    dot = (b0y * y + b0z * z) * inv
    k = 1.0 / g - m * s * n
    turn = s * g * (rho2 * inv * inv) * n * over
    b_xi = dot * (mu * (eta * k - over) - (turn if mu > 0.0 else -turn))
    b_side = -1.5 * s3 * over * k * dot * inv
    # What is parallel to the flow: the parallel part and the wake.
    along = -b0x
    if mu > 0.0:
        side2 = max(rho2, CLOSEST * CLOSEST * a * a)
        along -= dot * r * a * over * _drift(ball.wake, np.sqrt(side2) * eta / a) / side2
    u_xi, u_side = g - 1.5 * s3 * mu * mu, -1.5 * s3 * mu * inv
    b_side += along * u_side
    bx, by, bz = -(b_xi + along * u_xi), b0y * over + b_side * y, b0z * over + b_side * z
    # Phi = eta (F . r), F = U (0, B0z, -B0y); linear in r in the layer.
    fy, fz = speed * b0z, -speed * b0y
    grow = -1.5 * s3 * over * inv * inv * (fy * y + fz * z)
    return grow * x, grow * y - potential * fy, grow * z - potential * fz, bx, by, bz


@part
def draped_flow(ball, speed, x, y, z):
    """Whether the flow reaches the point, and its velocity in axes of the flow [m/s]."""
    a = ball.radius
    r = np.sqrt(x * x + y * y + z * z)
    if r < a:
        return False, 0.0, 0.0, 0.0
    s = a / r
    s3 = s * s * s
    side = 1.5 * s3 * x / (r * r)
    return True, -speed * (1.0 + 0.5 * s3 - side * x), speed * side * y, speed * side * z


@part
def draped_scale(ball, x, y, z):
    """Distance to the sphere or, behind it, to the axis of the wake if nearer, at least a hundredth of a [m]."""
    rho2 = y * y + z * z
    length = np.sqrt(x * x + rho2) - ball.radius
    if x < 0.0:
        length = min(length, np.sqrt(rho2))
    return max(length, 0.01 * ball.radius)
