"""From the [background] table of a case to the given atmosphere: a profile table, a result, or a list of gases."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.analytic import barometric
from exobase.case.atmosphere import Atmosphere
from exobase.case.frame import Frame, Tables
from exobase.case.history_model import Background, Column
from exobase.case.oddities import refuse_rotation
from exobase.case.own_species import gas_species
from exobase.case.resolve_checks import Report
from exobase.case.resolve_corona import compose
from exobase.config.messages import nearest
from exobase.constants import K_B
from exobase.io import Profile
from exobase.species import Species, nearest_species, species_names
from exobase.species import species as find_species

SURFACE = 1.001  # inner boundary over the radius of the body up to which it counts as the surface
FINEST = 1.0 / 20.0  # of the scale height: rows of a gas given at an altitude above the inner boundary


def resolve_background(table: Any, frame: Frame, tables: Tables, report: Report) -> Background | None:
    """The background of a case, or None after its errors were reported."""
    with_laws = any(entry.law is not None or entry.table is not None for entry in table.gas)
    if table.table is None and not table.gas:
        report("background", "give background.table, background.gas, or both")
        return None
    if table.table is not None and table.gas and not with_laws:
        report("background.gas", "beside background.table every gas needs a law (law = ...)")
        return None
    background = None
    if table.table is not None:
        profile = tables.get("background.table", table.table)
        background = None if profile is None else _from_profile(table, profile, report)
        if background is None:
            return None
        background = dataclasses.replace(background, above=table.above, below=table.below)
        if not _covers(background, frame, report):
            return None
    if with_laws:
        background = compose(table, background, frame, tables, report)
    elif table.table is None:
        background = _from_gases(table, frame, report)
    if background is None:
        return None
    refuse_rotation(table.rotation_period, frame.gm, frame.r_inner, report)
    background = dataclasses.replace(
        background,
        rotation=0.0 if table.rotation_period is None else 2.0 * math.pi / table.rotation_period,
        above=table.above,
        below=table.below,
        exobase_cross_section=table.exobase_cross_section,
    )
    return background if _covers(background, frame, report) else None


def _from_profile(table: Any, profile: Profile, report: Report) -> Background | None:
    for key in ("altitude",):
        if getattr(table, key) is not None and not table.gas:
            report(f"background.{key}", "belongs to background.gas; a table has its own altitudes")
    names = _names(table, profile, report)
    kinds: list[Species] = []
    columns: dict[str, list[Column]] = {"density": [], "temperature": [], "wind": []}
    lacking = []
    for name in names:
        entry = profile.species[name]
        kinds.append(find_species(name))
        columns["density"].append(_column(entry.density))
        shared = profile.temperatures.get("ion") if name.endswith("+") else None
        own = entry.temperature if entry.temperature is not None else shared
        if own is None and table.temperature is None:
            lacking.append(name)
            continue
        if own is None:
            own = np.full(profile.r.size, table.temperature)
        columns["temperature"].append(_column(own))
        columns["wind"].append(_column(np.zeros(profile.r.size) if entry.u_r is None else entry.u_r))
    if lacking:
        text = (
            f"has no temperature of {', '.join(lacking)}; add a column 'temperature [K]' or give background.temperature"
        ) + "".join(f"; {text}" for name, text in profile.unusable.items() if name.startswith("temperature"))
        report("background.table", text, table.table)
    if not names or lacking:
        return None
    return Background(
        r=_column(profile.r),
        species=tuple(kinds),
        density=tuple(columns["density"]),
        temperature=tuple(columns["temperature"]),
        wind=tuple(columns["wind"]),
        source=str(table.table),
        notes=profile_notes(profile),
    )


def profile_notes(profile: Profile) -> tuple[str, ...]:
    """What the reader of a table must know: columns that are left out, zeros, gaps."""
    left = [f"{profile.source}: columns that are no part of a profile, ignored: {', '.join(profile.ignored)}"]
    return (*profile.warnings, *(left if profile.ignored else []))


def _names(table: Any, profile: Profile, report: Report) -> list[str]:
    """Species of the background: those asked for, else all neutrals of the table that the package knows."""
    neutral = [name for name in profile.species if not name.endswith("+") and name != "e"]
    # Ions are targets of charge exchange where they are asked for.
    ions = [name for name in profile.species if name.endswith("+")]
    if table.species is None:
        known = [name for name in neutral if name in species_names()]
        spoiled = [
            text for column, text in profile.unusable.items()
            if column.startswith("density_") and column.removeprefix("density_") in species_names()
            and not column.endswith("+")
        ]  # fmt: skip
        if spoiled:
            hint = "; name the others in background.species if it is not needed"
            report("background.table", f"{spoiled[0]}{hint}", table.table)
            return []
        if not known:
            text = f"has no neutral species that the package knows (it has {', '.join(profile.species)})"
            report("background.table", text, table.table)
        return known
    good = []
    for i, name in enumerate(table.species):
        if name not in (*neutral, *ions):
            have = ", ".join((*neutral, *ions))
            report(
                f"background.species.{i}",
                f"{table.table} has no such species{nearest(name, neutral)}; has: {have}{profile.why_not(name)}",
                name,
            )
        elif name not in species_names():
            near = nearest_species(name)
            hint = f"; did you mean {near!r}?" if near else ""
            report(f"background.species.{i}", f"is not in the package's table{hint}", name)
        elif name in good:
            report(f"background.species.{i}", "appears twice", name)
        else:
            good.append(name)
    return good


def _from_gases(table: Any, frame: Frame, report: Report) -> Background | None:
    """Rows of gases whose state is known at one altitude: exponential, or isothermal in hydrostatic equilibrium."""
    for key in ("species", "temperature"):
        if getattr(table, key) is not None:
            report(f"background.{key}", "belongs to background.table; background.gas has its own")
    kinds = [gas_species(f"background.gas.{i}", entry, report) for i, entry in enumerate(table.gas)]
    names = [entry.name for entry in table.gas]
    for i, name in enumerate(names):
        if name in names[:i]:
            report(f"background.gas.{i}.name", "appears twice", name)
    lacking = [
        f"background.gas.{i}.{name}"
        for i, entry in enumerate(table.gas)
        for name in ("density", "temperature")
        if getattr(entry, name) is None
    ]
    for key in lacking:
        report(key, "missing")
    for i, entry in enumerate(table.gas):
        for name in ("altitude", "exponent", "column"):
            if getattr(entry, name) is not None:
                report(f"background.gas.{i}.{name}", "needs a law (law = ...)")
                lacking.append(name)
    if lacking:
        return None
    foot = frame.r_inner if table.altitude is None else frame.body_radius + table.altitude
    exponential = [entry.scale_height is not None for entry in table.gas]
    if any(exponential) and not all(exponential):
        report("background.gas", "give scale_height for all gases or for none")
        return None
    if not frame.r_inner <= foot < frame.r_outer:
        report("background.altitude", "must lie in the domain", f"{table.altitude:g} m")
        return None
    found = [kind for kind in kinds if kind is not None]
    if len(found) < len(kinds) or len(set(names)) < len(names):
        return None
    if all(exponential):
        r = np.array([frame.r_inner, frame.r_outer])
        density = [e.density * np.exp(-(r - foot) / e.scale_height) for e in table.gas]
    else:
        r = _rows(frame, foot, table.gas, found)
        density = [
            barometric.density(r, e.density, foot, e.temperature, kind.mass, frame.gm)
            for e, kind in zip(table.gas, found, strict=True)
        ]
    return Background(
        r=_column(r),
        species=tuple(found),
        density=tuple(_column(n) for n in density),
        temperature=tuple(_column(np.full(r.size, e.temperature)) for e in table.gas),
        wind=tuple(_column(np.full(r.size, e.u_r)) for e in table.gas),
        source="case file",
    )


def _rows(frame: Frame, foot: float, gases: list[Any], kinds: list[Species]) -> npt.NDArray[np.float64]:
    """Radii from the inner boundary to the level where the gases are given, fine against the scale heights."""
    if foot <= frame.r_inner or frame.gm <= 0.0:
        return np.unique([frame.r_inner, foot])
    height = min(
        K_B * gas.temperature * frame.r_inner**2 / (kind.mass * frame.gm)
        for gas, kind in zip(gases, kinds, strict=True)
    )
    return np.linspace(frame.r_inner, foot, 2 + int((foot - frame.r_inner) / (FINEST * height)))


def _covers(background: Background, frame: Frame, report: Report) -> bool:
    """Whether the background is known over the whole domain, be it by a rule of extrapolation."""
    low, high = background.r[0], background.r[-1]
    slack = 1e-9 * high
    span = f"{(low - frame.body_radius) / 1e3:.6g} km to {(high - frame.body_radius) / 1e3:.6g} km"
    good = True
    if background.below == "error" and frame.r_inner < low - slack:
        altitude = (frame.r_inner - frame.body_radius) / 1e3
        # Below a surface there is nothing to move the boundary to; a table may begin above it.
        surface = frame.r_inner <= SURFACE * frame.body_radius
        text = f"{background.source} covers altitudes {span}, the inner boundary lies at {altitude:.6g} km; "
        text += "extend the table" if surface else "raise the inner boundary, extend the table"
        report("background.below", f'{text}, or use background.below = "barometric"', "error")
        good = False
    if background.above == "error" and frame.r_outer > high + slack:
        altitude = (frame.r_outer - frame.body_radius) / 1e3
        report(
            "background.above",
            f"{background.source} covers altitudes {span}, the outer boundary lies at {altitude:.6g} km; lower the "
            'outer boundary, extend the table, or use background.above = "barometric", "chamberlain" or "zero"',
            "error",
        )
        good = False
    if frame.r_inner >= high and len(background.r) > 1:
        report("background.table", f"covers altitudes {span}: the whole domain lies above it", background.source)
        good = False
    if good and background.above == "chamberlain":
        good = _has_exobase(background, frame, report)
    return good


def _has_exobase(background: Background, frame: Frame, report: Report) -> bool:
    barometric_above = dataclasses.replace(background, above="barometric")
    if Atmosphere(barometric_above, frame.gm).exobase_radius() is not None:
        return True
    report(
        "background.above",
        "there is no exobase (1/(sigma n) = pressure scale height) above the lowest row; extend the table downward, "
        'change background.exobase_cross_section, or use "barometric"',
        "chamberlain",
    )
    return False


def _column(values: npt.ArrayLike) -> Column:
    return tuple(float(value) for value in np.asarray(values, dtype=float))
