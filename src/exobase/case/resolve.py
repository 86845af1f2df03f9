"""From a validated case file to a Case: names looked up, defaults filled in, keys checked against each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exobase.analytic.kinetic import mean_free_path
from exobase.bodies import body as find_body
from exobase.case.combinations import check_combinations
from exobase.case.extent import fits_numbers
from exobase.case.ground import ground_gas, with_local_fluxes
from exobase.case.losses import Loss
from exobase.case.model import (
    Case,
    CaseSpecies,
    EnergyLevels,
    Grid,
    Inner,
    Outer,
    Pair,
    Run,
    Source,
    Step,
    Tally,
    Weights,
    with_pairs,
)
from exobase.case.oddities import refuse_gravity, refuse_species
from exobase.case.resolve_checks import resolve_check
from exobase.case.resolve_gas import (
    KNUDSEN,
    check_laws,
    check_relaxation,
    dense_by_height,
    resolve_kind,
    resolve_levels,
    resolve_pairs,
    resolve_rotation,
)
from exobase.case.resolve_gas_sources import resolve_gas_sources
from exobase.case.resolve_losses import resolve_losses
from exobase.case.start_file import find_start_file
from exobase.config import Draft
from exobase.config.formula import names_in
from exobase.config.messages import shorten
from exobase.constants import GM_SUN, K_B, G
from exobase.cross_sections.vhs import mean_laws
from exobase.errors import InputError
from exobase.geometry.space import Space, space_named
from exobase.io.files import readable_name

N_PROFILE_RADII = 8
_ZONES = 12


def resolve(draft: Draft) -> Case:
    """The case that a draft describes. Raises InputError with the draft's errors and those found here."""
    return _Resolver(draft).case()


@dataclass(frozen=True)
class _Center:
    """The body before gm is known: gm is None where a Jeans parameter sets it."""

    name: str
    gm: float | None
    radius: float | None
    hill_radius: float | None
    sun_distance: float | None = None


