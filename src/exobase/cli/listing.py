"""What the commands that list tables share: one entry or all, as a table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from exobase.cli.show import console, table

JsonOption = Annotated[bool, typer.Option("--json", help="print as JSON, for scripts")]


def show_json(data: Any) -> None:
    """Prints plain data as JSON."""
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def show_entry(title: str, rows: Iterable[tuple[str, str, str]]) -> None:
    """One entry in detail: rows of quantity, value with its unit, and source; rows without a value are left out."""
    made = table(title, "quantity", "value", "source", numbers=False)
    for quantity, value, source in rows:
        if value:
            made.add_row(quantity, value, source)
    console().print(made)


def say(text: str) -> None:
    """A line below a table."""
    console().print(text)


def number(value: float | None, digits: int = 6) -> str:
    """A number for a table; empty where there is none."""
    return "" if value is None else f"{value:.{digits}g}"
