"""Patches of the sphere: zones between parallels, each divided into sectors of longitude, all of the same area.

A place is a unit vector (x, y, z) whose z axis is the axis of the zones. One zone is the spherical symmetry of a radial
gas, several zones of one sector each are an axisymmetric gas, and zones with sectors resolve both angles. Where the gas
is divided into equal shares without a place (a radial or a planar gas), no patch has walls.

Particles that collide must see each other in one common frame. In a cell that has all longitudes it is the half-plane
of each particle, (rho, phi, z), exact by symmetry; in a cell with sectors it is Cartesian.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exobase.geometry.columns import DX, DY, DZ
from exobase.jit import inlined, kernel
from exobase.rng import TWO_PI, cell_key, slot_key, uniform

Array = NDArray[np.float64]

SHARES, RING, CARTESIAN = 0, 1, 2
WALLS = 6
_POLE = 1e-300


class Patches(NamedTuple):
    """How layers are divided.

    frame: SHARES (no places), RING (common frame: half-planes) or CARTESIAN; edge [zones + 1]: z of the parallels,
    ascending; first [zones + 1]: number of the first patch of each zone; layer [layers + 1]: edges of the layers [m]
    (empty for shares).
    """

    frame: int
    edge: np.ndarray
    first: np.ndarray
    layer: np.ndarray

    @property
    def number(self) -> int:
        """Number of patches."""
        return int(self.first[-1])


def shares(number: int) -> Patches:
    """Equal shares without a place."""
    return Patches(SHARES, np.array([-1.0, 1.0]), np.array([0, number], dtype=np.int64), np.zeros(0))


def rings(zones: int) -> Patches:
    """Zones of equal area and all longitudes."""
    return _patches(RING, np.ones(zones, dtype=np.int64))


def sectors(zones: int, number: int | None = None) -> Patches:
    """Zones with a number of sectors each, by default about as wide as high: 2 zones sin(theta) in the middle."""
    middle = (np.arange(zones) + 0.5) * math.pi / zones
    wide = np.maximum(np.rint(2.0 * zones * np.sin(middle)), 1.0).astype(np.int64)
    return _patches(CARTESIAN, wide if number is None else np.full(zones, number, dtype=np.int64))


def _patches(frame: int, number: NDArray[np.int64]) -> Patches:
    first = np.concatenate([[0], np.cumsum(number)]).astype(np.int64)
    edge = -1.0 + 2.0 * first / first[-1]
    return Patches(frame, edge, first, np.zeros(0))


def walls_of(patches: Patches, patch: NDArray[np.int64]) -> Array:
    """Walls of patches [n, 6]: z from and to, and the horizontal directions (x, y) of the meridians from and to, zero
    where a zone is not divided. No rows for shares.
    """
    if patches.frame == SHARES:
        return np.zeros((0, WALLS))
    zone = np.searchsorted(patches.first, patch, side="right") - 1
    number = np.diff(patches.first)[zone]
    out = np.zeros((patch.size, WALLS))
    out[:, 0], out[:, 1] = patches.edge[zone], patches.edge[zone + 1]
    for k, step in ((2, 0), (4, 1)):
        angle = TWO_PI * ((patch - patches.first[zone] + step) / number - 0.5)
        out[:, k] = np.where(number > 1, np.cos(angle), 0.0)
        out[:, k + 1] = np.where(number > 1, np.sin(angle), 0.0)
    return out


def centre_of(patches: Patches, patch: NDArray[np.int64]) -> Array:
    """Unit vectors [n, 3] to the middle of patches in longitude and in z; of rings in the half-plane y = 0, x > 0."""
    zone = np.searchsorted(patches.first, patch, side="right") - 1
    z = 0.5 * (patches.edge[zone] + patches.edge[zone + 1])
    number = np.diff(patches.first)[zone]
    angle = np.where(number > 1, TWO_PI * ((patch - patches.first[zone] + 0.5) / number - 0.5), 0.0)
    across = np.sqrt(1.0 - z * z)
    return np.stack([across * np.cos(angle), across * np.sin(angle), z], axis=1)


@kernel
def patch_of(patches, x, y, z):
    """Number of the patch that holds a direction."""
    low, high = 0, patches.edge.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if z >= patches.edge[middle]:
            low = middle
        else:
            high = middle
    number = patches.first[low + 1] - patches.first[low]
    if number == 1:
        return patches.first[low]
    sector = int(number * (math.atan2(y, x) / TWO_PI + 0.5))
    return patches.first[low] + min(max(sector, 0), number - 1)


@kernel
def patches_of(patches, x):
    """Patch of every particle; columns x [ncol, n]."""
    out = np.empty(x.shape[1], dtype=np.int64)
    for i in range(x.shape[1]):
        out[i] = patch_of(patches, x[DX, i], x[DY, i], x[DZ, i])
    return out


@inlined
def inside(walls, x, y, z):
    """Whether a direction lies between the walls of a patch (on an edge: perhaps), free of branches; walls: a tuple."""
    low, high, ax, ay, bx, by = walls
    return (z >= low) & (z < high) & (ax * y - ay * x >= 0.0) & (by * x - bx * y >= 0.0)


@inlined
def walls_at(wall, c):
    """Walls of the patch of cell c as a tuple: loops over them vectorise."""
    return wall[c, 0], wall[c, 1], wall[c, 2], wall[c, 3], wall[c, 4], wall[c, 5]


@kernel
def layer_of(patches, r):
    """Layer that holds the radius r; the ends are clamped."""
    low, high = 0, patches.layer.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if r >= patches.layer[middle]:
            low = middle
        else:
            high = middle
    return low


@kernel
def draw_direction(patches, patch, key, first):
    """Direction evenly drawn within a patch, from the draws ``first`` and ``first + 1`` of a key."""
    zone = 0
    while patches.first[zone + 1] <= patch:
        zone += 1
    number = patches.first[zone + 1] - patches.first[zone]
    low, high = patches.edge[zone], patches.edge[zone + 1]
    z = low + (high - low) * uniform(key, first)
    angle = TWO_PI * ((patch - patches.first[zone] + uniform(key, first + 1)) / number - 0.5)
    across = math.sqrt(max((1.0 - z) * (1.0 + z), _POLE))
    return across * math.cos(angle), across * math.sin(angle), z


@kernel
def place_particles(patches, layers, first_id, start, width, key, x):
    """Give the particles of every owned cell a direction in its patch; start [groups + 1], ``width`` groups a cell."""
    for c in range((start.size - 1) // width):
        base = cell_key(key, first_id + c)
        patch = (first_id + c) // layers
        for i in range(start[c * width], start[(c + 1) * width]):
            slot = slot_key(base, i - start[c * width])
            x[DX, i], x[DY, i], x[DZ, i] = draw_direction(patches, patch, slot, 0)
