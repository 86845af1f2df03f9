"""Relaxation of homogeneous Maxwell molecules (omega = 1, sigma g constant), exact in time.

Two gases: T1 - T2 decays at 2 m1 m2/(m1+m2)^2 kappa (n1 + n2) (Morse 1963). One gas from the distribution c^4
exp(-c^2/(K U^2)), K = 0.6: <c^2n>/equilibrium = K^(n-1) [n - (n-1) K] with K = 1 - 0.4 exp(-nu t/6), nu = n kappa
(Bobylev, Krook & Wu 1976-77). For Maxwell molecules every pair is as likely as any other, so the simulated process has
the exact rates for any step.

Tolerances (PHYSICS.md section 4): 1 % of the temperature difference; 0.2 % and 0.5 % for moments 4 and 6 with 1e6
particles, whose standard errors at fixed energy are 0.073 % and 0.23 % (variances of c^4 and c^6 less the part
explained by c^2).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from box import Box, gas, one_cell

from exobase.analytic import relaxation
from exobase.constants import K_B


def kappa_of(box: Box, pair: int) -> float:
    """sigma g of a pair [m3/s]."""
    assert box.pairs.exponent[pair] == pytest.approx(0.0, abs=1e-15)
    return float(box.pairs.coefficient[pair])


@pytest.mark.parametrize(
    ("numbers", "densities"), [([1_000_000, 1_000_000], [1e20, 1e20]), ([500_000, 1_500_000], [1e20, 3e20])]
)
def test_two_temperatures_approach_each_other_at_the_exact_rate(numbers: list[int], densities: list[float]) -> None:
    """4 u at 600 K in 40 u at 200 K, equal weights, to 1.2 decay times, where 1 % of the difference is 3 standard
    errors.
    """
    kinds = [gas("A", 4.0, omega=1.0), gas("B", 40.0, omega=1.0)]
    probe = one_cell(kinds, numbers, densities, 1.0)
    rate = float(relaxation.temperature_relaxation_rate(*densities, kinds[0].mass, kinds[1].mass, kappa_of(probe, 1)))
    box = one_cell(kinds, numbers, densities, 0.05 / rate, seed=5, hottest=600.0)
    box.maxwellian(np.array([600.0, 200.0]))
    for _ in range(6):
        box.collide(4)
        exact = relaxation.two_temperatures(
            box.time, 600.0, 200.0, *densities, kinds[0].mass, kinds[1].mass, kappa_of(box, 1)
        )
        difference = float(exact.first - exact.second)
        assert box.temperature(0) - box.temperature(1) == pytest.approx(difference, rel=0.01, abs=0.0)
        assert box.temperature(0) == pytest.approx(float(exact.first), rel=3e-3, abs=0.0)
        assert box.temperature(1) == pytest.approx(float(exact.second), rel=3e-3, abs=0.0)
    assert difference < 0.31 * 400.0


def test_unequal_weights_relax_at_the_same_rate() -> None:
    """The same densities with weights 4 to 1: fewer particles of A. 400 boxes, mean within 4.5 of its own standard
    errors.
    """
    kinds, densities = [gas("A", 4.0, omega=1.0), gas("B", 40.0, omega=1.0)], [1e20, 1e20]
    probe = one_cell(kinds, [1, 1], densities, 1.0)
    rate = float(relaxation.temperature_relaxation_rate(*densities, kinds[0].mass, kinds[1].mass, kappa_of(probe, 1)))
    cells, found = 400, []
    box = Box(
        kinds, np.tile([[250, 1000]], (cells, 1)), np.array([4.0, 1.0]) * 1e17, 1.0, 0.05 / rate, seed=6, hottest=600.0
    )
    box.maxwellian(np.array([600.0, 200.0]))
    box.collide(20)
    for s in range(2):
        energy = box.mass[s] * (box.v**2).sum(axis=0) / (3.0 * K_B)
        found.append(np.bincount(box.cell_of[box.species_of == s], energy[box.species_of == s]) / (250, 1000)[s])
    exact = relaxation.two_temperatures(
        box.time, 600.0, 200.0, 1e20, 1e20, kinds[0].mass, kinds[1].mass, kappa_of(box, 1)
    )
    for values, expected in zip(found, (float(exact.first), float(exact.second)), strict=True):
        error = values.std(ddof=1) / math.sqrt(cells)
        assert error < 0.006 * expected
        assert abs(values.mean() - expected) < 4.5 * error


@pytest.fixture(scope="module")
def krook() -> list[tuple[float, float, float]]:
    """(nu t, fourth, sixth moment over equilibrium) of 1e6 particles along the relaxation, by nu t = 0.25."""
    n, density = 1_000_000, 1e20
    kind = gas("A", 28.0, omega=1.0)
    probe = one_cell([kind], [n], [density], 1.0)
    nu = density * kappa_of(probe, 0)
    box = one_cell([kind], [n], [density], 0.25 / nu, seed=7)
    rng = np.random.default_rng(7)
    u2 = 2.0 * K_B * 300.0 / kind.mass
    speed = np.sqrt(0.6 * u2 * rng.gamma(2.5, 1.0, n))
    direction = rng.normal(size=(3, n))
    box.v[:] = speed * direction / np.sqrt((direction**2).sum(axis=0))
    box.v[:] -= box.v.mean(axis=1, keepdims=True)
    box.v[:] *= math.sqrt(1.5 * u2 / float((box.v**2).sum(axis=0).mean()))
    rows = []
    for step in range(25):
        if step:
            box.collide()
        c2 = (box.v**2).sum(axis=0) / u2
        rows.append((nu * box.time, float((c2**2).mean()) / 3.75, float((c2**3).mean()) / 13.125))
    assert box.collisions() == pytest.approx(0.5 * n * 24 * 0.25, rel=1e-5, abs=0.0)
    return rows


@pytest.mark.parametrize(("order", "accept", "sigma"), [(2, 2e-3, 0.73e-3), (3, 5e-3, 2.3e-3)])
def test_moments_follow_bobylev_krook_wu(
    krook: list[tuple[float, float, float]], order: int, accept: float, sigma: float
) -> None:
    """Mean deviation over the whole relaxation within the accepted one, each time within 4 standard errors of its
    own.
    """
    deviations = np.array([row[order - 1] / float(relaxation.bkw_moment(order, row[0])) - 1.0 for row in krook])
    assert abs(deviations.mean()) < accept
    assert np.abs(deviations).max() < 4.0 * sigma
    first, last = krook[0][order - 1], krook[-1][order - 1]
    assert first < {2: 0.85, 3: 0.66}[order]
    assert last > 0.93


def test_the_moments_would_betray_a_wrong_rate(krook: list[tuple[float, float, float]]) -> None:
    """Contrast: theory with nu 6 % too large misses by more than the accepted deviation."""
    wrong = [row[2] / float(relaxation.bkw_moment(3, 1.06 * row[0])) - 1.0 for row in krook]
    assert np.abs(wrong).max() > 5e-3
