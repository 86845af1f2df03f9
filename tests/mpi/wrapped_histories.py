"""The exobase command for a test-particle case with a fault in one batch. Started under mpirun.

FAULT = "NAME BATCH": while batch BATCH is followed, on the rank that does it
  raise   an unexpected exception          kill    SIGKILL
  disk    no file may grow beyond 2 kB from then on, on any rank
  pause   the file FAULT_MARK is made, and every batch from then on waits up to 20 s for a request to stop
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from exobase.cli.app import app
from exobase.histories.simulation import HistorySimulation


def strike(name: str, stop: Any) -> None:
    if name == "raise":
        raise ZeroDivisionError("injected")
    if name == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "pause":
        Path(os.environ["FAULT_MARK"]).touch()
        end = time.monotonic() + 20.0
        while not stop() and time.monotonic() < end:
            time.sleep(0.01)


def install() -> None:
    name, batch = os.environ["FAULT"].split()
    attempt, totals = HistorySimulation._attempt, HistorySimulation.totals

    def faulty(self: Any, number: int, stop: Any) -> Any:
        if number == int(batch) or (number > int(batch) and name == "pause"):
            strike(name, stop)
        return attempt(self, number, stop)

    def limited(self: Any) -> Any:
        if self.batches >= int(batch):
            resource.setrlimit(resource.RLIMIT_FSIZE, (2048, resource.RLIM_INFINITY))
        return totals(self)

    HistorySimulation._attempt = faulty  # type: ignore[method-assign]
    if name == "disk":
        HistorySimulation.totals = limited  # type: ignore[method-assign]


if __name__ == "__main__":
    if "FAULT" in os.environ:
        install()
    try:
        app()
    except SystemExit as end:
        sys.exit(end.code)
