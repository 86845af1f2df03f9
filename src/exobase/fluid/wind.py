"""The supersonic part of a wind, from its critical level (or a choked base) to a far radius.

With heat conduction the equations are critical where u^2 = T (the isothermal speed of sound), not at Mach 1:
    u'/u (u^2 - T) = 2 T/r - T' - lambda/r^2.
A transonic flow passes there with T' = 2 - lambda (units of the level: r = T = u = n = 1, phi = 1). Beyond it, errors
of T die out upward until Mach 1 and grow from there on, so the flow is a boundary-value problem, solved by collocation:
regularity below, no heat from above (T' = 0) at the far radius. Each conductivity kappa has its lambda.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.integrate import solve_bvp
from scipy.special import lambertw

from exobase.errors import RunError
from exobase.fluid.flow import FloatArray, Flow
from exobase.fluid.gas import Gas

OFFSET = 1e-3  # distance from the critical level at which a series replaces the equations
NODES = 100  # of the first mesh
MOST_NODES = 4000
TOLERANCE = 1e-5
FIRST_KAPPA, LAST_KAPPA = 1e3, 1e-4
STEP, LEAST_STEP = 0.5, 0.04  # of ln kappa along the ladder


@dataclass(frozen=True)
class Wind:
    """A supersonic flow above r = 1: `z` and `y` (ln of (u^2/T - 1)/h, ln T, energy) are its mesh and values."""

    flow: Flow
    far: float
    choked: bool
    z: FloatArray
    y: FloatArray
    polynomial: Any

    def columns(self, z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """r, n, T, energy at mesh coordinates z."""
        r, u, t, energy = _fields(z, self.polynomial(z), self.choked)
        return r, self.flow.flux / (u * r * r), t, energy

    def sonic_knudsen(self) -> float:
        """l/H at the first mesh point beyond Mach 1: where the wind is cut does not change it."""
        r, n, t, _ = self.columns(self.z)
        beyond = (self.flow.flux / (n * r * r)) ** 2 >= self.flow.gas.gamma * t
        return float(self.flow.knudsen(r, n, t)[int(np.argmax(beyond))])


@dataclass(frozen=True)
class Critical:
    """First and second derivatives at the critical level (r = T = u = n = 1) of an accelerating flow."""

    t_slope: float
    t_curve: float
    u_slope: float

    @classmethod
    def of(cls, flow: Flow) -> Critical:
        """From l'Hopital's rule: 2 u'^2 + b u' + c = 0 with b = 1/kappa - T', the root with the larger u'.

        kappa T'' = a + u', a = c_p T' + lambda - q - 2 kappa T' - kappa omega T'^2; c = a/kappa - 2 T' + 2 - 2 lambda
        """
        kappa, slope = flow.kappa, 2.0 - flow.depth
        a = flow.gas.heat_capacity * slope + flow.depth - float(flow.heat(1.0))
        a -= 2.0 * kappa * slope + kappa * flow.gas.omega * slope**2
        b, c = 1.0 / kappa - slope, a / kappa - 2.0 * slope + 2.0 - 2.0 * flow.depth
        root = math.sqrt(max(b * b - 8.0 * c, 0.0))
        u_slope = -2.0 * c / (b + root) if b > 0.0 else 0.25 * (root - b)
        return cls(slope, (a + u_slope) / kappa, u_slope)

    def energy(self, flow: Flow) -> float:
        """Total energy flux through the critical level."""
        return flow.gas.heat_capacity + 0.5 - flow.depth - flow.kappa * self.t_slope

    def below(self, flow: Flow) -> tuple[float, float, float, float]:
        """r, n, T, energy a little below the critical level."""
        r, h = 1.0 - OFFSET, -OFFSET
        u, t = 1.0 + h * self.u_slope, 1.0 + h * self.t_slope + 0.5 * h * h * self.t_curve
        return r, 1.0 / (u * r * r), t, self.energy(flow) + h * float(flow.heat(1.0))


def transonic(flow: Flow, far: float, guess: Wind | None = None) -> Wind | None:
    """The wind through the critical level for the conductivity and heating of `flow`, whose lambda is found.

    guess: a neighbour; without it the isothermal wind of Parker, right for a large conductivity. None if not found.
    """
    mesh, values = _start(guess, far)
    depth = 2.0 if guess is None else guess.flow.depth
    if guess is None:
        values[2] += flow.gas.heat_capacity + 0.5 - depth

    def bottom(y: FloatArray, trial: Flow) -> list[float]:
        level = Critical.of(trial)
        r, u, t, energy = (float(value) for value in _fields(mesh[0], y, False))
        carried = trial.gas.heat_capacity * t + 0.5 * u * u - trial.depth / r
        conducted = trial.kappa * (level.t_slope + (r - 1.0) * level.t_curve)
        return [
            math.exp(y[0]) - (2.0 * level.u_slope - level.t_slope),
            (carried - energy) / (r * r * t**trial.gas.omega) - conducted,
            energy - level.energy(trial) - (r - 1.0) * float(trial.heat(1.0)),
        ]

    return _collocate(flow, far, mesh, values, depth, bottom)


def choked(flow: Flow, far: float, guess: Wind | None = None) -> Wind | None:
    """The wind that leaves r = 1 with Mach 1 and T = 1, supersonic from there on. None if not found.

    guess: a neighbour; without it the isothermal wind, right for a large conductivity and lambda < 2.
    """
    mesh, values = _start(guess, far)
    if guess is None:
        r = 1.0 + np.exp(mesh) - OFFSET
        square = flow.gas.gamma + np.maximum(4.0 * np.log(r) - 2.0 * flow.depth * (1.0 - 1.0 / r), 0.0)
        values = np.array([np.log(square - 1.0), 0.0 * r, 0.0 * r])
        values[2] += flow.flux * (flow.gas.heat_capacity + 0.5 * flow.gas.gamma - flow.depth)

    def bottom(y: FloatArray, trial: Flow) -> list[float]:
        return [y[0] - math.log(trial.gas.gamma - 1.0), y[1]]

    return _collocate(flow, far, mesh, values, None, bottom)


@lru_cache(maxsize=16)
def ladder(gas: Gas, far: float) -> tuple[Wind, ...]:
    """Transonic winds without heating of one gas, from large to small conductivity at the critical level.

    They are all winds of this gas: lambda0, Kn0 and R0 follow from where each is cut. Raises RunError where not even
    the first is found. It ends where the collocation needs too many nodes.
    """
    wind = transonic(Flow(gas, 2.0, FIRST_KAPPA, 1.0), far)
    if wind is None:
        raise RunError(f"no transonic wind with gamma = {gas.gamma:g}, omega = {gas.omega:g}, far = {far:g}")
    rungs, step = [wind], STEP
    while step > LEAST_STEP and rungs[-1].flow.kappa > LAST_KAPPA:
        following = transonic(replace(rungs[-1].flow, kappa=rungs[-1].flow.kappa * math.exp(-step)), far, rungs[-1])
        if following is None:
            step *= 0.5
        else:
            rungs.append(following)
            step = min(1.5 * step, STEP)
    return tuple(rungs)


def _start(guess: Wind | None, far: float) -> tuple[FloatArray, FloatArray]:
    """First mesh and values: those of the guess on fewer nodes, or an isothermal wind."""
    ends = math.log(OFFSET), math.log(far - 1.0)
    if guess is None:
        mesh = np.linspace(*ends, NODES)
        r = 1.0 + np.exp(mesh)
        mach2 = -lambertw(-(r**-4) * np.exp(3.0 - 4.0 / r), -1).real
        return mesh, np.array([np.log((mach2 - 1.0) / np.exp(mesh)), 0.0 * r, 0.0 * r])
    share = np.linspace(0.0, 1.0, guess.z.size)
    spread = 0.5 * (guess.z[0] + (guess.z[-1] - guess.z[0]) * share) + 0.5 * guess.z
    mesh = np.interp(np.linspace(0.0, 1.0, NODES), share, spread)
    return mesh, np.asarray(guess.polynomial(mesh), dtype=np.float64)


def _fields(z: Any, y: Any, is_choked: bool) -> tuple[Any, Any, Any, Any]:
    """r, u, T, energy from mesh coordinate and values; r = 1 + e^z, or 1 + e^z - e^z0 for a choked flow."""
    h = np.exp(z)
    t, excess = np.exp(y[1]), np.exp(y[0]) * (1.0 if is_choked else h)
    return 1.0 + h - (OFFSET if is_choked else 0.0), np.sqrt((1.0 + excess) * t), t, y[2]


def _collocate(
    flow: Flow, far: float, mesh: FloatArray, values: FloatArray, depth: float | None, bottom: Any
) -> Wind | None:
    """Solve for the wind; depth: first guess of lambda where it is unknown, None where the flow leaves r = 1 choked."""
    is_choked = depth is None
    first = None if depth is None else [depth]

    def trial_of(parameters: tuple[FloatArray, ...]) -> Flow:
        return replace(flow, depth=float(parameters[0][0])) if parameters else flow

    def slopes(z: FloatArray, y: FloatArray, *parameters: FloatArray) -> FloatArray:
        trial, step = trial_of(parameters), np.exp(z)
        r, u, t, energy = _fields(z, y, is_choked)
        dt = trial.temperature_slope(r, u, t, energy)
        mach2 = u * u / t
        du = (2.0 * t / r - dt - trial.depth / r**2) / (t * (mach2 - 1.0))
        dy = mach2 / (mach2 - 1.0) * (2.0 * du - dt / t) * step - (0.0 if is_choked else 1.0)
        return np.array([dy, dt / t * step, r * r * trial.heat(r) * step])

    def ends(ya: FloatArray, yb: FloatArray, *parameters: FloatArray) -> FloatArray:
        trial = trial_of(parameters)
        r, u, t, energy = _fields(mesh[-1], yb, is_choked)
        top = trial.temperature_slope(r, u, t, energy) * trial.kappa * t**trial.gas.omega * r * r
        return np.array([*bottom(ya, trial), top])

    with np.errstate(all="ignore"):
        try:
            answer = solve_bvp(slopes, ends, mesh, values, first, tol=TOLERANCE, max_nodes=MOST_NODES)
        except (OverflowError, ValueError):  # an iterate without a finite critical level
            return None
    if answer.status != 0 or not np.all(np.isfinite(answer.y)):
        return None
    found = flow if depth is None else replace(flow, depth=float(answer.p[0]))
    return Wind(found, far, is_choked, answer.x, answer.y, answer.sol)
