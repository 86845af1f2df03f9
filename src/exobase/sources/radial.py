"""Where births take place: rates per volume that are log-linear between nodes, and exact draws from them.

Nodes are those of :class:`exobase.sources.layout.Births`. Between two of them q(r) = q_k exp(slope_k (r - r_k)); a
piece next to a node of zero rate (LN_RATE = ZERO_RATE) emits nothing. The events in a shell are the integral of
4 pi r^2 q dr.
"""

from __future__ import annotations

import math

import numpy as np

from exobase.jit import kernel
from exobase.rng import GOLDEN, mix, unit
from exobase.sources.layout import (
    ELECTRON_TEMPERATURE,
    INTEGRAL,
    LN_RATE,
    NODES,
    PARENT_TEMPERATURE,
    RADIUS,
    SLOPE,
)

ZERO_RATE = -1e30
# Gauss-Legendre nodes and weights, 6 points on [0, 1]: error below 1e-13 where the exponent changes by less than 1.
_POINTS = tuple(float(v) for v in 0.5 * (1.0 + np.polynomial.legendre.leggauss(6)[0]))
_WEIGHTS = tuple(float(v) for v in 0.5 * np.polynomial.legendre.leggauss(6)[1])
_MAX_PARTS = 4096


@kernel
def piece_rate(r0, ln_q, slope, a, b):
    """Events per second between the radii a and b: integral of 4 pi r^2 exp(ln_q + slope (r - r0)) dr."""
    if ln_q <= ZERO_RATE or b <= a:
        return 0.0
    parts = min(int(abs(slope) * (b - a) + 4.0 * (b - a) / b) + 1, _MAX_PARTS)
    h = (b - a) / parts
    total = 0.0
    for i in range(parts):
        for q in range(6):
            r = a + (i + _POINTS[q]) * h
            total += _WEIGHTS[q] * r * r * math.exp(ln_q + slope * (r - r0))
    return 4.0 * math.pi * h * total


@kernel
def shell_rate(births, j, lo, hi):
    """Events per second of source j between the radii lo and hi [m], over the whole sphere."""
    nodes = births.nodes
    first, last = births.range[j, NODES, 0], births.range[j, NODES, 1] - 1
    if first == last:
        return nodes[first, INTEGRAL] if lo <= nodes[first, RADIUS] < hi else 0.0
    total = 0.0
    for k in range(first, last):
        a, b = max(lo, nodes[k, RADIUS]), min(hi, nodes[k + 1, RADIUS])
        if b > a:
            total += piece_rate(nodes[k, RADIUS], nodes[k, LN_RATE], nodes[k, SLOPE], a, b)
    return total


@kernel
def draw_radius(births, j, state):
    """Radius of an event of source j, and the node below it: (state, r, k)."""
    nodes = births.nodes
    first, last = births.range[j, NODES, 0], births.range[j, NODES, 1] - 1
    if first == last:
        return state, nodes[first, RADIUS], first
    state += GOLDEN
    target = unit(mix(state)) * nodes[last, INTEGRAL]
    k = first
    above = last
    while above - k > 1:
        middle = (k + above) // 2
        if nodes[middle, INTEGRAL] <= target:
            k = middle
        else:
            above = middle
    state, r = _radius_between(nodes[k, RADIUS], nodes[k + 1, RADIUS], nodes[k, SLOPE], state)
    return state, r, k


@kernel
def draw_radius_in(births, j, lo, hi, state):
    """Radius in [lo, hi) of an event of source j there, and the node below it: (state, r, k)."""
    nodes = births.nodes
    first, last = births.range[j, NODES, 0], births.range[j, NODES, 1] - 1
    if first == last:
        return state, nodes[first, RADIUS], first
    state += GOLDEN
    left = unit(mix(state)) * shell_rate(births, j, lo, hi)
    chosen, low, high = first, lo, hi
    for k in range(first, last):
        a, b = max(lo, nodes[k, RADIUS]), min(hi, nodes[k + 1, RADIUS])
        if b <= a or nodes[k, LN_RATE] <= ZERO_RATE:
            continue
        chosen, low, high = k, a, b
        part = piece_rate(nodes[k, RADIUS], nodes[k, LN_RATE], nodes[k, SLOPE], a, b)
        if left < part:
            break
        left -= part
    state, r = _radius_between(low, high, nodes[chosen, SLOPE], state)
    return state, r, chosen


@kernel
def _radius_between(a, b, slope, state):
    """Radius between a and b with the density r^2 exp(slope r): exponential by inversion, r^2 by rejection."""
    s = slope * (b - a)
    while True:
        state += GOLDEN
        u = unit(mix(state))
        if abs(s) < 1e-7:
            x = u + 0.5 * s * u * (1.0 - u)
        elif s < 0.0:
            x = math.log1p(u * math.expm1(s)) / s
        else:
            x = 1.0 + math.log1p((1.0 - u) * math.expm1(-s)) / s
        r = min(max(a + x * (b - a), a), b)
        state += GOLDEN
        if unit(mix(state)) * b * b < r * r:
            return state, r


@kernel
def temperatures_at(births, j, k, r):
    """Both temperatures [K] at r above node k, linear between the nodes."""
    nodes = births.nodes
    if k + 1 >= births.range[j, NODES, 1]:
        return nodes[k, PARENT_TEMPERATURE], nodes[k, ELECTRON_TEMPERATURE]
    f = (r - nodes[k, RADIUS]) / (nodes[k + 1, RADIUS] - nodes[k, RADIUS])
    t_a = nodes[k, PARENT_TEMPERATURE] + f * (nodes[k + 1, PARENT_TEMPERATURE] - nodes[k, PARENT_TEMPERATURE])
    t_b = nodes[k, ELECTRON_TEMPERATURE] + f * (nodes[k + 1, ELECTRON_TEMPERATURE] - nodes[k, ELECTRON_TEMPERATURE])
    return t_a, t_b
