"""The resolved case of the test-particle solver, in SI units, frozen.

Like :class:`exobase.case.model.Case` it is complete: no default is left open, tables are read, names are replaced by
their constants; the dictionary of ``to_dict`` is enough to know what was run.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exobase.case.field_model import FieldSetup, field_from_dict
from exobase.case.model import Check, check_from_dict, plain, table_from_dict, tuples
from exobase.case.model import Source as Source
from exobase.cross_sections.tabulated import ElasticTable
from exobase.errors import InputError
from exobase.species import Species

Column = tuple[float, ...]


@dataclass(frozen=True)
class Background:
    """The given atmosphere: profiles of all its species on common radii, as read, and what holds beyond them.

    r [m], increasing. species: the neutral targets. density[i], temperature[i] and wind[i] (radial bulk velocity,
    positive away from the body): columns of species i [m-3, K, m/s]. rotation [rad/s]: solid rotation about the z axis.
    above: "barometric", "chamberlain" (above the exobase), "zero" or "error"; below: "barometric" or "error".
    Ions and electrons needed by sources stand in the sources. A single radius is the foot of an isothermal atmosphere.
    exobase_cross_section [m2]: the exobase is where 1/(sigma sum n) equals the pressure scale height. notes: about the
    file that it was read from.
    """

    r: Column
    species: tuple[Species, ...]
    density: tuple[Column, ...]
    temperature: tuple[Column, ...]
    wind: tuple[Column, ...]
    rotation: float = 0.0
    above: str = "barometric"
    below: str = "error"
    source: str = ""
    exobase_cross_section: float = 2e-19
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Followed:
    """A species that is followed. threshold [J]: below this kinetic energy a particle is thermalised (0: never).

    loss_frequency [s-1]: ionisation and other losses in flight. beta: radiation pressure over gravity of the Sun.
    """

    species: Species
    threshold: float
    loss_frequency: float = 0.0
    beta: float = 0.0


@dataclass(frozen=True)
class Collision:
    """Law of a pair: a followed projectile and a background target, by name.

    law: a name of exobase.cross_sections.catalogue. options: numbers the law takes (SI; "diameter", "cross_section",
    "omega", "alpha", ...), as pairs of name and value. target_as: "whole", "atoms" (the projectile meets one atom of
    the molecule) or "united_atom". stopping: electronic stopping, "off" or "lss". table: for the law "table".
    """

    projectile: str
    target: str
    law: str
    options: tuple[tuple[str, float], ...] = ()
    target_as: str = "whole"
    stopping: str = "off"
    table: ElasticTable | None = None


@dataclass(frozen=True)
class Reaction:
    """Charge exchange or stripping of a followed projectile with a target of the background, by name.

    kind: "charge_exchange" or "stripping"; becomes, frees: what the projectile and the target turn into ("" for
    nothing). energy [n] J: (1/2) m g^2 of the projectile's mass at the relative speed g; sigma [n] m2; low, high [J]:
    energies for which it is meant; defect [J]: internal energy set free. source: where the numbers come from.
    """

    projectile: str
    target: str
    kind: str
    becomes: str
    frees: str
    energy: Column
    sigma: Column
    low: float
    high: float
    defect: float = 0.0
    source: str = ""


@dataclass(frozen=True)
class HistoryRun:
    """How many histories, in batches of fixed size; rounds of batches end with a look at the errors."""

    seed: int = 1
    histories_per_batch: int = 1000
    batches_per_round: int = 32
    max_batches: int = 100_000
    min_batches: int = 64
    target_error: float = 0.01
    target_species: str = ""
    wall_time: float | None = None
    checkpoint_every: int | None = None
    checkpoint_keep: int = 2

    @property
    def fewest_batches(self) -> int:
        """Batches before target_error counts: min_batches, whose default may exceed max_batches."""
        return min(self.min_batches, self.max_batches)


@dataclass(frozen=True)
class HistoryTally:
    """What is recorded.

    edges [m]: radii of the shells of the density. zenith_cells, latitude_cells, longitude_cells: 0 where there is no
    such map. surfaces [m]: where fluxes and spectra are counted. energy_edges [J]; angle_cells: of the cosine to the
    vertical. birth_edges [m]: radii of the cells of the table of births. reference_radius [m]: to which the escape flux
    is referred (None: the exobase of the background).

    Of ions: cube_cells along each side of a cube of the half width cube_half [m]; ring_cells of the velocity across the
    field up to ring_speed [m/s], twice as many along it, between the radii of ring [m]; trajectories: number of paths
    that are kept. rain_latitude_cells, rain_longitude_cells: map of what reaches the inner boundary.
    """

    edges: Column
    surfaces: Column
    energy_edges: Column
    birth_edges: Column
    zenith_cells: int = 0
    latitude_cells: int = 0
    longitude_cells: int = 0
    angle_cells: int = 20
    reference_radius: float | None = None
    cube_cells: int = 0
    cube_half: float = 0.0
    ring_cells: int = 0
    ring_speed: float = 0.0
    ring: Column = (0.0, 0.0)
    rain_latitude_cells: int = 0
    rain_longitude_cells: int = 0
    trajectories: int = 0


@dataclass(frozen=True)
class Splitting:
    """Importance: it is multiplied by ``factor`` above each altitude (radius [m]) and each kinetic energy [J]."""

    radii: Column = ()
    energies: Column = ()
    factor: float = 2.0


@dataclass(frozen=True)
class HistoryCase:
    """A resolved test-particle case. r_inner: absorbed below; r_outer: the outermost radius of the tallies [m].

    lost_beyond [m]: bound orbits that reach beyond it escape too (None: unbound particles only). tide: angular velocity
    of the body's orbit squared [s-2] (0: no tide); sun_distance [m] (0 where neither tide nor radiation pressure acts).
    collision_depth: where the radial optical depth to infinity falls below it, collisions are neglected. secondaries:
    whether recoils above the threshold are followed. breakup of molecules: "bond" or "impulsive" (see
    :mod:`exobase.collisions.breakup`). field: electric and magnetic fields (None: no ions).
    """

    name: str
    path: Path | None
    title: str
    solver: str
    body_name: str
    gm: float
    body_radius: float
    r_inner: float
    r_outer: float
    background: Background
    followed: tuple[Followed, ...]
    collisions: tuple[Collision, ...]
    sources: tuple[Source, ...]
    run: HistoryRun
    tally: HistoryTally
    checks: tuple[Check, ...] = ()
    secondaries: bool = True
    splitting: Splitting = Splitting()
    lost_beyond: float | None = None
    tide: float = 0.0
    sun_distance: float = 0.0
    collision_depth: float = 1e-3
    breakup: str = "bond"
    reactions: tuple[Reaction, ...] = ()
    field: FieldSetup | None = None
    description: str = ""
    toml_text: str = ""
    overrides: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the followed species in order."""
        return tuple(f.species.name for f in self.followed)

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the species of the background in order."""
        return tuple(s.name for s in self.background.species)

    def index(self, name: str) -> int:
        """Index of a followed species by name. Raises InputError if the case does not have it."""
        if name not in self.names:
            raise InputError(f"species {name!r} is not followed in this case: {', '.join(self.names)}")
        return self.names.index(name)

    def altitude(self, radius: float) -> float:
        """Altitude of a radius above the body's [m]."""
        return radius - self.body_radius

    def with_run(self, **changes: Any) -> HistoryCase:
        """The same case with other run settings, for example case.with_run(seed=2)."""
        return dataclasses.replace(self, run=dataclasses.replace(self.run, **changes))

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary (str, int, float, bool, None, list, dict), in SI units, that json can write."""
        data: dict[str, Any] = plain(dataclasses.asdict(self))
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> HistoryCase:
        """Inverse of to_dict. Raises InputError if keys are missing or unknown."""
        try:
            return _from_dict(data)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"this is not the dictionary of a resolved test-particle case: {error}") from error


def _from_dict(data: dict[str, Any]) -> HistoryCase:
    fields: dict[str, Any] = {key: tuples(value) for key, value in data.items()}
    background = {**fields["background"]}
    background["species"] = tuple(Species(**s) for s in background["species"])
    fields["background"] = Background(**background)
    fields["followed"] = tuple(Followed(**{**f, "species": Species(**f["species"])}) for f in fields["followed"])
    fields["collisions"] = tuple(
        Collision(**{**c, "table": table_from_dict(c.get("table"))}) for c in fields["collisions"]
    )
    fields["reactions"] = tuple(Reaction(**r) for r in fields.get("reactions", ()))
    fields["sources"] = tuple(Source(**s) for s in fields["sources"])
    fields["checks"] = tuple(check_from_dict(c) for c in fields["checks"])
    for key, kind in (("run", HistoryRun), ("tally", HistoryTally), ("splitting", Splitting)):
        fields[key] = kind(**fields[key])
    if fields.get("field") is not None:
        fields["field"] = field_from_dict(fields["field"])
    fields["path"] = None if fields["path"] is None else Path(fields["path"])
    return HistoryCase(**fields)
