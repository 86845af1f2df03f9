"""Checks of a loss budget."""

from __future__ import annotations

import math
from collections.abc import Sequence

from exobase.case.model import Check
from exobase.case.staged import RATIO
from exobase.errors import InputError
from exobase.judge.outcome import Bounds, CheckOutcome
from exobase.summary.budget import Budget, Total


def judge_budget(budget: Budget, checks: Sequence[Check]) -> list[CheckOutcome]:
    """The verdict on every check of the form "budget.O.photochemical"; a number that is not there has failed."""
    return [_judge(budget, check) for check in checks]


def _value(budget: Budget, quantity: str) -> Total:
    """A number of the budget, or the ratio of two; these are of different stages, so that errors are independent."""
    values = [budget.value(name.removeprefix("budget.")) for name in quantity.split(RATIO)]
    if len(values) == 1:
        return values[0]
    over, under = values
    if under.value == 0.0:
        raise InputError(f"{quantity}: the denominator is 0, so there is no ratio")
    ratio = over.value / under.value
    error = math.hypot(over.stderr, ratio * under.stderr) / abs(under.value)
    return Total(ratio, error, over.limit / abs(under.value))


def _judge(budget: Budget, check: Check) -> CheckOutcome:
    bounds = Bounds(
        check.tolerance_relative, check.tolerance_absolute, check.tolerance_sigma, check.accept, check.reference_stderr
    )
    reference = math.nan if check.reference_value is None else check.reference_value
    try:
        found = _value(budget, check.quantity)
    except InputError as error:
        return CheckOutcome(check.quantity, math.nan, math.nan, reference, bounds.text(), False, str(error))
    excess, stderr, detail = bounds.excess(found.value, found.stderr, reference), found.stderr, check.source
    detail = detail or check.reference
    if found.limit > 0.0:
        # Anything between the value and the limit may be true: both must satisfy the bounds.
        stderr = found.stderr if found.value > 0.0 else math.nan
        excess = max(excess, bounds.excess(found.value + found.limit, stderr, reference))
        detail += f"; nothing escaped in a part: it may add up to {found.limit:.3g} (95 %)"
    return CheckOutcome(check.quantity, found.value, stderr, reference, bounds.text(), excess <= 1.0, detail)
