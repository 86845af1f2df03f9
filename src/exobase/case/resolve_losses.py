"""The [[loss]] tables of both solvers: keys that go together, frequencies from the package's tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exobase.case.losses import Loss
from exobase.case.resolve_checks import Report
from exobase.config.messages import nearest
from exobase.constants import ELECTRON_MASS
from exobase.errors import InputError
from exobase.species import Species, species

_BEAM = ("beam_density", "beam_speed")
_THERMAL = ("ion", "ion_density", "ion_temperature")
_KEYS = {
    "photoionisation": ("activity", "ion"),
    "photodissociation": ("activity",),
    "electron_impact": ("electron_density", "electron_temperature"),
    "charge_exchange": ("cross_section", *_BEAM, *_THERMAL, "ion_velocity"),
    "frequency": ("frequency",),
}
_NEEDED = {
    "electron_impact": ("electron_density", "electron_temperature"),
    "charge_exchange": ("cross_section",),
    "frequency": ("frequency",),
}


def resolve_losses(
    tables: Sequence[Any], kinds: Sequence[Species], sun_distance: float | None, report: Report, histories: bool = False
) -> tuple[Loss, ...]:
    """Losses of a case. kinds: the species that can be lost; sun_distance [m] or None; histories: of test particles."""
    found: list[Loss] = []
    for i, table in enumerate(tables):
        loss = _resolve(f"loss.{i}", table, kinds, sun_distance, report, histories)
        if loss is None:
            continue
        if loss.name in [other.name for other in found]:
            report(f"loss.{i}.name", "appears twice in the results; give each loss its own name", loss.name)
        found.append(loss)
    return tuple(found)


def _resolve(
    key: str, table: Any, kinds: Sequence[Species], sun_distance: float | None, report: Report, histories: bool
) -> Loss | None:
    names = [kind.name for kind in kinds]
    if table.species not in names:
        report(f"{key}.species", f"allowed: {', '.join(names)}{nearest(table.species, names)}", table.species)
        return None
    faults: list[str] = []

    def note(key: str, message: str, given: object = None) -> None:
        faults.append(key)
        report(key, message, given)

    kind = kinds[names.index(table.species)]
    _check_keys(key, table, note)
    name = table.name or f"{kind.name}.{table.process}"
    base: dict[str, Any] = {"species": kind.name, "process": table.process, "name": name}
    if faults:
        return None
    if table.process == "charge_exchange":
        found = _exchange(key, table, kind, kinds, base, note, histories)
    else:
        found = Loss(**base, ion=table.ion or "", frequency=_frequency(key, table, kind, sun_distance, note))
    return None if faults else found


def _check_keys(key: str, table: Any, note: Report) -> None:
    """Keys of other processes, and those that lack."""
    own = (*_KEYS[table.process], "species", "process", "name", "sunlit_fraction")
    for name in type(table).model_fields:
        if name not in own and getattr(table, name) is not None:
            users = ", ".join(p for p, keys in _KEYS.items() if name in keys)
            note(f"{key}.{name}", f'has no meaning with process = "{table.process}"; it belongs to {users}')
    for name in _NEEDED.get(table.process, ()):
        if getattr(table, name) is None:
            note(f"{key}.{name}", f'missing; process = "{table.process}" needs it')


def _frequency(key: str, table: Any, kind: Species, sun_distance: float | None, note: Report) -> float:
    """Frequency of a loss that does not depend on the velocity [s-1]."""
    if table.process == "frequency":
        return float(table.frequency * table.sunlit_fraction)
    from exobase.cross_sections.ionisation import (
        impact_rate,
        photo_frequency,
        photo_ions,
        photodissociation_frequency,
    )

    try:
        if table.process == "electron_impact":
            rate = float(impact_rate(kind.name, table.electron_temperature))
            return float(table.electron_density * rate * table.sunlit_fraction)
        if sun_distance is None:
            note("body.sun_distance", f'missing; {key} with process = "{table.process}" scales with it')
            return 0.0
        activity = table.activity or "quiet"
        if table.process == "photodissociation":
            total = photodissociation_frequency(kind.name, sun_distance, activity)
        else:
            ions = [table.ion] if table.ion else (photo_ions(kind.name) or [""])
            total = sum(photo_frequency(kind.name, ion, sun_distance, activity) for ion in ions)
        return float(total * table.sunlit_fraction)
    except InputError as error:
        for message in error.messages:
            note(f"{key}.process", f'{message}; or give process = "frequency" with a frequency', table.process)
        return 0.0


def _exchange(
    key: str, table: Any, kind: Species, kinds: Sequence[Species], base: dict[str, Any], note: Report, histories: bool
) -> Loss | None:
    """Charge exchange with a beam (a frequency) or with thermal ions."""
    beam = [name for name in _BEAM if getattr(table, name) is not None]
    thermal = [name for name in (*_THERMAL, "ion_velocity") if getattr(table, name) is not None]
    if (beam and thermal) or not (beam or thermal):
        note(key, f"charge exchange needs either {', '.join(_BEAM)} or {', '.join(_THERMAL)} (given: "
                  f"{', '.join([*beam, *thermal]) or 'none'})")  # fmt: skip
        return None
    for name in _BEAM if beam else _THERMAL:
        if getattr(table, name) is None:
            note(f"{key}.{name}", f"missing; charge exchange with {'a beam' if beam else 'thermal ions'} needs it")
            return None
    if beam:
        if table.beam_speed < 0.0:
            note(f"{key}.beam_speed", "must not be negative", f"{table.beam_speed:g} m/s")
        nu = table.beam_density * table.beam_speed * table.cross_section
        return Loss(**base, frequency=float(nu * table.sunlit_fraction), cross_section=table.cross_section)
    if histories:
        note(f"{key}.ion_density", "thermal ions are partners in the dsmc solver only; give beam_density and "
                                   "beam_speed, or process = \"frequency\"")  # fmt: skip
        return None
    density = float(table.ion_density * table.sunlit_fraction)
    if not density > 0.0:
        return Loss(**base, ion=table.ion, cross_section=table.cross_section)
    mass = _ion_mass(key, table.ion, kinds, note)
    return Loss(
        **base, ion=table.ion, ion_density=density, ion_temperature=table.ion_temperature,
        ion_velocity=table.ion_velocity or 0.0, ion_mass=mass, cross_section=table.cross_section,
        resonant=table.ion == f"{kind.name}+",
    )  # fmt: skip


def _ion_mass(key: str, name: str, kinds: Sequence[Species], note: Report) -> float:
    """Mass of an ion [kg]: of an own species less an electron's, or of the package's table."""
    for kind in kinds:
        if name == f"{kind.name}+":
            return kind.mass - ELECTRON_MASS
    try:
        ion = species(name)
    except InputError as error:
        note(f"{key}.ion", "; ".join(error.messages), name)
        return 0.0
    if ion.charge <= 0:
        note(f"{key}.ion", "must be a positive ion, written with a trailing '+'", name)
    return ion.mass
