"""The result file: written block by block, atomically; read whole, with its units and errors.

`result.h5` and `summary.json` are a documented contract (docs/results.md) with a schema version. A reader
refuses a newer schema instead of guessing. All numbers in the file are SI.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from exobase.errors import InputError
from exobase.geometry.space import Space, space_of
from exobase.io.diskfile import DiskFile
from exobase.io.files import discard, is_there, sync, to_json, write_failure, write_text_atomic
from exobase.io.fixed_text import fixed, fixed_list, text_type
from exobase.io.places import RESULT_NAME as RESULT_NAME
from exobase.io.places import SUMMARY_NAME as SUMMARY_NAME
from exobase.io.places import output_of, result_of, summary_of
from exobase.io.scales import attach_scales, is_scale

SCHEMA_VERSION = 1
_FORMAT = ("v110", "v110")  # its metadata carry checksums

Array = npt.NDArray[Any]
Selection = Any


@dataclass(frozen=True)
class Variable:
    """What a dataset is: its unit, its meaning and the names of its axes."""

    units: str
    long_name: str
    dims: tuple[str, ...]


class ResultWriter:
    """Write a result file so that a reader finds either the whole file or none.

    with ResultWriter(path, attrs) as w:
        w.create("profile/density", (ns, nc), units="m-3", long_name="number density", dims=["species", "cell"])
        w.write("profile/density", (slice(None), slice(a, b)), block)
        w.put("grid/edges", edges, units="m", long_name="cell faces", dims=["edge"])

    Data goes to `<path>.tmp`, which takes the final name when the block ends without an exception and is deleted
    otherwise. Blocks may be written in any order; what is never written reads as NaN (floats) or 0.
    Raises RunError naming the path and the remedy where the disk refuses.
    """

    def __init__(self, path: Path | str, attrs: Mapping[str, Any]) -> None:
        self.path = Path(path)
        self._temporary = self.path.with_name(self.path.name + ".tmp")
        self._attrs = dict(attrs)
        self._file: h5py.File | None = None
        self._disk: DiskFile | None = None
        self._dims: dict[str, tuple[str, ...]] = {}

    def __enter__(self) -> ResultWriter:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._disk = DiskFile(self._temporary)
            self._file = h5py.File(self._disk, "w", libver=_FORMAT)
        except OSError as error:
            raise write_failure(self.path, error) from error
        self.attrs("/", {"schema_version": SCHEMA_VERSION, **self._attrs})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            try:
                if value is None:
                    attach_scales(self._open(), self._dims)
            finally:
                self._close()
        except (OSError, RuntimeError) as error:
            discard(self._temporary)
            if value is None:
                raise write_failure(self.path, error) from error
            return
        if value is not None:
            discard(self._temporary)
            return
        try:
            os.replace(self._temporary, self.path)
            sync(self.path.parent)
        except OSError as error:
            raise write_failure(self.path, error) from error

    def attrs(self, name: str, values: Mapping[str, Any]) -> None:
        """Attach attributes to a group or dataset (the group is made if missing); None is stored as an empty text."""
        file = self._open()
        node = file if name == "/" else (file[name] if name in file else file.create_group(name))
        try:
            for key, value in values.items():
                node.attrs[key] = _attribute(value)
        except (OSError, RuntimeError) as error:
            raise write_failure(self.path, error) from error

    def create(
        self,
        name: str,
        shape: Sequence[int],
        *,
        units: str,
        long_name: str,
        dims: Sequence[str],
        dtype: npt.DTypeLike = float,
    ) -> None:
        """Reserve a dataset `group/name` of the given shape, to be filled by `write`.

        units: SI unit text ("1" where there is none); dims: one name per axis, shared over the file.
        Raises ValueError where dims do not match the shape, or the name has no group.
        """
        if "/" not in name.strip("/"):
            raise ValueError(f"result dataset '{name}' needs a group, as in 'profile/density'")
        if len(dims) != len(tuple(shape)):
            raise ValueError(f"result dataset '{name}': {len(tuple(shape))} axes but dims {list(dims)}")
        kind = np.dtype(dtype)
        size = tuple(int(n) for n in shape)
        try:
            data = self._open().create_dataset(
                name,
                size,
                dtype=text_type(kind.itemsize) if kind.kind in "US" else kind,
                fillvalue=np.nan if kind.kind == "f" else None,
                fletcher32=True if size and 0 not in size else None,
            )
            data.attrs["units"] = fixed(units)
            data.attrs["long_name"] = fixed(long_name)
            data.attrs["dims"] = _attribute(list(dims))
            self._dims[name] = tuple(dims)
            self._check_disk()
        except (OSError, RuntimeError) as error:
            raise write_failure(self.path, error) from error

    def write(self, name: str, selection: Selection, array: npt.ArrayLike) -> None:
        """Fill a selection (slices or `...`) of a dataset made by `create`."""
        data = np.asarray(array)
        if data.dtype.kind == "U":
            data = fixed_list(map(str, data.ravel())).reshape(data.shape)
        try:
            self._open()[name][selection] = data
            self._check_disk()
        except (OSError, RuntimeError) as error:
            raise write_failure(self.path, error) from error

    def put(self, name: str, array: npt.ArrayLike, *, units: str, long_name: str, dims: Sequence[str]) -> None:
        """Create a dataset and write all of it."""
        data = np.asarray(array)
        self.create(name, data.shape, units=units, long_name=long_name, dims=dims, dtype=data.dtype)
        if data.size:
            self.write(name, ..., data)

    def _open(self) -> h5py.File:
        if self._file is None:
            raise ValueError("ResultWriter is used outside its 'with' block")
        return self._file

    def _close(self) -> None:
        file, self._file = self._file, None
        disk, self._disk = self._disk, None
        try:
            if file is not None:
                file.close()
            if disk is not None:
                disk.sync()
        finally:
            if disk is not None:
                disk.close()

    def _check_disk(self) -> None:
        if self._disk is not None:
            self._disk.check()


@dataclass(frozen=True)
class Result:
    """A result file in memory: arrays by `group/name`, what they are, and the attributes of every group.

    `result["profile/density"]` is the array [species, cell]; `result.stderr(name)` its standard error.
    """

    path: Path
    attrs: dict[str, Any]
    data: dict[str, Array]
    variables: dict[str, Variable]
    group_attrs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Array:
        try:
            return self.data[name]
        except KeyError:
            raise InputError([f"{self.path}: has no dataset '{name}'"]) from None

    def __contains__(self, name: object) -> bool:
        return name in self.data

    def get(self, name: str) -> Array | None:
        """The array, or None where the file has none."""
        return self.data.get(name)

    def stderr(self, name: str) -> Array:
        """Standard error of a dataset, NaN where the file holds none."""
        found = self.data.get(name + "_stderr")
        return np.full(self[name].shape, np.nan) if found is None else found

    @property
    def space(self) -> Space:
        """The space that the run was in."""
        return space_of({"geometry": self.attrs.get("geometry", "radial")} | self.case)

    def group(self, name: str) -> dict[str, Array]:
        """All arrays of one group by their short names."""
        return {key[len(name) + 1 :]: value for key, value in self.data.items() if key.startswith(name + "/")}

    def attributes(self, group: str) -> dict[str, Any]:
        """Attributes of a group, empty where it has none."""
        return self.group_attrs.get(group, {})

    @property
    def species(self) -> list[str]:
        """Species names in file order."""
        return [str(name) for name in self["species/names"]]

    def index(self, species: str) -> int:
        """Row of a species. Raises InputError naming the ones present."""
        names = self.species
        if species not in names:
            raise InputError([f"{self.path}: no species '{species}' in the result (it has {', '.join(names)})"])
        return names.index(species)

    @property
    def case(self) -> dict[str, Any]:
        """The resolved case (SI) stored with the result."""
        text = self.attrs.get("case_json", "")
        return dict(json.loads(text)) if text else {}


def read_result(path: Path | str) -> Result:
    """Load a result completely: of a case directory, its case.toml, an output folder, or a result file.

    Raises InputError where the file is missing, truncated, not a result of exobase, or of a newer schema.
    """
    return load_file(result_of(path))


def load_file(path: Path) -> Result:
    """Load a file that ResultWriter wrote, whatever it holds. Raises InputError as read_result does."""
    try:
        with h5py.File(path, "r") as file:
            attrs = {key: _plain(value) for key, value in file.attrs.items()}
            _check_schema(path, attrs)
            return _load(path, file, attrs)
    except InputError:
        raise
    except Exception as error:  # h5py raises what it likes where bytes are wrong
        raise InputError(
            [f"{path}: cannot be read as a result file (damaged, cut or not HDF5): {error}; run the case again"]
        ) from error


def write_summary(path: Path | str, summary: Mapping[str, Any]) -> None:
    """Write `summary.json` atomically; NaN and infinity become null, numpy values plain numbers.

    Adds `schema_version`. Raises RunError where the disk refuses.
    """
    target = Path(path)
    text = json.dumps(to_json({"schema_version": SCHEMA_VERSION, **summary}), indent=2, allow_nan=False)
    write_text_atomic(target, text + "\n")


def read_summary(path: Path | str) -> dict[str, Any]:
    """Read a summary: of a case directory, its case.toml, an output folder, a file there, or the file itself.

    Raises InputError where missing, damaged or newer.
    """
    target = summary_of(path)
    try:
        summary = json.loads(target.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError([f"{target}: no readable {SUMMARY_NAME}: {error}"]) from error
    if not isinstance(summary, dict):
        raise InputError([f"{target}: is not a summary of exobase (a JSON object is expected)"])
    _check_schema(target, summary)
    return summary


def staged_output(path: Path | str) -> Path | None:
    """The output folder of a case of stages that has been run (given as read_summary takes it), None for all others."""
    given = Path(path)
    if not given.exists() or (is_there(given) and given.suffix not in (".toml", ".json")):
        return None  # nothing, or a result file
    folder = output_of(path)
    if not (folder / SUMMARY_NAME).is_file():
        return None
    return folder if read_summary(folder / SUMMARY_NAME).get("solver") == "stages" else None


def _load(path: Path, file: h5py.File, attrs: dict[str, Any]) -> Result:
    data: dict[str, Array] = {}
    variables: dict[str, Variable] = {}
    groups: dict[str, dict[str, Any]] = {}

    def visit(name: str, node: Any) -> None:
        if isinstance(node, h5py.Group):
            groups[name] = {key: _plain(value) for key, value in node.attrs.items()}
            return
        if is_scale(node):
            return
        try:
            array = node.asstr()[...].astype(str) if h5py.check_string_dtype(node.dtype) else node[...]
        except Exception as error:
            raise InputError([f"{path}: dataset '{name}' is damaged: {error}; run the case again"]) from error
        data[name] = np.asarray(array)
        dims = _plain(node.attrs["dims"]) if "dims" in node.attrs else [f"axis_{k}" for k in range(node.ndim)]
        variables[name] = Variable(
            units=str(_plain(node.attrs.get("units", ""))),
            long_name=str(_plain(node.attrs.get("long_name", name))),
            dims=tuple(str(dim) for dim in dims),
        )

    file.visititems(visit)
    return Result(path=path, attrs=attrs, data=data, variables=variables, group_attrs=groups)


def _check_schema(path: Path, attrs: Mapping[str, Any]) -> None:
    version = attrs.get("schema_version")
    if not isinstance(version, int):
        raise InputError([f"{path}: is not a result of exobase (no schema_version)"])
    if version > SCHEMA_VERSION:
        raise InputError(
            [f"{path}: schema {version} is newer than this exobase reads (up to {SCHEMA_VERSION}); update exobase"]
        )


def _attribute(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        if all(isinstance(item, str) for item in value):
            return fixed_list(value)
        if all(isinstance(item, (int, float, bool)) for item in value):
            return np.asarray(value)
    if isinstance(value, (dict, set, list, tuple)):
        return fixed(json.dumps(to_json(value)))
    if value is None or isinstance(value, (str, Path)):
        return fixed("" if value is None else str(value))
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value.tolist()]
    if isinstance(value, h5py.Empty):
        return ""
    return value
