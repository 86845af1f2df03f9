"""Shut-off of a fluid rate: limits of its forms, and Knudsen numbers of a mixture put together by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.analytic import barometric, knudsen_shutoff
from exobase.constants import ATOMIC_MASS

MASSES = [1.008 * ATOMIC_MASS, 16.0 * ATOMIC_MASS]
GM, RADIUS, TEMPERATURE = 4.28e13, 8e6, 400.0
SECTIONS = [[1e-19, 2e-19], [2e-19, 3e-19]]


def test_every_species_has_its_own_path_and_scale_height() -> None:
    got = knudsen_shutoff.knudsen_numbers([1e12, 5e11], SECTIONS, MASSES, RADIUS, TEMPERATURE, GM)
    paths = [1.0 / (1e12 * 1e-19 + 5e11 * 2e-19), 1.0 / (1e12 * 2e-19 + 5e11 * 3e-19)]
    for s in range(2):
        height = float(barometric.scale_height(TEMPERATURE, MASSES[s], RADIUS, GM))
        assert got[s] == pytest.approx(paths[s] / height, rel=1e-12, abs=0.0)


def test_knudsen_numbers_broadcast_over_points_and_are_infinite_in_vacuum() -> None:
    got = knudsen_shutoff.knudsen_numbers(
        [[1e12, 0.0], [5e11, 0.0]], SECTIONS, MASSES, [RADIUS, RADIUS], [TEMPERATURE, TEMPERATURE], GM
    )
    assert got.shape == (2, 2)
    assert np.all(np.isinf(got[:, 1]))
    np.testing.assert_allclose(
        got[:, 0], knudsen_shutoff.knudsen_numbers([1e12, 5e11], SECTIONS, MASSES, RADIUS, TEMPERATURE, GM)
    )


@pytest.mark.parametrize("form", knudsen_shutoff.FORMS)
def test_all_forms_leave_a_dense_flow_and_stop_a_thin_one(form: knudsen_shutoff.Form) -> None:
    factor = knudsen_shutoff.shutoff_factor([0.0, 1e-9, 0.5, 1.0, 100.0, math.inf], form)
    assert factor[0] == 1.0
    assert factor[1] == pytest.approx(1.0, rel=1e-8, abs=0.0)
    assert factor[-1] == 0.0
    assert factor[4] < 0.01
    assert np.all(np.diff(factor) <= 0.0)


def test_forms_have_their_values_at_one_half_and_one() -> None:
    kn = [0.5, 1.0]
    np.testing.assert_allclose(knudsen_shutoff.shutoff_factor(kn), [2.0 / 3.0, 0.5], rtol=1e-15)
    np.testing.assert_allclose(knudsen_shutoff.shutoff_factor(kn, "exponential"), np.exp([-0.5, -1.0]), rtol=1e-15)
    np.testing.assert_array_equal(knudsen_shutoff.shutoff_factor(kn, "cut"), [1.0, 0.0])


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="must be one of reciprocal, exponential, cut"):
        knudsen_shutoff.shutoff_factor(1.0, "hard")  # type: ignore[arg-type]
    for bad in (-0.1, math.nan, -math.inf):
        with pytest.raises(ValueError, match="knudsen"):
            knudsen_shutoff.shutoff_factor([0.1, bad])
    with pytest.raises(ValueError, match="symmetric"):
        knudsen_shutoff.knudsen_numbers([1e12, 1e12], [[1.0, 2.0], [3.0, 1.0]], MASSES, RADIUS, TEMPERATURE, GM)
    with pytest.raises(ValueError, match=r"give \[ns\]"):
        knudsen_shutoff.knudsen_numbers([1e12], SECTIONS, MASSES, RADIUS, TEMPERATURE, GM)
