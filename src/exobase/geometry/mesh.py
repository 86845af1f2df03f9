"""Cells: a monotone map from position to cell number, tabulated on few nodes, from which any rank computes any edge.

No array over all cells exists. A cell is a layer of a patch. Patches are parts of the sphere of equal area, or equal
shares of every layer, each on its own; cells are numbered patch by patch, within a patch from the inner boundary
outward.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exobase.geometry.motion import Runs
from exobase.geometry.patches import SHARES, Patches, patches_of, walls_of
from exobase.geometry.space import Space

Array = NDArray[np.float64]

STEP_RATIO = 1.5
_MAX_RUN_CANDIDATES = 512


@dataclass(frozen=True)
class Mesh:
    """Cells of a space: ``layers`` of each of the patches of ``division``.

    node_position [m], node_number: the map (increasing, node_number from 0 to layers); runs: layers of equal time step.
    """

    space: Space
    layers: int
    division: Patches
    node_position: Array
    node_number: Array
    runs: Runs

    @property
    def patches(self) -> int:
        """Number of patches."""
        return self.division.number

    @property
    def placed(self) -> bool:
        """Whether particles have a place on the sphere."""
        return self.division.frame != SHARES

    @cached_property
    def map(self) -> Patches:
        """The patches with the edges of the layers, for kernels."""
        edges = self.edge(np.arange(self.layers + 1)) if self.placed else np.zeros(0)
        return self.division._replace(layer=np.ascontiguousarray(edges))

    def walls(self, cell: NDArray[np.int64]) -> Array:
        """Walls of the patches of cells [n, 6]; no rows where there are none."""
        return walls_of(self.division, self.patch_of(cell))

    def patch_at(self, x: Array, before: NDArray[np.int64]) -> NDArray[np.int64]:
        """Patch of particles with the columns x [ncol, n]; ``before``: the patches that they were in [n]."""
        return patches_of(self.division, np.ascontiguousarray(x)) if self.placed else before

    @property
    def total(self) -> int:
        """Number of cells."""
        return self.layers * self.patches

    def layer_of(self, cell: NDArray[np.int64]) -> NDArray[np.int64]:
        """Layer of cells."""
        return cell % self.layers

    def patch_of(self, cell: NDArray[np.int64]) -> NDArray[np.int64]:
        """Patch of cells."""
        return cell // self.layers

    def cell_of(self, patch: NDArray[np.int64], layer: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number of the cell that is a layer of a patch."""
        return patch * self.layers + layer

    @property
    def inner(self) -> float:
        """Position of the inner boundary [m]."""
        return float(self.node_position[0])

    @property
    def outer(self) -> float:
        """Position of the outer boundary [m]."""
        return float(self.node_position[-1])

    def edge(self, number: NDArray[np.int64]) -> Array:
        """Position [m] of the lower edge of the layers ``number`` in 0 .. layers (layers = outer boundary)."""
        return edges_of(self.node_position, self.node_number, number)

    def locate(self, position: Array) -> NDArray[np.int64]:
        """Layer of positions [m]: edge(i) <= position < edge(i+1); the ends are clamped."""
        guess = np.interp(position, self.node_position, self.node_number)
        i = np.clip(guess.astype(np.int64), 0, self.layers - 1)
        for _ in range(4):
            i = np.where((position < self.edge(i)) & (i > 0), i - 1, i)
            i = np.where((position >= self.edge(i + 1)) & (i < self.layers - 1), i + 1, i)
        return i

    def bounds(self, begin: int, end: int) -> tuple[Array, Array]:
        """Lower and upper edges [m] of the global cells begin .. end-1."""
        number = self.layer_of(np.arange(begin, end, dtype=np.int64))
        return self.edge(number), self.edge(number + 1)

    def volume(self, lo: Array, hi: Array) -> Array:
        """Volume [m3] of cells (per unit area [m] in planar geometry), one patch's share."""
        return self.space.volume(lo, hi) / self.patches

    def area(self, position: float) -> float:
        """Area [m2] of the face at a position, one patch's share (planar: per unit area)."""
        return float(self.space.area(position)) / self.patches

    def centre(self, lo: Array, hi: Array) -> Array:
        """Volume-mean position [m] of cells."""
        return self.space.centre(lo, hi)

    def run_of(self, position: Array) -> NDArray[np.int64]:
        """Number of the run of equal steps that holds each position."""
        run = np.searchsorted(self.runs.edge, position, side="right") - 1
        return np.clip(run, 0, self.runs.dt.size - 1)

    def step_of(self, position: Array) -> Array:
        """Time step [s] at positions."""
        return np.asarray(self.runs.dt[self.run_of(position)])

    def arrays(self) -> dict[str, Array]:
        """What a checkpoint keeps of the mesh, beside the numbers of layers and patches."""
        return {
            "grid_position": self.node_position,
            "grid_number": self.node_number,
            "run_edge": self.runs.edge,
            "run_dt": self.runs.dt,
        }


