"""The combined table of a sweep: one row per point, from the summaries of its runs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from exobase.case import AnyCase
from exobase.io.files import to_json
from exobase.io.sweeps import Column
from exobase.solvers import SOLVERS, solver_of
from exobase.sweep.columns import Row
from exobase.sweep.points import ParameterGrid, Point
from exobase.sweep.record import Standing

_QUANTITY = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s+(\S.*)")  # as ranges write their members
_TEXTS = (
    "name", "block", "status", "species", "failed_checks", "message",
    *(name for solver in SOLVERS.values() for name in solver.rows.found.TEXTS),
)  # fmt: skip


def table(grid: ParameterGrid, cases: Sequence[AnyCase], standings: Sequence[Standing]) -> dict[str, Column]:
    """Columns by name, one value per point. Points that have not been run have a status and no numbers.

    Quantities of a species belong to the target species of the case; where there are more, those of the other species
    X follow in columns QUANTITY.X. The solver of the case decides which quantities there are.
    """
    rows = [_row(*entry) for entry in zip(grid.points, cases, standings, strict=True)]
    kind = _kind(cases[0])
    about = {
        "point": ("1", "number of the point"),
        "name": ("1", "folder of the point"),
        "block": ("1", "block of sweep.toml"),
    }
    if not any(point.block for point in grid.points):
        del about["block"]
    about |= {key: (_unit_of(rows, key), _meaning(grid, key)) for key in grid.keys}
    about |= {
        "status": ("1", "converged, reached_limit (steps, batches), drifting (not at rest), stopped, failed, not run"),
        "species": ("1", "species of the columns without a name"),
    }
    about |= {name: (unit, text) for name, unit, text in kind.OF_SPECIES}
    others = sorted({name for case in cases for name in case.names if name != case.run.target_species})
    for other in others:
        about |= {f"{name}.{other}": (unit, f"{text}, {other}") for name, unit, text in kind.OF_SPECIES}
    about |= {name: (unit, text) for name, unit, text in kind.OF_RUN}
    for key in grid.keys:
        if about[key][0] != "1":
            for row in rows:
                row[key] = float(str(row[key]).split(maxsplit=1)[0]) if key in row else None
    return {name: Column(name, unit, text, _values(rows, name)) for name, (unit, text) in about.items()}


def _meaning(grid: ParameterGrid, key: str) -> str:
    tied = grid.tied.get(key)
    return "swept key of the case, as given" + (f"; changes together with {tied}" if tied else "")


def _unit_of(rows: Sequence[Row], key: str) -> str:
    """The unit that all values of a swept key are given with, whose numbers then fill its column; "1" else."""
    given = [row[key] for row in rows if key in row]
    units = {match[2] if (match := _QUANTITY.fullmatch(str(value))) else "" for value in given}
    return units.pop() if len(units) == 1 and "" not in units else "1"


def case_texts(cases: Sequence[AnyCase]) -> list[str]:
    """The resolved cases as JSON."""
    return [json.dumps(to_json(case.to_dict())) for case in cases]


def _kind(case: AnyCase) -> Any:
    """The module that knows the rows of the case's solver."""
    return solver_of(case).rows.found


def _row(point: Point, case: AnyCase, standing: Standing) -> Row:
    kind, target = _kind(case), case.run.target_species
    row: Row = {"point": point.number, "name": point.name, "block": point.block, **point.values}
    row |= {"status": standing.status, "species": target, "message": standing.message}
    row |= kind.of_run(case, standing.summary)
    for name in case.names:
        values = kind.of_species(case, name, standing.summary)
        row |= values if name == target else {f"{key}.{name}": value for key, value in values.items()}
    return row


def _values(rows: Sequence[Row], name: str) -> list[Any]:
    """A column of one kind: texts, or whole numbers if all are there, or floats with NaN for what is missing."""
    values = [row.get(name) for row in rows]
    if name in _TEXTS or any(isinstance(v, str | list | bool) for v in values):
        return ["" if v is None else str(v) for v in values]
    if all(isinstance(v, int) for v in values):
        return values
    return [math.nan if v is None else float(v) for v in values]
