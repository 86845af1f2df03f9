"""The exobase of each species by a stated definition, found while the profile passes by from the inside out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exobase.analytic.jeans import jeans_flux, jeans_parameter
from exobase.case import Case
from exobase.geometry.spheres import sphere_area
from exobase.simulation.collect import Chunk

Array = NDArray[np.float64]


@dataclass
class Level:
    """State of the gas at an exobase: radius [m], temperature [K], density [m-3] and their relative errors."""

    radius: float = math.nan
    temperature: float = math.nan
    density: float = math.nan
    density_error: float = math.nan
    temperature_error: float = math.nan


class ExobaseFinder:
    """Outermost place where the mean free path equals the scale height (or the overlying column is one mean free path).

    definition: "pressure_scale_height" (whole gas), "own" (kTr^2/GMm of the species) or "column" (integral of sum n
    sigma dr = 1 from above).
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.levels = [Level() for _ in case.species]
        self._last: list[tuple[float, float, float, float, float, float] | None] = [None] * len(case.species)
        self._column: list[list[Array]] = [[] for _ in case.species]

    def feed(self, chunk: Chunk) -> None:
        """Look at the next cells, in order."""
        if self.case.collisions == "off":
            return
        for s in range(len(self.case.species)):
            values = chunk.species
            free = values["mean_free_path"][s]
            if self.case.tally.exobase == "column":
                self._column[s].append(np.diff(chunk.edges) / free)
            height = values["own_height"][s] if self.case.tally.exobase == "own" else chunk.gas["scale_height"]
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = np.log(free / height)
            self._scan(s, chunk, ratio)

    def _scan(self, s: int, chunk: Chunk, ratio: Array) -> None:
        v = chunk.species
        for i in range(chunk.r.size):
            n, t = float(v["density"][s, i]), float(v["T"][s, i])
            if not (math.isfinite(ratio[i]) and n > 0.0 and t > 0.0):
                continue
            errors = float(v["density_stderr"][s, i]) / n, float(v["T_stderr"][s, i]) / t
            here = (float(ratio[i]), float(chunk.r[i]), n, t, *errors)
            before = self._last[s]
            if self.case.tally.exobase != "column" and before is not None and before[0] < 0.0 <= here[0]:
                self.levels[s] = _between(before, here)
            self._last[s] = here
            if self.case.tally.exobase == "column":
                self._points(s).append(here)

    def _points(self, s: int) -> list[tuple[float, float, float, float, float, float]]:
        if not hasattr(self, "_all"):
            self._all: list[list[tuple[float, float, float, float, float, float]]] = [[] for _ in self.case.species]
        return self._all[s]

    def finish(self) -> list[Level]:
        """The levels of all species (NaN where there is none in the domain)."""
        if self.case.tally.exobase == "column" and self.case.collisions != "off":
            for s in range(len(self.case.species)):
                steps = np.concatenate(self._column[s])
                above = np.cumsum(steps[::-1])[::-1] - 0.5 * steps
                points = self._points(s)
                for i in range(len(points) - 1, 0, -1):
                    if above[i] < 1.0 <= above[i - 1]:
                        low, high = -math.log(above[i - 1]), -math.log(above[i])
                        self.levels[s] = _between((low, *points[i - 1][1:]), (high, *points[i][1:]))
                        break
        return self.levels


def _between(a: tuple[float, ...], b: tuple[float, ...]) -> Level:
    f = -a[0] / (b[0] - a[0])
    density = math.exp((1.0 - f) * math.log(a[2]) + f * math.log(b[2]))
    return Level(
        (1.0 - f) * a[1] + f * b[1],
        (1.0 - f) * a[3] + f * b[3],
        density,
        math.sqrt(((1.0 - f) * a[4]) ** 2 + (f * b[4]) ** 2),
        math.sqrt(((1.0 - f) * a[5]) ** 2 + (f * b[5]) ** 2),
    )


def exobase_table(case: Case, levels: list[Level], rate: Array, rate_stderr: Array) -> dict[str, Array]:
    """Exobase quantities [ns] with the escape rate [s-1] over the Jeans flux there."""
    names = (
        "radius",
        "temperature",
        "density",
        "jeans_parameter",
        "jeans_flux",
        "flux_over_jeans",
        "flux_over_jeans_stderr",
    )
    out = {name: np.full(len(levels), np.nan) for name in names}
    for s, (level, species) in enumerate(zip(levels, case.species, strict=True)):
        out["radius"][s], out["temperature"][s], out["density"][s] = level.radius, level.temperature, level.density
        if not math.isfinite(level.radius) or not case.space.central:
            continue
        depth = float(jeans_parameter(species.mass, level.temperature, level.radius, case.gm))
        jeans = float(jeans_flux(level.density, level.temperature, species.mass, level.radius, case.gm))
        ratio = float(rate[s]) / (float(sphere_area(level.radius)) * jeans)
        sensitivity = 0.5 + depth * depth / (1.0 + depth)
        rate_error = float(rate_stderr[s] / rate[s]) if rate[s] > 0.0 else math.inf
        error = math.hypot(rate_error, level.density_error, sensitivity * level.temperature_error)
        out["jeans_parameter"][s], out["jeans_flux"][s] = depth, jeans
        out["flux_over_jeans"][s], out["flux_over_jeans_stderr"][s] = ratio, ratio * error
    return out
