"""Published boundaries: subsolar distances as published, inside and outside, parts of day and night."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.errors import InputError
from exobase.fields.conics import boundary, boundary_names, outside

STANDOFFS = [
    ("mars bow_shock vignes2000", 1.645),
    ("mars bow_shock trotignon2006", 1.627),
    ("mars bow_shock edberg2008", 1.574),
    ("mars bow_shock rahmati", 1.7),
    ("mars mpb trotignon2006", 1.25),
    ("mars mpb vignes2000", 1.285),
    ("venus bow_shock martinecz2008", 1.422),
    ("venus imb martinecz2008", 1.109),
]


@pytest.mark.parametrize(("name", "standoff"), STANDOFFS)
def test_subsolar_distances_are_those_published(name: str, standoff: float) -> None:
    assert boundary(name).standoff == pytest.approx(standoff, abs=6e-4)


@pytest.mark.parametrize("name", boundary_names())
def test_every_boundary_is_complete_and_round_its_body(name: str) -> None:
    found = boundary(name)
    assert found.source
    assert found.confidence in ("high", "medium")
    assert 1.0 < found.standoff <= found.terminator < 4.0
    assert found.flare > 0.0
    surface = found.surface(2.0)
    x, rho = found.curve(np.linspace(0.01, 2.2, 60))
    near = (x > -3.0) & (np.abs(x) > 0.05)
    assert near.sum() > 10
    for a, b in zip(x[near], rho[near], strict=True):
        assert outside(surface, 2.02 * a + 0.02, 2.04 * b, 0.0)
        assert not outside(surface, 1.98 * a - 0.02, 0.0, 1.96 * b)


def test_the_region_behind_a_hyperbola_is_inside() -> None:
    surface = boundary("mars bow_shock vignes2000").surface(1.0)
    assert not outside(surface, -500.0, 3.0, 0.0)
    assert outside(surface, 500.0, 3.0, 0.0)


def test_the_parabola_is_that_of_its_formula() -> None:
    surface = boundary("mars.bow_shock.rahmati").surface(1.0)
    for rho in (0.0, 1.0, 2.5):
        x = 1.7 - 0.24 * rho * rho
        assert outside(surface, x + 1e-9, rho, 0.0)
        assert not outside(surface, x - 1e-9, rho, 0.0)
    assert boundary("mars bow_shock rahmati").flare == pytest.approx(1.0 / 0.48, rel=1e-9)


def test_day_and_night_have_their_own_parts() -> None:
    found = boundary("mars mpb trotignon2006")
    surface = found.surface(1.0)
    night = 0.528 / (1.0 + 1.009 * math.cos(2.5))
    x, rho = 1.6 + night * math.cos(2.5), night * math.sin(2.5)
    assert x < 0.0
    assert outside(surface, x, rho + 1e-6, 0.0)
    assert not outside(surface, x, rho - 1e-6, 0.0)
    assert found.radius_at([0.0, 0.5 * math.pi]) == pytest.approx([1.25, found.terminator], abs=2e-3)


def test_an_unknown_boundary_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean 'mars bow_shock vignes2000'"):
        boundary("Mars bow shock vignes2000")
