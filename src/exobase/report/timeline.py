"""Figures of the run itself: approach to the steady state, and quality of the scheme in every cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from exobase.io.results import Result
from exobase.report.labels import formula, unit
from exobase.report.style import (
    GUIDE,
    SHADE,
    faint,
    height_of,
    legend_above,
    new_figure,
    palette,
    panel_label,
    plain_number,
    powers,
    species_colours,
)

FloatArray = npt.NDArray[np.float64]

_BINS = 120
_ZONES = ("o", "s", "^")
_BLOCKS = 24
"""Blocks of records in the panel of net flows: so many that their scatter stays smaller than the panel."""


def history(result: Result) -> Figure | None:
    """Content, energy and, where something escapes, net flows and escape rate against the step; steady part marked."""
    step = result.get("history/step")
    if step is None or len(step) < 2 or "history/content" not in result:
        return None
    step = np.asarray(step, dtype=float)
    steady = _steady(result, step)
    rates = result.get("escape/rate")
    escaping = [] if rates is None else [k for k, rate in enumerate(rates) if np.isfinite(rate) and rate > 0]
    energy, zones = result.get("history/energy"), result.get("history/zone_flux")
    flows = bool(escaping) and zones is not None
    names = ["content"] + ["energy"] * (energy is not None) + ["flow"] * flows + ["escape"] * bool(escaping)
    figure = new_figure(6.6, 0.9 + 1.65 * len(names))
    panels = dict(zip(names, figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0], strict=True))
    bins = _bins(step, steady)
    colours = species_colours(result)
    for row, name in enumerate(result.species):
        colour, label = colours[name], formula(name)
        _relative(panels["content"], step, result["history/content"][:, row], steady, bins, colour, label)
        if energy is not None:
            _relative(panels["energy"], step, energy[:, row], steady, bins, colour, "")
    for row in escaping:
        name, rate = result.species[row], float(result["escape/rate"][row])
        if zones is not None:
            blocks = _bins(step, steady, _BLOCKS)
            _zones(panels["flow"], step, zones[:, row] / rate, blocks, None if len(escaping) == 1 else colours[name])
        values = np.asarray(result["history/escape_rate"][:, row], dtype=float) / rate
        _binned(panels["escape"], step, values, bins, colours[name])
        of_rate = unit(result.space.rate_unit)
        panel_label(panels["escape"], rf"mean escape rate of {formula(name)}: {powers(rate)} {of_rate}")
    labels = {"content": "Content", "energy": "Energy", "flow": "Net flow", "escape": "Escape rate"}
    for name, axes in panels.items():
        axes.set_ylabel(f"{labels[name]}\n/ {'escape rate' if name == 'flow' else 'steady mean'}")
        axes.axhline(1.0, color=GUIDE, lw=0.8, zorder=0)
        _vertical(axes, 1.0 if name in ("flow", "escape") else 0.02)
    _mark_steady(list(panels.values()), step, steady, bins)
    if len(result.species) > 1:
        legend_above(figure, (panels["content"],), 6)
    if flows:
        panels["flow"].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.3, handlelength=1.2)
    return figure


def _steady(result: Result, step: FloatArray) -> npt.NDArray[np.bool_]:
    burn_in = result.attributes("history").get("burn_in")
    return np.asarray(step > float(burn_in)) if burn_in not in (None, "") else np.zeros(len(step), dtype=bool)


def _bins(step: FloatArray, steady: npt.NDArray[np.bool_], number: int = _BINS) -> FloatArray:
    """Edges over the steps: even, or in equal ratios where the burn-in would otherwise be too short to be seen."""
    start = float(step[np.argmax(steady)]) if steady.any() else float(step[-1])
    if start < 0.1 * step[-1] and step[0] > 0:
        return np.geomspace(0.999 * step[0], step[-1], number + 1)
    return np.linspace(0.0, step[-1], number // 2 + 1)


def _means(
    step: FloatArray, values: FloatArray, bins: FloatArray, of_mean: bool = True
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean step, mean value and spread in every bin that holds a record.

    The spread is the standard error of the mean (records taken as independent) or, if not of_mean, that of one record.
    """
    place = np.clip(np.searchsorted(bins, step, side="left") - 1, 0, len(bins) - 2)
    use = np.isfinite(values)
    place, step, values = place[use], step[use], values[use]
    count = np.bincount(place, minlength=len(bins) - 1)
    held = count > 0
    n = count[held]
    x = np.bincount(place, step, len(bins) - 1)[held] / n
    mean = np.bincount(place, values, len(bins) - 1)[held] / n
    square = np.bincount(place, values**2, len(bins) - 1)[held] / n
    variance = np.maximum(square - mean**2, 0.0)
    return x, mean, np.sqrt(variance / np.maximum(n - 1, 1) if of_mean else variance)


