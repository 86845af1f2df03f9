"""Where a result comes from: versions, commit, machine-independent settings of the run."""

from __future__ import annotations

import datetime
import json
import platform
import resource
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from exobase.parallel import Comm
from exobase.simulation import Simulation


def attributes(sim: Simulation) -> dict[str, Any]:
    """Root attributes of a result file that follow from a DSMC simulation and the installation."""
    case = sim.case
    return installation(case.run.seed, sim.comm) | {
        "case_name": case.name,
        "title": case.title,
        "columns": case.run.columns,
        "steps": sim.steps,
        "particles": sim.history.particles[-1],
        "solver": case.solver,
        "geometry": case.geometry,
        "collisions": case.collisions,
        "time_step": case.time_step,
        "start": sim.start,
        "case_json": json.dumps(case.to_dict()),
        "case_toml": case.toml_text,
        "overrides": list(case.overrides),
        "imbalance": sim.imbalance,
    }


def installation(seed: int, comm: Comm) -> dict[str, Any]:
    """Root attributes of a result file of any solver: versions, commit, seed, ranks."""
    import numba

    return {
        "exobase_version": version(),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "seed": seed,
        "ranks": comm.size,
        "python": platform.python_version(),
        "numba": numba.__version__,
        "numpy": np.__version__,
        "mpi": comm.library(),
    }


def version() -> str:
    """Installed version of the package."""
    try:
        return metadata.version("exobase")
    except metadata.PackageNotFoundError:
        return "unknown"


def commit() -> str:
    """Commit of the source tree the package runs from; empty if it is installed elsewhere."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return ""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "--short=12", "HEAD"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def peak_bytes() -> float:
    """Peak resident memory of this process."""
    return 1024.0 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
