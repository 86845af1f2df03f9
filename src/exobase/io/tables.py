"""Profile tables: density, velocity and temperature of species against radius or altitude, from CSV or a result file.

A table declares its units, once, in one of two ways:

    # Mars, neutral atmosphere (any comment)            altitude [km], density_CO2 [cm-3], temperature [K]
    # units: km, cm-3, K                                180, 3.08e8, 270
    altitude, CO2, temperature
    180, 3.08e8, 270

Columns: `radius` or `altitude` (also `r`, `alt`), which increases (or decreases) strictly; `density_X` (or just `X`),
`u_r_X` and `temperature_X` of species X; `u_r` and `temperature` without a name hold for all species, except that ions
have `temperature_ion` (`T_i`) and electrons `temperature_e` (`T_e`). `O2+` is an ion, `density_e` are electrons;
`rate_X` is a rate per volume, of the recombination of X for instance. Numbers are converted to SI on reading. Between
the rows ln n, u_r and T are interpolated linearly; outside the table is an error.
Columns of standard errors and other quantities that `exobase export` writes are ignored, as are others with a unit that
is not one of density; a column with a fault is left out and named. How cells may be divided: `exobase.io.table_text`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.errors import InputError
from exobase.io.columns import factor, numbers_and_faults, split_head
from exobase.io.files import write_text_atomic
from exobase.io.results import Result, read_result
from exobase.io.table_text import Rows, read_lines, separator_of, split_lines
from exobase.solvers import solver_of
from exobase.species import species_names

FloatArray = npt.NDArray[np.float64]

_COORDINATES = {"radius": "radius", "r": "radius", "altitude": "altitude", "alt": "altitude", "z": "altitude"}
_SI = {"length": "m", "density": "m-3", "u_r": "m s-1", "temperature": "K", "rate": "m-3 s-1"}
# What `exobase export` writes besides, and a profile does not need.
_IGNORED = (
    "t_r_",
    "t_t_",
    "particle_flux_",
    "energy_flux_",
    "mach_",
    "knudsen_",
    "jeans_parameter_",
    "mean_free_path_",
    "particles_",
    "weight_",
    "samples_",
    "gas_",
)
_PREFIXES = (
    ("density_", "density"),
    ("n_", "density"),
    ("u_r_", "u_r"),
    ("temperature_", "temperature"),
    ("t_", "temperature"),
    ("rate_", "rate"),
)
# Temperatures that belong to no single species: of all (or all neutrals, where ions have their own), ions, electrons.
_TEMPERATURES = {
    **dict.fromkeys(("t", "tn", "t_n", "temperature", "temperature_neutral"), "temperature"),
    **dict.fromkeys(("ti", "t_i", "temperature_i", "temperature_ion", "temperature_ions"), "temperature_ion"),
    **dict.fromkeys(("te", "t_e", "temperature_e", "temperature_electron", "temperature_electrons"), "temperature_e"),
}
# Beyond every gas of an atmosphere, in SI: marks for missing values.
_MOST = {"density": 1e30, "rate": 1e30, "temperature": 1e9, "u": 1e8, "radius": 1e18, "altitude": 1e18}
_ELECTRON = "e"
_ELECTRONS = ("e", "e-", "electron", "electrons")


@dataclass(frozen=True)
class SpeciesProfile:
    """Density [n] m-3, radial velocity [n] m/s and temperature [n] K of one species (None where not given)."""

    density: FloatArray
    u_r: FloatArray | None = None
    temperature: FloatArray | None = None


@dataclass(frozen=True)
class Profile:
    """Profiles of several species on common points r [n] m, strictly increasing. source: the file they came from.

    Ions (names ending in "+") and electrons ("e") are species like others. rates: rates per volume by name [m-3 s-1].
    temperatures: those of all ions, "ion", and of the electrons, "e" [K], where the table has them. unusable: faults of
    columns that were left out, by canonical name; ignored: heads of columns that are no part of a profile; warnings:
    for the reader.
    """

    r: FloatArray
    species: dict[str, SpeciesProfile]
    source: str = ""
    rates: dict[str, FloatArray] = field(default_factory=dict)
    temperatures: dict[str, FloatArray] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def why_not(self, name: str) -> str:
        """Why a species that the file has a column for is not there: "; ..." to add to a message, or nothing."""
        found = [text for column, text in self.unusable.items() if column.partition("_")[2] == name]
        return f"; {found[0]}" if found else ""

    def at(self, name: str, r: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Density, u_r and temperature of a species at r [m]: ln n, u_r, T linear in r; n linear next to a zero.

        u_r is 0 where the table has none, T is NaN. Raises InputError outside the table or for an unknown species.
        """
        if name not in self.species:
            have = ", ".join(self.species)
            raise InputError([f"{self.source}: has no species '{name}' (it has {have}){self.why_not(name)}"])
        radius = np.asarray(r, dtype=float)
        slack = 1e-12 * abs(self.r[-1])
        if radius.size and (radius.min() < self.r[0] - slack or radius.max() > self.r[-1] + slack):
            raise InputError(
                [
                    f"{self.source}: {name} at r = {radius.min() / 1e3:.6g}..{radius.max() / 1e3:.6g} km: the table "
                    f"covers {self.r[0] / 1e3:.6g}..{self.r[-1] / 1e3:.6g} km; extend the table or shrink the domain"
                ]
            )
        entry = self.species[name]
        u_r = np.zeros_like(radius) if entry.u_r is None else np.interp(radius, self.r, entry.u_r)
        missing = entry.temperature is None
        temperature = np.full_like(radius, np.nan) if missing else np.interp(radius, self.r, entry.temperature)  # type: ignore[arg-type]
        return _log_interp(radius, self.r, entry.density), u_r, temperature


