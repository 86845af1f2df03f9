"""From the [tally] and [splitting] tables of a test-particle case to radii and energies."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.case.atmosphere import Atmosphere
from exobase.case.field_model import FieldSetup
from exobase.case.frame import Frame
from exobase.case.history_model import Background, Column, Followed, HistoryTally, Source, Splitting
from exobase.case.resolve_checks import Report
from exobase.constants import EV

SHELL_SCALE = 30.0  # shells widen with height over this part of the inner radius
LEAST_ENERGY_MAX = 10.0 * EV
LOG_ENERGY_MIN = 0.01 * EV


def resolve_tally(
    t: Any,
    frame: Frame,
    background: Background,
    sources: tuple[Source, ...],
    report: Report,
    field: FieldSetup | None = None,
    followed: tuple[Followed, ...] = (),
) -> HistoryTally | None:
    """What is recorded, or None after an error was reported. t: the [tally] table."""
    surfaces = _levels("tally.surfaces", t.surfaces or [], frame, report)
    if t.surfaces is None:
        exobase = Atmosphere(background, frame.gm).exobase_radius()
        inside = exobase is not None and frame.r_inner < exobase < frame.r_outer
        surfaces = (float(exobase), frame.r_outer) if inside and exobase is not None else (frame.r_outer,)
    reference = None
    if t.reference_altitude is not None:
        reference = _levels("tally.reference_altitude", [t.reference_altitude], frame, report)[0]
    if (t.latitude_cells == 0) != (t.longitude_cells == 0):
        report("tally", "give latitude_cells and longitude_cells together, or neither")
    if (t.rain_latitude_cells == 0) != (t.rain_longitude_cells == 0):
        report("tally", "give rain_latitude_cells and rain_longitude_cells together, or neither")
    energies = _energies(t, sources, report, pickup_energy(field, followed))
    if energies is None:
        return None
    return HistoryTally(
        edges=_shells(t.shells, frame, report),
        surfaces=surfaces,
        energy_edges=energies,
        birth_edges=_births(t.birth_cells, frame, sources, report),
        zenith_cells=t.zenith_cells,
        latitude_cells=t.latitude_cells,
        longitude_cells=t.longitude_cells,
        angle_cells=t.angle_cells,
        reference_radius=reference,
        **_ions(t, frame, field, report),
    )


def pickup_energy(field: FieldSetup | None, followed: tuple[Followed, ...]) -> float:
    """Highest kinetic energy [J] of the heaviest ion picked up in the undisturbed wind, 2 m u^2; 0 without."""
    if field is None:
        return 0.0
    return 2.0 * field.speed**2 * max((f.species.mass for f in followed if f.species.charge != 0), default=0.0)


def _ions(t: Any, frame: Frame, field: FieldSetup | None, report: Report) -> dict[str, Any]:
    """What is recorded of ions only."""
    asked = {name: getattr(t, name) for name in ("cube_cells", "ring_cells", "trajectories")}
    rain = {name: getattr(t, name) for name in ("rain_latitude_cells", "rain_longitude_cells")}
    if field is None:
        for name in (*asked, "cube_half_width", "ring_speed", "ring_altitudes"):
            if getattr(t, name):
                report(f"tally.{name}", "is of ions, which need [field]", getattr(t, name))
        return rain
    speed = t.ring_speed or 1.5 * field.speed
    if asked["ring_cells"] and not speed > 0.0:
        report("tally.ring_speed", "missing; the field has no solar wind whose speed could stand for it")
    ring = (0.0, math.inf)
    if t.ring_altitudes is not None:
        levels = _levels("tally.ring_altitudes", t.ring_altitudes, frame, report)
        if len(levels) != 2:
            report("tally.ring_altitudes", "give two altitudes")
            return rain
        ring = (levels[0], levels[1])
    return asked | rain | {"cube_half": t.cube_half_width or frame.r_outer, "ring_speed": speed, "ring": ring}


def resolve_splitting(table: Any, frame: Frame, report: Report) -> Splitting:
    """Levels of importance; faults are reported."""
    energies = tuple(table.energies)
    if any(b <= a for a, b in pairwise(energies)):
        report("splitting.energies", "must increase")
    return Splitting(_levels("splitting.altitudes", table.altitudes, frame, report), energies, float(table.factor))


def _levels(key: str, altitudes: list[float], frame: Frame, report: Report) -> Column:
    """Radii of altitudes, increasing; those outside the domain are reported."""
    radii = tuple(frame.body_radius + altitude for altitude in altitudes)
    if any(b <= a for a, b in pairwise(radii)):
        report(key, "must increase")
    slack = 1e-9 * frame.r_outer
    for r in radii:
        if not frame.r_inner - slack <= r <= frame.r_outer + slack:
            low, high = ((edge - frame.body_radius) / 1e3 for edge in (frame.r_inner, frame.r_outer))
            given = f"{(r - frame.body_radius) / 1e3:g} km"
            report(key, f"lies outside the domain, altitudes {low:g} km to {high:g} km", given)
    return radii


def _shells(given: int | list[float], frame: Frame, report: Report) -> Column:
    """Edges of the shells: as given, else widening outward from a few km at the inner boundary."""
    if isinstance(given, list):
        return _levels("tally.shells", given, frame, report)
    scale = frame.r_inner / SHELL_SCALE
    growth = math.log1p((frame.r_outer - frame.r_inner) / scale)
    r = frame.r_inner + scale * np.expm1(growth * np.arange(given + 1) / given)
    r[-1] = frame.r_outer
    return _column(r)


def _births(given: int | list[float], frame: Frame, sources: tuple[Source, ...], report: Report) -> Column:
    """Edges of the altitude cells of the table of births: as given, else equal parts of where births happen."""
    if isinstance(given, list):
        return _levels("tally.birth_cells", given, frame, report)
    low, high = math.inf, 0.0
    for source in sources:
        for name in ("r", "profile_r"):
            if name in source.settings:
                low, high = min(low, source.settings[name][0]), max(high, source.settings[name][-1])
        if "radius" in source.settings:
            r = source.settings["radius"]
            low, high = min(low, r), max(high, r)
    low, high = max(low, frame.r_inner), min(high, frame.r_outer)
    if not low < high:
        return (frame.r_inner, frame.r_outer)
    return _column(np.linspace(low, math.nextafter(high, math.inf), given + 1))


def _energies(table: Any, sources: tuple[Source, ...], report: Report, of_ions: float = 0.0) -> Column | None:
    """Edges of the energy cells. of_ions [J]: the highest energy of ions."""
    highest = table.energy_max
    if highest is None:
        given = [float(np.max(s.settings["energy"])) for s in sources if "energy" in s.settings]
        highest = max([LEAST_ENERGY_MAX, 1.1 * of_ions, *(1.02 * energy for energy in given)])
    log = table.energy_spacing == "log"
    lowest = table.energy_min if table.energy_min is not None else (LOG_ENERGY_MIN if log else 0.0)
    if lowest >= highest:
        text = f"must lie below tally.energy_max = {highest / EV:g} eV"
        report("tally.energy_min", text, f"{lowest / EV:g} eV")
        return None
    if log and lowest <= 0.0:
        report("tally.energy_min", 'must be > 0 with tally.energy_spacing = "log"')
        return None
    spaced = np.geomspace if log else np.linspace
    return _column(spaced(lowest, highest, table.energy_bins + 1))


def _column(values: npt.ArrayLike) -> Column:
    return tuple(float(value) for value in np.asarray(values, dtype=float))
