"""Electromagnetic field and solar wind at a point, for the kernels: one of several models, chosen by an integer code.

Frame: solar-orbital axes centred on the body, +x to the Sun, +z north of the orbital plane. The wind blows along -x,
or, with aberration, along -x' of axes turned about z by the angle between the two: the axes of the flow. SI units.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from exobase.fields.draped import LAYER, Sphere, draped_field, draped_flow, draped_scale, no_sphere, sphere
from exobase.fields.grid import FieldGrid, grid_field, grid_flow, grid_scale, no_grid
from exobase.fields.kobel_flueckiger import Sheath, no_sheath, sheath, sheath_field, sheath_flow, sheath_scale
from exobase.fields.magnetopause import Cavity, cavity, cavity_scale, dipole_field, in_cavity, no_cavity
from exobase.jit import borrowed, kernel, part

NONE, UNIFORM, DRAPED, SHEATH, GRID = 0, 1, 2, 3, 4
COVERED, NOT_COVERED = 0, 1


class Wind(NamedTuple):
    """Undisturbed wind: protons n [m-3], speed u [m/s], magnetic field [T] in axes of the flow; c, s: cosine and sine
    of the aberration, x' = c x - s y, y' = s x + c y.
    """

    n: float
    u: float
    bx: float
    by: float
    bz: float
    c: float
    s: float


class Plasma(NamedTuple):
    """A field for the kernels. model: code; obstacle: sphere (radius 0: none) without field and flow; cavity: of a
    magnetosphere, where only its dipole's field is.
    """

    model: int
    wind: Wind
    obstacle: Sphere
    sheath: Sheath
    grid: FieldGrid
    cavity: Cavity


def wind(
    density: float, speed: float, magnetic_field: float, cone: float = 0.5 * math.pi, clock: float = 0.5 * math.pi,
    aberration: float = 0.0,
) -> Wind:  # fmt: skip
    """Undisturbed solar wind from density [m-3], speed [m/s], magnitude [T] and angles [rad] of the magnetic field.

    B = B (cos cone, sin cone sin clock, sin cone cos clock): cone from +x (the Sun), clock from +z to +y about x; a
    spiral field in the orbital plane has the clock angle 90 degrees.
    aberration: u = U (-cos, sin, 0), of the body's orbital motion along -y. Raises ValueError for negative values.
    """
    for name, value in (("density", density), ("speed", speed), ("magnetic_field", magnetic_field)):
        if not (value >= 0.0 and math.isfinite(value)):
            raise ValueError(f"{name} = {value:g} must be zero or positive")
    c, s = math.cos(aberration), math.sin(aberration)
    bx = magnetic_field * math.cos(cone)
    by = magnetic_field * math.sin(cone) * math.sin(clock)
    bz = magnetic_field * math.sin(cone) * math.cos(clock)
    return Wind(float(density), float(speed), c * bx - s * by, s * bx + c * by, bz, c, s)


def no_plasma() -> Plasma:
    """No field and no wind anywhere."""
    return Plasma(NONE, wind(0.0, 0.0, 0.0), no_sphere(), no_sheath(), no_grid(), no_cavity())


def uniform(flow: Wind, radius: float = 0.0) -> Plasma:
    """The undisturbed wind everywhere, E = -u x B, but nothing inside a sphere of the radius [m], if there is one."""
    return no_plasma()._replace(model=UNIFORM, wind=flow, obstacle=no_sphere()._replace(radius=float(radius)))


def draped(flow: Wind, radius: float, layer: float = LAYER) -> Plasma:
    """Potential flow round a sphere of the radius [m] with a frozen-in field, :mod:`exobase.fields.draped`."""
    return no_plasma()._replace(model=DRAPED, wind=flow, obstacle=sphere(radius, layer))


def kobel_flueckiger(flow: Wind, rm: float, rb: float, compression: float | None = None) -> Plasma:
    """Magnetosheath between paraboloids at the subsolar distances rm, rb, :mod:`exobase.fields.kobel_flueckiger`."""
    return no_plasma()._replace(model=SHEATH, wind=flow, sheath=sheath(rm, rb, compression))


def on_grid(grid: FieldGrid) -> Plasma:
    """The field of a grid of nodes in solar-orbital axes, :mod:`exobase.fields.grid`."""
    return no_plasma()._replace(model=GRID, grid=grid)


def with_magnetosphere(plasma: Plasma, standoff: float, moment: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Plasma:
    """The same plasma with a cavity behind a magnetopause at the subsolar distance ``standoff`` [m].

    moment [A m2]: dipole at the centre in solar-orbital axes, whose field fills the cavity; zero: no field there.
    """
    w = plasma.wind
    turned = (w.c * moment[0] - w.s * moment[1], w.s * moment[0] + w.c * moment[1], moment[2])
    return plasma._replace(cavity=cavity(standoff, turned))


@part
def field_at(plasma, x, y, z):
    """Status (0, or 1 where a file does not cover the point), E [V/m] and B [T] at a point [m]: seven numbers."""
    w = plasma.wind
    px, py = w.c * x - w.s * y, w.s * x + w.c * y
    covered = True
    ex, ey, ez, bx, by, bz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if in_cavity(plasma.cavity, px, py, z):
        bx, by, bz = dipole_field(plasma.cavity, px, py, z)
    elif plasma.model == UNIFORM:
        if not _in_obstacle(plasma.obstacle, px, py, z):
            ey, ez, bx, by, bz = -w.u * w.bz, w.u * w.by, w.bx, w.by, w.bz
    elif plasma.model == DRAPED:
        ex, ey, ez, bx, by, bz = draped_field(plasma.obstacle, w.u, w.bx, w.by, w.bz, px, py, z)
    elif plasma.model == SHEATH:
        ex, ey, ez, bx, by, bz = sheath_field(plasma.sheath, w.u, w.bx, w.by, w.bz, px, py, z)
    elif plasma.model == GRID:
        covered, ex, ey, ez, bx, by, bz = grid_field(plasma.grid, px, py, z)
    status = COVERED if covered else NOT_COVERED
    return status, w.c * ex + w.s * ey, w.c * ey - w.s * ex, ez, w.c * bx + w.s * by, w.c * by - w.s * bx, bz


@part
def in_magnetosphere(plasma, x, y, z):
    """Whether a point [m] lies within a magnetosphere, where the wind and its fields do not come."""
    w = plasma.wind
    return in_cavity(plasma.cavity, w.c * x - w.s * y, w.s * x + w.c * y, z)


@part
def flow_at(plasma, x, y, z):
    """Density of the wind's protons [m-3] and its velocity [m/s] at a point [m]; all 0 where it does not reach."""
    w = plasma.wind
    px, py = w.c * x - w.s * y, w.s * x + w.c * y
    n, ux, uy, uz = 0.0, 0.0, 0.0, 0.0
    if in_cavity(plasma.cavity, px, py, z):
        n = 0.0
    elif plasma.model == UNIFORM:
        if not _in_obstacle(plasma.obstacle, px, py, z):
            n, ux = w.n, -w.u
    elif plasma.model == DRAPED:
        reached, ux, uy, uz = draped_flow(plasma.obstacle, w.u, px, py, z)
        n = w.n if reached else 0.0
    elif plasma.model == SHEATH:
        factor, ux, uy, uz = sheath_flow(plasma.sheath, w.u, px, py, z)
        n = w.n * factor
    elif plasma.model == GRID:
        n, ux, uy, uz = grid_flow(plasma.grid, px, py, z)
    return n, w.c * ux + w.s * uy, w.c * uy - w.s * ux, uz


