"""Many nearly empty cells: memory that a rank needs and bytes that a step sends. Started under mpirun.

usage: memory_job.py CELLS PARTICLES_PER_CELL STEPS
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from exobase.case import make_case
from exobase.parallel import world
from exobase.simulation import Simulation, warm_up


def resident() -> int:
    """Bytes resident now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def peak() -> int:
    """Largest number of bytes ever resident."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    cells, per_cell, steps = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    comm = world()
    case = make_case(
        {
            "solver": "dsmc",
            "collisions": "hard_sphere",
            "initial": "barometric",
            "body": {"jeans_parameter": 6.0},
            "domain": {"inner": "1000 km", "outer_over_inner": 4.0},
            "species": [
                {"name": "HS", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.01}
            ],
            "grid": {"spacing": "log", "cells": cells},
            "step": {"courant": 5.0, "collision_fraction": 5.0},
            "run": {"seed": 5, "particles_per_cell": per_cell},
            "tally": {"sample_every": 2, "record_every": 4},
        }
    )
    warm_up(case, comm)
    before = resident()
    sim = Simulation(case, comm)
    filled = resident() - before
    sim.start_tally()
    begin, sent = time.perf_counter(), []
    for _ in range(steps):
        already = comm.bytes_sent
        sim.step(1)
        sent.append(comm.bytes_sent - already)
    numbers = {
        "cells": sim.engine.tables.ncell,
        "particles": sim.engine.particles.count,
        "filled": filled,
        "growth": peak() - before,
        "sent": sent,
        "s_per_step": (time.perf_counter() - begin) / steps,
    }
    told = comm.gather(numbers)
    if comm.rank == 0:
        print(json.dumps({"ranks": told, "all_sent": float(np.sum([t["sent"] for t in told]))}))


if __name__ == "__main__":
    main()
