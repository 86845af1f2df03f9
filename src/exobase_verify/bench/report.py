"""Seconds that the report of a run takes, figure by figure, beside the seconds of the run."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from exobase.case import load_case
from exobase.driver import run_case
from exobase.parallel import SerialComm
from exobase_verify.bench.plans import find_cases
from exobase_verify.bench.tables import grid
from exobase_verify.bench.workers import Figures

if TYPE_CHECKING:
    from rich.table import Table

STEPS = {"jeans_6": (12_000, 6000), "earth_hydrogen": (3000, 1500)}
"""Steps of the runs whose report is made, long and quick."""


def measure(quick: bool = False) -> Figures:
    """Short runs of shipped cases on one rank, and processor seconds of all that their report is made of."""
    rows = []
    for name, steps in STEPS.items():
        with tempfile.TemporaryDirectory() as folder:
            rows.append({"case": name, **_run(find_cases() / name, steps[1 if quick else 0], Path(folder))})
    return {"benchmark": "report", "rows": rows}


def _run(path: Path, steps: int, output: Path) -> Figures:
    case = load_case(path, [f"run.max_steps={steps}", f"run.burn_in={steps // 8}", "run.target_error=1e-6"])
    run_case(case, SerialComm(), path, output=output, overwrite=True)
    return measure_result(output)


def measure_result(output: Path) -> Figures:
    """Processor seconds of one report: reading, every figure drawn and written, and the whole page with its figures.

    output: folder of a run. Writes the report there.
    """
    from exobase.io.results import read_result
    from exobase.report import draw, figure_names, write_report
    from exobase.report.look import png

    begin = time.process_time()
    result = read_result(output)
    figures: Figures = {"read_s": time.process_time() - begin, "run_s": float(result.attrs["wall_s"]), "figure_s": {}}
    for name in figure_names(result):
        begin = time.process_time()
        figure = draw(result, name)
        drawn = time.process_time()
        if figure is not None:
            png(figure)
            figures["figure_s"][name] = (drawn - begin, time.process_time() - drawn)
    begin = time.process_time()
    write_report(output)
    return {**figures, "report_s": time.process_time() - begin}


def show(figures: Figures) -> list[Table]:
    """Figures as tables."""
    tables = []
    for f in figures["rows"]:
        rows = [[name, f"{draw:.2f}", f"{write:.2f}"] for name, (draw, write) in f["figure_s"].items()]
        rows.append(["all figures", *(f"{sum(pair[k] for pair in f['figure_s'].values()):.2f}" for k in (0, 1))])
        caption = f"whole report {f['report_s']:.2f} s, reading {f['read_s']:.2f} s; the run took {f['run_s']:.1f} s"
        title = f"report of {f['case']}: processor seconds"
        tables.append(grid(title, ("figure", "drawing", "writing"), rows, caption))
    return tables
