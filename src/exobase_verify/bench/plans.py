"""The plan of a run against the run: steps and processor seconds of shipped cases, at errors that are soon reached."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

from exobase.case.load import load_dsmc_case
from exobase.errors import InputError
from exobase.parallel import SerialComm
from exobase.simulation import plan, warm_up
from exobase_verify.bench.jeans import timed_run
from exobase_verify.bench.tables import grid
from exobase_verify.bench.workers import Figures

if TYPE_CHECKING:
    from rich.table import Table

ERRORS = {
    "jeans_6": (1.0, 2.0), "jeans_10": (1.5, 3.0), "earth_hydrogen": (0.7, 1.5), "mars_hydrogen": (0.7, 1.5),
    "mars_hydrogen_350": (0.5, 1.5), "free_molecular_sphere": (0.5, 1.0), "evaporation": (0.5, 1.0),
    "transition": (1.0, 2.0), "transonic_diatomic": (0.7, 1.5), "transonic_diatomic_still": (0.7, 1.5),
    "mars_h_in_co2_o": (3.0, 6.0), "mars_hydrogen_deuterium": (4.0, 8.0),
}  # fmt: skip
"""Target errors in per cent, long and quick."""
WALL_S = 300.0
FACTOR = 2.0  # what predictions should keep to


def measure(quick: bool = False) -> Figures:
    """Every shipped case that escapes, planned and run on one rank."""
    cases = find_cases()
    rows = [_row(cases / name, errors[1 if quick else 0]) for name, errors in ERRORS.items()]
    return {"benchmark": "plan", "rows": rows}


def find_cases() -> Path:
    """The folder of the shipped cases. Raises InputError where there is none."""
    for folder in (Path("cases"), Path(__file__).resolve().parents[3] / "cases"):
        if (folder / "jeans_6" / "case.toml").is_file():
            return folder
    raise InputError("this benchmark runs the shipped cases: call it in the folder that holds cases/")


def _row(path: Path, error: float) -> Figures:
    case = load_dsmc_case(path, [f'run.target_error="{error:g} %"', "run.max_steps=1000000"])
    planned = plan(case)
    warm_up(case, SerialComm())
    begin = time.process_time()  # other programs on the machine stretch the wall time
    figures = timed_run(case, WALL_S)
    spent = time.process_time() - begin
    return {
        "case": path.name,
        "target": error,
        "planned_steps": planned.steps,
        "steps": figures["steps"],
        "planned_s": planned.wall_time,
        "ran_s": spent,
        "reached": figures.get("relative_error", math.inf) <= 1.001 * 0.01 * error,
    }


def show(figures: Figures) -> list[Table]:
    """Figures as a table."""
    columns = ("", "error %", "steps planned", "taken", "ratio", "seconds planned", "processor seconds", "ratio")
    rows, missed = [], []
    for f in figures["rows"]:
        ratios = (f["planned_steps"] / f["steps"], f["planned_s"] / f["ran_s"])
        if not all(1.0 / FACTOR <= ratio <= FACTOR for ratio in ratios):
            missed.append(f["case"])
        taken = f"{f['steps']:,d}" + ("" if f["reached"] else "+")
        steps = (f"{f['planned_steps']:,d}", taken, f"{ratios[0]:.2f}")
        seconds = (f"{f['planned_s']:.3g}", f"{f['ran_s']:.3g}", f"{ratios[1]:.2f}")
        rows.append([f["case"], f"{f['target']:g}", *steps, *seconds])
    caption = f"aim: within a factor {FACTOR:g}; beyond it: {', '.join(missed) or 'none'} (+: ended by time)"
    return [grid("plan: predicted and real cost on one rank", columns, rows, caption)]
