"""The documentation site builds without a warning, needs no network to be read, and none of its links is dead."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from pages import DOCS, ROOT, pages

OUT = ROOT / ".cache" / "docs"
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data"}
"""Tags whose target a browser loads by itself; of <link> it depends on rel."""


class Reader(HTMLParser):
    """What a page loads, where its links lead, and which places it has."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.formulas = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.places.add(str(found["id"]))
        if tag in LOADED and found.get(LOADED[tag]):
            self.loads.append(str(found[LOADED[tag]]))
        if tag == "link" and found.get("rel") in ("stylesheet", "preload", "icon", "prefetch"):
            self.loads.append(str(found["href"]))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        self.formulas += tag == "math"


@pytest.fixture(scope="module")
def site() -> dict[Path, Reader]:
    """The built pages. What was built before is used where it has not changed; a build with warnings leaves nothing."""
    doctrees = OUT / "doctrees"
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", str(doctrees)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [*command, str(DOCS), str(OUT / "html")], capture_output=True, text=True, check=False, env=env, timeout=900
    )
    if done.returncode != 0:
        shutil.rmtree(doctrees, ignore_errors=True)  # else Sphinx would not repeat the warnings of pages it has read
    assert done.returncode == 0, done.stderr[-4000:]
    read = {}
    for path in (OUT / "html").rglob("*.html"):
        read[path] = Reader()
        read[path].feed(path.read_text(encoding="utf-8"))
    return read


def test_every_page_is_in_the_site(site: dict[Path, Reader]) -> None:
    built = {path.relative_to(OUT / "html").with_suffix("") for path in site}
    wanted = {path.relative_to(DOCS).with_suffix("") for path in (*pages(), *DOCS.glob("notebooks/*.ipynb"))}
    cases = {Path("gallery") / path.parent.name for path in ROOT.glob("cases/*/README.md")}
    assert wanted | cases <= built


def test_every_module_of_theory_is_documented(site: dict[Path, Reader]) -> None:
    """By the place of its head or of one of its functions."""
    places = set().union(*(page.places for page in site.values()))
    modules = [path.stem for path in (ROOT / "src" / "exobase" / "analytic").glob("[a-z]*.py")]
    assert len(modules) > 20
    missing = [name for name in modules if not any(p.startswith(f"exobase.analytic.{name}.") for p in places)]
    assert not missing


def test_a_browser_loads_nothing_from_elsewhere(site: dict[Path, Reader]) -> None:
    for path, page in site.items():
        foreign = [target for target in page.loads if urlsplit(target).netloc]
        assert not foreign, f"{path}: {foreign}"
    for style in (OUT / "html" / "_static").rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"url\(['\"]?https?:|@import\s+(url\()?['\"]?https?:", text), style


def test_links_within_the_site_lead_somewhere(site: dict[Path, Reader]) -> None:
    dead = []
    for path, page in site.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            place = unquote(parts.fragment)
            known = site.get(target)
            if not target.is_file() or (place and known is not None and place not in known.places):
                dead.append(f"{path.relative_to(OUT)}: {link}")
    assert not dead


def test_formulas_are_drawn_by_the_browser(site: dict[Path, Reader]) -> None:
    """Every formula of a page is MathML, and no TeX is left over."""
    page = OUT / "html" / "formulas" / "winds.html"
    assert site[page].formulas >= 20
    assert r"\frac" not in page.read_text(encoding="utf-8")


def test_the_search_finds_a_formula_by_name(site: dict[Path, Reader]) -> None:
    text = (OUT / "html" / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text[text.index("{") : text.rindex("}") + 1])
    titles = [title for title in index["docnames"] if title.startswith("formulas/")]
    assert "formulas/winds" in titles
    assert "larsen" in index["terms"] or "larsen" in index["titleterms"]
