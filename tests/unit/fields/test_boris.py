"""Boris' push: exact speed in a magnetic field, known phase, and the drifts of theory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.fields.boris import boris, boris_exact
from exobase.jit import kernel

PLAIN, EXACT = 0, 1
FORMS = [PLAIN, EXACT]


@kernel
def run(form, e, b, g, q_over_m, dt, x, v, steps):  # type: ignore[no-untyped-def]
    """Drift, push, drift for a number of steps in constant fields; returns position and velocity."""
    x0, x1, x2, v0, v1, v2 = x[0], x[1], x[2], v[0], v[1], v[2]
    h = 0.5 * dt
    for _ in range(steps):
        x0, x1, x2 = x0 + h * v0, x1 + h * v1, x2 + h * v2
        if form == PLAIN:
            v0, v1, v2 = boris(e[0], e[1], e[2], b[0], b[1], b[2], g[0], g[1], g[2], q_over_m, dt, v0, v1, v2)
        else:
            v0, v1, v2 = boris_exact(e[0], e[1], e[2], b[0], b[1], b[2], g[0], g[1], g[2], q_over_m, dt, v0, v1, v2)
        x0, x1, x2 = x0 + h * v0, x1 + h * v1, x2 + h * v2
    return x0, x1, x2, v0, v1, v2


NIL = np.zeros(3)
B = np.array([0.3, -0.8, 0.52])


def turned(v: np.ndarray, angle: float) -> np.ndarray:
    """v turned about B by the angle; positive charges turn left-handed, dv/dt = (q/m) v x B."""
    k = B / np.linalg.norm(B)
    along = (v @ k) * k
    return np.asarray(along + math.cos(angle) * (v - along) + math.sin(angle) * np.cross(v, k))


@pytest.mark.parametrize("form", FORMS)
def test_speed_is_kept_to_round_off_over_many_steps(form: int) -> None:
    v = np.array([1.0, 0.3, -0.4])
    out = run(form, NIL, B, NIL, 1.3, 0.31, NIL, v, 100_000)
    assert np.linalg.norm(out[3:]) / np.linalg.norm(v) == pytest.approx(1.0, abs=2e-11)
    k = B / np.linalg.norm(B)
    assert np.array(out[3:]) @ k == pytest.approx(v @ k, abs=2e-11)


@pytest.mark.parametrize("dt", [0.05, 0.5, 3.0])
def test_the_plain_push_turns_by_twice_the_arctangent(dt: float) -> None:
    v = np.array([1.0, 0.3, -0.4])
    angle = 2.0 * math.atan(0.5 * 1.7 * np.linalg.norm(B) * dt)
    assert run(PLAIN, NIL, B, NIL, 1.7, dt, NIL, v, 1)[3:] == pytest.approx(turned(v, angle), abs=1e-14)
    assert run(PLAIN, NIL, B, NIL, -1.7, dt, NIL, v, 1)[3:] == pytest.approx(turned(v, -angle), abs=1e-14)


@pytest.mark.parametrize(("angle", "error"), [(0.1, 1e-15), (0.5, 1e-13), (1.0, 1e-9), (2.0, 2e-7)])
def test_the_exact_push_turns_by_the_angle_of_the_motion(angle: float, error: float) -> None:
    v = np.array([1.0, 0.3, -0.4])
    dt = angle / np.linalg.norm(B)
    assert run(EXACT, NIL, B, NIL, 1.0, dt, NIL, v, 1)[3:] == pytest.approx(turned(v, angle), abs=3.0 * error + 1e-15)


def test_a_pickup_ion_moves_on_a_cycloid() -> None:
    """From rest in B y, u along -x: x = -u (t - sin(w t)/w), z = (u/w) (1 - cos w t), largest speed 2 u."""
    u, w, turns, steps = 4.0e5, 1.809e-2, 3.25, 4000
    q_over_m = w / 3e-9
    e = np.array([0.0, 0.0, u * 3e-9])
    t = turns * 2.0 * math.pi / w
    out = run(EXACT, e, np.array([0.0, 3e-9, 0.0]), NIL, q_over_m, t / steps, NIL, NIL, steps)
    radius = u / w
    assert out[0] == pytest.approx(-radius * (w * t - math.sin(w * t)), abs=1e-4 * radius)
    assert out[2] == pytest.approx(radius * (1.0 - math.cos(w * t)), abs=1e-4 * radius)
    assert out[1] == 0.0


@pytest.mark.parametrize("form", FORMS)
def test_an_ion_drifts_with_e_cross_b_and_gravity_cross_b(form: int) -> None:
    """Mean velocity (E + m g/q) x B/B^2, over whole gyrations, to 1e-3."""
    b, e, g = np.array([0.0, 0.0, 2.0]), np.array([0.2, -0.1, 0.0]), np.array([0.0, 0.3, 0.0])
    q_over_m, per_turn = 1.5, 200
    w = q_over_m * 2.0
    period = 2.0 * math.pi / w
    dt = period / per_turn if form == EXACT else 2.0 * math.tan(math.pi / per_turn) / w
    out = run(form, e, b, g, q_over_m, dt, NIL, np.array([1.0, 0.5, 0.0]), 50 * per_turn)
    drift = np.cross(e + g / q_over_m, b) / (b @ b)
    assert np.array(out[:3]) / (50 * per_turn * dt) == pytest.approx(drift, abs=1e-3 * np.linalg.norm(drift))


def test_pickup_figures_of_mars_and_venus() -> None:
    """E = u B sin(cone), gyration period 2 pi m/(q B) and largest energy 2 m u_perp^2 of O+, as published."""
    from exobase.constants import ATOMIC_MASS, ELEMENTARY_CHARGE, EV
    from exobase.fields.plasma import sample, uniform, wind

    m = 15.999 * ATOMIC_MASS
    for b, u, cone, field, radius, period, energy in (
        (3e-9, 4e5, 57.0, 1.006e-3, 18543.4e3, 347.3, 37.324e3),
        (3e-9, 4e5, 90.0, 1.200e-3, 22110.4e3, 347.3, 53.065e3),
        (10e-9, 4e5, 36.0, 2.351e-3, 3898.9e3, 104.2, 18.334e3),
    ):
        at = sample(uniform(wind(1e6, u, b, math.radians(cone))), np.zeros(3))
        assert np.linalg.norm(at.e[0]) == pytest.approx(field, rel=1e-3)
        assert 2.0 * math.pi * m / (ELEMENTARY_CHARGE * b) == pytest.approx(period, rel=1e-3)
        across = u * math.sin(math.radians(cone))
        assert m * across / (ELEMENTARY_CHARGE * b) == pytest.approx(radius, rel=1e-3)
        # fastest after half a gyration from rest
        steps = 1000
        out = run(EXACT, at.e[0], at.b[0], NIL, ELEMENTARY_CHARGE / m, 0.5 * period / steps, NIL, NIL, steps)
        assert 0.5 * m * sum(v * v for v in out[3:]) / EV == pytest.approx(energy, rel=2e-3)
