"""Formulas and kernels give the same results compiled, interpreted (EXOBASE_JIT=0) and with array bounds checked.

Each mode runs in its own process. Integers (random bits, counts, places) agree exactly.
Floating-point results agree to round-off only: LLVM contracts a*b+c to one rounding where the processor can, and libm
differs from Python's; in a chain of collisions or orbits a last bit grows, so that steps are few. Bounds checks change
no arithmetic: there results agree to 1e-12 as well, and nothing raises IndexError: no kernel reads or writes outside
its arrays.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]

FORMULAS = """
import json, sys
import numpy as np
from exobase.rng import bits, cell_key, slot_key, step_key, uniform, round_random
from exobase.geometry.motion import Motion, Runs, RADIAL, PLANAR, advance, flow, push, turning
from exobase.geometry.radial import return_time
from exobase.cross_sections.vhs import sigma_g
from exobase.sources.reservoir import Faces, count_entries, emit, flux_speed
from exobase.particles.fill import count_fill, fill
from exobase.particles.sort import order_movers
from exobase.collisions.ntc import Pairs, collide, no_diagnostics
from exobase.collisions.temperature import follow_temperature
from exobase.particles.births import no_births
from exobase.particles.conserve import new_keeper
from exobase.particles.levels import Levels, no_levels
from exobase.particles.memory import no_memory, remember
from exobase.particles.move import Cells
from exobase.tallies.ledger import ENTRIES, Books
from exobase.tallies.moments import sample_moments

np.seterr(over="ignore")
exact, close = {}, {}
key = np.uint64(step_key(7, 11, 3))
u = np.uint64
keys = [u(slot_key(u(cell_key(key, c)), s)) for c in range(3) for s in range(3)]
exact["bits"] = [int(bits(k, i)) for k in keys for i in range(2)]
exact["round"] = [int(round_random(3.7, uniform(key, k))) for k in range(20)]
close["uniform"] = [float(uniform(key, k)) for k in range(5)]
mars = Motion(RADIAL, 4.28e13)
close["flow"] = flow(mars, 3.6e6, 500.0, 1e20, 10.0)
close["turning"] = [turning(mars, 3.6e6, v, 1e20) for v in (500.0, -500.0)]
close["return"] = return_time(3.6e6, 500.0, 1e18, 4.28e13)
runs = Runs(np.linspace(3.5e6, 3.7e6, 9), 5.0 * 1.5 ** (np.arange(8) % 2))
l2 = 1e19
x, v, run = 3.6e6, 3000.0, 4
for _ in range(4):
    x1, v1 = flow(mars, x, v, l2, float(runs.dt[run]))
    code, run, x, v, left, swept = advance(mars, runs, run, x, v, l2, 1.0, x1, v1)
exact["advance"] = [int(code), int(run)]
close["advance"] = [float(x), float(v), float(swept)]
close["sigma"] = [sigma_g(1e5, 3e-19, e) for e in (0.5, 0.3, 0.0)]
close["flux_speed"] = [flux_speed(s, u) for s in (0.0, 0.5, -0.5, 2.0) for u in (0.01, 0.5, 0.99)]
mean = np.array([20.4, 0.0, 33.3, 5.5])
start = np.zeros(5, dtype=np.int64)
n = int(count_fill(mean, 5, 2, key, start))
exact["start"] = start.tolist()
columns, zeta = np.zeros((5, n + 64)), np.array([2.0, 3.0])
lo, hi = np.array([3.5e6, 3.6e6]), np.array([3.6e6, 3.7e6])
fill(mars, lo, hi, np.zeros(4), np.full(4, -0.3), np.full(4, 700.0), np.zeros(4), zeta, 5, 2, key, start,
     columns)
close["fill"] = columns[:, :n].ravel().tolist()
y, moved = columns.copy(), np.zeros(n + 64, dtype=np.bool_)
pushed = Cells(lo, hi, np.array([40.0, 60.0]), np.ones(2), np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.bool_),
               np.zeros(2, dtype=np.bool_), np.array([True, False]), np.zeros((0, 6)), 5, 2, 1)
