"""What the pages show works: worked numbers, snippets of case files, Python and command lines."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from exobase.config.schema_base import Table
from exobase.config.solvers import MODELS
from pages import DOCS, ROOT, blocks, commands, pages

WORKED = [page for page in pages() if blocks(page, "pycon")]
HOWTO = sorted((DOCS / "howto").glob("*.md"))


@pytest.mark.parametrize("page", WORKED, ids=lambda page: page.stem)
def test_worked_numbers_are_those_of_the_functions(page: Path) -> None:
    """All blocks of a page share their names, as a reader would type them."""
    names: dict[str, Any] = {}
    for block in blocks(page, "pycon"):
        test = doctest.DocTestParser().get_doctest(block.text, names, str(block), str(page), block.line)
        told: list[str] = []
        runner = doctest.DocTestRunner(verbose=False)
        runner.run(test, out=told.append, clear_globs=False)
        names = test.globs
        assert runner.summarize(verbose=False).failed == 0, "".join(told)


@pytest.mark.parametrize("page", HOWTO, ids=lambda page: page.stem)
def test_snippets_of_case_files_hold_keys_and_values_that_exist(page: Path) -> None:
    """Each value is read by the type of its key, in one of the solvers at least."""
    for block in blocks(page, "toml"):
        faults = {solver: _faults(tomllib.loads(block.text), model) for solver, model in MODELS.items()}
        assert not all(faults.values()), f"{block}: {faults}"


def _faults(tables: dict[str, Any], model: type[Table]) -> list[str]:
    """Keys that a table of the schema lacks, and values that their types refuse."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    out = []
    for key, value in tables.items():
        if key not in fields:
            out.append(key)
            continue
        inner = _inner(fields[key].annotation)
        if inner is not None:
            for row in value if isinstance(value, list) else [value]:
                out += [f"{key}.{fault}" for fault in _faults(row, inner)]
            continue
        field = fields[key]
        kind = field.annotation
        for extra in field.metadata:
            kind = __import__("typing").Annotated[kind, extra]
        try:
            TypeAdapter(kind).validate_python(value)
        except ValidationError as error:
            out.append(f"{key}: {error.errors()[0]['msg']}")
    return out


def _inner(annotation: Any) -> type[Table] | None:
    import typing

    for option in (annotation, *typing.get_args(annotation)):
        if isinstance(option, type) and issubclass(option, Table):
            return option
    return None


@pytest.mark.parametrize("page", [page for page in HOWTO if blocks(page, "python")], ids=lambda page: page.stem)
def test_python_of_the_pages_runs(page: Path, tmp_path: Path) -> None:
    """In a folder that holds the shipped case it names, as in a checkout."""
    shutil.copytree(ROOT / "cases" / "jeans_6", tmp_path / "cases" / "jeans_6")
    text = "\n".join(block.text for block in blocks(page, "python"))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_command_lines_of_the_pages_are_understood() -> None:
    """Command and options exist and take these words; nothing runs."""
    import typer.main

    from exobase.cli import main  # noqa: F401  registers the commands
    from exobase.cli.app import app

    group = typer.main.get_command(app)
    faults, seen = [], 0
    for page in pages():
        for block in blocks(page, "console"):
            for line in commands(block):
                words = shlex.split(re.sub(r"^mpirun -n \d+ ", "", line), comments=True)
                if not words or words[0] != "exobase":
                    continue
                seen += 1
                command = group.commands.get(words[1])  # type: ignore[attr-defined]
                if command is None:
                    faults.append(f"{block}: no command {words[1]}")
                    continue
                try:
                    command.make_context(words[1], list(words[2:]))
                except Exception as error:  # noqa: BLE001  whatever the parser says
                    faults.append(f"{block}: {line}: {error}")
    assert seen > 10
    assert not faults, "\n".join(faults)
