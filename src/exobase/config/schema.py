"""The typed schema of case.toml: every key, its type, bounds and default.

The models hold values in SI units. They check one key at a time; what concerns several keys is checked when the case is
resolved (:mod:`exobase.case`).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from exobase.config.values import (
    FASTEST,
    Altitude,
    Count,
    Density,
    Length,
    Mass,
    NotNegative,
    Number,
    Positive,
    PositiveLength,
    Quantity,
    Raw,
    Speed,
    Temperature,
    Word,
)

Alpha = Annotated[float, Number(1.0, high=10.0)]
Energy = Annotated[float, Quantity("J", "1 eV", 0.0)]
PositiveEnergy = Annotated[float, Quantity("J", "1 eV", 0.0, strict=True)]
Area = Annotated[float, Quantity("m2", "2e-15 cm2", 0.0, strict=True)]
Frequency = Annotated[float, Quantity("s-1", "1e-7 s-1", 0.0)]
Angle = Annotated[float, Quantity("rad", "45 deg", 0.0)]

SOURCE_TYPES = (
    "thermal", "mono_energetic", "table", "dissociative_recombination", "photodissociation", "sputtering", "pickup",
    "solar_wind", "charge_exchange",
)  # fmt: skip
IONISATIONS = ("photoionisation", "electron_impact", "charge_exchange", "frequency")
LOSS_PROCESSES = ("photoionisation", "photodissociation", "electron_impact", "charge_exchange", "frequency")
ILLUMINATIONS = ("dayside", "global", "cos_zenith")


class Table(BaseModel):
    """Base of all tables: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class BodyTable(Table):
    """The body: by name, or one of gm, mass, jeans_parameter (which sets gm from the first species)."""

    name: str | None = Field(default=None, description="name of a body of the package's table")
    gm: Annotated[float, Quantity("m3 s-2", "4.28e13 m3 s-2", 0.0)] | None = None
    mass: Mass | None = None
    jeans_parameter: NotNegative | None = Field(
        default=None, description="G M m/(k T r) of the first species at the inner boundary"
    )
    radius: PositiveLength | None = Field(default=None, description="radius from which altitudes count")
    sun_distance: Annotated[float, Quantity("m", "1.52 au", 0.0, strict=True)] | None = Field(
        default=None, description="default: semi-major axis of a planet of the package's table"
    )


class DomainTable(Table):
    """The simulated region; one of the ways to give each boundary."""

    geometry: Annotated[str, Word(("radial", "planar"))] = "radial"
    inner: Length | None = None
    inner_altitude: Altitude | None = None
    outer: PositiveLength | None = None
    outer_altitude: Altitude | None = None
    outer_over_inner: Annotated[float, Number(1.0, strict=True)] | None = None
    gravity: Annotated[float, Quantity("m s-2", "3.7 m s-2", 0.0)] | None = Field(
        default=None, description="planar only: constant acceleration towards the inner boundary"
    )


class InnerTable(Table):
    """The inner boundary."""

    type: Annotated[str, Word(("reservoir", "diffuse", "specular", "absorb"))] = "reservoir"
    temperature: Temperature | None = None
    velocity: Speed = Field(default=0.0, description="planar only: speed of a diffuse wall along itself")


class OuterTable(Table):
    """The outer boundary. Default type: kepler_return in radial, remove in planar geometry."""

    type: Annotated[str, Word(("kepler_return", "specular", "remove", "diffuse"))] | None = None
    lost_beyond: Annotated[float | str, Quantity("m", "1e6 km", 0.0, strict=True, words=("none", "hill"))] = "none"
    loss_frequency: Frequency | None = Field(
        default=None, description="of particles above the boundary; default: that of their [[loss]] tables"
    )
    returns: Annotated[str, Word(("auto", "at_once", "delayed"))] = "auto"
    temperature: Temperature | None = None
    velocity: Speed = Field(default=0.0, description="planar only: speed of a diffuse wall along itself")


