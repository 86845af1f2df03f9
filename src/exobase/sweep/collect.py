"""A sweep as a whole: planned from the command's options, collected into one table and judged."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exobase.case import AnyCase
from exobase.config.sweep_file import SWEEP_NAME, ExpectTable, FigureTable, read_sweep_file
from exobase.driver import CHECK_FAILED, PASSED, STOPPED
from exobase.errors import InputError, RunError
from exobase.io.own import clear as clear_output
from exobase.io.sweeps import CSV_NAME, EXPECT_NAME, TABLE_NAME, SweepTable, write_csv, write_sweep
from exobase.provenance import commit, version
from exobase.sweep.expect import FAILED, Judged, check_quantities, expect_columns, judge_sweep
from exobase.sweep.points import ParameterGrid, grid_from_file, grid_from_overs, resolve_points
from exobase.sweep.record import FAILED as POINT_FAILED
from exobase.sweep.record import FINISHED, NOT_RUN, RECORD_NAME, Standing, standing
from exobase.sweep.runner import Job
from exobase.sweep.table import case_texts, table

DEFAULT_SUBSET = "full"


@dataclass(frozen=True)
class Options:
    """What is asked for: a subset of sweep.toml or --over options, --set options, a name, a folder, a new start."""

    overs: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    subset: str | None = None
    name: str | None = None
    output: Path | None = None
    overwrite: bool = False


@dataclass(frozen=True)
class Sweep:
    """A sweep whose every point has been resolved: grid, cases in its order, folder, expectations, figure."""

    grid: ParameterGrid
    cases: tuple[AnyCase, ...]
    folder: Path
    expect: tuple[ExpectTable, ...] = ()
    figure: FigureTable = field(default_factory=FigureTable)
    overwrite: bool = False

    def jobs(self, number: int | None = None) -> list[Job]:
        """All points, or the one with this number (from 1), to be run. Raises InputError if there is none such."""
        pairs = list(zip(self.grid.points, self.cases, strict=True))
        if number is not None and not 1 <= number <= len(pairs):
            raise InputError(f"there is no point {number}; the sweep has points 1 to {len(pairs)}")
        return [
            Job(point, case, self.folder / point.name)
            for point, case in (pairs if number is None else [pairs[number - 1]])
        ]


@dataclass(frozen=True)
class Collected:
    """What --collect gives: the table, the judged expectations, the files written, the exit code."""

    table: SweepTable
    judged: list[Judged]
    files: list[Path]
    code: int


def plan_sweep(case: Path, options: Options) -> Sweep:
    """Everything that can be known before a point runs. Raises InputError with the faults of all points."""
    directory = case if case.is_dir() else case.parent
    file = None if options.overs else read_sweep_file(case)
    if file is not None:
        default = DEFAULT_SUBSET if any(s.name == DEFAULT_SUBSET for s in file.subset) else None
        grid = grid_from_file(file, options.subset or default, options.sets, options.name)
    elif options.subset is not None:
        raise InputError(f"--{options.subset} names a subset of {SWEEP_NAME}" + (
            "; leave out --over" if options.overs else f", and {directory} has none"))  # fmt: skip
    elif not options.overs:
        raise InputError(f"{directory}: nothing to sweep: give --over KEY=VALUES, or write a {SWEEP_NAME} there")
    else:
        grid = grid_from_overs(options.overs, options.sets, options.name)
    cases = tuple(resolve_points(case, grid.points))
    folder = options.output or directory / "output" / f"sweep-{grid.name}"
    expect, figure = (tuple(file.expect), file.figure) if file is not None else ((), FigureTable())
    if expect:
        empty = [Standing(NOT_RUN, False, False, {})] * len(cases)
        check_quantities(expect, table(grid, cases, empty))
    return Sweep(grid, cases, folder, expect, figure, options.overwrite)


def clear(jobs: Sequence[Job]) -> int:
    """Delete the results of points that are to be run anew; returns how many there were. Raises InputError.

    What exobase did not make in their folders stays (:mod:`exobase.io.own`).
    """
    present = [job.folder for job in jobs if job.folder.exists()]
    for folder in present:
        try:
            (folder / RECORD_NAME).unlink(missing_ok=True)
            clear_output(folder / "output")
        except OSError as error:
            raise InputError(f"{folder}: cannot be cleared: {error}") from error
    return len(present)


def standings(sweep: Sweep, number: int | None = None) -> list[Standing]:
    """Where every point (or the one of this number) stands. Raises InputError naming every folder of another case."""
    found: list[Standing] = []
    errors: list[str] = []
    for job in sweep.jobs(number):
        try:
            found.append(standing(job.folder, job.case))
        except InputError as error:
            errors += error.messages
    if errors:
        raise InputError(errors)
    return found


def collect(sweep: Sweep) -> Collected:
    """Write sweep.csv, sweep.h5 and, where something is expected, expect.csv; judge what is expected.

    The exit code: 4 where a point has not been run or was stopped, else 3 where one failed, else 1 where a check or an
    expectation failed, else 0.
    """
    where = standings(sweep)
    columns = table(sweep.grid, sweep.cases, where)
    judged = judge_sweep(sweep.grid, columns, sweep.expect)
    expected = expect_columns(judged) if judged else {}
    attrs = {
        "title": sweep.grid.title,
        "keys": list(sweep.grid.keys),
        "labels": dict(sweep.grid.labels),
        "tied": dict(sweep.grid.tied),
        "figure": sweep.figure.model_dump(),
        "table_columns": list(columns),
        "expect_columns": list(expected),
        "exobase_version": version(),
        "commit": commit(),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    whole = SweepTable(columns, expected, attrs, case_texts(sweep.cases))
    head = [f"sweep {sweep.grid.name}: {sweep.grid.title}", f"exobase {version()} {commit()}".rstrip()]
    files = [sweep.folder / CSV_NAME, sweep.folder / TABLE_NAME]
    write_csv(files[0], columns, [*head, "one row per point; errors are standard errors; SI units"])
    write_sweep(files[1], whole)
    if judged:
        files.append(sweep.folder / EXPECT_NAME)
        write_csv(files[2], expected, [*head, "expectations beside what the sweep gave"])
    return Collected(whole, judged, files, _code(where, judged))


def _code(where: Sequence[Standing], judged: Sequence[Judged]) -> int:
    if any(s.status not in (*FINISHED, POINT_FAILED) for s in where):
        return STOPPED
    if any(s.status == POINT_FAILED for s in where):
        return RunError.exit_code
    failed = any(not check["passed"] for s in where for check in s.summary.get("checks", []))
    return CHECK_FAILED if failed or any(line.verdict == FAILED for line in judged) else PASSED
