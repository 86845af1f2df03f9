"""Figures of test-particle runs by energy and angle: fluxes through surfaces, escape by process, convergence."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from exobase.constants import EV
from exobase.io.results import Result
from exobase.report.labels import axis_label, formula, process, unit
from exobase.report.marks import vertical_points
from exobase.report.style import (
    GUIDE,
    SHADE,
    THEORY,
    FloatArray,
    Height,
    height_of,
    legend_above,
    new_figure,
    panel_label,
    plain_number,
    powers,
    species_colours,
)

_DECADES = 7.0
_MOST_SURFACES = 8
_WAYS = (("up", "o"), ("down", "v"))


def spectra(result: Result) -> Figure | None:
    """Differential flux upward and downward through every surface, with the escape energy there."""
    if "surface/spectrum_up" not in result:
        return None
    edges = np.asarray(result["energy/edges"], dtype=float) / EV
    energy, height = _middles(edges), height_of(result)
    panels = _surface_panels(result, "surface/spectrum_up", "surface/spectrum_down")
    if panels is None:
        return None
    figure, chosen = panels
    colours = species_colours(result)
    for k, axes in chosen:
        seen, least = [], 0.0
        for row, name in enumerate(result.species):
            for way, marker in _WAYS:
                flux = result[f"surface/spectrum_{way}"][row, k] * EV * 1e-4
                error = result.stderr(f"surface/spectrum_{way}")[row, k] * EV * 1e-4
                kept = flux > 0.0
                label = f"{formula(name)} {way}wards"
                vertical_points(axes, energy[kept], flux[kept], error[kept], colours[name], label, marker)
                seen.append(flux)
            least = max(least, _mark_escape(axes, result, row, float(result["surface/radius"][k]), colours[name]))
        _energy_axis(axes, edges, np.array(seen), least)
        panel_label(axes, _surface(height, result, k))
        axes.set_xlabel("Kinetic energy (eV)")
        axes.set_ylabel(axis_label("Flux", "cm-2 s-1 eV-1"))
    legend_above(figure, [axes for _, axes in chosen], 4)
    return figure


def angles(result: Result) -> Figure | None:
    """Flux per cosine of the angle to the vertical through every surface, over that of an isotropic gas."""
    if "surface/angle_up" not in result:
        return None
    panels = _surface_panels(result, "surface/angle_up", "surface/angle_down")
    if panels is None:
        return None
    figure, chosen = panels
    height, colours = height_of(result), species_colours(result)
    cells = result["surface/angle_up"].shape[2]
    cosine = (np.arange(cells) + 0.5) / cells
    for k, axes in chosen:
        for row, name in enumerate(result.species):
            for way, marker in _WAYS:
                flux = result[f"surface/angle_{way}"][row, k]
                mean = float(flux.mean())
                if mean <= 0.0:
                    continue
                error = result.stderr(f"surface/angle_{way}")[row, k]
                label = f"{formula(name)} {way}wards"
                vertical_points(axes, cosine, flux / mean, error / mean, colours[name], label, marker)
        axes.plot([0.0, 1.0], [0.0, 2.0], color=THEORY, lw=1.0, zorder=0, label="isotropic")
        panel_label(axes, _surface(height, result, k))
        axes.set_xlim(0.0, 1.0)
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel("Cosine of the angle to the vertical")
        axes.set_ylabel("Flux per cosine / mean")
    legend_above(figure, [axes for _, axes in chosen], 4)
    return figure


def escape(result: Result) -> Figure | None:
    """Escape rate of every species by process, and its spectrum at infinity."""
    rate = np.asarray(result["escape/by_process"])
    if not np.any(rate > 0.0):
        return None
    colours, names = species_colours(result), [str(n) for n in result["process/names"]]
    shown = [j for j in range(len(names)) if np.any(rate[:, j] > 0.0)]
    figure = new_figure(8.4, max(3.4, 1.6 + 0.4 * len(shown)))
    left, right = figure.subplots(1, 2, width_ratios=[1.0, 1.2])
    for row, name in enumerate(result.species):
        by, error = rate[row], result.stderr("escape/by_process")[row]
        for place, j in enumerate(shown):
            if by[j] > 0.0:
                label = formula(name)
                left.errorbar(
                    by[j],
                    place,
                    xerr=np.nan_to_num(error[j], posinf=0.0),
                    color=colours[name],
                    fmt="o",
                    ms=4.0,
                    label=label,
                )
        spectrum = np.asarray(result["escape/spectrum"])[row].sum(axis=0) * EV
        spread = np.sqrt((np.nan_to_num(result.stderr("escape/spectrum")[row], posinf=0.0) ** 2).sum(axis=0)) * EV
        energy, kept = _middles(np.asarray(result["energy/edges"], dtype=float) / EV), spectrum > 0.0
        vertical_points(right, energy[kept], spectrum[kept], spread[kept], colours[name], formula(name))
    left.set_yticks(range(len(shown)), [process(names[j]).replace(", ", ",\n") for j in shown])
    left.set_ylim(len(shown) - 0.5, -0.5)
    left.set_xscale("log")
    positive = rate[rate > 0.0]
    left.set_xlim(max(0.4 * float(positive.min()), 1e-8 * float(positive.max())), 2.5 * float(positive.max()))
    left.set_xlabel(axis_label("Escape rate", "s-1"))
    whole = np.asarray(result["escape/spectrum"]).sum(axis=1) * EV
    _energy_axis(right, np.asarray(result["energy/edges"], dtype=float) / EV, whole)
    right.set_xlabel("Kinetic energy at infinity (eV)")
    right.set_ylabel(axis_label("Escape rate per energy", "s-1 eV-1"))
    legend_above(figure, (left, right), 6)
    return figure


def convergence(result: Result) -> Figure | None:
    """Mean escape rate over the first batches with its error, and the relative error, against their number."""
    series = result.get("series/escape_rate")
    if series is None or len(series) < 4 or not np.any(series > 0.0):
        return None
    colours = species_colours(result)
    number = np.unique(np.geomspace(2, len(series), 60).astype(int))
    figure = new_figure(5.6, 5.0)
    top, bottom = figure.subplots(2, 1, sharex=True)
    half = 0.0
    for row, name in enumerate(result.species):
        final = float(np.mean(series[:, row]))
        if final <= 0.0:
            continue
        mean, error = running(series[:, row], number)
        label = f"{formula(name)}, {powers(final)} {unit('s-1')}"
        vertical_points(top, number, mean / final, error / final, colours[name], label)
        kept = mean > 0.0
        bottom.plot(number[kept], error[kept] / mean[kept], color=colours[name], marker="o", ms=3.0, ls="none")
        bottom.plot(number, error[-1] / final * np.sqrt(number[-1] / number), color=colours[name], lw=0.9, zorder=0)
        half = max(half, 3.0 * float(error[len(number) // 2] / final))
    top.axhline(1.0, color=GUIDE, lw=0.8, zorder=0)
    half = half or 0.1  # without any scatter
    top.set_ylim(1.0 - min(half, 1.0), 1.0 + half)
    top.set_ylabel("Mean of the first batches\n/ mean of all")
    aim = result.case.get("run", {}).get("target_error")
    if aim:
        bottom.axhline(float(aim), color=GUIDE, ls=(0, (6, 3)), lw=0.9, zorder=0)
        bottom.plot([], [], color=GUIDE, ls=(0, (6, 3)), lw=0.9, label=f"aim {100 * float(aim):g} %")
    bottom.plot([], [], color=GUIDE, lw=0.9, label="as 1/sqrt(number)")
    bottom.set_xscale("log")
    bottom.set_yscale("log")
    bottom.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    bottom.xaxis.set_major_formatter(FuncFormatter(plain_number))
    bottom.xaxis.set_minor_formatter(NullFormatter())
    bottom.set_xlabel("Number of batches")
    bottom.set_ylabel("Relative standard error")
    legend_above(figure, (top, bottom), 3)
    return figure


def escape_zenith(result: Result) -> Figure | None:
    """Escape rate against the solar zenith angle at which particles leave, where births lie on the lit side."""
    rate = np.asarray(result["escape/zenith"])
    if "map/zenith_edges" not in result and "map/latitude_edges" not in result:
        return None
    if not np.any(rate > 0.0):
        return None
    colours, cells = species_colours(result), rate.shape[1]
    cosine = -1.0 + 2.0 * (np.arange(cells) + 0.5) / cells
    figure = new_figure(5.0, 3.6)
    axes = figure.subplots()
    for row, name in enumerate(result.species):
        density, error = 0.5 * cells * rate[row], 0.5 * cells * result.stderr("escape/zenith")[row]
        vertical_points(axes, cosine, density, error, colours[name], formula(name))
    axes.axvspan(-1.0, 0.0, color=SHADE, zorder=-1)
    axes.set_xlim(-1.0, 1.0)
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("Cosine of the solar zenith angle")
    axes.set_ylabel(axis_label("Escape rate per cosine", "s-1"))
    legend_above(figure, (axes,), 6)
    return figure


def running(series: FloatArray, number: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means of the first ``number`` (at least 2) batches of a series and their standard errors."""
    n = np.arange(1, len(series) + 1)
    scale = float(np.max(np.abs(series))) or 1.0
    first, second = np.cumsum(series / scale) / n, np.cumsum((series / scale) ** 2) / n
    mean, square = first[number - 1], second[number - 1]
    return scale * mean, scale * np.sqrt(np.maximum(square - mean**2, 0.0) / (number - 1))