class SpeciesTable(Table):
    """One species: its reservoir, and overrides of the package's table."""

    name: str
    density: Density | None = None
    knudsen_number_radius: Positive | None = Field(
        default=None,
        description="l/R0 at the inner boundary (planar: over the depth of the domain), l of this species' own "
        "collisions; sets the density",
    )
    knudsen_number: Positive | None = Field(default=None, description="another name of knudsen_number_radius")
    knudsen_number_height: Positive | None = Field(
        default=None,
        description="l/H at the inner boundary, l of this species' own collisions, H = kT/(m g) its scale height; sets "
        "the density",
    )
    temperature: Temperature
    bulk_speed: Speed = 0.0
    mass: Mass | None = None
    diameter: Annotated[float, Quantity("m", "2.0 angstrom", 0.0, strict=True)] | None = None
    omega: Annotated[float, Number(0.5, high=1.5)] | None = None
    alpha: Alpha | None = Field(default=None, description='VSS deflection exponent, with collisions = "vss"')
    reference_temperature: Temperature | None = None
    rotational_dof: Annotated[int, Count(0)] | None = Field(
        default=None, description="rotational degrees of freedom: 0, 2 (linear molecule) or 3"
    )
    rotational_number: (
        Annotated[float | str, Quantity("", "5", 0.0, strict=True, bare=True, words=("parker",))] | None
    ) = Field(default=None, description="rotational collision number Z: a number, or parker for Z(T) of the cell")
    parker_infinity: Positive | None = Field(default=None, description="Z_inf of Parker's Z(T)")
    parker_temperature: Temperature | None = Field(default=None, description="T* of Parker's Z(T)")
    vibration: Annotated[str, Word(("off",), later=("larsen_borgnakke",))] = "off"
    particles_factor: Positive = 1.0
    outer_density: Density = 0.0
    outer_temperature: Temperature | None = None
    outer_bulk_speed: Speed = Field(
        default=0.0, description="bulk speed of the gas behind the outer boundary, positive away from the body"
    )


class PairTable(Table):
    """Collision law of one pair of species, in place of the means of their own parameters."""

    species: Annotated[list[str], Field(min_length=2, max_length=2)]
    diameter: Annotated[float, Quantity("m", "3.1 angstrom", 0.0, strict=True)] | None = None
    omega: Annotated[float, Number(0.5, high=1.5)] | None = None
    alpha: Alpha | None = None


class GridTable(Table):
    """The cells."""

    spacing: Annotated[str, Word(("auto", "log", "uniform", "scale_height"))] = "auto"
    cells: Annotated[int, Count(1)] | None = None
    per_mean_free_path: Positive = 2.0
    per_scale_height: Positive = 10.0
    max_ratio: Positive = 0.1
    adapt: bool | None = None


class StepTable(Table):
    """The time step."""

    courant: Annotated[float, Number(0.0, strict=True, high=5.0)] = 0.5
    collision_fraction: Annotated[float, Number(0.0, strict=True, high=5.0)] = 0.3


class WeightsTable(Table):
    """Weights of simulated particles."""

    mode: Annotated[str, Word(("cell", "equal"))] = "cell"
    power: Annotated[float, Number(0.0, high=1.0)] | None = Field(
        default=None, description="power of density with which weights follow it; default 0: equal weights, no clones"
    )
    energy_levels: Annotated[int | str, Count(1, words=("auto",))] = Field(
        default="auto",
        description="groups of each species by energy, its gas and levels of tracers: 1 (no tracers) to 64; "
        "auto: tracers where the species' lambda0 is 9.5 to 40",
    )
    energy_first: NotNegative | None = Field(
        default=None,
        description="lowest energy of tracers over kT, from the potential at the inner boundary; default 0.57 lambda0",
    )
    energy_step: Positive | None = Field(default=None, description="width of a level of tracers over kT (default 1.2)")
    energy_power: Annotated[float, Number(0.0, high=2.0)] | None = Field(
        default=None,
        description="weights above the middle level follow the numbers of particles with this power (1: equal numbers)",
    )


