"""Energy-limited escape against exact values and the potential it stands for.

Reference: Watson et al. 1981; Erkaev et al. 2007.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.analytic import energy_limited
from exobase.constants import AU, GM_SUN

EARTH, R_EARTH = 3.986004e14, 6.371e6


@pytest.mark.parametrize(
    ("xi", "expected"), [(1.5, 0.148148), (2.0, 0.3125), (3.0, 0.518519), (5.0, 0.704), (10.0, 0.8505)]
)
def test_tidal_factor_has_the_exact_values(xi: float, expected: float) -> None:
    assert energy_limited.tidal_factor(xi) == pytest.approx(expected, rel=0.0, abs=5.1e-7)
    assert energy_limited.tidal_factor(xi) == pytest.approx(1.0 - 1.5 / xi + 0.5 / xi**3, rel=1e-13, abs=0.0)


def test_tidal_factor_is_the_climb_to_the_hill_sphere_in_the_field_of_planet_and_star() -> None:
    """Potential along the line to the star, planet light: -GM/r - (3/2) (GM*/a^3) r^2; the climb from R to R_Hill."""
    a, gm = 0.05 * AU, 1e16
    hill = float(energy_limited.hill_radius(a, gm, GM_SUN))
    for xi in (1.2, 3.0, 30.0):
        r = hill / xi
        climb = (-gm / hill - 1.5 * GM_SUN / a**3 * hill**2) - (-gm / r - 1.5 * GM_SUN / a**3 * r**2)
        assert climb / (gm / r) == pytest.approx(energy_limited.tidal_factor(xi), rel=1e-12, abs=0.0)


def test_hill_radius_of_the_earth_is_one_and_a_half_million_km() -> None:
    assert energy_limited.hill_radius(AU, EARTH, GM_SUN) == pytest.approx(1.4966e9, rel=1e-3, abs=0.0)
    assert energy_limited.hill_radius(AU, EARTH, GM_SUN, 0.2) == pytest.approx(
        0.8 * AU * (EARTH / (3.0 * GM_SUN)) ** (1.0 / 3.0), rel=1e-13, abs=0.0
    )


def test_mass_loss_of_the_earth_has_the_exact_value() -> None:
    """eps = 0.15, F = 1 W/m2, R_xuv = R_p: 3.0572e5 kg/s, the same with both scalings."""
    for scaling in ("mixed", "xuv"):
        loss = energy_limited.mass_loss(0.15, 1.0, R_EARTH, R_EARTH, EARTH, scaling=scaling)  # type: ignore[arg-type]
        assert loss == pytest.approx(3.0572e5, rel=2e-5, abs=0.0)


def test_scalings_differ_by_the_ratio_of_the_radii() -> None:
    mixed = energy_limited.mass_loss(0.1, 5.0, R_EARTH, 1.5 * R_EARTH, EARTH)
    xuv = energy_limited.mass_loss(0.1, 5.0, R_EARTH, 1.5 * R_EARTH, EARTH, scaling="xuv")
    assert mixed == pytest.approx(0.1 * math.pi * R_EARTH**3 * 1.5**2 * 5.0 / EARTH, rel=1e-13, abs=0.0)
    assert xuv / mixed == pytest.approx(1.5, rel=1e-13, abs=0.0)


def test_tide_raises_the_loss_by_its_factor() -> None:
    tidal = energy_limited.tidal_factor(np.array([1.5, 10.0]))
    loss = energy_limited.mass_loss(0.1, 5.0, R_EARTH, R_EARTH, EARTH, tidal)
    np.testing.assert_allclose(loss * tidal, energy_limited.mass_loss(0.1, 5.0, R_EARTH, R_EARTH, EARTH), rtol=1e-13)


def test_invalid_arguments_are_refused() -> None:
    for xi in (1.0, 0.5, math.nan):
        with pytest.raises(ValueError, match="hill_ratio"):
            energy_limited.tidal_factor([2.0, xi])
    with pytest.raises(ValueError, match="xuv_radius"):
        energy_limited.mass_loss(0.1, 1.0, R_EARTH, 0.9 * R_EARTH, EARTH)
    with pytest.raises(ValueError, match=r"efficiency = 1\.1"):
        energy_limited.mass_loss(1.1, 1.0, R_EARTH, R_EARTH, EARTH)
    with pytest.raises(ValueError, match="'mixed' or 'xuv'"):
        energy_limited.mass_loss(0.1, 1.0, R_EARTH, R_EARTH, EARTH, scaling="both")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="eccentricity = 1"):
        energy_limited.hill_radius(AU, EARTH, GM_SUN, 1.0)
