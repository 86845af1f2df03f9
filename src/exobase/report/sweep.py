"""The figure of a sweep, from its table alone: chosen quantities against the first swept key, theory as lines."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from exobase.errors import InputError
from exobase.io.sweeps import SweepTable, read_sweep
from exobase.report.labels import unit
from exobase.report.look import DEFAULT, Look, write_figure
from exobase.report.style import POINTS, SHADE, faint, legend_above, new_figure, nothing_here, palette, plain_number
from exobase.report.transition import LINES, conduction, lines_for

FloatArray = npt.NDArray[np.float64]

DEFAULT_QUANTITIES = ("flux_over_evaporation", "flux_over_jeans", "escape_rate")
DEFAULT_PANELS = 2
LABELS = {
    "flux_over_evaporation": "Escape / evaporation flux",
    "flux_over_emission": "Escape / emitted flux",
    "flux_over_jeans": "Escape / Jeans flux at the exobase",
    "exobase_radius_over_inner": "Exobase radius $r/R_0$",
    "exobase_temperature_over_inner": "Exobase temperature $T/T_0$",
    "escape_rate": r"Escape rate ($\mathrm{s^{-1}}$)",
    "escape_flux": r"Escape flux ($\mathrm{m^{-2}\,s^{-1}}$)",
    "escape_per_event": "Escapes per event of the source",
}
KEY_LABELS = {
    "body.jeans_parameter": r"Jeans parameter $\lambda_0$",
    "background.table": "background",
    "block": "",
    "knudsen_number": r"$l/R_0$",
    "knudsen_number_radius": r"$l/R_0$",
    "knudsen_number_height": r"$l/H$",
    "temperature": "$T$",
    "density": "$n$",
}
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
WIDE = 30.0  # ratio of values from which an axis is logarithmic


@dataclass(frozen=True)
class Series:
    """Points that differ in the horizontal key only: label, block and rows of the table, in the order of x."""

    label: str
    block: str
    rows: list[int]


def plot_sweep(path: Path, folder: Path | None = None) -> list[Path]:
    """Make the figure of a sweep from its sweep.h5 and return its path (none where no point has a number to show).

    folder: default that of the file. Raises InputError where the table or a column is missing.
    """
    figure = draw_sweep(read_sweep(path))
    return [] if figure is None else [write_figure(figure, (folder or path.parent) / "sweep.png")]


def draw_sweep(table: SweepTable, look: Look = DEFAULT) -> Figure | None:
    """One panel per quantity: simulation as points with standard errors, theory as lines, accepted ranges shaded.

    A horizontal key with texts, or "block", has its values side by side.
    """
    settings = json.loads(str(table.attrs.get("figure") or "{}"))
    key = settings.get("x") or _first_key(table)
    quantities = settings.get("quantities") or [q for q in DEFAULT_QUANTITIES if q in table][:DEFAULT_PANELS]
    shown = [q for q in quantities if np.isfinite(table.numbers(q)).any()]
    if not shown:
        return None
    x, names = positions(table, key)
    groups, theory = series(table, key), settings.get("theory") == "transition"
    with mpl.rc_context(look.rc):
        figure = new_figure(3.5 * max(len(shown), 1) + 0.4, 4.8 if theory else 4.2)
        panels = list(figure.subplots(1, len(shown), squeeze=False, sharex=True)[0])
        for axes, quantity in zip(panels, shown, strict=True):
            _accepted(axes, table, x, quantity)
            _panel(axes, table, x, quantity, groups, joined=not theory and not names)
            if quantity in (settings.get("log") or ()) or _wide(table.numbers(quantity)):
                _logarithmic(axes)
            if theory:
                _theory(axes, table, x, quantity, groups)
            axes.set_xlabel(settings.get("x_label") or axis_label(table, key))
            if names:
                axes.set_xticks(range(len(names)), names, rotation=30, ha="right", rotation_mode="anchor")
                axes.tick_params(axis="x", which="both", length=0)
            axes.set_ylabel(
                LABELS.get(quantity, f"{table.columns[quantity].description} ({unit(table.columns[quantity].units)})")
            )
            if not names and _wide(x) and x[np.isfinite(x)].min() > 0.0:
                axes.set_xscale("log")
        legend_above(figure, panels, 3 if len(shown) > 1 else 2)
    return figure


def series(table: SweepTable, key: str) -> list[Series]:
    """The rows of the table in groups that share all swept values but that of `key`, and the block."""
    tied = json.loads(str(table.attrs.get("tied") or "{}"))
    lead = tied.get(key, key)
    # Of keys that change together one is enough; those of the horizontal axis tell no series apart.
    others = [
        name for name in table.attrs.get("keys", []) if name in table and name not in tied and name not in (key, lead)
    ]
    blocks = table.columns["block"].values if "block" in table and key != "block" else [""] * len(table)
    labels = _labels(table)
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i in range(len(table)):
        values = tuple(_value(table.columns[name].values[i]) for name in others)
        groups.setdefault((blocks[i], *values), []).append(i)
    several = len(dict.fromkeys(blocks)) > 1
    x, _ = positions(table, key)
    found = []
    for (block, *shared), rows in groups.items():
        words = [labels.get(block, block)] if several else []
        words += [
            f"{key_label(name)} = {v}{_unit(table, name, ' {}')}"
            for name, v in zip(others, shared, strict=True)
            if v not in ("", "nan")
        ]
        found.append(Series(", ".join(words), block, sorted(rows, key=lambda i: (math.isnan(x[i]), x[i]))))
    return found


def positions(table: SweepTable, key: str) -> tuple[FloatArray, list[str]]:
    """Where the rows stand on the horizontal axis; for a key with texts, their names too, placed at 0, 1, 2, ..."""
    if key not in table or not any(isinstance(v, str) for v in table.columns[key].values):
        return table.numbers(key), []
    labels = _labels(table) if key == "block" else {}
    values = [str(v) for v in table.columns[key].values]
    places = {value: k for k, value in enumerate(dict.fromkeys(values))}
    return np.array([places[v] for v in values], dtype=float), [labels.get(v, _value(v)) for v in places]


def key_label(key: str) -> str:
    """A swept key as an axis or a legend names it."""
    if key in KEY_LABELS:
        return KEY_LABELS[key]
    return KEY_LABELS.get(key.rsplit(".", 1)[-1]) or key.rsplit(".", 1)[-1].replace("_", " ")


def axis_label(table: SweepTable, key: str) -> str:
    """The horizontal key with its unit, and the keys that change together with it."""
    tied = json.loads(str(table.attrs.get("tied") or "{}"))
    lead = tied.get(key, key)
    others = [name for name in table.attrs.get("keys", []) if name != key and tied.get(name, name) == lead]
    label = f"{key_label(key)}{_unit(table, key, ' ({})')}"
    return f"{label}, with {', '.join(map(key_label, others))}" if others else label


def _unit(table: SweepTable, key: str, form: str) -> str:
    """The unit of a swept key in this form, nothing where its values have none."""
    unit = table.columns[key].units if key in table else "1"
    return "" if unit == "1" else form.format(unit)


def _panel(axes: Axes, table: SweepTable, x: FloatArray, quantity: str, groups: list[Series], joined: bool) -> None:
    """Points with error bars, joined by thin lines where no theory is drawn as lines."""
    y = table.numbers(quantity)
    error = table.numbers(f"{quantity}_stderr") if f"{quantity}_stderr" in table else np.full_like(y, np.nan)
    drawn = False
    for k, group in enumerate(groups):
        rows = [i for i in group.rows if np.isfinite(x[i]) and np.isfinite(y[i])]
        if not rows:
            continue
        drawn = True
        colour, style = palette()[k % len(palette())], POINTS | {"marker": MARKERS[k % len(MARKERS)]}
        bars = np.nan_to_num(error[rows])
        if joined:
            axes.plot(x[rows], y[rows], color=faint(colour), lw=0.6, zorder=2)
        axes.errorbar(x[rows], y[rows], yerr=bars, color=colour, label=group.label or None, zorder=3, **style)
    if not drawn:
        nothing_here(axes, "no values")


def _accepted(axes: Axes, table: SweepTable, x: FloatArray, quantity: str) -> None:
    """The ranges that the expectations of the sweep accept, behind the points they are about."""
    if not {"point", "quantity", "lowest", "highest"} <= table.expect.keys():
        return
    place = dict(zip(table.columns["name"].values, x, strict=True)) if "name" in table else {}
    columns = [table.expect[name].values for name in ("point", "quantity", "lowest", "highest")]
    ranges = {
        (place[point], low, high)
        for point, about, low, high in zip(*columns, strict=True)
        if about == quantity and point in place and low < high
    }
    label = "accepted"
    for at, low, high in sorted(ranges):
        axes.plot([at, at], [low, high], color=SHADE, lw=14.0, solid_capstyle="butt", label=label, zorder=0)
        label = "_"


def _theory(axes: Axes, table: SweepTable, x: FloatArray, quantity: str, groups: list[Series]) -> None:
    """Lines of theory over the range of x, per ratio of specific heats that occurs in the sweep.

    That of a fluid with conduction belongs to a series, whose colour it has, and is drawn at its points.
    """
    finite = x[np.isfinite(x)]
    if not finite.size or finite.max() <= finite.min():
        return
    low, high = axes.get_ylim()
    at = np.linspace(finite.min(), finite.max(), 241)
    gammas = sorted({_gamma(text) for text in table.cases}, reverse=True)
    for name in lines_for(quantity):
        line = LINES[name]
        for gamma in gammas if line.of_gamma else gammas[:1]:
            values = line.function(at, gamma)
            if not np.isfinite(values).any():
                continue
            ratio = Fraction(gamma).limit_denominator(9)
            label = name + (rf", $\gamma$ = {ratio}" if line.of_gamma and len(gammas) > 1 else "")
            style = "--" if line.style == "-" and gamma != gammas[0] else line.style
            axes.plot(at, values, color=line.colour, ls=style, lw=1.1, label=label, zorder=1)
    label = "fluid with conduction"
    for k, group in enumerate(groups):
        rows = [i for i in group.rows if np.isfinite(x[i])]
        kn0 = table.numbers("knudsen_number_radius")[rows]
        if len(rows) < 2 or np.ptp(kn0) > 0.0:
            continue
        values = conduction(quantity, x[rows], float(kn0[0]), _gamma(table.cases[rows[0]]))
        if np.isfinite(values).any():
            axes.plot(x[rows], values, color=palette()[k % len(palette())], ls=":", lw=1.1, label=label, zorder=1)
            label = "_"
    if quantity == "flux_over_jeans":
        low, high = min(low, 0.9), max(high, 1.1)  # Jeans, 1, is what the panel compares with
    axes.set_ylim(low, high)


def _logarithmic(axes: Axes) -> None:
    """Make the vertical axis logarithmic; where it spans less than two decades, with plain numbers."""
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    if high < 100.0 * low:
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 3.0, 5.0)))
        axes.yaxis.set_major_formatter(FuncFormatter(plain_number))
        axes.yaxis.set_minor_formatter(NullFormatter())


def _gamma(case_json: str) -> float:
    """Ratio of specific heats (zeta + 5)/(zeta + 3) of the first species, zeta its rotational degrees of freedom."""
    case = json.loads(case_json)
    zeta = float(case["species"][0]["species"].get("zeta_rot", 0.0)) if case.get("rotation", "on") == "on" else 0.0
    return (zeta + 5.0) / (zeta + 3.0)


def _first_key(table: SweepTable) -> str:
    for key in table.attrs.get("keys", []):
        if key in table and not any(isinstance(v, str) for v in table.columns[key].values):
            return str(key)
    for key in (*table.attrs.get("keys", []), "point"):
        if key in table:
            return str(key)
    raise InputError("the sweep has no column of numbers to draw against")


def _labels(table: SweepTable) -> dict[str, str]:
    return dict(json.loads(str(table.attrs.get("labels") or "{}")))


def _value(value: Any) -> str:
    """A value as a legend writes it: of a table its name."""
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return Path(text).stem if text.endswith((".csv", ".h5")) else text


def _wide(values: FloatArray) -> bool:
    positive = values[np.isfinite(values)]
    return bool(positive.size and positive.min() > 0.0 and positive.max() / positive.min() > WIDE)
