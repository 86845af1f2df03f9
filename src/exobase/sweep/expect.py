"""Expectations of a sweep ([[expect]] of sweep.toml), judged on its combined table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exobase.config.messages import nearest
from exobase.config.sweep_file import SWEEP_NAME, ExpectTable
from exobase.errors import InputError
from exobase.io.sweeps import Column
from exobase.judge.outcome import Bounds
from exobase.sweep.points import ParameterGrid, Point, same
from exobase.sweep.record import FINISHED

PASSED, FAILED, OPEN = "passed", "failed", "open"


@dataclass(frozen=True)
class Judged:
    """One expectation beside what the sweep gave.

    value, stderr: of the point (NaN where it gave none); reference, reference_stderr (NaN for a range to accept);
    sigmas: (value - reference) in units of both errors; verdict: passed, failed, or open where the point has not
    finished; lowest, highest: the range to accept (NaN for a reference).
    """

    point: str
    quantity: str
    value: float
    stderr: float
    reference: float
    reference_stderr: float
    bounds: str
    sigmas: float
    verdict: str
    source: str
    lowest: float = math.nan
    highest: float = math.nan


def judge_sweep(
    grid: ParameterGrid, columns: Mapping[str, Column], expectations: Sequence[ExpectTable]
) -> list[Judged]:
    """Every expectation about a point of this grid (a subset may leave points out: theirs are not judged).

    A point that ended without the quantity (no exobase in the domain) fails; one that has not ended is open.
    Raises InputError for a quantity that is no column of numbers.
    """
    _known(columns, expectations)
    judged = []
    for expect in expectations:
        for row, point in enumerate(grid.points):
            if point.block == expect.block and all(same(point.values[key], v) for key, v in expect.point.items()):
                judged.append(_judge(point, row, columns, expect))
    return judged


def expect_columns(judged: Sequence[Judged]) -> dict[str, Column]:
    """The judged expectations as columns of a table."""
    about = {
        "point": "folder of the point",
        "quantity": "column of the sweep's table",
        "value": "its value",
        "stderr": "standard error of the value",
        "reference": "what was expected",
        "reference_stderr": "standard error of the reference",
        "bounds": "what is accepted",
        "sigmas": "deviation in units of both standard errors",
        "verdict": "passed, failed, open (the point has not finished)",
        "source": "where the reference comes from",
        "lowest": "least value that is accepted, where a range is given",
        "highest": "greatest value that is accepted, where a range is given",
    }
    own = ("value", "stderr", "reference", "reference_stderr", "lowest", "highest")
    return {
        key: Column(key, "unit of the quantity" if key in own else "1", text, [getattr(line, key) for line in judged])
        for key, text in about.items()
    }


def check_quantities(expectations: Sequence[ExpectTable], columns: Mapping[str, Column]) -> None:
    """Raises InputError for expectations about quantities that the table will not have."""
    _known(columns, expectations)


def _known(columns: Mapping[str, Column], expectations: Sequence[ExpectTable]) -> None:
    numbers = [name for name, c in columns.items() if not any(isinstance(v, str) for v in c.values)]
    wrong = [
        f"{SWEEP_NAME}: expect.{i}.quantity = {e.quantity!r}: no such quantity{nearest(e.quantity, numbers) or ';'} "
        f"allowed: {', '.join(numbers)}"
        for i, e in enumerate(expectations)
        if e.quantity not in numbers
    ]
    if wrong:
        raise InputError(wrong)


def _judge(point: Point, row: int, columns: Mapping[str, Column], expect: ExpectTable) -> Judged:
    def number(name: str) -> float:
        return float(columns[name].values[row]) if name in columns else math.nan

    value, stderr = number(expect.quantity), number(f"{expect.quantity}_stderr")
    accept = None if expect.accept is None else (float(expect.accept[0]), float(expect.accept[1]))
    bounds = Bounds(expect.relative, None, expect.sigma, accept, float(expect.stderr))
    reference = math.nan if expect.reference is None else float(expect.reference)
    known_error = 0.0 if math.isnan(stderr) else stderr
    both = math.hypot(known_error, float(expect.stderr))
    holds = bounds.excess(value, known_error, reference) <= 1.0
    finished = columns["status"].values[row] in FINISHED
    return Judged(
        point=point.name,
        quantity=expect.quantity,
        value=value,
        stderr=stderr,
        reference=reference,
        reference_stderr=math.nan if expect.reference is None else float(expect.stderr),
        bounds=bounds.text(),
        sigmas=(value - reference) / both if both > 0.0 else math.nan,
        verdict=(PASSED if holds else FAILED) if finished else OPEN,
        source=expect.source,
        lowest=math.nan if accept is None else accept[0],
        highest=math.nan if accept is None else accept[1],
    )


def expect_rows(judged: Sequence[Judged]) -> list[tuple[str, ...]]:
    """Lines of text for a table: point, quantity, value, reference, accepted, sigmas, verdict."""
    return [
        (
            line.point,
            line.quantity,
            _measured(line.value, line.stderr),
            _measured(line.reference, line.reference_stderr or math.nan),
            line.bounds,
            "" if math.isnan(line.sigmas) else f"{line.sigmas:+.1f}",
            line.verdict,
        )
        for line in judged
    ]


def _measured(value: Any, stderr: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:.4g}" if math.isnan(stderr) else f"{value:.4g} +- {stderr:.2g}"