def read_profile(path: Path | str, planet_radius: float | None = None) -> Profile:
    """Read a profile from a CSV table, a result.h5, or a case directory that has one.

    planet_radius [m]: added to a column of altitudes. Raises InputError naming file, line and column.
    """
    target = Path(path)
    if target.is_dir() or target.suffix in (".h5", ".hdf5"):
        return profile_from_result(target)
    return _read_csv(target, planet_radius)


def write_profile(path: Path | str, profile: Profile, comments: Sequence[str] = ()) -> None:
    """Write a profile as CSV in SI, with units in the column heads, so that `read_profile` returns it exactly."""
    heads = ["radius [m]"]
    columns = [profile.r]
    for name, entry in profile.species.items():
        for quantity, values in (("density", entry.density), ("u_r", entry.u_r), ("temperature", entry.temperature)):
            if values is not None:
                heads.append(f"{quantity}_{name} [{_SI[quantity]}]")
                columns.append(values)
    for quantity, extra in (("rate", profile.rates), ("temperature", profile.temperatures)):
        for name, values in extra.items():
            if f"{quantity}_{name} [{_SI[quantity]}]" not in heads:
                heads.append(f"{quantity}_{name} [{_SI[quantity]}]")
                columns.append(values)
    lines = [f"# {line}" for line in comments]
    lines.append(", ".join(heads))
    lines += [", ".join(repr(float(value)) for value in row) for row in zip(*columns, strict=True)]
    write_text_atomic(Path(path), "\n".join(lines) + "\n")


def profile_from_result(path: Path | str) -> Profile:
    """The sampled profile of a result file; cells without samples take u_r = 0 and T from their neighbours.

    A test-particle run has densities only: no velocities and temperatures, which are not those of a gas.
    """
    result = read_result(path)
    profile: Profile = solver_of(result.attrs).start(result)
    return profile


def profile_of_gas(result: Result) -> Profile:
    """Density, velocity and temperature of every species. Raises InputError for one without a sampled cell."""
    r = np.asarray(result["grid/r"], dtype=float)
    species: dict[str, SpeciesProfile] = {}
    for row, name in enumerate(result.species):
        density = np.nan_to_num(np.asarray(result["profile/density"][row], dtype=float))
        u_r = np.nan_to_num(np.asarray(result["profile/u_r"][row], dtype=float))
        temperature = np.asarray(result["profile/T"][row], dtype=float)
        good = np.isfinite(temperature) & (temperature > 0) & (density > 0)
        if not good.any():
            raise InputError([f"{result.path}: {name} has no sampled cell; it cannot start another run"])
        species[name] = SpeciesProfile(density, u_r, np.interp(r, r[good], temperature[good]))
    return Profile(r, species, str(result.path))


