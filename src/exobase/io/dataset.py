"""A result as a labelled xarray.Dataset, the way to look at one from a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from exobase.io.results import Result, read_result

if TYPE_CHECKING:
    import xarray

_UNPREFIXED = ("profile", "grid", "species")
_COORDS = {
    "species/names": "species",
    "grid/r": "r",
    "grid/edges": "r_edge",
    "vdf/radius": "vdf_r",
    "history/step": "step",
}


def open_dataset(path: Path | str) -> xarray.Dataset:
    """Open the result of a case directory (or a result.h5) as an xarray.Dataset, completely in memory.

    Dimensions: species, cell, edge, record, zone, pair, entry, energy_bin, ... Coordinates: `species` (names),
    `r` (cell) and `r_edge` [m], `step` (record). Profiles keep their names (`density`, `density_stderr`, `T`, ...);
    other groups carry theirs in front (`escape_rate`, `exobase_radius`, `history_content`, `quality_dt_nu`). Each
    variable has attrs `units` and `long_name`; the attributes of the file are those of the dataset, those of a group
    are named `group.attribute`.

        ds = exobase.open("cases/earth_hydrogen")
        ds.density.sel(species="H").plot()

    Raises InputError where there is no readable result.
    """
    import xarray

    result = read_result(path)
    sizes: dict[str, int] = {}
    variables: dict[str, xarray.Variable] = {}
    coords: dict[str, xarray.Variable] = {}
    for name, array in result.data.items():
        dims = _dims(result, name, sizes)
        about = result.variables[name]
        attrs = {"units": about.units, "long_name": about.long_name}
        variable = xarray.Variable(dims, array, attrs)
        if name in _COORDS:
            coords[_COORDS[name]] = variable
        else:
            variables[_flat_name(name)] = variable
    attrs = dict(result.attrs)
    for group, values in result.group_attrs.items():
        attrs.update({f"{group}.{key}": value for key, value in values.items()})
    return xarray.Dataset(variables, coords=coords, attrs=attrs)


def _flat_name(name: str) -> str:
    group, _, rest = name.partition("/")
    rest = rest.replace("/", "_")
    return rest if group in _UNPREFIXED else f"{group}_{rest}"


def _dims(result: Result, name: str, sizes: dict[str, int]) -> tuple[str, ...]:
    """The dimensions of a dataset, renamed `group_dim` where another one of that name has a different length."""
    dims: list[str] = []
    group = name.partition("/")[0]
    for dim, size in zip(result.variables[name].dims, result[name].shape, strict=True):
        label = dim
        if sizes.setdefault(label, size) != size:
            label = f"{group}_{dim}"
            if sizes.setdefault(label, size) != size:
                label = f"{name.replace('/', '_')}_{dim}"
                sizes.setdefault(label, size)
        dims.append(label)
    return tuple(dims)
