"""The three kinds of flow as families: a profile from the base upward for each value of one parameter.

Without heating the equations know no absolute size: every solution, whatever lambda0 and Kn0, is one of a family with
one parameter, cut at the level that has the wanted Kn0; the parameter follows from lambda0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from exobase.errors import RunError
from exobase.fluid.base import Base
from exobase.fluid.escape import Loss, drift_loss, jeans_loss
from exobase.fluid.flow import FloatArray, Flow, FlowProfile, Heating, descend, nominal_at, profile_from
from exobase.fluid.wind import Critical, Wind, choked, ladder, transonic

RAREFIED = 5.0
"""l/H at Mach 1 down to which lambda0 falls steadily along the ladder; below 2 it may rise again (monatomic gas)."""

Family = Callable[[float, Heating | None], FlowProfile | None]
"""Profile for ln of the parameter and a heating in units of the reference level; None where there is none."""


@dataclass(frozen=True)
class Kinetic:
    """Flows that end at the exobase, l = H, with the loss of a Maxwellian there; the parameter is lambda there.

    drift: the Maxwellian moves with the gas. Units of the exobase: density, radius and temperature 1; l/r = 1/lambda.
    """

    base: Base
    kn0: float
    drift: bool

    def loss(self, depth: float) -> Loss | None:
        """Particles and energy lost at an exobase of this lambda."""
        return drift_loss(depth, self.base.gas) if self.drift else jeans_loss(depth, self.base.gas)

    def deepest(self) -> tuple[float, float]:
        """lambda at the exobase and lambda0 where the exobase is at R0: the largest that this Kn0 allows."""
        depth, warmth = 1.0 / self.kn0, 1.0
        for _ in range(30):
            loss = self.loss(depth)
            warmth, density = self.base.jump(1.0 if loss is None else loss.speed, 1.0)
            depth = density * warmth ** (0.5 - self.base.gas.omega) / self.kn0
        return depth, depth * warmth

    def __call__(self, parameter: float, heating: Heating | None = None) -> FlowProfile | None:
        """The solution of the family at a parameter; None where there is none."""
        depth = math.exp(parameter)
        loss = self.loss(depth)
        if loss is None or loss.speed >= 1.0:
            return None
        flow = Flow(self.base.gas, depth, self.base.gas.conductivity / depth, loss.speed, heating)
        return descend(flow, self.base, self.kn0, (1.0, 1.0, 1.0, loss.energy - depth * loss.speed))


@dataclass(frozen=True)
class Sonic:
    """Flows through the critical level; the parameter is the conductivity there. Units of that level.

    The base may lie between the critical level and Mach 1, whose regularity then selects the flow.
    """

    base: Base
    kn0: float
    far: float

    def wind(self, parameter: float, heating: Heating | None = None, guess: Wind | None = None) -> Wind | None:
        """The supersonic part; guess: a neighbour (default: the next of the ladder that conducts more,
        since the collocation follows the flow to smaller conductivity much better than back).
        """
        rungs = ladder(self.base.gas, self.far)
        conducting = [rung for rung in rungs if math.log(rung.flow.kappa) >= parameter - 1e-12]
        near = guess or (conducting or rungs)[-1 if conducting else 0]
        return transonic(replace(near.flow, kappa=math.exp(parameter), heating=heating), self.far, near)

    def __call__(self, parameter: float, heating: Heating | None = None) -> FlowProfile | None:
        """The solution of the family at a parameter; None where there is none."""
        wind = self.wind(parameter, heating)
        return None if wind is None else self.cut(wind)

    def cut(self, wind: Wind) -> FlowProfile | None:
        """The wind with its subsonic part, from the level that implies Kn0 upward; None beyond Mach 1."""
        start = Critical.of(wind.flow).below(wind.flow)
        below = descend(wind.flow, self.base, self.kn0, start)
        if below is not None:
            above = wind.columns(wind.z)
            parts = zip((below.r, below.n, below.t, below.energy), above, strict=True)
            columns = tuple(np.concatenate(part) for part in parts)
            return profile_from(wind.flow, self.base, (columns[0], columns[1], columns[2], columns[3]))
        if nominal_at(wind.flow, self.base, start[0], start[1], start[2])[1] > self.kn0:
            return None  # it was looked for below and not met
        return self._cut_above(wind)

    def _cut_above(self, wind: Wind) -> FlowProfile | None:
        gamma = self.base.gas.gamma

        def mach_excess(z: float) -> float:
            return float(wind.flow.flux / (columns(z)[1] * columns(z)[0] ** 2)) ** 2 / float(columns(z)[2]) - gamma

        def columns(z: float) -> tuple[FloatArray, ...]:
            return wind.columns(np.asarray(z))

        def missing(z: float) -> float:
            r, n, t, _ = (float(value) for value in columns(z))
            return math.log(nominal_at(wind.flow, self.base, r, n, t)[1] / self.kn0)

        low, high = float(wind.z[0]), float(wind.z[-1])
        if mach_excess(high) <= 0.0:
            return None
        high = float(brentq(mach_excess, low, high))
        if missing(high) < 0.0:
            return None
        if missing(low) > 0.0:  # between the two ends of the series
            return self._from(wind, low)
        return self._from(wind, float(brentq(missing, low, high)))

    def _from(self, wind: Wind, z: float) -> FlowProfile:
        mesh = np.concatenate(([z], wind.z[wind.z > z + 1e-9]))
        return profile_from(wind.flow, self.base, wind.columns(mesh))


def kinetic_parameter(family: Kinetic, lambda0: float) -> float | None:
    """ln lambda at the exobase for lambda0: the solution with the deepest exobase; None where there is none."""

    def missing(parameter: float) -> float:
        return _missing(family(parameter), lambda0)

    top = math.log(family.deepest()[0]) - 1e-6
    high = min(math.log(1.02 * lambda0), top)
    while not missing(high) > 0.0:
        if high >= top:
            return None
        high = min(high + 0.05, top)
    low, value = high, 1.0
    while value > 0.0:
        high, low = low, low - 0.05
        value = missing(low)
    return None if math.isnan(value) else float(brentq(missing, low, high, xtol=1e-9))


def may_have_collisional_wind(family: Sonic, lambda0: float) -> bool:
    """Whether the sonic solution for lambda0, if any, reaches Mach 1 where l/H is less than RAREFIED."""
    return not _missing(family.cut(_last_rarefied(family)), lambda0) < 0.0


def sonic_parameter(family: Sonic, lambda0: float) -> float | None:
    """ln kappa at the critical level for lambda0: the solution with the smallest flux; None where there is none."""
    rungs, upper = ladder(family.base.gas, family.far), None
    rarefied = _last_rarefied(family)
    if _missing(family.cut(rarefied), lambda0) > 0.0:
        rungs = rungs[rungs.index(rarefied) :]  # lambda0 falls along the ladder down to here
    for rung in rungs:
        value, here = _missing(family.cut(rung), lambda0), math.log(rung.flow.kappa)
        if upper is not None and value <= 0.0:
            return float(brentq(lambda p: _missing(family(p), lambda0), here, upper, xtol=1e-7))
        if value > 0.0:
            upper = here
        elif value <= 0.0:
            return None  # the most conducting flow of the ladder is not deep enough
        elif upper is not None:
            break
    return None if upper is None else _last_stretch(family, upper, lambda0)


def _last_rarefied(family: Sonic) -> Wind:
    """The last wind of the ladder with l/H above RAREFIED at Mach 1."""
    rungs = ladder(family.base.gas, family.far)
    return next((rung for rung in reversed(rungs) if rung.sonic_knudsen() > RAREFIED), rungs[0])


def _missing(profile: FlowProfile | None, lambda0: float) -> float:
    """ln of what the profile's lambda0 has too much; nan where there is no profile."""
    return math.nan if profile is None else math.log(profile.lambda0 / lambda0)