def profile_of_corona(result: Result) -> Profile:
    """Densities of a test-particle run at the middles of its shells. Raises InputError for one that sampled nothing."""
    density = np.asarray(result["profile/density"], dtype=float)
    species = {name: SpeciesProfile(row) for name, row in zip(result.species, density, strict=True) if row.any()}
    if not species:
        raise InputError([f"{result.path}: no species has a density anywhere; it cannot be the gas of another run"])
    return Profile(np.asarray(result["grid/r"], dtype=float), species, str(result.path))


def _read_csv(path: Path, planet_radius: float | None) -> Profile:
    units, rows = split_lines(path, read_lines(path))
    if len(rows) < 3:
        raise InputError([f"{path}: a profile needs a line of column names and at least two rows of numbers"])
    head_line, heads = rows[0]
    columns = _columns(path, head_line, heads, units)
    factors = [math.nan if k in columns.faults else value for k, value in enumerate(columns.factors)]
    values, gaps = numbers_and_faults(path, rows[1:], columns.names, factors)
    faults = columns.faults | _beyond_measure(path, columns, values, rows) | gaps
    for k, name in enumerate(columns.names):
        if k in faults and name in _COORDINATES.values():
            raise InputError([faults[k]])
    good = [k for k, value in enumerate(factors) if math.isfinite(value) and k not in faults]
    table = {columns.names[k]: values[:, k] * factors[k] for k in good}
    if not any(name.startswith("density_") for name in table) and faults:
        more = f" ({len(faults) - 1} more columns have faults)" if len(faults) > 1 else ""
        raise InputError([f"{faults[min(faults)]}{more}"])
    if not any(name.startswith("density_") for name in table) and columns.ignored:
        seen = ", ".join(columns.ignored)
        raise InputError([f"{path}: no column of density, such as 'density_H [cm-3]'; ignored, by their units: {seen}"])
    profile = _assemble(path, table, [number for number, _ in rows[1:]], planet_radius)
    unusable = {columns.names[k]: text for k, text in sorted(faults.items())} | profile.unusable
    lost = _without_state(profile, set(table), unusable)
    if len(lost) == len(profile.species):
        raise InputError([next(iter(lost.values()))])
    profile = replace(profile, species={name: s for name, s in profile.species.items() if name not in lost})
    unusable |= {f"density_{name}": text for name, text in lost.items()}
    warnings = (*(f"not used: {text}" for text in unusable.values()), *_doubts(path, profile, planet_radius))
    return replace(profile, unusable=unusable, ignored=columns.ignored, warnings=warnings)


def _without_state(profile: Profile, read: set[str], unusable: Mapping[str, str]) -> dict[str, str]:
    """Species whose velocity or temperature stands in a column with a fault, by name with that fault: without it they
    would be given another one.
    """
    lost = {}
    for name in profile.species:
        for quantity in ("u_r", "temperature"):
            own = f"{quantity}_{name}"
            column = own if own in {*read, *unusable} else _shared(quantity, name)
            if column in unusable:
                lost[name] = unusable[column]
    return lost


def _beyond_measure(path: Path, columns: _Columns, values: FloatArray, rows: Rows) -> dict[int, str]:
    """Columns with numbers that no gas has: marks for missing values, or a wrong unit."""
    found = {}
    for k, name in enumerate(columns.names):
        most = _MOST.get(name.split("_", 1)[0])
        with np.errstate(over="ignore", invalid="ignore"):
            beyond = np.flatnonzero(np.abs(values[:, k]) * columns.factors[k] > (most or np.inf))
        if beyond.size:
            i = int(beyond[0])
            found[k] = (
                f"{path}: line {rows[1 + i][0]}, column '{name}': {values[i, k]:g} is no value of a gas; if it marks "
                "missing values, fill the gap, or take the rows or the column out"
            )
    return found


@dataclass(frozen=True)
class _Columns:
    """Canonical names and factors to SI of all columns (NaN: not read), faults by column, heads of what is ignored."""

    names: list[str]
    factors: list[float]
    faults: dict[int, str]
    ignored: tuple[str, ...]


