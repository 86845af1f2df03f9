"""Figures of the run itself: approach to the steady state, and quality of the scheme in every cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from exobase.io.results import Result
from exobase.report.style import (
    GUIDE,
    PALETTE,
    SHADE,
    faint,
    formula,
    height_of,
    new_figure,
    panel_label,
    plain_number,
    powers,
    species_colours,
)

FloatArray = npt.NDArray[np.float64]

_WINDOW = 15


def history(result: Result) -> Figure | None:
    """Content, flows and escape rate against the step, with the steady part marked."""
    step = result.get("history/step")
    if step is None or len(step) < 2:
        return None
    figure = new_figure(6.6, 6.0)
    top, middle, bottom = figure.subplots(3, 1, sharex=True)
    burn_in = result.attributes("history").get("burn_in")
    steady = step >= float(burn_in) if burn_in not in (None, "") else np.zeros(len(step), dtype=bool)
    colours = species_colours(result)
    for row, name in enumerate(result.species):
        _relative(top, step, result["history/content"][:, row], steady, colours[name], formula(name))
        rate = float(result["escape/rate"][row])
        escape = np.asarray(result["history/escape_rate"][:, row], dtype=float)
        if rate > 0:
            _noisy(bottom, step, escape / rate, colours[name], rf"{formula(name)}: {powers(rate)} s$^{{-1}}$")
            zones = result.get("history/zone_flux")
            for zone in range(0 if zones is None else zones.shape[2]):
                style = ("-", "--", ":")[zone % 3]
                smooth = _smooth(zones[:, row, zone] / rate) if zones is not None else escape
                middle.plot(step, smooth, color=colours[name], ls=style, lw=1.1)
    middle.set_ylabel("Net flow / escape rate")
    for zone, style in enumerate(("-", "--", ":")):
        middle.plot([], [], color=GUIDE, ls=style, label=("inner", "middle", "outer")[zone] + " radius")
    top.set_ylabel("Content / steady mean")
    bottom.set_ylabel("Escape / mean escape rate")
    bottom.set_xlabel("Step")
    bottom.xaxis.set_major_formatter(FuncFormatter(plain_number))
    _flow_limits(middle)
    _flow_limits(bottom)
    for axes in (top, middle, bottom):
        axes.axhline(1.0, color=GUIDE, lw=0.8, zorder=0)
        _mark_steady(axes, step, steady, text=axes is top)
    top.legend(loc="lower right")
    middle.legend(loc="lower right", ncols=3)
    bottom.legend(loc="lower right")
    return figure


def quality(result: Result) -> Figure | None:
    """Diagnostics of the scheme in every cell, with the bounds they should keep."""
    single = (
        ("particles", "Particles per cell", None),
        ("courant", r"$U\,\Delta t/\Delta r$", 1.0),
        ("dt_nu", r"$\nu\,\Delta t$", 1.0),
        ("separation_over_mfp", "Collision separation / mean free path", 1.0),
        ("clone_fraction", "Clones / particles", None),
        ("repeated_pairs", "Repeated pairs", None),
        ("majorant_excess", "Pairs above the majorant", None),
    )
    present = [entry for entry in single if _informative(result, f"quality/{entry[0]}")]
    ratio = result.get("quality/collision_rate_ratio")
    with_ratio = ratio is not None and bool(np.isfinite(ratio).any())
    total = len(present) + int(with_ratio)
    if total == 0:
        return None
    columns = min(3, total)
    rows = -(-total // columns)
    figure = new_figure(3.0 * columns, 2.3 * rows)
    panels = list(np.atleast_1d(figure.subplots(rows, columns, squeeze=False)).ravel())
    height = height_of(result)
    x = height.convert(np.asarray(result["grid/r"]))
    if with_ratio and ratio is not None:
        _rate_ratio(panels[0], x, ratio, result)
    for axes, (name, label, bound) in zip(panels[int(with_ratio) :], present, strict=False):
        for values in np.atleast_2d(np.asarray(result[f"quality/{name}"], dtype=float)):
            axes.plot(x, values, color=PALETTE[0], marker="o", ms=2.2, lw=0.6)
        if bound is not None:
            axes.axhline(bound, color=PALETTE[1], ls="--", lw=1.0)
        axes.set_ylim(0.0, 1.12 * axes.get_ylim()[1])
        panel_label(axes, label)
    for k, axes in enumerate(panels):
        if k >= total:
            axes.set_visible(False)
            continue
        height.apply(axes, vertical=False)
        if k + columns < total:
            axes.set_xlabel("")
    return figure


def _rate_ratio(axes: Axes, x: FloatArray, ratio: FloatArray, result: Result) -> None:
    stderr = result.stderr("quality/collision_rate_ratio")
    names = [
        "\u2013".join(formula(part) for part in pair.split("-"))
        for pair in result.attributes("quality").get("pairs", [])
    ]
    for pair in range(ratio.shape[0]):
        usable = np.isfinite(ratio[pair]) & ~(stderr[pair] > 0.2)
        colour = PALETTE[pair % len(PALETTE)]
        error = np.nan_to_num(stderr[pair][usable])
        axes.errorbar(
            x[usable],
            ratio[pair][usable],
            yerr=error,
            color=colour,
            ecolor=faint(colour),
            ls="none",
            marker="o",
            ms=2.2,
            elinewidth=0.6,
            label=names[pair] if pair < len(names) else None,
        )
    axes.axhspan(0.95, 1.05, color=SHADE, lw=0, zorder=0)
    axes.axhline(1.0, color=GUIDE, lw=0.9, zorder=0)
    axes.set_ylim(0.8, 1.2)
    if len(names) > 1:
        axes.legend(loc="upper center", ncols=3, fontsize=6.5, handlelength=1.0, columnspacing=0.8)
    panel_label(axes, "Collision rate / theory, per pair")


def _informative(result: Result, name: str) -> bool:
    values = result.get(name)
    return values is not None and bool(np.isfinite(values).any()) and bool(np.nanmax(np.abs(values)) > 0)


def _relative(
    axes: Axes, step: FloatArray, values: FloatArray, steady: npt.NDArray[np.bool_], colour: str, label: str
) -> None:
    mean = float(np.mean(values[steady])) if steady.any() else float(values[-1])
    if mean != 0.0:
        axes.plot(step, values / mean, color=colour, lw=1.0, label=label)


def _noisy(axes: Axes, step: FloatArray, values: FloatArray, colour: str, label: str) -> None:
    axes.plot(step, values, color=colour, lw=0.4, alpha=0.35)
    axes.plot(step, _smooth(values), color=colour, lw=1.3, label=label)


def _smooth(values: FloatArray) -> FloatArray:
    """Running mean over `_WINDOW` records, shortened at both ends."""
    window = np.ones(min(_WINDOW, len(values)))
    return np.asarray(np.convolve(values, window, "same") / np.convolve(np.ones(len(values)), window, "same"))


def _flow_limits(axes: Axes) -> None:
    data = [
        np.asarray(line.get_ydata(), dtype=float)
        for line in axes.get_lines()
        if len(np.atleast_1d(line.get_xdata())) > 2
    ]
    if data:
        half = float(np.nanquantile(np.abs(np.concatenate(data) - 1.0), 0.9))
        axes.set_ylim(1.0 - max(1.2, 2.5 * half), 1.0 + max(0.8, 2.5 * half))


def _mark_steady(axes: Axes, step: FloatArray, steady: npt.NDArray[np.bool_], text: bool) -> None:
    axes.set_xlim(0.0, float(step[-1]))
    if steady.any():
        start = float(step[np.argmax(steady)])
        axes.axvspan(0.0, start, color=SHADE, lw=0, zorder=-1)
        axes.axvline(start, color=GUIDE, lw=0.9)
    if steady.any() and text:
        axes.annotate(
            f"steady from step {plain_number(start)}",
            (start, 0.5),
            xycoords=("data", "axes fraction"),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=8,
            va="top",
            color=GUIDE,
        )
