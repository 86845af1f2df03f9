"""exobase cases: the cases that come with exobase."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exobase.cli.app import app, errors_to_exit_codes
from exobase.cli.listing import JsonOption, say, show_json
from exobase.cli.show import console, table

if TYPE_CHECKING:
    from exobase.case.shipped import ShippedCase


@app.command("cases")
def list_cases(
    name: Annotated[
        str | None, typer.Argument(help="one case: the head of its README and its path (default: all)")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the cases that come with exobase, or say what one of them is and where it lies."""
    with errors_to_exit_codes():
        from exobase.case.shipped import shipped_case, shipped_case_names

        if name is not None:
            case = shipped_case(name)
            if as_json:
                show_json({**_plain(case), "readme": readme_head(case.folder)})
            else:
                show_case(case)
            return
        cases = [shipped_case(one) for one in shipped_case_names()]
        show_json([_plain(case) for case in cases]) if as_json else show_all(cases)


def show_all(cases: list[ShippedCase]) -> None:
    """Name, solver, title and description of each."""
    made = table(f"shipped cases, in {cases[0].folder.parent}", "name", "solver", "title", "description", numbers=False)
    made.columns[0].no_wrap = made.columns[1].no_wrap = True
    for case in cases:
        made.add_row(case.name, case.solver, case.title, case.description)
    console().print(made)
    say("more of one: exobase cases NAME; a case of your own from one: exobase new MINE --from NAME")


def show_case(case: ShippedCase) -> None:
    """What the case is, its path, the head of its README, and how to begin with it."""
    say(f"{case.name}: {case.title} (solver {case.solver})")
    say(case.description)
    say("")
    head = readme_head(case.folder)
    if head:
        from rich.markdown import Markdown

        console().print(Markdown(head))
        say("")
    say(f"path: {case.folder}")
    hidden = (Path(case.name) / "case.toml").is_file()  # a case of that name in this folder comes first
    source = quote(str(case.folder)) if hidden else case.name
    say(f"a case of your own from it: exobase new my_{case.name} --from {source}")


def readme_head(folder: Path) -> str:
    """The README of a case from its title to the next heading, without figures; empty where there is no README."""
    file = folder / "README.md"
    if not file.is_file():
        return ""
    lines: list[str] = []
    for i, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        if i > 0 and line.startswith("#"):
            break
        if not line.startswith(("#", "![")) and (line or (lines and lines[-1])):
            lines.append(line)
    return "\n".join(lines).strip()


def _plain(case: ShippedCase) -> dict[str, Any]:
    return {
        "name": case.name,
        "path": str(case.folder),
        "title": case.title,
        "description": case.description,
        "solver": case.solver,
    }
