"""Columns of numbers from a CSV file that declares its units: in the heads, "energy [eV]", or in a "# units:" line."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from exobase.errors import InputError
from exobase.io.table_text import Rows, number, read_lines, split_lines
from exobase.unit_words import UnitError, unit_scale

FloatArray = npt.NDArray[np.float64]
_ROUND = re.compile(r"^(?P<name>[^()]+(?:\([^()]*\)[^()]+)*?)\s*\((?P<unit>[^()]*)\)$")
HEAD = re.compile(r"^(?P<name>[^\[\]]+?)\s*(?:\[(?P<unit>[^\]]*)\])?$")


def read_columns(path: Path | str, units: Mapping[str, str], increasing: str = "") -> dict[str, FloatArray]:
    """Columns of a CSV table by name, in SI units; columns that are not asked for are ignored.

    units: {name: SI unit, "" where dimensionless} of the columns that may stand there. increasing: name of a column
    that must be there and increase strictly.
    Raises InputError naming file, line and column: no unit or a wrong one, gaps, no such column, not increasing.
    """
    target = Path(path)
    table, lines, head_line = read_numbered(target, units)
    if increasing and increasing not in table:
        allowed = ", ".join(f"'{name}'" for name in units)
        raise InputError([f"{target}: line {head_line}: no column '{increasing}'; columns read: {allowed}"])
    if increasing:
        steps = np.flatnonzero(np.diff(table[increasing]) <= 0.0)
        if steps.size:
            line = lines[int(steps[0]) + 1]
            raise InputError([f"{target}: line {line}, column '{increasing}': must increase strictly"])
    return table


def read_numbered(
    target: Path, units: Mapping[str, str], fewest: int = 2
) -> tuple[dict[str, FloatArray], list[int], int]:
    """Columns of a CSV table by name, in SI units, the lines of their rows and that of the heads.

    units: as for `read_columns`; fewest: rows that it must have. Raises InputError naming file, line and column.
    """
    declared, rows = split_lines(target, read_lines(target))
    if len(rows) < 1 + fewest:
        many = "one row" if fewest == 1 else "two rows"
        raise InputError([f"{target}: needs a line of column names and at least {many} of numbers"])
    head_line, heads = rows[0]
    names = [split_head(target, head_line, k, head, declared, len(heads)) for k, head in enumerate(heads)]
    factors = [math.nan] * len(names)
    for k, (name, unit) in enumerate(names):
        if name in units:
            try:
                factors[k] = factor(unit, units[name], name)
            except ValueError as error:
                raise InputError([f"{target}: line {head_line}: column '{heads[k]}': {error}"]) from None
    values = numbers(target, rows[1:], [name for name, _ in names], factors)
    twice = [name for name in units if sum(name == other for other, _ in names) > 1]
    if twice:
        raise InputError([f"{target}: line {head_line}: column '{twice[0]}' appears twice; take one out"])
    table = {name: _in_si(target, rows, head, values[:, k], factors[k])
             for k, ((name, _), head) in enumerate(zip(names, heads, strict=True)) if name in units}  # fmt: skip
    return table, [line for line, _ in rows[1:]], head_line


def _in_si(path: Path, rows: Rows, head: str, values: FloatArray, to_si: float) -> FloatArray:
    """A column in SI units. Raises InputError for a number beyond those of a computer there."""
    with np.errstate(over="ignore", invalid="ignore"):
        column = np.asarray(values * to_si)
    beyond = np.flatnonzero(~np.isfinite(column))
    if beyond.size:
        line = rows[1 + int(beyond[0])][0]
        raise InputError([f"{path}: line {line}, column '{head}': {values[beyond[0]]:g} is too large in SI units"])
    return column


def split_head(
    path: Path, line: int, k: int, head: str, declared: list[str] | None, columns: int
) -> tuple[str, str | None]:
    """Name and unit of column k: the unit of its head, else of the `# units:` line, else None. Raises InputError."""
    if declared is not None and len(declared) != columns:
        raise InputError([f"{path}: '# units:' names {len(declared)} units for {columns} columns"])
    match = HEAD.match(head)
    if match is None:
        raise InputError([f"{path}: line {line}: column {k + 1}: '{head[:80]}' is not a name or 'name [unit]'"])
    round_brackets = _ROUND.match(head) if match["unit"] is None and declared is None else None
    if round_brackets is not None and _is_unit(round_brackets["unit"]):
        return round_brackets["name"].strip(), round_brackets["unit"]
    unit = match["unit"] if match["unit"] is not None else (declared[k] if declared is not None else None)
    if declared is not None and declared[k] and unit != declared[k]:
        raise InputError([f"{path}: line {line}: column '{head}': the units line says '{declared[k]}'; take one out"])
    return match["name"].strip(), unit


def _is_unit(text: str) -> bool:
    try:
        unit_scale(text, "")
    except ValueError as error:
        return "is not a unit" not in str(error)
    return True


def factor(unit: str | None, si_unit: str, kind: str) -> float:
    """Factor from the unit to the SI unit ("": dimensionless). kind: name of the quantity, for the message.

    Raises ValueError where the unit is missing, unknown or of another dimension.
    """
    if not unit:
        raise ValueError(f"has no unit; write 'name [{si_unit or 1}]' or a '# units:' line")
    try:
        return unit_scale(unit, si_unit)
    except UnitError as error:
        raise UnitError(f"unit '{unit}' is not a unit of {kind} such as '{si_unit or 1}'", error.hint) from None


def numbers(path: Path, rows: Rows, names: list[str], factors: list[float]) -> FloatArray:
    """Values [rows, columns]; columns whose factor is NaN may hold anything. Raises InputError for gaps and text."""
    values, faults = numbers_and_faults(path, rows, names, factors)
    if faults:
        raise InputError([next(iter(faults.values()))])
    return values


def numbers_and_faults(
    path: Path, rows: Rows, names: list[str], factors: list[float]
) -> tuple[FloatArray, dict[int, str]]:
    """Values [rows, columns], and the first fault of each column that has any: text, a gap, an infinite number.

    Columns whose factor is NaN may hold anything. Raises InputError for rows of another length.
    """
    values = np.full((len(rows), len(names)), math.nan)
    faults: dict[int, str] = {}
    for i, (line, cells) in enumerate(rows):
        if len(cells) != len(names):
            raise InputError([f"{path}: line {line}: {len(cells)} values for {len(names)} columns"])
        for k, cell in enumerate(cells):
            if not math.isfinite(factors[k]) or k in faults:
                continue
            where = f"{path}: line {line}, column '{names[k]}'"
            try:
                values[i, k] = number(cell)
            except ValueError:
                faults[k] = f"{where}: '{cell[:40]}' is not a number"
                continue
            if math.isnan(values[i, k]):
                faults[k] = f"{where}: the value is missing: fill the gap, or take the rows or the column out"
            elif math.isinf(values[i, k]):
                faults[k] = f"{where}: the value is not finite"
    return values, faults
