"""exobase run and resume: the commands that start under mpirun."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from exobase.cli.app import CaseArgument, SetOption, app, complain
from exobase.errors import ExobaseError, RunError

if TYPE_CHECKING:
    from exobase.case import StagedCase
    from exobase.parallel import Comm

FINISHED = (0, 1)  # exit codes of a run that came to its end
FAIL_TOGETHER = 2.0  # s that a failing rank waits for the others to fail alike before it ends them

OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="replace the output of an earlier run")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="no progress, no summary, no report")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="folder of all output (default: CASE/output)")
]
ReportOption = Annotated[bool, typer.Option("--report/--no-report", help="write figures and report.html at the end")]


@app.command()
def run(
    case: CaseArgument,
    overwrite: OverwriteOption = False,
    set_: SetOption = None,
    output: OutputOption = None,
    quiet: QuietOption = False,
    report: ReportOption = True,
) -> None:
    """Run a case. Under mpirun it uses all ranks that mpirun starts."""
    _run(case, set_, Options(False, overwrite, quiet, report, output))


@app.command()
def resume(
    case: CaseArgument,
    set_: SetOption = None,
    output: OutputOption = None,
    quiet: QuietOption = False,
    report: ReportOption = True,
) -> None:
    """Continue a stopped run from its newest valid checkpoint, on any number of ranks.

    The overrides (--set) of that run are kept; others may be added.
    """
    _run(case, set_, Options(True, False, quiet, report, output))


@dataclass(frozen=True)
class Options:
    """What the command line asks of a run beside the case; output: its folder (None: CASE/output)."""

    resume: bool
    overwrite: bool
    quiet: bool
    report: bool
    output: Path | None


def _run(path: Path, overrides: list[str] | None, options: Options) -> None:
    from exobase.parallel import world

    comm = world()
    try:
        code = _run_together(comm, path, overrides, options)
    except Exception as error:  # noqa: BLE001
        code = _fail(comm, error)
    raise typer.Exit(code)


def _run_together(comm: Comm, path: Path, overrides: list[str] | None, options: Options) -> int:
    from exobase.cli.progress import Progress
    from exobase.driver import run_case
    from exobase.driver.loading import load_on_root, load_staged_together

    directory = path if path.is_dir() else path.parent
    output = directory / "output" if options.output is None else options.output
    if options.resume:
        overrides = _with_stored(comm, path, output, overrides)
    staged = load_staged_together(comm, path, overrides)
    if staged is not None:
        return _run_stages(comm, replace(staged, place=options.output), options)
    case = load_on_root(comm, path, overrides)

    shows = comm.rank == 0 and not options.quiet
    code: int = run_case(
        case,
        comm,
        directory,
        resume=options.resume,
        overwrite=options.overwrite,
        progress=Progress() if shows else None,
        output=output,
    )
    if shows:
        _show(output, report=options.report)
    return code


def _with_stored(comm: Comm, path: Path, output: Path, overrides: list[str] | None) -> list[str]:
    """Overrides of the run that is resumed, then those of this call, which come after them (as rank 0 reads them)."""
    from exobase.case import is_staged
    from exobase.driver.common import stored_overrides
    from exobase.driver.stages import stored_stage_overrides

    stored: tuple[str, ...] = ()
    if comm.rank == 0:
        stored = stored_stage_overrides(output) if is_staged(path) else stored_overrides(output)
    return [*comm.bcast(stored), *(overrides or ())]


def _run_stages(comm: Comm, case: StagedCase, options: Options) -> int:
    from exobase.cli.progress import Progress
    from exobase.driver.stages import run_stages

    shows = comm.rank == 0 and not options.quiet
    progress = Progress() if shows else None
    say = progress.message if progress is not None else None
    code: int = run_stages(case, comm, overwrite=options.overwrite, progress=progress, say=say)
    if shows and code in FINISHED:
        _show(case.whole_output, report=options.report)
    return code


def _show(directory: Path, *, report: bool) -> None:
    """Prints the summary and writes the report. The run is done and saved: nothing here may change its verdict."""
    from exobase.cli.results import show_summary
    from exobase.io.results import SUMMARY_NAME

    if not (directory / SUMMARY_NAME).is_file():
        typer.echo("nothing was averaged yet, so there is no summary; continue with: exobase resume")
        return
    try:
        show_summary(directory)
        if report:
            from exobase.report import write_report

            typer.echo(f"report: {write_report(directory)}")
    except KeyboardInterrupt:
        again = f"exobase report {quote(str(directory))}"
        complain(f"report interrupted; result and summary are saved. Make it with: {again}")
    except Exception as error:  # noqa: BLE001
        complain(f"warning: {error}")


def _fail(comm: Comm, error: Exception) -> int:
    """Tell once what went wrong and return the exit code; a rank that fails alone ends all the others."""
    expected = isinstance(error, ExobaseError)
    text = str(error)
    if not expected:
        text = f"internal error: {type(error).__name__}: {error}; please report it with the lines above"
    code: int = error.exit_code if isinstance(error, ExobaseError) else RunError.exit_code
    told = comm.all_fail((code, text), FAIL_TOGETHER)
    if told is None or comm.rank == 0:
        if not expected:
            traceback.print_exception(error)
        where = f" (rank {comm.rank} of {comm.size})" if told is None else ""
        for line in dict.fromkeys([text] if told is None else [said for _, said in told]):
            complain(line + where)
        sys.stderr.flush()
    if told is None:
        comm.abort(RunError.exit_code)
        return RunError.exit_code
    return max(int(code) for code, _ in told)
