"""Figure of a loss budget: what leaves, by species and process, beside published ranges; atoms by element."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from exobase.report.labels import axis_label, formula, process
from exobase.report.style import SHADE, new_figure, palette
from exobase.summary.budget import Budget, BudgetEntry

CAPTION = (
    "Loss by species and process, with one standard error; open: not part of the totals. Grey: published ranges (a "
    "line where one value is given). Below: atoms by element, in the colours of the processes."
)
_PUBLISHED = "#BDBDBD"


def budget(found: Budget) -> Figure | None:
    """The rows of a budget on a logarithmic axis, and its elements; None where nothing leaves."""
    rows = [row for row in found.rows if row.rate > 0.0]
    if not rows:
        return None
    elements = list(found.elements)
    processes = list(dict.fromkeys(_family(row.process) for row in rows))
    colours = {name: palette()[k % len(palette())] for k, name in enumerate(processes)}
    heights = [0.32 * len(rows) + 0.7, 0.32 * len(elements) + 0.7]
    figure = new_figure(6.8, sum(heights) if elements else heights[0])
    if elements:
        upper, lower = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": heights})
        _rows(upper, rows, colours)
        _elements(lower, found, colours)
        lower.set_xlabel(axis_label("Loss", "s-1"))
    else:
        upper = figure.subplots()
        _rows(upper, rows, colours)
        upper.set_xlabel(axis_label("Loss", "s-1"))
    handles = [Patch(color=colours[name], label=process(name.replace("_", " "))) for name in processes]
    if any(row.published for row in rows):
        handles.append(Patch(color=_PUBLISHED, label="published"))
    figure.legend(handles=handles, loc="outside upper center", ncols=min(4, len(handles)))
    return figure


def _rows(axes: Axes, rows: Sequence[BudgetEntry], colours: dict[str, str]) -> None:
    """One line for each species and process, the first on top."""
    ends = [x for row in rows for x in (row.rate, *(end for p in row.published for end in (p.low, p.high))) if x > 0.0]
    axes.set_xscale("log")
    axes.set_xlim(10.0 ** math.floor(math.log10(min(ends)) - 0.2), 10.0 ** math.ceil(math.log10(max(ends)) + 0.1))
    for y, row in enumerate(rows):
        if y % 2:
            axes.axhspan(y - 0.5, y + 0.5, color=SHADE, alpha=0.45, lw=0.0, zorder=0)
        for published in row.published:
            if published.low == published.high:
                axes.plot([published.low] * 2, [y - 0.4, y + 0.4], color=_PUBLISHED, lw=3.0, zorder=1)
            else:
                axes.fill_betweenx([y - 0.36, y + 0.36], published.low, published.high, color=_PUBLISHED, lw=0.0)
        colour = colours[_family(row.process)]
        axes.errorbar(
            row.rate, y, xerr=row.stderr, color=colour, marker="o", ms=5.5, elinewidth=1.2,
            mfc=colour if row.counted else "white",
        )  # fmt: skip
    axes.set_yticks(range(len(rows)), [_label(row) for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0.0)


def _family(name: str) -> str:
    """What a process and its variants ("pickup, low obstacle") are called together."""
    return name.partition(",")[0]


def _label(row: BudgetEntry) -> str:
    return f"{formula(row.species)}, {process(row.process.replace('_', ' '))}"


def _elements(axes: Axes, found: Budget, colours: dict[str, str]) -> None:
    """Total of each element, and a point for each process that takes it."""
    for y, (element, total) in enumerate(found.elements.items()):
        axes.plot([total.value] * 2, [y - 0.4, y + 0.4], color="black", lw=1.5)
        for name, part in found.element_processes[element].items():
            if part.value > 0.0:
                axes.plot(part.value, y, "o", ms=5.5, color=colours[_family(name)])
    axes.set_yticks(range(len(found.elements)), [f"{element} atoms" for element in found.elements])
    axes.set_ylim(len(found.elements) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0.0)
    axes.plot([], [], color="black", lw=1.5, label="total")
    axes.legend(loc="lower right")
