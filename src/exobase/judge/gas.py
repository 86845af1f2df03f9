"""The quantities of a gas that checks compare: from the result of a DSMC run, with theory by name or a number."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.errors import InputError
from exobase.io.results import Result
from exobase.judge import flows
from exobase.judge.always import clone_gain, energy_conservation, ledger_closes
from exobase.judge.fractionation import FRACTIONATION, fractionation_of
from exobase.judge.measured import net_flux, sonic_radius
from exobase.judge.points import FloatArray, Points, in_range, need_inside, number, place, single, upper_limit
from exobase.judge.references import Theory, theory


def evaluate(result: Result, case: Mapping[str, Any], check: Mapping[str, Any]) -> Points:
    """What a check compares, and what it should be. Raises InputError or ValueError where there is none."""
    quantity, _, species = str(check["quantity"]).partition(".")
    if quantity in _GLOBAL:
        value, stderr, note = _GLOBAL[quantity](result)
        return single(value, stderr, number(check, default=1.0 if quantity == "imbalance" else 0.0), note)
    if quantity in FRACTIONATION:
        return fractionation_of(result, case, check, quantity, species)
    about = theory(case, species)
    row = result.index(species)
    if quantity == "density":
        return _density(result, case, check, about, row)
    if quantity in _PROFILES:
        return _profile(result, check, about, row, quantity)
    if quantity == "scale_height":
        return _scale_height(result, check, about, row)
    value, stderr = _scalar(result, about, row, quantity)
    reference = _scalar_reference(result, check, about, row, quantity)
    return single(value, stderr, reference, "", _limit(result, about, row, quantity))


def _imbalance(result: Result) -> tuple[float, float, str]:
    value = result.attrs.get("imbalance")
    return (math.nan, math.nan, "not recorded") if value is None else (float(value), 0.0, "max/mean load of the ranks")


_GLOBAL = {
    "ledger": ledger_closes,
    "clone_gain": clone_gain,
    "energy_conservation": energy_conservation,
    "imbalance": _imbalance,
}


_PROFILES = {
    "temperature": "T",
    "temperature_radial": "T_r",
    "temperature_transverse": "T_t",
    "temperature_rotational": "T_rot",
    "velocity": "u_r",
    "mach": "mach",
    "u_over_U": "u_r",
}
"""Profile quantities of a species and their datasets."""

_LARGEST = ("mach", "u_over_U")
"""Profile quantities of which the largest size is judged."""


def _scalar(result: Result, about: Theory, row: int, quantity: str) -> tuple[float, float]:
    """Value and standard error of a quantity with one number per species."""

    def pick(name: str) -> tuple[float, float]:
        return float(result[name][row]), float(result.stderr(name)[row])

    def scaled(pair: tuple[float, float], factor: float) -> tuple[float, float]:
        return pair[0] * factor, pair[1] * factor

    direct = {
        "escape_flux": "escape/flux",
        "escape_rate": "escape/rate",
        "flux_over_jeans": "exobase/flux_over_jeans",
        "exobase_radius": "exobase/radius",
        "exobase_temperature": "exobase/temperature",
    }
    if quantity in direct:
        return pick(direct[quantity])
    if quantity == "escape_velocity":
        return scaled(pick("escape/flux"), _to_inner(result, about, row) / about.density)
    if quantity == "flux_over_evaporation":
        return scaled(pick("escape/flux"), _to_inner(result, about, row) / about.evaporation_flux())
    if quantity == "flux_over_emission":
        return scaled(pick("escape/flux"), _to_inner(result, about, row) / about.emission_flux())
    if quantity == "net_flux_over_evaporation":
        return scaled(net_flux(result, about, row), 1.0 / about.evaporation_flux())
    if quantity == "sonic_radius_over_inner":
        return scaled(sonic_radius(result, about, row), 1.0 / about.r_inner)
    if quantity == "exobase_radius_over_inner":
        return scaled(pick("exobase/radius"), 1.0 / about.r_inner)
    if quantity == "exobase_temperature_over_inner":
        return scaled(pick("exobase/temperature"), 1.0 / about.temperature)
    raise InputError([f"quantity '{quantity}' is not known"])


def _limit(result: Result, about: Theory, row: int, quantity: str) -> float | None:
    """Upper limit of a quantity that is proportional to the escape, where nothing escaped."""
    flux = upper_limit(result, "escape/flux", row)
    if flux is None:
        return None
    at_inner = flux * _to_inner(result, about, row)
    if quantity == "flux_over_jeans":
        radius, expected = float(result["exobase/radius"][row]), float(result["exobase/jeans_flux"][row])
        return flux * (float(result["escape/at_radius"][row]) / radius) ** 2 / expected
    return {
        "escape_flux": flux,
        "escape_rate": upper_limit(result, "escape/rate", row),
        "escape_velocity": at_inner / about.density if about.density > 0.0 else None,
        "flux_over_evaporation": at_inner / about.evaporation_flux() if about.density > 0.0 else None,
    }.get(quantity)


def _to_inner(result: Result, about: Theory, row: int) -> float:
    """Factor from the flux at its own radius to the flux at the inner boundary."""
    return float(about.space.area(float(result["escape/at_radius"][row])) / about.space.area(about.r_inner))


def _scalar_reference(result: Result, check: Mapping[str, Any], about: Theory, row: int, quantity: str) -> float:
    named = check.get("reference")
    if quantity == "sonic_radius_over_inner" and named == "isentropic":
        return flows.sonic_radius(about) / about.r_inner
    if named in flows.FLOWS:
        flux = flows.flux(str(named), about)
    elif named in ("jeans", "evaporation"):
        flux = about.jeans_flux() if named == "jeans" else about.evaporation_flux()
    else:
        return number(check, default=math.nan)
    if quantity == "escape_flux":
        return flux / _to_inner(result, about, row)
    if quantity == "escape_rate":
        return flux * float(about.space.area(about.r_inner))
    if quantity == "escape_velocity":
        return flux / about.density
    if quantity in ("flux_over_evaporation", "net_flux_over_evaporation"):
        return flux / about.evaporation_flux()
    if quantity == "flux_over_emission":
        return flux / about.emission_flux()
    raise InputError([f"'{named}' is not a reference for {quantity}"])


def _density(result: Result, case: Mapping[str, Any], check: Mapping[str, Any], about: Theory, row: int) -> Points:
    """Density over its theory, cell mean against cell mean, interpolated in ln(n/theory) to the radii asked for."""
    edges, r = np.asarray(result["grid/edges"]), np.asarray(result["grid/r"])
    n = np.asarray(result["profile/density"][row], dtype=float)
    stderr = np.asarray(result.stderr("profile/density")[row], dtype=float)
    named = check.get("reference")
    laws: dict[Any, Callable[[FloatArray], FloatArray]] = {
        "chamberlain": about.chamberlain,
        "barometric": about.barometric,
    }
    whole = check.get("r_from") is not None or check.get("r_to") is not None
    places = np.asarray(check.get("radii") or ([] if whole else case["tally"].get("profile_radii", [])), dtype=float)
    if named in flows.FLOWS:
        laws[named] = lambda x: flows.flow(str(named), about, x).density
    if named not in laws:
        expected = np.full_like(r, number(check, default=math.nan))
    else:
        expected = about.cell_mean(laws[named], edges)
    sampled = np.flatnonzero((n > 0) & (expected > 0))
    if sampled.size < 2:
        raise InputError([f"{about.name} was sampled in {sampled.size} cells only"])
    r, n, stderr, expected = r[sampled], n[sampled], stderr[sampled], expected[sampled]
    log_ratio, error = np.log(n / expected), stderr / n
    if check.get("normalise") == "mean":
        log_ratio = log_ratio - _offset(log_ratio, error, in_range(check, r))
    if places.size == 0:
        keep = in_range(check, r)
        places, reference = r[keep], expected[keep]
        log_ratio, error = log_ratio[keep], error[keep]
    else:
        need_inside(result, places)
        reference = laws[named](places) if named in laws else np.interp(places, r, expected)
        log_ratio, error = np.interp(places, r, log_ratio), np.interp(places, r, error)
    value = reference * np.exp(log_ratio)
    return Points(value, value * error, reference, [place(x) for x in places])


def _profile(result: Result, check: Mapping[str, Any], about: Theory, row: int, quantity: str) -> Points:
    """A temperature, velocity, Mach number or abs(u)/U: in every cell of the range, or at the radii of the check."""
    r = np.asarray(result["grid/r"])
    source = f"profile/{_PROFILES[quantity]}"
    if source not in result:
        raise InputError([f"{about.name}: the result has no {source}"])
    value = np.asarray(result[source][row], dtype=float)
    stderr = np.asarray(result.stderr(source)[row], dtype=float)
    expected = _expected(result, check, about, quantity)
    if quantity == "u_over_U":
        value, stderr = value / about.thermal_speed, stderr / about.thermal_speed
    if quantity in _LARGEST:
        value = np.abs(value)
    sampled = np.isfinite(value)
    if not sampled.any():
        raise InputError([f"{about.name} was not sampled"])
    r, columns = r[sampled], np.stack([value, stderr, expected])[:, sampled]
    places = np.asarray(check.get("radii") or [], dtype=float)
    if places.size:
        need_inside(result, places)
        columns = np.stack([np.interp(places, r, column) for column in columns])
    else:
        keep = in_range(check, r)
        places, columns = r[keep], columns[:, keep]
    if quantity in _LARGEST and not check.get("radii"):
        top = int(np.argmax(columns[0]))
        places, columns = places[top : top + 1], columns[:, top : top + 1]
    return Points(columns[0], columns[1], columns[2], [place(x) for x in places])


def _expected(result: Result, check: Mapping[str, Any], about: Theory, quantity: str) -> FloatArray:
    """What a profile quantity should be in every cell [nc]: theory by name, a number, or the reservoir's."""
    edges = np.asarray(result["grid/edges"])
    named = str(check.get("reference"))
    if named in flows.FLOWS:
        part = "temperature" if quantity == "temperature_rotational" else quantity
        values: FloatArray = getattr(flows.cell_means(named, about, edges), part)
        return values
    default = about.temperature if quantity.startswith("temperature") else math.nan if quantity == "velocity" else 0.0
    return np.full(edges.size - 1, number(check, default))


