"""The typed schema of case.toml: every key, its type, bounds and default.

The models hold values in SI units. They check one key at a time; what concerns several keys is checked when the case is
resolved (:mod:`exobase.case`).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from exobase.config.schema_base import Alpha, Frequency, PositiveEnergy, Table
from exobase.config.schema_sources import LossTable, SourceTable
from exobase.config.values import (
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
    QuantityByPlace,
    Raw,
    Speed,
    Temperature,
    Word,
)


class BodyTable(Table):
    """The body: by name, or one of gm, mass, jeans_parameter (which sets gm from the first species)."""

    name: str | None = Field(default=None, description="name of a body of the package's table")
    gm: Annotated[float, Quantity("m3 s-2", "4.28e13 m3 s-2", 0.0)] | None = Field(
        default=None, description="G M of the body"
    )
    mass: Mass | None = Field(default=None, description="mass of the body, instead of gm")
    jeans_parameter: NotNegative | None = Field(
        default=None, description="G M m/(k T r) of the first species at the inner boundary"
    )
    radius: PositiveLength | None = Field(default=None, description="radius from which altitudes count")
    sun_distance: Annotated[float, Quantity("m", "1.52 au", 0.0, strict=True)] | None = Field(
        default=None, description="distance from the Sun; default: semi-major axis of a planet of the package's table"
    )


class DomainTable(Table):
    """The simulated region; one of the ways to give each boundary."""

    geometry: Annotated[str, Word(("radial", "planar", "axisymmetric", "spherical"))] = Field(
        default="radial",
        description="radial: spherical shells round the body; axisymmetric: the same, divided into zones about the z "
        "axis (grid.zones); spherical: into zones and sectors, without symmetry; planar: layers in constant gravity",
    )
    inner: Length | None = Field(
        default=None, description="radius of the inner boundary, from the centre (planar: its height)"
    )
    inner_altitude: Altitude | None = Field(
        default=None, description="altitude of the inner boundary above body.radius, instead of inner"
    )
    outer: PositiveLength | None = Field(
        default=None, description="radius of the outer boundary, from the centre (planar: its height)"
    )
    outer_altitude: Altitude | None = Field(
        default=None, description="altitude of the outer boundary above body.radius, instead of outer"
    )
    outer_over_inner: Annotated[float, Number(1.0, strict=True)] | None = Field(
        default=None, description="radius of the outer boundary over that of the inner one, instead of outer"
    )
    gravity: Annotated[float, Quantity("m s-2", "3.7 m s-2", 0.0)] | None = Field(
        default=None, description="planar only: constant acceleration towards the inner boundary"
    )
    subsolar_latitude: Annotated[float, Quantity("rad", "25 deg", -1.570796327, high=1.570796327)] = Field(
        default=0.0,
        description="spherical geometry: latitude of the Sun above the equator of the zones, at longitude 0 (the x "
        "axis); in axisymmetric geometry the Sun stands on the z axis",
    )


class InnerTable(Table):
    """The inner boundary."""

    type: Annotated[str, Word(("reservoir", "diffuse", "specular", "absorb"))] = Field(
        default="reservoir",
        description="reservoir: emits a Maxwellian and absorbs; diffuse, specular: closed walls; absorb: absorbs only",
    )
    temperature: Temperature | None = Field(
        default=None, description="of a diffuse wall; default: that of the first species"
    )
    velocity: Speed = Field(default=0.0, description="planar only: speed of a diffuse wall along itself")


class OuterTable(Table):
    """The outer boundary. Default type: kepler_return in radial, remove in planar geometry."""

    type: Annotated[str, Word(("kepler_return", "specular", "remove", "diffuse"))] | None = Field(
        default=None,
        description="kepler_return: unbound particles escape, bound ones return; remove: all that arrive "
        "escape; specular, diffuse: closed walls; default: kepler_return in radial, remove in "
        "planar geometry",
    )
    lost_beyond: Annotated[float | str, Quantity("m", "1e6 km", 0.0, strict=True, words=("none", "hill"))] = Field(
        default="none",
        description="bound orbits whose apoapsis lies beyond this radius count as lost; hill: the Hill radius "
        "of the body",
    )
    loss_frequency: Frequency | None = Field(
        default=None, description="loss of particles above the boundary; default: that of their [[loss]] tables"
    )
    returns: Annotated[str, Word(("auto", "at_once", "delayed"))] = Field(
        default="auto",
        description="when bound particles come back: at_once (exact in a steady state) or delayed by their "
        "flight time; auto: delayed with a global time step",
    )
    temperature: Temperature | None = Field(
        default=None, description="of a diffuse wall; default: that of the first species"
    )
    velocity: Speed = Field(default=0.0, description="planar only: speed of a diffuse wall along itself")


class SpeciesTable(Table):
    """One species: its reservoir, and overrides of the package's table."""

    name: str = Field(description="name of a species of the package's table, or of your own with its mass")
    density: Annotated[float | str, QuantityByPlace("m-3", "1e5 cm-3", 0.0, uses=("T",))] | None = Field(
        default=None,
        description="number density of the full Maxwellian of the reservoir behind the inner boundary; 0: "
        "sources alone bring it in; in axisymmetric and spherical geometry it may be a formula, see temperature, with "
        "the temperature T there, such as '1e5 cm-3 * (T / 200 K)^-2.5'",
    )
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
    temperature: Annotated[float | str, QuantityByPlace("K", "1000 K", 0.0, strict=True)] = Field(
        description="of the reservoir behind the inner boundary; in axisymmetric and spherical geometry it may be a "
        "formula such as '160 K + 50 K * cos(sza)' of the solar zenith angle sza and, in spherical geometry, latitude "
        "lat, longitude lon from the Sun's (angles in rad) and local_time in hours"
    )
    bulk_speed: Speed = Field(default=0.0, description="bulk speed of the reservoir, positive away from the body")
    mass: Mass | None = Field(default=None, description="mass of a particle; default: that of the package's table")
    diameter: Annotated[float, Quantity("m", "2.0 angstrom", 0.0, strict=True)] | None = Field(
        default=None,
        description="collision diameter at the reference temperature; default: that of the package's table",
    )
    omega: Annotated[float, Number(0.5, high=1.5)] | None = Field(
        default=None,
        description="exponent of the viscosity law mu ~ T^omega: 0.5 hard spheres, 1 Maxwell molecules; default: table",
    )
    alpha: Alpha | None = Field(default=None, description='VSS deflection exponent, with collisions = "vss"')
    reference_temperature: Temperature | None = Field(
        default=None, description="temperature at which the diameter holds; default: that of the package's table"
    )
    rotational_dof: Annotated[int, Count(0)] | None = Field(
        default=None, description="rotational degrees of freedom: 0, 2 (linear molecule) or 3"
    )
    rotational_number: (
        Annotated[float | str, Quantity("", "5", 0.0, strict=True, bare=True, words=("parker",))] | None
    ) = Field(default=None, description="rotational collision number Z: a number, or parker for Z(T) of the cell")
    parker_infinity: Positive | None = Field(default=None, description="Z_inf of Parker's Z(T)")
    parker_temperature: Temperature | None = Field(default=None, description="T* of Parker's Z(T)")
    particles_factor: Positive = Field(default=1.0, description="factor on run.particles_per_cell for this species")
    outer_density: Density = Field(
        default=0.0, description="number density of the Maxwellian behind the outer boundary; 0: nothing enters there"
    )
    outer_temperature: Temperature | None = Field(
        default=None, description="of the gas behind the outer boundary; default: temperature"
    )
    outer_bulk_speed: Speed = Field(
        default=0.0, description="bulk speed of the gas behind the outer boundary, positive away from the body"
    )


