"""Kinds of space that gas lives in: what a layer's area and volume are, how gravity goes, what "outside" means.

Every formula that depends on the shape of the domain is here, in :mod:`exobase.geometry.motion` (kernels) and in
:mod:`exobase.geometry.mesh` (cells). Other rooms ask a `Space` and never look at its name.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exobase.geometry.motion import PLANAR, RADIAL, Motion
from exobase.geometry.patches import Patches, rings, sectors, shares
from exobase.geometry.spheres import shell_volume, sphere_area

Array = NDArray[np.float64]


class Space(ABC):
    """One kind of space. Positions x [m] count outward along the normal of the layers.

    spherical: layers are spheres round a body, and rates are those of the whole body; else they are planes, and rates
    are per area. rate_unit: unit of a rate of particles. least_depth: depth of the thinnest domain over the position of
    its inner boundary.
    """

    name: ClassVar[str]
    spherical: ClassVar[bool]
    rate_unit: ClassVar[str]
    least_depth: ClassVar[float]
    divided_by: ClassVar[tuple[str, ...]] = ()
    places: ClassVar[tuple[str, ...]] = ()

    @property
    @abstractmethod
    def motion(self) -> Motion:
        """The equation of motion, for kernels."""

    @property
    @abstractmethod
    def pulls(self) -> bool:
        """Whether there is gravity."""

    @property
    def central(self) -> bool:
        """Whether gravity pulls to a centre: slow particles are bound, fast ones escape, and there is an exobase."""
        return self.spherical and self.pulls

    @property
    def placed(self) -> bool:
        """Whether the place of a particle on its layer counts."""
        return bool(self.divided_by)

    def divide(self, columns: int, zones: int, number: int | None) -> Patches:
        """Patches of a layer: columns: equal shares; zones: of the sphere, with a number of sectors (None: of equal
        area).
        """
        return shares(columns)

    def sun(self, latitude: float) -> Array:
        """Unit vector to the Sun, at longitude 0 and a latitude [rad], in the axes of the zones."""
        return np.array([math.cos(latitude), 0.0, math.sin(latitude)])

    @abstractmethod
    def area(self, x: ArrayLike) -> Array:
        """Area of the whole layer at x [m2] (planar: 1, per area)."""

    @abstractmethod
    def volume(self, lo: Array, hi: Array) -> Array:
        """Volume between layers [m3] (planar: [m], per area)."""

    @abstractmethod
    def centre(self, lo: Array, hi: Array) -> Array:
        """Volume-mean position between layers [m]."""

    @abstractmethod
    def gravity(self, x: ArrayLike) -> Array:
        """Acceleration towards the inner boundary [m s-2]."""

    @abstractmethod
    def potential(self, x: ArrayLike) -> Array:
        """Potential energy per mass [J/kg]; 0 at infinity, or at x = 0 where infinity has none."""

    def rise(self, x0: ArrayLike, x: ArrayLike) -> Array:
        """Energy per mass that it takes to rise from x0 to x [J/kg]."""
        return self.potential(x) - self.potential(x0)

    @abstractmethod
    def orbit_time(self, x: Array) -> Array:
        """Time in which gravity turns a particle round [s] (r^3/GM)^(1/2), infinite without a centre."""

    @abstractmethod
    def length(self, inner: float, outer: float) -> float:
        """Length of the domain [m] with which a mean free path is compared."""

    @abstractmethod
    def widest_cell(self, x: Array, ratio: float) -> Array:
        """Longest useful cells at the positions x, which span the domain [m]; ratio: of the radius."""

    @abstractmethod
    def nodes(self, inner: float, outer: float, count: int) -> Array:
        """Positions on which a profile between the boundaries is tabulated [count]."""


@dataclass(frozen=True)
class Radial(Space):
    """Spherical layers round a body of gravitational parameter gm [m3 s-2] (0: no gravity)."""

    gm: float

    name = "radial"
    spherical = True
    rate_unit = "s-1"
    least_depth = 1e-6

    @property
    def motion(self) -> Motion:
        """In the central field of gm."""
        return Motion(RADIAL, float(self.gm))

    @property
    def pulls(self) -> bool:
        """With a mass."""
        return self.gm > 0.0

    def area(self, x: ArrayLike) -> Array:
        """4 pi r^2."""
        return sphere_area(x)

    def volume(self, lo: Array, hi: Array) -> Array:
        """4 pi/3 (hi^3 - lo^3), without cancellation."""
        return shell_volume(lo, hi)

    def centre(self, lo: Array, hi: Array) -> Array:
        """3/4 (hi^4 - lo^4)/(hi^3 - lo^3)."""
        return 0.75 * (hi + lo) * (hi * hi + lo * lo) / (hi * hi + hi * lo + lo * lo)

    def gravity(self, x: ArrayLike) -> Array:
        """GM/r^2."""
        return self.gm / np.asarray(x, dtype=np.float64) ** 2

    def potential(self, x: ArrayLike) -> Array:
        """-GM/r."""
        return -self.gm / np.asarray(x, dtype=np.float64)

    def orbit_time(self, x: Array) -> Array:
        """(r^3/GM)^(1/2)."""
        return np.sqrt(x**3 / self.gm) if self.pulls else np.full(x.shape, math.inf)

    def length(self, inner: float, outer: float) -> float:
        """The inner radius."""
        return inner

    def widest_cell(self, x: Array, ratio: float) -> Array:
        """A part of the radius."""
        return ratio * x

    def nodes(self, inner: float, outer: float, count: int) -> Array:
        """Logarithmic, finer near the inner boundary."""
        t = np.linspace(0.0, 1.0, count)
        x: Array = inner * (outer / inner) ** (t**2 * 0.6 + 0.4 * t)
        x[-1] = outer
        return x


@dataclass(frozen=True)
class Axisymmetric(Radial):
    """A gas that is the same all round the z axis: zones of latitude."""

    name = "axisymmetric"
    divided_by = ("zones",)
    places = ("sza",)

    def divide(self, columns: int, zones: int, number: int | None) -> Patches:
        """Zones of equal area."""
        return rings(zones)

    def sun(self, latitude: float) -> Array:
        """On the axis."""
        return np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Spherical(Radial):
    """A gas without any symmetry: zones of latitude with sectors of longitude."""

    name = "spherical"
    divided_by = ("zones", "sectors")
    places = ("sza", "lat", "lon", "local_time")

    def divide(self, columns: int, zones: int, number: int | None) -> Patches:
        """Sectors of equal area."""
        return sectors(zones, number)


@dataclass(frozen=True)
class Planar(Space):
    """Plane layers under a constant acceleration [m s-2] towards the inner boundary (0: no gravity)."""

    acceleration: float

    name = "planar"
    spherical = False
    rate_unit = "m-2 s-1"
    least_depth = 1e-12

    @property
    def motion(self) -> Motion:
        """Under a constant acceleration."""
        return Motion(PLANAR, float(self.acceleration))

    @property
    def pulls(self) -> bool:
        """With an acceleration."""
        return self.acceleration > 0.0

    def area(self, x: ArrayLike) -> Array:
        """Per area."""
        return np.ones_like(np.asarray(x, dtype=np.float64))

    def volume(self, lo: Array, hi: Array) -> Array:
        """The distance, per area."""
        return hi - lo

    def centre(self, lo: Array, hi: Array) -> Array:
        """The middle."""
        return 0.5 * (lo + hi)

    def gravity(self, x: ArrayLike) -> Array:
        """The same everywhere."""
        return np.full_like(np.asarray(x, dtype=np.float64), self.acceleration)

    def potential(self, x: ArrayLike) -> Array:
        """g x."""
        return self.acceleration * np.asarray(x, dtype=np.float64)

    def orbit_time(self, x: Array) -> Array:
        """There are no orbits."""
        return np.full(x.shape, math.inf)

    def length(self, inner: float, outer: float) -> float:
        """The depth of the domain."""
        return outer - inner

    def widest_cell(self, x: Array, ratio: float) -> Array:
        """A tenth of the domain."""
        return np.full(x.size, 0.1 * (x[-1] - x[0]))

    def nodes(self, inner: float, outer: float, count: int) -> Array:
        """Uniform."""
        return np.linspace(inner, outer, count)


SPACES: dict[str, Callable[[float, float], Space]] = {
    Radial.name: lambda gm, gravity: Radial(gm),
    Axisymmetric.name: lambda gm, gravity: Axisymmetric(gm),
    Spherical.name: lambda gm, gravity: Spherical(gm),
    Planar.name: lambda gm, gravity: Planar(gravity),
}
"""Spaces by the name that a case gives, made from G M [m3 s-2] and a constant gravity [m s-2]."""


def space_named(name: str, gm: float = 0.0, gravity: float = 0.0) -> Space:
    """The space that domain.geometry names, with the G M [m3 s-2] of the body or a constant gravity [m s-2]."""
    if name not in SPACES:
        raise ValueError(f"no space is named {name!r}; there are {', '.join(SPACES)}")
    return SPACES[name](gm, gravity)


def space_of(case: Mapping[str, Any]) -> Space:
    """The space of a resolved case as it is stored with a result (`Case.to_dict()`)."""
    name, numbers = str(case.get("geometry", Radial.name)), (case.get("gm"), case.get("gravity"))
    return space_named(name, *(float(value or 0.0) for value in numbers))
