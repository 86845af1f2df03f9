"""exobase laws: the collision laws of the gas, of test particles on a background, and of charge exchange."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exobase.cli.app import app, errors_to_exit_codes
from exobase.cli.listing import JsonOption, say, show_entry, show_json
from exobase.cli.show import console, table
from exobase.errors import InputError

if TYPE_CHECKING:
    from exobase.cross_sections.catalogue import Law
    from exobase.cross_sections.charge_exchange import Reaction

GAS = (
    ("hard_sphere", "diameter", "constant cross section, isotropic; omega = 1/2"),
    ("vhs", "diameter, omega, reference_temperature", "variable hard spheres: cross section by omega, isotropic"),
    ("vss", "diameter, omega, alpha, reference_temperature", "variable soft spheres: cos(chi) = 2 R^(1/alpha) - 1"),
    ("off", "", "nothing collides: a species needs its mass only"),
)
"""Values of ``collisions`` of the dsmc solver: name, keys of [[species]] and [[pair]], what it is."""

GAS_SOURCE = "Bird 1994, Molecular Gas Dynamics, sec. 2.6; species table, pairs: means of their partners"
STRIPPING = (
    "a fast neutral loses an electron, the target stays as it is; no fits in the package: give cross_section, or "
    "table = a CSV file with energy and sigma"
)
GAS_KEY, COLLISION = "collisions (dsmc)", "[[collision]]"
REACTIONS = ("charge_exchange", "stripping")
EVERY = ("table", "products", "below", "extrapolate_to")
"""Keys left out of the list, where a note names them."""


@app.command("laws")
def list_laws(
    name: Annotated[str | None, typer.Argument(help="one law in detail, e.g. kharchenko (default: all)")] = None,
    pair: Annotated[
        tuple[str, str] | None, typer.Option(help="laws for this projectile and target, e.g. --pair O CO2")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the collision laws: their keys, the pairs and energies they are made for, and their sources."""
    with errors_to_exit_codes():
        entries = [*gas_laws(), *scattering_laws(), *reaction_laws()]
        if name is not None and pair is not None:
            raise InputError("give a law or --pair, not both")
        if pair is not None:
            entries = for_pair(*pair)
        if name is not None:
            chosen = one_law(entries, name)
            show_json(chosen) if as_json else show_law(chosen)
        elif as_json:
            show_json(entries)
        else:
            show_all(entries)


def gas_laws() -> list[dict[str, Any]]:
    """Laws of the dsmc solver, for ``collisions``; pairs with their own parameters: [[pair]]."""
    return [
        _entry(law, GAS_KEY, "all pairs of [[species]]", keys, GAS_SOURCE if keys else "", remark=about)
        for law, keys, about in GAS
    ]


def scattering_laws() -> list[dict[str, Any]]:
    """Laws of [[collision]] of the test-particle solver."""
    from exobase.cross_sections.catalogue import laws

    return [_scattering(law) for law in laws().values()]


def reaction_laws() -> list[dict[str, Any]]:
    """Charge exchange, a law per pair of the table, and stripping."""
    from exobase.cross_sections.charge_exchange import reactions

    return [
        *(_exchange(reaction) for reaction in reactions()),
        _entry(
            "stripping",
            COLLISION,
            "any neutral on any",
            "cross_section, table, products, below, extrapolate_to",
            STRIPPING,
        ),
    ]


def for_pair(projectile: str, target: str) -> list[dict[str, Any]]:
    """The laws of [[collision]] for a pair, met whole. Raises InputError for unknown names."""
    from exobase.cross_sections.catalogue import laws_for
    from exobase.cross_sections.charge_exchange import known, reaction
    from exobase.species import species

    charges = species(projectile).charge, species(target).charge
    if any(charges):
        ion, neutral = (projectile, target) if charges[0] else (target, projectile)
        return [_exchange(reaction(ion, neutral))] if not all(charges) and known(ion, neutral) else []
    names = [*laws_for(projectile, target), "stripping"]
    return [entry for entry in (*scattering_laws(), *reaction_laws()) if entry["law"] in names]


