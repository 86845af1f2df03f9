"""Fields and flow on a regular grid, trilinear between the nodes.

One flat array holds TEN numbers per node, interleaved: ex ey ez [V/m], bx by bz [T], n [m-3], ux uy uz [m/s], vectors
in Cartesian solar-orbital components; node (i, j, k) begins at 10 ((i ny + j) nz + k). Node i of an axis lies at
origin + i step.

CARTESIAN: axes x, y, z [m]. SPHERICAL: r [m], colatitude from +z [rad], longitude from +x towards +y [rad]. Longitude
is periodic: nz steps make a full turn. Colatitude runs from pole to pole, its end nodes on the poles or half a step
away from them: there the line from node to node goes on over the pole, to the longitude half a turn away.

Exact for what is linear in the coordinates of the grid. The field between nodes has div B and curl E of the size of the
second differences. Outside the grid, and for a position that is not a number, the status is OUTSIDE and all else zero.
"""

from __future__ import annotations

import math

from exobase.jit import inlined

CARTESIAN = 0
SPHERICAL = 1

WITHIN = 0
OUTSIDE = 1

TEN = 10
_EDGE = 1e-9  # of a step: round-off at the outermost nodes


@inlined
def bracket(position, nodes):  # type: ignore[no-untyped-def]
    """(within, node below, fraction) of a position in steps from the first node; the last interval holds both ends."""
    if not (position >= -_EDGE and position <= nodes - 1 + _EDGE):
        return False, 0, 0.0
    i = min(max(int(position), 0), nodes - 2)
    return True, i, min(max(position - i, 0.0), 1.0)


@inlined
def around(position, nodes):  # type: ignore[no-untyped-def]
    """(node below, node above, fraction) on a periodic axis of `nodes` steps."""
    turned = position - nodes * math.floor(position / nodes)
    i = int(turned)
    fraction = turned - i
    if i >= nodes:
        i, fraction = 0, 0.0
    return i, (i + 1 if i + 1 < nodes else 0), fraction


@inlined
def cartesian_corners(shape, origin, step, x, y, z):  # type: ignore[no-untyped-def]
    """Status, fraction along the first axis, offsets of four corners and their weights (see grid_corners)."""
    ny, nz = shape[1], shape[2]
    good_x, i, a = bracket((x - origin[0]) / step[0], shape[0])
    good_y, j, b = bracket((y - origin[1]) / step[1], ny)
    good_z, k, c = bracket((z - origin[2]) / step[2], nz)
    if not (good_x and good_y and good_z):
        return OUTSIDE, 0.0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0
    p = TEN * ((i * ny + j) * nz + k)
    q = p + TEN * nz
    return WITHIN, a, p, p + TEN, q, q + TEN, (1.0 - b) * (1.0 - c), (1.0 - b) * c, b * (1.0 - c), b * c


@inlined
def spherical_corners(shape, origin, step, x, y, z):  # type: ignore[no-untyped-def]
    """Status, fraction along the first axis, offsets of four corners and their weights (see grid_corners)."""
    ny, nz = shape[1], shape[2]
    rho2 = x * x + y * y
    good, i, a = bracket((math.sqrt(rho2 + z * z) - origin[0]) / step[0], shape[0])
    if not good:
        return OUTSIDE, 0.0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0
    t = (math.atan2(math.sqrt(rho2), z) - origin[1]) / step[1]
    turn = (math.atan2(y, x) - origin[2]) / step[2]
    k0, k1, c = around(turn, nz)
    m0, m1, d = k0, k1, c
    if t < 0.0:  # over the first pole: the row below is row 0 on the other side
        j0, j1, b = 0, 0, t + 1.0
        k0, k1, c = around(turn + 0.5 * nz, nz)
    elif t > ny - 1:
        j0, j1, b = ny - 1, ny - 1, t - (ny - 1)
        m0, m1, d = around(turn + 0.5 * nz, nz)
    else:
        j0 = min(int(t), ny - 2)
        j1, b = j0 + 1, t - j0
    p = TEN * (i * ny + j0) * nz
    q = TEN * (i * ny + j1) * nz
    return (
        WITHIN, a, p + TEN * k0, p + TEN * k1, q + TEN * m0, q + TEN * m1,
        (1.0 - b) * (1.0 - c), (1.0 - b) * c, b * (1.0 - d), b * d,
    )  # fmt: skip


