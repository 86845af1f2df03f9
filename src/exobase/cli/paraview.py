"""Results as files for ParaView, in metres and SI units: profiles; of runs with ions volume, planes, paths, body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from exobase.case import case_from_dict
from exobase.cli.paraview_profile import write_profile
from exobase.constants import EV
from exobase.errors import InputError
from exobase.io.vtkhdf import Values, write_image, write_lines, write_polygons

if TYPE_CHECKING:
    from exobase.io.results import Result

FloatArray = npt.NDArray[np.float64]
Data = dict[str, Values]

_FIELDS = (("E", "V m-1"), ("B", "T"), ("u_wind", "m s-1"), ("n_wind", "m-3"))
_CELLS = 48  # along each side, where the run kept no densities on a grid
_BANDS, _PARTS = 36, 72  # of the sphere of the body, where the run kept no map of precipitation


def export_paraview(
    result: Result, folder: Path | None = None, species: Sequence[str] | None = None
) -> tuple[list[Path], list[str]]:
    """Write what a result holds as volumes and surfaces; folder: default `paraview` beside the result.

    `profile` (cells): the profiles of all species and the gas on spherical shells (planar: on a column of boxes), with
    errors, and the mean velocity as a vector. Of a run with ions also `volume.vtkhdf` (cells: density, flux and their
    errors of each species; E, B and solar wind), `plane_xy` and `plane_xz` (points: E, B and solar wind), `paths`
    (lines: velocity, energy, time; species and source), `body` (the sphere of the inner boundary with what reaches it).
    Returns the files and notes about what is missing.
    Raises InputError where the result holds nothing of this or has no such species, RunError where the disk refuses.
    """
    target = folder if folder is not None else result.path.parent / "paraview"
    rows = [result.index(name) for name in species or result.species]
    with_ions = any(name in result for name in ("field/axis", "cube/density", "path/position", "rain/flux"))
    if not with_ions and "profile/density" not in result:
        raise InputError([f"{result.path}: holds neither profiles, fields nor ions, nothing for ParaView"])
    notes: list[str] = []
    written = []
    if "profile/density" in result:
        written.append(write_profile(result, target, rows))
    if not with_ions:
        return written, notes
    if "cube/density" in result or "field/axis" in result:
        written.append(_volume(result, target, rows, notes))
    if "field/axis" in result:
        written += [_plane(result, target, name) for name in ("xy", "xz")]
    if "path/position" in result:
        written.append(_paths(result, target, rows))
    written.append(_body(result, target, rows))
    return written, notes


def _volume(result: Result, target: Path, rows: Sequence[int], notes: list[str]) -> Path:
    """Cells of the cube of densities, or of the whole domain."""
    edges = result.get("cube/edges")
    if edges is None:
        half = float(result["field/axis"][-1])
        edges = np.linspace(-half, half, _CELLS + 1)
    data: Data = {}
    for quantity in ("density", "flux") if "cube/density" in result else ():
        data |= _by_species(result, f"cube/{quantity}", quantity, rows)
    try:
        data |= _sampled(result.case, 0.5 * (edges[1:] + edges[:-1]))
    except InputError as error:
        notes.append(f"fields are written on the planes only: {error}")
    corner, step = float(edges[0]), float(edges[1] - edges[0])
    return write_image(target / "volume.vtkhdf", [corner] * 3, [step] * 3, [len(edges)] * 3, cell_data=data)


def _sampled(case: Mapping[str, Any], middle: FloatArray) -> Data:
    """The fields of a case at all combinations of three coordinates; NaN where a file does not cover them."""
    if not case.get("field"):
        return {}
    from exobase.case.history_model import HistoryCase
    from exobase.fields.plasma import sample
    from exobase.histories.plasma import build_plasma

    resolved = case_from_dict(dict(case))
    assert isinstance(resolved, HistoryCase)
    points = np.stack(np.meshgrid(middle, middle, middle, indexing="ij"), axis=-1).reshape(-1, 3)
    found = sample(build_plasma(resolved), points)
    shape = (len(middle),) * 3
    data = {}
    for (name, units), values in zip(_FIELDS, (found.e, found.b, found.u, found.density), strict=True):
        covered = np.where((found.status == 0).reshape(-1, *[1] * (values.ndim - 1)), values, np.nan)
        data[name] = Values(covered.reshape(*shape, *values.shape[1:]), units)
    return data


def _plane(result: Result, target: Path, name: str) -> Path:
    """A slice of the fields as the run kept it, as a surface of squares with values at the points."""
    axis = np.asarray(result["field/axis"], dtype=float)
    a, b = (coordinate.ravel() for coordinate in np.meshgrid(axis, axis, indexing="ij"))
    nothing = np.zeros_like(a)
    points = np.stack([a, b, nothing] if name == "xy" else [a, nothing, b], axis=-1)
    data: Data = {}
    for (label, units), key in zip(_FIELDS, ("E", "B", "u", "n"), strict=True):
        values = np.asarray(result[f"field/{name}_{key}"])
        data[label] = Values(values.reshape(len(points), *values.shape[2:]), units)
    return write_polygons(target / f"plane_{name}.vtkhdf", points, _quads(len(axis), len(axis)), point_data=data)


def _paths(result: Result, target: Path, rows: Sequence[int]) -> Path:
    """Lines of the paths of the chosen species."""
    begin, kind = np.asarray(result["path/begin"]), np.asarray(result["path/species"])
    chosen = np.flatnonzero(np.isin(kind, rows))
    lengths = np.diff(begin)[chosen]
    taken = np.concatenate([np.zeros(0, dtype=int), *(np.arange(begin[k], begin[k + 1]) for k in chosen)])
    velocity = np.asarray(result["path/velocity"])[taken]
    mass = np.repeat(np.asarray(result["species/mass"])[kind[chosen]], lengths)
    points = {
        "velocity": Values(velocity, "m s-1"),
        "energy_eV": Values(0.5 * mass * (velocity**2).sum(axis=1) / EV, "eV"),
        "time": Values(np.asarray(result["path/time"])[taken], "s"),
    }
    lines = {key: Values(np.asarray(result[f"path/{key}"])[chosen], "1") for key in ("species", "source")}
    place = np.asarray(result["path/position"])[taken]
    return write_lines(target / "paths.vtkhdf", place, np.concatenate([[0], np.cumsum(lengths)]), points, lines)


def _body(result: Result, target: Path, rows: Sequence[int]) -> Path:
    """The sphere of the inner boundary in the cells of the map of precipitation."""
    data: Data = {}
    latitude, longitude = result.get("rain/latitude_edges"), result.get("rain/longitude_edges")
    if latitude is None or longitude is None:
        latitude = np.linspace(-0.5 * np.pi, 0.5 * np.pi, _BANDS + 1)
        longitude = np.linspace(-np.pi, np.pi, _PARTS + 1)
    else:
        for quantity in ("flux", "energy_flux"):
            data |= _by_species(result, f"rain/{quantity}", quantity, rows)
    a, b = np.meshgrid(latitude, longitude, indexing="ij")
    r = float(result.case.get("r_inner") or result["grid/edges"][0])
    points = r * np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=-1)
    flat = {name: Values(values.array.ravel(), values.units) for name, values in data.items()}
    return write_polygons(target / "body.vtkhdf", points.reshape(-1, 3), _quads(*a.shape), cell_data=flat)


def _quads(rows: int, columns: int) -> npt.NDArray[np.int64]:
    """Corners of the cells between points that are numbered row by row."""
    index = np.arange(rows * columns).reshape(rows, columns)
    return np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1).reshape(-1, 4)


def _by_species(result: Result, name: str, quantity: str, rows: Sequence[int]) -> Data:
    """A quantity of each species and its standard error, where any of it is not zero."""
    units, data = result.variables[name].units, {}
    for k in rows:
        if np.any(result[name][k] != 0.0):
            label = f"{quantity}_{result.species[k]}"
            data[label] = Values(result[name][k], units)
            data[f"{label}_stderr"] = Values(result.stderr(name)[k], units)
    return data
