"""HDF5 dimension scales, by which netCDF readers (xarray, netCDF4, ncdump) know the names of the axes of a result file.

Every group has its own, named as the axes of its datasets; they hold no values, as netCDF's dimensions without a
variable. Reference: HDF5 Dimension Scale specification; NetCDF-4 file format, section "Dimensions".
"""

from __future__ import annotations

from collections.abc import Mapping

import h5py

_EMPTY = "This is a netCDF dimension but not a netCDF variable. "


def attach_scales(file: h5py.File, dims: Mapping[str, tuple[str, ...]]) -> None:
    """Make the scales of the datasets `group/name` whose axes are named in dims, and attach them.

    Where an axis of the same name has two lengths in a group, or a dataset has that name, it gets a longer one.
    """
    made: dict[tuple[str, str, int], h5py.Dataset] = {}
    for name, labels in dims.items():
        data = file[name]
        group, _, leaf = name.rpartition("/")
        for axis, label in enumerate(labels):
            key = group, label, data.shape[axis]
            if key not in made:
                made[key] = _make(file[group], label.replace("/", "_"), leaf, data.shape[axis])
            data.dims[axis].attach_scale(made[key])


def is_scale(node: h5py.Dataset) -> bool:
    """Whether a dataset is such a scale, which holds no result."""
    name = node.attrs.get("NAME")
    return isinstance(name, bytes) and name.startswith(_EMPTY.encode())


def _make(group: h5py.Group, label: str, leaf: str, size: int) -> h5py.Dataset:
    names = (label, f"{leaf}_{label}", f"{label}_axis", f"{leaf}_{label}_{size}")
    scale = group.create_dataset(next(name for name in names if name not in group), (size,), dtype=">f4")
    scale.make_scale(f"{_EMPTY}{size:10d}")
    return scale
