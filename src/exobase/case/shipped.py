"""The cases that come with exobase: where they are, and which one a name means."""

from __future__ import annotations

import difflib
from pathlib import Path

from exobase.errors import InputError

PACKAGE = Path(__file__).resolve().parents[1]
FOLDERS = (PACKAGE.parents[1] / "cases", PACKAGE / "cases")
"""Beside the sources of a checkout; in an installed package."""


def shipped_cases() -> Path:
    """The folder of the shipped cases. Raises InputError if there is none."""
    for folder in FOLDERS:
        if any(folder.glob("*/case.toml")):
            return folder
    raise InputError(f"the shipped cases are missing from {FOLDERS[-1]}: install exobase again")


def shipped_names() -> list[str]:
    """Names of the shipped cases in alphabetical order; none if the folder is missing."""
    return sorted({path.parent.name for folder in FOLDERS for path in folder.glob("*/case.toml")})


def find_case(given: Path) -> Path:
    """The directory of a case: `given` itself, or the shipped case of that name (a path wins over a name).

    Raises InputError, with the nearest name, if it is neither.
    """
    if given.name == "case.toml" and given.is_file():
        return given.parent
    if (given / "case.toml").is_file():
        return given
    names = shipped_names()
    if str(given) in names:
        return shipped_cases() / given
    near = difflib.get_close_matches(given.name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise InputError(
        f"{given}: no case here; give a case directory with a case.toml or the name of a shipped case: "
        f"{', '.join(names)}{hint}"
    )
