"""Tables of figures on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exobase_verify.bench.workers import Figures

if TYPE_CHECKING:
    from rich.table import Table

Aim = tuple[str, str, float]
LEAST, MOST = "at least", "at most"


def grid(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]], caption: str = "") -> Table:
    """A table whose columns beyond the first hold numbers."""
    from rich import box
    from rich.table import Table

    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    made.caption, made.caption_justify = caption or None, "left"
    for i, name in enumerate(columns):
        made.add_column(name, justify="right" if i else "left")
    for row in rows:
        made.add_row(*row)
    return made


def against_aims(
    title: str, figures: Figures, lines: Iterable[tuple[str, str, str, Aim | None]], caption: str = ""
) -> Table:
    """A table of single figures: lines of (key in ``figures``, what, format, aim)."""
    rows = []
    for key, what, form, aim in lines:
        value = figures.get(key)
        if value is None:
            continue
        rows.append([what, format(value, form), verdict(value, aim)])
    return grid(title, ("", "measured", "aim"), rows, caption)


def verdict(value: float, aim: Aim | None) -> str:
    """'at most 96: met', 'at most 96: MISSED', or nothing without an aim."""
    if aim is None:
        return ""
    kind, text, bound = aim
    met = value >= bound if kind == LEAST else value <= bound
    return f"{kind} {text}: {'met' if met else 'MISSED'}"
