"""How species, processes and units are written: as mathtext in figures, with sub and sup in pages.

A word that reads as symbols of elements, with digits and charges, is a chemical formula: O2+, CO2, 14N15N, H++. Other
words stay as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from exobase.species import formula_parts

_WORD = re.compile(r"[^\s,;:()/]+")
_TERM = re.compile("[1-6][SPDF]")  # of an excited atom: O(1D)
_FACTOR = re.compile(r"([A-Za-z%]+)(-?\d+)?")

Raise = Callable[[str], str]


def formula(name: str) -> str:
    """A species as mathtext: CO2 with a subscript, O+ and 15N with a superscript; other names as they are."""
    return _formula(name, lambda x: f"$_{{{x}}}$", lambda x: f"$^{{{x}}}$")


def formula_html(name: str) -> str:
    """A species as HTML, escaped."""
    return _formula(name, lambda x: f"<sub>{x}</sub>", lambda x: f"<sup>{x}</sup>", html.escape)


def process(name: str) -> str:
    """A process or any other text as mathtext, with the species in it: "O2+ + e, recoils"."""
    return _WORD.sub(lambda word: formula(word.group()), name)


def process_html(name: str) -> str:
    """A process or any other text as HTML, escaped."""
    parts, end = [], 0
    for word in _WORD.finditer(name):
        parts += [html.escape(name[end : word.start()]), formula_html(word.group())]
        end = word.end()
    return "".join([*parts, html.escape(name[end:])])


def unit(text: str) -> str:
    """A unit as mathtext: "m-2 s-1" as m^-2 s^-1."""
    return " ".join(_factor(part, lambda x: f"$^{{{x}}}$") for part in text.split())


def unit_html(text: str) -> str:
    """A unit as HTML, escaped."""
    return " ".join(_factor(html.escape(p), lambda x: f"<sup>{x.replace('-', '−')}</sup>") for p in text.split())


def axis_label(name: str, units: str) -> str:
    """The label of an axis, a name with its unit: axis_label("Number density", "cm-3")."""
    return f"{name} ({unit(units)})"


def _formula(name: str, lower: Raise, upper: Raise, other: Raise = str) -> str:
    if _TERM.fullmatch(name):
        return upper(name[0]) + name[1]
    found = formula_parts(name)
    if found is None:
        return other(name)
    parts, charge = found
    atoms = "".join(
        (upper(mass) if mass else "") + atom + (lower(count) if count else "") for mass, atom, count in parts
    )
    return atoms + (upper(charge) if charge else "")


def _factor(part: str, upper: Raise) -> str:
    """One factor of a unit; what is none, like a number or a slash, as it is."""
    found = _FACTOR.fullmatch(part)
    return part if found is None or found[2] is None else found[1] + upper(found[2])
