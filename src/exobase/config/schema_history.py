"""The typed schema of case.toml for the test-particle solver: every key, its type, bounds and default.

As in :mod:`exobase.config.schema`, models hold SI values and check one key at a time.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from exobase.config.schema import CheckTable
from exobase.config.schema_base import Alpha, Area, Energy, Frequency, PositiveEnergy, Table
from exobase.config.schema_field import FieldTable
from exobase.config.schema_sources import LossTable, SourceTable
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
    gm: Annotated[float, Quantity("m3 s-2", "4.28e13 m3 s-2", 0.0)] | None = Field(
        default=None, description="G M of the body"
    )
    mass: Mass | None = Field(default=None, description="mass of the body, instead of gm")
    jeans_parameter: Annotated[Any, Refused("is for the dsmc solver; use body.name, body.gm or body.mass")] = Field(
        default=None, description="refused: a key of the dsmc solver"
    )
    radius: PositiveLength | None = Field(default=None, description="radius from which altitudes count")
    sun_distance: Annotated[float, Quantity("m", "1.52 au", 0.0, strict=True)] | None = Field(
        default=None, description="distance from the Sun; default: semi-major axis of a planet of the package's table"
    )


class HistoryDomainTable(Table):
    """The region: particles are absorbed below the inner boundary; tallies end at the outer one."""

    geometry: Annotated[str, Word(("radial",))] = Field(default="radial", description="spherical")
    inner: Length | None = Field(default=None, description="radius below which particles are absorbed")
    inner_altitude: Altitude | None = Field(
        default=None, description="altitude of that radius above body.radius, instead of inner"
    )
    outer: PositiveLength | None = Field(default=None, description="radius at which tallies end")
    outer_altitude: Altitude | None = Field(
        default=None, description="altitude of that radius above body.radius, instead of outer"
    )
    outer_over_inner: Annotated[float, Number(1.0, strict=True)] | None = Field(
        default=None, description="outer radius over the inner one, instead of outer"
    )
    lost_beyond: Annotated[float | str, Quantity("m", "1e6 km", 0.0, strict=True, words=("none", "hill"))] = Field(
        default="none",
        description="bound orbits that reach beyond this radius count as escaped; hill: the Hill radius of the body",
    )
    tide: bool = Field(default=False, description="tide of the Sun on a planet")
    collision_depth: Positive = Field(
        default=1e-3, description="collisions are neglected where the radial optical depth to infinity is less"
    )


class GasTable(Table):
    """One species of an atmosphere: its state at background.altitude and how it goes on from there, or a table of it.

    With ``law`` several gases of one name add up, and background.table may be given beside them.
    """

    name: str = Field(description="name of a species of the package's table, or of your own with its mass")
    density: Density | None = Field(default=None, description="number density at the altitude of the gas")
    temperature: Temperature | None = Field(default=None, description="of the gas; default: background.temperature")
    law: Annotated[str, Word(("barometric", "exponential", "chamberlain", "power_law", "table"))] | None = Field(
        default=None,
        description="how density follows the radius; default: exponential where scale_height is given, else barometric",
    )
    altitude: Altitude | None = Field(default=None, description="where density holds; default: background.altitude")
    exponent: Positive | None = Field(default=None, description="power_law: n = density [(r0 - offset)/(r - offset)]^k")
    offset: Length = Field(default=0.0, description="power_law: radius at which the law would diverge")
    table: str | None = Field(default=None, description="table: CSV, result.h5 or case directory with this species")
    column: str | None = Field(default=None, description="table: the species' name there; default: name")
    scale_height: PositiveLength | None = Field(
        default=None, description="exponential atmosphere; default: isothermal hydrostatic, of the own mass"
    )
    u_r: Speed = Field(default=0.0, description="radial bulk velocity, positive away from the body")
    mass: Mass | None = Field(default=None, description="mass of a particle; default: that of the package's table")
    diameter: Diameter | None = Field(
        default=None, description="collision diameter; default: that of the package's table"
    )


class BackgroundTable(Table):
    """The given atmosphere: a table, a result file, or a list of gases."""

    table: str | None = Field(default=None, description="CSV table, result.h5 or case directory")
    gas: list[GasTable] = Field(default_factory=list, description="gases of the atmosphere by law, one table each")
    altitude: Altitude | None = Field(
        default=None, description="where the densities of background.gas hold; default: the inner boundary"
    )
    species: list[str] | None = Field(
        default=None, description="which species of the table; default: all neutrals that the package knows"
    )
    temperature: Temperature | None = Field(default=None, description="of gases and tables that have none")
    above: Annotated[str, Word(("barometric", "chamberlain", "zero", "error"))] = Field(
        default="barometric",
        description="how the atmosphere continues above the table; error: a case that needs it is refused",
    )
    below: Annotated[str, Word(("error", "barometric"))] = Field(
        default="error", description="how it continues below the table; error: a case that needs it is refused"
    )
    rotation_period: Time | None = Field(default=None, description="solid rotation about the z axis; default: none")
    exobase_cross_section: Area = Field(
        default=2e-19, description="sets the exobase: mean free path 1/(sigma n) = pressure scale height"
    )


class FollowedTable(Table):
    """One species that is followed. Ions need [field]."""

    name: str = Field(description="name of a species of the package's table, or of your own with its mass")
    threshold: Energy = Field(description="below this kinetic energy a particle is thermalised; 0 eV: never")
    loss_frequency: Frequency = Field(default=0.0, description="ionisation and other losses in flight")
    radiation_pressure: NotNegative = Field(default=0.0, description="beta: radiation pressure over the Sun's gravity")
    mass: Mass | None = Field(default=None, description="mass of a particle; default: that of the package's table")
    diameter: Diameter | None = Field(
        default=None, description="collision diameter; default: that of the package's table"
    )


class CollisionTable(Table):
    """Law of the collisions of a projectile with a target; "*" stands for all that have no law of their own."""

    pair: Annotated[list[str], Field(min_length=2, max_length=2)] = Field(
        description='projectile and target; "*": all without a law of their own'
    )
    law: str = Field(description="a law of scattering, or charge_exchange, stripping")
    target_as: Annotated[str, Word(("whole", "atoms", "united_atom"))] = Field(
        default="whole", description="a molecule is met as a whole, by one of its atoms, or as one heavy atom"
    )
    stopping: Annotated[str, Word(("off", "lss"))] = Field(
        default="off", description="electronic energy loss of fast atoms: off, or lss (Lindhard, Scharff and Schiott)"
    )
    cross_section: Area | None = Field(default=None, description="constant total cross section, for laws that take one")
    diameter: Diameter | None = Field(
        default=None, description="hard-sphere or VHS diameter, for laws that take one; default: table"
    )
    omega: Annotated[float, Number(0.5, high=1.5)] | None = Field(
        default=None, description="viscosity exponent, for laws that take one; default: table"
    )
    alpha: Alpha | None = Field(
        default=None, description="VSS deflection exponent, for laws that take one; default: table"
    )
    reference_temperature: Temperature | None = Field(
        default=None, description="temperature at which the diameter holds; default: table"
    )
    smallest_transfer: PositiveEnergy | None = Field(
        default=None, description="zbl: smallest energy transfer to a target at rest that counts as a collision"
    )
    extrapolate_to: PositiveEnergy | None = Field(
        default=None,
        description="energy of the relative motion up to which the law may be extrapolated by its rule (reactions: "
        "kinetic energy of the projectile at the relative speed)",
    )
    table: str | None = Field(
        default=None,
        description="CSV table: of the cross section and angles (law = table), or of energy and sigma instead of the "
        "fit (charge_exchange, stripping)",
    )
    products: list[str] | None = Field(
        default=None, description="reactions of pairs that the package has no fit for: what both partners turn into"
    )
    below: Annotated[str, Word(("error", "constant"))] = Field(
        default="error",
        description="table: below its first energy; reactions: below the energies of the fit and its thermal law",
    )


class HistoryRunTable(Table):
    """How many histories."""

    seed: Annotated[int, Count(0)] = Field(
        default=1, description="of the random numbers: the same seed gives the same bits"
    )
    histories_per_batch: Annotated[int, Count(1)] = Field(
        default=1000, description="histories of one batch, the unit of the errors"
    )
    batches_per_round: Annotated[int, Count(1)] = Field(
        default=32, description="batches between two looks at the errors"
    )
    max_batches: Annotated[int, Count(1)] = Field(default=100_000, description="largest number of batches")
    min_batches: Annotated[int, Count(2)] | None = Field(
        default=None,
        description="least number of batches before target_error counts, at most max_batches (default: 64, or "
        "max_batches if less)",
    )
    target_error: Annotated[float, Quantity("", "1 %", 0.0, strict=True, high=1.0, bare=True)] = Field(
        default=0.01,
        description="standard error of the escape rate of target_species over the rate at which the run ends",
    )
    target_species: str | None = Field(default=None, description="whose escape rate target_error refers to")
    wall_time: Time | None = Field(
        default=None, description="the run stops after this time with a checkpoint; default: no limit"
    )
    checkpoint_every: Annotated[int, Count(1)] | None = Field(default=None, description="rounds between checkpoints")
    checkpoint_keep: Annotated[int, Count(1)] = Field(default=2, description="number of checkpoints that are kept")
    max_steps: Annotated[Any, Refused("there are no steps with test particles; use run.max_batches")] = Field(
        default=None, description="refused: use max_batches"
    )
    particles_per_cell: Annotated[
        Any, Refused("there are no cells of particles with test particles; use run.histories_per_batch")
    ] = Field(default=None, description="refused: use histories_per_batch")


class HistoryTallyTable(Table):
    """What is recorded."""

    shells: Annotated[int | list[float], CountOrAltitudes()] = Field(
        default=120, description="number of shells of the density, or altitudes of their edges"
    )
    surfaces: list[Altitude] | None = Field(
        default=None, description="altitudes of fluxes and spectra; default: exobase and outer boundary"
    )
    energy_min: Energy | None = Field(
        default=None, description="lower end of the energy cells; default: 0, or 0.01 eV with logarithmic spacing"
    )
    energy_max: PositiveEnergy | None = Field(
        default=None,
        description="upper end of the energy cells; default: above the energies of the sources, at least 10 eV",
    )
    energy_bins: Annotated[int, Count(1)] = Field(default=100, description="number of energy cells")
    energy_spacing: Annotated[str, Word(("linear", "log"))] = Field(
        default="linear", description="spacing of the energy cells"
    )
    zenith_cells: Annotated[int, Count(0)] = Field(
        default=0, description="cells of a map by solar zenith angle; 0: no such map"
    )
    latitude_cells: Annotated[int, Count(0)] = Field(
        default=0, description="cells of a map by latitude; needs longitude_cells"
    )
    longitude_cells: Annotated[int, Count(0)] = Field(default=0, description="cells of that map by longitude")
    angle_cells: Annotated[int, Count(1)] = Field(
        default=20, description="cells of the cosine to the vertical, of fluxes through surfaces"
    )
    birth_cells: Annotated[int | list[float], CountOrAltitudes()] = Field(
        default=40, description="number of altitude cells of the table of births, or altitudes of their edges"
    )
    cube_cells: Annotated[int, Count(0)] = Field(
        default=0, description="ions: cells along each side of a cube, of density and flux in three dimensions"
    )
    cube_half_width: PositiveLength | None = Field(
        default=None, description="half of the side of that cube; default: the outer boundary"
    )
    ring_cells: Annotated[int, Count(0)] = Field(
        default=0, description="ions: cells of the velocity across the field, relative to the solar wind"
    )
    ring_speed: PositiveSpeed | None = Field(default=None, description="largest velocity; default: 1.5 of the wind's")
    ring_altitudes: list[Altitude] | None = Field(default=None, description="between two altitudes; default: all")
    rain_latitude_cells: Annotated[int, Count(0)] = Field(
        default=0, description="map of what reaches the inner boundary"
    )
    rain_longitude_cells: Annotated[int, Count(0)] = Field(
        default=0, description="cells of that map by longitude; needs rain_latitude_cells"
    )
    trajectories: Annotated[int, Count(0)] = Field(default=0, description="ions whose paths are kept, for figures")
    reference_altitude: Altitude | None = Field(
        default=None, description="to which the escape flux is referred; default: the exobase"
    )


class SplittingTable(Table):
    """Importance splitting: particles that rise above an altitude or an energy are split by the factor."""

    altitudes: list[Altitude] = Field(
        default_factory=list, description="altitudes above each of which particles are split once more"
    )
    energies: list[PositiveEnergy] = Field(
        default_factory=list, description="kinetic energies above each of which particles are split once more"
    )
    factor: Annotated[int, Count(2)] = Field(default=2, description="copies at each level")


class HistoryCaseFile(Table):
    """case.toml of the test-particle solver as a whole."""

    title: str = Field(default="", description="one line, for figures and reports")
    description: str = Field(default="", description="what the case shows, for readers")
    solver: Annotated[str, Word(("test_particle",))] = Field(
        description='"test_particle": histories of single particles in a given atmosphere'
    )
    secondaries: bool = Field(
        default=True,
        description="follow struck particles too, where their species is followed and they are faster than its "
        "threshold",
    )
    breakup: Annotated[str, Word(("bond", "impulsive"))] = Field(
        default="bond",
        description="how a molecule breaks whose atom was struck: bond (the bond energy is paid, the rest "
        "keeps its velocity) or impulsive (momentum and energy are conserved exactly)",
    )
    body: HistoryBodyTable = Field(default=HistoryBodyTable(), description="the body")
    domain: HistoryDomainTable = Field(description="the region of the tallies")
    background: BackgroundTable = Field(description="the given atmosphere")
    species: list[FollowedTable] = Field(min_length=1, description="species that are followed, one table each")
    collision: list[CollisionTable] = Field(default_factory=list, description="collision laws of pairs, one table each")
    source: list[SourceTable] = Field(min_length=1, description="sources of particles, one table each")
    run: HistoryRunTable = Field(default=HistoryRunTable(), description="how many histories")
    tally: HistoryTallyTable = Field(default=HistoryTallyTable(), description="what is recorded")
    loss: list[LossTable] = Field(default_factory=list, description="processes that take followed particles in flight")
    splitting: SplittingTable = Field(
        default=SplittingTable(), description="copies of particles that rise high or are fast"
    )
    field: FieldTable | None = Field(default=None, description="electric and magnetic field and solar wind, for ions")
    check: list[CheckTable] = Field(default_factory=list, description="statements by which the case judges its result")
