"""The forms of charge-exchange cross sections and their thermal continuations, as data/charge_exchange.toml names them.

Energies are (1/2) m_ion g^2 in the unit of the entry ("keV", "eV" or "eV/u"); cross sections here are in 1e-16 cm2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.constants import K_B
from exobase.species import species

FloatArray = npt.NDArray[np.float64]
Entry = Mapping[str, Any]

_CM2 = 1e16


def reach(entry: Entry) -> tuple[float, float]:
    """Energies that fit and thermal law cover together, in the entry's unit."""
    return float(entry.get("low", entry["range"][0])), float(entry["range"][1])


def evaluate(entry: Entry, energy: FloatArray) -> FloatArray:
    """Cross section [1e-16 cm2] at energies within the reach, in the entry's unit."""
    if "thermal" not in entry:
        return _FORMS[entry["form"]](entry, energy)
    return _THERMAL[entry["thermal"]](entry, energy)


def _terms(entry: Entry, energy: FloatArray) -> FloatArray:
    ln = np.log(energy)
    total = np.zeros_like(energy)
    for a, b, c, p in entry["terms"]:
        total += (a - b * ln) ** 2 * (-np.expm1(-c / energy)) ** p
    if "peak" in entry:
        height, centre, width, rise = entry["peak"]
        total += height * np.exp(-((ln - centre) ** 2) / width) * (-np.expm1(-energy / rise)) ** 2
    return total


def _chebyshev(entry: Entry, energy: FloatArray) -> FloatArray:
    low, high = np.log(entry["range"])
    x = np.clip((2.0 * np.log(energy) - low - high) / (high - low), -1.0, 1.0)
    coefficients = np.array(entry["a"], dtype=float)
    coefficients[0] *= 0.5
    return np.asarray(_CM2 * np.exp(np.polynomial.chebyshev.chebval(x, coefficients)))


def _power(entry: Entry, energy: FloatArray) -> FloatArray:
    slope, offset = entry["a"]
    per_unit = {"keV": 1e3, "eV": 1.0}[entry["unit"]]
    return np.asarray(_CM2 * 10.0 ** (slope * np.log10(per_unit * energy) + offset))


def _polynomial(entry: Entry, energy: FloatArray) -> FloatArray:
    return np.asarray(np.polynomial.polynomial.polyval(energy, entry["a"]))


def _table(entry: Entry, energy: FloatArray) -> FloatArray:
    return np.asarray(np.interp(np.log(energy), np.log(entry["table_energy"]), entry["table_sigma"]))


def _continued(entry: Entry, energy: FloatArray) -> FloatArray:
    return _FORMS[entry["form"]](entry, energy)


def _rate(entry: Entry, energy: FloatArray) -> FloatArray:
    """Constant sigma of k = c sqrt(T), a power of E up to the fit, the fit."""
    # k [cm3/s] over <g> [cm/s] per sqrt(K)
    per_root = 100.0 * math.sqrt(8.0 * K_B / (math.pi * species("H").mass))
    flat = _CM2 * float(entry["rate"]) / per_root
    start, end = float(entry["constant_high"]), float(entry["range"][0])
    fit = _FORMS[entry["form"]]
    edge = fit(entry, np.array([end]))[0]
    part = np.clip(np.log(energy / start) / math.log(end / start), 0.0, 1.0)
    joined = flat * (edge / flat) ** part
    return np.where(energy < end, joined, fit(entry, np.maximum(energy, end)))


def _janev_law(entry: Entry, energy: FloatArray) -> FloatArray:
    a1, a2, a3, a4, a5, a6 = entry["janev"]
    above = a1 * np.log(a2 / energy + a6)
    return np.asarray(above / (1.0 + a3 * energy + a4 * energy**3.5 + a5 * energy**5.4))


def _janev(entry: Entry, energy: FloatArray) -> FloatArray:
    """(a - b ln g)^2, Janev & Smith, the mean of both fits, the fit: from low to high energy."""
    low = float(entry["janev_low"])
    start, end = entry["blend"]
    janev = _janev_law(entry, np.clip(energy, low, end))
    fit = _FORMS[entry["form"]](entry, np.maximum(energy, start))
    weight = np.clip(np.log(energy / start) / math.log(end / start), 0.0, 1.0)
    middle = janev ** (1.0 - weight) * fit**weight
    # sqrt(sigma) is linear in ln E = 2 ln g + constant below janev_low, with its slope there.
    step = 1e-4
    inner, outer = np.sqrt(_janev_law(entry, low * np.exp(np.array([-step, step]))))
    root = np.sqrt(_janev_law(entry, np.array([low]))[0])
    below = (root + (outer - inner) / (2.0 * step) * np.log(np.minimum(energy, low) / low)) ** 2
    return np.where(energy < low, below, middle)


_FORMS: Mapping[str, Callable[[Entry, FloatArray], FloatArray]] = {
    "terms": _terms,
    "chebyshev": _chebyshev,
    "power": _power,
    "polynomial": _polynomial,
    "table": _table,
}
_THERMAL: Mapping[str, Callable[[Entry, FloatArray], FloatArray]] = {
    "janev": _janev,
    "rate": _rate,
    "continued": _continued,
}
