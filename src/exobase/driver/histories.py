"""One run of the test-particle solver from start (or checkpoint) to verdict."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exobase.case.history_model import HistoryCase
from exobase.driver.common import STOPPED, Place, on_root, open_output, refuse_changes, stop_requests
from exobase.driver.runner import Runner
from exobase.histories.limits import escape_limits
from exobase.histories.outcome import write_outcome
from exobase.histories.preflight import examine
from exobase.histories.save import restore, write_checkpoint
from exobase.histories.simulation import HistorySimulation
from exobase.histories.warmup import warm_up
from exobase.parallel import Comm
from exobase.provenance import installation
from exobase.summary import summarise_histories

LIMITS = (
    "target_error", "target_species", "max_batches", "min_batches", "wall_time", "checkpoint_every", "checkpoint_keep",
    "batches_per_round",
)  # fmt: skip


@dataclass
class HistoryRunner(Runner[HistoryCase]):
    """A run of histories."""

    sim: HistorySimulation

    counted = "batch"
    counted_many = "batches"

    @property
    def done(self) -> int:
        """Finished batches."""
        return self.sim.batches


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
        runner = HistoryRunner(comm, place, begin, compile_s, case, sim)
        runner.earlier_s, runner.work_s = float(extra["wall_s"]), float(extra["histories_s"])
        runner.work, runner.last_checkpoint = int(extra["histories"]), sim.batches
        runner.warn(messages)
        runner.say(f"resumed at batch {sim.batches} on {comm.size} rank(s)")
    else:
        sim = HistorySimulation(case, comm)
        runner = HistoryRunner(comm, place, begin, compile_s, case, sim)
        runner.say(
            f"{case.name}: {sim.histories_per_batch} histories per batch, {len(sim.air.r)} nodes, collisions up to "
            f"{(sim.air.top - case.body_radius) / 1e3:.4g} km, {comm.size} rank(s), compiled in {compile_s:.1f} s"
        )
    runner.tell_folder()
    runner.warn(warnings)
    runner.stamp = stamp
    with stop_requests(runner.stop_signal):
        return _finish(runner, _loop(runner))


def _examine(case: HistoryCase, comm: Comm) -> list[str]:
    """Warnings about a case before it runs. Raises InputError on all ranks for what cannot run."""

    def act() -> list[str]:
        facts = examine(case)
        return [*facts.warnings, *facts.notes]

    return list(on_root(comm, act))


def _loop(runner: HistoryRunner) -> str:
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
        sim.round(stop=lambda: bool(runner.stop_signal), late=lambda: runner.is_late)
        runner.work_s += time.perf_counter() - begin
        runner.work += (sim.batches - before) * sim.histories_per_batch
        _show(runner, sim.target_error())
        if not _converged(runner) and sim.batches < run.max_batches and runner.asked_to_stop()[0]:
            return "stopped"
        every = run.checkpoint_every
        if every is not None and sim.batches - runner.last_checkpoint >= every * run.batches_per_round:
            _checkpoint(runner)
    return "converged"


def _converged(runner: HistoryRunner) -> bool:
    """Whether the target is reached at the end of a round."""
    sim, run = runner.sim, runner.case.run
    whole = sim.batches % run.batches_per_round == 0 or sim.batches >= run.max_batches
    return whole and sim.batches >= run.fewest_batches and sim.target_error() <= run.target_error


def _show(runner: HistoryRunner, error: float) -> None:
    sim, run = runner.sim, runner.case.run
    if runner.place.progress is None or not runner.place.progress.due():
        return
    numbers: dict[str, Any] = {
        "step": sim.batches,
        "max_steps": run.max_batches,
        "counted": "batch",
        "histories": int(runner.work),
        "rate": runner.pace,
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
            "eta_s": left * runner.work_s / max(sim.batches, 1),
        }
    runner.place.progress.update(**numbers)


def _nothing_escaped(runner: HistoryRunner) -> str:
    """What a run without an escaper of the target species tells, and what would tell more."""
    sim, run = runner.sim, runner.case.run
    none = np.zeros(len(runner.case.followed))
    limit = escape_limits(sim, np.asarray(sim.births.report_factor), none, none, sim.batches)[sim.target]
    return (
        f"no {run.target_species} escaped in {sim.batches * sim.histories_per_batch} histories: its escape rate is "
        f"below {limit:.3g} s-1 (95 %), 3.0 times the rate of one history; raise run.max_batches = "
        f"{run.max_batches} or run.histories_per_batch to lower this limit"
    )


def _checkpoint(runner: HistoryRunner) -> Path:
    extra = {"wall_s": runner.wall, "histories_s": runner.work_s, "histories": int(runner.work)}
    path = write_checkpoint(runner.sim, runner.place.output, extra)
    runner.last_checkpoint = runner.sim.batches
    return path


def _finish(runner: HistoryRunner, status: str) -> int:
    """Checkpoint, result, judgement, summary."""
    comm, sim, case = runner.comm, runner.sim, runner.case
    path = _checkpoint(runner)
    if status == "stopped":
        runner.tell_stop(path)
        if sim.batches == 0:
            return STOPPED
    if status != "stopped":
        error = sim.target_error()
        if not sim.sums.series[:, sim.target].any():
            runner.warn([_nothing_escaped(runner)])
        elif error > case.run.target_error:
            runner.warnings.append(
                f"run.max_batches was reached at an error of {100 * error:.3g} %, before run.target_error: raise "
                "max_batches and resume"
            )
    attrs = installation(case.run.seed, comm) | dict(runner.stamp) | runner.attributes()
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
        "histories_per_s_per_rank": runner.work / max(runner.work_s, 1e-9) / comm.size,
        "status": status,
        "state_digest": sim.digest(),
    }
    sums = sim.totals()
    on_root(comm, lambda: write_outcome(sim, runner.result_path, attrs, sums))
    return runner.end(status, runner.verdict(summarise_histories))
