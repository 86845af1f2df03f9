"""The resolved electromagnetic field of a case, in SI units, frozen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exobase.fields.plasma import Wind, wind

Pairs = tuple[tuple[str, str], ...]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class FieldSetup:
    """Field and solar wind, in solar-orbital axes (+x to the Sun, +z north of the orbital plane).

    model: "none", "uniform", "draped_sphere", "kobel_flueckiger" or "file". Undisturbed wind: density of protons [m-3],
    speed [m/s], magnetic_field [T], cone, clock and aberration angles [rad] (see :func:`exobase.fields.plasma.wind`),
    alpha_fraction: alphas per proton. obstacle [m]: radius of the sphere, or subsolar distance R_m (0: none); bow_shock
    [m]: R_b; compression (0: the default of the model). standoff [m]: of a magnetopause (0: no magnetosphere); moment
    [A m2]: of the dipole whose field fills the cavity. file: path with the SHA-256 of its content, and what it does not
    say itself; radius [m] of the body for lengths in radii.
    scale_fraction: longest step of an ion over the length on which the field changes; gyration_angle [rad]: largest
    turn in a step. sources: where numbers come from that the case does not give itself; boundaries: names of those
    that are published boundaries.
    """

    model: str
    density: float = 0.0
    speed: float = 0.0
    magnetic_field: float = 0.0
    cone: float = 0.0
    clock: float = 0.0
    aberration: float = 0.0
    alpha_fraction: float = 0.0
    obstacle: float = 0.0
    bow_shock: float = 0.0
    compression: float = 0.0
    standoff: float = 0.0
    moment: tuple[float, float, float] = (0.0, 0.0, 0.0)
    file: str = ""
    digest: str = ""
    frame: str | None = None
    units: Pairs = ()
    names: Pairs = ()
    radius: float = 0.0
    scale_fraction: float = 0.1
    gyration_angle: float = 0.2
    sources: tuple[str, ...] = ()
    boundaries: tuple[str, ...] = ()

    @property
    def b(self) -> Vector:
        """Magnetic field of the undisturbed wind [T]."""
        flow = self._wind()
        return (flow.bx * flow.c + flow.by * flow.s, flow.by * flow.c - flow.bx * flow.s, flow.bz)

    @property
    def electric(self) -> Vector:
        """E = -u x B of the undisturbed wind [V/m], for u = U (-cos a, sin a, 0) with the aberration angle a."""
        b1, b2, b3 = self.b
        u1, u2 = -self.speed * math.cos(self.aberration), self.speed * math.sin(self.aberration)
        return (-u2 * b3, u1 * b3, u2 * b1 - u1 * b2)

    def _wind(self) -> Wind:
        return wind(self.density, self.speed, self.magnetic_field, self.cone, self.clock, self.aberration)


def field_from_dict(data: Mapping[str, Any]) -> FieldSetup:
    """The setup of a plain dictionary, whose lists have become tuples. Raises TypeError where keys are unknown."""
    return FieldSetup(**data)
