"""From the tables of a case to the parameters of its gas: species, pairs, rotation, energy levels."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

from exobase.analytic.jeans import jeans_parameter
from exobase.case.model import CaseSpecies, EnergyLevels, Pair, Rotation
from exobase.case.own_species import own_species
from exobase.case.resolve_checks import Report
from exobase.case.resolve_collisions import ElasticFiles
from exobase.constants import EV, K_B
from exobase.cross_sections.pair_rates import equivalent
from exobase.cross_sections.rotation import parker_number, relaxation_probabilities, smallest_number
from exobase.cross_sections.tabulated import OUTSIDE
from exobase.cross_sections.vhs import PairLaws, pairs_without_law
from exobase.errors import InputError
from exobase.species import NO_COLLISION_VALUES, Species, species_names, unknown_species
from exobase.species import species as find_species

SPLIT = (9.5, 40.0)
"""Jeans parameters at the inner boundary between which tracers follow the fast tail unless the case says otherwise.

Below, they cost more than they gain (docs/numerics.md); above, nothing escapes that could be measured.
"""
FIRST, LEAST_FIRST, MOST_FIRST = 0.57, 1.0, 10.5
"""Energy of the first level of tracers over that with which particles leave, both above the potential at the inner
boundary, and its bounds in kT: above the upper one a particle of the gas would begin as thousands of equal tracers.

Two slow particles, each below the first level, can then just make one that escapes; deeper levels follow particles
that collisions take back.
"""
MOST_LEVELS = 64

KNUDSEN = ("knudsen_number", "knudsen_number_radius", "knudsen_number_height")
"""Keys of a species that set its density by its mean free path; the first is another name of the second."""

_GIVEN = {
    "mass": "mass",
    "diameter": "diameter",
    "omega": "omega",
    "alpha": "alpha",
    "t_ref": "reference_temperature",
    "zeta_rot": "rotational_dof",
}


def resolve_kind(key: str, entry: Any, collisions: str, report: Report) -> Species | None:
    """The species of one table: the package's data with the overrides of the case, and the collision law of the case.

    key: path of the table. None after errors were reported.
    """
    law = "vss" if collisions == "vss" else "vhs"
    # A mass alone suffices where nothing collides: diameter 0 where neither the case nor the table has one.
    if entry.name in species_names():
        base = _from_table(entry.name, law)
    elif entry.mass is not None:
        own = own_species(key, entry, report)
        if own is None:
            return None
        base = own
    else:
        report(f"{key}.name", unknown_species(entry.name), entry.name)
        return None
    if law == "vss" and entry.diameter is not None and entry.alpha is None and not _is_soft(base.name):
        report(f"{key}.alpha", f'missing; collisions = "vss" needs it: the table has no such data of {base.name}')
    if base.charge != 0:
        report(f"{key}.name", "ions need fields, which the dsmc solver does not have", entry.name)
        return None
    if entry.alpha is not None and law != "vss":
        report(f"{key}.alpha", 'needs collisions = "vss"', entry.alpha)
    if entry.rotational_dof not in (None, 0, 2, 3):
        report(f"{key}.rotational_dof", "allowed: 0 | 2 (linear molecules) | 3", entry.rotational_dof)
        return None
    changes: dict[str, Any] = {n: getattr(entry, k) for n, k in _GIVEN.items() if getattr(entry, k) is not None}
    if changes and base.source != "case file":
        table = "mass of the species table" if base.source == NO_COLLISION_VALUES else base.source
        changes["source"] = f"{table}; {', '.join(changes)} from the case file"
    if collisions == "hard_sphere":
        changes |= {"omega": 0.5, "alpha": 1.0}
    changes["zeta_rot"] = float(changes.get("zeta_rot", base.zeta_rot))
    return dataclasses.replace(base, **changes)


def _from_table(name: str, law: str) -> Species:
    """A species of the table; without a diameter where the table has none for the law."""
    if law == "vss" and not _is_soft(name):
        return dataclasses.replace(find_species(name), diameter=0.0)
    return find_species(name, law)


def _is_soft(name: str) -> bool:
    """Whether the table has the species' VSS values."""
    try:
        return find_species(name, "vss").collides
    except InputError:
        return False


def check_laws(species: tuple[CaseSpecies, ...], laws: PairLaws, collisions: str, report: Report) -> bool:
    """Reports species that collide without collision values, with the keys that would give them; true if all have."""
    lacking = pairs_without_law(laws)
    for k, s in enumerate(species):
        of = [] if s.species.collides else [(i, j, keys) for i, j, keys in lacking if k in (i, j)]
        if not of:
            continue
        need = ", ".join(key for key in ("diameter", "omega", "alpha") if any(key in keys for _, _, keys in of))
        pairs = ", ".join(f"{species[i].name} + {species[j].name}" for i, j, _ in of)
        text = (
            f'no collision values, which collisions = "{collisions}" needs: give {need} of this species, or a [[pair]] '
            f'with {need} for each of {pairs}; a mass alone suffices with collisions = "off"'
        )
        if collisions == "vss" and s.name in species_names() and find_species(s.name).collides:
            text += ', and collisions = "vhs" uses the values of the table'
        report(f"species.{k}", text, s.name)
    return not lacking


