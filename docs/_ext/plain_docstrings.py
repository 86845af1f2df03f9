"""The docstrings of the package, which are plain text with formulas, as reStructuredText.

The first line, paragraphs and references become text, formulas and indented lines literal blocks that keep their shape.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

# A formula: a short left-hand side and a sign of relation, and no sentence.
_FORMULA = re.compile(r"^[^.:;,]{1,60}? (=|~|<=|>=) \S")
_SENTENCE = re.compile(
    r"[.;] [A-Z]|\.$|^(Raises|Valid|Reference|Returns|Arguments|With|Where|By|Times)\b|\[(K|m|kg|J|1|s)\b"
)
_CODE = re.compile(r"(``[^`]+``|:\w+:`[^`]+`|`[^`]+`)")
_LABEL = re.compile(r"^(Reference(?: throughout)?|Schemes|Notation|References)(?=[:. ])")


def transform(lines: list[str]) -> list[str]:
    """Lines of a docstring as lines of reStructuredText. Tables keep their shape: cells may be wider than columns."""
    out: list[str] = []
    for block in _blocks(lines):
        if block[0].startswith(">>>"):
            out += [*block, ""]
        elif block[0].startswith("===="):
            out += ["::", "", *("    " + line for line in block if not line.startswith("====")), ""]
        elif all(line.startswith("    ") for line in block):
            out += ["::", "", *block, ""]
        elif _is_formula(block):
            out += ["::", "", *("    " + line.replace("`", "") for line in block), ""]
        elif block[0].startswith("- "):
            out += [*_list(block), ""]
        else:
            out += [*_text(block), ""]
    return out


def _blocks(lines: list[str]) -> list[list[str]]:
    """Paragraphs; where indentation changes within one, its parts."""
    blocks: list[list[str]] = []
    table = False
    for line in lines:
        if line.startswith("===="):
            table = True
        if not line.strip():
            table = False
            blocks.append([])
            continue
        same = blocks and blocks[-1]
        indented = line.startswith("    ")
        in_list = bool(same) and blocks[-1][0].startswith("- ") and line.startswith("  ")
        if not same:
            blocks.append([line]) if not blocks or blocks[-1] else blocks[-1].append(line)
        elif table or in_list or (blocks[-1][-1].startswith("    ") == indented):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return [block for block in blocks if block]


def _is_formula(block: list[str]) -> bool:
    return bool(_FORMULA.match(block[0])) and not any(_SENTENCE.search(line) for line in block)


def _list(block: list[str]) -> list[str]:
    return [re.sub(r"^- ", "- ", _escape(line)) for line in block]


def _text(block: list[str]) -> list[str]:
    text = [_escape(line.strip()) for line in block]
    # A reference begins a paragraph of its own.
    out: list[str] = []
    for line in text:
        if _LABEL.match(line):
            out += ["", _LABEL.sub(r"*\1*", line)]
        else:
            out.append(line)
    return out


def _escape(line: str) -> str:
    """Characters that reStructuredText would take as marks; words in backquotes become references."""
    parts = _CODE.split(line)
    for i, part in enumerate(parts):
        if i % 2 == 0:
            plain = part.replace("\\", "\\\\").replace("*", "\\*").replace("|", "\\|").replace("`", "\\`")
            parts[i] = re.sub(r"(?<=\w)_(?=\W|$)", r"\\_", plain)
        elif part.startswith("`") and not part.startswith("``"):
            parts[i] = f":py:obj:{part}"
    # A role must end before punctuation or space.
    return re.sub(r"(:py:obj:`[^`]+`|``[^`]+``)(?=[A-Za-z(])", r"\1\\ ", "".join(parts))


def _process(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    lines[:] = transform(lines)


def _skip(app: Sphinx, what: str, name: str, obj: Any, skip: bool, options: Any) -> bool | None:
    """Fields of named tuples, which the text of their class explains."""
    return True if type(obj).__name__ == "_tuplegetter" else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Hook into autodoc."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", _process)
    app.connect("autodoc-skip-member", _skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
