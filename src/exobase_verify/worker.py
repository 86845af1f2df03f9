"""One task of a validation in a process of its own: ``python -m exobase_verify.worker NAME SIZE OUTPUT CASES CORES``.

Stores the rows of the task below OUTPUT, none where it was asked to stop (SIGTERM).
"""

from __future__ import annotations

import contextlib
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from exobase.errors import InputError
from exobase.io.results import read_summary
from exobase_verify.cases import Interrupted, case_rows, identity_rows
from exobase_verify.row import Row, Size, broken
from exobase_verify.rows import provider
from exobase_verify.store import Finished, path_of, save
from exobase_verify.tasks import Task, find_tasks, key_of


def work(task: Task, size: Size, output: Path) -> None:
    """Compute the rows of a task and store them. Raises Interrupted."""
    key, begin = key_of(task, size), time.perf_counter()
    rows = rows_of(task, size, output, key)
    spent = time.perf_counter() - begin
    if task.kind == "case":
        spent = max(spent, wall_time(output / size / "cases" / task.name))
    save(path_of(output, size, task.name), key, Finished(tuple(rows), spent))


def rows_of(task: Task, size: Size, output: Path, key: str) -> list[Row]:
    """The rows of a task; what goes wrong in a provider becomes a failed row that says so."""
    if task.kind == "case":
        return case_rows(task, output / size / "cases" / task.name, key)
    if task.kind == "identity":
        assert task.folder is not None
        return identity_rows(task.folder, output / size / "identity", size)
    try:
        rows = provider(task.name).rows(size)
    except Exception as error:  # noqa: BLE001  (whatever fails in a test is the test's result)
        traceback.print_exc()
        return [broken(task.name, f"{type(error).__name__}: {error}")]
    return rows or [broken(task.name, "returned no rows")]


def wall_time(folder: Path) -> float:
    """Seconds that the run of a case took with the parts before its interruptions; 0 where it left no summary."""
    try:
        return float(read_summary(folder)["wall_s"])
    except InputError:
        return 0.0


def main(name: str, size: Size, output: str, cases: str, cores: str) -> None:
    """Run the named task, until it is done or interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.suppress(KeyboardInterrupt, Interrupted):
        (task,) = (t for t in find_tasks(size, Path(cases), int(cores)) if t.name == name)
        work(task, size, Path(output))


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