def edges_of(node_position: Array, node_number: Array, number: NDArray[np.int64]) -> Array:
    """Positions of the cell edges ``number`` on a tabulated map."""
    result: Array = np.interp(number.astype(np.float64), node_number, node_position)
    return result


def read_mesh(space: Space, layers: int, division: Patches, read: Callable[[str], Array]) -> Mesh:
    """The mesh whose ``arrays`` a checkpoint holds."""
    runs = Runs(read("run_edge"), read("run_dt"))
    return Mesh(space, layers, division, read("grid_position"), read("grid_number"), runs)


def build_mesh(
    space: Space,
    division: Patches,
    position: Array,
    size: Array,
    step: Callable[[Array, Array], Array],
    layers: int | None = None,
    uniform_step: bool = False,
) -> Mesh:
    """Lay layers of the wanted ``size`` [m] over the nodes ``position`` [m]; ``step(position, size)`` is the longest
    step [s].

    Their number follows from the sizes unless given. Steps are rounded down to powers of ``STEP_RATIO``
    times the smallest and neighbouring runs differ by at most that ratio; ``uniform_step`` uses the smallest
    everywhere.
    """
    density = 1.0 / size
    number = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(position))])
    count = layers if layers is not None else max(math.ceil(number[-1]), 1)
    number *= count / number[-1]
    number[-1] = count
    runs = _build_runs(position, number, count, step, uniform_step)
    return Mesh(space, count, division, position, number, runs)


def _build_runs(
    position: Array, number: Array, count: int, step: Callable[[Array, Array], Array], uniform: bool
) -> Runs:
    """Runs of equal time step whose edges are cell edges."""
    candidates = np.unique(np.linspace(0, count, min(count, _MAX_RUN_CANDIDATES) + 1).astype(np.int64))
    inside = np.unique(
        np.clip(np.concatenate([candidates[:-1] + k * np.diff(candidates) // 4 for k in range(4)]), 0, count - 1)
    )
    lo = edges_of(position, number, inside)
    hi = edges_of(position, number, inside + 1)
    wanted = step(0.5 * (lo + hi), hi - lo)
    run_of = np.searchsorted(candidates, inside, side="right") - 1
    dt = np.full(candidates.size - 1, np.inf)
    np.minimum.at(dt, run_of, wanted)
    smallest = float(dt.min())
    if not (smallest > 0.0 and math.isfinite(smallest)):
        raise ValueError(f"the smallest time step is {smallest} s: check temperatures, densities and cell sizes")
    if uniform:
        dt = np.array([smallest])
        candidates = np.array([0, count])
    level = np.floor(np.log(dt / smallest) / math.log(STEP_RATIO) + 1e-9).astype(np.int64)
    for i in range(1, level.size):
        level[i] = min(level[i], level[i - 1] + 1)
    for i in range(level.size - 2, -1, -1):
        level[i] = min(level[i], level[i + 1] + 1)
    keep = np.concatenate([[True], np.diff(level) != 0])
    edge = edges_of(position, number, np.append(candidates[:-1][keep], count))
    return Runs(np.ascontiguousarray(edge), smallest * STEP_RATIO ** level[keep].astype(np.float64))