@inlined
def grid_corners(shape, origin, step, geometry, x, y, z):  # type: ignore[no-untyped-def]
    """(status, a, p0, p1, p2, p3, w0, w1, w2, w3) of a position [m].

    The value of component m is (1 - a) sum_i w_i values[p_i + m] + a sum_i w_i values[p_i + plane + m], where
    plane = 10 ny nz.
    """
    if geometry == SPHERICAL:
        return spherical_corners(shape, origin, step, x, y, z)
    return cartesian_corners(shape, origin, step, x, y, z)


@inlined
def between(values, p0, p1, p2, p3, plane, a, w0, w1, w2, w3):  # type: ignore[no-untyped-def]
    """Trilinear value of the component whose number is already added to the offsets p."""
    low = w0 * values[p0] + w1 * values[p1] + w2 * values[p2] + w3 * values[p3]
    high = w0 * values[p0 + plane] + w1 * values[p1 + plane] + w2 * values[p2 + plane] + w3 * values[p3 + plane]
    return low + a * (high - low)


@inlined
def grid_field(values, shape, origin, step, geometry, x, y, z):  # type: ignore[no-untyped-def]
    """Electric [V/m] and magnetic field [T] at a position [m]: (status, ex, ey, ez, bx, by, bz).

    values: flat array of the module text; shape: numbers of nodes (nx, ny, nz), each >= 2; origin, step: of the axes;
    geometry: CARTESIAN or SPHERICAL. status: WITHIN or OUTSIDE.
    """
    status, a, p0, p1, p2, p3, w0, w1, w2, w3 = grid_corners(shape, origin, step, geometry, x, y, z)
    if status != WITHIN:
        return OUTSIDE, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    plane = TEN * shape[1] * shape[2]
    return (
        WITHIN,
        between(values, p0, p1, p2, p3, plane, a, w0, w1, w2, w3),
        between(values, p0 + 1, p1 + 1, p2 + 1, p3 + 1, plane, a, w0, w1, w2, w3),
        between(values, p0 + 2, p1 + 2, p2 + 2, p3 + 2, plane, a, w0, w1, w2, w3),
        between(values, p0 + 3, p1 + 3, p2 + 3, p3 + 3, plane, a, w0, w1, w2, w3),
        between(values, p0 + 4, p1 + 4, p2 + 4, p3 + 4, plane, a, w0, w1, w2, w3),
        between(values, p0 + 5, p1 + 5, p2 + 5, p3 + 5, plane, a, w0, w1, w2, w3),
    )


@inlined
def grid_flow(values, shape, origin, step, geometry, x, y, z):  # type: ignore[no-untyped-def]
    """Number density [m-3] and velocity [m/s] at a position [m]: (status, n, ux, uy, uz). As grid_field."""
    status, a, p0, p1, p2, p3, w0, w1, w2, w3 = grid_corners(shape, origin, step, geometry, x, y, z)
    if status != WITHIN:
        return OUTSIDE, 0.0, 0.0, 0.0, 0.0
    plane = TEN * shape[1] * shape[2]
    return (
        WITHIN,
        between(values, p0 + 6, p1 + 6, p2 + 6, p3 + 6, plane, a, w0, w1, w2, w3),
        between(values, p0 + 7, p1 + 7, p2 + 7, p3 + 7, plane, a, w0, w1, w2, w3),
        between(values, p0 + 8, p1 + 8, p2 + 8, p3 + 8, plane, a, w0, w1, w2, w3),
        between(values, p0 + 9, p1 + 9, p2 + 9, p3 + 9, plane, a, w0, w1, w2, w3),
    )


@inlined
def grid_scale(origin, step, geometry, x, y, z):  # type: ignore[no-untyped-def]
    """Shortest side [m] of the cell at a position: how far a step may go without jumping over nodes.

    In longitude the side shrinks towards the axis; it is not taken below that at one step of colatitude.
    """
    if geometry == SPHERICAL:
        rho2 = x * x + y * y
        r = math.sqrt(rho2 + z * z)
        rho = max(math.sqrt(rho2), r * math.sin(step[1]))
        return min(step[0], min(r * step[1], rho * step[2]))
    return min(step[0], min(step[1], step[2]))
