"""The resolved case: what a case file means, in SI units, frozen.

Every dimensional field is a float in SI units (m, s, kg, K, m-3, m/s, J). A :class:`Case` is complete: no default
is left open, names of bodies and species are replaced by their constants, so that the dictionary of
:meth:`Case.to_dict` is enough to know what was run. Cells and particles are no part of it: they follow from it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exobase.analytic import jeans
from exobase.case.losses import Loss, losses_from
from exobase.constants import K_B
from exobase.cross_sections.tabulated import ElasticTable
from exobase.cross_sections.vhs import PairLaws, mean_laws, require_laws
from exobase.errors import InputError
from exobase.geometry.patches import Patches
from exobase.geometry.space import Space, space_named
from exobase.species import Species

Range = tuple[float, float]


@dataclass(frozen=True)
class Rotation:
    """Rotational collision number Z of a species: ``number`` if t_star = 0, else Parker's Z(T) with Z_inf = number.

    t_star [K]. Degrees of freedom are those of the species.
    """

    number: float = 5.0
    t_star: float = 0.0


@dataclass(frozen=True)
class Pair:
    """Collision law of a pair of species (by name): diameter [m], omega, alpha; None: the mean of the partners.

    table: its cross sections where they are those of a file; diameter, omega and alpha are then those of the soft
    spheres that are like it at the temperature of the reservoirs.
    """

    species: tuple[str, str]
    diameter: float | None = None
    omega: float | None = None
    alpha: float | None = None
    table: ElasticTable | None = None


@dataclass(frozen=True)
class EnergyLevels:
    """Importance splitting of the fast tail of a species by energy: ``number`` groups, that of the gas and one for each
    level of tracers (1: no tracers).

    The first level of tracers begins at ``first`` kT above the potential at the inner boundary, the next ones ``step``
    kT each; T is that of the species' reservoir. Weights fall from level to level like the numbers of particles, and
    above the middle level like their power ``strength``.
    """

    number: int = 1
    first: float = 0.0
    step: float = 1.2
    strength: float = 1.0


@dataclass(frozen=True)
class CaseSpecies:
    """One simulated species and how it enters the domain.

    density [m-3] is that of the full Maxwellian of the reservoir behind the inner boundary (0: none is emitted); it is
    also the density at the inner boundary of a barometric start. temperature [K] and bulk_speed [m/s] (positive
    away from the body) belong to the same Maxwellian. particles_factor multiplies run.particles_per_cell.
    outer_density [m-3], outer_temperature [K] and outer_bulk_speed [m/s] (positive away from the body) describe a
    reservoir behind the outer boundary.
    density_at, temperature_at: formulas of the place on the inner boundary, where it counts. density and temperature
    then are means over the sphere; emission_factor, jeans_factor: mean of the local flux over that of these means.
    """

    species: Species
    density: float
    temperature: float
    bulk_speed: float = 0.0
    particles_factor: float = 1.0
    outer_density: float = 0.0
    outer_temperature: float = 0.0
    outer_bulk_speed: float = 0.0
    rotation: Rotation = Rotation()
    density_at: str = ""
    temperature_at: str = ""
    emission_factor: float = 1.0
    jeans_factor: float = 1.0

    @property
    def uneven(self) -> bool:
        """Whether the reservoir depends on the place."""
        return bool(self.density_at or self.temperature_at)

    @property
    def name(self) -> str:
        """Name of the species."""
        return self.species.name

    @property
    def mass(self) -> float:
        """Mass of one particle [kg]."""
        return self.species.mass

    def thermal_speed(self) -> float:
        """Most probable speed U = sqrt(2kT/m) of the reservoir [m/s]."""
        return math.sqrt(2.0 * K_B * self.temperature / self.species.mass)

    def evaporation_flux(self) -> float:
        """n vbar/4 of the reservoir's density and temperature, whatever its bulk speed [m-2 s-1]."""
        return self.emission_factor * float(jeans.evaporation_flux(self.density, self.temperature, self.mass))

    def emission_flux(self) -> float:
        """What the reservoir emits with its bulk speed [m-2 s-1]."""
        flux = float(jeans.emission_flux(self.density, self.temperature, self.mass, self.bulk_speed))
        return self.emission_factor * flux


