"""Live progress: a line that renews itself on a terminal, plain lines from time to time in a log."""

from __future__ import annotations

import math
import os
import shutil
import sys
import time
from typing import TextIO

from exobase.cli.show import span

TERMINAL_INTERVAL = 0.2
LOG_INTERVAL = 10.0
BAR_WIDTH = 20


class Progress:
    """Shows how far a run is. Only rank 0 has one.

    The run controller calls update() as often as it likes; lines appear at most every 0.2 s on a terminal and every
    10 s elsewhere. All arguments are optional: what is not known is not shown. Under mpirun a rank writes to a pipe:
    TTY_COMPATIBLE or TTY_INTERACTIVE tells whether a terminal is behind it (1 or 0), COLUMNS how wide it is. A renewed
    line that were wider could not be renewed, so it is shortened.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.live = is_live(self.stream)
        self._last = -math.inf
        self._width = 0

    def due(self) -> bool:
        """Whether the last line is old enough for a new one, so that its numbers are worth their making."""
        return time.monotonic() - self._last >= (TERMINAL_INTERVAL if self.live else LOG_INTERVAL)

    def update(
        self,
        *,
        step: int = 0,
        max_steps: int | None = None,
        time_s: float | None = None,
        particles: int | None = None,
        rate: float | None = None,
        phase: str = "",
        flux: float | None = None,
        flux_stderr: float | None = None,
        target_error: float | None = None,
        eta_s: float | None = None,
        fraction: float | None = None,
        counted: str = "step",
        histories: int | None = None,
        escape_rate: float | None = None,
    ) -> None:
        """Shows the state of the run, if the last line is old enough.

        counted: what ``step`` counts; time_s [s]: simulated time; histories: followed so far; rate [s-1]:
        particle-steps, with histories these; flux, flux_stderr [m-2 s-1]: escape flux; escape_rate [s-1]: shown
        instead, flux_stderr is then its error; target_error: relative; eta_s [s]: time to the end; fraction: work done,
        0 to 1.
        """
        if not self.due():
            return
        self._last = time.monotonic()
        parts = [phase] if phase else []
        parts.append(f"{counted} {step}")
        if time_s is not None:
            parts.append(f"t {time_s:.4g} s")
        extra = [] if particles is None else [f"{particles} particles"]
        extra += [] if histories is None else [f"{histories} histories"]
        extra += [] if rate is None else [f"{rate / 1e6:.3g} M/s" if histories is None else f"{rate / 1e3:.3g} k/s"]
        shown, unit = (flux, "m-2 s-1") if escape_rate is None else (escape_rate, "s-1")
        aim = _escape(shown, unit, flux_stderr, target_error)
        if eta_s is not None and math.isfinite(eta_s):
            aim.append(f"{span(eta_s)} left")
        if fraction is None and max_steps:
            fraction = step / max_steps
        bar = "" if fraction is None or not self.live else _bar(fraction) + " "
        line = bar + "  ".join(parts + extra + aim)
        self._write(self._fitted([line, bar + "  ".join(parts + aim), "  ".join(parts + aim)]) if self.live else line)

    def message(self, text: str) -> None:
        """A line that stays."""
        if self.live:
            self.stream.write("\r" + " " * self._width + "\r")
        self.stream.write(text + "\n")
        self.stream.flush()
        self._width = 0

    def close(self) -> None:
        """Ends the renewed line."""
        if self.live and self._width:
            self.stream.write("\n")
            self.stream.flush()
        self._width = 0

    @staticmethod
    def _fitted(lines: list[str]) -> str:
        """The first line that the terminal has room for, else the last one cut."""
        room = max(shutil.get_terminal_size().columns - 1, 1)
        return next((line for line in lines if len(line) <= room), lines[-1][:room])

    def _write(self, line: str) -> None:
        if self.live:
            self.stream.write("\r" + line.ljust(self._width))
            self._width = len(line)
        else:
            self.stream.write(line + "\n")
        self.stream.flush()


def is_live(stream: TextIO) -> bool:
    """Whether lines can be renewed: what TTY_INTERACTIVE or TTY_COMPATIBLE say, else whether it is a terminal."""
    for name in ("TTY_INTERACTIVE", "TTY_COMPATIBLE"):
        if os.environ.get(name) in ("0", "1"):
            return os.environ[name] == "1"
    return stream.isatty()


def _escape(value: float | None, unit: str, stderr: float | None, target: float | None) -> list[str]:
    if value is None or not math.isfinite(value):
        return []
    text = f"escape {value:.4g} {unit}"
    if stderr is not None and math.isfinite(stderr) and value:
        text += f" +- {100.0 * abs(stderr / value):.2g} %"
        if target is not None:
            text += f" (aim {100.0 * target:g} %)"
    return [text]


def _bar(fraction: float) -> str:
    done = round(BAR_WIDTH * min(max(fraction, 0.0), 1.0))
    return "[" + "#" * done + "." * (BAR_WIDTH - done) + "]"
