"""Options and fixtures of all tests: --full, --update, mpirun, and those of tests/helpers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytest_plugins = ["births_fixtures", "results_fixtures", "sweep_fixtures"]
# Variables of other launchers and MPI libraries, which would mislead ours.
FOREIGN = ("PMI", "MPI_", "MPIR_", "MPICH_", "MPI4PY", "HYDRA_", "HYDI_", "OMPI_", "I_MPI_", "SLURM_")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="also run the long validation (marker slow)")
    parser.addoption("--update", action="store_true", help="keep the results of tests/regression anew (use -n 0)")


def pytest_configure(config: pytest.Config) -> None:
    """Tests send SIGINT; a shell that starts pytest in the background has it ignored, here and in all children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    skip = pytest.mark.skip(reason="long validation: add --full")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@dataclass(frozen=True)
class Finished:
    """What an MPI job left: exit code, output and duration [s]."""

    rc: int
    stdout: str
    stderr: str
    seconds: float


class Mpirun:
    """Starts MPI jobs on this machine with the mpiexec beside the Python that runs the tests.

    mpirun(3, "script.py", "arg") runs a Python script, mpirun(2, "exobase", "run", case) the exobase command and
    mpirun(2, "-c", "code") a line of Python, each on the given number of ranks (more than cores is fine).
    """

    def __init__(self) -> None:
        self._jobs: list[subprocess.Popen[str]] = []

    def start(
        self, ranks: int, *command: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.Popen[str]:
        """Start a job and return its mpiexec, for tests that send signals; finish() waits for it."""
        words = [str(word) for word in command]
        if words[0] == "exobase":
            words = ["-P", "-m", "exobase.cli", *words[1:]]
        job = subprocess.Popen(
            [str(Path(sys.executable).parent / "mpiexec"), "-n", str(ranks), sys.executable, *words],
            env=job_environment() | (env or {}),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._jobs.append(job)
        return job

    def finish(self, job: subprocess.Popen[str], timeout: float = 120.0) -> Finished:
        """Wait for a job; one that takes longer than timeout [s] is killed with all its ranks and fails the test."""
        begin = time.monotonic()
        try:
            stdout, stderr = job.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            kill_tree(job)
            stdout, stderr = job.communicate()
            pytest.fail(f"MPI job not finished after {timeout:g} s: {job.args}\n{stdout[-4000:]}\n{stderr[-4000:]}")
        return Finished(job.returncode, stdout, stderr, time.monotonic() - begin)

    def __call__(
        self,
        ranks: int,
        *command: str | Path,
        timeout: float = 120.0,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Finished:
        return self.finish(self.start(ranks, *command, env=env, cwd=cwd), timeout)

    def close(self) -> None:
        for job in self._jobs:
            if job.poll() is None:
                kill_tree(job)
                job.communicate()


@pytest.fixture
def mpirun() -> Mpirun:
    """Runs Python scripts and the exobase command on several ranks; see Mpirun."""
    launcher = Mpirun()
    yield launcher
    launcher.close()


def job_environment() -> dict[str, str]:
    """This environment without other MPI settings, with the package's source folder and one thread per rank."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    paths = [str(ROOT / "src"), str(ROOT / "tests" / "helpers"), *filter(None, [kept.get("PYTHONPATH")])]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    return kept | threads | {"PYTHONPATH": os.pathsep.join(paths), "HYDRA_LAUNCHER": "fork"}


def kill_tree(job: subprocess.Popen[str]) -> None:
    """Kill mpiexec, its proxy and the ranks, each of which leads a session of its own."""
    for pid in [job.pid, *descendants(job.pid)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def descendants(pid: int) -> list[int]:
    """Process ids of all children of a process and of their children, as ps tells them."""
    table = subprocess.run(["ps", "-Ao", "pid=,ppid="], capture_output=True, text=True, check=False).stdout.split()
    children: dict[int, list[int]] = {}
    for child, parent in zip(map(int, table[::2]), map(int, table[1::2]), strict=True):
        children.setdefault(parent, []).append(child)
    found: list[int] = []
    queue = [pid]
    while queue:
        queue += (new := children.get(queue.pop(), []))
        found += new
    return found
