"""scripts/run before anything is installed: what it refuses, and that it says so in one line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the scripts and one case in a folder with a space in its name."""
    folder = tmp_path / "a b"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "cases" / "one").mkdir(parents=True)
    (folder / "cases" / "one" / "case.toml").touch()
    return folder


def run_script(checkout: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(checkout / "scripts" / "run"), *words],
        env={"PATH": os.environ["PATH"], "HOME": str(checkout), **env},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def fake_python(folder: Path, version: str) -> str:
    """PATH with every common tool but only a Python of the given version."""
    tools = folder / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "env", "sed", "tr", "grep", "paste", "mkdir", "cat", "ls", "readlink"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    if version:
        (tools / "python3").write_text(f"#!/bin/sh\necho {version}\n")
        (tools / "python3").chmod(0o755)
    return str(tools)


@pytest.mark.parametrize(("version", "named"), [("3.9", "Python 3.9"), ("3.10", "Python 3.10"), ("", "no python3")])
def test_an_old_or_absent_python_is_said_in_one_line(checkout: Path, tmp_path: Path, version: str, named: str) -> None:
    done = run_script(checkout, "one", PATH=fake_python(tmp_path, version))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "3.11" in done.stderr
    assert named in done.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("words", [["nowhere"], ["one", "-n", "0"], ["one", "-n", "two"], ["one", "-n"]])
def test_wrong_arguments_are_refused_in_one_line(checkout: Path, words: list[str]) -> None:
    done = run_script(checkout, *words)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("variable", ["PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS"])
def test_the_script_refuses_to_run_on_many_ranks_itself(checkout: Path, variable: str) -> None:
    done = run_script(checkout, "one", **{variable: "2"})
    assert done.returncode == 2
    assert "starts MPI itself" in done.stderr


@pytest.fixture
def ready(checkout: Path) -> Path:
    """A checkout that looks set up: .venv with this Python and a stand-in for mpiexec that prints its arguments."""
    programs = checkout / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    (programs / "mpiexec").write_text('#!/bin/sh\nprintf "[%s]" "$@"; exit 3\n')
    (programs / "mpiexec").chmod(0o755)
    stamp = f"{checkout.resolve()}\nrun\n" + (checkout / "pyproject.toml").read_text(encoding="utf-8")
    (checkout / ".venv" / "stamp-run").write_text(stamp, encoding="utf-8")
    return checkout


def test_a_second_call_runs_at_once_and_passes_options_and_the_exit_code_on(ready: Path) -> None:
    done = run_script(ready, "-n", "3", "--set", "run.seed=2", "one", "--set", "title=a b")
    assert done.returncode == 3
    assert done.stdout.startswith(f"[-n][3][{ready}/.venv/bin/python]")
    assert done.stdout.endswith(f"[run][{ready}/cases/one][--set][run.seed=2][--set][title=a b]")


def test_a_set_up_cut_short_or_an_edited_pyproject_is_not_taken_for_finished(ready: Path, tmp_path: Path) -> None:
    path = fake_python(tmp_path, "3.9")
    assert run_script(ready, "one", "-n", "1", PATH=path).returncode == 3
    unfinished = ready / ".venv" / "unfinished"
    unfinished.touch()
    assert "is needed" in run_script(ready, "one", "-n", "1", PATH=path).stderr
    unfinished.unlink()
    with (ready / "pyproject.toml").open("a") as file:
        file.write("# edited\n")
    assert "is needed" in run_script(ready, "one", "-n", "1", PATH=path).stderr
