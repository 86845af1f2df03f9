"""Numbers that follow from a test-particle result but are not stored in it, each with its standard error and a note."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.analytic import jeans
from exobase.errors import InputError
from exobase.io.results import Result

FloatArray = npt.NDArray[np.float64]
Number = tuple[float, float, str]


def exobase_radius(result: Result) -> float:
    """Exobase of the background [m]. Raises InputError where it has none."""
    radius = result.attributes("background").get("exobase_radius")
    if not isinstance(radius, int | float) or not math.isfinite(radius):
        raise InputError(["the background has no exobase"])
    return float(radius)


def report_factors(result: Result) -> FloatArray:
    """Reported over simulated rate of every process [processes].

    Where a map is kept births lie on the lit side; else on the whole sphere, and the reported rate is that of the lit
    part of it.
    """
    factor = np.asarray(result["source/area_factor"], dtype=float)
    mapped = "map/zenith_edges" in result or "map/latitude_edges" in result
    return np.repeat(np.ones_like(factor) if mapped else factor, 2)


def source_rate(result: Result, case: Mapping[str, Any], row: int) -> Number:
    """Events per second [s-1] of the sources of a species, over the lit area."""
    own = _own_sources(result, case, row)
    if "source/events" in result and any(case["sources"][j]["type"] == "pickup" for j in own):
        error = float(np.sqrt((result.stderr("source/events")[own] ** 2).sum()))
        return float(np.asarray(result["source/events"])[own].sum()), error, "events of " + _sources(result, own)
    return float(np.asarray(result["source/rate"])[own].sum()), 0.0, "events of " + _sources(result, own)


def absorbed_rate(result: Result, case: Mapping[str, Any], row: int) -> Number:
    """Particles of a species that reach the inner boundary [s-1]."""
    k = [str(f) for f in result["ledger/fates"]].index("absorbed")
    value, error = result["ledger/weight"][row][k], result.stderr("ledger/weight")[row][k]
    return float(value), float(error), "as simulated, over the whole sphere"


def escaped_part(result: Result, case: Mapping[str, Any], row: int) -> Number:
    """Part of what comes of a species (born, recoils, formed) that escapes."""
    weight, fates = np.asarray(result["ledger/weight"], dtype=float), [str(f) for f in result["ledger/fates"]]
    error = result.stderr("ledger/weight")
    came = sum(float(weight[row, fates.index(name)]) for name in ("born", "recoil", "formed"))
    if came <= 0.0:
        raise InputError([f"no {result.species[row]} was followed"])
    k, gone = fates.index("escaped"), fates.index("absorbed")
    part = float(weight[row, k]) / came
    # Escaped and absorbed vary against each other at fixed births.
    spread = float(np.hypot((1.0 - part) * error[row, k], part * error[row, gone])) / came
    return part, spread, f"of {came:.4g} s-1"


def escape_probability(result: Result, case: Mapping[str, Any], row: int) -> Number:
    """Part of the born particles of a species (recoils not counted) that escapes; the births are taken as exact."""
    weight, fates = np.asarray(result["ledger/weight"], dtype=float), [str(f) for f in result["ledger/fates"]]
    born = float(weight[row, fates.index("born")])
    if born <= 0.0:
        raise InputError([f"no {result.species[row]} was born"])
    factor = report_factors(result)[::2]
    rate = np.asarray(result["escape/by_process"][row], dtype=float)[::2] / factor
    error = np.asarray(result.stderr("escape/by_process")[row], dtype=float)[::2] / factor
    # Sources have histories of their own: their errors are independent.
    return float(rate.sum()) / born, float(np.sqrt((error**2).sum())) / born, "of the born particles"


def sputtering_yield(result: Result, case: Mapping[str, Any], row: int) -> Number:
    """Escaping particles of a species, back-scattered ones included, per incident particle of the sputtering sources.

    Of all sources where none is of type sputtering. Errors of a source and its recoils are added (an upper bound)
    unless all sources count; then the batches tell the error of the sum.
    """
    used, events = _incident(result, case)
    note = "per event of " + _sources(result, used)
    if used.size == len(result["source/names"]):
        return float(result["escape/rate"][row]) / events, float(result.stderr("escape/rate")[row]) / events, note
    rate = np.asarray(result["escape/by_process"][row], dtype=float).reshape(-1, 2)[used]
    error = np.asarray(result.stderr("escape/by_process")[row], dtype=float).reshape(-1, 2)[used].sum(axis=1)
    return float(rate.sum()) / events, float(np.sqrt((error**2).sum())) / events, note


def backscatter(result: Result, case: Mapping[str, Any], row: int) -> Number:
    """Incident particles of a species that escape again, per incident particle."""
    used, events = _incident(result, case)
    rate = np.asarray(result["escape/by_process"][row], dtype=float)[::2][used]
    error = np.asarray(result.stderr("escape/by_process")[row], dtype=float)[::2][used]
    return (
        float(rate.sum()) / events,
        float(np.sqrt((error**2).sum())) / events,
        "per event of " + _sources(result, used),
    )


def energy_mean(result: Result, case: Mapping[str, Any], row: int) -> Number:
    """Mean energy at infinity of the particles of a species that escape [J].

    Kinetic plus potential energy where they leave, from the ledger. Errors of energy and number are combined as
    independent; as both grow with the number of escapers this is an upper bound.
    """
    k = [str(f) for f in result["ledger/fates"]].index("escaped")
    weight, energy = float(result["ledger/weight"][row, k]), float(result["ledger/energy"][row, k])
    if weight <= 0.0:
        raise InputError([f"no {result.species[row]} escaped"])
    mean = energy / weight
    parts = float(result.stderr("ledger/energy")[row, k]), mean * float(result.stderr("ledger/weight")[row, k])
    return mean, math.hypot(*parts) / weight, "kinetic energy at infinity"


def flux_over_jeans(result: Result, case: Mapping[str, Any], row: int, r: float) -> Number:
    """Escape flux over the Jeans flux at radius r [m], both there.

    The Jeans flux takes the density found at r (ln n linear between the shells) and the temperature of the background
    there (mean over its species, by density). Errors of flux and density are combined as independent.
    """
    edges = np.asarray(result["grid/edges"])
    if not edges[0] <= r <= edges[-1]:
        raise InputError([f"radius {r / 1e3:.6g} km lies outside the domain"])
    n, error = _density_at(result, row, r)
    temperature = background_temperature(result, r)
    flux, stderr = float(result["escape/flux"][row]), float(result.stderr("escape/flux")[row])
    value = flux / _jeans_there(result, case, row, r)
    note = f"at r = {r / 1e3:.6g} km with n = {n:.4g} m-3 found and T = {temperature:.4g} K of the background"
    return value, value * math.hypot(stderr / flux if flux > 0.0 else 0.0, error / n), note


def _jeans_there(result: Result, case: Mapping[str, Any], row: int, r: float) -> float:
    """Escape flux [m-2 s-1] of the result at which the flux at r equals the Jeans flux there."""
    mass, temperature = float(result["species/mass"][row]), background_temperature(result, r)
    expected = float(jeans.jeans_flux(_density_at(result, row, r)[0], temperature, mass, r, float(case["gm"])))
    return expected * (r / float(result["escape/at_radius"][row])) ** 2


def upper_limit(result: Result, case: Mapping[str, Any], row: int, quantity: str, r: float) -> float | None:
    """What a quantity proportional to the escape of a species lies below with 95 %, for one that is zero.

    From the limit of the escape of all sources together; r [m]: of flux_over_jeans. None for other quantities, and in
    results of versions without limits.
    """
    if "escape/rate_upper_limit_95" not in result:
        return None
    rate, flux = (float(result[f"escape/{name}_upper_limit_95"][row]) for name in ("rate", "flux"))
    if quantity in ("escape_rate", "escape_flux"):
        return rate if quantity == "escape_rate" else flux
    if quantity == "flux_over_jeans":
        return flux / _jeans_there(result, case, row, r)
    if quantity in ("yield", "backscatter"):
        return rate / _incident(result, case)[1]
    if quantity in ("escaped_part", "escape_probability"):
        fates = [str(f) for f in result["ledger/fates"]]
        gains = ("born",) if quantity == "escape_probability" else ("born", "recoil", "formed")
        came = sum(float(result["ledger/weight"][row, fates.index(name)]) for name in gains)
        return rate / float(report_factors(result).min()) / came
    return None


def background_temperature(result: Result, r: float) -> float:
    """Temperature of the background at radius r [K], the mean over its species by density."""
    nodes = np.asarray(result["background/r"], dtype=float)
    density = np.array([np.interp(r, nodes, row) for row in result["background/density"]])
    temperature = np.array([np.interp(r, nodes, row) for row in result["background/temperature"]])
    return float(np.average(temperature, weights=density) if density.sum() > 0.0 else temperature.mean())


def _density_at(result: Result, row: int, r: float) -> tuple[float, float]:
    n, stderr = np.asarray(result["profile/density"][row]), np.asarray(result.stderr("profile/density")[row])
    seen = n > 0.0
    if not seen.any():
        raise InputError([f"{result.species[row]} was not sampled"])
    x = np.asarray(result["grid/r"])[seen]
    value = math.exp(float(np.interp(r, x, np.log(n[seen]))))
    return value, value * float(np.interp(r, x, stderr[seen] / n[seen]))


def _own_sources(result: Result, case: Mapping[str, Any], row: int) -> npt.NDArray[np.int64]:
    name = result.species[row]
    own = [j for j, source in enumerate(case.get("sources", [])) if source.get("species") == name]
    if not own:
        raise InputError([f"no source of the case emits {name}"])
    return np.array(own, dtype=np.int64)


def _incident(result: Result, case: Mapping[str, Any]) -> tuple[npt.NDArray[np.int64], float]:
    """Sources whose events count as incident particles, and their events per second."""
    sources = case.get("sources", [])
    found = [j for j, source in enumerate(sources) if source.get("type") == "sputtering"]
    used = np.array(found or range(len(result["source/names"])), dtype=np.int64)
    return used, float(np.asarray(result["source/rate"])[used].sum())


def _sources(result: Result, used: npt.NDArray[np.int64]) -> str:
    return ", ".join(str(result["source/names"][j]) for j in used)
