"""Criterion for transonic escape against the flow it is made of.

Reference: Johnson, Volkov & Erwin 2013.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.analytic import kinetic, polytropic, transonic
from exobase.constants import ATOMIC_MASS, K_B

MASS, GM, R0, R_S, DIAMETER = 28.0 * ATOMIC_MASS, 8.7e11, 1.45e6, 4.0e6, 4.17e-10
SECTION = math.pi * DIAMETER**2


@pytest.mark.parametrize("gamma", [1.4, 5.0 / 3.0])
@pytest.mark.parametrize("limit", [0.1, 1.0])
def test_critical_heating_lifts_the_sonic_flow_of_limiting_knudsen_number(gamma: float, limit: float) -> None:
    """At r*: lambda = 2 gamma gives T, Kn = l/H gives n, u = c; the flow 4 pi r*^2 n u is lifted out of U(r0)."""
    temperature = GM * MASS / (2.0 * gamma * K_B * R_S)
    height = R_S / (2.0 * gamma)
    density = float(kinetic.mean_free_path(1.0, temperature, DIAMETER)) / (limit * height)
    rate = 4.0 * math.pi * R_S**2 * density * float(polytropic.sound_speed(temperature, MASS, gamma))
    arguments = (R0, R_S, MASS, GM, SECTION, gamma, limit)
    assert transonic.critical_escape_rate(*arguments) == pytest.approx(rate, rel=1e-12, abs=0.0)
    assert transonic.critical_heating(*arguments) == pytest.approx(rate * GM * MASS / R0, rel=1e-12, abs=0.0)


def test_critical_heating_has_the_published_form() -> None:
    """4 pi r* gamma/(sqrt2 sigma Kn_m) sqrt(2 U(r*)/m) U(r0)."""
    depth = GM * MASS / np.array([R0, R_S])
    expected = 4 * math.pi * R_S * 1.4 / (math.sqrt(2) * SECTION * 0.1) * math.sqrt(2 * depth[1] / MASS) * depth[0]
    got = transonic.critical_heating(R0, R_S, MASS, GM, SECTION, 1.4, 0.1)
    assert got == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="sonic_radius"):
        transonic.critical_heating(R0, 0.9 * R0, MASS, GM, SECTION, 1.4)
    with pytest.raises(ValueError, match="gamma = 2"):
        transonic.critical_heating(R0, R_S, MASS, GM, SECTION, [1.4, 2.0])
    with pytest.raises(ValueError, match="knudsen_limit = 0"):
        transonic.critical_heating(R0, R_S, MASS, GM, SECTION, 1.4, 0.0)
