"""Photodissociation of molecules by sunlight, from the package's table of photo-rates at 1 AU.

Events per volume: J n(r)/d^2, d in AU. The two neutral products share the mean excess energy of the channel and leave
back to back, isotropic in the frame of the molecule, which has its thermal velocity. Optically thin: sunlight is not
attenuated, so that rates below the level of unit optical depth (about 150 km at Mars for most channels) are too high.
Neglected: the spread of the excess energy over the solar spectrum, preferred directions along the beam.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from exobase.constants import AU, EV
from exobase.errors import InputError
from exobase.sources.channels import Channel, choose
from exobase.tables import load_table

ACTIVITIES = ("quiet", "active")


def parents() -> list[str]:
    """Molecules with a channel into two neutrals."""
    return [name for name in _table() if channels_of(name)]


def channels_of(parent: str) -> list[str]:
    """Names of the channels of a molecule into two neutrals."""
    return [c["name"] for c in _rows(parent) if _pair(c)]


def ionisation_rate(species: str, activity: str = "quiet", distance: float = AU) -> float:
    """Photo-ionisation frequency [s-1], dissociative channels included, at ``distance`` [m] from the Sun.

    Raises InputError where the table has no rate for that activity.
    """
    rows = [
        c for c in _rows(choose("the photo-rates of", species, list(_table()))) if c["part"] and "e" in c["products"]
    ]
    if not rows:
        raise InputError(f"photo_rates.toml: has no ionisation of {species}; give the loss frequency as a number")
    return sum(_rate(species, c, activity) for c in rows) * (AU / distance) ** 2


def photo_channels(
    parent: str,
    activity: str = "quiet",
    distance: float = AU,
    names: Sequence[str] | None = None,
    excess_energy: float | None = None,
) -> list[Channel]:
    """Channels of a molecule into two neutrals: rates [s-1] at ``distance`` [m] and shared kinetic energies [J].

    names: which channels (None: all that neither sum nor replace others and have a known energy and rate).
    excess_energy [J] replaces the table's energies. Raises InputError for unknown names, or a named channel without
    energy or rate.
    """
    rows = {c["name"]: c for c in _rows(choose("photodissociation of", parent, parents())) if _pair(c)}
    choose("the activity of the Sun", activity, ACTIVITIES)
    if names is None:
        chosen = [c for c in rows.values() if c["part"] and activity in c]
        if excess_energy is None:
            chosen = [c for c in chosen if "excess_quiet" in c]
        if not chosen:
            raise InputError(
                f"photodissociation of {parent}: the table has no {activity} rate with a known energy; name "
                f"the channels ({', '.join(rows)}) and give excess_energy"
            )
    else:
        chosen = [rows[choose(f"the photodissociation of {parent} into", name, list(rows))] for name in names]
    scale = (AU / distance) ** 2
    return [
        Channel(
            c["name"],
            (c["products"][0], c["products"][1]),
            _energy(parent, c, activity) if excess_energy is None else excess_energy,
            _rate(parent, c, activity) * scale,
        )
        for c in chosen
    ]


def _pair(channel: dict[str, Any]) -> bool:
    """Whether a channel ends in two neutrals."""
    products = channel["products"]
    return len(products) == 2 and not any(p == "e" or p.endswith("+") for p in products)


def _rate(parent: str, channel: dict[str, Any], activity: str) -> float:
    if activity not in channel:
        raise InputError(
            f"photo_rates.toml: {parent} -> {channel['name']} has no rate for the {activity} Sun; use 'quiet'"
        )
    return float(channel[activity])


def _energy(parent: str, channel: dict[str, Any], activity: str) -> float:
    energy = channel.get(f"excess_{activity}", channel.get("excess_quiet"))
    if energy is None:
        raise InputError(
            f"photo_rates.toml: the excess energy of {parent} -> {channel['name']} is not known; give excess_energy"
        )
    return float(energy) * EV


def _rows(parent: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _table()[parent]["channels"] if parent in _table() else []
    return rows


@cache
def _table() -> dict[str, Any]:
    return load_table("photo_rates.toml")
