"""exobase validate: all tests against theory and the checks of all shipped cases, as one table and two pages."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exobase.cli.app import app, complain, errors_to_exit_codes
from exobase.cli.show import console, span, table
from exobase.errors import InputError

if TYPE_CHECKING:
    from exobase.validate.campaign import Validation

PASSED, FAILED, STOPPED = 0, 1, 4


@app.command()
def validate(
    only: Annotated[list[str] | None, typer.Argument(metavar="[TASK]...", help="which tasks (default: all)")] = None,
    full: Annotated[bool, typer.Option("--full/--quick", help="all tests (about an hour), or fewer (minutes)")] = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="folder for validation.html and finished tests")
    ] = Path("validation"),
    cases: Annotated[
        Path | None, typer.Option(help="folder of the shipped cases (default: that of the sources)")
    ] = None,
    document: Annotated[
        Path | None, typer.Option(help="Markdown page to write (default: docs/validation.md beside the cases)")
    ] = None,
    cores: Annotated[int | None, typer.Option("--cores", "-n", min=1, help="cores to use (default: all)")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="repeat tests that are finished")] = False,
) -> None:
    """Compare the code with theory: every kernel, every shipped case, any number of ranks.

    Finished tests are kept in the output folder. They are repeated only if something they depend on has changed. Run
    the same command again to continue an interrupted validation. With names of tasks only those run, and the page of
    the documentation is not written.
    """
    with errors_to_exit_codes():
        from exobase.case.shipped import shipped_cases
        from exobase.validate import campaign
        from exobase.validate.jobs import started_by_mpi

        if started_by_mpi():
            raise InputError("exobase validate starts MPI itself: call it without mpirun")
        folder = cases or shipped_cases()
        plan = campaign.Plan(
            "full" if full else "quick",
            output.resolve(),
            folder.resolve(),
            cores or campaign.available_cores(),
            tuple(only or ()),
            fresh,
        )
        begin = time.perf_counter()
        done = campaign.validate(plan, typer.echo)
        show(done)
        if not done.stopped:
            _pages(done, document or _document_beside(folder))
        typer.echo(verdict(done, time.perf_counter() - begin))
    raise typer.Exit(STOPPED if done.stopped else PASSED if done.passed else FAILED)


def show(done: Validation) -> None:
    """Print every row, what is missing, and the time of every task."""
    rows = table("validation", "test", "value", "reference", "tolerance", "sigma", "verdict", "seconds")
    rows.columns[0].ratio = 1
    from exobase.report.validation import cells_of

    for result in done.results:
        for k, row in enumerate(result.rows):
            rows.add_row(row.name, *cells_of(row), f"{result.seconds:.1f}" if k == 0 else "")
    for row in done.missing:
        rows.add_row(row.name, *cells_of(row), "")
    console().print(rows)
    failures = [row for row in done.rows if not row.passed]
    for row in failures:
        typer.echo(f"{row.verdict}: {row.name}{': ' + row.detail if row.detail else ''}")
    times = table("time by task", "task", "seconds", "")
    for result in sorted(done.results, key=lambda r: -r.seconds):
        times.add_row(result.task.name, f"{result.seconds:.1f}", "finished before" if result.reused else "")
    console().print(times)


def verdict(done: Validation, seconds: float) -> str:
    """The last line."""
    rows = done.rows
    good = sum(row.passed for row in rows)
    text = f"{good} of {len(rows)} tests passed in {span(seconds)}"
    if done.stopped:
        text += f"; stopped before {', '.join(done.waiting)}: run the same command again to continue"
    return text


def _pages(done: Validation, document: Path | None) -> None:
    """Write the pages; a selection of tasks leaves the documentation as it is."""
    from exobase.report.validation import write_document, write_page

    typer.echo(f"page: {write_page(done, done.plan.output / 'validation.html')}")
    if done.plan.only:
        return
    if document is None:
        complain("warning: no docs folder beside the cases, so no Markdown page is written; give one with --document")
        return
    typer.echo(f"document: {write_document(done, document)}")


def _document_beside(cases: Path) -> Path | None:
    folder = cases.resolve().parent / "docs"
    return folder / "validation.md" if folder.is_dir() else None
