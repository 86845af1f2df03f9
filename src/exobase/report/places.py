"""Figures of a divided sphere: day and night, the plane through the Sun, fluxes by zenith angle."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter

from exobase.io.results import Result
from exobase.report.layout import QuickLayout
from exobase.report.style import PALETTE, POINTS, FloatArray, altitude_base, height_of

_PARTS = (("day", -1.0, 45.0, "-"), ("terminator", 67.5, 112.5, "--"), ("night", 135.0, 181.0, ":"))
"""Names of parts of the sphere, their zenith angles [deg], and their lines."""
_KNOWN = 0.5
"""Largest relative error of a density that is shown."""


def day_night(result: Result) -> Figure:
    """Density and temperature on the day side, at the terminator and on the night side."""
    figure = Figure(figsize=(8.0, 4.6), layout=QuickLayout())
    left, right = figure.subplots(1, 2, sharey=True)
    height, r = height_of(result), np.asarray(result["grid/r"], dtype=float)
    zenith = np.degrees(result["patch/sza"])
    for k, name in enumerate(result.species):
        for part, low, high, line in _PARTS:
            inside = (zenith > low) & (zenith < high)
            if not inside.any() and part != "terminator":
                inside = zenith == (zenith.min() if part == "day" else zenith.max())
            if not inside.any():
                continue
            n, error = _mean(result, "density", k, inside)
            t, t_error = _mean(result, "T", k, inside, weight=result["patch/density"][k][inside])
            good, label = (n > 0.0) & ~(error > _KNOWN * n), f"{name}, {part}"
            style = {"color": PALETTE[k % len(PALETTE)], "ls": line}
            y = height.convert(r)
            left.plot(1e-6 * n[good], y[good], label=label, **style)
            left.fill_betweenx(
                y[good], 1e-6 * (n - error)[good], 1e-6 * (n + error)[good], color=style["color"], alpha=0.2
            )
            right.plot(t[good], y[good], **style)
            right.fill_betweenx(y[good], (t - t_error)[good], (t + t_error)[good], color=style["color"], alpha=0.2)
    left.set_xscale("log")
    left.set_xlabel("Number density (cm$^{-3}$)")
    right.set_xlabel("Temperature (K)")
    height.apply(left)
    left.legend(loc="upper right")
    return figure


def place_fluxes(result: Result) -> Figure:
    """What the inner boundary emits and gets back, and what escapes, by zenith angle."""
    figure = Figure(figsize=(6.4, 3.0 * len(result.species) + 0.8), layout=QuickLayout())
    panels = np.atleast_1d(figure.subplots(len(result.species), 1, sharex=True))
    zenith = np.degrees(result["patch/sza"])
    order = np.argsort(zenith)
    for k, (axes, name) in enumerate(zip(panels, result.species, strict=True)):
        for colour, key, text in zip(
            PALETTE, ("emitted_flux", "returned_flux", "escape_flux"), ("emitted", "returns", "escapes"), strict=False
        ):
            value, error = result[f"patch/{key}"][k][order], result.stderr(f"patch/{key}")[k][order]
            shown = value > 0.0
            axes.errorbar(
                zenith[order][shown], 1e-4 * value[shown], 1e-4 * np.nan_to_num(error[shown]), color=colour, label=text,
                **POINTS,
            )  # fmt: skip
        axes.set_yscale("log")
        axes.set_ylabel(f"{name}: flux (cm$^{{-2}}$ s$^{{-1}}$)")
        axes.legend(loc="best")
    panels[-1].set_xlim(0.0, 180.0)
    panels[-1].set_xlabel("Solar zenith angle (deg)")
    return figure


def sun_plane(result: Result) -> Figure:
    """Density over its mean at every radius, in the plane through the axis of the zones and the Sun."""
    figure = Figure(figsize=(5.0 * len(result.species), 4.4), layout=QuickLayout())
    panels = np.atleast_1d(figure.subplots(1, len(result.species)))
    for k, (axes, name) in enumerate(zip(panels, result.species, strict=True)):
        _draw_plane(axes, result, k)
        axes.set_title(name)
    return figure


def _draw_plane(axes: Axes, result: Result, k: int) -> None:
    """Cells of the plane: the axis of the zones stands upright, or points to the Sun where they are rings about it."""
    base = altitude_base(result) or float(result["grid/edges"][0])
    edges, density = np.asarray(result["grid/edges"]) / base, np.asarray(result["patch/density"][k], dtype=float)
    error = result.stderr("patch/density")[k]
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where((density > 0.0) & ~(error > _KNOWN * density), density / density.mean(axis=0), np.nan)
    largest = float(np.nanpercentile(np.abs(np.log(values)), 99.5)) if np.isfinite(values).any() else 1.0
    norm = LogNorm(np.exp(-largest), np.exp(largest))
    image = None
    upright = "sectors" in result.space.divided_by
    for side, longitude in ((1.0, 0.0), (-1.0, np.pi)):
        for patch in _crossed(result, longitude):
            low, high = (float(z) for z in np.arccos(np.clip(result["patch/z_edges"][patch], -1.0, 1.0)))
            theta = np.linspace(low, high, 9)
            along, across = np.cos(theta)[:, None] * edges, side * np.sin(theta)[:, None] * edges
            x, y = (across, along) if upright else (along, across)
            cells = np.broadcast_to(values[patch], (theta.size - 1, edges.size - 1))
            image = axes.pcolormesh(x, y, cells, norm=norm, cmap="RdBu_r", rasterized=True)
    if image is not None:
        bar = axes.figure.colorbar(image, ax=axes, label="Density over its mean at that radius", shrink=0.8)
        for each in (bar.ax.yaxis.set_major_formatter, bar.ax.yaxis.set_minor_formatter):
            each(FormatStrFormatter("%.2g"))
    axes.set_aspect("equal")
    axes.set_xlabel("towards the Sun's longitude ($R$) →" if upright else "towards the Sun ($R$) →")
    axes.set_ylabel("axis of the zones ($R$)" if upright else "across ($R$)")


def _crossed(result: Result, longitude: float) -> list[int]:
    """Patches that hold a meridian, with a longitude of 0 or pi."""
    west, east = result["patch/longitude_edges"].T
    middle = np.mod(longitude + 1e-6 - west, 2.0 * np.pi)
    return [int(p) for p in np.flatnonzero(middle < east - west)]


def _mean(
    result: Result, name: str, k: int, inside: npt.NDArray[np.bool_], weight: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Mean over the patches inside, all of the same area, and its standard error [cells]."""
    values = np.asarray(result[f"patch/{name}"][k][inside], dtype=float)
    error = result.stderr(f"patch/{name}")[k][inside]
    w = np.ones_like(values) if weight is None else np.asarray(weight, dtype=float)
    w = np.where(np.isfinite(values), w, 0.0)
    total = np.where(w.sum(axis=0) > 0.0, w.sum(axis=0), np.nan)
    mean = (w * np.nan_to_num(values)).sum(axis=0) / total
    return mean, np.sqrt((w**2 * np.nan_to_num(error) ** 2).sum(axis=0)) / total
