"""Collisions of a gas in a box by tables of cross sections, against the laws that the tables sample.

Rates n^2 <sigma g>/2 and n1 n2 <sigma g> to 3 standard errors, 1/sqrt(collisions); relaxation as by hard spheres;
the exact rate of Maxwell molecules at every temperature; angles by the table; rotation and translation in equilibrium.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from exobase.analytic import kinetic
from exobase.constants import EV, K_B
from exobase.cross_sections.pair_rates import rate_coefficient
from exobase.cross_sections.tabulated import ISOTROPIC, QUANTILES, ElasticTable
from exobase.cross_sections.vhs import PairLaws
from exobase_verify.box import Box, gas, one_cell
from exobase_verify.rows.table_collisions import DENSITY, T, one_gas, tabulated, vhs_table


def rate(laws: PairLaws, box: Box, a: int, b: int, temperature: float) -> float:
    """Exact number of collisions per second of the particles of a box in equilibrium."""
    kinds, numbers = box.species, box.numbers[0]
    k = float(rate_coefficient(laws, a, b, temperature, kinds[a].mass, kinds[b].mass))
    pairs = 0.5 * numbers[a] * (numbers[a] - 1.0) if a == b else float(numbers[a]) * numbers[b]
    return float(pairs * k * max(box.weight[a], box.weight[b]) / box.volume)


def single(omega: float, **more: Any) -> tuple[Box, PairLaws, float]:
    """A box of one gas by the table of its law; also the collision frequency."""
    kind = gas("A", 28.0, omega=omega)
    laws = tabulated([kind], (0, 0, vhs_table(kind, kind, omega)))
    nu = float(kinetic.collision_frequency(DENSITY, T, kind.mass, kind.diameter, omega))
    return one_cell([kind], [50_000], [DENSITY], 0.2 / nu, hottest=T, laws=laws, **more), laws, nu


@pytest.mark.parametrize("omega", [0.5, 0.75, 1.0])
def test_the_collision_rate_of_tabulated_spheres(omega: float) -> None:
    """Hard spheres, VHS, and Maxwell molecules; 500 000 collisions, 0.14 % each; the table has the exact rate too."""
    row = one_gas(omega)
    assert abs(row.value - 1.0) < 3.0 * row.error < 5e-3
    box, laws, _ = single(omega)
    box.maxwellian(np.array([T]))
    box.collide(20)
    assert not box.d.excess.any()
    exact = float(kinetic.rate_coefficient(T, box.mass[0], box.mass[0], 4e-10, omega, 273.0))
    assert rate(laws, box, 0, 0, T) / (0.5 * 50_000 * 49_999 * box.weight[0] * exact) == pytest.approx(1.0, rel=1e-3)


def test_maxwell_molecules_collide_at_one_rate_at_all_temperatures() -> None:
    """sigma ~ 1/g: the same number of collisions at 100 and at 900 K."""
    box, laws, _ = single(1.0)
    for temperature in (100.0, 900.0):
        box.maxwellian(np.array([temperature]))
        before = box.collisions()
        start = box.time
        box.collide(50)
        n = box.collisions() - before
        assert abs(n / (box.time - start) / rate(laws, box, 0, 0, T) - 1.0) < 3.0 / math.sqrt(n) + 2e-4


def test_a_peak_above_thermal_speeds_is_within_the_majorant_from_the_start() -> None:
    """Ten times the cross section between 6 and 8 kT: the first majorant holds it; the rate is exact."""
    kt = K_B * T
    energy = np.array([0.01, 5.9, 6.0, 8.0, 8.1, 100.0]) * kt
    sigma = np.array([1.0, 1.0, 10.0, 10.0, 1.0, 1.0]) * 5e-19
    kind = gas("A", 28.0)
    table = ElasticTable("peak.csv", ISOTROPIC, tuple(energy), tuple(sigma), below="constant")
    laws = tabulated([kind], (0, 0, table))
    box = one_cell([kind], [50_000], [DENSITY], 2e-6, hottest=T, laws=laws)
    box.maxwellian(np.array([T]))
    box.collide(100)
    n = box.collisions()
    assert n > 100_000
    assert not box.d.excess.any()
    assert abs(n / box.time / rate(laws, box, 0, 0, T) - 1.0) < 3.0 / math.sqrt(n)


def test_two_gases_relax_as_hard_spheres_do() -> None:
    """4 u at 600 K and 40 u at 200 K, all pairs by tables or by the law: differences within 4.5 standard errors of the
    scatter between cells, which is below 1 %."""
    kinds, found = [gas("A", 4.0), gas("B", 40.0)], []
    nu = DENSITY * float(kinetic.rate_coefficient(T, kinds[0].mass, kinds[1].mass, 4e-10))
    listed = [(i, j, vhs_table(kinds[i], kinds[j], 0.5)) for i, j in ((0, 0), (0, 1), (1, 1))]
    for seed, laws in ((1, None), (2, tabulated(kinds, *listed))):
        weight = np.array([DENSITY, DENSITY]) / 2000.0
        box = Box(kinds, np.full((100, 2), 2000), weight, 1.0, 0.1 / nu, seed, hottest=600.0, laws=laws)
        box.maxwellian(np.array([600.0, 200.0]), exact=False)
        start = box.conserved()
        box.collide(20)
        assert np.abs(box.conserved()[:, 3] / start[:, 3] - 1.0).max() < 1e-12
        v = box.v[:, box.species_of == 0]
        energy = (v**2).sum(axis=0).reshape(100, 2000).mean(axis=1) * box.mass[0] / (3.0 * K_B)
        found.append((energy.mean(), energy.std() / 10.0))
    (one, error), (other, scatter) = found
    assert 420.0 < one < 560.0
    assert math.hypot(error, scatter) < 0.01 * one
    assert abs(one - other) < 4.5 * math.hypot(error, scatter)


@pytest.mark.parametrize("ratio", [1.0, 8.0])
def test_rates_of_a_mixture_with_unequal_weights(ratio: float) -> None:
    """Only the unlike pair has a table; the others keep their power law. 3.5 standard errors."""
    kinds = [gas("A", 4.0, omega=0.7), gas("B", 40.0, omega=0.8)]
    laws = tabulated(kinds, (0, 1, vhs_table(kinds[0], kinds[1], 0.75, 3e-10)))
    numbers = [int(20_000 / ratio), 20_000]
    nu = DENSITY * float(kinetic.rate_coefficient(T, kinds[0].mass, kinds[0].mass, 4e-10, 0.7))
    box = one_cell(kinds, numbers, [DENSITY, DENSITY], 0.1 / nu, hottest=T, laws=laws)
    box.maxwellian(np.array([T, T]))
    box.collide(60)
    for pair, (a, b) in enumerate(((0, 0), (0, 1), (1, 1))):
        n = box.collisions(pair)
        assert n > 10_000 / ratio
        assert abs(n / box.time / rate(laws, box, a, b, T) - 1.0) < 3.5 / math.sqrt(n)
    assert box.temperature(0) == pytest.approx(T, rel=0.02)


def test_deflections_in_a_gas_follow_the_table() -> None:
    """Quantiles at two energies, between them: chi-squared of the angle between g before and after in 20 equal parts.

    One light particle type on a nearly fixed one: pairs are found by their common centre of mass.
    """
    kind = gas("A", 28.0)
    angle, part = np.radians([2.0, 30.0, 100.0]), (0.5, 0.8, 0.95)
    flat = ElasticTable(
        "q.csv", QUANTILES, (1e-5 * EV, 10.0 * EV), (5e-19,) * 2, (tuple(angle),) * 2, (part,) * 2, "constant"
    )
    laws = tabulated([kind], (0, 0, flat))
    cells = 40_000
    box = Box([kind], np.full((cells, 1), 2), np.array([1.0]), 1.0, 1.0, 7, hottest=T, laws=laws)
    box.volume = 1.0
    box.cells = box.cells._replace(dt=np.full(cells, 0.5 / box.majorant[0, 0]))
    box.omega[:] = 1.0 / box.cells.dt[0]
    box.maxwellian(np.array([T]), exact=False)
    before = box.v.copy()
    box.collide(1)
    g = [v[:, 0::2] - v[:, 1::2] for v in (before, box.v)]
    met = box.d.collisions[:, 0] == 1.0
    assert met.sum() > 3000
    cosine = (g[0] * g[1]).sum(axis=0)[met] / np.sqrt((g[0] ** 2).sum(axis=0) * (g[1] ** 2).sum(axis=0))[met]
    nodes = 2.0 * np.sin(0.5 * np.array([0.0, *angle, math.pi])) ** 2
    edges = np.interp(np.linspace(0.0, 1.0, 21), [0.0, *part, 1.0], nodes)
    edges[0], edges[-1] = -1e-9, 2.0 + 1e-9
    count = np.histogram(1.0 - cosine, bins=edges)[0]
    expected = met.sum() / 20.0
    assert count.sum() == met.sum()
    assert chi2.sf(float(((count - expected) ** 2 / expected).sum()), 19) > 1e-3
    assert float((1.0 - cosine).mean()) == pytest.approx(
        float(flat.mean_deflections[0]), abs=4.0 * float((1.0 - cosine).std()) / math.sqrt(met.sum())
    )


def test_rotation_stays_in_equilibrium_with_a_table() -> None:
    """A cross section that falls steeply and has a step: T_rot = T within 4 standard errors after 30 relaxation times.

    With the exponent of the sphere that is like the table instead, T_rot would end away from T.
    """
    kt = K_B * T
    energy = np.array([0.01, 0.1, 1.0, 1.05, 3.0, 30.0]) * kt
    sigma = np.array([3e-18, 2e-18, 1.5e-18, 2e-19, 2e-19, 1e-19])
    kind = gas("A", 28.0, zeta=2.0, z=3.0)
    laws = tabulated([kind], (0, 0, ElasticTable("s.csv", ISOTROPIC, tuple(energy), tuple(sigma), below="constant")))
    nu = DENSITY * float(rate_coefficient(laws, 0, 0, T, kind.mass, kind.mass))
    box = one_cell([kind], [100_000], [DENSITY], 0.3 / nu, hottest=T, laws=laws)
    box.maxwellian(np.array([T]))
    box.rotate(np.array([T]))
    ratios = []
    for _ in range(12):
        box.collide(30)
        ratios.append(box.rotational_temperature(0) / box.temperature(0))
    mean, error = float(np.mean(ratios)), float(np.std(ratios, ddof=1)) / math.sqrt(12)
    assert error < 3e-3
    assert abs(mean - 1.0) < 4.0 * error
    assert rate(laws, box, 0, 0, T) == pytest.approx(box.collisions() / box.time, rel=5e-3)
