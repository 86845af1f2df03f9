"""Collisionless densities above an uneven exobase: the uniform case is Chamberlain's; independent numbers elsewhere.

Numbers: quadrature of another hand for hydrogen of the Earth, T = 1000 + 300 cos(theta) K, n = 1e11 m-3, r0 = 6871 km.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from exobase.analytic import chamberlain, jeans
from exobase.analytic.uneven import UnevenExobase, escape_rate

R0, GM, M = 6.871e6, 3.986004e14, 1.6735328e-27
Array = NDArray[np.float64]
EARTH = UnevenExobase(R0, GM, M, lambda d: (np.full(len(d), 1e11), 1000.0 + 300.0 * d[:, 2]), 1300.0)
EVEN = UnevenExobase(R0, GM, M, lambda d: (np.full(len(d), 1e11), np.full(len(d), 1000.0)), 1000.0)


def place(degrees: float) -> Array:
    return np.array([math.sin(math.radians(degrees)), 0.0, math.cos(math.radians(degrees))])


@pytest.mark.parametrize("q", [1.1, 1.25, 2.0, 4.0, 8.0])
def test_the_even_case_is_chamberlains(q: float) -> None:
    expected = float(chamberlain.density(np.array([q * R0]), 1e11, R0, 1000.0, M, GM)[0])
    assert EVEN.density(q * R0, place(70.0)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("q", "degrees", "expected"),
    [(1.25, 0, 0.272925), (1.25, 180, 0.169679), (2.0, 90, 2.20507e-2), (4.0, 60, 1.99005e-3), (8.0, 120, 2.05806e-4)],
)
def test_density(q: float, degrees: float, expected: float) -> None:
    assert EARTH.density(q * R0, place(degrees)) / 1e11 == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize(("degrees", "expected"), [(0, 0.81716), (45, 0.86034), (90, 0.98653), (180, 1.23926)])
def test_returning_over_emitted(degrees: float, expected: float) -> None:
    back, emitted = EARTH.returning(place(degrees))
    assert back / emitted == pytest.approx(expected, rel=1e-4)


def test_escape() -> None:
    mu = (np.arange(4000) + 0.5) / 2000.0 - 1.0
    d = np.stack([np.sqrt(1.0 - mu**2), 0.0 * mu, mu], axis=1)
    assert escape_rate(EARTH, d) == pytest.approx(6.99672e26, rel=1e-5)
    even = 4.0 * math.pi * R0**2 * float(jeans.jeans_flux(1e11, 1000.0, M, R0, GM))
    assert escape_rate(EVEN, d) == pytest.approx(even, rel=1e-12)
