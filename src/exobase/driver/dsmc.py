"""One run of the DSMC solver from start (or checkpoint) to verdict."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exobase.case import Case, derive, parker_notes, start_notes
from exobase.driver.common import STOPPED, Place, open_output, refuse_changes, stop_requests
from exobase.driver.dsmc_warnings import warnings_of
from exobase.driver.plan import plan_lines, plan_warnings
from exobase.driver.runner import Runner
from exobase.errors import RunError
from exobase.parallel import Comm
from exobase.provenance import attributes
from exobase.simulation import (
    Simulation,
    restore,
    warm_up,
    write_checkpoint,
    write_outcome,
)
from exobase.simulation.cost import ADAPT_RECORDS
from exobase.simulation.outcome import LEDGER_ENTRIES
from exobase.simulation.planning import Layout, lay_out, plan
from exobase.simulation.steady import (
    BURN_IN_TIMES,
    EXAMS_HELD,
    error_times,
    escape_estimate,
    is_stationary,
    is_steady,
    next_exam,
    reached,
    slowest_records,
    slowest_steps,
    start_records,
    target_index,
)
from exobase.summary import summarise
from exobase.tallies.stationary import LEAST_RECORDS
from exobase.tallies.statistics import BlockEstimate

LIMITS = (
    "target_error", "target_species", "max_steps", "wall_time", "checkpoint_every", "checkpoint_keep", "min_blocks",
)  # fmt: skip
_PATIENCE = 2.0  # s between two looks at signals and the clock, where a record takes longer


@dataclass
class Phase:
    """Where a run stands: burn_in, adapt, settle (burn-in after adaptation) or tally; record numbers of its turns.

    first: record at which it began; checked: records of the last test for a steady state; exam: records from ``first``
    on at which the averages are examined next; held: exams in a row that the error has passed.
    """

    name: str = "burn_in"
    first: int = 0
    checked: int = 0
    burn_in_steps: int = 0
    exam: int = LEAST_RECORDS
    held: int = 0


@dataclass
class DsmcRunner(Runner[Case]):
    """A run of the gas; piece: steps between two looks at signals and the clock."""

    sim: Simulation
    phase: Phase
    piece: int = 1

    counted = "step"
    counted_many = "steps"

    @property
    def done(self) -> int:
        """Finished steps."""
        return self.sim.steps


def run_dsmc(
    case: Case,
    comm: Comm,
    output: Path,
    *,
    resume: bool = False,
    overwrite: bool = False,
    progress: Any | None = None,
    stamp: Mapping[str, Any] | None = None,
) -> int:
    """Run or resume a DSMC case and write its output there. Collective; returns the exit code (0, 1 or 4).

    stamp: further attributes of the result. Raises InputError (on all ranks) for output in the way, nothing to resume
    or a changed case, RunError for failures.
    """
    layout = lay_out(case, comm)
    with open_output(comm, output, resume, overwrite) as opened:
        return _run(case, comm, Place(output, opened, progress), layout, resume, dict(stamp or {}))


def _run(case: Case, comm: Comm, place: Place, layout: Layout, resume: bool, stamp: Mapping[str, Any]) -> int:
    compile_s = warm_up(case, comm)
    begin = time.perf_counter()
    if resume:
        runner = _resumed(case, comm, place, begin, compile_s)
    else:
        sim = Simulation(case, comm, layout)
        runner = DsmcRunner(comm, place, begin, compile_s, case, sim, Phase())
        mesh = sim.engine.tables.mesh
        runner.say(
            f"{case.name}: {mesh.total} cells, {mesh.runs.dt.size} step levels, {comm.size} rank(s), "
            f"compiled in {compile_s:.1f} s"
        )
        runner.say(f"start: {sim.start}")
        runner.warn(sim.engine.tables.profile.warnings)
    notes = parker_notes(case)
    if comm.rank == 0:
        notes += [] if resume else start_notes(case)
        derived, planned = derive(case), plan(case, layout)
        for line in () if resume else plan_lines(derived, planned, comm.size):
            runner.say(line)
        notes = [*plan_warnings(derived, planned), *notes]
    runner.tell_folder()
    runner.warn(notes)
    runner.stamp = stamp
    with stop_requests(runner.stop_signal):
        status = _loop(runner)
        return _finish(runner, status)


def _resumed(case: Case, comm: Comm, place: Place, begin: float, compile_s: float) -> DsmcRunner:
    changes = {key: getattr(case.run, key) for key in LIMITS}
    sim, extra, messages = restore(place.output, comm, changes)
    refuse_changes(case.to_dict(), sim.case.to_dict(), LIMITS)
    runner = DsmcRunner(comm, place, begin, compile_s, case, sim, Phase(**extra["phase"]))
    if extra.get("aim", _aim(sim.case)) != _aim(sim.case):
        runner.phase.held = 0
    runner.earlier_s = float(extra["wall_s"])
    runner.work, runner.work_s = float(extra["particle_steps"]), float(extra["run_s"])
    runner.last_checkpoint = sim.steps
    runner.warn(messages)
    runner.say(f"resumed at step {sim.steps} on {comm.size} rank(s)")
    return runner


def _aim(case: Case) -> list[Any]:
    """What exams in a row were passed for."""
    return [case.run.target_error, case.run.target_species]


def _loop(runner: DsmcRunner) -> str:
    """Records until the aim, a limit or a request ends the run. Returns the status.

    A record that takes long is stepped in pieces, so that a request is heard; decisions fall at the ends of records
    only, and so do not depend on the clock.
    """
    sim, case = runner.sim, runner.case
    every = case.tally.record_every
    while sim.steps < case.run.max_steps:
        begin, first = time.perf_counter(), sim.steps
        sim.step(min(every - first % every, case.run.max_steps - first, runner.piece))
        spent = time.perf_counter() - begin
        runner.work += sim.history.particles[-1] * (sim.steps - first) if sim.history.particles else 0
        runner.work_s += spent
        at_record = sim.steps % every == 0
        if at_record:
            _turn_phase(runner)
            if len(sim.history.step) % 8 == 0:
                sim.balance()
            if runner.phase.name == "tally" and len(sim.history.step) - runner.phase.first >= runner.phase.exam:
                _examine(runner)
                if runner.phase.held >= EXAMS_HELD:
                    return "converged"
            _show(runner)
        if sim.steps >= case.run.max_steps:
            break
        if _asked_to_stop(runner, spent / (sim.steps - first)):
            return "stopped"
        step = case.run.checkpoint_every
        if at_record and step is not None and sim.steps - runner.last_checkpoint >= step:
            _checkpoint(runner)
    return "converged" if _closed(case) and runner.phase.name == "tally" else "reached_limit"


def _turn_phase(runner: DsmcRunner) -> None:
    """Move on from burn-in to adaptation, to a second burn-in, to averaging, as the history allows."""
    sim, case, phase = runner.sim, runner.case, runner.phase
    records = len(sim.history.step)
    if phase.name in ("burn_in", "settle"):
        fixed = case.run.burn_in
        if phase.name == "burn_in" and fixed is not None:
            ready = sim.steps >= fixed
        else:
            since = records - phase.first
            if since < 1.1 * phase.checked:
                return
            phase.checked = since
            least = 0.0 if _adapts_next(runner) else BURN_IN_TIMES * slowest_steps(sim.engine, sim.history)
            ready = bool(runner.comm.bcast(sim.steps >= least and is_steady(sim.history, phase.first)))
        if not ready:
            return
        sim.start_tally()
        if _adapts_next(runner):
            runner.phase = Phase("adapt", records)
            runner.say(f"steady after {sim.steps} steps; sampling the profile for new cells")
        else:
            runner.phase = Phase("tally", records, burn_in_steps=sim.steps)
            runner.say(f"steady after {sim.steps} steps; averaging begins")
    elif phase.name == "adapt" and records - phase.first >= max(ADAPT_RECORDS, phase.first // 4):
        sim.adapt()
        runner.phase = Phase("settle", records)
        mesh = sim.engine.tables.mesh
        runner.say(f"new cells from the sampled profile: {mesh.total} cells, {mesh.runs.dt.size} step levels")


def _adapts_next(runner: DsmcRunner) -> bool:
    """Whether new cells follow this burn-in."""
    return runner.phase.name == "burn_in" and runner.case.grid.adapt and runner.case.collisions != "off"


def _target(runner: DsmcRunner) -> BlockEstimate | None:
    """Estimate of the escape rate that ``target_error`` refers to, once averaging."""
    sim = runner.sim
    if runner.phase.name != "tally" or len(sim.history.step) - (sim.tally_from or 0) < 2:
        return None
    return escape_estimate(sim.engine, sim.history, sim.tally_from or 0, target_index(runner.case))


def _examine(runner: DsmcRunner) -> None:
    """Drop leading records that turn out to belong to the start, and see whether the error has reached its aim.

    Every rank finds the same from its own history; rank 0 decides nevertheless, lest their arithmetic differ.
    """
    sim, phase, case = runner.sim, runner.phase, runner.case
    phase.exam = next_exam(len(sim.history.step) - phase.first)
    drop_start(runner, restart=True)
    first = sim.tally_from or 0
    passed = False
    if not _closed(case):
        t = sim.engine.tables
        estimate = _target(runner)
        slowest = slowest_records(sim.engine, sim.history, first)
        records = len(sim.history.step) - first
        times = error_times(bool(t.traced[target_index(case)]))
        passed = estimate is not None and reached(estimate, records, slowest, case.run.target_error, times)
        passed = passed and is_stationary(sim.history, first, t.pairs.mass, t.boundary.delayed)
    phase.held = phase.held + 1 if runner.comm.bcast(passed) else 0


def drop_start(runner: DsmcRunner, restart: bool) -> None:
    """Drop leading records of the averages that belong to the start; restart: and begin collision diagnostics anew."""
    sim = runner.sim
    start = int(runner.comm.bcast(start_records(sim.history, sim.tally_from or 0, sim.engine.tables.pairs.mass)))
    dropped = sim.drop_records(start, restart)
    if dropped:
        runner.say(
            f"{dropped * runner.case.tally.record_every} steps belong to the start and are dropped; means "
            f"begin at step {sim.tally_step}"
        )


def _closed(case: Case) -> bool:
    """Whether nothing can escape: such a run has no target error and simply takes run.max_steps."""
    return case.outer.type in ("specular", "diffuse")


def _asked_to_stop(runner: DsmcRunner, pace: float) -> bool:
    """Whether the run is to end here, agreed by all ranks, as is when to look again; pace: seconds per step."""
    asked, slowest = runner.asked_to_stop(pace)
    runner.piece = max(int(_PATIENCE / max(slowest, 1e-9)), 1)
    return asked


def _show(runner: DsmcRunner) -> None:
    if runner.place.progress is None or not runner.place.progress.due():
        return
    estimate = _target(runner)
    sim, run = runner.sim, runner.case.run
    numbers: dict[str, Any] = {
        "step": sim.steps,
        "max_steps": run.max_steps,
        "particles": sim.history.particles[-1] if sim.history.particles else None,
        "rate": runner.pace,
        "phase": {"burn_in": "burn-in", "settle": "burn-in, new cells", "adapt": "sampling for cells"}.get(
            runner.phase.name, "averaging"
        ),
    }
    if runner.case.time_step == "global":
        numbers["time_s"] = sim.time
    if estimate is not None and estimate.mean > 0.0 and np.isfinite(estimate.stderr):
        area = float(runner.case.space.area(runner.case.r_inner))
        numbers |= {
            "flux": estimate.mean / area,
            "flux_stderr": estimate.stderr / area,
            "target_error": run.target_error,
        }
        done = (run.target_error * estimate.mean / estimate.stderr) ** 2 if estimate.stderr > 0.0 else 0.0
        taken = sim.steps - sim.tally_step
        if done > 0.0:
            left = min(taken * (1.0 / done - 1.0), run.max_steps - sim.steps)
            numbers["fraction"] = min(done, 1.0)
            numbers["eta_s"] = max(left, 0.0) * runner.work_s / max(sim.steps, 1)
    runner.place.progress.update(**numbers)


def _checkpoint(runner: DsmcRunner) -> Path:
    extra = {
        "phase": vars(runner.phase),
        "aim": _aim(runner.case),
        "wall_s": runner.wall,
        "particle_steps": runner.work,
        "run_s": runner.work_s,
    }
    path = write_checkpoint(runner.sim, runner.place.output, extra)
    runner.last_checkpoint = runner.sim.steps
    return path


def _verdict(runner: DsmcRunner, status: str) -> str:
    """The status of the result: what is not shown to be stationary has not converged."""
    sim, t = runner.sim, runner.sim.engine.tables
    first = sim.tally_from or 0
    if status == "stopped" or runner.phase.name != "tally":
        return status
    if len(sim.history.step) - first < LEAST_RECORDS:
        return "reached_limit"
    rest = runner.comm.bcast(is_stationary(sim.history, first, t.pairs.mass, t.boundary.delayed))
    return status if rest else "drifting"


def _or_burn_in(case: Case) -> str:
    """What else begins the averages earlier: a burn-in that is given, or a shorter one."""
    if case.run.burn_in is None:
        return " or set run.burn_in to a number of steps"
    return f" or lower run.burn_in = {case.run.burn_in}" if case.run.burn_in > 0 else ""


def _finish(runner: DsmcRunner, status: str) -> int:
    """Checkpoint, result, judgement, summary."""
    comm, sim, case = runner.comm, runner.sim, runner.case
    path = _checkpoint(runner)
    if status == "stopped":
        runner.tell_stop(path)
    if sim.tally_from is None or len(sim.history.step) - (sim.tally_from or 0) < 2:
        runner.close()
        if status == "stopped":
            return STOPPED
        raise RunError(
            [
                f"no steady state after {sim.steps} steps (run.max_steps = {case.run.max_steps}): nothing was "
                f"averaged. Raise run.max_steps (exobase resume --set run.max_steps=...){_or_burn_in(case)}."
            ]
        )
    digest = sim.digest()
    if runner.phase.name == "tally" and runner.phase.held < EXAMS_HELD:
        drop_start(runner, restart=False)
    status = _verdict(runner, status)
    runner.warnings += [w for w in warnings_of(sim, status, runner.phase.name) if w not in runner.warnings]
    attrs = attributes(sim) | dict(runner.stamp) | runner.attributes()
    attrs |= {
        "particle_steps_per_s_per_rank": runner.work / max(runner.work_s, 1e-9) / comm.size,
        "status": status,
        "state_digest": digest,
        "ledger_entries": list(LEDGER_ENTRIES),
    }
    write_outcome(sim, runner.result_path, attrs)
    return runner.end(status, runner.verdict(summarise))
