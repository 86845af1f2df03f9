"""The verdict on test-particle runs: quantities that a check may name, and books that must close in every run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from exobase.errors import InputError
from exobase.io.results import Result
from exobase.judge import measured_histories as measured
from exobase.judge.outcome import CheckOutcome
from exobase.judge.points import FloatArray, Points, in_range, need_inside, number, place, single

GAINS = ("born", "recoil", "split", "formed", "field")
WEIGHT_TOLERANCE = 1e-9
ENERGY_TOLERANCE = 1e-6
GAIN_SIGMA = 5.0


def evaluate(result: Result, case: Mapping[str, Any], check: Mapping[str, Any]) -> Points:
    """The quantity of one check with its reference. Raises InputError where the result cannot tell it."""
    quantity, _, species = str(check["quantity"]).partition(".")
    if quantity in _BOOKS:
        value, stderr, note = _BOOKS[quantity](result, case)
        return single(value, stderr, number(check, default=0.0), note)
    if quantity == "exobase_radius":
        radius = measured.exobase_radius(result)
        return single(radius, 0.0, number(check, default=math.nan), "of the background")
    row = result.index(species)
    if quantity == "density":
        return _density(result, check, row)
    r = math.nan
    if quantity == "flux_over_jeans":
        r = float((check.get("radii") or [measured.exobase_radius(result)])[0])
        value, stderr, note = measured.flux_over_jeans(result, case, row, r)
    elif quantity in ("escape_flux", "escape_rate"):
        name = quantity.replace("_", "/")
        value, stderr, note = float(result[name][row]), float(result.stderr(name)[row]), ""
    elif quantity in _SCALARS:
        value, stderr, note = _SCALARS[quantity](result, case, row)
    else:
        raise InputError([f"quantity '{quantity}' is not known"])
    limit = None if value > 0.0 else measured.upper_limit(result, case, row, quantity, r)
    return single(value, math.nan if limit else stderr, number(check, default=math.nan), note, limit)


_SCALARS = {
    "source_rate": measured.source_rate,
    "absorbed_rate": measured.absorbed_rate,
    "escaped_part": measured.escaped_part,
    "escape_probability": measured.escape_probability,
    "yield": measured.sputtering_yield,
    "backscatter": measured.backscatter,
    "energy_mean": measured.energy_mean,
}


def always_on(result: Result, case: Mapping[str, Any]) -> list[CheckOutcome]:
    """Counts, weights, energy and the gain of splitting, as far as the result has them."""
    outcomes = []
    if "ledger/counts" in result:
        value, _, note = ledger_closes(result)
        outcomes.append(CheckOutcome("ledger", value, 0.0, 0.0, "exact", value == 0.0, note))
    if "ledger/weight" in result:
        value, _, note = weights_close(result)
        passed = value <= WEIGHT_TOLERANCE
        outcomes.append(CheckOutcome("ledger_weight", value, 0.0, 0.0, f"+-{WEIGHT_TOLERANCE:g}", passed, note))
    if "ledger/exchange" in result:
        value, _, note = energy_closes(result, case)
        judged = not _work_is_done(case)
        passed = abs(value) <= ENERGY_TOLERANCE or not judged
        text = f"+-{ENERGY_TOLERANCE:g}"
        outcomes.append(CheckOutcome("energy_conservation", value, 0.0, 0.0, text, passed, note, judged))
    if "ledger/weight" in result and _splits(result):
        value, stderr, note = splitting_gain(result)
        passed = abs(value) <= GAIN_SIGMA * stderr
        outcomes.append(CheckOutcome("splitting_gain", value, stderr, 0.0, f"{GAIN_SIGMA:g} sigma", passed, note))
    return outcomes


def ledger_closes(result: Result) -> tuple[float, float, str]:
    """Simulated particles that came less those that ended, summed without sign over the species: 0 if all are there.

    born + recoil + split + formed = roulette + escaped + absorbed + thermalised + trapped + converted
    Particles that lose weight in flight go on, so `lost` counts none. Each species closes by itself.
    """
    missing = np.asarray(result["ledger/counts"], dtype=np.int64) @ _signs(result).astype(np.int64)
    if not missing.any():
        return 0.0, 0.0, "simulated particles close exactly"
    text = ", ".join(f"{name} {int(gap):+d}" for name, gap in zip(result.species, missing, strict=True) if gap)
    return float(np.abs(missing).sum()), 0.0, f"started minus ended particles: {text}"


def weights_close(result: Result) -> tuple[float, float, str]:
    """Largest gap of the weights of a species over the weight that came.

    born + recoil + split + formed = roulette + escaped + absorbed + thermalised + lost + trapped + converted, where
    `split` is the weight that survivors of roulette gained (copies share the weight of their
    original and gain nothing).
    """
    weight = np.asarray(result["ledger/weight"], dtype=float)
    came = weight[:, _signs(result) > 0].sum(axis=1)
    gap = weight @ _signs(result)
    relative = np.divide(np.abs(gap), came, out=np.where(gap == 0.0, 0.0, np.inf), where=came > 0.0)
    worst = int(np.argmax(relative))
    return float(relative[worst]), 0.0, f"{result.species[worst]}: {gap[worst]:+.3g} of {came[worst]:.4g} s-1"


def energy_closes(result: Result, case: Mapping[str, Any]) -> tuple[float, float, str]:
    """Energy that came less energy that went, over all that was booked, all species together.

    The ledger holds kinetic plus potential energy (zero at infinity) of every particle that comes or ends. Collisions
    take kinetic energy from a particle: some leaves with recoils that are followed (R, kinetic), the rest stays as
    heat; the kinetic energy of thermalised particles (T) is counted as heat (Q) too. Summed over all particles

        born + recoil + split + formed + field
            = roulette + escaped + absorbed + thermalised + lost + trapped + converted + R + (Q - T)

    where `field` is what electric fields did to ions
    (a recoil's potential energy comes with its ledger entry, its kinetic energy is both there and in R). It holds
    for every history, so splitting adds no noise. Not judged where tide or radiation pressure do work on the
    particles. `ledger/exchange` holds R, T and Q [W].
    """
    exchange = result.get("ledger/exchange")
    if exchange is None:
        return math.nan, math.nan, "no ledger/exchange in the result"
    recoils, thermalised, heat = (float(x) for x in exchange[:3])
    energy = np.asarray(result["ledger/energy"], dtype=float)
    gap = float((energy @ _signs(result)).sum()) - recoils - heat + thermalised
    booked = float(np.abs(energy).sum()) + abs(recoils) + abs(heat) + abs(thermalised)
    value = gap / booked if booked > 0.0 else 0.0
    note = f"{gap:+.3g} of {booked:.4g} W booked"
    return value, 0.0, note + ("; not judged: tide or radiation pressure do work" if _work_is_done(case) else "")


def splitting_gain(result: Result) -> tuple[float, float, str]:
    """Weight gained less weight lost in roulette [s-1], of the species where it is largest in units of its error.

    Copies of splitting share the weight, so the mean gain of an unbiased scheme is zero. The errors of the two are
    added: an upper bound of that of the difference, whatever their correlation.
    """
    weight, error = np.asarray(result["ledger/weight"], dtype=float), result.stderr("ledger/weight")
    up, down = _column(result, "split"), _column(result, "roulette")
    gain, stderr = weight[:, up] - weight[:, down], error[:, up] + error[:, down]
    sigma = [0.0 if g == 0 else (abs(g) / s if s > 0 else math.inf) for g, s in zip(gain, stderr, strict=True)]
    worst = int(np.argmax(sigma))
    return float(gain[worst]), float(stderr[worst]), f"{result.species[worst]}: {sigma[worst]:.2g} sigma"


def _density(result: Result, check: Mapping[str, Any], row: int) -> Points:
    """Density in every shell of the range, or at the radii of the check, interpolated in ln n between the shells."""
    n = np.asarray(result["profile/density"][row], dtype=float)
    stderr, r = np.asarray(result.stderr("profile/density")[row], dtype=float), np.asarray(result["grid/r"])
    sampled = n > 0.0
    if not sampled.any():
        raise InputError([f"{result.species[row]} was not sampled"])
    r, log_n, error = r[sampled], np.log(n[sampled]), stderr[sampled] / n[sampled]
    places: FloatArray = np.asarray(check.get("radii") or [], dtype=float)
    if places.size:
        need_inside(result, places)
        log_n, error = np.interp(places, r, log_n), np.interp(places, r, error)
    else:
        keep = in_range(check, r)
        places, log_n, error = r[keep], log_n[keep], error[keep]
    value = np.exp(log_n)
    reference = np.full_like(value, number(check, default=math.nan))
    return Points(value, value * error, reference, [place(x) for x in places])


def _ledger(result: Result, case: Mapping[str, Any]) -> tuple[float, float, str]:
    return ledger_closes(result)


def _gain(result: Result, case: Mapping[str, Any]) -> tuple[float, float, str]:
    return splitting_gain(result)


_BOOKS: dict[str, Callable[[Result, Mapping[str, Any]], tuple[float, float, str]]] = {
    "ledger": _ledger,
    "energy_conservation": energy_closes,
    "splitting_gain": _gain,
}


def _signs(result: Result) -> FloatArray:
    """+1 for the columns of the ledger in which particles come, -1 for those in which they end."""
    return np.array([1.0 if str(fate) in GAINS else -1.0 for fate in result["ledger/fates"]])


def _column(result: Result, fate: str) -> int:
    return [str(name) for name in result["ledger/fates"]].index(fate)


def _splits(result: Result) -> bool:
    """Whether splitting or roulette took place."""
    counts = np.asarray(result["ledger/counts"])
    return bool(counts[:, [_column(result, "split"), _column(result, "roulette")]].any())


def _work_is_done(case: Mapping[str, Any]) -> bool:
    """Whether forces act whose potential the ledger does not know."""
    pushed = any(float(f.get("beta", 0.0)) > 0.0 for f in case.get("followed", []))
    return float(case.get("tide", 0.0)) > 0.0 or (pushed and float(case.get("sun_distance", 0.0)) > 0.0)
