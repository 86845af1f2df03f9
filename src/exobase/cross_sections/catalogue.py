"""The named scattering laws: which pairs they serve, for which energies, and where they come from.

Energies are those of the relative motion (centre of mass) throughout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from exobase.constants import EV
from exobase.cross_sections import atoms
from exobase.errors import InputError
from exobase.species import species
from exobase.tables import load_table

MODES = ("whole", "atoms", "united_atom")
"""How a target is met: whole; by one of its atoms, drawn by number; as one atom with its mass and its whole charge."""

EVERYWHERE = (0.0, math.inf)
_FORWARD = "angles 0.01 to 170 deg; totals are given, not integrated"


@dataclass(frozen=True)
class Law:
    """One law. valid [J]: energies of its data; reach [J]: those for which its rule of extrapolation is meant.

    options: numbers a case may give (SI); required: the one among them that it must give. ``extrapolate_to`` [J],
    which raises the upper end of reach, is an option of every law.
    """

    name: str
    serves: str
    source: str
    valid: tuple[float, float]
    reach: tuple[float, float]
    extrapolation: str
    angle_cut: str = "none: all angles"
    options: tuple[str, ...] = ()
    required: str = ""


@cache
def constants() -> dict[str, Any]:
    """Named constant cross sections (data/scattering/constants.toml), without the header's entries."""
    return {name: entry for name, entry in load_table("scattering/constants.toml").items() if name != "units"}


def _range(table: dict[str, Any], key: str) -> tuple[float, float]:
    low, high = table[key]
    return float(low) * EV, float(high) * EV


@cache
def laws() -> dict[str, Law]:
    """All laws by name."""
    spheres = "Bird 1994, Molecular Gas Dynamics, sec. 2.6; species table"
    free = "a formula without limits"
    o_o, o_co2 = load_table("scattering/o_o.toml"), load_table("scattering/o_co2.toml")
    universal, zbl = load_table("scattering/universal.toml"), load_table("scattering/zbl.toml")
    found = [
        Law("hard_sphere", "any pair", spheres, EVERYWHERE, EVERYWHERE, free, options=("diameter", "cross_section")),
        Law("vhs", "any pair", spheres, EVERYWHERE, EVERYWHERE, free, options=("diameter", "omega", "t_ref")),
        Law(
            "vss", "pairs with soft-sphere data, or options", spheres, EVERYWHERE, EVERYWHERE, free,
            options=("diameter", "omega", "alpha", "t_ref"),
        ),
        Law(
            "isotropic", "any pair", "the case's constant", EVERYWHERE, EVERYWHERE, "constant",
            options=("cross_section",), required="cross_section",
        ),
        Law(
            "forward", "any pair", f"the case's constant, angles of {universal['source']}",
            _range(universal, "valid"), _range(universal, "reach"), "constant; angles by the formula", _FORWARD,
            options=("cross_section",), required="cross_section",
        ),
        Law(
            "table", "any pair", "the case's table", EVERYWHERE, EVERYWHERE,
            "total and angles of the first energy below, of the last energy above",
        ),
        Law(
            "kharchenko", "O on O", o_o["source"], (o_o["energies"][0] * EV, o_o["energies"][-1] * EV),
            _range(o_o, "reach"), "total and shape of 0.03 eV below, of 3 eV above",
            "4, 1, 0.25 deg at 0.03, 0.3, 3 eV",
        ),
        Law(
            "gacesa", f"O on CO2, and by its numbers on {', '.join(o_co2['also'])}", o_co2["source"],
            (o_co2["energies"][0] * EV, o_co2["energies"][-1] * EV), _range(o_co2, "reach"),
            f"total and shape of {o_co2['energies'][0]:g} eV below, of {o_co2['energies'][-1]:g} eV above",
        ),
        Law(
            "universal", "pairs with at least one atom", universal["source"], _range(universal, "valid"),
            _range(universal, "reach"), "the formula continues; 2-3 times too small below 5 eV", "0.01 to 170 deg",
        ),
        Law(
            "zbl", "atoms on atoms (a molecule as its atoms or as a united atom)", zbl["source"],
            _range(zbl, "valid"), _range(zbl, "reach"), "the formula continues",
            "transfers above smallest_transfer, 0.1 eV by default", options=("smallest_transfer",),
        ),
    ]  # fmt: skip
    for name, entry in constants().items():
        forward = entry["shape"] == "forward"
        who = "any pair" if entry["projectile"] == "*" else f"{entry['projectile']} on {', '.join(targets_of(entry))}"
        cut = _FORWARD if forward else "none: isotropic"
        found.append(
            Law(name, who, entry["source"], _range(entry, "valid"), _range(entry, "reach"), "the same constant", cut)
        )
    return {law.name: law for law in found}


def targets_of(entry: dict[str, Any]) -> list[str]:
    """Targets of a named constant."""
    return list(entry["cross_section"])


def has_vss(name: str) -> bool:
    """Whether the species table has soft-sphere data of a species."""
    try:
        return species(name, "vss").alpha > 0.0
    except InputError:
        return False


def laws_for(projectile: str, target: str, target_as: str = "whole") -> list[str]:
    """Names of the laws that serve a followed species and a target met in one of the ways of ``MODES``.

    Met by its atoms, a molecule needs a law that serves all of them; an isotope is served as its parent.
    """
    if target_as == "atoms" and not atoms.is_atom(target):
        if not atoms.is_molecule(target):
            return []
        kinds = [atom.name for atom in atoms.atoms_of(target)]
        return [name for name in laws() if all(serves(name, projectile, kind, True) for kind in kinds)]
    single = target_as == "united_atom" or atoms.is_atom(target)
    return [name for name in laws() if serves(name, projectile, target, single, target_as == "united_atom")]


def serves(law: str, projectile: str, struck: str, single: bool, united: bool = False) -> bool:
    """Whether a law serves a projectile and what it strikes; single: that is an atom or counts as one (``united``)."""
    one, other = atoms.chemical(projectile), atoms.chemical(struck)
    if law == "vss":
        return has_vss(projectile) and has_vss(struck)
    if law == "kharchenko":
        return one == other == "O"
    if law == "gacesa":
        return one == "O" and other in ("CO2", *load_table("scattering/o_co2.toml")["also"]) and not united
    if law == "universal":
        return atoms.is_atom(projectile) or single
    if law == "zbl":
        charged = bool(atoms.charge_numbers(projectile)) and bool(atoms.charge_numbers(struck))
        return charged and single and (united or atoms.is_atom(projectile))
    if law in constants():
        entry = constants()[law]
        if entry["projectile"] == "*":
            return True
        return bool(one == entry["projectile"]) and other in targets_of(entry) and not united
    return True
