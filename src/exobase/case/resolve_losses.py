"""The [[loss]] tables of both solvers: keys that go together, frequencies from the package's tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from exobase.analytic.charge_exchange_drag import mean_speed
from exobase.case.losses import Loss
from exobase.case.resolve_checks import Report
from exobase.config.messages import nearest
from exobase.constants import ELECTRON_MASS, EV, K_B
from exobase.cross_sections import charge_exchange
from exobase.cross_sections.exchange_means import share_outside
from exobase.errors import InputError
from exobase.species import Species, species

FIT = "fit"
# Energy down to which a fit counts as one of thermal energies [J], and the share of meetings that may be outside.
_COLD, _OUTSIDE = 2e-4 * EV, 1e-12
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
    fit = table.cross_section == FIT
    if beam and fit and thermal == ["ion"]:
        thermal = []
    if (beam and thermal) or not (beam or thermal):
        note(key, f"charge exchange needs either {', '.join(_BEAM)} or {', '.join(_THERMAL)} (given: "
                  f"{', '.join([*beam, *thermal]) or 'none'})")  # fmt: skip
        return None
    needed = (*_BEAM, "ion") if beam and fit else _BEAM if beam else _THERMAL
    for name in needed:
        if getattr(table, name) is None:
            what = 'cross_section = "fit"' if name == "ion" and beam else "a beam" if beam else "thermal ions"
            note(f"{key}.{name}", f"missing; charge exchange with {what} needs it")
            return None
    if beam:
        return _beam(key, table, kind, kinds, base, note)
    if histories:
        note(f"{key}.ion_density", "thermal ions are partners in the dsmc solver only; give beam_density and "
                                   "beam_speed, or process = \"frequency\"")  # fmt: skip
        return None
    density = float(table.ion_density * table.sunlit_fraction)
    if not density > 0.0 and not fit:
        return Loss(**base, ion=table.ion, cross_section=table.cross_section)
    mass = _ion_mass(key, table.ion, kinds, note)
    drift, law = table.ion_velocity or 0.0, {"cross_section": table.cross_section}
    if fit:
        law = _fit_of_thermal_ions(key, table, kind, mass, drift, note) if mass > 0.0 else {}
    return Loss(
        **base, **law, ion=table.ion, ion_density=density, ion_temperature=table.ion_temperature, ion_velocity=drift,
        ion_mass=mass, resonant=table.ion == f"{kind.name}+",
    )  # fmt: skip


def _beam(
    key: str, table: Any, kind: Species, kinds: Sequence[Species], base: dict[str, Any], note: Report
) -> Loss | None:
    """Ions that all move at one speed: a frequency n v sigma."""
    if table.beam_speed < 0.0:
        note(f"{key}.beam_speed", "must not be negative", f"{table.beam_speed:g} m/s")
        return None
    sigma, ion = table.cross_section, table.ion or ""
    if sigma == FIT:
        try:
            energy = 0.5 * _ion_mass(key, ion, kinds, note) * table.beam_speed**2
            sigma = float(charge_exchange.sigma(ion, kind.name, energy))
        except InputError as error:
            note(f"{key}.cross_section", "; ".join(error.messages), FIT)
            return None
    nu = table.beam_density * table.beam_speed * sigma
    return Loss(
        **base, ion=ion, frequency=float(nu * table.sunlit_fraction), cross_section=sigma,
        fit=table.cross_section == FIT,
    )  # fmt: skip


def _fit_of_thermal_ions(
    key: str, table: Any, kind: Species, mass: float, drift: float, note: Report
) -> dict[str, Any]:
    """The package's fit, refused where neutrals at rest meet these ions outside its range."""
    try:
        reaction = charge_exchange.reaction(table.ion, kind.name)
    except InputError as error:
        note(f"{key}.cross_section", "; ".join(error.messages), FIT)
        return {}
    # Fits that reach to thermal energies hold the value of their edge, 1e-4 eV, below it.
    low = 0.0 if reaction.reach[0] <= _COLD else math.sqrt(2.0 * reaction.reach[0] / mass)
    high = math.sqrt(2.0 * reaction.reach[1] / mass)
    spread = math.sqrt(2.0 * K_B * table.ion_temperature / mass)
    outside = share_outside(low, high, drift, spread)
    if outside > _OUTSIDE:
        note(f"{key}.cross_section",
             f"the fit of {table.ion} + {kind.name} covers (1/2) m g^2 from {reaction.reach[0] / EV:.4g} to "
             f"{reaction.reach[1] / EV:.4g} eV; {outside:.2g} of the meetings of these ions with neutrals at rest lie "
             f"outside (allowed: {_OUTSIDE:g}); give a constant", FIT)  # fmt: skip
        return {}
    speed = float(mean_speed(abs(drift), spread / math.sqrt(2.0)))
    sigma = float(charge_exchange.sigma_or_edge(table.ion, kind.name, 0.5 * mass * speed**2))
    return {"cross_section": sigma, "fit": True, "fit_range": (low, high)}


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
