"""Fields on a grid: exact for what is linear, closed round the axis, refused where the grid is not regular."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.fields.grid import make_grid
from exobase.fields.plasma import draped, on_grid, sample, wind

AXES = (np.linspace(-3.0, 4.0, 15), np.linspace(-2.0, 2.0, 9), np.linspace(-1.0, 5.0, 13))


def linear(points: np.ndarray, seed: int) -> np.ndarray:
    """A vector that is linear in the coordinates."""
    rng = np.random.default_rng(seed)
    return np.asarray(points @ rng.normal(size=(3, 3)) + rng.normal(size=3))


def nodes(axes: tuple[np.ndarray, ...]) -> np.ndarray:
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def inside(count: int = 2000) -> np.ndarray:
    rng = np.random.default_rng(5)
    return np.stack([rng.uniform(a[0], a[-1], count) for a in AXES], axis=1)


def test_linear_fields_are_exact_up_to_the_edges() -> None:
    where = nodes(AXES)
    density = 3.0 + 0.1 * where[..., 0]
    plasma = on_grid(make_grid("cartesian", AXES, linear(where, 1), linear(where, 2), linear(where, 3), density))
    corners = np.array([[a, b, c] for a in (-3.0, 4.0) for b in (-2.0, 2.0) for c in (-1.0, 5.0)])
    points = np.concatenate([inside(), corners])
    at = sample(plasma, points)
    assert not at.status.any()
    assert at.b == pytest.approx(linear(points, 1), abs=1e-13)
    assert at.u == pytest.approx(linear(points, 2), abs=1e-13)
    assert at.e == pytest.approx(linear(points, 3), abs=1e-13)
    assert at.density == pytest.approx(3.0 + 0.1 * points[:, 0], abs=1e-13)
    assert at.scale == pytest.approx(np.full(points.shape[0], 0.5))


def test_without_an_own_e_it_is_minus_u_cross_b() -> None:
    where = nodes(AXES)
    at = sample(on_grid(make_grid("cartesian", AXES, linear(where, 1), linear(where, 2), density=2.0)), inside())
    assert at.e == pytest.approx(-np.cross(at.u, at.b), abs=1e-13)
    assert at.density == pytest.approx(np.full(2000, 2.0))


def test_points_off_the_grid_have_a_status() -> None:
    where = nodes(AXES)
    plasma = on_grid(make_grid("cartesian", AXES, linear(where, 1), linear(where, 2)))
    status = sample(plasma, [[-3.1, 0, 0], [0, 2.01, 0], [0, 0, 5.1], [0, 0, 0], [0, math.nan, 0]]).status
    assert list(status) == [1, 1, 1, 0, 1]


@pytest.mark.parametrize("spacing", [np.linspace, np.geomspace])
@pytest.mark.parametrize("repeated", [True, False])
def test_spherical_grids_are_linear_in_their_coordinates(spacing, repeated) -> None:  # type: ignore[no-untyped-def]
    r = spacing(1.0, 6.0, 21)
    colatitude = np.linspace(0.0, math.pi, 19)
    longitude = np.linspace(-math.pi, math.pi, 37)[: 37 if repeated else 36]
    where = nodes((r, colatitude, longitude))
    value = where[..., 0] * (1.0 + where[..., 1]) * (2.0 + 0.0 * where[..., 2])
    b = np.stack([value, np.cos(where[..., 2]), 0.0 * value], axis=-1)
    plasma = on_grid(make_grid("spherical", (r, colatitude, longitude), b, e=b))
    rng = np.random.default_rng(2)
    p = rng.normal(size=(500, 3))
    p *= (rng.uniform(1.0, 6.0, 500) / np.linalg.norm(p, axis=1))[:, None]
    at = sample(plasma, p)
    size, angle = np.linalg.norm(p, axis=1), np.arccos(p[:, 2] / np.linalg.norm(p, axis=1))
    assert not at.status.any()
    assert at.b[:, 0] == pytest.approx(2.0 * size * (1.0 + angle), rel=1e-12)
    assert at.b[:, 1] == pytest.approx(np.cos(np.arctan2(p[:, 1], p[:, 0])), abs=0.005)
    assert list(sample(plasma, [[0.9, 0, 0], [0, 6.1, 0]]).status) == [1, 1]


def test_a_gridded_draped_field_converges_with_the_square_of_the_step() -> None:
    model = draped(wind(1.0, 1.0, 1.0, 0.9), 1.0)
    points = np.random.default_rng(1).uniform([1.3, -1.0, -1.0], [2.3, 1.0, 1.0], (300, 3))
    errors = []
    for cells in (10, 20, 40):
        axes = (np.linspace(1.2, 2.4, cells + 1), np.linspace(-1, 1, cells + 1), np.linspace(-1, 1, cells + 1))
        at = sample(model, nodes(axes).reshape(-1, 3))
        shape = (*(cells + 1,) * 3, 3)
        grid = on_grid(make_grid("cartesian", axes, at.b.reshape(shape), at.u.reshape(shape)))
        errors.append(np.abs(sample(grid, points).b - sample(model, points).b).mean())
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.25)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.25)


def test_grids_that_cannot_be_used_are_refused() -> None:
    where = nodes(AXES)
    b = linear(where, 1)
    with pytest.raises(ValueError, match="needs u or E"):
        make_grid("cartesian", AXES, b)
    with pytest.raises(ValueError, match="E must be finite and have the shape"):
        make_grid("cartesian", AXES, b, e=b[:-1])
    with pytest.raises(ValueError, match="axis y must have equal steps"):
        make_grid("cartesian", (AXES[0], AXES[1] ** 3, AXES[2]), b, b)
    with pytest.raises(ValueError, match="axis z needs at least two finite values that increase"):
        make_grid("cartesian", (AXES[0], AXES[1], AXES[2][::-1]), b, b)
    with pytest.raises(ValueError, match="geometry = 'polar'"):
        make_grid("polar", AXES, b, b)
    part_of = (np.linspace(1.0, 2.0, 3), np.linspace(0.0, 1.0, 3), np.linspace(0.0, 3.0, 5))
    with pytest.raises(ValueError, match="once round"):
        make_grid("spherical", part_of, np.ones((3, 3, 5, 3)), np.ones((3, 3, 5, 3)))
    lone = np.where(np.arange(b.size).reshape(b.shape) == 7, np.nan, b)
    with pytest.raises(ValueError, match="B must be finite"):
        make_grid("cartesian", AXES, lone, b)
