"""Numbers that follow from a case before anything runs, and warnings about what it asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exobase.analytic import jeans
from exobase.bodies import body as find_body
from exobase.bodies import body_names
from exobase.case.model import Case
from exobase.case.oddities import free_gas, odd_gas
from exobase.case.resolve_background import SURFACE
from exobase.constants import K_B
from exobase.cross_sections.pair_rates import mixture_mean_free_path

FloatArray = npt.NDArray[np.float64]

DEEPEST = 1e3  # scale heights per mean free path beyond which a run from so deep costs more than it tells
UNEQUAL = 1e-3  # relative difference of temperatures of colliding species from which they are reported
CLOSED = ("diffuse", "specular")
SEARCH = 100.0  # how many inner radii out the exobase is looked for
POINTS = 2000


@dataclass(frozen=True)
class SpeciesDerived:
    """Numbers of one species at the inner boundary, at the temperature of its reservoir.

    jeans_parameter G M m/(k T r) (None in planar geometry); thermal_speed sqrt(2kT/m) [m/s]; scale_height [m], its own
    (None without gravity); mean_free_path l [m] in the mixture (inf where there is nothing to meet); knudsen_height:
    l/H, H being the pressure scale height (None without gravity); knudsen_radius: l/R0, over the inner radius (planar:
    over the depth of the domain); jeans_flux and evaporation_flux [m-2 s-1] of the full Maxwellian at rest at
    the inner boundary, emission_flux with its bulk speed; exobase_radius [m], estimated (None if there is none).
    """

    name: str
    jeans_parameter: float | None
    thermal_speed: float
    scale_height: float | None
    mean_free_path: float
    knudsen_height: float | None
    knudsen_radius: float
    jeans_flux: float | None
    evaporation_flux: float
    emission_flux: float
    exobase_radius: float | None


@dataclass(frozen=True)
class Derived:
    """Numbers that follow from a case.

    scale_height [m]: of the pressure at the inner boundary (None without gravity). exobase_radius [m]: the largest of
    the species' estimates for an isothermal atmosphere at rest; exobase_text says it in words. warnings: one line each.
    """

    species: tuple[SpeciesDerived, ...]
    scale_height: float | None
    exobase_radius: float | None
    exobase_text: str
    warnings: tuple[str, ...]


def derive(case: Case) -> Derived:
    """Numbers and warnings for a case. The atmosphere is taken as isothermal and at rest, each species by itself."""
    atmosphere = _Atmosphere(case)
    species = tuple(_species(case, atmosphere, i) for i in range(len(case.species)))
    height = float(atmosphere.pressure_scale_height(np.array([case.r_inner]))[0])
    found = [s.exobase_radius for s in species if s.exobase_radius is not None]
    radius = max(found) if found else None
    return Derived(
        species=species,
        scale_height=height if math.isfinite(height) else None,
        exobase_radius=radius,
        exobase_text=_exobase_text(case, species, radius),
        warnings=tuple(_warnings(case, species, radius)),
    )


class _Atmosphere:
    """Isothermal atmosphere at rest with the densities of the case at the inner boundary."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.density0 = np.array([s.density for s in case.species])
        self.temperature = np.array([s.temperature for s in case.species])
        self.mass = np.array([s.mass for s in case.species])
        total = self.density0.sum()
        self.mean_temperature = float(
            self.density0 @ self.temperature / total if total > 0.0 else self.temperature.mean()
        )

    def densities(self, r: FloatArray) -> FloatArray:
        """Densities [ns, nr] at radii r [nr]."""
        case = self.case
        rows = []
        for s in case.species:
            rise = case.space.rise(case.r_inner, np.maximum(r, case.r_inner))
            rows.append(s.density * np.exp(-s.mass * rise / (K_B * s.temperature)))
        return np.array(rows)

    def gravity(self, r: FloatArray) -> FloatArray:
        """Acceleration towards the inner boundary [m s-2]."""
        return self.case.space.gravity(r)

    def pressure_scale_height(self, r: FloatArray) -> FloatArray:
        """-dr/dln p = sum n k T/(g sum n m) [m]; inf without gravity. Without density the first species counts."""
        n = self.densities(r)
        empty = n.sum(axis=0) <= 0.0
        n[0, empty] = 1.0
        with np.errstate(divide="ignore"):
            return np.asarray(K_B * (self.temperature @ n) / (self.gravity(r) * (self.mass @ n)))

    def mean_free_paths(self, r: FloatArray) -> FloatArray:
        """Mean free paths [ns, nr] in the mixture at radii r [nr]."""
        if self.case.collisions == "off" and not all(s.species.collides for s in self.case.species):
            return np.full((self.mass.size, r.size), np.inf)  # a gas that never collides needs no diameter
        laws = self.case.laws
        temperature = np.full_like(r, self.mean_temperature)
        return mixture_mean_free_path(laws, self.densities(r), temperature, self.mass)


def _species(case: Case, atmosphere: _Atmosphere, i: int) -> SpeciesDerived:
    s = case.species[i]
    base = np.array([case.r_inner])
    spherical = case.space.spherical
    depth = float(jeans.jeans_parameter(s.mass, s.temperature, case.r_inner, case.gm)) if spherical else None
    path = float(atmosphere.mean_free_paths(base)[i, 0])
    height = float(atmosphere.pressure_scale_height(base)[0])
    own = K_B * s.temperature / (s.mass * g) if (g := float(atmosphere.gravity(base)[0])) > 0.0 else None
    reference = (s.temperature, s.mass, case.r_inner, case.gm)
    return SpeciesDerived(
        name=s.name,
        jeans_parameter=depth,
        thermal_speed=s.thermal_speed(),
        scale_height=own,
        mean_free_path=path,
        knudsen_height=path / height if math.isfinite(height) else None,
        knudsen_radius=path / case.space.length(case.r_inner, case.r_outer),
        jeans_flux=s.jeans_factor * float(jeans.jeans_flux(s.density, *reference))
        if spherical and s.density > 0.0
        else None,
        evaporation_flux=s.evaporation_flux(),
        emission_flux=s.emission_flux(),
        exobase_radius=_exobase(case, atmosphere, i),
    )


