"""exobase doctor: it says what is wrong with an installation and what to do."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exobase.cli import app, tools

invoke = CliRunner().invoke


def test_all_well_is_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "EXAMINATIONS", (("Python", tools._python), ("packages", tools._packages)))
    done = invoke(app, ["doctor"])
    assert done.exit_code == 0, done.output
    assert "numpy" in done.stdout


def test_an_ailment_is_3_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def sick() -> str:
        raise tools.Ailment("no mpirun; install with: pip install mpich")

    def broken() -> str:
        raise OSError("strange")

    monkeypatch.setattr(tools, "EXAMINATIONS", (("Python", tools._python), ("two ranks", sick), ("other", broken)))
    done = invoke(app, ["doctor"])
    assert done.exit_code == 3
    for text in ("pip install mpich", "FAILED", "OSError: strange", sys.executable):
        assert text in done.stdout


def test_missing_packages_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "h5py":
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(tools, "version", version)
    with pytest.raises(tools.Ailment, match="missing: h5py; install with: pip install h5py"):
        tools._packages()


def test_a_failing_command_is_an_ailment_with_its_last_line() -> None:
    with pytest.raises(tools.Ailment, match="ended with 1: ValueError: boo"):
        tools._run([sys.executable, "-c", "raise ValueError('boo')"])


def test_the_cache_folder_is_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("exobase.jit.cache_folder", lambda: tmp_path)
    assert str(tmp_path) in tools._cache()
    monkeypatch.setattr("exobase.jit.cache_folder", lambda: tmp_path / "nothing")
    with pytest.raises(tools.Ailment, match="EXOBASE_CACHE"):
        tools._cache()


@pytest.mark.mpi
def test_two_ranks_start() -> None:
    assert "2 ranks by" in tools._two_ranks()
    assert tools._mpi_library()


def test_an_mpirun_of_another_library_that_comes_first_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "mpirun"
    other.write_text(f"#!/bin/sh\nshift 2; {sys.executable} -c \"print('ranks [0]')\"; {sys.executable} -c 'pass'\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tools, "find_mpirun", lambda: "/right/mpirun")
    with pytest.raises(tools.Ailment, match=rf"{other} comes first on PATH .* use /right/mpirun"):
        tools._mpirun_on_path()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert tools._mpirun_on_path() == "none on PATH; use /right/mpirun"
    monkeypatch.setattr(tools, "find_mpirun", lambda: str(other))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tools._mpirun_on_path() == str(other)
