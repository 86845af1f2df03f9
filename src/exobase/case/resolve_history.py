"""From a validated case file of the test-particle solver to a HistoryCase."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from exobase.bodies import body as find_body
from exobase.case.extent import fits_numbers
from exobase.case.field_model import FieldSetup
from exobase.case.frame import Frame, Tables
from exobase.case.history_model import (
    Background,
    Followed,
    HistoryCase,
    HistoryRun,
    Source,
)
from exobase.case.model import Check
from exobase.case.oddities import refuse_gravity, refuse_species
from exobase.case.own_species import gas_species
from exobase.case.resolve_background import resolve_background
from exobase.case.resolve_checks import resolve_check
from exobase.case.resolve_collisions import resolve_collisions
from exobase.case.resolve_field import resolve_field
from exobase.case.resolve_losses import resolve_losses
from exobase.case.resolve_reactions import REACTIONS, resolve_reactions
from exobase.case.resolve_sources import SourceResolver
from exobase.case.resolve_tally import resolve_splitting, resolve_tally
from exobase.config import Draft
from exobase.config.messages import nearest, shorten
from exobase.config.quantities import HISTORY_QUANTITIES
from exobase.constants import GM_SUN, G
from exobase.errors import InputError
from exobase.geometry.space import Radial
from exobase.io.files import readable_name


@dataclass(frozen=True)
class _Center:
    """The body: name, GM, radius, Hill radius, angular velocity of the orbit squared, distance of the Sun."""

    name: str
    gm: float
    radius: float
    hill_radius: float | None
    orbit: float | None
    sun_distance: float | None


class HistoryResolver:
    """Resolves section by section; a section that is broken is skipped, and all that depends on it."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.values = draft.values
        self.errors = list(draft.errors)

    def case(self) -> HistoryCase:
        """The case. Raises InputError with the draft's errors and those found here."""
        center, followed = self._center(), self._followed()
        edges = self._edges(center)
        followed = self._with_losses(center, followed)
        parts: dict[str, Any] = {"followed": followed, "run": self._run(followed)}
        parts["lost_beyond"] = self._lost_beyond(center, edges)
        if center is not None and edges is not None:
            frame = Frame(self.draft.path or Path(), center.radius, center.gm, *edges)
            refuse_gravity(frame.gm, frame.r_inner, self._error)
            parts |= {"r_inner": frame.r_inner, "r_outer": frame.r_outer}
            parts |= self._gas(center, frame, followed)
            if self._have("splitting"):
                parts["splitting"] = resolve_splitting(self.values["splitting"], frame, self._error)
        parts["checks"] = self._checks(followed, edges)
        self._sun(center, followed)
        if self.errors:
            raise InputError([f"{self.draft.source}: {message}" for message in dict.fromkeys(self.errors)])
        assert center is not None
        assert followed is not None
        v = self.values
        name = readable_name(self.draft.path) if self.draft.path else self.draft.source
        tide = bool(v["domain"].tide)
        pushed = any(f.beta > 0.0 for f in followed)
        return HistoryCase(
            name=name,
            path=self.draft.path,
            title=v["title"] or name,
            solver=v["solver"],
            body_name=center.name,
            gm=center.gm,
            body_radius=center.radius,
            secondaries=v["secondaries"],
            tide=float(center.orbit or 0.0) if tide else 0.0,
            sun_distance=float(center.sun_distance or 0.0) if tide or pushed else 0.0,
            collision_depth=v["domain"].collision_depth,
            breakup=v["breakup"],
            description=v["description"],
            toml_text=self.draft.text,
            overrides=self.draft.overrides,
            **parts,
        )

    def _gas(self, center: _Center, frame: Frame, followed: tuple[Followed, ...] | None) -> dict[str, Any]:
        """Background, and what depends on it: collisions, sources, tally. A fault has been reported where one lacks."""
        tables = Tables(frame, self._error)
        if not self._have("background"):
            return {}
        background = resolve_background(self.values["background"], frame, tables, self._error)
        if background is None:
            return {}
        found: dict[str, Any] = {"background": background}
        if self._have("field") and self.values["field"] is not None:
            found["field"] = resolve_field(self.values["field"], frame, center.name, self._error)
            if found["field"] is None:
                return found
        if followed is not None:
            if self._have("collision"):
                entries = self.values["collision"]
                elastic = [t for t in entries if t.law not in REACTIONS]
                numbers = [i for i, t in enumerate(entries) if t.law not in REACTIONS]
                found["collisions"] = resolve_collisions(
                    elastic, followed, background, self._error, numbers, frame.path
                )
                found["reactions"] = resolve_reactions(entries, followed, background, frame, self._error)
            found["sources"] = self._sources(center, frame, background, followed, tables, found.get("field"))
        if self._have("tally"):
            sources = found.get("sources", ())
            found["tally"] = resolve_tally(
                self.values["tally"], frame, background, sources, self._error, found.get("field"), followed or ()
            )
        return found

    def _error(self, key: str, message: str, given: object = None) -> None:
        shown = "" if given is None else f" = {shorten(given)}"
        self.errors.append(f"{key}{shown}: {message}")

    def _have(self, *sections: str) -> bool:
        return all(section in self.values for section in sections)

    def _center(self) -> _Center | None:
        if not self._have("body"):
            return None
        body = self.values["body"]
        given = [way for way in ("name", "gm", "mass") if getattr(body, way) is not None]
        if len(given) != 1:
            self._error("body", f"give exactly one of name, gm, mass (given: {', '.join(given) or 'none'})")
            return None
        if body.name is None:
            if body.radius is None:
                self._error("body.radius", "missing; altitudes count from it")
                return None
            gm = float(body.gm) if body.gm is not None else G * body.mass
            return _Center("", gm, body.radius, None, None, body.sun_distance)
        try:
            known = find_body(body.name)
        except InputError as error:
            self._error("body.name", str(error), body.name)
            return None
        planet = known.primary_gm == GM_SUN
        return _Center(
            name=known.name,
            gm=known.gm,
            radius=body.radius or known.radius,
            hill_radius=known.hill_radius(),
            orbit=GM_SUN / known.a**3 if planet else None,
            sun_distance=body.sun_distance or (known.a if planet else None),
        )

    def _edges(self, center: _Center | None) -> tuple[float, float] | None:
        if center is None or not self._have("domain"):
            return None
        domain = self.values["domain"]
        inner = self._one_of(domain, ("inner", "inner_altitude"), center.radius, 0.0)
        if inner is None:
            return None
        if inner <= 0.0:
            self._error("domain.inner", "must lie above the centre of the body", f"{inner:g} m")
            return None
        outer = self._one_of(domain, ("outer", "outer_altitude", "outer_over_inner"), center.radius, inner)
        if outer is not None and outer <= inner:
            self._error("domain.outer", f"must lie above the inner boundary at {inner:g} m", f"{outer:g} m")
            return None
        return (
            (inner, outer) if outer is not None and fits_numbers(Radial(center.gm), inner, outer, self._error) else None
        )

    def _one_of(self, domain: Any, keys: tuple[str, ...], radius: float, inner: float) -> float | None:
        """Radius of a boundary from the one key that gives it."""
        given = [key for key in keys if getattr(domain, key) is not None]
        if len(given) != 1:
            self._error("domain", f"give exactly one of {', '.join(keys)} (given: {', '.join(given) or 'none'})")
            return None
        value = float(getattr(domain, given[0]))
        if given[0].endswith("_altitude"):
            return radius + value
        return value * inner if given[0] == "outer_over_inner" else value

    def _lost_beyond(self, center: _Center | None, edges: tuple[float, float] | None) -> float | None:
        if center is None or edges is None:
            return None
        given = self.values["domain"].lost_beyond
        if given == "none":
            return None
        if given == "hill":
            if center.hill_radius is None:
                self._error("domain.lost_beyond", "needs body.name for the Hill radius; give a length instead", "hill")
                return None
            given = center.hill_radius
        if given <= edges[1]:
            self._error("domain.lost_beyond", f"must exceed the outer boundary at {edges[1]:g} m", f"{given:g} m")
        return float(given)

    def _followed(self) -> tuple[Followed, ...] | None:
        if not self._have("species"):
            return None
        entries = self.values["species"]
        names = [entry.name for entry in entries]
        found = []
        for i, entry in enumerate(entries):
            kind = gas_species(f"species.{i}", entry, self._error)
            if entry.name in names[:i]:
                self._error(f"species.{i}.name", "appears twice; each species needs its own name", entry.name)
            if kind is not None and kind.charge != 0 and self.values.get("field") is None:
                self._error(f"species.{i}.name", 'ions need [field]; without fields use model = "none"', entry.name)
            if kind is not None and kind.charge != 0 and entry.radiation_pressure > 0.0:
                self._error(f"species.{i}.radiation_pressure", "acts on neutrals only", entry.radiation_pressure)
            if kind is not None:
                refuse_species(f"species.{i}", kind, self._error)
                found.append(Followed(kind, entry.threshold, entry.loss_frequency, entry.radiation_pressure))
        return tuple(found) if len(found) == len(entries) else None

    def _with_losses(
        self, center: _Center | None, followed: tuple[Followed, ...] | None
    ) -> tuple[Followed, ...] | None:
        """Followed species with the frequencies of their [[loss]] tables added to their own."""
        if center is None or followed is None or not self._have("loss"):
            return followed
        kinds = [f.species for f in followed]
        losses = resolve_losses(self.values["loss"], kinds, center.sun_distance, self._error, histories=True)
        more = [sum(loss.frequency for loss in losses if loss.species == kind.name) for kind in kinds]
        return tuple(
            replace(f, loss_frequency=f.loss_frequency + nu) if nu else f for f, nu in zip(followed, more, strict=True)
        )

    def _sources(
        self,
        center: _Center,
        frame: Frame,
        background: Background,
        followed: tuple[Followed, ...],
        tables: Tables,
        field: FieldSetup | None,
    ) -> tuple[Source, ...]:
        if not self._have("source"):
            return ()
        table = self.values["background"].table
        names = tuple(f.species.name for f in followed)
        resolver = SourceResolver(frame, background, table, names, tables, center.sun_distance, self._error, field)
        return resolver.sources(self.values["source"])

    def _sun(self, center: _Center | None, followed: tuple[Followed, ...] | None) -> None:
        """Tide and radiation pressure need to know where the Sun is."""
        if center is None or followed is None or not self._have("domain"):
            return
        if self.values["domain"].tide and center.orbit is None:
            self._error("domain.tide", "needs body.name of a planet: the tide is that of the Sun", True)
        if any(f.beta > 0.0 for f in followed) and center.sun_distance is None:
            self._error("body.sun_distance", "missing; radiation pressure needs it")

    def _run(self, followed: tuple[Followed, ...] | None) -> HistoryRun | None:
        if not self._have("run"):
            return None
        table = self.values["run"].model_dump(exclude={"max_steps", "particles_per_cell"})
        table["min_batches"] = self._min_batches(table["min_batches"], table["max_batches"])
        target = table.pop("target_species")
        names = [] if followed is None else [f.species.name for f in followed]
        if target is not None and followed is not None and target not in names:
            self._error("run.target_species", f"allowed: {', '.join(names)}{nearest(target, names)}", target)
        return HistoryRun(**table, target_species=target or (names[0] if names else ""))

    def _min_batches(self, least: int | None, most: int) -> int:
        """Batches before the error counts. A given number above run.max_batches is an error; the default is not."""
        if least is None:
            return HistoryRun.min_batches
        if least > most:
            text = f"must not exceed run.max_batches = {most}; lower min_batches or raise max_batches"
            self._error("run.min_batches", text, least)
        return least

    def _checks(self, followed: tuple[Followed, ...] | None, edges: tuple[float, float] | None) -> tuple[Check, ...]:
        if followed is None or not self._have("check"):
            return ()
        names = tuple(f.species.name for f in followed)
        checks = []
        for i, table in enumerate(self.values["check"]):
            key = f"check.{i}"
            check = resolve_check(table, key, names, self._error, HISTORY_QUANTITIES)
            if check is not None:
                checks.append(check)
            for r in (*table.radii, table.from_, table.to):
                if r is not None and edges is not None and not edges[0] <= r <= edges[1]:
                    text = f"lies outside the domain, {edges[0]:g} m to {edges[1]:g} m"
                    self._error(f"{key}.radii", text, f"{r:g} m")
        return tuple(checks)
