"""Profiles of a result as a volume for ParaView: every cell of the radius as a spherical shell of hexahedra."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from exobase.io.vtkhdf import Values, write_hexahedra

if TYPE_CHECKING:
    from exobase.io.results import Result

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

BANDS, PARTS = 18, 36
"""Cells of a shell along latitude and longitude: 10 degrees each."""
_COLUMN = 0.2  # width of the column of a planar result over its height


def write_profile(result: Result, folder: Path, rows: Sequence[int]) -> Path:
    """Write `profile.vtkhdf` and return its path. rows: species.

    Cell data: every profile as quantity_SPECIES with its error as quantity_stderr_SPECIES, those of the gas as
    gas_QUANTITY, `velocity_SPECIES` (the mean velocity as a vector), `r` (mean radius of the cell) and `cell` (its
    number). Values are those of the run: constant over a shell.
    """
    edges = np.asarray(result["grid/edges"], dtype=float)
    points, corners, owner, normal = _shells(edges) if result.space.spherical else _column(edges)
    cells = len(edges) - 1
    data = {"cell": Values(owner, "1"), "r": Values(np.asarray(result["grid/r"])[owner], "m")}
    for name in sorted(result.group("profile")):
        values = np.asarray(result[f"profile/{name}"])
        units = result.variables[f"profile/{name}"].units
        if values.shape == (cells,):
            data[f"gas_{name}"] = Values(values[owner], units)
        elif values.ndim == 2 and values.shape[1] == cells:
            data |= {f"{name}_{result.species[k]}": Values(values[k][owner], units) for k in rows}
    for name, values in sorted(result.group("gas").items()):
        if values.shape == (cells,):
            data[f"gas_{name}"] = Values(np.asarray(values)[owner], result.variables[f"gas/{name}"].units)
    if "profile/u_r" in result:
        for k in rows:
            u = np.asarray(result["profile/u_r"])[k][owner]
            data[f"velocity_{result.species[k]}"] = Values(u[:, None] * normal, "m s-1")
    return write_hexahedra(folder / "profile.vtkhdf", points, corners, data)


def _shells(edges: FloatArray) -> tuple[FloatArray, IntArray, IntArray, FloatArray]:
    """Points [n, 3] m, corners [cells, 8], cell of the radius of each, and its outward normal [cells, 3]."""
    latitude = np.linspace(-0.5 * np.pi, 0.5 * np.pi, BANDS + 1)
    longitude = np.linspace(-np.pi, np.pi, PARTS + 1)
    a, b = np.meshgrid(latitude, longitude, indexing="ij")
    sphere = _directions(a, b)
    points = (edges[:, None, None] * sphere.reshape(1, -1, 3)).reshape(-1, 3)
    index = np.arange(sphere.size // 3).reshape(BANDS + 1, PARTS + 1)
    quads = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1).reshape(-1, 4)
    one = np.concatenate([quads, quads + index.size], axis=1)
    cells = len(edges) - 1
    corners = (one[None] + index.size * np.arange(cells)[:, None, None]).reshape(-1, 8)
    middle = _directions(
        *np.meshgrid(0.5 * (latitude[1:] + latitude[:-1]), 0.5 * (longitude[1:] + longitude[:-1]), indexing="ij")
    )
    return points, corners, np.repeat(np.arange(cells), len(one)), np.tile(middle.reshape(-1, 3), (cells, 1))


def _directions(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    ring = np.cos(latitude)
    return np.stack([ring * np.cos(longitude), ring * np.sin(longitude), np.sin(latitude)], axis=-1)


def _column(edges: FloatArray) -> tuple[FloatArray, IntArray, IntArray, FloatArray]:
    """The same of boxes on top of each other along z."""
    half = 0.5 * _COLUMN * (edges[-1] - edges[0])
    square = half * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    points = np.concatenate([np.column_stack([square, np.full(4, z)]) for z in edges])
    cells = len(edges) - 1
    corners = np.arange(8)[None] + 4 * np.arange(cells)[:, None]
    return points, corners, np.arange(cells), np.tile([0.0, 0.0, 1.0], (cells, 1))
