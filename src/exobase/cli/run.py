"""exobase run and resume: the commands that start under mpirun."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exobase.cli.app import CaseArgument, SetOption, app, complain
from exobase.errors import ExobaseError, InputError, RunError

if TYPE_CHECKING:
    from exobase.case import Case
    from exobase.parallel import Comm

FINISHED = (0, 1)  # exit codes of a run that came to its end

OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="replace the output of an earlier run")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="no progress, no summary, no report")]
ReportOption = Annotated[bool, typer.Option("--report/--no-report", help="write figures and report.html at the end")]


@app.command()
def run(
    case: CaseArgument,
    overwrite: OverwriteOption = False,
    set_: SetOption = None,
    quiet: QuietOption = False,
    report: ReportOption = True,
) -> None:
    """Run a case; under mpirun on as many ranks as it starts."""
    _run(case, set_, Options(resume=False, overwrite=overwrite, quiet=quiet, report=report))


@app.command()
def resume(case: CaseArgument, set_: SetOption = None, quiet: QuietOption = False, report: ReportOption = True) -> None:
    """Continue a stopped run from its newest valid checkpoint, on any number of ranks."""
    _run(case, set_, Options(resume=True, overwrite=False, quiet=quiet, report=report))


@dataclass(frozen=True)
class Options:
    """What the command line asks of a run beside the case."""

    resume: bool
    overwrite: bool
    quiet: bool
    report: bool


def _run(path: Path, overrides: list[str] | None, options: Options) -> None:
    from exobase.parallel import world

    comm = world()
    try:
        code = _run_together(comm, path, overrides, options)
    except InputError as error:
        # InputError is raised by all ranks alike (a fault of one rank is another error), so one speaks and all leave.
        if comm.rank == 0:
            complain(str(error))
        raise typer.Exit(error.exit_code) from None
    except Exception as error:  # noqa: BLE001
        # Other ranks may be waiting for this one: only an abort ends them.
        _fail(comm, error)
        raise typer.Exit(RunError.exit_code) from None
    raise typer.Exit(code)


def _run_together(comm: Comm, path: Path, overrides: list[str] | None, options: Options) -> int:
    case = load_on_root(comm, path, overrides)
    directory = path if path.is_dir() else path.parent
    from exobase.cli.progress import Progress
    from exobase.driver import run_case

    shows = comm.rank == 0 and not options.quiet
    code: int = run_case(
        case,
        comm,
        directory,
        resume=options.resume,
        overwrite=options.overwrite,
        progress=Progress() if shows else None,
    )
    if shows:
        _show(directory, report=options.report and code in FINISHED)
    return code


def _show(directory: Path, *, report: bool) -> None:
    """Prints the summary and writes the report. The run is done and saved: nothing here may change its verdict."""
    from exobase.cli.results import show_summary

    try:
        show_summary(directory)
        if report:
            from exobase.report import write_report

            typer.echo(f"report: {write_report(directory)}")
    except ExobaseError as error:
        complain(f"warning: {error}")


def load_on_root(comm: Comm, path: Path, overrides: list[str] | None) -> Case:
    """The case as rank 0 reads it: no other rank touches the file, so all have the same, or the same error."""
    from exobase.case import Case, load_case

    if comm.size == 1:
        return load_case(path, overrides)
    shared: tuple[dict[str, Any] | None, tuple[str, ...]] = (None, ())
    if comm.rank == 0:
        try:
            shared = (load_case(path, overrides).to_dict(), ())
        except InputError as error:
            shared = (None, error.messages)
    data, messages = comm.bcast(shared)
    if data is None:
        raise InputError(messages)
    return Case.from_dict(data)


def _fail(comm: Comm, error: Exception) -> None:
    """One message, with a traceback only for what exobase did not raise on purpose; then the end of all ranks."""
    where = f" (rank {comm.rank} of {comm.size})" if comm.size > 1 else ""
    if not isinstance(error, ExobaseError):
        traceback.print_exception(error)
        complain(f"internal error{where}: {type(error).__name__}: {error}; please report it with the lines above")
    else:
        complain(f"{error}{where}")
    sys.stderr.flush()
    if comm.size > 1:
        comm.abort(RunError.exit_code)
