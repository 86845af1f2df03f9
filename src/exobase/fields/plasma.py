"""The electric and magnetic field and the flow of the solar wind round a body, at a point.

Solar-orbital axes: centred on the body, +x to the Sun, +z along the pole of the orbit. The solar wind flows along -x.
E = -u x B everywhere: no resistivity, no Hall or pressure terms. The models:

none                no field, no solar wind
uniform             the undisturbed solar wind everywhere
draped_sphere       potential flow round a sphere with a frozen-in field (:mod:`exobase.fields.draped`)
kobel_flueckiger    a current-free field between two confocal paraboloids (:mod:`exobase.fields.kobel_flueckiger`)
file                a regular grid (:mod:`exobase.fields.grid`)

Within a cavity, a paraboloid such as a magnetopause, all of them vanish.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from exobase.fields.draped import delays, draped_field, draped_flow
from exobase.fields.grid import grid_field, grid_flow, grid_scale
from exobase.fields.kobel_flueckiger import OBSTACLE, confocal, kf_field, kf_flow
from exobase.fields.magnetopause import inside_paraboloid
from exobase.jit import inlined

NONE, UNIFORM, DRAPED, KOBEL, GRID = range(5)
MODELS = {"none": NONE, "uniform": UNIFORM, "draped_sphere": DRAPED, "kobel_flueckiger": KOBEL, "file": GRID}
FLOOR = 0.02  # of the radius of an obstacle: shortest distance on which its field counts as changing


GRID_SCALE = 5.0  # cells of a grid on which its field counts as changing: a step is then half a cell at most


class Plasma(NamedTuple):
    """model: one of the codes; n [m-3] and speed [m/s] of the undisturbed solar wind; b [3] T, its field.

    size [4]: DRAPED: radius of the sphere [m]; KOBEL: distances of obstacle and shock [m], compression.
    cavity [2] m: standoff and flare of a paraboloid y^2 + z^2 = 2 flare (standoff - x) within which nothing is left (0:
    none). delays: table of :func:`exobase.fields.draped.delays`. grid, shape [3], origin [3], step [3], spherical:
    values on a grid.
    """

    model: int
    n: float
    speed: float
    b: np.ndarray
    size: np.ndarray
    cavity: np.ndarray
    delays: np.ndarray
    grid: np.ndarray
    shape: np.ndarray
    origin: np.ndarray
    step: np.ndarray
    spherical: int


def make_plasma(
    model: str,
    density: float = 0.0,
    speed: float = 0.0,
    b: tuple[float, float, float] = (0.0, 0.0, 0.0),
    size: tuple[float, ...] = (),
    cavity: tuple[float, float] = (0.0, 0.0),
    grid: np.ndarray | None = None,
    shape: tuple[int, int, int] = (0, 0, 0),
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
    step: tuple[float, float, float] = (1.0, 1.0, 1.0),
    spherical: bool = False,
) -> Plasma:
    """A field with the meaning of :class:`Plasma`; model: a name of MODELS."""
    sizes = np.zeros(4)
    sizes[: len(size)] = size
    return Plasma(
        model=MODELS[model],
        n=float(density),
        speed=float(speed),
        b=np.array(b, dtype=float),
        size=sizes,
        cavity=np.array(cavity, dtype=float),
        delays=delays() if model == "draped_sphere" else np.zeros((4, 4)),
        grid=np.zeros(1) if grid is None else np.ascontiguousarray(grid, dtype=float).ravel(),
        shape=np.array(shape, dtype=np.int64),
        origin=np.array(origin, dtype=float),
        step=np.array(step, dtype=float),
        spherical=int(spherical),
    )


@inlined
def in_cavity(plasma, x, y, z):  # type: ignore[no-untyped-def]
    """Whether a point lies within the cavity."""
    cavity = plasma.cavity
    return cavity[0] > 0.0 and inside_paraboloid(x, y, z, cavity[0], cavity[1])


@inlined
def field_at(plasma, x, y, z):  # type: ignore[no-untyped-def]
    """Status (not 0 where a file has no value), E [V/m] and B [T] at a point [m]: seven numbers."""
    b, model = plasma.b, plasma.model
    if model == NONE or in_cavity(plasma, x, y, z):
        return 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if model == DRAPED:
        e1, e2, e3, b1, b2, b3 = draped_field(plasma.delays, plasma.size[0], plasma.speed, b[0], b[1], b[2], x, y, z)
        return 0, e1, e2, e3, b1, b2, b3
    if model == GRID:
        return grid_field(plasma.grid, plasma.shape, plasma.origin, plasma.step, plasma.spherical, x, y, z)
    if model == KOBEL:
        rm, rb = plasma.size[0], plasma.size[1]
        region, b1, b2, b3 = kf_field(x, y, z, rm, rb, b[0], b[1], b[2])
        if region == OBSTACLE:
            return 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        _, u1, u2, u3, _ = kf_flow(x, y, z, rm, rb, plasma.speed, plasma.size[2])
        return 0, b2 * u3 - b3 * u2, b3 * u1 - b1 * u3, b1 * u2 - b2 * u1, b1, b2, b3
    # E = -u x B with u = (-speed, 0, 0).
    return 0, 0.0, -plasma.speed * b[2], plasma.speed * b[1], b[0], b[1], b[2]


@inlined
def flow_at(plasma, x, y, z):  # type: ignore[no-untyped-def]
    """Density [m-3] and bulk velocity [m/s] of the solar wind's protons at a point [m]; no density where it is not."""
    model = plasma.model
    if model == NONE or in_cavity(plasma, x, y, z):
        return 0.0, 0.0, 0.0, 0.0
    if model == DRAPED:
        flows, u1, u2, u3 = draped_flow(plasma.size[0], plasma.speed, x, y, z)
        return plasma.n if flows else 0.0, u1, u2, u3
    if model == GRID:
        status, n, u1, u2, u3 = grid_flow(
            plasma.grid, plasma.shape, plasma.origin, plasma.step, plasma.spherical, x, y, z
        )
        return n if status == 0 else 0.0, u1, u2, u3
    if model == KOBEL:
        region, u1, u2, u3, denser = kf_flow(x, y, z, plasma.size[0], plasma.size[1], plasma.speed, plasma.size[2])
        return plasma.n * denser if region != OBSTACLE else 0.0, u1, u2, u3
    return plasma.n, -plasma.speed, 0.0, 0.0


