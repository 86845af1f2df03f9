"""Runs the points of a sweep one after another, each on all ranks, and leaves every one of them resumable."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exobase.case import AnyCase
from exobase.driver import CHECK_FAILED, PASSED, STOPPED, run_case
from exobase.errors import ExobaseError, InputError, RunError
from exobase.io import read_summary
from exobase.io.results import SUMMARY_NAME
from exobase.parallel import Comm
from exobase.sweep import record
from exobase.sweep.points import Point

FAIL_TOGETHER = 2.0  # s that a failing rank waits for the others to fail alike
FAILED_CODE = RunError.exit_code


@dataclass(frozen=True)
class Job:
    """One point to be run: its case and its folder."""

    point: Point
    case: AnyCase
    folder: Path


@dataclass(frozen=True)
class Outside:
    """How the runner speaks: say(text) prints a line (rank 0), progress() gives a display for one run or None."""

    say: Callable[[str], None]
    progress: Callable[[], Any]


def run_sweep(jobs: Sequence[Job], comm: Comm, outside: Outside, wall_time: float | None = None) -> int:
    """Run what is not finished. Collective: jobs, wall_time [s] for all of them together, are the same on all ranks.

    A point that fails is noted and the next one runs; where only some ranks fail, all end, and the next call goes on
    with the other points. A signal, or the end of wall_time, stops the point that runs with a checkpoint and with it
    the sweep. run.wall_time of a case limits that point alone: the others still run.
    Returns the exit code: 4 where points are left to be continued, else 3 where one failed, else 1 where a check of
    one failed, else 0. Raises KeyboardInterrupt for a signal between two runs.
    """
    started = time.perf_counter()
    codes: list[int] = []
    with _interruptible():
        for job in _failed_last(jobs, comm):
            remaining = comm.bcast(None if wall_time is None else wall_time - (time.perf_counter() - started))
            if remaining is not None and remaining <= 0.0:
                outside.say(f"the wall time is over; continue with the same command, from point {job.point.number} on")
                codes.append(STOPPED)
                break
            code, stop = _one(job, comm, outside, remaining)
            codes.append(code)
            if stop:
                outside.say(f"stopped in point {job.point.number}; continue with the same command")
                break
    return max(codes, default=PASSED)


def _failed_last(jobs: Sequence[Job], comm: Comm) -> list[Job]:
    """The jobs in their order, but those that failed before behind all others: one that ends all ranks blocks none."""
    failed = [record.standing(job.folder, job.case).status == record.FAILED for job in jobs] if comm.rank == 0 else []
    failed = comm.bcast(failed)
    pairs = list(zip(jobs, failed, strict=True))
    return [job for job, bad in pairs if not bad] + [job for job, bad in pairs if bad]


def _one(job: Job, comm: Comm, outside: Outside, remaining: float | None) -> tuple[int, bool]:
    """Exit code of one point, and whether the sweep must stop with it."""
    where = f"point {job.point.number} ({job.point.name})"
    action, code = comm.bcast(_prepare(job) if comm.rank == 0 else None)
    if action == "skip":
        outside.say(f"{where}: finished before")
        return code, False
    outside.say(f"{where}: {'continues from its checkpoint' if action == 'resume' else 'starts'}")
    own = job.case.run.wall_time
    limits = [limit for limit in (own, remaining) if limit is not None]
    case = job.case.with_run(wall_time=min(limits)) if limits else job.case
    begin = time.perf_counter()
    code, message = _attempt(job, case, comm, outside, resume=action == "resume")
    spent = comm.bcast(time.perf_counter() - begin)
    if comm.rank == 0:
        record.end(job.folder, _status(job.folder, code), code, message)
    # Its own limit ended this point if that is the one that was shorter, and is over; else a signal or the sweep's did.
    own_limit = own is not None and spent >= own and (remaining is None or own < remaining)
    if code == STOPPED and own_limit:
        outside.say(f"{where}: stopped by its run.wall_time, to be continued")
    return code, code == STOPPED and not own_limit


def _prepare(job: Job) -> tuple[str, int]:
    """skip, resume or start, and the exit code of what is skipped (rank 0)."""
    found = record.standing(job.folder, job.case)
    if found.done:
        failed = any(not check["passed"] for check in found.summary.get("checks", []))
        return "skip", CHECK_FAILED if failed else PASSED
    record.begin(job.folder, job.point, job.case)
    return ("resume" if found.resumable else "start"), PASSED


def _attempt(job: Job, case: AnyCase, comm: Comm, outside: Outside, *, resume: bool) -> tuple[int, str]:
    """Run a point: its exit code, and what went wrong. A fault that only some ranks meet ends all of them."""
    try:
        progress = outside.progress()
        return run_case(case, comm, job.folder, resume=resume, overwrite=not resume, progress=progress), ""
    except Exception as error:
        expected = isinstance(error, ExobaseError)
        text = str(error) if expected else f"internal error: {type(error).__name__}: {error}"
        told = comm.all_fail(text, FAIL_TOGETHER)
        if told is None:
            # All ranks end now; the next call leaves this point to the last.
            record.end(job.folder, record.FAILED, FAILED_CODE, f"{text} (rank {comm.rank} of {comm.size})")
            raise
        message = "; ".join(dict.fromkeys(str(line) for line in told))
        outside.say(f"point {job.point.number} ({job.point.name}) failed: {message}")
        return FAILED_CODE, message


def _status(folder: Path, code: int) -> str:
    if code == STOPPED:
        return record.UNFINISHED
    if code == FAILED_CODE:
        return record.FAILED
    try:
        return str(read_summary(folder / "output" / SUMMARY_NAME).get("status"))
    except InputError:
        return record.FAILED


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Between two runs SIGTERM interrupts as SIGINT does (during a run, the run itself hears both)."""

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    old = None
    with contextlib.suppress(ValueError):
        old = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        if old is not None:
            signal.signal(signal.SIGTERM, old)
