"""The verdict on one quantity, and the arithmetic of its bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class CheckOutcome:
    """value, stderr and reference in SI (stderr or reference NaN where there is none); tolerance as a reader's text.

    A check that had nothing to judge by is not ``judged``: it does not fail a run, and does not count as passed.
    """

    name: str
    value: float
    stderr: float
    reference: float
    tolerance: str
    passed: bool
    detail: str = ""
    judged: bool = True

    @classmethod
    def not_judged(cls, name: str, tolerance: str, why: str, reference: float = 0.0) -> CheckOutcome:
        """The outcome of a check that a result gives no means to judge, and why."""
        return cls(name, math.nan, math.nan, reference, tolerance, True, f"not judged: {why}", judged=False)

    def to_dict(self) -> dict[str, Any]:
        """The entry of summary.json."""
        return asdict(self)

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> CheckOutcome:
        """From an entry of summary.json. Raises KeyError where it lacks something, TypeError for what is no number."""
        value, stderr, reference = (
            math.nan if entry[key] is None else float(entry[key]) for key in ("value", "stderr", "reference")
        )
        name, tolerance, detail = (str(entry[key]) for key in ("name", "tolerance", "detail"))
        return cls(name, value, stderr, reference, tolerance, bool(entry["passed"]), detail, was_judged(entry))


def verdict(check: Mapping[str, Any]) -> str:
    """What an entry of summary.json says: "passed", "FAILED" or "not judged"."""
    if not check.get("passed"):
        return "FAILED"
    return "passed" if was_judged(check) else "not judged"


def was_judged(check: Mapping[str, Any]) -> bool:
    """Whether a check had something to judge by; earlier summaries say so in its detail only."""
    return bool(check.get("judged", "not judged:" not in str(check.get("detail"))))


def verdicts(checks: Sequence[Mapping[str, Any]]) -> str:
    """Entries of summary.json in one line: "9 of 10 checks passed, 3 not judged"."""
    found = [verdict(check) for check in checks]
    silent = found.count("not judged")
    line = f"{found.count('passed')} of {len(found) - silent} checks passed"
    return f"{line}, {silent} not judged" if silent else line


@dataclass(frozen=True)
class Bounds:
    """What is demanded of a value: every bound that is not None. sigma combines the errors of value and reference."""

    relative: float | None = None
    absolute: float | None = None
    sigma: float | None = None
    accept: tuple[float, float] | None = None
    reference_stderr: float = 0.0

    @classmethod
    def of(cls, check: Mapping[str, Any]) -> Bounds:
        """The bounds of a resolved check."""
        accept = check.get("accept")
        return cls(
            relative=check.get("tolerance_relative"),
            absolute=check.get("tolerance_absolute"),
            sigma=check.get("tolerance_sigma"),
            accept=None if accept is None else (float(accept[0]), float(accept[1])),
            reference_stderr=float(check.get("reference_stderr") or 0.0),
        )

    def excess(self, value: float, stderr: float, reference: float) -> float:
        """Largest deviation in units of its bound: at most 1 where all hold, infinite where one cannot be judged."""
        ratios: list[float] = []
        deviation = abs(value - reference)
        if self.accept is not None:
            middle, half = 0.5 * (self.accept[0] + self.accept[1]), 0.5 * (self.accept[1] - self.accept[0])
            ratios.append(_ratio(abs(value - middle), half))
        if self.relative is not None:
            ratios.append(_ratio(deviation, self.relative * abs(reference)))
        if self.absolute is not None:
            ratios.append(_ratio(deviation, self.absolute))
        if self.sigma is not None:
            ratios.append(_ratio(deviation, self.sigma * math.hypot(stderr, self.reference_stderr)))
        return max(ratios, default=math.inf)

    def text(self) -> str:
        """The bounds as text, e.g. "2 %, 3 sigma"."""
        parts: list[str] = []
        if self.accept is not None:
            parts.append(f"in [{self.accept[0]:g}, {self.accept[1]:g}]")
        if self.relative is not None:
            parts.append(f"{100 * self.relative:g} %")
        if self.absolute is not None:
            parts.append(f"+-{self.absolute:g}")
        if self.sigma is not None:
            parts.append(f"{self.sigma:g} sigma")
        return ", ".join(parts)


def _ratio(deviation: float, bound: float) -> float:
    if math.isnan(deviation) or math.isnan(bound):
        return math.inf
    if bound > 0.0:
        # A value on the bound itself passes although the subtraction rounds.
        return deviation / (bound * (1.0 + 1e-12))
    return 0.0 if deviation == 0.0 else math.inf
