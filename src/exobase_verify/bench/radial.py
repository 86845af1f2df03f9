"""Speed of the radial collisional gas: particle-steps per second and core, by stage, on one rank and on several."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from exobase.parallel import Comm, SerialComm
from exobase.simulation import Simulation, warm_up
from exobase.simulation.stage_clock import STAGES
from exobase_verify.bench.gas import radial_gas
from exobase_verify.bench.tables import LEAST, against_aims, grid
from exobase_verify.bench.workers import Figures, work
from exobase_verify.jobs import find_mpiexec

if TYPE_CHECKING:
    from rich.table import Table

PARTICLES = 1_000_000
AIMS = {"hard_sphere": 55.0, "rotating": 25.0, "mixture": 20.0}
REPEATS = 5
_NAMES = {"hard_sphere": "hard spheres", "rotating": "rotating VHS nitrogen", "mixture": "VHS N2, O and CO2, rotating"}
STEPS = 40
SETTLE_STEPS = 40
POLL_S = 0.005


def measure(step: str = "local", ranks: int = 2, quick: bool = False, kind: str = "hard_sphere") -> Figures:
    """Figures of a gas (``bench.gas.KINDS``) with a local or a global step.

    One rank and ``ranks`` ranks take turns in one MPI job (the other ranks sleep while rank 0 runs alone), so that both
    see the same machine; the efficiency is the median of the ratios of neighbouring turns. Strong scaling: the
    same million particles are shared. Without an mpiexec only one rank is measured.
    """
    particles = PARTICLES // 10 if quick else PARTICLES
    arguments = {"step": step, "particles": particles, "repeats": REPEATS, "steps": STEPS, "kind": kind}
    ranks = ranks if find_mpiexec() else 1
    with tempfile.TemporaryDirectory(prefix="exobase-bench-") as folder:
        raw = work("radial", {**arguments, "folder": folder}, ranks)
    figures: Figures = {
        "benchmark": "radial",
        "gas": kind,
        "step": step,
        **summary(raw["alone"], 1),
        "repeats": REPEATS,
    }
    if raw["shared"]:
        shared = summary(raw["shared"], ranks)
        ratios = [b["rate"] / a["rate"] for a, b in zip(raw["alone"], raw["shared"], strict=True)]
        shared["speedup"] = statistics.median(ratios)
        shared["efficiency"] = shared["speedup"] / ranks
        shared["scaling"] = "strong: the same particles on all ranks together"
        shared["imbalance"] = raw["imbalance"]
        figures["ranks"] = {str(ranks): shared}
    return figures


def summary(turns: list[Figures], ranks: int) -> Figures:
    """Medians over the turns: rate per core, ns per particle-step by stage."""
    rates = [turn["rate"] / ranks for turn in turns]
    stages = {name: statistics.median(turn["stages"][name] for turn in turns) for name in turns[0]["stages"]}
    return {
        "particle_steps_per_s_per_core": statistics.median(rates),
        "slowest": min(rates),
        "fastest": max(rates),
        "ns_per_particle_step": {"total": 1e9 / statistics.median(rates), **stages},
        "processor_ns_per_particle_step": statistics.median(turn["processor_ns"] for turn in turns),
        "collisions_per_particle_step": statistics.median(turn["collisions"] for turn in turns),
        "movers_per_particle_step": turns[-1]["movers"],
        "particles": turns[-1]["particles"],
        "cells": turns[-1]["cells"],
        "step_levels": turns[-1]["levels"],
    }


def measure_ranks(
    comm: Comm, step: str, particles: int, repeats: int, steps: int, folder: str, kind: str = "hard_sphere"
) -> Figures:
    """Turns of one rank alone and of all ranks together (collective)."""
    case = radial_gas(particles, step, kind)
    warm_up(case, comm)
    alone = _ready(Simulation(case, SerialComm())) if comm.rank == 0 else None
    shared = _ready(Simulation(case, comm)) if comm.size > 1 else None
    figures: Figures = {"alone": [], "shared": []}
    for turn in range(repeats):
        flag = Path(folder) / f"turn-{turn}"
        if alone is not None:
            figures["alone"].append(timed(alone, steps))
            flag.touch()
        while not flag.exists():
            time.sleep(POLL_S)
        if shared is not None:
            shared.balance()
            figures["shared"].append(timed(shared, steps))
    figures["imbalance"] = shared.imbalance if shared is not None else 1.0
    return figures


def _ready(sim: Simulation) -> Simulation:
    """Forget the start, fill the caches, share the work by its measured cost."""
    sim.start_tally()
    for _ in range(2):
        sim.step(SETTLE_STEPS // 2)
        sim.balance()
    return sim


def timed(sim: Simulation, steps: int) -> Figures:
    """One turn: particle-steps per second of all ranks, ns per particle-step by stage (mean over ranks), collisions."""
    engine, comm = sim.engine, sim.comm
    stages = np.array([engine.clock.seconds[name] for name in STAGES])
    collisions = engine.state.diagnostics.collisions.sum()
    particle_steps = 0
    comm.barrier()
    begin, busy = time.perf_counter(), time.process_time()
    for _ in range(steps):
        sim.step(1)
        particle_steps += engine.particles.count
    busy = time.process_time() - busy
    comm.barrier()
    spent = time.perf_counter() - begin
    stages = np.array([engine.clock.seconds[name] for name in STAGES]) - stages
    collisions = engine.state.diagnostics.collisions.sum() - collisions
    moved = np.count_nonzero(engine.particles.moved[: engine.particles.count])
    mine = [particle_steps, collisions, moved, engine.particles.count, busy, *stages]
    total = comm.sum(np.array(mine, dtype=np.float64))
    scale = 1e9 / total[0]
    split = {name: float(s) * scale for name, s in zip(STAGES, total[5:], strict=True)}
    split["other"] = spent * comm.size * scale - sum(split.values())
    return {
        "rate": float(total[0]) / spent,
        "stages": split,
        "processor_ns": float(total[4]) * scale,
        "collisions": 2.0 * float(total[1] / total[0]),
        "movers": float(total[2] / total[3]),
        "particles": int(total[3]),
        "cells": engine.tables.mesh.total,
        "levels": engine.tables.mesh.runs.dt.size,
    }


def show(figures: Figures) -> list[Table]:
    """Figures as tables."""
    columns = {"1 rank": figures, **{f"{n} ranks": f for n, f in figures.get("ranks", {}).items()}}
    name = _NAMES[figures.get("gas", "hard_sphere")]
    first = grid(
        f"radial: {name}, {figures['particles']:,} particles, {figures['cells']} cells, {figures['step']} step "
        f"({figures['step_levels']} levels), median of {figures['repeats']}",
        ("ns per particle-step and core", *columns),
        [
            [name, *(f"{f['ns_per_particle_step'][name]:.2f}" for f in columns.values())]
            for name in figures["ns_per_particle_step"]
        ],
        "processor time, which other programs stretch less: "
        + ", ".join(f"{f['processor_ns_per_particle_step']:.2f} ns ({name})" for name, f in columns.items())
        + f"\n{figures['collisions_per_particle_step']:.3f} collisions per particle and step (both partners counted), "
        f"{100 * figures['movers_per_particle_step']:.0f} % of the particles leave their cell in a step",
    )
    least = AIMS[figures.get("gas", "hard_sphere")]
    flat = {"alone": figures["particle_steps_per_s_per_core"] / 1e6}
    lines: list[tuple[str, str, str, tuple[str, str, float] | None]] = [
        ("alone", "million particle-steps/s and core, 1 rank", ".1f", (LEAST, f"{least:g}", least))
    ]
    for n, f in figures.get("ranks", {}).items():
        flat |= {f"rate{n}": f["particle_steps_per_s_per_core"] / 1e6, f"speedup{n}": f["speedup"]}
        aim = (LEAST, "1.8", 1.8) if n == "2" else None
        lines.append((f"rate{n}", f"million particle-steps/s and core, {n} ranks", ".1f", None))
        lines.append((f"speedup{n}", f"{n} ranks over one, strong scaling", ".2f", aim))
    return [first, against_aims("", flat, lines)]
