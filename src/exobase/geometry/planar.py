"""Motion between parallel planes under a constant downward acceleration g: x'' = -g, exact in one step."""

from __future__ import annotations

import math

from exobase.jit import kernel


@kernel
def planar_flow(x: float, vx: float, g: float, h: float) -> tuple[float, float]:
    """Position and normal speed after the time h [s]."""
    return x + h * (vx - 0.5 * g * h), vx - g * h


@kernel
def planar_speed_squared(x: float, vx: float, g: float, target: float) -> float:
    """v_x^2 at the height ``target`` from conservation of energy (negative: not reached)."""
    return vx * vx - 2.0 * g * (target - x)


@kernel
def planar_turning(x: float, vx: float, g: float) -> float:
    """Apex of the trajectory (v_x > 0, g > 0), or -infinity for a falling particle."""
    if vx > 0.0:
        if g <= 0.0:
            return math.inf
        return x + 0.5 * vx * vx / g
    return -math.inf
