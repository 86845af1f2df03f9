"""A case of several stages: each an ordinary run, in the order in which they read each other's results.

A stage is left as it is where its finished result was made from the same inputs: the key of a stage is the hash of its
resolved case, which holds everything that it reads (tables, coronae, spectra), whatever file they came from.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from exobase.case import AnyCase, case_from_dict, start_digest, without_places
from exobase.case.load import load_stage
from exobase.case.load_staged import record_path
from exobase.case.staged import SUMMARY_NAME, WHOLE, StagedCase, owner_of
from exobase.driver import CHECK_FAILED, PASSED, STOPPED, run_case
from exobase.driver.common import changed_keys, lock_output
from exobase.errors import InputError, RunError
from exobase.io import find_latest_valid, read_result
from exobase.io.checkpoint import refuse_other_schemas
from exobase.io.files import to_json, write_text_atomic
from exobase.io.results import RESULT_NAME, SCHEMA_VERSION, write_summary
from exobase.parallel import Comm
from exobase.provenance import version
from exobase.summary.budget import make_budget, write_budget
from exobase.summary.budget_checks import judge_budget
from exobase.summary.stages import summarise_stages

RUN, CONTINUE, KEEP = "run", "continue", "keep"
"""What is to be done with a stage."""
OVERRIDES_NAME = "overrides.json"
"""Beside the summary of a case of stages: what `resume` takes over."""
_TEXTS = ("path", "name", "toml_text", "overrides", "title", "description")

Say = Callable[[str], None]


@dataclass(frozen=True)
class StagePlan:
    """What is to be done with a stage, why, and the key of its inputs ("" where those are not there yet)."""

    action: str
    reason: str
    key: str = ""


def stage_key(case: AnyCase) -> str:
    """Hash of all that decides what a stage computes: version, and the resolved case without its texts and places."""
    whole = case.to_dict()
    data = {name: value for name, value in without_places(whole).items() if name not in _TEXTS}
    if data.get("initial_file"):
        data["initial_file"] = start_digest(whole)
    text = json.dumps([SCHEMA_VERSION, version(), data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def plan_stage(case: StagedCase, name: str, overwrite: bool = False) -> StagePlan:
    """What a run would do with a stage whose inputs are there. Raises InputError where foreign output is in the way."""
    output = case.output(name)
    loaded = load_stage(case, name)
    key = stage_key(loaded)
    if overwrite:
        return StagePlan(RUN, "to be overwritten", key)
    owner = _refuse_owner(case, name, overwrite)
    then = _record(output)
    if then is None:
        return StagePlan(RUN, "has not run" if owner is None else "has no record", key)
    if then.get("key") != key:
        return StagePlan(RUN, _what_changed(output, loaded), key)
    if owner is not None:
        attrs = read_result(output / RESULT_NAME).attrs
        if str(attrs.get("stage_key")) != key:
            return StagePlan(RUN, "its result is older than its record", key)
        if str(attrs.get("status")) in WHOLE:
            return StagePlan(KEEP, "unchanged", key)
    refuse_other_schemas(output)
    try:
        find_latest_valid(output)
    except InputError:
        return StagePlan(RUN, "was cut short before its first checkpoint", key)
    return StagePlan(CONTINUE, "was stopped", key)


def _what_changed(output: Path, now: AnyCase) -> str:
    """Why a stage with another key runs again: keys of its case that differ from those of its last result."""
    try:
        then = to_json(read_result(output / RESULT_NAME).case)
        keys = changed_keys(to_json(now.to_dict()), then, ())
    except (InputError, KeyError, TypeError, ValueError):
        return "its inputs changed: runs again"
    what = ", ".join(keys) or "the version of exobase, or its checks"
    return f"its inputs changed ({what}): runs again, in place of its earlier result"


def run_stages(
    case: StagedCase, comm: Comm, *, overwrite: bool = False, progress: Any | None = None, say: Say | None = None
) -> int:
    """Run what has to be run of a case of stages, then make its budget. Collective; returns 0, 1 or 4 on all ranks.

    overwrite: all stages anew. say: takes lines for the reader (rank 0). Raises InputError (on all ranks) for stages
    that cannot be read or foreign output, RunError for failures.
    """
    with lock_output(comm, case.whole_output, lambda: _refuse_foreign(case, overwrite)) as opened:
        for note in opened.notes:
            (say or (lambda text: None))(note)
        _remember_overrides(case, comm)
        return _run_stages(case, comm, overwrite, progress, say or (lambda text: None))


def _refuse_foreign(case: StagedCase, overwrite: bool) -> None:
    """Raise InputError where the output folder holds an ordinary run, or stages of another case."""
    whole = case.whole_output
    if (whole / RESULT_NAME).exists() and not overwrite:
        raise InputError(f"{whole} holds the run of another case: choose another folder (--output), or --overwrite it")
    for stage in case.stages:
        _refuse_owner(case, stage.name, overwrite)


def _refuse_owner(case: StagedCase, name: str, overwrite: bool) -> tuple[str, str] | None:
    """The owner of the output of a stage. Raises InputError where it is another and is not to be overwritten."""
    output = case.output(name)
    owner = owner_of(output)
    if owner is not None and owner != (case.name, name) and not overwrite:
        whose = f"stage {owner[1]} of {owner[0]}" if owner[1] else "no stage"
        raise InputError(f"{output} holds the result of {whose}: move it, or run again with --overwrite")
    return owner


def _run_stages(case: StagedCase, comm: Comm, overwrite: bool, progress: Any | None, tell: Say) -> int:
    begin = time.perf_counter()
    worst = PASSED
    done: dict[str, str] = {}
    for number, stage in enumerate(case.stages, 1):
        plan, loaded = _prepare(case, comm, stage.name, overwrite)
        tell(f"stage {number} of {len(case.stages)}, {stage.name}: {plan.reason}")
        done[stage.name] = plan.action
        if plan.action == KEEP:
            worst = max(worst, _verdict(case, comm, stage.name))
            continue
        output = case.output(stage.name)
        if comm.rank == 0:
            output.parent.mkdir(parents=True, exist_ok=True)
            write_text_atomic(record_path(output), json.dumps({"key": plan.key, "stage": stage.name}, indent=2) + "\n")
        comm.barrier()
        stamp = {"stage_parent": case.name, "stage": stage.name, "stage_key": plan.key}
        code = run_case(
            loaded, comm, case.folder(stage.name), resume=plan.action == CONTINUE, overwrite=True, progress=progress,
            output=output, stamp=stamp,
        )  # fmt: skip
        if code == STOPPED:
            tell(f"stopped in stage {stage.name}; 'exobase run' of the case continues there")
            return STOPPED
        worst = max(worst, code)
    return max(worst, _conclude(case, comm, done, time.perf_counter() - begin))


def stored_stage_overrides(output: Path) -> tuple[str, ...]:
    """The overrides that a case of stages was last run with in an output folder; none where it was not."""
    data = _read_json(output / OVERRIDES_NAME)
    return tuple(str(text) for text in (data or {}).get("overrides") or ())


def _remember_overrides(case: StagedCase, comm: Comm) -> None:
    problem: RunError | None = None
    if comm.rank == 0:
        try:
            text = json.dumps({"overrides": list(case.overrides)}, indent=2)
            write_text_atomic(case.whole_output / OVERRIDES_NAME, text + "\n")
        except RunError as error:
            problem = error
    problem = comm.bcast(problem)
    if problem is not None:
        raise problem


def _prepare(case: StagedCase, comm: Comm, name: str, overwrite: bool) -> tuple[StagePlan, AnyCase]:
    """Plan and resolved case of a stage, decided on rank 0 for all."""
    shared: tuple[StagePlan | None, dict[str, Any] | None, tuple[str, ...]] = (None, None, ())
    loaded: AnyCase | None = None
    if comm.rank == 0:
        try:
            plan = plan_stage(case, name, overwrite)
            loaded = load_stage(case, name)
            shared = (plan, loaded.to_dict() if comm.size > 1 else None, ())
        except InputError as error:
            shared = (None, None, error.messages)
    plan_, data, messages = comm.bcast(shared)
    if plan_ is None:
        raise InputError(messages)
    if loaded is None:
        assert data is not None
        loaded = replace(case_from_dict(data), path=case.folder(name))
    return plan_, loaded


def _verdict(case: StagedCase, comm: Comm, name: str) -> int:
    """Exit code of a stage that is left as it is."""
    code = PASSED
    if comm.rank == 0:
        try:
            summary = json.loads((case.output(name) / SUMMARY_NAME).read_text(encoding="utf-8"))
            code = PASSED if all(check["passed"] for check in summary["checks"]) else CHECK_FAILED
        except (OSError, ValueError, KeyError, TypeError):
            code = CHECK_FAILED
    return int(comm.bcast(code))


def _conclude(case: StagedCase, comm: Comm, done: dict[str, str], wall: float) -> int:
    """Budget, checks and summary of the whole case (rank 0). Returns the exit code on all ranks."""
    problem: Exception | None = None
    code = PASSED
    if comm.rank == 0:
        try:
            budget = make_budget(case)
            outcomes = judge_budget(budget, case.checks)
            folder = case.whole_output
            write_budget(budget, folder)
            write_summary(folder / SUMMARY_NAME, summarise_stages(case, budget, outcomes, done, wall))
            code = PASSED if all(outcome.passed for outcome in outcomes) else CHECK_FAILED
        except Exception as error:  # noqa: BLE001 - told on all ranks
            problem = error
    problem, code = comm.bcast((problem, code))
    if problem is not None:
        raise problem
    return int(code)


def _record(output: Path) -> dict[str, Any] | None:
    return _read_json(record_path(output))


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None
