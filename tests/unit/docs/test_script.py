"""scripts/docs: what it refuses before anything is installed, how it builds, and what a failed build leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pages import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "a b"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "docs").mkdir()
    return folder


def run(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(checkout)}
    command = [str(checkout / "scripts" / "docs"), *words]
    return subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, check=False, timeout=120)


def test_help_and_unknown_words_need_no_environment(checkout: Path) -> None:
    assert "docs/_build/html" in run(checkout, "--help").stdout
    done = run(checkout, "html")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not (checkout / ".venv").exists()


def ready(checkout: Path, code: int) -> Path:
    """A checkout that looks set up; in place of Sphinx a program that writes its arguments and ends with the code."""
    programs = checkout / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text(
        f'#!/bin/sh\ncase "$*" in *sphinx*) echo "$@" >"{checkout}/called"; exit {code} ;; esac\n'
        f'exec "{sys.executable}" "$@"\n'
    )
    (programs / "python").chmod(0o755)
    stamp = f"{checkout.resolve()}\ndocs\n" + (checkout / "pyproject.toml").read_text()
    (checkout / ".venv" / "stamp-docs").write_text(stamp)
    return checkout


def test_it_builds_with_warnings_as_errors_and_says_where_the_site_is(checkout: Path) -> None:
    done = run(ready(checkout, 0), "--fresh-env")
    assert done.returncode == 0, done.stderr
    called = (checkout / "called").read_text()
    assert "-W" in called.split()
    assert "--fresh-env" in called.split()
    assert done.stdout.split()[-1].endswith("docs/_build/html/index.html")


def test_a_failed_build_leaves_no_record_that_would_hide_its_warnings(checkout: Path) -> None:
    folder = ready(checkout, 2)
    record = folder / "docs" / "_build" / "html" / ".doctrees"
    record.mkdir(parents=True)
    assert run(folder).returncode == 1
    assert not record.exists()
