"""Speed of the test-particle solver: histories per second and core, parallel efficiency, time to an error of 2 %.

The case is hot oxygen at Mars (dissociative recombination of O2+, forward-peaked scattering, recoils followed, all
tallies) with an analytic background and ionosphere, so that it needs no files.
"""

from __future__ import annotations

import dataclasses
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from exobase.case.history_model import HistoryCase, Source
from exobase.case.load import make_history_case
from exobase.histories.simulation import HistorySimulation
from exobase.histories.warmup import warm_up
from exobase.parallel import Comm, SerialComm
from exobase.tallies.scores import COLLISIONS, STEPS
from exobase_verify.bench.tables import LEAST, MOST, against_aims
from exobase_verify.bench.workers import Figures, work
from exobase_verify.jobs import find_mpiexec

if TYPE_CHECKING:
    from rich.table import Table

AIM, AIM_EFFICIENCY, AIM_SECONDS = 20_000.0, 0.9, 120.0
TARGET = 0.02
REPEATS, BATCHES = 5, 64
POLL_S = 0.005


def hot_oxygen() -> HistoryCase:
    """Hot oxygen at Mars in isothermal CO2 and O; the recombination of O2+ in a Chapman layer."""
    case = make_history_case(
        {
            "solver": "test_particle",
            "body": {"name": "Mars"},
            "domain": {"inner_altitude": "130 km", "outer_altitude": "10000 km"},
            "background": {
                "altitude": "200 km",
                "gas": [
                    {"name": "CO2", "density": "2e7 cm-3", "temperature": "200 K"},
                    {"name": "O", "density": "8e7 cm-3", "temperature": "200 K"},
                ],
            },
            "species": [{"name": "O", "threshold": "0.5 eV"}],
            "collision": [
                {"pair": ["O", "O"], "law": "kharchenko"},
                {"pair": ["O", "CO2"], "law": "gacesa"},
            ],
            "source": [{"type": "mono_energetic", "species": "O", "altitude": "200 km", "energy": "3 eV"}],
            "run": {"histories_per_batch": 1000, "target_species": "O"},
            "tally": {
                "energy_max": "6 eV", "energy_bins": 120, "surfaces": ["200 km", "400 km", "1000 km", "10000 km"],
            },
        },
        name="hot_atoms",
    )  # fmt: skip
    return dataclasses.replace(case, sources=(_recombination(case),))


def _recombination(case: HistoryCase) -> Source:
    """O2+ + e in a Chapman layer of 1e5 cm-3 at 130 km with a scale height of 35 km, Te 1000 K."""
    altitude = np.linspace(130e3, 500e3, 75)
    x = (altitude - 130e3) / 35e3
    ions = 1e11 * np.exp(0.5 * (1.0 - x - np.exp(-x)))
    return Source(
        "dissociative_recombination", "O2+ + e", "O", "dayside",
        settings={
            "ion": "O2+", "r": tuple(case.body_radius + altitude), "n_ion": tuple(ions), "n_e": tuple(ions),
            "T_i": (300.0,) * altitude.size, "T_e": (1000.0,) * altitude.size,
        },
    )  # fmt: skip


def measure(ranks: int = 2, quick: bool = False) -> Figures:
    """Figures: one rank and ``ranks`` ranks take turns in one MPI job, then all ranks go to an error of 2 %."""
    ranks = ranks if find_mpiexec() else 1
    arguments = {"repeats": REPEATS, "batches": BATCHES // 4 if quick else BATCHES, "target": 0.1 if quick else TARGET}
    with tempfile.TemporaryDirectory(prefix="exobase-bench-") as folder:
        raw = work("hot_atoms", {**arguments, "folder": folder}, ranks)
    figures: Figures = {
        "benchmark": "hot_atoms",
        "histories_per_s_per_core": statistics.median(raw["alone"]),
        "processor_histories_per_s": statistics.median(raw["processor"]),
        **{key: raw[key] for key in ("compile_s", "steps", "collisions", "target", "seconds", "histories", "spread")},
        "ranks": ranks,
    }
    if raw["shared"]:
        ratios = [b / a for a, b in zip(raw["alone"], raw["shared"], strict=True)]
        figures["speedup"] = statistics.median(ratios)
        figures["efficiency"] = figures["speedup"] / ranks
    return figures


def measure_ranks(comm: Comm, repeats: int, batches: int, target: float, folder: str) -> Figures:
    """Turns of one rank alone and of all ranks together, then the run to the target (collective)."""
    case = hot_oxygen()
    figures: Figures = {"compile_s": warm_up(case, comm), "alone": [], "shared": [], "processor": []}
    alone = HistorySimulation(case, SerialComm()) if comm.rank == 0 else None
    shared = HistorySimulation(case, comm)
    for turn in range(repeats):
        flag = Path(folder) / f"turn-{turn}"
        if alone is not None:
            rate, processor = timed(alone, batches)
            figures["alone"].append(rate)
            figures["processor"].append(processor)
            flag.touch()
        while not flag.exists():
            time.sleep(POLL_S)
        if comm.size > 1:
            figures["shared"].append(timed(shared, batches)[0])
    begin = time.perf_counter()
    final = HistorySimulation(case.with_run(seed=2), comm)
    while final.batches < case.run.fewest_batches or final.target_error() > target:
        final.round()
    figures |= {"target": target, "seconds": time.perf_counter() - begin, "spread": final.target_error()}
    histories = final.batches * final.histories_per_batch
    sums = final.totals()
    if comm.rank == 0:
        per = sums.mean().work * final.batches / histories
        figures |= {"histories": histories, "steps": float(per[STEPS]), "collisions": float(per[COLLISIONS])}
    return figures


def timed(sim: HistorySimulation, batches: int) -> tuple[float, float]:
    """Histories per second, of wall time (all ranks together) and of this rank's processor time (it alone)."""
    sim.comm.barrier()
    begin, busy = time.perf_counter(), time.process_time()
    sim.round(batches)
    busy = time.process_time() - busy
    sim.comm.barrier()
    number = batches * sim.histories_per_batch
    return number / (time.perf_counter() - begin), number / busy


def show(figures: Figures) -> list[Table]:
    """Figures as a table."""
    percent = 100.0 * figures["target"]
    lines: list[tuple[str, str, str, tuple[str, str, float] | None]] = [
        ("histories_per_s_per_core", "histories per second and core, 1 rank", ",.0f", (LEAST, "20,000", AIM)),
        ("processor_histories_per_s", "the same by processor time", ",.0f", None),
        ("efficiency", f"parallel efficiency on {figures['ranks']} ranks", ".2f", (LEAST, "0.9", AIM_EFFICIENCY)),
        ("seconds", f"seconds to {percent:g} % on the escape rate, all ranks", ".1f", (MOST, "120", AIM_SECONDS)),
        ("histories", "histories for that", ",d", None),
        ("steps", "steps per history", ".1f", None),
        ("collisions", "collisions per history", ".1f", None),
        ("compile_s", "seconds of compilation, or of loading its cache", ".1f", None),
    ]
    return [against_aims("hot_atoms: hot oxygen at Mars, recoils, all tallies", figures, lines)]