@inlined
def field_scale(plasma, x, y, z):  # type: ignore[no-untyped-def]
    """Distance [m] over which the field changes at a point: to the obstacle, or the spacing of a grid."""
    model = plasma.model
    scale = math.inf
    if model == DRAPED:
        a = plasma.size[0]
        scale = max(abs(math.sqrt(x * x + y * y + z * z) - a), FLOOR * a)
    if model == GRID:
        scale = grid_scale(plasma.origin, plasma.step, plasma.spherical, x, y, z) * GRID_SCALE
    if model == KOBEL:
        rm, rb = plasma.size[0], plasma.size[1]
        distance, w = confocal(x, y, z, rm)
        # |grad w| = sqrt(2 w/r): distances from the two surfaces, and from the focus within.
        slope = math.sqrt(2.0 * w / max(distance, 1e-3 * rm)) + 1e-9
        scale = max(min(abs(w - rm), abs(w - (2.0 * rb - rm))) / slope, FLOOR * rm)
    if plasma.cavity[0] > 0.0:
        flare = plasma.cavity[1]
        across = (y * y + z * z) / (flare * flare)
        # Distance along x from the paraboloid, over its slope.
        gap = abs(plasma.cavity[0] - x - 0.5 * flare * across) / math.sqrt(1.0 + across)
        scale = min(scale, max(gap, FLOOR * plasma.cavity[0]))
    return scale
