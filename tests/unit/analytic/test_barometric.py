"""Hydrostatic isothermal profiles: they must balance weight and pressure gradient."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.analytic import barometric
from exobase.constants import ATOMIC_MASS, K_B

MASS, TEMPERATURE, GM, R0 = 16.0 * ATOMIC_MASS, 300.0, 4.282837e13, 3.5e6


def test_density_follows_the_barometric_law() -> None:
    """n = n0 exp[-lambda0 (1 - r0/r)]: at r = 2 r0 it is n0 exp(-lambda0/2)."""
    depth = GM * MASS / (K_B * TEMPERATURE * R0)
    got = barometric.density(2.0 * R0, 1e15, R0, TEMPERATURE, MASS, GM)
    assert got == pytest.approx(1e15 * np.exp(-depth / 2.0), rel=1e-13, abs=0.0)
    assert barometric.density(R0, 1e15, R0, TEMPERATURE, MASS, GM) == 1e15


def test_pressure_gradient_balances_gravity() -> None:
    """d(ln n)/dr = -1/H by a centred difference, H = k T r^2/(G M m)."""
    r = R0 * np.array([1.0, 1.1, 1.5, 3.0])
    step = 10.0
    up = barometric.density(r + step, 1e15, R0, TEMPERATURE, MASS, GM)
    down = barometric.density(r - step, 1e15, R0, TEMPERATURE, MASS, GM)
    slope = np.log(up / down) / (2.0 * step)
    np.testing.assert_allclose(-1.0 / slope, barometric.scale_height(TEMPERATURE, MASS, r, GM), rtol=1e-7)


def test_close_to_the_surface_the_planar_law_is_recovered() -> None:
    gravity, height = GM / R0**2, 100.0
    planar = barometric.density_planar(height, 1e15, TEMPERATURE, MASS, gravity)
    radial = barometric.density(R0 + height, 1e15, R0, TEMPERATURE, MASS, GM)
    assert radial == pytest.approx(planar, rel=1e-6, abs=0.0)
    assert barometric.density_planar(height, 1e15, TEMPERATURE, MASS, 0.0) == 1e15


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="radius = 0"):
        barometric.density([R0, 0.0], 1e15, R0, TEMPERATURE, MASS, GM)
    with pytest.raises(ValueError, match="gravity"):
        barometric.density_planar(0.0, 1e15, TEMPERATURE, MASS, -1.0)
