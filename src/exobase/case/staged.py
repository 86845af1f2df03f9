"""A case of several stages: ordinary cases that read each other's results, in an order that this follows from."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exobase.case.model import Check, plain
from exobase.config.messages import nearest
from exobase.config.references import PREFIX
from exobase.errors import InputError
from exobase.io.files import is_there
from exobase.io.results import RESULT_NAME, SUMMARY_NAME, read_result

STAGES_FOLDER = Path("output") / "stages"
STAMP = ("stage_parent", "stage", "stage_key")
"""Attributes by which a result says that it belongs to a stage: case, stage, hash of all that went into it."""

RATIO = " / "
"""Between two quantities of a budget, of which a check judges the ratio."""

WHOLE = ("converged", "reached_limit", "drifting")
"""Status of a result that another stage may read."""


@dataclass(frozen=True)
class Stage:
    """One stage. folder: of its case, relative to the parent's; settings: overrides, the later ones win.

    reads: stages whose results it reads. budget: species that have rows, True: all that escape, False: none; counted:
    whether totals hold these rows. process: its category where that does not follow from the sources. choices: model
    choices in words.
    """

    name: str
    folder: str
    settings: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    budget: tuple[str, ...] | bool = True
    counted: bool = True
    process: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class BudgetRow:
    """A number of a stage's summary as a row of the budget; stderr: path of its error, None: the key beside it."""

    stage: str
    quantity: str
    species: str
    process: str
    stderr: str | None = None
    counted: bool = True


@dataclass(frozen=True)
class Published:
    """A published range [s-1] for a species and a process."""

    species: str
    process: str
    low: float
    high: float
    condition: str
    reference: str


@dataclass(frozen=True)
class StagedCase:
    """A case of stages, in the order in which they run. path: its folder; place: where all output goes (None: `output`
    there).
    """

    name: str
    title: str
    description: str
    path: Path
    stages: tuple[Stage, ...]
    rows: tuple[BudgetRow, ...] = ()
    published: tuple[Published, ...] = ()
    checks: tuple[Check, ...] = ()
    toml_text: str = ""
    overrides: tuple[str, ...] = ()
    solver: str = "stages"
    place: Path | None = None

    def stage(self, name: str) -> Stage:
        """The stage of this name."""
        return next(stage for stage in self.stages if stage.name == name)

    @property
    def whole_output(self) -> Path:
        """Folder of all output."""
        return self.path / "output" if self.place is None else self.place

    def output(self, name: str) -> Path:
        """Folder with the ordinary output of a stage."""
        return self.whole_output / STAGES_FOLDER.name / name

    def folder(self, name: str) -> Path:
        """Folder of the case of a stage."""
        return self.path / self.stage(name).folder

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, for JSON."""
        data: dict[str, Any] = plain(dataclasses.asdict(self))
        return data | {"path": str(self.path), "place": str(self.whole_output)}


def in_order(reads: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    """Stages in an order in which each comes after those that it reads, else in the given order; and a circle, if any.

    reads: for every stage the names of those that it reads, all of them known.
    """
    order: list[str] = []
    waiting = list(reads)
    while waiting:
        ready = next((name for name in waiting if all(other in order for other in reads[name])), None)
        if ready is None:
            return order, _circle(reads, waiting)
        order.append(ready)
        waiting.remove(ready)
    return order, []


def _circle(reads: Mapping[str, Sequence[str]], waiting: list[str]) -> list[str]:
    """A circle among stages none of which can run: from one to one of those that it waits for, until one returns."""
    path = [waiting[0]]
    while True:
        following = next(name for name in reads[path[-1]] if name in waiting)
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)


def relative_result(output: Path, folder: Path) -> str:
    """Path of the result in an output folder, as seen from the folder of a case (so that both may be moved)."""
    return Path(os.path.relpath((output / RESULT_NAME).resolve(), folder.resolve())).as_posix()


def usable_result(output: Path, parent: str, stage: str, key: str | None = None) -> Path:
    """The result of a stage that another one may read. key: what its stamp must say (None: any).

    Raises InputError, which says what to do, for a result that is missing, of another case, stage or input, or of a
    run that was stopped or failed.
    """
    path = output / RESULT_NAME
    remedy = f"run 'exobase run' of the case {parent}"
    if not is_there(path):
        raise InputError(f"stage {stage} of {parent} has no result yet ({path} is missing): {remedy} first")
    attrs = read_result(path).attrs
    own = tuple(str(attrs.get(name, "")) for name in STAMP)
    if own[:2] != (parent, stage):
        whose = f"that of stage {own[1]} of {own[0]}" if own[1] else "of no stage at all"
        raise InputError(f"{path} is {whose}, not of stage {stage} of {parent}: move it, or {remedy} with --overwrite")
    if key is not None and own[2] != key:
        raise InputError(f"{path} was made from other inputs than its record says: {remedy} with --overwrite")
    status = str(attrs.get("status"))
    if status not in WHOLE:
        raise InputError(f"stage {stage} of {parent} has not finished ({path}: {status}): {remedy} to continue it")
    return path


def budget_unit(quantity: str) -> str:
    """SI unit of a number of a loss budget that a check names: a rate, the mass, or a ratio of two of them ("")."""
    return "" if RATIO in quantity else "kg s-1" if quantity == "budget.mass" else "s-1"


def owner_of(output: Path) -> tuple[str, str] | None:
    """Case and stage whose result lies in an output folder ("" where it belongs to no stage), None where none lies."""
    path = output / RESULT_NAME
    if not is_there(path):
        return None
    attrs = read_result(path).attrs
    return str(attrs.get("stage_parent", "")), str(attrs.get("stage", ""))


def unknown_stage(name: str, stages: Sequence[str]) -> str:
    """What to say of a name that is no stage."""
    return f"{PREFIX}{name}: no such stage; allowed: {', '.join(stages)}{nearest(name, stages)}"


__all__ = [
    "RATIO", "RESULT_NAME", "STAGES_FOLDER", "STAMP", "SUMMARY_NAME", "WHOLE", "BudgetRow", "Published", "Stage",
    "StagedCase", "budget_unit", "in_order", "owner_of", "relative_result", "unknown_stage", "usable_result",
]  # fmt: skip
