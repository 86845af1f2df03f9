"""Trilinear fields on regular grids."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.fields.grid import CARTESIAN, OUTSIDE, SPHERICAL, grid_field, grid_flow, grid_scale

SHAPE = np.array([5, 6, 7])
ORIGIN = np.array([-3.0, -2.0, -1.0])
STEP = np.array([1.5, 0.8, 0.5])
RNG = np.random.default_rng(5)
SLOPES = RNG.normal(size=(10, 4))


def linear(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Ten linear functions of the place [..., 10]."""
    return np.stack([s[0] + s[1] * x + s[2] * y + s[3] * z for s in SLOPES], axis=-1)


def cartesian_values() -> np.ndarray:
    axes = [ORIGIN[i] + STEP[i] * np.arange(SHAPE[i]) for i in range(3)]
    return linear(*np.meshgrid(*axes, indexing="ij")).ravel()


def all_ten(values: np.ndarray, args: tuple, point: tuple[float, float, float]) -> np.ndarray:
    field, flow = grid_field(values, *args, *point), grid_flow(values, *args, *point)
    assert field[0] == flow[0] == 0
    return np.array([*field[1:], *flow[1:]])


def test_linear_fields_are_exact_within_and_on_the_faces() -> None:
    values, args = cartesian_values(), (SHAPE, ORIGIN, STEP, CARTESIAN)
    high = ORIGIN + STEP * (SHAPE - 1)
    points = [tuple(ORIGIN + f * (high - ORIGIN)) for f in RNG.uniform(size=(200, 3))]
    points += [tuple(ORIGIN), tuple(high), (high[0], ORIGIN[1], 0.3), (0.0, 0.0, high[2])]
    for point in points:
        assert all_ten(values, args, point) == pytest.approx(linear(*map(np.float64, point)), abs=1e-12)


def test_outside_is_told() -> None:
    values, args = cartesian_values(), (SHAPE, ORIGIN, STEP, CARTESIAN)
    high = ORIGIN + STEP * (SHAPE - 1)
    for axis in range(3):
        for value in (ORIGIN[axis] - 1e-3, high[axis] + 1e-3, math.nan, math.inf, -math.inf, 1e300):
            point = [0.0, 0.0, 0.0]
            point[axis] = value
            assert grid_field(values, *args, *point) == (OUTSIDE, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
            assert grid_flow(values, *args, *point) == (OUTSIDE, 0.0, 0.0, 0.0, 0.0)


def spherical_grid(nr: int, nt: int, nl: int, start: float, half: bool) -> tuple[tuple, np.ndarray]:
    """Arguments and node positions [nr, nt, nl, 3] of a grid; half: colatitude half a step from the poles."""
    dt = math.pi / nt if half else math.pi / (nt - 1)
    origin = np.array([1.0, 0.5 * dt if half else 0.0, start])
    step = np.array([0.25, dt, 2.0 * math.pi / nl])
    r, t, p = np.meshgrid(*[origin[i] + step[i] * np.arange(n) for i, n in enumerate((nr, nt, nl))], indexing="ij")
    places = np.stack([r * np.sin(t) * np.cos(p), r * np.sin(t) * np.sin(p), r * np.cos(t)], axis=-1)
    return (np.array([nr, nt, nl]), origin, step, SPHERICAL), places


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("start", [0.0, -math.pi, 1.0])
def test_a_spherical_grid_is_exact_in_r_and_constant_round_the_axis(start: float, half: bool) -> None:
    args, places = spherical_grid(9, 8, 12, start, half)
    r = np.linalg.norm(places, axis=-1)
    values = (r[..., None] * SLOPES[:, 1] + SLOPES[:, 0]).ravel()
    axes = [(0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (-1.0, -0.0, 0.0), (1.0, 0.0, 0.0)]
    for direction in [*RNG.normal(size=(100, 3)), *axes]:
        radius = RNG.uniform(1.0, 3.0)
        point = tuple(radius * np.array(direction) / np.linalg.norm(direction))
        assert all_ten(values, args, point) == pytest.approx(radius * SLOPES[:, 1] + SLOPES[:, 0], abs=1e-12)
    assert grid_field(values, *args, 0.0, 0.0, 0.99)[0] == OUTSIDE
    assert grid_field(values, *args, 0.0, 3.01, 0.0)[0] == OUTSIDE
    assert grid_field(values, *args, math.nan, 1.5, 0.0)[0] == OUTSIDE


@pytest.mark.parametrize("half", [False, True])
def test_a_smooth_field_converges_with_the_square_of_the_step_over_poles_and_seam(half: bool) -> None:
    errors = []
    for n in (12, 24, 48):
        args, places = spherical_grid(9, n + (not half), 2 * n, 0.4, half)
        values = linear(places[..., 0], places[..., 1], places[..., 2]).ravel()
        worst = 0.0
        for polar in (0.01, 0.5 * math.pi / n, 1.3, math.pi - 0.02, math.pi - 0.4 * math.pi / n):
            for turn in np.linspace(-3.1, 6.0, 37):
                x, y, z = math.sin(polar) * math.cos(turn), math.sin(polar) * math.sin(turn), math.cos(polar)
                error = all_ten(values, args, (2.1 * x, 2.1 * y, 2.1 * z)) - linear(*np.multiply(2.1, (x, y, z)))
                worst = max(worst, np.abs(error).max())
        errors.append(worst)
    assert errors[0] / errors[1] > 3.0
    assert errors[1] / errors[2] > 3.0


def test_the_cell_size_is_the_shortest_side() -> None:
    assert grid_scale(ORIGIN, STEP, CARTESIAN, 0.0, 0.0, 0.0) == 0.5
    args, _ = spherical_grid(9, 8, 12, 0.0, True)
    _, origin, step, _ = args
    assert grid_scale(origin, step, SPHERICAL, 2.0, 0.0, 0.0) == 0.25
    assert grid_scale(origin, step, SPHERICAL, 0.0, 0.0, 0.5) == pytest.approx(0.5 * math.sin(step[1]) * step[2])