def _columns(path: Path, line: int, heads: list[str], units: list[str] | None) -> _Columns:
    """What the heads say. Raises InputError where no table of profiles is to be seen in them."""
    names: list[str] = []
    factors: list[float] = []
    faults: dict[int, str] = {}
    ignored: list[str] = []
    for k, head in enumerate(heads):
        given, unit = split_head(path, line, k, head, units, len(heads))
        name, kind = _canonical(given)
        if kind == "density" and (" " in given or given.lower().startswith("log")):
            name, kind = given, ""
            ignored.append(head)
        bare = kind == "density" and not given.lower().startswith(("density_", "n_"))
        if name in names and kind:
            raise InputError([f"{path}: line {line}: column '{head}' appears twice"])
        names.append(name)
        try:
            factors.append(factor(unit, _SI[kind], kind) if kind else math.nan)
        except ValueError as error:
            factors.append(math.nan)
            # K is potassium, and the usual symbol of the eddy diffusion coefficient.
            if bare and unit and (given == "K" or given not in species_names()):
                ignored.append(head)
            else:
                faults[k] = f"{path}: line {line}: column '{head}': {error}"
    if not set(names) & set(_COORDINATES.values()):
        raise InputError([_no_coordinate(path, line, heads)])
    words = {head.lower() for head in heads}
    if "species" in words and not any(name.startswith("density_") and name[8:] not in words for name in names):
        raise InputError([_long_format(path, line)])
    if not any(math.isfinite(value) for value in factors):
        raise InputError([f"{faults[min(faults)]}" + (" (as in all columns)" if len(faults) > 1 else "")])
    return _Columns(names, factors, faults, tuple(ignored))


def _no_coordinate(path: Path, line: int, heads: list[str]) -> str:
    seen = ", ".join(f"'{head[:30]}'" for head in heads[:8]) + (", ..." if len(heads) > 8 else "")
    return (
        f"{path}: line {line}: no column 'radius' or 'altitude'. Seen, between {separator_of(path)}: {seen}. Expected: "
        "'altitude [km], density_O [cm-3], temperature [K]'"
    )


def _long_format(path: Path, line: int) -> str:
    return (
        f"{path}: line {line}: one species in each row (a column 'species'). Make one column for each species of it: "
        "'altitude [km], density_CO2 [cm-3], density_O [cm-3], ...', in Python: "
        "pandas.read_csv(...).pivot_table(index='alt', columns='species', values='abundance')"
    )


def _doubts(path: Path, profile: Profile, planet_radius: float | None) -> tuple[str, ...]:
    """What a reader should look at: densities that end in zeros, and gaps of many scale heights."""
    origin, word = (0.0, "r =") if planet_radius is None else (planet_radius, "altitude")
    out = []
    for name, entry in profile.species.items():
        positive = np.flatnonzero(entry.density > 0.0)
        if positive.size and positive[-1] < profile.r.size - 1:
            place = (profile.r[positive[-1]] - origin) / 1e3
            out.append(f"{path}: {name} is zero above {word} {place:.6g} km: cut the table there if it is not known")
    step = np.diff(profile.r)
    for name, entry in profile.species.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            fall = np.abs(np.diff(np.log(entry.density)))
        wide = np.flatnonzero((step > 5.0 * np.median(step)) & np.isfinite(fall) & (fall > 3.0))
        if wide.size:
            k = int(wide[np.argmax(fall[wide])])
            low, high = (profile.r[k : k + 2] - origin) / 1e3
            out.append(
                f"{path}: no rows between {word} {low:.6g} and {high:.6g} km, {fall[k]:.2g} scale heights of {name}: "
                "values there are interpolated"
            )
            break
    return tuple(out)


def _canonical(name: str) -> tuple[str, str]:
    """Column name in canonical form and the kind of its unit."""
    lower = name.lower()
    if any(lower.startswith(prefix) for prefix in _IGNORED) or "_stderr" in lower:
        return name, ""
    if lower in _COORDINATES:
        return _COORDINATES[lower], "length"
    if lower in _TEMPERATURES:
        return _TEMPERATURES[lower], "temperature"
    if lower in ("u", "u_r"):
        return "u_r", "u_r"
    for prefix, quantity in _PREFIXES:
        if lower.startswith(prefix) and len(name) > len(prefix):
            rest = name[len(prefix) :]
            return f"{quantity}_{_ELECTRON if rest.lower() in _ELECTRONS else rest}", quantity
    return f"density_{_ELECTRON if name in _ELECTRONS else name}", "density"


