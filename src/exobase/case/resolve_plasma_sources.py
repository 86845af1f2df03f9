"""From [[source]] tables of the types pickup, solar_wind and charge_exchange to settings in SI units."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from exobase.case.field_model import FieldSetup
from exobase.constants import EV, K_B
from exobase.cross_sections import charge_exchange, ionisation
from exobase.errors import InputError
from exobase.fields.conics import boundary
from exobase.species import Species, species

Fault = Callable[..., None]

BEAM_ENERGIES = np.geomspace(1.0 * EV, 1e5 * EV, 400)
SPEEDS = 400
FASTEST = 8.0  # sqrt(2kT/m) of both partners: end of the table of sigma g
WAYS = {
    "photoionisation": ("activity", "distance", "shadow"),
    "electron_impact": ("frequency", "electron_density", "electron_temperature", "enhancement", "enhanced_within"),
    "charge_exchange": ("beam", "beam_fraction", "fast", "cross_section", "temperature"),
    "frequency": ("frequency", "shadow"),
}
"""Keys of each way of ionisation."""
WORDS = {
    "photoionisation": "photoionisation",
    "electron_impact": "electron impact",
    "charge_exchange": "charge exchange",
    "frequency": "frequency",
}
"""How a way is called in the name of a process."""


def species_or_none(name: str) -> Species | None:
    """A species of the package's table, or None."""
    try:
        return species(name)
    except InputError:
        return None


def way_settings(
    way: str,
    key: str,
    table: Any,
    field: FieldSetup,
    body_radius: float,
    distance: float | None,
    fault: Fault,
) -> dict[str, Any]:
    """Settings of one way of ionisation of a pickup source. fault(key, message, given) raises."""
    out: dict[str, Any] = {"way": way, "parent": table.parent}
    if way in ("photoionisation", "frequency") and table.shadow is not False:
        out["shadow"] = body_radius
    if way == "photoionisation":
        if distance is None:
            fault(f"{key}.distance", "missing; give it, or body.sun_distance")
        activity = table.activity or "quiet"
        assert distance is not None
        out["activity"] = activity
        out["frequency"] = _checked(
            key, fault, lambda: ionisation.photo_frequency(table.parent, table.species, distance, activity)
        )
    elif way == "electron_impact":
        out |= _electrons(key, table, fault)
    elif way == "charge_exchange":
        out |= _beam(key, table, field, fault)
    else:
        if table.frequency is None:
            fault(f"{key}.frequency", 'missing; ionisation = ["frequency"] needs it')
        out["frequency"] = table.frequency
    return out


def _electrons(key: str, table: Any, fault: Fault) -> dict[str, Any]:
    """Electron impact: a frequency, or electrons of a density and temperature; more within a boundary."""
    out: dict[str, Any] = {}
    state = (table.electron_density, table.electron_temperature)
    if (table.frequency is None) == (None in state):
        fault(key, "electron_impact: give frequency, or electron_density and electron_temperature")
    if table.frequency is not None:
        out["frequency"] = table.frequency
    else:
        rate = _checked(key, fault, lambda: ionisation.impact_rate(table.parent, table.electron_temperature))
        out["frequency"] = table.electron_density * rate
    if (table.enhancement is None) != (table.enhanced_within is None):
        fault(key, "give enhancement and enhanced_within together, or neither")
    if table.enhancement is not None:
        found = _checked(f"{key}.enhanced_within", fault, lambda: boundary(table.enhanced_within))
        out |= {"factor": table.enhancement, "within": found.name}
    return out


def _beam(key: str, table: Any, field: FieldSetup, fault: Fault) -> dict[str, Any]:
    """Charge exchange with the solar wind: cross section over the energy of its ion, and the undisturbed frequency."""
    ion = table.beam or "H+"
    if not field.density > 0.0 or not field.speed > 0.0:
        fault(key, "charge_exchange needs a solar wind: give field.density and field.speed")
    mass = species(ion).mass
    fraction = _fraction(ion, table, field, key, fault)
    if table.cross_section is not None:
        sigma = np.full(BEAM_ENERGIES.size, table.cross_section)
    else:
        sigma = _checked(key, fault, lambda: charge_exchange.sigma_or_edge(ion, table.parent, BEAM_ENERGIES))
    energy = 0.5 * mass * field.speed**2
    at = float(np.interp(math.log(energy), np.log(BEAM_ENERGIES), sigma))
    out: dict[str, Any] = {
        "frequency": fraction * field.density * field.speed * at,
        "beam_mass": mass,
        "beam_fraction": fraction,
        "beam_spread": 0.0 if table.temperature is None else math.sqrt(K_B * table.temperature / mass),
        "beam_energy": tuple(float(e) for e in BEAM_ENERGIES),
        "beam_sigma": tuple(float(s) for s in sigma),
    }
    if table.fast is not None:
        out["fast"] = table.fast
    return out


def _fraction(ion: str, table: Any, field: FieldSetup, key: str, fault: Fault) -> float:
    """Density of the solar wind's ion over that of the protons: as given; of alphas that of the field."""
    if table.beam_fraction is not None:
        return float(table.beam_fraction)
    if ion != "He++":
        return 1.0
    if not field.alpha_fraction > 0.0:
        fault(f"{key}.beam_fraction", "missing; alphas need it, or field.alpha_fraction")
    return field.alpha_fraction


def wind_settings(key: str, table: Any, field: FieldSetup, fault: Fault) -> dict[str, Any]:
    """Settings of a solar_wind source: density and speed are the field's unless given."""
    if species(table.species).charge <= 0:
        fault(f"{key}.species", "is no ion; a solar_wind source emits ions, such as H+ or He++", table.species)
    fraction = _fraction(table.species, table, field, key, fault)
    density = field.density * fraction if table.density is None else table.density
    speed = field.speed if table.speed is None else table.speed
    if not density > 0.0 or not speed > 0.0:
        fault(key, "solar_wind: density and speed must be > 0; give them here or in [field]")
    return {"density": density, "speed": speed} | {
        name: getattr(table, name) for name in ("temperature", "beam_radius") if getattr(table, name) is not None
    }


def exchange_settings(key: str, table: Any, t_max: float, fault: Fault) -> dict[str, Any]:
    """Settings of a charge_exchange source of thermal ions: its cross section over the relative speed."""
    ion, parent = species(table.ion), species(table.parent)
    top = FASTEST * math.sqrt(2.0 * K_B * t_max * (1.0 / ion.mass + 1.0 / parent.mass))
    g = np.linspace(1.0, top, SPEEDS)
    energy = 0.5 * ion.mass * g**2
    if table.cross_section is not None:
        sigma = np.full(g.size, table.cross_section)
    else:
        sigma = _checked(key, fault, lambda: charge_exchange.sigma_or_edge(table.ion, table.parent, energy))
    return {
        "ion": table.ion,
        "parent": table.parent,
        "ion_mass": ion.mass,
        "parent_mass": parent.mass,
        "relative_speed": tuple(float(v) for v in g),
        "sigma": tuple(float(s) for s in sigma),
    }


def _checked(key: str, fault: Fault, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except InputError as error:
        fault(key, str(error))
        raise
