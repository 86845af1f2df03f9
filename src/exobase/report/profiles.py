"""Figures of quantities against altitude: density, temperature, velocity, flux, Knudsen number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from exobase.analytic import chamberlain
from exobase.constants import K_B
from exobase.io.results import Result
from exobase.judge.at_rest import hottest_boundary, what_heats
from exobase.judge.flows import cell_means, flow
from exobase.judge.flows import flux as theory_flux
from exobase.judge.references import FloatArray, Theory, theory
from exobase.report.free_flight import FreeFlight
from exobase.report.labels import axis_label, formula, unit
from exobase.report.marks import mark_exobase, over_neighbours, points
from exobase.report.steady_flow import LABELS, curve, flow_name, lag_panel, temperature_curves
from exobase.report.style import (
    GUIDE,
    THEORY,
    Height,
    few_ticks,
    fine_radii,
    height_of,
    legend_above,
    new_figure,
    palette,
    panel_label,
    plain_number,
    powers,
    species_colours,
)

_DECADES = 16
_FLOWS = 30
"""Most points of a species in the figure of flows."""
_EXCESS = 3.0
_KINDS = (
    ("T_r", "^", 1, r"radial $T_r$"),
    ("T_t", "s", 2, r"tangential $T_t$"),
    ("T", "o", 0, r"total $T$"),
    ("T_rot", "D", 3, r"rotational $T_{rot}$"),
)


def density(result: Result) -> Figure | None:
    """Number density of every species, and its ratio to theory."""
    height, colours = height_of(result), species_colours(result)
    figure = new_figure(7.2, 4.4)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.6, 1.0])
    edges, r = np.asarray(result["grid/edges"]), np.asarray(result["grid/r"])
    fine = fine_radii(edges)
    ratios = [np.ones(0)]
    for row, name in enumerate(result.species):
        n, stderr = result["profile/density"][row], result.stderr("profile/density")[row]
        shown, colour = n > 0, colours[name]
        points(left, n[shown] * 1e-6, height.convert(r[shown]), stderr[shown] * 1e-6, colour, formula(name))
        about = theory(result.case, name)
        if about.density <= 0.0 or not shown.any():
            continue
        named = flow_name(result, about)
        if named is None:
            expected = _static_theory(result, row, about, (left, right), height, colour)
        else:
            expected = cell_means(named, about, edges).density
            curve(left, height, fine, flow(named, about, fine).density * 1e-6, LABELS[named])
        scale = _scale(result, n, expected)
        kept = shown & (expected > 0) & ~(stderr > 0.25 * n)
        scaled = scale * expected[kept]
        points(right, n[kept] / scaled, height.convert(r[kept]), stderr[kept] / scaled, colour, "")
        ratios.append(n[kept] / scaled)
    _density_axes(result, left, right, height, np.concatenate(ratios))
    for axes in (left, right):
        mark_exobase(result, axes, height)
    legend_above(figure, (left,), 5)
    return figure


def _static_theory(
    result: Result, row: int, about: Theory, panels: tuple[Axes, Axes], height: Height, colour: str
) -> FloatArray:
    """Lines of hydrostatic gas and of the exosphere above; the density [nc] over which the right panel is drawn."""
    edges = np.asarray(result["grid/edges"])
    fine, free, (left, right) = fine_radii(edges), _free(result, about), panels
    expected = about.cell_mean(about.chamberlain if free else about.barometric, edges)
    scale = _scale(result, result["profile/density"][row], expected)
    left.plot(scale * about.barometric(fine) * 1e-6, height.convert(fine), color=colour, ls=":", lw=1.1, zorder=1)
    above = _exosphere(result, about, row, fine)
    if above is not None:
        left.plot(above[1] * 1e-6, height.convert(above[0]), color=colour, ls="-", lw=1.1, zorder=1)
    if above is not None and not free:
        right.plot(above[1] / about.barometric(above[0]), height.convert(above[0]), color=colour, lw=1.1, zorder=1)
    return expected


def temperature(result: Result) -> Figure | None:
    """Radial, tangential, total and rotational temperature, one panel per species; a single one with its lag."""
    height, names = height_of(result), result.species
    lags = len(names) == 1 and "profile/T_rot" in result
    columns = len(names) + int(lags)
    figure = new_figure(7.2 if lags else max(4.6, min(2.2 + 2.4 * columns, 10.0)), 4.4)
    panels = np.atleast_1d(figure.subplots(1, columns, sharey=True))
    r, known = np.asarray(result["grid/r"]), _well_known(result)
    for row, name in enumerate(names):
        axes, about = panels[row], theory(result.case, name)
        label, level = _origin(result, about)
        axes.axvline(level, color=GUIDE, ls=":", lw=1.1, label=f"{label} {level:g} K")
        named = flow_name(result, about)
        if _free(result, about):
            _free_temperatures(axes, about, result, height)
        elif named is not None:
            temperature_curves(axes, result, about, height, named)
        drawn = False
        for quantity, marker, place, text in _KINDS:
            colour = palette()[place]
            if f"profile/{quantity}" not in result:
                continue
            value = np.asarray(result[f"profile/{quantity}"][row], dtype=float)
            stderr = np.asarray(result.stderr(f"profile/{quantity}")[row], dtype=float)
            shown = _significant(value, stderr) & known[row]
            drawn = drawn or bool(shown.any())
            points(axes, value[shown], height.convert(r[shown]), stderr[shown], colour, text, marker)
        _mark_excess(axes, result, row, known[row], height)
        axes.set_xlabel("Temperature (K)")
        axes.locator_params(axis="x", nbins=6)
        _temperature_limits(axes, result, row, level)
        panel_label(axes, formula(name))
        height.apply(axes)
        if not drawn:
            axes.text(0.5, 0.5, "not sampled", transform=axes.transAxes, ha="center", color=GUIDE)
        axes.label_outer()
        mark_exobase(result, axes, height, rows=[row])
        if lags:
            lag_panel(panels[1], result, about, row, height, named)
            height.apply(panels[1])
            panels[1].label_outer()
    legend_above(figure, panels, 3 if columns == 1 else 5)
    return figure


def _mark_excess(axes: Axes, result: Result, row: int, known: npt.NDArray[np.bool_], height: Height) -> None:
    """Rings round temperatures above every boundary of the gas by more than _EXCESS errors, where nothing heats it."""
    hottest = hottest_boundary(result.case)
    if hottest <= 0.0 or what_heats(result.case):
        return
    value = np.asarray(result["profile/T"][row], dtype=float)
    error = np.asarray(result.stderr("profile/T")[row], dtype=float)
    over = known & (error > 0.0) & (value - hottest > _EXCESS * error)
    if over.any():
        place = height.convert(np.asarray(result["grid/r"])[over])
        label = f"$T$ over {hottest:g} K by more than {_EXCESS:g} errors"
        axes.plot(value[over], place, ls="none", marker="o", ms=7.0, mfc="none", mec="black", mew=1.0, label=label)


def velocity(result: Result) -> Figure | None:
    """Radial velocity and Mach number."""
    height, colours = height_of(result), species_colours(result)
    figure = new_figure(7.2, 4.2)
    left, right = figure.subplots(1, 2, sharey=True)
    r, fine = np.asarray(result["grid/r"]), fine_radii(result["grid/edges"])
    kept = _well_known(result)
    u, mach = (np.where(kept, result[f"profile/{q}"], np.nan) for q in ("u_r", "mach"))
    factor, text = (1e-3, "km s-1") if _largest(u) > 500.0 else (1.0, "m s-1")
    for row, name in enumerate(result.species):
        shown, colour = np.isfinite(u[row]), colours[name]
        place, stderr = height.convert(r[shown]), result.stderr("profile/u_r")[row][shown]
        points(left, u[row][shown] * factor, place, stderr * factor, colour, formula(name))
        points(right, mach[row][shown], place, result.stderr("profile/mach")[row][shown], colour, "")
        about = theory(result.case, name)
        if _free(result, about):
            speed = chamberlain.mean_radial_velocity(fine, about.r_inner, about.temperature, about.mass, about.gm)
            _theory(left, speed * factor, height.convert(fine), "free flight (Chamberlain)")
            flights = [FreeFlight(x, about.r_inner, about.temperature, about.mass, about.gm) for x in fine[1::4]]
            total = np.array([(t[0] + 2.0 * t[1]) / 3.0 for t in (flight.temperatures() for flight in flights)])
            sound = np.sqrt(5.0 * K_B * total / (3.0 * about.mass))
            _theory(right, speed[1::4] / sound, height.convert(fine[1::4]), "")
        named = flow_name(result, about)
        if named is not None:
            state = flow(named, about, fine)
            sound = np.sqrt(about.gamma * K_B * state.temperature / about.mass)
            curve(left, height, fine, state.velocity * factor, LABELS[named])
            curve(right, height, fine, state.velocity / sound, "")
    left.set_xlabel(axis_label("Radial velocity $u_r$", text))
    right.set_xlabel("Mach number")
    if _largest(mach) > 0.5:
        right.axvline(1.0, color=GUIDE, ls=":", lw=1.1)
    for axes in (left, right):
        axes.axvline(0.0, color=GUIDE, lw=0.6)
        few_ticks(axes)
        height.apply(axes)
        axes.label_outer()
        mark_exobase(result, axes, height)
    legend_above(figure, (left,))
    return figure


def flux(result: Result) -> Figure | None:
    """Particle flow through every radius over the escape rate, which it must equal in a steady state."""
    if "escape/rate" not in result:
        return None
    rates = result["escape/rate"]
    shown = [row for row, rate in enumerate(rates) if np.isfinite(rate) and rate > 0]
    if not shown:
        return None
    height, space = height_of(result), result.space
    figure = new_figure(5.2, 4.4)
    axes = figure.subplots()
    drawn = [_flow_points(result, row, height) for row in shown]
    for row in shown:
        _flow_lines(axes, result, row)
    axes.axvline(1.0, color=THEORY, lw=0.9, zorder=0)
    half = min(max(0.05, *(_half_width(value, error) for _, value, error in drawn)), 3.0)
    left_out = 0
    for row, (place, value, error) in zip(shown, drawn, strict=True):
        name, rate = result.species[row], float(rates[row])
        relative = float(result.stderr("escape/rate")[row]) / rate
        label = f"{formula(name)}: {powers(rate)} {unit(space.rate_unit)}"
        inside = (np.abs(value - 1.0) < half) & ~(error > half)
        left_out += int((~inside).sum())
        label += rf" $\pm$ {100 * relative:.2g} %"
        points(axes, value[inside], place[inside], error[inside], species_colours(result)[name], label)
    if left_out:
        note = f"{left_out} of {sum(value.size for _, value, _ in drawn)} points lie outside or have larger errors"
        axes.text(0.02, 0.02, note, transform=axes.transAxes, color=GUIDE, fontsize=8.0)
    axes.set_xlim(1.0 - half, 1.0 + half)
    axes.set_xlabel(r"$4\pi r^2 n u_r$ / escape rate" if space.spherical else r"$n u$ / escape flux")
    height.apply(axes)
    mark_exobase(result, axes, height)
    legend_above(figure, (axes,), 2)
    return figure


def _flow_points(result: Result, row: int, height: Height) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Place as shown, flow over the escape rate and its error, means over neighbouring cells at most _FLOWS."""
    r, rate = np.asarray(result["grid/r"], dtype=float), float(result["escape/rate"][row])
    area = result.space.area(r)
    value = np.asarray(result["profile/particle_flux"][row], dtype=float) * area / rate
    error = np.nan_to_num(np.asarray(result.stderr("profile/particle_flux")[row], dtype=float) * area / rate)
    use = np.isfinite(value) & np.isfinite(error)
    return over_neighbours(height, r[use], value[use], error[use], _FLOWS)


