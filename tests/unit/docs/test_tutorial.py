"""Every command of the tutorial runs as it stands, in an empty folder; only the case is made small.

The page's case has 60 particles per cell and aims at 4 %; here it has few and stops after 8000 steps, so that
exit codes 0 (all checks passed) and 1 (a check failed) are both a run.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from pages import DOCS, ROOT, Block, blocks, commands, make_exobase

PAGE = DOCS / "tutorial.md"
SMALL = {"particles_per_cell": "6", "max_steps": "8000", "target_error": '"30 %"'}
JUDGED = ("run", "resume", "sweep")
MADE = ("temperature.pdf", "escape.tex", "pluto/output/figures/density.pdf", "pluto/output/result.h5")


def small(block: Block) -> str:
    """The case of the page with fewer particles and steps."""
    text = block.text
    for key, value in SMALL.items():
        text, found = re.subn(rf"^({key} *= *)[^#\n]+", rf"\g<1>{value}  ", text, flags=re.MULTILINE)
        assert found == 1, key
    return text


def test_the_tutorial_runs_from_an_empty_folder(tmp_path: Path) -> None:
    programs = make_exobase(tmp_path / "bin")
    work = tmp_path / "work"
    work.mkdir()
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "MPLBACKEND": "Agg", "NO_COLOR": "1"}
    env["PATH"] = f"{programs}{os.pathsep}{env['PATH']}"
    here, printed = work, ""
    for block in blocks(PAGE, "console", "toml"):
        if block.language == "toml":
            assert block.caption, f"{block}: a file needs a name"
            (here / block.caption).write_text(small(block), encoding="utf-8")
            continue
        for line in commands(block):
            if line.startswith("cd "):
                here = here / line[3:].strip()
                continue
            done = subprocess.run(
                line, shell=True, cwd=here, env=env, capture_output=True, text=True, check=False, timeout=600
            )
            allowed = (0, 1) if line.split()[:2][-1] in JUDGED else (0,)
            assert done.returncode in allowed, f"{block}: {line}\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
            printed += done.stdout
    for name in MADE:
        assert (here / name).stat().st_size > 200, name
    assert (here / "temperature.pdf").read_bytes().startswith(b"%PDF")
    table = (here / "escape.tex").read_text(encoding="utf-8")
    assert r"\begin{tabular}" in table
    assert re.search(r"\d\(\d+\)\\times", table), "an error in brackets"
    assert "@" in printed, "the references as BibTeX"


@pytest.mark.parametrize("key", SMALL)
def test_the_page_sets_what_is_made_small(key: str) -> None:
    (case,) = [block for block in blocks(PAGE, "toml") if block.caption == "pluto/case.toml"]
    assert len(re.findall(rf"^{key} *=", case.text, re.MULTILINE)) == 1
