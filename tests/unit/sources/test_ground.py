"""Emission by place: interpolation, means of patches, draws in proportion to the flux, speeds of the place."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from exobase.geometry.columns import DX, DY, DZ, PLACED, SPIN, VN, VT1, VT2
from exobase.geometry.patches import patches_of, rings, sectors
from exobase.sources.ground import (
    FROM_GROUND,
    LIT,
    at_place,
    lay_ground,
    lit_share,
    mean_flux,
    no_ground,
    place_entering,
)
from exobase.tallies.ledger import ENTRIES, Books, Entry

Array = NDArray[np.float64]
SUN = np.array([0.6, 0.0, 0.8])


def table(function: object, rows: int = 360, columns: int = 720) -> Array:
    theta = np.linspace(0.0, math.pi, rows + 1)[:, None]
    phi = np.linspace(-math.pi, math.pi, columns + 1)[None]
    return np.asarray(np.broadcast_to(function(theta, phi), (rows + 1, columns + 1)))  # type: ignore[operator]


def booked(x: Array) -> tuple[Array, Books]:
    """Weights of one, and empty books of two rows."""
    counts, none = np.zeros((2, ENTRIES), dtype=np.int64), np.zeros((1, 1), dtype=np.int64)
    values = [np.zeros((2, ENTRIES)) for _ in range(3)]
    return np.ones(x.shape[1]), Books(counts, *values, none, np.ones(1), np.ones((1, 1)))


def test_a_table_is_linear_between_its_nodes() -> None:
    values = table(lambda theta, phi: theta + 2.0 * phi)
    for theta, phi in ((0.3, -3.0), (1.234, 0.567), (3.1, 3.1), (math.pi, 0.1)):
        d = (math.sin(theta) * math.cos(phi), math.sin(theta) * math.sin(phi), math.cos(theta))
        assert at_place(values, *d) == pytest.approx(theta + 2.0 * phi, abs=1e-9 if theta < 3.14 else 0.3)


@pytest.mark.parametrize("patches", [rings(5), sectors(4)], ids=["rings", "sectors"])
def test_means_of_patches_and_their_bounds(patches: object) -> None:
    """1 + cos(theta)/2: over a zone the mean of z is its middle."""
    flux = table(lambda theta, phi: 1.0 + 0.5 * np.cos(theta))[None]
    ground = lay_ground(patches, flux, flux, SUN)  # type: ignore[arg-type]
    means = mean_flux(ground, patches)[:, 0]
    zone = np.repeat(np.arange(patches.edge.size - 1), np.diff(patches.first))  # type: ignore[attr-defined]
    middle = 0.5 * (patches.edge[:-1] + patches.edge[1:])  # type: ignore[attr-defined]
    np.testing.assert_allclose(means, (1.0 + 0.5 * middle)[zone], rtol=1e-5)
    assert (ground.most[:, 0] >= means).all()
    assert means.mean() == pytest.approx(1.0, rel=1e-6)


def test_draws_follow_the_flux_and_carry_the_local_speed() -> None:
    """Two rings, flux 1 + z/2 and speed 2 + z: mean of z in each ring against the integral, within 4 errors."""
    patches = rings(2)._replace(layer=np.array([1.0, 2.0]))
    ground = lay_ground(
        patches, table(lambda theta, phi: 1.0 + 0.5 * np.cos(theta))[None],
        table(lambda theta, phi: 2.0 + np.cos(theta))[None], SUN,
    )  # fmt: skip
    n = 40_000
    x = np.zeros((PLACED, 2 * n))
    x[VN], x[VT1], x[VT2], x[SPIN], x[DZ] = 3.0, -1.0, 2.0, 5.0, FROM_GROUND
    group = np.repeat([0, 1], n)
    weight, books = booked(x)
    before = 0.5 * (x[VN : VT2 + 1] ** 2).sum(axis=0) + x[SPIN]
    assert place_entering(patches, ground, 1, 0, (1, 1), group, np.uint64(9), x, weight, books) == 0
    after = 0.5 * (x[VN : VT2 + 1] ** 2).sum(axis=0) + x[SPIN]
    for ring in (0, 1):
        gain = (after - before)[group == ring].sum()
        assert books.energy[ring, Entry.EMITTED] == pytest.approx(gain, rel=1e-10)
        assert books.momentum[ring, Entry.EMITTED] == pytest.approx((x[VN] - 3.0)[group == ring].sum(), rel=1e-10)
    assert np.array_equal(patches_of(patches, x), group)
    for ring, (a, b) in enumerate(((-1.0, 0.0), (0.0, 1.0))):
        z = x[DZ, group == ring]
        weight = (b - a) + 0.25 * (b * b - a * a)
        mean = (0.5 * (b * b - a * a) + (b**3 - a**3) / 6.0) / weight
        assert abs(z.mean() - mean) < 4.0 * z.std() / math.sqrt(n)
    scale = 2.0 + x[DZ]
    np.testing.assert_allclose(x[VN], 3.0 * scale, rtol=1e-4)
    np.testing.assert_allclose(x[VT2], 2.0 * scale, rtol=1e-4)
    np.testing.assert_allclose(x[SPIN], 5.0 * scale**2, rtol=1e-4)


def test_what_has_a_direction_keeps_it_and_births_are_even() -> None:
    patches = rings(2)._replace(layer=np.zeros(2))
    x = np.zeros((PLACED, 3))
    x[DZ, 1] = 1.0
    place_entering(patches, no_ground(SUN), 1, 0, (1, 1), np.array([0, 0, 1]), np.uint64(3), x, *booked(x))
    assert x[DX : DZ + 1, 1].tolist() == [0.0, 0.0, 1.0]
    assert x[DZ, 0] < 0.0 < x[DZ, 2]
    np.testing.assert_allclose(np.linalg.norm(x[DX : DZ + 1], axis=0), 1.0)
    assert abs(x[DX, 0]) + abs(x[DY, 0]) > 0.0


def test_births_in_sunlight() -> None:
    """One patch for the whole sphere: half of it lit, <max(cos, 0)> = 1/4; <cos> is 1/2 by day, 2/3 by the cosine."""
    share = lit_share(rings(1), SUN, ["global", "dayside", "cos_zenith"])
    np.testing.assert_allclose(share, [[1.0, 0.5, 0.25]], rtol=2e-3)
    patches = rings(1)._replace(layer=np.array([1.0, 2.0]))
    for name, mean in (("dayside", 0.5), ("cos_zenith", 2.0 / 3.0)):
        x = np.zeros((PLACED, 20_000))
        x[DZ] = LIT[name]
        group = np.zeros(20_000, dtype=np.int64)
        assert place_entering(patches, no_ground(SUN), 1, 0, (1, 1), group, np.uint64(5), x, *booked(x)) == 0
        cosine = SUN @ x[DX : DZ + 1]
        assert cosine.min() > 0.0
        assert abs(cosine.mean() - mean) < 4.0 * cosine.std() / math.sqrt(20_000)


def test_shares_of_patches_add_up_wherever_the_sun_stands() -> None:
    share = lit_share(sectors(5), SUN, ["dayside", "cos_zenith"])
    np.testing.assert_allclose(share.mean(axis=0), [0.5, 0.25], rtol=1e-3)