def _half_width(value: FloatArray, error: FloatArray) -> float:
    """Half of an axis round one that shows three quarters of the points with their bars."""
    reach = np.abs(value - 1.0) + error
    return 1.25 * float(np.quantile(reach, 0.75)) if reach.size else 0.0


def _flow_lines(axes: Axes, result: Result, row: int) -> None:
    """The band of the escape rate of a species, and the rate that theory gives."""
    name, rate = result.species[row], float(result["escape/rate"][row])
    colour, about = species_colours(result)[name], theory(result.case, name)
    error = float(result.stderr("escape/rate")[row]) / rate
    if np.isfinite(error):
        axes.axvspan(1.0 - error, 1.0 + error, color=colour, alpha=0.15, lw=0)
    if _free(result, about):
        jeans = about.jeans_flux() * float(about.space.area(about.r_inner)) / rate
        axes.axvline(jeans, color=colour, ls="--", lw=1.1, label=f"{formula(name)}: Jeans")
    named = flow_name(result, about)
    if named is not None:
        expected = theory_flux(named, about) * float(about.space.area(about.r_inner)) / rate
        axes.axvline(expected, color=colour, ls="--", lw=1.1, label=f"{formula(name)}: {LABELS[named]}")


def knudsen(result: Result) -> Figure | None:
    """Knudsen number of every species with the exobase."""
    values = result.get("profile/knudsen")
    if values is None or not np.any(np.isfinite(values) & (values > 0)):
        return None
    height, colours = height_of(result), species_colours(result)
    figure = new_figure(5.2, 4.2)
    axes = figure.subplots()
    r = np.asarray(result["grid/r"])
    for row, name in enumerate(result.species):
        shown = np.isfinite(values[row]) & (values[row] > 0)
        axes.plot(
            values[row][shown],
            height.convert(r[shown]),
            color=colours[name],
            marker="o",
            ms=2.6,
            lw=0.8,
            label=formula(name),
        )
    axes.axvline(1.0, color=GUIDE, ls=":", lw=1.1)
    axes.set_xscale("log")
    positive = values[np.isfinite(values) & (values > 0)]
    axes.set_xlim(0.5 * float(positive.min()), min(2.0 * float(positive.max()), 1e6))
    axes.set_xlabel("Knudsen number l/H (mean free path / scale height of the pressure)")
    height.apply(axes)
    mark_exobase(result, axes, height, text=True)
    legend_above(figure, (axes,), 2)
    return figure


