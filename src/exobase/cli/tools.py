"""exobase schema and doctor."""

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
