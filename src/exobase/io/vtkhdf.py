"""Files for ParaView: VTKHDF image data of version 1.0; lines and surfaces (poly data) and hexahedra of version 2.0.

Image: attributes Type, Version, WholeExtent, Origin, Spacing, Direction of the group VTKHDF; arrays of points or cells
in PointData and CellData with the axes z, y, x (x fastest), then components. Poly data: Points [n, 3] and, for each of
Vertices, Lines, Polygons, Strips, the numbers of its cells and point indices, Connectivity and Offsets.
Units, for which the format has no place, are an attribute `units` of every array. Reference: VTKHDF format
specification, https://docs.vtk.org/en/latest/vtk_file_formats/vtkhdf_file_format/vtkhdf_specifications.html
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import numpy.typing as npt

from exobase.io.diskfile import DiskFile
from exobase.io.files import discard, write_failure
from exobase.io.own import note

_HEXAHEDRON = 12  # cell type of VTK
_KINDS = ("Vertices", "Lines", "Polygons", "Strips")


class Values(NamedTuple):
    """An array with its unit: of an image [nx, ny, nz] or [nx, ny, nz, components], of poly data one row for each."""

    array: npt.NDArray[np.generic]
    units: str


def write_image(
    path: Path | str,
    origin: Sequence[float],
    spacing: Sequence[float],
    points: Sequence[int],
    point_data: Mapping[str, Values] | None = None,
    cell_data: Mapping[str, Values] | None = None,
) -> Path:
    """Write a regular grid with its corner and spacing [m] and number of points along x, y, z.

    point_data, cell_data: arrays on the points, and in the cells between them. Raises ValueError where a shape does not
    fit or a direction has a single point (readers disagree about flat images), RunError where the disk refuses.
    """
    along = tuple(int(n) for n in points)
    if min(along) < 2:
        raise ValueError(f"an image of {along} points is flat; write it as polygons")
    cells = tuple(n - 1 for n in along)

    def fill(root: h5py.Group) -> None:
        root.attrs["WholeExtent"] = np.array([bound for n in along for bound in (0, n - 1)], dtype=np.int64)
        root.attrs["Origin"] = np.asarray(origin, dtype=np.float64)
        root.attrs["Spacing"] = np.asarray(spacing, dtype=np.float64)
        root.attrs["Direction"] = np.eye(3).ravel()
        for group, data, shape in (("PointData", point_data, along), ("CellData", cell_data, cells)):
            place = root.create_group(group)
            for name, values in (data or {}).items():
                array = np.asarray(values.array)
                if array.shape[:3] != shape or array.ndim not in (3, 4):
                    raise ValueError(f"{group} '{name}' has the shape {array.shape}, not {shape} and components")
                _put(place, name, Values(np.swapaxes(array, 0, 2), values.units))

    return _write(Path(path), "ImageData", (1, 0), fill)


def write_lines(
    path: Path | str,
    points: npt.ArrayLike,
    begin: npt.ArrayLike,
    point_data: Mapping[str, Values] | None = None,
    cell_data: Mapping[str, Values] | None = None,
) -> Path:
    """Write polylines: points [n, 3] m one line after the other; line k runs from point begin[k] to begin[k + 1] - 1.

    point_data: arrays along the points; cell_data: one value for every line. Raises ValueError and RunError as above.
    """
    places, offsets = np.asarray(points, dtype=np.float64), np.asarray(begin, dtype=np.int64)
    if offsets[0] != 0 or offsets[-1] != len(places) or np.any(np.diff(offsets) < 0):
        raise ValueError(f"lines from {offsets[0]} to {offsets[-1]} do not divide {len(places)} points")
    return _write_poly(path, places, "Lines", np.arange(len(places)), offsets, point_data, cell_data)


def write_polygons(
    path: Path | str,
    points: npt.ArrayLike,
    corners: npt.ArrayLike,
    point_data: Mapping[str, Values] | None = None,
    cell_data: Mapping[str, Values] | None = None,
) -> Path:
    """Write a surface of polygons with equally many corners: points [n, 3] m, corners [polygons, m] indices of them."""
    index = np.asarray(corners, dtype=np.int64)
    offsets = np.arange(len(index) + 1) * index.shape[1]
    places = np.asarray(points, dtype=np.float64)
    return _write_poly(path, places, "Polygons", index.ravel(), offsets, point_data, cell_data)


def write_hexahedra(
    path: Path | str, points: npt.ArrayLike, corners: npt.ArrayLike, cell_data: Mapping[str, Values] | None = None
) -> Path:
    """Write a volume of hexahedra: points [n, 3] m, corners [cells, 8] indices of them (one face in turn, then the
    opposite one). cell_data: one value or vector for every cell. Arrays are compressed.

    Raises ValueError and RunError as above.
    """
    places, index = np.asarray(points, dtype=np.float64), np.asarray(corners, dtype=np.int64)
    if places.ndim != 2 or places.shape[1] != 3 or index.ndim != 2 or index.shape[1] != 8:
        raise ValueError(f"points {places.shape} and corners {index.shape} do not make hexahedra")

    def fill(root: h5py.Group) -> None:
        for name, count in (("Points", len(places)), ("Cells", len(index)), ("ConnectivityIds", index.size)):
            root[f"NumberOf{name}"] = np.array([count], dtype=np.int64)
        _put(root, "Points", Values(places, "m"), compressed=True)
        root.create_dataset("Connectivity", data=index.ravel(), compression="gzip")
        root.create_dataset("Offsets", data=8 * np.arange(len(index) + 1, dtype=np.int64), compression="gzip")
        root.create_dataset("Types", data=np.full(len(index), _HEXAHEDRON, dtype=np.uint8), compression="gzip")
        place = root.create_group("CellData")
        for name, values in (cell_data or {}).items():
            if len(values.array) != len(index):
                raise ValueError(f"CellData '{name}' has {len(values.array)} values, not {len(index)}")
            _put(place, name, values, compressed=True)

    return _write(Path(path), "UnstructuredGrid", (2, 0), fill)


def _write_poly(
    path: Path | str,
    points: npt.NDArray[np.float64],
    kind: str,
    connectivity: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    point_data: Mapping[str, Values] | None,
    cell_data: Mapping[str, Values] | None,
) -> Path:
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"points have the shape {points.shape}, not (n, 3)")

    def fill(root: h5py.Group) -> None:
        root["NumberOfPoints"] = np.array([len(points)], dtype=np.int64)
        _put(root, "Points", Values(points, "m"))
        for name in _KINDS:
            own = name == kind
            cells = root.create_group(name)
            cells["NumberOfCells"] = np.array([len(offsets) - 1 if own else 0], dtype=np.int64)
            cells["NumberOfConnectivityIds"] = np.array([len(connectivity) if own else 0], dtype=np.int64)
            cells["Connectivity"] = (connectivity if own else np.zeros(0)).astype(np.int64)
            cells["Offsets"] = (offsets if own else np.zeros(1)).astype(np.int64)
        for group, data, n in (("PointData", point_data, len(points)), ("CellData", cell_data, len(offsets) - 1)):
            place = root.create_group(group)
            for name, values in (data or {}).items():
                if len(values.array) != n:
                    raise ValueError(f"{group} '{name}' has {len(values.array)} values, not {n}")
                _put(place, name, values)

    return _write(Path(path), "PolyData", (2, 0), fill)


def _put(group: h5py.Group, name: str, values: Values, compressed: bool = False) -> None:
    if "/" in name:
        raise ValueError(f"the name '{name}' of an array holds a slash")
    data = group.create_dataset(
        name, data=np.ascontiguousarray(values.array), compression="gzip" if compressed else None
    )
    data.attrs["units"] = values.units


def _write(path: Path, kind: str, version: tuple[int, int], fill: Callable[[h5py.Group], None]) -> Path:
    """A whole file or none: written under a temporary name, then renamed."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        disk = DiskFile(temporary)
        try:
            with h5py.File(disk, "w") as file:
                root = file.create_group("VTKHDF", track_order=True)
                root.attrs["Version"] = np.array(version, dtype=np.int64)
                root.attrs.create("Type", kind.encode("ascii"), dtype=h5py.string_dtype("ascii", len(kind)))
                fill(root)
            disk.sync()
        finally:
            disk.close()
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:
        discard(temporary)
        raise write_failure(path, error) from error
    except ValueError:
        discard(temporary)
        raise
    note(path)
    return path
