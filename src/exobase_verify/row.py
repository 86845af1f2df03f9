"""One line of the validation table: what was tested, what came out, what theory says, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from exobase.io.files import to_json
from exobase.judge.outcome import Bounds

Size = Literal["quick", "full"]
"""How much is computed: "quick" for every day, "full" for a release."""

SHARPNESS = 0.5
"""Largest standard error of a value that is judged, in units of its relative or absolute tolerance."""


@dataclass(frozen=True)
class Curve:
    """What is drawn of a test: measured points with standard errors [n] beside theory [n], and the axes' texts."""

    title: str
    x_label: str
    y_label: str
    x: tuple[float, ...]
    value: tuple[float, ...]
    error: tuple[float, ...]
    reference: tuple[float, ...]
    series: str = ""

    @classmethod
    def of(
        cls,
        title: str,
        labels: tuple[str, str],
        x: npt.ArrayLike,
        value: npt.ArrayLike,
        error: npt.ArrayLike,
        reference: npt.ArrayLike,
        series: str = "",
    ) -> Curve:
        """A curve from arrays; curves of the same title share one panel, where ``series`` tells them apart."""
        a, b, c, d = (tuple(float(v) for v in np.asarray(column).ravel()) for column in (x, value, error, reference))
        return cls(title, labels[0], labels[1], a, b, c, d, series)


@dataclass(frozen=True)
class Row:
    """A test and its verdict.

    value, error (one standard error; 0: exact, NaN: unknown) and reference, reference_error are in ``unit``;
    tolerance is a reader's text, allowed the largest deviation it admits (NaN: no such number); source says where the
    reference comes from. available: False where nothing computes this row yet, which counts as a failure; ran: False
    where an error kept it from being computed.
    """

    name: str
    value: float
    error: float
    reference: float
    tolerance: str
    passed: bool
    unit: str = "1"
    source: str = ""
    reference_error: float = 0.0
    detail: str = ""
    available: bool = True
    ran: bool = True
    allowed: float = math.nan
    curves: tuple[Curve, ...] = ()

    @property
    def sigmas(self) -> float:
        """Deviation from the reference in standard errors of both; NaN where there is no error to compare with."""
        error = math.hypot(0.0 if math.isnan(self.error) else self.error, self.reference_error)
        return (self.value - self.reference) / error if error > 0.0 else math.nan

    @property
    def verdict(self) -> str:
        """passed, FAILED or not available."""
        if not self.available:
            return "not available"
        return "passed" if self.passed else "FAILED"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values (NaN becomes None)."""
        plain: dict[str, Any] = to_json({**vars(self), "curves": [vars(curve) for curve in self.curves]})
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Row:
        """The row of `to_dict`. Raises TypeError or ValueError where data is no row."""
        numbers = {key: _number(data[key]) for key in ("value", "error", "reference", "reference_error", "allowed")}
        columns = ("x", "value", "error", "reference")
        curves = tuple(
            Curve(**{**curve, **{key: tuple(_number(v) for v in curve[key]) for key in columns}})
            for curve in data["curves"]
        )
        return cls(**{**data, **numbers, "curves": curves})


def judged(
    name: str,
    value: float,
    error: float,
    reference: float,
    bounds: Bounds,
    *,
    unit: str = "1",
    source: str = "",
    detail: str = "",
    curves: Iterable[Curve] = (),
) -> Row:
    """A row whose verdict follows from its numbers: every bound holds, and the value is known well enough to say so.

    A value whose standard error exceeds half its relative or absolute tolerance fails: passing would be luck.
    """
    holds = bounds.excess(value, 0.0 if math.isnan(error) else error, reference) <= 1.0
    widths = [bounds.absolute] if bounds.absolute is not None else []
    if bounds.relative is not None:
        widths.append(bounds.relative * abs(reference))
    blunt = [width for width in widths if not math.isnan(error) and error > SHARPNESS * width]
    if blunt:
        told = f"standard error {error:.2g} is more than half the tolerance {blunt[0]:.2g}: use more particles"
        detail = f"{detail}; {told}" if detail else told
    return Row(
        name,
        float(value),
        float(error),
        float(reference),
        bounds.text(),
        bool(holds and not blunt),
        unit,
        source,
        bounds.reference_stderr,
        detail,
        allowed=min(widths, default=math.nan),
        curves=tuple(curves),
    )


def not_available(name: str, detail: str = "") -> Row:
    """The line of a subject that nothing computes."""
    nan = math.nan
    return Row(name, nan, nan, nan, "", False, "", detail=detail or "no test computes it", available=False, ran=False)


def broken(name: str, detail: str) -> Row:
    """The line of a test that ended with an error."""
    nan = math.nan
    return Row(name, nan, nan, nan, "", False, "", detail=detail, ran=False)


def mean_of(samples: npt.ArrayLike) -> tuple[float, float]:
    """Mean and its standard error from independent samples [n >= 2]."""
    x = np.asarray(samples, dtype=np.float64)
    if x.size < 2:
        raise ValueError(f"{x.size} sample has no standard error; give at least 2")
    return float(x.mean()), float(x.std(ddof=1) / math.sqrt(x.size))


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)
