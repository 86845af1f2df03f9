"""The combined table of a sweep: sweep.h5 for programs, sweep.csv for readers, each with units and meanings.

sweep.h5 (docs/results.md for the conventions of attributes):

    table/COLUMN    one value per point; attributes units, long_name, dims
    expect/COLUMN   one value per expectation, where there are any
    cases/json      the resolved case of every point (SI) as JSON
    attributes      title, command, version, keys (swept), figure (JSON), labels (JSON)
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from exobase.errors import InputError
from exobase.io.files import is_there, write_text_atomic
from exobase.io.places import TABLE_NAME as TABLE_NAME
from exobase.io.results import ResultWriter, load_file

CSV_NAME = "sweep.csv"
EXPECT_NAME = "expect.csv"


@dataclass(frozen=True)
class Column:
    """One column of a table: values are all numbers (NaN where there is none), all whole numbers or all texts."""

    name: str
    units: str
    description: str
    values: list[Any]


@dataclass(frozen=True)
class SweepTable:
    """A sweep in memory: columns by name, one row per point, and the attributes of the file."""

    columns: dict[str, Column]
    expect: dict[str, Column] = field(default_factory=dict)
    attrs: dict[str, Any] = field(default_factory=dict)
    cases: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return max((len(column.values) for column in self.columns.values()), default=0)

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def numbers(self, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """A column as floats. Raises InputError naming the columns where there is none, or where it holds texts."""
        if name not in self.columns:
            raise InputError(f"the sweep has no column {name!r}; it has {', '.join(self.columns)}")
        try:
            return np.array(self.columns[name].values, dtype=float)
        except ValueError:
            raise InputError(f"column {name!r} of the sweep holds texts, not numbers") from None

    def rows(self) -> list[dict[str, Any]]:
        """The table row by row."""
        return [{name: column.values[i] for name, column in self.columns.items()} for i in range(len(self))]


def write_sweep(path: Path, table: SweepTable) -> None:
    """Write sweep.h5 so that a reader finds either the whole file or none. Raises RunError where the disk refuses."""
    with ResultWriter(path, {"kind": "sweep", **table.attrs}) as w:
        for group, columns, dim in (("table", table.columns, "point"), ("expect", table.expect, "expectation")):
            for column in columns.values():
                w.put(f"{group}/{column.name}", _array(column.values), units=column.units,
                      long_name=column.description, dims=[dim])  # fmt: skip
                w.attrs(f"{group}/{column.name}", {"description": column.description})
        text = "the resolved case of the point in SI units, JSON"
        w.put("cases/json", np.array(table.cases, dtype=object).astype(str), units="1", long_name=text, dims=["point"])


def read_sweep(path: Path) -> SweepTable:
    """Read a sweep.h5. Raises InputError where it is missing, damaged, newer, or no table of a sweep."""
    if not is_there(path):
        raise InputError(f"{path}: no such table of a sweep; make it with 'exobase sweep CASE --collect'")
    result = load_file(path)
    if result.attrs.get("kind") != "sweep":
        raise InputError(f"{path}: is not the table of a sweep")

    def columns(group: str) -> dict[str, Column]:
        found = {}
        for key, array in result.group(group).items():
            about = result.variables[f"{group}/{key}"]
            values = [str(v) for v in array] if array.dtype.kind in "UOS" else array.tolist()
            found[key] = Column(key, about.units, about.long_name, values)
        # HDF5 lists names in alphabetic order; attributes keep the order of the table.
        order = [str(name) for name in result.attrs.get(f"{group}_columns", [])]
        return {key: found[key] for key in [*(k for k in order if k in found), *(k for k in found if k not in order)]}

    return SweepTable(columns("table"), columns("expect"), result.attrs, [str(text) for text in result["cases/json"]])


def write_csv(path: Path, columns: Mapping[str, Column], head: Sequence[str]) -> None:
    """Write columns as CSV: lines of `head` and the meaning and unit of every column as comments (#), then names, then
    rows. Numbers have 10 digits; a field without a value is empty. Raises RunError where the disk refuses.
    """
    out = io.StringIO()
    for line in [*head, "columns: name [unit] meaning", *(f"  {_about(c)}" for c in columns.values())]:
        out.write(f"# {line}".rstrip() + "\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*(column.values for column in columns.values()), strict=True):
        writer.writerow([_cell(value) for value in row])
    write_text_atomic(path, out.getvalue())


def _about(column: Column) -> str:
    return f"{column.name} [{column.units}] {column.description}"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}" if math.isfinite(value) else ""
    return str(value)


def _array(values: list[Any]) -> np.ndarray[Any, Any]:
    if all(isinstance(v, str) for v in values):
        return np.array(values, dtype=str) if values else np.zeros(0, dtype=float)
    return np.array(values, dtype=np.int64 if all(isinstance(v, int) for v in values) else float)
