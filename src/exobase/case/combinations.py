"""Combinations of keys that cannot be simulated, or that would silently give a wrong answer."""

from __future__ import annotations

from typing import Any

from exobase.case.resolve_checks import Report
from exobase.case.resolve_gas import MOST_LEVELS
from exobase.geometry.space import SPACES, space_named

CLOSED = ("diffuse", "specular")


def check_combinations(values: dict[str, Any], report: Report) -> None:
    """Reports every impossible combination among the valid sections of a case file."""
    have = values.keys()
    if have >= {"domain", "outer"}:
        _outer(values, report)
    if have >= {"inner", "domain", "species"}:
        _inner(values, report)
    if have >= {"collisions", "initial", "initial_file", "allow_trapped", "domain", "body"}:
        _start(values, report)
    if have >= {"inner", "outer", "species", "initial", "collisions"}:
        _empty(values, report)
    if have >= {"inner", "outer", "domain", "weights", "species"}:
        _walls(values, report)
    if have >= {"weights", "time_step"} and values["weights"].mode == "equal" and values["time_step"] == "local":
        report("weights.mode", 'needs time_step = "global": local steps make weights differ', "equal")
    if have >= {"weights"} and values["weights"].energy_levels not in ("auto", *range(1, MOST_LEVELS + 1)):
        report("weights.energy_levels", f"allowed: 1 to {MOST_LEVELS} or 'auto'", values["weights"].energy_levels)
    if have >= {"source", "domain", "weights"}:
        _sources(values, report)
    if have >= {"run", "species"}:
        target, names = values["run"].target_species, [s.name for s in values["species"]]
        if target is not None and target not in names:
            report("run.target_species", f"allowed: {' | '.join(map(repr, names))}", target)
    if "tally" in have:
        sample, record = values["tally"].sample_every, values["tally"].record_every
        if record is not None and record % sample:
            report("tally.record_every", f"must be a multiple of tally.sample_every = {sample}", record)
    if "grid" in have:
        _grid(values, report)


def _spherical(values: dict[str, Any]) -> bool:
    return space_named(values["domain"].geometry).spherical


def _placed(values: dict[str, Any], report: Report) -> None:
    """Divided spheres: what they need, and what is not there yet."""
    space = space_named(values["domain"].geometry)
    for key, open_ in (("zones", None), ("sectors", "equal_area")):
        given = getattr(values["grid"], key)
        if given != open_ and key not in space.divided_by:
            having = [repr(name) for name in SPACES if key in space_named(name).divided_by]
            report(f"grid.{key}", f"needs domain.geometry = {' or '.join(having)}", given)
    if values["domain"].subsolar_latitude != 0.0 and "lat" not in space.places:
        report("domain.subsolar_latitude", "needs domain.geometry = 'spherical'")
    if not space.placed:
        return
    if values["run"].columns > 1:
        report(
            "run.columns", "needs domain.geometry = 'radial' or 'planar': zones divide the cells", values["run"].columns
        )
    if values["weights"].energy_levels not in ("auto", 1):
        report(
            "weights.energy_levels",
            "needs domain.geometry = 'radial' or 'planar': there are no tracers on a divided sphere",
            values["weights"].energy_levels,
        )


def _outer(values: dict[str, Any], report: Report) -> None:
    outer, planar = values["outer"], not _spherical(values)
    if planar and outer.type == "kepler_return":
        report("outer.type", "needs radial geometry; allowed in planar: 'specular' | 'remove' | 'diffuse'", outer.type)
    returns = outer.type == "kepler_return" or (outer.type is None and not planar)
    if not returns and outer.lost_beyond != "none":
        report("outer.lost_beyond", 'needs outer.type = "kepler_return"')
    if not returns and outer.loss_frequency:
        report("outer.loss_frequency", 'needs outer.type = "kepler_return"')
    if outer.temperature is not None and outer.type != "diffuse":
        report("outer.temperature", 'needs outer.type = "diffuse"')
    removes = outer.type == "remove" or (outer.type is None and planar)
    for i, entry in enumerate(values.get("species", ())):
        if entry.outer_density > 0.0 and not removes:
            report(f"species.{i}.outer_density", 'a reservoir behind the outer boundary needs outer.type = "remove"')


def _inner(values: dict[str, Any], report: Report) -> None:
    inner = values["inner"]
    if inner.temperature is not None and inner.type != "diffuse":
        report("inner.temperature", 'needs inner.type = "diffuse"; reservoirs take species.N.temperature')
    if inner.type != "reservoir":
        for i, entry in enumerate(values["species"]):
            if entry.bulk_speed != 0.0:
                report(f"species.{i}.bulk_speed", 'needs inner.type = "reservoir"')


