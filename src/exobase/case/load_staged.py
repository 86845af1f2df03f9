"""Loading a case of several stages: its file, the files of the stages, and which stage reads which."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exobase.case.model import Check
from exobase.case.resolve_checks import resolve_check
from exobase.case.staged import (
    RATIO,
    STAGES_FOLDER,
    BudgetRow,
    Published,
    Stage,
    StagedCase,
    budget_unit,
    in_order,
    relative_result,
    unknown_stage,
    usable_result,
)
from exobase.config.draft import Draft, check_tables, read_case_file, read_tables
from exobase.config.messages import nearest
from exobase.config.overrides import Overrides, apply_overrides, as_text, parse_overrides
from exobase.config.quantities import CheckQuantity
from exobase.config.references import Refer, references
from exobase.config.schema_stages import StagesFile
from exobase.config.solvers import MODELS
from exobase.errors import InputError
from exobase.io.files import readable_name

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*$")


def is_staged(path: str | Path) -> bool:
    """Whether the case file at path names solver = "stages" (false where it cannot be read)."""
    try:
        return read_tables(path)[2].get("solver") == "stages"
    except InputError:
        return False


def load_staged_case(path: str | Path, overrides: Overrides = None) -> StagedCase:
    """Reads and checks a case of stages and the files of all of them.

    overrides: "STAGE.key=value" for one stage, keys of the case itself ("check.0.accept=..."), all others for every
    stage. Raises InputError with every error found: of single keys, unknown stages, circles.
    """
    file, text, tables = read_tables(path)
    own, common, single, errors = _split(tables, overrides)
    draft = check_tables(tables, own, source=str(file), path=file.parent, text=text)
    if draft.schema is not StagesFile:
        raise InputError(f'{file}: solver = "{tables.get("solver")}": this needs a case with solver = "stages"')
    errors = [f"{file}: {message}" for message in (*errors, *draft.errors)]
    if "stage" not in draft.values:
        raise InputError(errors)
    entries = draft.values["stage"]
    names = [entry.name for entry in entries]
    errors += [f"{file}: {message}" for message in _name_faults(names)]
    stages: dict[str, Stage] = {}
    for entry in entries:
        settings = (*entry.set, *as_text(common), *as_text(single.get(entry.name, {})))
        reads, faults = _examine(file.parent / entry.case, settings, names)
        errors += [f"stage {entry.name}: {message}" for message in faults]
        budget = entry.budget if isinstance(entry.budget, bool) else tuple(entry.budget)
        stages[entry.name] = Stage(
            entry.name, entry.case, settings, tuple(reads), budget, entry.counted, entry.process, tuple(entry.choices)
        )
    order, circle = in_order({name: [r for r in stage.reads if r in stages] for name, stage in stages.items()})
    if circle:
        errors.append(f"{file}: stages read each other in a circle: {' reads '.join(circle)}; take one reference out")
    parts = _Parts(draft, names)
    rows, published, checks = parts.rows(), parts.published(), parts.checks()
    errors += [f"{file}: {message}" for message in parts.errors]
    if errors:
        raise InputError(list(dict.fromkeys(errors)))
    return StagedCase(
        name=readable_name(file.parent),
        title=draft.values["title"],
        description=draft.values["description"],
        path=file.parent,
        stages=tuple(stages[name] for name in order),
        rows=rows,
        published=published,
        checks=checks,
        toml_text=text,
        overrides=as_text(parse_overrides(overrides)[0]),
    )


def stage_refer(case: StagedCase, stage: str) -> Refer:
    """Paths of the results that a stage reads, whether they are there yet or not, relative to the stage's folder."""

    def refer(name: str) -> str:
        if name not in case.stage(stage).reads:
            raise InputError(unknown_stage(name, [s.name for s in case.stages]))
        return relative_result(case.output(name), case.folder(stage))

    return refer


def parent_refer(path: str | Path) -> Refer:
    """Paths of the last results of other stages, for a stage's case that is run alone.

    The case of stages is that of the next folder or of the one above it.
    """
    given = Path(path)
    folder = given if given.is_dir() else given.parent

    def refer(name: str) -> str:
        above = folder.resolve().parents
        parent = next((place for place in above[:2] if is_staged(place)), above[0])
        if not is_staged(parent):
            raise InputError(
                f"{parent} is no case of stages, so there is no stage {name!r} whose result could be read; run the "
                "case that this one is a stage of, or give the path of a result.h5"
            )
        known = [str(entry.get("name")) for entry in read_tables(parent)[2].get("stage", [])]
        if name not in known:
            raise InputError(f"{unknown_stage(name, known)} (of {parent})")
        output = parent / STAGES_FOLDER / name
        usable_result(output, parent.name, name, recorded_key(output))
        return relative_result(output, folder)

    return refer


