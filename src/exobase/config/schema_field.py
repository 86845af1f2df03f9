"""The typed schema of the [field] table of a test-particle case: electromagnetic field and solar wind."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from exobase.config.schema_base import Table
from exobase.config.values import FASTEST, Density, Number, Positive, PositiveLength, Quantity, Word

FIELD_MODELS = ("none", "uniform", "draped_sphere", "kobel_flueckiger", "file")
PlasmaSpeed = Annotated[float, Quantity("m s-1", "400 km/s", 0.0, high=FASTEST)]
Magnetic = Annotated[float, Quantity("T", "3 nT", 0.0)]
FieldAngle = Annotated[float, Quantity("rad", "57 deg")]


class FieldTable(Table):
    """Field and wind in solar-orbital axes: +x to the Sun, +z north of the orbital plane. The wind blows along -x.

    Radii of the body are the unit of keys that end in _radii.
    """

    model: Annotated[str, Word(FIELD_MODELS)] = Field(description="what the field is")
    wind: Annotated[str, Word(("typical",))] | None = Field(
        default=None, description="typical: where a key of the wind is missing, the table's value for the body"
    )
    density: Density | None = Field(default=None, description="protons of the undisturbed wind")
    speed: PlasmaSpeed | None = Field(default=None, description="of the undisturbed wind")
    magnetic_field: Magnetic | None = Field(default=None, description="magnitude in the undisturbed wind")
    cone_angle: FieldAngle | None = Field(default=None, description="between the field and +x")
    clock_angle: FieldAngle | None = Field(
        default=None, description="of the field about x, from +z to +y; default: 90 deg, in the orbital plane"
    )
    aberration_angle: FieldAngle = Field(default=0.0, description="the wind comes from this angle off the Sun")
    alpha_fraction: Annotated[float, Number(0.0, high=1.0)] | None = Field(
        default=None, description="alphas per proton; default: 0, or of the typical wind"
    )
    obstacle: str | None = Field(default=None, description="a boundary's name, whose subsolar distance is taken")
    obstacle_radius: PositiveLength | None = Field(
        default=None, description="radius of the obstacle (paraboloid: its subsolar distance), instead of obstacle"
    )
    obstacle_radii: Positive | None = Field(default=None, description="the same in radii of the body")
    bow_shock: str | None = Field(default=None, description="a boundary's name, whose subsolar distance is taken")
    bow_shock_radius: PositiveLength | None = Field(default=None, description="subsolar distance from the centre")
    bow_shock_radii: Positive | None = Field(
        default=None, description="subsolar distance of the bow shock in radii of the body"
    )
    compression: Annotated[float, Number(1.0)] | None = Field(
        default=None, description="density behind the shock over that before it; default: R_b/(R_b - R_m)"
    )
    magnetosphere: bool = Field(default=False, description="a cavity behind a magnetopause, on top of the model")
    standoff: PositiveLength | None = Field(
        default=None, description="subsolar distance of the magnetopause; default: from the balance of pressures"
    )
    standoff_radii: Positive | None = Field(
        default=None, description="subsolar distance of the magnetopause in radii of the body, instead of standoff"
    )
    dipole_moment: Annotated[float, Quantity("A m2", "7.7e22 A m2", 0.0, strict=True)] | None = Field(
        default=None, description="magnetic moment of the body, which sets the standoff"
    )
    surface_field: Annotated[float, Quantity("T", "30 uT", 0.0, strict=True)] | None = Field(
        default=None, description="dipole's field at the magnetic equator of the body's surface"
    )
    dipole_axis: Annotated[list[float], Field(min_length=3, max_length=3)] | None = Field(
        default=None, description="direction of the moment; default: -z, as at Earth"
    )
    dipole_inside: bool = Field(default=False, description="whether the dipole's field fills the cavity")
    file: str | None = Field(default=None, description=".h5 in the field format, .vtk, .vti")
    frame: str | None = Field(default=None, description="frame of the file, where it does not say it")
    units: dict[str, str] = Field(
        default_factory=dict, description="of length, B, u, E, n of the file, where it does not say them"
    )
    names: dict[str, str] = Field(default_factory=dict, description="of the arrays for B, u, E, n in the file")
    scale_fraction: Annotated[float, Number(0.0, strict=True, high=1.0)] = Field(
        default=0.1, description="longest step of an ion over the length on which the field changes"
    )
    gyration_angle: Annotated[float, Quantity("rad", "0.2 rad", 0.0, strict=True, high=1.0)] = Field(
        default=0.2, description="largest angle by which an ion turns in a step"
    )
