"""Fenced blocks of the documentation pages, and a command `exobase` for the lines that a page shows."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the caption (a file name) where it has one, and its line in the page."""

    page: Path
    line: int
    language: str
    text: str
    caption: str = ""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """All Markdown pages below docs/ but for made ones."""
    made = ("_build", "_generated", "gallery")
    return sorted(path for path in DOCS.rglob("*.md") if path.relative_to(DOCS).parts[0] not in made)


def blocks(page: Path, *languages: str) -> list[Block]:
    """Fenced blocks of a page in these languages, in their order."""
    text, out = page.read_text(encoding="utf-8"), []
    for found in _BLOCK.finditer(text):
        language, body, caption = found["info"].strip(), found["body"], ""
        directive = re.fullmatch(r"\{code-block\} (\w+)", language)
        if directive:
            language = directive[1]
            caption = (re.search(r"^:caption: (.+)$", body, re.MULTILINE) or ["", ""])[1].strip()
            body = re.sub(r"\A(:\w[\w-]*:.*\n)+\n?", "", body)
        if language in languages:
            out.append(Block(page, text[: found.start()].count("\n") + 1, language, body, caption))
    return out


def commands(block: Block) -> list[str]:
    """The lines of a console block that a reader types, continued lines joined."""
    joined = re.sub(r"\\\n> ?", "", block.text)
    return [line[2:] for line in joined.splitlines() if line.startswith("$ ")]


def make_exobase(folder: Path) -> Path:
    """A folder with the command `exobase` of this source tree."""
    folder.mkdir(parents=True, exist_ok=True)
    command = folder / "exobase"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m exobase.cli "$@"\n')
    command.chmod(0o755)
    return folder
