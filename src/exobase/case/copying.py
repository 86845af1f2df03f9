"""What makes a case on disk: its files, and the folders of its stages."""

from __future__ import annotations

import shutil
from pathlib import Path

from exobase.case.load_staged import is_staged
from exobase.config.draft import read_tables

CASE_FILE, INPUTS = "case.toml", "inputs"
TEXTS = ("README.md", "sweep.toml")


def stage_folders(folder: Path) -> list[str]:
    """Folders of the stages of a case, relative to its own; those outside of it are not its own and are left out.

    Empty for a case of a single run, and for one that cannot be read.
    """
    if not is_staged(folder):
        return []
    entries = read_tables(folder)[2].get("stage")
    names = [entry.get("case") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    inside = [Path(name).as_posix() for name in names if isinstance(name, str)]
    whole = folder.resolve()
    return [
        name for name in dict.fromkeys(inside)
        if (whole / name).resolve().is_relative_to(whole) and (whole / name).resolve() != whole
    ]  # fmt: skip


def copy_case_files(source: Path, target: Path, *, texts: bool = False) -> None:
    """Copy a case without its output: case.toml, inputs, folders of stages; texts: README.md and sweep.toml too.

    Raises OSError where the disk refuses or there is no case.
    """
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source / CASE_FILE, target / CASE_FILE)
    for name in TEXTS if texts else ():
        if (source / name).is_file():
            shutil.copy2(source / name, target / name)
    if (source / INPUTS).is_dir():
        shutil.copytree(source / INPUTS, target / INPUTS, dirs_exist_ok=True)
    for name in stage_folders(source):
        copy_case_files(source / name, target / name, texts=texts)
