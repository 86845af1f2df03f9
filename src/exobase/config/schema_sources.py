"""The typed schema of [[source]] and [[loss]], for both solvers: what brings particles in, and what takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from exobase.config.schema_base import Angle, Energy, Frequency, PositiveEnergy, Table
from exobase.config.values import (
    FASTEST,
    Altitude,
    Density,
    Number,
    Positive,
    PositiveLength,
    Quantity,
    Speed,
    Temperature,
    Word,
)

SOURCE_TYPES = (
    "thermal", "mono_energetic", "table", "dissociative_recombination", "photodissociation", "sputtering", "pickup",
    "solar_wind", "charge_exchange",
)  # fmt: skip
IONISATIONS = ("photoionisation", "electron_impact", "charge_exchange", "frequency")
LOSS_PROCESSES = ("photoionisation", "photodissociation", "electron_impact", "charge_exchange", "frequency")
ILLUMINATIONS = ("dayside", "global", "cos_zenith")


class SourceTable(Table):
    """One source of particles, for both solvers; which keys go together depends on the type."""

    type: Annotated[str, Word(SOURCE_TYPES)] = Field(description="kind of the source")
    name: str | None = Field(default=None, description="name of the process in the results; default: the type")
    species: str = Field(description="species that is born (sputtering: the incident particle once it is neutral)")
    illumination: Annotated[str, Word(ILLUMINATIONS)] | None = Field(
        default=None,
        description="part of the sphere with births; default: global for thermal and mono_energetic, else dayside; "
        "global in the radial geometry of a dsmc case",
    )
    share: Positive = Field(default=1.0, description="part of the histories, relative to the other sources")
    radius: PositiveLength | None = Field(default=None, description="level of the source, from the centre")
    altitude: Altitude | None = Field(
        default=None, description="level of the source above body.radius, instead of radius"
    )
    follows: str | None = Field(default=None, description="births follow the density of this background species")
    profile: str | None = Field(
        default=None, description="CSV table: altitude or radius, and rate [cm-3 s-1] or relative [1] births per volume"
    )
    rate: Annotated[float, Quantity("s-1", "1e25 s-1", 0.0, strict=True)] | None = Field(
        default=None, description="events per time over the lit part of the sphere"
    )
    flux: Annotated[float, Quantity("m-2 s-1", "1e7 cm-2 s-1", 0.0, strict=True)] | None = Field(
        default=None, description="events per area and time at the level, instead of rate"
    )
    temperature: Temperature | None = Field(default=None, description="of thermal births")
    density: Density | None = Field(
        default=None, description="of the Maxwellian behind a thermal level, instead of rate or flux"
    )
    drift: Speed | None = Field(default=None, description="upward bulk speed of the Maxwellian behind a thermal level")
    energy: PositiveEnergy | None = Field(default=None, description="kinetic energy of the particles")
    speed: Annotated[float, Quantity("m s-1", "5 km/s", 0.0, strict=True, high=FASTEST)] | None = Field(
        default=None, description="speed of the particles, instead of energy"
    )
    launch: Annotated[str, Word(("isotropic_flux", "uniform_solid_angle", "isotropic", "beam", "table"))] | None = (
        Field(
            default=None,
            description="directions: isotropic_flux (cosine law), uniform_solid_angle, isotropic, beam, or table "
            "(key angles)",
        )
    )
    angle: Angle | None = Field(default=None, description="of a beam, from the vertical (sputtering: downward)")
    angles: str | None = Field(default=None, description="CSV table: angle [deg], weight [1] per solid angle")
    spectrum: str | None = Field(
        default=None,
        description="CSV table: energy [eV], and flux [cm-2 s-1 eV-1], rate [s-1 eV-1] or relative [1]; sputtering: or "
        "the result.h5 of a run, whose precipitation it takes",
    )
    interpolation: Annotated[str, Word(("linear", "log"))] | None = Field(
        default=None, description="of the spectrum between its rows; default: linear"
    )
    lowest_energy: PositiveEnergy | None = Field(
        default=None, description="sputtering, spectrum = result.h5: particles below do not count"
    )
    table: str | None = Field(default=None, description="table of ions, electrons, parents; default: background.table")
    ion: str | None = Field(
        default=None,
        description="dissociative_recombination: the ion that recombines; charge_exchange: the thermal ion",
    )
    rate_law: str | None = Field(
        default=None,
        description="dissociative_recombination: name of the rate coefficient; default: the first of the "
        "package's table",
    )
    branching: str | None = Field(
        default=None,
        description="dissociative_recombination: name of the set of branching fractions; default: the first of "
        "the table",
    )
    electron_energy: bool | None = Field(
        default=None,
        description="dissociative_recombination: add the energy of the electron to that released; default: true",
    )
    products: list[str] | None = Field(default=None, description="which products are born; default: species")
    scale: Positive | None = Field(default=None, description="factor on the rate; default: 1")
    parent: str | None = Field(default=None, description="molecule or atom that is dissociated or ionised")
    channels: list[str] | None = Field(
        default=None,
        description="photodissociation: names of channels; default: all into two neutrals with known energy",
    )
    activity: Annotated[str, Word(("quiet", "active"))] | None = Field(
        default=None, description="of the Sun, which selects the photo-rates; default: quiet"
    )
    distance: Annotated[float, Quantity("m", "1.52 au", 0.0, strict=True)] | None = Field(
        default=None, description="from the Sun, which scales the photo-rates; default: body.sun_distance"
    )
    excess_energy: Energy | None = Field(
        default=None,
        description="photodissociation: energy shared by the products; default: that of the package's table",
    )
    incident: str | None = Field(
        default=None,
        description="sputtering: the precipitating ion, whose mass turns energy into speed; default: species",
    )
    ionisation: list[Annotated[str, Word(IONISATIONS)]] | None = Field(
        default=None, description="pickup: the ways in which the parent is ionised, each a process of its own"
    )
    frequency: Annotated[float, Quantity("s-1", "1e-7 s-1", 0.0, strict=True)] | None = Field(
        default=None, description='pickup: of ionisation = ["frequency"], or that of electron_impact'
    )
    shadow: bool | None = Field(default=None, description="pickup: no photoionisation behind the body (default: true)")
    electron_density: Density | None = Field(default=None, description="pickup, electron_impact: instead of frequency")
    electron_temperature: Annotated[float, Quantity("K", "1e5 K", 0.0, strict=True)] | None = Field(
        default=None, description="pickup, electron_impact: of the electrons whose rate coefficient is used"
    )
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

    species: str = Field(description="species that is lost")
    process: Annotated[str, Word(LOSS_PROCESSES)] = Field(description="what takes the particles")
    name: str | None = Field(default=None, description="name of the process in the results; default: species.process")
    sunlit_fraction: Annotated[float, Number(0.0, high=1.0)] = Field(
        default=1.0, description="share of the time in which the process acts: the frequency is multiplied by it"
    )
    activity: Annotated[str, Word(("quiet", "active"))] | None = Field(
        default=None, description="activity of the Sun; default: quiet"
    )
    frequency: Frequency | None = Field(
        default=None, description='of process = "frequency": share of the particles lost per time'
    )
    electron_density: Density | None = Field(default=None, description="electron_impact: density of the electrons")
    electron_temperature: Temperature | None = Field(default=None, description="electron_impact: of the electrons")
    beam_density: Density | None = Field(default=None, description="of ions that all move at beam_speed")
    beam_speed: Speed | None = Field(default=None, description="relative to the neutrals, far above their own speed")
    cross_section: Annotated[float | str, Quantity("m2", "1e-15 cm2", 0.0, strict=True, words=("fit",))] | None = Field(
        default=None, description="of charge exchange: a constant, or fit for the package's fit of ion and species"
    )
    ion: str | None = Field(
        default=None, description="product of photoionisation (default: all), or partner in charge exchange"
    )
    ion_density: Density | None = Field(default=None, description="charge_exchange: density of the thermal ions")
    ion_temperature: Temperature | None = Field(default=None, description="charge_exchange: of the thermal ions")
    ion_velocity: Speed | None = Field(default=None, description="along the normal, positive away from the body")
