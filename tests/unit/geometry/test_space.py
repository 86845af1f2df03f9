"""Spaces: areas, volumes and gravity agree with each other and with what the kernels move by."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.geometry.motion import farthest, specific_energy, time_beyond, volume_ratio
from exobase.geometry.space import Planar, Radial, Space, space_named, space_of
from exobase.geometry.spheres import layer_volumes, shell_volume, sphere_area

MARS = 4.2828e13
SPACES = (Radial(MARS), Radial(0.0), Planar(3.7), Planar(0.0))
R0 = 3.4e6


@pytest.mark.parametrize("space", SPACES)
def test_a_volume_is_the_integral_of_the_area(space: Space) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(4)
    lo, hi = np.array([R0]), np.array([1.7 * R0])
    x = 0.5 * (lo + hi) + 0.5 * (hi - lo) * nodes
    area = space.area(x) * weights * 0.5 * (hi - lo)
    assert float(space.volume(lo, hi)[0]) == pytest.approx(area.sum(), rel=1e-13, abs=0.0)
    assert float(space.centre(lo, hi)[0]) == pytest.approx((area * x).sum() / area.sum(), rel=1e-13, abs=0.0)


@pytest.mark.parametrize("space", SPACES)
def test_gravity_is_the_slope_of_the_potential_that_the_kernels_conserve(space: Space) -> None:
    x, h = np.array([R0, 1.3 * R0, 2.0 * R0]), 1e2
    slope = space.rise(x - h, x + h) / (2.0 * h)
    np.testing.assert_allclose(slope, space.gravity(x), rtol=1e-7, atol=0.0)
    assert space.pulls == bool((space.gravity(x) > 0.0).all())
    at_rest = [specific_energy(space.motion, float(p), 0.0, 0.0, 0.0) for p in x]
    np.testing.assert_allclose(at_rest, space.potential(x), rtol=1e-15, atol=0.0)


@pytest.mark.parametrize("space", SPACES)
def test_volume_per_length_goes_as_the_area(space: Space) -> None:
    ratio = float(space.area(R0) / space.area(1.3 * R0))
    assert volume_ratio(space.motion, R0, 1.3 * R0) == pytest.approx(ratio, rel=1e-14, abs=0.0)


def test_only_a_centre_binds() -> None:
    assert [space.central for space in SPACES] == [True, False, False, False]
    orbit = SPACES[0].orbit_time(np.array([R0]))
    assert float(orbit[0]) == pytest.approx(math.sqrt(R0**3 / MARS), rel=1e-14, abs=0.0)
    assert np.isinf([float(space.orbit_time(np.array([R0]))[0]) for space in SPACES[1:]]).all()


def test_a_bound_particle_comes_back_and_one_in_a_plane_does_not_count_as_bound() -> None:
    speed = 0.9 * math.sqrt(2.0 * MARS / R0)
    top = R0 / (1.0 - 0.9**2)  # all of the energy is potential there
    assert farthest(Radial(MARS).motion, R0, speed, 0.0) == pytest.approx(top, rel=1e-12, abs=0.0)
    assert 0.0 < time_beyond(Radial(MARS).motion, R0, speed, 0.0) < math.inf
    assert farthest(Planar(3.7).motion, R0, speed, 0.0) == math.inf == time_beyond(Planar(3.7).motion, R0, speed, 0.0)


def test_nodes_span_the_domain() -> None:
    for space in SPACES:
        x = space.nodes(R0, 3.0 * R0, 33)
        assert x[0] == R0
        assert x[-1] == 3.0 * R0
        assert (np.diff(x) > 0.0).all()
    assert Radial(MARS).length(R0, 3.0 * R0) == R0
    assert Planar(1.0).length(R0, 3.0 * R0) == 2.0 * R0


def test_a_space_is_found_by_the_name_a_case_gives() -> None:
    assert space_named("radial", MARS) == Radial(MARS)
    assert space_named("planar", 0.0, 3.7) == Planar(3.7)
    assert space_of({"geometry": "planar", "gm": 0.0, "gravity": 3.7}) == Planar(3.7)
    assert space_of({"gm": MARS}) == Radial(MARS)
    with pytest.raises(ValueError, match="radial, axisymmetric, spherical, planar"):
        space_named("cylindrical", 1.0)


def test_thin_shells_do_not_cancel() -> None:
    lo, hi = R0, R0 * (1.0 + 1e-9)
    assert float(shell_volume(lo, hi)) == pytest.approx(float(sphere_area(R0)) * (hi - lo), rel=1e-8, abs=0.0)
    whole = float(sphere_area(2.0 * R0)) * 2.0 * R0 / 3.0 - float(sphere_area(R0)) * R0 / 3.0
    assert layer_volumes([R0, 1.1 * R0, 2.0 * R0]).sum() == pytest.approx(whole, rel=1e-14, abs=0.0)