def _temperature_limits(axes: Axes, result: Result, row: int, level: float) -> None:
    """From zero where temperatures fall far, else a window round them."""
    kept, known = [np.array([level])], _well_known(result)[row]
    for quantity in ("T_r", "T_t", "T"):
        value = np.asarray(result[f"profile/{quantity}"][row], dtype=float)
        error = np.asarray(result.stderr(f"profile/{quantity}")[row], dtype=float)
        kept.append(value[_significant(value, error) & known & ~(error > 0.1 * value)])
    low, high = float(np.concatenate(kept).min()), float(np.concatenate(kept).max())
    margin = max(0.1 * (high - low), 0.02 * high)
    axes.set_xlim(0.0 if low < 0.6 * high else low - margin, high + margin)


def _density_axes(result: Result, left: Axes, right: Axes, height: Height, ratios: FloatArray) -> None:
    n = result["profile/density"] * 1e-6
    positive = n[_well_known(result)] if _well_known(result).any() else n[n > 0]
    top = float(positive.max()) if positive.size else 1.0
    bottom = float(positive.min()) if positive.size else 0.1
    left.set_xscale("log")
    left.set_xlim(max(0.5 * bottom, top * 10.0**-_DECADES), 3.0 * top)
    left.set_xlabel(axis_label("Number density", "cm-3"))
    height.apply(left)
    about = [theory(result.case, name) for name in result.species]
    free, fitted = any(_free(result, gas) for gas in about), _closed_below(result)
    named = next((flow for flow in (flow_name(result, gas) for gas in about) if flow is not None), None)
    if named is None:
        left.plot([], [], color=GUIDE, ls=":", label="barometric, same content" if fitted else "barometric")
    if free or any(line.get_linestyle() == "-" for line in right.get_lines()):
        text = "free flight (Chamberlain)" if free else "free flight above the exobase"
        left.plot([], [], color=GUIDE, ls="-", label=text)
    exact = free or named is not None
    right.axvline(1.0, color=THEORY if exact else GUIDE, lw=1.0, ls="-" if exact else ":", zorder=0)
    right.set_xlabel("Density / " + ("free flight" if free else "barometric" if named is None else LABELS[named]))
    half = 0.1
    if ratios.size:
        half = max(0.01, 1.3 * float(np.quantile(np.abs(ratios - 1.0), 0.98)))
    if half < 0.6:
        right.set_xlim(1.0 - half, 1.0 + half)
        right.locator_params(axis="x", nbins=5)
    else:
        low, high = float(ratios.min()), float(ratios.max())
        right.set_xscale("log")
        right.set_xlim(max(0.6 * low, 1e-4), min(1.7 * max(high, 1.0), 1e4))
        right.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high / low < 30.0 else (1.0,)))
        right.xaxis.set_major_formatter(FuncFormatter(plain_number))
        right.xaxis.set_minor_formatter(NullFormatter())
    right.label_outer()


