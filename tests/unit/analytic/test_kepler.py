"""Kepler flights against tabulated hops, radial quadrature and conservation laws.

Hops: Mars, start radius 3589.5 km. Quadrature: t = int dr/sqrt(2 (E + GM/r) - L^2/r^2).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import kepler

MARS, R0 = 4.282837e13, 3.5895e6
V_ESCAPE = math.sqrt(2.0 * MARS / R0)


def leg_time(r1: float, r2: float, vr: float, vt: float) -> float:
    """Time from r1 to r2 by quadrature in the variable that removes a turning point at the upper end."""
    energy, momentum = 0.5 * (vr**2 + vt**2) - MARS / r1, r1 * vt

    def inverse_speed(q: float) -> float:
        r = r2 - (r2 - r1) * q * q
        return 2.0 * (r2 - r1) * q / math.sqrt(2.0 * (energy + MARS / r) - (momentum / r) ** 2)

    return float(quad(inverse_speed, 0.0, 1.0, epsrel=1e-11, epsabs=0.0, limit=400)[0])


@pytest.mark.parametrize(
    ("speed", "angle", "time", "range_degrees"),
    [
        (2000.0, 45.0, 1160.839230, 22.771662),
        (4000.0, 30.0, 10805.755682, 82.274237),
        (4800.0, 10.0, 359297.800999, 38.645327),
    ],
)
def test_hops_on_mars_have_the_exact_times_and_ranges(
    speed: float, angle: float, time: float, range_degrees: float
) -> None:
    vr, vt = speed * math.cos(math.radians(angle)), speed * math.sin(math.radians(angle))
    assert kepler.flight_time(R0, vr, vt, MARS) == pytest.approx(time, rel=1e-9, abs=0.0)
    assert math.degrees(kepler.hop_angle(R0, vr, vt, MARS)) == pytest.approx(range_degrees, rel=1e-7, abs=0.0)
    assert kepler.hop_range(R0, vr, vt, MARS) == pytest.approx(R0 * math.radians(range_degrees), rel=1e-7, abs=0.0)


def test_elements_satisfy_the_conservation_laws() -> None:
    rng = np.random.default_rng(7)
    r = R0 * rng.uniform(1.0, 4.0, 200)
    speed = rng.uniform(0.05, 0.999, 200) * np.sqrt(2.0 * MARS / r)
    angle = rng.uniform(0.0, math.pi, 200)
    vr, vt = speed * np.cos(angle), speed * np.sin(angle)
    orbit = kepler.orbit(r, vr, vt, MARS)
    for apsis in (orbit.periapsis, orbit.apoapsis):
        # there the velocity is transverse: E = L^2/(2 r^2) - GM/r
        energy = 0.5 * (orbit.angular_momentum / apsis) ** 2 - MARS / apsis
        np.testing.assert_allclose(energy, orbit.energy, rtol=0.0, atol=1e-9 * float(np.max(MARS / orbit.periapsis)))
    np.testing.assert_allclose(orbit.periapsis + orbit.apoapsis, 2.0 * orbit.semi_major_axis, rtol=1e-11)
    assert np.all(orbit.periapsis <= r * (1.0 + 1e-12))
    assert np.all(orbit.apoapsis >= r * (1.0 - 1e-12))
    np.testing.assert_allclose(orbit.period**2 * MARS, 4.0 * math.pi**2 * orbit.semi_major_axis**3, rtol=1e-12)


def test_circular_and_radial_orbits_have_their_elements() -> None:
    circular = kepler.orbit(R0, 0.0, math.sqrt(MARS / R0), MARS)
    assert circular.eccentricity == pytest.approx(0.0, abs=1e-15)
    radial = kepler.orbit(R0, 0.5 * V_ESCAPE, 0.0, MARS)
    assert radial.eccentricity == pytest.approx(1.0, rel=1e-15, abs=0.0)
    assert radial.periapsis == 0.0
    assert radial.apoapsis == pytest.approx(R0 / 0.75, rel=1e-14, abs=0.0)  # v^2 = v_esc^2 (1 - r/r_a)


def test_unbound_particles_never_return() -> None:
    v = np.array([1.0 + 1e-12, 1.5]) * V_ESCAPE
    assert np.all(kepler.flight_time(R0, v, 0.0, MARS) == math.inf)
    assert np.all(kepler.apoapsis(R0, v, 0.0, MARS) == math.inf)
    assert np.all(kepler.orbit(R0, v, 0.0, MARS).period == math.inf)
    assert np.all(np.isnan(kepler.hop_angle(R0, v, 0.0, MARS)))


def test_a_short_hop_is_a_throw_in_constant_gravity() -> None:
    """t = 2 v_r/g and range 2 v_r v_t/g to first order in v^2/(g r), here 1e-8: nothing may cancel."""
    gravity, vr, vt = MARS / R0**2, 0.3, 0.2
    assert kepler.flight_time(R0, vr, vt, MARS) == pytest.approx(2.0 * vr / gravity, rel=2e-8, abs=0.0)
    assert kepler.hop_range(R0, vr, vt, MARS) == pytest.approx(2.0 * vr * vt / gravity, rel=2e-8, abs=0.0)


@pytest.mark.parametrize(("vr", "vt"), [(2500.0, 0.0), (1200.0, 2000.0), (500.0, 4300.0), (4500.0, 1700.0)])
def test_flight_time_is_twice_the_climb_to_the_apoapsis(vr: float, vt: float) -> None:
    top = float(kepler.apoapsis(R0, vr, vt, MARS))
    assert kepler.flight_time(R0, vr, vt, MARS) == pytest.approx(2.0 * leg_time(R0, top, vr, vt), rel=1e-6, abs=0.0)
    assert kepler.flight_time(R0, vr, vt, MARS) == pytest.approx(
        2.0 * float(kepler.time_between(R0, top * (1.0 - 1e-15), vr, vt, MARS)), rel=1e-6, abs=0.0
    )


@pytest.mark.parametrize("factor", [0.9, 0.9995, 0.999999, 1.0 - 1e-13, 1.0, 1.0 + 1e-13, 1.000001, 1.0005, 1.2, 5.0])
@pytest.mark.parametrize("angle", [0.0, 30.0, 85.0])
def test_time_between_radii_equals_the_radial_quadrature(factor: float, angle: float) -> None:
    """Elliptic, nearly parabolic, parabolic and hyperbolic orbits through one formula."""
    speed = factor * V_ESCAPE
    vr, vt = speed * math.cos(math.radians(angle)), speed * math.sin(math.radians(angle))
    for ratio in (1.0001, 1.5, 3.0):
        expected = leg_time(R0, ratio * R0, vr, vt)
        assert kepler.time_between(R0, ratio * R0, vr, vt, MARS) == pytest.approx(expected, rel=1e-9, abs=0.0)


def test_time_between_radii_is_the_same_inward_and_outward() -> None:
    """Reversibility: from r2 back to r1 with the velocity found there."""
    vr, vt, r2 = 3000.0, 2000.0, 1.4 * R0
    vt2 = vt * R0 / r2
    vr2 = math.sqrt(vr**2 + vt**2 - 2.0 * MARS * (1.0 / R0 - 1.0 / r2) - vt2**2)
    outward = kepler.time_between(R0, r2, vr, vt, MARS)
    assert kepler.time_between(r2, R0, -vr2, vt2, MARS) == pytest.approx(outward, rel=1e-11, abs=0.0)
    assert kepler.time_between(R0, R0, vr, vt, MARS) == 0.0


def test_time_between_radii_adds_up() -> None:
    radii = R0 * np.array([1.0, 1.2, 1.7])
    vr, vt = 3500.0, 1500.0
    whole = kepler.time_between(R0, radii, vr, vt, MARS)
    vt1 = vt / 1.2
    vr1 = math.sqrt(vr**2 + vt**2 - 2.0 * MARS / R0 * (1.0 - 1.0 / 1.2) - vt1**2)
    assert whole[1] + kepler.time_between(radii[1], radii[2], vr1, vt1, MARS) == pytest.approx(
        whole[2], rel=1e-12, abs=0.0
    )


def test_functions_are_vectorised() -> None:
    vr = np.linspace(100.0, 4000.0, 12).reshape(3, 4)
    for function in (kepler.flight_time, kepler.hop_angle, kepler.apoapsis):
        table = function(R0, vr, 500.0, MARS)
        assert table.shape == (3, 4)
        assert table[1, 2] == function(R0, float(vr[1, 2]), 500.0, MARS)
        assert isinstance(function(R0, 1000.0, 500.0, MARS), float)


def test_radii_off_the_orbit_and_falling_launches_are_refused() -> None:
    with pytest.raises(ValueError, match="not on the orbit"):
        kepler.time_between(R0, 10.0 * R0, 1000.0, 0.0, MARS)
    with pytest.raises(ValueError, match="v_radial = -1"):
        kepler.flight_time(R0, -1.0, 0.0, MARS)
    with pytest.raises(ValueError, match="gm = 0"):
        kepler.orbit(R0, 0.0, 1.0, 0.0)