class PairTable(Table):
    """Collision law of one pair of species, in place of the means of their own parameters."""

    species: Annotated[list[str], Field(min_length=2, max_length=2)] = Field(
        description="names of the two species; twice the same for a species with itself"
    )
    diameter: Annotated[float, Quantity("m", "3.1 angstrom", 0.0, strict=True)] | None = Field(
        default=None,
        description="collision diameter of the pair at the reference temperature; default: mean of the two species",
    )
    omega: Annotated[float, Number(0.5, high=1.5)] | None = Field(
        default=None, description="viscosity exponent of the pair; default: mean of the two species"
    )
    alpha: Alpha | None = Field(
        default=None, description="VSS deflection exponent of the pair; default: mean of the two species"
    )
    table: str | None = Field(
        default=None, description="CSV table of the cross section and angles against the energy of the relative motion"
    )
    below: Annotated[str, Word(("error", "constant"))] = Field(
        default="error", description="table: collisions below its first energy; constant: as at that energy"
    )
    extrapolate_to: PositiveEnergy | None = Field(
        default=None, description="table: collisions above its last energy, up to this one, as at that energy"
    )


class GridTable(Table):
    """The cells."""

    spacing: Annotated[str, Word(("auto", "log", "uniform", "scale_height"))] = Field(
        default="auto", description="how cells follow the radius; auto: by mean free path, scale height and radius"
    )
    cells: Annotated[int, Count(1)] | None = Field(
        default=None, description="number of cells; default: from the keys below"
    )
    per_mean_free_path: Positive = Field(default=2.0, description="least number of cells in a mean free path")
    per_scale_height: Positive = Field(default=10.0, description="least number of cells in a scale height")
    max_ratio: Positive = Field(default=0.1, description="largest size of a cell over its radius")
    zones: Annotated[int, Count(1)] | None = Field(
        default=None,
        description="axisymmetric and spherical geometry: number of zones from pole to pole, of equal area where all "
        "have as many sectors; default 12",
    )
    sectors: Annotated[int | str, Count(1, words=("equal_area",))] = Field(
        default="equal_area",
        description="spherical geometry: sectors of longitude of every zone; equal_area: about as wide as high, fewer "
        "towards the poles. All patches have the same area",
    )
    adapt: bool | None = Field(
        default=None,
        description="lay the cells anew after burn-in, by the sampled profile; default: true where particles collide",
    )


