"""A photochemical source in a DSMC gas gives the escape of hot atoms that histories give in the same gas.

Hot O of the recombination of O2+ at Mars, born around and above the exobase of an isothermal carbon dioxide, hard
spheres. In the gas of cells the atoms are a trace: their weights are 1e-10 of those of the carbon dioxide, which they
leave as it is. The histories move through the density, temperature and wind that the gas had, read from its result
file. Both must then agree, whatever the gas fluctuates.

What differs by construction stays far below the errors: histories end at 0.2 eV, where the gas would have to give an
atom back 1.7 eV (100 kT) to let it escape; cells let an atom collide at the ends of steps, at most 0.3 times per step;
the gas of cells ends at the outer boundary, where the rest of the atmosphere is 1e-4 mean free paths thick.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.case import make_case, make_history_case
from exobase.histories.outcome import Outcome
from exobase.histories.simulation import HistorySimulation
from exobase.simulation import Simulation, escape_estimates, write_outcome
from exobase.simulation.births import birth_rates
from exobase.simulation.history import count_ledger
from exobase.tallies.ledger import Entry

SIGMAS = 3.0
BURN_IN, STEPS = 800, 8000
PLASMA = """altitude [km], density_O2+ [cm-3], density_e [cm-3], T_i [K], T_e [K]
160, 3e3, 3e3, 220, 400
185, 3e4, 3e4, 260, 700
200, 2e4, 2e4, 400, 1200
220, 5e3, 5e3, 600, 1500
260, 3e2, 3e2, 1000, 2200
"""
DOMAIN = {"inner_altitude": "160 km", "outer_altitude": "260 km"}
DIAMETER = "4.3 angstrom"


def source(folder: Path) -> dict[str, Any]:
    """Recombination of O2+, a millionth of it: a trace."""
    table = str(folder / "plasma.csv")
    return {"type": "dissociative_recombination", "ion": "O2+", "species": "O", "table": table, "scale": 1e-6}


def gas(folder: Path) -> Simulation:
    """Carbon dioxide on a reservoir, and oxygen that the source alone brings in; its result file is written."""
    case = make_case(
        {
            "solver": "dsmc",
            "collisions": "hard_sphere",
            "rotation": "off",
            "body": {"name": "Mars"},
            "domain": DOMAIN,
            "species": [
                {"name": "CO2", "density": "2e9 cm-3", "temperature": "200 K"},
                {"name": "O", "density": "0 cm-3", "temperature": "200 K", "particles_factor": 4},
            ],
            "pair": [{"species": ["O", "CO2"], "diameter": DIAMETER}],
            "source": [source(folder)],
            "grid": {"adapt": False},
            "weights": {"power": 0.5},
            "run": {"seed": 1, "particles_per_cell": 250},
        }
    )
    sim = Simulation(case)
    sim.step(BURN_IN)
    sim.start_tally()
    sim.step(STEPS)
    write_outcome(sim, folder / "result.h5", {})
    return sim


def histories(folder: Path, diameter: str = DIAMETER) -> HistorySimulation:
    """The same atoms followed one by one through the gas of the result file."""
    case = make_history_case(
        {
            "solver": "test_particle",
            "secondaries": False,
            "body": {"name": "Mars"},
            "domain": DOMAIN,
            "background": {"table": "result.h5", "species": ["CO2"], "below": "barometric"},
            "species": [{"name": "O", "threshold": "0.2 eV"}],
            "collision": [{"pair": ["O", "CO2"], "law": "hard_sphere", "diameter": diameter}],
            "source": [{**source(folder), "illumination": "global"}],
            "run": {"seed": 3, "histories_per_batch": 1000, "batches_per_round": 128},
            "tally": {"shells": 10, "energy_bins": 20},
        },
        path=folder,
    )
    sim = HistorySimulation(case)
    sim.round()
    return sim


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Simulation, HistorySimulation, Path]:
    folder = tmp_path_factory.mktemp("hot")
    (folder / "plasma.csv").write_text(PLASMA)
    return gas(folder), histories(folder), folder


def test_hot_atoms_escape_from_cells_as_from_histories(runs: tuple[Simulation, HistorySimulation, Path]) -> None:
    in_cells = escape_estimates(runs[0]).rate[1]
    rate, stderr = (float(v[0]) for v in Outcome(runs[1]).escape_rate())
    error = float(np.hypot(in_cells.stderr, stderr))
    assert error < 0.016 * rate
    assert abs(in_cells.mean - rate) < SIGMAS * error


def test_the_comparison_sees_the_collisions(runs: tuple[Simulation, HistorySimulation, Path]) -> None:
    """With diameters of 0.8 (sections of 0.64) the histories no longer agree with the cells."""
    in_cells = escape_estimates(runs[0]).rate[1]
    rate, stderr = (float(v[0]) for v in Outcome(histories(runs[2], "3.44 angstrom")).escape_rate())
    assert rate - in_cells.mean > 2.0 * SIGMAS * float(np.hypot(in_cells.stderr, stderr))


def test_both_solvers_have_the_same_births(runs: tuple[Simulation, HistorySimulation, Path]) -> None:
    """Two atoms of oxygen per recombination; and what is born in cells is in the ledger, which closes."""
    born = birth_rates(runs[0].case)[0, 1]
    assert born == pytest.approx(2.0 * float(runs[1].births.rate[0]), rel=1e-12, abs=0.0)
    counts, alive, _ = count_ledger(runs[0].engine)
    spread = float(counts[1, Entry.BORN]) ** -0.5
    assert runs[0].history.rates(Entry.BORN)[:, 1].mean() == pytest.approx(born, rel=4.0 * spread, abs=0.0)
    came, left = counts[1, [Entry.BORN, Entry.CLONED]].sum(), counts[1, [Entry.REMOVED, Entry.ABSORBED, Entry.ESCAPED]]
    assert counts[1, [Entry.INITIAL, Entry.EMITTED]].tolist() == [0, 0]
    assert came == left.sum() + alive[1]


def test_the_trace_leaves_the_gas_alone(runs: tuple[Simulation, HistorySimulation, Path]) -> None:
    content = np.array(runs[0].history.content)[-1]
    assert content[1] < 1e-8 * content[0]
