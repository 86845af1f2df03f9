"""The paraboloidal sheath: harmonic, tangential to the obstacle, continuous in the normal components at the shock."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.fields.kobel_flueckiger import (
    OBSTACLE,
    SHEATH,
    SOLAR_WIND,
    kf_compression,
    kf_field,
    kf_flow,
    kf_region,
)

RM, RB = 1.25, 1.64
B0 = np.array([1.3, -2.1, 0.7])
U = 4e5
Point = tuple[float, float, float]


def on_paraboloid(w: float, x: float, phi: float) -> Point:
    """A point of the confocal paraboloid w at x."""
    rho = math.sqrt(w * (w - 2.0 * (x - 0.5 * RM)))
    return x, rho * math.cos(phi), rho * math.sin(phi)


def normal(point: Point) -> np.ndarray:
    """Unit normal of the paraboloid through a point: grad(r + X)."""
    p = np.array([point[0] - 0.5 * RM, point[1], point[2]])
    n = p / np.linalg.norm(p) + np.array([1.0, 0.0, 0.0])
    return n / np.linalg.norm(n)


def field(point: Point) -> np.ndarray:
    return np.array(kf_field(*point, RM, RB, *B0)[1:])


def flow(point: Point, compression: float = 4.0) -> np.ndarray:
    return np.array(kf_flow(*point, RM, RB, U, compression)[1:4]) / U


def gradient(function: object, point: Point) -> np.ndarray:
    """Jacobian d_i f_j by central differences of fourth order."""
    h = 1e-3
    out = np.zeros((3, 3))
    for i in range(3):
        e = np.zeros(3)
        e[i] = h
        f = [function(tuple(np.array(point) + m * e)) for m in (-2, -1, 1, 2)]  # type: ignore[operator]
        out[i] = (f[0] - 8.0 * f[1] + 8.0 * f[2] - f[3]) / (12.0 * h)
    return out


SHEATH_POINTS = [
    on_paraboloid(w, x, phi) for w in (1.3, 1.6, 2.0) for x in (0.6, -0.5, -4.0, -30.0) for phi in (0.3, 2.2, 4.0)
]


@pytest.mark.parametrize("function", [field, flow])
def test_the_sheath_has_no_divergence_and_no_curl(function: object) -> None:
    for point in SHEATH_POINTS:
        assert kf_region(*point, RM, RB) == SHEATH
        jacobian = gradient(function, point)
        assert abs(np.trace(jacobian)) < 1e-9
        assert np.abs(jacobian - jacobian.T).max() < 1e-9
        assert np.abs(jacobian).max() > 1e-4


@pytest.mark.parametrize("function", [field, flow])
@pytest.mark.parametrize("x", [1.24, 0.9, 0.0, -3.0, -100.0])
def test_nothing_crosses_the_obstacle(function: object, x: float) -> None:
    for phi in (0.0, 1.0, 3.0, 5.5):
        point = on_paraboloid(RM * (1.0 + 1e-12), x, phi)
        vector = function(point)  # type: ignore[operator]
        assert np.linalg.norm(vector) > 0.005
        assert abs(vector @ normal(point)) < 1e-10


@pytest.mark.parametrize("x", [1.63, 1.0, 0.0, -3.0, -100.0])
def test_the_normal_field_and_the_mass_flux_are_continuous_at_the_shock(x: float) -> None:
    for phi in (0.0, 1.0, 3.0, 5.5):
        point = on_paraboloid((2.0 * RB - RM) * (1.0 - 1e-12), x, phi)
        n = normal(point)
        assert kf_region(*point, RM, RB) == SHEATH
        assert field(point) @ n == pytest.approx(B0 @ n, abs=1e-9)
        factor = kf_flow(*point, RM, RB, U, 3.3)[4]
        assert factor * flow(point, 3.3) @ n == pytest.approx(-n[0], abs=1e-9)


def test_the_velocity_along_the_shock_is_continuous_for_the_compression_of_the_shape() -> None:
    a = kf_compression(RM, RB)
    assert a == pytest.approx(2.03 / 0.78)
    for x in (1.5, 0.0, -5.0):
        point = on_paraboloid((2.0 * RB - RM) * (1.0 - 1e-12), x, 0.7)
        n = normal(point)
        upstream = np.array([-1.0, 0.0, 0.0])
        along = upstream - (upstream @ n) * n
        inside = flow(point, a)
        assert inside - (inside @ n) * n == pytest.approx(along, abs=1e-9)


def test_the_electric_field_is_continuous_at_the_nose_for_the_other_compression() -> None:
    compression = RB / (RB - RM)
    _, _, by, _ = kf_field(RB * (1.0 - 1e-12), 0.0, 0.0, RM, RB, 0.0, 1.0, 0.0)
    _, ux, _, _, _ = kf_flow(RB * (1.0 - 1e-12), 0.0, 0.0, RM, RB, U, compression)
    assert ux * by == pytest.approx(-U, rel=1e-9)


def test_the_solar_wind_is_undisturbed_before_the_shock() -> None:
    for point in ((100.0, 3.0, -5.0), (1.641, 0.0, 0.0), (0.0, 50.0, 0.0), (-100.0, 0.0, 40.0)):
        assert kf_field(*point, RM, RB, *B0) == (SOLAR_WIND, *B0)
        assert kf_flow(*point, RM, RB, U, 4.0) == (SOLAR_WIND, -U, 0.0, 0.0, 1.0)


def test_the_flow_comes_to_rest_at_the_nose_of_the_obstacle() -> None:
    assert np.linalg.norm(flow((RM * (1.0 + 1e-12), 0.0, 0.0))) < 1e-10


def test_the_field_far_down_the_tail_is_the_amplified_one() -> None:
    """By the potential: A (1 + Rm/w) times the field across, less its part along the normal, and A times that along."""
    a = kf_compression(RM, RB)
    point = on_paraboloid(1.6, -1e8, 0.0)
    assert kf_field(*point, RM, RB, 1.0, 0.0, 0.0)[1] == pytest.approx(a, rel=1e-6)
    assert kf_field(*point, RM, RB, 0.0, 0.0, 1.0)[3] == pytest.approx(a * (1.0 + RM / 1.6), rel=1e-6)
    assert kf_field(*point, RM, RB, 0.0, 1.0, 0.0)[2] == pytest.approx(a * (1.0 - RM / 1.6), rel=1e-6)


@pytest.mark.parametrize("point", [(-5.0, 0.0, 0.0), (0.625, 0.0, 0.0), (-1e9, 1e-9, 0.0), (0.0, 0.0, 0.0)])
def test_within_the_obstacle_all_is_zero_on_the_axis_too(point: Point) -> None:
    assert kf_field(*point, RM, RB, *B0) == (OBSTACLE, 0.0, 0.0, 0.0)
    assert kf_flow(*point, RM, RB, U, 4.0) == (OBSTACLE, 0.0, 0.0, 0.0, 0.0)


def test_lengths_only_count_as_ratios() -> None:
    point = on_paraboloid(1.6, -0.5, 1.0)
    big = tuple(3.39e6 * c for c in point)
    assert kf_field(*big, 3.39e6 * RM, 3.39e6 * RB, *B0)[1:] == pytest.approx(field(point), rel=1e-12)
