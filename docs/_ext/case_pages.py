"""A page for every shipped case from its README and figures, the gallery of all, and links that leave docs/.

Pages are read in the repository as well, where links lead to files beside them. Here a link to the README of a case
leads to its page, one to another file of the repository becomes its name.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
MADE = DOCS / "gallery"
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_FENCE = re.compile(r"(^```.*?^```$|(?<!\[)`[^`\n]+`(?!\]\())", re.MULTILINE | re.DOTALL)
_COLUMNS = ("figure.png", "sweep.png", "spectra.png", "budget.png")


def rewrite(text: str, source: Path, page: Path) -> str:
    """The Markdown of the file ``source`` with links as they must be on ``page`` (both absolute)."""

    def replace(found: re.Match[str]) -> str:
        mark, label, target = found.groups()
        if re.match(r"[a-z]+:|#|<", target):
            return found[0]
        path, _, anchor = target.partition("#")
        lands = (source.parent / path).resolve()
        anchor = f"#{anchor}" if anchor else ""
        if mark:
            return f"![{label}]({_relative(lands, page)})"
        if lands.is_relative_to(ROOT / "cases"):
            name = lands.relative_to(ROOT / "cases").parts[0] if lands != ROOT / "cases" else ""
            if name and (ROOT / "cases" / name / "README.md").is_file() and lands.name in (name, "README.md"):
                return f"[{label}]({_relative(MADE / f'{name}.md', page)}{anchor})"
        if lands.is_relative_to(DOCS) and lands.suffix in (".md", ".ipynb") and lands.is_file():
            return f"[{label}]({_relative(lands, page)}{anchor})"
        if lands == ROOT / "CHANGELOG.md":
            return f"[{label}]({_relative(DOCS / 'changelog.md', page)})"
        if lands.exists():
            return label if "`" in label else f"`{label}`"
        logger.warning("the link to %s leads nowhere", target, location=str(source))
        return found[0]

    parts = _FENCE.split(text)
    return "".join(part if i % 2 else _LINK.sub(replace, part) for i, part in enumerate(parts))


def _relative(target: Path, page: Path) -> str:
    return Path(os.path.relpath(target, page.parent)).as_posix()


def case_names() -> list[str]:
    """Shipped cases, in the order of the alphabet."""
    return sorted(path.parent.name for path in (ROOT / "cases").glob("*/README.md"))


def case_page(name: str) -> str:
    """Page of a case: its README, and its case file."""
    readme = ROOT / "cases" / name / "README.md"
    page = MADE / f"{name}.md"
    text = rewrite(readme.read_text(encoding="utf-8"), readme, page).rstrip()
    file = _relative(ROOT / "cases" / name / "case.toml", page)
    command = f"```console\n$ exobase new my_{name} --from {name}\n$ exobase run my_{name}\n```"
    return (
        f"{text}\n\n## Run it\n\n{command}\n\n## The case file\n\n```{{literalinclude}} {file}\n:language: toml\n```\n"
    )


def gallery() -> str:
    """The page of all cases: a card for each, with the figure of its README."""
    cards = []
    for name in case_names():
        readme = (ROOT / "cases" / name / "README.md").read_text(encoding="utf-8")
        title = readme.split("\n", 1)[0].lstrip("# ").strip()
        figure = next((f for f in _COLUMNS if (ROOT / "cases" / name / f).is_file()), None)
        picture = f"[![{title}](../../cases/{name}/{figure})]({name}.md)\n\n" if figure else ""
        cards.append(f":::{{container}} card\n{picture}[{title}]({name}.md)\n`{name}`\n:::")
    toc = "\n".join(case_names())
    return (
        "# Gallery of cases\n\nEvery case runs as it is with `scripts/run NAME`, and is the start of your own with "
        "`exobase new MINE --from NAME`. Its page says what to expect and with which publication it is compared.\n\n"
        "::::{container} gallery\n" + "\n\n".join(cards) + "\n::::\n\n```{toctree}\n:hidden:\n\n" + toc + "\n```\n"
    )


def other_pages(index: str) -> str:
    """Lines for a list of pages: those of docs/ itself that the first page names nowhere, so that none is missing."""
    named = set(re.findall(r"^\S+$", index, re.MULTILINE))
    return "".join(f"{path.stem}\n" for path in sorted(DOCS.glob("*.md")) if path.stem not in {*named, "index"})


def other_modules() -> str:
    """Sections for the modules of theory that no page of formulas names, so that none is missing."""
    text = "".join(path.read_text(encoding="utf-8") for path in (DOCS / "formulas").glob("*.md"))
    out = []
    for path in sorted((ROOT / "src" / "exobase" / "analytic").glob("[a-z]*.py")):
        name = f"exobase.analytic.{path.stem}"
        if f"automodule:: {name}\n" not in text:
            title = path.stem.replace("_", " ").capitalize()
            out.append(f"## {title}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```\n")
    return "\n".join(out)


def write_if_changed(path: Path, text: str) -> None:
    """Write a made page, but leave one that is the same: its date tells Sphinx that it need not be read again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _make(app: Sphinx) -> None:
    wanted = {"index": gallery()} | {name: case_page(name) for name in case_names()}
    if MADE.is_dir():
        for old in MADE.glob("*.md"):
            if old.stem not in wanted:
                old.unlink()
        for folder in MADE.iterdir():
            if folder.is_dir():
                shutil.rmtree(folder)
    for name, text in wanted.items():
        write_if_changed(MADE / f"{name}.md", text)


def _links(app: Sphinx, docname: str, content: list[str]) -> None:
    """Before a page is read: links out of docs/ as links to pages. Made pages are right already."""
    page = Path(app.env.doc2path(docname))
    if docname == "index":
        content[0] = content[0].replace("OTHER PAGES\n", other_pages(content[0]))
    if docname == "formulas/index":
        content[0] = content[0].replace("<!-- other modules -->\n", other_modules())
    if page.suffix == ".md" and not page.is_relative_to(MADE):
        content[0] = rewrite(content[0], page, page)


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the pages when a build begins."""
    app.connect("builder-inited", _make)
    app.connect("source-read", _links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
