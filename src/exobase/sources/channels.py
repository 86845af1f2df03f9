"""A way for a molecule to fall into two products: shared by recombination and photodissociation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exobase.errors import InputError
from exobase.tables import nearest


@dataclass(frozen=True)
class Channel:
    """name with states; products: two species; energy [J] that they share; rate: part of the events, or rate [s-1]."""

    name: str
    products: tuple[str, str]
    energy: float
    rate: float


def choose(what: str, given: str, names: Sequence[str]) -> str:
    """``given`` if it is one of ``names``, else an InputError that lists them."""
    if given not in names:
        listed = ", ".join(repr(n) for n in names)
        raise InputError(f"{what} '{given}' does not exist; choose one of {listed}{nearest(given, names)}")
    return given
