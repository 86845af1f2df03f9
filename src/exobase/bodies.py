"""Planets, moons and dwarf planets, read from data/bodies.toml."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from exobase.constants import AU, GM_SUN
from exobase.errors import InputError
from exobase.tables import load_table, nearest


@dataclass(frozen=True)
class Body:
    """A spherical body on a Kepler orbit round its primary.

    gm [m3 s-2]: mass parameter; radius [m]: mean radius; a [m], e: semi-major axis and eccentricity of the orbit
    round the primary; primary_gm [m3 s-2]: mass parameter of the primary (the Sun, or a moon's planet); primary: its
    name; rotation_period [s]: sidereal, negative where retrograde; sun_distance [m]: mean distance from the Sun, of
    moons that of their planet.
    """

    name: str
    gm: float
    radius: float
    a: float
    e: float
    primary_gm: float
    source: str
    primary: str
    rotation_period: float
    sun_distance: float
    rotation_source: str

    def hill_radius(self) -> float:
        """Radius of the Hill sphere at periapsis [m].

        R_Hill = a (1 - e) (GM / (3 GM_primary))^(1/3). Valid for GM much smaller than the primary's.
        Reference: Hamilton & Burns 1992, Icarus 96, 43, doi:10.1016/0019-1035(92)90005-R.
        """
        return self.a * (1.0 - self.e) * math.cbrt(self.gm / (3.0 * self.primary_gm))


def body_names() -> list[str]:
    """Return the names of all bodies in the order of the file, outward from the Sun."""
    return list(_table()["body"])


@cache
def body(name: str) -> Body:
    """Return the body `name`; raises InputError with the nearest name where it is unknown."""
    bodies = _table()["body"]
    if name not in bodies:
        raise InputError(
            f"unknown body '{name}'{nearest(name, body_names()) or ':'} give one of the table "
            "(the command 'exobase bodies' lists it), or gm and radius"
        )
    entry = bodies[name]
    primary = str(entry["primary"])
    orbit = _semi_major_axis(entry)
    return Body(
        name=name,
        gm=float(entry["gm"]),
        radius=float(entry["radius"]) * 1e3,
        a=orbit,
        e=float(entry["e"]),
        primary_gm=GM_SUN if primary == "Sun" else float(bodies[primary]["gm"]),
        source=str(entry["source"]),
        primary=primary,
        rotation_period=360.0 / float(entry["spin"]) * 86400.0,
        sun_distance=orbit if primary == "Sun" else _semi_major_axis(bodies[primary]),
        rotation_source=str(entry.get("spin_source", _table()["sources"]["spin"])),
    )


def _semi_major_axis(entry: dict[str, Any]) -> float:
    return float(entry["a_au"]) * AU if "a_au" in entry else float(entry["a_km"]) * 1e3


@cache
def _table() -> dict[str, Any]:
    return load_table("bodies.toml")
