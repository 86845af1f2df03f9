"""Mean bow shocks and induced magnetosphere boundaries: published conics, read from data/boundaries.toml.

r = L/(1 + e cos theta) about the focus (x0, 0, 0), theta from +x; rotationally symmetric; parts for day and night, and
lines rho = a + slope x. They say where a point lies and what the figures show; no field jumps at them by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from exobase.errors import InputError
from exobase.jit import inlined
from exobase.tables import load_table, nearest

_CONIC, _LINE = 0.0, 1.0
Array = npt.NDArray[np.float64]


class Surface(NamedTuple):
    """Parts of a boundary for the kernels, one a row: from x, to x [m], kind, and x0, e, L or a, slope, 0 [m]."""

    parts: np.ndarray


@dataclass(frozen=True)
class Boundary:
    """A published boundary, lengths in radii of its body. parts: rows as in Surface.

    name: "mars bow_shock vignes2000"; kind: "bow_shock", "mpb" (magnetic pile-up) or "imb" (induced magnetosphere).
    """

    name: str
    body: str
    kind: str
    parts: tuple[tuple[float, ...], ...]
    source: str
    confidence: str

    @property
    def standoff(self) -> float:
        """Distance of the subsolar point from the centre of the body [radii]: x0 + L/(1 + e)."""
        return float(self.curve(np.zeros(1))[0][0])

    @property
    def terminator(self) -> float:
        """Distance from the axis at x = 0, on the side of the day [radii]."""
        x, rho = self.curve(np.linspace(0.0, math.pi, 20001))
        day = x >= 0.0
        return float(rho[day][np.argmin(x[day])])

    @property
    def flare(self) -> float:
        """p of the paraboloid x = standoff - rho^2/(2 p) fitted to the side of the day [radii].

        Least squares in rho^2 at equal angles about the centre. A paraboloid of Kobel & Flueckiger has p = R_m at the
        obstacle, 2 R_b - R_m at the shock: how far this is from that says how well their model fits.
        """
        angles = np.linspace(0.0, 0.5 * math.pi, 200)
        r = self.radius_at(angles)
        depth, square = self.standoff - r * np.cos(angles), (r * np.sin(angles)) ** 2
        return float(0.5 * (square @ depth) / (depth @ depth))

    def radius_at(self, angle: npt.ArrayLike) -> Array:
        """Distance from the centre [radii] at the angles [rad] from +x, each less than where a tail is open."""
        found = []
        for theta in np.atleast_1d(np.asarray(angle, dtype=float)):
            c, s = math.cos(theta), math.sin(theta)
            low, high = 0.0, 1.0
            surface = self.surface(1.0)
            while not outside(surface, high * c, high * s, 0.0) and high < 1e6:
                high *= 2.0
            for _ in range(60):
                middle = 0.5 * (low + high)
                if outside(surface, middle * c, middle * s, 0.0):
                    high = middle
                else:
                    low = middle
            found.append(high)
        return np.array(found)

    def curve(self, angle: npt.ArrayLike) -> tuple[Array, Array]:
        """Points x, rho [radii] of the curve at increasing angles [rad] about the focus of its first part.

        Angles for which a part has no point are left out; of a line, one point per angle about the centre.
        """
        theta = np.atleast_1d(np.asarray(angle, dtype=float))
        points = []
        for low, high, kind, p, q, length in self.parts:
            c, s = np.cos(theta), np.sin(theta)
            with np.errstate(divide="ignore", invalid="ignore"):
                if kind == _CONIC:
                    r = length / (1.0 + q * c)
                    x, rho = p + r * c, r * s
                    good = 1.0 + q * c > 0.0
                else:
                    r = p / (s - q * c)
                    x, rho = r * c, r * s
                    good = r > 0.0
            good &= (x >= low) & (x < high)
            points.append(np.stack([x[good], rho[good]]))
        joined = np.concatenate(points, axis=1)
        return joined[0], joined[1]

    def surface(self, radius: float) -> Surface:
        """The boundary for the kernels, of a body of the given radius [m]."""
        rows = np.array(self.parts, dtype=float)
        rows[:, 0:2] *= radius
        rows[:, 3] *= radius
        rows[:, 5] *= radius
        return Surface(rows)


@inlined
def outside(surface, x, y, z):
    """Whether a point [m] lies beyond the boundary, on the side of the undisturbed wind.

    Conic: r + e X > L with X = x - x0, which for a hyperbola (e > 1) holds on its own branch only.
    """
    rho2 = y * y + z * z
    parts = surface.parts
    for i in range(parts.shape[0]):
        if not parts[i, 0] <= x < parts[i, 1]:
            continue
        if parts[i, 2] == _CONIC:
            along = x - parts[i, 3]
            return np.sqrt(along * along + rho2) + parts[i, 4] * along > parts[i, 5]
        return np.sqrt(rho2) > parts[i, 3] + parts[i, 4] * x
    return False


def boundary_names() -> list[str]:
    """Names of all boundaries: body, kind and publication."""
    return [
        f"{body} {kind} {entry}" for body, kinds in _table().items() for kind, rows in kinds.items() for entry in rows
    ]


@cache
def boundary(name: str) -> Boundary:
    """The boundary of that name, "mars bow_shock vignes2000" (words may also be joined by dots or slashes).

    Raises InputError with the nearest name where it is unknown.
    """
    words = name.lower().replace(".", " ").replace("/", " ").split()
    wanted = " ".join(words)
    if wanted not in boundary_names():
        names = ", ".join(boundary_names())
        raise InputError(f"unknown boundary '{name}'{nearest(wanted, boundary_names()) or ';'} all: {names}")
    body, kind, entry = words
    row: dict[str, Any] = _table()[body][kind][entry]
    parts = tuple(_part(part_) for part_ in row["parts"])
    return Boundary(wanted, body.capitalize(), kind, parts, str(row["source"]), str(row["confidence"]))


def _part(row: dict[str, Any]) -> tuple[float, ...]:
    low, high = float(row.get("from", -math.inf)), float(row.get("to", math.inf))
    if "slope" in row:
        return (low, high, _LINE, float(row["a"]), float(row["slope"]), 0.0)
    return (low, high, _CONIC, float(row["x0"]), float(row["e"]), float(row["L"]))


@cache
def _table() -> dict[str, Any]:
    return load_table("boundaries.toml")
