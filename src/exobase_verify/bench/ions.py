"""Ions as the test-particle solver follows them: steps per second and core, in the draped field and in a field file.

A step is all that happens to an ion in it: fields, Boris' push, choice of the next step, tallies of density, surfaces
and outcome. Three-dimensional tallies and charge exchange are measured apart.
"""

from __future__ import annotations

import copy
import math
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from exobase.case.load import make_history_case
from exobase.fields.plasma import draped, on_nodes, wind
from exobase.histories.simulation import HistorySimulation
from exobase.io import FieldFile, write_field_file
from exobase.tallies.scores import STEPS
from exobase_verify.bench.tables import LEAST, Aim, grid, verdict
from exobase_verify.bench.workers import Figures

if TYPE_CHECKING:
    from rich.table import Table

AIMS: dict[str, Aim] = {
    "draped sphere": (LEAST, "5 million", 5e6),
    "file of 100^3 nodes": (LEAST, "2 million", 2e6),
}
OUTER, OBSTACLE = 2e7, 4.2e6
_WIND = {"density": "2.5 cm-3", "speed": "400 km/s", "magnetic_field": "3 nT", "cone_angle": "57 deg"}
_REPEATS = 5
_CASE: dict[str, Any] = {
    "solver": "test_particle",
    "body": {"name": "Mars"},
    "domain": {"inner_altitude": "300 km", "outer": f"{OUTER} m", "collision_depth": 1e-9},
    "background": {
        "gas": [
            {"name": "O", "law": "power_law", "density": "3.6e3 cm-3", "temperature": "300 K", "offset": "2400 km",
             "exponent": 2.1},
            {"name": "H", "law": "chamberlain", "density": "2.5e5 cm-3", "temperature": "200 K"},
        ],
    },
    "species": [{"name": "O+", "threshold": "0 eV"}],
    "source": [{"type": "pickup", "species": "O+", "parent": "O", "ionisation": ["photoionisation"]}],
    "run": {"histories_per_batch": 2000, "target_species": "O+"},
}  # fmt: skip
_EXCHANGE = [{"pair": ["O+", gas], "law": "charge_exchange", "extrapolate_to": "200 keV"} for gas in ("O", "H")]
_TALLY = {"cube_cells": 32, "ring_cells": 32, "rain_latitude_cells": 18, "rain_longitude_cells": 36}


def simulations(folder: Path, nodes: int = 100) -> dict[str, HistorySimulation]:
    """What is measured; the field file, which holds the draped field, is written into the folder."""
    sphere = {"model": "draped_sphere", **_WIND, "obstacle_radius": f"{OBSTACLE} m"}
    axis = np.linspace(-1.01 * OUTER, 1.01 * OUTER, nodes)
    at = on_nodes(draped(wind(2.5e6, 4e5, 3e-9, math.radians(57.0)), OBSTACLE), "cartesian", (axis, axis, axis))
    path = folder / "field.h5"
    write_field_file(path, FieldFile("cartesian", (axis, axis, axis), at.b, at.u, n=at.density))
    tables: dict[str, dict[str, Any]] = {
        "uniform": {"field": {"model": "uniform", **_WIND}},
        "draped sphere": {"field": sphere},
        f"file of {nodes}^3 nodes": {"field": {"model": "file", "file": str(path)}},
        "draped sphere, all tallies": {"field": sphere, "tally": _TALLY},
        "draped sphere, all tallies, charge exchange": {"field": sphere, "tally": _TALLY, "collision": _EXCHANGE},
    }
    return {
        name: HistorySimulation(make_history_case({**copy.deepcopy(_CASE), **table})) for name, table in tables.items()
    }


def measure(quick: bool = False) -> Figures:
    """Steps per second of processor time: median of five rounds, taken in turn, after one that compiles."""
    batches = 1 if quick else 4
    rates: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        sims = simulations(Path(folder), 40 if quick else 100)
        for sim in sims.values():
            sim.round(1)
        for _ in range(1 if quick else _REPEATS):
            for name, sim in sims.items():
                rates.setdefault(name, []).append(_rate(sim, batches))
    return {"benchmark": "ions", "steps_per_second": {name: statistics.median(r) for name, r in rates.items()}}


def _rate(sim: HistorySimulation, batches: int) -> float:
    before = _steps(sim)
    begin = time.process_time()
    sim.round(batches)
    seconds = time.process_time() - begin
    return (_steps(sim) - before) / seconds


def _steps(sim: HistorySimulation) -> float:
    return float(sim.sums.mean().work[STEPS]) * sim.batches


def show(figures: Figures) -> list[Table]:
    """Figures as a table."""
    rates = figures["steps_per_second"]
    rows = [[name, f"{rate / 1e6:.2f}", verdict(rate, AIMS.get(name))] for name, rate in rates.items()]
    caption = "O+ picked up at Mars, followed to its end"
    return [grid("ions", ("model", "million steps/s/core", "aim"), rows, caption)]
