"""A result as a labelled xarray.Dataset, the way to look at one from a notebook; and as a netCDF file."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import warnings
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray

from exobase.errors import InputError
from exobase.io.files import discard, to_json, write_failure
from exobase.io.own import note
from exobase.io.results import Result, read_result

if TYPE_CHECKING:
    import pandas

_UNPREFIXED = ("profile", "grid", "species")
_COORDS = {
    "species/names": "species",
    "grid/r": "r",
    "grid/edges": "r_edge",
    "vdf/radius": "vdf_r",
    "history/step": "step",
    "process/names": "process",
    "source/names": "source",
    "ledger/fates": "fate",
    "background/species": "target",
}
_LABELS = {
    "pair": ("quality", "pairs"),
    "entry": ("ledger", "entries"),
    "process": ("production", "processes"),
    "zone": ("", "inner middle outer"),
}
"""Axes whose names stand in attributes of a group (or, without a group, here)."""
_INT32 = 2**31 - 1
_MOST_ROWS = 10_000_000
ENGINES = {"netcdf4": "netCDF4", "h5netcdf": "h5netcdf"}
"""Libraries that write netCDF-4, by their names in xarray."""


class Dataset(xarray.Dataset):  # type: ignore[no-untyped-call]
    """An xarray.Dataset of a result. Only to_dataframe differs: a result has too many axes for one table of all."""

    __slots__ = ()

    def to_dataframe(self, dim_order: Sequence[Hashable] | None = None) -> pandas.DataFrame:
        """The variables as a pandas.DataFrame, a row for each combination of the axes.

        Where all axes together give more than ten million rows, the table has the axes of that variable which hold most
        of the others too (of a result: a row per species and cell), and a warning counts what is left out.
        Select variables, or open one group (`exobase.open(case, group="history")`), for other tables.
        """
        if math.prod(self.sizes.values()) <= _MOST_ROWS:
            return super().to_dataframe(dim_order)
        axes = {name: frozenset(variable.dims) for name, variable in self.data_vars.items()}
        shared = max(
            dict.fromkeys(axes.values()), key=lambda table: sum(table.issuperset(own) for own in axes.values())
        )
        kept = [name for name, own in axes.items() if shared.issuperset(own)]
        warnings.warn(
            f"the table holds the {len(kept)} variables on the axes {', '.join(sorted(map(str, shared)))}; "
            f"{len(axes) - len(kept)} on other axes are left out: select variables, or open one group, for those",
            UserWarning,
            stacklevel=2,
        )
        part = self[kept]
        return part.drop_dims(set(part.sizes) - shared).to_dataframe(dim_order)


def open_dataset(path: Path | str, group: str | None = None) -> Dataset:
    """Open the result of a run as an xarray.Dataset, completely in memory.

    path: a case directory, its case.toml, an output folder or a result.h5. group: only the variables of one group of
    the file ("profile", "history", ...), with the coordinates of their axes.

    Dimensions: species, cell, edge, record, zone, pair, entry, energy_bin, ... Coordinates: `species` (names),
    `r` (cell) and `r_edge` [m], `step` (record), `pair`, `entry`, `process` (names). Profiles keep their names
    (`density`, `density_stderr`, `T`, ...); other groups carry theirs in front (`escape_rate`, `exobase_radius`,
    `history_content`, `quality_dt_nu`). What a run has not sampled (an axis of length 0) is left out. Each
    variable has attrs `units` and `long_name`; the attributes of the file are those of the dataset, those of a group
    are named `group.attribute`. All can be written by `to_netcdf` with any engine: truth values are 1 or 0, lists of
    texts one text with a line each, what does not exist is an empty text.

        ds = exobase.open("cases/earth_hydrogen")
        ds.density.sel(species="H").plot()
        exobase.open("cases/earth_hydrogen", group="profile").to_dataframe()

    Raises InputError where there is no readable result, or no such group.
    """
    result = read_result(path)
    groups = list(dict.fromkeys(name.partition("/")[0] for name in result.data))
    if group is not None and group not in groups:
        raise InputError(f"{result.path}: has no group {group!r}; it has {', '.join(groups)}")
    sizes: dict[str, int] = {}
    variables: dict[str, xarray.Variable] = {}
    coords: dict[str, xarray.Variable] = {}
    for name, array in result.data.items():
        if array.size == 0:
            continue
        dims = _dims(result, name, sizes)
        about = result.variables[name]
        attrs = {"units": about.units, "long_name": about.long_name}
        variable = xarray.Variable(dims, array, attrs, _encoding(array))
        if name in _COORDS:
            coords[_COORDS[name]] = variable
        elif group is None or name.startswith(f"{group}/"):
            variables[_flat_name(name)] = variable
    for dim, labels in _labels(result).items():
        if dim not in coords and dim not in variables and sizes.get(dim) == len(labels):
            coords[dim] = xarray.Variable(dim, labels)
    used = {dim for variable in variables.values() for dim in variable.dims}
    if group is not None:
        coords = {name: v for name, v in coords.items() if used.issuperset(v.dims)}
    return Dataset(variables, coords=coords, attrs=_attributes(result))


def write_netcdf(dataset: xarray.Dataset, path: Path) -> Path:
    """Write a dataset as a netCDF-4 file, whole or not at all, with the library that is there.

    Raises InputError where none is, RunError where the disk refuses.
    """
    engine = next((name for name, module in ENGINES.items() if importlib.util.find_spec(module) is not None), None)
    if engine is None:
        raise InputError(
            f"netCDF files need the library {' or '.join(ENGINES.values())}: pip install 'exobase[netcdf]'"
        )
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        discard(temporary)
        dataset.to_netcdf(temporary, engine=engine, format="NETCDF4")  # type: ignore[call-overload]
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:
        discard(temporary)
        raise write_failure(path, error) from error
    note(path)
    return path


def _flat_name(name: str) -> str:
    group, _, rest = name.partition("/")
    rest = rest.replace("/", "_")
    return rest if group in _UNPREFIXED else f"{group}_{rest}"


def _dims(result: Result, name: str, sizes: dict[str, int]) -> tuple[str, ...]:
    """The dimensions of a dataset, renamed `group_dim` where another one of that name has a different length."""
    dims: list[str] = []
    group = name.partition("/")[0]
    for dim, size in zip(result.variables[name].dims, result[name].shape, strict=True):
        label = dim.replace("/", "_")
        if sizes.setdefault(label, size) != size:
            label = f"{group}_{dim}"
            if sizes.setdefault(label, size) != size:
                label = f"{name.replace('/', '_')}_{dim}"
                sizes.setdefault(label, size)
        dims.append(label)
    return tuple(dims)


def _labels(result: Result) -> dict[str, list[str]]:
    """Names along axes, where the file has them as attributes."""
    found = {}
    for dim, (group, key) in _LABELS.items():
        names = result.attributes(group).get(key) if group else key.split()
        if isinstance(names, list) and names:
            found[dim] = [str(name) for name in names]
    return found


def _encoding(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """How netCDF files hold an array: whole numbers beyond 32 bits, which netCDF-3 has not, as doubles."""
    wide = array.dtype.kind in "iu" and array.dtype.itemsize > 4 and int(np.abs(array).max()) > _INT32
    return {"dtype": "float64"} if wide else {}


def _attributes(result: Result) -> dict[str, Any]:
    attrs = {key: _attribute(value) for key, value in result.attrs.items()}
    for group, values in result.group_attrs.items():
        name = group.replace("/", ".")
        attrs |= {f"{name}.{key}": _attribute(value) for key, value in values.items()}
    return attrs


def _attribute(value: Any) -> Any:
    """An attribute as every kind of netCDF file can hold it: a text, a number, or an array of numbers."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return int(value)
    if isinstance(value, int):
        return value if abs(value) <= _INT32 else float(value) if abs(value) <= 2**53 else str(value)
    if isinstance(value, Mapping):
        return json.dumps(to_json(value))
    if isinstance(value, list | tuple):
        if all(isinstance(item, str) for item in value):
            return "\n".join(value)
        if all(isinstance(item, int | float) for item in value):
            numbers = np.asarray([_attribute(item) for item in value])
            return numbers if numbers.dtype.kind in "if" else json.dumps(to_json(value))
        return json.dumps(to_json(value))
    return value
