"""What can be known of a test-particle case before it runs: numbers that follow from it, warnings, faults."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exobase.case.atmosphere import Atmosphere
from exobase.case.history_model import HistoryCase
from exobase.case.oddities import odd_histories, refuse_energies
from exobase.constants import EV
from exobase.cross_sections.scattering import check_energies
from exobase.errors import InputError
from exobase.histories.background import build_air, largest_cross_sections, optical_depth
from exobase.histories.births import birth_range, build_births
from exobase.histories.memory import refuse_impossible
from exobase.histories.scattering import build_tables, pair_laws

FASTER = 1.5  # flow round an obstacle over the undisturbed one, at most


@dataclass(frozen=True)
class SourceFacts:
    """Of one source: events per second as reported (with the area factor), its share of the histories."""

    name: str
    type: str
    species: str
    illumination: str
    rate: float
    share: float


@dataclass(frozen=True)
class Facts:
    """Numbers that follow from a test-particle case.

    exobase [m] (None: none) and its temperature [K] and density [m-3] of the whole gas; top [m]: collisions are
    neglected above; nodes of the background; paths [targets] m: mean free path in each target alone at the inner
    boundary, for its largest cross section sigma [targets] m2 in the range of energies; depth: optical depth of the
    whole gas from the inner boundary up; escape_energy [J] of every followed species at the exobase (else the inner
    boundary); births [J]: lowest and highest energy of births; warnings, one line each; notes: laws that
    are used beyond their data, by their stated rules.
    """

    exobase: float | None
    exobase_temperature: float
    exobase_density: float
    top: float
    nodes: int
    sigma: tuple[float, ...]
    paths: tuple[float, ...]
    depth: float
    escape_energy: tuple[float, ...]
    births: tuple[float, float]
    sources: tuple[SourceFacts, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


def examine(case: HistoryCase) -> Facts:
    """Builds what a run would build and looks at it.

    Raises InputError for what cannot run: tallies beyond the memory of the machine, a pair without law, an energy that
    a law is not meant for, a bad source.
    """
    refuse_impossible(case)
    births = build_births(case)
    lowest, highest = birth_range(case)
    refuse_energies(case, highest)
    tables = build_tables(case)
    energies = projectile_energies(case)
    notes = _energies(case, *energies) + _reactions(case, energies[1])
    sigma = largest_cross_sections(case, tables, energies)
    air = build_air(case, tables, energies)
    atmosphere = Atmosphere(case.background, case.gm)
    exobase = atmosphere.exobase_radius()
    level = case.r_inner if exobase is None else exobase
    n = atmosphere.densities([level])[:, 0]
    temperature = float((n * atmosphere.temperatures([level])[:, 0]).sum() / n.sum()) if n.sum() > 0.0 else math.nan
    foot = atmosphere.densities([case.r_inner])[:, 0]
    with np.errstate(divide="ignore"):
        paths = 1.0 / (foot * sigma)
    depth = float(optical_depth(case, [case.r_inner], sigma)[0])
    shares = np.array([s.share for s in case.sources])
    sources = tuple(
        SourceFacts(s.name, s.type, s.species, s.illumination, float(births.rate[j] * births.report_factor[j]), part)
        for j, (s, part) in enumerate(zip(case.sources, (shares / shares.sum()).tolist(), strict=True))
    )
    return Facts(
        exobase=exobase,
        exobase_temperature=temperature,
        exobase_density=float(n.sum()),
        top=float(air.top),
        nodes=int(air.r.size),
        sigma=tuple(float(s) for s in sigma),
        paths=tuple(float(path) for path in paths),
        depth=depth,
        escape_energy=tuple(case.gm * f.species.mass / level for f in case.followed),
        births=(lowest, highest),
        sources=sources,
        warnings=(*case.background.notes, *odd_histories(case), *_warnings(case, highest, float(air.top))),
        notes=tuple(notes),
    )


def projectile_energies(case: HistoryCase) -> tuple[float, float]:
    """Kinetic energies [J] that matter for cross sections: from the lowest threshold to the highest birth."""
    highest = max(birth_range(case)[1], fastest(case))
    return min(max(min(f.threshold for f in case.followed), 1e-3 * EV), highest), highest


def fastest(case: HistoryCase) -> float:
    """Highest kinetic energy [J] that neutrals take over from ions: those that neither field nor source limits."""
    if case.field is None or case.field.speed <= 0.0:
        return 0.0
    made = {r.becomes for r in case.reactions} | {s.settings.get("fast") for s in case.sources}
    mass = max((f.species.mass for f in case.followed if f.species.charge == 0 and f.species.name in made), default=0.0)
    # An ion picked up has up to twice the speed of the flow, which is half as fast again at the side of an obstacle.
    return 0.5 * mass * (FASTER * 2.0 * case.field.speed) ** 2


def _reactions(case: HistoryCase, highest: float) -> list[str]:
    """Notes on reactions whose range ends below what can occur. Raises InputError where it begins above."""
    faults: list[str] = []
    notes: list[str] = []
    wind = 0.0 if case.field is None else case.field.speed
    for r in case.reactions:
        projectile = next(f.species for f in case.followed if f.species.name == r.projectile)
        top = 0.5 * projectile.mass * (FASTER * 2.0 * wind) ** 2 if projectile.charge else highest
        where = f"collision {r.projectile} on {r.target} ({r.kind})"
        if r.low > 0.0:
            faults.append(
                f"{where}: its cross section begins at {r.low / EV:.3g} eV, but lower energies occur; set "
                'below = "constant" to use the value there, or give cross_section or table'
            )
        if r.high < top:
            faults.append(
                f"{where}: its cross section ends at {r.high / EV:.3g} eV, but {top / EV:.3g} eV can occur; set "
                f'extrapolate_to = "{1.2 * top / EV:.2g} eV" to use the value there, or give a table'
            )
    if faults:
        raise InputError(faults)
    return notes


def _energies(case: HistoryCase, lowest: float, highest: float) -> list[str]:
    """Laws against the energies that can occur, at births and below; notes on laws that are extrapolated."""
    followed = [f.species for f in case.followed]
    return check_energies(followed, list(case.background.species), pair_laws(case), lowest, highest)


def _warnings(case: HistoryCase, highest: float, top: float) -> list[str]:
    found = []
    for i, f in enumerate(case.followed):
        if f.threshold >= highest:
            found.append(
                f"species.{i}.threshold = {f.threshold / EV:g} eV: no birth has more energy "
                f"({highest / EV:.3g} eV at most), every particle is thermalised at once; lower it"
            )
        escape = case.gm * f.species.mass / case.r_inner
        if case.gm > 0.0 and f.threshold > escape:
            found.append(
                f"species.{i}.threshold = {f.threshold / EV:g} eV exceeds the escape energy {escape / EV:.3g} eV: "
                "particles that could escape are thermalised; lower it"
            )
        if f.threshold == 0.0 and case.gm > 0.0 and case.collisions:
            found.append(
                f"species.{i}.threshold = 0 eV: {f.species.name} is followed until it is absorbed or escapes, which "
                "takes long in a dense background"
            )
    if case.tally.energy_edges[-1] < 0.4 * highest:
        found.append(
            f"tally.energy_max = {case.tally.energy_edges[-1] / EV:.3g} eV: births have up to {highest / EV:.3g} eV; "
            "the spectra do not show them"
        )
    if top >= case.r_outer:
        found.append("domain.outer: collisions matter up to the outer boundary; raise it, or domain.collision_depth")
    return found
