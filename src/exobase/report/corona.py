"""Figures of test-particle runs against altitude: the corona, the background, sources and heating, and maps."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from exobase.geometry.spheres import layer_volumes
from exobase.io.results import Result
from exobase.report.cells import draw_cells, norm_of, well_known
from exobase.report.labels import axis_label, formula, process, unit
from exobase.report.marks import mark_background, points
from exobase.report.style import (
    GUIDE,
    FloatArray,
    height_of,
    legend_above,
    new_figure,
    nothing_here,
    palette,
    panel_label,
    species_colours,
)

_DECADES = 8.0
_PER_ROW = 3
_BEYOND = 30.0  # of the largest density, up to which the background is shown beside it
_DASHES = ("-", "--", "-.", ":")


def corona(result: Result) -> Figure | None:
    """Density of every followed species against altitude, in total and by process, over the background."""
    seen = [k for k in range(len(result.species)) if np.any(result["profile/density"][k] > 0.0)]
    if not seen:
        return None
    height, r = height_of(result), np.asarray(result["grid/r"])
    columns = min(len(seen), _PER_ROW)
    rows = -(-len(seen) // columns)
    figure = new_figure(max(5.4, 1.0 + 2.9 * columns), 0.8 + 4.0 * rows)
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    processes = [str(name) for name in result["process/names"]]
    shown = [j for j in range(len(processes)) if np.any(result["profile/density_by_process"][:, j] > 0.0)]
    for axes, row in zip(panels, seen, strict=False):
        n, stderr = result["profile/density"][row] * 1e-6, result.stderr("profile/density")[row] * 1e-6
        part = result["profile/density_by_process"][row] * 1e-6
        error = result.stderr("profile/density_by_process")[row] * 1e-6
        for place, j in enumerate(shown if len(shown) > 1 else []):
            kept = part[j] > 0.0
            colour = palette()[(place + 1) % len(palette())]
            points(axes, part[j][kept], height.convert(r[kept]), error[j][kept], colour, process(processes[j]), "s")
        kept = n > 0.0
        points(axes, n[kept], height.convert(r[kept]), stderr[kept], palette()[0], "all processes")
        _background_lines(axes, result)
        top = float(n.max())
        axes.set_xscale("log")
        axes.set_xlim(max(0.3 * float(n[kept].min()), top * 10.0**-_DECADES), _BEYOND * top)
        axes.set_xlabel(axis_label("Number density", "cm-3"))
        panel_label(axes, formula(result.species[row]))
        height.apply(axes)
        axes.label_outer()
        mark_background(result, axes, height, text=row == seen[0])
    for axes in panels[len(seen) :]:
        axes.set_visible(False)
    legend_above(figure, panels[: len(seen)], 2 if len(seen) == 1 else 3)
    return figure


def background(result: Result) -> Figure | None:
    """Densities and temperature of the given atmosphere, the exobase and the top of collisions."""
    if "background/r" not in result:
        return None
    height, r = height_of(result), np.asarray(result["background/r"])
    figure = new_figure(7.2, 4.4)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.6, 1.0])
    n = np.nan_to_num(np.asarray(result["background/density"], dtype=float)) * 1e-6
    for k, name in enumerate(result["background/species"]):
        colour = palette()[k % len(palette())]
        kept = n[k] > 0.0
        left.plot(n[k][kept], height.convert(r[kept]), color=colour, label=formula(str(name)))
        right.plot(result["background/temperature"][k], height.convert(r), color=colour, ls=_DASHES[k % len(_DASHES)])
    largest = float(n.max(initial=0.0))
    if largest <= 0.0:
        return None
    left.set_xscale("log")
    left.set_xlim(max(largest * 1e-14, 0.5 * float(n[n > 0.0].min())), 3.0 * largest)
    left.set_xlabel(axis_label("Number density", "cm-3"))
    right.set_xlabel("Temperature (K)")
    right.margins(x=0.15)
    for axes in (left, right):
        height.apply(axes)
        axes.label_outer()
        mark_background(result, axes, height, text=axes is left)
    left.set_ylim(height.low, min(float(height.convert(r[-1])), height.high))
    legend_above(figure, (left,), 5)
    return figure


def heating(result: Result) -> Figure | None:
    """Births of every species, and the power left in the background, against altitude."""
    born, power = _births_per_volume(result), np.asarray(result["profile/heating"])
    if not (np.any(born > 0.0) or np.any(power > 0.0)):
        return None
    height, colours = height_of(result), species_colours(result)
    figure = new_figure(7.2, 4.4)
    left, right = figure.subplots(1, 2, sharey=True)
    edges = np.asarray(result["births/edges"])
    middle = height.convert(0.5 * (edges[1:] + edges[:-1]))
    for row, name in enumerate(result.species):
        kept = born[row, 0] > 0.0
        if kept.any():
            points(left, born[row, 0][kept], middle[kept], born[row, 1][kept], colours[name], formula(name))
    if np.any(born > 0.0):
        _log_x(left, born[:, 0])
    else:
        nothing_here(left, "no births in the table")
    r, error = np.asarray(result["grid/r"]), result.stderr("profile/heating")
    kept = power > 0.0
    points(right, power[kept] * 1e-6, height.convert(r[kept]), error[kept] * 1e-6, palette()[0], "")
    if kept.any():
        _log_x(right, power * 1e-6)
    else:
        nothing_here(right, "no heating")
    left.set_xlabel(axis_label("Births", "cm-3 s-1"))
    right.set_xlabel(axis_label("Heating", "W cm-3"))
    for axes in (left, right):
        height.apply(axes)
        axes.label_outer()
        mark_background(result, axes, height, text=axes is left)
    used = [edges[1:][(born[:, 0] > 0.0).any(axis=0)], np.asarray(result["grid/edges"])[1:][power > 0.0]]
    highest = float(np.concatenate(used).max())
    left.set_ylim(height.low, min(float(height.convert(highest)), height.high))
    legend_above(figure, (left,), 5)
    return figure


def zenith_map(result: Result) -> Figure | None:
    """Density of every species against solar zenith angle and altitude."""
    if "map/zenith_density" not in result:
        return None
    density, errors = np.asarray(result["map/zenith_density"]) * 1e-6, result.stderr("map/zenith_density") * 1e-6
    seen = [k for k in range(len(result.species)) if np.any(density[k] > 0.0)]
    if not seen:
        return None
    height, angles = height_of(result), np.degrees(result["map/zenith_edges"])
    edges = height.convert(result["grid/edges"])
    figure = new_figure(max(4.6, 1.0 + 3.4 * len(seen)), 4.2)
    panels = figure.subplots(1, len(seen), sharey=True, squeeze=False)[0]
    for axes, row in zip(panels, seen, strict=True):
        values, error = density[row].T, errors[row].T
        mesh = draw_cells(axes, angles, edges, values, error, norm_of(well_known(values, error)))
        figure.colorbar(mesh, ax=axes, label=axis_label("Number density", "cm-3"))
        axes.set_xlabel("Solar zenith angle (degrees)")
        axes.set_xticks([0, 45, 90, 135, 180])
        panel_label(axes, formula(result.species[row]))
        height.apply(axes)
        axes.label_outer()
    return figure


def sphere_map(result: Result) -> Figure | None:
    """Density of every species on the sphere, in the shells at the exobase and at two altitudes above."""
    if "map/density" not in result:
        return None
    density, errors = np.asarray(result["map/density"]) * 1e-6, result.stderr("map/density") * 1e-6
    seen = [k for k in range(len(result.species)) if np.any(density[k] > 0.0)]
    if not seen:
        return None
    height, r = height_of(result), np.asarray(result["grid/r"])
    shells = _shells_shown(result)
    latitude, longitude = np.degrees(result["map/latitude_edges"]), np.degrees(result["map/longitude_edges"])
    figure = new_figure(1.0 + 3.4 * len(shells), 0.6 + 2.4 * len(seen))
    panels = figure.subplots(len(seen), len(shells), sharex=True, sharey=True, squeeze=False)
    for line, row in zip(panels, seen, strict=True):
        for axes, c in zip(line, shells, strict=True):
            values = density[row, c]
            panel_label(axes, f"{formula(result.species[row])}, {height.text(float(r[c]))}")
            if not np.any(values > 0.0):
                nothing_here(axes, "none sampled here")
                continue
            norm = norm_of(well_known(values, errors[row, c]))
            mesh = draw_cells(axes, longitude, latitude, values.T, errors[row, c].T, norm)
            figure.colorbar(mesh, ax=axes, label=unit("cm-3"))
    for axes in panels[-1]:
        axes.set_xlabel("Longitude from noon (degrees)")
    for axes in panels[:, 0]:
        axes.set_ylabel("Latitude (degrees)")
    return figure


def _background_lines(axes: Axes, result: Result) -> None:
    height, r = height_of(result), np.asarray(result["background/r"])
    for k, name in enumerate(result["background/species"]):
        n = np.asarray(result["background/density"][k]) * 1e-6
        axes.plot(
            n[n > 0.0], height.convert(r[n > 0.0]), color=GUIDE, lw=0.8, ls=_DASHES[k % len(_DASHES)], zorder=0,
            label=f"background {formula(str(name))}",
        )  # fmt: skip


def _births_per_volume(result: Result) -> FloatArray:
    """Births in the shells of the table, all energies, and their errors [species, 2, birth shell], cm-3 s-1."""
    volume = layer_volumes(result["births/edges"]) * 1e6
    rate, error = np.asarray(result["births/rate"]), np.nan_to_num(result.stderr("births/rate"), posinf=0.0)
    return np.stack([rate.sum(axis=2) / volume, np.sqrt((error**2).sum(axis=2)) / volume], axis=1)


def _log_x(axes: Axes, values: FloatArray) -> None:
    """A logarithmic axis over the positive values, at most so many decades."""
    top = float(values.max())
    axes.set_xscale("log")
    axes.set_xlim(max(0.3 * float(values[values > 0.0].min()), top * 10.0**-_DECADES), 3.0 * top)


def _shells_shown(result: Result) -> list[int]:
    """Shells of the map: that of the exobase (else the lowest), and one and two thirds up from there, in log height."""
    r, edges = np.asarray(result["grid/r"]), np.asarray(result["grid/edges"])
    exobase = result.attributes("background").get("exobase_radius")
    first = 0
    if isinstance(exobase, float) and edges[0] <= exobase < edges[-1]:
        first = int(np.searchsorted(edges, exobase, side="right")) - 1
    height = r - edges[0]
    wanted = height[first] * (height[-1] / height[first]) ** (np.arange(3) / 3.0)
    return sorted({first, *(int(np.abs(height - w).argmin()) for w in wanted[1:])})
