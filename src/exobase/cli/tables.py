"""Tables of results as CSV text: profiles, and of test-particle runs spectra and the table of births."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from exobase.constants import EV
from exobase.errors import InputError
from exobase.solvers import solver_of

if TYPE_CHECKING:
    from exobase.io.results import Array, Result

Tables = Mapping[str, Callable[["Result", Sequence[str] | None], str]]
_PROVENANCE = ("case_name", "title", "exobase_version", "created", "status", "state_digest")


def table_as_csv(result: Result, kind: str = "profile", species: Sequence[str] | None = None) -> str:
    """One of the tables of a result by name. Raises InputError for an unknown name or species."""
    kinds: Tables = solver_of(result.attrs).csv(result)
    if kind not in kinds:
        raise InputError(f"there is no table {kind!r} of this result; allowed: {', '.join(kinds)}")
    return kinds[kind](result, species)


def profiles_as_csv(result: Result, species: Sequence[str] | None = None) -> str:
    """Profiles per species and of the gas, a row per cell.

    Columns are named quantity_species [unit]; standard errors follow their quantity as quantity_stderr_species.
    Raises InputError for an unknown species.
    """
    cells = len(result["grid/r"])
    columns = {"r [m]": result["grid/r"]}
    for name in species or result.species:
        row = result.index(name)
        for quantity, values in sorted(result.group("profile").items()):
            if values.ndim == 2 and values.shape[1] == cells:
                columns[f"{quantity}_{name} [{_unit(result, 'profile/' + quantity)}]"] = values[row]
    for group, prefix in (("gas", "gas_"), ("profile", "gas_")):
        for quantity, values in sorted(result.group(group).items()):
            if values.shape == (cells,):
                columns[f"{prefix}{quantity} [{_unit(result, f'{group}/{quantity}')}]"] = values
    return _csv(result, columns)


def spectra_as_csv(result: Result, species: Sequence[str] | None = None) -> str:
    """Differential fluxes through every surface, up and down, a row per surface and energy cell."""
    surfaces = np.asarray(result["surface/radius"])
    energies = np.asarray(result["energy/edges"]) / EV
    cells = energies.size - 1
    columns: dict[str, Array] = {
        "altitude [km]": np.repeat(_altitude(result, surfaces), cells),
        "energy_from [eV]": np.tile(energies[:-1], surfaces.size),
        "energy_to [eV]": np.tile(energies[1:], surfaces.size),
    }
    for name in species or result.species:
        row = result.index(name)
        for way in ("up", "down"):
            quantity, factor = f"surface/spectrum_{way}", 1e-4 * EV
            columns[f"flux_{way}_{name} [cm-2 s-1 eV-1]"] = factor * result[quantity][row].ravel()
            columns[f"flux_{way}_stderr_{name} [cm-2 s-1 eV-1]"] = factor * result.stderr(quantity)[row].ravel()
    return _csv(result, columns, ["kinetic energy at the surface; up: away from the body"])


def births_as_csv(result: Result, species: Sequence[str] | None = None) -> str:
    """Escape probability P(z, E), a row per altitude and energy cell in which a particle was born.

    Multiplied by a production rate per volume and energy and summed over the cells it gives the escape rate of any
    source with the same directions of birth in the same atmosphere. Beside the probability that the particle itself
    escapes stands the yield, all particles of any species that escape per birth, recoils counted.
    """
    shells, energies = np.asarray(result["births/edges"]), np.asarray(result["energy/edges"]) / EV
    names = list(species or result.species)
    rates = [np.asarray(result["births/rate"])[result.index(name)] for name in names]
    z, e = np.nonzero(np.sum(rates, axis=0) > 0.0)
    low, high = _altitude(result, shells[:-1]), _altitude(result, shells[1:])
    columns: dict[str, Array] = {
        "altitude [km]": 0.5 * (low + high)[z],
        "energy [eV]": 0.5 * (energies[1:] + energies[:-1])[e],
        "altitude_from [km]": low[z],
        "altitude_to [km]": high[z],
        "energy_from [eV]": energies[e],
        "energy_to [eV]": energies[e + 1],
    }
    for name, rate in zip(names, rates, strict=True):
        row = result.index(name)
        columns[f"births_{name} [s-1]"] = rate[z, e]
        for quantity, label in (("escape_probability", "probability"), ("escape_yield", "yield")):
            columns[f"{label}_{name} [1]"] = result[f"births/{quantity}"][row][z, e]
            columns[f"{label}_stderr_{name} [1]"] = result.stderr(f"births/{quantity}")[row][z, e]
    notes = [
        "probability: that a particle born in the cell escapes; yield: escapes per birth, recoils counted",
        "cells without births are left out; nan: none of this species was born there",
    ]
    return _csv(result, columns, notes)


def gas_tables(result: Result) -> Tables:
    """The tables of a DSMC run."""
    return {"profile": profiles_as_csv}


def history_tables(result: Result) -> Tables:
    """The tables of a test-particle run."""
    return {"profile": profiles_as_csv, "spectra": spectra_as_csv, "births": births_as_csv}


def _csv(result: Result, columns: Mapping[str, Array], notes: Iterable[str] = ()) -> str:
    """Header of comments, column names, and the rows."""
    lines = [f"# {key}: {result.attrs.get(key, '')}" for key in _PROVENANCE]
    lines += [f"# {note}" for note in notes]
    lines.append(", ".join(columns))
    lines += [", ".join(f"{value:.10g}" for value in row) for row in zip(*columns.values(), strict=True)]
    return "\n".join(lines) + "\n"


def _altitude(result: Result, r: Array) -> Array:
    """Altitudes [km] above the radius from which the case counts them."""
    return (np.asarray(r, dtype=float) - float(result.attributes("grid").get("body_radius", 0.0))) / 1e3


def _unit(result: Result, name: str) -> str:
    variable = result.variables.get(name)
    return str(variable.units) if variable is not None else ""
