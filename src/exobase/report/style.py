"""How figures look: one style, a colour-blind safe palette, and the vertical coordinate of a result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from exobase.io.results import Result
from exobase.report.layout import QuickLayout

FloatArray = npt.NDArray[np.float64]

# Okabe & Ito (2008): distinguishable with every common colour vision.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
THEORY = "#222222"
GUIDE = "#767676"
SHADE = "#E9E9E9"

RC: Any = {
    "figure.dpi": 100,
    "figure.figsize": (6.4, 4.8),
    "savefig.dpi": 200,
    "svg.fonttype": "none",
    "svg.hashsalt": "exobase",
    "pdf.fonttype": 42,
    "axes.prop_cycle": cycler(color=PALETTE),
    "font.size": 9.0,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "axes.titlesize": 9.5,
    "axes.titley": 1.0,  # else the place of every title is sought again at each drawing
    "axes.labelsize": 9.0,
    "axes.linewidth": 0.8,
    "axes.grid": False,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "hatch.linewidth": 0.5,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "legend.handlelength": 2.0,
    "lines.linewidth": 1.2,
    "errorbar.capsize": 0.0,
}

POINTS: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 3.0, "elinewidth": 0.8}


@dataclass(frozen=True)
class Height:
    """The space coordinate as shown: altitude [km] where the body's radius is known, else r/R0, or x [km] if planar."""

    label: str
    convert: Callable[[npt.ArrayLike], FloatArray]
    log: bool
    low: float
    high: float

    def apply(self, axes: Axes, vertical: bool = True) -> None:
        """Set scale, limits, label and tick labels of the axis that shows the coordinate."""
        axis = axes.yaxis if vertical else axes.xaxis
        scale, limits = (axes.set_yscale, axes.set_ylim) if vertical else (axes.set_xscale, axes.set_xlim)
        if self.log:
            scale("log")
            wide = self.high / self.low > 30.0
            axis.set_major_locator(LogLocator(subs=(1.0, 3.0) if wide else (1.0, 2.0, 3.0, 5.0)))
            axis.set_major_formatter(FuncFormatter(plain_number))
            axis.set_minor_formatter(NullFormatter())
        limits(self.low, self.high)
        axis.set_label_text(self.label)

    def text(self, r: float) -> str:
        """A place in words, for titles."""
        value = float(self.convert(r))
        if "km" in self.label:
            return f"{'altitude' if 'Altitude' in self.label else 'x ='} {value:,.0f} km".replace(",", "\u202f")
        return f"$r$ = {value:.3g} $R_0$"


def height_of(result: Result) -> Height:
    """Choose the coordinate for a result: altitudes where the case has a body. It ends at the highest cell in use."""
    edges = np.asarray(result["grid/edges"], dtype=float)
    edges = edges[: _highest(result) + 2]
    base = altitude_base(result)
    if not result.space.spherical:
        unit, name = (1e3, "km") if edges[-1] - edges[0] > 3e3 else (1.0, "m")
        return _height(f"Height ({name})", edges, lambda r: np.asarray(r, dtype=float) / unit, False)
    if base is None:
        inner = float(edges[0])
        return _height("Radius $r/R_0$", edges, lambda r: np.asarray(r, dtype=float) / inner, edges[-1] / inner > 3.0)
    lowest = edges.copy()
    lowest[0] = max(edges[0], base)
    if lowest[0] - base < 1e-3 * (edges[-1] - base):  # from the surface: logarithmic from the middle of the lowest cell
        lowest[0] = 0.5 * (lowest[0] + edges[1])
    ratio = (edges[-1] - base) / (lowest[0] - base)
    log = ratio > (6.0 if lowest[0] == edges[0] else 100.0)
    return _height(
        "Altitude (km)", lowest if log else edges, lambda r: (np.asarray(r, dtype=float) - base) / 1e3, log
    )  # fmt: skip


def altitude_base(result: Result) -> float | None:
    """Radius [m] from which altitudes count; None where the case has none, or its gas begins inside the body.

    That of a named body, and one that the case gives where it also gives altitudes.
    """
    case, base = result.case, result.case.get("body_radius")
    if not base or not result.space.spherical or base > float(result["grid/edges"][0]) * (1.0 + 1e-9):
        return None
    spelled = f"{result.attrs.get('case_toml', '')} {result.attrs.get('overrides', '')}"
    return float(base) if case.get("body_name") or "altitude" in spelled else None


def _highest(result: Result) -> int:
    """The highest cell in which anything was sampled; the last one where nothing was."""
    density = result.get("profile/density")
    seen = np.flatnonzero((np.asarray(density) > 0.0).any(axis=0)) if density is not None else np.zeros(0, dtype=int)
    return int(seen[-1]) if seen.size else len(result["grid/edges"]) - 2


