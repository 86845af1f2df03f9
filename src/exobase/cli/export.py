"""exobase export: tables of a result as CSV or LaTeX, all of it as netCDF, and its volumes for ParaView."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from exobase.cli.app import ResultArgument, app, complain, errors_to_exit_codes
from exobase.errors import InputError

FORMS = ("csv", "latex", "netcdf", "paraview")
_TABLES = (
    "csv: profile (default); of test particles also spectra (fluxes through surfaces) and births (escape probability); "
    "of stages budget. latex: escape (default), exobase, checks; of test particles also processes; of stages budget "
    "(default) and checks"
)
_TO = (
    "csv or latex: a table; netcdf: all of exobase.open as a netCDF-4 file; paraview: profiles, and of a run with ions "
    "fields, densities and paths, as VTKHDF files"
)
_OUTPUT = (
    "of a table: a file or an existing folder (default: standard output); of netCDF: the same (default: result.nc "
    "beside the result); of ParaView: a folder (default: beside the result)"
)


@app.command()
def export(
    case: ResultArgument,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=_OUTPUT)] = None,
    species: Annotated[list[str] | None, typer.Option("--species", help="only this species; repeatable")] = None,
    table: Annotated[str | None, typer.Option("--table", "-t", help=_TABLES)] = None,
    to: Annotated[str, typer.Option("--to", help=_TO)] = "csv",
    booktabs: Annotated[bool, typer.Option("--booktabs", help="LaTeX with the rules of the package booktabs")] = False,
) -> None:
    """Write a table of a run as CSV or LaTeX (names, units, errors), its data as netCDF, or files for ParaView."""
    with errors_to_exit_codes():
        if to not in FORMS:
            raise InputError(f"--to {to} is unknown; allowed: {', '.join(FORMS)}")
        if table is not None and to in ("netcdf", "paraview"):
            raise InputError(f"--table {table} goes with --to csv or latex; --to {to} writes all it can")
        if booktabs and to != "latex":
            raise InputError(f"--booktabs goes with --to latex, not with --to {to}")
        if to == "paraview":
            _paraview(case, output, species)
        elif to == "netcdf":
            typer.echo(_netcdf(case, output, species))
        elif to == "latex":
            from exobase.cli.latex import latex_table

            _put(latex_table(case, table, species, booktabs), output, f"{table or _default(case, 'escape')}.tex")
        else:
            _put(_csv(case, table, species), output, f"{table or _default(case, 'profile')}.csv")


def _csv(case: Path, table: str | None, species: list[str] | None) -> str:
    from exobase.cli.tables import table_as_csv
    from exobase.io.results import read_result, staged_output

    staged = staged_output(case)
    if staged is None:
        return table_as_csv(read_result(case), table or "profile", species)
    if table not in (None, "budget") or species:
        asked = f"--table {table}" if table not in (None, "budget") else "--species"
        raise InputError(
            f"{asked}: of a case of stages there is the table budget with all its species; name the output of a stage "
            f"for its own: {staged / 'stages' / 'STAGE'}"
        )
    from exobase.summary.budget import BUDGET_CSV

    try:
        return (staged / BUDGET_CSV).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{staged / BUDGET_CSV}: cannot be read: {error}; run the case again") from None


def _default(case: Path, kind: str) -> str:
    """The kind of table that is written where none is named: of stages their budget."""
    from exobase.io.results import staged_output

    return kind if staged_output(case) is None else "budget"


def _put(text: str, output: Path | None, name: str) -> None:
    """A table to standard output, into a file or below its name into a folder; the file is named."""
    if output is None:
        sys.stdout.write(text)
        return
    from exobase.io.files import write_text_atomic

    target = output / name if output.is_dir() else output
    write_text_atomic(target, text)
    typer.echo(target)


def _netcdf(case: Path, output: Path | None, species: list[str] | None) -> Path:
    from exobase.io import read_result, result_of
    from exobase.io.dataset import open_dataset, write_netcdf

    source = result_of(case)
    target = source.with_suffix(".nc") if output is None else output / "result.nc" if output.is_dir() else output
    if target.exists() and target.samefile(source):
        raise InputError(f"{target}: is the result itself; give another name")
    dataset = open_dataset(source)
    if species:
        names = read_result(source).species
        for name in species:
            if name not in names:
                raise InputError(f"{source}: no species '{name}' in the result (it has {', '.join(names)})")
        return write_netcdf(dataset.sel(species=species), target)
    return write_netcdf(dataset, target)


def _paraview(case: Path, folder: Path | None, species: list[str] | None) -> None:
    """Write the files and name them; what could not be written is said on standard error."""
    from exobase.cli.paraview import export_paraview
    from exobase.io.results import read_result

    if folder is not None and folder.is_file():
        raise InputError(f"{folder}: is a file; --to paraview writes several files into a folder")
    written, notes = export_paraview(read_result(case), folder, species)
    for path in written:
        typer.echo(path)
    for note in notes:
        complain(f"warning: {note}")
