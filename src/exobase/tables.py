"""Reader of the TOML tables shipped in the package's data folder.

Beside config/, which reads what users write, this is the one place that parses TOML: the species and body tables
are needed below config/.
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from importlib.resources import files
from typing import Any


def load_table(name: str) -> dict[str, Any]:
    """Return the TOML table `name` (for example "species.toml") of the package's data folder.

    Raises FileNotFoundError or tomllib.TOMLDecodeError only if the installation is damaged.
    """
    return tomllib.loads(files("exobase").joinpath("data", name).read_text(encoding="utf-8"))


def nearest_name(given: str, names: list[str]) -> str:
    """Return the one of `names` (not empty) that looks most like `given`, whatever the letter case."""
    lower = [name.lower() for name in names]
    return names[lower.index(get_close_matches(given.lower(), lower, n=1, cutoff=0.0)[0])]
