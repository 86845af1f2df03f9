"""The cases that come with exobase: beside the sources in a checkout, inside the package where it is installed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exobase.case.copying import CASE_FILE
from exobase.config.draft import read_tables
from exobase.errors import InputError
from exobase.tables import nearest

PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class ShippedCase:
    """One case: its name, folder, title, description and solver ("dsmc", "test_particle" or "stages")."""

    name: str
    folder: Path
    title: str
    description: str
    solver: str


def shipped_cases() -> Path:
    """The folder of the shipped cases. Raises InputError where the installation has none."""
    for folder in (PACKAGE / "cases", PACKAGE.parents[1] / "cases"):
        if any(folder.glob(f"*/{CASE_FILE}")):
            return folder
    raise InputError(
        f"no shipped cases, neither in {PACKAGE / 'cases'} nor beside the sources: this installation lacks them; "
        "install exobase again"
    )


def shipped_case_names() -> list[str]:
    """Names of the shipped cases, sorted."""
    return sorted(path.parent.name for path in shipped_cases().glob(f"*/{CASE_FILE}"))


def shipped_case(name: str) -> ShippedCase:
    """The shipped case of that name. Raises InputError with the nearest name where there is none."""
    names = shipped_case_names()
    if name not in names:
        raise InputError(f"unknown case '{name}'{nearest(name, names) or ';'} shipped: {', '.join(names)}")
    folder = shipped_cases() / name
    tables = read_tables(folder)[2]
    title, description = (str(tables.get(key, "")) for key in ("title", "description"))
    return ShippedCase(name, folder, title, description, str(tables.get("solver", "dsmc")))


def find_case(given: Path) -> Path:
    """The directory of a case: `given` itself or its case.toml, else the shipped case of that name.

    Raises InputError, with the nearest name, if it is neither.
    """
    if given.name == CASE_FILE and given.is_file():
        return given.parent
    if (given / CASE_FILE).is_file():
        return given
    names = shipped_case_names()
    if str(given) in names:
        return shipped_cases() / given
    raise InputError(
        f"{given}: no case here{nearest(given.name, names) or ';'} "
        f"give a case directory with a case.toml, or the name of a shipped case: {', '.join(names)}"
    )
