"""From the [[source]] tables of a case to sources with settings in SI units: keys per type, tables read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from exobase.case.atmosphere import Atmosphere
from exobase.case.field_model import FieldSetup
from exobase.case.frame import Frame, Tables
from exobase.case.history_model import Background
from exobase.case.model import Source
from exobase.case.resolve_checks import Report
from exobase.case.resolve_plasma_sources import (
    WAYS,
    WORDS,
    exchange_settings,
    species_or_none,
    way_settings,
    wind_settings,
)
from exobase.config.messages import nearest
from exobase.errors import InputError
from exobase.io import Profile, read_columns, read_rain
from exobase.sources import photolysis, recombination

_LEVEL = ("radius", "altitude", "follows", "profile", "rate", "flux")
_LAUNCH = ("launch", "angle", "angles")
_PLASMA = ("products", "scale", "table")
KEYS: dict[str, tuple[str, ...]] = {
    "thermal": (*_LEVEL, "temperature", "density", "drift"),
    "mono_energetic": (*_LEVEL, *_LAUNCH, "energy", "speed"),
    "table": (*_LEVEL, *_LAUNCH, "spectrum", "interpolation"),
    "dissociative_recombination": (*_PLASMA, "ion", "rate_law", "branching", "electron_energy"),
    "photodissociation": (*_PLASMA, "parent", "channels", "activity", "distance", "excess_energy"),
    "sputtering": (
        "radius", "altitude", "rate", "flux", *_LAUNCH, "energy", "spectrum", "interpolation", "incident",
        "lowest_energy",
    ),
    "pickup": ("parent", "ionisation", "lowest_altitude", *dict.fromkeys(k for keys in WAYS.values() for k in keys)),
    "solar_wind": ("density", "speed", "temperature", "beam_fraction", "beam_radius"),
    "charge_exchange": ("ion", "parent", "table", "scale", "cross_section"),
}  # fmt: skip
"""Keys of a source of each type, beside those that all have."""

COMMON = ("type", "name", "species", "illumination", "share")
PLAIN = ("rate", "flux", "temperature", "density", "drift", "energy", "speed", "launch", "angle", "interpolation",
         "rate_law", "branching", "electron_energy", "scale", "activity", "excess_energy", "incident")  # fmt: skip
PLASMA_TYPES = ("pickup", "solar_wind", "charge_exchange")
PROFILE_UNITS = {"radius": "m", "altitude": "m", "rate": "m-3 s-1", "relative": ""}
SPECTRUM_UNITS = {"energy": "J", "flux": "m-2 s-1 J-1", "rate": "s-1 J-1", "relative": ""}
ANGLE_UNITS = {"angle": "rad", "weight": ""}
"""Columns of the tables of a source with their SI units."""
ROWS = 200  # of a profile that follows the background beyond its table


class SourceResolver:
    """Resolves the sources of a case one by one.

    names: species that may be emitted; background: None in a gas that is simulated itself.
    """

    def __init__(
        self,
        frame: Frame,
        background: Background | None,
        table: str | None,
        names: tuple[str, ...],
        tables: Tables,
        sun_distance: float | None,
        report: Report,
        field: FieldSetup | None = None,
    ) -> None:
        self.field = field
        self.frame, self.background, self.table = frame, background, table
        self.names = names
        self.tables, self.sun_distance, self.report = tables, sun_distance, report

    def sources(self, tables: list[Any]) -> tuple[Source, ...]:
        """All sources without fault, after the errors of the others were reported."""
        found = [(i, source) for i, table in enumerate(tables) for source in self.expanded(i, table)]
        names = [source.name for _, source in found if source is not None]
        for i, source in found:
            if source is not None and names.count(source.name) > 1:
                self.report(f"source.{i}.name", "appears twice; give every source its own name", source.name)
        return tuple(source for _, source in found if source is not None)

    def expanded(self, i: int, table: Any) -> list[Source | None]:
        """The sources of one table: one for each way of ionisation."""
        if table.type != "pickup":
            return [self.source(i, table)]
        ways = table.ionisation or []
        if not ways:
            self.report(f"source.{i}.ionisation", f"missing; allowed: {', '.join(WAYS)}, one or several")
        found = []
        for way in dict.fromkeys(ways):
            label = table.name or f"{table.type} of {table.species}"
            found.append(
                self.source(i, table, way, f"{label} by {WORDS[way]}" if len(ways) > 1 or not table.name else label)
            )
        for key in dict.fromkeys(k for keys in WAYS.values() for k in keys):
            meant = [way for way, keys in WAYS.items() if key in keys]
            if getattr(table, key) is not None and not set(meant).intersection(ways):
                self.report(f"source.{i}.{key}", f"belongs to ionisation by {' or '.join(meant)}")
        return found

    def source(self, i: int, table: Any, way: str = "", label: str = "") -> Source | None:
        """The source of one table, or None after its errors were reported. way: of ionisation, with its label."""
        key = f"source.{i}"
        good = self._keys(key, table)
        if table.species not in self.names:
            self._unknown(f"{key}.species", table.species)
            good = False
        plain = () if table.type in PLASMA_TYPES else PLAIN
        settings: dict[str, Any] = {name: value for name in plain if (value := getattr(table, name)) is not None}
        try:
            special = self._plasma(key, table, way) if table.type in PLASMA_TYPES else self._special(key, table)
            settings |= special
        except _Faulty:
            good = False
        if not good:
            return None
        everywhere = ("thermal", "mono_energetic", "pickup", "solar_wind")
        default = "global" if table.type in everywhere else "dayside"
        if table.type in ("pickup", "solar_wind") and table.illumination not in (None, "global"):
            text = "has no meaning here: shadow and direction belong to the process; leave it out"
            self.report(f"{key}.illumination", text, table.illumination)
        return Source(
            type=table.type,
            name=label or table.name or _label(table),
            species=table.species,
            illumination=table.illumination or default,
            share=table.share,
            settings=settings,
        )

    def _keys(self, key: str, table: Any) -> bool:
        allowed = (*COMMON, *KEYS[table.type])
        wrong = [name for name in type(table).model_fields if name not in allowed and getattr(table, name) is not None]
        for name in wrong:
            text = f'does not go with type = "{table.type}"; its keys: {", ".join(KEYS[table.type])}'
            self.report(f"{key}.{name}", text)
        return not wrong

    def _unknown(self, key: str, name: str) -> None:
        allowed = ", ".join(self.names)
        where = "in the case" if self.background is None else "followed"
        text = f"is not {where}; allowed: {allowed}{nearest(name, self.names)}; or add [[species]]"
        self.report(key, text, name)

    def _plasma(self, key: str, table: Any, way: str) -> dict[str, Any]:
        """Settings of pickup, solar_wind and charge_exchange. Raises _Faulty after an error was reported."""
        if table.type == "charge_exchange":
            return self._thermal_exchange(key, table)
        if self.field is None:
            self._fault(key, f'type = "{table.type}" needs [field]; without fields use model = "none"', table.type)
        assert self.field is not None
        if table.type == "solar_wind":
            return wind_settings(key, table, self.field, self._fault)
        if table.parent is None:
            self._fault(f"{key}.parent", "missing: the neutral of the background that is ionised")
        kind = species_or_none(table.species)
        if kind is None or kind.charge <= 0:
            self._fault(f"{key}.species", "is no ion of the species table", table.species)
        if table.fast is not None and table.fast not in self.names:
            self._unknown(f"{key}.fast", table.fast)
            raise _Faulty
        distance = table.distance or self.sun_distance
        radius = self.frame.body_radius
        settings = way_settings(way, key, table, self.field, radius, distance, self._fault)
        return settings | self._corona(key, table)

    def _corona(self, key: str, table: Any) -> dict[str, Any]:
        """Density and temperature of the neutral that is ionised, from the background, above lowest_altitude."""
        found = self._parent_profile(key, table)
        r = np.array(found["r"])
        if table.lowest_altitude is None:
            return found
        lowest = self.frame.body_radius + table.lowest_altitude
        if not r[0] <= lowest < r[-1]:
            edges = f"{(r[0] - self.frame.body_radius) / 1e3:.6g} km to {(r[-1] - self.frame.body_radius) / 1e3:.6g} km"
            self._fault(f"{key}.lowest_altitude", f"lies outside the corona, {edges}", f"{table.lowest_altitude:g} m")
        inside = r > lowest
        ln_n = np.log(np.maximum(np.array(found["n_parent"]), 1e-300))
        first = float(np.exp(np.interp(lowest, r, ln_n)))
        warm = float(np.interp(lowest, r, np.array(found["T_parent"])))
        return {
            "r": (float(lowest), *_floats(r[inside])),
            "n_parent": (first, *_floats(np.array(found["n_parent"])[inside])),
            "T_parent": (warm, *_floats(np.array(found["T_parent"])[inside])),
        }

    def _thermal_exchange(self, key: str, table: Any) -> dict[str, Any]:
        """Thermal ions of a table on a neutral of the background: columns of both on common radii."""
        for name in ("ion", "parent"):
            if getattr(table, name) is None:
                self._fault(f"{key}.{name}", 'missing; type = "charge_exchange" needs ion and parent')
        profile = self._table(key, table)
        ions = profile.species.get(table.ion)
        t_i = profile.temperatures.get("ion") if ions is None or ions.temperature is None else ions.temperature
        if ions is None or t_i is None:
            self._fault(f"{key}.table", f"{profile.source} needs columns 'density_{table.ion}' and 'T_i'")
        assert ions is not None
        assert t_i is not None
        parent = self._parent_profile(key, table)
        r = profile.r
        good = (ions.density > 0.0) & (r >= self.frame.r_inner) & (r <= self.frame.r_outer)
        rows = np.array(parent["r"])
        good &= (r >= rows[0]) & (r <= rows[-1])
        if good.sum() < 2:
            self._fault(f"{key}.table", f"{profile.source}: {table.ion} and {table.parent} share no rows in the domain")
        ln_n = np.log(np.maximum(np.array(parent["n_parent"]), 1e-300))
        warm = t_i[good]
        columns = {
            "r": _floats(r[good]),
            "n_ion": _floats(ions.density[good]),
            "T_i": _floats(warm),
            "n_parent": _floats(np.exp(np.interp(r[good], rows, ln_n))),
            "T_parent": _floats(np.interp(r[good], rows, np.array(parent["T_parent"]))),
        }
        if table.scale is not None:
            columns["scale"] = table.scale
        hottest = float(max(warm.max(), max(columns["T_parent"])))
        return columns | exchange_settings(key, table, hottest, self._fault)

    def _special(self, key: str, table: Any) -> dict[str, Any]:
        """Settings that need more than a copy. Raises _Faulty after an error was reported."""
        settings: dict[str, Any] = {}
        if table.type in ("dissociative_recombination", "photodissociation"):
            settings |= self._products(key, table)
            settings |= (
                self._ions(key, table) if table.type == "dissociative_recombination" else self._parent(key, table)
            )
            return settings
        settings |= self._place(key, table)
        if table.angles is not None:
            columns = self._columns(f"{key}.angles", table.angles, ANGLE_UNITS, "angle")
            self._need(f"{key}.angles", columns, ("weight",))
            settings |= {"angles": columns["angle"], "angle_weight": columns["weight"]}
            settings.setdefault("launch", "table")
        if table.spectrum is not None:
            settings |= self._spectrum(key, table)
        elif table.type == "table":
            self._fault(f"{key}.spectrum", 'missing; type = "table" needs it')
        ways = {"mono_energetic": ("energy", "speed"), "sputtering": ("energy", "spectrum")}.get(table.type, ())
        self._one_of(key, table, ways)
        if table.type == "thermal" and table.temperature is None:
            self._fault(f"{key}.temperature", 'missing; type = "thermal" needs it')
        return settings

    def _place(self, key: str, table: Any) -> dict[str, Any]:
        """Level or volume of the births."""
        ways = ("radius", "altitude") if table.type == "sputtering" else ("radius", "altitude", "follows", "profile")
        way = self._one_of(key, table, ways)
        if way in ("radius", "altitude"):
            radius = table.radius if way == "radius" else self.frame.body_radius + table.altitude
            if not self.frame.r_inner <= radius <= self.frame.r_outer:
                edges = f"{self.frame.r_inner:g} m to {self.frame.r_outer:g} m"
                self._fault(f"{key}.{way}", f"lies outside the domain, {edges}", f"{radius:g} m")
            return {"radius": float(radius)}
        return self._follow(key, table) if way == "follows" else self._profile(f"{key}.profile", table)

    def _follow(self, key: str, table: Any) -> dict[str, Any]:
        """Births in proportion to the density of a species of the background."""
        if self.background is None:
            self._fault(
                f"{key}.follows", "needs a given atmosphere, which a dsmc case has not; use profile", table.follows
            )
        assert self.background is not None
        names = [s.name for s in self.background.species]
        if table.follows not in names:
            text = f"is no species of the background; allowed: {', '.join(names)}{nearest(table.follows, names)}"
            self._fault(f"{key}.follows", text, table.follows)
        rows = np.array(self.background.r)
        low, high = self.frame.r_inner, self.frame.r_outer
        pieces = [np.array([low, high]), rows[(rows > low) & (rows < high)]]
        if rows[0] > low:
            pieces.append(np.geomspace(low, rows[0], ROWS))
        if rows[-1] < high:
            pieces.append(np.geomspace(max(float(rows[-1]), low), high, ROWS))
        r = np.unique(np.concatenate(pieces))
        atmosphere = Atmosphere(self.background, self.frame.gm)
        density = atmosphere.densities(r)[names.index(table.follows)]
        return {"profile_r": _floats(r), "profile_density": _floats(density)}

    def _profile(self, key: str, table: Any) -> dict[str, Any]:
        columns = self._columns(key, table.profile, PROFILE_UNITS, "")
        ways = [name for name in ("radius", "altitude") if name in columns]
        kinds = [name for name in ("rate", "relative") if name in columns]
        if len(ways) != 1 or len(kinds) != 1:
            self._fault(
                key, "needs one column 'altitude' or 'radius', and one column 'rate' or 'relative'", table.profile
            )
        r = np.array(columns[ways[0]]) + (self.frame.body_radius if ways[0] == "altitude" else 0.0)
        if np.any(np.diff(r) <= 0.0):
            self._fault(key, f"column '{ways[0]}' must increase strictly", table.profile)
        if kinds[0] == "rate" and (table.rate is not None or table.flux is not None):
            self._fault(key, "has a column 'rate': leave out rate and flux", table.profile)
        return {"profile_r": _floats(r), f"profile_{'rate' if kinds[0] == 'rate' else 'density'}": columns[kinds[0]]}

    def _spectrum(self, source: str, table: Any) -> dict[str, Any]:
        """Energies from a CSV table, or energies and angles of what reached the inner boundary of another run."""
        key = f"{source}.spectrum"
        if Path(table.spectrum).suffix in (".h5", ".hdf5"):
            return self._rain(key, source, table)
        if table.lowest_energy is not None:
            self._fault(f"{source}.lowest_energy", "goes with the result of another run as spectrum", table.spectrum)
        columns = self._columns(key, table.spectrum, SPECTRUM_UNITS, "energy")
        kinds = [name for name in ("flux", "rate", "relative") if name in columns]
        if len(kinds) != 1:
            self._fault(key, "needs one column 'flux', 'rate' or 'relative' beside 'energy'", table.spectrum)
        return {"energy": columns["energy"], "spectrum": columns[kinds[0]], "spectrum_kind": kinds[0]}

    def _rain(self, key: str, source: str, table: Any) -> dict[str, Any]:
        if table.rate is not None or table.flux is not None:
            self._fault(key, "is a result, which has its own rate: leave out rate and flux", table.spectrum)
        wanted = table.incident or table.species
        try:
            rain = read_rain(self.frame.path / table.spectrum, wanted, table.lowest_energy or 0.0)
        except InputError as error:
            for message in error.messages:
                self.report(key, message, table.spectrum)
            raise _Faulty from None
        level = table.radius if table.radius is not None else self.frame.body_radius + (table.altitude or 0.0)
        if abs(rain.radius - level) > 1e-6 * level:
            at = f"{(rain.radius - self.frame.body_radius) / 1e3:g} km"
            text = f"must be that at which {table.spectrum} recorded what came in, {at}"
            self._fault(f"{source}.altitude", text, f"{(level - self.frame.body_radius) / 1e3:g} km")
        found = {"energy": _floats(rain.energy), "spectrum": _floats(rain.rate), "spectrum_kind": "rate"}
        if all(getattr(table, name) is None for name in _LAUNCH):
            found |= {"angles": _floats(rain.angle), "angle_weight": _floats(rain.weight), "launch": "table"}
        return found

    def _products(self, key: str, table: Any) -> dict[str, Any]:
        if table.products is None:
            return {}
        for k, name in enumerate(table.products):
            if name not in self.names:
                self._unknown(f"{key}.products.{k}", name)
                raise _Faulty
        return {"products": tuple(table.products)}

    def _ions(self, key: str, table: Any) -> dict[str, Any]:
        """Profiles of ion, electrons and their temperatures, or of the rate of recombination."""
        known = list(recombination.ions())
        if table.ion not in known:
            text = f"allowed: {', '.join(known)}{nearest(table.ion, known)}"
            self._fault(f"{key}.ion", text if table.ion else f"missing; {text}", table.ion)
        for name, allowed in (
            ("rate_law", list(recombination.rate_laws(table.ion))),
            ("branching", list(recombination.branchings(table.ion))),
        ):
            given = getattr(table, name)
            if given is not None and given not in allowed:
                self._fault(f"{key}.{name}", f"allowed: {', '.join(allowed)}{nearest(given, allowed)}", given)
        profile = self._table(key, table)
        settings: dict[str, Any] = {"ion": table.ion, "r": _floats(profile.r)}
        ions, electrons = profile.species.get(table.ion), profile.species.get("e")
        if ions is not None and electrons is not None:
            settings |= {"n_ion": _floats(ions.density), "n_e": _floats(electrons.density)}
        elif table.ion in profile.rates:
            settings["recombination_rate"] = _floats(profile.rates[table.ion])
        else:
            text = f"needs columns 'density_{table.ion}' and 'density_e', or 'rate_{table.ion}', events per volume"
            why = profile.why_not(table.ion) or profile.why_not("e")
            self._fault(f"{key}.table", f"{profile.source} {text}{why}")
        for name, of, shared in (("T_i", table.ion, "ion"), ("T_e", "e", "e")):
            entry = profile.species.get(of)
            values = entry.temperature if entry is not None else None
            values = profile.temperatures.get(shared) if values is None else values
            if values is None:
                why = profile.why_not("ion" if shared == "ion" else "e")
                self._fault(f"{key}.table", f"{profile.source} has no column '{name}' [K]{why}")
                raise _Faulty
            settings[name] = _floats(values)
        return settings

    def _parent(self, key: str, table: Any) -> dict[str, Any]:
        known = list(photolysis.parents())
        if table.parent not in known:
            text = f"allowed: {', '.join(known)}{nearest(table.parent, known)}"
            self._fault(f"{key}.parent", text if table.parent else f"missing; {text}", table.parent)
        channels = list(photolysis.channels_of(table.parent))
        for k, name in enumerate(table.channels or ()):
            if name not in channels:
                self._fault(f"{key}.channels.{k}", f"allowed: {', '.join(channels)}{nearest(name, channels)}", name)
        settings: dict[str, Any] = {"parent": table.parent}
        if table.channels is not None:
            settings["channels"] = tuple(table.channels)
        distance = table.distance or self.sun_distance
        if distance is None:
            self._fault(f"{key}.distance", "missing; give it, or body.sun_distance")
        settings["distance"] = distance
        return settings | self._parent_profile(key, table)

    def _parent_profile(self, key: str, table: Any) -> dict[str, Any]:
        """Density and temperature of the parent: from the source's own table, else from the background."""
        names = [] if self.background is None else [s.name for s in self.background.species]
        if self.background is not None and table.table is None and table.parent in names:
            k = names.index(table.parent)
            profile = self._follow(key, _Follows(table.parent))
            temperature = Atmosphere(self.background, self.frame.gm).temperatures(np.array(profile["profile_r"]))[k]
            return {
                "r": profile["profile_r"],
                "n_parent": profile["profile_density"],
                "T_parent": _floats(temperature),
            }
        found = self._table(key, table)
        entry = found.species.get(table.parent)
        if entry is None or entry.temperature is None:
            text = f"{found.source} needs columns 'density_{table.parent}' and 'temperature'"
            self._fault(f"{key}.table", text)
            raise _Faulty
        return {"r": _floats(found.r), "n_parent": _floats(entry.density), "T_parent": _floats(entry.temperature)}

    def _table(self, key: str, table: Any) -> Profile:
        name = table.table or self.table
        if name is None:
            self._fault(f"{key}.table", "missing: there is no background table")
            raise _Faulty
        profile = self.tables.get(f"{key}.table", name)
        if profile is None:
            raise _Faulty
        return profile

    def _columns(self, key: str, name: str, units: dict[str, str], increasing: str) -> dict[str, tuple[float, ...]]:
        try:
            columns = read_columns(self.frame.path / name, units, increasing)
        except InputError as error:
            for message in error.messages:
                self.report(key, message, name)
            raise _Faulty from None
        for column, values in columns.items():
            if column != "altitude" and np.any(values < 0.0):
                self._fault(key, f"{name}: column '{column}' has negative values", name)
        return {column: _floats(values) for column, values in columns.items()}

    def _need(self, key: str, columns: dict[str, tuple[float, ...]], wanted: tuple[str, ...]) -> None:
        for name in wanted:
            if name not in columns:
                self._fault(key, f"needs a column '{name}'")

    def _one_of(self, key: str, table: Any, ways: tuple[str, ...]) -> str:
        given = [way for way in ways if getattr(table, way) is not None]
        if ways and len(given) != 1:
            self._fault(key, f"give exactly one of {', '.join(ways)} (given: {', '.join(given) or 'none'})")
        return given[0] if given else ""

    def _fault(self, key: str, message: str, given: object = None) -> None:
        self.report(key, message, given)
        raise _Faulty


class _Faulty(Exception):
    """The source cannot be resolved; the reason has been reported."""


class _Follows:
    """What _follow reads of a source table."""

    def __init__(self, follows: str) -> None:
        self.follows = follows


def _label(table: Any) -> str:
    """Name of a source that has none: what happens to what."""
    of = table.ion or table.parent or table.incident
    return f"{table.type} of {of}" if of else str(table.type)


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
