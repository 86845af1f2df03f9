"""exobase check for test-particle cases: the resolved case, what follows from it, warnings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from exobase.cli.show import check_line, console, table
from exobase.constants import ELEMENTARY_CHARGE, EV

if TYPE_CHECKING:
    from exobase.case import HistoryCase
    from exobase.histories.preflight import Facts


def check_history_case(case: HistoryCase) -> list[str]:
    """Prints a test-particle case and the numbers that follow from it; returns the warnings.

    Raises InputError for what cannot run.
    """
    from exobase.histories.preflight import examine

    show_general(case)
    facts = examine(case)
    show_background(case, facts)
    show_followed(case, facts)
    show_plan(case, facts)
    return list(facts.warnings)


def show_general(case: HistoryCase) -> None:
    """The resolved case, in SI units and altitudes."""
    rows = table(f"{case.name}: {case.title}", "key", "value", numbers=False)
    rows.add_row("solver", case.solver)
    rows.add_row("body", f"{case.body_name or 'own'}, GM {case.gm:.6g} m3 s-2, radius {case.body_radius:.6g} m")
    rows.add_row("domain", f"{_km(case, case.r_inner)} to {_km(case, case.r_outer)} altitude")
    if case.lost_beyond is not None:
        rows.add_row("lost beyond", f"{case.lost_beyond:.5g} m")
    if case.tide > 0.0:
        rows.add_row("tide", f"orbital angular velocity {case.tide**0.5:.4g} s-1")
    background = case.background
    low, high = _km(case, background.r[0]), _km(case, background.r[-1])
    rows.add_row(
        "background",
        f"{background.source}: {len(background.r)} rows, {low} to {high}; above: {background.above}; "
        f"below: {background.below}",
    )
    if background.rotation:
        rows.add_row("rotation", f"{background.rotation:.4g} rad/s")
    rows.add_row("recoils", f"{'followed' if case.secondaries else 'not followed'}, breakup {case.breakup}")
    tally = case.tally
    maps = f", {tally.zenith_cells} zenith cells" if tally.zenith_cells else ""
    if tally.latitude_cells:
        maps += f", {tally.latitude_cells} x {tally.longitude_cells} cells of latitude and longitude"
    energies = f"{len(tally.energy_edges) - 1} energies to {tally.energy_edges[-1] / EV:.4g} eV"
    rows.add_row("tally", f"{len(tally.edges) - 1} shells, {energies}{maps}")
    rows.add_row("surfaces", ", ".join(_km(case, r) for r in tally.surfaces))
    if case.splitting.radii or case.splitting.energies:
        levels = [*(_km(case, r) for r in case.splitting.radii), *(f"{e / EV:g} eV" for e in case.splitting.energies)]
        rows.add_row("splitting", f"factor {case.splitting.factor:g} at {', '.join(levels)}")
    for check in case.checks:
        rows.add_row("check", check_line(check))
    console().print(rows)


def show_background(case: HistoryCase, facts: Facts) -> None:
    """Targets, and the laws of their pairs."""
    rows = table("background at the inner boundary", "species", "mass kg", "n m-3", "T K",
                 "largest cross section m2", "mean free path m")  # fmt: skip
    from exobase.case.atmosphere import Atmosphere

    atmosphere = Atmosphere(case.background, case.gm)
    n, t = atmosphere.densities([case.r_inner])[:, 0], atmosphere.temperatures([case.r_inner])[:, 0]
    for i, kind in enumerate(case.background.species):
        values = (kind.mass, float(n[i]), float(t[i]), facts.sigma[i], facts.paths[i])
        rows.add_row(kind.name, *(f"{value:.4g}" for value in values))
    console().print(rows)
    pairs = table("pairs", "pair", "law", "options", "target as", "stopping", numbers=False)
    for c in case.collisions:
        given = [f"{name} {value:g}" for name, value in c.options]
        options = ", ".join([*given, *([] if c.table is None else [str(c.table)])]) or "-"
        pairs.add_row(f"{c.projectile} on {c.target}", c.law, options, c.target_as, c.stopping)
    for r in case.reactions:
        made = ", ".join(f"{one} -> {other or one}" for one, other in ((r.projectile, r.becomes), (r.target, r.frees)))
        reach = f"{r.low / EV:.3g} to {r.high / EV:.3g} eV; {r.source}"
        pairs.add_row(f"{r.projectile} on {r.target}", r.kind, reach, made, "-")
    console().print(pairs)
    if case.field is not None:
        show_field(case)
    console().print(f"optical depth from the inner boundary {facts.depth:.4g}, {facts.nodes} nodes")
    console().print(f"collision top (optical depth {case.collision_depth:g}): {_km(case, facts.top)}")
    if facts.exobase is None:
        console().print("exobase: none")
    else:
        sigma = f"{case.background.exobase_cross_section:g} m2"
        state = f"{facts.exobase_density:.4g} m-3, {facts.exobase_temperature:.4g} K"
        console().print(f"exobase (mean free path for {sigma} = scale height): {_km(case, facts.exobase)}, {state}")


def show_field(case: HistoryCase) -> None:
    """The field, and what it does to each ion in the undisturbed solar wind."""
    field = case.field
    assert field is not None
    rows = table("field (solar-orbital axes, +x to the Sun)", "what", "value", numbers=False)
    rows.add_row("model", field.file or field.model)
    for text in field.sources:
        rows.add_row("", text)
    if field.model not in ("none", "file"):
        rows.add_row("solar wind", f"{field.density / 1e6:.4g} cm-3, {field.speed / 1e3:.4g} km/s")
        rows.add_row("B", ", ".join(f"{b * 1e9:.4g}" for b in field.b) + " nT")
        rows.add_row("E = -u x B", ", ".join(f"{e * 1e3:.4g}" for e in field.electric) + " mV/m")
    if field.alpha_fraction > 0.0:
        rows.add_row("alphas", f"{field.alpha_fraction:.3g} per proton")
    for name, length in (("obstacle", field.obstacle), ("shock", field.bow_shock), ("magnetopause", field.standoff)):
        if length > 0.0:
            rows.add_row(name, f"{length / 1e3:.6g} km from the centre, {length / case.body_radius:.4g} radii")
    b = math.sqrt(sum(x * x for x in field.b))
    e = math.sqrt(sum(x * x for x in field.electric))
    for kind in (f.species for f in case.followed if f.species.charge != 0):
        if b > 0.0:
            charge = kind.charge * ELEMENTARY_CHARGE
            u = e / b
            radius, period = kind.mass * u / (charge * b), 2.0 * math.pi * kind.mass / (charge * b)
            most = 2.0 * kind.mass * u * u / EV / 1e3
            rows.add_row(
                f"{kind.name} picked up",
                f"gyroradius {radius / 1e3:.5g} km, period {period:.4g} s, up to {most:.4g} keV",
            )
    console().print(rows)


def show_followed(case: HistoryCase, facts: Facts) -> None:
    """Followed species and their sources."""
    rows = table(
        "followed", "species", "mass kg", "threshold eV", "escape energy at the exobase eV", "losses s-1", "lifetime s",
        "beta",
    )  # fmt: skip
    for f, energy in zip(case.followed, facts.escape_energy, strict=True):
        lifetime = 1.0 / f.loss_frequency if f.loss_frequency > 0.0 else math.inf
        values = (f.species.mass, f.threshold / EV, energy / EV, f.loss_frequency, lifetime, f.beta)
        rows.add_row(f.species.name, *(f"{value:.4g}" for value in values))
    console().print(rows)
    sources = table("sources", "name", "type", "species", "illumination", "rate s-1", "share", numbers=False)
    for s in facts.sources:
        sources.add_row(s.name, s.type, s.species, s.illumination, f"{s.rate:.5g}", f"{s.share:.3g}")
    console().print(sources)
    low, high = (energy / EV for energy in facts.births)
    console().print(f"energies of births: {low:.3g} eV to {high:.3g} eV")
    for note in facts.notes:
        console().print(f"note: {note}")


def show_plan(case: HistoryCase, facts: Facts) -> None:
    """How many histories."""
    run = case.run
    each = run.histories_per_batch
    rows = table("plan", "what", "value", numbers=False)
    rows.add_row("seed", str(run.seed))
    rows.add_row("histories", f"{each:,d} a batch, {each * run.batches_per_round:,d} a round")
    rows.add_row("at most", f"{each * run.max_batches:,d} in {run.max_batches:,d} batches")
    aim = f"escape rate of {run.target_species} to {run.target_error:g}"
    rows.add_row("until", f"{aim}, at least {run.fewest_batches} batches")
    rows.add_row("wall time", "no limit" if run.wall_time is None else f"{run.wall_time:g} s")
    console().print(rows)


def _km(case: HistoryCase, radius: float) -> str:
    return f"{case.altitude(radius) / 1e3:.6g} km"