@dataclass(frozen=True)
class Source:
    """One source of particles, of either solver.

    type: "thermal", "mono_energetic", "table", "dissociative_recombination", "photodissociation" or "sputtering".
    name: that of the process in the results. species: what it emits (for "sputtering" the incident particle).
    illumination: "dayside" (2 pi r2), "global" or "cos_zenith" (pi r2); "global" in a gas without places.
    settings: what the type needs (:mod:`exobase.sources.reading`), a plain dictionary of names to str, float, bool, and
    tuples of float (SI). share: part of the histories.
    """

    type: str
    name: str
    species: str
    illumination: str = "dayside"
    share: float = 1.0
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Inner:
    """Inner boundary: "reservoir" emits and absorbs, "diffuse" and "specular" are closed walls, "absorb" only absorbs.

    temperature [K] and velocity [m/s] (along itself, planar only) are those of a diffuse wall.
    """

    type: str
    temperature: float
    velocity: float = 0.0


@dataclass(frozen=True)
class Outer:
    """Outer boundary.

    type: "kepler_return" (unbound particles leave, bound ones return), "specular", "remove" or "diffuse".
    lost_beyond [m]: bound orbits with a larger apoapsis count as escaped (None: none does).
    loss_frequency nu [s-1]: a particle away for the time t returns with probability exp(-nu t) (0: nu of the losses).
    temperature [K] and velocity [m/s] are those of a diffuse wall.
    delayed: bound particles return after their flight time, else at once
    (exact in a steady state; after flight times the approach to it is slow, since P(T > t) falls as t^(-2/3) only).
    """

    type: str
    lost_beyond: float | None
    loss_frequency: float
    temperature: float
    delayed: bool = False
    velocity: float = 0.0


@dataclass(frozen=True)
class Grid:
    """How cells are laid: spacing "auto", "log", "uniform" or "scale_height"; cells is a hard count or None.

    zones, sectors: division of the sphere, None for sectors of about equal width and height.
    """

    spacing: str = "auto"
    cells: int | None = None
    per_mean_free_path: float = 2.0
    per_scale_height: float = 10.0
    max_ratio: float = 0.1
    adapt: bool = True
    zones: int = 1
    sectors: int | None = None


@dataclass(frozen=True)
class Step:
    """Time step of a cell: courant >= U dt/size and collision_fraction >= dt nu, U = sqrt(2kT/m)."""

    courant: float = 0.5
    collision_fraction: float = 0.3


@dataclass(frozen=True)
class Weights:
    """Real particles per simulated one: "cell" (own weight in each cell) or "equal" (one weight per species).

    power: how closely the weight follows the content of the cells, 1 (equal numbers everywhere) to 0 (no clones, also
    for None).
    """

    mode: str = "cell"
    power: float | None = None


@dataclass(frozen=True)
class Run:
    """How long and how fine: see the documentation of the case file. None means "no limit" or "automatic"."""

    seed: int = 1
    particles_per_cell: float = 100.0
    target_error: float = 0.01
    target_species: str = ""
    max_steps: int = 200_000
    wall_time: float | None = None
    checkpoint_every: int | None = None
    checkpoint_keep: int = 2
    columns: int = 1
    burn_in: int | None = None
    min_blocks: int = 20


@dataclass(frozen=True)
class Tally:
    """What is recorded: steps between samples and records, radii [m], energy bins up to energy_max_kt (in kT)."""

    sample_every: int = 4
    record_every: int = 40
    vdf_radii: tuple[float, ...] = ()
    energy_bins: int = 40
    energy_max_kt: float = 20.0
    exobase: str = "pressure_scale_height"
    profile_radii: tuple[float, ...] = ()


