"""Escape counted on tracers must be that of the gas, where the latter is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exobase.judge.tracers import SIGMA, tracers_agree


class Rates(dict[str, Any]):
    """A result with escape rates of one species."""

    species = ("X",)


def outcome(rate: float, error: float, direct: float, direct_error: float) -> Any:
    names = ("rate", "rate_stderr", "direct_rate", "direct_rate_stderr")
    values = (rate, error, direct, direct_error)
    return tracers_agree(Rates({f"escape/{n}": np.array([v]) for n, v in zip(names, values, strict=True)}))  # type: ignore[arg-type]


def test_nothing_is_said_without_tracers() -> None:
    assert outcome(1.0, 0.1, 1.0, 0.1) is None
    assert tracers_agree(Rates()) is None  # type: ignore[arg-type]


def test_rates_that_agree_within_their_errors_pass_and_others_fail() -> None:
    assert outcome(1.05, 0.03, 1.0, 0.04).passed
    failed = outcome(1.0 + 0.02 + (SIGMA + 1.0) * 0.06, 0.03, 1.0, 0.04)
    assert not failed.passed
    assert "weights.energy_levels" in failed.detail
    assert failed.value == pytest.approx(1.35)
    assert not outcome(0.0, 0.0, 1.0, 0.04).passed


def test_a_direct_rate_that_is_not_known_is_no_judge() -> None:
    for direct, error in ((0.0, 0.0), (5.0, 4.0)):
        verdict = outcome(1.0, 0.1, direct, error)
        assert verdict.passed
        assert "not judged" in verdict.detail
