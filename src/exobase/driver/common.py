"""What runs of both solvers share: exit codes, the output folder, the log, requests to stop."""

from __future__ import annotations

import contextlib
import datetime
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from exobase.case import simulated
from exobase.driver.lock import FolderLock, acquire, refuse_if_in_use
from exobase.errors import InputError, RunError
from exobase.io import find_latest_valid, read_attr
from exobase.io.files import remedy
from exobase.io.own import begin, clear, holds_a_run
from exobase.parallel import Comm
from exobase.parallel.starters import lone_world

PASSED, CHECK_FAILED, STOPPED = 0, 1, 4


class Progress(Protocol):
    """What a display must offer (see cli.progress)."""

    def due(self) -> bool:
        """Whether it is time to show numbers again."""

    def update(self, **numbers: Any) -> None:
        """Show numbers of the run."""

    def message(self, text: str) -> None:
        """Show a line that stays."""

    def close(self) -> None:
        """End the display."""


@dataclass(frozen=True)
class Opened:
    """An output folder in use: its lock (rank 0), lines for the log, and warnings."""

    lock: FolderLock | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@contextlib.contextmanager
def open_output(comm: Comm, output: Path, resume: bool, overwrite: bool) -> Iterator[Opened]:
    """The output folder, made and locked for this run until the block ends; collective (rank 0 decides for all).

    overwrite: what exobase made there is deleted, anything else stays. Raises InputError on all ranks where another run
    works there, or where it holds a run and neither resume nor overwrite is asked.
    """
    with _on_root(comm, output, lambda: _open(output, resume, overwrite, comm.size)) as opened:
        yield opened


@contextlib.contextmanager
def lock_output(comm: Comm, output: Path, refuse: Callable[[], None]) -> Iterator[Opened]:
    """The output folder of a case of stages, made and locked until the block ends; collective.

    refuse (rank 0): raises InputError where the folder holds what must stay; called before anything is made and again
    under the lock. Raises InputError on all ranks.
    """

    def work() -> Opened:
        refuse()
        output.mkdir(parents=True, exist_ok=True)
        lock, taken = acquire(output)
        try:
            refuse()
        except BaseException:
            lock.release()
            raise
        return Opened(lock, (taken,) if taken else ())

    with _on_root(comm, output, work) as opened:
        yield opened


def on_root(comm: Comm, act: Callable[[], Any]) -> Any:
    """What rank 0 does and returns, on all ranks; so are its InputError and RunError. Collective."""
    found, problem = None, None
    if comm.rank == 0:
        try:
            found = act()
        except (InputError, RunError) as error:
            problem = error
    found, problem = comm.bcast((found, problem))
    if problem is not None:
        raise problem
    return found


@contextlib.contextmanager
def _on_root(comm: Comm, output: Path, work: Callable[[], Opened]) -> Iterator[Opened]:
    """What rank 0 opens, until the block ends; its errors on all ranks."""
    problem: Exception | None = None
    opened = Opened()
    if comm.rank == 0:
        try:
            opened = work()
        except InputError as error:
            problem = error
        except OSError as error:
            problem = InputError([f"{output}: cannot be prepared: {error}"])
    problem = comm.bcast(problem)
    if problem is not None:
        raise problem
    try:
        yield opened
    finally:
        if opened.lock is not None:
            opened.lock.release()


def _open(output: Path, resume: bool, overwrite: bool, ranks: int) -> Opened:
    refuse_if_in_use(output)
    keeps = not resume and not overwrite
    if keeps:
        _refuse_earlier(output)
    if resume and not output.is_dir():
        raise InputError(f"{output}: no valid checkpoint to resume from; run the case first")
    output.mkdir(parents=True, exist_ok=True)
    lock, taken = acquire(output)
    notes = [taken] if taken else []
    try:
        if keeps:  # a short run may have come and gone since
            _refuse_earlier(output)
        kept = [] if resume else clear(output)
        begin(output)
    except BaseException:
        lock.release()
        raise
    if kept:
        notes.append(f"not made by exobase and left in {output}: {', '.join(p.name for p in kept)}")
    lone = lone_world() if ranks == 1 else ""
    return Opened(lock, tuple(notes), (lone,) if lone else ())


def _refuse_earlier(output: Path) -> None:
    if not holds_a_run(output):
        return
    goes_on = any(output.glob("checkpoint-*[0-9]"))
    how = "use 'exobase resume' to continue it, " if goes_on else "it has no checkpoint; use "
    raise InputError(f"{output} holds an earlier run: {how}--output for another folder, or --overwrite to replace")


@dataclass(frozen=True)
class Place:
    """Where a run writes, and where it shows how far it is."""

    output: Path
    opened: Opened
    progress: Progress | None


def write_log(output: Path, text: str) -> None:
    """Append a line with the time to the log of a run. Raises RunError where the disk refuses."""
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
    path = output / "log.txt"
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{stamp}  {text}\n")
    except OSError as error:
        raise RunError(f"{path}: cannot be written: {error}. {remedy(path, error)}, then resume the case") from error


@contextlib.contextmanager
def stop_requests(asked: list[int]) -> Iterator[None]:
    """SIGTERM and SIGINT are noted in ``asked``, on which all ranks agree later; more of them change nothing."""

    def ask(number: int, frame: Any) -> None:
        asked.append(number)

    old = {}
    with contextlib.suppress(ValueError):
        for number in (signal.SIGTERM, signal.SIGINT):
            old[number] = signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def stored_overrides(output: Path) -> tuple[str, ...]:
    """The overrides ("key=value") that the newest checkpoint in a folder was made with; none where there is none."""
    try:
        path, manifest, _ = find_latest_valid(output, checksums=False)
        return tuple(str(text) for text in read_attr(path, manifest, "case").get("overrides") or ())
    except (InputError, AttributeError, TypeError):
        return ()


def changed_keys(now: dict[str, Any], then: dict[str, Any], limits: tuple[str, ...]) -> list[str]:
    """Keys of a resolved case that differ from those of a checkpoint; limits of [run] and texts may change."""
    here, before = simulated(now), simulated(then)
    changed = sorted(k for k in here if k != "run" and here[k] != before.get(k))
    return changed + sorted(f"run.{k}" for k in now["run"] if k not in limits and now["run"][k] != then["run"].get(k))


def refuse_changes(now: dict[str, Any], then: dict[str, Any], limits: tuple[str, ...]) -> None:
    """A checkpoint continues the case it was written for. Raises InputError naming the keys that changed."""
    changed = changed_keys(now, then, limits)
    if changed:
        raise InputError(
            [
                f"case.toml or --set: {', '.join(changed)} changed since the checkpoint was written; put it back and "
                "resume (the --set options of the checkpoint are used again), or run the changed case in another "
                "folder: 'exobase run --output DIR'"
            ]
        )