@part
def field_scale(plasma, x, y, z):
    """Length over which the field changes at a point [m]; infinite where it is uniform.

    Models: the distance to the nearest surface or singular line, with a floor of 1 to 2 % of the obstacle. Grids: the
    step. The floor is what a jump of the field at a surface is resolved to.
    """
    w = plasma.wind
    px, py = w.c * x - w.s * y, w.s * x + w.c * y
    scale = np.inf
    if plasma.model == DRAPED:
        scale = draped_scale(plasma.obstacle, px, py, z)
    elif plasma.model == SHEATH:
        scale = sheath_scale(plasma.sheath, px, py, z)
    elif plasma.model == GRID:
        scale = grid_scale(plasma.grid, px, py, z)
    elif plasma.model == UNIFORM and plasma.obstacle.radius > 0.0:
        a = plasma.obstacle.radius
        scale = max(abs(np.sqrt(px * px + py * py + z * z) - a), 0.01 * a)
    if plasma.cavity.standoff > 0.0:
        scale = min(scale, cavity_scale(plasma.cavity, px, py, z))
    return scale


@part
def _in_obstacle(ball, x, y, z):
    return x * x + y * y + z * z < ball.radius * ball.radius


@kernel
def _fields(plasma, points, out, bad):
    plasma = borrowed(plasma)
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        status, ex, ey, ez, bx, by, bz = field_at(plasma, x, y, z)
        n, ux, uy, uz = flow_at(plasma, x, y, z)
        out[i, 0], out[i, 1], out[i, 2] = ex, ey, ez
        out[i, 3], out[i, 4], out[i, 5] = bx, by, bz
        out[i, 6], out[i, 7], out[i, 8], out[i, 9] = n, ux, uy, uz
        out[i, 10] = field_scale(plasma, x, y, z)
        bad[i] = status


class Sampled(NamedTuple):
    """Field and flow at points: e, b, u [n, 3], density and scale [n], status [n] (0: covered)."""

    e: np.ndarray
    b: np.ndarray
    density: np.ndarray
    u: np.ndarray
    scale: np.ndarray
    status: np.ndarray


def sample(plasma: Plasma, points: np.ndarray) -> Sampled:
    """Field and flow at points [n, 3] (or one point [3], made one of n = 1) in metres."""
    where = np.ascontiguousarray(np.atleast_2d(np.asarray(points, dtype=float)))
    out, bad = np.zeros((where.shape[0], 11)), np.zeros(where.shape[0], dtype=np.int64)
    _fields(plasma, where, out, bad)
    return Sampled(out[:, 0:3], out[:, 3:6], out[:, 6], out[:, 7:10], out[:, 10], bad)


def on_nodes(plasma: Plasma, geometry: str, axes: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Sampled:
    """Field and flow at the nodes of a grid (axes as in `grid.make_grid`): arrays [n0, n1, n2, 3] and [n0, n1, n2]."""
    a, b, c = np.meshgrid(*axes, indexing="ij")
    if geometry == "spherical":
        points = np.stack([a * np.sin(b) * np.cos(c), a * np.sin(b) * np.sin(c), a * np.cos(b)], axis=-1)
    else:
        points = np.stack([a, b, c], axis=-1)
    flat = sample(plasma, points.reshape(-1, 3))
    return Sampled(*(values.reshape(*a.shape, *values.shape[1:]) for values in flat))
