"""Figures of quantities against altitude: density, temperature, velocity, flux, Knudsen number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from exobase.analytic import chamberlain
from exobase.io.results import Result
from exobase.report.free_flight import FreeFlight
from exobase.report.style import (
    GUIDE,
    PALETTE,
    POINTS,
    THEORY,
    Height,
    faint,
    fine_radii,
    formula,
    height_of,
    new_figure,
    panel_label,
    powers,
    species_colours,
)
from exobase.validate.references import FloatArray, Theory, theory

_DECADES = 16


def density(result: Result) -> Figure | None:
    """Number density of every species, and its ratio to theory."""
    height, colours = height_of(result), species_colours(result)
    figure = new_figure(7.2, 4.2)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.7, 1.0])
    edges, r = np.asarray(result["grid/edges"]), np.asarray(result["grid/r"])
    fine = fine_radii(edges)
    for row, name in enumerate(result.species):
        n, stderr = result["profile/density"][row] * 1e-6, result.stderr("profile/density")[row] * 1e-6
        shown = n > 0
        colour = colours[name]
        _points(left, n[shown], height.convert(r[shown]), stderr[shown], colour, formula(name))
        about = theory(result.case, name)
        if about.density <= 0.0:
            continue
        left.plot(about.barometric(fine) * 1e-6, height.convert(fine), color=colour, ls=":", lw=1.1, zorder=1)
        curve = _exosphere(result, about, row, fine)
        if curve is not None:
            left.plot(curve[1] * 1e-6, height.convert(curve[0]), color=colour, ls="-", lw=1.1, zorder=1)
        expected = about.cell_mean(about.chamberlain if _free(result, about) else about.barometric, edges) * 1e-6
        ratio = n[shown] / expected[shown]
        _points(right, ratio, height.convert(r[shown]), stderr[shown] / expected[shown], colour, "")
    _mark_exobase(result, left, height)
    _mark_exobase(result, right, height)
    _density_axes(result, left, right, height)
    return figure


def temperature(result: Result) -> Figure | None:
    """Radial, tangential and total temperature, one panel per species."""
    height, names = height_of(result), result.species
    figure = new_figure(min(2.6 + 2.4 * len(names), 10.0), 4.2)
    panels = np.atleast_1d(figure.subplots(1, len(names), sharey=True))
    r = np.asarray(result["grid/r"])
    kinds = (
        ("T_r", "^", PALETTE[1], r"radial $T_r$"),
        ("T_t", "s", PALETTE[2], r"tangential $T_t$"),
        ("T", "o", PALETTE[0], r"total $T$"),
    )
    for row, name in enumerate(names):
        axes, about = panels[row], theory(result.case, name)
        axes.axvline(about.temperature, color=GUIDE, ls=":", lw=1.1, label=f"reservoir {about.temperature:g} K")
        if _free(result, about):
            _free_temperatures(axes, about, result, height)
        for quantity, marker, colour, label in kinds:
            value = np.asarray(result[f"profile/{quantity}"][row], dtype=float)
            stderr = np.asarray(result.stderr(f"profile/{quantity}")[row], dtype=float)
            shown = _significant(value, stderr)
            _points(axes, value[shown], height.convert(r[shown]), stderr[shown], colour, label, marker)
        axes.set_xlabel("Temperature (K)")
        _temperature_limits(axes, result, row, about.temperature)
        panel_label(axes, formula(name))
        height.apply(axes)
        axes.label_outer()
        _mark_exobase(result, axes, height, rows=[row])
    panels[0].legend(loc="best")
    return figure


def velocity(result: Result) -> Figure | None:
    """Radial velocity and Mach number."""
    height, colours = height_of(result), species_colours(result)
    figure = new_figure(7.2, 4.0)
    left, right = figure.subplots(1, 2, sharey=True)
    r, edges = np.asarray(result["grid/r"]), np.asarray(result["grid/edges"])
    fine = fine_radii(edges)
    drawn = False
    unit, text = (
        (1e-3, "km s$^{-1}$") if np.nanmax(np.abs(result["profile/u_r"]), initial=0.0) > 500.0 else (1.0, "m s$^{-1}$")
    )
    for row, name in enumerate(result.species):
        u, stderr = result["profile/u_r"][row] * unit, result.stderr("profile/u_r")[row] * unit
        _points(left, u, height.convert(r), stderr, colours[name], formula(name))
        mach, mach_error = result["profile/mach"][row], result.stderr("profile/mach")[row]
        _points(right, mach, height.convert(r), mach_error, colours[name], "")
        about = theory(result.case, name)
        if _free(result, about):
            speed = chamberlain.mean_radial_velocity(fine, about.r_inner, about.temperature, about.mass, about.gm)
            label = "" if drawn else "free flight (Chamberlain)"
            left.plot(speed * unit, height.convert(fine), color=THEORY, lw=1.1, zorder=1, label=label)
            drawn = True
    left.set_xlabel(f"Radial velocity $u_r$ ({text})")
    right.set_xlabel("Mach number")
    if np.nanmax(result["profile/mach"], initial=0.0) > 0.5:
        right.axvline(1.0, color=GUIDE, ls=":", lw=1.1)
    for axes in (left, right):
        axes.axvline(0.0, color=GUIDE, lw=0.6)
        height.apply(axes)
        axes.label_outer()
        _mark_exobase(result, axes, height)
    left.legend(loc="best")
    return figure


def flux(result: Result) -> Figure | None:
    """Particle flow through every radius over the escape rate, which it must equal in a steady state."""
    height, colours = height_of(result), species_colours(result)
    r = np.asarray(result["grid/r"])
    area = np.ones_like(r) if result.attrs.get("geometry") == "planar" else 4.0 * np.pi * r**2
    rates, errors = result["escape/rate"], result.stderr("escape/rate")
    shown = [row for row, rate in enumerate(rates) if np.isfinite(rate) and rate > 0]
    if not shown:
        return None
    figure = new_figure(5.2, 4.2)
    axes = figure.subplots()
    widths: list[float] = []
    drawn: list[tuple[FloatArray, FloatArray, str, str]] = []
    for row in shown:
        name, rate = result.species[row], float(rates[row])
        value = result["profile/particle_flux"][row] * area / rate
        stderr = result.stderr("profile/particle_flux")[row] * area / rate
        error = float(errors[row]) / rate
        label = rf"{formula(name)}: {powers(rate)} s$^{{-1}}$ $\pm$ {100 * error:.2g} %"
        drawn.append((value, stderr, colours[name], label))
        if np.isfinite(error):
            axes.axvspan(1.0 - error, 1.0 + error, color=colours[name], alpha=0.15, lw=0)
        upper = slice(len(r) // 2, None)
        widths.append(float(np.nanmedian(np.abs(value[upper] - 1.0) + 2.0 * np.nan_to_num(stderr[upper]))))
        about = theory(result.case, name)
        if _free(result, about):
            jeans = about.jeans_flux() * 4.0 * np.pi * about.r_inner**2 / rate
            axes.axvline(jeans, color=colours[name], ls="--", lw=1.1, label=f"{formula(name)}: Jeans")
    axes.axvline(1.0, color=THEORY, lw=0.9, zorder=0)
    half = min(max(0.05, 4.0 * max(widths)), 3.0)
    for value, stderr, colour, label in drawn:
        inside = np.abs(value - 1.0) < half
        _points(axes, value[inside], height.convert(r[inside]), stderr[inside], colour, label)
    axes.set_xlim(1.0 - half, 1.0 + half)
    planar = result.attrs.get("geometry") == "planar"
    axes.set_xlabel(r"$n u$ / escape flux" if planar else r"$4\pi r^2 n u_r$ / escape rate")
    height.apply(axes)
    _mark_exobase(result, axes, height)
    axes.legend(loc="best")
    return figure


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
    axes.set_xlabel("Knudsen number (mean free path / pressure scale height)")
    height.apply(axes)
    _mark_exobase(result, axes, height, text=True)
    axes.legend(loc="best")
    return figure


def _temperature_limits(axes: Axes, result: Result, row: int, reservoir: float) -> None:
    """From zero where temperatures fall far, else a window round them."""
    values = [np.asarray(result[f"profile/{q}"][row], dtype=float) for q in ("T_r", "T_t", "T")]
    errors = [np.asarray(result.stderr(f"profile/{q}")[row], dtype=float) for q in ("T_r", "T_t", "T")]
    kept = [value[_significant(value, error)] for value, error in zip(values, errors, strict=True)]
    shown = np.concatenate([*kept, [reservoir]])
    low, high = float(shown.min()), float(shown.max())
    margin = max(0.1 * (high - low), 0.02 * high)
    axes.set_xlim(0.0 if low < 0.6 * high else low - margin, high + margin)


def _density_axes(result: Result, left: Axes, right: Axes, height: Height) -> None:
    n = result["profile/density"] * 1e-6
    positive = n[n > 0]
    top = float(positive.max()) if positive.size else 1.0
    bottom = float(positive.min()) if positive.size else 0.1
    left.set_xscale("log")
    left.set_xlim(max(0.5 * bottom, top * 10.0**-_DECADES), 3.0 * top)
    left.set_xlabel("Number density (cm$^{-3}$)")
    height.apply(left)
    left.plot([], [], color=GUIDE, ls=":", label="barometric")
    free = _free(result, theory(result.case, result.species[0]))
    if result.attrs.get("geometry") != "planar":
        left.plot(
            [], [], color=GUIDE, ls="-", label="free flight (Chamberlain)" if free else "free flight above exobase"
        )
    left.legend(loc="best", fontsize=7.5)
    right.axvline(1.0, color=THEORY, lw=1.0, zorder=0)
    right.set_xlabel("Density / " + ("free flight" if free else "barometric"))
    low, high = 0.9, 1.1
    shown = [line for line in right.get_lines() if line.get_linestyle() == "None"]
    if shown:
        data = np.concatenate([np.asarray(line.get_xdata(), dtype=float) for line in shown])
        half = float(np.clip(1.3 * np.nanquantile(np.abs(data - 1.0), 0.98), 0.01, 1.0))
        low, high = 1.0 - half, 1.0 + half
    right.set_xlim(low, high)
    right.label_outer()


def _exosphere(result: Result, about: Theory, row: int, fine: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Chamberlain's density: from the reservoir in free flight, from the exobase found in a collisional gas."""
    if about.planar or about.gm <= 0.0:
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
    """Whether the set-up is a collisionless exosphere, so that theory is exact everywhere."""
    closed = result.case.get("outer", {}).get("type") == "specular"
    return result.attrs.get("collisions") == "off" and not about.planar and about.gm > 0 and not closed


