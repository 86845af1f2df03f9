"""Compile time of the kernels: with an empty cache and with a full one."""

from __future__ import annotations

import statistics
import tempfile
import time
from typing import TYPE_CHECKING, Any

from exobase.parallel import Comm
from exobase.simulation import warm_up
from exobase_verify.bench.gas import jeans_gas
from exobase_verify.bench.tables import MOST, against_aims
from exobase_verify.bench.workers import Figures, work

if TYPE_CHECKING:
    from rich.table import Table

WARM_REPEATS = 3


def measure(quick: bool = False) -> Figures:
    """Seconds before the first step of jeans_6 in a fresh process: cold (empty cache folder) and warm (median of 3)."""
    with tempfile.TemporaryDirectory(prefix="exobase-bench-cache-") as folder:
        cache = {"EXOBASE_CACHE": folder}
        cold = work("compile", {}, environment=cache)
        warm = [work("compile", {}, environment=cache) for _ in range(1 if quick else WARM_REPEATS)]
    return {
        "benchmark": "compile",
        "cold_s": cold["warm_up_s"],
        "warm_s": statistics.median(w["warm_up_s"] for w in warm),
        "cold_with_import_s": cold["total_s"],
        "warm_with_import_s": statistics.median(w["total_s"] for w in warm),
        "compiled": cold["compiled"],
        "slowest_s": cold["slowest_s"],
    }


def measure_process(comm: Comm) -> Figures:
    """Time to compile or load the kernels, and what took longest."""
    import resource

    from numba.core import event

    case = jeans_gas(6.0, 10.0)
    begin = time.perf_counter()
    with event.install_recorder("numba:compile") as recorder:
        warm_up(case, comm)
    spent = time.perf_counter() - begin
    usage = resource.getrusage(resource.RUSAGE_SELF)
    own, number = own_seconds(recorder.buffer)
    slowest = sorted(own.items(), key=lambda item: -item[1])[:12]
    return {
        "warm_up_s": spent,
        "total_s": usage.ru_utime + usage.ru_stime,
        "compiled": number,
        "slowest_s": dict(slowest),
    }


def own_seconds(events: list[tuple[float, Any]]) -> tuple[dict[str, float], int]:
    """Seconds by function without its callees, and the number of compilations, from the events of Numba's compiler."""
    own: dict[str, float] = {}
    number = 0
    running: list[list[float]] = []
    for now, event in events:
        if event.is_start:
            running.append([now, 0.0])
            continue
        begin, inner = running.pop()
        if running:
            running[-1][1] += now - begin
        name = event.data["dispatcher"].py_func.__qualname__
        own[name] = own.get(name, 0.0) + now - begin - inner
        number += 1
    return own, number


def show(figures: Figures) -> list[Table]:
    """Figures as tables."""
    slowest = ", ".join(f"{name} {seconds:.2f}" for name, seconds in figures["slowest_s"].items())
    return [
        against_aims(
            "compile: kernels of jeans_6 before the first step",
            figures,
            [
                ("cold_s", "empty cache [s]", ".2f", (MOST, "25", 25.0)),
                ("warm_s", "full cache [s]", ".2f", (MOST, "1.5", 1.5)),
                ("cold_with_import_s", "processor time of the whole process, empty cache [s]", ".2f", None),
                ("warm_with_import_s", "processor time of the whole process, full cache [s]", ".2f", None),
                ("compiled", "functions compiled", "d", None),
            ],
            f"slowest, without callees [s]: {slowest}",
        )
    ]
