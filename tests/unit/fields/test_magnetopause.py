"""Standoff of a magnetopause and its paraboloid."""

from __future__ import annotations

import math

import pytest

from exobase.constants import PROTON_MASS
from exobase.errors import InputError
from exobase.fields.kobel_flueckiger import OBSTACLE, kf_region
from exobase.fields.magnetopause import MU0, dipole_moment, inside_paraboloid, paraboloid_normal, standoff

EARTH = 6.3712e6


def test_the_earth_stands_off_two_nanopascal_where_its_crossings_are() -> None:
    moment = dipole_moment(29.8e-6, EARTH)
    assert moment == pytest.approx(7.71e22, rel=2e-3)
    shue = (10.22 + 1.29 * math.tanh(0.184 * 8.14)) * 2.0 ** (-1.0 / 6.6)
    density = 2e-9 / 4e5**2
    assert standoff(moment, density, 4e5) / EARTH == pytest.approx(shue, rel=0.02)


def test_the_pressures_balance_at_the_nose() -> None:
    moment, density, speed = 3e19, 40e6 * PROTON_MASS, 4.3e5
    r = standoff(moment, density, speed, compression=1.0, pressure=1.0)
    field = 2.0 * MU0 * moment / (4.0 * math.pi * r**3)
    assert field**2 / (2.0 * MU0) == pytest.approx(density * speed**2, rel=1e-12)


def test_mercury_stands_off_at_about_one_and_a_half_radii() -> None:
    """195 nT R^3 and 14 nPa: 1.45 radii in Winslow et al. 2013, J. Geophys. Res. 118, 2213 (their mean)."""
    moment = dipole_moment(195e-9, 2.44e6)
    assert 1.3 < standoff(moment, 14.3e-9 / 4e5**2, 4e5) / 2.44e6 < 1.6


def test_the_sign_of_the_moment_does_not_matter_and_the_sixth_root_holds() -> None:
    assert standoff(-1e20, 1e-20, 4e5) == standoff(1e20, 1e-20, 4e5)
    assert standoff(8e20, 1e-20, 4e5) / standoff(1e20, 1e-20, 4e5) == pytest.approx(2.0, rel=1e-12)
    assert standoff(1e20, 64e-20, 4e5) / standoff(1e20, 1e-20, 4e5) == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("bad", [(0.0, 1e-20, 4e5), (1e20, -1e-20, 4e5), (1e20, 1e-20, math.nan)])
def test_numbers_without_meaning_are_refused(bad: tuple[float, float, float]) -> None:
    with pytest.raises(InputError, match="must be above zero"):
        standoff(*bad)


def test_the_paraboloid_has_its_nose_at_the_standoff_and_opens_to_the_night() -> None:
    assert inside_paraboloid(9.999, 0.0, 0.0, 10.0, 8.0)
    assert not inside_paraboloid(10.001, 0.0, 0.0, 10.0, 8.0)
    edge = math.sqrt(2.0 * 8.0 * 10.0)
    assert inside_paraboloid(0.0, 0.6 * edge * 0.999, 0.8 * edge * 0.999, 10.0, 8.0)
    assert not inside_paraboloid(0.0, 0.6 * edge * 1.001, 0.8 * edge * 1.001, 10.0, 8.0)


def test_a_flare_of_one_standoff_is_the_obstacle_of_the_sheath() -> None:
    for k in range(200):
        x, y, z = 1.4 - 0.02 * k, 3.0 * math.sin(7.0 * k), 3.0 * math.sin(11.0 * k)
        assert inside_paraboloid(x, y, z, 1.25, 1.25) == (kf_region(x, y, z, 1.25, 1.64) == OBSTACLE)


def test_the_normal_is_the_gradient_of_the_surface() -> None:
    y, z, flare = 3.0, -4.0, 12.0
    n = paraboloid_normal(y, z, flare)
    assert n == pytest.approx((12.0 / 13.0, 3.0 / 13.0, -4.0 / 13.0))
