"""exobase schema, doctor and bench."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from exobase.cli.app import app, errors_to_exit_codes
from exobase.cli.show import console, table
from exobase.errors import InputError

PACKAGES = (
    "numpy", "numba", "scipy", "mpi4py", "h5py", "pydantic", "typer", "rich", "astropy", "matplotlib", "xarray"
)  # fmt: skip
START_TIMEOUT = 60.0
RANKS_SCRIPT = "from exobase.parallel import world; c = world(); r = c.gather(c.rank); c.rank or print('ranks', r)"


@app.command()
def schema(
    solver: Annotated[str, typer.Argument(metavar="SOLVER", help="dsmc, test_particle or stages")] = "dsmc",
) -> None:
    """Print the JSON schema of case.toml for a solver."""
    with errors_to_exit_codes():
        from exobase.config import json_schema

        typer.echo(json.dumps(json_schema(solver), indent=2))


@app.command()
def doctor() -> None:
    """Check the installation: Python, packages, MPI, the start of two ranks, the cache folder."""
    rows = table("exobase doctor", "what", "found", "verdict", numbers=False)
    good = True
    for name, examine in EXAMINATIONS:
        try:
            found, fine = examine(), True
        except Ailment as error:
            found, fine = str(error), False
        except Exception as error:  # noqa: BLE001  (whatever is wrong with an installation is what is looked for)
            found, fine = f"{type(error).__name__}: {error}", False
        good = good and fine
        rows.add_row(name, found, "ok" if fine else "FAILED")
    console().print(rows)
    raise typer.Exit(0 if good else 3)


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
        from exobase.bench import run_bench

        raise typer.Exit(run_bench(name, as_json=as_json, step=step, quick=quick, ranks=ranks))


@app.command()
def fuzz(
    cases: Annotated[list[Path], typer.Argument(metavar="CASE...", help="case directories to mutate")],
    number: Annotated[int, typer.Option(min=1, help="mutations to try")] = 1000,
    seed: Annotated[int, typer.Option(help="seed of the mutations")] = 1,
    of: Annotated[str, typer.Option(metavar="WHAT", help="cases, files (tables, rain, fields) or all")] = "all",
) -> None:
    """Read mutated case files, tables and fields. Each must be accepted or refused with a message (else exit 1)."""
    from itertools import chain

    from exobase.validate.fuzz import campaign
    from exobase.validate.fuzz_files import file_campaign

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


class Ailment(Exception):
    """Something is wrong with the installation, and this is what to do about it."""


def _python() -> str:
    return f"{platform.python_version()} at {sys.executable}"


def _packages() -> str:
    found, missing = [], []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        raise Ailment(f"missing: {', '.join(missing)}; install with: pip install {' '.join(missing)}")
    return ", ".join(found)


def _mpi_library() -> str:
    """Its own process: an MPI library that does not fit ends the process that loads it."""
    script = "import mpi4py; mpi4py.rc.initialize = False; from mpi4py import MPI; print(MPI.Get_library_version())"
    return _run([sys.executable, "-c", script]).splitlines()[0].strip("\0 ")


def _two_ranks() -> str:
    starter = find_mpirun()
    output = _run([starter, "-n", "2", sys.executable, "-c", RANKS_SCRIPT])
    if output.strip() != "ranks [0, 1]":
        raise Ailment(f"{starter} does not belong to the MPI library of mpi4py: {output.strip()!r}")
    return f"2 ranks by {starter}"


def _mpirun_on_path() -> str:
    """The mpirun that a command line finds. Raises Ailment where it is not of the MPI library that exobase loads: its
    ranks would not know each other.
    """
    first = shutil.which("mpirun") or shutil.which("mpiexec")
    fitting = find_mpirun()
    if first is None:
        return f"none on PATH; use {fitting}"
    if Path(first).resolve() == Path(fitting).resolve():
        return first
    try:
        output = _run([first, "-n", "2", sys.executable, "-c", RANKS_SCRIPT]).strip()
    except Ailment as error:
        output = str(error)
    if output != "ranks [0, 1]":
        raise Ailment(f"{first} comes first on PATH and is not of the MPI library that is loaded; use {fitting}")
    return first


def find_mpirun() -> str:
    """The starter that belongs to this environment, or the first on the path. Raises Ailment if there is none."""
    beside = Path(sys.executable).parent
    for folder in (str(beside), None):
        for name in ("mpirun", "mpiexec"):
            found = shutil.which(name, path=folder)
            if found:
                return found
    raise Ailment("no mpirun and no mpiexec; install with: pip install mpich")


def _cache() -> str:
    from exobase.jit import cache_folder

    folder = cache_folder()
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Ailment(f"{folder} cannot be written: {error}; name another one in EXOBASE_CACHE") from None
    wanted = os.environ.get("EXOBASE_CACHE")
    if wanted and not folder.is_relative_to(wanted):
        raise Ailment(
            f"{folder} is used, for EXOBASE_CACHE = {wanted} is not a folder that you alone can write to; "
            "code found there would be executed: name another one"
        )
    if folder.is_relative_to(tempfile.gettempdir()):
        return f"{folder} (temporary; name a lasting one in EXOBASE_CACHE)"
    return str(folder)


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise Ailment(f"{command[0]} did not end within {START_TIMEOUT:g} s") from None
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise Ailment(f"{command[0]} ended with {done.returncode}: {last}")
    return done.stdout


EXAMINATIONS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("Python", _python),
    ("packages", _packages),
    ("MPI library", _mpi_library),
    ("two ranks", _two_ranks),
    ("mpirun on PATH", _mpirun_on_path),
    ("cache folder", _cache),
)
