"""Growth of the resident memory of one rank per particle."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from exobase.parallel import Comm
from exobase.simulation import Simulation, warm_up
from exobase_verify.bench.gas import radial_gas
from exobase_verify.bench.tables import MOST, against_aims
from exobase_verify.bench.workers import Figures, work

if TYPE_CHECKING:
    from rich.table import Table

PARTICLES = 4_000_000
STEPS = 10


def measure(quick: bool = False) -> Figures:
    """Peak memory with 4e6 monatomic particles after filling and ten steps, spare capacity included, in a new process.

    A first process compiles, so that the peak of the compiler is no part of the measured one.
    """
    work("memory", {"particles": 4000, "steps": STEPS})
    figures = work("memory", {"particles": PARTICLES // 10 if quick else PARTICLES, "steps": STEPS})
    return {"benchmark": "memory", **figures}


def measure_process(comm: Comm, particles: int, steps: int) -> Figures:
    """Memory of this process before and after it holds the gas.

    The growth counts from what was resident before, which is not more than the peak before: the stricter figure.
    """
    case = radial_gas(particles, "local")
    warm_up(case, comm)
    peak = peak_bytes()
    resident = min(resident_bytes(), peak)
    sim = Simulation(case, comm)
    sim.start_tally()
    filled = sim.engine.particles.count
    after_fill = peak_bytes()
    sim.step(steps)
    grown = peak_bytes()
    count = sim.engine.particles.count
    return {
        "particles": count,
        "cells": sim.engine.tables.mesh.total,
        "steps": steps,
        "bytes_per_particle": (grown - resident) / count,
        "bytes_per_particle_over_peak": (grown - peak) / count,
        "bytes_per_particle_filled": (after_fill - resident) / filled,
        "allocated_bytes_per_particle": sim.memory_bytes() / count,
        "before_bytes": resident,
        "peak_before_bytes": peak,
        "peak_bytes": grown,
    }


def peak_bytes() -> int:
    """Peak resident memory of this process."""
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def resident_bytes() -> int:
    """Resident memory of this process now (its peak where the system does not tell)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return peak_bytes()
    return pages * resource.getpagesize()


def show(figures: Figures) -> list[Table]:
    """Figures as a table."""
    return [
        against_aims(
            f"memory: {figures['particles']:,} particles, {figures['cells']} cells, one rank, {figures['steps']} steps",
            figures,
            [
                ("bytes_per_particle", "growth of the peak over the resident memory before", ".1f", (MOST, "96", 96.0)),
                ("bytes_per_particle_over_peak", "growth of the peak over the peak before", ".1f", None),
                ("bytes_per_particle_filled", "growth by filling alone", ".1f", None),
                ("allocated_bytes_per_particle", "allocated for particles and movers", ".1f", None),
            ],
            "bytes per particle; cells and their tallies included",
        )
    ]
