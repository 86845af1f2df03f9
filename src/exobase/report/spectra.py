"""Figures of distributions: energies of escaping particles, velocities at chosen radii."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from exobase.analytic import jeans
from exobase.constants import EV, K_B
from exobase.geometry.spheres import sphere_area
from exobase.io.results import Result
from exobase.judge.references import FloatArray, Theory, theory
from exobase.report.free_flight import FreeFlight
from exobase.report.labels import axis_label, formula
from exobase.report.style import (
    GUIDE,
    POINTS,
    THEORY,
    faint,
    height_of,
    legend_above,
    new_figure,
    nothing_here,
    palette,
    panel_label,
    plain_number,
    species_colours,
)

_DECADES = 5.0


def escape_spectrum(result: Result) -> Figure | None:
    """Escape rate per energy at infinity, with that of the Jeans escape."""
    if "escape/spectrum" not in result or "escape/spectrum_energy_edges" not in result:
        return None
    spectrum, stderr = result["escape/spectrum"], result.stderr("escape/spectrum")
    if not np.any(spectrum > 0):
        return None
    edges = np.asarray(result["escape/spectrum_energy_edges"], dtype=float)
    colours = species_colours(result)
    figure = new_figure(5.4, 4.0)
    axes = figure.subplots()
    top, last = _peak(spectrum) * EV, 0.0
    for row, name in enumerate(result.species):
        bins = edges[row] if edges.ndim == 2 else edges
        energy, width = 0.5 * (bins[1:] + bins[:-1]), 0.5 * np.diff(bins)
        shown = spectrum[row] > 0
        axes.errorbar(
            energy[shown] / EV,
            spectrum[row][shown] * EV,
            yerr=np.nan_to_num(stderr[row][shown]) * EV,
            xerr=width[shown] / EV,
            color=colours[name],
            ecolor=faint(colours[name]),
            label=_escapers(result, row) if _peak(spectrum[row]) * EV > top * 10.0**-_DECADES else None,
            **POINTS,
        )
        visible = spectrum[row] * EV > top * 10.0**-_DECADES
        last = max(last, float(bins[1:][visible].max(initial=0.0)) / EV)
        fine = np.linspace(bins[0], bins[-1], 400)
        curve = _jeans_spectrum(result, row, theory(result.case, name), fine) if shown.any() else None
        if curve is not None:
            axes.plot(fine / EV, curve * EV, color=colours[name], lw=1.2, zorder=1)
    if any(len(np.atleast_1d(line.get_xdata())) == fine.size for line in axes.get_lines()):
        free = result.attrs.get("collisions") == "off"
        axes.plot([], [], color=GUIDE, label="Jeans escape" if free else "Jeans escape from the exobase found")
    axes.set_yscale("log")
    axes.set_ylim(max(top * 10.0**-_DECADES, 0.3 * float(spectrum[spectrum > 0].min()) * EV), 3.0 * top)
    axes.set_xlim(0.0, 1.05 * last if last > 0.0 else None)
    axes.set_xlabel("Kinetic energy at infinity (eV)")
    axes.set_ylabel(axis_label("Escape rate per energy", "s-1 eV-1"))
    legend_above(figure, (axes,), 2)
    return figure


def _escapers(result: Result, row: int) -> str:
    """Name of a species and how many simulated particles its spectrum rests on."""
    count = result.get("escape/count")
    name = formula(result.species[row])
    return name if count is None else f"{name}, {plain_number(float(count[row]))} simulated escapers"


def velocity_distribution(result: Result, species: str) -> Figure | None:
    """Marginals of v_r and v_t of one species at every chosen radius, with the local Maxwellian and free flight."""
    if "vdf/f_vr" not in result:
        return None
    row, about = result.index(species), theory(result.case, species)
    radii = np.atleast_1d(result["vdf/radius"])
    height = height_of(result)
    if radii.size == 0:
        return None
    figure = new_figure(7.2, 0.9 + 2.2 * len(radii))
    panels = np.atleast_2d(figure.subplots(len(radii), 2, squeeze=False))
    edges = np.asarray(result["vdf/v_edges"][row], dtype=float)
    for k, radius in enumerate(radii):
        free = _flight(result, about, float(radius))
        for column, quantity in enumerate(("f_vr", "f_vt")):
            axes, f = panels[k, column], np.asarray(result[f"vdf/{quantity}"][k, row], dtype=float)
            name = "radial" if column == 0 else "tangential"
            panel_label(axes, f"{formula(species)}, {name}, {height.text(float(radius))}")
            if not np.any(f > 0):
                if np.isfinite(edges).all():
                    axes.set_xlim(1e-3 * edges[0], 1e-3 * edges[-1])
                nothing_here(axes, f"no {formula(species)} sampled here")
                continue
            drift = float(result["vdf/u_r"][k, row]) if column == 0 and "vdf/u_r" in result else 0.0
            _marginal(axes, result, f"vdf/{quantity}", (k, row), edges)
            fine = np.linspace(edges[0], edges[-1], 8 * (len(edges) - 1) + 1)
            local = _local_temperature(result, quantity, k, row)
            gauss = _over_bins(_maxwellian(fine, local, about.mass, drift))
            axes.plot(fine * 1e-3, gauss * 1e3, color=GUIDE, ls="--", zorder=2)
            if free is not None:
                curve = _over_bins(free.radial(fine) if column == 0 else free.tangential(fine))
                axes.plot(fine * 1e-3, np.where(curve > 0, curve, np.nan) * 1e3, color=THEORY, lw=1.0, zorder=2)
            _velocity_axes(axes, f, edges)
    for axes, symbol in zip(panels[-1], ("v_r", "v_t"), strict=True):
        axes.set_xlabel(axis_label(f"Velocity ${symbol}$", "km s-1"))
    for axes in panels[:, 0]:
        axes.set_ylabel(axis_label("Probability density", "km-1 s"))
    first = panels[0, 1]
    first.errorbar([], [], yerr=[], color=palette()[0], label="simulation", **POINTS)
    first.plot([], [], color=GUIDE, ls="--", label="Maxwellian at the local $T$ of this component")
    if any(_flight(result, about, float(radius)) is not None for radius in radii):
        first.plot([], [], color=THEORY, label="free flight (Chamberlain)")
    legend_above(figure, (first,))
    return figure


def _flight(result: Result, about: Theory, radius: float) -> FreeFlight | None:
    """The exact distribution, where the set-up is a collisionless exosphere over a reservoir."""
    above, below = result.case.get("outer", {}).get("type"), result.case.get("inner", {}).get("type", "reservoir")
    free = result.attrs.get("collisions") == "off" and about.space.central
    if not free or above in ("specular", "diffuse") or below != "reservoir" or radius <= about.r_inner:
        return None
    return FreeFlight(radius, about.r_inner, about.temperature, about.mass, about.gm)


def _peak(values: FloatArray) -> float:
    return float(values[np.isfinite(values)].max(initial=0.0))


def _marginal(axes: Axes, result: Result, name: str, where: tuple[int, int], edges: FloatArray) -> None:
    f, stderr = result[name][where], np.nan_to_num(result.stderr(name)[where])
    centre = 0.5 * (edges[1:] + edges[:-1])
    shown = f > 0
    lower = np.minimum(stderr, 0.9 * f)
    axes.errorbar(
        centre[shown] * 1e-3,
        f[shown] * 1e3,
        yerr=np.stack([lower[shown], stderr[shown]]) * 1e3,
        color=palette()[0],
        ecolor=faint(palette()[0]),
        zorder=3,
        **POINTS,
    )


def _velocity_axes(axes: Axes, f: FloatArray, edges: FloatArray) -> None:
    """Four decades below the peak, and the velocities [km/s] where the marginal is above that."""
    top = _peak(f) * 1e3
    axes.set_yscale("log")
    axes.set_ylim(top * 10.0**-4, 3.0 * top)
    visible = np.flatnonzero(f * 1e3 > top * 10.0**-4)
    reach = 1.1e-3 * float(np.abs(edges[[visible[0], visible[-1] + 1]]).max())
    axes.set_xlim(-reach, reach)


def _local_temperature(result: Result, quantity: str, k: int, row: int) -> float:
    """The temperature of the component where the file has it, else the total one."""
    component = "vdf/T_r" if quantity == "f_vr" else "vdf/T_t"
    return float((result[component] if component in result else result["vdf/T"])[k, row])


def _over_bins(f: FloatArray) -> FloatArray:
    """Mean over the width of a bin (8 spacings) round every velocity: what a bin with its centre there holds."""
    weights = np.r_[0.5, np.ones(7), 0.5] / 8.0
    return np.asarray(np.convolve(f, weights, "same"))


def _maxwellian(v: FloatArray, temperature: float, mass: float, drift: float) -> FloatArray:
    if not temperature > 0.0:
        return np.full_like(v, np.nan)
    variance = K_B * temperature / mass
    return np.asarray(np.exp(-((v - drift) ** 2) / (2.0 * variance)) / np.sqrt(2.0 * np.pi * variance))


def _jeans_spectrum(result: Result, row: int, about: Theory, energy: FloatArray) -> FloatArray | None:
    """Spectrum of the Jeans escape [s-1 J-1] from the reservoir (free flight) or from the exobase found."""
    if not about.space.central or "exobase/radius" not in result:
        return None
    if result.attrs.get("collisions") == "off":
        return about.escape_spectrum(energy) if about.density > 0 else None
    radius, n, t = (float(result[f"exobase/{q}"][row]) for q in ("radius", "density", "temperature"))
    if not (np.isfinite([radius, n, t]).all() and n > 0 and t > 0):
        return None
    per_density = jeans.escaper_energy_spectrum(energy, t, about.mass, radius, about.gm)
    return np.asarray(sphere_area(radius) * n * per_density)
