"""What a case means: the case file resolved to SI units, checked and ready to run."""

from exobase.case.derive import Derived, derive
from exobase.case.model import (
    Case,
    CaseSpecies,
    Check,
    EnergyLevels,
    Grid,
    Inner,
    Outer,
    Pair,
    Rotation,
    Run,
    Step,
    Tally,
    Weights,
)
from exobase.case.resolve import load_case, make_case

__all__ = [
    "Case",
    "CaseSpecies",
    "Check",
    "Derived",
    "EnergyLevels",
    "Grid",
    "Inner",
    "Outer",
    "Pair",
    "Rotation",
    "Run",
    "Step",
    "Tally",
    "Weights",
    "derive",
    "load_case",
    "make_case",
]
