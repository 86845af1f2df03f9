"""Characters that no text of a case may hold: they fail later, in files and on screens."""

from __future__ import annotations

import unicodedata
from typing import Any

_DEPTH = 40
# Marks that turn the direction of text, or have no width: what is shown is not what is written.
_HIDDEN = frozenset("\u061c\u200b\u200e\u200f\u2028\u2029\u2060\ufeff") | frozenset(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)


def without_odd_text(tables: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Tables in which such characters are replaced by "?", and a message for every text (or key) that held one."""
    errors: list[str] = []
    clean = _clean(tables, "", errors, 0)
    return clean if isinstance(clean, dict) else {}, errors


def _clean(value: Any, path: str, errors: list[str], depth: int) -> Any:
    if depth > _DEPTH:
        errors.append(f"{path[:80]}...: tables or lists are nested too deeply; take brackets out")
        return None
    if isinstance(value, str):
        return _text(value, path, errors)
    if isinstance(value, dict):
        return {
            _text(key, path or "the case file", errors): _clean(item, f"{path}.{key}".lstrip("."), errors, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_clean(item, f"{path}.{i}", errors, depth + 1) for i, item in enumerate(value)]
    return value


def _text(text: str, path: str, errors: list[str]) -> str:
    odd = [c for c in text if _is_odd(c)]
    if not odd:
        return text
    sign = f"U+{ord(odd[0]):04X}"
    shown = f"{_printable(path)}: {_printable(text)!r}"
    errors.append(f"{shown} holds the character {sign}, which cannot be shown; remove it")
    return _printable(text)


def _is_odd(c: str) -> bool:
    return c not in "\t\n\r" and (unicodedata.category(c) in ("Cc", "Cs") or c in _HIDDEN)


def _printable(text: str) -> str:
    """The text with "?" for characters without a sign, cut where it is long."""
    shown = "".join("?" if _is_odd(c) else c for c in text)
    return shown if len(shown) <= 200 else shown[:200] + "..."
