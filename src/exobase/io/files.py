"""Small parts of writing files safely: sync, atomic text, plain JSON values."""

from __future__ import annotations

import contextlib
import errno
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from exobase.errors import RunError
from exobase.io.own import note


def is_there(path: Path) -> bool:
    """Whether a path from a case names a file; a name that no system takes (too long, a NUL) names none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def readable_name(path: Path) -> str:
    """The name of a folder as text, whatever the locale; bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(path.resolve().name).decode("utf-8", "replace")


def write_text_atomic(path: Path, text: str) -> None:
    """Write a text file under a temporary name, sync it and rename it. Raises RunError where the disk refuses.

    A link at the temporary name is removed, not followed (here and in all writers).
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        discard(temporary)
        # A folder name that is no UTF-8 may stand in the text.
        with temporary.open("x", encoding="utf-8", errors="backslashreplace") as stream:
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


def remedy(path: Path, error: BaseException) -> str:
    """What to do about a refused write of a file, by its cause."""
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Correct the permissions of {path.parent}, or use another folder"
    if number in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
        return "A file stands where a folder is needed, or the reverse: move it away, or use another name"
    if number in (errno.ENOENT, errno.ESTALE):
        return f"The folder {path.parent} is gone: make it again, or mount its disk"
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "Free disk space"
    return f"Free disk space, or correct what is wrong with {path.parent}"


def write_failure(path: Path, error: BaseException) -> RunError:
    """The error that a refused write becomes."""
    again = "then try again; 'exobase resume' continues a run from its last checkpoint"
    return RunError(f"{path}: cannot be written: {error}. {remedy(path, error)}, {again}.")
