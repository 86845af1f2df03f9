"""Overrides of single keys: "run.max_steps=400", "species.0.density=1e6 cm-3", "collision.O,CO2.law=zbl"."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

ALL = "*"

Overrides = Mapping[str, Any] | Sequence[str] | None


def parse_overrides(overrides: Overrides) -> tuple[dict[str, Any], list[str]]:
    """Pairs of key path and value, and the messages of those that cannot be read.

    Values of strings "key=value" are read as TOML where they are TOML (400, true, [1, 2], "text"), else as plain
    strings (1e6 cm-3).
    """
    if overrides is None:
        return {}, []
    if isinstance(overrides, Mapping):
        return dict(overrides), []
    pairs: dict[str, Any] = {}
    errors = []
    for text in overrides:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            errors.append(f"--set {text}: expected KEY=VALUE, for example run.max_steps=400")
            continue
        try:
            pairs[key.strip()] = _toml_value(value.strip())
        except (ValueError, RecursionError):
            errors.append(f"--set {key.strip()}: its value is too long a number or nested too deeply")
    return pairs, errors


def as_text(overrides: Mapping[str, Any]) -> tuple[str, ...]:
    """Overrides as "key=value" strings, for provenance."""
    return tuple(f"{key}={_spell(value)}" for key, value in overrides.items())


def apply_overrides(tables: dict[str, Any], overrides: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Copy of the tables with the overrides in place, and messages of those whose path leads nowhere.

    A step of the path is a key, or for a list an index from 0, the name of its entry, or "*" for all entries. Tables
    are made where missing.
    """
    result = copy.deepcopy(tables)
    errors = []
    for path, value in overrides.items():
        message = _set(result, path.split("."), value)
        if message:
            errors.append(f"--set {path}: {message}")
    return result, errors


def _set(node: Any, keys: list[str], value: Any) -> str:
    """Puts value at keys below node; returns a message if it cannot."""
    for depth, key in enumerate(keys):
        last = depth == len(keys) - 1
        where = ".".join(keys[:depth]) or "the case file"
        step: str | int = key
        if isinstance(node, list) and key == ALL:
            return _set_all(node, keys, depth, value)
        if isinstance(node, list):
            index = _index(node, key)
            if index is None:
                ways = f"allowed: 0 to {len(node) - 1}, a name, or {ALL} for all of them"
                return f"{where} has no entry {key!r}; {ways}" if node else f"{where} is empty"
            step = index
        elif not isinstance(node, dict):
            return f"{where} is no table"
        if last:
            node[step] = value
            return ""
        node = node.setdefault(key, {}) if isinstance(node, dict) else node[step]
    return "empty path"


def _set_all(entries: list[Any], keys: list[str], depth: int, value: Any) -> str:
    """Puts value into all entries of the list at keys[:depth]; returns a message if it cannot."""
    if not entries:
        return f"{'.'.join(keys[:depth])} is empty"
    if depth == len(keys) - 1:
        return f"{'.'.join(keys)} stands for whole tables; add a key of theirs"
    for entry in entries:
        message = _set(entry, keys[depth + 1 :], copy.deepcopy(value))
        if message:
            return f"in every entry of {'.'.join(keys[:depth])}: {message}"
    return ""


def overlap(one: str, other: str) -> bool:
    """Whether two paths can mean the same key: equal steps, "*" being any."""
    a, b = one.split("."), other.split(".")
    return len(a) == len(b) and all(x == y or ALL in (x, y) for x, y in zip(a, b, strict=True))


def _index(entries: list[Any], key: str) -> int | None:
    if key.isdigit() and int(key) < len(entries):
        return int(key)
    for i, entry in enumerate(entries):
        if isinstance(entry, dict) and key in _labels(entry):
            return i
    return None


def _labels(entry: dict[str, Any]) -> list[str]:
    """Names by which an entry of a list may be called: name, quantity of a check, pair as "O,CO2", type of a source."""
    label = entry.get("name", entry.get("quantity"))
    pair = entry.get("pair")
    joined = ",".join(map(str, pair)) if isinstance(pair, list) else None
    return [str(text) for text in (label, joined, entry.get("type") if label is None else None) if text is not None]


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
