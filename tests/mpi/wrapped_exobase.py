"""The exobase command with a fault on one rank, for tests of what the others then do. Started under mpirun.

FAULT = "NAME RANK STEP": at the end of a step of a rank (of all ranks where RANK is -1)
  raise   an unexpected exception        error   an error that exobase raises on purpose
  kill    SIGKILL                        disk    no file may grow beyond 2 kB from now on
  pause   all ranks wait 1.5 s; rank 0 first makes the file FAULT_MARK
EXIT_CODES = folder where every rank leaves its exit code.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from mpi4py import MPI

from exobase.cli.app import app
from exobase.errors import RunError
from exobase.simulation.engine import Engine

RANK = MPI.COMM_WORLD.Get_rank()


def strike(name: str) -> None:
    if name == "raise":
        raise ZeroDivisionError("injected")
    if name == "error":
        raise RunError("injected: a particle was lost")
    if name == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "disk":
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, resource.RLIM_INFINITY))
    if name == "pause":
        if RANK == 0:
            Path(os.environ["FAULT_MARK"]).touch()
        time.sleep(1.5)


def install() -> None:
    name, rank, step = os.environ["FAULT"].split()
    advance = Engine.advance

    def faulty(self: Any, sample: bool) -> None:
        advance(self, sample)
        if int(rank) in (RANK, -1) and self.step == int(step):
            strike(name)

    Engine.advance = faulty  # type: ignore[method-assign]


if __name__ == "__main__":
    if "FAULT" in os.environ:
        install()
    try:
        app()
    except SystemExit as end:
        if "EXIT_CODES" in os.environ:
            (Path(os.environ["EXIT_CODES"]) / f"{RANK}").write_text(str(end.code))
        sys.exit(end.code)