class StepTable(Table):
    """The time step."""

    courant: Annotated[float, Number(0.0, strict=True, high=5.0)] = Field(
        default=0.5, description="largest distance U dt over the size of the cell, U the most probable speed"
    )
    collision_fraction: Annotated[float, Number(0.0, strict=True, high=5.0)] = Field(
        default=0.3, description="largest time step over the mean time between collisions"
    )


class WeightsTable(Table):
    """Weights of simulated particles."""

    mode: Annotated[str, Word(("cell", "equal"))] = Field(
        default="cell", description="cell: weights may differ from cell to cell; equal: one weight per species"
    )
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


class RunTable(Table):
    """How long and how fine."""

    seed: Annotated[int, Count(0)] = Field(
        default=1, description="of the random numbers: the same seed gives the same bits"
    )
    particles_per_cell: Positive = Field(
        default=100.0, description="mean number of simulated particles of a species in a cell"
    )
    target_error: Annotated[float, Quantity("", "1 %", 0.0, strict=True, high=1.0, bare=True)] = Field(
        default=0.01,
        description="standard error of the escape rate of target_species over the rate at which the run ends",
    )
    target_species: str | None = Field(
        default=None, description="whose escape rate target_error refers to; default: the first species"
    )
    max_steps: Annotated[int, Count(1)] = Field(default=200_000, description="largest number of time steps")
    wall_time: Annotated[float, Quantity("s", "1 h", 0.0, strict=True)] | None = Field(
        default=None, description="the run stops after this time with a checkpoint; default: no limit"
    )
    checkpoint_every: Annotated[int, Count(1)] | None = Field(
        default=None, description="steps between checkpoints; default: at the end only"
    )
    checkpoint_keep: Annotated[int, Count(1)] = Field(default=2, description="number of checkpoints that are kept")
    columns: Annotated[int, Count(1)] = Field(
        default=1, description="independent columns of the same case, by which more ranks can be used"
    )
    burn_in: Annotated[int | str, Count(0, words=("auto",))] = Field(
        default="auto", description="steps before averaging begins; auto: until the gas is steady"
    )
    min_blocks: Annotated[int, Count(2)] = Field(
        default=20, description="correlation times that the averages must hold before an error is accepted"
    )


class TallyTable(Table):
    """What is recorded."""

    sample_every: Annotated[int, Count(1)] = Field(default=4, description="steps between samples of the profile")
    record_every: Annotated[int, Count(1)] | None = Field(
        default=None, description="steps between records of the history; default: 10 samples"
    )
    vdf_radii: list[Length] = Field(default_factory=list, description="radii at which velocity distributions are kept")
    energy_bins: Annotated[int, Count(1)] = Field(default=40, description="bins of the spectrum of escaping particles")
    energy_max_kt: Positive = Field(default=20.0, description="upper end of that spectrum over kT of the reservoir")
    exobase: Annotated[str, Word(("pressure_scale_height", "own", "column"))] = Field(
        default="pressure_scale_height",
        description="definition of the exobase: mean free path = scale height of the whole gas, of the "
        "species' own weight, or one mean free path in the column above",
    )
    profile_radii: list[Length] = Field(
        default_factory=list,
        description="radii at which profiles are tabulated and judged; default: chosen by the range of the domain",
    )


