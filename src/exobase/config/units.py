"""Quantities with units, as written in a case file, to floats in SI units."""

from __future__ import annotations

import math
import re

from exobase.constants import EV, K_B
from exobase.unit_words import exact_scale

_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?)\s*(.*?)\s*$")
_COMMA = re.compile(r"\s*[-+]?\d+,\d+")

_CELSIUS = ("degC", "deg_C", "°C", "Celsius", "celsius")
_ICE_POINT = 273.15
_ENERGIES = ("eV", "meV", "keV")  # of a temperature T: the energy kT

DIMENSION_NAMES = {
    "m": "length",
    "s": "time",
    "s-1": "rate",
    "kg": "mass",
    "K": "temperature",
    "J": "energy",
    "W": "power",
    "m-3": "number density",
    "m s-1": "speed",
    "m s-2": "acceleration",
    "m-2 s-1": "flux",
    "m-3 s-1": "rate per volume",
    "m2": "area",
    "rad": "angle",
    "T": "magnetic field",
    "A m2": "magnetic moment",
    "m3 s-2": "GM",
    "": "dimensionless number",
}


def parse_quantity(text: object, si_unit: str, *, example: str = "", bare_allowed: bool = False) -> float:
    """Value of text in SI units, for example parse_quantity("200 km", "m") = 2e5.

    text: a string of a number and a unit as astropy.units reads them; of temperatures degC, and eV of kT, too.
    si_unit: SI unit of the wanted dimension, "" for a dimensionless number ("1 %" and "0.01" are the same).
    bare_allowed: a number without unit is one in SI.
    Raises ValueError, with a message that names the wanted unit, if text is no string, has no unit, an unknown unit or
    one of another dimension, or is not finite.
    """
    example = example or f"1 {si_unit}"
    name = DIMENSION_NAMES.get(si_unit, "quantity")
    wanted = f"a{'n' if name[0] in 'ae' else ''} {name} with its unit, as a string such as {example!r}"
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise ValueError(f"expected {wanted}")
    if isinstance(text, int | float):
        if not bare_allowed:
            raise ValueError(f"a bare number where a unit is needed ({si_unit}); give {wanted}")
        return _finite(_float(text))
    match = _NUMBER.match(text.replace("\N{MINUS SIGN}", "-"))
    if match is None:
        raise ValueError(f"is not a number with a unit; give {wanted}")
    if _COMMA.match(text):
        raise ValueError(f"has a comma in its number: write a decimal point, nothing between thousands; give {wanted}")
    number, unit = float(match.group(1).lower().replace("d", "e")), match.group(2)
    if not unit:
        if not bare_allowed and si_unit:
            raise ValueError(f"a bare number where a unit is needed ({si_unit}); give {wanted}")
        return _finite(number)
    if si_unit == "K" and unit in _CELSIUS:
        return _finite(number + _ICE_POINT)
    if si_unit == "K" and unit in _ENERGIES:
        return _finite(number * exact_scale(unit, "eV") * EV / K_B)
    try:
        scale = exact_scale(unit, si_unit)
    except ValueError as error:
        raise ValueError(f"{error}; give {wanted}") from None
    return _finite(number * scale)


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        raise ValueError("is too large a number") from None


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("is not a finite number")
    return value
