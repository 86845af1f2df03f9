"""Steady flows out of a reservoir, as theory gives them: density, velocity and temperature at any radius.

- "isentropic": the transonic wind of a collisional gas. Above a reservoir that drifts it starts with the reservoir's
  density and temperature, above one at rest with those above its Knudsen layer, taken as thin.
- "knudsen_layer": the gas above the Knudsen layer of a plane that evaporates at the speed of sound.
- "free_molecular": a sphere that evaporates without collisions and without gravity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from exobase.analytic import evaporating_wind, free_molecular, knudsen_layer, polytropic
from exobase.errors import InputError
from exobase.judge.references import FloatArray, Theory

DRIFT_TOLERANCE = 0.01
"""Relative difference of a reservoir's bulk speed from that of the wind above which the wind is no theory of it."""


class Flow(NamedTuple):
    """State [n] at radii: density m-3, velocity m/s, temperature K and its radial and transverse parts K."""

    density: FloatArray
    velocity: FloatArray
    temperature: FloatArray
    temperature_radial: FloatArray
    temperature_transverse: FloatArray


def flow(name: str, about: Theory, r: npt.ArrayLike) -> Flow:
    """The flow of a named theory at r [m]. Raises InputError where it does not hold for the set-up."""
    try:
        return _FLOWS[name](about, np.asarray(r, dtype=float))
    except ValueError as error:
        raise InputError([f"{about.name}: '{name}' is no theory for this case: {error}"]) from error


def flux(name: str, about: Theory) -> float:
    """Flux of a named theory through the inner boundary [m-2 s-1]. Raises InputError like `flow`."""
    if name == "free_molecular":
        return about.evaporation_flux()
    state = _start(about) if name == "isentropic" else _above_layer(about, np.asarray(about.r_inner))
    return float(state.density * state.velocity)


def cell_means(name: str, about: Theory, edges: FloatArray) -> Flow:
    """A flow as cells with faces edges [nc+1] estimate it: n by volume, u and T by particle. Raises InputError."""

    def mean(part: str) -> FloatArray:
        def law(r: FloatArray) -> FloatArray:
            state = flow(name, about, r)
            value: FloatArray = getattr(state, part)
            return value if part == "density" else value * state.density

        return about.cell_mean(law, edges)

    density = mean("density")
    return Flow(density, *(mean(part) / density for part in Flow._fields[1:]))


def sonic_radius(about: Theory) -> float:
    """Radius where the isentropic wind reaches the speed of sound [m]. Raises InputError like `flow`."""
    start = _start(about)
    depth = about.jeans_parameter() * about.temperature / float(start.temperature)
    return about.r_inner / float(polytropic.base(depth, about.gamma).radius_ratio)


def _isentropic(about: Theory, r: FloatArray) -> Flow:
    start = _start(about)
    wind = polytropic.profile(r, start.density, about.r_inner, start.temperature, about.mass, about.gm, about.gamma)
    return Flow(wind.density, wind.velocity, wind.temperature, wind.temperature, wind.temperature)


def _start(about: Theory) -> polytropic.PolytropicProfile:
    """State of the isentropic wind at the inner boundary."""
    if not about.space.central:
        raise InputError([f"{about.name}: 'isentropic' needs a radial geometry with gravity"])
    try:
        if about.bulk_speed == 0.0:
            return _evaporated(about)
        arguments = (about.density, about.r_inner, about.temperature, about.mass, about.gm, about.gamma)
        start = polytropic.profile(about.r_inner, *arguments)
    except ValueError as error:
        raise InputError([f"{about.name}: there is no isentropic wind: {error}"]) from error
    needed = float(start.velocity)
    if abs(about.bulk_speed / needed - 1.0) > DRIFT_TOLERANCE:
        text = f"the wind starts with {needed:.5g} m/s, but the reservoir drifts with {about.bulk_speed:.5g} m/s"
        raise InputError([f"{about.name}: {text}; set bulk_speed to the first, or to 0 for a Knudsen layer"])
    return start


def _evaporated(about: Theory) -> polytropic.PolytropicProfile:
    depth = about.jeans_parameter()
    wind = evaporating_wind.evaporating_wind(depth, about.gamma)
    if about.gamma >= evaporating_wind.GAMMA_ACCELERATING:
        raise ValueError(f"gamma = {about.gamma:.4g} is 3/2 or more")
    if depth <= evaporating_wind.choked_below(about.gamma):
        raise ValueError(f"lambda0 = {depth:.4g} is choked at the reservoir")
    top = knudsen_layer.layer_top(wind.mach, about.density, about.temperature, about.mass, about.gamma)
    return polytropic.PolytropicProfile(top.density, top.velocity, top.temperature)


def _above_layer(about: Theory, r: FloatArray) -> Flow:
    top = knudsen_layer.layer_top(1.0, about.density, about.temperature, about.mass, about.gamma)
    temperature = np.full_like(r, top.temperature)
    return Flow(np.full_like(r, top.density), np.full_like(r, top.velocity), temperature, temperature, temperature)


def _free_molecular(about: Theory, r: FloatArray) -> Flow:
    if not about.space.spherical or about.space.pulls or about.bulk_speed != 0.0:
        raise InputError([f"{about.name}: 'free_molecular' needs a sphere at rest without gravity"])
    inside = np.maximum(r, about.r_inner)  # rounding at the inner boundary
    gas = free_molecular.sphere(inside, about.r_inner, about.density, about.temperature, about.mass)
    mean = (gas.temperature_radial + 2.0 * gas.temperature_transverse) / 3.0
    return Flow(gas.density, gas.velocity, mean, gas.temperature_radial, gas.temperature_transverse)


_FLOWS = {"isentropic": _isentropic, "knudsen_layer": _above_layer, "free_molecular": _free_molecular}
FLOWS = tuple(_FLOWS)


def holding(case: Mapping[str, Any], about: Theory) -> str | None:
    """Name of the flow that a resolved case sets up for a species, None where there is none."""
    inner, outer = (case.get(side, {}).get("type") for side in ("inner", "outer"))
    if inner not in (None, "reservoir") or outer not in ("remove", "kepler_return") or about.density <= 0.0:
        return None
    collides = case.get("collisions") != "off"
    if not about.space.spherical:
        driven = next(s for s in case["species"] if s["species"]["name"] == about.name).get("outer_bulk_speed", 0.0)
        return "knudsen_layer" if collides and not about.space.pulls and driven > 0.0 else None
    named = "isentropic" if collides else "free_molecular"
    try:
        flow(named, about, about.r_inner)
    except InputError:
        return None
    return named
