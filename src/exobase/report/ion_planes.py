"""Figures of runs with ions on two planes through the body: the fields with paths, and densities with fluxes."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from exobase.io.results import Result
from exobase.report.cells import POORLY_KNOWN, draw_cells, norm_of, part_of, plain_ticks
from exobase.report.labels import axis_label, formula
from exobase.report.planes import PLANES, draw_boundaries, draw_paths, radius_of, set_frame, window
from exobase.report.style import FloatArray, legend_above, new_figure, nothing_here, panel_label

_MOST_SPECIES = 4
_SMALL = 1e-3  # of a vector, below which its part in the plane is not drawn
_SPEEDS = part_of("Greys", 0.02, 0.4)
_FIELDS = part_of("YlOrBr", 0.0, 0.75)


def field_planes(result: Result) -> Figure | None:
    """Flow with paths of ions, and magnetic field, on the planes z = 0 and y = 0."""
    if "field/axis" not in result:
        return None
    speeds = [_length(result[f"field/{name}_u"]) * 1e-3 for name, _, _ in PLANES]
    strengths = [_length(result[f"field/{name}_B"]) * 1e9 for name, _, _ in PLANES]
    if not any(np.any(v > 0.0) for v in (*speeds, *strengths)):
        return None
    figure = new_figure(8.2, 8.6)
    panels = figure.subplots(2, 2, sharex=True, squeeze=False)
    lines = _flow_panels(figure, list(panels[:, 0]), result, speeds)
    _field_panels(figure, list(panels[:, 1]), result, strengths)
    if lines is not None:
        figure.colorbar(lines, ax=list(panels.ravel()), location="right", label="Energy of ions (keV)", shrink=0.5)
    legend_above(figure, [panels[0, 0]], 2)
    return figure


def _flow_panels(figure: Figure, panels: list[Axes], result: Result, speeds: list[FloatArray]) -> Any:
    """Speed and lines of the flow with the paths; returns these, None where there are none."""
    norm = Normalize(0.0, max(1e-300, *(float(v.max()) for v in speeds)))
    mesh, lines = None, None
    for axes, values, plane in zip(panels, speeds, PLANES, strict=True):
        mesh = _vectors(axes, result, "u", values, plane, (_SPEEDS, norm)) or mesh
        lines = draw_paths(axes, result, plane[2])
        _mark_electric(axes, result, plane[2])
        panel_label(axes, f"Flow, {plane[1]}")
    if mesh is not None:
        figure.colorbar(mesh, ax=panels, location="bottom", label=axis_label("Speed of the flow", "km s-1"), aspect=30)
    return lines


def _field_panels(figure: Figure, panels: list[Axes], result: Result, strengths: list[FloatArray]) -> None:
    """Strength and lines of the magnetic field."""
    norm, mesh = _field_norm(strengths), None
    for axes, values, plane in zip(panels, strengths, PLANES, strict=True):
        mesh = _vectors(axes, result, "B", values, plane, (_FIELDS, norm)) or mesh
        panel_label(axes, f"Magnetic field, {plane[1]}")
    if mesh is not None:
        bar = figure.colorbar(mesh, ax=panels, location="bottom", label="Magnetic field (nT)", aspect=30)
        plain_ticks(bar)


def _vectors(
    axes: Axes, result: Result, key: str, size: FloatArray, plane: tuple[str, str, int], colours: tuple[Any, Normalize]
) -> Any:
    """Size [x, other] and lines of a vector on one plane, with boundaries and body; returns the cells."""
    name, _, upright = plane
    axis, mesh = np.asarray(result["field/axis"], dtype=float) / radius_of(result), None
    half = window(result, float(axis[-1]))
    shown = np.ma.masked_where(~(size > 0.0), size)
    if shown.count():
        mesh = axes.pcolormesh(
            axis, axis, shown.T, cmap=colours[0], norm=colours[1], shading="nearest", rasterized=True, zorder=1
        )
        near = np.abs(axis) <= half + 1.5 * (axis[1] - axis[0])
        _stream(axes, axis[near], np.asarray(result[f"field/{name}_{key}"])[np.ix_(near, near)], upright)
    else:
        nothing_here(axes, "none")
    draw_boundaries(axes, result, half, upright)
    set_frame(axes, half, upright)
    return mesh


def ion_density(result: Result) -> Figure | None:
    """Density of every ion and the direction of its flux on the planes z = 0 and y = 0."""
    if "cube/density" not in result:
        return None
    density = np.asarray(result["cube/density"]) * 1e-6
    seen = [k for k in range(len(result.species)) if np.any(density[k] > 0.0)][:_MOST_SPECIES]
    if not seen:
        return None
    edges = np.asarray(result["cube/edges"], dtype=float) / radius_of(result)
    figure = new_figure(8.2, 0.7 + 3.6 * len(seen))
    panels = figure.subplots(len(seen), 2, sharex=True, squeeze=False)
    for line, k in zip(panels, seen, strict=True):
        cuts = [_cut(result, k, upright) for _, _, upright in PLANES]
        positive = np.concatenate([cut[0][cut[0] > 0.0] for cut in cuts])
        mesh = None
        for axes, (n, error, flux, flux_error), (_, text, upright) in zip(line, cuts, PLANES, strict=True):
            panel_label(axes, f"{formula(result.species[k])}, {text}")
            if np.any(n > 0.0):
                mesh = draw_cells(axes, edges, edges, n, error, norm_of(positive))
                _arrows(axes, edges, flux, flux_error)
            else:
                nothing_here(axes, "none sampled here")
            draw_boundaries(axes, result, float(edges[-1]), upright)
            set_frame(axes, float(edges[-1]), upright)
        if mesh is not None:
            figure.colorbar(mesh, ax=list(line), label=axis_label("Number density", "cm-3"), shrink=0.9)
    legend_above(figure, [panels[0, 0]], 2)
    return figure


def _cut(result: Result, k: int, upright: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Density [cm-3], its error, flux in the plane [n, n, 2], its error: the mean of the layers that meet the plane.

    Errors of two layers are combined as independent.
    """
    cells = result["cube/density"].shape[1]
    layers = [(cells - 1) // 2] if cells % 2 else [cells // 2 - 1, cells // 2]
    normal = 2 if upright == 1 else 1

    def mean(values: FloatArray) -> FloatArray:
        return np.asarray(np.take(values, layers, axis=normal).mean(axis=normal))

    def spread(values: FloatArray) -> FloatArray:
        squares = np.nan_to_num(np.take(values, layers, axis=normal), posinf=0.0) ** 2
        return np.asarray(np.sqrt(squares.sum(axis=normal)) / len(layers))

    components = [0, upright]
    return (
        mean(result["cube/density"][k]) * 1e-6,
        spread(result.stderr("cube/density")[k]) * 1e-6,
        mean(result["cube/flux"][k][..., components]),
        spread(result.stderr("cube/flux")[k][..., components]),
    )


def _arrows(axes: Axes, edges: FloatArray, flux: FloatArray, error: FloatArray) -> None:
    """Directions of the flux in the plane, of equal length, where they are known to POORLY_KNOWN radians."""
    length = np.hypot(flux[..., 0], flux[..., 1])
    known = (length > 0.0) & (np.hypot(error[..., 0], error[..., 1]) < POORLY_KNOWN * length)
    middle = 0.5 * (edges[1:] + edges[:-1])
    x, y = np.meshgrid(middle, middle, indexing="ij")
    cell = float(edges[1] - edges[0])
    u, v = (flux[..., c][known] / length[known] * 0.85 * cell for c in (0, 1))
    axes.quiver(
        x[known], y[known], u, v, angles="xy", scale_units="xy", scale=1.0, pivot="middle", color="white",
        edgecolor="black", linewidth=0.3, width=0.006, headwidth=4.0, headlength=4.5, headaxislength=4.0, zorder=2,
    )  # fmt: skip


def _mark_electric(axes: Axes, result: Result, upright: int) -> None:
    """The direction of the undisturbed electric field: an arrow, or a sign where it points across the plane."""
    e = np.asarray(result.attributes("field").get("electric", (0.0, 0.0, 0.0)), dtype=float)
    size, inside = float(np.linalg.norm(e)), e[[0, upright]]
    if size <= 0.0:
        return
    style: dict[str, Any] = {"xycoords": "axes fraction", "fontsize": 9.0, "zorder": 6}
    if np.hypot(*inside) > 0.1 * size:
        tip = 0.09 * inside / np.hypot(*inside)
        arrow = {"arrowstyle": "-|>", "color": "black", "lw": 1.4, "shrinkA": 0.0, "shrinkB": 0.0}
        place = np.array([0.87, 0.11])
        ends = tuple(place + 0.5 * tip), tuple(place - 0.5 * tip)
        axes.annotate("", *ends, arrowprops=arrow, textcoords="axes fraction", **style)
        axes.annotate("E", (0.92, 0.11), va="center", weight="bold", **style)
        return
    outward = e[2] > 0.0 if upright == 1 else e[1] < 0.0  # towards the reader: z, and -y where z stands upright
    axes.annotate("⊙ E" if outward else "⊗ E", (0.86, 0.11), va="center", weight="bold", **style)


def _stream(axes: Axes, axis: FloatArray, vectors: FloatArray, upright: int) -> None:
    """Lines of the part of a vector field [x, other, 3] that lies in the plane."""
    inside = vectors[..., [0, upright]]
    whole, part = _length(vectors), _length(inside)
    missing = ~(part > _SMALL * whole)
    if missing.all():
        axes.text(0.03, 0.03, "across the plane everywhere", transform=axes.transAxes, fontsize=8.0, zorder=5)
        return
    u, v = (np.ma.masked_where(missing, inside[..., c]).T for c in (0, 1))
    axes.streamplot(axis, axis, u, v, color="#3B5B7A", density=1.1, linewidth=0.6, arrowsize=0.7, zorder=2)


def _length(vectors: Any) -> FloatArray:
    return np.asarray(np.sqrt((np.nan_to_num(np.asarray(vectors, dtype=float)) ** 2).sum(axis=-1)))


def _field_norm(strengths: list[FloatArray]) -> Normalize:
    """Logarithmic between the percentiles 1 and 99.5: the field has no bound at an obstacle, and nulls behind it."""
    positive = np.concatenate([b[b > 0.0] for b in strengths])
    if not positive.size:
        return Normalize(0.0, 1.0)
    low, high = (float(q) for q in np.percentile(positive, [1.0, 99.5]))
    return LogNorm(low, high) if high > 1.2 * low else Normalize(0.0, 1.5 * high)
