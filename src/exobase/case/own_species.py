"""A species that the package's table does not have, from the keys of a case."""

from __future__ import annotations

from typing import Any

from exobase.case.resolve_checks import Report
from exobase.species import Species

_REFERENCE = 273.0  # K


def own_species(key: str, entry: Any, report: Report) -> Species | None:
    """The species of a table with name and mass; every "+" at the end of the name is a positive charge.

    None after an error was reported.
    """
    name = entry.name
    if not name or name != name.strip():
        report(f"{key}.name", "expected a name without blanks at its ends", name)
        return None
    if name.endswith("-"):
        report(f"{key}.name", "negative ions and electrons are not simulated; names of positive ions end in '+'", name)
        return None
    charge = len(name) - len(name.rstrip("+"))
    diameter = entry.diameter or 0.0
    return Species(name, entry.mass, charge, diameter, 0.5, _REFERENCE, 1.0, 0.0, "case file")
