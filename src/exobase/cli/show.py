"""Tables and numbers on the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table

LOG_WIDTH = 160


def console() -> Console:
    """A console on standard output; in a log file it is wide, so that rows are not broken.

    TTY_COMPATIBLE=1 says that a terminal is behind a pipe (mpirun), COLUMNS how wide it is.
    """
    from rich.console import Console

    terminal = sys.stdout.isatty() or os.environ.get("TTY_COMPATIBLE") == "1"
    width = None if terminal else max(LOG_WIDTH, shutil.get_terminal_size().columns)
    return Console(width=width, highlight=False, markup=False, emoji=False)


def table(title: str, *columns: str, numbers: bool = True) -> Table:
    """An empty table; its columns beyond the first are aligned for numbers or for text."""
    from rich import box
    from rich.table import Table

    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    for i, column in enumerate(columns):
        made.add_column(column, justify="right" if numbers and i > 0 else "left", overflow="fold")
    return made


def indented(text: str, indent: int) -> Padding:
    """A paragraph that stands so many columns to the right and is broken between words only."""
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(text), (0, 0, 0, indent))


def size(n_bytes: float) -> str:
    """Memory in readable units: size(3e6) is '3.0 MB'."""
    for unit in ("B", "kB", "MB", "GB"):
        if n_bytes < 1000.0:
            return f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000.0
    return f"{n_bytes:.3g} TB"


def span(seconds: float) -> str:
    """A duration in readable units: span(3700) is '1 h 02 min'."""
    if seconds < 60.0:
        return f"{seconds:.3g} s"
    minutes = round(seconds / 60.0)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def escaping(value: object, error: object, limit: object) -> str:
    """A rate with its error; where nothing escaped, the limit below which it lies with 95 %: '< 5.8e+26 (95 %)'."""
    nothing = isinstance(value, int | float) and value == 0.0
    if nothing and isinstance(limit, int | float) and limit > 0.0:
        return f"< {limit:.2g} (95 %)"
    return measured(value, error)


def measured(value: object, error: object) -> str:
    """A number with its standard error: '8.13e+11 +- 3.2e+09'."""
    if not isinstance(value, int | float):
        return "none"
    return f"{value:.5g} +- {error:.2g}" if isinstance(error, int | float) else f"{value:.5g}"


def check_line(check: Any) -> str:
    """One check in words."""
    bounds = {
        "relative": check.tolerance_relative,
        "absolute": check.tolerance_absolute,
        "sigma": check.tolerance_sigma,
    }
    if check.accept is not None:
        return f"{check.quantity} within {check.accept[0]:g} to {check.accept[1]:g}"
    against = f"{check.reference_value:g}" if check.reference_value is not None else check.reference
    return f"{check.quantity} against {against}: " + ", ".join(f"{k} {v:g}" for k, v in bounds.items() if v is not None)