def _sources(values: dict[str, Any], report: Report) -> None:
    if values["source"] and not _spherical(values):
        report("source", "births within cells need radial geometry; use reservoirs, or domain.geometry = 'radial'")
    if values["source"] and values["weights"].energy_levels not in ("auto", 1):
        report(
            "weights.energy_levels",
            "do not go with [[source]]: their weights fit a Maxwellian gas, and a particle born with a high energy "
            "would be split into thousands; leave it out, and set species.N.particles_factor",
            values["weights"].energy_levels,
        )


def _walls(values: dict[str, Any], report: Report) -> None:
    """Walls that move along themselves: a flow that clones, turned about the normal, would destroy."""
    moving = [name for name in ("inner", "outer") if values[name].velocity != 0.0]
    for name in moving:
        if _spherical(values):
            report(f"{name}.velocity", "needs planar geometry", values[name].velocity)
        if values[name].type != "diffuse":
            report(f"{name}.velocity", f'needs {name}.type = "diffuse"', values[name].velocity)
    closed = all(values[name].type in CLOSED for name in ("inner", "outer"))
    if moving and not closed:
        other = "outer" if moving[0] == "inner" else "inner"
        report(f"{other}.type", "must be 'diffuse' or 'specular' where a wall moves", values[other].type)
    weights = values["weights"]
    if moving and (weights.power or weights.energy_levels not in ("auto", 1)):
        report("weights", "a moving wall excludes clones: leave out weights.power and weights.energy_levels")


def _start(values: dict[str, Any], report: Report) -> None:
    initial, collisionless = values["initial"], values["collisions"] == "off"
    if initial == "file" and values["initial_file"] is None:
        report("initial_file", 'missing; initial = "file" needs it')
    if initial != "file" and values["initial_file"] is not None:
        report("initial_file", 'needs initial = "file"')
    body = values["body"]
    bound = _spherical(values) and body.gm != 0.0 and body.jeans_parameter != 0.0
    if initial == "fluid":
        _fluid(values, bound, report)
    if collisionless and bound and initial in ("barometric", "file") and not values["allow_trapped"]:
        report(
            "initial",
            "a filled start without collisions traps particles in satellite orbits for ever and the density comes out "
            'too high; use initial = "empty", or allow_trapped = true if that is what you want',
            initial,
        )


def _fluid(values: dict[str, Any], bound: bool, report: Report) -> None:
    """An escaping fluid needs something that feeds it, gravity, collisions and an open top."""
    outer, remedy = values.get("outer"), "leave out initial for the start that fits the case"
    missing = [
        text
        for text, holds in (
            ("collisions", values["collisions"] != "off"),
            ("radial geometry with gravity", bound),
            ("inner.type = 'reservoir'", "inner" not in values or values["inner"].type == "reservoir"),
            ("outer.type = 'kepler_return' or 'remove'", outer is None or outer.type not in CLOSED),
        )
        if not holds
    ]
    if missing:
        report("initial", f"needs {', '.join(missing)}; {remedy}", "fluid")


def _empty(values: dict[str, Any], report: Report) -> None:
    """Nothing may be simulated only if something can ever be there."""
    initial = values["initial"] or ("empty" if values["collisions"] == "off" else "barometric")
    emits = values["inner"].type == "reservoir" and any(s.density != 0.0 for s in values["species"])
    emits = emits or any(s.outer_density > 0.0 for s in values["species"])
    if initial == "empty" and not emits and not values.get("source"):
        report("initial", "nothing would ever enter: no reservoir or source emits and the start is empty", initial)
    if initial in ("barometric", "fluid") and all(s.density == 0.0 for s in values["species"]):
        report("initial", "the density of every species is 0 at the inner boundary", initial)


def _grid(values: dict[str, Any], report: Report) -> None:
    grid = values["grid"]
    if grid.spacing in ("log", "uniform") and grid.cells is None:
        report("grid.cells", f'missing; grid.spacing = "{grid.spacing}" needs it')
    if grid.spacing == "scale_height" and grid.cells is not None:
        report("grid.cells", 'does not go with grid.spacing = "scale_height"; use grid.per_scale_height', grid.cells)
    if values.keys() >= {"domain", "run", "weights"}:
        _placed(values, report)
