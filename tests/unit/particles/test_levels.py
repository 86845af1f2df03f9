"""Tracers of the fast tail: they leave the gas alone, stand in the level of their energy, and have the tail of the gas.

In a gas at rest in equilibrium the weight of the tracers above any energy must be that of the gas above it, whatever
the first level: births by pairs of slow particles, what tracers lift, and ends below the first level balance.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from exobase.case import make_case
from exobase.geometry.motion import RADIAL, Motion, specific_energy
from exobase.particles.levels import GONE, Levels, assign_levels, level_of, mark_levels
from exobase.particles.memory import LONGEST, PLACES, SHORTEST, Memory, horizon, no_memory, remember
from exobase.rng import step_key
from exobase.simulation import Simulation
from exobase.tallies.ledger import BALANCE, ENTRIES, Books, Entry

LEVELS = Levels(4, np.array([-10.0, -20.0]), np.array([2.0, 5.0]), np.array([3, 2]), np.ones(8))
GAS: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "initial": "barometric",
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


def books(rows: int) -> Books:
    tables = (np.zeros((rows, ENTRIES)) for _ in range(3))
    counts, spectrum = np.zeros((rows, ENTRIES), dtype=np.int64), np.zeros((1, 4), dtype=np.int64)
    return Books(counts, *tables, spectrum, np.ones(1), np.ones((1, 2)))


@pytest.mark.parametrize(
    ("species", "energy", "level"),
    [(0, -1e9, 0), (0, -10.1, 0), (0, -9.9, 1), (0, -7.9, 2), (0, -5.9, 3), (0, 1e9, 3), (1, -14.9, 2), (1, -9.9, 2)],
)
def test_levels_begin_at_the_first_energy_and_end_at_the_last_of_the_species(
    species: int, energy: float, level: int
) -> None:
    assert level_of(LEVELS, species, energy) == level


def test_tracers_go_to_the_level_of_their_energy_or_end_and_the_gas_stays_in_level_0() -> None:
    motion, out = Motion(RADIAL, 30.0), np.zeros((6, 6))
    out[0], out[1], out[4] = 2.0, [0.0, 3.3, 4.0, 10.0, 10.0, 4.0], 7.0
    key = np.array([1, 9, 13, -1, 8, 5])
    account = books(8)
    assign_levels(motion, LEVELS, 2, out, 4, key, 0, 6, account)
    energy = [specific_energy(motion, *out[:4, j]) for j in range(6)]
    assert energy[0] < LEVELS.first[0]
    assert key[0] == GONE
    assert key[1:].tolist() == [8 + level_of(LEVELS, 0, energy[1]), 12 + level_of(LEVELS, 1, energy[2]), -1, 8, 6]
    assert account.counts[1, Entry.REMOVED] == account.counts.sum() == 1
    assert account.weight[1, Entry.CLONED] == -7.0


def test_tracers_whose_energy_left_their_level_are_marked_and_the_gas_is_not() -> None:
    motion, y = Motion(RADIAL, 30.0), np.zeros((4, 8))
    y[0], y[1] = 2.0, [9.0, 3.3, 0.0, 3.3, 4.0, 9.0, 0.0, 9.0]
    start = np.array([0, 1, 3, 4, 4, 6, 7, 8, 8])
    moved = np.zeros(8, dtype=np.bool_)
    mark_levels(motion, LEVELS, 2, start, y, moved)
    group = np.repeat(np.arange(8), np.diff(start))
    expected = [
        g % 4 > 0 and level_of(LEVELS, int(g) // 4, specific_energy(motion, *y[:, i])) != g % 4
        for i, g in enumerate(group)
    ]
    assert moved.tolist() == expected
    assert 0 < sum(expected) < 8


def test_every_tracer_is_in_the_level_of_its_energy_and_the_gas_is_the_same_without_them() -> None:
    case = make_case(GAS)
    sim, plain = Simulation(case), Simulation(make_case(GAS, {"weights.energy_levels": 1}))
    sim.step(40)
    plain.step(40)
    e, s = sim.engine, sim.state()
    tracer = s["level"] > 0
    assert tracer.sum() > 1000
    energy = 0.5 * (s["v_normal"] ** 2 + s["v_tangent_1"] ** 2 + s["v_tangent_2"] ** 2) - case.gm / s["position"]
    kind = s["species"].astype(int)
    levels = [level_of(e.tables.levels, int(k), float(x)) for k, x in zip(kind[tracer], energy[tracer], strict=True)]
    # Collisions came last: what they changed is put right by the next step.
    assert (s["level"][tracer] == levels).mean() > 0.8
    # Tracers do not act on the gas: content and temperature differ by noise only, and by none without collisions.
    gas = {name: values[~tracer] for name, values in s.items()}
    assert gas["cell"].size == pytest.approx(plain.state()["cell"].size, rel=0.05)


def test_without_collisions_the_gas_is_the_same_to_the_bit_with_and_without_tracers() -> None:
    base = {**GAS, "species": GAS["species"][:1], "grid": {"cells": 20, "spacing": "log", "adapt": False}}
    sim, plain = Simulation(make_case(base)), Simulation(make_case(base, {"weights.energy_levels": 1}))
    for one in (sim, plain):
        t = one.engine.tables
        one.engine.tables = replace(t, pairs=t.pairs._replace(a=t.pairs.a[:0]))
        one.step(30)
    s, p = sim.state(), plain.state()
    gas = s["level"] == 0
    assert (~gas).sum() > 0
    for name in ("position", "v_normal", "v_tangent_1", "weight"):
        assert np.array_equal(s[name][gas], p[name])


def test_the_ledger_of_tracers_closes_in_number_and_weight() -> None:
    sim = Simulation(make_case(GAS))
    sim.step(100)
    e = sim.engine
    counts = e.state.counts.reshape(e.tables.ncell, 2, 2, ENTRIES).sum(axis=0)[:, 1]
    weight = e.state.weight.reshape(e.tables.ncell, 2, 2, ENTRIES).sum(axis=0)[:, 1]
    number = np.diff(e.particles.start).reshape(e.tables.ncell, 2, 5)[:, :, 1:]
    present = (number * e.tables.group_omega.reshape(e.tables.ncell, 2, 5)[:, :, 1:]).sum(axis=(0, 2))
    assert np.array_equal(counts @ BALANCE, number.sum(axis=(0, 2)))
    signs = BALANCE.copy()
    signs[Entry.REMOVED] = 0  # CLONED holds the net gain
    np.testing.assert_allclose(weight @ signs, present, rtol=1e-10)
    assert counts[:, [Entry.BORN, Entry.CLONED, Entry.REMOVED]].min() > 100


def present(sim: Simulation) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Columns, weights and which are tracers, those just born included."""
    e, s = sim.engine, sim.state()
    x = np.stack([s[name] for name in ("position", "v_normal", "v_tangent_1", "v_tangent_2")])
    born = e.flights.data
    dt = e.tables.cells.dt[born[-1].astype(np.int64) - e.tables.begin]
    weight = np.concatenate([s["weight"], born[e.tables.columns] * dt])
    return np.concatenate([x, born[:4]], axis=1), weight, np.concatenate([s["level"] > 0, np.ones(dt.size, dtype=bool)])


