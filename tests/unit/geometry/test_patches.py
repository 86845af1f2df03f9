"""Patches of the sphere: equal areas, exactly one patch for every direction, even draws within each."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.geometry.columns import DX, DZ, PLACED
from exobase.geometry.patches import (
    CARTESIAN,
    RING,
    SHARES,
    Patches,
    centre_of,
    draw_direction,
    inside,
    layer_of,
    patch_of,
    patches_of,
    rings,
    sectors,
    shares,
    walls_of,
)
from exobase.rng import step_key

KINDS = {"rings": rings(12), "sectors": sectors(8), "sectors_few": sectors(1), "sectors_two": sectors(3, 2)}


def directions(n: int) -> np.ndarray:
    d = np.random.default_rng(7).normal(size=(3, n))
    return np.asarray(d / np.linalg.norm(d, axis=0))


@pytest.mark.parametrize("name", KINDS)
def test_patches_have_equal_areas_and_cover_the_sphere(name: str) -> None:
    """200 000 even directions: each patch holds its share within 4.5 standard errors; walls agree with the search."""
    patches, d = KINDS[name], directions(200_000)
    x = np.zeros((PLACED, d.shape[1]))
    x[DX : DZ + 1] = d
    number = np.bincount(patches_of(patches, x), minlength=patches.number)
    share = d.shape[1] / patches.number
    assert (np.abs(number - share) < 4.5 * np.sqrt(share)).all()
    walls = walls_of(patches, np.arange(patches.number))
    for i in range(500):
        holds = [p for p in range(patches.number) if inside(tuple(walls[p]), *d[:, i])]
        assert holds == [patch_of(patches, *d[:, i])]


@pytest.mark.parametrize("name", KINDS)
def test_draws_stay_in_their_patch(name: str) -> None:
    patches = KINDS[name]
    key = np.uint64(step_key(1, 20, 0))
    for p in range(patches.number):
        mean = np.zeros(3)
        for k in range(400):
            d = np.array(draw_direction(patches, p, key, 2 * (400 * p + k)))
            assert patch_of(patches, *d) == p
            assert np.linalg.norm(d) == pytest.approx(1.0, abs=1e-15)
            mean += d / 400.0
        middle = centre_of(patches, np.array([p]))[0]
        assert abs(mean[2] - middle[2]) < 4.0 / np.sqrt(400.0) * np.ptp(walls_of(patches, np.array([p]))[0, :2])


def test_sectors_of_equal_area_are_about_as_wide_as_high() -> None:
    """12 zones: 3 sectors in the caps, twice the zones at the equator, about 4 zones^2/pi in all."""
    number = np.diff(sectors(12).first)
    assert number[0] == number[-1] == 3
    assert number.max() == 24
    assert sectors(12).number == pytest.approx(4 * 144 / np.pi, rel=0.03)
    assert np.array_equal(np.diff(sectors(5, 4).first), [4] * 5)


def test_kinds_and_shares() -> None:
    assert rings(3).frame == RING
    assert sectors(3).frame == CARTESIAN
    assert shares(4).frame == SHARES
    assert shares(4).number == 4
    assert walls_of(shares(4), np.arange(4)).shape == (0, 6)


def test_layers_hold_their_lower_edge() -> None:
    patches: Patches = rings(2)._replace(layer=np.array([1.0, 2.0, 4.0]))
    assert [layer_of(patches, r) for r in (0.5, 1.0, 1.999, 2.0, 3.9, 4.0, 9.0)] == [0, 0, 0, 1, 1, 1, 1]