class SourceTable(Table):
    """One source of particles, for both solvers; which keys go together depends on the type."""

    type: Annotated[str, Word(SOURCE_TYPES)]
    name: str | None = Field(default=None, description="of the process in the results; default: the type")
    species: str
    illumination: Annotated[str, Word(ILLUMINATIONS)] | None = Field(
        default=None, description="default: global for thermal and mono_energetic, else dayside"
    )
    share: Positive = Field(default=1.0, description="of the histories, relative to the other sources")
    radius: PositiveLength | None = None
    altitude: Altitude | None = None
    follows: str | None = Field(default=None, description="births follow the density of this background species")
    profile: str | None = Field(
        default=None, description="CSV table: altitude or radius, and rate [cm-3 s-1] or relative [1] births per volume"
    )
    rate: Annotated[float, Quantity("s-1", "1e25 s-1", 0.0, strict=True)] | None = None
    flux: Annotated[float, Quantity("m-2 s-1", "1e7 cm-2 s-1", 0.0, strict=True)] | None = None
    temperature: Temperature | None = None
    density: Density | None = None
    drift: Speed | None = None
    energy: PositiveEnergy | None = None
    speed: Annotated[float, Quantity("m s-1", "5 km/s", 0.0, strict=True, high=FASTEST)] | None = None
    launch: Annotated[str, Word(("isotropic_flux", "uniform_solid_angle", "isotropic", "beam", "table"))] | None = None
    angle: Angle | None = Field(default=None, description="of a beam, from the vertical (sputtering: downward)")
    angles: str | None = Field(default=None, description="CSV table: angle [deg], weight [1] per solid angle")
    spectrum: str | None = Field(
        default=None,
        description="CSV table: energy [eV], and flux [cm-2 s-1 eV-1], rate [s-1 eV-1] or relative [1]; sputtering: or "
        "the result.h5 of a run, whose precipitation it takes",
    )
    interpolation: Annotated[str, Word(("linear", "log"))] | None = None
    lowest_energy: PositiveEnergy | None = Field(
        default=None, description="sputtering, spectrum = result.h5: particles below do not count"
    )
    table: str | None = Field(default=None, description="table of ions, electrons, parents; default: background.table")
    ion: str | None = None
    rate_law: str | None = None
    branching: str | None = None
    electron_energy: bool | None = None
    products: list[str] | None = None
    scale: Positive | None = None
    parent: str | None = None
    channels: list[str] | None = None
    activity: Annotated[str, Word(("quiet", "active"))] | None = None
    distance: Annotated[float, Quantity("m", "1.52 au", 0.0, strict=True)] | None = None
    excess_energy: Energy | None = None
    incident: str | None = None
    ionisation: list[Annotated[str, Word(IONISATIONS)]] | None = Field(
        default=None, description="pickup: the ways in which the parent is ionised, each a process of its own"
    )
    frequency: Annotated[float, Quantity("s-1", "1e-7 s-1", 0.0, strict=True)] | None = Field(
        default=None, description='pickup: of ionisation = ["frequency"], or that of electron_impact'
    )
    shadow: bool | None = Field(default=None, description="pickup: no photoionisation behind the body (default: true)")
    electron_density: Density | None = Field(default=None, description="pickup, electron_impact: instead of frequency")
    electron_temperature: Annotated[float, Quantity("K", "1e5 K", 0.0, strict=True)] | None = None
    enhancement: Positive | None = Field(default=None, description="pickup, electron_impact: factor within a boundary")
    enhanced_within: str | None = Field(default=None, description="a boundary, e.g. mars.bow_shock.vignes2000")
    beam: str | None = Field(default=None, description="pickup, charge_exchange: ion of the solar wind (default: H+)")
    beam_fraction: Positive | None = Field(default=None, description="its density over that of protons (default: 1)")
    fast: str | None = Field(default=None, description="pickup, charge_exchange: the fast neutral, if followed")
    lowest_altitude: Altitude | None = Field(default=None, description="pickup: nothing is born below")
    beam_radius: PositiveLength | None = Field(default=None, description="solar_wind: of the disc that is followed")
    cross_section: Annotated[float, Quantity("m2", "1e-15 cm2", 0.0, strict=True)] | None = Field(
        default=None, description="charge exchange: a constant in place of the package's fit"
    )


class LossTable(Table):
    """One process by which a species is lost, for both solvers; which keys go together depends on the process."""

    species: str
    process: Annotated[str, Word(LOSS_PROCESSES)]
    name: str | None = Field(default=None, description="of the process in the results; default: species.process")
    sunlit_fraction: Annotated[float, Number(0.0, high=1.0)] = Field(
        default=1.0, description="share of the time in which the process acts: the frequency is multiplied by it"
    )
    activity: Annotated[str, Word(("quiet", "active"))] | None = Field(
        default=None, description="of the Sun; default: quiet"
    )
    frequency: Frequency | None = None
    electron_density: Density | None = None
    electron_temperature: Temperature | None = None
    beam_density: Density | None = Field(default=None, description="of ions that all move at beam_speed")
    beam_speed: Speed | None = Field(default=None, description="relative to the neutrals, far above their own speed")
    cross_section: Annotated[float | str, Quantity("m2", "1e-15 cm2", 0.0, strict=True, words=("fit",))] | None = Field(
        default=None, description="of charge exchange: a constant, or fit for the package's fit of ion and species"
    )
    ion: str | None = Field(
        default=None, description="product of photoionisation (default: all), or partner in charge exchange"
    )
    ion_density: Density | None = None
    ion_temperature: Temperature | None = None
    ion_velocity: Speed | None = Field(default=None, description="along the normal, positive away from the body")


