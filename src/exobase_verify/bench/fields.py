"""Fields for ions: cost of the field at a point by model, and steps of an ion per second and core."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.bodies import body
from exobase.constants import ATOMIC_MASS, ELEMENTARY_CHARGE
from exobase.fields.boris import boris_exact
from exobase.fields.grid import make_grid
from exobase.fields.plasma import (
    Plasma,
    draped,
    field_at,
    field_scale,
    kobel_flueckiger,
    on_grid,
    on_nodes,
    uniform,
    wind,
    with_magnetosphere,
)
from exobase.jit import borrowed, kernel
from exobase_verify.bench.tables import LEAST, Aim, grid, verdict
from exobase_verify.bench.workers import Figures

if TYPE_CHECKING:
    from rich.table import Table

Array = NDArray[np.float64]
RADIUS = body("Mars").radius
EDGE = 4.0 * RADIUS
Q_OVER_M = ELEMENTARY_CHARGE / (15.999 * ATOMIC_MASS)
AIMS: dict[str, Aim] = {
    "draped sphere": (LEAST, "5 million", 5e6),
    "grid of 100^3 nodes": (LEAST, "2 million", 2e6),
}
_REPEATS = 5


@kernel
def evaluate(plasma: Plasma, points: Array) -> float:
    """Sum of the components of E and B at all points, in their order."""
    plasma = borrowed(plasma)
    total = 0.0
    for i in range(points.shape[0]):
        _, ex, ey, ez, bx, by, bz = field_at(plasma, points[i, 0], points[i, 1], points[i, 2])
        total += ex + ey + ez + bx + by + bz
    return total


@kernel
def push(plasma: Plasma, points: Array, edge: float, steps: int) -> float:
    """Follow an O+ from rest at each point for a number of steps, back to its start whenever it leaves the cube.

    Steps turn it by at most 0.2 rad and move it by at most a tenth of the length over which the field changes.
    Returns the sum of the speeds at the end.
    """
    plasma = borrowed(plasma)
    total = 0.0
    for i in range(points.shape[0]):
        x, y, z, vx, vy, vz = points[i, 0], points[i, 1], points[i, 2], 0.0, 0.0, 0.0
        dt = 1e-3
        for _ in range(steps):
            h = 0.5 * dt
            x, y, z = x + h * vx, y + h * vy, z + h * vz
            _, ex, ey, ez, bx, by, bz = field_at(plasma, x, y, z)
            vx, vy, vz = boris_exact(ex, ey, ez, bx, by, bz, 0.0, 0.0, 0.0, Q_OVER_M, dt, vx, vy, vz)
            x, y, z = x + h * vx, y + h * vy, z + h * vz
            turn = Q_OVER_M * math.sqrt(bx * bx + by * by + bz * bz)
            speed = math.sqrt(vx * vx + vy * vy + vz * vz)
            dt = min(0.2 / (turn + 1e-3), 0.1 * min(field_scale(plasma, x, y, z), edge) / (speed + 1e3))
            if not (abs(x) < edge and abs(y) < edge and abs(z) < edge):
                x, y, z, vx, vy, vz = points[i, 0], points[i, 1], points[i, 2], 0.0, 0.0, 0.0
        total += math.sqrt(vx * vx + vy * vy + vz * vz)
    return total


def plasmas(nodes: int = 100) -> dict[str, Plasma]:
    """The models measured, at Mars; the grid holds the draped field."""
    flow = wind(2.5e6, 4e5, 3e-9, math.radians(57.0))
    sphere = draped(flow, 1.2 * RADIUS)
    axis = np.linspace(-1.01 * EDGE, 1.01 * EDGE, nodes)
    at = on_nodes(sphere, "cartesian", (axis, axis, axis))
    return {
        "uniform": uniform(flow),
        "uniform, magnetosphere": with_magnetosphere(uniform(flow), 2.0 * RADIUS),
        "draped sphere": sphere,
        "Kobel & Flückiger": kobel_flueckiger(flow, 1.25 * RADIUS, 1.64 * RADIUS),
        f"grid of {nodes}^3 nodes": on_grid(make_grid("cartesian", (axis, axis, axis), at.b, at.u)),
    }


def measure(quick: bool = False) -> Figures:
    """Nanoseconds per field at random points, and steps per second and core along trajectories, of each model."""
    count, steps = (2000, 200) if quick else (20_000, 2000)
    random_points = _points(count)
    starts = _points(count // 20)
    models = plasmas()
    ns = {name: 1e9 * _seconds(partial(evaluate, p, random_points)) / count for name, p in models.items()}
    total = starts.shape[0] * steps
    rates = {name: total / _seconds(partial(push, p, starts, EDGE, steps)) for name, p in models.items()}
    return {"benchmark": "fields", "ns_per_field": ns, "steps_per_second": rates}


def _points(count: int) -> Array:
    """Points outside the sphere, of a sequence that fills the cube evenly (additive recurrence)."""
    ratios = np.array([0.8191725133961645, 0.6710436067037893, 0.5497004779019703])
    cube = np.modf(np.arange(1, 3 * count)[:, None] * ratios)[0]
    points = EDGE * (2.0 * cube - 1.0)
    return np.ascontiguousarray(points[np.sqrt((points**2).sum(1)) > 1.3 * RADIUS][:count])


def _seconds(run: Callable[[], float]) -> float:
    """Processor time of a call, median of 5 after one that compiles."""
    times = []
    run()
    for _ in range(_REPEATS):
        begin = time.process_time()
        run()
        times.append(time.process_time() - begin)
    return statistics.median(times)


def show(figures: Figures) -> list[Table]:
    """Figures as tables."""
    rows = [
        [
            name,
            f"{ns:.1f}",
            f"{figures['steps_per_second'][name] / 1e6:.1f}",
            verdict(figures["steps_per_second"][name], AIMS.get(name)),
        ]
        for name, ns in figures["ns_per_field"].items()
    ]
    caption = "fields at points in no order; steps of O+ along its way: field, Boris' push, choice of the step"
    return [grid("fields for ions", ("model", "ns per field", "million steps/s/core", "aim"), rows, caption)]
