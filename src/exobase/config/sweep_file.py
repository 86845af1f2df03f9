"""Sweeps: values of a key over which cases are run, from the command line or from the case's sweep.toml."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from exobase.config.messages import describe
from exobase.config.overrides import overlap, parse_overrides
from exobase.config.schema_base import Table
from exobase.config.values import Positive, Raw, Word
from exobase.errors import InputError

SWEEP_NAME = "sweep.toml"
LONGEST = 100_000  # values of one key
TIE = "&"  # between keys that change together
EXAMPLES = (
    "for example run.seed=1:9:1, body.jeans_parameter=1,2, species.*.temperature=67:87:5 K, or keys that change "
    'together "body.radius=1 km,2 km & domain.inner=2 km,4 km"'
)

LAYOUT = (
    'the points stand in blocks, such as [[block]] with the lines name = "a" and '
    'over = { "body.jeans_parameter" = [6, 7], "run.seed" = "1:4:1" }'
)

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_PART = re.compile(rf"\s*({_NUMBER})\s*([^\d\s.:][^:]*?)?\s*")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")

Values = Annotated[
    Any,
    Field(
        description="a value, a list of values, or a range 'start:stop:step'; tied keys: "
        "values of all, or a list for each step"
    ),
]


class RuleTable(Table):
    """Settings for part of a block: where each named swept key lies in its range [lowest, highest], ends included."""

    where: dict[str, list[float | int]]
    set: list[str]


class BlockTable(Table):
    """The outer product of the values in `over`, with common settings and rules for parts of it."""

    name: str
    label: str = ""
    over: dict[str, Values]
    set: list[str] = Field(default_factory=list)
    rule: list[RuleTable] = Field(default_factory=list)


class TakeTable(Table):
    """Part of a block: the points whose values of the keys in `only` are listed there."""

    block: str
    only: dict[str, Values] = Field(default_factory=dict)
    set: list[str] = Field(default_factory=list)


class SubsetTable(Table):
    """A named choice of points with settings of its own; without `take`, all points."""

    name: str
    description: str = ""
    take: list[TakeTable] = Field(default_factory=list)
    set: list[str] = Field(default_factory=list)


class ExpectTable(Table):
    """What a point of the sweep should give: a reference with its bounds, or a range to accept."""

    block: str
    point: dict[str, Annotated[float | str, Raw()]]
    quantity: str
    reference: float | int | None = None
    stderr: float | int = 0.0
    sigma: Positive | None = None
    relative: Positive | None = None
    accept: list[float | int] | None = None
    source: str = ""


class FigureTable(Table):
    """The figure: horizontal axis (a swept key), one panel per quantity, theory lines by name."""

    x: str | None = None
    x_label: str = ""
    quantities: list[str] = Field(default_factory=list)
    log: list[str] = Field(default_factory=list, description="quantities with a logarithmic axis")
    theory: Annotated[str, Word(("none", "transition"))] = "none"


class SweepFile(Table):
    """sweep.toml as a whole."""

    title: str = ""
    block: list[BlockTable] = Field(min_length=1)
    subset: list[SubsetTable] = Field(default_factory=list)
    expect: list[ExpectTable] = Field(default_factory=list)
    figure: FigureTable = FigureTable()


def read_sweep_file(case: Path) -> SweepFile | None:
    """The sweep.toml beside a case.toml (case: the directory or its case.toml); None where there is none.

    Raises InputError with every fault of a single key: unknown keys with the nearest name, values of the wrong kind.
    """
    file = (case if case.is_dir() else case.parent) / SWEEP_NAME
    if not file.exists():
        return None
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None
    try:
        return SweepFile.model_validate(tables)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        lines = [describe(e, SweepFile).replace("in a case file", "here") for e in errors]
        if any(e["loc"] == ("block",) or e["loc"][2:] in (("name",), ("over",)) for e in errors):
            lines.append(LAYOUT)
        raise InputError([f"{file}: {line}" for line in lines]) from None


@dataclass(frozen=True)
class Axis:
    """Keys that change together and their values: one row of values, one for each key, for every step.

    cut: ranges whose end is no member of theirs, in words.
    """

    keys: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The keys as they are written."""
        return f" {TIE} ".join(self.keys)

    def column(self, key: str) -> list[Any]:
        """The values of one key."""
        place = self.keys.index(key)
        return [row[place] for row in self.rows]


def parse_over(text: str) -> Axis:
    """The axis of one `--over KEY=VALUES`, for example "run.seed=1,2,3" or "body.jeans_parameter=0:15:1".

    VALUES: single values separated by commas (those inside brackets or quotes do not count), each read like that of
    `--set` (brackets make one value, a list), or start:stop:step, with a unit behind it where one is needed
    ("100:300:50 K"). Keys that change together are joined by "&": "body.radius=1 km,2 km & domain.inner=2 km,4 km" have
    as many values each, "species.0.temperature & species.1.temperature=67:90:5 K" the same ones.
    Raises InputError.
    """
    keys: list[str] = []
    columns: list[list[Any]] = []
    cut: list[str] = []
    try:
        for part in _split(text, TIE):
            key, equals, values = (word.strip() for word in part.partition("="))
            if not key or (equals and not values):
                raise ValueError(f"expected KEY=VALUES, {EXAMPLES}")
            keys.append(key)
            if not equals:
                continue
            listed = _listed(key, values, cut)
            columns += [listed] * (len(keys) - len(columns))
    except ValueError as error:
        raise InputError(f"--over {text}: {error}") from None
    if len(columns) < len(keys):
        raise InputError(f"--over {text}: expected KEY=VALUES, {EXAMPLES}")
    return _tied(f"--over {text}", keys, columns, cut)


