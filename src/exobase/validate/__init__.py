"""Judging results against theory and numbers."""

from exobase.validate.judge import all_passed, judge
from exobase.validate.outcome import Bounds, CheckOutcome
from exobase.validate.references import Theory, theory

__all__ = ["Bounds", "CheckOutcome", "Theory", "all_passed", "judge", "theory"]
