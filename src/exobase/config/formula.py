"""Quantities that depend on the place on the sphere, as written in a case file: "160 K + 50 K * cos(sza)".

A formula has numbers with units, + - * / ^, brackets, the functions and the names of places below, and, for a density,
T: the temperature there [K]. It is read by Python's own parser; nothing else than these is allowed.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exobase.config.units import parse_quantity

Array = NDArray[np.float64]

PLACES = {
    "sza": "solar zenith angle [rad]",
    "lat": "latitude [rad]",
    "lon": "longitude east of the Sun's [rad]",
    "local_time": "local time [h]",
}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs,
    "min": lambda *a: reduce(np.minimum, a), "max": lambda *a: reduce(np.maximum, a),
}  # fmt: skip
_OPERATORS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Pow: np.power,
}  # fmt: skip
_QUANTITY = re.compile(r"(?<![\w.])((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(K|deg|rad|[a-z]?m\^?-3)(?![\w(^])")
_LARGEST = 1e300
_UNITS = {"K": "K", "deg": "rad", "rad": "rad"}


def is_formula(text: object) -> bool:
    """Whether a value is a formula, not a number with a unit."""
    names = "|".join((*PLACES, "T"))
    return isinstance(text, str) and re.search(rf"[A-Za-z_]\w*\s*\(|\b({names})\b", text) is not None


def check_formula(text: str, unit: str, more: tuple[str, ...] = ()) -> None:
    """Raises ValueError unless the text is a formula with some number in ``unit`` ("K" or "m-3"); more: other names."""
    units = [_UNITS.get(found.group(2), "m-3") for found in _QUANTITY.finditer(text)]
    if unit not in units:
        raise ValueError(f"has no number in {unit}; write a formula such as {_example(unit)!r}")
    _check(_tree(text), (*PLACES, *more), _example(unit))
    for scaled in ("K", "m-3"):
        factor = 2.0 if scaled == unit else 1.0
        before, after = (_tried(text, {scaled: f}) for f in (1.0, 2.0))
        known = np.isfinite(before) & np.isfinite(after)
        if not np.allclose(after[known], factor * before[known], rtol=1e-12, atol=0.0):
            raise ValueError(f"its value is no quantity in {unit}: some number lacks its unit, or units do not fit")


def _tried(text: str, scale: Mapping[str, float]) -> Array:
    """Values at some places with numbers of a unit multiplied: a quantity of that unit must follow in proportion."""
    angle = np.linspace(0.05, 3.1, 23)
    values = {"sza": angle, "lat": 0.5 * angle - 0.7, "lon": 2.0 * angle - 3.0, "local_time": 7.0 * angle}
    values["T"] = (170.0 + 40.0 * angle) * scale.get("K", 1.0)
    with np.errstate(all="ignore"):
        return np.broadcast_to(np.asarray(_value(_tree(text, scale).body, values), dtype=np.float64), angle.shape)


def names_in(text: str) -> set[str]:
    """Names of places that a checked formula uses."""
    return {node.id for node in ast.walk(_tree(text)) if isinstance(node, ast.Name)} & set(PLACES)


def evaluate(text: str, values: Mapping[str, Array]) -> Array:
    """Value [n] in SI units of a checked formula; values [n] by name. May hold NaN."""
    with np.errstate(all="ignore"):
        found = _value(_tree(text).body, values)
    return np.broadcast_to(np.asarray(found, dtype=np.float64), next(iter(values.values())).shape).copy()


def _example(unit: str) -> str:
    return "160 K + 50 K * cos(sza)" if unit == "K" else "1e5 cm-3 * (T / 200 K)^-2.5"


def _tree(text: str, scale: Mapping[str, float] | None = None) -> ast.Expression:
    """The formula with its numbers in SI units, those of a unit in ``scale`` multiplied. Raises ValueError where Python
    cannot read it.
    """
    plain = _QUANTITY.sub(
        lambda found: _in_si(found.group(1), found.group(2), scale or {}), text.replace("\N{MINUS SIGN}", "-")
    )
    try:
        return ast.parse(plain.replace("^", "**").strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError) as error:
        raise ValueError(f"is no formula that can be read ({getattr(error, 'msg', error)})") from None


def _in_si(number: str, unit: str, scale: Mapping[str, float]) -> str:
    si = _UNITS.get(unit, "m-3")
    return repr(parse_quantity(f"{number} {unit}", si) * scale.get(si, 1.0))


def _check(node: ast.AST, names: tuple[str, ...], example: str) -> None:
    match node:
        case ast.Expression(body=body):
            _check(body, names, example)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            _check(left, names, example)
            _check(right, names, example)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _check(operand, names, example)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS and args:
            for part in args:
                _check(part, names, example)
            if len(args) > 1 and name not in ("min", "max"):
                raise ValueError(f"{name} takes one value")
        case ast.Name(id=name) if name in names or name == "pi":
            pass
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and abs(value) < _LARGEST:
            pass
        case _:
            allowed = f"names: {', '.join((*names, 'pi'))}; functions: {', '.join(FUNCTIONS)}; such as {example!r}"
            raise ValueError(f"{ast.unparse(node)!r} is not allowed in a formula; {allowed}")


def _value(node: ast.AST, values: Mapping[str, Array]) -> Any:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op=op, operand=operand):
            inner = _value(operand, values)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.Call(func=ast.Name(id=name), args=args):
            return FUNCTIONS[name](*(_value(part, values) for part in args))
        case ast.Name(id=name):
            return math.pi if name == "pi" else values[name]
        case ast.Constant(value=int() | float() as value):
            return float(value)
    raise ValueError(f"{ast.unparse(node)!r} is not allowed in a formula")


def places_on_sphere(direction: Array, sun: Array) -> dict[str, Array]:
    """Names of places at unit vectors [n, 3]; sun: unit vector to the Sun, whose longitude counts as 0."""
    x, y, z = direction.T
    longitude = np.arctan2(y, x) - math.atan2(sun[1], sun[0])
    longitude = (longitude + math.pi) % (2.0 * math.pi) - math.pi
    return {
        "sza": np.arccos(np.clip(direction @ sun, -1.0, 1.0)),
        "lat": np.arcsin(np.clip(z, -1.0, 1.0)),
        "lon": longitude,
        "local_time": 12.0 + longitude * 12.0 / math.pi,
    }
