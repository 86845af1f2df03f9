"""Masses of reaction products, also of radicals that the species table lacks."""

from __future__ import annotations

import re

from exobase.constants import ELECTRON_MASS
from exobase.errors import InputError
from exobase.species import species, species_names

_FORMULA = re.compile(r"([A-Z][a-z]?)(\d*)")


def product_mass(name: str) -> float:
    """Mass [kg] of a species of the table, or of a formula of its elements such as "CH3" (an ion with trailing "+").

    Raises InputError for a name that is neither.
    """
    if name in species_names():
        return species(name).mass
    formula = name.rstrip("+")
    parts = _FORMULA.findall(formula)
    if not parts or "".join(a + n for a, n in parts) != formula or any(a not in species_names() for a, _ in parts):
        raise InputError(
            f"'{name}' is neither in the species table nor a formula of its elements; use a chemical formula"
        )
    electrons = len(name) - len(formula)
    return sum(species(a).mass * int(n or 1) for a, n in parts) - electrons * ELECTRON_MASS
