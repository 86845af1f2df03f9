"""Wall time of the stages of a step."""

from __future__ import annotations

import time

from exobase.parallel import Comm

STAGES = ("emit", "push", "resolve", "migrate", "sort", "collide", "sample")


class StageClock:
    """Seconds of each stage since the start, and of work: waiting for other ranks is no work."""

    def __init__(self, comm: Comm) -> None:
        self._comm = comm
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self.work_seconds = 0.0
        self._since, self._waited = 0.0, 0.0

    def begin(self) -> None:
        """Start with the first stage of a step."""
        self._since, self._waited = time.perf_counter(), self._comm.waited

    def end(self, stage: str) -> None:
        """Book the time since the last stage ended."""
        now, waited = time.perf_counter(), self._comm.waited
        self.seconds[stage] += now - self._since
        self.work_seconds += now - self._since - (waited - self._waited)
        self._since, self._waited = now, waited
