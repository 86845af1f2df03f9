"""The numbers of one pair: from its law and options to what the kernels look up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from exobase.constants import EV
from exobase.cross_sections import atoms, o_co2, universal, zbl
from exobase.cross_sections.catalogue import Law, constants, has_vss, laws
from exobase.cross_sections.differential import read_differential
from exobase.cross_sections.lookup import LISTED, POWER, TABLE, ZBL
from exobase.cross_sections.quantiles import AngleTable, TotalTable, equal_ratios
from exobase.cross_sections.tabulated import ElasticTable
from exobase.cross_sections.vhs import vhs_coefficient
from exobase.errors import InputError
from exobase.species import Species, species
from exobase.tables import load_table, nearest

_ZBL_PER_DECADE = 64


@dataclass(frozen=True)
class Struck:
    """What a projectile meets: its species, mass [kg], and whether it counts as one atom (``united``: made one)."""

    species: Species
    mass: float
    single: bool
    united: bool = False


@dataclass(frozen=True)
class PairEntry:
    """Law of a pair in numbers.

    code: of the kernels; reach [J]; scale of the totals; shift added to ln E before the tables are read; a, b, c:
    columns A, B, C of the kernels; totals and angles: tables, shared between pairs where they are the same object;
    listed: nodes of the deflections of a user's table, ``shape`` rows and nodes of each.
    """

    code: int
    reach: tuple[float, float]
    scale: float = 1.0
    shift: float = 0.0
    a: float = 0.0
    b: float = 0.0
    c: float = 1.0
    totals: TotalTable | None = None
    angles: AngleTable | None = None
    listed: npt.NDArray[np.float64] | None = None
    shape: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Asked:
    """A law with its options for a pair; table: that of the case; ``where`` names the pair in errors."""

    law: Law
    options: Mapping[str, float]
    projectile: Species
    struck: Struck
    where: str
    table: ElasticTable | None = None

    @property
    def reduced(self) -> float:
        """Reduced mass [kg]."""
        return self.projectile.mass * self.struck.mass / (self.projectile.mass + self.struck.mass)


def make_entry(
    law: str,
    options: Mapping[str, float],
    projectile: Species,
    struck: Struck,
    where: str,
    table: ElasticTable | None = None,
) -> PairEntry:
    """Numbers of a law for a pair; table: that of the case, for the law "table". ``where`` names the pair in errors.

    Raises InputError for wrong options.
    """
    known = laws()[law]
    _check_options(known, options, where)
    entry = MAKERS.get(law, _named_constant)(Asked(known, options, projectile, struck, where, table))
    top = options.get("extrapolate_to", 0.0)
    return replace(entry, reach=(entry.reach[0], max(entry.reach[1], top)))


def _listed(asked: Asked) -> PairEntry:
    if asked.table is None:
        raise InputError(f"{asked.where}: law 'table' needs a table")
    return listed_entry(asked.table)


def listed_entry(table: ElasticTable) -> PairEntry:
    """Numbers of a user's table. Kernels use it at any energy: what lies outside is judged before a run."""
    larger, x = table.nodes
    listed = np.concatenate([np.log(table.energy), larger.ravel(), x.ravel()]) if larger.size else None
    return PairEntry(
        LISTED, (0.0, math.inf), totals=table.totals, listed=listed, shape=(larger.shape[0], larger.shape[1])
    )


def stopping_coefficient(stopping: str, projectile: Species, struck: Struck, where: str) -> float:
    """Coefficient of the electronic stopping cross section [J^(1/2) m2]; 0 where ``stopping`` is "off"."""
    if stopping == "off":
        return 0.0
    if stopping != "lss":
        raise InputError(f"{where}: stopping = {stopping!r}; choose 'off' or 'lss'")
    charges = atoms.charge_numbers(struck.species.name)
    own = atoms.charge_numbers(projectile.name)
    if not charges or len(own) != 1:
        raise InputError(
            f"{where}: stopping = 'lss' needs an atom as projectile and a target whose atoms are in "
            "data/scattering/atoms.toml; use stopping = 'off'"
        )
    return zbl.electronic_coefficient(own[0], charges, projectile.mass)


def _check_options(law: Law, options: Mapping[str, float], where: str) -> None:
    """Refuse options a law does not take, values that are not positive, and a missing one that it needs."""
    allowed = [*law.options, "extrapolate_to"]
    faults = [
        f"{where}: law '{law.name}' has no option '{key}'{nearest(key, allowed) or ';'} it takes {', '.join(allowed)}"
        for key in options
        if key not in allowed
    ]
    faults += [
        f"{where}: {key} = {value:g} must be positive and finite"
        for key, value in options.items()
        if not (value > 0.0 and math.isfinite(value))
    ]
    if law.required and law.required not in options:
        faults.append(f"{where}: law '{law.name}' needs {law.required}")
    if "diameter" in options and "cross_section" in options:
        faults.append(f"{where}: give diameter or cross_section, not both")
    if faults:
        raise InputError(faults)


