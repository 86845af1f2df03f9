"""Whether two resolved cases simulate the same: names, texts and the places of files do not count, contents do."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

LOOSE = ("path", "toml_text", "overrides", "title", "description", "checks", "initial_file", "name")
"""Keys of a resolved case that do not change what is simulated."""

# What was read from a file stands in the case itself, by value or as a digest.
_PLACES = {"background": ("source", "notes"), "field": ("file",)}


def without_places(data: dict[str, Any]) -> dict[str, Any]:
    """The dictionary of a resolved case without the names of the files that it was read from."""
    found = dict(data)
    for key, names in _PLACES.items():
        part = found.get(key)
        if isinstance(part, dict):
            found[key] = {name: value for name, value in part.items() if name not in names}
    return found


def simulated(data: dict[str, Any]) -> dict[str, Any]:
    """The dictionary of a resolved case without all that does not change what is simulated."""
    return {key: value for key, value in without_places(data).items() if key not in LOOSE}


def digest_of(path: Path | str) -> str:
    """SHA-256 of a file."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def start_digest(data: dict[str, Any]) -> str:
    """SHA-256 of the `initial_file` of a resolved case, which holds its path only; "" where it has none."""
    file = data.get("initial_file")
    return digest_of(str(file)) if file else ""
