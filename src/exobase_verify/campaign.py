"""A whole validation: every task once, several at a time, stored as they finish."""

from __future__ import annotations

import contextlib
import datetime
import os
import platform
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exobase.errors import InputError
from exobase.io.files import write_text_atomic
from exobase.provenance import commit, version
from exobase.tables import nearest
from exobase_verify.jobs import Ended, Job, module
from exobase_verify.row import Row, Size, broken, not_available
from exobase_verify.rows import SUMMARIES, missing
from exobase_verify.store import Finished, load, path_of
from exobase_verify.tasks import Task, find_tasks, key_of

_LOOK = 0.05  # s between two looks at the running tasks


@dataclass(frozen=True)
class Choice:
    """What to validate.

    size "quick" or "full"; output: folder of stored rows and pages; cases: folder of the shipped cases; cores to keep
    busy; only: names of tasks (none: all); fresh: repeat finished tasks.
    """

    size: Size
    output: Path
    cases: Path
    cores: int
    only: tuple[str, ...] = ()
    fresh: bool = False


@dataclass(frozen=True)
class Result:
    """A finished task; reused: its rows were there already."""

    task: Task
    rows: tuple[Row, ...]
    seconds: float
    reused: bool = False


@dataclass(frozen=True)
class Validation:
    """All results of a validation, the subjects nothing computes, and where and when it ran."""

    plan: Choice
    results: tuple[Result, ...]
    missing: tuple[Row, ...]
    wall_s: float
    waiting: tuple[str, ...] = ()
    machine: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> list[Row]:
        """Every row, those that are not available included."""
        return [row for result in self.results for row in result.rows] + list(self.missing)

    @property
    def passed(self) -> bool:
        """Whether every task ran and every row passed."""
        return not self.waiting and all(row.passed for row in self.rows)

    @property
    def stopped(self) -> bool:
        """Whether it was interrupted before all tasks ran."""
        return bool(self.waiting)


def chosen(plan: Choice) -> list[Task]:
    """The tasks of a plan, in order; the name of a summary stands for its parts.

    Raises InputError for a name in ``only`` that is none.
    """
    tasks = find_tasks(plan.size, plan.cases, plan.cores)
    names = [task.name for task in tasks]
    parts = {summary.name: summary.parts for summary in SUMMARIES if set(summary.parts) <= set(names)}
    unknown = [name for name in plan.only if name not in names and name not in parts]
    if unknown:
        hint = nearest(unknown[0], [*names, *parts])
        if unknown[0] in _names_in_full(plan):
            hint = "; that one runs with --full only"
        raise InputError(f"there is no task {unknown[0]!r}: choose from {', '.join([*names, *parts])}{hint}")
    wanted = {part for name in plan.only for part in parts.get(name, (name,))}
    return [task for task in tasks if not plan.only or task.name in wanted]


def _names_in_full(plan: Choice) -> set[str]:
    return {task.name for task in find_tasks("full", plan.cases, plan.cores)} | {summary.name for summary in SUMMARIES}


def summaries(done: Sequence[Result]) -> list[Result]:
    """Rows that follow from those of several finished tasks, where all of them are there."""
    rows = {result.task.name: result.rows for result in done}
    return [
        Result(Task(summary.name, "rows", 1), tuple(summary.rows([rows[part] for part in summary.parts])), 0.0)
        for summary in SUMMARIES
        if all(part in rows for part in summary.parts)
    ]


def validate(plan: Choice, say: Callable[[str], None]) -> Validation:
    """Run what is not finished; ``say`` gets a line per finished task. SIGINT and SIGTERM stop it in order.

    Raises InputError for unknown names or cases, RunError where the output folder cannot be written.
    """
    begin, tasks = time.perf_counter(), chosen(plan)
    write_text_atomic(plan.output / ".gitignore", "*\n")
    done: dict[str, Result] = {}
    waiting: list[tuple[Task, str]] = []
    for task in tasks:
        key = key_of(task, plan.size)
        stored = None if plan.fresh else load(path_of(plan.output, plan.size, task.name), key)
        if stored is None or not all(row.ran for row in stored.rows):
            waiting.append((task, key))
        else:
            done[task.name] = Result(task, stored.rows, stored.seconds, reused=True)
    if done:
        say(f"{len(done)} of {len(tasks)} tasks are finished already")
    with _termination_interrupts(), contextlib.suppress(KeyboardInterrupt):
        for result in _work(plan, waiting):
            done[result.task.name] = result
            say(f"[{len(done)}/{len(tasks)}] {line_of(result)}")
    absent = () if plan.only else missing(plan.size, frozenset(task.name for task in tasks))
    results = [done[task.name] for task in tasks if task.name in done]
    return Validation(
        plan,
        (*results, *summaries(results)),
        tuple(not_available(subject.title) for subject in absent),
        time.perf_counter() - begin,
        tuple(task.name for task in tasks if task.name not in done),
        machine(),
    )


def line_of(result: Result) -> str:
    """A task in one line."""
    good = sum(row.passed for row in result.rows)
    failed = "; ".join(row.name for row in result.rows if not row.passed)
    verdict = f"{good} of {len(result.rows)} passed" + (f", FAILED: {failed}" if failed else "")
    return f"{result.task.name}: {verdict}, {result.seconds:.1f} s"


def machine() -> dict[str, str]:
    """Where and when: version, commit, date, processor, Python."""
    return {
        "version": version(),
        "commit": commit() or "none",
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
        "processor": _processor(),
        "python": platform.python_version(),
    }


def _work(plan: Choice, waiting: Sequence[tuple[Task, str]]) -> Iterator[Result]:
    """Start tasks in order as cores become free; yields each result. Stops all that runs where it is interrupted."""
    queue = list(waiting)
    running: dict[Job, tuple[Task, str]] = {}
    free = plan.cores
    try:
        while queue or running:
            while queue and (queue[0][0].cores <= free or not running):
                task, key = queue.pop(0)
                free -= task.cores
                running[_start(plan, task)] = (task, key)
            for job, (task, key) in list(running.items()):
                ended = job.poll()
                if ended is not None:
                    del running[job]
                    free += task.cores
                    yield _result(plan, task, key, ended)
            time.sleep(_LOOK)
    except BaseException:
        _stop_all(list(running))
        raise


def _start(plan: Choice, task: Task) -> Job:
    log = plan.output / plan.size / "log" / f"{task.name}.txt"
    words = [task.name, plan.size, str(plan.output), str(plan.cases), str(plan.cores)]
    return module("exobase_verify.worker", words, log)


def _result(plan: Choice, task: Task, key: str, ended: Ended) -> Result:
    finished: Finished | None = None
    if ended.code == 0:
        finished = load(path_of(plan.output, plan.size, task.name), key)
    if finished is None:
        why = (
            f"ended with code {ended.code}: {ended.tail}" if ended.code else "stopped, or its sources changed meanwhile"
        )
        return Result(task, (broken(task.name, why),), 0.0)
    return Result(task, finished.rows, finished.seconds)


def _stop_all(jobs: Sequence[Job]) -> None:
    """Ask all to stop at once, then wait for each; a second interrupt ends them."""
    for job in jobs:
        job.ask()
    try:
        for job in jobs:
            job.stop()
    except BaseException:
        for job in jobs:
            job.kill()
        raise


@contextlib.contextmanager
def _termination_interrupts() -> Iterator[None]:
    """SIGTERM does what Ctrl-C does."""

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    try:
        old = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not the main thread: leave signals alone
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, old)


def _processor() -> str:
    """Name of the processor, and the cores this process may use."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    return f"{name}, {available_cores()} cores"


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