def axis_of(key: str, values: Any) -> Axis:
    """The axis of one entry of a table `over`: KEY = VALUES, or "KEY & KEY" with the values of all, or a list for each.

    Raises ValueError.
    """
    keys = [part.strip() for part in _split(key, TIE)]
    cut: list[str] = []
    rows = isinstance(values, list) and len(keys) > 1 and any(isinstance(value, list) for value in values)
    if not rows:
        return _tied(f"over.{key}", keys, [expand(values, cut)] * len(keys), cut, ValueError)
    wrong = [value for value in values if not isinstance(value, list) or len(value) != len(keys)]
    if wrong:
        raise ValueError(f"{wrong[0]!r}: expected a list of {len(keys)} values, one for each of {', '.join(keys)}")
    return _tied(f"over.{key}", keys, [list(column) for column in zip(*values, strict=True)], cut, ValueError)


def _tied(
    where: str, keys: list[str], columns: list[list[Any]], cut: list[str], kind: type[Exception] = InputError
) -> Axis:
    """The axis of keys with their columns of values. Raises the kind of error where they do not fit together."""
    again = [key for i, key in enumerate(keys) if any(overlap(key, other) for other in keys[:i])]
    if again:
        raise kind(f"{where}: {again[0]} is tied to itself; give every key once")
    numbers = {key: len(column) for key, column in zip(keys, columns, strict=True)}
    if len(set(numbers.values())) > 1:
        given = ", ".join(f"{key} has {number}" for key, number in numbers.items())
        raise kind(f"{where}: keys that change together need equally many values: {given}")
    return Axis(tuple(keys), tuple(zip(*columns, strict=True)), tuple(cut))


def _listed(key: str, values: str, cut: list[str]) -> list[Any]:
    found: list[Any] = []
    for word in _split(values):
        value = parse_overrides([f"{key}={word}"])[0][key]
        found += [value] if isinstance(value, list) else expand(value, cut)
    return found


def expand(values: Any, cut: list[str] | None = None) -> list[Any]:
    """Values as a list: a list as it is, a range "start:stop:step" as its members, any other value alone.

    The end of a range is a member where a whole number of steps leads to it; else a line is added to ``cut``.
    Raises ValueError where a range is empty, endless or none.
    """
    if isinstance(values, list):
        return [value for item in values for value in (expand(item, cut) if isinstance(item, str) else [item])]
    found = [_PART.fullmatch(part) for part in values.split(":")] if isinstance(values, str) else []
    parts = [part for part in found if part is not None]
    if len(found) < 2 or len(parts) < len(found):
        return [values]
    units = {part.group(2) for part in parts if part.group(2)}
    if len(parts) != 3 or len(units) > 1:
        more = f"; its units differ: {', '.join(sorted(units))}" if len(units) > 1 else ""
        raise ValueError(f"{values!r} is no range start:stop:step, as in 0:15:1 or 100:300:50 K{more}")
    words = [part.group(1) for part in parts]
    start, stop, step = (float(word) for word in words)
    if step == 0.0 or not all(map(math.isfinite, (start, stop, step))) or (stop - start) * step < 0.0:
        raise ValueError(f"the range {values!r} has no end or no member; write start:stop:step, as in 0:15:1 or 9:1:-2")
    exact = (stop - start) / step
    count = math.floor(exact * (1.0 + 1e-12) + 1e-9) + 1
    if count > LONGEST:
        raise ValueError(f"the range {values!r} has {count} members; at most {LONGEST}")
    # 12 digits hide the round-off of the sum: 0:1:0.1 gives 0.3, not 0.30000000000000004.
    numbers = [float(f"{start + i * step:.12g}") for i in range(count)]
    whole = not any(set(".eE") & set(word) for word in words)
    listed: list[Any] = [int(number) for number in numbers] if whole else numbers
    unit = next(iter(units), "")
    if cut is not None and exact - (count - 1) > 1e-6:
        cut.append(f"the range {values} ends at {listed[-1]!r}: no step leads to {stop:g}")
    return [f"{number!r} {unit}" for number in listed] if unit else listed


def is_label(text: str) -> bool:
    """Whether a name can be that of a folder everywhere: letters, digits and . _ + -, not beginning with a sign."""
    return _LABEL.fullmatch(text) is not None


def _split(text: str, sign: str = ",") -> list[str]:
    """Parts between signs that stand outside brackets and quotes. Raises ValueError for an empty part."""
    parts, depth, quote = [""], 0, ""
    for c in text:
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        elif c in "[{":
            depth += 1
        elif c in "]}":
            depth -= 1
        if c == sign and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += c
    words = [part.strip() for part in parts]
    if not all(words):
        raise ValueError(f"nothing stands beside a '{sign}'; {EXAMPLES}")
    return words
