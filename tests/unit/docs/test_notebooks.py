"""The notebooks run, and what they print is what their committed output says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from pages import DOCS, ROOT

NOTEBOOKS = sorted(DOCS.glob("notebooks/*.ipynb"))


def printed(notebook: Any) -> list[str]:
    """Text on standard output, cell by cell."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return ["".join(out["text"] for out in cell.outputs if out.get("name") == "stdout") for cell in cells]


def figures(notebook: Any) -> int:
    return sum("image/png" in out.get("data", {}) for cell in notebook.cells for out in cell.get("outputs", ()))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_prints_what_it_shows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]))
    committed = nbformat.read(path, as_version=4)
    shown, drawn = printed(committed), figures(committed)
    NotebookClient(committed, timeout=600, kernel_name="python3").execute(cwd=str(path.parent))
    assert printed(committed) == shown
    assert figures(committed) == drawn > 0


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_names_no_folder_of_a_machine(path: Path) -> None:
    assert path.stat().st_size < 200_000
    assert "/tmp/" not in path.read_text(encoding="utf-8")
