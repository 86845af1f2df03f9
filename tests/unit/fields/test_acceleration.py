"""Accelerations in free flight: formulas, potentials, points of rest, conservation.

Hill 1878; Murray & Dermott 1999, section 3.13. Earth: GM 3.986004e14, orbit round the Sun at 1 AU.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.bodies import body
from exobase.constants import AU, GM_SUN
from exobase.fields.acceleration import (
    acceleration,
    acceleration_rotating,
    hill_radius,
    jacobi_energy,
    potential,
    sunlit,
)

GM, TIDE, PUSH = 3.986004e14, GM_SUN / AU**3, 7e-3
POINT = (4.0e8, -3.0e8, 5.0e8)


def test_a_point_mass_attracts_as_one_over_r_squared() -> None:
    a = acceleration(3.0e7, 0.0, 4.0e7, GM, 0.0, 0.0)
    assert a == pytest.approx((-0.6 * GM / 2.5e15, 0.0, -0.8 * GM / 2.5e15), rel=1e-14, abs=0.0)


def test_the_tide_is_the_difference_of_the_suns_gravity() -> None:
    """g(r) - g(0) of a Sun at +x; Hill's approximation neglects terms of order r/d = 7e-6 of it."""
    r = np.array([1.0e6, -0.5e6, 0.3e6])
    sun = np.array([AU, 0.0, 0.0])
    exact = GM_SUN * ((sun - r) / np.linalg.norm(sun - r) ** 3 - sun / AU**3)
    np.testing.assert_allclose(acceleration(*r, 0.0, TIDE, 0.0), exact, rtol=3e-5)


def test_radiation_pushes_away_from_the_sun() -> None:
    a, without = np.array(acceleration(*POINT, GM, TIDE, PUSH)), np.array(acceleration(*POINT, GM, TIDE, 0.0))
    np.testing.assert_allclose(a - without, [-PUSH, 0.0, 0.0], rtol=1e-12, atol=1e-17)


def test_accelerations_are_the_gradients_of_their_potentials() -> None:
    """Central differences over h = 1e-5 r: error of order h^2/r^2 and round-off/h, below 1e-8."""
    h = 1e4

    def gradient(f: object) -> list[float]:
        slopes = []
        for k in range(3):
            up, down = list(POINT), list(POINT)
            up[k] += h
            down[k] -= h
            slopes.append(-(f(*up) - f(*down)) / (2.0 * h))  # type: ignore[operator]
        return slopes

    resting = gradient(lambda x, y, z: potential(x, y, z, GM, TIDE, PUSH))
    np.testing.assert_allclose(acceleration(*POINT, GM, TIDE, PUSH), resting, rtol=1e-8)
    turning = gradient(lambda x, y, z: jacobi_energy(x, y, z, 0.0, 0.0, 0.0, GM, TIDE, PUSH))
    np.testing.assert_allclose(acceleration_rotating(*POINT, 0.0, 0.0, GM, TIDE, PUSH), turning, rtol=1e-8)


def test_both_frames_see_the_same_force() -> None:
    """a_inertial = a_rotating + 2 Omega x v + Omega x (Omega x r), for a particle at rest in the inertial frame."""
    omega = np.array([0.0, 0.0, math.sqrt(TIDE)])
    r = np.array(POINT)
    v = -np.cross(omega, r)
    seen = np.array(acceleration_rotating(*POINT, v[0], v[1], GM, TIDE, PUSH))
    inertial = seen + 2.0 * np.cross(omega, v) + np.cross(omega, np.cross(omega, r))
    np.testing.assert_allclose(inertial, acceleration(*POINT, GM, TIDE, PUSH), rtol=1e-12)


def test_a_particle_rests_at_the_hill_radius() -> None:
    radius = hill_radius(GM, TIDE)
    scale = GM / radius**2
    for x in (radius, -radius):
        assert acceleration_rotating(x, 0.0, 0.0, 0.0, 0.0, GM, TIDE, 0.0) == pytest.approx(
            (0.0, 0.0, 0.0), abs=1e-14 * scale
        )
    earth = body("Earth")
    assert radius == pytest.approx(earth.hill_radius() / (1.0 - earth.e), rel=1e-4, abs=0.0)
    assert hill_radius(GM, 0.0) == math.inf


def leap(state: np.ndarray, dt: float, steps: int, push: float) -> tuple[np.ndarray, float]:
    """Leapfrog with the Coriolis term as a rotation; the final state and the largest change of the Jacobi energy."""
    x, v = state[:3].copy(), state[3:].copy()
    angle = -2.0 * math.sqrt(TIDE) * dt
    cos, sin = math.cos(angle), math.sin(angle)
    start, worst = jacobi_energy(*x, *v, GM, TIDE, push), 0.0
    for _ in range(steps):
        x += 0.5 * dt * v
        half = 0.5 * dt * np.array(acceleration_rotating(*x, 0.0, 0.0, GM, TIDE, push))
        v += half
        v = np.array([cos * v[0] - sin * v[1], sin * v[0] + cos * v[1], v[2]]) + half
        x += 0.5 * dt * v
        worst = max(worst, abs(jacobi_energy(*x, *v, GM, TIDE, push) - start))
    return np.concatenate([x, v]), worst


@pytest.mark.parametrize("push", [0.0, 5e-4])
def test_the_jacobi_energy_is_conserved_in_the_limit_of_small_steps(push: float) -> None:
    """A leapfrog's error falls as dt^2: fourfold per halving, to within the next order."""
    start = np.array([3.0e8, 2.0e8, 1.0e8, 300.0, -700.0, 200.0])
    errors = [leap(start, 4.0e4 / n, 20 * n, push)[1] for n in (8, 16, 32)]
    scale = GM / 4e8
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.15)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.05)
    assert errors[2] < 1e-3 * scale


def test_the_coriolis_term_turns_a_free_particle() -> None:
    """Far from the body and without tide in z: an inertial circle; here the rate of turn -2 Omega of the velocity."""
    v = np.array([10.0, 20.0])
    a = np.array(acceleration_rotating(0.0, 1.0e9, 0.0, v[0], v[1], 0.0, TIDE, 0.0))[:2]
    omega = math.sqrt(TIDE)
    np.testing.assert_allclose(a, 2.0 * omega * np.array([v[1], -v[0]]), rtol=1e-14)


def test_the_shadow_is_a_cylinder_behind_the_body() -> None:
    assert sunlit(2.0, 0.0, 0.0, 1.0) == 1.0
    assert sunlit(-2.0, 0.5, 0.5, 1.0) == 0.0
    assert sunlit(-2.0, 0.8, 0.8, 1.0) == 1.0
    assert sunlit(-200.0, 0.0, 0.99, 1.0) == 0.0
