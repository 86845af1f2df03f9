"""The species of a gas or particle that a case names: from the package's table, from the keys of the case, or both."""

from __future__ import annotations

import dataclasses
from typing import Any

from exobase.case.resolve_checks import Report
from exobase.species import Species, species_names, unknown_species
from exobase.species import species as find_species

_REFERENCE = 273.0  # K


def gas_species(key: str, entry: Any, report: Report) -> Species | None:
    """The species of a table with name, and mass and diameter where they are not those of the package's table."""
    base: Species | None
    if entry.name in species_names():
        base = find_species(entry.name)
    elif entry.mass is not None:
        base = own_species(key, entry, report)
    else:
        report(f"{key}.name", unknown_species(entry.name), entry.name)
        return None
    if base is None:
        return None
    changes = {name: getattr(entry, name) for name in ("mass", "diameter") if getattr(entry, name) is not None}
    if changes and base.source != "case file":
        changes["source"] = f"{base.source}; {', '.join(changes)} from the case file"
    return dataclasses.replace(base, **changes)


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
