"""Reads the settings of a source (plain dictionaries, SI) with messages that name the source and the key."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from exobase.errors import InputError
from exobase.sources.channels import choose
from exobase.tables import nearest

FloatArray = npt.NDArray[np.float64]
T = TypeVar("T")


class Settings:
    """The settings of one source; every key read is remembered, so that ``finish`` can refuse unknown ones."""

    def __init__(self, kind: str, name: str, values: Mapping[str, Any]) -> None:
        self.kind, self.name, self.values = kind, name, values
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        self._note(key)
        return self.values.get(key) is not None

    def fault(self, text: str) -> InputError:
        """An error of this source."""
        return InputError(f"source '{self.name}' ({self.kind}): {text}")

    def number(
        self,
        key: str,
        default: float | None = None,
        low: float = -math.inf,
        high: float = math.inf,
        strict: bool = False,
    ) -> float:
        """A number in low..high (above low if ``strict``); required where there is no default."""
        if key not in self:
            if default is None:
                raise self.fault(f"{key} is missing")
            return default
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.fault(f"{key} = {value!r} is not a finite number")
        if value < low or value > high or (strict and value <= low):
            raise self.fault(f"{key} = {value:.6g} is outside the allowed range {low:.6g} to {high:.6g}")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.values[key] if key in self else default
        if not isinstance(value, bool):
            raise self.fault(f"{key} = {value!r} is neither true nor false")
        return value

    def word(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of the allowed words."""
        if key not in self:
            if default is None:
                raise self.fault(f"{key} is missing; choose one of {', '.join(allowed)}")
            return default
        return self.checked(lambda: choose(key, str(self.values[key]), list(allowed)))

    def names(self, key: str) -> tuple[str, ...] | None:
        """Several names, or None."""
        if key not in self:
            return None
        value = self.values[key]
        return (value,) if isinstance(value, str) else tuple(str(v) for v in value)

    def column(self, key: str, length: int | None = None, low: float = 0.0, strict: bool = False) -> FloatArray:
        """A column of finite numbers, of a given length, none below ``low`` (all above it if ``strict``)."""
        if key not in self:
            raise self.fault(f"{key} is missing")
        value = np.atleast_1d(np.array(self.values[key], dtype=np.float64))
        if length is not None and value.size != length:
            raise self.fault(f"{key} has {value.size} values, {length} are needed: one per radius or energy")
        bad = ~np.isfinite(value) | (value < low) | (strict & (value <= low))
        if bad.any():
            k = int(np.flatnonzero(bad)[0])
            need = "above" if strict else "not below"
            raise self.fault(f"{key}: value {k + 1} is {value[k]:.6g}; it must be finite and {need} {low:.6g}")
        return value

    def increasing(self, key: str, low: float = 0.0, high: float = math.inf) -> FloatArray:
        """A column of at least two numbers that increases strictly, within low..high."""
        value = self.column(key, low=low)
        if value.size < 2:
            raise self.fault(f"{key} needs at least two values")
        if not (np.diff(value) > 0.0).all():
            k = int(np.flatnonzero(np.diff(value) <= 0.0)[0])
            raise self.fault(f"{key} must increase: {value[k]:.8g} is followed by {value[k + 1]:.8g}")
        if value[-1] > high:
            raise self.fault(f"{key}: {value[-1]:.6g} is above the largest allowed value {high:.6g}")
        return value

    def exactly_one(self, keys: Iterable[str], default: str | None = None) -> str:
        """The one of these keys that is given (``default`` where none is)."""
        keys = list(keys)
        given = [key for key in keys if key in self]
        if len(given) > 1 or (not given and default is None):
            found = " and ".join(given) if given else "none"
            raise self.fault(f"give exactly one of {', '.join(keys)} (given: {found})")
        return given[0] if given else str(default)

    def checked(self, read: Callable[[], T]) -> T:
        """The result of ``read()``, with this source named in its errors."""
        try:
            return read()
        except InputError as error:
            raise self.fault(str(error)) from error

    def finish(self) -> None:
        """Refuse keys that the type does not know (or that what else is given leaves without meaning)."""
        unknown = [key for key in self.values if key not in self._known and self.values[key] is not None]
        if unknown:
            hint = nearest(unknown[0], self._known)
            raise self.fault(f"{unknown[0]} has no meaning here{hint or ';'} allowed: {', '.join(sorted(self._known))}")

    def _note(self, key: str) -> None:
        if key not in self._known:
            self._known.append(key)
