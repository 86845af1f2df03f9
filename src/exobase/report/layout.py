"""Placing of panels, and PNG files, in a fraction of the time that matplotlib takes by default.

Constrained layout measures the text of every axis, and places all ticks anew whenever it asks an axis or one of its
spines for its size, about fifteen times for each axis of a figure. Minor ticks have no labels, and spines lie on the
edges of their panel. So both are left out of the measuring; the panels have the same places as with them.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import BinaryIO

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import Locator, LogLocator, NullLocator
from PIL import Image

_FINE, _COARSE = 1.5, 6.0  # decades
_COMPRESSION = 4  # of zlib: figures are within 3 % as small as at 6, and written in half the time


class QuickLayout(ConstrainedLayoutEngine):
    """Constrained layout that measures only what can reach beyond a panel: labels of major ticks, titles, legends."""

    def execute(self, fig: Figure) -> None:
        """Place the panels of a figure."""
        with _labels_only(fig):
            super().execute(fig)


def thin_ticks(figure: Figure) -> Figure:
    """Leave minor ticks at 2 and 5 only on logarithmic axes of more than _FINE decades, none beyond _COARSE.

    A tick costs as much as a point with its error bar, and eight of them to a decade are more than the data.
    """
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            if axis.get_scale() != "log" or not axis.isDefault_minloc or not 0.0 < low < high:
                continue
            decades = math.log10(high / low)
            if decades > _FINE:
                axis.set_minor_locator(LogLocator(subs=(2.0, 5.0)) if decades < _COARSE else NullLocator())
    return figure


def write_png(figure: Figure, stream: BinaryIO, dpi: float) -> None:
    """Draw a figure once and write it as PNG; ``savefig`` draws twice, first to measure what it then saves.

    dpi: dots per inch. The figure keeps its own resolution.
    """
    own = figure.dpi
    figure.set_dpi(dpi)
    try:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        pixels = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
        image = Image.frombuffer("RGBA", canvas.get_width_height(), pixels, "raw", "RGBA", 0, 1)
        image.convert("RGB").save(stream, format="png", dpi=(dpi, dpi), compress_level=_COMPRESSION)
    finally:
        figure.set_dpi(own)


@contextlib.contextmanager
def _labels_only(figure: Figure) -> Iterator[None]:
    """Within the block no axis has minor ticks without labels, and spines are not measured."""
    locators: list[tuple[Axis, Locator, bool]] = []
    spines = [spine for axes in figure.axes for spine in axes.spines.values() if spine.get_in_layout()]
    for axes in figure.axes:
        for axis in _axes_without_minor_labels(axes):
            locators.append((axis, axis.get_minor_locator(), bool(axis.isDefault_minloc)))
            axis.set_minor_locator(NullLocator())
    for spine in spines:
        spine.set_in_layout(False)
    try:
        yield
    finally:
        for spine in spines:
            spine.set_in_layout(True)
        for axis, locator, default in locators:
            axis.set_minor_locator(locator)
            axis.isDefault_minloc = default


def _axes_without_minor_labels(axes: Axes) -> list[Axis]:
    shown = (axis for axis in (axes.xaxis, axes.yaxis) if not isinstance(axis.get_minor_locator(), NullLocator))
    return [axis for axis in shown if not any(axis.get_minor_formatter().format_ticks(list(axis.get_minorticklocs())))]