@dataclass(frozen=True)
class Check:
    """One statement by which the case judges its own result.

    quantity: name of a result, e.g. "escape_flux.H". reference: a theory by name, or "number", in which case
    reference_value holds it (SI) with reference_stderr (SI, 0 if not given) and source. Each tolerance that is not None
    must hold: relative |value/reference-1|, absolute |value-reference| (SI), sigma |value-reference|/stderr.
    accept: the value must lie inside. radii [m]: where a profile is judged (empty: tally.profile_radii);
    r_from, r_to [m]: range of whole-profile quantities. normalise: "reservoir" or "mean" (a free factor is fitted).
    """

    quantity: str
    reference: str
    reference_value: float | None = None
    reference_stderr: float = 0.0
    source: str = ""
    tolerance_relative: float | None = None
    tolerance_absolute: float | None = None
    tolerance_sigma: float | None = None
    accept: Range | None = None
    radii: tuple[float, ...] = ()
    r_from: float | None = None
    r_to: float | None = None
    normalise: str = "reservoir"


@dataclass(frozen=True)
class Case:
    """A resolved case. r_inner, r_outer [m]; gm [m3 s-2] (0 in planar geometry); gravity [m s-2] (planar, downwards).

    subsolar_latitude [rad]: of the Sun above the equator of the zones, if it does not stand on their axis.
    path is the case directory (None for a case made in memory). toml_text and overrides are kept for provenance.
    """

    name: str
    path: Path | None
    title: str
    solver: str
    geometry: str
    body_name: str
    gm: float
    r_inner: float
    r_outer: float
    gravity: float
    species: tuple[CaseSpecies, ...]
    collisions: str
    time_step: str
    initial: str
    inner: Inner
    outer: Outer
    grid: Grid
    step: Step
    weights: Weights
    run: Run
    tally: Tally
    checks: tuple[Check, ...] = ()
    rotation: str = "on"
    pairs: tuple[Pair, ...] = ()
    sources: tuple[Source, ...] = ()
    losses: tuple[Loss, ...] = ()
    levels: tuple[EnergyLevels, ...] = ()
    initial_file: Path | None = None
    allow_trapped: bool = False
    body_radius: float | None = None
    description: str = ""
    toml_text: str = ""
    overrides: tuple[str, ...] = ()
    subsolar_latitude: float = 0.0

    @property
    def space(self) -> Space:
        """The kind of space the gas is in, with its gravity."""
        return space_named(self.geometry, self.gm, self.gravity)

    @property
    def sun(self) -> NDArray[np.float64]:
        """Unit vector to the Sun in the axes of the zones."""
        return self.space.sun(self.subsolar_latitude)

    @property
    def division(self) -> Patches:
        """The patches into which layers are divided."""
        return self.space.divide(self.run.columns, self.grid.zones, self.grid.sectors)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the species in order."""
        return tuple(s.name for s in self.species)

    def index(self, name: str) -> int:
        """Index of a species by name. Raises InputError if the case does not have it."""
        if name not in self.names:
            raise InputError(f"species {name!r} is not in this case: {', '.join(self.names)}")
        return self.names.index(name)

    def fed_by(self, name: str) -> tuple[Source, ...]:
        """Sources that can emit a species."""
        return tuple(s for s in self.sources if name in (s.settings.get("products") or (s.species,)))

    def fed_only(self, name: str) -> bool:
        """Whether sources alone bring a species into the domain: no reservoir holds it."""
        s = self.species[self.index(name)]
        return s.density == 0.0 and s.outer_density == 0.0 and bool(self.fed_by(name))

    @property
    def rotates(self) -> bool:
        """Whether rotational energy is followed: some species has it, and collisions can change it."""
        return self.rotation == "on" and self.collisions != "off" and any(s.species.zeta_rot > 0 for s in self.species)

    @property
    def hottest(self) -> float:
        """Temperature [K] of the hottest reservoir."""
        return max(max(s.temperature, s.outer_temperature if s.outer_density > 0 else 0.0) for s in self.species)

    @property
    def shear(self) -> bool:
        """Whether a wall moves along itself, so that there is a tangential flow."""
        return self.inner.velocity != 0.0 or self.outer.velocity != 0.0

    @property
    def laws(self) -> PairLaws:
        """Collision laws of all pairs: means of the species' parameters, or those of the case.

        Raises InputError where a species without collision values has none.
        """
        laws = with_pairs(mean_laws([s.species for s in self.species], self.collisions), self.pairs, self.names)
        require_laws(laws, self.names)
        return laws

    def with_run(self, **changes: Any) -> Case:
        """The same case with other run settings, for example case.with_run(seed=2)."""
        return dataclasses.replace(self, run=dataclasses.replace(self.run, **changes))

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary (str, int, float, bool, None, list, dict), in SI units, that json can write."""
        return dict(plain(dataclasses.asdict(self)))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Case:
        """Inverse of to_dict. Raises InputError if keys are missing or unknown."""
        try:
            return _from_dict(data)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"this is not the dictionary of a resolved case: {error}") from error


