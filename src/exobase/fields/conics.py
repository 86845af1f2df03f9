"""Bow shocks and obstacle boundaries: conics of revolution about the axis to the Sun."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from exobase.errors import InputError
from exobase.jit import inlined
from exobase.tables import load_table, nearest_name


@dataclass(frozen=True)
class Conic:
    """r = L/(1 + e cos theta) about the focus x0 on the x axis; x0, L in planetary radii."""

    name: str
    x0: float
    L: float
    e: float
    source: str

    @property
    def standoff(self) -> float:
        """Distance of the nose from the planet's centre [planetary radii]."""
        return self.x0 + self.L / (1.0 + self.e)


@cache
def boundaries() -> dict[str, Conic]:
    """All published boundaries, by names such as "mars.bow_shock.vignes2000"."""
    found = {}
    for body, kinds in load_table("boundaries.toml").items():
        for kind, fits in kinds.items():
            for fit, c in fits.items():
                name = f"{body}.{kind}.{fit}"
                found[name] = Conic(name, float(c["x0"]), float(c["L"]), float(c["e"]), str(c["source"]))
    return found


def boundary(name: str) -> Conic:
    """The boundary of that name. Raises InputError that lists them."""
    known = boundaries()
    if name not in known:
        raise InputError(
            f"unknown boundary '{name}'; nearest: '{nearest_name(name, list(known))}'. There are {', '.join(known)}"
        )
    return known[name]


@inlined
def outside(x0, parameter, eccentricity, x, y, z):  # type: ignore[no-untyped-def]
    """Whether a point lies outside a conic with its focus at x0 and the semi-latus rectum ``parameter`` (all in m).

    Inside: rho + e (x - x0) < L with rho the distance from the focus; of a hyperbola that is the side of the focus.
    """
    dx = x - x0
    return math.sqrt(dx * dx + y * y + z * z) + eccentricity * dx >= parameter
