"""Cascades of hard spheres against conservation laws and Monte Carlo of the collisions themselves.

Equal masses: after a collision the two share the energy, the part u uniform in (0, 1).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import cascade
from exobase.constants import ATOMIC_MASS

HISTORIES = 40_000


def play(energy: float, threshold: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Numbers per history of collisions made above the threshold and of recoils born above it."""
    collisions, recoils = np.zeros(HISTORIES), np.zeros(HISTORIES)
    owner, e = np.arange(HISTORIES), np.full(HISTORIES, energy)
    while owner.size:
        collisions += np.bincount(owner, minlength=HISTORIES)
        given = e * rng.random(e.size)
        born = given > threshold
        recoils += np.bincount(owner[born], minlength=HISTORIES)
        kept = e - given > threshold
        owner = np.concatenate([owner[kept], owner[born]])
        e = np.concatenate([(e - given)[kept], given[born]])
    return collisions, recoils


def test_cascades_have_the_exact_numbers_of_collisions_and_recoils() -> None:
    """Means over histories within four standard errors."""
    counts = play(30.0, 2.0, np.random.default_rng(5))
    exact = (cascade.collisions_above(30.0, 2.0), cascade.recoils_above(30.0, 2.0))
    assert exact == (29.0, 14.0)
    for found, expected in zip(counts, exact, strict=True):
        assert abs(found.mean() - expected) < 4.0 * found.std() / math.sqrt(HISTORIES)


def test_slowing_down_takes_one_collision_more_than_the_log_of_the_energies() -> None:
    rng = np.random.default_rng(6)
    e, number = np.full(HISTORIES, 50.0), np.zeros(HISTORIES)
    while np.any(e >= 1.0):
        number += e >= 1.0
        e = np.where(e >= 1.0, e * rng.random(HISTORIES), e)
    expected = float(cascade.collisions_to_slow_down(50.0, 1.0))
    error = math.sqrt(math.log(50.0) / HISTORIES)
    assert abs(number.mean() - expected) < 4.0 * error
    assert cascade.collisions_to_slow_down(3.0, 3.0) == 1.0


@pytest.mark.parametrize(("m1", "m2"), [(1.008, 15.999), (15.999, 15.999), (44.0, 16.0)])
def test_the_largest_transfer_is_that_of_a_head_on_collision(m1: float, m2: float) -> None:
    """v2' = 2 m1 v/(m1 + m2)."""
    recoil = 0.5 * m2 * (2.0 * m1 / (m1 + m2)) ** 2
    got = cascade.largest_transfer(m1 * ATOMIC_MASS, m2 * ATOMIC_MASS)
    assert got == pytest.approx(recoil / (0.5 * m1), rel=1e-14, abs=0.0)


def test_isotropic_scattering_gives_a_uniform_transfer() -> None:
    """T = gamma E (1 - cos chi)/2 from the velocities after scattering by the angle chi in the centre of mass."""
    m1, m2, v, energy = 4.0, 16.0, 100.0, 0.5 * 4.0 * 100.0**2
    for cos in (-1.0, -0.3, 0.8):
        chi = math.acos(cos)
        centre, relative = m1 * v / (m1 + m2), m1 * v / (m1 + m2)
        recoil = 0.5 * m2 * ((centre - relative * math.cos(chi)) ** 2 + (relative * math.sin(chi)) ** 2)
        assert cascade.transfer_cdf(recoil, energy, m1, m2) == pytest.approx(0.5 * (1.0 - cos), rel=1e-12, abs=0.0)
    assert cascade.transfer_cdf([-1.0, 1e9], energy, m1, m2).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("m1", "m2"), [(1.0, 1.0), (1.0, 16.0), (16.0, 1.0), (16.0, 44.0)])
def test_the_logarithmic_decrement_is_the_mean_loss_of_ln_e(m1: float, m2: float) -> None:
    gamma = float(cascade.largest_transfer(m1, m2))
    mean = quad(lambda u: -math.log1p(-gamma * u), 0.0, 1.0, epsabs=0.0, epsrel=1e-10)[0]
    assert cascade.mean_log_decrement(m1, m2) == pytest.approx(mean, rel=1e-8, abs=0.0)
    assert cascade.mean_log_decrement(m1, 1e6 * m1) == pytest.approx(2e-6, rel=1e-5, abs=0.0)


def test_arguments_outside_the_domain_are_refused() -> None:
    with pytest.raises(ValueError, match="energy = 1 must not be less than threshold = 2"):
        cascade.recoils_above(1.0, 2.0)
    with pytest.raises(ValueError, match="target_mass"):
        cascade.largest_transfer(1.0, 0.0)
