"""Checks of every DSMC run on what a steady gas must do: stay at rest, gain no heat, be kept up by no clones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from exobase.constants import K_B
from exobase.geometry.space import space_of
from exobase.io.results import Array, Result
from exobase.judge.outcome import CheckOutcome
from exobase.tallies.stationary import (
    LEAST_RECORDS,
    REST_SIGMA,
    REST_SLACK,
    column_temperature,
    departures,
    series_at_rest,
)
from exobase.tallies.statistics import block_estimate

HEAT_SIGMA = 3.5
HEAT_SLACK = 1e-3
KEPT = 0.02
_FEW = f"fewer than {LEAST_RECORDS} records"
_PLACES = ("lowest quarter", "second quarter", "third quarter", "uppermost quarter", "whole")


def stationary(result: Result, case: Mapping[str, Any]) -> CheckOutcome:
    """Halves and quarters of escape, content and temperature of the column agree, for every species; so does the
    number of all particles where bound ones take their time to come back.
    """
    tolerance = f"{REST_SIGMA:g} sigma and {100 * REST_SLACK:g} %"
    first = first_record(result)
    moments = _since(result, "column", first)
    if len(moments) < LEAST_RECORDS:
        why = f"{len(moments)} records since averaging began, {LEAST_RECORDS} are needed"
        return CheckOutcome.not_judged("stationary", tolerance, why)
    everywhere = _since(result, "particles", first) if delays(case) and "history/particles" in result else None
    series = series_at_rest(
        _since(result, "escape_rate", first),
        _since(result, "content", first),
        moments,
        result["species/mass"],
        everywhere,
    )
    name, s, worst = max(departures(series), key=lambda item: (item[2].sigma, abs(item[2].gap)))
    passed = worst.sigma <= REST_SIGMA
    detail = f"worst: {name} of {result.species[s]}, {worst.sigma:.2g} sigma"
    if not passed:
        detail += "; the gas still changes: raise run.max_steps and resume (exobase resume --set run.max_steps=...)"
        if delays(case):
            detail += ', or set outer.returns = "at_once" (flight times have no mean)'
    return CheckOutcome("stationary", worst.gap, worst.stderr, 0.0, tolerance, passed, detail)


def no_heating(result: Result, case: Mapping[str, Any]) -> CheckOutcome:
    """Mean temperature of the collisional column and of its quarters against the hottest boundary, one-sided."""
    hottest = hottest_boundary(case)
    if hottest == 0.0:
        return _energy_kept(result, case)
    tolerance = f"at most {HEAT_SIGMA:g} sigma and {100 * HEAT_SLACK:g} % above the hottest boundary"
    heated = what_heats(case)
    moments = _since(result, "column", first_record(result))
    if heated or len(moments) < LEAST_RECORDS:
        return CheckOutcome.not_judged("no_heating", tolerance, heated or _FEW, hottest)
    mass = np.asarray(result["species/mass"], dtype=float)
    temperature = column_temperature(moments, mass)
    edges = np.asarray(result["history/column_edges"]) / 1e3
    found = []
    for s, name in enumerate(result.species):
        for q, place in enumerate(_PLACES):
            series = temperature[:, s, q]
            if not np.isfinite(series).all():
                continue
            mean = block_estimate(series)
            excess = mean.mean - hottest * (1.0 + HEAT_SLACK)
            sigma = excess / mean.stderr if mean.stderr > 0.0 else math.copysign(math.inf, excess)
            low, high = (edges[0], edges[-1]) if place == "whole" else (edges[q], edges[q + 1])
            found.append((sigma, mean, f"{name}, {place} of the column ({low:.5g}..{high:.5g} km): {sigma:.2g} sigma"))
    if not found:
        return CheckOutcome.not_judged("no_heating", tolerance, "an empty column", hottest)
    sigma, mean, detail = max(found, key=lambda item: item[0])
    passed = sigma <= HEAT_SIGMA
    if not passed:
        detail += (
            "; no boundary or source heats it, so the cause is noise of weights: raise run.particles_per_cell, lower "
            "weights.power or set weights.energy_levels = 1"
        )
    return CheckOutcome("no_heating", mean.mean, mean.stderr, hottest, tolerance, passed, detail)


def _energy_kept(result: Result, case: Mapping[str, Any]) -> CheckOutcome:
    """Energy of a gas whose boundaries hold no temperature: the last quarter of the records over the first."""
    tolerance = f"within {100 * KEPT:g} %"
    heated = what_heats(case)
    energy = _since(result, "energy", first_record(result))
    column = _since(result, "column", first_record(result))
    if heated or len(energy) < LEAST_RECORDS:
        return CheckOutcome.not_judged("no_heating", tolerance, heated or _FEW, 1.0)
    total, quarter = energy.sum(axis=1), len(energy) // 4
    heat = 0.5 * (column[:quarter, ..., 2:].sum(axis=(2, 3)).mean(axis=0) @ np.asarray(result["species/mass"]))
    gain = 1.0 + float(total[-quarter:].mean() - total[:quarter].mean()) / float(heat)
    detail = "no boundary has a temperature: gain of energy over the thermal energy of the column"
    passed = abs(gain - 1.0) <= KEPT
    if not passed:
        detail += "; the noise of weights heats or cools the gas: raise run.particles_per_cell or lower weights.power"
    return CheckOutcome("no_heating", gain, 0.0, 1.0, tolerance, passed, detail)


def delays(case: Mapping[str, Any]) -> bool:
    """Whether bound particles come back after their flight time."""
    return case["outer"]["type"] == "kepler_return" and bool(case["outer"].get("delayed"))


def hottest_boundary(case: Mapping[str, Any]) -> float:
    """Highest temperature [K] at which gas enters: of reservoirs, T + m u^2/(5k) where they drift, and of walls.

    0 where no boundary has one.
    """
    found = [0.0]
    inner = case["inner"]["type"] == "reservoir"
    for species in case["species"]:
        for prefix, feeds in (("", inner), ("outer_", True)):
            if feeds and species[f"{prefix}density"] > 0.0:
                u = species[f"{prefix}bulk_speed"]
                found.append(species[f"{prefix}temperature"] + species["species"]["mass"] * u * u / (5.0 * K_B))
    walls = [case[face]["temperature"] for face in ("inner", "outer") if case[face]["type"] == "diffuse"]
    return float(max(found + walls))


def what_heats(case: Mapping[str, Any]) -> str:
    """Why a gas may be hotter than its boundaries ("" where nothing heats it)."""
    if case.get("collisions", "off") == "off":
        return "without collisions no column is in equilibrium"
    for key, text in (("sources", "sources"), ("losses", "losses or charge exchange"), ("reactions", "reactions")):
        if case.get(key):
            return f"{text} may heat the gas"
    if any(case[face].get("velocity") for face in ("inner", "outer")):
        return "moving walls heat the gas"
    if space_of(case).pulls and any(species["outer_density"] > 0.0 for species in case["species"]):
        return "gas that falls in from above is heated by gravity"
    if case.get("initial") == "file":
        return "the gas of a file may be hotter than its boundaries"
    return ""


def first_record(result: Result) -> int:
    """First record of the averages."""
    return int(result.attributes("history").get("first_record", 0))


def _since(result: Result, name: str, first: int) -> Array:
    values = result.get(f"history/{name}")
    return np.zeros((0, len(result.species), 4, 4)) if values is None else np.asarray(values, dtype=float)[first:]
