"""exobase export: profiles of a result as CSV."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exobase.cli.app import CaseArgument, app, complain, errors_to_exit_codes

if TYPE_CHECKING:
    from exobase.io.results import Result


@app.command()
def export(
    case: CaseArgument,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="CSV file (default: standard output)")] = None,
    species: Annotated[list[str] | None, typer.Option("--species", help="only this species; repeatable")] = None,
) -> None:
    """Write the profiles of a run as CSV, a row per cell; names, units and errors in the header."""
    with errors_to_exit_codes():
        from exobase.io.results import read_result

        text = profiles_as_csv(read_result(case), species)
        if output is None:
            sys.stdout.write(text)
            return
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            complain(f"{output}: cannot be written: {error}")
            raise typer.Exit(3) from None
        typer.echo(output)


def profiles_as_csv(result: Result, species: list[str] | None = None) -> str:
    """Profiles per species and of the gas, over the cells.

    Columns are named quantity_species [unit]; standard errors follow their quantity as quantity_stderr_species.
    Raises InputError for an unknown species.
    """
    cells = len(result["grid/r"])
    columns = {"r [m]": result["grid/r"]}
    for name in species or result.species:
        row = result.index(name)
        for quantity, values in sorted(result.group("profile").items()):
            if values.ndim == 2 and values.shape[1] == cells:
                columns[f"{quantity}_{name} [{_unit(result, 'profile/' + quantity)}]"] = values[row]
    for quantity, values in sorted(result.group("gas").items()):
        if values.shape == (cells,):
            columns[f"gas_{quantity} [{_unit(result, 'gas/' + quantity)}]"] = values
    text = io.StringIO()
    for key in ("case_name", "title", "exobase_version", "created", "status", "state_digest"):
        text.write(f"# {key}: {result.attrs.get(key, '')}\n")
    text.write(", ".join(columns) + "\n")
    for i in range(cells):
        text.write(", ".join(f"{values[i]:.10g}" for values in columns.values()) + "\n")
    return text.getvalue()


def _unit(result: Result, name: str) -> str:
    variable = result.variables.get(name)
    return str(variable.units) if variable is not None else ""
