"""Data of the package's tables that a resolved case uses, each with the source that its table states."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from exobase.bodies import body, body_names
from exobase.citations.methods import Data, breaks
from exobase.citations.references import references
from exobase.cross_sections import charge_exchange
from exobase.cross_sections.catalogue import laws
from exobase.solvers import solver_of
from exobase.species import species, species_names
from exobase.tables import load_table

Datum = tuple[str, str]
"""What is used, and its source in words."""

_SPHERES = ("hard_sphere", "vhs", "vss")
_WEIGHTS = "CIAAW abridged standard atomic weights, Prohaska et al. 2022, doi:10.1515/pac-2019-0603"
_NUCLIDES = "AME2020, Wang et al. 2021, doi:10.1088/1674-1137/abddaf"
_ATOM = re.compile(r"(\d{2}|3(?=He))?([A-Z][a-z]?)")
_IMPACT = "Voronov 1997, doi:10.1006/adnd.1997.0732"
_WIND_IONS = ("H+", "He++")


def data_used(case: Data) -> list[Datum]:
    """The data of a case of either solver. A number that the case file gives itself is no data of the package."""
    found = [*_body(case), *solver_of(case).data(case)]
    return list(dict.fromkeys((what, " ".join(source.split())) for what, source in found if source))


def data_of_gas(case: Data) -> Iterator[Datum]:
    """Of a gas that collides with itself."""
    kinds = [entry["species"] for entry in case["species"]]
    yield from _masses(kinds)
    if case["collisions"] != "off":
        for kind in kinds:
            yield f"collision data of {kind['name']}", _listed(kind["source"])
            if case.get("rotation", "on") == "on" and kind["zeta_rot"] > 0.0:
                yield f"rotational relaxation of {kind['name']}", kind["rotation_source"]
    yield from _losses(case.get("losses") or ())
    yield from _sources(case)


def data_of_histories(case: Data) -> Iterator[Datum]:
    """Of energetic particles in a given background."""
    followed = [entry["species"] for entry in case["followed"]]
    targets = case["background"]["species"]
    yield from _masses([*followed, *targets])
    kinds = {kind["name"]: kind for kind in (*targets, *followed)}
    pairs: dict[str, list[str]] = {}
    for collision in case.get("collisions") or ():
        pair = (collision["projectile"], collision["target"])
        if collision["law"] not in _SPHERES:
            pairs.setdefault(collision["law"], []).append(" on ".join(pair))
        elif not {"diameter", "cross_section"} & {name for name, _ in collision["options"]}:
            for name in pair:
                yield f"collision data of {name}", _listed(kinds[name]["source"])
        if breaks(collision):
            yield "bonds of molecules", "Active Thermochemical Tables (Ruscic & Bross, atct.anl.gov)"
    for law, names in pairs.items():
        yield f"scattering law {law} ({', '.join(names)})", laws()[law].source
    for reaction in case.get("reactions") or ():
        partners = f"{reaction['projectile']} + {reaction['target']}"
        yield f"{reaction['kind'].replace('_', ' ')}, {partners}", _listed(reaction["source"])
    yield from _sources(case)
    for text in (case.get("field") or {}).get("sources", ()):
        what, _, source = str(text).partition(": ")
        if " in the file" not in source:
            yield what, source


def _body(case: Data) -> Iterator[Datum]:
    """Constants of the body where they are those of the table."""
    name = case.get("body_name")
    if name in body_names() and math.isclose(body(name).gm, case["gm"], rel_tol=1e-12):
        yield f"constants of {name}", body(name).source


def _masses(kinds: Sequence[Data]) -> Iterator[Datum]:
    """Atomic weights of elements, masses of nuclides: of the species whose mass is that of the table."""
    known = set(species_names())
    names = [kind["name"] for kind in kinds if kind["name"] in known and kind["mass"] == species(kind["name"]).mass]
    rare = [bool(number) or symbol == "D" for name in names for number, symbol in _ATOM.findall(name)]
    if not all(rare):
        yield "atomic weights", _WEIGHTS
    if any(rare):
        yield "masses of nuclides", _NUCLIDES


def _listed(source: str) -> str:
    """A source of a table; "" for numbers of the case file alone."""
    return "" if source == "case file" else source


def _losses(losses: Sequence[Data]) -> Iterator[Datum]:
    for loss in losses:
        name, process = loss["species"], loss["process"]
        if process in ("photoionisation", "photodissociation"):
            yield f"{process} of {name}", _photo(name, process, loss["ion"])
        elif process == "electron_impact":
            yield f"electron impact on {name}", _IMPACT
        elif process == "charge_exchange" and loss["fit"]:
            yield f"charge exchange, {loss['ion']} + {name}", charge_exchange.reaction(loss["ion"], name).source


def _sources(case: Data) -> Iterator[Datum]:
    for source in case.get("sources") or ():
        rule = _SOURCES.get(source["type"])
        if rule is not None:
            yield from rule(source, source.get("settings") or {}, case)


def _recombination(_: Data, settings: Data, __: Data) -> Iterator[Datum]:
    ion = settings["ion"]
    entry = load_table("dissociative_recombination.toml")[ion]
    for part in ("rate", "branching"):
        given = settings.get("rate_law" if part == "rate" else "branching") or next(iter(entry[part]))
        if part == "branching" or "recombination_rate" not in settings:
            yield f"{part} of {ion} + e", str(entry[part][given]["source"])


def _photodissociation(_: Data, settings: Data, __: Data) -> Iterator[Datum]:
    parent, chosen = settings["parent"], settings.get("channels") or ()
    yield f"photodissociation of {parent}", _photo(parent, "photodissociation", "", chosen)


def _pickup(source: Data, settings: Data, case: Data) -> Iterator[Datum]:
    parent, way = settings["parent"], settings.get("way")
    if way == "photoionisation":
        yield f"photoionisation of {parent}", _photo(parent, way, source["species"])
    elif way == "electron_impact" and _case_gives(case, "electron_temperature"):
        yield f"electron impact on {parent}", _IMPACT
    elif way == "charge_exchange":
        yield from _beam(settings, parent)


def _beam(settings: Data, parent: str) -> Iterator[Datum]:
    """Charge exchange with ions of the wind, where its cross section is that of the table."""
    energy, sigma = np.asarray(settings["beam_energy"]), np.asarray(settings["beam_sigma"])
    for ion in _WIND_IONS:
        if charge_exchange.known(ion, parent) and species(ion).mass == settings["beam_mass"]:
            table = charge_exchange.sigma_or_edge(ion, parent, energy)
            if np.allclose(table, sigma, rtol=1e-9, atol=0.0):
                yield f"charge exchange, {ion} + {parent}", charge_exchange.reaction(ion, parent).source


def _exchange(_: Data, settings: Data, __: Data) -> Iterator[Datum]:
    ion, parent = settings["ion"], settings["parent"]
    if charge_exchange.known(ion, parent) and np.ptp(settings["sigma"]) > 0.0:
        yield f"charge exchange, {ion} + {parent}", charge_exchange.reaction(ion, parent).source


_SOURCES = {
    "dissociative_recombination": _recombination,
    "photodissociation": _photodissociation,
    "pickup": _pickup,
    "charge_exchange": _exchange,
}


def _photo(parent: str, process: str, ion: str, chosen: Sequence[str] = ()) -> str:
    """Sources of the photo-rates of a parent: of its ionisations (into an ion), or its dissociations into neutrals."""
    rows: list[Mapping[str, Any]] = load_table("photo_rates.toml")[parent]["channels"]
    ionises = process == "photoionisation"
    used = [row for row in rows if ("e" in row["products"]) == ionises]
    if chosen:
        used = [row for row in used if row["name"] in chosen]
    else:
        used = [row for row in used if row["part"] and (not ion or ion in row["products"])]
    words = dict.fromkeys(word for row in used for word in str(row["source"]).split(", "))
    spelled = {word: entry.short for entry in references().values() for word in entry.also}
    return "; ".join(spelled.get(word, word) for word in words)


def _case_gives(case: Data, key: str) -> bool:
    """Whether the file of a case, or an override, has a key."""
    lines = str(case.get("toml_text") or "").splitlines()
    given = [line.partition("#")[0] for line in lines] + [str(text) for text in case.get("overrides") or ()]
    return any(key in text.partition("=")[0] for text in given)
