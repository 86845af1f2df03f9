"""Rare escape: seconds to a given error on two ranks at lambda0 = 10 and 15, with and without energy levels.

The figure of merit is the time to the target error, burn-in included, and the particle-steps it takes (which other
programs on the machine do not change): variance times cost.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exobase.parallel import Comm
from exobase_verify.bench.gas import jeans_gas
from exobase_verify.bench.jeans import timed_run
from exobase_verify.bench.tables import MOST, against_aims
from exobase_verify.bench.workers import Figures, work
from exobase_verify.jobs import find_mpiexec

if TYPE_CHECKING:
    from rich.table import Table

RUNS: dict[str, tuple[float, float, float, dict[str, Any]]] = {
    "lambda0 = 10": (10.0, 6.0, 0.01, {}),
    "lambda0 = 10, with energy levels": (10.0, 6.0, 0.01, {"energy_levels": 7}),
    "lambda0 = 15": (15.0, 6.0, 0.03, {}),
    "lambda0 = 15, without energy levels": (15.0, 6.0, 0.03, {"energy_levels": 1}),
}
AIMS = {"lambda0 = 10": 30.0, "lambda0 = 15": 45.0}
PER_CELL = {10.0: 200.0, 15.0: 600.0}
RANKS = 2
LIMIT_S = 90.0


def measure(quick: bool = False) -> Figures:
    """Every run in turn on two ranks (one without an mpiexec); what is not reached in time is extrapolated."""
    ranks = RANKS if find_mpiexec() else 1
    names = list(AIMS) if quick else list(RUNS)
    return {"benchmark": "tail", "ranks": ranks, "runs": {name: work("tail", {"name": name}, ranks) for name in names}}


def measure_ranks(comm: Comm, name: str) -> Figures:
    """One run on all ranks (collective)."""
    depth, outer, target, weights = RUNS[name]
    case = jeans_gas(depth, outer, weights=weights, run={"target_error": target, "particles_per_cell": PER_CELL[depth]})
    with tempfile.TemporaryDirectory(prefix="exobase-bench-") as folder:
        figures = timed_run(case, LIMIT_S, comm, Path(comm.bcast(folder)))
    spent = max(figures["ran_s"] - (figures.get("burn_in_s") or 0.0), 1e-9)
    rate = figures["particles"] * figures["steps"] / figures["ran_s"] if figures["ran_s"] else 0.0
    return {**figures, "averaged": spent, "particle_steps": rate * figures["total_s"], "levels": case.levels[0].number}


def show(figures: Figures) -> list[Table]:
    """Figures as a table."""
    flat, lines, remarks = {}, [], []
    for name, f in figures["runs"].items():
        flat[name] = f["total_s"]
        aim = (MOST, f"{AIMS[name]:g}", AIMS[name]) if name in AIMS else None
        lines.append((name, f"{name} ({f['levels']} levels): to {100 * RUNS[name][2]:g} % from the start", ".1f", aim))
        how = "lower bound" if f["lower_bound"] else "extrapolated" if f["extrapolated"] else "measured"
        remarks.append(f"{name}: {how}, flux {f['flux']:.4g} +- {f['flux_stderr']:.1g} m-2 s-1, "
                       f"{f['particle_steps']:.2g} particle-steps")  # fmt: skip
    return [against_aims(f"tail: seconds on {figures['ranks']} ranks", flat, lines, "\n".join(remarks))]
