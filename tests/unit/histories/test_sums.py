"""Sums over batches: means, standard errors and covariances against numpy, and the order of the additions."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.histories.sums import Sums
from exobase.tallies.scores import score_shapes, size_of, tables

SHAPES = score_shapes(followed=2, processes=2, shells=3, surfaces=1, energies=2, angles=2, birth_shells=1)
FACTOR = np.array([0.5, 0.25])


def batches(number: int, seed: int = 1) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).gamma(2.0, size=(number, size_of(SHAPES))))


def filled(flats: list[np.ndarray], target: int = 1) -> Sums:
    sums = Sums(SHAPES, FACTOR)
    for flat in flats:
        sums.add(flat, target)
    return sums


def test_tables_are_views_that_fill_the_flat_array() -> None:
    flat = np.zeros(size_of(SHAPES))
    for table in tables(flat, SHAPES):
        table += 1.0
    assert np.array_equal(flat, np.ones_like(flat))


def test_means_and_errors_are_those_of_independent_batches() -> None:
    flats = batches(50)
    sums = filled(flats)
    data = np.array(flats)
    mean, error = np.empty(data.shape[1]), np.empty(data.shape[1])
    for table, source in ((mean, sums.mean()), (error, sums.stderr())):
        table[:] = np.concatenate([view.ravel() for view in source])
    assert mean == pytest.approx(data.mean(axis=0), rel=1e-12)
    assert error == pytest.approx(data.std(axis=0, ddof=1) / np.sqrt(50), rel=1e-10)


def test_numbers_that_do_not_scatter_have_no_error() -> None:
    sums = filled([np.full(size_of(SHAPES), 0.1) for _ in range(7)])
    assert not any(view.any() for view in sums.stderr())


def test_one_batch_has_an_infinite_error() -> None:
    assert np.isinf(filled(batches(1)).stderr().heating).all()


def test_the_series_holds_reported_escape_rates_and_the_covariance_refers_to_them() -> None:
    flats = batches(40)
    sums = filled(flats)
    escape = np.array([tables(flat, SHAPES).escaped @ FACTOR for flat in flats])
    assert np.array(sums.series) == pytest.approx(escape, rel=1e-14)
    heating = np.array([tables(flat, SHAPES).heating[0] for flat in flats])
    expected = np.cov(heating, escape[:, 1], ddof=1)[0, 1] / 40
    assert sums.covariance(1).heating[0] == pytest.approx(expected, rel=1e-9)


def test_a_restored_state_goes_on_with_the_same_bits() -> None:
    flats = batches(9)
    whole = filled(flats)
    half = filled(flats[:4])
    again = Sums(SHAPES, FACTOR)
    again.restore(half.state())
    for flat in flats[4:]:
        again.add(flat, 1)
    assert again.number == 9
    assert again.digest() == whole.digest()
    assert filled(flats[::-1]).digest() != whole.digest()
