"""Diffuse walls: free-molecular stress and heat, and what a moving wall does to the gas.

tau = rho vbar dU/4; the work tau dU leaves as heat through both walls alike (Bird 1994, section 7.2). See
:mod:`exobase_verify.rows.walls` and, for heat between walls of unlike temperature, tests/verification/test_planar.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from exobase_verify.rows import walls
from exobase_verify.rows.walls import couette
from exobase_verify.slab import Block, jackknife


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_free_molecular_stress_between_moving_walls(speed: float) -> None:
    """20 cells of 1000 particles, 200 samples: standard error 0.2 % at 0.5 U."""
    runs = np.array([couette(speed, seed, 200, 1000.0) for seed in (1, 2)])
    stress, heat = runs.mean(axis=0)
    assert stress == pytest.approx(1.0, rel=0.01, abs=0.0)
    if speed > 1.0:
        assert heat == pytest.approx(1.0, rel=0.01, abs=0.0)


def test_a_jackknife_of_a_mean_is_its_standard_error() -> None:
    """Blocks that hold one number: the error is s/sqrt(n)."""
    values = np.random.default_rng(1).normal(size=12)
    zero = np.zeros(1)
    blocks = [Block(np.array([v]), zero, zero, zero, zero, zero) for v in values]
    mean, error = jackknife(blocks, lambda b: float(b.moments[0]))
    assert mean == pytest.approx(values.mean(), rel=1e-12, abs=0.0)
    assert error == pytest.approx(values.std(ddof=1) / np.sqrt(12.0), rel=1e-12, abs=0.0)


@pytest.mark.slow
def test_all_rows_of_walls_hold() -> None:
    assert all(row.passed for row in walls.couette_rows("full"))