def dense_by_height(
    entries: list[Any], species: tuple[CaseSpecies, ...], length: float, gravity: float, report: Report
) -> tuple[CaseSpecies, ...]:
    """The species with the densities that their knudsen_number_height = l/H sets.

    species: those whose density stands for the same number as l over ``length`` [m]; gravity [m s-2] at the inner
    boundary; H = kT/(m g) is the species' own.
    """
    found = list(species)
    for i, entry in enumerate(entries):
        if entry.knudsen_number_height is None:
            continue
        if gravity <= 0.0:
            text = "needs gravity: without it there is no scale height; give knudsen_number_radius"
            report(f"species.{i}.knudsen_number_height", text, entry.knudsen_number_height)
            continue
        height = K_B * species[i].temperature / (species[i].mass * gravity)
        found[i] = dataclasses.replace(species[i], density=species[i].density * length / height)
    return tuple(found)


def resolve_rotation(key: str, entry: Any, kind: Species, report: Report) -> Rotation:
    """Collision number of one species: from the case, else the table's constant."""
    given = entry.rotational_number
    # Published numbers count the literature's mean collision times, of which the model has collision_ratio each.
    ratio = kind.collision_ratio if kind.rotation_source else 1.0
    parker = (entry.parker_infinity, entry.parker_temperature)
    if given != "parker":
        for name, value in zip(("parker_infinity", "parker_temperature"), parker, strict=True):
            if value is not None:
                report(f"{key}.{name}", 'needs rotational_number = "parker"')
        return Rotation(kind.z_rot * ratio if given is None else float(given), 0.0)
    table = (kind.z_rot_infinity * ratio, kind.t_star)
    infinity, t_star = (own if own is not None else known for own, known in zip(parker, table, strict=True))
    if infinity <= 0.0 or t_star <= 0.0:
        text = f"the table has no such data of {kind.name}; give parker_infinity and parker_temperature, or a number"
        report(f"{key}.rotational_number", text, "parker")
        return Rotation()
    return Rotation(infinity, t_star)


def resolve_pairs(
    tables: list[Any], species: tuple[CaseSpecies, ...], collisions: str, report: Report, folder: Path = Path()
) -> tuple[Pair, ...]:
    """Pairs with collision laws of their own. folder: of the case, for files."""
    names = [s.name for s in species]
    files = ElasticFiles(folder, report)
    pairs: list[Pair] = []
    for i, table in enumerate(tables):
        key = f"pair.{i}"
        wrong = [name for name in table.species if name not in names]
        if wrong:
            report(f"{key}.species", f"allowed: {' | '.join(map(repr, names))}", wrong[0])
            continue
        if any(set(table.species) == set(p.species) for p in pairs):
            report(f"{key}.species", "appears twice", table.species)
        a, b = table.species
        if table.table is not None:
            pair = _tabulated(key, table, species[names.index(a)], species[names.index(b)], files, report)
            pairs += [] if pair is None else [pair]
            continue
        for name in ("below", "extrapolate_to"):
            if getattr(table, name) not in (None, "error"):
                report(f"{key}.{name}", "is for a table; give table too", getattr(table, name))
        if (table.diameter, table.omega, table.alpha) == (None, None, None):
            report(key, "give at least one of diameter, omega, alpha, or table")
        if collisions == "hard_sphere" and table.omega not in (None, 0.5):
            report(f"{key}.omega", 'is 0.5 with collisions = "hard_sphere"', table.omega)
        if table.alpha is not None and collisions != "vss":
            report(f"{key}.alpha", 'needs collisions = "vss"', table.alpha)
        pairs.append(Pair((a, b), table.diameter, table.omega, table.alpha))
    return tuple(pairs)


def _tabulated(
    key: str, entry: Any, a: CaseSpecies, b: CaseSpecies, files: ElasticFiles, report: Report
) -> Pair | None:
    """A pair whose cross sections are those of a file. None after errors were reported."""
    given = [name for name in ("diameter", "omega", "alpha") if getattr(entry, name) is not None]
    if given:
        report(f"{key}.{given[0]}", "excludes table: give one of them", getattr(entry, given[0]))
    table = files.get(key, entry)
    if table is None:
        return None
    temperature = pair_temperature(a, b)
    (below,), (above,) = table.share_outside([temperature], table.reach[1])
    where = f"of the collisions of {a.name} and {b.name} at {temperature:.4g} K have energies"
    if below > OUTSIDE and table.below == "error":
        report(
            f"{key}.table",
            f"{100.0 * below:.2g} % {where} below {table.energy[0] / EV:.4g} eV, where the table begins: extend it, or "
            'state below = "constant" to use its first energy there',
            entry.table,
        )
    if above > OUTSIDE:
        report(
            f"{key}.table",
            f"{100.0 * above:.2g} % {where} above {table.reach[1] / EV:.4g} eV, where the table ends: extend it, or "
            f'state extrapolate_to = "{table.enough(temperature) / EV:.2g} eV" to use its last energy up to there',
            entry.table,
        )
    shape = equivalent(table, a.mass, b.mass, temperature, 0.5 * (a.species.t_ref + b.species.t_ref))
    return Pair((a.name, b.name), *shape, table)


