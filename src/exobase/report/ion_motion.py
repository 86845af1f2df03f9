"""Figures of runs with ions: velocities relative to the solar wind, and what reaches the inner boundary."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc

from exobase.constants import EV
from exobase.geometry.spheres import sphere_area
from exobase.io.results import Result
from exobase.report.cells import draw_cells, norm_of
from exobase.report.labels import axis_label, formula
from exobase.report.marks import vertical_points
from exobase.report.style import (
    GUIDE,
    THEORY,
    FloatArray,
    legend_above,
    new_figure,
    nothing_here,
    palette,
    panel_label,
    species_colours,
)

_DECADES = 5.0


def ring(result: Result) -> Figure | None:
    """Phase-space density by velocity along and across the magnetic field, relative to the solar wind."""
    if "ring/number" not in result:
        return None
    number = np.asarray(result["ring/number"])
    seen = [k for k in range(len(result.species)) if np.any(number[k] > 0.0)]
    if not seen:
        return None
    across, along = (np.asarray(result[f"ring/{key}_edges"]) * 1e-3 for key in ("across", "along"))
    volume = math.pi * np.diff(across**2)[:, None] * np.diff(along)
    figure = new_figure(6.8, 0.9 + 2.8 * len(seen))
    panels = figure.subplots(len(seen), 1, sharex=True, squeeze=False)[:, 0]
    for axes, k in zip(panels, seen, strict=True):
        f, error = number[k] / volume, result.stderr("ring/number")[k] / volume
        mesh = draw_cells(axes, along, across, f.T, error.T, norm_of(f, _DECADES))
        figure.colorbar(mesh, ax=axes, label="Ions per (km s$^{-1}$)$^3$", shrink=0.9)
        _mark_pickup(axes, result)
        panel_label(axes, formula(result.species[k]))
        axes.set_aspect("equal")
        axes.set_xlim(along[0], along[-1])
        axes.set_ylim(0.0, across[-1])
    panels[-1].set_xlabel(axis_label("Velocity along the magnetic field, relative to the wind", "km s-1"))
    for axes in panels:
        axes.set_ylabel(axis_label("Across the field", "km s-1"))
    legend_above(figure, panels, 3)
    return figure


def rain_map(result: Result) -> Figure | None:
    """Number and energy flux that reach the inner boundary, by latitude and local time."""
    if "rain/flux" not in result:
        return None
    flux = np.asarray(result["rain/flux"])
    seen = [k for k in range(len(result.species)) if np.any(flux[k] > 0.0)]
    if not seen:
        return None
    hours = 12.0 + np.degrees(np.asarray(result["rain/longitude_edges"])) / 15.0
    latitude = np.degrees(np.asarray(result["rain/latitude_edges"]))
    figure = new_figure(9.4, 0.6 + 2.5 * len(seen))
    panels = figure.subplots(len(seen), 2, sharex=True, sharey=True, squeeze=False)
    shown = (
        ("rain/flux", 1e-4, axis_label("Flux", "cm-2 s-1")),
        ("rain/energy_flux", 1e3, axis_label("Energy flux", "mW m-2")),
    )
    for line, k in zip(panels, seen, strict=True):
        for axes, (name, factor, label) in zip(line, shown, strict=True):
            values, error = result[name][k] * factor, result.stderr(name)[k] * factor
            panel_label(axes, formula(result.species[k]))
            if np.any(values > 0.0):
                mesh = draw_cells(axes, hours, latitude, values.T, error.T, norm_of(values))
                figure.colorbar(mesh, ax=axes, label=label)
            else:
                nothing_here(axes, "none")
            axes.set_xticks([0, 6, 12, 18, 24])
            axes.set_yticks([-90, -45, 0, 45, 90])
    for axes in panels[-1]:
        axes.set_xlabel("Local time (h; noon to the Sun, 18 h at +$y$)")
    for axes in panels[:, 0]:
        axes.set_ylabel("Latitude (degrees)")
    return figure


def rain(result: Result) -> Figure | None:
    """What reaches the inner boundary by energy and by the cosine of its angle to the vertical."""
    if "rain/rate" not in result or not np.any(np.asarray(result["rain/rate"]) > 0.0):
        return None
    colours = species_colours(result)
    edges = np.asarray(result["energy/edges"], dtype=float) / EV / 1e3
    energy, width = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
    area = float(sphere_area(result.case.get("r_inner") or result["grid/edges"][0])) * 1e4
    figure = new_figure(8.4, 3.8)
    left, right = figure.subplots(1, 2, width_ratios=[1.3, 1.0])
    seen, highest = [], 0.0
    for row, name in enumerate(result.species):
        rate, error = np.asarray(result["rain/rate"])[row], np.nan_to_num(result.stderr("rain/rate")[row], posinf=0.0)
        if not np.any(rate > 0.0):
            continue
        flux, spread = rate.sum(axis=1) / width / area, np.sqrt((error**2).sum(axis=1)) / width / area
        kept = flux > 0.0
        vertical_points(left, energy[kept], flux[kept], spread[kept], colours[name], formula(name))
        seen.append(flux[kept])
        highest = max(highest, float(edges[1:][kept][-1]))
        cells = rate.shape[1]
        by, by_error = rate.sum(axis=0), np.sqrt((error**2).sum(axis=0))
        mean = float(by.mean())
        cosine = (np.arange(cells) + 0.5) / cells
        vertical_points(right, cosine, by / mean, by_error / mean, colours[name], formula(name))
    _log_flux(left, edges, np.concatenate(seen), highest)
    left.set_xlabel("Kinetic energy (keV)")
    left.set_ylabel(axis_label("Mean flux", "cm-2 s-1 keV-1"))
    right.plot([0.0, 1.0], [0.0, 2.0], color=THEORY, lw=1.0, zorder=0, label="isotropic")
    right.set_xlim(0.0, 1.0)
    right.set_ylim(bottom=0.0)
    right.set_xlabel("Cosine of the angle to the vertical")
    right.set_ylabel("Rate per cosine / mean")
    legend_above(figure, (left, right), 6)
    return figure


def _mark_pickup(axes: Axes, result: Result) -> None:
    """The circle of the speed of the undisturbed wind, and where on it ions are born that are at rest."""
    setup: dict[str, Any] = result.case.get("field") or {}
    speed = float(setup.get("speed") or 0.0) * 1e-3
    if speed <= 0.0:
        return
    red = palette()[1]
    axes.add_patch(Arc((0.0, 0.0), 2.0 * speed, 2.0 * speed, theta1=0.0, theta2=180.0, color=red, lw=1.3, zorder=3))
    axes.plot([], [], color=red, lw=1.3, label="speed of the undisturbed wind")
    cone, clock, turn = (float(setup.get(key) or 0.0) for key in ("cone", "clock", "aberration"))
    # -u b/b of the wind u = U (-cos, sin, 0) of the aberration angle
    cosine = math.cos(turn) * math.cos(cone) - math.sin(turn) * math.sin(cone) * math.sin(clock)
    place = (speed * cosine, speed * math.sqrt(max(1.0 - cosine**2, 0.0)))
    axes.plot(
        *place, marker="D", ms=6.0, mfc="white", mec=red, mew=1.4, ls="none", zorder=4, label="at rest at the body"
    )
    axes.axvline(0.0, color=GUIDE, lw=0.6, zorder=2)


def _log_flux(axes: Axes, edges: FloatArray, positive: FloatArray, top_energy: float) -> None:
    """Energies up to the highest, linear or logarithmic as the cells are, fluxes logarithmic over so many decades."""
    widths = np.diff(edges)
    if widths[-1] > 3.0 * widths[0]:
        axes.set_xscale("log")
        axes.set_xlim(edges[0] if edges[0] > 0.0 else edges[1], top_energy)
    else:
        axes.set_xlim(edges[0], top_energy)
    axes.set_yscale("log")
    if positive.size:
        low, top = float(positive.min()), float(positive.max())
        axes.set_ylim(max(0.3 * low, top * 10.0**-_DECADES), 3.0 * top)
