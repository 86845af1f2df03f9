"""The typed schema of case.toml for the test-particle solver: every key, its type, bounds and default.

As in :mod:`exobase.config.schema`, models hold SI values and check one key at a time.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from exobase.config.schema import (
    Alpha,
    Area,
    CheckTable,
    Energy,
    Frequency,
    LossTable,
    PositiveEnergy,
    SourceTable,
    Table,
)
from exobase.config.schema_field import FieldTable
from exobase.config.values import (
    FASTEST,
    Altitude,
    Count,
    CountOrAltitudes,
    Density,
    Length,
    Mass,
    NotNegative,
    Number,
    Positive,
    PositiveLength,
    Quantity,
    Refused,
    Speed,
    Temperature,
    Word,
)

Diameter = Annotated[float, Quantity("m", "3.0 angstrom", 0.0, strict=True)]
Time = Annotated[float, Quantity("s", "1 h", 0.0, strict=True)]
PositiveSpeed = Annotated[float, Quantity("m s-1", "400 km/s", 0.0, strict=True, high=FASTEST)]


class HistoryBodyTable(Table):
    """The body: by name, or gm or mass with a radius; where the Sun stands."""

    name: str | None = Field(default=None, description="name of a body of the package's table")
    gm: Annotated[float, Quantity("m3 s-2", "4.28e13 m3 s-2", 0.0)] | None = None
    mass: Mass | None = None
    jeans_parameter: Annotated[Any, Refused("is for the dsmc solver; use body.name, body.gm or body.mass")] = None
    radius: PositiveLength | None = Field(default=None, description="radius from which altitudes count")
    sun_distance: Annotated[float, Quantity("m", "1.52 au", 0.0, strict=True)] | None = Field(
        default=None, description="default: semi-major axis of a planet of the package's table"
    )


class HistoryDomainTable(Table):
    """The region: particles are absorbed below the inner boundary; tallies end at the outer one."""

    geometry: Annotated[str, Word(("radial",))] = "radial"
    inner: Length | None = None
    inner_altitude: Altitude | None = None
    outer: PositiveLength | None = None
    outer_altitude: Altitude | None = None
    outer_over_inner: Annotated[float, Number(1.0, strict=True)] | None = None
    lost_beyond: Annotated[float | str, Quantity("m", "1e6 km", 0.0, strict=True, words=("none", "hill"))] = "none"
    tide: bool = Field(default=False, description="tide of the Sun on a planet")
    collision_depth: Positive = Field(
        default=1e-3, description="collisions are neglected where the radial optical depth to infinity is less"
    )


class GasTable(Table):
    """One species of an atmosphere: its state at background.altitude and how it goes on from there, or a table of it.

    With ``law`` several gases of one name add up, and background.table may be given beside them.
    """

    name: str
    density: Density | None = None
    temperature: Temperature | None = None
    law: Annotated[str, Word(("barometric", "exponential", "chamberlain", "power_law", "table"))] | None = Field(
        default=None, description="default: exponential where scale_height is given, else barometric"
    )
    altitude: Altitude | None = Field(default=None, description="of density; default: background.altitude")
    exponent: Positive | None = Field(default=None, description="power_law: n = density [(r0 - offset)/(r - offset)]^k")
    offset: Length = 0.0
    table: str | None = Field(default=None, description="table: CSV, result.h5 or case directory with this species")
    column: str | None = Field(default=None, description="table: the species' name there; default: name")
    scale_height: PositiveLength | None = Field(
        default=None, description="exponential atmosphere; default: isothermal hydrostatic, of the own mass"
    )
    u_r: Speed = 0.0
    mass: Mass | None = None
    diameter: Diameter | None = None


class BackgroundTable(Table):
    """The given atmosphere: a table, a result file, or a list of gases."""

    table: str | None = Field(default=None, description="CSV table, result.h5 or case directory")
    gas: list[GasTable] = Field(default_factory=list)
    altitude: Altitude | None = Field(default=None, description="of background.gas; default: the inner boundary")
    species: list[str] | None = Field(
        default=None, description="which species of the table; default: all neutrals that the package knows"
    )
    temperature: Temperature | None = Field(default=None, description="where the table has none")
    above: Annotated[str, Word(("barometric", "chamberlain", "zero", "error"))] = "barometric"
    below: Annotated[str, Word(("error", "barometric"))] = "error"
    rotation_period: Time | None = Field(default=None, description="solid rotation about the z axis; default: none")
    exobase_cross_section: Area = Field(
        default=2e-19, description="sets the exobase: mean free path 1/(sigma n) = pressure scale height"
    )


class FollowedTable(Table):
    """One species that is followed. Ions need [field]."""

    name: str
    threshold: Energy = Field(description="below this kinetic energy a particle is thermalised; 0 eV: never")
    loss_frequency: Frequency = Field(default=0.0, description="ionisation and other losses in flight")
    radiation_pressure: NotNegative = Field(default=0.0, description="beta: radiation pressure over the Sun's gravity")
    mass: Mass | None = None
    diameter: Diameter | None = None


class CollisionTable(Table):
    """Law of the collisions of a projectile with a target; "*" stands for all that have no law of their own."""

    pair: Annotated[list[str], Field(min_length=2, max_length=2)]
    law: str = Field(description="a law of scattering, or charge_exchange, stripping")
    target_as: Annotated[str, Word(("whole", "atoms", "united_atom"))] = "whole"
    stopping: Annotated[str, Word(("off", "lss"))] = "off"
    cross_section: Area | None = None
    diameter: Diameter | None = None
    omega: Annotated[float, Number(0.5, high=1.5)] | None = None
    alpha: Alpha | None = None
    reference_temperature: Temperature | None = None
    smallest_transfer: PositiveEnergy | None = Field(
        default=None, description="zbl: smallest energy transfer to a target at rest that counts as a collision"
    )
    extrapolate_to: PositiveEnergy | None = Field(
        default=None,
        description="energy of the relative motion up to which the law may be extrapolated by its rule (reactions: "
        "kinetic energy of the projectile at the relative speed)",
    )
    table: str | None = Field(
        default=None, description="charge_exchange, stripping: CSV table of energy and sigma, instead of the fit"
    )
    products: list[str] | None = Field(
        default=None, description="reactions of pairs that the package has no fit for: what both partners turn into"
    )
    below: Annotated[str, Word(("error", "constant"))] = Field(
        default="error", description="reactions: below the energies of the fit and its thermal law"
    )


class HistoryRunTable(Table):
    """How many histories."""

    seed: Annotated[int, Count(0)] = 1
    histories_per_batch: Annotated[int, Count(1)] = 1000
    batches_per_round: Annotated[int, Count(1)] = 32
    max_batches: Annotated[int, Count(1)] = 100_000
    min_batches: Annotated[int, Count(2)] | None = Field(
        default=None,
        description="before target_error counts, at most max_batches (default: 64, or max_batches if less)",
    )
    target_error: Annotated[float, Quantity("", "1 %", 0.0, strict=True, high=1.0, bare=True)] = 0.01
    target_species: str | None = Field(default=None, description="whose escape rate target_error refers to")
    wall_time: Time | None = None
    checkpoint_every: Annotated[int, Count(1)] | None = Field(default=None, description="rounds between checkpoints")
    checkpoint_keep: Annotated[int, Count(1)] = 2
    max_steps: Annotated[Any, Refused("there are no steps with test particles; use run.max_batches")] = None
    particles_per_cell: Annotated[
        Any, Refused("there are no cells of particles with test particles; use run.histories_per_batch")
    ] = None


class HistoryTallyTable(Table):
    """What is recorded."""

    shells: Annotated[int | list[float], CountOrAltitudes()] = Field(
        default=120, description="number of shells of the density, or altitudes of their edges"
    )
    surfaces: list[Altitude] | None = Field(
        default=None, description="altitudes of fluxes and spectra; default: exobase and outer boundary"
    )
    energy_min: Energy | None = None
    energy_max: PositiveEnergy | None = None
    energy_bins: Annotated[int, Count(1)] = 100
    energy_spacing: Annotated[str, Word(("linear", "log"))] = "linear"
    zenith_cells: Annotated[int, Count(0)] = 0
    latitude_cells: Annotated[int, Count(0)] = 0
    longitude_cells: Annotated[int, Count(0)] = 0
    angle_cells: Annotated[int, Count(1)] = 20
    birth_cells: Annotated[int | list[float], CountOrAltitudes()] = Field(
        default=40, description="number of altitude cells of the table of births, or altitudes of their edges"
    )
    cube_cells: Annotated[int, Count(0)] = Field(
        default=0, description="ions: cells along each side of a cube, of density and flux in three dimensions"
    )
    cube_half_width: PositiveLength | None = Field(default=None, description="default: the outer boundary")
    ring_cells: Annotated[int, Count(0)] = Field(
        default=0, description="ions: cells of the velocity across the field, relative to the solar wind"
    )
    ring_speed: PositiveSpeed | None = Field(default=None, description="largest velocity; default: 1.5 of the wind's")
    ring_altitudes: list[Altitude] | None = Field(default=None, description="between two altitudes; default: all")
    rain_latitude_cells: Annotated[int, Count(0)] = Field(
        default=0, description="map of what reaches the inner boundary"
    )
    rain_longitude_cells: Annotated[int, Count(0)] = 0
    trajectories: Annotated[int, Count(0)] = Field(default=0, description="ions whose paths are kept, for figures")
    reference_altitude: Altitude | None = Field(
        default=None, description="to which the escape flux is referred; default: the exobase"
    )


class SplittingTable(Table):
    """Importance splitting: particles that rise above an altitude or an energy are split by the factor."""

    altitudes: list[Altitude] = Field(default_factory=list)
    energies: list[PositiveEnergy] = Field(default_factory=list)
    factor: Annotated[int, Count(2)] = 2


class HistoryCaseFile(Table):
    """case.toml of the test-particle solver as a whole."""

    title: str = ""
    description: str = ""
    solver: Annotated[str, Word(("test_particle",))]
    secondaries: bool = True
    breakup: Annotated[str, Word(("bond", "impulsive"))] = "bond"
    body: HistoryBodyTable = HistoryBodyTable()
    domain: HistoryDomainTable
    background: BackgroundTable
    species: list[FollowedTable] = Field(min_length=1)
    collision: list[CollisionTable] = Field(default_factory=list)
    source: list[SourceTable] = Field(min_length=1)
    run: HistoryRunTable = HistoryRunTable()
    tally: HistoryTallyTable = HistoryTallyTable()
    loss: list[LossTable] = Field(default_factory=list)
    splitting: SplittingTable = SplittingTable()
    field: FieldTable | None = None
    check: list[CheckTable] = Field(default_factory=list)