@pytest.mark.parametrize("first", [2.0, 4.0])
def test_the_weight_of_tracers_is_that_of_the_tail_of_the_gas(first: float) -> None:
    """By energy, in a thick gas, against the particles of the gas; errors from 12 blocks."""
    tables = {**GAS, "species": GAS["species"][:1], "weights": {"energy_levels": 6, "energy_first": first}}
    sim = Simulation(make_case(tables, {"run.particles_per_cell": 100, "species.0.knudsen_number": 0.03}))
    sim.step(600)
    level = sim.engine.tables.levels
    edges = level.first[0] + level.step[0] * np.array([0.0, 1.0, 2.0, 1e9])
    blocks = []
    for _ in range(12):
        sums = np.zeros((2, 3))
        for _ in range(25):
            sim.step(8)
            x, weight, tracer = present(sim)
            energy = 0.5 * (x[1:4] ** 2).sum(axis=0) - sim.case.gm / x[0]
            for k, part in enumerate((~tracer, tracer)):
                sums[k] += np.histogram(energy[part], edges, weights=weight[part])[0]
        blocks.append(sums)
    ratio = np.array([b[1] / b[0] for b in blocks])
    error = ratio.std(axis=0, ddof=1) / math.sqrt(len(blocks))
    assert (error < 0.08).all()
    assert (np.abs(ratio.mean(axis=0) - 1.0) < 3.5 * error + 0.01).all()


