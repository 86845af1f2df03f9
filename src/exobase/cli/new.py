"""exobase new: a case directory from another one."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from exobase.cli.app import app, errors_to_exit_codes
from exobase.errors import InputError


@app.command()
def new(
    name: Annotated[Path, typer.Argument(help="directory to create")],
    source: Annotated[Path, typer.Option("--from", metavar="CASE", help="case directory or name of a shipped case")],
) -> None:
    """Create a case directory from another one: case.toml, README.md, sweep.toml, inputs and stages, but no output."""
    with errors_to_exit_codes():
        from exobase.case.shipped import find_case

        source = find_case(source)
        copy_case(source, name)
    typer.echo(f"{name}: made from {source}; edit {name / 'case.toml'}, then: exobase check {quote(str(name))}")


def copy_case(source: Path, target: Path) -> None:
    """Copies what makes a case. Raises InputError if target exists or cannot be made."""
    if target.exists():
        raise InputError(f"{target}: exists; choose another name")
    from exobase.case.copying import copy_case_files

    try:
        copy_case_files(source, target, texts=True)
    except OSError as error:
        raise InputError(f"{target}: cannot be made: {error}") from None
