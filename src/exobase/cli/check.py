"""exobase check: the resolved case, numbers derived from it, the plan of the run, warnings."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from exobase.cli.app import CaseArgument, SetOption, app, complain, errors_to_exit_codes
from exobase.cli.show import check_line, console, size, span, table
from exobase.solvers import solver_of

if TYPE_CHECKING:
    from exobase.case import Case
    from exobase.case.derive import Derived


@app.command()
def check(case: CaseArgument, set_: SetOption = None) -> None:
    """Check a case: print the resolved case, what follows from it, the plan of the run, and warnings."""
    with errors_to_exit_codes():
        from exobase.case import is_staged, load_case
        from exobase.cli.stages import check_staged

        if is_staged(case):
            check_staged(case, set_)
            return
        loaded = load_case(case, set_)
        warnings = solver_of(loaded).check(loaded)
        for warning in warnings:
            complain(f"warning: {warning}")
        if not warnings:
            console().print("no warnings")


def check_gas_case(case: Case) -> list[str]:
    """Prints a DSMC case, the numbers that follow from it and the plan of its run; returns the warnings."""
    from exobase.case import derive, parker_notes, start_notes

    derived = derive(case)
    show_case(case)
    show_derived(case, derived)
    return [*derived.warnings, *parker_notes(case), *start_notes(case), *show_plan(case)]


def show_case(case: Case) -> None:
    """The resolved case, in SI units."""
    general = table(f"{case.name}: {case.title}", "key", "value", numbers=False)
    for key in ("solver", "geometry", "collisions", "time_step", "initial"):
        general.add_row(key, str(getattr(case, key)))
    general.add_row("body", f"{case.body_name or 'own'}, GM {case.gm:.6g} m3 s-2")
    general.add_row("domain", f"{case.r_inner:.6g} m to {case.r_outer:.6g} m")
    if not case.space.spherical:
        general.add_row("gravity", f"{case.gravity:g} m s-2")
    for part in ("inner", "outer", "grid", "step", "weights", "run", "tally"):
        general.add_row(part, _line(getattr(case, part)))
    for s, level in zip(case.species, case.levels, strict=True):
        general.add_row(f"levels of {s.name}", _line(level) if level.number > 1 else "no splitting by energy")
    for pair in case.pairs:
        general.add_row("pair", _line(pair))
    for check in case.checks:
        general.add_row("check", check_line(check))
    console().print(general)
    species = table("species", "name", "mass kg", "diameter m", "omega", "n m-3", "T K", "u m s-1", "per cell")
    for s in case.species:
        k = s.species
        per_cell = s.particles_factor * case.run.particles_per_cell
        row = (s.density, s.temperature, s.bulk_speed, per_cell)
        sphere = (f"{k.diameter:.5g}", f"{k.omega:.5g}") if k.collides else ("none", "none")
        species.add_row(s.name, f"{k.mass:.5g}", *sphere, *(f"{x:.5g}" for x in row))
    console().print(species)
    if case.sources:
        _show_sources(case)
    if case.losses:
        _show_losses(case)
    if case.rotates:
        rotation = table("rotation", "species", "degrees of freedom", "collision number Z", "source")
        for s in case.species:
            law = s.rotation
            number = f"{law.number:.4g}" if law.t_star == 0.0 else f"Parker: {law.number:.4g}, T* {law.t_star:g} K"
            if s.species.zeta_rot > 0.0:
                rotation.add_row(s.name, f"{s.species.zeta_rot:g}", number, s.species.rotation_source or "the case")
        console().print(rotation)


def _show_sources(case: Case) -> None:
    """Every source with the particles that it sends out round the whole body."""
    from exobase.simulation.births import birth_rates

    rows = table("sources", "name", "type", "place", "particles s-1", numbers=False)
    for source, rates in zip(case.sources, birth_rates(case), strict=True):
        r = source.settings.get("radius") or source.settings.get("profile_r") or source.settings.get("r")
        ends = r if isinstance(r, tuple) else (r, r)
        place = f"{ends[0]:.6g} m" if ends[0] == ends[-1] else f"{ends[0]:.6g} m to {ends[-1]:.6g} m"
        emits = ", ".join(f"{name} {rate:.4g}" for name, rate in zip(case.names, rates, strict=True) if rate > 0.0)
        rows.add_row(source.name, source.type, place, emits)
    console().print(rows)


def _show_losses(case: Case) -> None:
    """Every loss with its frequency and the lifetime against it (thermal ions: of neutrals at rest)."""
    rows = table("losses", "name", "species", "process", "frequency s-1", "lifetime s", numbers=False)
    total = dict.fromkeys(case.names, 0.0)
    for loss in case.losses:
        s = case.species[case.index(loss.species)]
        nu = loss.typical_frequency(s.temperature, s.mass)
        total[loss.species] += nu
        what = loss.process
        if loss.thermal:
            what += f" with {loss.ion}, " + ("takes its velocity" if loss.resonant else "lost")
        rows.add_row(loss.name, loss.species, what, f"{nu:.4g}", _lifetime(nu))
    for name, nu in total.items():
        if sum(loss.species == name for loss in case.losses) > 1:
            rows.add_row("all", name, "", f"{nu:.4g}", _lifetime(nu))
    console().print(rows)


def _lifetime(frequency: float) -> str:
    return f"{1.0 / frequency:.4g}" if frequency > 0.0 else "infinite"


def show_derived(case: Case, derived: Derived) -> None:
    """Numbers that follow from the case."""
    rows = table("derived, at the inner boundary", "species", "Jeans parameter", "scale height m", "mean free path m",
                 "Kn = l/H", "Kn = l/R0", "Jeans flux m-2 s-1", "evaporation m-2 s-1", "emission m-2 s-1")  # fmt: skip
    for d in derived.species:
        lengths = (d.jeans_parameter, d.scale_height, d.mean_free_path, d.knudsen_height, d.knudsen_radius)
        values = (*lengths, d.jeans_flux, d.evaporation_flux, d.emission_flux)
        rows.add_row(d.name, *("-" if v is None else f"{v:.4g}" for v in values))
    console().print(rows)
    console().print(f"pressure scale height {_metres(derived.scale_height)}")
    console().print(f"exobase estimate (isothermal, hydrostatic): {derived.exobase_text}")


def show_plan(case: Case) -> list[str]:
    """Cells, particles, memory and time of the run; returns the warnings of the planner."""
    from exobase.simulation import plan

    planned = plan(case)
    rows = table("plan", "what", "value", numbers=False)
    rows.add_row("cells", f"{planned.cells:,d}")
    rows.add_row("particles", f"{planned.particles:,d}")
    rows.add_row("memory", size(planned.memory_bytes))
    rows.add_row("time per step", span(planned.seconds_per_step))
    rows.add_row("averaging begins at step", f"{planned.burn_in:,d}")
    rows.add_row("steps", planned.steps_text)
    rows.add_row("predicted wall time, one rank", span(planned.wall_time))
    if planned.escapers is not None:
        rows.add_row(f"independent escapers of {case.run.target_species}", f"{planned.escapers:.3g}")
    if planned.weight_pair:
        pair = " and ".join(planned.weight_pair)
        rows.add_row("largest weight ratio where species collide", f"{planned.weight_ratio:.4g} ({pair})")
    console().print(rows)
    return list(planned.warnings)


def _line(part: Any) -> str:
    pairs = ((f.name, getattr(part, f.name)) for f in dataclasses.fields(part))
    return ", ".join(f"{name} {_value(value)}" for name, value in pairs)


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(_value(v) for v in value) or "none" if isinstance(value, tuple) else str(value)


def _metres(value: float | None) -> str:
    return "infinite" if value is None else f"{value:.4g} m"