def _surface_panels(result: Result, *names: str) -> tuple[Figure, list[tuple[int, Axes]]] | None:
    """A figure with a panel for every surface that was crossed (some of them where there are many)."""
    crossed = [k for k in range(len(result["surface/radius"])) if any(np.any(result[n][:, k] > 0.0) for n in names)]
    if not crossed:
        return None
    if len(crossed) > _MOST_SURFACES:
        crossed = [crossed[i] for i in np.linspace(0, len(crossed) - 1, _MOST_SURFACES).astype(int)]
    columns = min(len(crossed), 2)
    rows = -(-len(crossed) // columns)
    figure = new_figure(1.0 + 3.6 * columns, 0.8 + 2.7 * rows)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[len(crossed) :]:
        axes.set_visible(False)
    return figure, list(zip(crossed, panels, strict=False))


def _mark_escape(axes: Axes, result: Result, row: int, radius: float, colour: str) -> float:
    """A line at the escape energy G M m/r of a species, which is returned [eV]; 0 without gravity."""
    gm = float(result.case.get("gm", 0.0))
    if gm <= 0.0:
        return 0.0
    energy = gm * float(result["species/mass"][row]) / radius / EV
    axes.axvline(energy, color=colour, ls=(0, (6, 3)), lw=0.9, zorder=0)
    text = f"escape energy of {formula(result.species[row])}"
    axes.plot([], [], color=colour, ls=(0, (6, 3)), lw=0.9, label=text)
    return energy


def _energy_axis(axes: Axes, edges: FloatArray, values: FloatArray, least: float = 0.0) -> None:
    """Energies linear or logarithmic as the cells are, up to the highest with a value; fluxes over so many decades.

    values [..., energy]; least: energy that is shown in any case.
    """
    widths = np.diff(edges)
    used = np.flatnonzero((values > 0.0).reshape(-1, values.shape[-1]).any(axis=0))
    end = min(float(edges[-1]), 1.05 * max(least, float(edges[used[-1] + 1]))) if used.size else float(edges[-1])
    if widths[-1] > 3.0 * widths[0]:
        axes.set_xscale("log")
        axes.set_xlim(edges[0] if edges[0] > 0.0 else edges[1], end)
    else:
        axes.set_xlim(edges[0], end)
    positive = values[values > 0.0]
    if positive.size:
        axes.set_yscale("log")
        lowest, largest = float(positive.min()), float(positive.max())
        axes.set_ylim(max(0.3 * lowest, largest * 10.0**-_DECADES), 3.0 * largest)


def _middles(edges: FloatArray) -> FloatArray:
    return 0.5 * (edges[1:] + edges[:-1])


def _surface(height: Height, result: Result, k: int) -> str:
    return height.text(float(result["surface/radius"][k]))
