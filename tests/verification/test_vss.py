"""Variable soft spheres in the production kernel: deflection law, azimuth, conservation, rate.

cos chi = 2 R^(1/alpha) - 1: (1 + cos chi)/2 to the power alpha is uniform; <cos chi> = (alpha - 1)/(alpha + 1). See
:mod:`exobase_verify.rows.vss`, whose rows these tests take with fewer collisions. Bounds are 4.5 standard errors.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from exobase_verify.box import gas
from exobase_verify.rows import vss

SIGMAS = 4.5


def test_a_deflection_is_that_of_its_draw() -> None:
    assert max(vss.law_deviation(alpha, 300) for alpha in (1.0, 1.4, 2.5)) < 1e-12


@pytest.mark.parametrize("alpha", [1.0, 1.4, 1.66])
def test_deflections_follow_their_law(alpha: float) -> None:
    """3e5 collisions: uniform by Kolmogorov-Smirnov, mean cosine; isotropic for alpha = 1."""
    d = vss.deflections([gas("A", 28.0, omega=0.75, alpha=alpha)], 150_000, 5)
    assert d.cosine.size > 2e5
    assert stats.kstest((0.5 * (1.0 + d.cosine)) ** alpha, "uniform").pvalue > 1e-4
    error = d.cosine.std() / np.sqrt(d.cosine.size)
    assert abs(d.cosine.mean() - (alpha - 1.0) / (alpha + 1.0)) < SIGMAS * error


@pytest.mark.parametrize("masses", [(28.0,), (4.0, 40.0)])
def test_no_direction_round_the_relative_velocity_is_preferred(masses: tuple[float, ...]) -> None:
    """Mean normal components zero and azimuth uniform, also with unlike partners."""
    d = vss.deflections([gas(f"A{m}", m, omega=0.75, alpha=1.5) for m in masses], 150_000, 5)
    for row in d.normal:
        assert abs(row.mean()) < SIGMAS * row.std() / np.sqrt(row.size)
    azimuth = np.arctan2(d.normal[1], d.normal[0])
    assert stats.kstest(azimuth / (2.0 * np.pi) + 0.5, "uniform").pvalue > 1e-4
    assert np.abs((d.normal**2).sum(axis=0) + d.cosine**2 - 1.0).max() < 1e-12


@pytest.mark.parametrize("masses", [(28.0,), (4.0, 40.0)])
def test_soft_collisions_conserve_momentum_and_energy(masses: tuple[float, ...]) -> None:
    d = vss.deflections([gas(f"A{m}", m, omega=0.66, alpha=1.4) for m in masses], 50_000, 2)
    assert d.momentum < 1e-13
    assert d.energy < 1e-13


@pytest.mark.parametrize("alpha", [1.4, 1.66])
def test_soft_spheres_collide_as_often_as_variable_hard_ones(alpha: float) -> None:
    row = vss.rate_row(alpha, 80)
    assert row.passed, row


def test_a_wrong_exponent_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deflections of alpha = 1.4 are not those of 1.45."""
    found = vss.deflections([gas("A", 28.0, omega=0.75, alpha=1.45)], 500_000)
    monkeypatch.setattr(vss, "deflections", lambda *arguments: found)
    rows = vss.moment_rows(1.4, 500_000)
    assert not rows[0].passed


@pytest.mark.slow
def test_all_rows_of_soft_spheres_hold() -> None:
    assert all(row.passed for row in vss.rows("full"))
