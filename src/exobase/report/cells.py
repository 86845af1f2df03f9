"""Colours of cells, with those that are empty left out and those that are poorly known hatched."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, ListedColormap, LogNorm, Normalize
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from exobase.report.style import FloatArray, plain_number

POORLY_KNOWN = 0.5
"""Relative standard error beyond which a cell is pale and hatched."""

_DECADES = 6.0
_PALE = ListedColormap([(1.0, 1.0, 1.0, 0.6)])  # over the colour of a cell, so that a hot one does not stand out
_HATCH = "#505050"


def norm_of(values: FloatArray, decades: float = _DECADES) -> Normalize:
    """Logarithmic colours, at most so many decades; linear ones where the values differ by less than a factor 10."""
    top = float(values.max())
    bottom = max(float(values[values > 0.0].min()), top * 10.0**-decades)
    return Normalize(0.0, top) if bottom > 0.1 * top else LogNorm(bottom, top)


def part_of(name: str, low: float, high: float) -> Colormap:
    """The colours of a colour map between two parts of its range, so that lines stay readable on them."""
    return ListedColormap(mpl.colormaps[name](np.linspace(low, high, 256)))


def plain_ticks(bar: Colorbar) -> None:
    """Numbers in place of powers of ten beside logarithmic colours that span less than two decades."""
    if isinstance(bar.norm, LogNorm) and float(bar.norm.vmax or 1.0) < 100.0 * float(bar.norm.vmin or 1.0):
        axis = bar.long_axis
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 3.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(plain_number))
        axis.set_minor_formatter(NullFormatter())


def poorly_known(values: FloatArray, error: FloatArray) -> npt.NDArray[np.bool_]:
    """Cells that rest on few particles: with a value whose relative error exceeds POORLY_KNOWN or is infinite."""
    return np.asarray((values > 0.0) & (np.nan_to_num(error, nan=0.0, posinf=np.inf) > POORLY_KNOWN * values))


def well_known(values: FloatArray, error: FloatArray) -> FloatArray:
    """The values that set the colours: those that are not poorly known, or all where there are no others."""
    kept = values[(values > 0.0) & ~poorly_known(values, error)]
    return kept if kept.size else values


def draw_cells(
    axes: Axes,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    values: FloatArray,
    error: FloatArray,
    norm: Normalize,
    cmap: str | Colormap = "cividis",
) -> Any:
    """Cells [x, y] between the edges x, y: empty ones white, pale and hatched where poorly known."""
    shown = np.ma.masked_where(~(values > 0.0), values).T
    mesh = axes.pcolormesh(x, y, shown, norm=norm, cmap=cmap, rasterized=True, zorder=1)
    poor = poorly_known(values, error)
    if poor.any():
        hatched = np.ma.masked_where(~poor, values).T
        axes.pcolor(x, y, hatched, cmap=_PALE, hatch="////", edgecolors=_HATCH, linewidth=0.0, zorder=1.5)
    return mesh
