"""Processes of their own: the exobase command on one or several ranks, and modules of the package.

An interrupted job may write its checkpoint before it ends.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from exobase.errors import InputError

PATIENCE = 45.0
"""Seconds that an interrupted run has to write its checkpoint; a job that waits for a run has a little more."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
# Variables of an MPI launcher that started this process would mislead ours.
_FOREIGN = ("PMI", "MPI_", "MPIR_", "MPICH_", "HYDRA_", "HYDI_", "OMPI_", "I_MPI_", "SLURM_")


@dataclass(frozen=True)
class Ended:
    """Exit code of a job and the last lines of what it printed, messages last."""

    code: int
    tail: str


class Job:
    """A process of its own, with everything it prints in a file.

    own_session: a Ctrl-C at the terminal does not reach it, and `kill` ends all processes of its session; a job that it
    starts in turn stays in that session.
    """

    def __init__(self, command: Sequence[str], log: Path, own_session: bool) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        self._own_session = own_session
        with log.open("wb") as stream:
            self._process = subprocess.Popen(
                list(command),
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=own_session,
            )

    def poll(self) -> Ended | None:
        """How it ended, None while it runs."""
        code = self._process.poll()
        return None if code is None else self._ended(code)

    def wait(self, timeout: float | None = None) -> Ended:
        """Wait for its end. An interrupt of this process (or the timeout [s]) stops the job, then goes on."""
        try:
            return self._ended(self._process.wait(timeout))
        except BaseException:
            self.stop()
            raise

    def ask(self) -> None:
        """Ask the job to stop, and do not wait."""
        self._process.terminate()

    def stop(self) -> None:
        """Ask the job to stop, and end it where that takes too long or a second interrupt comes."""
        self.ask()
        try:
            self._process.wait(PATIENCE + 15.0 if self._own_session else PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End the job at once, with the processes of its own session."""
        if self._own_session:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()

    def _ended(self, code: int) -> Ended:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return Ended(code, "\n".join(lines[-8:]))


def exobase(arguments: Sequence[str | Path], log: Path, ranks: int = 1) -> Job:
    """Start the exobase command on ``ranks`` ranks, in this process' session. Raises InputError without mpiexec."""
    python = [sys.executable, "-P", "-m", "exobase.cli", *map(str, arguments)]
    if ranks == 1:
        return Job(python, log, own_session=False)
    starter = find_mpiexec()
    if starter is None:
        raise InputError("no mpiexec beside this Python nor on the path: pip install mpich")
    return Job([starter, "-n", str(ranks), *python], log, own_session=False)


def module(name: str, arguments: Sequence[str | Path], log: Path) -> Job:
    """Start a module of the package in a process and session of its own."""
    return Job([sys.executable, "-P", "-m", name, *map(str, arguments)], log, own_session=True)


def started_by_mpi() -> bool:
    """Whether a launcher started this process as one of several ranks."""
    return any(int(os.environ.get(name, "1") or 1) > 1 for name in ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE"))


def find_mpiexec() -> str | None:
    """The starter beside this Python, else the first on the path."""
    for folder in (str(Path(sys.executable).parent), None):
        for name in ("mpiexec", "mpirun"):
            if found := shutil.which(name, path=folder):
                return found
    return None


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    here = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(part for part in (here, kept.get("PYTHONPATH")) if part)
    return kept | ONE_THREAD | {"PYTHONPATH": path, "HYDRA_LAUNCHER": "fork"}
