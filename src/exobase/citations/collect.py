"""All that is to be cited for a result, from its attributes and the case that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from exobase.citations.data_used import data_used
from exobase.citations.methods import methods
from exobase.citations.references import Reference, named_in, reference

CODE = {
    "title": "exobase: particle simulation of planetary exospheres and atmospheric escape",
    "authors": "The exobase developers",
    "license": "MIT",
}
"""As CITATION.cff has it."""


@dataclass(frozen=True)
class Item:
    """A method or a table that was used: what, its source in words ("" for a method), and keys of its references."""

    what: str
    keys: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True)
class Citations:
    """The code (title, authors, license, version, commit, year), the methods, the data, and all references by key."""

    case: str
    code: dict[str, str]
    methods: tuple[Item, ...]
    data: tuple[Item, ...]

    @property
    def references(self) -> dict[str, Reference]:
        """Those of methods and data, in their order."""
        keys = dict.fromkeys(key for item in (*self.methods, *self.data) for key in item.keys)
        return {key: reference(key) for key in keys}

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary, for JSON."""
        return {
            "case": self.case,
            "code": self.code,
            "methods": [asdict(item) for item in self.methods],
            "data": [asdict(item) for item in self.data],
            "references": {key: asdict(entry) | {"text": entry.text} for key, entry in self.references.items()},
        }


def cite(case: Mapping[str, Any], attrs: Mapping[str, Any]) -> Citations:
    """What to cite for a result: case is the resolved case that it holds, attrs its attributes (or those of a summary)."""
    code = CODE | {
        "version": str(attrs.get("exobase_version") or "unknown"),
        "commit": str(attrs.get("commit") or ""),
        "year": str(attrs.get("created") or "")[:4],
    }
    name = str(attrs.get("case_name") or case.get("name") or "")
    used = [Item(what, keys) for what, keys in methods(case)]
    data = [Item(what, named_in(source), source) for what, source in data_used(case)]
    return Citations(name, code, tuple(used), tuple(data))


def together(parts: Mapping[str, Citations], case: str) -> Citations:
    """The citations of several results of one version of the code (the stages of a case) as one, each item once."""
    first = next(iter(parts.values()))
    used = dict.fromkeys(item for part in parts.values() for item in part.methods)
    data = dict.fromkeys(item for part in parts.values() for item in part.data)
    return Citations(case, first.code, tuple(used), tuple(data))
