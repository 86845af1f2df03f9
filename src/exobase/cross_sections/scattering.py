"""Scattering of followed species by a background: the tables of a case, built from the laws that it names.

A *partner* is what a projectile really meets: a whole target (its recoil keeps together), or one kind of atom of a
molecule, drawn by number. A united atom is one atom with the mass of the molecule and the sum of its nuclear charges:
the alternative that keeps the momentum of the target whole (a choice that bounds the effect of the molecular bond).
If projectiles meet a target in different ways, all ways are partners and those that do not apply never meet. Every
reaction of a pair, charge exchange or stripping, is a partner of its own. Neutrals need a law for every neutral target;
ions, and neutrals on ions, meet only where a law or a reaction is given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from exobase.constants import EV
from exobase.cross_sections import atoms
from exobase.cross_sections.catalogue import MODES, laws, laws_for
from exobase.cross_sections.entries import PairEntry, Struck, make_entry, stopping_coefficient
from exobase.cross_sections.lookup import (
    ELASTIC,
    SPEED_NODES,
    TABLE,
    ScatteringTables,
    bound,
    deflection,
    electronic,
    in_range,
    total,
)
from exobase.cross_sections.packing import bounds_of, pack
from exobase.cross_sections.quantiles import TotalTable
from exobase.cross_sections.tabulated import ElasticTable
from exobase.errors import InputError
from exobase.species import Species, species
from exobase.tables import nearest

__all__ = [
    "PairLaw",
    "Partner",
    "ReactionLaw",
    "ScatteringTables",
    "bound",
    "build_scattering",
    "check_energies",
    "deflection",
    "electronic",
    "in_range",
    "list_partners",
    "total",
]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PairLaw:
    """Law of a followed species and a target, by name.

    law: a name of :mod:`exobase.cross_sections.catalogue`; options: its numbers in SI; target_as: one of
    ``catalogue.MODES``; stopping: electronic stopping, "off" or "lss"; table: for the law "table".
    """

    projectile: str
    target: str
    law: str
    options: Mapping[str, float] = field(default_factory=dict)
    target_as: str = "whole"
    stopping: str = "off"
    table: ElasticTable | None = None


@dataclass(frozen=True)
class ReactionLaw:
    """Charge exchange or stripping of a followed species with a target, by name.

    kind: EXCHANGE or STRIPPING; becomes, frees: names of what the projectile and the target turn into ("" for nothing
    new). energy [n] J, increasing in equal ratios: kinetic energy (1/2) m g^2 of the projectile's mass at the relative
    speed g; sigma [n] m2. reach [J]: such energies for which it is meant; defect [J]: internal energy set free. label:
    its name in messages and tables.
    """

    projectile: str
    target: str
    kind: int
    becomes: str
    frees: str
    energy: FloatArray
    sigma: FloatArray
    reach: tuple[float, float]
    defect: float = 0.0
    label: str = ""


@dataclass(frozen=True)
class Partner:
    """What is met: target index, the way (of MODES), what is struck, how many per target particle; bond and rest.

    reaction: the one that this partner stands for.
    """

    target: int
    target_as: str
    struck: Struck
    number: int = 1
    bond: float = 0.0
    rest: str = ""
    reaction: ReactionLaw | None = None


def build_scattering(
    followed: Sequence[Species],
    targets: Sequence[Species],
    pairs: Sequence[PairLaw],
    reactions: Sequence[ReactionLaw] = (),
) -> ScatteringTables:
    """Tables of all pairs of followed species and targets.

    Raises InputError for a pair without a law (it lists the laws that exist for it), a law that does not serve its
    pair, unknown names and wrong options.
    """
    chosen = _chosen(followed, targets, pairs)
    partners = list_partners(targets, pairs, reactions)
    met_by = [(projectile, partner) for projectile in followed for partner in partners]
    reduced = [p.mass * q.struck.mass / (p.mass + q.struck.mass) for p, q in met_by]
    entries = [_entry(p, q, targets, chosen, mu) for (p, q), mu in zip(met_by, reduced, strict=True)]
    law, real, totals, rows = pack(entries)
    # Ions without reactions have no partners at all.
    bounds = np.array([bounds_of(e, mu) for (e, _), mu in zip(entries, reduced, strict=True)]).reshape(-1, SPEED_NODES)
    names = [kind.name for kind in followed]

    def index(name: str) -> int:
        return names.index(name) if name in names else -1

    atomic = [partner.target_as == "atoms" for partner in partners]
    molecule = [targets[partner.target] for partner in partners]
    whole_mass = np.array([m.mass if atom else 0.0 for m, atom in zip(molecule, atomic, strict=True)])
    mass = np.array([partner.struck.mass for partner in partners])
    freed = [p.struck.species.name if p.reaction is None else p.reaction.frees for p in partners]
    met = [p.reaction for _ in followed for p in partners]
    return ScatteringTables(
        target=np.array([partner.target for partner in partners], dtype=np.int64),
        number=np.array([float(partner.number) for partner in partners]),
        mass=mass,
        struck=np.array([index(name) for name in freed], dtype=np.int64),
        bond=np.array([partner.bond for partner in partners]),
        rest=np.array([index(partner.rest) for partner in partners], dtype=np.int64),
        rest_mass=np.where(atomic, whole_mass - mass, 0.0),
        whole=np.array(
            [index(m.name) if atom else -1 for m, atom in zip(molecule, atomic, strict=True)], dtype=np.int64
        ),
        whole_mass=whole_mass,
        law=law,
        real=real,
        bounds=bounds,
        totals=totals,
        rows=rows,
        outcome=np.array([ELASTIC if r is None else r.kind for r in met], dtype=np.int64),
        becomes=np.array([-1 if r is None else index(r.becomes) for r in met], dtype=np.int64),
        defect=np.array([0.0 if r is None else r.defect for r in met]),
    )


def _entry(
    projectile: Species, partner: Partner, targets: Sequence[Species], chosen: Mapping[tuple[str, str], PairLaw],
    reduced: float,
) -> tuple[PairEntry | None, float]:  # fmt: skip
    """Table of a projectile on a partner and its electronic stopping; (None, 0) where they do not collide."""
    if partner.reaction is not None:
        mine = partner.reaction.projectile == projectile.name
        return _reaction_entry(partner.reaction, projectile.mass / reduced) if mine else None, 0.0
    target = targets[partner.target]
    pair = chosen.get((projectile.name, target.name))
    if pair is None or _mode(pair, target) != partner.target_as:
        return None, 0.0
    where = _where(pair)
    entry = make_entry(pair.law, pair.options, projectile, partner.struck, where, pair.table)
    return entry, stopping_coefficient(pair.stopping, projectile, partner.struck, where)


def _reaction_entry(reaction: ReactionLaw, per_reduced: float) -> PairEntry:
    """Table of a reaction; per_reduced: mass of the projectile over the reduced mass."""
    reach = (reaction.reach[0] / per_reduced * (1.0 - 1e-9), reaction.reach[1] / per_reduced)
    totals = TotalTable(np.log(reaction.energy), np.asarray(reaction.sigma, dtype=float))
    return PairEntry(TABLE, reach, shift=math.log(per_reduced), totals=totals)


def list_partners(
    targets: Sequence[Species], pairs: Sequence[PairLaw], reactions: Sequence[ReactionLaw] = ()
) -> list[Partner]:
    """Partners of a background in the order of tables: by target, whole, then atoms, then united atom; reactions."""
    found = []
    for i, target in enumerate(targets):
        used = {_mode(pair, target) for pair in pairs if pair.target == target.name}
        if "whole" in used:
            found.append(Partner(i, "whole", Struck(target, target.mass, atoms.is_atom(target.name))))
        if "atoms" in used:
            for atom in atoms.atoms_of(target.name):
                struck = Struck(species(atom.name), atom.mass, True)
                found.append(Partner(i, "atoms", struck, atom.number, atom.bond, atom.rest))
        if "united_atom" in used:
            found.append(Partner(i, "united_atom", Struck(target, target.mass, True, True)))
    names = [target.name for target in targets]
    for reaction in reactions:
        i = names.index(reaction.target)
        struck = Struck(targets[i], targets[i].mass, True)
        found.append(Partner(i, "reaction", struck, reaction=reaction))
    return found


def check_energies(
    followed: Sequence[Species], targets: Sequence[Species], pairs: Sequence[PairLaw], lowest: float, highest: float
) -> list[str]:
    """Check that kinetic energies from lowest to highest [J] lie within the reach of every law.

    Targets are taken at rest: the energy of the relative motion is E m2/(m1 + m2). Returns a sentence for each pair
    whose law is extrapolated by its stated rule. Raises InputError with law, range and options where it is not meant to
    be used.
    """
    chosen = _chosen(followed, targets, pairs)
    notes, faults = [], []
    for projectile in followed:
        for partner in list_partners(targets, pairs):
            target = targets[partner.target]
            pair = chosen.get((projectile.name, target.name))
            if pair is None or _mode(pair, target) != partner.target_as:
                continue
            share = partner.struck.mass / (projectile.mass + partner.struck.mass)
            low, high = lowest * share, highest * share
            valid, reach, extrapolation = _energies_of(pair)
            text = (
                f"{_where(pair)}: collisions with {partner.struck.species.name} have energies of {_ev(low)} to "
                f"{_ev(high)} (centre of mass); law '{pair.law}' has data from {_ev(valid[0])} to {_ev(valid[1])}"
            )
            if low < reach[0] or high > reach[1]:
                faults.append(f"{text} and {_remedy(pair, low, high, reach, extrapolation)}")
            elif low < valid[0] or high > valid[1]:
                notes.append(f"{text}; outside: {extrapolation}")
    if faults:
        raise InputError(faults)
    return notes


def _energies_of(pair: PairLaw) -> tuple[tuple[float, float], tuple[float, float], str]:
    """Energies [J] of the data of a law, those for which it is meant, and its rule outside of the data."""
    law = laws()[pair.law]
    if pair.table is not None:
        return (pair.table.energy[0], pair.table.energy[-1]), pair.table.reach, law.extrapolation
    return law.valid, (law.reach[0], max(law.reach[1], pair.options.get("extrapolate_to", 0.0))), law.extrapolation


def _remedy(pair: PairLaw, low: float, high: float, reach: tuple[float, float], extrapolation: str) -> str:
    """What a case can state where energies [J] lie beyond the reach of a law."""
    if pair.table is not None:
        keys = ['below = "constant"'] if low < reach[0] else []
        keys += [f'extrapolate_to = "{high / EV * 1.2:.2g} eV"'] if high > reach[1] else []
        return f"is used within them only. Extend the table, or state {' and '.join(keys)} ({extrapolation})"
    return (
        f"is meant to be used up to {_ev(reach[1])} ({extrapolation}). Choose another law "
        f"({', '.join(laws_for(pair.projectile, pair.target, pair.target_as))}), or state "
        f'extrapolate_to = "{high / EV * 1.2:.2g} eV" to continue with that rule'
    )


def _ev(energy: float) -> str:
    return f"{energy / EV:.3g} eV"


def _where(pair: PairLaw) -> str:
    return f"collision {pair.projectile} on {pair.target}"


def _mode(pair: PairLaw, target: Species) -> str:
    """How the target is met: an atom always whole."""
    return "whole" if atoms.is_atom(target.name) else pair.target_as


def _chosen(
    followed: Sequence[Species], targets: Sequence[Species], pairs: Sequence[PairLaw]
) -> dict[tuple[str, str], PairLaw]:
    """The law of every pair, all faults at once."""
    faults: list[str] = []
    chosen: dict[tuple[str, str], PairLaw] = {}
    projectiles, names = [kind.name for kind in followed], [kind.name for kind in targets]
    charged = {kind.name for kind in (*followed, *targets) if kind.charge != 0}
    for pair in pairs:
        key = (pair.projectile, pair.target)
        if pair.projectile not in projectiles or pair.target not in names:
            faults.append(
                f"{_where(pair)}: followed species are {', '.join(projectiles)}; background species {', '.join(names)}"
            )
        elif key in chosen:
            faults.append(f"{_where(pair)}: given twice; keep one")
        else:
            faults += _faults(pair)
            chosen[key] = pair
    faults += [
        f"collision {p} on {t}: no law is given. For this pair there are, whole: {', '.join(laws_for(p, t))}; "
        f"atoms: {', '.join(laws_for(p, t, 'atoms')) or 'none'}; "
        f"united atom: {', '.join(laws_for(p, t, 'united_atom'))}"
        for p in projectiles
        for t in names
        if (p, t) not in chosen and not charged.intersection((p, t))
    ]
    if faults:
        raise InputError(faults)
    return chosen


def _faults(pair: PairLaw) -> list[str]:
    """What is wrong with the names of one pair."""
    if pair.target_as not in MODES:
        return [f"{_where(pair)}: target_as = '{pair.target_as}'; choose {', '.join(MODES)}"]
    if pair.law not in laws():
        return [
            f"{_where(pair)}: unknown law '{pair.law}'{nearest(pair.law, laws()) or ';'} "
            f"for this pair there are {', '.join(laws_for(pair.projectile, pair.target, pair.target_as))}"
        ]
    if pair.target_as == "atoms" and not (atoms.is_atom(pair.target) or atoms.is_molecule(pair.target)):
        try:
            atoms.atoms_of(pair.target)
        except InputError as error:
            return [f"{_where(pair)}: {message}" for message in error.messages]
    serving = laws_for(pair.projectile, pair.target, pair.target_as)
    if pair.law not in serving and pair.law != "vss":
        return [
            f"{_where(pair)}: law '{pair.law}' serves {laws()[pair.law].serves}; with target_as = '{pair.target_as}' "
            f"there are for this pair {', '.join(serving)}"
        ]
    return []
