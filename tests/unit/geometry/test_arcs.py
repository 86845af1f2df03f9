"""Kepler arcs: times, angles, returns and residence in shells.

References: `exobase.analytic.kepler` (Stumpff's functions), quadrature of t = int dr/v_r, and the equation of motion
integrated numerically (relative tolerance 1e-12 per step). Orbits through 3589.5 km at Mars, from half the escape
speed to five times it, with nearly parabolic ones, from radial to nearly horizontal.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from exobase.analytic import kepler
from exobase.geometry.arcs import (
    ESCAPES,
    MISSES,
    RETURNS,
    arc_time,
    hop_times,
    return_state,
    shell_times,
    state_at_time,
    swept_angle,
    turning_points,
)

MARS, R0 = 4.282837e13, 3.5895e6
V_ESCAPE = math.sqrt(2.0 * MARS / R0)
FACTORS = [0.5, 0.9, 0.9995, 1.0 - 1e-9, 1.0 - 1e-13, 1.0 + 1e-13, 1.0 + 1e-9, 1.0005, 1.3, 5.0]
ANGLES = [0.0, 1e-5, 0.5, 1.2, 1.5]


def launch(factor: float, angle: float) -> tuple[float, float, float, float]:
    """v_r, v_t [m/s], energy [J/kg] and l2 [m4 s-2] of a launch from R0 with a part of the escape speed."""
    vr, vt = factor * V_ESCAPE * math.cos(angle), factor * V_ESCAPE * math.sin(angle)
    return vr, vt, 0.5 * (factor * V_ESCAPE) ** 2 - MARS / R0, (R0 * vt) ** 2


def radii(energy: float, l2: float) -> list[float]:
    """From R0 to near the apoapsis or to 30 R0."""
    top = min(turning_points(energy, l2, MARS)[1], 30.0 * R0)
    return [R0 + f * (top - R0) for f in (0.0, 1e-3, 0.1, 0.5, 0.9, 0.99)]


def flown(state: tuple[float, ...], time: float, gm: float = MARS) -> np.ndarray:
    """Position and velocity after a time, by numerical integration."""

    def motion(_: float, y: np.ndarray) -> np.ndarray:
        return np.concatenate([y[3:], -gm * y[:3] / np.linalg.norm(y[:3]) ** 3])

    solution = solve_ivp(motion, (0.0, time), np.array(state), method="DOP853", rtol=1e-12, atol=1e-6)
    return np.asarray(solution.y[:, -1])


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("angle", ANGLES)
def test_time_differences_between_shells_are_exact(factor: float, angle: float) -> None:
    """To 1e-10, where the reference and E keep their digits: its error is 1e-16 times the ratio of radii to |Q - r|."""
    vr, vt, energy, l2 = launch(factor, angle)
    r = radii(energy, l2)
    for a, b in pairwise(r):
        exact = float(kepler.time_between(R0, b, vr, vt, MARS)) - float(kepler.time_between(R0, a, vr, vt, MARS))
        got = arc_time(b, energy, l2, MARS) - arc_time(a, energy, l2, MARS)
        assert got == pytest.approx(exact, rel=1e-10, abs=0.0)


@pytest.mark.parametrize(("factor", "angle"), [(0.9, 0.5), (1.0, 0.5), (1.0, 0.0), (1.3, 1.2)])
def test_times_equal_the_radial_quadrature_in_thin_and_thick_shells(factor: float, angle: float) -> None:
    _, _, energy, l2 = launch(factor, angle)
    for a, b in ((R0, 1.0001 * R0), (1.1 * R0, 2.0 * R0)):
        exact = quad(
            lambda r: 1.0 / math.sqrt(2.0 * (energy + MARS / r) - l2 / (r * r)), a, b, epsrel=1e-12, epsabs=0.0
        )[0]
        got = arc_time(b, energy, l2, MARS) - arc_time(a, energy, l2, MARS)
        assert got == pytest.approx(exact, rel=1e-10, abs=0.0)


@pytest.mark.parametrize("anomaly", [1e-3, 0.1, 0.2, 0.27, 0.29, 0.5, 2.0])
def test_series_and_closed_forms_give_the_same_times(anomaly: float) -> None:
    """Radial orbits, where t = a^1.5 (E - sin E)/sqrt(gm) and (sinh H - H); the series ends at anomalies of 0.28."""
    a = 5.0e6
    small = anomaly**3 / 6.0 * (1.0 - anomaly**2 / 20.0), anomaly**3 / 6.0 * (1.0 + anomaly**2 / 20.0)
    ellipse = small[0] if anomaly < 0.01 else anomaly - math.sin(anomaly)
    hyperbola = small[1] if anomaly < 0.01 else math.sinh(anomaly) - anomaly
    scale = math.sqrt(a**3 / MARS)
    low, high = 2.0 * a * math.sin(0.5 * anomaly) ** 2, 2.0 * a * math.sinh(0.5 * anomaly) ** 2
    assert arc_time(low, -0.5 * MARS / a, 0.0, MARS) == pytest.approx(scale * ellipse, rel=3e-13, abs=0.0)
    assert arc_time(high, 0.5 * MARS / a, 0.0, MARS) == pytest.approx(scale * hyperbola, rel=3e-13, abs=0.0)


def test_a_parabola_obeys_barkers_equation() -> None:
    """t = sqrt((r - q)/(2 gm)) (2 r + 4 q)/3; radial: sqrt(2 r^3/(9 gm))."""
    q, r = 3.0e6, 1.0e7
    expected = math.sqrt((r - q) / (2.0 * MARS)) * (2.0 * r + 4.0 * q) / 3.0
    assert arc_time(r, 0.0, 2.0 * MARS * q, MARS) == pytest.approx(expected, rel=1e-14, abs=0.0)
    assert arc_time(r, 0.0, 0.0, MARS) == pytest.approx(math.sqrt(2.0 * r**3 / (9.0 * MARS)), rel=1e-14, abs=0.0)


def test_without_gravity_the_path_is_straight() -> None:
    """q = L/v, t = sqrt(r^2 - q^2)/v, cos(angle from periapsis) = q/r."""
    v, q, r = 3000.0, 2.0e6, 5.0e6
    energy, l2 = 0.5 * v * v, (q * v) ** 2
    assert turning_points(energy, l2, 0.0) == (pytest.approx(q, rel=1e-15, abs=0.0), math.inf)
    for radius in (1.0001 * q, r, 100.0 * r):
        expected = math.sqrt(radius**2 - q**2) / v
        assert arc_time(radius, energy, l2, 0.0) == pytest.approx(expected, rel=1e-12, abs=0.0)
        assert swept_angle(q, radius, energy, l2, 0.0) == pytest.approx(math.acos(q / radius), rel=1e-11, abs=0.0)
        back, angle = state_at_time(expected, energy, l2, 0.0)
        assert (back, angle) == (
            pytest.approx(radius, rel=1e-12, abs=0.0),
            pytest.approx(math.acos(q / radius), rel=1e-11, abs=0.0),
        )
    assert arc_time(r, energy, 0.0, 0.0) == pytest.approx(r / v, rel=1e-15, abs=0.0)
    assert state_at_time(r / v, energy, 0.0, 0.0) == (pytest.approx(r, rel=1e-15, abs=0.0), 0.0)


def test_the_time_to_the_apoapsis_is_half_the_period() -> None:
    vr, vt, energy, l2 = launch(0.7, 0.6)
    orbit = kepler.orbit(R0, vr, vt, MARS)
    q, top = turning_points(energy, l2, MARS)
    assert (q, top) == (
        pytest.approx(orbit.periapsis, rel=1e-12, abs=0.0),
        pytest.approx(orbit.apoapsis, rel=1e-12, abs=0.0),
    )
    for radius in (top, 1.1 * top):
        assert arc_time(radius, energy, l2, MARS) == pytest.approx(0.5 * float(orbit.period), rel=1e-7, abs=0.0)
    assert arc_time(0.9 * q, energy, l2, MARS) == 0.0
    assert swept_angle(q, top, energy, l2, MARS) == pytest.approx(math.pi, rel=1e-7, abs=0.0)


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("angle", ANGLES)
def test_the_state_at_a_time_inverts_the_time(factor: float, angle: float) -> None:
    """Times of either sign; the anomaly is the angle swept from the periapsis, on a radial orbit pi at once."""
    _, _, energy, l2 = launch(factor, angle)
    q, _ = turning_points(energy, l2, MARS)
    for r in radii(energy, l2):
        time = arc_time(r, energy, l2, MARS)
        for sign in (1.0, -1.0):
            back, anomaly = state_at_time(sign * time, energy, l2, MARS)
            assert back == pytest.approx(r, rel=1e-11, abs=0.0)
            swept = swept_angle(q, r, energy, l2, MARS) if l2 > 0.0 else math.pi
            assert anomaly == pytest.approx(sign * swept, rel=1e-8, abs=1e-8)


def test_keplers_equation_is_solved_anywhere_on_any_ellipse() -> None:
    """Eccentricities from 1e-6 to 1 - 1e-9, all phases: M = E - e sin E, r = a (1 - e cos E)."""
    a, n = 8.0e6, math.sqrt(MARS / 8.0e6**3)
    for e in (1e-6, 0.3, 0.9, 0.999, 1.0 - 1e-9):
        l2 = MARS * a * (1.0 - e) * (1.0 + e)
        for phase in [*np.geomspace(1e-6, 3.1, 25), 3.14159, -2.0, 1.0]:
            # E - sin E and 1 - cos E without cancellation
            excess = phase**3 / 6.0 - phase**5 / 120.0 if abs(phase) < 1e-2 else phase - math.sin(phase)
            time = ((1.0 - e) * phase + e * excess) / n
            exact = a * ((1.0 - e) + 2.0 * e * math.sin(0.5 * phase) ** 2)
            half = math.sqrt((1.0 + e) / (1.0 - e)) * math.tan(0.5 * phase)
            r, anomaly = state_at_time(time, -0.5 * MARS / a, l2, MARS)
            assert r == pytest.approx(exact, rel=1e-8, abs=0.0)
            assert anomaly == pytest.approx(2.0 * math.atan(half), rel=1e-7, abs=0.0)
            if e <= 0.9:
                later, _ = state_at_time(time + 6.0 * math.pi / n, -0.5 * MARS / a, l2, MARS)
                assert later == pytest.approx(exact, rel=1e-10, abs=0.0)


def test_far_hyperbolas_are_solved() -> None:
    """e = 1 + 1e-6 to 1e3, hyperbolic anomalies up to 40: M = e sinh H - H."""
    a = 5.0e6
    n = math.sqrt(MARS / a**3)
    for e in (1.0 + 1e-6, 1.5, 1e3):
        for h in (1e-3, 0.5, 3.0, 40.0):
            time = (e * math.sinh(h) - h) / n
            r, _ = state_at_time(time, 0.5 * MARS / a, MARS * a * (e * e - 1.0), MARS)
            assert r == pytest.approx(a * (e * math.cosh(h) - 1.0), rel=1e-9, abs=0.0)


@pytest.mark.parametrize(("factor", "angle"), [(0.7, 0.6), (1.0, 0.6), (1.5, 1.2), (0.9, 0.0)])
def test_the_swept_angle_is_that_of_the_conic(factor: float, angle: float) -> None:
    """r = p/(1 + e cos f) with e from the energy; radial orbits sweep nothing."""
    _, _, energy, l2 = launch(factor, angle)
    p, e = l2 / MARS, math.sqrt(1.0 + 2.0 * energy * l2 / MARS**2)
    r1, r2 = 1.1 * R0, 1.4 * R0
    if l2 == 0.0:
        assert swept_angle(r1, r2, energy, l2, MARS) == 0.0
        return
    f1, f2 = (math.acos((p / r - 1.0) / e) for r in (r1, r2))
    assert swept_angle(r1, r2, energy, l2, MARS) == pytest.approx(f2 - f1, rel=1e-12, abs=0.0)
    assert swept_angle(r2, r1, energy, l2, MARS) == pytest.approx(f1 - f2, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    ("speed", "angle", "time", "range_degrees"),
    [
        (2000.0, 45.0, 1160.839230, 22.771662),
        (4000.0, 30.0, 10805.755682, 82.274237),
        (4800.0, 10.0, 359297.800999, 38.645327),
    ],
)
def test_hops_return_after_the_exact_time_and_range(
    speed: float, angle: float, time: float, range_degrees: float
) -> None:
    """To the digits of the table; the velocity returns mirrored."""
    vr, vt = speed * math.cos(math.radians(angle)), speed * math.sin(math.radians(angle))
    x, y, z, vx, vy, vz, elapsed, status = return_state(R0, 0.0, 0.0, vr, 0.0, -vt, R0, MARS)
    turned = math.radians(range_degrees)
    assert status == RETURNS
    assert elapsed == pytest.approx(time, rel=1e-9, abs=0.0)
    assert math.atan2(-z, x) == pytest.approx(turned, rel=1e-7, abs=0.0)
    assert y == vy == 0.0
    assert math.hypot(x, z) == pytest.approx(R0, rel=1e-15, abs=0.0)
    expected = (-vr * math.cos(turned) - vt * math.sin(turned), vr * math.sin(turned) - vt * math.cos(turned))
    assert (vx, vz) == pytest.approx(expected, rel=1e-6, abs=0.0)


@pytest.mark.parametrize(
    ("state", "r_to"),
    [
        ((4.5e6, 1.0e6, -0.5e6, 1500.0, 2000.0, 500.0), 3.6e6),  # outward, down to a lower sphere
        ((3.4e6, 0.2e6, 0.6e6, 3000.0, -900.0, 300.0), 4.2e6),  # outward, through the sphere and back to it
        ((6.0e6, -2.0e6, 1.0e6, -2500.0, 300.0, 200.0), 3.6e6),  # inward, bound
        ((9.0e6, -2.0e6, 1.0e6, -7000.0, 800.0, -200.0), 3.6e6),  # inward, unbound
        ((9.0e6, -2.0e6, 1.0e6, -1800.0, 400.0, -200.0), 9.2e6),  # inward, a thin way
    ],
)
def test_returns_agree_with_the_integrated_motion(state: tuple[float, ...], r_to: float) -> None:
    """The integrated orbit is at the returned place with the returned velocity after the returned time, to 1e-9."""
    *end, elapsed, status = return_state(*state, r_to, MARS)
    assert status == RETURNS
    exact = flown(state, elapsed)
    assert np.linalg.norm(end[:3]) == pytest.approx(r_to, rel=1e-14, abs=0.0)
    assert np.dot(end[:3], end[3:]) < 0.0
    np.testing.assert_allclose(end[:3], exact[:3], rtol=0.0, atol=1e-9 * r_to)
    np.testing.assert_allclose(end[3:], exact[3:], rtol=0.0, atol=1e-9 * float(np.linalg.norm(exact[3:])))


def test_a_return_conserves_energy_and_angular_momentum() -> None:
    state = (4.5e6, 1.0e6, -0.5e6, 1500.0, 2000.0, 500.0)
    end = return_state(*state, 3.6e6, MARS)
    before, after = np.array(state), np.array(end[:6])
    np.testing.assert_allclose(np.cross(after[:3], after[3:]), np.cross(before[:3], before[3:]), rtol=1e-13)

    def energy(s: np.ndarray) -> float:
        return float(0.5 * s[3:] @ s[3:] - MARS / np.linalg.norm(s[:3]))

    assert energy(after) == pytest.approx(energy(before), rel=1e-13, abs=0.0)


def test_short_hops_and_radial_throws_keep_their_digits() -> None:
    """A throw at 1 m/s in constant gravity: t = 2 v_r/g to order v^2/(g r) = 1e-7; from straight up it falls back."""
    gravity = MARS / R0**2
    *_, time, _ = return_state(R0, 0.0, 0.0, 1.0, 0.3, 0.0, R0, MARS)
    assert time == pytest.approx(2.0 / gravity, rel=2e-7, abs=0.0)
    x, y, z, vx, vy, vz, time, status = return_state(0.0, 0.0, R0, 0.0, 0.0, 2500.0, R0, MARS)
    assert (x, y, vx, vy, status) == (0.0, 0.0, 0.0, 0.0, RETURNS)
    assert (z, vz) == (pytest.approx(R0, rel=1e-15, abs=0.0), pytest.approx(-2500.0, rel=1e-12, abs=0.0))
    assert time == pytest.approx(float(kepler.flight_time(R0, 2500.0, 0.0, MARS)), rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    ("vr", "vt", "r", "r_to", "status"),
    [
        (1.01 * V_ESCAPE, 0.0, R0, R0, ESCAPES),
        (-6000.0, 4000.0, 2.0 * R0, 0.5 * R0, ESCAPES),  # unbound, passes above the sphere
        (10.0, 2500.0, 2.0 * R0, 0.2 * R0, MISSES),  # bound, periapsis above the sphere
        (-10.0, 2500.0, 2.0 * R0, 0.2 * R0, MISSES),
        (1000.0, 0.0, R0, 1.5 * R0, MISSES),  # apoapsis below the sphere
        (-1000.0, 500.0, R0, R0, RETURNS),  # crosses at once
    ],
)
def test_particles_that_do_not_come_back_say_so(vr: float, vt: float, r: float, r_to: float, status: int) -> None:
    state = (r, 0.0, 0.0, vr, vt, 0.0)
    *end, elapsed, found = return_state(*state, r_to, MARS)
    assert found == status
    assert elapsed == (0.0 if status == RETURNS else math.inf)
    assert tuple(end) == state


@pytest.mark.parametrize(("factor", "angle"), [(0.8, 0.4), (1.0, 0.4), (1.4, 0.0)])
@pytest.mark.parametrize("outward", [True, False])
def test_residence_times_are_the_times_between_the_edges(factor: float, angle: float, outward: bool) -> None:
    _, _, energy, l2 = launch(factor, angle)
    edges, out = R0 * np.array([0.5, 0.9, 1.1, 1.2, 1.25, 5.0]), np.zeros(5)
    ends = (R0, 1.23 * R0) if outward else (1.23 * R0, R0)
    weight, time = shell_times(edges, *ends, energy, l2, MARS, 0.0, 2.0, out)
    cuts = [arc_time(r * R0, energy, l2, MARS) for r in (1.0, 1.1, 1.2, 1.23)]
    assert weight == 2.0
    assert time == pytest.approx(cuts[-1] - cuts[0], rel=1e-11, abs=0.0)
    assert out[0] == out[4] - out[4] == 0.0
    np.testing.assert_allclose(out[1:4], 2.0 * np.diff(cuts), rtol=1e-10)


def test_a_hop_spends_its_time_in_the_shells_it_crosses() -> None:
    """Up from R0, over the apoapsis, down to 0.95 R0; the sum is the time of `return_state`, whatever the edges."""
    vr, vt, energy, l2 = launch(0.85, 0.3)
    top = turning_points(energy, l2, MARS)[1]
    *_, time, _ = return_state(R0, 0.0, 0.0, vr, vt, 0.0, 0.95 * R0, MARS)
    for edges in (np.linspace(0.9 * R0, 1.1 * top, 40), np.array([0.5 * R0, 2.0 * top])):
        out = np.zeros(edges.size - 1)
        weight, elapsed = hop_times(edges, R0, 0.95 * R0, energy, l2, MARS, 0.0, 1.0, out)
        assert weight == 1.0
        assert elapsed == pytest.approx(time, rel=1e-10, abs=0.0)
        assert out.sum() == pytest.approx(time, rel=1e-10, abs=0.0)
        assert np.all(out[edges[:-1] > top] == 0.0)


@pytest.mark.parametrize("r_to", [0.95, 1.0, 1.05])
def test_losses_decay_with_the_time_elapsed(r_to: float) -> None:
    """Against a sum over both legs of int exp(-nu t) dt between the crossing times, and exp(-nu T) left in the end."""
    _, _, energy, l2 = launch(0.85, 0.3)
    nu, top = 1e-4, turning_points(energy, l2, MARS)[1]
    edges, out = np.array([0.97, 1.2, 1.6, 2.0]) * R0, np.zeros(3)
    weight, time = hop_times(edges, R0, r_to * R0, energy, l2, MARS, nu, 1.5, out)
    at = {r: arc_time(r * R0, energy, l2, MARS) for r in (0.97, 1.0, r_to, 1.2, 1.6, 2.0)}
    turn = arc_time(top, energy, l2, MARS)
    assert top > 2.0 * R0
    assert time == pytest.approx(2.0 * turn - at[1.0] - at[r_to], rel=1e-7, abs=0.0)
    expected = []
    for low, high in ((0.97, 1.2), (1.2, 1.6), (1.6, 2.0)):
        up = [at[max(low, 1.0)] - at[1.0], at[high] - at[1.0]]
        down = [2.0 * turn - at[high] - at[1.0], 2.0 * turn - at[max(low, r_to)] - at[1.0]]
        expected.append(1.5 * sum((math.exp(-nu * a) - math.exp(-nu * b)) / nu for a, b in (up, down)))
    np.testing.assert_allclose(out, expected, rtol=1e-6)
    assert weight == pytest.approx(1.5 * math.exp(-nu * time), rel=1e-12, abs=0.0)
    assert 0.1 < weight < 1.4


def test_without_loss_both_ways_of_counting_a_hop_agree() -> None:
    """A loss that is too weak to matter takes the other branch: each leg by itself."""
    _, _, energy, l2 = launch(0.8, 0.7)
    edges = np.linspace(0.9, 3.0, 30) * R0
    for r_to in (0.93, 1.0, 1.1):
        once, legs = np.zeros(29), np.zeros(29)
        hop_times(edges, R0, r_to * R0, energy, l2, MARS, 0.0, 1.0, once)
        hop_times(edges, R0, r_to * R0, energy, l2, MARS, 1e-18, 1.0, legs)
        np.testing.assert_allclose(legs, once, rtol=1e-11)


def test_escaping_particles_are_counted_up_to_the_last_edge() -> None:
    _, _, energy, l2 = launch(1.2, 0.5)
    edges, out = R0 * np.array([1.0, 3.0, 10.0]), np.zeros(2)
    weight, time = hop_times(edges, 0.8 * R0, R0, energy, l2, MARS, 1e-4, 1.0, out)
    exact = arc_time(10.0 * R0, energy, l2, MARS) - arc_time(0.8 * R0, energy, l2, MARS)
    assert time == pytest.approx(exact, rel=1e-10, abs=0.0)
    assert weight == pytest.approx(math.exp(-1e-4 * exact), rel=1e-10, abs=0.0)
    beyond = np.zeros(2)
    assert shell_times(edges, 20.0 * R0, math.inf, energy, l2, MARS, 1e-4, 1.0, beyond) == (1.0, 0.0)
    assert not beyond.any()
