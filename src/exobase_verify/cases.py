"""Rows from shipped cases: run in a folder of the validation, judged by their own checks; and the identity of bits."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exobase.case import AnyCase, Check, HistoryCase, StagedCase, open_case
from exobase.case.copying import copy_case_files
from exobase.case.load import load_stage
from exobase.case.staged import budget_unit
from exobase.config.quantities import CheckQuantity
from exobase.errors import ExobaseError, RunError
from exobase.io.files import write_text_atomic
from exobase.io.results import SUMMARY_NAME, read_summary
from exobase.judge.outcome import was_judged
from exobase.solvers import solver_of
from exobase_verify.jobs import Ended, exobase
from exobase_verify.row import Row, Size, broken
from exobase_verify.tasks import IDENTITY_CASES, IDENTITY_RANKS, Task

FINISHED = (0, 1)
STOPPED = 4
_KEY_NAME = "validation-key.txt"


class Interrupted(Exception):
    """A run was stopped on request; the same call continues it."""


def case_rows(task: Task, folder: Path, key: str) -> list[Row]:
    """Run a shipped case in ``folder`` (or continue it, where its files there belong to ``key``) and read its checks.

    A case that cannot be read or fails is one failed row that says why. Raises Interrupted.
    """
    assert task.folder is not None
    stored = folder / _KEY_NAME
    again = stored.is_file() and stored.read_text(encoding="utf-8") == key
    if not again:
        shutil.rmtree(folder, ignore_errors=True)
        copy_case_files(task.folder, folder)
        write_text_atomic(stored, key)
    try:
        case = open_case(folder, list(task.settings))
    except ExobaseError as error:
        return [broken(f"{task.name}: reading the case", "; ".join(error.messages))]
    # A case of stages goes on by itself where it stopped.
    resumable = again and (isinstance(case, StagedCase) or any(folder.glob("output/checkpoint-*")))
    ended = _run("resume" if resumable else "run", folder, task.settings, task.cores)
    if ended.code not in FINISHED:
        if ended.code == STOPPED:
            raise Interrupted
        shutil.rmtree(folder / "output", ignore_errors=True)
        return [broken(f"{task.name}: running the case", f"ended with code {ended.code}: {ended.tail}")]
    rows = rows_of_summary(task.name, read_summary(folder), case)
    if isinstance(case, StagedCase):
        for stage in case.stages:
            own = load_stage(case, stage.name)
            rows += rows_of_summary(f"{task.name}, {stage.name}", read_summary(case.output(stage.name)), own)
    return rows


def rows_of_summary(name: str, summary: Mapping[str, Any], case: AnyCase | StagedCase) -> list[Row]:
    """A row of each check in summary.json that was judged.

    Errors of references come from the case, whose checks stand first.
    """
    rows = []
    staged = isinstance(case, StagedCase)
    known = {} if staged else solver_of(case).quantities.found
    for k, check in enumerate(summary["checks"]):
        if not was_judged(check):
            continue
        own = case.checks[k] if k < len(case.checks) else None
        reference = _number(check["reference"])
        called = str(check["name"])
        quantity = CheckQuantity(budget_unit(called)) if staged else known.get(called.partition(".")[0])
        rows.append(
            Row(
                f"{name}: {check['name']}",
                _number(check["value"]),
                _number(check["stderr"]),
                reference,
                str(check["tolerance"]),
                bool(check["passed"]),
                (quantity.unit if quantity else "") or "1",
                own.source or own.reference if own else "holds for every run",
                own.reference_stderr if own else 0.0,
                str(check["detail"]),
                allowed=_allowed(own, reference),
            )
        )
    if summary["status"] != "converged" and not _only_limited(summary, case):
        nan, why = math.nan, f"the run ended with the status {summary['status']}"
        rows.append(Row(f"{name}: target error", nan, nan, nan, "reached", False, detail=why))
    return rows


def _only_limited(summary: Mapping[str, Any], case: AnyCase | StagedCase) -> bool:
    """Whether a test-particle run took all its batches without an escaper: there was no error to aim at."""
    if not isinstance(case, HistoryCase) or summary["status"] != "reached_limit":
        return False
    escape = summary.get("escape", {}).get(case.run.target_species, {})
    return escape.get("rate_per_s") == 0.0 and bool(escape.get("rate_upper_limit_95"))


def _allowed(check: Check | None, reference: float) -> float:
    """Largest deviation that a check admits by its relative and absolute tolerance, NaN where it has none."""
    if check is None:
        return math.nan
    widths = [check.tolerance_absolute] if check.tolerance_absolute is not None else []
    if check.tolerance_relative is not None:
        widths.append(check.tolerance_relative * abs(reference))
    return min(widths, default=math.nan)


def identity_rows(cases: Path, folder: Path, size: Size) -> list[Row]:
    """Small shipped cases on 1, 2, 3 (full: 7) ranks: number of state digests that differ from that of one rank."""
    return [_identity(cases / name, folder / name, settings, size) for name, settings in IDENTITY_CASES.items()]


def _identity(source: Path, folder: Path, settings: Mapping[str, str], size: Size) -> Row:
    ranks, digests, done = IDENTITY_RANKS[size], [], ""
    name = f"{source.name}: state digest on {', '.join(map(str, ranks))} ranks"
    for n in ranks:
        here = folder / str(n)
        shutil.rmtree(here, ignore_errors=True)
        try:
            copy_case_files(source, here)
        except OSError as error:
            return broken(name, str(error))
        ended = _run("run", here, tuple(f"{k}={v}" for k, v in settings.items()), n)
        if ended.code == STOPPED:
            raise Interrupted
        if ended.code not in FINISHED:
            return broken(name, f"{n} ranks ended with code {ended.code}: {ended.tail}")
        summary = json.loads((here / "output" / SUMMARY_NAME).read_text(encoding="utf-8"))
        digests.append(summary["state_digest"])
        done = f"{summary['steps']} steps" if "steps" in summary else f"{summary['histories']} histories"
    other = sum(digest != digests[0] for digest in digests)
    detail = f"{done}; digest {digests[0][:16]}"
    if other:
        detail = "; ".join(f"{n} ranks: {digest[:16]}" for n, digest in zip(ranks, digests, strict=True))
    return Row(
        name, float(other), 0.0, 0.0, "all equal", not other, "differing digests",
        "results do not depend on the number of ranks", 0.0, detail,
    )  # fmt: skip


def _run(verb: str, folder: Path, settings: tuple[str, ...], ranks: int) -> Ended:
    words = [word for setting in settings for word in ("--set", setting)]
    more = ["--overwrite"] if verb == "run" else []
    try:
        return exobase([verb, folder, "--quiet", *more, *words], folder / "messages.txt", ranks).wait()
    except OSError as error:
        raise RunError(f"{folder}: the run cannot be started: {error}") from error


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)
