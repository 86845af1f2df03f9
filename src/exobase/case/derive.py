"""Numbers that follow from a case before anything runs, and warnings about what it asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exobase.analytic import barometric, jeans, kinetic
from exobase.bodies import body as find_body
from exobase.bodies import body_names
from exobase.case.model import Case
from exobase.constants import K_B

FloatArray = npt.NDArray[np.float64]

DEEPEST = 1e3  # scale heights per mean free path beyond which a run from so deep costs more than it tells
FEWEST_PARTICLES = 20.0
LARGEST_JEANS_PARAMETER = 20.0
SEARCH = 100.0  # how many inner radii out the exobase is looked for
POINTS = 2000


@dataclass(frozen=True)
class SpeciesDerived:
    """Numbers of one species at the inner boundary, at the temperature of its reservoir.

    jeans_parameter G M m/(k T r) (None in planar geometry); thermal_speed sqrt(2kT/m) [m/s]; scale_height [m], its own
    (None without gravity); mean_free_path [m] in the mixture (inf where there is nothing to meet); knudsen: mean free
    path over the pressure scale height (None without gravity); knudsen_radius: over the inner radius (planar: over the
    depth of the domain); jeans_flux and evaporation_flux [m-2 s-1] of the full Maxwellian at the inner boundary;
    exobase_radius [m], estimated (None if there is none).
    """

    name: str
    jeans_parameter: float | None
    thermal_speed: float
    scale_height: float | None
    mean_free_path: float
    knudsen: float | None
    knudsen_radius: float
    jeans_flux: float | None
    evaporation_flux: float
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
        warnings=tuple(_warnings(case, atmosphere, species, radius)),
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
            if case.geometry == "radial":
                rows.append(barometric.density(r, s.density, case.r_inner, s.temperature, s.mass, case.gm))
            else:
                height = np.maximum(r - case.r_inner, 0.0)
                rows.append(barometric.density_planar(height, s.density, s.temperature, s.mass, case.gravity))
        return np.array(rows)

    def gravity(self, r: FloatArray) -> FloatArray:
        """Acceleration towards the inner boundary [m s-2]."""
        return self.case.gm / r**2 if self.case.geometry == "radial" else np.full_like(r, self.case.gravity)

    def pressure_scale_height(self, r: FloatArray) -> FloatArray:
        """-dr/dln p = sum n k T/(g sum n m) [m]; inf without gravity. Without density the first species counts."""
        n = self.densities(r)
        empty = n.sum(axis=0) <= 0.0
        n[0, empty] = 1.0
        with np.errstate(divide="ignore"):
            return np.asarray(K_B * (self.temperature @ n) / (self.gravity(r) * (self.mass @ n)))

    def mean_free_paths(self, r: FloatArray) -> FloatArray:
        """Mean free paths [ns, nr] in the mixture at radii r [nr]."""
        laws = self.case.laws
        temperature = np.full_like(r, self.mean_temperature)
        return kinetic.mixture_mean_free_path(
            self.densities(r), temperature, self.mass, laws.diameter, laws.omega, float(laws.t_ref[0, 0])
        )


def _species(case: Case, atmosphere: _Atmosphere, i: int) -> SpeciesDerived:
    s = case.species[i]
    base = np.array([case.r_inner])
    radial = case.geometry == "radial"
    path = float(atmosphere.mean_free_paths(base)[i, 0])
    height = float(atmosphere.pressure_scale_height(base)[0])
    own = K_B * s.temperature / (s.mass * g) if (g := float(atmosphere.gravity(base)[0])) > 0.0 else None
    reference = (s.temperature, s.mass, case.r_inner, case.gm)
    return SpeciesDerived(
        name=s.name,
        jeans_parameter=float(jeans.jeans_parameter(s.mass, s.temperature, case.r_inner, case.gm)) if radial else None,
        thermal_speed=s.thermal_speed(),
        scale_height=own,
        mean_free_path=path,
        knudsen=path / height if math.isfinite(height) else None,
        knudsen_radius=path / (case.r_inner if radial else case.r_outer - case.r_inner),
        jeans_flux=float(jeans.jeans_flux(s.density, *reference)) if radial and s.density > 0.0 else None,
        evaporation_flux=float(jeans.evaporation_flux(s.density, s.temperature, s.mass)) if s.density > 0.0 else 0.0,
        exobase_radius=_exobase(case, atmosphere, i),
    )


def _exobase(case: Case, atmosphere: _Atmosphere, i: int) -> float | None:
    """First radius where the mean free path exceeds the pressure scale height; None if it does not from below 1."""
    if case.collisions == "off" or case.geometry != "radial" or case.gm == 0.0:
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
    if any(s.knudsen is not None and s.knudsen >= 1.0 for s in species):
        return "below the inner boundary: the mean free path exceeds the scale height already there"
    return (
        "none: an isothermal atmosphere at rest stays collisional; a real one expands and cools, so find it by running"
    )


def _warnings(
    case: Case, atmosphere: _Atmosphere, species: tuple[SpeciesDerived, ...], exobase: float | None
) -> list[str]:
    found: list[str] = []
    target = species[case.index(case.run.target_species)]
    closed = case.inner.type in ("diffuse", "specular") and case.outer.type in ("diffuse", "specular")
    knudsens = [s.knudsen for s in species if s.knudsen is not None]
    if case.collisions == "off":
        if knudsens and min(knudsens) < 0.5:
            found.append(
                f"collisions are off, but the mean free path at the inner boundary is only {min(knudsens):.3g} scale "
                'heights: the gas is collisional there; use collisions = "vhs" or a higher inner boundary'
            )
    else:
        found += _resolution(case, atmosphere)
        if not closed:
            found += _depth(case, knudsens, exobase)
    bound = target.jeans_parameter is not None and target.jeans_parameter > LARGEST_JEANS_PARAMETER
    if bound and not closed and not case.fed_by(target.name):
        found.append(
            f"the Jeans parameter of {target.name} is {target.jeans_parameter:.3g}: too few particles escape to be "
            "counted; raise the inner boundary to the exobase"
        )
    if case.body_name in body_names():
        hill = find_body(case.body_name).hill_radius()
        if case.r_outer > hill:
            found.append(
                f"the outer boundary at {case.r_outer:.4g} m lies beyond the Hill radius of {case.body_name}, "
                f"{hill:.4g} m"
            )
    return found


def _depth(case: Case, knudsens: list[float], exobase: float | None) -> list[str]:
    found = []
    if knudsens and min(knudsens) < 1.0 / DEEPEST:
        found.append(
            f"lower boundary too deep: {1.0 / min(knudsens):.3g} mean free paths per scale height; "
            f"raise domain.inner until it is below {DEEPEST:g}"
        )
    if knudsens and min(knudsens) > 1.0:
        found.append(
            f"lower boundary too high: the mean free path there is {min(knudsens):.3g} scale heights, above the "
            'exobase; lower domain.inner, or use collisions = "off"'
        )
    if exobase is not None and exobase > case.r_outer:
        found.append(
            f"the outer boundary at {case.r_outer:.4g} m lies inside the exobase, estimated at {exobase:.4g} m; "
            "raise domain.outer"
        )
    return found


def _resolution(case: Case, atmosphere: _Atmosphere) -> list[str]:
    found = []
    r = np.linspace(case.r_inner, case.r_outer, POINTS)
    ratio = cell_sizes(case, r, atmosphere) / np.min(atmosphere.mean_free_paths(r), axis=0)
    worst = int(np.argmax(ratio))
    if ratio[worst] > 1.0:
        found.append(
            f"cells are up to {ratio[worst]:.3g} mean free paths long (at r = {r[worst]:.5g} m); "
            'use more cells, or grid.spacing = "auto" with grid.per_mean_free_path >= 1'
        )
    if case.step.collision_fraction > 1.0:
        found.append(
            f"step.collision_fraction = {case.step.collision_fraction:g}: steps longer than the time between "
            "collisions; use 0.3 or less"
        )
    for s in case.species:
        particles = s.particles_factor * case.run.particles_per_cell
        if particles < FEWEST_PARTICLES:
            found.append(
                f"{particles:g} particles of {s.name} per cell are too few for collisions; "
                f"use {FEWEST_PARTICLES:g} or more"
            )
    return found


def cell_sizes(case: Case, r: FloatArray, atmosphere: _Atmosphere | None = None) -> FloatArray:
    """Cell sizes [m] that the grid's rules give at radii r for the isothermal atmosphere at rest."""
    grid, depth = case.grid, case.r_outer - case.r_inner
    atmosphere = atmosphere or _Atmosphere(case)
    if grid.cells is not None and (grid.spacing == "uniform" or case.r_inner <= 0.0):
        return np.full_like(r, depth / grid.cells)
    if grid.cells is not None and grid.spacing == "log":
        return np.asarray(r * math.log(case.r_outer / case.r_inner) / grid.cells)
    by_height = np.minimum(atmosphere.pressure_scale_height(r) / grid.per_scale_height, depth)
    if grid.spacing == "scale_height":
        return np.asarray(by_height)
    by_path = np.min(atmosphere.mean_free_paths(r), axis=0) / grid.per_mean_free_path
    by_ratio = grid.max_ratio * r if case.geometry == "radial" else np.full_like(r, depth)
    return np.asarray(np.minimum(np.minimum(by_height, by_path), by_ratio))