class ToleranceTable(Table):
    """Bounds of a check; each one given must hold."""

    relative: Positive | None = Field(default=None, description="largest |value/reference - 1|")
    absolute: Annotated[float | str, Raw()] | None = Field(
        default=None, description="largest |value - reference|, with the unit of the quantity"
    )
    sigma: Positive | None = Field(default=None, description="largest |value - reference| in standard errors")


class CheckTable(Table):
    """One statement by which the case judges its result."""

    quantity: str = Field(description='what is judged, "quantity.SPECIES", for example "escape_flux.H"')
    reference: Annotated[float | str, Raw()] | None = Field(
        default=None, description="a theory by name, or a number with unit"
    )
    reference_stderr: Annotated[float | str, Raw()] | None = Field(
        default=None, description="standard error of a reference number"
    )
    source: str = Field(default="", description="where the reference comes from")
    tolerance: ToleranceTable | None = Field(default=None, description="bounds on the deviation from the reference")
    accept: list[Annotated[float | str, Raw()]] | None = Field(
        default=None, description="lowest and highest accepted value, instead of a reference"
    )
    radii: list[Length] = Field(
        default_factory=list, description="radii at which a profile is judged; default: tally.profile_radii"
    )
    from_: Length | None = Field(
        default=None, alias="from", description="lower end of the range in which a whole profile is judged"
    )
    to: Length | None = Field(default=None, description="upper end of that range")
    normalise: Annotated[str, Word(("reservoir", "mean"))] = Field(
        default="reservoir", description="density profiles: reservoir, as they are; mean, up to a common factor"
    )


class CaseFile(Table):
    """case.toml as a whole."""

    title: str = Field(default="", description="one line, for figures and reports")
    description: str = Field(default="", description="what the case shows, for readers")
    solver: Annotated[str, Word(("dsmc", "test_particle"))] = Field(
        description='"dsmc": particles that march in time and collide with one another'
    )
    collisions: Annotated[str, Word(("off", "hard_sphere", "vhs", "vss"))] = Field(
        default="vhs", description="law of the collisions of the gas; off: free flight"
    )
    rotation: Annotated[str, Word(("on", "off"))] = Field(
        default="on", description="on: molecules carry rotational energy and exchange it in collisions"
    )
    time_step: Annotated[str, Word(("local", "global"))] = Field(
        default="local",
        description="local: every cell has its own step, for steady states; global: one step for all, for transients",
    )
    initial: Annotated[str, Word(("empty", "barometric", "fluid", "file"))] | None = Field(
        default=None,
        description="first particles: none, hydrostatic gas, the escaping gas (density, temperature and velocity of "
        "the fluid, free flight above the exobase), or a file; default: empty without collisions, fluid where a gas "
        "escapes from a reservoir below, else barometric",
    )
    initial_file: str | None = Field(
        default=None,
        description='profile for initial = "file": CSV table, result.h5 or case directory, relative to the case file',
    )
    allow_trapped: bool = Field(
        default=False, description="allow a filled start without collisions, which traps particles in satellite orbits"
    )
    body: BodyTable = Field(default=BodyTable(), description="the body")
    domain: DomainTable = Field(description="the simulated region")
    inner: InnerTable = Field(default=InnerTable(), description="the inner boundary")
    outer: OuterTable = Field(default=OuterTable(), description="the outer boundary")
    species: list[SpeciesTable] = Field(min_length=1, description="the species of the gas, one table each")
    pair: list[PairTable] = Field(default_factory=list, description="collision laws of single pairs of species")
    source: list[SourceTable] = Field(default_factory=list, description="sources of particles inside the domain")
    loss: list[LossTable] = Field(default_factory=list, description="processes by which species are lost")
    grid: GridTable = Field(default=GridTable(), description="the cells")
    step: StepTable = Field(default=StepTable(), description="the time step")
    weights: WeightsTable = Field(default=WeightsTable(), description="weights of simulated particles")
    run: RunTable = Field(default=RunTable(), description="how long and how fine the run is")
    tally: TallyTable = Field(default=TallyTable(), description="what is recorded")
    check: list[CheckTable] = Field(default_factory=list, description="statements by which the case judges its result")
