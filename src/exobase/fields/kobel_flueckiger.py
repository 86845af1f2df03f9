"""Magnetosheath between two confocal paraboloids: current-free magnetic field, incompressible flow.

Axes of the flow, +x against it. Subsolar distances: obstacle (magnetopause) R_m, bow shock R_b > R_m. The focus of both
is at x = R_m/2; with X = x - R_m/2, r = |(X, y, z)| and lambda = r + X the obstacle is lambda = R_m and the shock
lambda = 2 R_b - R_m. Between them

    B = -grad Phi,  Phi = -A {B0x [X - (R_m/2) ln lambda] + (B0y y + B0z z) (1 + R_m/lambda)},
    A = (2 R_b - R_m)/(2 (R_b - R_m)),

outside the undisturbed field, inside the obstacle nothing. B is free of divergence, B_n = 0 at the obstacle and B_n is
continuous at the shock.

Flow: the same potential with the velocity in place of the field,

    u = -(A/c) U grad [X - (R_m/2) ln lambda],   n = c n0,

which conserves mass everywhere, at the shock too, and is tangential to the obstacle. The compression c is constant;
c = R_b/(R_b - R_m), the default, is the jump of the tangential magnetic field at the subsolar point of the shock, so
that E_t is continuous there (4.2 at Mars with R_m = 1.25, R_b = 1.64; a strong shock of a monatomic gas has 4).

E = -u x B. The field is free of currents rather than frozen in, so that this E is not a gradient: its curl is a third
of its gradients (rms, Mars), ions gain or lose some energy round closed paths, and E_t jumps at the shock, by 2 % of
the undisturbed E within 35 degrees of the nose, 8 % from there to 60 degrees, 15 to 20 % beyond. Where that matters
use the draped field.
Reference: Kobel & Flueckiger 1994, J. Geophys. Res. 99, 23617, doi:10.1029/94JA01778 (field).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from exobase.jit import inlined, part


class Sheath(NamedTuple):
    """Subsolar distances of obstacle and shock [m], A, and the compression c."""

    rm: float
    rb: float
    a: float
    compression: float


def sheath(rm: float, rb: float, compression: float | None = None) -> Sheath:
    """The magnetosheath for the kernels; compression None: R_b/(R_b - R_m). Raises ValueError unless 0 < rm < rb."""
    if not (0.0 < rm < rb and math.isfinite(rb)):
        raise ValueError(f"the obstacle at {rm:g} m must lie between the body and the shock at {rb:g} m")
    c = rb / (rb - rm) if compression is None else float(compression)
    if not c >= 1.0:
        raise ValueError(f"compression = {c:g} must be at least 1")
    return Sheath(float(rm), float(rb), 0.5 * (2.0 * rb - rm) / (rb - rm), c)


def no_sheath() -> Sheath:
    """Placeholder where there is none."""
    return Sheath(0.0, 0.0, 0.0, 0.0)


@inlined
def paraboloid(standoff: float, x: float, y: float, z: float) -> tuple[float, float]:
    """lambda and r of a point about the focus at half the standoff distance; inside where lambda < standoff [m]."""
    along = x - 0.5 * standoff
    rho2 = y * y + z * z
    r = np.sqrt(along * along + rho2)
    # r + X without cancellation behind the focus
    return (r + along if along > 0.0 else rho2 / max(r - along, 1e-300)), r


@inlined
def distance(level: float, wanted: float, r: float) -> float:
    """Distance to the paraboloid lambda = wanted, to first order: |lambda - wanted|/|grad lambda| [m], at most r."""
    return min(abs(level - wanted) / np.sqrt(2.0 * max(level, wanted) / max(r, 0.5 * wanted)), max(r, 0.5 * wanted))


@part
def sheath_flow(layer, speed, x, y, z):
    """Density over that of the wind (0 inside) and velocity [m/s]."""
    level, r = paraboloid(layer.rm, x, y, z)
    if level < layer.rm:
        return 0.0, 0.0, 0.0, 0.0
    if level > 2.0 * layer.rb - layer.rm:
        return 1.0, -speed, 0.0, 0.0
    v = -speed * layer.a / layer.compression
    side = v * 0.5 * layer.rm / level
    return layer.compression, v - side * level / r, -side * y / r, -side * z / r


@part
def sheath_field(layer, speed, b0x, b0y, b0z, x, y, z):
    """E = -u x B and B at a point in axes of the flow [V/m, T]; b0: undisturbed field [T], speed U [m/s]."""
    level, r = paraboloid(layer.rm, x, y, z)
    if level < layer.rm:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    bx, by, bz = b0x, b0y, b0z
    if level <= 2.0 * layer.rb - layer.rm:
        k = layer.rm / level
        grow = 1.0 + k
        pull = k * (0.5 * b0x + (b0y * y + b0z * z) / level) / r
        a = layer.a
        bx, by, bz = a * (b0x - pull * level), a * (b0y * grow - pull * y), a * (b0z * grow - pull * z)
    _, ux, uy, uz = sheath_flow(layer, speed, x, y, z)
    return uz * by - uy * bz, ux * bz - uz * bx, uy * bx - ux * by, bx, by, bz


@part
def sheath_scale(layer, x, y, z):
    """Distance to the nearer of obstacle and shock, at least a fiftieth of the obstacle's distance [m]."""
    level, r = paraboloid(layer.rm, x, y, z)
    near = min(distance(level, layer.rm, r), distance(level, 2.0 * layer.rb - layer.rm, r))
    return max(near, 0.02 * layer.rm)
