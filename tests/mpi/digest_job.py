"""Runs the small cases with random divisions among the ranks and prints their digests. Started under mpirun.

usage: digest_job.py [--control NAME] STEPS [CASE]...
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import numpy as np

import exobase.simulation.engine as engine_module
import exobase.simulation.history as history_module
import exobase.simulation.transfer as transfer_module
from exobase.case import Case
from exobase.parallel import Comm, Decomposition, world
from exobase.simulation import Simulation
from exobase.simulation.cell_state import first_majorants
from exobase.simulation.collect import chunks
from exobase.simulation.history import count_ledger
from exobase.simulation.transfer import redistribute
from exobase.tallies.ledger import Entry
from small_cases import cases


def random_cuts(rng: np.random.Generator, cells: int, size: int) -> Decomposition:
    """A division: anything, empty ranks at both ends, single cells, or all cells on one rank."""
    kind = rng.integers(5)
    inner = np.sort(rng.integers(0, cells + 1, size - 1))
    if kind == 1:
        inner = np.sort(rng.integers(0, cells + 1, size - 1))
        inner[: (size - 1) // 3 + 1] = 0
        inner[-((size - 1) // 3 + 1) :] = cells
        inner = np.sort(inner)
    elif kind == 2:
        inner = np.minimum(rng.integers(0, cells) + np.arange(size - 1), cells)
    elif kind == 3:
        inner = np.where(np.arange(size - 1) < rng.integers(0, size), 0, cells)
    elif kind == 4:
        inner = np.linspace(0, cells, size + 1)[1:-1].astype(np.int64)
    return Decomposition(np.concatenate([[0], inner, [cells]]).astype(np.int64))


def profile_digest(sim: Simulation) -> str:
    """SHA-256 of everything that would go into the result file cell by cell (rank 0)."""
    total = hashlib.sha256()
    for chunk in chunks(sim):
        for table in (chunk.species, chunk.gas, chunk.diagnostics):
            for name, values in sorted(table.items()):
                total.update(name.encode() + np.ascontiguousarray(values).tobytes())
        total.update(np.ascontiguousarray(chunk.converted).tobytes())
    return total.hexdigest()


def history_digest(sim: Simulation) -> str:
    total = hashlib.sha256()
    for name, values in sorted(sim.history.arrays().items()):
        total.update(name.encode() + np.ascontiguousarray(values).tobytes())
    return total.hexdigest()


def run(name: str, case: Case, comm: Comm, steps: int) -> dict[str, Any]:
    """The case with cuts moved every few steps; the digest half way and at the end, and what happened."""
    rng = np.random.default_rng([comm.size, len(name)])
    sim = Simulation(case, comm)
    sim.start_tally()
    out: dict[str, Any] = {"digests": []}
    sent = comm.bytes_sent
    crossings = 0
    for piece in range(1, steps // 3 + 1):
        sim.step(3)
        if comm.size > 1 and piece % 7:
            redistribute(sim.engine, random_cuts(rng, sim.engine.tables.mesh.total, comm.size))
        elif comm.size > 1:
            sim.balance(threshold=0.0)
        if piece == steps // 6:
            out["digests"].append(sim.digest())
            if name.endswith("adapted"):
                before = sim.engine.tables.mesh.layers
                sim.adapt()
                sim.start_tally()
                out["cells"] = [before, sim.engine.tables.mesh.layers]
    out["digests"] += [sim.digest()]
    out["profile"] = profile_digest(sim)
    out["history"] = history_digest(sim)
    counts, alive, flying = count_ledger(sim.engine)
    out["counts"] = {e.name: int(counts[:, e].sum()) for e in Entry}
    e = sim.engine
    tracers = np.diff(e.particles.start).reshape(-1, e.tables.levels.number)[:, 1:].sum() if e.tables.ncell else 0
    out["tracers"] = int(comm.sum(np.array([tracers], dtype=np.int64))[0])
    out["alive"], out["flying"] = int(alive.sum()), int(flying.sum())
    out["bytes"] = comm.bytes_sent - sent
    out["crossings"] = crossings
    return out


def break_order() -> None:
    """Arrivals are appended at the end, whatever rank they come from."""

    migrate = engine_module.migrate

    def unordered(comm: Any, *rest: Any) -> tuple[int, int]:
        rank, comm.rank = comm.rank, -1
        try:
            return migrate(comm, *rest)
        finally:
            comm.rank = rank

    engine_module.migrate = unordered


def forget_majorant() -> None:
    """Majorants begin anew in cells that move to another rank."""
    install = transfer_module.install

    def forgetful(engine: Any, arrays: dict[str, Any], columns: Any) -> None:
        install(engine, arrays, columns)
        engine.state.majorant[:] = first_majorants(engine.tables, engine.state.majorant_scale)

    transfer_module.install = forgetful


def sum_by_rank() -> None:
    """Global sums are sums of the ranks' sums."""
    history_module.reproducible_sum = lambda comm, values: comm.sum(values.sum(axis=0))


CONTROLS = {"break_order": break_order, "forget_majorant": forget_majorant, "sum_by_rank": sum_by_rank}


def main(arguments: list[str]) -> None:
    control = ""
    if arguments[0] == "--control":
        control, arguments = arguments[1], arguments[2:]
        CONTROLS[control]()
    comm = world()
    chosen = {name: case for name, case in cases().items() if name in arguments[1:] or not arguments[1:]}
    results = {name: run(name, case, comm, int(arguments[0])) for name, case in chosen.items()}
    if comm.rank == 0:
        print(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1:])
