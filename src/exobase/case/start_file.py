"""The profile for the first gas of a run (`initial_file`): read when the case is, and what its reader must know."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from exobase.case.model import Case
from exobase.case.resolve_background import profile_notes
from exobase.case.resolve_checks import Report
from exobase.errors import InputError
from exobase.io import Profile, read_profile
from exobase.io.files import is_there

KEY = "initial_file"
_SLACK = 1e-6  # of the radius: rows may end so far inside the domain without a note


def find_start_file(
    folder: Path, name: str, radius: float | None, species: Sequence[str], edges: tuple[float, float], report: Report
) -> Path:
    """The path of the file ``name`` of a case in ``folder``, read once; what keeps a run from it is reported.

    radius [m]: from which altitudes count (None: not known); species: of the case; edges [m]: of the domain.
    """
    file = folder / name
    if not is_there(file):
        report(KEY, f"there is no file {file}", name)
        return file
    try:
        table = read_profile(file, radius)
    except InputError as error:
        for message in error.messages:
            report(KEY, message, name)
        return file
    missing = [one for one in species if one not in table.species]
    if missing:
        have = ", ".join(table.species)
        why = "".join(table.why_not(one) for one in missing)
        text = f"{file}: has no species {', '.join(missing)} (it has {have}){why}; add a column 'density_{missing[0]}'"
        report(KEY, text, name)
    if table.r[-1] <= edges[0] or table.r[0] >= edges[1]:
        report(KEY, f"{file}: covers {_span(table)}, the domain is {edges[0]:g} m to {edges[1]:g} m", name)
    elif not missing and not any(bool(table.species[one].density.any()) for one in species):
        report(KEY, f"{file}: the density of every species is 0 in all rows", name)
    return file


def start_notes(case: Case) -> list[str]:
    """One line for whatever a run adds to its `initial_file`: temperatures, and gas beyond the first or last row."""
    if case.initial_file is None:
        return []
    table = read_profile(case.initial_file, case.body_radius)
    notes = list(profile_notes(table))
    for i, s in enumerate(case.species):
        entry = table.species.get(s.name)
        if entry is not None and entry.temperature is None:
            notes.append(
                f"{KEY}: {table.source} has no temperature of {s.name}: species.{i}.temperature = "
                f"{s.temperature:g} K is used"
            )
        if entry is not None and not entry.density.any():
            notes.append(f"{KEY}: the density of {s.name} is 0 in all rows of {table.source}")
    slack = _SLACK * case.r_outer
    if case.r_inner < table.r[0] - slack or case.r_outer > table.r[-1] + slack:
        notes.append(
            f"{KEY}: {table.source} covers {_span(table)}, the domain is {case.r_inner:g} m to {case.r_outer:g} m: "
            "beyond its rows the values of the first or last row are used"
        )
    return notes


def _span(table: Profile) -> str:
    low, high = float(np.min(table.r)), float(np.max(table.r))
    return f"r = {low:g} m to {high:g} m"
