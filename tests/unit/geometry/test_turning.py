"""Directions and tangential velocities in a central field, against Kepler's orbits and plain Cartesian rotation.

Earth, periapsis at 6871 km, eccentricities 0, 0.5 and 0.9, in a plane tilted against the axis of the zones: energy,
|L|, L_z and the plane stay to 1e-11 over 100 orbits, the place after one period to 1e-6 r at steps of 60 s; the error
falls with the fourth power of the step, but for what the turning points add.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from cell_tables import cells_of
from exobase.geometry.arcs import return_state
from exobase.geometry.columns import DX, DY, DZ, PLACED, VN, VT1, VT2, R
from exobase.geometry.motion import RADIAL, Motion, flow, push, sweep
from exobase.geometry.patches import CARTESIAN, RING
from exobase.geometry.turning import hop, to_common, to_own, turn_far

EARTH, PERIAPSIS = 3.986004e14, 6.871e6
Array = NDArray[np.float64]
EVERYWHERE = np.array([[-1.0, 1.1, 0.0, 0.0, 0.0, 0.0]])


def cartesian(x: Array, n: int) -> Array:
    """Positions and velocities [6, n] of the first n particles in Cartesian axes."""
    d, s = x[DX : DZ + 1, :n], np.hypot(x[DX, :n], x[DY, :n])
    east = np.stack([-d[1] / s, d[0] / s, np.zeros(n)])
    down = np.stack([d[2] * d[0] / s, d[2] * d[1] / s, -s])
    return np.concatenate([x[R, :n] * d, x[VN, :n] * d + x[VT1, :n] * down + x[VT2, :n] * east])


def start(eccentricity: float) -> Array:
    """At the periapsis, east of the x axis, moving at 40 degrees to the parallels."""
    x = np.zeros((PLACED, 1))
    speed = math.sqrt(EARTH * (1.0 + eccentricity) / PERIAPSIS)
    a, b = 0.3, 1.1
    x[R], x[VT1], x[VT2] = PERIAPSIS, speed * math.sin(0.7), speed * math.cos(0.7)
    x[DX], x[DY], x[DZ] = math.sin(b) * math.cos(a), math.sin(b) * math.sin(a), math.cos(b)
    return x


def period(eccentricity: float) -> float:
    return 2.0 * math.pi * math.sqrt((PERIAPSIS / (1.0 - eccentricity)) ** 3 / EARTH)


def follow(x: Array, h: float, steps: int) -> Array:
    """The same columns after a number of steps of the bulk push in one cell that holds everything."""
    x = x.copy()
    y, moved = np.empty_like(x), np.zeros(x.shape[1], dtype=np.bool_)
    one = [np.array([v]) for v in (1.0, 1e12, h)]
    cells = cells_of(*one, np.array([False]), EVERYWHERE)
    for _ in range(steps):
        push(Motion(RADIAL, EARTH), x, y, moved, np.array([0, x.shape[1]]), 1, cells)
        assert not moved.any()
        x, y = y, x
    return x


def momentum(x: Array) -> Array:
    """Angular momentum per mass [m2/s]."""
    c = cartesian(x, 1)[:, 0]
    return np.cross(c[:3], c[3:])


@pytest.mark.parametrize("eccentricity", [0.0, 0.5, 0.9])
def test_an_orbit_keeps_energy_angular_momentum_and_plane(eccentricity: float) -> None:
    """100 orbits in steps of 60 s, up to 3e5 steps."""
    x = start(eccentricity)
    energy, before = 0.5 * (x[VN : VT2 + 1] ** 2).sum() - EARTH / x[R, 0], momentum(x)
    x = follow(x, 60.0, round(100.0 * period(eccentricity) / 60.0))
    after = momentum(x)
    size = float(np.linalg.norm(before))
    assert abs(0.5 * (x[VN : VT2 + 1] ** 2).sum() - EARTH / x[R, 0] - energy) < 1e-11 * EARTH / PERIAPSIS
    assert abs(np.linalg.norm(after) - size) < 1e-11 * size
    assert abs(after[2] - before[2]) < 1e-11 * size
    assert np.linalg.norm(np.cross(after, before)) < 1e-11 * size**2
    assert np.linalg.norm(x[DX : DZ + 1]) == pytest.approx(1.0, abs=1e-14)


@pytest.mark.parametrize("eccentricity", [0.0, 0.3, 0.5])
def test_the_place_after_one_period(eccentricity: float) -> None:
    """Off by less than 1e-6 r at steps of 60 and 30 s."""
    for parts in (1, 2):
        steps = round(period(eccentricity) / 60.0) * parts
        end = follow(start(eccentricity), period(eccentricity) / steps, steps)
        begin = cartesian(start(eccentricity), 1)[:3, 0]
        assert float(np.linalg.norm(cartesian(end, 1)[:3, 0] - begin)) < 1e-6 * PERIAPSIS


def test_the_order_between_the_apsides() -> None:
    """An hour of the rising leg (e = 0.5): the place errs by the fourth power of the step, against steps of 1/32."""
    begin = follow(start(0.5), 10.0, 60)
    place = [cartesian(follow(begin, 120.0 / parts, 30 * parts), 1)[:3, 0] for parts in (1, 2, 32)]
    coarse, fine = (float(np.linalg.norm(p - place[2])) for p in place[:2])
    assert fine < coarse / 12.0
    assert coarse < 1e-5 * PERIAPSIS


def test_a_large_angle_is_left_to_the_exact_way() -> None:
    """A particle that sweeps more than 0.6 rad is flagged; the sum of its parts turns it as many small steps do."""
    x = start(0.0)
    y, moved = np.empty_like(x), np.zeros(1, dtype=np.bool_)
    h = 0.8 * PERIAPSIS / math.hypot(x[VT1, 0], x[VT2, 0])
    cells = cells_of(*[np.array([v]) for v in (1.0, 1e12, h)], np.array([False]), EVERYWHERE)
    push(Motion(RADIAL, EARTH), x, y, moved, np.array([0, 1]), 1, cells)
    assert moved[0]
    l2 = float((x[VT1, 0] ** 2 + x[VT2, 0] ** 2) * PERIAPSIS**2)
    r1, _ = flow(Motion(RADIAL, EARTH), PERIAPSIS, 0.0, l2, h)
    swept = PERIAPSIS * sweep(Motion(RADIAL, EARTH), PERIAPSIS, 0.0, l2, h, r1)
    turned = turn_far(*(float(x[k, 0]) for k in (DX, DY, DZ, VT1, VT2)), swept)
    small = follow(start(0.0), h / 200.0, 200)
    np.testing.assert_allclose(turned[:3], small[DX : DZ + 1, 0], atol=1e-4)


def test_return_from_beyond_is_where_the_arc_comes_down() -> None:
    """200 bound orbits through the outer boundary against the closed form of the whole state."""
    rng = np.random.default_rng(5)
    r = 4.0 * PERIAPSIS
    for _ in range(200):
        x = np.zeros((PLACED, 1))
        d = rng.normal(size=3)
        x[DX : DZ + 1, 0] = d / np.linalg.norm(d)
        escape = math.sqrt(2.0 * EARTH / r)
        v = rng.normal(size=3)
        v *= escape * rng.uniform(0.05, 0.98) / np.linalg.norm(v)
        x[R], x[VN], x[VT1], x[VT2] = r, abs(v[0]), v[1], v[2]
        *expected, _, _ = return_state(*cartesian(x, 1)[:, 0], r, EARTH)
        swept = hop(r, float(x[VN, 0]), float(x[VT1, 0]), float(x[VT2, 0]), EARTH)
        x[DX, 0], x[DY, 0], x[DZ, 0], x[VT1, 0], x[VT2, 0] = turn_far(
            *(float(x[k, 0]) for k in (DX, DY, DZ, VT1, VT2)), swept
        )
        x[VN] *= -1.0
        got = cartesian(x, 1)[:, 0]
        np.testing.assert_allclose(got[:3], expected[:3], atol=1e-9 * r)
        np.testing.assert_allclose(got[3:], expected[3:], atol=1e-9 * escape)


@pytest.mark.parametrize("frame", [RING, CARTESIAN])
def test_the_common_frame_keeps_speeds_and_comes_back(frame: int) -> None:
    """Cartesian velocities in the one, (rho, phi, z) in the other, and the way back to round-off."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=(PLACED, 500))
    x[DX : DZ + 1] /= np.linalg.norm(x[DX : DZ + 1], axis=0)
    before, plain = x.copy(), cartesian(x, 500)
    to_common(frame, x, 500)
    if frame == CARTESIAN:
        np.testing.assert_allclose(x[VN : VT2 + 1], plain[3:], atol=1e-14)
    else:
        rho = np.hypot(plain[0], plain[1])
        out = (plain[0] * plain[3] + plain[1] * plain[4]) / rho * np.sign(before[R])
        np.testing.assert_allclose(x[VN], out, atol=1e-12)
        np.testing.assert_allclose(x[VT2], plain[5], atol=1e-14)
    to_own(frame, x, 500)
    np.testing.assert_allclose(x, before, atol=1e-14)
