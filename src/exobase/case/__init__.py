"""What a case means: the case file resolved to SI units, checked and ready to run."""

from exobase.case.derive import Derived, derive
from exobase.case.history_model import HistoryCase
from exobase.case.identity import LOOSE, simulated, start_digest, without_places
from exobase.case.load import (
    AnyCase,
    case_from_dict,
    load_case,
    load_dsmc_case,
    load_stage,
    make_case,
    make_history_case,
    open_case,
)
from exobase.case.load_staged import is_staged, load_staged_case
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
from exobase.case.rotation_notes import parker_notes
from exobase.case.staged import StagedCase
from exobase.case.start_file import start_notes

__all__ = [
    "LOOSE",
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
    "StagedCase",
    "Step",
    "Tally",
    "Weights",
    "case_from_dict",
    "derive",
    "is_staged",
    "load_case",
    "load_dsmc_case",
    "load_stage",
    "load_staged_case",
    "make_case",
    "make_history_case",
    "open_case",
    "parker_notes",
    "simulated",
    "start_digest",
    "start_notes",
    "without_places",
]
