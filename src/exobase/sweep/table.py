"""The combined table of a sweep: one row per point, from the summaries of its runs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from exobase.case import Case, derive
from exobase.io.files import to_json
from exobase.io.sweeps import Column
from exobase.sources.reservoir import reservoir_flux
from exobase.sweep.points import Grid, Point
from exobase.sweep.record import Standing

# name, unit, meaning of every column that belongs to a species
_OF_SPECIES = (
    ("jeans_parameter", "1", "G M m/(k T r) at the inner boundary"),
    ("knudsen_number", "1", "mean free path over the inner radius, at the inner boundary"),
    ("flux_over_evaporation", "1", "escape flux over what the reservoir emits, both at the inner boundary"),
    ("flux_over_evaporation_stderr", "1", "its standard error"),
    ("flux_over_jeans", "1", "escape rate over that of Jeans at the exobase found"),
    ("flux_over_jeans_stderr", "1", "its standard error"),
    ("escape_rate", "s-1", "escape rate"),
    ("escape_rate_stderr", "s-1", "its standard error"),
    ("escape_flux", "m-2 s-1", "escape flux at the inner boundary"),
    ("escape_flux_stderr", "m-2 s-1", "its standard error"),
    ("exobase_radius", "m", "radius of the exobase"),
    ("exobase_radius_over_inner", "1", "radius of the exobase over the inner radius"),
    ("exobase_temperature", "K", "temperature at the exobase"),
    ("exobase_temperature_over_inner", "1", "temperature at the exobase over that of the reservoir"),
    ("exobase_jeans_parameter", "1", "Jeans parameter at the exobase, with the temperature there"),
)
_OF_RUN = (
    ("regime", "1", "regime of escape"),
    ("steps", "1", "time steps"),
    ("particles", "1", "simulated particles at the end"),
    ("ranks", "1", "ranks that computed the point"),
    ("wall_s", "s", "wall time of the run"),
    ("particle_steps_per_s", "s-1", "simulated particles moved by one step per second, all ranks"),
    ("checks_passed", "1", "checks of the run that passed"),
    ("checks", "1", "checks of the run"),
    ("failed_checks", "1", "names of the checks that failed"),
    ("message", "1", "why the point failed"),
)
_TEXTS = ("name", "block", "status", "species", "regime", "failed_checks", "message")

Row = dict[str, Any]


def table(grid: Grid, cases: Sequence[Case], standings: Sequence[Standing]) -> dict[str, Column]:
    """Columns by name, one value per point. Points that have not been run have a status and no numbers.

    Quantities of a species belong to the target species of the case; for a mixture, those of the other species X
    follow in columns QUANTITY.X.
    """
    rows = [_row(*entry) for entry in zip(grid.points, cases, standings, strict=True)]
    about = {
        "point": ("1", "number of the point"),
        "name": ("1", "folder of the point"),
        "block": ("1", "block of sweep.toml"),
    }
    if not any(point.block for point in grid.points):
        del about["block"]
    about |= dict.fromkeys(grid.keys, ("1", "swept key of the case, as given"))
    about |= {
        "status": ("1", "converged, reached_limit (run.max_steps), stopped, failed, not run"),
        "species": ("1", "species of the columns without a name"),
    }
    about |= {name: (unit, text) for name, unit, text in _OF_SPECIES}
    others = sorted({name for case in cases for name in case.names if name != case.run.target_species})
    for other in others:
        about |= {f"{name}.{other}": (unit, f"{text}, {other}") for name, unit, text in _OF_SPECIES}
    about |= {name: (unit, text) for name, unit, text in _OF_RUN}
    return {name: Column(name, unit, text, _values(rows, name)) for name, (unit, text) in about.items()}


def case_texts(cases: Sequence[Case]) -> list[str]:
    """The resolved cases as JSON."""
    return [json.dumps(to_json(case.to_dict())) for case in cases]


def _row(point: Point, case: Case, standing: Standing) -> Row:
    target = case.run.target_species
    row: Row = {"point": point.number, "name": point.name, "block": point.block, **point.values}
    row |= {"status": standing.status, "species": target, "message": standing.message}
    row |= _of_run(standing.summary)
    for name in case.names:
        values = _of_species(case, name, standing.summary)
        row |= values if name == target else {f"{key}.{name}": value for key, value in values.items()}
    return row


def _of_species(case: Case, name: str, summary: Row) -> Row:
    """Numbers of one species: those of the case itself, and those of the run where there is a summary."""
    at_base = next(s for s in derive(case).species if s.name == name)
    row: Row = {"jeans_parameter": at_base.jeans_parameter, "knudsen_number": at_base.knudsen_radius}
    escape, exobase = (summary.get(part, {}).get(name) or {} for part in ("escape", "exobase"))
    if not escape:
        return row
    source = case.species[case.index(name)]
    speed = source.thermal_speed()
    emitted = reservoir_flux(source.density, speed, source.bulk_speed / speed)
    for end in ("", "_stderr"):
        row[f"escape_rate{end}"] = escape["rate_stderr" if end else "rate_per_s"]
        flux = row[f"escape_flux{end}"] = escape["flux_stderr" if end else "flux_per_m2_s"]
        # The flux of a result refers to the inner boundary (escape.at_radius_m), as does the emission.
        row[f"flux_over_evaporation{end}"] = flux / emitted if flux is not None and emitted > 0.0 else None
        row[f"flux_over_jeans{end}"] = exobase.get(f"flux_over_jeans{end}")
    radius, temperature = exobase.get("radius_m"), exobase.get("temperature_K")
    row |= {"exobase_radius": radius, "exobase_temperature": temperature}
    row["exobase_radius_over_inner"] = None if radius is None or case.r_inner <= 0.0 else radius / case.r_inner
    row["exobase_temperature_over_inner"] = None if temperature is None else temperature / source.temperature
    row["exobase_jeans_parameter"] = exobase.get("jeans_parameter")
    return row


def _of_run(summary: Row) -> Row:
    if not summary:
        return {}
    checks = summary.get("checks") or []
    pace, ranks = summary.get("particle_steps_per_s_per_rank"), summary.get("ranks") or 1
    return {
        "regime": _regime(summary.get("regime")),
        **{key: summary.get(key) for key in ("steps", "particles", "ranks", "wall_s")},
        "particle_steps_per_s": None if pace is None else pace * ranks,
        "checks_passed": sum(1 for check in checks if check["passed"]),
        "checks": len(checks),
        "failed_checks": " ".join(check["name"] for check in checks if not check["passed"]),
    }


def _regime(found: Any) -> str:
    """The verdict in words, whether the summary holds it alone or with the numbers behind it."""
    if isinstance(found, dict):
        found = found.get("verdict", found.get("name", ""))
    return str(found or "")


def _values(rows: Sequence[Row], name: str) -> list[Any]:
    """A column of one kind: texts, or whole numbers if all are there, or floats with NaN for what is missing."""
    values = [row.get(name) for row in rows]
    if name in _TEXTS or any(isinstance(v, str | list | bool) for v in values):
        return ["" if v is None else str(v) for v in values]
    if all(isinstance(v, int) for v in values):
        return values
    return [math.nan if v is None else float(v) for v in values]