class _Resolver:
    """Resolves section by section; a section that is broken is skipped, and all that depends on it."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.values = draft.values
        self.errors = list(draft.errors)

    def case(self) -> Case:
        center = self._center()
        edges = self._edges(center)
        species = self._species(edges)
        gm = self._gm(center, species, edges)
        if gm is not None and edges is not None:
            refuse_gravity(gm, edges[0], self._error)
        species = self._dense_by_height(species, gm, edges)
        if species is not None and gm is not None and edges is not None:
            sun = self._space().sun(self.values["domain"].subsolar_latitude)
            species = with_local_fluxes(species, edges[0], gm, sun)
        outer = self._outer(center, edges, species)
        pairs = self._pairs(species)
        sources = self._sources(center, edges, species)
        losses = self._losses(center, species)
        tally = self._tally(edges)
        checks = self._checks(species, edges)
        check_combinations(self.values, self._error)
        initial_file = self._initial_file(center, species, edges)
        if self.errors or None in (center, edges, species, gm, outer, tally):
            raise InputError([f"{self.draft.source}: {message}" for message in self.errors])
        assert center is not None
        assert edges is not None
        assert species is not None
        assert outer is not None
        assert tally is not None
        assert gm is not None
        levels = self._levels(species, gm, edges, outer)
        if self.errors:
            raise InputError([f"{self.draft.source}: {message}" for message in self.errors])
        v = self.values
        name = readable_name(self.draft.path) if self.draft.path else self.draft.source
        return Case(
            name=name,
            path=self.draft.path,
            title=v["title"] or name,
            solver=v["solver"],
            geometry=v["domain"].geometry,
            body_name=center.name,
            gm=gm,
            r_inner=edges[0],
            r_outer=edges[1],
            gravity=v["domain"].gravity or 0.0,
            species=species,
            collisions=v["collisions"],
            time_step=v["time_step"],
            initial=v["initial"] or self._initial(species, gm, outer),
            inner=Inner(v["inner"].type, v["inner"].temperature or species[0].temperature, v["inner"].velocity),
            outer=outer,
            grid=self._grid(),
            step=Step(v["step"].courant, v["step"].collision_fraction),
            weights=Weights(v["weights"].mode, v["weights"].power),
            run=self._run(species),
            tally=tally,
            checks=checks,
            rotation=v["rotation"],
            pairs=pairs,
            sources=sources,
            losses=losses,
            levels=levels,
            initial_file=initial_file,
            allow_trapped=v["allow_trapped"],
            body_radius=center.radius,
            description=v["description"],
            toml_text=self.draft.text,
            overrides=self.draft.overrides,
            subsolar_latitude=v["domain"].subsolar_latitude,
        )

    def _error(self, key: str, message: str, given: object = None) -> None:
        shown = "" if given is None else f" = {shorten(given)}"
        self.errors.append(f"{key}{shown}: {message}")

    def _have(self, *sections: str) -> bool:
        return all(section in self.values for section in sections)

    def _space(self, gm: float = 0.0) -> Space:
        domain = self.values["domain"]
        return space_named(domain.geometry, gm, domain.gravity or 0.0)

    def _center(self) -> _Center | None:
        if not self._have("body", "domain"):
            return None
        body = self.values["body"]
        ways = ("gm", "mass", "jeans_parameter")
        given = [way for way in ways if getattr(body, way) is not None]
        if not self._space().spherical:
            if given or body.name:
                self._error("body", "has no meaning in planar geometry; use domain.gravity")
            return _Center("", 0.0, body.radius, None, body.sun_distance)
        if body.name is not None:
            if given:
                self._error(f"body.{given[0]}", "excludes body.name; give one of them")
            try:
                known = find_body(body.name)
            except InputError as error:
                self._error("body.name", str(error), body.name)
                return None
            distance = body.sun_distance or (known.a if known.primary_gm == GM_SUN else None)
            return _Center(known.name, known.gm, body.radius or known.radius, known.hill_radius(), distance)
        if len(given) != 1:
            listed = ", ".join(given) or "none"
            self._error("body", f"give exactly one of name, gm, mass, jeans_parameter (given: {listed})")
            return None
        gm = G * body.mass if body.mass is not None else body.gm
        return _Center("", gm, body.radius, None, body.sun_distance)

    def _edges(self, center: _Center | None) -> tuple[float, float] | None:
        if center is None:
            return None
        domain = self.values["domain"]
        space = self._space()
        if space.spherical and domain.gravity is not None:
            self._error("domain.gravity", "is for planar geometry; in radial geometry the body sets gravity")
        inner = self._one_of(domain, ("inner", "inner_altitude"), center.radius, None)
        if inner is None:
            return None
        if space.spherical and inner <= 0.0:
            self._error("domain.inner", "must be > 0 in radial geometry", f"{inner:g} m")
            return None
        outer = self._one_of(domain, ("outer", "outer_altitude", "outer_over_inner"), center.radius, inner)
        if outer is None:
            return None
        if outer <= inner:
            self._error("domain.outer", f"must lie above the inner boundary at {inner:g} m", f"{outer:g} m")
            return None
        return (inner, outer) if fits_numbers(space, inner, outer, self._error) else None

    def _one_of(self, domain: Any, keys: tuple[str, ...], radius: float | None, inner: float | None) -> float | None:
        """Radius of a boundary from the one key that gives it."""
        given = [key for key in keys if getattr(domain, key) is not None]
        if len(given) != 1:
            self._error("domain", f"give exactly one of {', '.join(keys)} (given: {', '.join(given) or 'none'})")
            return None
        value: float = getattr(domain, given[0])
        if given[0].endswith("_altitude"):
            if radius is None:
                self._error(f"domain.{given[0]}", "needs body.name or body.radius, from which altitudes count")
                return None
            return radius + value
        return value * inner if given[0] == "outer_over_inner" and inner is not None else value

    def _species(self, edges: tuple[float, float] | None) -> tuple[CaseSpecies, ...] | None:
        if not self._have("species", "collisions"):
            return None
        entries = self.values["species"]
        names = [entry.name for entry in entries]
        found = [self._one_species(i, entry, edges) for i, entry in enumerate(entries)]
        for i, name in enumerate(names):
            if name in names[:i]:
                self._error(f"species.{i}.name", "appears twice; each species needs its own name", name)
        temperatures = {s.species.t_ref for s in found if s is not None}
        if len(temperatures) > 1:
            self._error("species", f"reference temperatures differ ({sorted(temperatures)} K); pairs need a common one")
        resolved = tuple(s for s in found if s is not None)
        return resolved if len(resolved) == len(entries) else None

    def _one_species(self, i: int, entry: Any, edges: tuple[float, float] | None) -> CaseSpecies | None:
        kind = resolve_kind(f"species.{i}", entry, self.values["collisions"], self._error)
        given = [key for key in ("density", *KNUDSEN) if getattr(entry, key) is not None]
        if len(given) != 1:
            ways = "density, knudsen_number_radius (or knudsen_number), knudsen_number_height"
            self._error(f"species.{i}", f"give exactly one of {ways} (given: {', '.join(given) or 'none'})")
            return None
        if kind is None or edges is None:
            return None
        gas = self._ground(f"species.{i}", entry)
        if gas is None:
            return None
        temperature, density = gas
        warm = {"temperature": temperature, "outer_temperature": entry.outer_temperature}
        refuse_species(f"species.{i}", kind, self._error, **warm)
        if given[0] in KNUDSEN and not kind.collides:
            text = "needs diameter (and omega) of the species: it counts collisions"
            self._error(f"species.{i}.{given[0]}", text, getattr(entry, given[0]))
            return None
        if density is None:
            # l = Kn R0, and l goes as 1/n. Planar domains have no R0: their depth takes its place. Kn by height: see
            # _dense_by_height.
            length = self._space().length(*edges)
            unit = mean_free_path(1.0, temperature, kind.diameter, kind.omega, kind.t_ref)
            density = float(unit) / (getattr(entry, given[0]) * length)
        if entry.outer_bulk_speed != 0.0 and entry.outer_density == 0.0:
            self._error(f"species.{i}.outer_bulk_speed", "needs outer_density: there is no gas behind the boundary")
        return CaseSpecies(
            species=kind,
            density=density,
            temperature=temperature,
            bulk_speed=entry.bulk_speed,
            particles_factor=entry.particles_factor,
            outer_density=entry.outer_density,
            outer_temperature=entry.outer_temperature or temperature,
            outer_bulk_speed=entry.outer_bulk_speed,
            rotation=resolve_rotation(f"species.{i}", entry, kind, self._error),
            density_at=entry.density if isinstance(entry.density, str) else "",
            temperature_at=entry.temperature if isinstance(entry.temperature, str) else "",
        )

    def _ground(self, key: str, entry: Any) -> tuple[float, float | None] | None:
        """Temperature and density of the reservoir of a species, means where they are formulas."""
        given = {name: getattr(entry, name) for name in ("temperature", "density")}
        formulas = {name: text for name, text in given.items() if isinstance(text, str)}
        if not formulas:
            return entry.temperature, entry.density
        space, emits = self._space(), "inner" not in self.values or self.values["inner"].type == "reservoir"
        used = {name for text in formulas.values() for name in names_in(text)}
        wrong = next(iter(sorted(used - set(space.places))), None)
        for name, text in formulas.items():
            if not space.placed:
                self._error(f"{key}.{name}", "a formula needs domain.geometry = 'axisymmetric' or 'spherical'", text)
                return None
            if not emits:
                self._error(f"{key}.{name}", "a formula needs inner.type = 'reservoir'", text)
                return None
            if wrong and wrong in names_in(text):
                allowed = ", ".join(space.places)
                self._error(f"{key}.{name}", f"{wrong} does not exist in this geometry; allowed: {allowed}", text)
                return None
        if entry.bulk_speed != 0.0:
            self._error(f"{key}.bulk_speed", "does not go with a formula of the place: the gas below must be at rest")
            return None
        sun = space.sun(self.values["domain"].subsolar_latitude)
        density = 1.0 if entry.density is None else entry.density
        try:
            mean, temperature = ground_gas(entry.temperature, density, sun).means()
        except ValueError as error:
            name = "density" if "density" in formulas and "density =" in str(error) else "temperature"
            self._error(f"{key}.{name}", str(error), given[name])
            return None
        return temperature, None if entry.density is None else mean

    def _dense_by_height(
        self, species: tuple[CaseSpecies, ...] | None, gm: float | None, edges: tuple[float, float] | None
    ) -> tuple[CaseSpecies, ...] | None:
        """The species with the densities that knudsen_number_height sets, now that gravity is known."""
        if species is None or gm is None or edges is None:
            return species
        space = self._space(gm)
        length, gravity = space.length(*edges), float(space.gravity(edges[0]))
        return dense_by_height(self.values["species"], species, length, gravity, self._error)

    def _gm(
        self,
        center: _Center | None,
        species: tuple[CaseSpecies, ...] | None,
        edges: tuple[float, float] | None,
    ) -> float | None:
        if center is None or center.gm is not None:
            return None if center is None else center.gm
        if species is None or edges is None:
            return None
        first = species[0]
        jeans_parameter: float = self.values["body"].jeans_parameter
        return jeans_parameter * K_B * first.temperature * edges[0] / first.mass

    def _outer(
        self,
        center: _Center | None,
        edges: tuple[float, float] | None,
        species: tuple[CaseSpecies, ...] | None,
    ) -> Outer | None:
        if center is None or edges is None or species is None or not self._have("outer", "domain"):
            return None
        table = self.values["outer"]
        kind = table.type or ("kepler_return" if self._space().spherical else "remove")
        lost_beyond = None if table.lost_beyond == "none" else table.lost_beyond
        if lost_beyond == "hill":
            lost_beyond = center.hill_radius
            if lost_beyond is None:
                self._error("outer.lost_beyond", "needs body.name for the Hill radius; give a length instead", "hill")
        if lost_beyond is not None and lost_beyond <= edges[1]:
            self._error("outer.lost_beyond", f"must exceed the outer boundary at {edges[1]:g} m", f"{lost_beyond:g} m")
        delayed = table.returns == "delayed" or (table.returns == "auto" and self.values["time_step"] == "global")
        if table.returns == "delayed" and self.values["time_step"] != "global":
            text = 'needs time_step = "global": with local steps cells have no common time'
            self._error("outer.returns", text, "delayed")
        temperature = table.temperature or species[0].temperature
        return Outer(kind, lost_beyond, table.loss_frequency or 0.0, temperature, delayed, table.velocity)

    def _pairs(self, species: tuple[CaseSpecies, ...] | None) -> tuple[Pair, ...]:
        """Pairs with laws of their own; collision numbers are checked against the laws of all pairs."""
        if species is None or not self._have("pair", "rotation") or self.values["collisions"] == "off":
            return ()
        collisions = self.values["collisions"]
        pairs = resolve_pairs(self.values["pair"], species, collisions, self._error, self.draft.path or Path())
        for i, s in enumerate(species):
            given = [key for key in KNUDSEN if getattr(self.values["species"][i], key) is not None]
            if given and any(pair.table is not None and set(pair.species) == {s.name} for pair in pairs):
                text = f"counts spheres, but {s.name} collides with itself by a table (pair): give density"
                self._error(f"species.{i}.{given[0]}", text)
        laws = with_pairs(mean_laws([s.species for s in species], collisions), pairs, [s.name for s in species])
        if check_laws(species, laws, collisions, self._error) and self.values["rotation"] == "on":
            check_relaxation(species, laws, self._error)
        return pairs

    def _sources(
        self, center: _Center | None, edges: tuple[float, float] | None, species: tuple[CaseSpecies, ...] | None
    ) -> tuple[Source, ...]:
        if center is None or edges is None or species is None or not self._have("source", "domain"):
            return ()
        if not self._space().spherical or not self.values["source"]:
            return ()
        path, far = self.draft.path or Path(), center.sun_distance
        return resolve_gas_sources(
            self.values["source"], path, center.radius, edges, species, far, self._space().placed, self._error
        )

    def _losses(self, center: _Center | None, species: tuple[CaseSpecies, ...] | None) -> tuple[Loss, ...]:
        if center is None or species is None or not self._have("loss"):
            return ()
        kinds = [s.species for s in species]
        return resolve_losses(self.values["loss"], kinds, center.sun_distance, self._error)

    def _levels(
        self, species: tuple[CaseSpecies, ...], gm: float, edges: tuple[float, float], outer: Outer
    ) -> tuple[EnergyLevels, ...]:
        splits = self.values["collisions"] != "off" and gm > 0.0 and outer.type in ("kepler_return", "remove")
        splits = splits and self.values["inner"].type == "reservoir" and not self.values["source"]
        splits = splits and not self._space().placed
        wanted = self.values["weights"].energy_levels
        if not splits and wanted not in ("auto", 1):
            self._error(
                "weights.energy_levels",
                "tracers need collisions, gravity, a reservoir below and an open outer boundary: leave it out, or 1",
                wanted,
            )
        farthest = math.inf
        if outer.type == "remove":
            farthest = edges[1]
        elif outer.lost_beyond is not None:
            farthest = outer.lost_beyond
        leave = 1.0 - edges[0] / farthest
        return resolve_levels(self.values["weights"], species, gm if splits else 0.0, edges[0], leave, self._error)

    def _grid(self) -> Grid:
        table = self.values["grid"]
        adapt = self.values["collisions"] != "off" if table.adapt is None else table.adapt
        zones = table.zones or (_ZONES if self._space().placed else 1)
        sectors = None if table.sectors == "equal_area" else table.sectors
        return Grid(
            table.spacing, table.cells, table.per_mean_free_path, table.per_scale_height, table.max_ratio, adapt, zones,
            sectors,
        )  # fmt: skip

    def _run(self, species: tuple[CaseSpecies, ...]) -> Run:
        table = self.values["run"].model_dump()
        table["target_species"] = table["target_species"] or species[0].name
        table["burn_in"] = None if table["burn_in"] == "auto" else table["burn_in"]
        return Run(**table)

    def _tally(self, edges: tuple[float, float] | None) -> Tally | None:
        if edges is None or not self._have("tally"):
            return None
        table = self.values["tally"].model_dump()
        table["record_every"] = table["record_every"] or 10 * table["sample_every"]
        for key in ("vdf_radii", "profile_radii"):
            self._inside(f"tally.{key}", table[key], edges)
            table[key] = tuple(table[key])
        table["profile_radii"] = table["profile_radii"] or default_radii(*edges)
        return Tally(**table)

    def _inside(self, key: str, radii: list[float], edges: tuple[float, float]) -> None:
        for r in radii:
            if not edges[0] <= r <= edges[1]:
                self._error(key, f"lies outside the domain, {edges[0]:g} m to {edges[1]:g} m", f"{r:g} m")

    def _checks(self, species: tuple[CaseSpecies, ...] | None, edges: tuple[float, float] | None) -> tuple[Any, ...]:
        if not self._have("check") or species is None:
            return ()
        names = tuple(s.name for s in species)
        checks = []
        for i, table in enumerate(self.values["check"]):
            key = f"check.{i}"
            checks.append(resolve_check(table, key, names, self._error))
            if edges is not None:
                self._inside(f"{key}.radii", table.radii, edges)
                self._inside(f"{key}.from", [] if table.from_ is None else [table.from_], edges)
                self._inside(f"{key}.to", [] if table.to is None else [table.to], edges)
        return tuple(checks)

    def _initial(self, species: tuple[CaseSpecies, ...], gm: float, outer: Outer) -> str:
        """The start where the case names none: "empty" without collisions, "fluid" where a reservoir feeds escape."""
        if self.values["collisions"] == "off":
            return "empty"
        open_above = outer.type in ("kepler_return", "remove") and all(s.outer_density == 0.0 for s in species)
        fed = self.values["inner"].type == "reservoir" and any(s.density > 0.0 for s in species)
        return "fluid" if self._space(gm).central and fed and open_above else "barometric"

    def _initial_file(
        self, center: _Center | None, species: tuple[CaseSpecies, ...] | None, edges: tuple[float, float] | None
    ) -> Path | None:
        name: str | None = self.values.get("initial_file")
        if name is None or center is None or species is None or edges is None:
            return None
        folder, names = self.draft.path or Path(), [s.name for s in species]
        return find_start_file(folder, name, center.radius, names, edges, self._error)


def default_radii(r_inner: float, r_outer: float) -> tuple[float, ...]:
    """Radii shown in tables: the middles of equal parts of the domain, in ln r (in r where it begins at 0)."""
    middles = (np.arange(N_PROFILE_RADII) + 0.5) / N_PROFILE_RADII
    radii = r_inner * (r_outer / r_inner) ** middles if r_inner > 0.0 else r_outer * middles
    return tuple(float(r) for r in radii)
