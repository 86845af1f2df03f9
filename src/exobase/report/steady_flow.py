"""Theory of steady outflow in figures: isentropic wind, free-molecular sphere, gas above a Knudsen layer; its lag.

A gas that expands cools in translation first; rotation follows within Z collisions. To first order in Z over the number
of collisions of an expansion time, with everything on the right from the isentropic flow,

    T_rot - T_tr = -Z u (dT/dr)/nu,  nu = vbar/l the collision frequency, vbar = sqrt(8kT/(pi m)).
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from exobase.analytic.kinetic import mean_free_path
from exobase.constants import K_B
from exobase.io.results import Result
from exobase.judge import flows
from exobase.judge.references import FloatArray, Theory
from exobase.report.style import GUIDE, POINTS, THEORY, Height, faint, fine_radii, palette

LABELS = {
    "isentropic": "isentropic wind",
    "free_molecular": "free molecular",
    "knudsen_layer": "jump relations",
}

_POINTS = 60
"""Most points on a panel of the lag."""


def flow_name(result: Result, about: Theory) -> str | None:
    """Name of the flow that the case of a result sets up for a species."""
    return flows.holding({**result.case, "collisions": result.attrs.get("collisions")}, about)


def curve(axes: Axes, height: Height, r: FloatArray, values: FloatArray, label: str, colour: str = THEORY) -> None:
    """A theory line of ``values`` at radii r [m], labelled once."""
    known = axes.get_legend_handles_labels()[1]
    axes.plot(values, height.convert(r), color=colour, lw=1.1, zorder=3, label=None if label in known else label)


def temperature_curves(axes: Axes, result: Result, about: Theory, height: Height, named: str) -> None:
    """Temperature of a flow; its radial and transverse parts where they differ."""
    r = fine_radii(result["grid/edges"])
    state = flows.flow(named, about, r)
    if named != "free_molecular":
        curve(axes, height, r, state.temperature, LABELS[named])
        return
    parts = (state.temperature_radial, state.temperature_transverse, state.temperature)
    for values, colour in zip(parts, (palette()[1], palette()[2], palette()[0]), strict=True):
        axes.plot(values, height.convert(r), color=colour, lw=1.1, zorder=1)
    axes.plot([], [], color=GUIDE, lw=1.1, label=LABELS[named])


def lag_estimate(about: Theory, entry: dict[str, object], r: FloatArray) -> FloatArray:
    """First-order T_rot - T_tr [K] of the isentropic flow at r [m]; entry: the species of the resolved case.

    Raises InputError where there is no such flow, ValueError for a collision number that depends on temperature.
    """
    kind, rotation = entry["species"], entry["rotation"]
    assert isinstance(kind, dict)
    assert isinstance(rotation, dict)
    if rotation["t_star"] > 0.0:
        raise ValueError("the collision number depends on temperature")
    state = flows.flow("isentropic", about, r)
    free = mean_free_path(state.density, state.temperature, kind["diameter"], kind["omega"], kind["t_ref"])
    frequency = np.sqrt(8.0 * K_B * state.temperature / (np.pi * about.mass)) / free
    return np.asarray(-rotation["number"] * state.velocity * np.gradient(state.temperature, r) / frequency)


def lag_panel(axes: Axes, result: Result, about: Theory, row: int, height: Height, named: str | None) -> None:
    """T_rot - T_tr of a species over T_tr, with its first-order estimate where the flow is isentropic.

    Points are means over neighbouring cells, whose errors are taken as independent.
    """
    r = np.asarray(result["grid/r"], dtype=float)
    t, rotation = (np.asarray(result[f"profile/{q}"][row], dtype=float) for q in ("T", "T_rot"))
    error = np.hypot(*(np.asarray(result.stderr(f"profile/{q}")[row], dtype=float) for q in ("T", "T_rot")))
    with np.errstate(invalid="ignore", divide="ignore"):
        lag, spread = rotation / t - 1.0, error / t
        shown = np.isfinite(lag) & ~(spread > 0.05)
    groups = np.array_split(np.flatnonzero(shown), min(int(shown.sum()), _POINTS)) if shown.any() else []
    place, lag, spread = (np.array([float(np.mean(x[g])) for g in groups]) for x in (r, lag, spread))
    spread /= np.sqrt([g.size for g in groups])
    colour = palette()[3]
    axes.errorbar(lag, height.convert(place), xerr=spread, color=colour, ecolor=faint(colour), **POINTS)
    if named == "isentropic":
        fine = fine_radii(result["grid/edges"])
        entry = next(s for s in result.case["species"] if s["species"]["name"] == about.name)
        if not entry.get("rotation", {}).get("t_star", 1.0):
            estimate = lag_estimate(about, entry, fine) / flows.flow(named, about, fine).temperature
            curve(axes, height, fine, estimate, "first-order lag")
    axes.axvline(0.0, color=GUIDE, ls=":", lw=1.1)
    axes.set_xlabel(r"$T_{rot}/T - 1$")