push(mars, columns, y, moved, start, 2, pushed)
close["push"] = y[:, :n].ravel().tolist()
exact["moved"] = moved[:n].tolist()
books = Books(np.zeros((4, ENTRIES), dtype=np.int64), *(np.zeros((4, ENTRIES)) for _ in range(3)),
              np.zeros((2, 4), dtype=np.int64), np.ones(2), np.ones((2, 1)))
cells = Cells(lo, hi, np.ones(2), np.ones(2), np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.bool_),
              np.zeros(2, dtype=np.bool_), np.zeros(2, dtype=np.bool_), np.zeros((0, 6)), 5, 2, 1)
a, b = np.triu_indices(2)
pairs = Pairs(a, b, np.full(3, 1e-19), np.array([0.5, 0.4, 0.3]), np.array([1.0, 1.0, 1.4]), np.array([1e-26, 4e-26]),
              zeta, np.array([2.0, 15.0]), np.array([0.0, 80.0]))
temperature = np.array([300.0, 200.0])
majorant = np.full((2, 3), 1e-19 * 3000.0)
d = no_diagnostics(2, 3)
follow_temperature(columns, start, cells, np.array([1e14, 3e14] * 2), pairs.mass, temperature)
close["temperature"] = temperature.tolist()
keeper = new_keeper(np.full(4, 500.0), np.full((2, 2), 1e-9))
count_key = np.uint64(step_key(7, 6, 3))
omega = np.array([1e14, 3e14] * 2)
collide(mars, columns, start, cells, omega, pairs, no_levels(2), keeper, temperature, majorant, key, count_key,
        np.empty(200, dtype=np.int64), True, d, books, no_births(5, 0), no_memory(0, 5, 1))
close["debt"] = keeper.debt.ravel().tolist()
close["flow"] = keeper.flow.ravel().tolist()
# With tracers: none yet, those born at once meet what the cells remember.
levels = Levels(2, np.full(2, -4.28e13 / 3.6e6 + 6e5), np.ones(2), np.ones(2, dtype=np.int64), np.ones(4))
memory, births = no_memory(4, 5, 64), no_births(5, 4000)
split = np.append(np.stack([start[:-1], start[1:]], axis=1).ravel(), start[-1])
remember(key, 5, 2, 2, columns, split, 0.0, memory)
twice = Books(np.zeros((8, ENTRIES), dtype=np.int64), *(np.zeros((8, ENTRIES)) for _ in range(3)),
              np.zeros((2, 4), dtype=np.int64), np.ones(2), np.ones((2, 2)))
collide(mars, columns, split, cells._replace(levels=2), np.repeat(20.0 * omega, 2), pairs, levels, keeper, temperature,
        np.tile(majorant, 3), key, count_key, np.empty(200, dtype=np.int64), False, d, twice, births, memory)
exact["births"] = [int(births.number[0]), births.row[: births.number[0]].tolist(), memory.number.tolist()]
close["births"] = births.x[:, : births.number[0]].ravel().tolist()
assert births.number[0] > 5
exact["collisions"] = [d.candidates.tolist(), d.collisions.tolist(), d.repeats.tolist()]
assert d.collisions.sum() > 0
close["collide"] = columns[:, :n].ravel().tolist()
sums = np.zeros((4, 9))
sample_moments(columns, start, np.ones(1), True, False, sums)
exact["numbers"] = sums[:, 0].tolist()
close["moments"] = sums.ravel().tolist()
faces = Faces(np.array([0]), np.array([3.5e6]), np.array([1]), np.array([[7.3, 4.4]]), np.array([[700.0, 300.0]]),
              np.array([[0.0, 0.5]]), zeta)
