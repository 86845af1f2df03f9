"""Formulas as MathML, which browsers draw themselves: no script and no font is needed from elsewhere."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number


def mathml(tex: str, display: str) -> str:
    """MathML of a formula; display: "inline" or "block". Raises ExtensionError for TeX that is not understood."""
    try:
        made = convert(tex, display=display)
    except Exception as error:  # the converter raises many kinds
        raise ExtensionError(f"formula not understood: {tex!r}: {type(error).__name__} {error}") from error
    if "\\" in made:
        raise ExtensionError(f"formula with an unknown command: {tex!r}")
    return str(made)


def _inline(self: Any, node: nodes.math) -> None:
    self.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _block(self: Any, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math-block"))
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})</span>')
    self.body.append(mathml(node.astext(), "block"))
    self.body.append("</div>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer ``mathml``."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
