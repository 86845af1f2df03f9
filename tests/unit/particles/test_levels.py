"""Energy levels: every particle ends in the group of its energy, and its weight is kept in the mean.

A particle of flux weight w that goes to a level of weight w' becomes w/w' copies on average, so content, energy and
every other sum over particles keep their mean (clone/remove is unbiased), whatever the levels are.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from exobase.case import make_case
from exobase.geometry.motion import RADIAL, Motion, specific_energy
from exobase.particles.levels import Levels, assign_levels, level_of, mark_levels
from exobase.simulation import Simulation
from exobase.tallies.ledger import Entry

LEVELS = Levels(4, np.array([-10.0, -20.0]), np.array([2.0, 5.0]), np.ones(8))
GAS: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "body": {"jeans_parameter": 8.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 3.0},
    "species": [
        {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.05},
        {"name": "Y", "mass": "14 u", "diameter": "3 angstrom", "temperature": "100 K", "knudsen_number": 0.5},
    ],
    "weights": {"energy_levels": 5, "energy_first": 2.0, "energy_step": 1.5},
    "run": {"particles_per_cell": 60},
    "tally": {"sample_every": 2, "record_every": 10},
}


@pytest.mark.parametrize(
    ("species", "energy", "level"),
    [(0, -1e9, 0), (0, -10.1, 0), (0, -9.9, 1), (0, -7.9, 2), (0, -5.9, 3), (0, 1e9, 3), (1, -14.9, 2), (1, -9.9, 3)],
)
def test_levels_begin_at_the_first_energy_and_end_at_the_last(species: int, energy: float, level: int) -> None:
    assert level_of(LEVELS, species, energy) == level


def test_movers_get_the_group_of_their_energy_and_gone_ones_are_left_alone() -> None:
    motion, out = Motion(RADIAL, 30.0), np.zeros((6, 5))
    out[0], out[1] = 2.0, [0.0, 3.0, 4.0, 10.0, 10.0]
    key = np.array([0, 8, 12, -1, 4])
    assign_levels(motion, LEVELS, 2, out, key, 0, 5)
    energy = [specific_energy(motion, *out[:4, j]) for j in range(5)]
    species = [0, 0, 1, 0, 1]
    expected = [
        k + level_of(LEVELS, s, e) if k >= 0 else k for k, s, e in zip((0, 8, 12, -1, 4), species, energy, strict=True)
    ]
    assert key.tolist() == expected
    assert len(set(expected) - {0, 8, 12}) > 1


def test_particles_whose_energy_left_their_level_are_marked() -> None:
    motion, y = Motion(RADIAL, 30.0), np.zeros((4, 8))
    y[0], y[1] = 2.0, [0.0, 3.3, 0.0, 3.3, 4.0, 0.0, 0.0, 9.0]
    start = np.array([0, 2, 4, 4, 5, 6, 6, 6, 8])
    moved = np.zeros(8, dtype=np.bool_)
    mark_levels(motion, LEVELS, 2, start, y, moved)
    group = np.repeat(np.arange(8), np.diff(start))
    expected = [level_of(LEVELS, int(g) // 4, specific_energy(motion, *y[:, i])) != g % 4 for i, g in enumerate(group)]
    assert moved.tolist() == expected
    assert 0 < sum(expected) < 8


def test_every_particle_is_in_the_level_of_its_energy_before_collisions() -> None:
    """Without collisions energies are kept, so after a step all of them stand in their own level."""
    case = make_case(GAS, {"collisions": "off", "initial": "barometric", "allow_trapped": True})
    sim = Simulation(case)
    sim.step(3)
    e, s = sim.engine, sim.state()
    assert e.levels.number == 5
    energy = 0.5 * (s["v_normal"] ** 2 + s["v_tangent_1"] ** 2 + s["v_tangent_2"] ** 2) - case.gm / s["position"]
    kind = s["species"].astype(int)
    away = np.abs(((energy - e.levels.first[kind]) / e.levels.step[kind]) % 1.0 - 0.5) < 0.499
    level = [level_of(e.levels, k, x) for k, x in zip(kind[away], energy[away], strict=True)]
    assert np.array_equal(s["level"][away], level)
    assert np.unique(level).size == 5


def test_weights_fall_from_level_to_level_and_fill_the_upper_ones() -> None:
    sim = Simulation(make_case(GAS))
    sim.step(60)
    factor = sim.engine.levels.factor.reshape(2, 5)
    assert (factor[:, 0] == 1.0).all()
    assert (np.diff(factor, axis=1) <= 0.0).all()
    s = sim.state()
    for kind in range(2):
        number = np.bincount(s["level"][s["species"] == kind].astype(int), minlength=5)
        assert number.min() > 0.1 * number.max()


def test_levels_create_no_weight_on_average() -> None:
    """Net gain of clone/remove over its statistical error, in a gas whose particles change level all the time."""
    sim = Simulation(make_case(GAS))
    sim.step(200)
    gain = []
    for _ in range(60):
        before = sim.engine.books.weight[:, Entry.CLONED].sum()
        sim.step(10)
        gain.append(sim.engine.books.weight[:, Entry.CLONED].sum() - before)
    values = np.array(gain)
    assert values.std() > 0.0
    assert abs(values.mean()) < 4.0 * values.std() / math.sqrt(values.size)
