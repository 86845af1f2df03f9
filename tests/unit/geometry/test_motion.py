"""Exact motion within a cell, from face to face, and back from beyond the boundary.

A particle is moved by a fraction of its local step. At a face where the step changes from dt1 to dt2 it has spent f1
of its step; the rest 1 - f1 is spent at dt2. So sum over runs of (time in run)/dt(run) = fraction, exactly. Free
flight: x'' = -g (planar), x'' = l^2/x^3 - mu/x^2 (radial, Kepler). Hop times at Mars (from 3589.5
km) by Kepler's equation, t = 2 sqrt(a^3/mu) (pi - E + e sin E). Tolerances: 1e-12 of the step for faces (Newton's
iteration stops at a change of 1e-6, which squares), round-off elsewhere.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.analytic import kepler
from exobase.bodies import body
from exobase.case import make_case
from exobase.geometry.motion import (
    LEFT_INNER,
    LEFT_OUTER,
    PLANAR,
    RADIAL,
    REACHED,
    Motion,
    Runs,
    advance,
    flow,
    specific_energy,
    speed_squared,
    turning,
)
from exobase.geometry.radial import apoapsis, return_time
from exobase.simulation.layout import lay_mesh
from exobase.simulation.profile import expected_profile

MARS = 4.282837e13
FREE = Motion(PLANAR, 0.0)
STEPPED = Runs(np.array([0.0, 1.0, 2.0, 4.0]), np.array([1.0, 1.5, 2.25]))


def go(
    motion: Motion, runs: Runs, run: int, x: float, v: float, l2: float, fraction: float
) -> tuple[int, int, float, float, float]:
    x1, v1 = flow(motion, x, v, l2, fraction * float(runs.dt[run]))
    return tuple(advance(motion, runs, run, x, v, l2, fraction, x1, v1))[:5]


@pytest.mark.parametrize(
    ("x", "v", "run", "expected"),
    [
        (0.2, 0.5, 0, 0.7),  # stays
        (0.5, 1.0, 0, 1.0 + 0.5 * 1.5),  # half the step, then half of 1.5
        (0.5, 2.0, 0, 1.0 + 0.75 * 3.0 - (0.75 * 3.0 - 1.0) + (0.75 - 1.0 / 3.0) * 4.5),  # over two faces
        (2.5, -0.8, 2, 2.0 - 0.8 * (1.0 - 0.625 / 2.25) * 1.5),  # inward, within the middle run
        (1.5, 0.2, 1, 1.8),
    ],
)
def test_the_rest_of_a_fraction_is_spent_at_the_new_step(x: float, v: float, run: int, expected: float) -> None:
    code, where, x1, v1, left = go(FREE, STEPPED, run, x, v, 0.0, 1.0)
    assert (code, v1, left) == (REACHED, v, 0.0)
    assert x1 == pytest.approx(expected, rel=1e-12, abs=0.0)
    assert STEPPED.edge[where] <= x1 < STEPPED.edge[where + 1]


def test_fractions_add_up_over_many_faces() -> None:
    """Radial fall and climb through 300 runs whose steps differ by 1.5: sum of exact flight times over steps =
    fraction.
    """
    edge = 3.0e6 * 1.004 ** np.arange(301)
    dt = 40.0 * 1.5 ** (np.arange(300) % 2)
    runs, motion = Runs(edge, dt), Motion(RADIAL, MARS)
    rng = np.random.default_rng(4)
    crossed = 0
    for _ in range(300):
        x, vt = rng.uniform(edge[60], edge[-60]), rng.uniform(500.0, 2500.0)
        v = rng.choice([-1.0, 1.0]) * rng.uniform(500.0, 3500.0)
        fraction = rng.uniform(0.2, 2.0)
        run = int(np.searchsorted(edge, x, side="right")) - 1
        code, where, x1, v1, left = go(motion, runs, run, x, v, (x * vt) ** 2, fraction)
        if v * v1 <= 0.0 or code != REACHED:
            continue  # legs with a turning point are tested by time and energy below
        crossed += abs(where - run)
        faces = edge[(edge > min(x, x1)) & (edge < max(x, x1))]
        points = np.sort(np.concatenate([[x, x1], faces]))
        times = np.diff(np.sign(points - x) * np.asarray(kepler.time_between(x, points, v, vt, MARS)))
        steps = dt[np.searchsorted(edge, 0.5 * (points[1:] + points[:-1]), side="right") - 1]
        assert float(np.sum(times / steps)) + left == pytest.approx(fraction, rel=1e-6, abs=0.0)
    assert crossed > 1000


@pytest.mark.parametrize("motion", [Motion(PLANAR, 3.7), Motion(RADIAL, MARS)])
def test_runs_of_equal_steps_change_nothing(motion: Motion) -> None:
    """Faces without a change of the step: the same end as without faces, to the accuracy of one step against two."""
    edge = np.linspace(3.6e6, 3.8e6, 41)
    rng = np.random.default_rng(5)
    for _ in range(500):
        x, v, vt = rng.uniform(3.65e6, 3.75e6), rng.normal(0.0, 1500.0), rng.uniform(0.0, 3000.0)
        l2 = (x * vt) ** 2 if motion.kind == RADIAL else 0.0
        many = go(motion, Runs(edge, np.full(40, 10.0)), int(np.searchsorted(edge, x, side="right")) - 1, x, v, l2, 1.0)
        whole = flow(motion, x, v, l2, 10.0)
        assert many[0] == REACHED
        assert many[2] == pytest.approx(whole[0], rel=1e-11, abs=0.0)
        assert many[3] == pytest.approx(whole[1], rel=1e-7, abs=1e-4)


@pytest.mark.parametrize("v", [-0.5, 0.5])
@pytest.mark.parametrize("run", [0, 1, 2])
def test_a_particle_exactly_on_a_face_moves_on(run: int, v: float) -> None:
    """On the lower face of a run, going up: within it; going down: at once into the run below (or out of the
    domain).
    """
    x = float(STEPPED.edge[run])
    code, where, x1, v1, left = go(FREE, STEPPED, run, x, v, 0.0, 1.0)
    assert v1 == v
    if v > 0.0:
        assert (code, where, x1) == (REACHED, run, x + v * STEPPED.dt[run])
    elif run == 0:
        assert (code, x1, left) == (LEFT_INNER, 0.0, 1.0)
    else:
        assert (code, where, x1) == (REACHED, run - 1, x + v * STEPPED.dt[run - 1])


@pytest.mark.parametrize(("start", "v", "face"), [(0.5, 0.5, 1.0), (1.75, -0.5, 1.0), (1.25, 0.5, 2.0)])
def test_a_step_that_ends_exactly_on_a_face_keeps_position_and_velocity(start: float, v: float, face: float) -> None:
    """Binary fractions: the end is the face itself. The particle neither jumps nor turns round."""
    run = int(np.searchsorted(STEPPED.edge, start, side="right")) - 1
    code, _, x1, v1, left = go(FREE, STEPPED, run, start, v, 0.0, 1.0)
    assert (code, x1, v1, left) == (REACHED, face, v, 0.0)


def test_nothing_turns_round_at_a_face() -> None:
    """4e4 free particles whose step ends within round-off of the face between two runs: none changes its velocity."""
    rng = np.random.default_rng(1)
    for sign in (-1.0, 1.0):
        for _ in range(20_000):
            x = 1.0 - sign * rng.random()
            v = (1.0 - x) * (1.0 + rng.integers(-2, 3) * 2.0**-52)
            run = 0 if sign > 0 else 1
            fraction = 1.0 / float(STEPPED.dt[run])
            code, _, x1, v1, _ = go(FREE, STEPPED, run, x, v, 0.0, fraction)
            assert code == REACHED
            assert v1 == v
            assert x1 == pytest.approx(1.0, rel=1e-14, abs=0.0)


@pytest.mark.parametrize("left", [0.0, 1e-18, 1e-17, 1e-16])
@pytest.mark.parametrize("motion", [FREE, Motion(RADIAL, 1.0)])
def test_a_particle_that_turns_back_at_the_outer_boundary_stays_inside(motion: Motion, left: float) -> None:
    """Reflected at the outer face with (almost) nothing of its step left, its position cannot change by one ulp: the
    move must end there. Met again, the boundary would reflect it for ever.
    """
    runs = Runs(np.array([1.0, 2.0]), np.array([1.0]))
    code, _, x1, v1, _ = go(motion, runs, 0, 2.0, -0.5, 0.0, left)
    assert code == REACHED
    assert v1 == pytest.approx(-0.5, rel=1e-12, abs=0.0)
    assert x1 <= 2.0


def test_both_boundaries_end_the_move_with_the_rest_of_the_fraction() -> None:
    code, run, x, v, left = go(FREE, STEPPED, 2, 3.0, 2.0, 0.0, 1.0)
    assert (code, run, x, v) == (LEFT_OUTER, 2, 4.0, 2.0)
    assert left == pytest.approx(1.0 - 0.5 / 2.25, rel=1e-13, abs=0.0)
    code, run, x, v, left = go(FREE, STEPPED, 0, 0.25, -1.0, 0.0, 1.0)
    assert (code, run, x, v) == (LEFT_INNER, 0, 0.0, -1.0)
    assert left == pytest.approx(0.75, rel=1e-13, abs=0.0)


def test_an_arc_over_a_face_is_split_although_both_its_ends_lie_below() -> None:
    """Planar throw from x = 0.9 to 0.9 with apex above the face at 1: up at dt1, above at dt2, down with the rest."""
    motion, x, v = Motion(PLANAR, 1.0), 0.9, 0.6  # apex 0.9 + 0.18
    runs = Runs(np.array([0.0, 1.0, 2.0]), np.array([1.2, 1.8]))
    code, run, x1, v1, _ = go(motion, runs, 0, x, v, 0.0, 1.0)
    v_face = math.sqrt(v * v - 0.2)
    up, above = v - v_face, 2.0 * v_face
    rest = 1.0 - up / 1.2 - above / 1.8
    assert rest > 0.0
    t = rest * 1.2
    assert (code, run) == (REACHED, 0)
    assert x1 == pytest.approx(1.0 - v_face * t - 0.5 * t * t, rel=1e-12, abs=0.0)
    assert v1 == pytest.approx(-v_face - t, rel=1e-12, abs=0.0)


def test_planar_motion_is_the_parabola() -> None:
    """x + v t - g t^2/2, energy v^2/2 + g x, apex v^2/2g."""
    motion = Motion(PLANAR, 3.7)
    x, v = flow(motion, 10.0, 20.0, 0.0, 3.0)
    assert (x, v) == (pytest.approx(10.0 + 60.0 - 1.85 * 9.0, rel=1e-15), pytest.approx(20.0 - 11.1, rel=1e-15))
    assert specific_energy(motion, x, v, 0.0, 0.0) == pytest.approx(200.0 + 37.0, rel=1e-14, abs=0.0)
    assert turning(motion, 10.0, 20.0, 0.0) == pytest.approx(10.0 + 200.0 / 3.7, rel=1e-15, abs=0.0)
    assert turning(motion, 10.0, -20.0, 0.0) == -math.inf
    assert turning(FREE, 10.0, 20.0, 0.0) == math.inf
    assert speed_squared(motion, 10.0, 20.0, 0.0, 30.0) == pytest.approx(400.0 - 148.0, rel=1e-14, abs=0.0)


def test_a_specular_throw_in_a_plane_comes_back_in_time() -> None:
    """2 v/g, as LEFT_INNER with the rest of the step: whatever the runs."""
    motion, runs = Motion(PLANAR, 1.0), Runs(np.linspace(0.0, 40.0, 9), 0.3 * 1.4 ** np.array([0, 1, 2, 1, 0, 1, 2, 3]))
    x, v, run, spent = 0.0, 8.0, 0, 0
    while True:
        code, run, x, v, left = go(motion, runs, run, x, v, 0.0, 1.0)
        spent += 1
        if code == LEFT_INNER:
            break
    assert v == pytest.approx(-8.0, rel=1e-12, abs=0.0)
    ends = np.append(runs.edge[runs.edge < 32.0], 32.0)
    speed = np.sqrt(64.0 - 2.0 * ends)
    expected = 2.0 * float(np.sum((speed[:-1] - speed[1:]) / runs.dt[: ends.size - 1]))
    assert spent - left == pytest.approx(expected, rel=1e-11, abs=0.0)


HOPS = [(2000.0, 45.0, 1160.839230), (4000.0, 30.0, 10805.755682), (4800.0, 10.0, 359297.800999)]


@pytest.mark.parametrize(("speed", "angle", "time"), HOPS)
@pytest.mark.parametrize("mode", ["global", "local"])
def test_kepler_hops_last_as_long_as_the_exact_ones(speed: float, angle: float, time: float, mode: str) -> None:
    """Mars from 3589.5 km; the production step of hydrogen at 200 K. Required 1e-4; the step's order gives much better.

    With local steps time is counted in steps, compared with the exact time spent in every run over its step.
    """
    r0 = 3589.5e3
    case = make_case(
        {
            "solver": "dsmc",
            "collisions": "off",
            "time_step": mode,
            "body": {"gm": f"{MARS} m3 s-2"},
            "domain": {"inner": f"{r0} m", "outer_over_inner": 60.0},
            "species": [{"name": "H", "density": "2.5e5 cm-3", "temperature": "200 K"}],
        }
    )
    runs = lay_mesh(case, expected_profile(case)).runs
    v, vt = speed * math.cos(math.radians(angle)), speed * math.sin(math.radians(angle))
    l2, motion, x, run, steps = (r0 * vt) ** 2, Motion(RADIAL, MARS), r0, 0, 0
    top = float(kepler.apoapsis(r0, v, vt, MARS))
    assert float(kepler.flight_time(r0, v, vt, MARS)) == pytest.approx(time, rel=1e-8, abs=0.0)
    ends = np.append(runs.edge[runs.edge < top], top * (1.0 - 1e-15))
    exact = 2.0 * float(np.sum(np.diff(kepler.time_between(r0, ends, v, vt, MARS)) / runs.dt[: ends.size - 1]))
    while True:
        code, run, x, v, left = go(motion, runs, run, x, v, l2, 1.0)
        steps += 1
        if code == LEFT_INNER:
            break
        assert code == REACHED
    assert steps - left == pytest.approx(exact, rel=1e-6, abs=0.0)
    if mode == "global":
        assert (steps - left) * runs.dt[0] == pytest.approx(time, rel=1e-6, abs=0.0)


def test_return_time_is_the_flight_time_of_theory() -> None:
    """Short hops, circular, radial and almost parabolic orbits; rounding is amplified by 1/(1 - r/2a) near the last."""
    rng = np.random.default_rng(2)
    r = rng.uniform(3e6, 3e7, 2000)
    escape = np.sqrt(2.0 * MARS / r)
    speed = escape * np.concatenate([rng.uniform(1e-2, 0.99, 1000), 1.0 - 10.0 ** rng.uniform(-5, -2, 1000)])
    angle = np.arccos(rng.uniform(0.01, 1.0, 2000))
    v, vt = speed * np.cos(angle), speed * np.sin(angle)
    ours = np.array([return_time(a, b, (a * c) ** 2, MARS) for a, b, c in zip(r, v, vt, strict=True)])
    np.testing.assert_allclose(ours, kepler.flight_time(r, v, vt, MARS), rtol=1e-9)
    top = np.array([apoapsis(a, b, (a * c) ** 2, MARS) for a, b, c in zip(r, v, vt, strict=True)])
    np.testing.assert_allclose(top, kepler.apoapsis(r, v, vt, MARS), rtol=1e-9)


def test_turning_points_are_the_apsides() -> None:
    motion, mars = Motion(RADIAL, MARS), body("Mars").radius
    r, v, vt = 1.5 * mars, 1500.0, 2500.0
    orbit = kepler.orbit(r, v, vt, MARS)
    l2 = (r * vt) ** 2
    assert turning(motion, r, v, l2) == pytest.approx(float(orbit.apoapsis), rel=1e-13, abs=0.0)
    assert turning(motion, r, -v, l2) == pytest.approx(float(orbit.periapsis), rel=1e-13, abs=0.0)
    assert turning(motion, r, 9000.0, l2) == math.inf
    assert turning(motion, r, -v, 0.0) == 0.0
    fast = kepler.orbit(r, -9000.0, vt, MARS)
    assert turning(motion, r, -9000.0, l2) == pytest.approx(float(fast.periapsis), rel=1e-12, abs=0.0)
    assert speed_squared(motion, r, v, l2, float(orbit.apoapsis)) == pytest.approx(0.0, abs=1e-8 * v * v)
