"""A way for a molecule to fall into two products: shared by recombination and photodissociation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from exobase.errors import InputError


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
        near = get_close_matches(given, list(names), n=1, cutoff=0.0)
        hint = f"; the nearest is '{near[0]}'" if near else ""
        raise InputError(f"{what} '{given}' does not exist; choose one of {', '.join(repr(n) for n in names)}{hint}")
    return given
