"""Relaxation of homogeneous Maxwell molecules (omega = 1, sigma g constant), exact in time.

Two gases: T1 - T2 decays at 2 m1 m2/(m1+m2)^2 kappa (n1 + n2) (Morse 1963). One gas from the distribution c^4
exp(-c^2/(K U^2)), K = 0.6: <c^2n>/equilibrium = K^(n-1) [n - (n-1) K] with K = 1 - 0.4 exp(-nu t/6), nu = n kappa
(Bobylev, Krook & Wu 1976-77). For Maxwell molecules every pair is as likely as any other, so the simulated process has
the exact rates for any step.

Tolerances: 1 % of the temperature difference; 0.2 % and 0.5 % for moments 4 and 6 with 1e6
particles, whose standard errors at fixed energy are 0.073 % and 0.23 % (variances of c^4 and c^6 less the part
explained by c^2).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import gammaincc

from exobase.analytic import relaxation
from exobase.constants import K_B
from exobase.tallies.ledger import Entry
from exobase_verify.box import Array, Box, gas, one_cell
from exobase_verify.rows.relaxation import bkw_rows, kappa_of, krook, two_temperatures


@pytest.mark.parametrize(
    ("numbers", "densities"), [([1_000_000, 1_000_000], [1e20, 1e20]), ([500_000, 1_500_000], [1e20, 3e20])]
)
def test_two_temperatures_approach_each_other_at_the_exact_rate(numbers: list[int], densities: list[float]) -> None:
    """4 u at 600 K in 40 u at 200 K, equal weights, to 1.2 decay times: rate and difference within 1 % at all times."""
    row = two_temperatures(numbers, densities)
    assert row.passed, row
    (curve,) = row.curves
    assert len(curve.x) == 7
    assert curve.value == pytest.approx(curve.reference, rel=0.01, abs=0.0)
    assert curve.reference[-1] < 0.31 * 400.0
    assert all(
        abs(v - r) < 4.5 * e for v, r, e in zip(curve.value[1:], curve.reference[1:], curve.error[1:], strict=True)
    )


@pytest.mark.parametrize(
    ("numbers", "densities"), [([1_000_000, 1_000_000], [1e20, 1e20]), ([500_000, 1_500_000], [1e20, 3e20])]
)
def test_each_temperature_follows_its_own_law(numbers: list[int], densities: list[float]) -> None:
    """Both within 0.3 % at six times up to 1.2 decay times."""
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
        assert box.temperature(0) == pytest.approx(float(exact.first), rel=3e-3, abs=0.0)
        assert box.temperature(1) == pytest.approx(float(exact.second), rel=3e-3, abs=0.0)


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
def relaxed() -> tuple[Array, Array, Box]:
    """Moments [order, time, box] over equilibrium of 1e6 particles, nu t by 0.25, and the boxes."""
    return krook(1_000_000)


def test_every_particle_collides_as_often_as_maxwell_molecules_do(relaxed: tuple[Array, Array, Box]) -> None:
    box = relaxed[2]
    assert box.n == 1_000_000
    pairs = 0.5 * box.n * (1.0 - 1.0 / box.numbers[0, 0])
    assert box.collisions() == pytest.approx(pairs * 24 * 0.25, rel=1e-5, abs=0.0)


@pytest.mark.parametrize(("order", "accept", "sigma"), [(2, 2e-3, 0.73e-3), (3, 5e-3, 2.3e-3)])
def test_moments_follow_bobylev_krook_wu(
    relaxed: tuple[Array, Array, Box], order: int, accept: float, sigma: float
) -> None:
    """Mean deviation over the whole relaxation within the accepted one, each time within 4 standard errors of its
    own.
    """
    moments, times, _ = relaxed
    row = bkw_rows(moments, times)[order - 2]
    assert row.passed, row
    found = moments[order - 2].mean(axis=1)
    deviations = found / relaxation.bkw_moment(order, times) - 1.0
    assert abs(deviations.mean()) < accept
    assert np.abs(deviations).max() < 4.0 * sigma
    assert found[0] < {2: 0.85, 3: 0.66}[order]
    assert found[-1] > 0.93


def test_the_moments_would_betray_a_wrong_rate(relaxed: tuple[Array, Array, Box]) -> None:
    """Contrast: theory with nu 6 % too large misses by more than the accepted deviation."""
    moments, times, _ = relaxed
    wrong = moments[1].mean(axis=1) / relaxation.bkw_moment(3, 1.06 * times) - 1.0
    assert np.abs(wrong).max() > 5e-3


@pytest.mark.parametrize("weights", [(3.0, 1.0), (30.0, 1.0)])
def test_moments_follow_bobylev_krook_wu_where_weights_differ(weights: tuple[float, float]) -> None:
    """The same gas in halves of unequal weights: coins turn the heavier partner, payments keep the energy."""
    moments, times, box = krook(1_000_000, weights=weights)
    assert len(box.species) == 2
    for row, accept in zip(bkw_rows(moments, times, "unequal weights"), (2e-3, 5e-3), strict=True):
        assert row.passed, row
        assert abs(row.value - 1.0) < accept
    assert (box.books.energy[:, Entry.COLLISION_WEIGHT] != 0.0).any()


@pytest.mark.parametrize("weights", [pytest.param((2.0, 1.0, 1.0), marks=pytest.mark.slow), (122.0, 1.0)])
def test_the_fast_tail_keeps_its_exact_share_where_weights_differ(weights: tuple[float, ...]) -> None:
    """Particles above 8 and 12 kT, each species: the share of a Maxwellian, the incomplete gamma function of 3/2.

    Cells of 20 000 particles of each species, so that fixed energy takes 0.1 % or less; errors from the scatter of
    cells, about 1 % and 8 %.
    """
    number, cells, depths = len(weights), 20, np.array([8.0, 12.0])
    masses = (4.0, 44.0, 16.0) if number == 3 else (28.0, 16.0)
    each = np.full((cells, number), 20_000)
    kinds = [gas(f"{m:g}", m) for m in masses]
    box = Box(kinds, each, np.array(weights), 20_000.0 * sum(weights) * 1e-19, 2e-5)
    box.maxwellian(np.full(number, 300.0))
    box.collide(10)
    above = np.zeros((cells, number, 2))
    for _ in range(20):
        box.collide(20)
        energy = 0.5 * box.mass[box.species_of] * (box.v**2).sum(axis=0) / (K_B * 300.0)
        place = box.cell_of * number + box.species_of
        for k, depth in enumerate(depths):
            above[:, :, k] += np.bincount(place[energy > depth], minlength=cells * number).reshape(cells, number)
    assert box.collisions() > 5 * box.n
    share = above / (20 * each[:, :, None]) / gammaincc(1.5, depths)
    error = share.std(axis=0, ddof=1) / math.sqrt(cells)
    assert (error < [0.03, 0.2]).all()
    assert (np.abs(share.mean(axis=0) - 1.0) < 4.0 * error).all()
