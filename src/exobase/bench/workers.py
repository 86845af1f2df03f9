"""Measurements in processes of their own: ``python -m exobase.bench.worker TASK ARGUMENTS`` prints one line of JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from exobase.errors import InputError, RunError

Figures = dict[str, Any]
MARK = "exobase-bench:"
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def work(task: str, arguments: Figures, ranks: int = 1, environment: dict[str, str] | None = None) -> Figures:
    """Figures that a task of ``exobase.bench.worker`` measured in a fresh process, or in an MPI job where ranks > 1.

    Raises RunError with the end of its messages if it fails, InputError if ranks are asked for and no mpiexec is found.
    """
    command = [sys.executable, "-P", "-m", "exobase.bench.worker", task, json.dumps(arguments)]
    if ranks > 1:
        starter = find_mpiexec()
        if starter is None:
            raise InputError("no mpiexec beside this Python nor on the path: pip install mpich")
        command = [starter, "-n", str(ranks), *command]
    settings = {**os.environ, **_ONE_THREAD, "HYDRA_LAUNCHER": "fork", "PYTHONPATH": _path(), **(environment or {})}
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


def find_mpiexec() -> str | None:
    """The starter beside this Python, else the first on the path."""
    return shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")


def started_by_mpi() -> bool:
    """Whether a launcher started this process as one of several ranks."""
    return any(int(os.environ.get(name, "1") or 1) > 1 for name in ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE"))