def _free_temperatures(axes: Axes, about: Theory, result: Result, height: Height) -> None:
    edges = result["grid/edges"]
    radii = fine_radii(edges, 120)[1:]
    pairs = np.array(
        [FreeFlight(r, about.r_inner, about.temperature, about.mass, about.gm).temperatures() for r in radii]
    )
    total = (pairs[:, 0] + 2.0 * pairs[:, 1]) / 3.0
    for values, colour in ((pairs[:, 0], PALETTE[1]), (pairs[:, 1], PALETTE[2]), (total, PALETTE[0])):
        axes.plot(values, height.convert(radii), color=colour, lw=1.1, zorder=1)
    axes.plot([], [], color=GUIDE, lw=1.1, label="free flight (theory)")


def _mark_exobase(
    result: Result, axes: Axes, height: Height, rows: list[int] | None = None, text: bool = False
) -> None:
    """A dashed line at the exobase, one where the species share it."""
    radii = np.asarray(result["exobase/radius"], dtype=float)
    inner = float(result["grid/edges"][0])
    colours = species_colours(result)
    marked: list[float] = []
    for row in range(len(radii)) if rows is None else rows:
        r = float(radii[row])
        if not np.isfinite(r) or r <= inner * (1 + 1e-9) or any(abs(r / other - 1) < 1e-6 for other in marked):
            continue
        marked.append(r)
        shared = np.sum(np.abs(radii / r - 1) < 1e-6) > 1 or len(radii) == 1
        colour = GUIDE if shared else colours[result.species[row]]
        axes.axhline(float(height.convert(r)), color=colour, ls=(0, (6, 3)), lw=0.9, zorder=0)
        if text:
            label = "exobase" if shared else f"exobase of {formula(result.species[row])}"
            axes.annotate(
                f"{label}, {height.text(r)}",
                (0.02, float(height.convert(r))),
                xycoords=("axes fraction", "data"),
                xytext=(0, 3),
                textcoords="offset points",
                fontsize=8,
                color=colour,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0},
            )


def _points(
    axes: Axes, x: npt.ArrayLike, y: npt.ArrayLike, stderr: npt.ArrayLike, colour: str, label: str, marker: str = "o"
) -> None:
    error = np.nan_to_num(np.asarray(stderr, dtype=float))
    face = colour if marker == "o" else "white"
    style = {**POINTS, "marker": marker}
    axes.errorbar(
        x,
        y,
        xerr=error,
        color=colour,
        ecolor=faint(colour),
        markerfacecolor=face,
        markeredgewidth=0.8,
        label=label or None,
        **style,
    )


def _significant(value: FloatArray, stderr: FloatArray) -> npt.NDArray[np.bool_]:
    """Cells with a value whose error, where known, is below half of it."""
    return np.asarray(np.isfinite(value) & ~(stderr > 0.5 * np.abs(value)))
