"""What particles of small weight feel of a carrier: its flow and temperature, not the noise of its mean velocity."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from exobase.collisions.carrier import follow_flow, moments_of, part_of_flow, steadied

Array = NDArray[np.float64]


def cell(numbers: list[int], seed: int = 1) -> tuple[Array, NDArray[np.int64], Array]:
    """Columns [4, n] of a cell of some species, their start, and the moments of the gas."""
    rng = np.random.default_rng(seed)
    x = np.vstack([np.ones(sum(numbers)), rng.normal(10.0, 300.0, (3, sum(numbers)))])
    start = np.concatenate([[0], np.cumsum(numbers)]).astype(np.int64)
    moments = np.full((len(numbers), 5), 7.0)
    moments_of(x, start, 0, 1, moments)
    return x, start, moments


def test_moments_are_number_mean_velocity_and_variance() -> None:
    x, start, moments = cell([7, 0, 30])
    for s in (0, 2):
        v = x[1:, start[s] : start[s + 1]]
        expected = [v.shape[1], *v.mean(axis=1), v.var(axis=1).sum()]
        np.testing.assert_allclose(moments[s], expected, rtol=1e-12)
    assert moments[1].tolist() == [0.0] * 5


@pytest.mark.parametrize("f", [0.0, 0.01, 0.5, 0.99])
@pytest.mark.parametrize("number", [2, 25])
def test_a_light_weight_follows_the_fluctuation_by_the_ratio_of_the_weights(f: float, number: int) -> None:
    """The mean is U + f (V - U); the mean square about U, over many cells, is that of the particles that are there."""
    rng, u = np.random.default_rng(3), np.array([30.0, -20.0, 5.0])
    flow = np.array([4.0, *(4.0 * u), number - 1.0, 1.0])  # of a Maxwellian: N <S> and N <(V - U)^2> are as N - 1 to 1
    seen, there = [], []
    for _ in range(4000):
        x = np.vstack([np.ones(number), u[:, None] + rng.normal(0.0, 300.0, (3, number))])
        moments = np.zeros((1, 5))
        moments_of(x, np.array([0, number]), 0, 1, moments)
        stretch, *shift = steadied(flow, moments[0], f)
        v = x[1:] - u[:, None]
        w = v + stretch * x[1:] + np.array(shift)[:, None]
        np.testing.assert_allclose(w.mean(axis=1), f * v.mean(axis=1), rtol=1e-9, atol=1e-9)
        seen.append((w**2).sum())
        there.append((v**2).sum())
    ratio = np.array(seen) / np.mean(there)
    assert abs(ratio.mean() - 1.0) < 4.0 * ratio.std() / np.sqrt(ratio.size)


def test_two_particles_of_nearly_the_same_velocity_throw_nobody() -> None:
    """Velocities change by at most a factor 2^(1/2), whatever the moments."""
    flow = np.array([2.0, 0.0, 0.0, 0.0, 1e-6, 1e9])
    stretch, *_ = steadied(flow, np.array([2.0, 300.0, 0.0, 0.0, 1e-6]), 0.01)
    assert 0.0 < stretch <= np.sqrt(2.0) - 1.0


@pytest.mark.parametrize(
    ("flow", "number", "f"),
    [([0.0] * 6, 25, 0.01), ([4.0, 1.0, 1.0, 1.0, 2.0, 1.0], 1, 0.01), ([4.0, 1.0, 1.0, 1.0, 2.0, 1.0], 25, 1.0)],
)
def test_nothing_changes_without_a_past_with_a_single_particle_and_with_equal_weights(
    flow: list[float], number: int, f: float
) -> None:
    assert steadied(np.array(flow), cell([number])[2][0], f) == (0.0, 0.0, 0.0, 0.0)


def test_the_flow_of_the_past_is_a_mean_over_particles() -> None:
    flow, first, second = np.zeros((2, 6)), cell([10, 0], 1)[2], cell([30, 5], 2)[2]
    follow_flow(flow, first, 0.25)
    np.testing.assert_allclose(flow[0], [10.0, *(10.0 * first[0, 1:4]), 0.0, 0.0])
    assert flow[1].tolist() == [0.0] * 6
    follow_flow(flow, second, 0.25)
    off = ((second[0, 1:4] - first[0, 1:4]) ** 2).sum()
    sums = 7.5 * first[0, 1:4] + 7.5 * second[0, 1:4]
    np.testing.assert_allclose(flow[0], [15.0, *sums, 30.0 * second[0, 4], 30.0 * off])
    np.testing.assert_allclose(flow[1], [5.0, *(5.0 * second[1, 1:4]), 0.0, 0.0])
    follow_flow(flow, first, 0.25)
    off = ((first[0, 1:4] - sums / 15.0) ** 2).sum()
    assert flow[0, 4] == pytest.approx(0.75 * 30.0 * second[0, 4] + 0.25 * 10.0 * first[0, 4])
    assert flow[0, 5] == pytest.approx(0.75 * 30.0 * ((second[0, 1:4] - first[0, 1:4]) ** 2).sum() + 0.25 * 10.0 * off)


def test_the_past_is_short_while_the_gas_settles() -> None:
    assert part_of_flow(0.0) == 1.0 / 32.0
    assert part_of_flow(4000.0) == 1.0 / 1032.0
    assert part_of_flow(1e6) == 1.0 / 4000.0
