"""Pages fit a narrow screen: what is wide scrolls within itself, and the page does not."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from exobase.io.results import read_result
from exobase.report.markup import STYLE
from exobase.report.page import page


class Boxes(HTMLParser):
    """The class of the element round every table, and the content of the viewport tag."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.round_tables: list[str] = []
        self.viewport = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "meta" and found.get("name") == "viewport":
            self.viewport = found.get("content") or ""
        if tag == "table":
            self.round_tables.append(self.open[-1])
        if tag not in ("meta", "img", "br"):
            self.open.append(found.get("class") or tag)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()


def test_every_table_scrolls_in_a_box_of_its_own(mixture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exobase.report.page.draw_figures", lambda result, folder: "")
    boxes = Boxes()
    boxes.feed(page(read_result(mixture)))
    assert len(boxes.round_tables) >= 5
    assert set(boxes.round_tables) == {"wide"}
    assert boxes.viewport == "width=device-width, initial-scale=1"


def test_the_style_lets_nothing_else_be_wider_than_the_screen() -> None:
    rules = " ".join(STYLE.split())
    for rule in (
        ".wide { overflow-x: auto; max-width: 100%; }",
        "figure img { max-width: 100%; height: auto; }",
        "h1, h2, p, figcaption { overflow-wrap: break-word; }",
        "@media (max-width: 40rem)",
    ):
        assert rule in rules


def test_species_are_typeset_in_tables(mixture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exobase.report.page.draw_figures", lambda result, folder: "")
    text = page(read_result(mixture))
    assert "<td>CO<sub>2</sub></td>" in text
    assert "altitude [km]" in text
    assert "r/R₀</th>" not in text
