"""Field and flow on a regular grid of nodes: trilinear between them.

Cartesian: equal steps in x, y, z. Spherical: r (equal steps or equal ratios), colatitude from +z, longitude from +x
to +y, closed; components are Cartesian all the same. Between nodes B and u (and E, if the grid has its own) are linear
in each coordinate; without an E of its own E = -u x B of the interpolated fields. The components of a node lie side by
side, so that a point touches eight lines of the cache.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from exobase.jit import part

CARTESIAN, EQUAL_STEPS, EQUAL_RATIOS = 0, 1, 2
_SLACK = 1e-9
Array = npt.NDArray[np.float64]


class FieldGrid(NamedTuple):
    """kind; nodes, first node and inverse step per axis (equal ratios: of ln r).

    radii of spherical nodes; own_e: nodes hold B, E, else B, u; nodes [8 per node]; flow: n, u [4 per node]; scale [m]
    and angle [rad]: the smallest steps.
    """

    kind: int
    n0: int
    n1: int
    n2: int
    o0: float
    o1: float
    o2: float
    i0: float
    i1: float
    i2: float
    radii: np.ndarray
    own_e: bool
    nodes: np.ndarray
    flow: np.ndarray
    scale: float
    angle: float


def no_grid() -> FieldGrid:
    """Placeholder where there is no grid."""
    none = np.zeros(1)
    return FieldGrid(0, 0, 0, 0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, none, False, none, none, 0.0, 0.0)


def make_grid(
    geometry: str,
    axes: tuple[Array, Array, Array],
    b: Array,
    u: Array | None = None,
    e: Array | None = None,
    density: Array | float = 0.0,
) -> FieldGrid:
    """The grid for the kernels.

    geometry "cartesian": axes x, y, z [m]; "spherical": r [m], colatitude and longitude [rad]. b [T], u [m/s], e [V/m]:
    Cartesian components, [n0, n1, n2, 3]; density [m-3]: [n0, n1, n2] or one number. Longitudes go once round, with or
    without the first one repeated at the end. Raises ValueError where axes are not regular, shapes do not match, values
    are not finite, or neither u nor e is given.
    """
    if u is None and e is None:
        raise ValueError("a field needs u or E beside B")
    axes = tuple(np.asarray(axis, dtype=float) for axis in axes)  # type: ignore[assignment]
    shape = tuple(axis.size for axis in axes)
    n = np.broadcast_to(np.asarray(density, dtype=float), shape)
    columns = {"B": b, "u": u, "E": e, "n": n[..., None]}
    for name, values in columns.items():
        if values is not None and (values.shape[:3] != shape or not np.isfinite(values).all()):
            raise ValueError(f"{name} must be finite and have the shape {shape} of the axes, not {values.shape[:3]}")
    kind = _kind(geometry, axes)
    if kind != CARTESIAN:
        axes, b, u, e, n = _closed(axes, b, u, e, n)
    nodes = np.zeros((*b.shape[:3], 8))
    nodes[..., :3], nodes[..., 3:6] = b, u if e is None else e
    flow = np.zeros((*b.shape[:3], 4))
    if u is not None:
        flow[..., 0], flow[..., 1:] = n, u
    first = [float(axis[0]) for axis in axes]
    steps = [float((axis[-1] - axis[0]) / (axis.size - 1)) for axis in axes]
    radii = np.zeros(1) if kind == CARTESIAN else axes[0]
    if kind == EQUAL_RATIOS:
        first[0], steps[0] = math.log(radii[0]), math.log(radii[-1] / radii[0]) / (radii.size - 1)
    scale, angle = (min(steps), 0.0) if kind == CARTESIAN else (float(np.diff(radii).min()), min(steps[1:]))
    n0, n1, n2 = (axis.size for axis in axes)
    o0, o1, o2 = first
    i0, i1, i2 = (1.0 / step for step in steps)
    own, lines = e is not None, _lines(nodes)
    return FieldGrid(kind, n0, n1, n2, o0, o1, o2, i0, i1, i2, radii, own, lines, flow.ravel(), scale, angle)


def fastest_flow(grid: FieldGrid) -> float:
    """Highest speed of the flow at the nodes [m/s]; where the grid has no flow, of the drift E/B."""
    flow = grid.flow.reshape(-1, 4)[:, 1:]
    if flow.any() or not grid.own_e:
        return float(np.sqrt((flow**2).sum(axis=1)).max())
    nodes = grid.nodes.reshape(-1, 8)
    b = np.sqrt((nodes[:, :3] ** 2).sum(axis=1))
    e = np.sqrt((nodes[:, 3:6] ** 2).sum(axis=1))
    return float(np.divide(e, b, out=np.zeros_like(b), where=b > 0.0).max())


def _lines(nodes: Array) -> Array:
    """The nodes flat, each in one line of the cache (64 bytes)."""
    room = np.empty(nodes.size + 8)
    start = (-(room.ctypes.data // 8)) % 8
    aligned = room[start : start + nodes.size]
    aligned[:] = nodes.ravel()
    return aligned


def _kind(geometry: str, axes: tuple[Array, ...]) -> int:
    """Code of the grid. Raises ValueError where an axis has no regular steps."""
    if geometry not in ("cartesian", "spherical"):
        raise ValueError(f"geometry = {geometry!r}: allowed are 'cartesian' and 'spherical'")
    names = ("x", "y", "z") if geometry == "cartesian" else ("r", "colatitude", "longitude")
    ratios = False
    for name, axis in zip(names, axes, strict=True):
        if axis.ndim != 1 or axis.size < 2 or not np.isfinite(axis).all() or not (np.diff(axis) > 0.0).all():
            raise ValueError(f"axis {name} needs at least two finite values that increase")
        even = _regular(axis)
        if name == "r" and not even:
            ratios = even = axis[0] > 0.0 and _regular(np.log(axis))
        if not even:
            also = " or equal ratios" if name == "r" else ""
            raise ValueError(f"axis {name} must have equal steps{also}; interpolate the file to a regular grid")
    if geometry == "cartesian":
        return CARTESIAN
    if axes[1][0] < -_SLACK or axes[1][-1] > math.pi + _SLACK:
        raise ValueError("axis colatitude must lie between 0 and 180 degrees (90 is the orbital plane)")
    return EQUAL_RATIOS if ratios else EQUAL_STEPS


def _regular(axis: Array) -> bool:
    ideal = np.linspace(axis[0], axis[-1], axis.size)
    return bool(np.abs(axis - ideal).max() <= 1e-5 * (axis[1] - axis[0]))


def _closed(axes, b, u, e, n):
    """Axes and columns with the first longitude repeated at the end. Raises ValueError where they do not go round."""
    longitude = axes[2]
    step = float(longitude[-1] - longitude[0]) / (longitude.size - 1)
    span = float(longitude[-1] - longitude[0])
    if abs(span - 2.0 * math.pi) < 1e-3 * step:
        return axes, b, u, e, n
    if abs(span + step - 2.0 * math.pi) > 1e-3 * step:
        raise ValueError("axis longitude must go once round, 0 to 360 degrees")
    around = np.append(longitude, longitude[0] + 2.0 * math.pi)
    wrapped = [None if v is None else np.concatenate([v, v[:, :, :1]], axis=2) for v in (b, u, e, n)]
    return (axes[0], axes[1], around), *wrapped


@part
def _locate(grid, x, y, z):
    """Whether the grid covers a point, the number of the node below it, and the parts of the way to the next ones."""
    if grid.kind == CARTESIAN:
        f0, f1, f2 = (x - grid.o0) * grid.i0, (y - grid.o1) * grid.i1, (z - grid.o2) * grid.i2
    else:
        r = np.sqrt(x * x + y * y + z * z)
        f0 = ((r if grid.kind == EQUAL_STEPS else np.log(max(r, 1e-300))) - grid.o0) * grid.i0
        f1 = (np.arctan2(np.sqrt(x * x + y * y), z) - grid.o1) * grid.i1
        turn = np.arctan2(y, x) - grid.o2
        f2 = (turn - 2.0 * np.pi * np.floor(turn / (2.0 * np.pi))) * grid.i2
    s = _SLACK
    covered = -s <= f0 <= grid.n0 - 1 + s and -s <= f1 <= grid.n1 - 1 + s and -s <= f2 <= grid.n2 - 1 + s
    if not covered:
        return False, 0, 0.0, 0.0, 0.0
    i = min(int(f0), grid.n0 - 2)
    j = min(int(f1), grid.n1 - 2)
    k = min(int(f2), grid.n2 - 2)
    t0 = f0 - i
    if grid.kind != CARTESIAN:
        r = np.sqrt(x * x + y * y + z * z)
        t0 = (r - grid.radii[i]) / (grid.radii[i + 1] - grid.radii[i])
    return True, (i * grid.n1 + j) * grid.n2 + k, t0, f1 - j, f2 - k


@part
def _between(values, a, b, c, d, step, i, t0, t1, t2):
    """Trilinear value of component i; a to d: places of the four nodes at the lower end of the third axis."""
    p0 = values[a + i] + t2 * (values[a + step + i] - values[a + i])
    p1 = values[b + i] + t2 * (values[b + step + i] - values[b + i])
    p2 = values[c + i] + t2 * (values[c + step + i] - values[c + i])
    p3 = values[d + i] + t2 * (values[d + step + i] - values[d + i])
    q0, q1 = p0 + t1 * (p1 - p0), p2 + t1 * (p3 - p2)
    return q0 + t0 * (q1 - q0)


@part
def grid_field(grid, x, y, z):
    """Whether the grid covers the point, E [V/m] and B [T]."""
    covered, node, t0, t1, t2 = _locate(grid, x, y, z)
    if not covered:
        return False, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    v = grid.nodes
    a = 8 * node
    b = a + 8 * grid.n2
    c = a + 8 * grid.n1 * grid.n2
    d = c + 8 * grid.n2
    bx = _between(v, a, b, c, d, 8, 0, t0, t1, t2)
    by = _between(v, a, b, c, d, 8, 1, t0, t1, t2)
    bz = _between(v, a, b, c, d, 8, 2, t0, t1, t2)
    ex = _between(v, a, b, c, d, 8, 3, t0, t1, t2)
    ey = _between(v, a, b, c, d, 8, 4, t0, t1, t2)
    ez = _between(v, a, b, c, d, 8, 5, t0, t1, t2)
    if not grid.own_e:
        ex, ey, ez = ez * by - ey * bz, ex * bz - ez * bx, ey * bx - ex * by
    return True, ex, ey, ez, bx, by, bz


@part
def grid_flow(grid, x, y, z):
    """Density [m-3] and velocity [m/s]; zero where the grid does not cover the point or has no flow."""
    covered, node, t0, t1, t2 = _locate(grid, x, y, z)
    if not covered:
        return 0.0, 0.0, 0.0, 0.0
    v = grid.flow
    a = 4 * node
    b = a + 4 * grid.n2
    c = a + 4 * grid.n1 * grid.n2
    d = c + 4 * grid.n2
    return (
        _between(v, a, b, c, d, 4, 0, t0, t1, t2),
        _between(v, a, b, c, d, 4, 1, t0, t1, t2),
        _between(v, a, b, c, d, 4, 2, t0, t1, t2),
        _between(v, a, b, c, d, 4, 3, t0, t1, t2),
    )


@part
def grid_scale(grid, x, y, z):
    """The smallest step of the grid at the point [m]."""
    if grid.kind == CARTESIAN:
        return grid.scale
    return min(grid.scale, grid.angle * np.sqrt(x * x + y * y + z * z))