# ----- memory ---------------------------------------------------------------------------------------------------------


def fill_memory(steps: int, counts: NDArray[np.int64]) -> tuple[Memory, NDArray[np.float64]]:
    """A row whose gas has counts[step] particles at each step, which carry the number of the step as position."""
    memory = no_memory(1, 4, PLACES)
    for t in range(steps):
        x = np.full((4, int(counts[t])), float(t))
        start = np.array([0, counts[t], counts[t]])
        remember(np.uint64(step_key(3, 19, t)), 0, 1, 2, x, start, float(t), memory)
    return memory, memory.x[0, : memory.number[0], 0]


def test_a_cell_remembers_the_time_of_its_horizon_and_its_mean_number() -> None:
    counts = np.random.default_rng(1).poisson(2, 30_000)
    memory, when = fill_memory(30_000, counts)
    assert memory.number[0] == PLACES
    age = 30_000 - when
    assert age.mean() == pytest.approx(horizon(1e9, PLACES, 2.0), rel=0.25)
    assert memory.mean[0] == pytest.approx(2.0, rel=0.15)


def test_what_is_remembered_follows_the_number_of_particles() -> None:
    """Steps with four times the particles are remembered four times as often: no bias towards moments of few."""
    counts = np.where(np.arange(20_000) % 2 == 0, 4, 16)
    _, when = fill_memory(20_000, counts)
    share = (when % 2 == 1).mean()
    assert abs(share - 0.8) < 4.0 * math.sqrt(0.16 / PLACES)


def test_the_place_of_a_particle_in_its_row_is_no_advantage() -> None:
    """Rows stand in the order in which particles arrived. 400 rows of 100 that carry their place, from 0 to 1, with the
    shortest horizon (32 steps): its mean is 1/2 within 4 errors of 3e-4. Where later ones could only replace
    earlier ones it was .5026, and tracers lost 1 % of their escape at a horizon of 100 steps.
    """
    rows, n = 400, 100
    memory = no_memory(rows, 4, PLACES)
    x = np.tile((np.arange(n) + 0.5) / n, rows) * np.ones((4, 1))
    start = np.repeat(np.arange(rows + 1) * n, 2)[1:]
    means = []
    for t in range(32 * 16):
        remember(np.uint64(step_key(5, 19, t)), 0, 1, 2, x, start, 0.0, memory)
        if t % 32 == 31 and t > 100:
            means.append(memory.x[:, :, 0].mean())
    error = math.sqrt(1.0 / 12.0 / (rows * PLACES * len(means)))
    assert abs(np.mean(means) - 0.5) < 4.0 * 1.3 * error


def test_the_horizon_grows_with_the_age_of_the_memory_and_with_the_emptiness_of_the_cell() -> None:
    assert horizon(0.0, PLACES, 1.0) < horizon(400.0, PLACES, 1.0) < horizon(1e9, PLACES, 1.0)
    assert horizon(1e9, PLACES, 1000.0) == SHORTEST
    assert horizon(1e9, PLACES, 1e-3) == LONGEST
