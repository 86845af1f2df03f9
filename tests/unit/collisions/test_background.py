"""Collisions with a background: intervals, densities, Maxwellian velocities, partners, and the bound of the rate.

A Maxwellian of most probable speed u has <c_i^2> = u^2/2 and <c> = 2 u/sqrt(pi).
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.collisions.background import (
    THERMAL_CUT,
    bulk_velocity,
    candidate_rates,
    choose_partner,
    density,
    interval,
    thermal_velocity,
)
from exobase.cross_sections.scattering import total
from exobase.histories.simulation import HistorySimulation
from small_histories import mars


@pytest.fixture(scope="module")
def sim() -> HistorySimulation:
    return HistorySimulation(mars())


def test_an_interval_holds_its_lower_node_and_the_ends_hold_the_rest(sim: HistorySimulation) -> None:
    r = sim.air.r
    rng = np.random.default_rng(1)
    for x in [*r[:-1], *rng.uniform(r[0], r[-1], 300)]:
        assert interval(sim.air, x) == np.searchsorted(r, x, side="right") - 1
    assert interval(sim.air, 0.9 * r[0]) == 0
    assert interval(sim.air, r[-1]) == interval(sim.air, 2.0 * r[-1]) == r.size - 2


def test_density_is_log_linear_between_nodes(sim: HistorySimulation) -> None:
    air, k = sim.air, 3
    for t in range(2):
        ends = [density(air, t, k, air.r[k]), density(air, t, k, air.r[k + 1])]
        assert ends == pytest.approx(np.exp(air.ln_n[t, k : k + 2]), rel=1e-12)
        middle = density(air, t, k, 0.5 * (air.r[k] + air.r[k + 1]))
        assert middle == pytest.approx(math.sqrt(ends[0] * ends[1]), rel=1e-12)


def test_rotation_is_about_the_poles(sim: HistorySimulation) -> None:
    air = sim.air._replace(rotation=1e-4)
    assert bulk_velocity(air, 0, 0, 1e6, 2e6, 3e6, 4e6) == pytest.approx((-200.0, 100.0, 0.0))


def test_thermal_velocities_are_maxwellian_and_cut() -> None:
    """2e5 draws, 4 standard errors."""
    state, u, n = np.uint64(7), 300.0, 200_000
    found = np.empty((n, 3))
    with np.errstate(over="ignore"):
        for k in range(n):
            state, *found[k] = thermal_velocity(np.uint64(state), u)
    assert np.abs(found.mean(axis=0)).max() < 4.0 * u / math.sqrt(2.0 * n)
    square = (found**2).mean(axis=0) / (0.5 * u * u)
    assert np.abs(square - 1.0).max() < 4.0 * math.sqrt(2.0 / n)
    speed = np.linalg.norm(found, axis=1)
    assert speed.mean() == pytest.approx(2.0 * u / math.sqrt(math.pi), rel=4.0 * 0.42 / math.sqrt(n))
    assert speed.max() <= THERMAL_CUT * u * (1.0 + 1e-12)


def test_partners_are_drawn_by_their_shares_and_never_one_without_a_rate() -> None:
    rates = np.array([0.0, 3.0, 0.0, 1.0, 0.0])
    chosen = [choose_partner(rates, 4.0, u) for u in (1e-9, 0.3, 0.7499, 0.7501, 1.0 - 1e-16)]
    assert chosen == [1, 1, 1, 3, 3]


def test_no_rate_exceeds_its_bound_within_reach(sim: HistorySimulation) -> None:
    """Anywhere within reach of an interval, for all speeds up to the given one and thermal ones up to the cut."""
    air, tables = sim.air, sim.scattering
    partners = tables.target.size
    rates = np.zeros(partners)
    rng = np.random.default_rng(2)
    mass = sim.world.mass
    closest = 0.0
    for _ in range(400):
        p, k = int(rng.integers(2)), int(rng.integers(air.r.size - 1))
        fast = 10.0 ** rng.uniform(2.5, 4.5)
        assert candidate_rates(air, tables, p, k, fast, rates) == pytest.approx(rates.sum())
        r = min(max(rng.uniform(air.r[k] - air.reach[k], air.r[k + 1] + air.reach[k]), air.r[0]), air.top * (1 - 1e-12))
        for b in range(partners):
            t = tables.target[b]
            most = fast + THERMAL_CUT * air.u_max[t, k] + air.wind_max[k]
            for g in (most, most * rng.random()):
                energy = 0.5 * mass[p] * tables.mass[b] / (mass[p] + tables.mass[b]) * g * g
                sigma = total(tables, p * partners + b, energy)
                rate = tables.number[b] * density(air, t, interval(air, r), r) * sigma * g
                assert rate <= rates[b] * (1.0 + 1e-12)
                closest = max(closest, rate / rates[b] if rates[b] > 0.0 else 0.0)
    assert closest > 0.9
