"""The lines of a table of numbers as people and programs write them: heads, units and rows of cells.

Understood where there is one way to read it: cells between commas, semicolons (then with decimal commas too), tabs or
blanks; heads in the last comment before the numbers (numpy.savetxt); units in a `# units:` line or in the line below
the heads; a comma behind the last cell; a first column without a head (the index that pandas writes); exponents with D.
"""

from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path

from exobase.errors import InputError

Rows = list[tuple[int, list[str]]]

_UNITS_LINE = re.compile(r"^#\s*units\s*:\s*(.*)$", re.IGNORECASE)
_D_EXPONENT = re.compile(r"^([-+]?(?:\d+\.?\d*|\.\d+))[dD]([-+]?\d+)$")
_DECIMAL_COMMA = re.compile(r"^[-+]?\d+,\d+(?:[eEdD][-+]?\d+)?$")
_BLANK_CELL = re.compile(r"[^\s\[(]+(?:\s*[\[(][^\])]*[\])])?")
_THOUSANDS = re.compile(r"^[-+]?\d{1,3},\d{3}$")
# Byte-order marks, the longer ones first: that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", " ": "blanks"}


def read_lines(path: Path) -> list[str]:
    """Lines of a text file in UTF-8, or in UTF-16 or UTF-32 with a byte-order mark. Raises InputError."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError([f"{path}: there is no such file"]) from None
    except OSError as error:
        raise InputError([f"{path}: cannot be read: {error}"]) from error
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = f"line {line} is not text in {encoding.removesuffix('-sig').upper()}: {error.reason}"
        raise InputError([f"{path}: cannot be read: {what}; save the table as UTF-8"]) from None
    if "\0" in text:
        what = "UTF-16 without a byte-order mark, or no table"
        raise InputError([f"{path}: holds NUL characters ({what}); save the table as UTF-8"])
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def number(cell: str) -> float:
    """The number in a cell, NaN where it is empty. Raises ValueError where it is none."""
    if "_" in cell:  # between digits Python takes it for nothing
        raise ValueError(f"{cell!r} is not a number")
    match = _D_EXPONENT.match(cell)
    return float(f"{match[1]}e{match[2]}" if match else cell or "nan")


def split_lines(path: Path, lines: list[str]) -> tuple[list[str] | None, Rows]:
    """Units, where they stand in a line of their own, and (line number, cells) of the heads and of all rows below.

    Raises InputError where the heads are missing.
    """
    comments = [(n, line.strip()) for n, line in enumerate(lines, 1) if line.strip().startswith("#")]
    body = [(n, line.strip("\n\r ")) for n, line in enumerate(lines, 1) if line.strip() and line.strip()[0] != "#"]
    declared = [(n, match[1]) for n, text in comments if (match := _UNITS_LINE.match(text))]
    if len(declared) > 1:
        raise InputError([f"{path}: line {declared[1][0]}: a second '# units:' line"])
    if not body:
        return None, []
    separator = _separator([text for _, text in body[:3]])
    rows = [(n, _cells(path, n, text, separator)) for n, text in body]
    if any(cell and _is_number(cell) for cell in rows[0][1]):
        rows.insert(0, _commented_heads(path, comments, rows[0], separator))
    rows = _without_trailing(path, rows)
    _refuse_second_table(path, comments, rows, separator)
    if separator == ";":
        rows = _with_decimal_commas(path, rows)
    units = _cells(path, declared[0][0], declared[0][1], _separator([declared[0][1]])) if declared else None
    if units is None and len(rows) > 2 and not any(cell.rstrip()[-1:] in ("]", ")") for cell in rows[0][1]):
        units = _units_below(rows)
    if rows[0][1][0] == "" and len(rows[0][1]) > 1:
        rows[0][1][0] = "index"
    return units, rows


def separator_of(path: Path) -> str:
    """What stands between the cells of a table, in words."""
    body = [line.strip("\n\r ") for line in read_lines(path) if line.strip() and line.strip()[0] != "#"]
    return _NAMES[_separator(body[:3])]


def _separator(lines: list[str]) -> str:
    """The sign that divides every line into cells: the one of which there are equally many in all, else the most."""
    for sign in (";", "\t", ","):
        counts = [line.count(sign) for line in lines]
        if min(counts) > 0 and (sign != "," or max(counts) == min(counts) or not _blank_table(lines)):
            return sign
    return next((sign for sign in (",", ";", "\t") if sign in lines[0]), " ")


def _blank_table(lines: list[str]) -> bool:
    """Whether lines have equally many cells between blanks, and several."""
    numbers = {len(_BLANK_CELL.findall(line)) for line in lines}
    return len(numbers) == 1 and numbers.pop() > 1


def _cells(path: Path, line: int, text: str, separator: str) -> list[str]:
    if separator == " ":
        found = _BLANK_CELL.findall(text)
        return found if "".join("".join(found).split()) == "".join(text.split()) else text.split()
    try:
        cells = [cell.strip() for cell in next(csv.reader([text], delimiter=separator))]
    except csv.Error as error:
        raise InputError([f"{path}: line {line}: cannot be divided into cells: {error}"]) from None
    return cells


def _with_decimal_commas(path: Path, rows: Rows) -> Rows:
    """Rows between semicolons with points for decimal commas. Raises InputError where these may divide thousands."""
    cells = [cell for _, row in rows[1:] for cell in row]
    commas = [cell for cell in cells if _DECIMAL_COMMA.match(cell)]
    if not commas:
        return rows
    points = any("." in cell and _is_number(cell) for cell in cells)
    if points or all(_THOUSANDS.match(cell) for cell in commas):
        raise InputError(
            [
                f"{path}: '{commas[0]}' has a comma that may divide thousands or be a decimal sign: write numbers with "
                "a decimal point and nothing between thousands"
            ]
        )
    return [(n, [c.replace(",", ".") if _DECIMAL_COMMA.match(c) else c for c in row]) for n, row in rows]


def _is_number(cell: str) -> bool:
    try:
        number(cell)
    except ValueError:
        return False
    return True


def _commented_heads(
    path: Path, comments: list[tuple[int, str]], first: tuple[int, list[str]], separator: str
) -> tuple[int, list[str]]:
    """The last comment before the numbers that has a name for each of them."""
    line, values = first
    for n, text in reversed([c for c in comments if c[0] < line and not _UNITS_LINE.match(c[1])]):
        cells = _cells(path, n, text.lstrip("# \t"), separator)
        if len(cells) == len(values) and not any(cell and _is_number(cell) for cell in cells):
            return n, cells
    raise InputError(
        [
            f"{path}: line {line}: the table begins with numbers; put a line with a name and a unit for each of the "
            f"{len(values)} columns before it, such as 'altitude [km], density_O [cm-3], temperature [K]'"
        ]
    )


def _refuse_second_table(path: Path, comments: list[tuple[int, str]], rows: Rows, separator: str) -> None:
    """Raises InputError for a line of text after the first numbers: the heads of another table."""
    start = next((i for i, (_, cells) in enumerate(rows) if i and _holds_number(cells)), len(rows))
    heads = rows[0][1]
    found = [(n, cells) for n, cells in rows[start:] if any(cells) and not _holds_number(cells)]
    if start < len(rows):
        after = [(n, _cells(path, n, text.lstrip("# \t"), separator)) for n, text in comments if n > rows[start][0]]
        found += [(n, cells) for n, cells in after if len(cells) > 1 and cells[0] == heads[0]]
    if found:
        line, cells = min(found)
        shown = ", ".join(cells)[:60]
        raise InputError(
            [
                f"{path}: line {line}: '{shown}' holds no number but stands below numbers: if a second table begins "
                "here, put it into a file of its own, else take the line out or begin it with #"
            ]
        )


def _holds_number(cells: list[str]) -> bool:
    return any(cell and _is_number(cell) for cell in cells)


def _without_trailing(path: Path, rows: Rows) -> Rows:
    """Rows without the empty cell that a separator at the end of lines makes. Raises InputError where the first column
    may be an index without a head instead.
    """
    width = len(rows[0][1])
    longer = rows[1:] and all(len(cells) == width + 1 and cells[-1] == "" for _, cells in rows[1:])
    first = [cells[0] for _, cells in rows[1:]]
    if longer and first in ([str(i) for i in range(len(first))], [str(i + 1) for i in range(len(first))]):
        raise InputError(
            [
                f"{path}: line {rows[1][0]}: {width + 1} cells below {width} heads, the first ones counting rows: give "
                "the column of row numbers a head, or take it out"
            ]
        )
    if width > 1 and rows[0][1][-1] == "" and all(len(cells) == width and cells[-1] == "" for _, cells in rows):
        return [(n, cells[:-1]) for n, cells in rows]
    return [(n, cells[:-1] if len(cells) == width + 1 and cells[-1] == "" else cells) for n, cells in rows]


def _units_below(rows: Rows) -> list[str] | None:
    """The units in the line below the heads, which is taken out; None where that line holds numbers."""
    cells = rows[1][1]
    if len(cells) != len(rows[0][1]) or any(_is_number(cell) for cell in cells if cell) or not any(cells):
        return None
    del rows[1]
    return [cell.strip().strip("[]()").strip() for cell in cells]
