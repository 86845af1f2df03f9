"""Figures of a validation: deviations of all tests, curves beside theory, seconds by task."""

from __future__ import annotations

import math

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from exobase.report.style import PALETTE, POINTS, RC, SHADE, THEORY, new_figure
from exobase_verify.campaign import Validation
from exobase_verify.row import Curve, Row

_LIMIT = 5.0
_COLUMNS = 2
_EXACT = 1e-2


def deviations(validation: Validation) -> Figure:
    """Deviation of rows in standard errors; where none is known as a share of the tolerance, open symbols."""
    rows = [row for result in validation.results for row in result.rows if _shown(row)]
    with mpl.rc_context(RC):
        figure = new_figure(8.0, max(1.6, 0.8 + 0.16 * len(rows)))
        axes = figure.subplots()
        for width in (3.0, 2.0, 1.0):
            axes.axvspan(-width, width, color=SHADE, alpha=0.5, linewidth=0.0)
        axes.axvline(0.0, color=THEORY, linewidth=0.8)
        for place, row in enumerate(rows):
            _mark(axes, place, row)
        axes.set_yticks(range(len(rows)), [_short(row.name) for row in rows], fontsize=8.0)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(-_LIMIT - 0.3, _LIMIT + 0.3)
        axes.set_xlabel("Deviation from the reference (standard errors; open: shares of the tolerance)")
        axes.tick_params(axis="y", length=0.0, right=False)
    return figure


def curve_figures(validation: Validation) -> list[Figure]:
    """One figure with a panel for each title of curves; none where no row has a curve."""
    panels: dict[str, list[Curve]] = {}
    for result in validation.results:
        for row in result.rows:
            for curve in row.curves:
                panels.setdefault(curve.title, []).append(curve)
    if not panels:
        return []
    lines = math.ceil(len(panels) / _COLUMNS)
    with mpl.rc_context(RC):
        figure = new_figure(8.0, 2.9 * lines)
        all_axes = figure.subplots(lines, _COLUMNS, squeeze=False).ravel()
        for axes, (title, curves) in zip(all_axes, panels.items(), strict=False):
            _panel(axes, title, curves)
        for axes in all_axes[len(panels) :]:
            axes.set_visible(False)
    return [figure]


def case_times(validation: Validation) -> Figure:
    """Seconds of every task."""
    results = validation.results
    with mpl.rc_context(RC):
        figure = new_figure(8.0, max(1.4, 0.7 + 0.2 * len(results)))
        axes = figure.subplots()
        places = list(range(len(results)))
        axes.barh(places, [result.seconds for result in results], color=PALETTE[0], height=0.6)
        axes.set_yticks(places, [result.task.name for result in results], fontsize=8.0)
        axes.set_ylim(len(results) - 0.4, -0.6)
        axes.set_xlabel("Time (s)")
        axes.tick_params(axis="y", length=0.0, right=False)
    return figure


def _shown(row: Row) -> bool:
    """Rows that have a place on the axis; what holds exactly, as ledgers do, would only fill the page with zeros."""
    if not (math.isfinite(row.value) and math.isfinite(row.reference)):
        return False
    if math.isfinite(row.sigmas) or not row.passed:
        return True
    return math.isfinite(row.allowed) and abs(row.value - row.reference) > _EXACT * row.allowed


def _mark(axes: Axes, place: int, row: Row) -> None:
    colour = PALETTE[2] if row.passed else PALETTE[1]
    sigmas = row.sigmas
    filled = math.isfinite(sigmas)
    x = sigmas if filled else _share(row)
    if abs(x) > _LIMIT:
        axes.plot([math.copysign(_LIMIT, x)], [place], ">" if x > 0 else "<", color=colour, markersize=4.0)
        return
    axes.plot([x], [place], "o", color=colour, markersize=3.6, markerfacecolor=colour if filled else "none")


def _share(row: Row) -> float:
    """Deviation over the tolerance: 0 where it is exactly met, unit length at the bound of a failed row."""
    deviation = row.value - row.reference
    if deviation == 0.0 or not math.isfinite(row.allowed) or row.allowed == 0.0:
        return 0.0 if row.passed else _LIMIT
    return deviation / row.allowed


def _panel(axes: Axes, title: str, curves: list[Curve]) -> None:
    for k, curve in enumerate(curves):
        colour = PALETTE[k % len(PALETTE)]
        axes.plot(curve.x, curve.reference, color=colour if len(curves) > 1 else THEORY, linewidth=1.0)
        errors = [e if math.isfinite(e) else 0.0 for e in curve.error]
        axes.errorbar(curve.x, curve.value, yerr=errors, color=colour, label=curve.series or None, **POINTS)
    axes.set_title(title, loc="left")
    axes.set_xlabel(curves[0].x_label)
    axes.set_ylabel(curves[0].y_label)
    if any(curve.series for curve in curves):
        axes.legend()


def _short(name: str) -> str:
    """The name, without its middle where it is long: what tells rows apart stands at both ends."""
    return name if len(name) <= 66 else f"{name[:30]} ... {name[-31:]}"
