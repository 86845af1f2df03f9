"""Quantities with units, as written in a case file, to floats in SI units."""

from __future__ import annotations

import functools
import math
import re

_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*$")

_CELSIUS = ("degC", "deg_C", "°C", "Celsius", "celsius")
_ICE_POINT = 273.15

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

    text: a string of a number and a unit as astropy.units reads them, of temperatures degC too. si_unit: SI unit of the
    wanted dimension, "" for a dimensionless number ("1 %" and "0.01" are the same). bare_allowed: a number without unit
    is taken as SI.
    Raises ValueError, with a message that names the wanted unit, if text is no string, has no unit, an unknown unit or
    one of another dimension, or is not finite.
    """
    example = example or f"1 {si_unit}"
    wanted = f"a {DIMENSION_NAMES.get(si_unit, 'quantity')} with its unit, as a string such as {example!r}"
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise ValueError(f"expected {wanted}")
    if isinstance(text, int | float):
        if not bare_allowed:
            raise ValueError(f"a bare number where a unit is needed ({si_unit}); give {wanted}")
        return _finite(_float(text))
    match = _NUMBER.match(text)
    if match is None:
        raise ValueError(f"is not a number with a unit; give {wanted}")
    number, unit = match.groups()
    if not unit:
        if not bare_allowed and si_unit:
            raise ValueError(f"a bare number where a unit is needed ({si_unit}); give {wanted}")
        return _finite(float(number))
    if si_unit == "K" and unit in _CELSIUS:
        return _finite(float(number) + _ICE_POINT)
    return _finite(float(number) * unit_scale(unit, si_unit, wanted))


@functools.lru_cache(maxsize=512)
def unit_scale(unit: str, si_unit: str, wanted: str = "") -> float:
    """Factor from unit to si_unit. Raises ValueError if unit is unknown or of another dimension."""
    from astropy import units

    try:
        parsed = units.Unit(unit)
    except ValueError as error:
        found = re.search(r"Did you mean ([^?]*)\?", str(error))
        hint = f"; did you mean {found.group(1)}?" if found else ""
        raise ValueError(f"{unit!r} is not a unit{hint}; give {wanted}") from None
    try:
        scale = float(parsed.to(units.Unit(si_unit)))
    except units.UnitConversionError:
        raise ValueError(f"the unit {unit!r} has the wrong dimension; give {wanted}") from None
    # Composed units carry round-off (cm-3 to m-3 is 999999.9999999998); defined ones have at most 15 digits.
    return float(f"{scale:.15g}")


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        raise ValueError("is too large a number") from None


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("is not a finite number")
    return value
