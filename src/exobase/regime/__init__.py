"""How the gas of a finished run escapes, and between which species it fractionates: from the result file alone.

    found = assess(result, case)           # verdict, its sentence, the numbers behind it, formulas that do not hold
    pairs = fractionation(result, case)    # heavy over light, with errors and theory

case: the resolved case as a dictionary (`Case.to_dict()`, or `result.case`).
"""

from exobase.regime.fractionation import fractionation
from exobase.regime.numbers import Number, Numbers
from exobase.regime.verdict import WORDS, Regime, assess

__all__ = ["WORDS", "Number", "Numbers", "Regime", "assess", "fractionation"]
