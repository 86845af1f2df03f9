"""The model choices of a resolved case in words: what a reader must know to judge its rates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exobase.solvers import solver_of


def model_choices(case: Mapping[str, Any]) -> tuple[str, ...]:
    """Short texts from the plain dictionary of a resolved case of either solver."""
    return tuple(dict.fromkeys(text for text in solver_of(case).choices(case) if text))


def choices_of_gas(case: Mapping[str, Any]) -> list[str]:
    """Of a gas that collides with itself."""
    texts = [f"collisions: {case.get('collisions')}"]
    for entry in case.get("species", ()):
        name = entry["species"]["name"]
        if entry.get("density"):
            texts.append(f"{name}: {entry['density'] / 1e6:.3g} cm-3, {entry['temperature']:g} K at the inner boundary")
    texts += [
        f"{' and '.join(p['species'])}: cross sections{_file(p)}" for p in case.get("pairs", ()) if p.get("table")
    ]
    texts += [f"loss of {loss['species']}: {loss['process']}" for loss in case.get("losses", ())]
    return texts


def choices_of_histories(case: Mapping[str, Any]) -> list[str]:
    """Of energetic particles in a given background."""
    texts = [f"{c['projectile']} on {c['target']}: {c['law']}{_file(c)}" for c in case.get("collisions", ())]
    texts += [f"{r['projectile']} on {r['target']}: {r['kind']}" for r in case.get("reactions", ())]
    for source in case.get("sources", ()):
        given = source.get("settings", {})
        parts = [f"{key} {given[key]}" for key in ("rate_law", "branching", "activity", "way") if given.get(key)]
        parts += [str(source["illumination"])] if source.get("illumination") else []
        texts.append(f"{source['name']}: {source['type']}" + (f" ({', '.join(parts)})" if parts else ""))
    field = case.get("field")
    if field:
        wind = f", {field['density'] / 1e6:g} cm-3, {field['speed'] / 1e3:g} km/s, {field['magnetic_field'] * 1e9:g} nT"
        texts.append(f"field: {field['model']}" + (wind if field.get("density") else ""))
    if any(entry.get("target_as", "whole") != "whole" for entry in case.get("collisions", ())):
        texts.append(f"breakup of molecules: {case.get('breakup')}")
    return texts


def _file(entry: Mapping[str, Any]) -> str:
    """The file of the cross sections of a pair, where it has one."""
    return f" {entry['table']['source']}" if entry.get("table") else ""