def recorded_key(output: Path) -> str | None:
    """Input hash that the record of a stage holds, None where there is no record."""
    try:
        return str(json.loads(record_path(output).read_text(encoding="utf-8"))["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def record_path(output: Path) -> Path:
    """The record of a stage, beside its output folder."""
    return output.with_name(f"{output.name}.json")


def _split(
    tables: dict[str, Any], overrides: Overrides
) -> tuple[dict[str, Any], dict[str, Any], dict[str, dict[str, Any]], list[str]]:
    """Overrides of the case itself, of all stages, of single stages; and what cannot be read."""
    pairs, errors = parse_overrides(overrides)
    entries = tables.get("stage")
    names = [e.get("name") for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    own: dict[str, Any] = {}
    common: dict[str, Any] = {}
    single: dict[str, dict[str, Any]] = {}
    for key, value in pairs.items():
        head, dot, rest = key.partition(".")
        if dot and head in names:
            single.setdefault(head, {})[rest] = value
        elif head in StagesFile.model_fields:
            own[key] = value
        elif head in _keys_of_cases():
            common[key] = value
        else:
            near = nearest(head, [str(name) for name in names])
            errors.append(f"{key}: {head} is neither a stage ({', '.join(map(str, names))}) nor a key of cases{near}")
    return own, common, single, errors


def _keys_of_cases() -> set[str]:
    """Tables and keys at the top of case files of all solvers."""
    return {field for model in MODELS.values() for field in model.model_fields}


def _name_faults(names: Sequence[str]) -> list[str]:
    taken = _keys_of_cases()
    faults = []
    for i, name in enumerate(names):
        if not _NAME.match(name):
            faults.append(f"stage.{i}.name = {name!r}: allowed: letters, digits, _ and -, a letter first")
        elif name in taken:
            faults.append(f"stage.{i}.name = {name!r}: is a key of case files, which --set could not tell apart")
        elif name in names[:i]:
            faults.append(f"stage.{i}.name = {name!r}: appears twice; give every stage its own name")
    return faults


def _examine(folder: Path, settings: Sequence[str], names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Stages that the case of a stage reads, and the faults of its single keys."""
    pairs, errors = parse_overrides(settings)
    try:
        file, _, tables = read_tables(folder)
    except InputError as error:
        return [], list(error.messages)
    if tables.get("solver") == "stages":
        return [], [f"{file}: is a case of stages itself; a stage needs an ordinary case"]
    tables, misplaced = apply_overrides(tables, pairs)
    errors += misplaced
    reads = list(dict.fromkeys(name for _, name in references(tables)))
    errors += [unknown_stage(name, names) for name in reads if name not in names]
    draft = read_case_file(folder, pairs, refer=lambda name: name)
    return [name for name in reads if name in names], [f"{file}: {message}" for message in (*errors, *draft.errors)]


class _Parts:
    """Resolves budget, published ranges and checks; faults are collected."""

    def __init__(self, draft: Draft, names: Sequence[str]) -> None:
        self.values, self.names = draft.values, names
        self.errors: list[str] = []

    def rows(self) -> tuple[BudgetRow, ...]:
        entries = self.values.get("budget", [])
        for i, row in enumerate(entries):
            if row.stage not in self.names:
                self._report(f"budget.{i}.stage", f"allowed: {', '.join(self.names)}{nearest(row.stage, self.names)}")
        return tuple(BudgetRow(r.stage, r.quantity, r.species, r.process, r.stderr, r.counted) for r in entries)

    def published(self) -> tuple[Published, ...]:
        entries = self.values.get("published", [])
        for i, p in enumerate(entries):
            if p.low > p.high:
                self._report(f"published.{i}.low", "must not exceed high", p.low)
        return tuple(Published(p.species, p.process, p.low, p.high, p.condition, p.reference) for p in entries)

    def checks(self) -> tuple[Check, ...]:
        found = []
        for i, table in enumerate(self.values.get("check", [])):
            key, names = f"check.{i}", table.quantity.split(RATIO)
            parts = [name.split(".") for name in names]
            if len(names) > 2 or any(p[0] != "budget" or len(p) < 2 or not all(p) for p in parts):
                self._report(
                    f"{key}.quantity",
                    'allowed: "budget.SPECIES.PROCESS", "budget.SPECIES", "budget.element.ELEMENT", "budget.mass", or '
                    f'the ratio of two of them, "budget.A{RATIO}budget.B"',
                    table.quantity,
                )
                continue
            quantity = {"budget": CheckQuantity(budget_unit(table.quantity))}
            check = resolve_check(table, key, (table.quantity.partition(".")[2],), self._report, quantity)
            if check is not None:
                found.append(check)
        return tuple(found)

    def _report(self, key: str, message: str, given: object = None) -> None:
        self.errors.append(f"{key}{'' if given is None else f' = {given!r}'}: {message}")
