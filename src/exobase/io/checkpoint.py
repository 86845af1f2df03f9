"""Checkpoints: one part file per rank and a manifest with checksums, complete or absent.

    output/checkpoint-000400/manifest.json   step, version, schema, parts (name, bytes, sha256), row ranges
    output/checkpoint-000400/part-000000.h5  arrays of rank 0, ...

Parts and manifest are written into `checkpoint-NNNNNN.tmp`, synced, and the folder is renamed last: a crash or a full
disk leaves the previous checkpoints untouched. The container knows nothing of physics: an array `axis/name` has leading
rows that are distributed over the parts as `manifest["rows"][axis]` = [[start, stop], ...] says, so that any number of
ranks can read its own rows again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from exobase.errors import InputError, RunError
from exobase.io.diskfile import DiskFile
from exobase.io.files import discard, remedy, sync

SCHEMA_VERSION = 4
MANIFEST_NAME = "manifest.json"


class SchemaError(InputError):
    """A checkpoint was written with another schema: it is whole, but not for this state of the package."""


Array = npt.NDArray[Any]
Manifest = dict[str, Any]

_NAME = re.compile(r"^checkpoint-(\d{6,})$")
_PART = re.compile(r"part-\d{6,}\.h5")
_SPARE_BYTES = 1 << 20


def folder_name(step: int) -> str:
    """`checkpoint-NNNNNN` for a step."""
    return f"checkpoint-{step:06d}"


def new_folder(path: Path) -> None:
    """Make an empty folder at a temporary name; a link there is removed, not followed. Raises OSError."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True, exist_ok=True)


def write_part(folder: Path, rank: int, arrays: Mapping[str, Array], attrs: Mapping[str, Any]) -> dict[str, Any]:
    """Write one rank's arrays and attributes to `folder/part-RRRRRR.h5`, synced to disk.

    arrays: by `axis/name`, leading axis = rows, any dtype of numpy numbers; attrs: numbers, text, or anything JSON.
    Returns the entry of the manifest: {"name", "sha256", "bytes"}. Raises RunError where the disk refuses; the folder
    is then incomplete and, having no manifest, is never taken for a checkpoint.
    """
    path = Path(folder) / f"part-{rank:06d}.h5"
    needed = sum(int(np.asarray(array).nbytes) for array in arrays.values()) + _SPARE_BYTES
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(path.parent).free
        if free < needed:
            raise OSError(f"{needed / 1e6:.0f} MB are needed and {free / 1e6:.0f} MB are free")
        _write_hdf5(path, arrays, attrs)
        return {"name": path.name, "sha256": _digest(path), "bytes": path.stat().st_size}
    except (OSError, RuntimeError) as error:
        discard(path)
        raise _write_failure(path, error) from error


