"""Figures of the table of births: the probability that a particle born at an altitude with an energy escapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from exobase.constants import EV
from exobase.io.results import Result
from exobase.report.labels import formula
from exobase.report.marks import mark_background, points
from exobase.report.style import (
    GUIDE,
    FloatArray,
    Height,
    height_of,
    new_figure,
    nothing_here,
    palette,
    panel_label,
)

_DECADES = 5.0
_CURVES = 5
_EMPTY = "#CFCFCF"
_HATCH = "...."
_MAP_KEYS = (
    Patch(facecolor="white", edgecolor=GUIDE, hatch=_HATCH, lw=0.0, label="map: born, none escaped"),
    Patch(facecolor=_EMPTY, lw=0.0, label="map: none born"),
)


def escape_probability(result: Result) -> Figure | None:
    """Map of P(z, E) of every species, and P against altitude at some energies."""
    if "births/escape_probability" not in result:
        return None
    rate = np.asarray(result["births/rate"])
    seen = [k for k in range(len(result.species)) if np.any(rate[k] > 0.0)]
    if not seen:
        return None
    height = height_of(result)
    figure = new_figure(8.2, 0.7 + 3.6 * len(seen))
    panels = figure.subplots(len(seen), 2, sharey=True, squeeze=False)
    for (left, right), row in zip(panels, seen, strict=True):
        _probability_map(figure, left, result, row, height)
        _curves(right, result, row, height)
        panel_label(left, formula(result.species[row]))
        height.apply(left)
        born = np.flatnonzero((rate[row] > 0.0).any(axis=1))
        heights = height.convert(np.asarray(result["births/edges"])[[born[0], born[-1] + 1]])
        left.set_ylim(max(float(heights[0]), height.low), float(heights[1]))
        for axes in (left, right):
            axes.label_outer()
            mark_background(result, axes, height, text=axes is right)
        handles, labels = right.get_legend_handles_labels()
        place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.3}
        keys = _map_keys(result, row)
        right.legend([*handles, *keys], [*labels, *(key.get_label() for key in keys)], handlelength=1.2, **place)
    for axes in panels[-1]:
        axes.xaxis.set_tick_params(labelbottom=True)
    return figure


def _probability_map(figure: Figure, axes: Axes, result: Result, row: int, height: Height) -> None:
    p = np.asarray(result["births/escape_probability"][row], dtype=float)
    edges = np.asarray(result["energy/edges"], dtype=float) / EV
    altitude = height.convert(np.asarray(result["births/edges"]))
    columns = np.flatnonzero(np.isfinite(p).any(axis=0))
    axes.set_facecolor(_EMPTY)
    axes.set_xlim(edges[columns[0]], edges[columns[-1] + 1])
    axes.set_xlabel("Energy at birth (eV)")
    if not np.any(p > 0.0):
        nothing_here(axes, "nothing escapes")
        return
    top = min(float(np.nanmax(p)), 1.0)  # the estimate of a cell with few births may exceed 1
    # At least a decade: with one escaper all cells have nearly the same value.
    bottom = min(0.99 * max(float(np.nanmin(p[p > 0.0])), top * 10.0**-_DECADES), 0.1 * top)
    _none_escaped(axes, edges, altitude, p == 0.0)
    shown = np.ma.masked_where(~(p > 0.0), p)
    mesh = axes.pcolormesh(edges, altitude, shown, norm=LogNorm(bottom, top), cmap="cividis", rasterized=True)
    figure.colorbar(mesh, ax=axes, label="Escape probability")


def _map_keys(result: Result, row: int) -> list[Patch]:
    """Legend of the cells of a map that have no colour, of those that it has."""
    p = np.asarray(result["births/escape_probability"][row], dtype=float)
    present = (bool(np.any(p == 0.0)), not np.isfinite(p[:, np.isfinite(p).any(axis=0)]).all())
    return [key for key, there in zip(_MAP_KEYS, present, strict=True) if there]


def _none_escaped(axes: Axes, edges: FloatArray, altitude: FloatArray, where: npt.NDArray[np.bool_]) -> None:
    """Cells with births of which none escaped: white and hatched, as the legend says."""
    if where.any():
        cells = np.ma.masked_where(~where, np.ones(where.shape))
        white = ListedColormap(["white"])
        axes.pcolor(edges, altitude, cells, cmap=white, hatch=_HATCH, edgecolors=GUIDE, linewidth=0.0, zorder=1)


def _curves(axes: Axes, result: Result, row: int, height: Height) -> None:
    """P against altitude in groups of energy cells of about equal numbers of births."""
    rate = np.asarray(result["births/rate"][row], dtype=float)
    edges = np.asarray(result["energy/edges"], dtype=float) / EV
    shells = np.asarray(result["births/edges"], dtype=float)
    middle = height.convert(0.5 * (shells[1:] + shells[:-1]))
    lowest = 1.0
    for place, cells in enumerate(energy_groups(rate.sum(axis=0), _CURVES)):
        p, error = grouped(result, row, cells)
        kept = np.isfinite(p) & (p > 0.0)
        label = f"{edges[cells[0]]:.3g} to {edges[cells[-1] + 1]:.3g} eV"
        colour = palette()[place % len(palette())]
        points(axes, p[kept], middle[kept], error[kept], colour, label)
        lowest = min([lowest, *(float(x) for x in p[kept])])
    axes.set_xscale("log")
    axes.set_xlim(max(min(0.5 * lowest, 0.05), 10.0**-_DECADES), 2.0)
    axes.set_xlabel("Escape probability")


def energy_groups(weight: FloatArray, number: int) -> list[FloatArray]:
    """Runs of energy cells, at most ``number``, that hold about equal parts of the weight; empty cells at no end."""
    used = np.flatnonzero(weight > 0.0)
    if not used.size:
        return []
    share = np.cumsum(weight[used]) - 0.5 * weight[used]
    group = np.minimum((number * share / weight[used].sum()).astype(int), number - 1)
    return [used[group == g] for g in np.unique(group)]


def grouped(result: Result, row: int, cells: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Escape probability and error [birth shell] of births in some energy cells together, weighted by the births."""
    rate = np.asarray(result["births/rate"][row], dtype=float)[:, cells]
    p = np.nan_to_num(np.asarray(result["births/escape_probability"][row], dtype=float)[:, cells])
    error = np.nan_to_num(result.stderr("births/escape_probability")[row][:, cells], posinf=0.0)
    total = rate.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (rate * p).sum(axis=1) / total, np.sqrt(((rate * error) ** 2).sum(axis=1)) / total
