"""exobase export: tables of a result as CSV, and what it holds in two and three dimensions for ParaView."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from exobase.cli.app import CaseArgument, app, complain, errors_to_exit_codes
from exobase.errors import InputError

_TABLES = "profile; for test particles also spectra (fluxes through surfaces) and births (escape probability)"
_TO = "csv: a table; paraview: fields, densities and paths of a run with ions as VTKHDF files"
_OUTPUT = "CSV file (default: standard output), or folder for the ParaView files (default: beside the result)"


@app.command()
def export(
    case: CaseArgument,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=_OUTPUT)] = None,
    species: Annotated[list[str] | None, typer.Option("--species", help="only this species; repeatable")] = None,
    table: Annotated[str, typer.Option("--table", "-t", help=_TABLES)] = "profile",
    to: Annotated[str, typer.Option("--to", help=_TO)] = "csv",
) -> None:
    """Write a table of a run as CSV (a row per cell; names, units and errors in the header), or files for ParaView."""
    with errors_to_exit_codes():
        if to == "paraview":
            _paraview(case, output, species, table)
            return
        if to != "csv":
            raise InputError(f"--to {to} is unknown; allowed: csv, paraview")
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


def _paraview(case: Path, folder: Path | None, species: list[str] | None, table: str) -> None:
    """Write the files and name them; what could not be written is said on standard error."""
    if table != "profile":
        raise InputError(f"--table {table} goes with --to csv; --to paraview writes all it can")
    from exobase.cli.paraview import export_paraview
    from exobase.io.results import read_result

    written, notes = export_paraview(read_result(case), folder, species)
    for path in written:
        typer.echo(path)
    for note in notes:
        complain(f"warning: {note}")
