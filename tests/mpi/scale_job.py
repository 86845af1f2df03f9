"""Memory and bytes sent per step of cases/jeans_6, for docs/scaling.md. Started under mpirun.

usage: scale_job.py PARTICLES_PER_CELL STEPS [COLUMNS]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from memory_job import peak, resident

from exobase.case import load_case
from exobase.parallel import world
from exobase.simulation import Simulation, warm_up

CASE = Path(__file__).resolve().parents[2] / "cases" / "jeans_6"


def main() -> None:
    comm, steps = world(), int(sys.argv[2])
    columns = sys.argv[3] if len(sys.argv) > 3 else "1"
    case = load_case(CASE, [f"run.particles_per_cell={sys.argv[1]}", f"run.columns={columns}"])
    warm_up(case, comm)
    before = resident()
    sim = Simulation(case, comm)
    sim.start_tally()
    sim.step(80)
    for _ in range(4):
        sim.balance(1.02)
        sim.step(40)
    sent, begin = comm.bytes_sent, time.perf_counter()
    sim.step(steps)
    spent = time.perf_counter() - begin
    count = sim.engine.particles.count
    told = comm.gather((count, (comm.bytes_sent - sent) / steps, (peak() - before) / max(count, 1)))
    if comm.rank == 0:
        total, per_step = sum(t[0] for t in told), sum(t[1] for t in told)
        print(
            f"{comm.size} ranks, {sim.engine.tables.mesh.total} cells, {total} particles, {per_step:.0f} bytes per step"
        )
        print("growth of the peak [bytes per particle] by rank:", *(f"{t[2]:.0f}" for t in told))
        print(f"{1e3 * spent / steps:.2f} ms per step, mean imbalance {sim.imbalance:.2f}")


if __name__ == "__main__":
    main()
