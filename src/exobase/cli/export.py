"""exobase export: tables of a result as CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from exobase.cli.app import CaseArgument, app, complain, errors_to_exit_codes

_TABLES = "profile; of test particles also spectra (fluxes through surfaces) and births (escape probability)"


@app.command()
def export(
    case: CaseArgument,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="CSV file (default: standard output)")] = None,
    species: Annotated[list[str] | None, typer.Option("--species", help="only this species; repeatable")] = None,
    table: Annotated[str, typer.Option("--table", "-t", help=_TABLES)] = "profile",
) -> None:
    """Write a table of a run as CSV, a row per cell; names, units and errors in the header."""
    with errors_to_exit_codes():
        from exobase.cli.tables import table_as_csv
        from exobase.io.results import read_result

        text = table_as_csv(read_result(case), table, species)
        if output is None:
            sys.stdout.write(text)
            return
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            complain(f"{output}: cannot be written: {error}")
            raise typer.Exit(3) from None
        typer.echo(output)
