"""The points of a sweep: which keys of the case take which values, and the resolved case of every point."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exobase.case import AnyCase, load_case
from exobase.config.messages import nearest
from exobase.config.overrides import overlap, parse_overrides
from exobase.config.sweep_file import (
    SWEEP_NAME,
    Axis,
    BlockTable,
    SweepFile,
    axis_of,
    expand,
    is_label,
    parse_over,
)
from exobase.errors import InputError
from exobase.solvers import solver_of

Values = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """One case of a sweep. number counts from 1; name is its folder below the sweep's (block/key=value_key=value).

    values: the swept keys; settings: all keys that differ from the case file, those included.
    """

    number: int
    name: str
    block: str
    values: Values
    settings: Values


@dataclass(frozen=True)
class ParameterGrid:
    """All points of a sweep, the keys that are swept in any of them, and labels of the blocks for figures.

    tied: keys that follow another one, by that one's name (both stand among the keys). notes: lines for the reader.
    """

    name: str
    title: str
    points: tuple[Point, ...]
    keys: tuple[str, ...]
    labels: dict[str, str] = field(default_factory=dict)
    tied: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def grid_from_overs(overs: Sequence[str], sets: Sequence[str] | None, name: str | None = None) -> ParameterGrid:
    """The outer product of `--over KEY=VALUES` options; the first one varies slowest.

    Raises InputError for options that cannot be read, a key or value given twice, a key both swept and set.
    """
    errors: list[str] = []
    axes: list[Axis] = []
    for text in overs:
        try:
            axes.append(parse_over(text))
        except InputError as error:
            errors += error.messages
    common, bad = parse_overrides(list(sets or ()))
    keys = [key for axis in axes for key in axis.keys]
    errors += bad
    errors += [f"--over {key}: given twice; put all its values into one" for key in _twice(axes)]
    errors += [f"--over {key}: is also given by --set; leave one of them" for key in keys if _among(key, common)]
    errors += [f"--over {text}" for axis in axes for text in _repeated(axis)]
    if errors:
        raise InputError(errors)
    labels = short_names(keys)
    points = []
    for number, values in enumerate(_product(axes), 1):
        folder = point_name(_leading(axes, values), labels)
        points.append(Point(number, folder, "", values, {**common, **values}))
    title = " x ".join(" and ".join(labels[key] for key in axis.keys) for axis in axes)
    notes = tuple(f"--over {axis.name}: {text}" for axis in axes for text in axis.cut)
    own = "-".join(labels[axis.keys[0]] for axis in axes)
    return ParameterGrid(_checked(name or own), title, _distinct(points), tuple(keys), {}, _followers(axes), notes)


def grid_from_file(
    file: SweepFile, subset: str | None, sets: Sequence[str] | None, name: str | None = None
) -> ParameterGrid:
    """The points of a sweep.toml, all or those of a named subset.

    Where a key is set several times, the later counts: block, its rules in order, subset, its part, `--set`.
    Raises InputError for blocks, keys, values or subsets that do not exist.
    """
    errors = _faults(file, subset)
    common, bad = parse_overrides(list(sets or ()))
    if errors:
        raise InputError(errors + bad)
    axes_of = {block.name: [axis_of(key, values) for key, values in block.over.items()] for block in file.block}
    swept = {key for axes in axes_of.values() for axis in axes for key in axis.keys}
    errors += bad + [f"--set {key}: is swept by {SWEEP_NAME}; leave it to that" for key in common if _among(key, swept)]
    if errors:
        raise InputError(errors)
    chosen = next((s for s in file.subset if s.name == subset), None)
    points: list[Point] = []
    for block in file.block:
        axes = axes_of[block.name]
        labels = short_names([key for axis in axes for key in axis.keys])
        for values in _product(axes):
            takes = [t for t in chosen.take if t.block == block.name and _taken(values, t.only)] if chosen else []
            if chosen and chosen.take and not takes:
                continue
            settings = _settings(block, values)
            for lines in ([*chosen.set, *(line for t in takes for line in t.set)] if chosen else [],):
                settings |= parse_overrides(lines)[0]
            folder = f"{block.name}/{point_name(_leading(axes, values), labels)}"
            points.append(Point(len(points) + 1, folder, block.name, values, {**settings, **common, **values}))
    used = {point.block for point in points}
    axes = [axis for block in file.block if block.name in used for axis in axes_of[block.name]]
    keys = dict.fromkeys(key for axis in axes for key in axis.keys)
    labelled = {block.name: block.label or block.name for block in file.block}
    notes = tuple(dict.fromkeys(f"{SWEEP_NAME}: {axis.name}: {text}" for axis in axes for text in axis.cut))
    whole = _checked(name or subset or "all")
    return ParameterGrid(whole, file.title, _distinct(points), tuple(keys), labelled, _followers(axes), notes)


def resolve_points(case: Path, points: Sequence[Point]) -> list[AnyCase]:
    """The resolved case of every point. Raises InputError with every fault and the points that have it."""
    cases: list[AnyCase] = []
    faults: dict[str, list[Point]] = {}
    for point in points:
        try:
            found = load_case(case, point.settings)
            if (examine := solver_of(found).examine) is not None:
                examine(found)
            cases.append(dataclasses.replace(found, name=f"{found.name} {point.name}"))
        except InputError as error:
            for message in error.messages:
                faults.setdefault(message, []).append(point)
    if faults:
        raise InputError([f"{_whose(having, len(points))}: {message}" for message, having in faults.items()])
    return cases


def short_names(keys: Sequence[str]) -> dict[str, str]:
    """Shortest ends of dotted keys that tell them apart: {"species.0.density": "density"}."""
    names: dict[str, str] = {}
    for key in keys:
        parts = key.replace("*", "all").split(".")
        for length in range(1, len(parts) + 1):
            names[key] = ".".join(parts[-length:])
            if sum(other == key or other.replace("*", "all").endswith(f".{names[key]}") for other in keys) == 1:
                break
    return names


def point_name(values: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """A folder name from the swept values: "jeans_parameter=6_knudsen_number=0.01"."""
    return "_".join(f"{labels[key]}={_plain(spell(value))}" for key, value in values.items()) or "point"


def spell(value: Any) -> str:
    """A value as a reader writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same: numbers by size, others as they stand."""
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) <= 1e-12 * max(abs(a), abs(b))
    return bool(a == b)


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.+-]+", "-", text).strip("-.") or "x" if not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _product(axes: Sequence[Axis]) -> Iterator[Values]:
    for rows in itertools.product(*(axis.rows for axis in axes)):
        pairs = (zip(axis.keys, row, strict=True) for axis, row in zip(axes, rows, strict=True))
        yield {key: value for pair in pairs for key, value in pair}


def _leading(axes: Sequence[Axis], values: Values) -> Values:
    """The values that tell a point from others: of keys that change together the first one's, where these differ."""
    told: Values = {}
    for axis in axes:
        column = axis.column(axis.keys[0])
        several = any(same(a, b) for i, a in enumerate(column) for b in column[:i])
        told |= {key: values[key] for key in (axis.keys if several else axis.keys[:1])}
    return told


