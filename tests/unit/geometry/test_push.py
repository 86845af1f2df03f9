"""The production push in a central field: energy, angular momentum, period, and its independence of the array.

Orbits 1.05-3, 1.05-10 and 2-4 R0 at lambda0 = 3, 7, 10 over 100 periods, on the cells and steps that lay_mesh gives
for a case (dense: hard spheres at Kn0 = 0.01; empty: collisionless, whose steps are the longest), with local and
global steps. Energy E = v^2/2 - mu/r and L = r v_t are constants; the push restores v_r from them, so that only
round-off and the turning points, where v_r^2 < 0 is cut to 0, are left: required 1e-5, expected below 1e-12.

The period is 2 pi sqrt(a^3/mu). With local steps the particle spends f of a step where the step is dt: the number of
steps per orbit is the integral of dt'/dt(r), exactly 2 sum_k time_between(edge_k, edge_k+1)/dt_k over the runs.

Contrast: x += v dt, v += a(x) dt, as used elsewhere, at the same step.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest

from cell_tables import cells_of
from exobase.analytic.kepler import time_between
from exobase.geometry.motion import (
    PLANAR,
    RADIAL,
    Motion,
    Runs,
    flow,
    push,
    tangent_moment,
    tangent_scale,
)
from exobase_verify.rows.orbits import APSIDES, LAMBDAS, ORBITS, R0, elements, follow_orbit, runs_of

compiled = numba.njit(error_model="numpy")


@pytest.mark.parametrize("gas", ["dense", "empty"])
@pytest.mark.parametrize("mode", ["local", "global"])
@pytest.mark.parametrize("apsides", APSIDES)
@pytest.mark.parametrize("jeans", LAMBDAS)
def test_a_bound_orbit_keeps_energy_momentum_and_period(
    jeans: float, apsides: tuple[float, float], mode: str, gas: str
) -> None:
    """100 orbits. Round-off of n steps grows between n^(1/2) and n times 1e-16: 1e-11 for the longest (4e6 steps)."""
    runs, mu = runs_of(jeans, mode, gas)
    low, high = (q * R0 for q in apsides)
    speed = elements(mu, low, high)[1]
    run = int(np.searchsorted(runs.edge, low, side="right")) - 1
    energy, momentum, steps, last, inside = follow_orbit(Motion(RADIAL, mu), runs, run, low, 1e-300, speed, 2 * ORBITS)
    assert inside
    assert energy < 1e-11
    assert momentum < 1e-11
    expected = steps_per_orbit(runs, mu, low, high)
    assert last / ORBITS == pytest.approx(expected, rel=1e-8, abs=0.0)  # found: 3e-10 at most
    assert steps > 50 * ORBITS


def steps_per_orbit(runs: Runs, mu: float, low: float, high: float) -> float:
    """Twice the sum of the exact flight times through every run over its step."""
    a, speed = elements(mu, low, high)
    middle = a  # reference point of the leg, away from both turning points
    vt = low * speed / middle
    vr = math.sqrt(2.0 * mu / middle - mu / a - vt * vt)
    ends = np.unique(np.clip(np.append(runs.edge, middle), low, high))
    inner = ends[(ends > low) & (ends < high)]
    signed = np.where(inner < middle, -1.0, 1.0) * np.asarray(time_between(middle, inner, vr, vt, mu))
    period = 2.0 * math.pi * math.sqrt(a**3 / mu)
    # from the middle to the apsides: half a period in all, split by the exact time to the periapsis
    eccentric = math.acos((1.0 - middle / a) / ((high - low) / (high + low)))
    to_low = (eccentric - (high - low) / (high + low) * math.sin(eccentric)) / (2.0 * math.pi) * period
    times = np.concatenate([[-to_low], signed, [0.5 * period - to_low]])
    centre = 0.5 * (np.concatenate([[low], inner]) + np.concatenate([inner, [high]]))
    dt = runs.dt[np.searchsorted(runs.edge, centre, side="right") - 1]
    return float(2.0 * np.sum(np.diff(times) / dt))


def test_a_first_order_push_errs_by_percents_after_one_orbit() -> None:
    """The contrast: explicit Euler on the same orbit with the same global step (collisionless case, lambda0 = 7)."""
    runs, mu = runs_of(7.0, "global", "empty")
    low, high = 1.05 * R0, 3.0 * R0
    a, speed = elements(mu, low, high)
    dt = float(runs.dt[0])
    x, v = np.array([low, 0.0]), np.array([0.0, speed])
    energy = -0.5 * mu / a
    for _ in range(int(2.0 * math.pi * math.sqrt(a**3 / mu) / dt)):
        x, v = x + dt * v, v - dt * mu * x / np.linalg.norm(x) ** 3
    euler = abs((0.5 * float(v @ v) - mu / float(np.linalg.norm(x))) / energy - 1.0)
    ours = follow_orbit(Motion(RADIAL, mu), runs, 0, low, 1e-300, speed, 2)[0]
    assert euler > 0.03
    assert ours < 1e-12


def test_turning_points_are_found_to_the_fourth_order_of_the_step() -> None:
    """Halving the step divides the phase error of the orbit by about 2^4 (at least 2^3)."""
    _, mu = runs_of(7.0, "global", "empty")
    low, high = 1.05 * R0, 3.0 * R0
    a, speed = elements(mu, low, high)
    period = 2.0 * math.pi * math.sqrt(a**3 / mu)
    errors = []
    for n in (100, 200, 400):
        runs = Runs(np.array([0.5 * R0, 20.0 * R0]), np.array([period / (n + 0.37)]))
        last = follow_orbit(Motion(RADIAL, mu), runs, 0, low, 1e-300, speed, 2 * ORBITS)[3]
        errors.append(abs(last / ORBITS / (n + 0.37) - 1.0))
    assert errors[0] < 0.02
    assert errors[1] < errors[0] / 6.0
    assert errors[2] < errors[1] / 6.0


def gas_of(n: int, seed: int, low: float = 1.2e6, high: float = 1.3e6) -> np.ndarray:
    """Columns of n particles with thermal velocities."""
    rng = np.random.default_rng(seed)
    return np.vstack([rng.uniform(low, high, n), rng.normal(0.0, 700.0, (3, n))])


@compiled
def _scalar(motion, x, h, y):  # type: ignore[no-untyped-def]
    for i in range(x.shape[1]):
        l2 = tangent_moment(motion, x[0, i], x[2, i], x[3, i])
        y[0, i], y[1, i] = flow(motion, x[0, i], x[1, i], l2, h)
        scale = tangent_scale(motion, x[0, i], y[0, i])
        y[2, i] = x[2, i] * scale
        y[3, i] = x[3, i] * scale


@pytest.mark.parametrize("motion", [Motion(RADIAL, 2.2e12), Motion(PLANAR, 3.7)])
def test_push_equals_the_scalar_flow_bit_by_bit_wherever_a_particle_sits(motion: Motion) -> None:
    """Groups of 1 .. 40 particles beginning at places 0 .. 16: vector lanes, remainders and neighbours change
    nothing.
    """
    lo, hi, h = np.array([1.2e6]), np.array([1.3e6]), 30.0
    source = gas_of(40, 3)
    source[1, ::3] *= 0.01
    expected = np.empty_like(source)
    _scalar(motion, source, h, expected)
    outside = (expected[0] < lo[0]) | (expected[0] >= hi[0])
    turned = source[1] * expected[1] <= 0.0
    assert 0 < outside.sum() < 40
    assert 0 < turned.sum() < 40
    for offset in range(17):
        for size in range(1, 41):
            x = np.full((5, 64), np.nan)
            x[:4, offset : offset + size] = source[:, :size]
            x[4, :] = np.arange(64)
            y, moved = np.full((5, 64), 7.0), np.zeros(64, dtype=np.bool_)
            start = np.array([offset, offset + size])
            for at_face in (False, True):
                push(motion, x, y, moved, start, 1, cells_of(lo, hi, np.array([h]), np.array([at_face])))
                here = slice(offset, offset + size)
                assert np.array_equal(y[:4, here], expected[:, :size])
                assert np.array_equal(y[4, here], x[4, here])
                flags = outside | turned if at_face else outside
                assert np.array_equal(moved[here], flags[:size])
                assert not moved[:offset].any()
                assert not moved[offset + size :].any()
                assert np.all(y[:4, offset + size :] == 7.0)


def test_push_takes_the_step_of_each_cell() -> None:
    """Three cells of two species with their own bounds and steps against three separate pushes."""
    motion = Motion(RADIAL, 2.2e12)
    x = np.hstack(
        [gas_of(n, k, 1e6 * (1.0 + 0.1 * k), 1e6 * (1.1 + 0.1 * k)) for k, n in enumerate((5, 9, 4, 0, 7, 3))]
    )
    start = np.concatenate([[0], np.cumsum([5, 9, 4, 0, 7, 3])])
    lo, hi, dt = np.array([1.0e6, 1.2e6, 1.4e6]), np.array([1.2e6, 1.4e6, 1.6e6]), np.array([10.0, 20.0, 40.0])
    y, moved = np.empty_like(x), np.zeros(x.shape[1], dtype=np.bool_)
    push(motion, x, y, moved, start, 2, cells_of(lo, hi, dt, np.zeros(3, dtype=np.bool_)))
    for c in range(3):
        part = np.ascontiguousarray(x[:, start[2 * c] : start[2 * c + 2]])
        expected = np.empty_like(part)
        _scalar(motion, part, dt[c], expected)
        assert np.array_equal(y[:, start[2 * c] : start[2 * c + 2]], expected)
        flags = (expected[0] < lo[c]) | (expected[0] >= hi[c])
        assert np.array_equal(moved[start[2 * c] : start[2 * c + 2]], flags)


def test_angular_momentum_and_energy_of_pushed_particles_are_exact() -> None:
    """1000 particles, 100 whole pushes of one cell: both tangential components keep r v_t to round-off."""
    motion = Motion(RADIAL, 2.2e12)
    x = gas_of(1000, 8, 2.0e6, 3.0e6)
    y, moved = np.empty_like(x), np.zeros(1000, dtype=np.bool_)
    momentum, energy = x[2:] * x[0], 0.5 * (x[1:] ** 2).sum(axis=0) - motion.p / x[0]
    one = [np.array([v]) for v in (1.0, 1e9, 5.0)]
    for _ in range(100):
        push(motion, x, y, moved, np.array([0, 1000]), 1, cells_of(*one, np.array([False])))
        x, y = y, x
    assert not moved.any()
    np.testing.assert_allclose(x[2:] * x[0], momentum, rtol=1e-13)
    after = 0.5 * (x[1:] ** 2).sum(axis=0) - motion.p / x[0]
    assert np.abs(after - energy).max() < 1e-12 * motion.p / 2.0e6
