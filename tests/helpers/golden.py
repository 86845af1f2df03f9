"""Ten short runs whose results are kept: shipped cases made small, their physical columns as a digest, main numbers.

A change that is meant to leave results alone must leave these digests alone. They hold for one kind of processor and
one set of libraries, since the last bit of an exponential depends on both; elsewhere the numbers are compared within
their errors. `pytest tests/regression --update` writes golden.json anew.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import numpy as np
import xarray

import exobase
from exobase_verify.tasks import IDENTITY_CASES

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "tests" / "regression" / "golden.json"

FEW = IDENTITY_CASES["mars_hot_oxygen"]
SMALL = {**IDENTITY_CASES["mars_h_in_co2_o"], "grid.adapt": "false", "run.max_steps": "400"}
CASES: Mapping[str, Mapping[str, str]] = {
    "earth_hydrogen": IDENTITY_CASES["earth_hydrogen"],
    "jeans_6": IDENTITY_CASES["jeans_6"],
    "jeans_10": {**SMALL, "domain.outer_over_inner": "3"},
    "mars_h_in_co2_o": SMALL,
    "transonic_diatomic": SMALL,
    "evaporation": SMALL,
    "mars_hot_oxygen": {**FEW, "run.histories_per_batch": "4"},
    "mars_sputtering": {**FEW, "run.histories_per_batch": "4"},
    "venus_oxygen_pickup": FEW,
    "textbook": {
        "hydrogen.run.burn_in": "30",
        "hydrogen.run.max_steps": "200",
        "hydrogen.run.particles_per_cell": "10",
        "hydrogen.run.target_error": "1e-6",
        **{f"{stage}.{key}": v for stage in ("oxygen_fast", "oxygen_slow", "pickup") for key, v in FEW.items()},
    },
}
"""Collisionless, hard spheres in adapted cells, tracers of the fast tail, a mixture, rotation, planar; hot atoms,
cascades, ions; stages."""

PHYSICAL = (
    "r_edge", "volume", "weight", "dt", "particles", "samples", "density", "u_r", "T_r", "T_t", "T_rot",
    "particle_flux", "energy_flux", "ledger_counts", "ledger_energy", "ledger_weight", "history_content",
    "history_energy", "history_particles", "history_escape_rate", "escape_count", "escape_rate", "escape_energy_rate",
    "escape_spectrum", "vdf_f_vr", "vdf_f_vt", "quality_collision_rate", "density_by_process", "escape_by_process",
    "births_rate", "births_escape_yield", "heating", "surface_spectrum_up", "surface_spectrum_down", "rain_rate",
)  # fmt: skip
"""Columns of a result in the order of their hash; those that a solver does not write are left out."""


def machine() -> str:
    """What the last bit of a result can depend on besides the sources: processor, libraries."""
    libc = " ".join(platform.libc_ver())
    return f"{llvmlite.binding.get_host_cpu_name()}, numba {numba.__version__}, numpy {np.__version__}, {libc}"


def digest(data: xarray.Dataset) -> str:
    """SHA-256 over the physical columns of a result: names, shapes and values as 8-byte numbers."""
    total = hashlib.sha256()
    for name in PHYSICAL:
        if name in data:
            values = np.asarray(data[name].values)
            values = np.ascontiguousarray(values, np.int64 if values.dtype.kind in "iub" else np.float64)
            total.update(f"{name} {values.shape}".encode() + values.tobytes())
    return total.hexdigest()


def numbers(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Main numbers: work done, escape rate of each species [s-1] with its error, particles by fate."""
    return {
        "work": {key: summary[key] for key in ("steps", "histories") if key in summary},
        "escape": {
            name: [e["rate_per_s"], e["rate_stderr"]] for name, e in summary["escape"].items() if e["rate_stderr"]
        },
        "ledger": summary["ledger"],
    }


def result(folder: Path) -> dict[str, Any]:
    """Digest and numbers of a finished run in its output folder; of stages, one for each."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    if summary["solver"] == "stages":
        return {stage: result(folder / "stages" / stage) for stage in summary["stages"]}
    return {"digest": digest(exobase.open(folder)), **numbers(summary)}
