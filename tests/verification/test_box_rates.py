"""Collision rates, mean free paths and pair counting of a gas at rest in a box.

Per volume and time n^2 <sigma g>/2 within a species and n1 n2 <sigma g> between two, <sigma g> = 2 sqrt(pi) d^2
sqrt(2kT_r/m_r) (T/T_r)^(1-omega); mean free path 1/(sqrt2 n sigma_T) (Bird 1994, sections 4.3-4.4). A box of N
particles has N(N-1)/2 pairs of like ones, so the exact number is that with n^2 replaced by N(N-1) (W/V)^2.

Tolerances: 0.3 % for the rate, 0.5 % for the path. Every test has so many collisions (> 5e5) that one standard error
1/sqrt(collisions) is below 0.14 %; the velocities have the exact temperature.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.analytic import kinetic
from exobase.constants import K_B
from exobase_verify.box import Box, gas, one_cell
from exobase_verify.rows.collision_rates import DENSITY, T, expected_rate, free_path, mixture, one_gas


@pytest.mark.parametrize("omega", [0.5, 0.75, 1.0])
def test_collision_rate_of_one_gas(omega: float) -> None:
    row, box = one_gas(omega)
    kind, found = box.species[0], box.collisions() / box.time
    nu = float(kinetic.collision_frequency(DENSITY, T, kind.mass, kind.diameter, omega))
    assert row.passed, row
    assert box.collisions() > 700_000
    assert not box.d.excess.any()
    assert found == pytest.approx(expected_rate(box, 0, 0, T), rel=3e-3, abs=0.0)
    per_volume = float(kinetic.like_pair_rate(DENSITY, T, kind.mass, kind.diameter, omega))
    assert found * box.weight[0] == pytest.approx(per_volume, rel=3e-3, abs=0.0)
    assert 2.0 * found / box.n == pytest.approx(nu, rel=3e-3, abs=0.0)


def test_the_rate_does_not_depend_on_the_majorant() -> None:
    """No-time-counter: more candidates, smaller acceptance. Majorants 1.5 times and 5 times as large, 0.3 % each."""
    kind = gas("A", 28.0, omega=0.75)
    nu = float(kinetic.collision_frequency(DENSITY, T, kind.mass, kind.diameter, 0.75))
    for factor in (9.0, 30.0):
        box = one_cell([kind], [100_000], [DENSITY], 0.2 / nu, seed=2, hottest=T, majorant_speed=factor)
        box.maxwellian(np.array([T]))
        box.collide(60)
        assert box.collisions() / box.time == pytest.approx(expected_rate(box, 0, 0, T), rel=3e-3, abs=0.0)


def test_a_majorant_that_is_too_small_grows_until_nothing_exceeds_it() -> None:
    """It changes only between steps; excesses are counted, and the rate is right afterwards."""
    kind = gas("A", 28.0)
    nu = float(kinetic.collision_frequency(DENSITY, T, kind.mass, kind.diameter))
    box = one_cell([kind], [100_000], [DENSITY], 0.2 / nu, hottest=T, majorant_speed=0.8)
    box.maxwellian(np.array([T]))
    box.collide(20)
    assert box.d.excess[0, 0] > 0
    before, excess, start = box.collisions(), int(box.d.excess[0, 0]), box.time
    box.collide(80)
    assert int(box.d.excess[0, 0]) - excess < 30
    rate = (box.collisions() - before) / (box.time - start)
    assert rate == pytest.approx(expected_rate(box, 0, 0, T), rel=3e-3, abs=0.0)


@pytest.mark.parametrize(("omega_1", "omega_2"), [(0.5, 0.5), (0.7, 0.9)])
@pytest.mark.parametrize("ratio", [1.0, 4.0, 0.0625])
def test_collision_rates_of_a_mixture(omega_1: float, omega_2: float, ratio: float) -> None:
    """Like and unlike pairs of molecules of 4 u and 40 u, at the same densities; see :func:`mixture`."""
    rows, box = mixture(omega_1, omega_2, ratio)
    assert box.weight[0] / box.weight[1] == pytest.approx(ratio, rel=1e-12, abs=0.0)
    for pair, row in enumerate(rows):
        expected = box.collisions(pair) / row.value
        assert expected > 3e4
        assert row.value == pytest.approx(1.0, rel=max(3e-3, 4.5 / math.sqrt(expected)), abs=0.0)
    nu = DENSITY * float(kinetic.rate_coefficient(T, box.mass[0], box.mass[1], 3.25e-10, 0.5 * (omega_1 + omega_2)))
    light = int(np.argmin(box.weight))
    per_particle = box.collisions(1) / box.time / box.numbers[0, light]
    assert per_particle == pytest.approx(nu, rel=0.02, abs=0.0)


@pytest.mark.parametrize("omega", [0.5, 0.75])
def test_mean_free_path(omega: float) -> None:
    """Distance flown by all particles over the number of their collisions, within 0.5 %."""
    row = free_path(omega)
    assert row.passed, row
    assert row.value == pytest.approx(row.reference, rel=5e-3, abs=0.0)


@pytest.mark.parametrize("mean", [2.0, 3.0, 5.0])
def test_few_particles_per_cell_give_the_rate_of_the_density(mean: float) -> None:
    """Poisson numbers: <N(N-1)> = <N>^2, so that 2e5 cells of mean 2-5 collide at n^2 <sigma g>/2 per volume.

    Counting N^2 would give 1/<N> too much (50, 33, 20 %); N <N> likewise. Standard error: sum of N(N-1) over cells and
    the collisions.
    """
    cells = 200_000
    numbers = np.random.default_rng(4).poisson(mean, (cells, 1))
    kind = gas("A", 28.0)
    nu = float(kinetic.collision_frequency(DENSITY, T, kind.mass, kind.diameter))
    weight = np.array([DENSITY / mean])
    box = Box([kind], numbers, weight, 1.0, 0.1 / nu, hottest=T, majorant_speed=9.0)
    box.maxwellian(np.array([T]))
    box.collide(20)
    expected = 0.5 * DENSITY * nu * box.time * cells / float(weight[0])
    pairs = numbers * (numbers - 1.0)
    error = math.hypot(1.0 / math.sqrt(box.collisions()), float(pairs.std() / pairs.mean()) / math.sqrt(cells))
    assert error < 0.005
    assert abs(box.collisions() / expected - 1.0) < 4.5 * error
    assert box.collisions() / box.time == pytest.approx(
        expected_rate(box, 0, 0, T), rel=4.5 / math.sqrt(box.collisions())
    )


def test_unlike_pairs_of_few_particles_are_all_counted() -> None:
    """N1 N2 of cells with 1 and 2 particles, and no collisions of a single particle with itself."""
    kinds = [gas("A", 4.0), gas("B", 40.0)]
    numbers = np.tile(np.array([[1, 2]]), (100_000, 1))
    k = float(kinetic.rate_coefficient(T, kinds[0].mass, kinds[1].mass, 4e-10))
    box = Box(kinds, numbers, np.array([1e20, 1e20]), 1.0, 0.05 / (1e20 * k), hottest=T, majorant_speed=9.0)
    box.maxwellian(np.array([T, T]))
    box.collide(20)
    assert box.collisions(0) == 0
    for pair, (a, b) in ((1, (0, 1)), (2, (1, 1))):
        count = box.collisions(pair)
        assert count / box.time == pytest.approx(expected_rate(box, a, b, T), rel=4.5 / math.sqrt(count), abs=0.0)


def test_every_pair_is_equally_likely() -> None:
    """Maxwell molecules accept regardless of speed: partners of 12 particles over 4e5 cells are uniform, by
    chi-square.
    """
    kind = gas("A", 28.0, omega=1.0)
    cells, n = 100_000, 12
    box = Box([kind], np.full((cells, 1), n), np.array([1.0]), 1.0, 1.0, hottest=T)
    k = float(box.pairs.coefficient[0])
    box = Box([kind], np.full((cells, 1), n), np.array([0.01 / k]), 1.0, 1.0, hottest=T)
    box.maxwellian(np.array([T]))
    hits = np.zeros((n, n))
    for _ in range(6):
        before = box.v.copy()
        box.collide()
        changed = np.any(before != box.v, axis=0).reshape(cells, n)
        for row in changed[changed.sum(axis=1) == 2]:
            i, j = np.flatnonzero(row)
            hits[i, j] += 1
    observed = hits[np.triu_indices(n, 1)]
    chi2 = float(((observed - observed.mean()) ** 2).sum() / observed.mean())
    assert observed.sum() > 50_000
    assert abs(chi2 - 65.0) < 4.5 * math.sqrt(130.0)


def test_scattering_is_isotropic() -> None:
    """Direction of the relative velocity after against before: cosine uniform in (-1, 1), azimuth uniform."""
    kind = gas("A", 28.0)
    cells = 200_000
    box = Box([kind], np.full((cells, 1), 2), np.array([1.0]), 1.0, 1.0, hottest=T)
    box.maxwellian(np.array([T]), exact=False)
    k = float(box.pairs.coefficient[0]) * math.sqrt(4.0 * K_B * T / kind.mass)
    box.omega[:] = 0.3 / k
    before = box.v.copy()
    box.collide()
    pairs = np.flatnonzero(np.any(before != box.v, axis=0).reshape(cells, 2).any(axis=1))
    g0, g1 = ((v[:, 2 * pairs] - v[:, 2 * pairs + 1]) for v in (before, box.v))
    cosine = (g0 * g1).sum(axis=0) / np.sqrt((g0**2).sum(axis=0) * (g1**2).sum(axis=0))
    n = cosine.size
    assert n > 30_000
    assert abs(cosine.mean()) < 4.5 * math.sqrt(1.0 / 3.0 / n)
    assert abs((cosine**2).mean() - 1.0 / 3.0) < 4.5 * math.sqrt(4.0 / 45.0 / n)
    unit = g1 / np.sqrt((g1**2).sum(axis=0))
    for a in range(3):
        assert abs(unit[a].mean()) < 4.5 * math.sqrt(1.0 / 3.0 / n)
        assert abs((unit[a] * unit[(a + 1) % 3]).mean()) < 4.5 * math.sqrt(1.0 / 15.0 / n)


def test_repeated_partners_are_found_and_separations_are_distances() -> None:
    """Two particles alone collide only with each other: every collision but the first repeats the pair."""
    kind = gas("A", 28.0)
    box = Box([kind], np.full((50, 1), 2), np.array([1.0]), 1.0, 1.0, hottest=T)
    box.maxwellian(np.array([T]), exact=False)
    box.x[0, : box.n] = np.tile([0.25, 0.75], 50)
    box.omega[:] = 20.0 / (float(box.pairs.coefficient[0]) * 500.0)
    box.collide(check=True)
    done = box.d.collisions[:, 0].copy()
    assert np.array_equal(box.d.checked[:, 0], done)
    assert np.array_equal(box.d.repeats[:, 0], np.maximum(done - 1, 0))
    np.testing.assert_allclose(box.d.separation[:, 0], 0.5 * done, rtol=1e-13)
    box.collide(3)
    assert np.array_equal(box.d.checked[:, 0], done)