def _binned(
    axes: Axes, step: FloatArray, values: FloatArray, bins: FloatArray, colour: str, label: str = "", lw: float = 1.2
) -> None:
    x, mean, error = _means(step, values, bins)
    axes.fill_between(x, mean - error, mean + error, color=colour, alpha=0.2, lw=0)
    axes.plot(x, mean, color=colour, lw=lw, label=label or None)


def _zones(axes: Axes, step: FloatArray, flows: FloatArray, bins: FloatArray, colour: str | None) -> None:
    """Net flow through the three spheres, by colour, or by line style where colours stand for species."""
    for zone in range(flows.shape[1]):
        name = ("inner", "middle", "outer")[zone % 3]
        x, mean, error = _means(step, flows[:, zone], bins)
        hue, style = (palette()[zone + 1], "-") if colour is None else (colour, ("-", "--", ":")[zone % 3])
        axes.fill_between(x, mean - error, mean + error, color=hue, alpha=0.15, lw=0)
        axes.plot(x, mean, color=hue, ls=style, lw=1.1, marker=_ZONES[zone % 3], ms=3.0)
        if colour is None or not axes.get_legend_handles_labels()[1][zone:]:
            axes.plot(
                [], [], color=hue if colour is None else GUIDE, ls=style, marker=_ZONES[zone % 3], ms=3.0, label=name
            )


def quality(result: Result) -> Figure | None:
    """Diagnostics of the scheme in every cell, with the bounds they should keep."""
    single = (
        ("particles", "Particles per cell", None),
        ("courant", r"$U\,\Delta t/\Delta r$", 1.0),
        ("dt_nu", r"$\nu\,\Delta t$", 1.0),
        ("separation_over_mfp", "Separation / mean free path", 1.0),
        ("clone_fraction", "Clones / particles and step", None),
        ("repeated_pairs", "Repeated pairs / pairs", None),
        ("majorant_excess", "Pairs above the majorant", None),
    )
    present = [entry for entry in single if _informative(result, f"quality/{entry[0]}")]
    several = [
        (name, draw)
        for name, draw in (("collision_rate_ratio", _rate_ratio), ("weight_ratio", _weight_ratio))
        if _informative(result, f"quality/{name}")
    ]
    if len(result.species) < 2 and not _uneven(result):
        several = [entry for entry in several if entry[0] != "weight_ratio"]
    total = len(present) + len(several)
    if total == 0:
        return None
    columns = min(3, total)
    rows = -(-total // columns)
    figure = new_figure(max(2.6 * columns, 4.0), 0.3 + 2.2 * rows)
    panels = list(figure.subplots(rows, columns, squeeze=False).ravel())
    height = height_of(result)
    x = height.convert(np.asarray(result["grid/r"]))
    for axes, (_, draw) in zip(panels, several, strict=False):
        draw(axes, x, result)
    for axes, (name, label, bound) in zip(panels[len(several) :], present, strict=False):
        values = np.asarray(result[f"quality/{name}"], dtype=float)
        axes.plot(x, values, color=palette()[0], marker="o", ms=2.2, lw=0.6)
        highest = float(values[np.isfinite(values)].max())
        if bound is not None:
            axes.axhline(bound, color=palette()[1], ls="--", lw=1.0)
            _judge(axes, highest, bound)
        axes.set_ylim(0.0, 1.25 * max(highest, bound or 0.0))
        exponent = _exponent(axes)
        panel_label(axes, f"{label}, 10$^{{{exponent}}}$" if exponent else label)
    for k, axes in enumerate(panels):
        if k >= total:
            axes.set_visible(False)
            continue
        height.apply(axes, vertical=False)
        if k + columns < total:
            axes.set_xlabel("")
    legend_above(figure, panels[: len(several)], 6)
    return figure


def _exponent(axes: Axes) -> int:
    """The power of ten that is left out of the vertical ticks; it stands in the title, with which it would collide."""
    top = float(axes.get_ylim()[1])
    exponent = int(np.floor(np.log10(top))) if top > 0.0 else 0
    if -2 < exponent < 4:
        return 0
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 10.0**exponent:g}"))
    return exponent


def _judge(axes: Axes, highest: float, bound: float) -> None:
    """The largest value in words, green below its bound and red above."""
    held = highest <= bound
    text = f"largest {highest:.2g}" + ("" if held else ", too large")
    axes.text(
        0.97,
        0.95,
        text,
        transform=axes.transAxes,
        ha="right",
        va="top",
        fontsize=8.0,
        color=palette()[2 if held else 1],
    )


