"""exobase sweep: a grid of cases with one table and one figure."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from exobase.cli.app import CaseArgument, SetOption, app, complain
from exobase.cli.run import QuietOption, _fail
from exobase.errors import InputError

if TYPE_CHECKING:
    from exobase.parallel import Comm
    from exobase.sweep import Job, Sweep
    from exobase.sweep.collect import Collected, Options
    from exobase.sweep.record import Standing

T = TypeVar("T")

STOPPED = 4
ARRAY_VARIABLES = ("SLURM_ARRAY_TASK_ID", "PBS_ARRAY_INDEX", "PBS_ARRAYID", "SGE_TASK_ID")

OVER_HELP = (
    "swept key: a,b,c or start:stop:step; '&' ties keys that change together, 'A=1,2 & B=3,4'; species.*.KEY means all "
    "entries; repeatable: outer product"
)
OverOption = Annotated[
    list[str] | None,
    typer.Option("--over", metavar="KEY=VALUES", help=OVER_HELP),
]  # fmt: skip
SubsetOption = Annotated[str | None, typer.Option("--subset", metavar="NAME", help="a subset of the case's sweep.toml")]
QuickOption = Annotated[bool, typer.Option("--quick", help="the same as --subset quick")]
FullOption = Annotated[bool, typer.Option("--full", help="the same as --subset full (the default where there is one)")]
NameOption = Annotated[str | None, typer.Option("--name", help="name of the sweep (default: its subset or its keys)")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="folder (default: CASE/output/sweep-NAME)")
]
ListOption = Annotated[bool, typer.Option("--list", help="print the numbered points and their progress; run nothing")]
PointOption = Annotated[int | None, typer.Option("--point", metavar="N", help="run point N alone")]
ArrayOption = Annotated[
    bool, typer.Option("--array", help="run the point that the job array's variable names (SLURM_ARRAY_TASK_ID, ...)")
]
CollectOption = Annotated[bool, typer.Option("--collect", help="only make table and figure from finished points")]
AnewOption = Annotated[bool, typer.Option("--overwrite", help="run the points again and replace their output")]
LimitOption = Annotated[
    str | None, typer.Option("--wall-time", metavar="TIME", help='limit for the whole sweep, e.g. "3.8 h"; resumable')
]  # fmt: skip


@dataclass(frozen=True)
class What:
    """What to do with the points: list them, run all or one, only collect; and within which time [s]."""

    list_: bool
    point: int | None
    collect: bool
    wall_time: float | None
    quiet: bool


@app.command()
def sweep(
    case: CaseArgument,
    over: OverOption = None,
    set_: SetOption = None,
    quick: QuickOption = False,
    full: FullOption = False,
    subset: SubsetOption = None,
    name: NameOption = None,
    output: OutputOption = None,
    list_: ListOption = False,
    point: PointOption = None,
    array: ArrayOption = False,
    collect: CollectOption = False,
    overwrite: AnewOption = False,
    wall_time: LimitOption = None,
    quiet: QuietOption = False,
) -> None:
    """Run a case over a grid of values, each point on all ranks: one table, one figure.

    Points are those of --over, or of the sweep.toml of the case. Run the same command again to continue an interrupted
    sweep.
    """
    from exobase.parallel import world

    comm = world()
    try:
        chosen = _subset(subset, quick, full)
        what = What(list_, _number(point, array), collect, _seconds(wall_time), quiet)
        if overwrite and (list_ or collect):
            raise InputError("--overwrite runs points anew; leave it out with --list and --collect")

        def plan() -> Sweep:
            from exobase.sweep.collect import Options, plan_sweep

            options: Options = Options(tuple(over or ()), tuple(set_ or ()), chosen, name, output, overwrite)
            return plan_sweep(case, options)

        code = _sweep(comm, on_root(comm, plan), what)
    except KeyboardInterrupt:
        code = _interrupted(comm)
    except Exception as error:  # noqa: BLE001
        code = _fail(comm, error)
    raise typer.Exit(code)


def on_root(comm: Comm, work: Callable[[], T]) -> T:
    """What rank 0 alone makes, on every rank; an InputError there is raised on all."""
    made: T | None = None
    messages: tuple[str, ...] = ()
    if comm.rank == 0:
        try:
            made = work()
        except InputError as error:
            messages = error.messages
    made, messages = comm.bcast((made, messages))
    if messages:
        raise InputError(messages)
    assert made is not None
    return made


def _sweep(comm: Comm, planned: Sweep, what: What) -> int:
    """Do what is asked; collective. Returns the exit code."""
    from exobase.sweep.collect import clear, standings

    jobs = planned.jobs(what.point)
    if planned.overwrite:
        on_root(comm, lambda: clear(jobs))
    where = on_root(comm, lambda: standings(planned, what.point))
    if what.list_:
        if comm.rank == 0:
            _show_points(planned, jobs, where)
        return 0
    code = 0 if what.collect else _run(comm, planned, jobs, what)
    if what.point is not None and not what.collect:
        return code
    gathered = on_root(comm, lambda: _finish(planned, what))
    return code if code == STOPPED else gathered


def _run(comm: Comm, planned: Sweep, jobs: list[Job], what: What) -> int:
    from exobase.cli.progress import Progress
    from exobase.sweep import Outside, run_sweep

    speaks = comm.rank == 0 and not what.quiet

    def say(text: str) -> None:
        if speaks:
            typer.echo(text)

    for note in planned.grid.notes:
        say(note)
    say(f"{len(jobs)} of {len(planned.grid.points)} points, into {planned.folder}")
    outside = Outside(say, lambda: Progress() if speaks else None)
    return run_sweep(jobs, comm, outside, what.wall_time)


def _finish(planned: Sweep, what: What) -> int:
    """Table, figure and verdict (rank 0). The exit code."""
    from exobase.sweep import collect

    collected: Collected = collect(planned)
    files = list(collected.files)
    try:
        from exobase.report.sweep import plot_sweep

        files += plot_sweep(collected.files[1])
    except Exception as error:  # noqa: BLE001
        complain(f"warning: no figure: {error}")
    if not what.quiet:
        _show_table(collected)
        for file in files:
            typer.echo(file)
    return collected.code


def _subset(subset: str | None, quick: bool, full: bool) -> str | None:
    asked = [*([subset] if subset else []), *(["quick"] if quick else []), *(["full"] if full else [])]
    if len(asked) > 1:
        raise InputError("give one of --quick, --full, --subset")
    return asked[0] if asked else None


def _number(point: int | None, array: bool) -> int | None:
    """The point to be run alone, from --point or from the environment of a job array."""
    if not array:
        return point
    if point is not None:
        raise InputError("give one of --point, --array")
    found = [(name, os.environ[name]) for name in ARRAY_VARIABLES if os.environ.get(name)]
    if not found:
        raise InputError(f"--array: none of {', '.join(ARRAY_VARIABLES)} is set; without a job array use --point N")
    if not found[0][1].isdigit():
        raise InputError(f"--array: {found[0][0]} = {found[0][1]!r} is not the number of a point")
    return int(found[0][1])


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    from exobase.config import parse_quantity

    try:
        seconds = parse_quantity(text, "s", example="3.8 h")
    except ValueError as error:
        raise InputError(f"--wall-time {text}: {error}") from None
    if seconds <= 0.0:
        raise InputError(f"--wall-time {text}: must be > 0 s")
    return seconds


def _interrupted(comm: Comm) -> int:
    """A signal between two runs: nothing is lost, since points are noted before they run and after."""
    if comm.rank == 0:
        complain("stopped between two points; continue with the same command")
    if comm.size > 1:
        comm.abort(STOPPED)
    return STOPPED


def _show_points(planned: Sweep, jobs: list[Job], where: list[Standing]) -> None:
    from exobase.cli.show import console, table

    title = f"{planned.grid.title or planned.grid.name}, in {planned.folder}"
    rows = table(title, "point", "name", "status", numbers=False)
    for job, standing in zip(jobs, where, strict=True):
        left = "" if standing.done or standing.status in ("not run", "failed") else ", to be continued"
        rows.add_row(str(job.point.number), job.point.name, standing.status + left)
    for note in planned.grid.notes:
        typer.echo(note)
    console().print(rows)


def _show_table(collected: Collected) -> None:
    from exobase.cli.show import console, measured, table
    from exobase.sweep.expect import expect_rows
    from exobase.sweep.points import short_names, spell

    found = collected.table.rows()
    names = short_names(list(collected.table.attrs["keys"]))
    unit_of = {key: collected.table.columns[key].units for key in names}
    names = {key: name if unit_of[key] == "1" else f"{name} [{unit_of[key]}]" for key, name in names.items()}
    swept = {row["name"]: ["" if _missing(row[key]) else spell(row[key]) for key in names] for row in found}
    blocks = ["block"] if found and "block" in found[0] else []
    # Those of a DSMC case, or those of a test-particle case.
    of_gas = bool(found) and "flux_over_jeans" in found[0]
    quantities = ("flux_over_evaporation", "flux_over_jeans") if of_gas else ("escape_rate", "escape_flux")
    others = {"exobase_radius_over_inner": "r_exo/R0", "regime": "regime"} if of_gas else {"laws": "laws"}
    rows = table("sweep", "point", *blocks, *names.values(), *quantities, *others.values(), "status", "checks")
    for row in found:
        values = {key: None if _missing(value) else value for key, value in row.items()}
        fluxes = [measured(values[q], values[f"{q}_stderr"]) for q in quantities]
        rest = [row[key] if isinstance(row[key], str) else measured(values[key], None) for key in others]
        checks = "" if values["checks"] is None else f"{values['checks_passed']:.0f}/{values['checks']:.0f}"
        head = [str(row["point"]), *(str(row[b]) for b in blocks), *swept[row["name"]]]
        rows.add_row(*head, *fluxes, *rest, row["status"], checks)
    console().print(rows)
    for row in found:
        if row["failed_checks"]:
            typer.echo(f"point {row['point']} ({row['name']}): failed checks: {row['failed_checks']}")
        if row["message"]:
            typer.echo(f"point {row['point']} ({row['name']}): {row['message']}")
    if collected.judged:
        columns = (
            *blocks,
            *names.values(),
            "quantity",
            "value",
            "reference",
            "accepted",
            "sigmas",
            "verdict",
        )
        judged = table("expected", *columns, numbers=False)
        block_of = {row["name"]: [str(row[b]) for b in blocks] for row in found}
        for line, (_, *cells) in zip(collected.judged, expect_rows(collected.judged), strict=True):
            judged.add_row(*block_of[line.point], *swept[line.point], *cells)
        console().print(judged)


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)
