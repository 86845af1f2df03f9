"""The expected state of one gas that escapes: the fluid with heat conduction, and particles in free flight above it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exobase.errors import RunError
from exobase.fluid import FluidSolution, solve
from exobase.simulation.exosphere import exosphere, jeans_ratio

Array = NDArray[np.float64]

THINNEST = 2e-3
"""Kn0 below which a wind is solved for this one: conduction carries little of its heat, and the equations are stiff."""
COLDEST, HOTTEST = 0.05, 1.2
"""Limits of the temperature over T0: below, cells and steps of a far wind would be finer than they need be."""
STILL = 45.0
"""lambda0 from which escape, less than exp(-45) of the evaporation, neither cools nor moves the gas."""
DEEP = 1.5
"""lambda0 over gamma/(gamma - 1) beyond which no wind reaches Mach 1 below the exobase: it is not looked for."""


class StartGas(NamedTuple):
    """One gas over a sphere: lambda0 = G M m/(k T0 R0), Kn0 = l0/R0, ratio of specific heats, viscosity exponent."""

    depth: float
    knudsen: float
    gamma: float = 5.0 / 3.0
    omega: float = 0.5


class Column(NamedTuple):
    """Expected gas at nodes y = r/R0: density/n0, T/T0, velocity/sqrt(kT0/m); level of the exobase (r/R0, inf: none).

    wind: whether it passes Mach 1; note: what it is, or where it could not be found, why.
    """

    density: Array
    temperature: Array
    velocity: Array
    exobase: float
    wind: bool
    note: str


def is_free(gas: StartGas) -> bool:
    """Whether the mean free path at R0 exceeds the scale height, or R0/2 where the gas is hardly bound."""
    return gas.knudsen * max(gas.depth, 2.0) >= 1.0


def may_flow_off(gas: StartGas) -> bool:
    """Whether the gas may leave as a wind that reaches Mach 1 below the exobase."""
    return gas.depth * (1.0 - 1.0 / gas.gamma) <= DEEP


def gas_column(gas: StartGas, y: Array) -> Column | None:
    """Expected column of an escaping gas at y = r/R0 (from 1 upward); None where no fluid solution is found.

    Below the exobase the fluid with heat conduction above a Knudsen layer (`fluid.solve`), above it free flight
    (`exosphere`) with the flux of the fluid; free flight from R0 where the gas is nowhere collisional. A wind is the
    fluid throughout; beyond the last point of its solution it coasts.
    """
    if is_free(gas):
        note = f"free flight from the inner boundary (mean free path {gas.knudsen:.3g} R0 there)"
        return _above(gas.depth, y, 1.0, (1.0, 1.0, None), note)
    if gas.depth > STILL:
        return _still(gas, y)
    found = _solution(gas)
    if found is None:
        return None
    if found.upper == "sonic":
        return _wind(found, y)
    top = found.exobase_radius
    low = y < top
    last = float(found.n[-1]), float(found.temperature[-1]), float(found.u[-1])
    text = f"fluid with heat conduction up to the exobase at {top:.4g} R0, T there {last[1]:.3g} T0, free flight above"
    if not low.any():
        return _above(gas.depth, y, 1.0, (last[0], last[1], last[2]), text)
    upper = _above(gas.depth, np.concatenate(([top], y[~low])), top, last, text)
    n, t, u = (_at(y[low], found.r, a) for a in (found.n, found.temperature, found.u))
    return Column(
        np.concatenate((n, upper.density[1:])),
        np.clip(np.concatenate((t, upper.temperature[1:])), COLDEST, HOTTEST),
        np.concatenate((u, upper.velocity[1:])),
        top, False, text,
    )  # fmt: skip


def _above(depth: float, y: Array, level: float, values: tuple[float, float, float | None], note: str) -> Column:
    """Free flight above a level (r/R0) with density, temperature and velocity `values` (None: Jeans) there."""
    density, temperature, velocity = values
    local = depth / (temperature * level)
    thermal = math.sqrt(2.0 * temperature)
    escape = 1.0 if velocity is None else velocity / (thermal * jeans_ratio(local))
    gas = exosphere(local, np.minimum(level / y, 1.0), escape)
    t = np.clip(temperature * gas.temperature, COLDEST, HOTTEST)
    return Column(density * gas.density, t, thermal * gas.velocity, level, False, note)


def _still(gas: StartGas, y: Array) -> Column:
    """Isothermal gas at rest up to the first node where l > H, free flight above."""
    density = np.exp(-gas.depth * (1.0 - 1.0 / y))
    ones = np.ones_like(y)
    above = np.flatnonzero(gas.knudsen * gas.depth >= density * y * y)
    k = int(above[0]) if above.size else y.size
    text = "isothermal gas at rest"
    if k == y.size:
        return Column(density, ones, 0.0 * y, math.inf, False, text)
    upper = _above(gas.depth, y[k:], float(y[k]), (float(density[k]), 1.0, None), "")
    n, t, u = (np.concatenate((a[:k], b)) for a, b in zip((density, ones, 0.0 * y), upper[:3], strict=True))
    text += f" up to the exobase at {y[k]:.4g} R0, free flight above"
    return Column(n, t, u, float(y[k]), False, text)


def _wind(found: FluidSolution, y: Array) -> Column:
    last = float(found.r[-1])
    inside = np.minimum(y, last)
    n, t, u = (_at(inside, found.r, a) for a in (found.n, found.temperature, found.u))
    where = "at R0" if found.choked else f"at {found.sonic_radius:.4g} R0"
    note = f"transonic wind with heat conduction, Mach 1 {where}"
    return Column(n * (inside / y) ** 2, np.clip(t, COLDEST, HOTTEST), u, math.inf, True, note)


def _solution(gas: StartGas) -> FluidSolution | None:
    """The kinetic solution for a deeply bound gas; else what `fluid.solve` chooses, a wind with Kn0 >= THINNEST."""
    bound = gas.depth * (1.0 - 1.0 / gas.gamma)  # lambda0 over gamma/(gamma - 1)
    thin = max(gas.knudsen, THINNEST)
    attempts = [("auto", thin)]
    if not may_flow_off(gas):
        attempts = [("kinetic", gas.knudsen)]
    elif bound > 1.0 and thin > gas.knudsen:
        attempts = [("kinetic", gas.knudsen), ("sonic", gas.knudsen), ("sonic", thin)]
    for upper, knudsen in attempts:
        try:
            found = solve(gas.depth, knudsen, gas.gamma, gas.omega, upper, "knudsen", None, _internal(gas.omega))
        except (RunError, ArithmeticError, ValueError):
            continue
        if _usable(found) and (found.upper == "sonic" or knudsen == gas.knudsen):
            return found
    return None


def _usable(found: FluidSolution) -> bool:
    columns = (found.r, found.n, found.temperature, found.u)
    return all(bool(np.isfinite(a).all()) and float(a.min()) > 0.0 for a in columns)


def _internal(omega: float) -> float:
    """Transport of rotational energy over that of momentum, the modified Eucken factor of variable hard spheres."""
    return (7.0 - 2.0 * omega) / 5.0


def _at(y: Array, r: Array, values: Array) -> Array:
    """Values of a solution at y, interpolated in logarithms."""
    return np.asarray(np.exp(np.interp(np.log(y), np.log(r), np.log(values))))
