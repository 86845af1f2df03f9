"""The check that what tracers count is what the gas does."""

from __future__ import annotations

import math

import numpy as np

from exobase.io.results import Result
from exobase.judge.outcome import CheckOutcome

SIGMA = 4.5
WELL_KNOWN = 0.3
"""Relative error of the direct rate above which there is nothing to compare with."""
BIAS = 0.02
"""Bias of order 1/N that tracers may have (docs/numerics.md)."""


def tracers_agree(result: Result) -> CheckOutcome | None:
    """Escape counted on tracers over that of the particles of the gas themselves; None where there are no tracers.

    The worst species is reported. Where too few particles of the gas escape there is nothing to compare with.
    """
    if "escape/direct_rate" not in result:
        return None
    worst: tuple[float, float, float, str] | None = None
    traced = False
    for s, name in enumerate(result.species):
        rate, error = float(result["escape/rate"][s]), float(result["escape/rate_stderr"][s])
        direct, direct_error = float(result["escape/direct_rate"][s]), float(result["escape/direct_rate_stderr"][s])
        if rate == direct:
            continue
        traced = True
        if not 0.0 < direct_error < WELL_KNOWN * direct:
            continue
        ratio = rate / direct
        known = error / direct if math.isfinite(error) else 0.0
        stderr = math.hypot(known, ratio * direct_error / direct) if rate > 0.0 else direct_error / direct
        excess = max(abs(ratio - 1.0) - BIAS, 0.0) / stderr
        if worst is None or excess > worst[0]:
            worst = (excess, ratio, stderr, name)
    if not traced:
        return None
    tolerance = f"{SIGMA:g} sigma and {100 * BIAS:g} %"
    if worst is None:
        return CheckOutcome.not_judged(
            "tracers_agree", tolerance, "too few particles of the gas escape to compare with", 1.0
        )
    excess, ratio, stderr, name = worst
    note = f"{name}: escape of tracers over that of the gas"
    passed = bool(np.isfinite(ratio) and excess <= SIGMA)
    if not passed:
        note += "; raise run.particles_per_cell, or set weights.energy_levels = 1"
    return CheckOutcome("tracers_agree", ratio, stderr, 1.0, tolerance, passed, note)