def _assemble(path: Path, table: dict[str, FloatArray], line_of: list[int], planet_radius: float | None) -> Profile:
    coordinates = [name for name in ("radius", "altitude") if name in table]
    if len(coordinates) != 1:
        raise InputError([f"{path}: needs exactly one column 'radius' or 'altitude', found {coordinates or 'none'}"])
    r = table.pop(coordinates[0])
    if coordinates[0] == "altitude":
        if planet_radius is None:
            raise InputError([f"{path}: column 'altitude' needs the body's radius; set body.radius or use 'radius'"])
        r = r + planet_radius
    sign = 1.0 if r[-1] > r[0] else -1.0
    steps = np.flatnonzero(sign * np.diff(r) <= 0)
    if steps.size:
        line = line_of[int(steps[0]) + 1]
        raise InputError([f"{path}: line {line}, column '{coordinates[0]}': must increase (or decrease) strictly"])
    if r.min() < 0.0:
        low = line_of[int(np.argmin(r))]
        raise InputError([f"{path}: line {low}, column '{coordinates[0]}': lies below the centre, r = {r.min():g} m"])
    _check_signs(path, table, line_of)
    order = slice(None) if sign > 0 else slice(None, None, -1)
    ordered = {name: np.ascontiguousarray(values[order]) for name, values in table.items()}
    species = {}
    for name in (key.removeprefix("density_") for key in ordered if key.startswith("density_")):
        species[name] = SpeciesProfile(
            ordered[f"density_{name}"], _own(ordered, "u_r", name), _own(ordered, "temperature", name)
        )
    if not species:
        raise InputError([f"{path}: no column of density, such as 'density_H [cm-3]'"])
    known = {*species, "ion", _ELECTRON}
    orphans = [
        k for k in ordered for q in ("u_r_", "temperature_") if k.startswith(q) and k.removeprefix(q) not in known
    ]
    unusable = {k: f"{path}: column '{k}' belongs to no species with a density in this table" for k in orphans}
    rates = {key.removeprefix("rate_"): values for key, values in ordered.items() if key.startswith("rate_")}
    shared = {name: ordered[f"temperature_{name}"] for name in ("ion", _ELECTRON) if f"temperature_{name}" in ordered}
    return Profile(np.ascontiguousarray(r[order]), species, str(path), rates, shared, unusable)


def _own(table: Mapping[str, FloatArray], quantity: str, name: str) -> FloatArray | None:
    """The species' own column, else the one of its kind: charged particles share no temperature with the neutrals."""
    return table.get(f"{quantity}_{name}", table.get(_shared(quantity, name)))


def _shared(quantity: str, name: str) -> str:
    """Name of the column of a quantity that a species shares with its kind."""
    if quantity == "temperature" and name.endswith("+"):
        return "temperature_ion"
    return "temperature_e" if quantity == "temperature" and name == _ELECTRON else quantity


def _check_signs(path: Path, table: Mapping[str, FloatArray], line_of: list[int]) -> None:
    for name, values in table.items():
        quantity: Any = name.split("_", 1)[0]
        wrong = values < 0 if quantity in ("density", "rate") else values <= 0 if quantity == "temperature" else None
        if wrong is not None and wrong.any():
            row = int(np.argmax(wrong))
            limit = "not positive" if quantity == "temperature" else "negative"
            raise InputError([f"{path}: line {line_of[row]}, column '{name}': {values[row]:g} is {limit}"])


def _log_interp(x: FloatArray, points: FloatArray, values: FloatArray) -> FloatArray:
    """Interpolate ln values linearly where both neighbours are positive, the values themselves elsewhere."""
    linear = np.interp(x, points, values)
    positive = values > 0
    if positive.all():
        return np.asarray(np.exp(np.interp(x, points, np.log(values))))
    logs = np.interp(x, points, np.log(np.where(positive, values, 1.0)))
    left = np.clip(np.searchsorted(points, x, side="right") - 1, 0, len(points) - 2)
    usable = positive[left] & positive[left + 1]
    return np.asarray(np.where(usable, np.exp(logs), linear))
