"""Small parts of writing files safely: sync, atomic text, plain JSON values."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from exobase.errors import RunError
from exobase.io.own import note


def write_text_atomic(path: Path, text: str) -> None:
    """Write a text file under a temporary name, sync it and rename it. Raises RunError where the disk refuses.

    A link at the temporary name is removed, not followed (here and in all writers).
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        discard(temporary)
        with temporary.open("x", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        discard(temporary)
        raise write_failure(path, error) from error
    note(path)


def discard(path: Path) -> None:
    """Delete a file if it is there, without a second error where the first one left it undeletable."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def to_json(value: Any) -> Any:
    """Plain JSON values from numpy scalars, arrays, tuples and paths; not-finite floats become None."""
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return to_json(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(item) for item in value]
    if isinstance(value, np.generic):
        return to_json(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


def sync(path: Path) -> None:
    """Force a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_failure(path: Path, error: BaseException) -> RunError:
    """The error that a refused write becomes."""
    return RunError(
        f"{path}: cannot be written: {error}. Free disk space or correct the permissions of {path.parent}, "
        "then resume the case from its last checkpoint."
    )