def one_law(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """A law by name; the reactions of charge exchange together. Raises InputError with the nearest name."""
    from exobase.tables import nearest

    same = [entry for entry in entries if entry["law"] == name]
    if not same:
        names = list(dict.fromkeys(entry["law"] for entry in entries))
        raise InputError(f"unknown law '{name}'{nearest(name, names) or ';'} laws: {', '.join(names)}")
    return {"law": name, "entries": same}


def show_all(entries: list[dict[str, Any]]) -> None:
    """Three tables: gas, scattering of test particles, reactions."""
    if not entries:
        say(
            "the package has no law of this pair; of an ion and a neutral, charge_exchange takes cross_section or table"
        )
        return
    gas = [e for e in entries if e["used_by"] == GAS_KEY]
    reactions = [e for e in entries if e["law"] in REACTIONS]
    scattering = [e for e in entries if e not in gas and e not in reactions]
    if gas:
        made = table(
            'gas: collisions = "..." of the dsmc solver', "law", "keys of [[species]]", "what it is",
            numbers=False,
        )  # fmt: skip
        for entry in gas:
            made.add_row(entry["law"], entry["keys"], entry["remark"])
        console().print(made)
        say("[[pair]] has diameter, omega and alpha")
    for title, found in (("scattering", scattering), ("reactions", reactions)):
        if found:
            made = table(
                f"test particles: {title}, law of [[collision]]", "law", "pairs", "energy eV", "keys", "source",
                numbers=False,
            )  # fmt: skip
            for entry in found:
                own = ", ".join(key for key in entry["keys"].split(", ") if key not in EVERY)
                made.add_row(
                    entry["law"], entry["pairs"], _range(entry["valid_eV"]), own, entry["source"] or entry["remark"]
                )
            console().print(made)
    if scattering or reactions:
        say("keys of every law: extrapolate_to; of reactions: table in place of cross_section, products, below, too")
        say("energy: of the data, of the relative motion (centre of mass); for charge exchange (1/2) m_ion g^2")
    say("one law with its rule of extrapolation: exobase laws NAME; laws of a pair: exobase laws --pair O CO2")


def show_law(chosen: dict[str, Any]) -> None:
    """One law in detail, every reaction of it in turn."""
    for entry in chosen["entries"]:
        valid, reach = (_range(entry[key], " eV") for key in ("valid_eV", "reach_eV"))
        rows = [
            ("pairs", entry["pairs"], ""),
            ("keys", entry["keys"], ""),
            ("required key", entry["required"], ""),
            ("energies of the data", valid, entry["source"]),
            ("energies that may be used", reach, entry["extrapolation"]),
            ("angles", entry["angle_cut"], ""),
            ("energy set free", "" if entry["defect_eV"] is None else f"{entry['defect_eV']:.4g} eV", ""),
            ("confidence", entry["confidence"], ""),
            ("remark", entry["remark"], "" if valid else entry["source"]),
        ]
        show_entry(f"{entry['law']} ({entry['used_by']})", rows)


def _scattering(law: Law) -> dict[str, Any]:
    from exobase.case.resolve_collisions import OPTIONS

    keys = [OPTIONS[option] for option in (*law.options, "extrapolate_to")]
    made = _entry(law.name, COLLISION, law.serves, ", ".join(keys), law.source)
    return made | {
        "required": OPTIONS[law.required] if law.required else "",
        "valid_eV": _electronvolts(law.valid),
        "reach_eV": _electronvolts(law.reach),
        "extrapolation": law.extrapolation,
        "angle_cut": law.angle_cut,
    }


def _exchange(reaction: Reaction) -> dict[str, Any]:
    from exobase.constants import EV

    more = f", {reaction.electrons} electrons" if reaction.electrons > 1 else ""
    pair = f"{reaction.ion} + {reaction.neutral} -> {reaction.fast} + {reaction.new_ion}{more}"
    keys = "cross_section, table, products, below, extrapolate_to"
    made = _entry("charge_exchange", COLLISION, pair, keys, reaction.source)
    return made | {
        "valid_eV": _electronvolts(reaction.valid),
        "reach_eV": _electronvolts(reaction.reach),
        "extrapolation": reaction.extrapolation,
        "defect_eV": reaction.defect / EV,
        "confidence": reaction.confidence,
    }


def _entry(law: str, used_by: str, pairs: str, keys: str, source: str, remark: str = "") -> dict[str, Any]:
    """A law with the fields that every law has; those that do not apply are None or empty."""
    return {
        "law": law,
        "used_by": used_by,
        "pairs": pairs,
        "keys": keys,
        "required": "",
        "valid_eV": None,
        "reach_eV": None,
        "extrapolation": "",
        "angle_cut": "",
        "defect_eV": None,
        "confidence": "",
        "source": source,
        "remark": remark,
    }


def _electronvolts(energies: Iterable[float]) -> list[float | None]:
    """Energies [eV]; None: without limit."""
    from exobase.constants import EV

    return [energy / EV if math.isfinite(energy) else None for energy in energies]


def _range(energies: list[float | None] | None, unit: str = "") -> str:
    """Energies as text; empty where there are none."""
    if energies is None:
        return ""
    low, high = energies
    if high is None:
        return f"{low:.4g}{unit} and more" if low else "all"
    return f"{low or 0.0:.4g} to {high:.4g}{unit}"
