"""Judging results against theory and numbers."""

from exobase.judge.outcome import Bounds, CheckOutcome
from exobase.judge.references import Theory, theory
from exobase.judge.verdict import all_passed, judge

__all__ = ["Bounds", "CheckOutcome", "Theory", "all_passed", "judge", "theory"]
