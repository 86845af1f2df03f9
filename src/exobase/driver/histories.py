"""One run of the test-particle solver from start (or checkpoint) to verdict."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from exobase.case.history_model import HistoryCase
from exobase.driver.common import (
    CHECK_FAILED,
    PASSED,
    STOPPED,
    Place,
    open_output,
    refuse_changes,
    stop_requests,
    write_log,
)
from exobase.errors import InputError, RunError
from exobase.histories.limits import escape_limits
from exobase.histories.outcome import write_outcome
from exobase.histories.preflight import examine
from exobase.histories.save import restore, write_checkpoint
from exobase.histories.simulation import HistorySimulation
from exobase.histories.warmup import warm_up
from exobase.io import read_result, write_summary
from exobase.io.results import RESULT_NAME, SUMMARY_NAME
from exobase.judge import all_passed, judge
from exobase.parallel import Comm
from exobase.provenance import installation, peak_bytes
from exobase.summary import summarise_histories

LIMITS = (
    "target_error", "target_species", "max_batches", "min_batches", "wall_time", "checkpoint_every", "checkpoint_keep",
    "batches_per_round",
)  # fmt: skip


@dataclass
class Runner:
    """State of one run on one rank."""

    case: HistoryCase
    comm: Comm
    place: Place
    sim: HistorySimulation
    begin: float
    compile_s: float
    earlier_s: float = 0.0
    histories_s: float = 0.0
    histories: int = 0
    last_checkpoint: int = 0
    stop_signal: list[int] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stamp: Mapping[str, Any] = field(default_factory=dict)

    def say(self, text: str) -> None:
        """A line for the log and the display (rank 0)."""
        if self.comm.rank == 0:
            write_log(self.place.output, f"batch {self.sim.batches}  {text}")
            if self.place.progress is not None:
                self.place.progress.message(text)

    @property
    def wall(self) -> float:
        """Seconds spent on the run, those before a resume included."""
        return self.earlier_s + time.perf_counter() - self.begin


def run_histories(
    case: HistoryCase,
    comm: Comm,
    output: Path,
    *,
    resume: bool = False,
    overwrite: bool = False,
    progress: Any | None = None,
    stamp: Mapping[str, Any] | None = None,
) -> int:
    """Run or resume a test-particle case and write its output there. Collective; returns the exit code (0, 1 or 4).

    stamp: further attributes of the result. Raises InputError (on all ranks) for output in the way, nothing to resume
    or a changed case, RunError for failures.
    """
    warnings = _examine(case, comm)
    with open_output(comm, output, resume, overwrite) as opened:
        return _run(case, comm, Place(output, opened, progress), warnings, resume, dict(stamp or {}))


def _run(
    case: HistoryCase, comm: Comm, place: Place, warnings: list[str], resume: bool, stamp: Mapping[str, Any]
) -> int:
    compile_s = warm_up(case, comm)
    begin = time.perf_counter()
    if resume:
        sim, then, extra, messages = restore(case, place.output, comm)
        refuse_changes(case.to_dict(), then, LIMITS)
        runner = Runner(case, comm, place, sim, begin, compile_s)
        runner.earlier_s, runner.histories_s = float(extra["wall_s"]), float(extra["histories_s"])
        runner.histories, runner.last_checkpoint = int(extra["histories"]), sim.batches
        for text in messages:
            runner.warnings.append(text)
            runner.say(f"warning: {text}")
        runner.say(f"resumed at batch {sim.batches} on {comm.size} rank(s)")
    else:
        sim = HistorySimulation(case, comm)
        runner = Runner(case, comm, place, sim, begin, compile_s)
        runner.say(
            f"{case.name}: {sim.histories_per_batch} histories per batch, {len(sim.air.r)} nodes, collisions up to "
            f"{(sim.air.top - case.body_radius) / 1e3:.4g} km, {comm.size} rank(s), compiled in {compile_s:.1f} s"
        )
    for text in place.opened.notes:
        runner.say(text)
    for text in (*place.opened.warnings, *warnings):
        runner.warnings.append(text)
        runner.say(f"warning: {text}")
    runner.stamp = stamp
    with stop_requests(runner.stop_signal):
        return _finish(runner, _loop(runner))


def _examine(case: HistoryCase, comm: Comm) -> list[str]:
    """Warnings about a case before it runs. Raises InputError on all ranks for what cannot run."""
    problem: InputError | None = None
    warnings: list[str] = []
    if comm.rank == 0:
        try:
            facts = examine(case)
            warnings = [*facts.warnings, *facts.notes]
        except InputError as error:
            problem = error
    problem, warnings = comm.bcast((problem, warnings))
    if problem is not None:
        raise problem
    return warnings


def _loop(runner: Runner) -> str:
    """Rounds until the aim, a limit or a request ends the run. Returns the status.

    Decisions fall at the ends of rounds only, which do not depend on the clock or on ranks. A request to stop ends a
    round early, at once; the end of the wall time, after the batch that each rank is at. A resumed run completes the
    round first.
    """
    sim, run = runner.sim, runner.case.run
    while not _converged(runner):
        if sim.batches >= run.max_batches:
            return "reached_limit"
        begin, before = time.perf_counter(), sim.batches
        sim.round(stop=lambda: bool(runner.stop_signal), late=lambda: _is_late(runner))
        runner.histories_s += time.perf_counter() - begin
        runner.histories += (sim.batches - before) * sim.histories_per_batch
        _show(runner, sim.target_error())
        if not _converged(runner) and sim.batches < run.max_batches and _asked_to_stop(runner):
            return "stopped"
        every = run.checkpoint_every
        if every is not None and sim.batches - runner.last_checkpoint >= every * run.batches_per_round:
            _checkpoint(runner)
    return "converged"


def _converged(runner: Runner) -> bool:
    """Whether the target is reached at the end of a round."""
    sim, run = runner.sim, runner.case.run
    whole = sim.batches % run.batches_per_round == 0 or sim.batches >= run.max_batches
    return whole and sim.batches >= run.fewest_batches and sim.target_error() <= run.target_error


def _is_late(runner: Runner) -> bool:
    limit = runner.case.run.wall_time
    return limit is not None and time.perf_counter() - runner.begin > limit


def _asked_to_stop(runner: Runner) -> bool:
    asked = bool(runner.stop_signal) or _is_late(runner)
    return bool(runner.comm.max(np.array([1.0 if asked else 0.0]))[0] > 0.0)


def _show(runner: Runner, error: float) -> None:
    sim, run = runner.sim, runner.case.run
    if runner.place.progress is None or not runner.place.progress.due():
        return
    speed = runner.histories / runner.histories_s if runner.histories_s else None
    numbers: dict[str, Any] = {
        "step": sim.batches,
        "max_steps": run.max_batches,
        "counted": "batch",
        "histories": runner.histories,
        "rate": speed,
        "phase": "histories",
    }
    mean = float(sim.sums.series[:, sim.target].mean()) if sim.batches else 0.0
    if mean > 0.0 and np.isfinite(error):
        done = min((run.target_error / error) ** 2, 1.0) if error > 0.0 else 1.0
        left = sim.batches * (1.0 / done - 1.0) if done > 0.0 else float(run.max_batches)
        left = min(max(left, run.fewest_batches - sim.batches), run.max_batches - sim.batches)
        numbers |= {
            "escape_rate": mean,
            "flux_stderr": mean * error,
            "target_error": run.target_error,
            "fraction": done,
            "eta_s": left * runner.histories_s / max(sim.batches, 1),
        }
    runner.place.progress.update(**numbers)


def _nothing_escaped(runner: Runner) -> str:
    """What a run without an escaper of the target species tells, and what would tell more."""
    sim, run = runner.sim, runner.case.run
    none = np.zeros(len(runner.case.followed))
    limit = escape_limits(sim, np.asarray(sim.births.report_factor), none, none, sim.batches)[sim.target]
    return (
        f"no {run.target_species} escaped in {sim.batches * sim.histories_per_batch} histories: its escape rate is "
        f"below {limit:.3g} s-1 (95 %), 3.0 times the rate of one history; raise run.max_batches = "
        f"{run.max_batches} or run.histories_per_batch to lower this limit"
    )


def _checkpoint(runner: Runner) -> Path:
    extra = {"wall_s": runner.wall, "histories_s": runner.histories_s, "histories": runner.histories}
    path = write_checkpoint(runner.sim, runner.place.output, extra)
    runner.last_checkpoint = runner.sim.batches
    return path


def _finish(runner: Runner, status: str) -> int:
    """Checkpoint, result, judgement, summary."""
    comm, sim, case = runner.comm, runner.sim, runner.case
    path = _checkpoint(runner)
    if status == "stopped":
        why = "run.wall_time is over" if _is_late(runner) and not runner.stop_signal else "stopped on request"
        runner.say(f"{why}: checkpoint {path.name} written; continue with 'exobase resume'")
        runner.warnings.append(f"the run ended early: {why}; continue with 'exobase resume'")
        if sim.batches == 0:
            return STOPPED
    if status != "stopped":
        error = sim.target_error()
        if not sim.sums.series[:, sim.target].any():
            runner.warnings.append(_nothing_escaped(runner))
            runner.say(f"warning: {runner.warnings[-1]}")
        elif error > case.run.target_error:
            runner.warnings.append(
                f"run.max_batches was reached at an error of {100 * error:.3g} %, before run.target_error: raise "
                "max_batches and resume"
            )
    memory = comm.max(np.array([peak_bytes()]))[0]
    attrs = installation(case.run.seed, comm) | dict(runner.stamp)
    attrs |= {
        "case_name": case.name,
        "title": case.title,
        "solver": case.solver,
        "geometry": "radial",
        "batches": sim.batches,
        "histories": sim.batches * sim.histories_per_batch,
        "case_json": json.dumps(case.to_dict()),
        "case_toml": case.toml_text,
        "overrides": list(case.overrides),
        "wall_s": runner.wall,
        "compile_s": runner.compile_s,
        "histories_per_s_per_rank": runner.histories / max(runner.histories_s, 1e-9) / comm.size,
        "status": status,
        "state_digest": sim.digest(),
        "warnings": runner.warnings,
        "peak_memory_bytes": int(memory),
    }
    sums = sim.totals()
    problem: RunError | None = None
    code = PASSED
    if comm.rank == 0:
        try:
            write_outcome(sim, runner.place.output / RESULT_NAME, attrs, sums)
            result = read_result(runner.place.output / RESULT_NAME)
            outcomes = judge(result, case.to_dict())
            write_summary(runner.place.output / SUMMARY_NAME, summarise_histories(result, case, outcomes))
            code = PASSED if all_passed(outcomes) else CHECK_FAILED
        except RunError as error:
            problem = error
    problem, code = comm.bcast((problem, code))
    if problem is not None:
        raise problem
    runner.say(f"{status} after {sim.batches} batches and {runner.wall:.1f} s")
    if runner.place.progress is not None:
        runner.place.progress.close()
    return STOPPED if status == "stopped" else int(code)