def _followers(axes: Sequence[Axis]) -> dict[str, str]:
    """Keys that change together with another one, by its name."""
    return {key: axis.keys[0] for axis in axes for key in axis.keys[1:]}


def _among(key: str, others: Iterable[str]) -> bool:
    return any(overlap(key, other) for other in others)


def _twice(axes: Sequence[Axis]) -> list[str]:
    """Keys that an earlier axis has too."""
    return [
        key for i, axis in enumerate(axes) for key in axis.keys if any(_among(key, other.keys) for other in axes[:i])
    ]


def _repeated(axis: Axis) -> list[str]:
    return [
        f"{axis.name}: the value {' & '.join(map(spell, row))} is given twice"
        for i, row in enumerate(axis.rows)
        if any(all(same(a, b) for a, b in zip(row, other, strict=True)) for other in axis.rows[:i])
    ]


def _taken(values: Values, only: Mapping[str, Any]) -> bool:
    return all(any(same(values[key], value) for value in expand(listed)) for key, listed in only.items())


def _settings(block: BlockTable, values: Values) -> Values:
    lines = list(block.set)
    for rule in block.rule:
        if all(low <= values[key] <= high for key, (low, high) in rule.where.items()):
            lines += rule.set
    return parse_overrides(lines)[0]


def _checked(name: str) -> str:
    if not is_label(name):
        raise InputError(f"--name {name}: allowed: letters, digits and . _ + -, without blanks")
    return name


def _distinct(points: list[Point]) -> tuple[Point, ...]:
    seen: dict[str, Point] = {}
    for point in points:
        if point.name in seen:
            raise InputError(f"points {seen[point.name].number} and {point.number} have the same name, {point.name}")
        seen[point.name] = point
    if not points:
        raise InputError("the sweep has no points")
    return tuple(points)


def _whose(having: list[Point], total: int) -> str:
    if len(having) == total and total > 1:
        return f"all {total} points"
    listed = "; ".join(f"{point.number} ({point.name})" for point in having[:3])
    more = f" and {len(having) - 3} more" if len(having) > 3 else ""
    return f"point{'s' if len(having) > 1 else ''} {listed}{more}"


