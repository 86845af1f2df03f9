"""The planes z = 0 and y = 0 through a body, in its radii: disc, boundaries and paths of ions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Circle, Wedge

from exobase.constants import EV
from exobase.fields.conics import boundary, boundary_names
from exobase.io.results import Result
from exobase.report.cells import part_of
from exobase.report.style import FloatArray

PLANES = (("xy", "plane $z$ = 0", 1), ("xz", "plane $y$ = 0", 2))
"""Name in the result, as shown, and the axis that stands upright."""

_KINDS: dict[str, tuple[str, Any]] = {
    "bow_shock": ("bow shock", (0, (5, 2))),
    "mpb": ("magnetic pile-up boundary", (0, (1, 1.3))),
    "imb": ("induced magnetosphere boundary", (0, (1, 1.3))),
}
"""Kinds of published boundaries in words, and their lines."""

_MAGNETOPAUSE = (0, (7, 1.5, 1, 1.5, 1, 1.5))
_POINTS = 401
_ENERGIES = part_of("plasma", 0.0, 0.9)

Level = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


def radius_of(result: Result) -> float:
    """Radius of the body [m], in which lengths are shown."""
    return float(result.case.get("body_radius") or result["grid/edges"][0])


def window(result: Result, half: float) -> float:
    """Half width [radii] of what is shown of fields: four times the largest distance of a surface, half at most."""
    setup = result.case.get("field") or {}
    sizes = [float(setup.get(key) or 0.0) / radius_of(result) for key in ("obstacle", "bow_shock", "standoff")]
    return min(half, 4.0 * max(1.0, *sizes))


def set_frame(axes: Axes, half: float, upright: int) -> None:
    """Equal axes in radii from -half to half, +x to the right, and the body, grey on its lee (night) side."""
    axes.add_patch(Circle((0.0, 0.0), 1.0, facecolor="white", edgecolor="none", zorder=3))
    axes.add_patch(Wedge((0.0, 0.0), 1.0, 90.0, 270.0, facecolor="#A8A8A8", edgecolor="none", zorder=3))
    axes.add_patch(Circle((0.0, 0.0), 1.0, facecolor="none", edgecolor="black", lw=0.9, zorder=3))
    axes.set_aspect("equal")
    axes.set_xlim(-half, half)
    axes.set_ylim(-half, half)
    axes.set_xlabel("$x/R$, upstream →")
    axes.set_ylabel(f"${'xyz'[upright]}/R$")


def draw_boundaries(axes: Axes, result: Result, half: float, upright: int) -> None:
    """Surfaces of the model, and published boundaries that the case names."""
    s = np.linspace(-half, half, _POINTS)
    x, other = np.meshgrid(s, s, indexing="ij")
    nothing = np.zeros_like(x)
    y, z = (other, nothing) if upright == 1 else (nothing, other)
    for label, level, style in outlines(result):
        values = level(x, y, z)
        if values.min() < 0.0 < values.max():
            axes.contour(s, s, values.T, levels=[0.0], colors="black", linestyles=[style], linewidths=1.0, zorder=2.5)
            axes.plot([], [], color="black", ls=style, lw=1.0, label=label)


def outlines(result: Result) -> list[tuple[str, Level, Any]]:
    """Label, level (negative inside) in solar-orbital radii, and line style of every surface of a case."""
    setup = result.case.get("field") or {}
    r, turn = radius_of(result), float(setup.get("aberration", 0.0))
    size = {key: float(setup.get(key) or 0.0) / r for key in ("obstacle", "bow_shock", "standoff")}
    found: list[tuple[str, Level, Any]] = []
    if size["obstacle"] > 0.0 and setup.get("model") == "kobel_flueckiger":
        rm, rb = size["obstacle"], size["bow_shock"]
        found.append(("obstacle of the model", _paraboloid(rm, rm, turn), "-"))
        found.append(("shock of the model", _paraboloid(rm, 2.0 * rb - rm, turn), "-."))
    elif size["obstacle"] > 0.0:
        found.append(("obstacle of the model", _sphere(size["obstacle"]), "-"))
    if size["standoff"] > 0.0:
        found.append(("magnetopause", _paraboloid(size["standoff"], size["standoff"], turn), _MAGNETOPAUSE))
    for name in _named(result):
        _, kind, entry = name.split()
        words, style = _KINDS.get(kind, (kind, "--"))
        found.append((f"{words} ({_cited(entry)})", _published(name, turn), style))
    return found


def draw_paths(axes: Axes, result: Result, upright: int) -> LineCollection | None:
    """Paths of ions seen along the normal of the plane, coloured by kinetic energy [keV], a dot where they begin."""
    if "path/position" not in result or not len(result["path/position"]):
        return None
    position = np.asarray(result["path/position"])[:, [0, upright]] / radius_of(result)
    energy = path_energy(result) / EV / 1e3
    begin = np.asarray(result["path/begin"])
    inside = np.concatenate([np.arange(a, b - 1) for a, b in pairwise(begin)])
    segments = np.stack([position[inside], position[inside + 1]], axis=1)
    norm = Normalize(0.0, float(energy.max()) or 1.0)
    lines = LineCollection(list(segments), cmap=_ENERGIES, norm=norm, lw=1.1, zorder=4)
    lines.set_array(0.5 * (energy[inside] + energy[inside + 1]))
    axes.add_collection(lines)
    axes.plot(*position[begin[:-1]].T, ls="none", marker="o", ms=2.2, color="black", zorder=4.5)
    return lines


def path_energy(result: Result) -> FloatArray:
    """Kinetic energy at every point of the paths [J]."""
    lengths = np.diff(np.asarray(result["path/begin"]))
    mass = np.repeat(np.asarray(result["species/mass"])[np.asarray(result["path/species"])], lengths)
    return np.asarray(0.5 * mass * (np.asarray(result["path/velocity"]) ** 2).sum(axis=1))


def _named(result: Result) -> list[str]:
    """Published boundaries of the case: those that size its field, and those within which its sources are stronger."""
    case = result.case
    names = [str(name) for name in (case.get("field") or {}).get("boundaries", [])]
    names += [str(s["settings"]["within"]) for s in case.get("sources", []) if (s.get("settings") or {}).get("within")]
    return [name for name in dict.fromkeys(names) if name in boundary_names()]


def _cited(entry: str) -> str:
    """vignes2000_slavin as Vignes 2000, Slavin."""
    return re.sub(r"([a-z])(\d)", r"\1 \2", entry).replace("_", ", ").title()


def _sphere(radius: float) -> Level:
    return lambda x, y, z: np.sqrt(x * x + y * y + z * z) - radius


def _paraboloid(standoff: float, level: float, turn: float) -> Level:
    """r + X = level about the focus at half the standoff distance, in the axes of the flow."""

    def value(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
        along, side = _flow_axes(x, y, turn)
        along = along - 0.5 * standoff
        return np.asarray(np.sqrt(along**2 + side**2 + z**2) + along - level)

    return value


def _published(name: str, turn: float) -> Level:
    """A boundary of data/boundaries.toml; conics r + e X = L and lines rho = a + slope x, by parts."""

    def value(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
        along, side = _flow_axes(x, y, turn)
        rho = np.hypot(side, z)
        result = np.full_like(along, math.nan)
        for low, high, kind, first, second, length in boundary(name).parts:
            here = (along >= low) & (along < high)
            shifted = along - first
            conic = np.hypot(shifted, rho) + second * shifted - length
            result[here] = (conic if kind == 0.0 else rho - (first + second * along))[here]
        return np.nan_to_num(result, nan=-1.0)

    return value


def _flow_axes(x: FloatArray, y: FloatArray, turn: float) -> tuple[FloatArray, FloatArray]:
    c, s = math.cos(turn), math.sin(turn)
    return c * x - s * y, s * x + c * y
