"""Benchmarks: speed, memory, compile time, time to a given error, the push, and convergence of the flux.

``exobase bench NAME`` prints tables, with ``--json`` one JSON object. Nothing here is part of a simulation.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from exobase.errors import InputError
from exobase.tables import nearest
from exobase_verify.bench import (
    compiling,
    convergence,
    fields,
    hot_atoms,
    ions,
    jeans,
    memory,
    plans,
    push,
    radial,
    report,
    tail,
    three_d,
    weights,
)
from exobase_verify.bench.workers import Figures
from exobase_verify.jobs import started_by_mpi

if TYPE_CHECKING:
    from rich.table import Table

STEPS = ("local", "global", "both")


class Options(NamedTuple):
    """step: "local", "global" or "both" (radial); quick: fewer particles, shorter runs; ranks: those of radial."""

    step: str
    quick: bool
    ranks: int


class Benchmark(NamedTuple):
    """One benchmark: what it measures, how, and its tables."""

    about: str
    measure: Callable[[Options], Figures]
    show: Callable[[Figures], list[Table]]


def run_bench(
    name: str | None = None, as_json: bool = False, *, step: str = "local", quick: bool = False, ranks: int = 2
) -> int:
    """Measure the named benchmark (None: all in turn) and print its figures. Returns the exit code 0.

    as_json: one JSON object on standard output (with None: benchmark names as keys), else tables.
    Raises InputError for an unknown name or option, RunError if a measurement fails. An aim that is missed is shown
    and is no error.
    """
    if name is not None and name not in BENCHMARKS:
        raise InputError(
            f"there is no benchmark {name!r}: choose from {', '.join(BENCHMARKS)}{nearest(name, BENCHMARKS)}"
        )
    if step not in STEPS or ranks < 1:
        raise InputError(f"step = {step!r} must be one of {', '.join(STEPS)}, ranks = {ranks} at least 1")
    if started_by_mpi():
        raise InputError("exobase bench starts MPI itself: call it without mpirun")
    options = Options(step, quick, ranks)
    results = {}
    for key in [name] if name else BENCHMARKS:
        results[key] = BENCHMARKS[key].measure(options)
        if not as_json:
            _print(BENCHMARKS[key].show(results[key]))
    if as_json:
        json.dump(results[name] if name else results, sys.stdout, indent=2, allow_nan=True)
        sys.stdout.write(os.linesep)
    return 0


def _print(tables: list[Table]) -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False, markup=False)
    for table in tables:
        console.print(table)


def _radial(options: Options) -> Figures:
    if options.step != "both":
        return radial.measure(options.step, options.ranks, options.quick)
    local, uniform = (radial.measure(step, options.ranks, options.quick) for step in ("local", "global"))
    return {**local, "global": uniform}


def _radial_of(kind: str) -> Callable[[Options], Figures]:
    return lambda options: radial.measure(
        "local" if options.step == "both" else options.step, options.ranks, options.quick, kind
    )


def _show_radial(figures: Figures) -> list[Table]:
    both = [figures, figures["global"]] if "global" in figures else [figures]
    return [table for part in both for table in radial.show(part)]


BENCHMARKS = {
    "radial": Benchmark("particle-steps per second and core, by stage, 1 and 2 ranks", _radial, _show_radial),
    "rotating": Benchmark("the same for a rotating VHS gas", _radial_of("rotating"), _show_radial),
    "mixture": Benchmark("the same for a mixture of three species", _radial_of("mixture"), _show_radial),
    "memory": Benchmark("resident memory per particle", lambda o: memory.measure(o.quick), memory.show),
    "compile": Benchmark("cold and warm compile time", lambda o: compiling.measure(o.quick), compiling.show),
    "push": Benchmark("cost and energy error of the push", lambda o: push.measure(o.quick), push.show),
    "jeans6": Benchmark("time to 1 % on the flux of jeans_6", lambda o: jeans.measure_6(o.quick), jeans.show_6),
    "jeans10": Benchmark("time to 1 % on the flux of jeans_10", lambda o: jeans.measure_10(o.quick), jeans.show_10),
    "tail": Benchmark(
        "time to 1 % at lambda0 = 10 and 3 % at 15 on two ranks, with and without energy levels",
        lambda o: tail.measure(o.quick),
        tail.show,
    ),
    "hot_atoms": Benchmark(
        "histories per second and core, parallel efficiency, time to 2 % on the escape of hot oxygen",
        lambda o: hot_atoms.measure(o.ranks, o.quick),
        hot_atoms.show,
    ),
    "fields": Benchmark(
        "cost of the fields that ions move in, and steps of an ion per second and core",
        lambda o: fields.measure(o.quick),
        fields.show,
    ),
    "ions": Benchmark(
        "steps per second and core of ions that the test-particle solver follows",
        lambda o: ions.measure(o.quick),
        ions.show,
    ),
    "three_d": Benchmark(
        "speed of zones and sectors against a radial gas", lambda o: three_d.measure(o.quick), three_d.show
    ),
    "plan": Benchmark(
        "predicted steps and seconds of shipped cases against runs", lambda o: plans.measure(o.quick), plans.show
    ),
    "report": Benchmark(
        "seconds of the report after a short run, figure by figure", lambda o: report.measure(o.quick), report.show
    ),
    "weights": Benchmark(
        "escape, temperature and noise of columns against particles per cell (long)",
        lambda o: weights.measure(o.quick),
        weights.show,
    ),
    "convergence": Benchmark(
        "flux of jeans_6 against its settings (long)", lambda o: convergence.measure(o.quick), convergence.show
    ),
}