def _scale(result: Result, n: FloatArray, expected: FloatArray) -> float:
    """Factor on theory where no reservoir sets the density: the one that gives the content found."""
    if not _closed_below(result):
        return 1.0
    volume = np.asarray(result["grid/volume"])
    total = float(np.nansum(expected * volume))
    return float(np.nansum(n * volume)) / total if total > 0.0 else 1.0


def _closed_below(result: Result) -> bool:
    return bool(result.case.get("inner", {}).get("type", "reservoir") != "reservoir")


def _origin(result: Result, about: Theory) -> tuple[str, float]:
    """What sets the temperature below, in words, and that temperature [K]."""
    inner = result.case.get("inner", {})
    if inner.get("type") == "diffuse":
        return "wall", float(inner.get("temperature") or about.temperature)
    return ("start" if inner.get("type") == "specular" else "reservoir"), about.temperature


def _theory(axes: Axes, x: npt.ArrayLike, y: npt.ArrayLike, label: str) -> None:
    known = axes.get_legend_handles_labels()[1]
    axes.plot(x, y, color=THEORY, lw=1.1, zorder=3, label=label if label and label not in known else None)


def _well_known(result: Result) -> npt.NDArray[np.bool_]:
    """Species and cells sampled well enough for a mean velocity [ns, nc]: density known to a quarter."""
    n = np.asarray(result["profile/density"], dtype=float)
    return np.asarray((n > 0) & ~(result.stderr("profile/density") > 0.25 * n))


