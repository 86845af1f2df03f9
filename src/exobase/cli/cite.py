"""exobase cite: what to cite for a result."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exobase.cli.app import ResultArgument, app, errors_to_exit_codes
from exobase.errors import InputError

if TYPE_CHECKING:
    from exobase.citations import Citations, Item
    from exobase.io.results import Result

FORMS = ("text", "bibtex", "json")


@app.command()
def cite(
    case: ResultArgument,
    form: Annotated[str, typer.Option("--format", "-f", help="text, bibtex or json")] = "text",
) -> None:
    """Print what to cite for a result: the code, and the methods and data that this run used."""
    with errors_to_exit_codes():
        if form not in FORMS:
            raise InputError(f"--format {form}: no such format; allowed: {', '.join(FORMS)}")
        found = _citations(case)
        if form == "json":
            sys.stdout.write(json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n")
        elif form == "bibtex":
            from exobase.citations import as_bibtex

            sys.stdout.write(as_bibtex(found))
        else:
            sys.stdout.write(_text(found))


def _citations(path: Path) -> Citations:
    """Those of a run, or of all stages of a case of stages."""
    from exobase.case import case_from_dict
    from exobase.citations.collect import cite as cite_case
    from exobase.citations.collect import together
    from exobase.io.results import read_result, read_summary, staged_output

    def of_result(result: Result) -> Citations:
        return cite_case(case_from_dict(result.case).to_dict(), result.attrs)

    staged = staged_output(path)
    if staged is None:
        return of_result(read_result(path))
    summary = read_summary(staged)
    parts = {name: of_result(read_result(staged / "stages" / name)) for name in summary["stages"]}
    return together(parts, str(summary.get("case") or staged))


def _text(found: Citations) -> str:
    code = found.code
    commit = f", commit {code['commit']}" if code["commit"] else ""
    year = f" ({code['year']})" if code["year"] else ""
    lines = [
        f"To cite for {found.case}:",
        "",
        "Code",
        f"  {code['authors']}{year}, {code['title']}, version {code['version']}{commit}",
        "",
        "Methods",
        *_items(found, found.methods),
        *(["", "Data", *_items(found, found.data)] if found.data else []),
        "",
        "References",
        *(f"  {entry.text}" for entry in sorted(found.references.values(), key=lambda entry: entry.text)),
    ]
    return "\n".join(lines) + "\n"


def _items(found: Citations, items: tuple[Item, ...]) -> list[str]:
    """A line for each: what, and its source, or the short names of its references."""
    references = found.references
    named = [item.source or ", ".join(references[key].short for key in item.keys) for item in items]
    return [f"  {item.what}" + (f": {name}" if name else "") for item, name in zip(items, named, strict=True)]
