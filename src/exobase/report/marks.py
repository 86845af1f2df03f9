"""What figures along the vertical share: points with error bars, and the line of the exobase."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from exobase.io.results import Result
from exobase.report.labels import formula
from exobase.report.style import GUIDE, POINTS, FloatArray, Height, faint, species_colours


def mark_exobase(result: Result, axes: Axes, height: Height, rows: list[int] | None = None, text: bool = False) -> None:
    """A dashed line at the exobase, one where the species share it; text: with its place in the legend."""
    if "exobase/radius" not in result:
        return
    radii = np.asarray(result["exobase/radius"], dtype=float)
    inner = float(result["grid/edges"][0])
    colours = species_colours(result)
    marked: list[float] = []
    for row in range(len(radii)) if rows is None else rows:
        r = float(radii[row])
        if not np.isfinite(r) or r <= inner * (1 + 1e-9) or any(abs(r / other - 1) < 1e-6 for other in marked):
            continue
        marked.append(r)
        shared = np.sum(np.abs(radii / r - 1) < 1e-6) > 1 or len(radii) == 1
        colour = GUIDE if shared else colours[result.species[row]]
        axes.axhline(float(height.convert(r)), color=colour, ls=(0, (6, 3)), lw=0.9, zorder=0)
        if text:
            label = "exobase" if shared else f"exobase of {formula(result.species[row])}"
            axes.plot([], [], color=colour, ls=(0, (6, 3)), lw=0.9, label=f"{label}, {height.text(r)}")


def points(
    axes: Axes, x: npt.ArrayLike, y: npt.ArrayLike, stderr: npt.ArrayLike, colour: str, label: str, marker: str = "o"
) -> None:
    """Values with error bars; markers other than circles are hollow."""
    error = np.nan_to_num(np.asarray(stderr, dtype=float), posinf=0.0)
    face = colour if marker == "o" else "white"
    style = {**POINTS, "marker": marker}
    axes.errorbar(
        x,
        y,
        xerr=error,
        color=colour,
        ecolor=faint(colour),
        markerfacecolor=face,
        markeredgewidth=0.8,
        label=label or None,
        **style,
    )


def over_neighbours(
    height: Height, r: FloatArray, values: FloatArray, errors: FloatArray, most: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Place as shown, mean and error of neighbouring cells together, at most so many groups of equal height as shown.

    r [m], values and errors [cell]. Cells are weighted by their errors, which are combined as independent; all alike
    where none has an error.
    """
    place = np.asarray(height.convert(r), dtype=float)
    shown = np.log(np.maximum(place, height.low)) if height.log else place
    if not shown.size:
        return place, values, errors
    edges = np.linspace(shown.min(), shown.max(), most + 1)[1:-1]
    group = np.searchsorted(edges, shown)
    known = errors > 0.0
    weight = 1.0 / np.where(known, errors, errors[known].max()) ** 2 if known.any() else np.ones_like(errors)
    total = np.bincount(group, weight)
    held = total > 0.0
    mean, at = (np.bincount(group, weight * x)[held] / total[held] for x in (values, place))
    return at, mean, 1.0 / np.sqrt(total[held]) if known.any() else np.zeros_like(mean)


def mark_background(result: Result, axes: Axes, height: Height, text: bool = False) -> None:
    """Lines at the exobase of the background and at the top of collisions; text: with their places in the legend."""
    about = result.attributes("background")
    low, high = (float(edge) for edge in np.asarray(result["grid/edges"])[[0, -1]])
    for key, name, style in (("exobase_radius", "exobase", (0, (6, 3))), ("top", "collisions end", (0, (1, 2)))):
        r = about.get(key)
        if not isinstance(r, int | float) or not np.isfinite(r) or not low < r < high:
            continue
        if float(height.convert(float(r))) > height.high:
            continue
        axes.axhline(float(height.convert(r)), color=GUIDE, ls=style, lw=0.9, zorder=0)
        if text:
            axes.plot([], [], color=GUIDE, ls=style, lw=0.9, label=f"{name}, {height.text(float(r))}")


def vertical_points(
    axes: Axes, x: npt.ArrayLike, y: npt.ArrayLike, stderr: npt.ArrayLike, colour: str, label: str, marker: str = "o"
) -> None:
    """Values with error bars along y, nothing where there are none; markers other than circles are hollow."""
    values, error = np.asarray(y, dtype=float), np.nan_to_num(np.asarray(stderr, dtype=float), posinf=0.0)
    if not values.size:
        return
    face = colour if marker == "o" else "white"
    style = {**POINTS, "marker": marker}
    axes.errorbar(
        x, values, yerr=error, color=colour, ecolor=faint(colour), markerfacecolor=face, markeredgewidth=0.8,
        label=label or None, **style,
    )  # fmt: skip