def _sphere(asked: Asked) -> PairEntry:
    """Hard, variable hard and variable soft spheres: means of the partners unless an option says otherwise.

    "vss" takes diameters and alpha of the species table's VSS set where the given species are of the VHS set.
    """
    law, options, where = asked.law.name, asked.options, asked.where
    kinds = [asked.projectile, asked.struck.species]
    needs = {"hard_sphere": ("diameter",), "vhs": ("diameter", "omega"), "vss": ("diameter", "omega", "alpha")}[law]
    if law == "vss" and not {"diameter", "alpha"} <= set(options):
        lacking = [kind.name for kind in kinds if kind.alpha == 1.0 and not has_vss(kind.name)]
        if lacking:
            raise InputError(
                f"{where}: the species table has no soft-sphere data of {', '.join(lacking)}: give {', '.join(needs)}"
            )
        kinds = [kind if kind.alpha != 1.0 else species(kind.name, "vss") for kind in kinds]
    needs = tuple(key for key in needs if key not in options and not (key == "diameter" and "cross_section" in options))
    faults = [
        f"{where}: {kind.name} has no collision values: give {' and '.join(needs)}"
        for kind in kinds
        if needs and not kind.collides
    ]
    if faults:
        raise InputError(faults)

    def mean(name: str) -> float:
        return float(options.get(name, 0.5 * (getattr(kinds[0], name) + getattr(kinds[1], name))))

    omega = 0.5 if law == "hard_sphere" else mean("omega")
    if not 0.5 <= omega <= 1.0:
        raise InputError(f"{where}: omega = {omega:g} must lie between 0.5 (hard sphere) and 1 (Maxwell molecule)")
    alpha = mean("alpha") if law == "vss" else 1.0
    diameter = math.sqrt(options["cross_section"] / math.pi) if "cross_section" in options else mean("diameter")
    # sigma g = coefficient g^(2 - 2 omega) with g^2 = 2 E/mu.
    coefficient = vhs_coefficient(diameter, omega, mean("t_ref"), asked.reduced) * (2.0 / asked.reduced) ** (
        0.5 - omega
    )
    return PairEntry(POWER, asked.law.reach, a=coefficient, b=omega - 0.5, c=1.0 / alpha)


def _isotropic(asked: Asked) -> PairEntry:
    return PairEntry(POWER, asked.law.reach, a=asked.options["cross_section"])


def _forward(asked: Asked) -> PairEntry:
    return _constant_forward(asked, asked.options["cross_section"])


def _constant_forward(asked: Asked, sigma: float) -> PairEntry:
    """A constant total with the angles of the universal law."""
    angles = universal.tables()[0]
    totals = TotalTable(np.array([0.0, 1.0]), np.ones(2))
    return PairEntry(TABLE, asked.law.reach, sigma, -math.log(asked.reduced), totals=totals, angles=angles)


def _named_constant(asked: Asked) -> PairEntry:
    """A constant of data/scattering/constants.toml."""
    constant = constants()[asked.law.name]
    listed = constant["cross_section"]
    sigma = 1e-4 * float(listed.get(atoms.chemical(asked.struck.species.name), listed.get("*", 0.0)))
    if constant["shape"] == "forward":
        return _constant_forward(asked, sigma)
    return PairEntry(POWER, asked.law.reach, a=sigma)


@cache
def _oxygen() -> tuple[AngleTable, TotalTable]:
    """Tables of O + O."""
    return read_differential(load_table("scattering/o_o.toml"), "data/scattering/o_o.toml").tables()


def _kharchenko(asked: Asked) -> PairEntry:
    angles, totals = _oxygen()
    return PairEntry(TABLE, asked.law.reach, totals=totals, angles=angles)


def _gacesa(asked: Asked) -> PairEntry:
    angles, totals = o_co2.tables()
    return PairEntry(TABLE, asked.law.reach, totals=totals, angles=angles)


def _universal(asked: Asked) -> PairEntry:
    angles, totals = universal.tables()
    both = atoms.is_atom(asked.projectile.name) and asked.struck.single
    scale = float(universal.data()["atoms" if both else "atom_molecule"])
    return PairEntry(TABLE, asked.law.reach, scale, -math.log(asked.reduced), totals=totals, angles=angles)


def _zbl(asked: Asked) -> PairEntry:
    """The screened potential; a united atom has the charge of all its atoms."""
    options, projectile, struck, law = asked.options, asked.projectile, asked.struck, asked.law
    z1 = sum(atoms.charge_numbers(projectile.name))
    z2 = sum(atoms.charge_numbers(struck.species.name))
    smallest = options.get("smallest_transfer", zbl.SMALLEST_TRANSFER)
    # Below this energy even a head-on collision transfers less.
    first = smallest * (projectile.mass + struck.mass) / (4.0 * projectile.mass)
    top = max(law.reach[1], options.get("extrapolate_to", 0.0), 1.1 * first, EV)
    grid = equal_ratios(first, top, _ZBL_PER_DECADE)
    sigma = zbl.totals(np.exp(grid), z1, z2, projectile.mass, struck.mass, smallest)
    return PairEntry(
        ZBL,
        law.reach,
        a=zbl.reduced_energy(z1, z2),
        b=1.0 / zbl.screening_length(z1, z2),
        totals=TotalTable(grid, sigma),
    )


MAKERS: dict[str, Callable[[Asked], PairEntry]] = {
    "table": _listed,
    "hard_sphere": _sphere,
    "vhs": _sphere,
    "vss": _sphere,
    "isotropic": _isotropic,
    "forward": _forward,
    "kharchenko": _kharchenko,
    "gacesa": _gacesa,
    "universal": _universal,
    "zbl": _zbl,
}
"""What makes the numbers of a law; the others are named constants."""