counts = np.zeros((1, 2), dtype=np.int64)
total = int(count_entries(faces, np.ones(4), 2, 0, key, counts))
entries, rest, group = np.zeros((5, total)), np.zeros((2, total)), np.zeros(total, dtype=np.int64)
emit(faces, np.ones(4), 2, 0, key, counts, 0, entries, rest[0], rest[1], group)
exact["entries"] = [counts.tolist(), group.tolist()]
close["entries"] = entries.ravel().tolist() + rest.ravel().tolist()
to = np.array([3, 0, -1, 2, 2, -2, 0, 3]); low = np.array([1, 0, 1, 1, 0, 0, 1, 0], dtype=np.bool_)
bins, order = np.zeros(9, dtype=np.int64), np.full(8, -1)
exact["order"] = [int(order_movers(to, low, 0, 8, bins, order)), bins.tolist(), order.tolist()]
print(json.dumps([exact, close]))
"""

SIMULATION = """
import json, sys
import numpy as np
from exobase.case import make_case
from exobase.simulation import Simulation

np.seterr(over="ignore")
tables = {
    "solver": "dsmc", "collisions": "vhs", "time_step": sys.argv[1],
    "body": {"jeans_parameter": 3.0}, "domain": {"inner": "1000 km", "outer_over_inner": 3.0},
    "species": [
        {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "omega": 0.7, "temperature": "100 K",
         "knudsen_number": 1.0},
        {"name": "Y", "mass": "4 u", "diameter": "3 angstrom", "omega": 0.7, "temperature": "100 K",
         "density": "1e10 m-3"},
    ],
    "run": {"particles_per_cell": 8.0, "seed": int(sys.argv[4])},
    "tally": {"sample_every": 2, "record_every": 4, "vdf_radii": ["1500 km"]},
}
sim = Simulation(make_case(tables))
sim.start_tally()
sim.step(int(sys.argv[2]))
if sys.argv[3] == "adapt":
    sim.adapt()
    sim.step(4)
state = sim.state()
exact = {"species": state["species"].tolist(), "cell": state["cell"].tolist(),
         "counts": sim.engine.state.counts.sum(axis=0).tolist()}
close = {k: state[k].tolist() for k in ("position", "v_normal", "v_tangent_1", "v_tangent_2", "weight")}
print(json.dumps([exact, close]))
"""


HISTORIES = """
import json, sys
import numpy as np
sys.path.insert(0, "tests/helpers")
from small_histories import EVERYTHING, mars
from exobase.histories.simulation import HistorySimulation
from exobase.tallies.scores import tables

np.seterr(over="ignore")
sim = HistorySimulation(mars(**EVERYTHING).with_run(histories_per_batch=int(sys.argv[1]), seed=int(sys.argv[2])))
scores = tables(sim.batch(0), sim.shapes)
exact = {"work": scores.work.tolist(), "counts": scores.counts.tolist()}
close = {name: getattr(scores, name).ravel().tolist() for name in scores._fields if name not in exact}
print(json.dumps([exact, close]))
"""

IONS = """
import json, sys
import numpy as np
sys.path.insert(0, "tests/helpers")
from small_ions import DENSE, mars_ions
from exobase.histories.outcome_ions import fill_slice
from exobase.histories.simulation import HistorySimulation
from exobase.histories.trace import trace_ions
from exobase.tallies.scores import tables

np.seterr(over="ignore")
sim = HistorySimulation(mars_ions(**DENSE).with_run(histories_per_batch=int(sys.argv[1]), seed=int(sys.argv[2])))
scores = tables(sim.batch(0), sim.shapes)
for name in ("cube", "ring", "rain", "rain_map", "emitted"):
    assert getattr(scores, name).any(), name
assert scores.exchange.any()
exact = {"work": scores.work.tolist(), "counts": scores.counts.tolist()}
close = {name: getattr(scores, name).ravel().tolist() for name in scores._fields if name not in exact}
axis, values = np.linspace(-6e6, 6e6, 5), np.zeros((2, 5, 5, 10))
for plane in (0, 1):
    fill_slice(sim.ions.plasma, axis, plane, values[plane])
