"""What a case means: the case file resolved to SI units, checked and ready to run."""

from exobase.case.derive import Derived, derive
from exobase.case.history_model import HistoryCase
from exobase.case.load import AnyCase, case_from_dict, load_case, load_dsmc_case, make_case, make_history_case
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

__all__ = [
    "AnyCase",
    "Case",
    "CaseSpecies",
    "Check",
    "Derived",
    "EnergyLevels",
    "Grid",
    "HistoryCase",
    "Inner",
    "Outer",
    "Pair",
    "Rotation",
    "Run",
    "Step",
    "Tally",
    "Weights",
    "case_from_dict",
    "derive",
    "load_case",
    "load_dsmc_case",
    "make_case",
    "make_history_case",
]
