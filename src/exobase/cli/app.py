"""The exobase command and the one place where errors become exit codes.

0: ran and all checks passed; 1: ran, a check failed; 2: bad input; 3: failure; 4: stopped with a checkpoint.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from exobase.errors import ExobaseError

app = typer.Typer(
    name="exobase",
    help="Particle simulation of planetary exospheres and atmospheric escape.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

CaseArgument = Annotated[Path, typer.Argument(metavar="CASE", help="case directory (or its case.toml)")]
ResultArgument = Annotated[
    Path,
    typer.Argument(metavar="CASE", help="case directory (or its case.toml), output folder, or result.h5 of a run"),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="replace a key for this call, e.g. run.max_steps=400; repeatable"),
]


def main() -> None:
    """Entry point of the exobase command."""
    app()


@contextmanager
def errors_to_exit_codes(speak: bool = True) -> Iterator[None]:
    """Turns the errors of the library into a message (where speak is true) and the exit code of their kind."""
    try:
        yield
    except ExobaseError as error:
        if speak:
            complain(str(error))
        raise typer.Exit(error.exit_code) from None


def complain(message: str) -> None:
    """Prints an error message, one fault per line."""
    sys.stdout.flush()
    for line in message.splitlines() or ["unknown error"]:
        typer.echo(f"exobase: {line}", err=True)


TOGETHER = {"run", "resume", "sweep"}
"""Commands that ranks run together, or that start ranks themselves; of all others the first rank alone speaks."""


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="print the version and leave", is_eager=True)] = False,
) -> None:
    """Particle simulation of planetary exospheres and atmospheric escape."""
    from exobase.parallel.starters import started_as

    _write_any_text()

    if context.invoked_subcommand not in TOGETHER and started_as() > 0:
        raise typer.Exit(0)
    if version:
        from importlib.metadata import PackageNotFoundError
        from importlib.metadata import version as installed

        try:
            typer.echo(f"exobase {installed('exobase')}")
        except PackageNotFoundError:
            typer.echo("exobase (not installed as a package)")
        raise typer.Exit(0)


def _write_any_text() -> None:
    """Characters that the terminal or the locale cannot show are written as their codes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
