"""What pages are made of: style, sections, tables, and numbers to the digits their errors allow."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from exobase.io.results import Result

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
h1, h2, p, figcaption { overflow-wrap: break-word; }
.lead { color: #555; margin-top: .2rem; } figure { margin: 1.4rem 0; } figure img { max-width: 100%; height: auto; }
figcaption { color: #555; font-size: .9rem; } .wide { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: .9rem; } th { text-align: left; border-bottom: 2px solid #888; }
th, td { padding: .25rem .7rem .25rem 0; vertical-align: top; } td { border-bottom: 1px solid #ddd; }
sup, sub { line-height: 0; } th.n { text-align: right; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.pass { color: #00694d; font-weight: 600; } .fail { color: #b03a00; font-weight: 600; } .open { font-style: italic; }
.warning { border-left: 4px solid #e69f00; padding: .2rem .8rem; background: #fdf6e6; margin: .4rem 0; }
pre { background: #f5f5f5; padding: .8rem; overflow-x: auto; font-size: .82rem; } code { word-break: break-all; }
@media (max-width: 40rem) {
  body { margin: 1rem auto; padding: 0 .8rem; } table { font-size: .82rem; } td { min-width: 4.5rem; }
  td.n { min-width: 0; } td:last-child:not(.n) { min-width: 11rem; }
  .wide { background: linear-gradient(to left, #fff 40%, transparent) right / 2.4rem 100% no-repeat local,
    linear-gradient(to left, #aaa, transparent) right / 1rem 100% no-repeat scroll; }
}
"""


def section(title: str, content: str) -> str:
    """A headed section, nothing where it has no content."""
    return f"<h2>{title}</h2>\n{content}" if content else ""


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int] = ()) -> str:
    """A table of ready cells, nothing where there is no row; numeric: columns that are aligned right."""
    if not rows:
        return ""
    top = "".join(f"<th{' class=n' if k in numeric else ''}>{head}</th>" for k, head in enumerate(heads))
    lines = [
        "<tr>" + "".join(f"<td{' class=n' if k in numeric else ''}>{cell}</td>" for k, cell in enumerate(row)) + "</tr>"
        for row in rows
    ]
    return f'<div class="wide"><table><tr>{top}</tr>\n' + "\n".join(lines) + "</table></div>"


def of(result: Result, name: str, row: int) -> str:
    """A number of a result with its error, nothing where the result has none."""
    if name not in result:
        return ""
    return measured(float(result[name][row]), float(result.stderr(name)[row]))


def escaping(result: Result, name: str, row: int) -> str:
    """A rate or flux of escape with its error; where nothing escaped, the limit below which it lies with 95 %."""
    limit = result.get(f"{name}_upper_limit_95")
    if limit is not None and float(result[name][row]) == 0.0 and float(limit[row]) > 0.0:
        return f"&lt; {number(float(limit[row]), 2)} (95 %)"
    return of(result, name, row)


def measured(value: float, stderr: float) -> str:
    """A number with its standard error, both to the digits the error allows: (4.821 ± 0.019) × 10²⁶."""
    if not math.isfinite(value):
        return "none"
    if not (math.isfinite(stderr) and stderr > 0.0):
        return number(value)
    exponent = math.floor(math.log10(max(abs(value), stderr)))
    digits = min(max(0, exponent - math.floor(math.log10(stderr)) + 1), 12)
    if -3 <= exponent <= 4:
        places = max(0, digits - exponent)
        return f"{value:.{places}f} ± {stderr:.{places}f}"
    scale = 10.0**exponent
    return f"({value / scale:.{digits}f} ± {stderr / scale:.{digits}f}) × 10<sup>{exponent}</sup>"


def number(value: Any, digits: int = 4) -> str:
    """A number to so many digits; text as it is, nothing for None."""
    if not isinstance(value, (int, float, np.integer, np.floating)):
        return "" if value is None else text(str(value))
    x = float(value)
    if not math.isfinite(x):
        return "–"
    if x == 0.0 or -3 <= math.floor(math.log10(abs(x))) <= 5:
        return f"{x:.{digits}g}" if abs(x) < 10.0**digits else f"{x:.0f}"
    exponent = math.floor(math.log10(abs(x)))
    return f"{x / 10.0**exponent:.{digits - 1}f} × 10<sup>{exponent}</sup>"


def count(value: Any) -> str:
    """A whole number in groups of three digits."""
    if not isinstance(value, (int, float, np.integer, np.floating)):
        return "?"
    return f"{float(value):,.0f}".replace(",", "\u202f")


def plural(value: Any, noun: str) -> str:
    """A count with its noun, nothing for None."""
    return "" if value is None else f"{count(value)} {noun}{'' if value == 1 else 's'}"


def span(seconds: float) -> str:
    """A duration: 37 s, 4.2 min, 3.1 h."""
    if seconds < 100.0:
        return f"{seconds:.3g} s"
    return f"{seconds / 60.0:.3g} min" if seconds < 6000.0 else f"{seconds / 3600.0:.3g} h"


def text(value: str) -> str:
    """Text with what HTML would read as markup escaped."""
    return html.escape(value)
