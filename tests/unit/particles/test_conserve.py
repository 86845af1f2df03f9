"""Debts of momentum and energy: what a cell gains by unequal weights is paid back, by its core, a share in each step.

A payment v' = o + s v changes the momentum P of a core of mass M by M du and its energy by M u du + M du^2/2 +
(s^2 - 1) E_thermal; du and s are such that these are -share times the debt. Sums of a cell less its debt are therefore
the same before and after everything that keeps them only on average.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from exobase.case import make_case
from exobase.constants import K_B
from exobase.geometry.motion import specific_energy
from exobase.particles.conserve import CORE, Keeper, draw_remainders, owe, pay_back
from exobase.rng import step_key
from exobase.simulation import Simulation, engine
from exobase.tallies.ledger import ENTRIES, Books, Entry

Array = NDArray[np.float64]
MASS = np.array([2.0, 5.0])
LEVELS = 3
GAS: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "body": {"jeans_parameter": 6.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 2.0},
    "grid": {"spacing": "log", "cells": 24},
    "species": [
        {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.02}
    ],
    "weights": {"energy_levels": 5, "energy_first": 1.5, "energy_step": 1.2},
    "run": {"particles_per_cell": 30},
}


def books(rows: int) -> Books:
    tables = (np.zeros((rows, ENTRIES)) for _ in range(3))
    counts, spectrum = np.zeros((rows, ENTRIES), dtype=np.int64), np.zeros((1, 4), dtype=np.int64)
    return Books(counts, *tables, spectrum, np.ones(1), np.ones(1))


class Cells:
    """Two cells, two species, three levels (the core: one and two of them), with particles at random."""

    def __init__(self, per_group: int, columns: int = 5) -> None:
        rng = np.random.default_rng(4)
        counts = np.full(12, per_group)
        self.start = np.concatenate([[0], np.cumsum(counts)])
        self.x = rng.normal(100.0, 300.0, (columns, int(self.start[-1]) + 8))
        self.omega = rng.uniform(0.5, 2.0, 12)
        self.keeper = Keeper(MASS, LEVELS, np.array([1, 2, 1, 2]), np.zeros(0), np.zeros((2, 4)))
        self.books = books(4)

    def sums(self) -> Array:
        """Momentum and energy of each cell [2, 4], directly."""
        n = self.start[-1]
        group = np.repeat(np.arange(12), np.diff(self.start))
        weight = self.omega[group] * MASS[group % 6 // LEVELS]
        v = self.x[1:4, :n]
        energy = 0.5 * (v**2).sum(axis=0) + (self.x[4, :n] if self.x.shape[0] > 4 else 0.0)
        return np.array([np.bincount(group // 6, weight * q, 2) for q in (*v, energy)]).T

    def in_core(self) -> NDArray[np.bool_]:
        group = np.repeat(np.arange(12), np.diff(self.start))
        return np.asarray(group % LEVELS < self.keeper.core[group // LEVELS])


@pytest.mark.parametrize("columns", [4, 5])
def test_debts_are_sums_of_momentum_and_energy(columns: int) -> None:
    cells = Cells(20, columns)
    owe(cells.x, cells.start, cells.omega, cells.keeper, 1.0)
    np.testing.assert_allclose(cells.keeper.debt, cells.sums(), rtol=1e-12)
    owe(cells.x, cells.start, cells.omega, cells.keeper, -1.0)
    assert (np.abs(cells.keeper.debt) <= 1e-14 * np.abs(cells.sums()).max(axis=0)).all()


def test_the_core_pays_the_share_and_the_rest_stays_owed() -> None:
    cells = Cells(20)
    before, old = cells.sums(), cells.x.copy()
    scale = np.abs(before).max(axis=0)
    debt = np.array([[3e-3, -2e-3, 1e-3, 5e-3], [-1e-3, 2e-3, 3e-3, -4e-3]]) * scale
    cells.keeper.debt[:] = debt
    pay_back(cells.x, cells.start, cells.omega, cells.keeper, 0.1, cells.books)
    np.testing.assert_allclose(cells.sums() - before, -0.1 * debt, rtol=1e-9)
    np.testing.assert_allclose(cells.keeper.debt, 0.9 * debt, rtol=1e-12)
    tail = np.append(~cells.in_core(), np.ones(8, dtype=np.bool_))
    assert np.array_equal(cells.x[:, tail], old[:, tail])
    assert np.array_equal(cells.x[[0, 4]], old[[0, 4]])
    booked = (cells.books.energy[:, Entry.COLLISION_WEIGHT].reshape(2, 2) * MASS).sum(axis=1)
    np.testing.assert_allclose(booked, -0.1 * debt[:, 3], rtol=1e-9)


def test_a_payment_has_a_limit_and_few_particles_pay_nothing() -> None:
    cells = Cells(20)
    before = cells.sums()
    cells.keeper.debt[0, 3] = 100.0 * before[0, 3]
    pay_back(cells.x, cells.start, cells.omega, cells.keeper, 0.1, cells.books)
    paid = before[0, 3] - cells.sums()[0, 3]
    assert 0.0 < paid < 0.05 * before[0, 3]
    assert cells.keeper.debt[0, 3] == pytest.approx(100.0 * before[0, 3] - paid, rel=1e-12, abs=0.0)
    few = Cells(1)
    few.keeper.debt[:] = 1.0
    old = few.x.copy()
    pay_back(few.x, few.start, few.omega, few.keeper, 0.1, few.books)
    assert np.array_equal(few.x, old)
    assert (few.keeper.debt == 1.0).all()


def test_first_remainders_are_uniform_and_belong_to_cells() -> None:
    key = np.uint64(step_key(3, 1, 0))
    whole, part = np.zeros(4000), np.zeros(400)
    draw_remainders(key, 0, 4, whole)
    draw_remainders(key, 100, 4, part)
    assert np.array_equal(whole[400:800], part)
    assert 0.0 < whole.min() < whole.max() < 1.0
    assert abs(whole.mean() - 0.5) < 4.0 / np.sqrt(12.0 * whole.size)


def cell_sums(sim: Simulation) -> Array:
    e = sim.engine
    out = np.zeros((e.ncell, 4))
    owe(e.particles.x, e.particles.start, e.group_omega, e.keeper._replace(debt=out), 1.0)
    return out


@pytest.mark.parametrize("rotation", [{}, {"species.0.rotational_dof": 2, "species.0.rotational_number": 3.0}])
def test_collisions_keep_momentum_and_energy_of_every_cell_less_its_debt(rotation: dict[str, Any]) -> None:
    sim = Simulation(make_case(GAS, rotation))
    sim.step(50)
    e = sim.engine
    sums, owed = cell_sums(sim), e.debt.copy()
    e._collide(False)
    after = cell_sums(sim)
    assert (np.abs(after - sums)[:, 3] > 1e-6 * sums[:, 3]).mean() > 0.5
    scale = np.sqrt(sums[:, 3] * e.pairs.mass[0] * e.group_omega[:: e.width] * 100.0)[:, None] * np.ones(4)
    scale[:, 3] = sums[:, 3]
    assert (np.abs((after - e.debt) - (sums - owed)) <= 1e-11 * scale).all()


def test_the_core_are_the_levels_that_begin_below_two_kt() -> None:
    sim = Simulation(make_case(GAS))
    e = sim.engine
    centre = 0.5 * (e.cells.lo + e.cells.hi)
    kt = K_B * e.profile.temperature_at(centre)[0] / e.pairs.mass[0]
    for c in range(e.ncell):
        rest = specific_energy(e.motion, centre[c], 0.0, 0.0, 0.0)
        begins = [-np.inf, *(e.levels.first[0] + k * e.levels.step[0] for k in range(4))]
        assert e.core[c] == sum(b < rest + CORE * kt[c] for b in begins)
    assert e.core[0] < e.core[-1]


def test_debts_paid_back_keep_the_temperature_from_wandering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variance in time of the gas's energy per particle, against a run that pays nothing."""
    variance = []
    for share in (0.0, engine.SHARE):
        monkeypatch.setattr(engine, "SHARE", share)
        sim = Simulation(make_case(GAS, {"species.0.knudsen_number": 0.01, "grid.cells": 40}))
        sim.step(400)
        series = []
        for _ in range(120):
            sim.step(20)
            e = sim.engine
            number = (e.group_omega * np.diff(e.particles.start)).sum() * e.pairs.mass[0]
            series.append(cell_sums(sim)[:, 3].sum() / number)
        variance.append(np.var(series) / np.mean(series) ** 2)
    assert variance[1] < 0.5 * variance[0]
