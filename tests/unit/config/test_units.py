"""Quantities of a case file: a number with a unit becomes a float in SI units, or an error that names the unit."""

from __future__ import annotations

import math

import pytest

from exobase.config.units import parse_quantity
from exobase.constants import ATOMIC_MASS
from exobase.unit_words import _FAMILIAR, UnitError, exact_scale, unit_scale


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("200 km", "m", 2e5),
        ("1e5 cm-3", "m-3", 1e11),
        ("1e5 cm**-3", "m-3", 1e11),
        ("2.0 angstrom", "m", 2e-10),
        ("1 h", "s", 3600.0),
        ("8e7 cm-2 s-1", "m-2 s-1", 8e11),
        ("3.986e14 m3 s-2", "m3 s-2", 3.986e14),
        ("398600 km3 / s2", "m3 s-2", 3.986e14),
        ("1 keV", "J", 1.602176634e-16),
        ("1 %", "", 0.01),
        ("-1.5km/s", "m s-1", -1500.0),
        ("727 degC", "K", 1000.15),
        ("-40 °C", "K", 233.14999999999998),
    ],
)
def test_quantities_become_si(text: str, unit: str, expected: float) -> None:
    assert parse_quantity(text, unit) == expected


def test_the_atomic_mass_unit_is_that_of_codata() -> None:
    assert math.isclose(parse_quantity("1 u", "kg"), 1.66053906660e-27, rel_tol=2e-9)


@pytest.mark.parametrize(
    ("given", "unit", "said"),
    [
        (1e5, "m-3", r"bare number where a unit is needed \(m-3\)"),
        ("1e5", "m-3", r"bare number where a unit is needed \(m-3\)"),
        ("6371 s", "m", "wrong dimension; give a length"),
        ("6371 kms", "m", "'kms' is not a unit; did you mean km"),
        ("far away", "m", "not a number with a unit"),
        ("1e999 m", "m", "not a finite number"),
        (True, "m", "expected a length"),
        (["1 m"], "m", "expected a length"),
        ("20 cd", "K", "wrong dimension; give a temperature"),
    ],
)
def test_bad_quantities_say_what_is_needed(given: object, unit: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_quantity(given, unit)


def test_dimensionless_numbers_may_be_bare() -> None:
    assert parse_quantity(0.01, "", bare_allowed=True) == parse_quantity("1 %", "", bare_allowed=True) == 0.01


@pytest.mark.parametrize(("unit", "si_unit"), [known for known in _FAMILIAR if known[0] != "u"])  # u is measured
def test_familiar_units_are_those_of_astropy(unit: str, si_unit: str) -> None:
    assert exact_scale(unit, si_unit) == float(f"{unit_scale(unit, si_unit):.15g}")


@pytest.mark.parametrize(
    ("unit", "si_unit", "factor"),
    [
        ("particles per cm3", "m-3", 1e6),
        ("per cc", "m-3", 1e6),
        ("electron volt", "eV", 1.0),
        ("km per s", "m s-1", 1e3),
        ("particles per cm2 s", "m-2 s-1", 1e4),
        ("cm2 per molecule", "m2", 1e-4),
        ("amu", "kg", ATOMIC_MASS),
    ],
)
def test_units_in_words(unit: str, si_unit: str, factor: float) -> None:
    assert exact_scale(unit, si_unit) == factor


@pytest.mark.parametrize(
    ("unit", "hint"),
    [
        ("degC", "add 273.15"),
        ("C", "for degrees Celsius"),
        ("joul", "did you mean"),
        ("per (cm3 s)", ""),
        ("dex(K)", "write the numbers"),
    ],
)
def test_a_unit_that_cannot_be_used_comes_with_what_to_write(unit: str, hint: str) -> None:
    with pytest.raises(UnitError) as caught:
        unit_scale(unit, "K")
    assert caught.value.hint.startswith(hint)
    assert bool(caught.value.hint) == bool(hint)