def _largest(values: FloatArray) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max(initial=0.0))


def _exosphere(result: Result, about: Theory, row: int, fine: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Chamberlain's density: from the reservoir in free flight, from the exobase found in a collisional gas."""
    if not about.space.central or _closed_above(result):
        return None
    if _free(result, about):
        above = fine[fine >= about.r_inner]
        return above, about.chamberlain(above)
    radius, n, t = (float(result[f"exobase/{q}"][row]) for q in ("radius", "density", "temperature"))
    if not (np.isfinite([radius, n, t]).all() and n > 0 and t > 0):
        return None
    above = fine[fine >= radius]
    return above, np.asarray(chamberlain.density(above, n, radius, t, about.mass, about.gm))


def _free(result: Result, about: Theory) -> bool:
    """Whether the set-up is a collisionless exosphere above an even boundary, so that theory is exact everywhere."""
    open_gas = not _closed_above(result) and not _closed_below(result)
    return result.attrs.get("collisions") == "off" and about.space.central and open_gas and not about.uneven


def _closed_above(result: Result) -> bool:
    return result.case.get("outer", {}).get("type") in ("specular", "diffuse")


def _free_temperatures(axes: Axes, about: Theory, result: Result, height: Height) -> None:
    edges = result["grid/edges"]
    radii = fine_radii(edges, 120)[1:]
    pairs = np.array(
        [FreeFlight(r, about.r_inner, about.temperature, about.mass, about.gm).temperatures() for r in radii]
    )
    total = (pairs[:, 0] + 2.0 * pairs[:, 1]) / 3.0
    for values, colour in ((pairs[:, 0], palette()[1]), (pairs[:, 1], palette()[2]), (total, palette()[0])):
        axes.plot(values, height.convert(radii), color=colour, lw=1.1, zorder=1)
    axes.plot([], [], color=GUIDE, lw=1.1, label="free flight (Chamberlain)")


def _significant(value: FloatArray, stderr: FloatArray) -> npt.NDArray[np.bool_]:
    """Cells with a value whose error, where known, is below half of it."""
    return np.asarray(np.isfinite(value) & ~(stderr > 0.5 * np.abs(value)))
