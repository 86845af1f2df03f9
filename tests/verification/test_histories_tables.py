"""Test particles with tables of cross sections: free paths and energy losses against exact results.

A beam of oxygen leaves an exponential column of cold gas with exp(-sigma N) where one collision ends a history; sigma
is that of the energy in the centre of mass. In one collision with a target at rest it loses, on average,
2 m1 m2/(m1 + m2)^2 sigma_1/sigma of its energy, sigma_1 the momentum transfer.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.constants import EV
from exobase.histories.simulation import HistorySimulation
from exobase.io import read_elastic
from exobase.species import species
from exobase.tallies.scores import COLLISIONS, HEAT
from exobase_verify.rows.histories import BATCHES, COLD, HEIGHT, share_escaping
from exobase_verify.trials import PLANE, metres, scored, trial

TOTALS = "energy [eV], sigma [A2]\n0.1, 40\n1, 10\n10, 5\n"
"""sigma = 10 A2 E^-0.602 between 0.1 and 1 eV."""
ANGLES = """energy [eV], angle [deg], dsigma [A2 sr-1]
0.5, 0.2, 3e5
0.5, 3, 400
0.5, 40, 2
0.5, 120, 0.5
4, 0.2, 4e5
4, 5, 80
4, 60, 0.7
4, 180, 0.2
"""


def beam(folder: Path, text: str, target: str, energy: float, depth: float, threshold: float, histories: int) -> Any:
    """Upward oxygen of an energy [eV] through a column of cold gas with sigma N = ``depth`` at 1e-19 m2."""
    file = folder / "table.csv"
    file.write_text(text)
    density = depth / (1e-19 * HEIGHT)
    return trial(
        {
            "body": {"gm": "0 m3 s-2", "radius": metres(PLANE)},
            "domain": {"inner_altitude": "0 km", "outer_altitude": metres(30.0 * HEIGHT), "collision_depth": 1e-6},
            "background": {
                "gas": [
                    {"name": target, "density": f"{density!r} m-3", "temperature": COLD, "scale_height": metres(HEIGHT)}
                ]
            },
            "species": [{"name": "O", "threshold": f"{threshold!r} eV"}],
            "collision": [
                {"pair": ["O", target], "law": "table", "table": str(file), "below": "constant"},
            ],
            "source": [
                {
                    "type": "mono_energetic", "species": "O", "energy": f"{energy} eV", "launch": "beam",
                    "angle": "0 deg", "altitude": "0 m", "rate": "1 s-1",
                }
            ],
            "run": {"histories_per_batch": histories},
        }
    )  # fmt: skip


@pytest.mark.parametrize("energy", [0.3, 1.8, 30.0])
def test_the_free_path_is_that_of_the_table(tmp_path: Path, energy: float) -> None:
    """Of O in O half the energy is in the centre of mass: 15 eV lie where it is constant."""
    text = TOTALS.replace("10, 5", "10, 5\n20, 5")
    sim: HistorySimulation = beam(tmp_path, text, "O", energy, 1.0, energy * (1.0 - 1e-7), 2000)
    share, error = share_escaping(sim, BATCHES)
    sigma = 10.0 * (0.5 * energy) ** -math.log10(4.0) if energy < 2.0 else 5.0
    exact = math.exp(-0.1 * sigma)
    assert error < 0.006
    assert abs(share - exact) < 4.0 * error


@pytest.mark.parametrize(("number", "sharp"), [(25_000, 0.02), pytest.param(100_000, 0.01, marks=pytest.mark.slow)])
def test_the_mean_energy_lost_in_a_collision_is_that_of_the_momentum_transfer(
    tmp_path: Path, number: int, sharp: float
) -> None:
    """O of 2 eV in CO2. Of the collisions 1 % are second ones, with 5 % less energy: a bias of 5e-4."""
    energy = 2.0
    sim: HistorySimulation = beam(tmp_path, ANGLES, "CO2", energy, 5e-3, 0.01, number)
    sums = [(s.exchange[HEAT], s.work[COLLISIONS]) for s in scored(sim, BATCHES)]
    heat, met = np.array(sums).T
    m1, m2 = species("O").mass, species("CO2").mass
    table = read_elastic(tmp_path / "table.csv")
    at = energy * EV * m2 / (m1 + m2)
    part = float(table.momentum_transfer(at) / table.section(at))
    exact = 2.0 * m1 * m2 / (m1 + m2) ** 2 * part * energy * EV
    per_history = 1.0 / number
    found = heat.sum() / (met.sum() * per_history)
    ratio = heat / (met * per_history)
    error = float(ratio.std(ddof=1)) / math.sqrt(BATCHES)
    assert met.sum() > number
    assert error < sharp * exact
    assert abs(found - exact) < 4.0 * error
