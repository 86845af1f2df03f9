"""Units as people write them, in the words of astropy.units: "#/cc", "km/sec", "hours", "amu"."""

from __future__ import annotations

import functools
import re

from exobase.constants import ATOMIC_MASS, EV

# What counts particles is no unit.
_COUNTS = r"#|particles?|atoms?|molecules?|ions?|electrons?|photons?"
_WORDS = {
    "cc": "cm3", "sec": "s", "secs": "s", "seconds": "s", "mins": "min", "minutes": "min", "hrs": "h", "hours": "h",
    "days": "d", "years": "yr", "amu": "u", "AMU": "u", "dalton": "u", "degrees": "deg", "metre": "m", "metres": "m",
    "meters": "m", "angstroms": "angstrom", "kelvins": "K", "kelvin": "K", "Kelvin": "K",
}  # fmt: skip
_WORD = re.compile(r"(?<![A-Za-z_])(" + "|".join(_WORDS) + r")(?![A-Za-z_])")
_ELECTRON_VOLT = re.compile(r"(?<![A-Za-z_])electron[ -]?volts?(?![A-Za-z_])", re.IGNORECASE)
_PER = re.compile(r"(?:^|\s+)per\s+")
_COUNT = re.compile(rf"(?<![A-Za-z_])(?:{_COUNTS})(?![A-Za-z_])\s*(/?)")

_SQUARE_ANGSTROM = re.compile("(?:A|\u00c5|\u212b)(?:\\^|\\*\\*)?[2\u00b2]")

_FAMILIAR = {
    ("m", "m"): 1.0, ("km", "m"): 1e3, ("angstrom", "m"): 1e-10, ("s", "s"): 1.0, ("min", "s"): 60.0,
    ("h", "s"): 3600.0, ("K", "K"): 1.0, ("m/s", "m s-1"): 1.0, ("km/s", "m s-1"): 1e3, ("s-1", "s-1"): 1.0,
    ("eV", "eV"): 1.0, ("eV", "J"): EV, ("keV", "J"): 1.602176634e-16, ("u", "kg"): ATOMIC_MASS, ("%", ""): 0.01,
    ("m-3", "m-3"): 1.0, ("cm-3", "m-3"): 1e6, ("m2", "m2"): 1.0, ("cm2", "m2"): 1e-4,
    ("m-2 s-1", "m-2 s-1"): 1.0, ("cm-2 s-1", "m-2 s-1"): 1e4,
}  # fmt: skip
"""What astropy gives for the commonest units: it takes half a second to import, on every rank."""

_MEANT = {
    ("A", "m"): "for 1e-10 m write 'angstrom'",
    ("C", "K"): "for degrees Celsius write 'degC' in a case file; in a table add 273.15 to the numbers and write 'K'",
    **dict.fromkeys([("degC", "K"), ("deg_C", "K"), ("\u00b0C", "K")], "add 273.15 to the numbers and write 'K'"),
    ("k", "K"): "for kelvin write 'K'",
    ("K", "J"): "for kT multiply by 8.617e-5 eV/K",
}


def plain_unit(unit: str, area: bool = False) -> str:
    """A unit in the words of astropy: '#/cc', '1/cm^3' and '/cm3' are cm-3, 'photons/cm2/s' is cm-2 s-1.

    Of an area, 'A2' are square angstroms.
    """
    head, *below = (_without_counts(part) for part in _PER.split(_ELECTRON_VOLT.sub("eV", unit.strip())))
    below = [part for part in below if part]
    text = f"{head or 1}/({' '.join(below)})" if below else head
    text = _WORD.sub(lambda match: _WORDS[match.group(1)], text)
    if area:
        text = _SQUARE_ANGSTROM.sub("angstrom2", text)
    text = f"1{text}" if text.startswith("/") else text
    first, *below = text.split("/")
    return f"{first}/({' '.join(below)})" if len(below) > 1 and not set("()") & set(text) else text


def _without_counts(text: str) -> str:
    return _COUNT.sub(lambda match: "1/" if match.group(1) else "", text).strip()


class UnitError(ValueError):
    """A unit that cannot be used; hint: what to write instead, or ""."""

    def __init__(self, text: str, hint: str = "", between: str = "; ", end: str = "") -> None:
        super().__init__(f"{text}{between}{hint}{end}" if hint else text)
        self.hint = hint


@functools.lru_cache(maxsize=512)
def unit_scale(unit: str, si_unit: str) -> float:
    """Factor from a unit to a unit of SI ("": dimensionless), as astropy computes it.

    Composed units carry round-off: cm-3 to m-3 is 999999.9999999998 (see :func:`exact_scale`).
    Raises UnitError, which says in a clause whether the unit is unknown, logarithmic or of another dimension.
    """
    meant = _MEANT.get((unit, si_unit), "")
    if meant:
        raise UnitError(f"the unit {unit!r} has the wrong dimension", meant, " (", ")")
    from astropy import units  # slow to import, and many runs need no unit but those of the case

    try:
        parsed = units.Unit(plain_unit(unit, area=si_unit.startswith("m2")))
    except (ValueError, TypeError) as error:
        found = re.search(r"Did you mean ([^?]*)\?", str(error))
        raise UnitError(f"{unit!r} is not a unit", f"did you mean {found.group(1)}?" if found else "") from None
    if not isinstance(parsed, units.UnitBase):
        raise UnitError(f"the unit {unit!r} is logarithmic", "write the numbers themselves")
    try:
        return float(parsed.to(units.Unit(si_unit)))
    except units.UnitConversionError:
        raise UnitError(f"the unit {unit!r} has the wrong dimension") from None


def exact_scale(unit: str, si_unit: str) -> float:
    """The factor without the round-off of composed units: defined ones have at most 15 digits. Raises UnitError."""
    known = _FAMILIAR.get((plain_unit(unit), si_unit))
    return float(f"{unit_scale(unit, si_unit):.15g}") if known is None else known