def species_colours(result: Result) -> Mapping[str, str]:
    """One colour per species, in file order."""
    colours = palette()
    return {name: colours[k % len(colours)] for k, name in enumerate(result.species)}


def palette() -> tuple[str, ...]:
    """Colours of the style in use, at least as many as PALETTE has (repeated where the style has fewer)."""
    found = mpl.rcParams["axes.prop_cycle"].by_key().get("color", PALETTE)
    colours = tuple(to_hex(colour) for colour in found)
    return colours * -(-len(PALETTE) // len(colours))


def fine_radii(edges: npt.ArrayLike, count: int = 400) -> FloatArray:
    """Radii [m] for smooth curves over the domain, closer together towards the inner boundary."""
    low, high = float(np.asarray(edges)[0]), float(np.asarray(edges)[-1])
    return np.asarray(low + (high - low) * np.linspace(0.0, 1.0, count) ** 3)


_MOST_ROWS = 6
_LETTER, _HANDLE, _LINE, _ROWS = 0.068, 0.52, 0.17, 2  # inches: a letter, line and gaps of an entry, a row; rows within


def _letters(label: str) -> int:
    """About how many letters wide a label is, mathtext included."""
    return len(re.sub(r"\\[a-z]+|[${}_^]", "", label))


def faint(colour: str) -> tuple[float, float, float, float]:
    """A colour for error bars, so that points stay readable where bars overlap."""
    red, green, blue, _ = to_rgba(colour)
    return red, green, blue, 0.5


def new_figure(width: float, height: float) -> Figure:
    """A figure of the given size in inches, without global state; a style with a figure size of its own sets the width
    and keeps the shape.
    """
    wanted = mpl.rcParams["figure.figsize"]
    scale = 1.0 if tuple(wanted) == RC["figure.figsize"] else float(wanted[0]) / width
    return Figure(figsize=(scale * width, scale * height), layout=QuickLayout())


def plain_number(value: float, _: object = None) -> str:
    """Tick text without powers of ten: 300, 10 000, 1.5."""
    return f"{value:,.10g}".replace(",", "\u202f")


def powers(value: float, digits: int = 3) -> str:
    """A number as mathtext, 3.21 x 10^7."""
    if not np.isfinite(value) or value == 0.0:
        return f"{value:g}"
    exponent = int(np.floor(np.log10(abs(value))))
    if -2 <= exponent <= 3:
        return f"{value:.{digits}g}"
    return rf"{value / 10.0**exponent:.{digits - 1}f}$\times$10$^{{{exponent}}}$"


def legend_above(figure: Figure, panels: Iterable[Axes], columns: int = 4) -> None:
    """One legend for all panels above them, where it covers nothing; none where nothing is labelled.

    It has as many columns as fit beside each other, ``columns`` at most, and the figure grows with its rows: the panels
    stay as large as they are. Many long entries widen it to two columns.
    """
    found: dict[str, Any] = {}
    for axes in panels:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    if not found:
        return
    width, height = figure.get_size_inches()
    entry = _LETTER * max(_letters(label) for label in found) + _HANDLE
    columns = max(1, min(columns, len(found), int(width / entry)))
    if columns == 1 and len(found) > _MOST_ROWS:
        columns = 2
        figure.set_figwidth(2.0 * entry)
    rows = -(-len(found) // columns)
    figure.set_figheight(height + _LINE * max(0, rows - _ROWS))
    figure.legend(
        list(found.values()), list(found), loc="outside upper center", ncols=columns, columnspacing=1.4
    )  # fmt: skip


def nothing_here(axes: Axes, text: str) -> None:
    """A panel without data says so in its middle and has no ticks that would mean something."""
    axes.text(
        0.5,
        0.5,
        text,
        transform=axes.transAxes,
        ha="center",
        va="center",
        color=GUIDE,
        fontsize=mpl.rcParams["axes.labelsize"],
    )
    axes.set_yticks([])


def few_ticks(axes: Axes) -> None:
    """At most five ticks on the horizontal axis, small and large numbers with a common power of ten."""
    axes.locator_params(axis="x", nbins=5)
    axes.ticklabel_format(axis="x", style="sci", scilimits=(-2, 4), useMathText=True)


def panel_label(axes: Axes, text: str) -> None:
    """Letter or short name in the upper left corner, inside."""
    axes.set_title(text, loc="left", fontsize=mpl.rcParams["axes.labelsize"])


def _height(label: str, edges: FloatArray, convert: Callable[[npt.ArrayLike], FloatArray], log: bool) -> Height:
    low, high = float(convert(edges[0])), float(convert(edges[-1]))
    return Height(label, convert, log and low > 0.0, low, high)
