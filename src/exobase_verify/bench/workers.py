"""Measurements in processes of their own.

``python -m exobase_verify.bench.worker TASK ARGUMENTS`` prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from exobase.errors import InputError, RunError
from exobase_verify.jobs import ONE_THREAD, find_mpiexec

Figures = dict[str, Any]
MARK = "exobase-bench:"


def work(task: str, arguments: Figures, ranks: int = 1, environment: dict[str, str] | None = None) -> Figures:
    """Figures that a task of ``exobase_verify.bench.worker`` measured in a fresh process, or on several ranks.

    Raises RunError with the end of its messages if it fails, InputError if ranks are asked for and no mpiexec is found.
    """
    command = [sys.executable, "-P", "-m", "exobase_verify.bench.worker", task, json.dumps(arguments)]
    if ranks > 1:
        starter = find_mpiexec()
        if starter is None:
            raise InputError("no mpiexec beside this Python nor on the path: pip install mpich")
        command = [starter, "-n", str(ranks), *command]
    settings = {**os.environ, **ONE_THREAD, "HYDRA_LAUNCHER": "fork", "PYTHONPATH": _path(), **(environment or {})}
    done = subprocess.run(command, capture_output=True, text=True, env=settings, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode != 0 or not lines:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise RunError(f"the measurement {task!r} ended with code {done.returncode}:\n{tail}")
    figures: Figures = json.loads(lines[-1][len(MARK) :])
    return figures


def _path() -> str:
    """PYTHONPATH on which the process finds this very package."""
    here = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(part for part in (here, os.environ.get("PYTHONPATH")) if part)
