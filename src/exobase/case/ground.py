"""Reservoirs that depend on the place on the inner boundary: their formulas on a grid of the sphere, their means."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.analytic import jeans
from exobase.config.formula import evaluate, places_on_sphere

if TYPE_CHECKING:
    from exobase.case.model import Case, CaseSpecies

Array = NDArray[np.float64]

COLATITUDES, LONGITUDES = 360, 720
"""Steps of the grid, from pole to pole and from -180 to 180 degrees."""


@dataclass(frozen=True)
class GroundGas:
    """Temperature [K] and density [m-3] on the grid [COLATITUDES + 1, LONGITUDES + 1]."""

    temperature: Array
    density: Array

    @property
    def flux(self) -> Array:
        """What is emitted, n T^(1/2), up to a constant of the species."""
        return np.asarray(self.density * np.sqrt(self.temperature))

    def means(self) -> tuple[float, float]:
        """Mean density [m-3] and temperature [K]."""
        return _mean(self.density), _mean(self.temperature)


def grid_directions() -> Array:
    """Unit vectors [nodes, 3] to the nodes of the grid."""
    theta = np.linspace(0.0, math.pi, COLATITUDES + 1)[:, None]
    phi = np.linspace(-math.pi, math.pi, LONGITUDES + 1)[None]
    x = np.stack(np.broadcast_arrays(np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)), axis=-1)
    return x.reshape(-1, 3)


def ground_gas(temperature: float | str, density: float | str, sun: Array) -> GroundGas:
    """The gas of checked formulas or numbers; sun: unit vector to the Sun.

    Raises ValueError, with the place, where a temperature is not positive or a density negative or either not finite.
    """
    places = places_on_sphere(grid_directions(), sun)
    t = _on_grid("temperature", "K", temperature, places, positive=True)
    n = _on_grid("density", "m-3", density, {**places, "T": t}, positive=False)
    shape = (COLATITUDES + 1, LONGITUDES + 1)
    return GroundGas(t.reshape(shape), n.reshape(shape))


def with_local_fluxes(
    species: tuple[CaseSpecies, ...], radius: float, gm: float, sun: Array
) -> tuple[CaseSpecies, ...]:  # fmt: skip
    """The species with the means of their local fluxes over those of their means, where these depend on the place."""
    return tuple(_with_fluxes(s, radius, gm, sun) if s.uneven and s.density > 0.0 else s for s in species)


def _with_fluxes(s: CaseSpecies, radius: float, gm: float, sun: Array) -> CaseSpecies:
    gas = ground_gas(s.temperature_at or s.temperature, s.density_at or s.density, sun)
    whole = float(jeans.jeans_flux(s.density, s.temperature, s.mass, radius, gm))
    local = _mean(jeans.jeans_flux(gas.density, gas.temperature, s.mass, radius, gm))
    emission = _mean(gas.flux) / (s.density * math.sqrt(s.temperature))
    return replace(s, emission_factor=emission, jeans_factor=local / whole if whole > 0.0 else 1.0)


def ground_of(case: Case, i: int) -> GroundGas | None:
    """The gas of species i on the grid; None where it is the same everywhere."""
    s = case.species[i]
    if not s.uneven:
        return None
    return ground_gas(s.temperature_at or s.temperature, s.density_at or s.density, case.sun)


def _on_grid(name: str, unit: str, given: float | str, places: dict[str, Array], positive: bool) -> Array:
    if not isinstance(given, str):
        return np.full_like(places["sza"], given)
    values = evaluate(given, places)
    wrong = ~np.isfinite(values) | (values <= 0.0 if positive else values < 0.0)
    if wrong.any():
        k = int(np.argmax(wrong))
        sza, lat = (math.degrees(places[key][k]) for key in ("sza", "lat"))
        needed = "must be > 0" if positive else "must not be negative"
        raise ValueError(
            f"gives {name} = {values[k]:g} {unit} at a solar zenith angle of {sza:.1f} deg (latitude {lat:.1f} deg); "
            f"it {needed} and finite everywhere"
        )
    return values


def _mean(values: Array) -> float:
    """Mean over the sphere of what is linear in between the nodes, by the areas of the bands of colatitude."""
    theta = np.linspace(0.0, math.pi, COLATITUDES + 1)
    ring = 0.5 * (values[:, :-1] + values[:, 1:]).mean(axis=1)
    area = -0.5 * np.diff(np.cos(theta))
    return float((0.5 * (ring[:-1] + ring[1:]) * area).sum())
