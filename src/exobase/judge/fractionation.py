"""Fractionation as the quantity of a check: "fractionation.D/H" at R0, "fractionation_exobase.D/H" at the exobase."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from exobase.errors import InputError
from exobase.io.results import Result
from exobase.judge.points import Points, number, single
from exobase.regime import fractionation

FRACTIONATION = ("fractionation", "fractionation_exobase")


def fractionation_of(
    result: Result, case: Mapping[str, Any], check: Mapping[str, Any], quantity: str, names: str
) -> Points:
    """f of the pair "X/Y", (F_X/F_Y)/(n_X/n_Y), against a number or theory; X may be the heavier one or the lighter.

    At R0, "jeans" includes the hydrostatic separation up to the exobase. Raises InputError where f was not measured.
    """
    first, _, second = names.partition("/")
    for pair in fractionation(result, case):
        if {pair.species, pair.over} == {first, second}:
            break
    else:
        raise InputError([f"the escape of {first} and of {second} must both exceed their errors"])
    at_exobase = quantity == "fractionation_exobase"
    factor = pair.factor_exobase if at_exobase else pair.factor
    theories = {"jeans": pair.jeans if at_exobase else pair.jeans_separation, "drag": pair.drag}
    theory = theories.get(str(check.get("reference")))
    value, stderr = factor.value, factor.stderr
    if pair.species != first:
        value, stderr = 1.0 / value, stderr / value**2
        theory = None if theory is None else 1.0 / theory if theory else math.inf
    return single(value, stderr, number(check, default=math.nan) if theory is None else theory, "")
