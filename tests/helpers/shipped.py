"""Shipped cases made small for tests of the exobase command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np

CASES = Path(__file__).resolve().parents[2] / "cases"
WRAPPED = Path(__file__).resolve().parents[1] / "mpi" / "wrapped_exobase.py"
EARTH = {
    "grid.max_ratio": "0.2", "run.particles_per_cell": "15", "run.burn_in": "80", "run.target_error": "1e-6",
    "run.max_steps": "320", "run.checkpoint_every": "80",
}  # fmt: skip
JEANS = {
    "grid.per_mean_free_path": "0.25", "grid.per_scale_height": "3", "run.particles_per_cell": "20",
    "tally.record_every": "6", "tally.sample_every": "3",
    "run.burn_in": "30", "run.target_error": "1e-6", "run.max_steps": "900",
    "domain.outer_over_inner": "4", "tally.vdf_radii": '["1100 km"]',
}  # fmt: skip


def copy_case(name: str, folder: Path) -> Path:
    """A shipped case without its output."""
    return Path(shutil.copytree(CASES / name, folder / name, ignore=shutil.ignore_patterns("output")))


def settings(base: dict[str, str], **changes: str) -> list[str]:
    """Arguments of the command that make the case small."""
    values = base | {key.replace("__", "."): value for key, value in changes.items()}
    return ["--quiet", *(word for key, value in values.items() for word in ("--set", f"{key}={value}"))]


def summary(case: Path) -> dict[str, Any]:
    out: dict[str, Any] = json.loads((case / "output" / "summary.json").read_text())
    return out


def checkpoints(case: Path) -> list[int]:
    """Steps of the finished checkpoints."""
    return sorted(int(p.name.split("-")[1]) for p in (case / "output").glob("checkpoint-*") if p.suffix == "")


def datasets(path: Path) -> dict[str, np.ndarray]:
    """Everything in a result file, by name."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


def different(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> list[str]:
    """Names of the datasets whose bits differ (text: whose words differ) or that only one has."""

    def content(array: np.ndarray) -> Any:
        return array.tolist() if array.dtype == object else array.tobytes()

    same = {name for name in a.keys() & b.keys() if content(a[name]) == content(b[name])}
    return sorted((a.keys() | b.keys()) - same)
