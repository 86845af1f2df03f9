"""Messages for a bad case file: where, what was given, what is allowed, the nearest valid name."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from exobase.config.values import Refused
from exobase.tables import nearest as nearest

_KINDS = {
    "dict": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "list_type": "a list, [...]",
    "tuple_type": "a list, [...]",
    "string_type": "a string",
    "bool_type": "true or false",
}


def describe(error: ErrorDetails, model: type[BaseModel]) -> str:
    """One line for one error of pydantic in a file of this model, without the file's name."""
    loc = list(error["loc"])
    path = ".".join(str(part) for part in loc)
    kind = error["type"]
    if kind == "extra_forbidden":
        allowed = sorted(keys_at(model, loc[:-1]))
        where = f"[{'.'.join(map(str, loc[:-1]))}]" if len(loc) > 1 else "a case file"
        return f"{path}: unknown key{nearest(loc[-1], allowed) or ';'} allowed in {where}: {', '.join(allowed)}"
    if kind == "missing":
        return f"{path}: missing; this key is required"
    given = shorten(error["input"])
    if kind == "value_error":
        return f"{path} = {given}: {error['ctx']['error']}"
    if kind in _KINDS:
        return f"{path} = {given}: expected {_KINDS[kind]}"
    return f"{path} = {given}: {error['msg']}"


def shorten(value: object, width: int = 60) -> str:
    """What was given, as a case file writes it, on at most width characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= width else text[: width - 3] + "..."


def keys_at(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    """Keys that the model allows in the table at loc."""
    current: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, int) or current is None:
            continue
        field = _by_alias(current).get(part)
        current = _model_in(field) if field is not None else None
    return [name for name in _by_alias(current) if not _refused(current, name)] if current is not None else []


def _by_alias(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _refused(model: type[BaseModel], name: str) -> bool:
    info = model.model_fields.get(name)
    return info is not None and any(isinstance(item, Refused) for item in info.metadata)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    for inner in typing.get_args(annotation):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