def _exobase(case: Case, atmosphere: _Atmosphere, i: int) -> float | None:
    """First radius where the mean free path exceeds the pressure scale height; None if it does not from below 1."""
    if case.collisions == "off" or not case.space.central:
        return None
    r = case.r_inner * np.geomspace(1.0, SEARCH, POINTS)
    with np.errstate(divide="ignore", invalid="ignore"):
        kn = atmosphere.mean_free_paths(r)[i] / atmosphere.pressure_scale_height(r)
    above = np.flatnonzero(kn >= 1.0)
    if above.size == 0 or above[0] == 0:
        return None
    j = int(above[0])
    part = -math.log(kn[j - 1]) / math.log(kn[j] / kn[j - 1])
    return float(r[j - 1] * (r[j] / r[j - 1]) ** part)


def _exobase_text(case: Case, species: tuple[SpeciesDerived, ...], radius: float | None) -> str:
    if case.collisions == "off":
        return "none: collisions are off, particles are free from the inner boundary on"
    if radius is not None:
        above = (radius - case.body_radius) / 1e3 if case.body_radius is not None else None
        return f"{radius:.5g} m, {radius / case.r_inner:.4g} inner radii" + (
            "" if above is None else f", altitude {above:.5g} km"
        )
    if any(s.knudsen_height is not None and s.knudsen_height >= 1.0 for s in species):
        return "below the inner boundary: the mean free path exceeds the scale height already there"
    return (
        "none: an isothermal atmosphere at rest stays collisional; a real one expands and cools, so find it by running"
    )


def _warnings(case: Case, species: tuple[SpeciesDerived, ...], exobase: float | None) -> list[str]:
    found = odd_gas(case)
    closed = case.inner.type in CLOSED and case.outer.type in CLOSED
    knudsens = [s.knudsen_height for s in species if s.knudsen_height is not None]
    if case.collisions == "off":
        if knudsens and min(knudsens) < 0.5:
            found.append(
                f"collisions are off, but the mean free path at the inner boundary is only {min(knudsens):.3g} scale "
                'heights: the gas is collisional there; use collisions = "vhs"'
                + ("" if at_surface(case) else ", or a higher inner boundary")
            )
    elif not closed:
        depth = _depth(case, species, exobase)
        found += (depth or free_gas(case, [s.mean_free_path for s in species])) + _mixed(case)
    if case.body_name in body_names():
        hill = find_body(case.body_name).hill_radius()
        if case.r_outer > hill:
            found.append(
                f"the outer boundary at {case.r_outer:.4g} m lies beyond the Hill radius of {case.body_name}, "
                f"{hill:.4g} m"
            )
    return found


def at_surface(case: Case) -> bool:
    """Whether the inner boundary is the surface of the body, below which there is nothing to simulate."""
    return case.body_radius is not None and case.r_inner <= SURFACE * case.body_radius


def _depth(case: Case, species: tuple[SpeciesDerived, ...], exobase: float | None) -> list[str]:
    """The inner boundary far below the exobase or above it, the outer one below it."""
    found = []
    heights = [s.knudsen_height for s in species if s.knudsen_height is not None]
    # The gas changes over its scale height, or over the radius where that is shorter.
    by_radius = min(s.knudsen_radius for s in species) if case.space.spherical else math.inf
    by_height = min(heights, default=math.inf)
    kn, length = (by_radius, "inner radius") if by_height < by_radius else (by_height, "scale height")
    if not heights:
        kn, length = by_radius, "inner radius"
    if 0.0 < kn < 1.0 / DEEPEST:
        raise_it = f"raise domain.inner until it is below {DEEPEST:g}"
        if at_surface(case):
            raise_it = "the boundary is the surface of the body, so lower the density, or accept the cost of the plan"
        elif case.body_radius is None:
            raise_it += "; if it is the surface of the body (say so by body.radius), accept the cost of the plan"
        found.append(f"lower boundary too deep: {1.0 / kn:.3g} mean free paths per {length}; {raise_it}")
    if heights and min(heights) > 1.0:
        remedy = 'use collisions = "off"' if at_surface(case) else 'lower domain.inner, or use collisions = "off"'
        found.append(
            f"lower boundary too high: the mean free path there is {min(heights):.3g} scale heights, above the "
            f"exobase; {remedy}"
        )
    if exobase is not None and exobase > case.r_outer:
        found.append(
            f"no exobase in the domain: it is estimated at {exobase:.4g} m, beyond the outer boundary at "
            f"{case.r_outer:.4g} m; raise domain.outer"
        )
    return found


def _mixed(case: Case) -> list[str]:
    """Species that start with different temperatures although they collide."""
    mixed = [s for s in case.species if s.density > 0.0]
    if not mixed:
        return []
    cold, hot = (pick(mixed, key=lambda s: s.temperature) for pick in (min, max))
    if hot.temperature <= (1.0 + UNEQUAL) * cold.temperature:
        return []
    return [
        f"species.{case.index(hot.name)}.temperature = {hot.temperature:g} K ({hot.name}) and "
        f"species.{case.index(cold.name)}.temperature = {cold.temperature:g} K ({cold.name}): colliding species "
        "share one temperature within a few mean free paths, so the inner boundary becomes a source of heat; give them "
        "the same, unless that is meant"
    ]
