"""The tasks of a validation and what their results depend on.

A task is a provider of rows, a shipped case, or the identity on several ranks. Its key is a hash of all that its rows
follow from: the sources of the package (but for the command line, reports, benchmarks and other tasks' rows), the
versions of Numba and NumPy, the settings of the task and, for cases, the resolved case and its input files.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np

from exobase.case import open_case
from exobase.case.copying import CASE_FILE, INPUTS, stage_folders
from exobase.errors import InputError
from exobase_verify.row import Size
from exobase_verify.rows import PROVIDERS, provider

VERIFY = Path(__file__).resolve().parent
PACKAGE = VERIFY.with_name("exobase")
IDENTITY = "identity"
CASE_RANKS: Mapping[Size, int] = {"quick": 1, "full": 2}
"""Ranks on which a shipped case runs: short ones one beside the other."""

QUICK: Mapping[str, tuple[str, ...]] = {
    "barometric": ("run.max_steps=120000",),
    "earth_h_in_o": ("run.target_error=2 %",),
    "jeans_10": ("run.target_error=1.5 %",),
    "mars_day_night": ("run.target_error=4 %", "grid.zones=8"),
    "mars_hot_oxygen": ("run.target_error=2 %",),
    "mars_loss": (
        "pickup.run.target_species=O+",
        "pickup.run.histories_per_batch=2000",
        "sputtering.run.histories_per_batch=100",
        "sputtering.run.target_error=6 %",
        "sputtering_whole.run.histories_per_batch=100",
        "sputtering_whole.run.target_error=10 %",
        "ena.run.target_error=8 %",
        "ena.run.target_species=H",
    ),
    "textbook": ("hydrogen.run.target_error=0.9 %",),
    "venus_hydrogen": ("hot_oxygen.run.target_error=10 %",),
}
"""Settings of shipped cases in a quick validation; the others run as shipped."""

_SMALL = {
    "grid.per_mean_free_path": "0.25",
    "grid.per_scale_height": "3",
    "run.particles_per_cell": "20",
    "run.burn_in": "30",
    "run.target_error": "1e-6",
    "run.max_steps": "400",
    "tally.record_every": "6",
    "tally.sample_every": "3",
}
_ADAPTED = {**_SMALL, "run.max_steps": "3000"}  # after cells are made anew, a burn-in of some slow times follows
_FEW = {
    "run.histories_per_batch": "50",
    "run.batches_per_round": "8",
    "run.min_batches": "16",
    "run.max_batches": "16",
    "run.target_error": "1e-6",
}
IDENTITY_CASES: Mapping[str, Mapping[str, str]] = {
    "earth_hydrogen": {**_SMALL, "grid.max_ratio": "0.2"},
    "jeans_6": {**_ADAPTED, "domain.outer_over_inner": "4", "tally.vdf_radii": '["1100 km"]'},
    "mars_h_in_co2_o": _ADAPTED,
    "earth_h_in_o": _FEW,
    "mars_hot_oxygen": _FEW,
    "venus_oxygen_pickup": _FEW,
}
"""Shipped cases, made small, whose bits are compared: collisionless, hard spheres with new cells, a VHS mixture; test
particles with splitting, with tabulated cross sections and recoils; ions in a draped field."""
IDENTITY_RANKS: Mapping[Size, tuple[int, ...]] = {"quick": (1, 2, 3), "full": (1, 2, 3, 7)}


@dataclass(frozen=True)
class Task:
    """name; kind "rows", "identity" or "case"; cores it keeps busy; folder of a case, and its settings."""

    name: str
    kind: str
    cores: int
    folder: Path | None = None
    settings: tuple[str, ...] = ()


def find_tasks(size: Size, cases: Path, cores: int) -> list[Task]:
    """All tasks of a validation: providers, the identity, the shipped cases. Raises InputError for no cases."""
    folders = sorted(path.parent for path in cases.glob("*/case.toml"))
    if not folders:
        raise InputError(f"{cases}: no case here; --cases expects the folder with the shipped cases")
    found = [Task(p.name, "rows", 1) for p in PROVIDERS if p.runs_in(size)]
    found.append(Task(IDENTITY, "identity", min(cores, 2), cases))
    ranks = min(cores, CASE_RANKS[size])
    for folder in folders:
        settings = QUICK.get(folder.name, ()) if size == "quick" else ()
        found.append(Task(folder.name, "case", ranks, folder, settings))
    return found


def key_of(task: Task, size: Size) -> str:
    """Hash of all that the rows of a task depend on; of a broken case, that of its files."""
    parts: list[Any] = [package_digest(), task.name, task.kind, size]
    if task.kind == "rows":
        source = _module_file(provider(task.name).rows)
        parts.append(hashlib.sha256(source.read_bytes()).hexdigest())
    elif task.kind == "case" and task.folder is not None:
        parts += [task.settings, _case(task.folder, list(task.settings))]
    elif task.folder is not None:
        parts.append(IDENTITY_RANKS[size])
        for name, settings in IDENTITY_CASES.items():
            parts += [name, _case(task.folder / name, [f"{k}={v}" for k, v in settings.items()])]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


@functools.cache
def package_digest() -> str:
    """Hash of all sources that numbers can follow from, and of the versions of Numba and NumPy."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    apart = {PACKAGE / "cli", PACKAGE / "report", VERIFY / "bench", VERIFY / "rows"}
    apart |= {VERIFY / name for name in ("commands.py", "figures.py", "page.py")}
    for path in sorted([*PACKAGE.rglob("*"), *VERIFY.rglob("*")]):
        if path.is_file() and path.suffix != ".pyc" and not apart.intersection([path, *path.parents]):
            digest.update(str(path.relative_to(PACKAGE.parent)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _module_file(function: Callable[..., Any]) -> Path:
    return VERIFY.parent.joinpath(*function.__module__.split(".")).with_suffix(".py")


def _case(folder: Path, settings: list[str]) -> Any:
    """The resolved case without what does not change results, and the hashes of its input files."""
    stages = [folder / name for name in stage_folders(folder)]
    paths = [stage / CASE_FILE for stage in stages]
    paths += [path for part in (folder, *stages) for path in sorted((part / INPUTS).rglob("*"))]
    inputs = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()
    }
    try:
        case = open_case(folder, settings).to_dict()
    except InputError as error:
        text = folder / "case.toml"
        return [str(error), text.read_text(encoding="utf-8", errors="replace") if text.is_file() else "", inputs]
    for name in ("path", "toml_text", "overrides", "title", "description", "initial_file", "name"):
        case.pop(name, None)
    return [case, inputs]
