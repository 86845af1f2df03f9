"""The references that the package's models and tables rest on, read from data/references.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from exobase.tables import load_table


@dataclass(frozen=True)
class Reference:
    """One reference. authors as cited; where: journal, volume and page, or the title of a book; "" where unknown.

    also: other words by which the sources of tables name it.
    """

    key: str
    authors: str
    year: int
    where: str = ""
    title: str = ""
    doi: str = ""
    also: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """As it is named in the text: Bird 1994."""
        return f"{self.authors} {self.year}"

    @property
    def text(self) -> str:
        """In one line, with the DOI where it is known."""
        parts = [self.short, self.title, self.where, f"doi:{self.doi}" if self.doi else ""]
        return ", ".join(part for part in parts if part)


@cache
def references() -> dict[str, Reference]:
    """All references by their key."""
    return {
        key: Reference(
            key,
            str(entry["authors"]),
            int(entry["year"]),
            str(entry.get("where", "")),
            str(entry.get("title", "")),
            str(entry.get("doi", "")),
            tuple(entry.get("also", ())),
        )
        for key, entry in load_table("references.toml").items()
    }


def reference(key: str) -> Reference:
    """One reference by its key. Raises KeyError where there is none."""
    return references()[key]


def named_in(text: str) -> tuple[str, ...]:
    """Keys of the references that a source of the package's tables names: by DOI, authors and year, or another word."""
    return tuple(key for key, entry in references().items() if _names(text, entry))


def _names(text: str, entry: Reference) -> bool:
    if entry.doi and entry.doi in text:
        return True
    words = (entry.short, *entry.also)
    return any(re.search(rf"(?<![\w&]){re.escape(word)}(?!\w)", text) for word in words)
