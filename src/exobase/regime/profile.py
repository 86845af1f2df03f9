"""The gas of a result as one fluid: what the inner boundary supplies, and profiles with their errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.case.model import pair_from_dict, with_pairs
from exobase.constants import K_B
from exobase.cross_sections.pair_rates import mixture_mean_free_path
from exobase.cross_sections.vhs import PairLaws, mean_laws
from exobase.io.results import Result
from exobase.species import Species

FloatArray = npt.NDArray[np.float64]

CLOSED = ("specular", "diffuse")
"""Outer boundaries through which nothing leaves."""
SLOW_MACH = 0.3
"""Mach number below which a gas counts as hydrostatic: its kinetic energy changes the pressure by less than 8 %."""
SUSTAINED = 0.1
"""A Mach number that passes 1 must stay there, on average, over this fraction of the radius to be a sonic point."""
SLOPE_CELLS = 3
"""Cells on each side from which the slope at a crossing is taken."""


@dataclass(frozen=True)
class InnerGas:
    """The gas behind the inner boundary as the case states it.

    radius R0 [m], gm [m3 s-2]; density [ns] and mean_free_path [ns] [m-3, m] (infinite without collisions), mass [ns]
    [kg]; of the mixture: total density [m-3], temperature [K] and mass [kg] (means over particles), gamma, and the
    mean free path [m] (mean over particles). drift [ns]: bulk speeds of the reservoir [m/s].
    """

    radius: float
    gm: float
    density: FloatArray
    mass: FloatArray
    temperatures: FloatArray
    mean_free_path: FloatArray
    total: float
    temperature: float
    mean_mass: float
    gamma: float
    mixture_path: float
    drift: FloatArray

    @property
    def drifts(self) -> bool:
        """Whether the reservoir moves."""
        return bool((self.drift > 0.0).any())

    def jeans_parameter(self, mass: float, temperature: float) -> float:
        """GMm/(kT R0); 0 without gravity."""
        return self.gm * mass / (K_B * temperature * self.radius)


@dataclass(frozen=True)
class GasProfile:
    """Cells [n] in which the gas was sampled: radius [m], Mach number with error, temperature [K] with error, Knudsen
    number (mean free path over pressure scale height), mean mass [kg].

    mach = u/sqrt(gamma k T/m): u of mass, T and m means over particles, gamma = (5 + zeta)/(3 + zeta).
    """

    r: FloatArray
    mach: FloatArray
    mach_stderr: FloatArray
    temperature: FloatArray
    temperature_stderr: FloatArray
    knudsen: FloatArray
    mass: FloatArray


@dataclass(frozen=True)
class Crossing:
    """Where a profile passes a value: radius [m] and its standard error."""

    radius: float = math.nan
    stderr: float = math.nan

    def __bool__(self) -> bool:
        return math.isfinite(self.radius)


def base_of(case: Mapping[str, Any]) -> InnerGas | None:
    """The gas that a case puts behind its inner boundary; None where it puts none there."""
    entries = case["species"]
    density = np.array([float(e["density"]) for e in entries])
    if density.sum() <= 0.0:
        return None
    share = density / density.sum()
    mass = np.array([float(e["species"]["mass"]) for e in entries])
    temperatures = np.array([float(e["temperature"]) for e in entries])
    temperature = float(share @ temperatures)
    paths = _mean_free_paths(case, density, temperature, mass)
    zeta = float(share @ rotational_freedom(case))
    return InnerGas(
        radius=float(case["r_inner"]),
        gm=float(case.get("gm", 0.0)),
        density=density,
        mass=mass,
        temperatures=temperatures,
        mean_free_path=paths,
        total=float(density.sum()),
        temperature=temperature,
        mean_mass=float(share @ mass),
        gamma=(5.0 + zeta) / (3.0 + zeta),
        mixture_path=1.0 / float(share @ (1.0 / paths)) if np.isfinite(paths).all() else math.inf,
        drift=np.array([float(e.get("bulk_speed", 0.0)) for e in entries]),
    )


def laws_of(case: Mapping[str, Any]) -> PairLaws:
    """Collision laws of all pairs of a resolved case."""
    species = [Species(**e["species"]) for e in case["species"]]
    laws = mean_laws(species, case["collisions"])
    pairs = [pair_from_dict(p) for p in case.get("pairs", ())]
    return with_pairs(laws, pairs, [s.name for s in species])


def rotational_freedom(case: Mapping[str, Any]) -> FloatArray:
    """Rotational degrees of freedom [ns] that the run follows: none without collisions or with rotation = "off"."""
    follows = case.get("rotation", "on") == "on" and case.get("collisions") != "off"
    return np.array([float(e["species"].get("zeta_rot", 0.0)) * follows for e in case["species"]])


def gas_profile(result: Result, case: Mapping[str, Any]) -> GasProfile:
    """The cells of a result that were sampled, all species together; errors of species are taken as independent."""
    mass = np.array([float(e["species"]["mass"]) for e in case["species"]])[:, None]

    def values(name: str) -> tuple[FloatArray, FloatArray]:
        array = np.asarray(result[f"profile/{name}"], dtype=float)
        return np.nan_to_num(array), np.nan_to_num(np.asarray(result.stderr(f"profile/{name}"), dtype=float))

    (n, _), (t, t_err), (u, u_err) = values("density"), values("T"), values("u_r")
    n = np.where(t > 0.0, n, 0.0)
    keep = n.sum(axis=0) > 0.0
    n, t, t_err, u, u_err = (a[:, keep] for a in (n, t, t_err, u, u_err))
    share, by_mass = n / n.sum(axis=0), n * mass / (n * mass).sum(axis=0)
    temperature, mean_mass = (share * t).sum(axis=0), (share * mass).sum(axis=0)
    temperature_err = np.sqrt(((share * t_err) ** 2).sum(axis=0))
    zeta = (share * rotational_freedom(case)[:, None]).sum(axis=0)
    sound = np.sqrt((5.0 + zeta) / (3.0 + zeta) * K_B * temperature / mean_mass)
    mach = (by_mass * u).sum(axis=0) / sound
    speed_err = np.sqrt(((by_mass * u_err) ** 2).sum(axis=0)) / sound
    knudsen = np.asarray(result["gas/knudsen"], dtype=float)[keep]
    return GasProfile(
        r=np.asarray(result["grid/r"], dtype=float)[keep],
        mach=mach,
        mach_stderr=np.hypot(speed_err, 0.5 * mach * temperature_err / temperature),
        temperature=temperature,
        temperature_stderr=temperature_err,
        knudsen=knudsen,
        mass=mean_mass,
    )


def at(radius: float, r: FloatArray, values: FloatArray, errors: FloatArray | None = None) -> tuple[float, float]:
    """Value at a radius and its standard error, linear between cells; NaN where the radius is NaN or nothing is known.

    Outside of the cells the nearest one is taken (half a cell at the ends of the domain).
    """
    known = np.flatnonzero(np.isfinite(values))
    if not math.isfinite(radius) or known.size == 0:
        return math.nan, math.nan
    place = np.interp(radius, r[known], np.arange(known.size, dtype=float))
    low = min(int(place), known.size - 1)
    high = min(low + 1, known.size - 1)
    f = float(place) - low
    a, b = known[low], known[high]
    value = (1.0 - f) * float(values[a]) + f * float(values[b])
    if errors is None:
        return value, math.nan
    return value, math.hypot((1.0 - f) * float(errors[a]), f * float(errors[b]))


def sonic_point(gas: GasProfile) -> Crossing:
    """Innermost place where the Mach number passes 1 upward and stays above it on average over the next tenth of r.

    The first cell counts where the gas is supersonic there already. Its standard error is that of the Mach number over
    the slope across the neighbouring cells.
    """
    above = gas.mach >= 1.0
    for i in np.flatnonzero(above):
        if i > 0 and above[i - 1]:
            continue
        ahead = (gas.r >= gas.r[i]) & (gas.r <= gas.r[i] * (1.0 + SUSTAINED))
        if gas.mach[ahead].mean() < 1.0:
            continue
        if i == 0:
            return Crossing(float(gas.r[0]))
        step = (1.0 - gas.mach[i - 1]) / (gas.mach[i] - gas.mach[i - 1])
        a, b = max(int(i) - SLOPE_CELLS, 0), min(int(i) - 1 + SLOPE_CELLS, gas.r.size - 1)
        slope = (gas.mach[b] - gas.mach[a]) / (gas.r[b] - gas.r[a])
        error = float(gas.mach_stderr[i] / slope) if slope > 0.0 else math.nan
        return Crossing(float(gas.r[i - 1] + step * (gas.r[i] - gas.r[i - 1])), error)
    return Crossing()


def gas_exobase(gas: GasProfile) -> float:
    """Outermost radius [m] where the Knudsen number of the whole gas passes 1 upward; NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(gas.knudsen)
    known = np.flatnonzero(np.isfinite(log))
    y, r = log[known], gas.r[known]
    found = np.flatnonzero((y[:-1] < 0.0) & (y[1:] >= 0.0))
    if found.size == 0:
        return math.nan
    i = int(found[-1])
    return float(r[i] - y[i] * (r[i + 1] - r[i]) / (y[i + 1] - y[i]))


def _mean_free_paths(case: Mapping[str, Any], density: FloatArray, temperature: float, mass: FloatArray) -> FloatArray:
    if case["collisions"] == "off":
        return np.full(density.size, np.inf)
    laws = laws_of(case)
    return mixture_mean_free_path(laws, density, temperature, mass)
