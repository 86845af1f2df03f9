"""Finished tasks on disk, each with the key of what it depends on, so that a validation can be cut and continued."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from exobase.io.files import write_text_atomic
from exobase_verify.row import Row, Size

VERSION = 1


@dataclass(frozen=True)
class Finished:
    """Rows of a task and the seconds it took."""

    rows: tuple[Row, ...]
    seconds: float


def path_of(output: Path, size: Size, name: str) -> Path:
    """Where the rows of a task are kept."""
    return output / size / "rows" / f"{name}.json"


def save(path: Path, key: str, finished: Finished) -> None:
    """Write the rows of a task, whole or not at all. Raises RunError where the disk refuses."""
    rows = [row.to_dict() for row in finished.rows]
    text = json.dumps({"version": VERSION, "key": key, "seconds": finished.seconds, "rows": rows}, indent=1)
    write_text_atomic(path, text + "\n")


def load(path: Path, key: str) -> Finished | None:
    """The rows of a task if they were computed from what ``key`` stands for, else None; so too for a damaged file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["version"] != VERSION or data["key"] != key:
            return None
        return Finished(tuple(Row.from_dict(row) for row in data["rows"]), float(data["seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