def _last_stretch(family: Sonic, upper: float, lambda0: float) -> float | None:
    """The root between the last rung whose base is below Mach 1 and that at Mach 1, where there is one."""
    step = 0.5 * math.log(2.0)
    while step > 1e-3:
        value = _missing(family(upper - step), lambda0)
        if value <= 0.0:
            return float(brentq(lambda p: _missing(family(p), lambda0), upper - step, upper, xtol=1e-7))
        if value > 0.0:
            upper -= step
        else:
            step *= 0.5
    return None


def choked_wind(base: Base, lambda0: float, kn0: float, far: float, heating: Heating | None = None) -> FlowProfile:
    """The flow that leaves R0 with Mach 1, by continuation from large conductivity and small lambda.

    Units: radius R0, density and temperature of the gas there. heating in those units.
    Raises RunError where there is none: the gas is bound too deeply to stay supersonic.
    """
    gas = base.gas
    t_ratio, n_ratio = base.jump(math.sqrt(gas.gamma), 1.0)
    goal = Flow(
        gas,
        lambda0 / t_ratio,
        kn0 * t_ratio ** (gas.omega - 0.5) / n_ratio * gas.conductivity,
        math.sqrt(gas.gamma),
        heating,
    )
    first = replace(goal, depth=min(goal.depth, 1.0), kappa=max(30.0, goal.kappa), heating=None)
    wind = choked(first, far)
    if wind is not None:
        wind = _walk(wind, far, "kappa", goal.kappa, 0.7)
    if wind is not None:
        wind = _walk(wind, far, "depth", goal.depth, 0.5)
    if wind is not None and heating is not None:
        wind = choked(goal, far, wind)
    if wind is None:
        raise RunError(
            f"no flow leaves R0 with Mach 1 at lambda0 = {lambda0:g}, Kn0 = {kn0:g} (gamma {gas.gamma:g}): "
            f"lambda0 is too large for a choked wind"
        )
    return profile_from(goal, base, wind.columns(wind.z))


def _walk(wind: Wind, far: float, name: str, goal: float, step: float) -> Wind | None:
    """Change one constant of a choked flow to its goal, kappa downward by factors, depth upward by steps."""
    full = step
    while abs(getattr(wind.flow, name) / goal - 1.0 if goal else getattr(wind.flow, name)) > 1e-12:
        value = getattr(wind.flow, name)
        target = max(goal, value * math.exp(-step)) if name == "kappa" else min(goal, value + step)
        following = choked(replace(wind.flow, **{name: target}), far, wind)
        if following is None:
            step *= 0.5
            if step < 0.03 * full:
                return None
        else:
            wind, step = following, min(1.5 * step, full)
    return wind