close["field"] = values.ravel().tolist()
paths, kinds, sources = trace_ions(sim, 1, points=20)
exact["paths"] = [len(path) for path in paths], list(map(int, kinds)), list(map(int, sources))
close["paths"] = [float(x) for path in paths for x in path.ravel()]
print(json.dumps([exact, close]))
"""


def run(program: str, folder: Path, *arguments: str, **environment: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Results of a program in its own process with its own cache of compiled code."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("EXOBASE_")}
    cache = {"EXOBASE_CACHE": str(folder)} if environment.get("EXOBASE_BOUNDSCHECK") else {}
    path = {"PYTHONPATH": str(ROOT / "src")}
    job = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *arguments],
        cwd=ROOT, env=kept | path | cache | environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert job.returncode == 0, job.stderr[-4000:]
    exact, close = json.loads(job.stdout.splitlines()[-1])
    return exact, close


def assert_same(first: tuple[dict[str, Any], dict[str, Any]], other: tuple[dict[str, Any], dict[str, Any]]) -> None:
    for name, value in first[0].items():
        assert other[0][name] == value, name
    for name, value in first[1].items():
        expected = np.ravel(value)
        np.testing.assert_allclose(
            np.ravel(other[1][name]), expected, rtol=1e-9, atol=1e-12 * np.abs(expected).max(initial=0.0), err_msg=name
        )


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cache of the kernels compiled with bounds checks, shared by the tests here."""
    return tmp_path_factory.mktemp("checked")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    return run(FORMULAS, tmp_path_factory.mktemp("compiled"))


def test_interpreted_kernels_give_the_compiled_results(
    compiled: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    assert_same(compiled, run(FORMULAS, tmp_path, EXOBASE_JIT="0"))


@pytest.mark.slow
def test_kernels_with_bounds_checks_give_the_compiled_results(
    compiled: tuple[dict[str, Any], dict[str, Any]], checked: Path
) -> None:
    assert_same(compiled, run(FORMULAS, checked, EXOBASE_BOUNDSCHECK="1"))


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["global", "local"])
def test_a_simulation_stays_within_its_arrays(mode: str, checked: Path) -> None:
    """Emission, clones, collisions, flights, samples, adaptation: every access checked, the same particles in the
    end.
    """
    arguments = (mode, "16", "adapt", "1")
    assert_same(run(SIMULATION, checked, *arguments), run(SIMULATION, checked, *arguments, EXOBASE_BOUNDSCHECK="1"))


@pytest.mark.parametrize("seed", [pytest.param("1", marks=pytest.mark.slow), "3"])
def test_a_short_simulation_runs_interpreted(seed: str, tmp_path: Path) -> None:
    arguments = ("global", "4", "-", seed)
    assert_same(run(SIMULATION, tmp_path, *arguments), run(SIMULATION, tmp_path, *arguments, EXOBASE_JIT="0"))


@pytest.mark.slow
def test_histories_stay_within_their_arrays(checked: Path) -> None:
    """Births, flights, arcs, collisions, broken molecules, splitting, loss and maps, every access checked."""
    assert_same(run(HISTORIES, checked, "60", "1"), run(HISTORIES, checked, "60", "1", EXOBASE_BOUNDSCHECK="1"))


def test_a_few_histories_run_interpreted(tmp_path: Path) -> None:
    assert_same(run(HISTORIES, tmp_path, "5", "1"), run(HISTORIES, tmp_path, "5", "1", EXOBASE_JIT="0"))


@pytest.mark.slow
def test_histories_of_ions_stay_within_their_arrays(checked: Path) -> None:
    """Pickup, solar wind, draped field, charge exchange, rain, cube, ring and traced paths, every access checked."""
    assert_same(run(IONS, checked, "60", "5"), run(IONS, checked, "60", "5", EXOBASE_BOUNDSCHECK="1"))


def test_a_few_histories_of_ions_run_interpreted(tmp_path: Path) -> None:
    assert_same(run(IONS, tmp_path, "4", "5"), run(IONS, tmp_path, "4", "5", EXOBASE_JIT="0"))
