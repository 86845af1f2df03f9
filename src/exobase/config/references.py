"""References of one stage to the result of another: "stage:NAME" wherever a case file takes the path of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exobase.errors import InputError

PREFIX = "stage:"

Refer = Callable[[str], str]
"""The path that stands for the result of the stage of this name. Raises InputError where there is none."""

# Texts for readers, in which nothing is a path.
_TEXTS = ("title", "description", "name", "source", "choices")


def references(tables: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Key path and stage of every reference in the tables of a case, in their order."""
    if isinstance(tables, str):
        if tables.startswith(PREFIX):
            yield where, tables.removeprefix(PREFIX).strip()
        return
    for key, value in _entries(tables):
        if isinstance(value, str) and key in _TEXTS:
            continue
        yield from references(value, f"{where}.{key}" if where else str(key))


def replace_references(tables: dict[str, Any], refer: Refer | None) -> tuple[dict[str, Any], list[str]]:
    """Copy of the tables with paths in place of references, and one message for each that leads nowhere.

    refer: gives the path, relative to the folder of the case; None: the case stands alone and cannot refer.
    """
    found = list(references(tables))
    if not found:
        return tables, []
    paths: dict[str, str] = {}
    errors = []
    for where, name in found:
        if name in paths:
            continue
        try:
            if refer is None:
                raise InputError("only a case file in the folder of a case with stages can name the result of a stage")
            paths[name] = refer(name)
        except InputError as error:
            errors += [f"{where} = {PREFIX + name!r}: {message}" for message in error.messages]
    return _replaced(tables, paths), errors


def _replaced(node: Any, paths: dict[str, str]) -> Any:
    if isinstance(node, str):
        name = node.removeprefix(PREFIX).strip()
        return paths.get(name, node) if node.startswith(PREFIX) else node
    if isinstance(node, dict):
        return {k: v if isinstance(v, str) and k in _TEXTS else _replaced(v, paths) for k, v in node.items()}
    return [_replaced(value, paths) for value in node] if isinstance(node, list) else node


def _entries(node: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)