def with_pairs(laws: PairLaws, pairs: Iterable[Pair], names: Sequence[str]) -> PairLaws:
    """The laws with those of the pairs that have their own; the arrays are changed in place."""
    listed = []
    for pair in pairs:
        i, j = (names.index(name) for name in pair.species)
        for table, value in zip(laws[:3], (pair.diameter, pair.omega, pair.alpha), strict=True):
            if value is not None:
                table[i, j] = table[j, i] = value
        if pair.table is not None:
            listed.append((i, j, pair.table))
    return laws._replace(listed=tuple(listed))


def plain(value: Any) -> Any:
    """Tuples as lists and paths as text, in depth: what json can write."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, Path) else value


def tuples(value: Any) -> Any:
    """Lists, as json has them, to tuples, as a frozen case has them, in depth: inverse of ``plain`` but for paths."""
    if isinstance(value, dict):
        return {key: tuples(item) for key, item in value.items()}
    return tuple(tuples(item) for item in value) if isinstance(value, list | tuple) else value


def _from_dict(data: dict[str, Any]) -> Case:
    fields = dict(data)
    for key, kind in _PARTS.items():
        fields[key] = kind(**fields[key])
    fields["species"] = tuple(
        CaseSpecies(**{**s, "species": Species(**s["species"]), "rotation": Rotation(**s["rotation"])})
        for s in fields["species"]
    )
    fields["levels"] = tuple(EnergyLevels(**level) for level in fields["levels"])
    fields["pairs"] = tuple(pair_from_dict(p) for p in fields["pairs"])
    fields["sources"] = tuple(Source(**tuples(s)) for s in fields.get("sources", ()))
    fields["losses"] = losses_from(fields.get("losses", ()))
    fields["checks"] = tuple(check_from_dict(c) for c in fields["checks"])
    tally = fields["tally"]
    fields["tally"] = dataclasses.replace(
        tally, vdf_radii=tuple(tally.vdf_radii), profile_radii=tuple(tally.profile_radii)
    )
    fields["overrides"] = tuple(fields["overrides"])
    for key in ("path", "initial_file"):
        fields[key] = None if fields[key] is None else Path(fields[key])
    return Case(**fields)


def pair_from_dict(data: Mapping[str, Any]) -> Pair:
    """A pair from its plain dictionary."""
    return Pair(**{**data, "species": tuple(data["species"]), "table": table_from_dict(data.get("table"))})


def table_from_dict(data: Mapping[str, Any] | None) -> ElasticTable | None:
    """A table of cross sections from its plain dictionary."""
    return None if data is None else ElasticTable(**{key: tuples(value) for key, value in data.items()})


def check_from_dict(data: dict[str, Any]) -> Check:
    """A check from its plain dictionary."""
    accept = None if data["accept"] is None else tuple(data["accept"])
    return Check(**{**data, "radii": tuple(data["radii"]), "accept": accept})


_PARTS: dict[str, type] = {
    "inner": Inner,
    "outer": Outer,
    "grid": Grid,
    "step": Step,
    "weights": Weights,
    "run": Run,
    "tally": Tally,
}
