"""Columns of numbers from a CSV file that declares its units: in the heads, "energy [eV]", or in a "# units:" line."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from exobase.errors import InputError

FloatArray = npt.NDArray[np.float64]
Rows = list[tuple[int, list[str]]]

HEAD = re.compile(r"^(?P<name>[^\[\]]+?)\s*(?:\[(?P<unit>[^\]]*)\])?$")


def read_columns(path: Path | str, units: Mapping[str, str], increasing: str = "") -> dict[str, FloatArray]:
    """Columns of a CSV table by name, in SI units; columns that are not asked for are ignored.

    units: {name: SI unit, "" where dimensionless} of the columns that may stand there. increasing: name of a column
    that must be there and increase strictly.
    Raises InputError naming file, line and column: no unit or a wrong one, gaps, no such column, not increasing.
    """
    target = Path(path)
    declared, rows = split_lines(target, read_lines(target))
    if len(rows) < 3:
        raise InputError([f"{target}: needs a line of column names and at least two rows of numbers"])
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
    table = {name: values[:, k] * factors[k] for k, (name, _) in enumerate(names) if name in units}
    if increasing and increasing not in table:
        allowed = ", ".join(f"'{name}'" for name in units)
        raise InputError([f"{target}: line {head_line}: no column '{increasing}'; columns read: {allowed}"])
    if increasing:
        steps = np.flatnonzero(np.diff(table[increasing]) <= 0.0)
        if steps.size:
            line = rows[int(steps[0]) + 2][0]
            raise InputError([f"{target}: line {line}, column '{increasing}': must increase strictly"])
    return table


def read_lines(path: Path) -> list[str]:
    """Lines of a text file. Raises InputError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError([f"{path}: there is no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([f"{path}: cannot be read: {error}"]) from error


def split_lines(path: Path, lines: list[str]) -> tuple[list[str] | None, Rows]:
    """Units of the `# units:` line, and (line number, cells) of all others."""
    units: list[str] | None = None
    rows: Rows = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text.startswith("#"):
            match = re.match(r"^#\s*units\s*:\s*(.*)$", text, re.IGNORECASE)
            if match:
                if units is not None:
                    raise InputError([f"{path}: line {number}: a second '# units:' line"])
                units = [cell.strip() for cell in match[1].split(",")]
            continue
        if text:
            rows.append((number, [cell.strip() for cell in next(csv.reader([text]))]))
    return units, rows


def split_head(
    path: Path, line: int, k: int, head: str, declared: list[str] | None, columns: int
) -> tuple[str, str | None]:
    """Name and unit of column k: the unit of its head, else of the `# units:` line, else None. Raises InputError."""
    if declared is not None and len(declared) != columns:
        raise InputError([f"{path}: '# units:' names {len(declared)} units for {columns} columns"])
    match = HEAD.match(head)
    if match is None:
        raise InputError([f"{path}: line {line}: column {k + 1}: '{head}' is not a name or 'name [unit]'"])
    unit = match["unit"] if match["unit"] is not None else (declared[k] if declared is not None else None)
    return match["name"].strip(), unit


def factor(unit: str | None, si_unit: str, kind: str) -> float:
    """Factor from the unit to the SI unit ("": dimensionless). kind: name of the quantity, for the message.

    Raises ValueError where the unit is missing, unknown or of another dimension.
    """
    if not unit:
        raise ValueError(f"has no unit; write 'name [{si_unit or 1}]' or a '# units:' line")
    from astropy import units as astropy_units  # slow to import, and most runs read no table

    try:
        return float(astropy_units.Unit(unit).to(si_unit))
    except (ValueError, TypeError, astropy_units.UnitConversionError):
        raise ValueError(f"unit '{unit}' is not a unit of {kind} such as '{si_unit or 1}'") from None


def numbers(path: Path, rows: Rows, names: list[str], factors: list[float]) -> FloatArray:
    """Values [rows, columns]; columns whose factor is NaN may hold anything. Raises InputError for gaps and text."""
    values = np.full((len(rows), len(names)), math.nan)
    for i, (line, cells) in enumerate(rows):
        if len(cells) != len(names):
            raise InputError([f"{path}: line {line}: {len(cells)} values for {len(names)} columns"])
        for k, cell in enumerate(cells):
            if not math.isfinite(factors[k]):
                continue
            where = f"{path}: line {line}, column '{names[k]}'"
            try:
                values[i, k] = float(cell or "nan")
            except ValueError:
                raise InputError([f"{where}: '{cell}' is not a number"]) from None
            if math.isnan(values[i, k]):
                raise InputError([f"{where}: the value is missing: fill the gap, or take the rows or the column out"])
            if math.isinf(values[i, k]):
                raise InputError([f"{where}: the value is not finite"])
    return values
