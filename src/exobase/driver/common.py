"""What runs of both solvers share: exit codes, the output folder, the log, requests to stop."""

from __future__ import annotations

import contextlib
import datetime
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from exobase.errors import InputError, RunError
from exobase.parallel import Comm

PASSED, CHECK_FAILED, STOPPED = 0, 1, 4


class Progress(Protocol):
    """What a display must offer (see cli.progress)."""

    def update(self, **numbers: Any) -> None: ...
    def message(self, text: str) -> None: ...
    def close(self) -> None: ...


def prepare_output(comm: Comm, output: Path, resume: bool, overwrite: bool) -> None:
    """Make the output folder; refuse to mix two runs (decided on rank 0 for all)."""
    problem: Exception | None = None
    if comm.rank == 0:
        try:
            # The sweeps of a case lie beside its own run, and are no part of it.
            own = [p for p in output.iterdir() if not p.name.startswith("sweep-")] if output.is_dir() else []
            present = bool(own)
            if present and not resume and not overwrite:
                problem = InputError(
                    f"{output} holds an earlier run: add --overwrite to replace it, "
                    "or use 'exobase resume' to continue it"
                )
            elif not resume:
                for path in own:
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
                output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = InputError([f"{output}: cannot be prepared: {error}"])
    problem = comm.bcast(problem)
    if problem is not None:
        raise problem


def write_log(output: Path, text: str) -> None:
    """Append a line with the time to the log of a run. Raises RunError where the disk refuses."""
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
    path = output / "log.txt"
    try:
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{stamp}  {text}\n")
    except OSError as error:
        raise RunError(f"{path}: cannot be written: {error}. Free disk space, then resume the case") from error


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


def changed_keys(now: dict[str, Any], then: dict[str, Any], limits: tuple[str, ...]) -> list[str]:
    """Keys of a resolved case that differ from those of a checkpoint; limits of [run] and texts may change."""
    loose = ("path", "toml_text", "overrides", "title", "description", "checks", "initial_file", "name")
    changed = sorted(k for k in now if k not in (*loose, "run") and now[k] != then.get(k))
    return changed + sorted(f"run.{k}" for k in now["run"] if k not in limits and now["run"][k] != then["run"].get(k))


def refuse_changes(now: dict[str, Any], then: dict[str, Any], limits: tuple[str, ...]) -> None:
    """A checkpoint continues the case it was written for. Raises InputError naming the keys that changed."""
    changed = changed_keys(now, then, limits)
    if changed:
        raise InputError(
            [
                f"case.toml or --set: {', '.join(changed)} changed since the checkpoint was written; "
                "put it back, or start anew with 'exobase run --overwrite'"
            ]
        )
