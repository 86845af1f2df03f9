"""Pickup ions: published numbers of Mars, Venus and Titan, and the cycloid against the equation of motion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from exobase.analytic import pickup
from exobase.constants import ATOMIC_MASS, ELEMENTARY_CHARGE, EV

# mass [u], B [nT], u [km/s], cone [deg] -> E [mV/m], r_g [km], T [s], highest energy [keV]
CASES = [
    (16.0, 3, 400, 57, 1.006, 18543.4, 347.3, 37.324),
    (16.0, 3, 400, 90, 1.200, 22110.4, 347.3, 53.065),
    (1.008, 3, 400, 57, 1.006, 1168.2, 21.9, 2.351),
    (16.0, 10, 400, 36, 2.351, 3898.9, 104.2, 18.334),
    (16.0, 10, 400, 90, 4.000, 6633.1, 104.2, 53.065),
    (28.0, 5, 120, 90, 0.600, 6964.8, 364.7, 8.358),
    (16.0, 5, 120, 90, 0.600, 3979.9, 208.4, 4.776),
]
U = np.array([-4e5, 3e4, 5e4])
B = np.array([1e-9, -2.5e-9, 0.8e-9])
Q_M = ELEMENTARY_CHARGE / (16.0 * ATOMIC_MASS)


@pytest.mark.parametrize(("mass", "b", "u", "cone", "e", "radius", "turn", "energy"), CASES)
def test_pickup_numbers_have_their_printed_digits(
    mass: float, b: float, u: float, cone: float, e: float, radius: float, turn: float, energy: float
) -> None:
    m, field, speed, angle = mass * ATOMIC_MASS, b * 1e-9, u * 1e3, math.radians(cone)
    assert 1e3 * pickup.electric_field(speed, field, angle) == pytest.approx(e, abs=5.1e-4, rel=0.0)
    r_g = pickup.gyroradius(m, speed, field, ELEMENTARY_CHARGE, angle)
    assert 1e-3 * r_g == pytest.approx(radius, abs=0.051, rel=0.0)
    assert pickup.period(m, field, ELEMENTARY_CHARGE) == pytest.approx(turn, abs=0.051, rel=0.0)
    assert 1e-3 * pickup.highest_energy(m, speed, angle) / EV == pytest.approx(energy, abs=5.1e-4, rel=0.0)
    step = pickup.distance_per_gyration(m, speed, field, ELEMENTARY_CHARGE, angle)
    assert step == pytest.approx(2.0 * math.pi * r_g, rel=1e-12)


def test_the_cycloid_obeys_the_equation_of_motion() -> None:
    """d2x/dt2 = (q/m)(E + v x B), from rest and from a given velocity."""
    e = pickup.motional_field(U, B)
    for v0 in (np.zeros(3), np.array([2e3, -1e4, 3e3])):

        def motion(_: float, y: np.ndarray) -> np.ndarray:
            return np.concatenate([y[3:], Q_M * (e + np.cross(y[3:], B))])

        times = np.array([1.0, 60.0, 400.0])
        y0 = np.concatenate([np.zeros(3), v0])
        exact = solve_ivp(motion, (0.0, 400.0), y0, t_eval=times, rtol=1e-11, atol=1e-4).y.T
        x, v = (f(times, U, B, Q_M, v0) for f in (pickup.cycloid_position, pickup.cycloid_velocity))
        np.testing.assert_allclose(x, exact[:, :3], rtol=1e-7, atol=1.0)
        np.testing.assert_allclose(v, exact[:, 3:], rtol=1e-7, atol=1e-2)


def test_after_a_gyration_the_ion_rests_again_one_drift_further() -> None:
    turn = 2.0 * math.pi / (Q_M * math.sqrt(B @ B))
    drift = pickup.drift(U, B)
    np.testing.assert_allclose(pickup.cycloid_velocity(turn, U, B, Q_M), 0.0, atol=1e-6)
    np.testing.assert_allclose(pickup.cycloid_position(turn, U, B, Q_M), drift * turn, rtol=1e-12)
    np.testing.assert_allclose(drift, np.cross(pickup.motional_field(U, B), B) / (B @ B), rtol=1e-12)


def test_the_ion_is_fastest_half_way_and_its_energy_is_the_work_of_the_field() -> None:
    half = math.pi / (Q_M * math.sqrt(B @ B))
    v = pickup.cycloid_velocity(np.linspace(0.0, 2.0 * half, 101), U, B, Q_M)
    speeds = np.sqrt(np.sum(v**2, axis=1))
    cone = math.acos(U @ B / math.sqrt((U @ U) * (B @ B)))
    assert np.argmax(speeds) == 50
    energy = pickup.highest_energy(16.0 * ATOMIC_MASS, math.sqrt(U @ U), cone)
    assert 0.5 * 16.0 * ATOMIC_MASS * speeds[50] ** 2 == pytest.approx(energy, rel=1e-12)
    work = ELEMENTARY_CHARGE * pickup.motional_field(U, B) @ pickup.cycloid_position(half, U, B, Q_M)
    assert work == pytest.approx(energy, rel=1e-12)
    in_plasma = v - U
    ring = pickup.ring_speed(math.sqrt(U @ U), cone)
    across = in_plasma - (in_plasma @ B)[:, None] * B / (B @ B)
    np.testing.assert_allclose(np.sqrt(np.sum(across**2, axis=1)), ring, rtol=1e-12)


def test_arguments_outside_the_domain_are_refused() -> None:
    with pytest.raises(ValueError, match="cone_angle"):
        pickup.ring_speed(4e5, 4.0)
    with pytest.raises(ValueError, match="field"):
        pickup.drift(U, np.zeros(3))
    with pytest.raises(ValueError, match="shape"):
        pickup.motional_field([1.0, 2.0], B)
    with pytest.raises(ValueError, match="time"):
        pickup.cycloid_position(-1.0, U, B, Q_M)
