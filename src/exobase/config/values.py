"""Types of the values of a case file: quantities, counts, numbers, words; each says what it allows.

They are pydantic annotations with a validator and a JSON schema of their own, so that messages speak of units and
bounds in the words of a case file.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from exobase.config.formula import check_formula, is_formula
from exobase.config.units import parse_quantity
from exobase.tables import nearest


class Value:
    """Base of the annotations: parse() turns what the file holds into the value or raises ValueError."""

    def parse(self, value: Any) -> Any:
        """Validated value. Raises ValueError."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """JSON schema of what a case file may hold."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """How pydantic validates it."""
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """How it appears in the JSON schema."""
        return self.schema()


@dataclass(frozen=True)
class Quantity(Value):
    """A number with a unit, converted to SI; low is a bound in SI (exclusive if strict)."""

    unit: str
    example: str
    low: float | None = None
    strict: bool = False
    high: float | None = None
    bare: bool = False
    words: tuple[str, ...] = ()

    def parse(self, value: Any) -> float | str:
        """Value in SI units, or one of the words."""
        if value in self.words:
            return str(value)
        if isinstance(value, str) and self.words and not value.strip()[:1].isdigit():
            raise ValueError(f"allowed: {' | '.join(map(repr, self.words))} or a quantity such as {self.example!r}")
        number = parse_quantity(value, self.unit, example=self.example, bare_allowed=self.bare)
        _in_bounds(number, self.low, self.high, self.strict, self.unit)
        return number

    def schema(self) -> dict[str, Any]:
        """JSON schema: a string (or a number where the quantity is dimensionless), and its SI unit.

        The unit is a key of its own too, since the description of a key replaces that of its type.
        """
        text = f"number with a unit convertible to {self.unit or '1'}"
        if self.low is not None:
            text += f", {'>' if self.strict else '>='} {self.low:g}"
        kinds: Any = ["string", "number"] if self.bare else "string"
        if self.words:
            text += f"; or {' | '.join(self.words)}"
        return {"type": kinds, "description": text, "examples": [self.example], "unit": self.unit or "1"}


@dataclass(frozen=True)
class QuantityByPlace(Quantity):
    """A quantity, or a formula of the place on the sphere; uses: further names that a formula may have."""

    uses: tuple[str, ...] = ()

    def parse(self, value: Any) -> float | str:
        """Value in SI units, or the formula."""
        if not is_formula(value):
            return super().parse(value)
        check_formula(value, self.unit, self.uses)
        return str(value)

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        found = super().schema()
        found["description"] += "; or a formula of the place"
        return found


@dataclass(frozen=True)
class Count(Value):
    """A whole number >= low, or one of the words. 2e5 is accepted for 200000."""

    low: int = 0
    words: tuple[str, ...] = ()

    def parse(self, value: Any) -> int | str:
        """The number, or one of the words."""
        if isinstance(value, str) and value in self.words:
            return value
        allowed = f"allowed: a whole number >= {self.low}" + "".join(f" or {w!r}" for w in self.words)
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            raise ValueError(f"is not a whole number; {allowed}")
        if value < self.low:
            raise ValueError(f"is too small; {allowed}")
        if value >= 2**63:
            raise ValueError("is too large; allowed: a whole number < 2^63")
        return int(value)

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        number: dict[str, Any] = {"type": "integer", "minimum": self.low}
        return {"anyOf": [number, {"enum": list(self.words)}]} if self.words else number


@dataclass(frozen=True)
class Number(Value):
    """A dimensionless number in [low, high], (low if strict."""

    low: float | None = None
    strict: bool = False
    high: float | None = None

    def parse(self, value: Any) -> float:
        """The number."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("is not a number")
        number = parse_quantity(value, "", bare_allowed=True)
        _in_bounds(number, self.low, self.high, self.strict, "")
        return number

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        schema: dict[str, Any] = {"type": "number"}
        if self.low is not None:
            schema["exclusiveMinimum" if self.strict else "minimum"] = self.low
        if self.high is not None:
            schema["maximum"] = self.high
        return schema


@dataclass(frozen=True)
class Raw(Value):
    """A number or a string that is read later, when the unit it needs is known (values of checks)."""

    def parse(self, value: Any) -> float | str:
        """The value as it stands."""
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError("expected a number, or a string of a number and its unit")
        return value

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        return {"type": ["string", "number"]}


@dataclass(frozen=True)
class Word(Value):
    """One of a few words."""

    words: tuple[str, ...]

    def parse(self, value: Any) -> str:
        """The word. The message offers the nearest one."""
        if isinstance(value, str) and value in self.words:
            return value
        allowed = " | ".join(repr(w) for w in self.words)
        raise ValueError(f"allowed: {allowed}{nearest(value, self.words)}")

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True)
class CountOrAltitudes(Value):
    """A number of cells, or the altitudes of their edges, increasing."""

    def parse(self, value: Any) -> int | list[float]:
        """The number, or the altitudes [m]."""
        if not isinstance(value, list):
            return int(Count(1).parse(value))
        edges = [parse_quantity(item, "m", example="200 km") for item in value]
        if len(edges) < 2 or any(b <= a for a, b in pairwise(edges)):
            raise ValueError("give at least two altitudes, increasing, or a number of cells")
        return edges

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        return {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "array", "items": {"type": "string"}}]}


@dataclass(frozen=True)
class Refused(Value):
    """A key of another solver, refused with a text that says what to use instead."""

    text: str

    def parse(self, value: Any) -> None:
        """Raises ValueError."""
        raise ValueError(self.text)

    def schema(self) -> dict[str, Any]:
        """JSON schema: nothing is valid."""
        return {"not": {}, "description": self.text}


def _in_bounds(number: float, low: float | None, high: float | None, strict: bool, unit: str) -> None:
    suffix = f" {unit}" if unit else ""
    if low is not None and (number < low or (strict and number == low)):
        raise ValueError(f"must be {'>' if strict else '>='} {low:g}{suffix}")
    if high is not None and number > high:
        raise ValueError(f"must be <= {high:g}{suffix}")


Length = Annotated[float, Quantity("m", "200 km", 0.0)]
PositiveLength = Annotated[float, Quantity("m", "200 km", 0.0, strict=True)]
Altitude = Annotated[float, Quantity("m", "200 km")]
Temperature = Annotated[float, Quantity("K", "1000 K", 0.0, strict=True)]
Density = Annotated[float, Quantity("m-3", "1e5 cm-3", 0.0)]
FASTEST = 1e8  # m s-1: mechanics here is that of Newton
Speed = Annotated[float, Quantity("m s-1", "0 m s-1", -FASTEST, high=FASTEST)]
Mass = Annotated[float, Quantity("kg", "1.008 u", 0.0, strict=True)]
Positive = Annotated[float, Number(0.0, strict=True)]
NotNegative = Annotated[float, Number(0.0)]