class RunTable(Table):
    """How long and how fine."""

    seed: Annotated[int, Count(0)] = 1
    particles_per_cell: Positive = 100.0
    target_error: Annotated[float, Quantity("", "1 %", 0.0, strict=True, high=1.0, bare=True)] = 0.01
    target_species: str | None = None
    max_steps: Annotated[int, Count(1)] = 200_000
    wall_time: Annotated[float, Quantity("s", "1 h", 0.0, strict=True)] | None = None
    checkpoint_every: Annotated[int, Count(1)] | None = None
    checkpoint_keep: Annotated[int, Count(1)] = 2
    columns: Annotated[int, Count(1)] = 1
    burn_in: Annotated[int | str, Count(0, words=("auto",))] = "auto"
    min_blocks: Annotated[int, Count(2)] = 20


class TallyTable(Table):
    """What is recorded."""

    sample_every: Annotated[int, Count(1)] = 4
    record_every: Annotated[int, Count(1)] | None = None
    vdf_radii: list[Length] = Field(default_factory=list)
    energy_bins: Annotated[int, Count(1)] = 40
    energy_max_kt: Positive = 20.0
    exobase: Annotated[str, Word(("pressure_scale_height", "own", "column"))] = "pressure_scale_height"
    profile_radii: list[Length] = Field(default_factory=list)


class ToleranceTable(Table):
    """Bounds of a check; each one given must hold."""

    relative: Positive | None = None
    absolute: Annotated[float | str, Raw()] | None = None
    sigma: Positive | None = None


class CheckTable(Table):
    """One statement by which the case judges its result."""

    quantity: str
    reference: Annotated[float | str, Raw()] | None = Field(
        default=None, description="a theory by name, or a number with unit"
    )
    reference_stderr: Annotated[float | str, Raw()] | None = None
    source: str = ""
    tolerance: ToleranceTable | None = None
    accept: list[Annotated[float | str, Raw()]] | None = None
    radii: list[Length] = Field(default_factory=list)
    from_: Length | None = Field(default=None, alias="from")
    to: Length | None = None
    normalise: Annotated[str, Word(("reservoir", "mean"))] = "reservoir"


class CaseFile(Table):
    """case.toml as a whole."""

    title: str = ""
    description: str = ""
    solver: Annotated[str, Word(("dsmc", "test_particle"))]
    collisions: Annotated[str, Word(("off", "hard_sphere", "vhs", "vss"))] = "vhs"
    rotation: Annotated[str, Word(("on", "off"))] = "on"
    time_step: Annotated[str, Word(("local", "global"))] = "local"
    initial: Annotated[str, Word(("empty", "barometric", "fluid", "file"))] | None = Field(
        default=None,
        description="first particles: none, hydrostatic gas, the escaping gas (density, temperature and velocity of "
        "the fluid, free flight above the exobase), or a file; default: empty without collisions, fluid where a gas "
        "escapes from a reservoir below, else barometric",
    )
    initial_file: str | None = None
    allow_trapped: bool = False
    body: BodyTable = BodyTable()
    domain: DomainTable
    inner: InnerTable = InnerTable()
    outer: OuterTable = OuterTable()
    species: list[SpeciesTable] = Field(min_length=1)
    pair: list[PairTable] = Field(default_factory=list)
    source: list[SourceTable] = Field(default_factory=list)
    loss: list[LossTable] = Field(default_factory=list)
    grid: GridTable = GridTable()
    step: StepTable = StepTable()
    weights: WeightsTable = WeightsTable()
    run: RunTable = RunTable()
    tally: TallyTable = TallyTable()
    check: list[CheckTable] = Field(default_factory=list)