def _scale_height(result: Result, check: Mapping[str, Any], about: Theory, row: int) -> Points:
    """Scale height at the inner boundary from a fit ln n = a - s depth(r): H = H_barometric/s.

    The fit runs over the cells between the inner boundary and the exobase (or r_from, r_to), weighted by the errors
    (none: equal weights); its error is scaled by the residuals where they exceed the given errors.
    """
    r = np.asarray(result["grid/r"])
    n = np.asarray(result["profile/density"][row], dtype=float)
    error = np.asarray(result.stderr("profile/density")[row], dtype=float)
    top = math.nan if check.get("r_to") is not None else float(result["exobase/radius"][row])
    keep = in_range(check, r) & (n > 0)
    if math.isfinite(top):
        keep &= r < top
    if keep.sum() < 3:
        raise InputError([f"{about.name}: only {int(keep.sum())} cells below the exobase for a fit"])
    x, y = about.depth(r[keep]), np.log(n[keep])
    if np.ptp(x) <= 0.0:
        raise InputError([f"{about.name}: no gravity, no scale height"])
    relative = error[keep] / n[keep]
    weight = 1.0 / relative**2 if np.all(relative > 0) else np.ones_like(x)
    mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
    spread = float(np.sum(weight * (x - mean_x) ** 2))
    slope = -float(np.sum(weight * (x - mean_x) * (y - mean_y))) / spread
    residual = y - mean_y + slope * (x - mean_x)
    chi2 = float(np.sum(weight * residual**2)) / (len(x) - 2)
    scaled = chi2 if not np.all(relative > 0) else max(1.0, chi2)
    slope_error = math.sqrt(scaled / spread)
    height = about.scale_height()
    value = height / slope if slope > 0 else math.nan
    reference = height if check.get("reference") == "barometric" else number(check, default=math.nan)
    note = f"fit over {len(x)} cells, r = {r[keep][0] / 1e3:.5g}..{r[keep][-1] / 1e3:.5g} km"
    return single(value, abs(value) * slope_error / abs(slope), reference, note)


def _offset(log_ratio: FloatArray, error: FloatArray, keep: npt.NDArray[np.bool_]) -> float:
    usable = keep & np.isfinite(error) & (error > 0)
    if usable.any():
        return float(np.average(log_ratio[usable], weights=1.0 / error[usable] ** 2))
    return float(np.mean(log_ratio[keep]))
