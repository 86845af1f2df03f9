"""The verdict: every check of a case, and those that hold for every run, evaluated on a result.

A check compares a quantity with a theory by name or with a number. Profile quantities are judged at given radii or in
all cells of a range; the worst place is reported and every place must satisfy every bound.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from exobase.errors import InputError
from exobase.io.results import Result, read_summary
from exobase.judge.outcome import Bounds, CheckOutcome
from exobase.judge.points import Points
from exobase.solvers import solver_of

Evaluator = Callable[[Result, Mapping[str, Any], Mapping[str, Any]], Points]


def judge(result: Result, case: Mapping[str, Any]) -> list[CheckOutcome]:
    """Evaluate the checks of a case (`Case.to_dict()`), then those that hold for every run.

    A quantity that cannot be evaluated (no exobase in the domain, no escapers, a species not in the result) is a failed
    check whose detail says why, never an exception.
    """
    solver = solver_of(case)
    outcomes = [_judge_one(result, case, check, solver.evaluate) for check in case.get("checks", [])]
    named = {outcome.name for outcome in outcomes}
    return outcomes + [outcome for outcome in solver.always_on(result, case) if outcome.name not in named]


def verdict_of(result: Result) -> list[CheckOutcome]:
    """The verdict with which the run of a result ended, from the summary beside it.

    Judged anew where no summary of this result (by its ``state_digest``) lies there.
    """
    with contextlib.suppress(InputError, KeyError, TypeError, ValueError, OverflowError):
        summary = read_summary(result.path.parent)
        if summary.get("state_digest") and summary["state_digest"] == result.attrs.get("state_digest"):
            return [CheckOutcome.of(entry) for entry in summary["checks"]]
    return judge(result, result.case)


def all_passed(outcomes: list[CheckOutcome]) -> bool:
    """Whether a run may end with exit code 0."""
    return all(outcome.passed for outcome in outcomes)


def _judge_one(result: Result, case: Mapping[str, Any], check: Mapping[str, Any], evaluate: Evaluator) -> CheckOutcome:
    name = str(check["quantity"])
    bounds = Bounds.of(check)
    try:
        points = evaluate(result, case, check)
    except (InputError, ValueError) as error:
        return CheckOutcome(name, math.nan, math.nan, math.nan, bounds.text(), False, f"cannot be judged: {error}")
    excess = [
        bounds.excess(float(v), float(s), float(r))
        for v, s, r in zip(points.value, points.stderr, points.reference, strict=True)
    ]
    if points.limit is not None:
        # Anything between 0 and the limit may be true: both must satisfy the bounds.
        highest = [bounds.excess(points.limit, math.nan, float(r)) for r in points.reference]
        excess = [max(pair) for pair in zip(excess, highest, strict=True)]
    worst = int(np.argmax(excess))
    value, stderr = float(points.value[worst]), float(points.stderr[worst])
    reference = float(points.reference[worst])
    return CheckOutcome(
        name, value, stderr, reference, bounds.text(), max(excess) <= 1.0, _detail(points, worst, check, excess)
    )


def _detail(points: Points, worst: int, check: Mapping[str, Any], excess: list[float]) -> str:
    parts: list[str] = []
    if check.get("source"):
        parts.append(str(check["source"]))
    elif check.get("reference") not in (None, "", "number"):
        parts.append(str(check["reference"]))
    if points.note:
        parts.append(points.note)
    if points.limit is not None:
        parts.append(_below(points.limit, check, excess))
    if len(excess) > 1:
        failed = sum(1 for ratio in excess if not ratio <= 1.0)
        parts.append(f"worst of {len(excess)} places: {points.where[worst]}" + (f"; {failed} fail" if failed else ""))
    elif points.where[worst]:
        parts.append(points.where[worst])
    if not math.isfinite(float(points.value[worst])):
        parts.append("no value in the result")
    elif check.get("tolerance_sigma") is not None and not math.isfinite(float(points.stderr[worst])):
        parts.append("no standard error in the result, so sigma cannot be judged")
    return "; ".join(parts)


def _below(limit: float, check: Mapping[str, Any], excess: list[float]) -> str:
    """The meaning of an upper limit for a check, and the remedy if it decides nothing."""
    text = f"nothing escaped: only an upper limit, {limit:.3g} (95 %)"
    if max(excess) <= 1.0:
        return text + "; every value up to it is accepted"
    if check.get("tolerance_sigma") is not None:
        return text + ", without an error, so sigma cannot be judged; run longer, or give accept"
    return text + "; run longer to lower it"
