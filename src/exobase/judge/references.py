"""Theory for the set-up of a case: what the reservoir at the inner boundary should give, from `analytic` alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.analytic import barometric, chamberlain, jeans
from exobase.constants import K_B
from exobase.errors import InputError
from exobase.geometry.space import Space, space_of

FloatArray = npt.NDArray[np.float64]

# Gauss-Legendre nodes and weights on [-1, 1]: cell means of theory to a relative 1e-6 for cells of half a scale height.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)


@dataclass(frozen=True)
class Theory:
    """Reference values for one species of a case, from its reservoir.

    density [m-3], temperature [K], bulk_speed [m/s] of the reservoir at r_inner [m]; mass [kg]; gm [m3 s-2];
    space: where the gas is; gamma of the collisional gas, with the rotation it has. uneven: whether the reservoir
    depends on the place; then density and temperature are means over the sphere, and the factors are means of the
    local fluxes over the fluxes of these means.
    """

    name: str
    mass: float
    density: float
    temperature: float
    bulk_speed: float
    r_inner: float
    gm: float
    space: Space
    gamma: float = 5.0 / 3.0
    emission_factor: float = 1.0
    jeans_factor: float = 1.0
    uneven: bool = False

    @property
    def thermal_speed(self) -> float:
        """U = sqrt(2kT/m) of the reservoir [m/s]."""
        return float(np.sqrt(2.0 * K_B * self.temperature / self.mass))

    def jeans_flux(self) -> float:
        """Jeans flux at the inner boundary [m-2 s-1], with the upward bulk speed of the reservoir if any."""
        arguments = (self.density, self.temperature, self.mass, self.r_inner, self.gm)
        if self.bulk_speed > 0.0:
            return float(jeans.jeans_flux_drift(*arguments, self.bulk_speed))
        return self.jeans_factor * float(jeans.jeans_flux(*arguments))

    def jeans_parameter(self) -> float:
        """G M m/(kTr) of the reservoir at the inner boundary."""
        return self.gm * self.mass / (K_B * self.temperature * self.r_inner)

    def evaporation_flux(self) -> float:
        """One-sided flux n vbar/4 of the reservoir's density and temperature, whatever its bulk speed [m-2 s-1]."""
        return self.emission_factor * float(jeans.evaporation_flux(self.density, self.temperature, self.mass))

    def emission_flux(self) -> float:
        """One-sided flux that the reservoir emits with its bulk speed [m-2 s-1]."""
        flux = float(jeans.emission_flux(self.density, self.temperature, self.mass, self.bulk_speed))
        return self.emission_factor * flux

    def barometric(self, r: npt.ArrayLike) -> FloatArray:
        """Hydrostatic isothermal density [m-3] at r [m]."""
        radius, gas = np.asarray(r, dtype=float), (self.temperature, self.mass)
        if self.space.spherical:
            return np.asarray(barometric.density(radius, self.density, self.r_inner, *gas, self.gm))
        gravity = float(self.space.gravity(self.r_inner))
        return np.asarray(barometric.density_planar(radius - self.r_inner, self.density, *gas, gravity))

    def _even(self, law: str) -> None:
        if self.uneven:
            raise InputError([f"{self.name}: {law!r} holds above a reservoir that is the same everywhere"])

    def chamberlain(self, r: npt.ArrayLike) -> FloatArray:
        """Ballistic and escaping density [m-3] of an exosphere above r_inner. Raises InputError without a body."""
        self._even("chamberlain")
        if not self.space.central:
            raise InputError([f"{self.name}: 'chamberlain' needs a radial geometry with gravity"])
        radius = np.asarray(r, dtype=float)
        return np.asarray(chamberlain.density(radius, self.density, self.r_inner, self.temperature, self.mass, self.gm))

    def escape_spectrum(self, energy: npt.ArrayLike) -> FloatArray:
        """Escape rate per energy at infinity [s-1 J-1] of the whole sphere r_inner."""
        per_density = jeans.escaper_energy_spectrum(energy, self.temperature, self.mass, self.r_inner, self.gm)
        return np.asarray(self.space.area(self.r_inner) * self.density * per_density)

    def depth(self, r: npt.ArrayLike) -> FloatArray:
        """Dimensionless depth of the potential below r: m [Phi(r) - Phi(r_inner)]/(kT), so that n = n0 exp(-depth)."""
        return np.asarray(self.mass * self.space.rise(self.r_inner, r) / (K_B * self.temperature))

    def scale_height(self) -> float:
        """kT/(m g) at the inner boundary [m], infinite without gravity."""
        g = float(self.space.gravity(self.r_inner))
        return float(np.inf) if g <= 0.0 else K_B * self.temperature / (self.mass * g)

    def cell_mean(self, law: Callable[[FloatArray], FloatArray], edges: FloatArray) -> FloatArray:
        """Volume mean of a law over cells with faces edges [nc+1]: what a cell's density estimates."""
        low, high = edges[:-1, None], edges[1:, None]
        r = 0.5 * (low + high) + 0.5 * (high - low) * _NODES
        weight = _WEIGHTS * self.space.area(r)
        return np.asarray((law(r) * weight).sum(axis=1) / weight.sum(axis=1))


def theory(case: Mapping[str, Any], species: str) -> Theory:
    """The `Theory` of a species of a resolved case (dictionary in SI). Raises InputError if the case lacks it."""
    for entry in case.get("species", []):
        if entry["species"]["name"] == species:
            return Theory(
                name=species,
                mass=float(entry["species"]["mass"]),
                density=float(entry["density"]),
                temperature=float(entry["temperature"]),
                bulk_speed=float(entry.get("bulk_speed", 0.0)),
                r_inner=float(case["r_inner"]),
                gm=float(case.get("gm", 0.0)),
                space=space_of(case),
                gamma=_gamma(case, float(entry["species"].get("zeta_rot", 0.0))),
                emission_factor=float(entry.get("emission_factor", 1.0)),
                jeans_factor=float(entry.get("jeans_factor", 1.0)),
                uneven=bool(entry.get("temperature_at") or entry.get("density_at")),
            )
    known = ", ".join(str(entry["species"]["name"]) for entry in case.get("species", []))
    raise InputError([f"species '{species}' is not in the case (it has {known})"])


def _gamma(case: Mapping[str, Any], zeta: float) -> float:
    """Ratio of specific heats: rotation counts where collisions change it."""
    moving = case.get("rotation", "on") == "on" and case.get("collisions") != "off"
    return (5.0 + zeta) / (3.0 + zeta) if moving else 5.0 / 3.0
