"""Citations as BibTeX entries."""

from __future__ import annotations

import re

from exobase.citations.collect import Citations
from exobase.citations.references import Reference

_JOURNAL = re.compile(r"(?P<journal>.*\S) (?P<volume>\d+), (?P<pages>\S+)")


def as_bibtex(citations: Citations) -> str:
    """One entry for the code and one for each reference."""
    code = citations.code
    note = f"version {code['version']}" + (f", commit {code['commit']}" if code["commit"] else "")
    fields = {"author": f"{{{code['authors']}}}", "title": f"{{{code['title']}}}", "year": code["year"], "note": note}
    entries = [_entry("software", "exobase", fields)]
    entries += [_of(entry) for entry in citations.references.values()]
    return "\n\n".join(entries) + "\n"


def _of(entry: Reference) -> str:
    fields = {"author": _authors(entry.authors), "year": str(entry.year)}
    kind = "misc"
    found = _JOURNAL.fullmatch(entry.where)
    if entry.title:
        kind, fields["title"] = "book", f"{{{entry.title}}}"
    elif found:
        kind = "article"
        fields |= found.groupdict()
    elif entry.where:
        fields["howpublished"] = entry.where
    if entry.doi:
        fields["doi"] = entry.doi
    return _entry(kind, entry.key, fields)


def _authors(text: str) -> str:
    """Names joined by "and": A, B & C is A and B and C; et al. is others."""
    names = text.replace(" et al.", " & others").replace(", ", " & ").split(" & ")
    return " and ".join(names)


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = [f"  {name} = {{{_escaped(name, value)}}}" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}"


def _escaped(name: str, value: str) -> str:
    """LaTeX's special characters; in a DOI they are taken as they stand."""
    return value if name == "doi" else re.sub(r"([&%#_$])", r"\\\1", value)
