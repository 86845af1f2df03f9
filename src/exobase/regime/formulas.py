"""Which formula may be applied to a gas like this one, judged by the run itself.

A formula applies where what it assumes holds in the run and, if it gives a flux, that flux is the run's within the
stated factor. A bound counts as exceeded only by more than two standard errors of the run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from exobase.regime.numbers import Number, Numbers
from exobase.regime.profile import CLOSED, SLOW_MACH, GasProfile

JEANS_FACTOR = 2.0
WIND_FACTOR = 1.25
SHALLOW_DEPTH = 2.0
TEMPERATURE_CHANGE = 0.1
UNMOVED = "the main gas does not escape"


@dataclass(frozen=True)
class Formula:
    """applies: True, False, or None where nothing can be said; why: one line, with numbers."""

    key: str
    name: str
    applies: bool | None
    why: str

    def to_dict(self) -> dict[str, Any]:
        """The entry of summary.json."""
        return {"formula": self.key, "applies": self.applies, "why": self.why}


def formulas_of(case: Mapping[str, Any], numbers: Numbers, target: str, word: str) -> tuple[Formula, ...]:
    """The formulas of thermal escape, each with whether it holds for the target species (winds: for the whole gas)."""
    closed = case["outer"]["type"] in CLOSED
    free = word in ("collisionless", "free-molecular")
    jeans = _jeans_free(numbers, target) if free else _jeans(numbers, target)
    judged = [
        ("jeans", "the Jeans formula", jeans),
        ("chamberlain", "Chamberlain's exosphere above the exobase", _chamberlain(numbers, target, free)),
        ("barometric", "the barometric law of T0", _barometric(numbers, target, free)),
        ("parker", "the isothermal (Parker) wind of T0", _parker(numbers, free)),
        ("isentropic", "the isentropic wind", _isentropic(numbers, free)),
    ]
    if closed:
        nothing = (None, "nothing can escape from a closed domain")
        judged = [(key, name, found if key == "barometric" else nothing) for key, name, found in judged]
    return tuple(Formula(key, name, *found) for key, name, found in judged)


def _jeans(numbers: Numbers, target: str) -> tuple[bool | None, str]:
    own = numbers.species[target]
    if not own.exobase_radius_m.known:
        return False, f"{target} has no exobase in the domain"
    if numbers.base.gm <= 0.0:
        return False, "there is no gravity"
    depth, ratio = own.exobase_jeans_parameter, own.flux_over_jeans
    if depth.value < SHALLOW_DEPTH:
        why = f"lambda = {depth.value:.2f} at the exobase, below {SHALLOW_DEPTH:g}; flux/Jeans = {ratio.value:.3g}"
        return False, why
    if not own.escapes:
        return None, "nothing escaped, so there is no flux to compare it with"
    why = f"flux/Jeans = {ratio.value:.3g} at the exobase, {own.flux_over_jeans_drift.value:.3g} with its drift"
    return _within(ratio, JEANS_FACTOR), why


def _jeans_free(numbers: Numbers, target: str) -> tuple[bool | None, str]:
    own = numbers.species[target]
    if not own.escapes:
        return None, "nothing escaped, so there is no flux to compare it with"
    ratio = own.flux_over_jeans_inner
    return _within(ratio, JEANS_FACTOR), f"flux/Jeans = {ratio.value:.4g} with the reservoir's n and T at R0"


def _chamberlain(numbers: Numbers, target: str, free: bool) -> tuple[bool | None, str]:
    own = numbers.species[target]
    if numbers.base.gm <= 0.0:
        return False, "there is no gravity"
    if free:
        return True, "free flight from R0 on"
    if not own.exobase_radius_m.known:
        return False, f"{target} has no exobase in the domain"
    depth, mach = own.exobase_jeans_parameter.value, own.exobase_mach.value
    why = f"lambda = {depth:.3g} and Mach {mach:.2g} at the exobase"
    return depth >= SHALLOW_DEPTH and mach < SLOW_MACH, why


def _barometric(numbers: Numbers, target: str, free: bool) -> tuple[bool | None, str]:
    """Holds from R0 up to the exobase where the gas is slow and keeps its temperature."""
    if free:
        return False, "above an exobase the gas is not hydrostatic"
    gas, r0 = numbers.profile, numbers.base.radius
    exobase = numbers.species[target].exobase_radius_m.value
    top = exobase if math.isfinite(exobase) else float(gas.r[-1])
    first, why = _first_departure(gas, numbers.base.temperature, top)
    if not math.isfinite(first):
        return True, f"up to r = {top / r0:.4g} R0"
    where = ", below the exobase" if math.isfinite(exobase) else ""
    return False, f"{why} from r = {first / r0:.4g} R0 on{where}"


def _first_departure(gas: GasProfile, t0: float, top: float) -> tuple[float, str]:
    """Innermost radius below ``top`` where the gas is fast or not at t0, by more than two standard errors."""
    inside = gas.r <= top
    fast = inside & (gas.mach - 2.0 * gas.mach_stderr > SLOW_MACH)
    change = np.abs(gas.temperature / t0 - 1.0) - 2.0 * gas.temperature_stderr / t0
    cold = inside & (change > TEMPERATURE_CHANGE)
    first = [float(gas.r[np.argmax(found)]) if found.any() else math.inf for found in (fast, cold)]
    if not math.isfinite(min(first)):
        return math.nan, ""
    if first[0] <= first[1]:
        return first[0], f"the gas moves with Mach > {SLOW_MACH:g}"
    return first[1], f"the temperature differs from T0 by more than {100 * TEMPERATURE_CHANGE:.0f} %"


def _parker(numbers: Numbers, free: bool) -> tuple[bool | None, str]:
    gas, base = numbers.gas, numbers.base
    if free:
        return False, "the gas has few collisions"
    if base.gm <= 0.0:
        return False, "there is no gravity"
    ratio = gas.flux_over_parker
    if not gas.escapes:
        return False, UNMOVED
    found = f"flux/Parker = {ratio.value:.3g}" if ratio.known else "its sonic point lies below R0"
    if not gas.sonic_radius_m.known or not gas.sonic_knudsen.value < 1.0:
        return False, f"no sonic point where the gas collides; {found}"
    t = gas.sonic_temperature_K
    drop = t.value / base.temperature
    if drop + 2.0 * _error(t) / base.temperature < 1.0 - TEMPERATURE_CHANGE:
        return False, f"T = {drop:.2f} T0 at the sonic point; {found}"
    if not ratio.known:
        return False, found
    return _within(ratio, WIND_FACTOR), found


def _isentropic(numbers: Numbers, free: bool) -> tuple[bool | None, str]:
    gas = numbers.gas
    if free:
        return False, "the gas has few collisions"
    ratio = gas.flux_over_isentropic
    if not gas.escapes:
        return False, UNMOVED
    if not ratio.known:
        depth, gamma = gas.jeans_parameter_inner.value, gas.gamma.value
        return False, f"no such wind exists for lambda0 = {depth:.3g}, gamma = {gamma:.3g}"
    found = f"flux/isentropic = {ratio.value:.3g}"
    if not gas.sonic_radius_m.known or not gas.sonic_knudsen.value < 1.0:
        return False, f"no sonic point where the gas collides; {found}"
    return _within(ratio, WIND_FACTOR), f"{found}; l/H = {gas.sonic_knudsen.value:.2g} at the sonic point"


def _within(ratio: Number, factor: float) -> bool:
    """Whether a ratio is 1 within a factor, or not known to be outside by more than two standard errors."""
    slack = 2.0 * _error(ratio)
    return ratio.value + slack >= 1.0 / factor and ratio.value - slack <= factor


def _error(number: Number) -> float:
    return number.stderr if math.isfinite(number.stderr) else 0.0
