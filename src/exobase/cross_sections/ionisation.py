"""Ionisation and photodissociation frequencies of neutrals in sunlight, and ionisation by electrons.

Photo-frequencies scale as 1/d^2 and are optically thin (data/photo_rates.toml). Electron impact: rate coefficients of
Maxwellian electrons (Voronov 1997) and cross sections of H and O (data/electron_impact.toml).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.constants import AU, EV, K_B
from exobase.errors import InputError
from exobase.tables import load_table, nearest

FloatArray = npt.NDArray[np.float64]

ACTIVITIES = ("quiet", "active")


def photo_parents() -> list[str]:
    """Neutrals with photo-rates."""
    return list(_photo())


def photo_channels(parent: str) -> list[str]:
    """Names of the channels that count in sums: ionisations and dissociations of a neutral."""
    return [c["name"] for c in _rows(parent)]


def photo_ions(parent: str) -> list[str]:
    """Ions that sunlight makes from a neutral."""
    return list(dict.fromkeys(p for c in _rows(parent) for p in c["products"] if p.endswith("+")))


def photo_frequency(parent: str, ion: str, distance: float = AU, activity: str = "quiet") -> float:
    """Frequency at which sunlight makes ``ion`` from ``parent`` [s-1]: the sum of all channels with that ion.

    distance [m] from the Sun; activity "quiet" or "active". Raises InputError for unknown names, or a channel without
    a rate for that activity.
    """
    ions = photo_ions(parent)
    if not ions:
        raise InputError(f"photo_rates.toml: has no ionisation of {parent}; give the frequency as a number")
    _choose(f"photo_rates.toml: the ionisation of {parent} into", ion, ions)
    return _sum(parent, [c for c in _rows(parent) if ion in c["products"]], distance, activity)


def photodissociation_frequency(parent: str, distance: float = AU, activity: str = "quiet") -> float:
    """Frequency at which sunlight breaks a molecule into neutrals [s-1]: the sum of all such channels.

    Arguments and errors as :func:`photo_frequency`.
    """
    rows = [c for c in _rows(parent) if "e" not in c["products"]]
    if not rows:
        raise InputError(f"photo_rates.toml: has no dissociation of {parent} into neutrals")
    return _sum(parent, rows, distance, activity)


def impact_rate(parent: str, electron_temperature: npt.ArrayLike) -> FloatArray:
    """Rate coefficient of ionisation by Maxwellian electrons [m3 s-1].

    <sigma v> = A (1 + P sqrt(U)) U^K exp(-U)/(X + U), U = dE/(k T_e)

    electron_temperature [K], positive, any shape. Valid from 1 eV to 20 keV; below it goes to zero as exp(-U). Raises
    InputError above, where a temperature is not positive, and for an atom that the table lacks.
    Reference: Voronov 1997, doi:10.1006/adnd.1997.0732.
    """
    table = _impact()["rate"]
    names = [n for n in table if n != "highest"]
    c = table[_choose("electron_impact.toml: the rate of", parent, names)]
    te = np.asarray(electron_temperature, dtype=float) * (K_B / EV)
    _within("electron temperature", te, table["highest"])
    u = c["dE"] / te
    rate = c["A"] * (1.0 + c["P"] * np.sqrt(u)) * u ** c["K"] * np.exp(-u) / (c["X"] + u)
    return np.asarray(1e-6 * rate)[()]


def impact_sigma(parent: str, energy: npt.ArrayLike) -> FloatArray:
    """Cross section of ionisation by an electron of an energy [J], any shape [m2]: H and O, to 5 keV.

    sigma = a (E - b)/(E + c)^p, zero below 13.6 eV. Raises InputError above 5 keV and for an atom that the table lacks.
    Reference: Rahmati et al. 2015, doi:10.1002/2015GL065262.
    """
    table = _impact()["sigma"]
    names = [n for n in table if n not in ("highest", "threshold")]
    c = table[_choose("electron_impact.toml: the cross section of", parent, names)]
    e = np.asarray(energy, dtype=float) / EV
    _within("electron energy", e, table["highest"])
    above = np.maximum(e, table["threshold"])
    value = 1e-22 * c["a"] * (above - c["b"]) / (above + c["c"]) ** c["p"]
    return np.asarray(np.where(e > table["threshold"], value, 0.0))[()]


def _within(what: str, value: FloatArray, highest: float) -> None:
    good = (value > 0.0) & (value <= highest * (1.0 + 1e-9))
    if not np.all(good):
        first = value.ravel()[np.argmin(good.ravel())]
        raise InputError(f"{what} {first:.4g} eV is outside the data; it must be positive and at most {highest:g} eV")


def _sum(parent: str, rows: list[dict[str, Any]], distance: float, activity: str) -> float:
    _choose("activity of the Sun", activity, ACTIVITIES)
    if not distance > 0.0:
        raise InputError(f"distance from the Sun = {distance:g} m must be positive")
    lacking = [c["name"] for c in rows if activity not in c]
    if lacking:
        raise InputError(
            f"photo_rates.toml: {parent} -> {', '.join(lacking)} has no rate for the {activity} Sun; use 'quiet' or "
            "give the frequency as a number"
        )
    return float(sum(c[activity] for c in rows)) * (AU / distance) ** 2


def _choose(what: str, given: str, names: Sequence[str]) -> str:
    if given not in names:
        raise InputError(
            f"{what} '{given}' does not exist{nearest(given, names) or ';'} choose one of {', '.join(names)}"
        )
    return given


def _rows(parent: str) -> list[dict[str, Any]]:
    channels = _photo()[_choose("photo_rates.toml: the photo-rates of", parent, photo_parents())]["channels"]
    return [c for c in channels if c["part"]]


@cache
def _photo() -> dict[str, Any]:
    return load_table("photo_rates.toml")


@cache
def _impact() -> dict[str, Any]:
    return load_table("electron_impact.toml")
