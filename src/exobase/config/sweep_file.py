"""Sweeps: values of a key over which cases are run, from the command line or from the case's sweep.toml."""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from exobase.config.messages import describe
from exobase.config.overrides import parse_overrides
from exobase.config.schema_base import Table
from exobase.config.values import Positive, Raw, Word
from exobase.errors import InputError

SWEEP_NAME = "sweep.toml"
LONGEST = 100_000  # values of one key

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*:\s*({_NUMBER})\s*:\s*({_NUMBER})\s*(\D.*)?$")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")

Values = Annotated[Any, Field(description="a value, a list of values, or a range 'start:stop:step'")]


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
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None
    try:
        return SweepFile.model_validate(tables)
    except ValidationError as error:
        lines = [describe(e, SweepFile).replace("in a case file", "here") for e in error.errors(include_url=False)]
        raise InputError([f"{file}: {line}" for line in lines]) from None


def parse_over(text: str) -> tuple[str, list[Any]]:
    """Key and values of one `--over KEY=VALUES`, for example "run.seed=1,2,3" or "body.jeans_parameter=0:15:1".

    VALUES: single values separated by commas (those inside brackets or quotes do not count), each read like that of
    `--set` (brackets make one value, a list), or start:stop:step with stop included, with a unit behind it where one is
    needed ("100:300:50 K").
    Raises InputError.
    """
    key, equals, values = text.partition("=")
    key = key.strip()
    if not equals or not key or not values.strip():
        raise InputError(f"--over {text}: expected KEY=VALUES, for example body.jeans_parameter=1,2 or run.seed=1:9:1")
    found: list[Any] = []
    try:
        for word in _split(values):
            value = parse_overrides([f"{key}={word}"])[0][key]
            found += [value] if isinstance(value, list) else expand(value)
    except ValueError as error:
        raise InputError(f"--over {text}: {error}") from None
    return key, found


def expand(values: Any) -> list[Any]:
    """Values as a list: a list as it is, a range "start:stop:step" as its members, any other value alone.

    Raises ValueError where a range is empty or endless.
    """
    if isinstance(values, list):
        return [value for item in values for value in (expand(item) if isinstance(item, str) else [item])]
    match = _RANGE.match(values) if isinstance(values, str) else None
    if match is None:
        return [values]
    start, stop, step = (float(word) for word in match.groups()[:3])
    if step == 0.0 or not all(map(math.isfinite, (start, stop, step))) or (stop - start) * step < 0.0:
        raise ValueError(f"the range {values!r} has no end or no member; write start:stop:step, as in 0:15:1")
    count = math.floor((stop - start) / step * (1.0 + 1e-12) + 1e-9) + 1
    if count > LONGEST:
        raise ValueError(f"the range {values!r} has {count} members; at most {LONGEST}")
    # 12 digits hide the round-off of the sum: 0:1:0.1 gives 0.3, not 0.30000000000000004.
    numbers = [float(f"{start + i * step:.12g}") for i in range(count)]
    whole = not any(set(".eE") & set(word) for word in match.groups()[:3])
    listed: list[Any] = [int(number) for number in numbers] if whole else numbers
    unit = (match.group(4) or "").strip()
    return [f"{number!r} {unit}" for number in listed] if unit else listed


def is_label(text: str) -> bool:
    """Whether a name can be that of a folder everywhere: letters, digits and . _ + -, not beginning with a sign."""
    return _LABEL.fullmatch(text) is not None


def _split(text: str) -> list[str]:
    """Parts between commas that stand outside brackets and quotes. Raises ValueError for an empty part."""
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
        if c == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += c
    words = [part.strip() for part in parts]
    if not all(words):
        raise ValueError("a value is missing beside a comma")
    return words
