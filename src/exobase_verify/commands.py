"""The commands of this package: exobase validate, bench and fuzz."""

from __future__ import annotations

import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exobase.cli.app import TOGETHER, app, complain, errors_to_exit_codes
from exobase.cli.show import console, span, table
from exobase.errors import InputError

if TYPE_CHECKING:
    from exobase_verify.campaign import Validation

PASSED, FAILED, STOPPED = 0, 1, 4
TOGETHER.update({"bench", "validate"})


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
        from exobase_verify import campaign
        from exobase_verify.jobs import started_by_mpi

        if started_by_mpi():
            raise InputError("exobase validate starts MPI itself: call it without mpirun")
        folder = cases or shipped_cases()
        plan = campaign.Choice(
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
    from exobase_verify.page import cells_of

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
    from exobase_verify.page import write_document, write_page

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


@app.command()
def bench(
    name: Annotated[str | None, typer.Argument(help="benchmark (default: all)")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the figures as JSON")] = False,
    step: Annotated[str, typer.Option(help="radial: local, global or both")] = "local",
    quick: Annotated[bool, typer.Option("--quick", help="fewer particles, shorter runs")] = False,
    ranks: Annotated[int, typer.Option(help="radial: number of MPI ranks beside one")] = 2,
) -> None:
    """Measure speed and memory."""
    with errors_to_exit_codes():
        from exobase_verify.bench import run_bench

        raise typer.Exit(run_bench(name, as_json=as_json, step=step, quick=quick, ranks=ranks))


@app.command()
def fuzz(
    cases: Annotated[list[Path], typer.Argument(metavar="CASE...", help="case directories to mutate")],
    number: Annotated[int, typer.Option(min=1, help="mutations to try")] = 1000,
    seed: Annotated[int, typer.Option(help="seed of the mutations")] = 1,
    of: Annotated[str, typer.Option(metavar="WHAT", help="cases, files (tables, rain, fields) or all")] = "all",
) -> None:
    """Read mutated case files, tables and fields. Each must be accepted or refused with a message (else exit 1)."""
    from exobase_verify.fuzz import campaign
    from exobase_verify.fuzz_files import file_campaign

    with errors_to_exit_codes():
        if of not in ("cases", "files", "all"):
            raise InputError(f"--of {of}: allowed: cases, files, all")
        missing = [str(case) for case in cases if not (case / "case.toml").is_file()]
        if missing:
            raise InputError(f"no case here: {', '.join(missing)}; name case directories")
    files = {"cases": 0, "files": number, "all": number // 2}[of]
    tried = chain(campaign(cases, number - files, seed), file_campaign(files, seed))
    faults = [fault for fault in tried if fault is not None]
    for fault in faults:
        typer.echo(f"mutation {fault.number}, {fault.what}\n{fault.trace}")
    what = f"{number} mutations of {len(cases)} cases{' and of input files' if files else ''}"
    typer.echo(f"{what} (seed {seed}): {len(faults)} ended in no InputError")
    raise typer.Exit(1 if faults else 0)