def _faults(file: SweepFile, subset: str | None) -> list[str]:
    """What is wrong between the tables of a sweep.toml, and with the subset asked for."""
    errors: list[str] = []
    blocks = {block.name: block for block in file.block}
    names = [s.name for s in file.subset]
    if len(blocks) < len(file.block) or len(set(names)) < len(names):
        errors.append("two blocks or two subsets have the same name")
    if subset is not None and subset not in names:
        have = ", ".join(names) or "none"
        errors.append(f"no subset {subset!r}{nearest(subset, names) or ';'} {SWEEP_NAME} has: {have}")
    for block in file.block:
        errors += _block_faults(block)
    for s in file.subset:
        errors += [f"subset.{s.name}: {text}" for text in parse_overrides(s.set)[1]]
        for i, take in enumerate(s.take):
            key = f"subset.{s.name}.take.{i}"
            errors += [f"{key}: {text}" for text in parse_overrides(take.set)[1]]
            if take.block not in blocks:
                errors.append(f"{key}.block = {take.block!r}: no such block{nearest(take.block, blocks)}")
            else:
                errors += _not_swept(f"{key}.only", take.only, blocks[take.block])
    for i, expect in enumerate(file.expect):
        key = f"expect.{i}"
        if expect.block not in blocks:
            errors.append(f"{key}.block = {expect.block!r}: no such block{nearest(expect.block, blocks)}")
            continue
        found = _not_swept(f"{key}.point", expect.point, blocks[expect.block])
        missing = [axis.keys[0] for axis in _axes(blocks[expect.block])[0] if not set(axis.keys) & set(expect.point)]
        errors += found + [f"{key}.point: {name} is missing" for name in missing]
        if (expect.accept is None) == (expect.reference is None):
            errors.append(f"{key}: give either reference (with sigma or relative) or accept")
        elif expect.accept is not None and len(expect.accept) != 2:
            errors.append(f"{key}.accept: expected two numbers, [lowest, highest]")
        elif expect.accept is None and expect.sigma is None and expect.relative is None:
            errors.append(f"{key}: a reference needs sigma or relative (both must hold if both are given)")
    return [f"{SWEEP_NAME}: {text}" for text in errors]


def _block_faults(block: BlockTable) -> list[str]:
    errors = [f"block.{block.name}: {text}" for text in parse_overrides(block.set)[1]]
    if not is_label(block.name):
        errors.append(f"block.name = {block.name!r}: allowed: letters, digits and . _ + -, without blanks")
    axes, faults = _axes(block)
    errors += faults
    errors += [f"block.{block.name}.over.{text}" for axis in axes for text in _repeated(axis)]
    errors += [f"block.{block.name}.over.{key}: given twice" for key in _twice(axes)]
    over = {key: axis.column(key) for axis in axes for key in axis.keys}
    for i, rule in enumerate(block.rule):
        where = f"block.{block.name}.rule.{i}"
        errors += [f"{where}: {text}" for text in parse_overrides(rule.set)[1]]
        for key, bounds in rule.where.items():
            if key not in over:
                errors.append(f"{where}.where.{key}: is not swept{nearest(key, over)}")
            elif len(bounds) != 2:
                errors.append(f"{where}.where.{key}: expected two numbers, [lowest, highest]")
            elif not all(isinstance(value, int | float) for value in over.get(key, [])):
                errors.append(f"{where}.where.{key}: a range needs values that are numbers")
    return errors


def _axes(block: BlockTable) -> tuple[list[Axis], list[str]]:
    """The axes of a block that can be read, and the faults of the others."""
    axes: list[Axis] = []
    errors = []
    for key, values in block.over.items():
        try:
            axes.append(axis_of(key, values))
        except ValueError as error:
            errors.append(f"block.{block.name}.over.{key}: {error}")
    return axes, errors


def _not_swept(where: str, given: Mapping[str, Any], block: BlockTable) -> list[str]:
    errors = []
    over = {key: axis.column(key) for axis in _axes(block)[0] for key in axis.keys}
    for key, listed in given.items():
        if key not in over:
            errors.append(f"{where}.{key}: is not swept by block {block.name}{nearest(key, over)}")
            continue
        try:
            wanted, have = expand(listed), over[key]
        except ValueError as error:
            errors.append(f"{where}.{key}: {error}")
            continue
        missing = [spell(w) for w in wanted if not any(same(w, h) for h in have)]
        if missing:
            errors.append(f"{where}.{key}: block {block.name} has no value {', '.join(missing)}")
    return errors
