"""The steady equations between R0 and a reference level, integrated downward.

    n u r^2 = phi
    n u u' = -(n T)' - lambda n/r^2
    [phi (c_p T + u^2/2 - lambda/r) - r^2 kappa T^omega T']' = r^2 q

Units of the reference level (see `gas`); lambda is the Jeans parameter there. Viscosity is neglected. In a subsonic
flow errors of T grow upward like exp(int phi c_p/(kappa r^2) dr) and die out downward: hence the direction.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from exobase.fluid.base import Base
from exobase.fluid.gas import Gas

FloatArray = NDArray[np.float64]
Heating = Callable[[Any], Any]
"""Volumetric heating as a function of radius; both in the units that the context names."""

DEEPEST = -14.0  # ln of the smallest radius of a base over that of the reference level
COLDEST = 1e-4


@dataclass(frozen=True)
class Flow:
    """Constants of a flow at its reference level: Jeans parameter, conductivity, phi = n u r^2, heating."""

    gas: Gas
    depth: float
    kappa: float
    flux: float
    heating: Heating | None = None

    @property
    def path(self) -> float:
        """Knudsen number l/r at the reference level."""
        return self.kappa / self.gas.conductivity

    def heat(self, r: Any) -> Any:
        """Heating per volume at r."""
        return 0.0 * r if self.heating is None else self.heating(r)

    def temperature_slope(self, r: Any, u: Any, t: Any, energy: Any) -> Any:
        """T' from the total energy flux: r^2 kappa T^omega T' = phi (c_p T + u^2/2 - lambda/r) - energy."""
        carried = self.flux * (self.gas.heat_capacity * t + 0.5 * u * u - self.depth / r)
        return (carried - energy) / (r * r * self.kappa * t**self.gas.omega)

    def knudsen(self, r: Any, n: Any, t: Any) -> Any:
        """l/H = (l/r) lambda(r) at a level."""
        return self.path * t ** (self.gas.omega - 0.5) / (n * r) * self.depth / (t * r)


@dataclass(frozen=True)
class FlowProfile:
    """A solution in units of its reference level, upward from the base, and the nominal values its base implies."""

    flow: Flow
    r: FloatArray
    n: FloatArray
    u: FloatArray
    t: FloatArray
    energy: FloatArray
    lambda0: float
    density0: float
    temperature0: float

    @property
    def heating_scale(self) -> float:
        """One unit of heating of R0, n0, T0 in units of the reference level: n0 T0^1.5/R0."""
        return float(self.density0 * self.temperature0**1.5 / self.r[0])


def nominal_at(flow: Flow, base: Base, r: float, n: float, t: float) -> tuple[float, float]:
    """lambda0 and Kn0 that a level would imply if it were R0."""
    knudsen = flow.path * t ** (flow.gas.omega - 0.5) / (n * r)
    return base.nominal(flow.depth / (t * r), knudsen, flow.flux / (n * r * r), t)


def profile_from(flow: Flow, base: Base, columns: tuple[FloatArray, ...]) -> FlowProfile:
    """The profile with columns r, n, T, energy (upward), its base at the first point."""
    r, n, t, energy = columns
    u = flow.flux / (n * r * r)
    t_ratio, n_ratio = base.jump(float(u[0]), float(t[0]))
    lambda0, _ = nominal_at(flow, base, float(r[0]), float(n[0]), float(t[0]))
    return FlowProfile(flow, r, n, u, t, energy, lambda0, float(n[0]) / n_ratio, float(t[0]) / t_ratio)


def descend(flow: Flow, base: Base, kn0: float, start: tuple[float, float, float, float]) -> FlowProfile | None:
    """Integrate downward from start = (r, n, T, energy) to the level that implies Kn0: the base.

    None where no such level is met: the flow turns critical (u^2 = T), too cold, or the centre comes first.
    """
    omega = flow.gas.omega

    def slopes(x: float, y: FloatArray) -> list[float]:
        r, n, t, energy = math.exp(x), math.exp(y[0]), max(float(y[1]), 0.1 * COLDEST), float(y[2])
        u = flow.flux / (n * r * r)
        carried = flow.flux * (flow.gas.heat_capacity * t + 0.5 * u * u - flow.depth / r)
        dt = (carried - energy) / (r * r * flow.kappa * t**omega)
        dn = (2.0 * u * u / r - dt - flow.depth / r**2) / (t - u * u)
        return [dn * r, dt * r, r**3 * float(flow.heat(r))]

    def reached(x: float, y: FloatArray) -> float:
        _, knudsen = nominal_at(flow, base, math.exp(x), math.exp(y[0]), max(float(y[1]), COLDEST))
        return math.log(knudsen / kn0)

    def failed(x: float, y: FloatArray) -> float:
        u = flow.flux * math.exp(-y[0] - 2.0 * x)
        return min(float(y[1]) - COLDEST, float(y[1]) - 1.0001 * u * u * (1.0 if start[0] == 1.0 else 0.0))

    reached.terminal = failed.terminal = True  # type: ignore[attr-defined]
    first = [math.log(start[1]), start[2], start[3]]
    if reached(math.log(start[0]), np.array(first)) <= 0.0:
        return None
    answer = solve_ivp(
        slopes, (math.log(start[0]), DEEPEST), first, "LSODA", events=[reached, failed], rtol=1e-8, atol=1e-11
    )
    if answer.status != 1 or answer.t_events[0].size == 0:
        return None
    x, y = answer.t[::-1], answer.y[:, ::-1]
    return profile_from(flow, base, (np.exp(x), np.exp(y[0]), y[1], y[2]))