def _pair_names(result: Result) -> list[str]:
    return [
        "\u2013".join(formula(part) for part in str(pair).split("-"))
        for pair in result.attributes("quality").get("pairs", [])
    ]


def _uneven(result: Result) -> bool:
    return (
        bool(np.nanmax(result["quality/weight_ratio"], initial=1.0) > 1.0)
        if "quality/weight_ratio" in result
        else False
    )


def _weight_ratio(axes: Axes, x: FloatArray, result: Result) -> None:
    """Ratios of weights in pairs; above 16 the lighter particle is scattered often for one collision of the heavier."""
    names = _pair_names(result)
    values = np.asarray(result["quality/weight_ratio"], dtype=float)
    for pair in range(values.shape[0]):
        if np.nanmax(values[pair], initial=1.0) > 1.0:
            label = names[pair] if pair < len(names) else None
            axes.plot(x, values[pair], color=palette()[pair % len(palette())], lw=1.0, label=label)
    axes.set_yscale("log")
    axes.set_ylim(0.8, None)
    axes.axhline(16.0, color=palette()[1], ls="--", lw=1.0)
    panel_label(axes, "Weight ratio in pairs")


def _rate_ratio(axes: Axes, x: FloatArray, result: Result) -> None:
    """Collision rate over theory where at least 100 collisions were counted."""
    ratio, stderr = result["quality/collision_rate_ratio"], result.stderr("quality/collision_rate_ratio")
    names = _pair_names(result)
    half = 0.1
    for pair in range(ratio.shape[0]):
        usable = np.isfinite(ratio[pair]) & ~(stderr[pair] > 0.1)
        colour = palette()[pair % len(palette())]
        error = np.nan_to_num(stderr[pair][usable])
        axes.errorbar(
            x[usable], ratio[pair][usable], yerr=error, color=colour, ecolor=faint(colour), ls="none", marker="o",
            ms=2.2, elinewidth=0.6, label=names[pair] if pair < len(names) and len(names) > 1 else None,
        )  # fmt: skip
        half = max(half, float(np.abs(ratio[pair][usable] - 1.0).max(initial=0.0)))
    axes.axhspan(0.95, 1.05, color=SHADE, lw=0, zorder=0)
    axes.axhline(1.0, color=GUIDE, lw=0.9, zorder=0)
    half = min(1.2 * half, 0.5)
    axes.set_ylim(1.0 - half, 1.0 + half)
    panel_label(axes, "Collision rate / theory")


def _informative(result: Result, name: str) -> bool:
    values = result.get(name)
    if values is None:
        return False
    finite = np.asarray(values, dtype=float)[np.isfinite(values)]
    return bool(np.any(finite != 0.0))


def _relative(
    axes: Axes,
    step: FloatArray,
    values: FloatArray,
    steady: npt.NDArray[np.bool_],
    bins: FloatArray,
    colour: str,
    label: str,
) -> None:
    values = np.asarray(values, dtype=float)
    mean = float(np.mean(values[steady])) if steady.any() else float(values[-1])
    if np.isfinite(mean) and mean != 0.0:
        x, smooth, spread = _means(step, values / mean, bins, of_mean=False)
        axes.fill_between(x, smooth - spread, smooth + spread, color=colour, alpha=0.2, lw=0)
        axes.plot(x, smooth, color=colour, lw=1.2, label=label or None)


def _vertical(axes: Axes, least: float) -> None:
    """Limits round one that hold 98 % of what is drawn."""
    lines = [np.asarray(line.get_ydata(), dtype=float) for line in axes.get_lines()]
    data = np.concatenate([line[np.isfinite(line)] for line in lines if len(line) > 2] or [np.ones(1)])
    low, high = np.quantile(data, [0.01, 0.99])
    below, above = max(1.3 * (1.0 - low), least), max(1.3 * (high - 1.0), least)
    axes.set_ylim(1.0 - min(below, 6.0), 1.0 + min(above, 6.0))


def _mark_steady(panels: list[Axes], step: FloatArray, steady: npt.NDArray[np.bool_], bins: FloatArray) -> None:
    logarithmic = bool(bins[0] > 0)
    for axes in panels:
        if logarithmic:
            axes.set_xscale("log")
        axes.set_xlim(bins[0], bins[-1])
        if steady.any():
            start = float(step[np.argmax(steady)])
            axes.axvspan(bins[0], start, color=SHADE, lw=0, zorder=-1)
            axes.axvline(start, color=GUIDE, lw=0.9)
    last = panels[-1]
    last.set_xlabel("Step")
    last.xaxis.set_major_formatter(FuncFormatter(plain_number))
    text = f"grey: burn-in; means from step {plain_number(start)}" if steady.any() else "no steady state reached"
    panel_label(panels[0], text)