def finish(folder_tmp: Path, final: Path, manifest: Mapping[str, Any]) -> Path:
    """Write the manifest into the temporary folder and give the folder its final name, the last and atomic act.

    manifest: at least "step", "parts" (from `write_part`, in rank order) and "rows" ({axis: [[start, stop], ...]});
    "schema" and "version" are added. Returns the final folder. Raises RunError where the disk refuses and ValueError
    where the manifest lacks a key or the row ranges have gaps.
    """
    content: Manifest = {"schema": SCHEMA_VERSION, "version": _version(), "rows": {}, **manifest}
    _check_manifest(content)
    content["manifest_sha256"] = _manifest_digest(content)
    folder_tmp, final = Path(folder_tmp), Path(final)
    old = final.with_name(final.name + ".old")
    try:
        target = folder_tmp / MANIFEST_NAME
        with target.open("w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=1, default=_json_default)
            stream.flush()
            os.fsync(stream.fileno())
        sync(folder_tmp)
        if final.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.replace(final, old)
        os.replace(folder_tmp, final)
        sync(final.parent)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise _write_failure(final, error) from error
    return final


def prune(output_dir: Path, keep: int = 2) -> list[Path]:
    """Delete checkpoints older than the newest `keep` complete ones, and what broken writes left behind.

    Completeness is judged by manifest and file sizes (no checksums), so that a damaged folder never counts as kept.
    Returns the folders deleted. To be called by one rank, after `finish`.
    """
    if keep < 1:
        raise ValueError(f"keep = {keep}: at least one checkpoint must be kept")
    found = _checkpoints(Path(output_dir))
    complete = [step for step, folder in found if _damage(folder, checksums=False) is None]
    oldest = complete[:keep][-1] if complete else None
    doomed = [folder for step, folder in found if oldest is not None and step < oldest]
    doomed += [p for p in sorted(Path(output_dir).glob("checkpoint-*")) if p.is_dir() and p.suffix in (".tmp", ".old")]
    for folder in doomed:
        shutil.rmtree(folder, ignore_errors=True)
    return doomed


def find_latest_valid(
    output_dir: Path, checksums: bool = True, damaged: Mapping[Path, str] | None = None
) -> tuple[Path, Manifest, list[str]]:
    """The newest checkpoint whose manifest, sizes and checksums are right, with one message per damaged one skipped.

    checksums = False leaves the parts' SHA-256 to the caller (`part_damage`), so that ranks can share the reading;
    ``damaged`` names the folders found bad so, and why.
    Raises InputError, naming what was found, where no valid one exists.
    """
    messages: list[str] = []
    for _, folder in _checkpoints(Path(output_dir)):
        damage = (damaged or {}).get(folder) or _damage(folder, checksums)
        if damage is None:
            return folder, read_manifest(folder), messages
        messages.append(f"{folder}: unusable checkpoint skipped: {damage}")
    raise InputError([*messages, f"{output_dir}: no valid checkpoint to resume from; run the case with --overwrite"])


def refuse_other_schemas(output_dir: Path) -> None:
    """Raises SchemaError where the newest readable checkpoint of a run is of another schema."""
    for _, folder in _checkpoints(Path(output_dir)):
        try:
            read_manifest(folder)
        except SchemaError:
            raise
        except InputError:
            continue
        return


def version_note(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """A message where another version of exobase has written a checkpoint than the one that continues it."""
    then, now = str(manifest["version"]), _version()
    if then == now:
        return []
    return [f"{folder.name} was written by exobase {then} and is continued by {now}: the run is of two versions"]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a checkpoint folder.

    Raises InputError where it is missing, changed, incomplete or of another schema.
    """
    path = Path(folder) / MANIFEST_NAME
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        stored = manifest.pop("manifest_sha256")
        if stored != _manifest_digest(manifest):
            raise ValueError("its checksum does not match")
        _check_manifest(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError([f"{path}: unusable manifest: {error}"]) from error
    if manifest["schema"] != SCHEMA_VERSION:
        raise SchemaError(
            [
                f"{path}: schema {manifest['schema']}, written by another state of exobase ({manifest['version']}); "
                f"this one reads schema {SCHEMA_VERSION}: continue the run with that, or begin anew with --overwrite"
            ]
        )
    return dict(manifest)


def part_damage(folder: Path, entry: Mapping[str, Any], checksums: bool = True) -> str | None:
    """What is wrong with one part (missing, size, checksum), or None."""
    path = Path(folder) / str(entry["name"])
    try:
        size = path.stat().st_size
        if size != entry["bytes"]:
            return f"{path.name} has {size} bytes instead of {entry['bytes']}"
        if checksums and _digest(path) != entry["sha256"]:
            return f"{path.name} does not match its SHA-256"
    except OSError as error:
        return f"{path.name} cannot be read: {error}"
    return None


def read_rows(
    folder: Path, manifest: Mapping[str, Any], name: str, row_start: int, row_stop: int, axis: str | None = None
) -> Array:
    """Rows row_start <= row < row_stop of a distributed dataset, in global order.

    name: dataset as written; its axis is its first path component ("particle/r" -> "particle") unless given.
    Raises InputError where rows or dataset are missing, ValueError for an unknown axis.
    """
    axis = name.split("/", 1)[0] if axis is None else axis
    ranges = manifest["rows"].get(axis)
    if ranges is None:
        raise ValueError(f"{folder}: no axis '{axis}' in the checkpoint (it has {', '.join(manifest['rows'])})")
    total = max((stop for _, stop in ranges), default=0)
    if not 0 <= row_start <= row_stop <= total:
        raise InputError([f"{folder}: no rows {row_start}..{row_stop} of '{name}', the checkpoint has 0..{total}"])
    blocks: list[Array] = []
    for entry, (start, stop) in zip(manifest["parts"], ranges, strict=True):
        low, high = max(row_start, start), min(row_stop, stop)
        if low < high or (not blocks and start <= row_start <= stop):
            blocks.append(
                _read_block(Path(folder) / entry["name"], name, low - start, max(high, low) - start, stop - start)
            )
    return blocks[0] if len(blocks) == 1 else np.concatenate([block for block in blocks if len(block)] or blocks[:1])


def read_attr(folder: Path, manifest: Mapping[str, Any], name: str, part: int = 0) -> Any:
    """An attribute as given to `write_part` (tuples come back as lists). Raises InputError where missing."""
    path = Path(folder) / manifest["parts"][part]["name"]
    try:
        with h5py.File(path, "r") as file:
            return json.loads(file.attrs[name])
    except (OSError, KeyError, ValueError) as error:
        raise InputError([f"{path}: no readable attribute '{name}': {error}"]) from error


def _read_block(path: Path, name: str, low: int, high: int, rows: int) -> Array:
    try:
        with h5py.File(path, "r") as file:
            data = file[name]
            if data.shape[0] != rows:
                raise InputError([f"{path}: '{name}' has {data.shape[0]} rows, the manifest says {rows}"])
            return np.asarray(data[low:high])
    except (OSError, KeyError) as error:
        raise InputError([f"{path}: dataset '{name}' cannot be read: {error}"]) from error


def _write_hdf5(path: Path, arrays: Mapping[str, Array], attrs: Mapping[str, Any]) -> None:
    disk = DiskFile(path)
    try:
        with h5py.File(disk, "w") as file:
            for name, array in arrays.items():
                file.create_dataset(name, data=np.ascontiguousarray(array))
                disk.check()
            for key, value in attrs.items():
                file.attrs[key] = json.dumps(value, default=_json_default)
        disk.sync()
    finally:
        disk.close()


def _checkpoints(output_dir: Path) -> list[tuple[int, Path]]:
    """(step, folder) of every finished checkpoint, newest first."""
    if not output_dir.is_dir():
        return []
    matches: Iterable[tuple[re.Match[str] | None, Path]] = ((_NAME.match(p.name), p) for p in output_dir.iterdir())
    return sorted(((int(match[1]), p) for match, p in matches if match and p.is_dir()), reverse=True)


def _damage(folder: Path, checksums: bool) -> str | None:
    try:
        manifest = read_manifest(folder)
    except InputError as error:
        return str(error)
    for entry in manifest["parts"]:
        damage = part_damage(folder, entry, checksums)
        if damage is not None:
            return damage
    return None


def _check_manifest(manifest: Mapping[str, Any]) -> None:
    missing = [key for key in ("step", "parts", "rows", "schema", "version") if key not in manifest]
    if missing:
        raise ValueError(f"manifest lacks {', '.join(missing)}")
    for key, kind in (("step", int), ("schema", int), ("version", str), ("parts", list), ("rows", dict)):
        if not isinstance(manifest[key], kind) or isinstance(manifest[key], bool):
            raise ValueError(f"{key} = {manifest[key]!r} is no {kind.__name__}")
    for entry in manifest["parts"]:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not _PART.fullmatch(name):
            raise ValueError(f"part {name!r}: parts are files of this folder, part-NNNNNN.h5")
        if not isinstance(entry.get("bytes"), int) or not isinstance(entry.get("sha256"), str):
            raise ValueError(f"{name} has no size or no checksum")
    for axis, ranges in manifest["rows"].items():
        if not isinstance(ranges, list) or not all(_is_range(r) for r in ranges):
            raise ValueError(f"axis '{axis}': row ranges are pairs of whole numbers")
        if len(ranges) != len(manifest["parts"]):
            raise ValueError(f"axis '{axis}' has {len(ranges)} row ranges for {len(manifest['parts'])} parts")
        expected = 0
        for start, stop in ranges:
            if start != expected or stop < start:
                raise ValueError(f"axis '{axis}': row range [{start}, {stop}] does not follow row {expected}")
            expected = stop


def _is_range(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(type(v) is int for v in value)


def _manifest_digest(manifest: Mapping[str, Any]) -> str:
    plain = {key: value for key, value in manifest.items() if key != "manifest_sha256"}
    text = json.dumps(plain, sort_keys=True, default=_json_default)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _json_default(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be stored in a checkpoint's attributes")


def _version() -> str:
    try:
        return metadata.version("exobase")
    except metadata.PackageNotFoundError:
        return "unknown"


def _write_failure(path: Path, error: BaseException) -> RunError:
    what = remedy(path, error).replace("Free disk space", "Free disk space (or lower run.checkpoint_keep)")
    return RunError(
        f"{path}: checkpoint cannot be written: {error}. {what}, then resume: the previous checkpoint is intact."
    )
