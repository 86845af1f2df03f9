"""Reader of the TOML tables shipped in the package's data folder.

Beside config/, which reads what users write, this is the one place that parses TOML: the species and body tables
are needed below config/.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from importlib.resources import files
from typing import Any


def load_table(name: str) -> dict[str, Any]:
    """Return the TOML table `name` (for example "species.toml") of the package's data folder.

    Raises FileNotFoundError or tomllib.TOMLDecodeError only if the installation is damaged.
    """
    return tomllib.loads(files("exobase").joinpath("data", name).read_text(encoding="utf-8"))


NEAR = 0.6
"""Least similarity (0: nothing in common, 1: the same) of a name that is suggested for another one."""


def nearest_name(given: object, names: Iterable[str]) -> str:
    """Return the one of `names` that looks most like `given`, whatever the letter case, or "" where none is near."""
    lower: dict[str, str] = {}
    for name in names:
        lower.setdefault(name.lower(), name)
    found = get_close_matches(str(given).lower(), list(lower), n=1, cutoff=NEAR)
    return lower[found[0]] if found else ""


def nearest(given: object, allowed: Iterable[str]) -> str:
    """Hint "; did you mean 'x'?" with the nearest allowed name, or nothing where none is near."""
    name = nearest_name(given, allowed)
    return f"; did you mean {name!r}?" if name else ""
