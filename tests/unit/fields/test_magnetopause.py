"""A magnetosphere: its standoff distance from the balance of pressures, its cavity, the dipole inside."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.bodies import body
from exobase.constants import PROTON_MASS, VACUUM_PERMEABILITY
from exobase.fields.magnetopause import dipole_moment, standoff_distance
from exobase.fields.plasma import draped, no_plasma, sample, uniform, wind, with_magnetosphere

EARTH = body("Earth").radius
MOMENT = 7.7e22
WIND = wind(6.6e6, 4.5e5, 7e-9, math.radians(45.0))


def test_the_earths_magnetopause_stands_at_about_ten_radii() -> None:
    rho = 6.6e6 * PROTON_MASS * (1.0 + 0.04 * 3.97)
    assert standoff_distance(MOMENT, rho, 4.5e5) / EARTH == pytest.approx(10.0, abs=0.3)


def test_the_standoff_balances_the_pressures() -> None:
    rho, u = 1e-20, 4e5
    r = standoff_distance(MOMENT, rho, u, shape=1.0, drag=1.0)
    field = 2.0 * VACUUM_PERMEABILITY * MOMENT / (4.0 * math.pi * r**3)
    assert field**2 / (2.0 * VACUUM_PERMEABILITY) == pytest.approx(rho * u * u, rel=1e-12)
    assert standoff_distance(8.0 * MOMENT, rho, u, 1.0, 1.0) == pytest.approx(2.0 * r)
    with pytest.raises(ValueError, match="moment = 0"):
        standoff_distance(0.0, rho, u)


def test_the_moment_follows_from_the_field_at_the_equator() -> None:
    assert dipole_moment(2.98e-5, EARTH) == pytest.approx(7.7e22, rel=0.01)


def test_the_wind_does_not_enter_the_cavity() -> None:
    """The paraboloid has the radius sqrt(2) of its standoff at the terminator."""
    r = 10.0 * EARTH
    points = np.array([[0.99 * r, 0, 0], [1.01 * r, 0, 0], [0, 1.41 * r, 0], [0, 1.42 * r, 0], [-50 * r, 0, 5 * r]])
    open_, closed = uniform(WIND), with_magnetosphere(uniform(WIND), r)
    inside = np.array([True, False, True, False, True])
    at, undisturbed = sample(closed, points), sample(open_, points)
    for name in ("e", "b", "u", "density"):
        assert not getattr(at, name)[inside].any()
        assert (getattr(at, name)[~inside] == getattr(undisturbed, name)[~inside]).all()
    assert (undisturbed.density == 6.6e6).all()


def test_the_dipole_fills_the_cavity_if_asked() -> None:
    """B on the axis is mu0 2 M/(4 pi r^3) along M, at the equator half of it against M."""
    plasma = with_magnetosphere(draped(WIND, 1.05 * EARTH), 10.0 * EARTH, (0.0, 0.0, -MOMENT))
    at = sample(plasma, [[0.0, 0.0, 2.0 * EARTH], [0.0, 2.0 * EARTH, 0.0]])
    size = VACUUM_PERMEABILITY * MOMENT / (4.0 * math.pi * (2.0 * EARTH) ** 3)
    assert at.b == pytest.approx(np.array([[0.0, 0.0, -2.0 * size], [0.0, 0.0, size]]), abs=1e-9 * size)
    assert not at.e.any()
    assert not at.density.any()


def test_the_dipole_keeps_its_direction_with_aberration() -> None:
    tilted = with_magnetosphere(uniform(wind(1e6, 4e5, 1e-9, aberration=0.1)), 1e8, (MOMENT, 0.0, 0.0))
    field = sample(tilted, [[2e7, 0.0, 0.0]]).b[0]
    assert field[0] > 0.0
    assert field[1:] == pytest.approx([0.0, 0.0], abs=1e-12 * field[0])


def test_no_plasma_is_nothing_anywhere() -> None:
    at = sample(no_plasma(), [[1e7, 2e7, 3e7]])
    assert not at.e.any()
    assert not at.b.any()
    assert not at.density.any()
    assert math.isinf(at.scale[0])


def test_a_uniform_wind_may_have_an_obstacle() -> None:
    at = sample(uniform(WIND, 1e7), [[9e6, 0.0, 0.0], [1.1e7, 0.0, 0.0]])
    assert list(at.density) == [0.0, 6.6e6]
    assert not at.b[0].any()
    assert at.e[1] == pytest.approx(-np.cross(at.u[1], at.b[1]))
