"""Fields and flow of a plasma on a regular grid, from files: HDF5 (.h5, .hdf5), VTK images (.vtk, .vti).

The HDF5 field format. Attributes of the root: `frame` (needed), `geometry` "cartesian" (default) or "spherical",
`components` of vectors "cartesian" (default) or, with a spherical geometry, "spherical" (r, colatitude, longitude),
`source` (free text). Datasets, each with an attribute `units`:

    x, y, z                     [n]               axes of a Cartesian grid, equal steps
    r, colatitude, longitude    [n]               axes of a spherical grid, from +z and from +x to +y; r in equal steps
                                                  or ratios, longitude once round
    B                           [n0, n1, n2, 3]   magnetic field
    u                           [n0, n1, n2, 3]   bulk velocity; u or E is needed
    E                           [n0, n1, n2, 3]   electric field; without it E = -u x B
    n                           [n0, n1, n2]      density of protons

Frames: solar-orbital, +x to the Sun, +z north of the orbital plane, centred on the body; "MSO", "VSO", "GSE" and "PSO"
are names of it. Lengths may have the unit "radius", of the body. In VTK files the arrays B, u, E, n of the points are
read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from exobase.errors import InputError
from exobase.io.columns import factor
from exobase.io.files import discard, is_there, write_failure
from exobase.io.fixed_text import fixed
from exobase.io.vtk_files import read_image

FloatArray = npt.NDArray[np.float64]
Axes = tuple[FloatArray, FloatArray, FloatArray]

FRAMES = ("solar-orbital", "MSO", "VSO", "GSE", "PSO")
AXES = {"cartesian": ("x", "y", "z"), "spherical": ("r", "colatitude", "longitude")}
SI = {"x": "m", "y": "m", "z": "m", "r": "m", "colatitude": "rad", "longitude": "rad",
      "B": "T", "u": "m s-1", "E": "V m-1", "n": "m-3"}  # fmt: skip
VECTORS = ("B", "u", "E")
# Beyond every space plasma, in SI: marks for missing values, or a wrong unit.
MOST = {"B": 10.0, "u": 1e8, "E": 1e3, "n": 1e20}
SUFFIXES = (".h5", ".hdf5", ".vtk", ".vti")


@dataclass(frozen=True)
class FieldFile:
    """A field in SI units and solar-orbital axes. geometry and axes as in the module text; vectors are Cartesian.

    b, u, e [n0, n1, n2, 3] and n [n0, n1, n2]; u or e, and n, may be None. path: the file it was read from.
    """

    geometry: str
    axes: Axes
    b: FloatArray
    u: FloatArray | None = None
    e: FloatArray | None = None
    n: FloatArray | None = None
    source: str = ""
    path: str = ""

    def check_covers(self, inner: float, outer: float) -> None:
        """Raise InputError unless the grid covers all points between the radii inner and outer [m]."""
        faults = []
        for name, axis in zip(AXES[self.geometry], self.axes, strict=True):
            if name == "longitude":
                continue
            low, high = (0.0, np.pi) if name == "colatitude" else (inner if name == "r" else -outer, outer)
            slack = 1e-6 * (axis[1] - axis[0])
            if axis[0] > low + slack or axis[-1] < high - slack:
                unit, word = (np.pi / 180.0, "deg") if name == "colatitude" else (1e3, "km")
                given = f"{axis[0] / unit:.6g} to {axis[-1] / unit:.6g} {word}"
                needed = f"{low / unit:.6g} to {high / unit:.6g} {word}"
                do = "add nodes at the poles" if name == "colatitude" else "extend the file or lower the outer boundary"
                faults.append(f"{self.path}: {name} = {given} does not cover the domain, {needed}; {do}")
        if faults:
            raise InputError(faults)


def read_field_file(
    path: Path | str,
    units: Mapping[str, str] | None = None,
    frame: str | None = None,
    names: Mapping[str, str] | None = None,
    radius: float | None = None,
) -> FieldFile:
    """Read a field from an HDF5 field file or a VTK image.

    units, frame: of what the file itself does not say; units by name, "length" for the axes of a VTK image. names: of
    arrays in the file for B, u, E, n, where they are other. radius [m] of the body, for lengths in "radius".
    Raises InputError naming all faults: no or wrong units, no frame or another one, wrong shapes, axes that do not
    increase, and values that are not finite, with their number and the place of the first.
    """
    target = Path(path)
    if target.suffix not in SUFFIXES:
        raise InputError([f"{target}: fields are read from {', '.join(SUFFIXES)}"])
    if not is_there(target):
        raise InputError([f"{target}: there is no such file"])
    unknown = sorted(set(names or {}) - {"B", "u", "E", "n"})
    if unknown:
        raise InputError([f"{target}: names of {', '.join(unknown)}: only B, u, E and n are read"])
    raw = (_read_hdf5 if target.suffix in (".h5", ".hdf5") else _read_vtk)(target, names or {})
    return _Checked(target, raw, dict(units or {}), frame, radius).field()


def write_field_file(path: Path | str, field: FieldFile, compressed: bool = True) -> None:
    """Write a field in the HDF5 field format, in SI units. Raises RunError where the disk refuses."""
    target = Path(path)
    temporary = target.with_name(target.name + ".tmp")
    columns = dict(zip(AXES[field.geometry], field.axes, strict=True))
    columns |= {k: v for k, v in (("B", field.b), ("u", field.u), ("E", field.e), ("n", field.n)) if v is not None}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        # With checksums, and texts of fixed length: damage is reported instead of read.
        with h5py.File(temporary, "w", libver=("v110", "v110")) as file:
            texts = {"frame": FRAMES[0], "geometry": field.geometry, "components": "cartesian", "source": field.source}
            file.attrs.update({key: fixed(text) for key, text in texts.items()})
            for name, values in columns.items():
                packed = {"compression": "gzip", "shuffle": True} if compressed and values.ndim > 1 else {}
                file.create_dataset(name, data=np.asarray(values, dtype=float), fletcher32=True, **packed)
                file[name].attrs["units"] = fixed(SI[name])
        os.replace(temporary, target)
    except OSError as error:
        discard(temporary)
        raise write_failure(target, error) from error


@dataclass(frozen=True)
class _Raw:
    """What a file says: columns by our names with their units (None: not said), frame, geometry, components."""

    columns: dict[str, tuple[FloatArray, str | None]]
    frame: str | None
    geometry: str
    components: str
    source: str


def _read_hdf5(path: Path, names: Mapping[str, str]) -> _Raw:
    try:
        with h5py.File(path, "r") as file:
            attrs = {key: _text(value) for key, value in file.attrs.items()}
            geometry = attrs.get("geometry", "cartesian")
            columns = {}
            for name in (*AXES.get(geometry, ()), *VECTORS, "n"):
                stored = names.get(name, name)
                if stored in file and isinstance(file[stored], h5py.Dataset):
                    units = file[stored].attrs.get("units")
                    values = np.asarray(file[stored][...], dtype=float)
                    columns[name] = (values, None if units is None else _text(units))
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, MemoryError, OverflowError) as error:
        raise InputError(
            [f"{path}: cannot be read as an HDF5 file of numbers: {error}; write or copy it again"]
        ) from error
    _check_names(path, names, columns)
    return _Raw(columns, attrs.get("frame"), geometry, attrs.get("components", "cartesian"), attrs.get("source", ""))


def _read_vtk(path: Path, names: Mapping[str, str]) -> _Raw:
    image = read_image(path)
    length = image.texts.get("length_units")
    columns: dict[str, tuple[FloatArray, str | None]] = {
        name: (axis, length) for name, axis in zip(AXES["cartesian"], image.axes, strict=True)
    }
    for name in (*VECTORS, "n"):
        stored = names.get(name, name)
        if stored in image.arrays:
            columns[name] = (image.arrays[stored], image.texts.get(f"{stored}_units"))
    _check_names(path, names, columns)
    return _Raw(columns, image.texts.get("frame"), "cartesian", "cartesian", image.texts.get("source", ""))


def _check_names(path: Path, names: Mapping[str, str], columns: Mapping[str, Any]) -> None:
    lacking = [f"{path}: has no array '{stored}' for {name}" for name, stored in names.items() if name not in columns]
    if lacking:
        raise InputError(lacking)


class _Checked:
    """A raw file on its way to a field: every fault is noted, and all are raised together."""

    def __init__(self, path: Path, raw: _Raw, units: dict[str, str], frame: str | None, radius: float | None) -> None:
        self.path, self.raw, self.units, self.frame, self.radius = path, raw, units, frame, radius
        self.faults: list[str] = []

    def field(self) -> FieldFile:
        """The field. Raises InputError with all faults."""
        self._check_frame()
        if self.raw.geometry not in AXES:
            self._fault(f"geometry = '{self.raw.geometry}': allowed are {' and '.join(AXES)}")
            raise InputError(self.faults)
        axes = AXES[self.raw.geometry]
        needed = [name for name in (*axes, "B") if name not in self.raw.columns]
        if needed:
            text = f"a {self.raw.geometry} field needs {', '.join(axes)} and B"
            self._fault(f"has no dataset {', '.join(needed)}; {text}")
        if "u" not in self.raw.columns and "E" not in self.raw.columns:
            self._fault("has neither u nor E; one of them is needed for the electric field")
        columns = {name: self._converted(name) for name in self.raw.columns}
        if not self.faults:
            self._check_shapes(columns)
        if self.faults:
            raise InputError(self.faults)
        made = {name.lower(): columns.get(name) for name in ("u", "E", "n")}
        triple: Axes = (columns[axes[0]], columns[axes[1]], columns[axes[2]])
        b = columns["B"]
        if self.raw.components == "spherical":
            turn = _turn(triple)
            b = np.einsum("ijkab,ijkb->ijka", turn, b)
            made |= {k: np.einsum("ijkab,ijkb->ijka", turn, v) for k, v in made.items() if k != "n" and v is not None}
        return FieldFile(self.raw.geometry, triple, b, **made, source=self.raw.source, path=str(self.path))

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.path}: {text}")

    def _check_frame(self) -> None:
        allowed = ", ".join(f"'{name}'" for name in FRAMES)
        own, given = self.raw.frame, self.frame
        frame = own or given
        if frame is None:
            do = "give it the attribute (VTK: field data) `frame`, or the case field.frame"
            self._fault(f"does not say its frame; {do}: {allowed}")
        elif frame.lower() not in [name.lower() for name in FRAMES]:
            self._fault(
                f"frame = '{frame}': allowed are {allowed}, all with +x to the Sun and +z north of the orbital plane; "
                "rotate the grid and its vectors to such axes and write the file again"
            )
        elif own and given and _plain(own) != _plain(given):
            self._fault(f"the file says frame = '{own}', field.frame is '{given}'; take field.frame out")
        components = self.raw.components
        allowed_components = ("cartesian", "spherical") if self.raw.geometry == "spherical" else ("cartesian",)
        if components not in allowed_components:
            self._fault(f"components = '{components}': allowed with this geometry: {', '.join(allowed_components)}")

    def _converted(self, name: str) -> FloatArray:
        """A column in SI units."""
        values, own = self.raw.columns[name]
        key = "length" if name in ("x", "y", "z", "r") and name not in self.units else name
        unit = own or self.units.get(key)
        if unit is None:
            example = f"field.units.{key} (such as '{SI[name]}')"
            self._fault(f"'{name}' has no units; add the attribute `units` to it, or give {example}")
            return values
        if unit in ("radius", "radii") and SI[name] == "m":
            if self.radius is None:
                self._fault(f"'{name}' is in radii of the body, which is not known here; give it in km")
                return values
            return values * self.radius
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                return np.asarray(values * factor(unit, SI[name], f"'{name}'"))
        except ValueError as error:
            self._fault(f"'{name}': {error}")
            return values

    def _check_shapes(self, columns: dict[str, FloatArray]) -> None:
        axes = AXES[self.raw.geometry]
        for name in axes:
            axis = columns[name]
            if axis.ndim != 1 or axis.size < 2 or not np.isfinite(axis).all() or not (np.diff(axis) > 0.0).all():
                self._fault(f"'{name}' must be a row of at least two finite numbers that increase")
                return
        shape = tuple(columns[name].size for name in axes)
        for name, values in columns.items():
            if name in axes:
                continue
            wanted = shape if name == "n" else (*shape, 3)
            if values.shape != wanted:
                self._fault(f"'{name}' has the shape {values.shape}, not {wanted} of the axes {', '.join(axes)}")
                continue
            bad = ~np.isfinite(values)
            if bad.any():
                first = np.argwhere(bad)[0]
                place = ", ".join(f"{a} = {columns[a][i]:.6g} {SI[a]}" for a, i in zip(axes, first, strict=False))
                self._fault(
                    f"'{name}' has {int(bad.sum())} values that are not finite, the first at {place}; fill them "
                    "(with 0 inside the body, where no particle comes)"
                )
            elif float(np.abs(values).max(initial=0.0)) > MOST[name]:
                worst = float(np.abs(values).max())
                self._fault(
                    f"'{name}' reaches {worst:.3g} {SI[name]}; allowed: up to {MOST[name]:g} {SI[name]}; check its "
                    "units, and that no number marks missing values"
                )
            if name == "n" and (values < 0.0).any():
                self._fault("'n' is negative in places")


def _plain(frame: str) -> str:
    """All names of a frame are one."""
    return FRAMES[0] if frame.lower() in [name.lower() for name in FRAMES] else frame


def _turn(axes: Axes) -> FloatArray:
    """Matrices from spherical to Cartesian components at the nodes."""
    _, colatitude, longitude = np.meshgrid(*axes, indexing="ij")
    c, s, cp, sp = np.cos(colatitude), np.sin(colatitude), np.cos(longitude), np.sin(longitude)
    rows = [[s * cp, c * cp, -sp], [s * sp, c * sp, cp], [c, -s, np.zeros_like(c)]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