def pair_temperature(a: CaseSpecies, b: CaseSpecies) -> float:
    """Temperature [K] of the relative motion of two gases with the temperatures of their reservoirs."""
    return (b.mass * a.temperature + a.mass * b.temperature) / (a.mass + b.mass)


def check_relaxation(species: tuple[CaseSpecies, ...], laws: PairLaws, report: Report) -> None:
    """Refuses constant collision numbers that would need a relaxation probability above 1.

    Parker's Z, which falls to 0 with the temperature, is held at the smallest usable number instead (``parker_notes``).
    """
    for i, a in enumerate(species):
        for j in range(i, len(species)):
            b = species[j]
            zeta_t = 5.0 - 2.0 * float(laws.omega[i, j])
            zeta = [s.species.zeta_rot for s in (a, b)]
            z = [parker_number(s.rotation.number, s.rotation.t_star, s.temperature) for s in (a, b)]
            pa, pb, sequential = relaxation_probabilities(zeta_t, *zeta, *z)
            least = [smallest_number(zeta_t, value) if value > 0.0 else 0.0 for value in zeta]
            if not sequential:
                least = [(zeta_t + value) / zeta_t if value > 0.0 else 0.0 for value in zeta]
            for k, probability in ((i, pa), (j, pb)):
                side = 0 if k == i else 1
                if species[k].rotation.t_star > 0.0:
                    continue
                if zeta[side] > 0.0 and probability >= 1.0 and z[side] < least[side]:
                    report(
                        f"species.{k}.rotational_number",
                        "every collision would have to relax rotation more than once (with "
                        f"{b.name if k == i else a.name} at {species[k].temperature:g} K); "
                        f"use {least[side]:.4g} or more",
                        f"{z[side]:.4g}",
                    )
                    return


def resolve_levels(
    table: Any, species: tuple[CaseSpecies, ...], gm: float, radius: float, leave: float, report: Report
) -> tuple[EnergyLevels, ...]:
    """Energy levels of each species: as given, else as many as its own Jeans parameter asks for.

    gm = 0 [m3 s-2]: nothing to escape from, no tracers; radius [m] of the inner boundary. leave: energy with which
    particles begin to be counted as gone, over that of escape to infinity, both from the inner boundary.
    """
    levels = tuple(_levels_of(table, s, gm, radius, leave, report) for s in species)
    for key in ("energy_first", "energy_step", "energy_power"):
        given = getattr(table, key)
        if given is not None and table.energy_levels != 1 and all(level.number == 1 for level in levels):
            text = f"has no effect: no species has tracers (lambda0 is not {SPLIT[0]:g} to {SPLIT[1]:g})"
            report(f"weights.{key}", text, given)
    return levels


def _levels_of(table: Any, s: CaseSpecies, gm: float, radius: float, leave: float, report: Report) -> EnergyLevels:
    base = EnergyLevels()
    depth = float(jeans_parameter(s.mass, s.temperature, radius, gm)) if gm > 0.0 else 0.0
    least = depth * leave
    first = min(max(round(FIRST * least, 2), LEAST_FIRST), MOST_FIRST)
    step = base.step if table.energy_step is None else table.energy_step
    strength = base.strength if table.energy_power is None else table.energy_power
    number = table.energy_levels
    possible = s.density > 0.0 and least > 2.0 * LEAST_FIRST and depth <= SPLIT[1]
    if possible and table.energy_first is not None and number != 1:
        first = table.energy_first
        if first >= least:
            report(
                "weights.energy_first",
                f"tracers of {s.name} would begin above the energy with which it leaves, {least:.3g} kT from the inner "
                f"boundary; give less (default: {FIRST:g} times it), or weights.energy_levels = 1",
                first,
            )
    if number == "auto":
        number = 1
        if possible and least >= SPLIT[0]:
            number = 1 + min(max(math.ceil((depth - first) / step), 1), MOST_LEVELS)
            if number > MOST_LEVELS:
                text = f"makes more than {MOST_LEVELS} levels of {s.name}; give more, or weights.energy_levels"
                report("weights.energy_step", text, step)
    elif not possible:
        number = 1
    return EnergyLevels(int(number), first, step, strength)
