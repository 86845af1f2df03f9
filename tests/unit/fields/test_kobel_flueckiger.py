"""The magnetosheath between paraboloids: laws of the field and of the flow. Rm = 1.25, Rb = 1.64 (Mars, in radii)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.fields.plasma import Plasma, kobel_flueckiger, sample, wind

RM, RB = 1.25, 1.64
WIND = wind(2.0, 1.0, 1.0, cone=math.radians(50.0), clock=math.radians(65.0))
SHEATH = kobel_flueckiger(WIND, RM, RB)


def on_surface(level: float, count: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Points of the paraboloid lambda = level, x from its nose to -4, and outward normals."""
    rng = np.random.default_rng(3)
    rho = rng.uniform(0.0, math.sqrt(level * level + level * RM + 8.0 * level), count)
    angle = rng.uniform(0.0, 2.0 * math.pi, count)
    x = 0.5 * RM + (level * level - rho * rho) / (2.0 * level)
    p = np.stack([x, rho * np.cos(angle), rho * np.sin(angle)], axis=1)
    along = p - [0.5 * RM, 0.0, 0.0]
    normal = along / np.linalg.norm(along, axis=1)[:, None] + [1.0, 0.0, 0.0]
    return p, normal / np.linalg.norm(normal, axis=1)[:, None]


def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray((a * b).sum(1))


def slopes(plasma: Plasma, name: str, points: np.ndarray, h: float = 1e-3) -> np.ndarray:
    """d(name)_i/dx_j by differences of fourth order."""

    def value(p: np.ndarray) -> np.ndarray:
        return np.asarray(getattr(sample(plasma, p), name))

    steps = h * np.eye(3)
    columns = [
        (8.0 * (value(points + d) - value(points - d)) - value(points + 2 * d) + value(points - 2 * d)) / (12.0 * h)
        for d in steps
    ]
    return np.stack(columns, axis=2)


MIDDLE = np.concatenate([on_surface(level)[0] for level in (1.35, 1.6, 1.9)])


def test_surfaces_stand_where_they_are_asked_for() -> None:
    points = [[RM + d, 0.0, 0.0] for d in (-1e-9, 1e-9)] + [[RB + d, 0.0, 0.0] for d in (-1e-9, 1e-9)]
    assert sample(SHEATH, points).density == pytest.approx([0.0, 2.0 * RB / (RB - RM), 2.0 * RB / (RB - RM), 2.0])
    assert not sample(SHEATH, [[0.3, 0.2, -0.1]]).b.any()


def test_the_field_has_neither_divergence_nor_curl() -> None:
    slope = slopes(SHEATH, "b", MIDDLE)
    assert np.abs(np.trace(slope, axis1=1, axis2=2)).max() < 1e-8
    assert np.abs(slope - slope.transpose(0, 2, 1)).max() < 1e-8


def test_the_normal_field_vanishes_at_the_obstacle_and_is_continuous_at_the_shock() -> None:
    p, normal = on_surface(RM)
    assert np.abs(dot(sample(SHEATH, p + 1e-10 * normal).b, normal)).max() < 1e-8
    p, normal = on_surface(2.0 * RB - RM)
    inner, outer = sample(SHEATH, p - 1e-10 * normal), sample(SHEATH, p + 1e-10 * normal)
    assert dot(inner.b, normal) == pytest.approx(dot(outer.b, normal), abs=1e-8)
    assert outer.b == pytest.approx(np.tile([WIND.bx, WIND.by, WIND.bz], (500, 1)), abs=1e-14)


def test_the_flow_conserves_mass_and_does_not_cross_the_obstacle() -> None:
    assert np.abs(np.trace(slopes(SHEATH, "u", MIDDLE), axis1=1, axis2=2)).max() < 1e-8
    p, normal = on_surface(RM)
    assert np.abs(dot(sample(SHEATH, p + 1e-10 * normal).u, normal)).max() < 1e-8
    p, normal = on_surface(2.0 * RB - RM)
    inner, outer = sample(SHEATH, p - 1e-10 * normal), sample(SHEATH, p + 1e-10 * normal)
    flux = inner.density * dot(inner.u, normal)
    assert flux == pytest.approx(outer.density * dot(outer.u, normal), abs=1e-8)


def test_e_is_minus_u_cross_b_and_continuous_at_the_nose_of_the_shock() -> None:
    at = sample(SHEATH, MIDDLE)
    assert at.e + np.cross(at.u, at.b) == pytest.approx(np.zeros_like(at.e), abs=1e-14)
    across = kobel_flueckiger(wind(1.0, 1.0, 1.0), RM, RB)
    inner, outer = sample(across, [[RB - 1e-9, 0.0, 0.0], [RB + 1e-9, 0.0, 0.0]]).e
    assert inner[1:] == pytest.approx(outer[1:], abs=1e-7)


def test_the_compression_may_be_chosen_and_must_not_be_less_than_one() -> None:
    assert sample(kobel_flueckiger(WIND, RM, RB, 3.0), [[1.4, 0.0, 0.0]]).density == pytest.approx([6.0])
    with pytest.raises(ValueError, match="compression = 0"):
        kobel_flueckiger(WIND, RM, RB, 0.5)
    with pytest.raises(ValueError, match="must lie between"):
        kobel_flueckiger(WIND, 1.7, 1.64)


def test_aberration_turns_the_whole_picture() -> None:
    """A wind turned by alpha about z shows at the turned point the turned vectors."""
    alpha = math.radians(5.0)
    turn = np.array([[math.cos(alpha), math.sin(alpha), 0.0], [-math.sin(alpha), math.cos(alpha), 0.0], [0, 0, 1.0]])
    field = turn @ np.array([WIND.bx, WIND.by, WIND.bz])
    cone = math.acos(field[0])
    clock = math.atan2(field[1], field[2])
    tilted = kobel_flueckiger(wind(2.0, 1.0, 1.0, cone, clock, aberration=alpha), RM, RB)
    plain, turned = sample(SHEATH, MIDDLE), sample(tilted, MIDDLE @ turn.T)
    assert turned.b == pytest.approx(plain.b @ turn.T, abs=1e-12)
    assert turned.e == pytest.approx(plain.e @ turn.T, abs=1e-12)
    assert turned.u == pytest.approx(plain.u @ turn.T, abs=1e-12)
    far = sample(tilted, [[9.0, 0.0, 0.0]]).u[0]
    assert far == pytest.approx([-math.cos(alpha), math.sin(alpha), 0.0])


def test_the_scale_is_the_distance_to_the_nearer_surface() -> None:
    points = [[RM + 0.1, 0.0, 0.0], [RB - 0.05, 0.0, 0.0], [RB + 0.5, 0.0, 0.0], [RB, 0.0, 0.0]]
    assert sample(SHEATH, points).scale == pytest.approx([0.1, 0.05, 0.5, 0.02 * RM], rel=0.2)
