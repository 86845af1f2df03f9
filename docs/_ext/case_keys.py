"""The reference of case.toml, a page for each solver, made from the typed schema of the package."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

from case_pages import DOCS, write_if_changed
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from sphinx.application import Sphinx

from exobase.config.schema_base import Table
from exobase.config.solvers import MODELS
from exobase.config.values import Count, CountOrAltitudes, Number, Quantity, Raw, Refused, Value, Word

MADE = DOCS / "_generated" / "case_file"
TITLES = {
    "dsmc": "The case file: `dsmc`",
    "test_particle": "The case file: `test_particle`",
    "stages": "The case file: `stages`",
}
INTRODUCTIONS = {
    "dsmc": "Particles that march in time and collide with one another.",
    "test_particle": "Histories of single particles in a given atmosphere.",
    "stages": "Cases that use each other's results, and the loss budget.",
}
_PLAIN = {str: "text", bool: "true or false", int: "whole number", float: "number"}


def tables(model: type[Table], path: str = "") -> Iterator[tuple[str, bool, type[Table], str]]:
    """Path, whether it is a list, model and description of every table of a case file, the file itself first."""
    if not path:
        yield "", False, model, ""
    for name, field in model.model_fields.items():
        inner, listed = _table_of(field.annotation)
        if inner is not None:
            here = f"{path}.{name}" if path else name
            yield here, listed, inner, field.description or ""
            yield from tables(inner, here)


def keys(model: type[Table]) -> Iterator[tuple[str, FieldInfo]]:
    """Name in the file and field of every key of a table that is no table itself."""
    for name, field in model.model_fields.items():
        if _table_of(field.annotation)[0] is None:
            yield field.alias or name, field


def page(solver: str) -> str:
    """The reference page of a solver."""
    out = [f"# {TITLES[solver]}\n\n{INTRODUCTIONS[solver]}", _HEAD.format(solver=solver)]
    for path, listed, model, _ in tables(MODELS[solver]):
        head = f"[[{path}]]" if listed else f"[{path}]"
        title = f"## `{head}`" if path else "## Keys outside of tables"
        about = " ".join((model.__doc__ or "").split())
        out.append(f"{title}\n\n{about if path else ''}".rstrip())
        out += [_entry(solver, path, name, field) for name, field in keys(model)]
    return "\n\n".join(out) + "\n"


_HEAD = (
    'A quantity is a text of a number and a unit, such as `"200 km"`; any unit that converts to the one named here '
    "will do. Bounds and defaults are in that unit. A key without a default is required; *none* means that the key may "
    "be left out. `exobase schema {solver}` prints the same as JSON."
)


def _entry(solver: str, path: str, name: str, field: FieldInfo) -> str:
    anchor = "-".join(part for part in ("key", solver, path.replace(".", "-"), name) if part)
    kind, allowed, example = describe(field)
    text = (field.description or "").strip()
    facts = [kind, *([f"allowed: {allowed}"] if allowed else [])]
    default = _default(field)
    if default != "none" or "default" not in text:
        facts.append(default if default == "**required**" else f"default: {default}")
    if example:
        facts.append(f"example: `{example}`")
    return f"[`{name}`]{{#{anchor} .key}}\n: {_safe(text)}\n\n  {' · '.join(facts)}"


def describe(field: FieldInfo) -> tuple[str, str, str]:
    """Type with unit, allowed values and an example of a key, in words."""
    value = _value_of(field)
    if isinstance(value, Quantity):
        return _quantity(value)
    if isinstance(value, Word):
        return "word", ", ".join(f"`{word}`" for word in value.words), ""
    if isinstance(value, Count):
        words = "".join(f" or `{word}`" for word in value.words)
        return "whole number", f"≥ {value.low}{words}", ""
    if isinstance(value, Number):
        return "number", _bounds(value.low, value.high, value.strict), ""
    if isinstance(value, CountOrAltitudes):
        return "whole number, or list of quantities in m", "≥ 1, or at least two that increase", ""
    if isinstance(value, Raw):
        return "number, or quantity in the unit of what is judged", "", ""
    if isinstance(value, Refused):
        return "refused", "", ""
    return _plain(field.annotation), "", ""


def _quantity(value: Quantity) -> tuple[str, str, str]:
    unit = value.unit or "1"
    kind = f"quantity in {unit}" + (" (a bare number will do)" if value.bare else "")
    allowed = _bounds(value.low, value.high, value.strict)
    words = [f"`{word}`" for word in value.words]
    return kind, " or ".join(part for part in (allowed, *words) if part), f'"{value.example}"'


def _bounds(low: float | None, high: float | None, strict: bool) -> str:
    parts = [] if low is None else [f"{'>' if strict else '≥'} {low:g}"]
    return ", ".join(parts if high is None else [*parts, f"≤ {high:g}"])


def _plain(annotation: Any) -> str:
    """Type of a key without a value class: text, true or false, lists of them."""
    options = [a for a in _options(annotation) if a is not type(None)]
    return " or ".join(_one(option) for option in options)


def _one(annotation: Any) -> str:
    if typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) is list:
        (item,) = typing.get_args(annotation)
        inner = next((m for m in _metadata(item) if isinstance(m, Value)), None)
        if isinstance(inner, Quantity):
            return f"list of quantities in {inner.unit or '1'}"
        if isinstance(inner, Word):
            return "list of words: " + ", ".join(f"`{word}`" for word in inner.words)
        if isinstance(inner, Raw):
            return "list of numbers or quantities"
        return f"list of {_PLAIN[item]}s" if item in _PLAIN else "list"
    if typing.get_origin(annotation) is dict:
        return "table of texts"
    return _PLAIN[annotation]


def _value_of(field: FieldInfo) -> Value | None:
    """The value class of a key; of a list its items have one of their own."""
    found = [m for m in field.metadata if isinstance(m, Value)]
    for option in _options(field.annotation):
        found += [m for m in _metadata(option) if isinstance(m, Value)]
    return found[0] if found else None


def _metadata(annotation: Any) -> tuple[Any, ...]:
    return typing.get_args(annotation)[1:] if typing.get_origin(annotation) is typing.Annotated else ()


def _options(annotation: Any) -> tuple[Any, ...]:
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return typing.get_args(annotation) if union else (annotation,)


def _table_of(annotation: Any) -> tuple[type[Table] | None, bool]:
    for option in _options(annotation):
        listed = typing.get_origin(option) is list
        item = typing.get_args(option)[0] if listed else option
        if isinstance(item, type) and issubclass(item, Table):
            return item, listed
    return None, False


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        made = field.default_factory()  # type: ignore[call-arg]
        return "empty" if not made else f"`{made}`"
    if field.default is PydanticUndefined:
        return "**required**"
    if field.default is None:
        return "none"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if isinstance(field.default, str):
        return f"`{field.default}`" if field.default else "empty"
    return f"{field.default:g}"


def _safe(text: str) -> str:
    """Signs that Markdown would take as marks."""
    for sign in ("*", "_", "<", "[", "]"):
        text = text.replace(sign, "\\" + sign)
    return text


def _make(app: Sphinx) -> None:
    for solver in MODELS:
        write_if_changed(MADE / f"{solver}.md", page(solver))


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the pages when a build begins."""
    app.connect("builder-inited", _make)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
