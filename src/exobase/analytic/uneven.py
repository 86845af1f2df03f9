"""A collisionless exosphere above a sphere whose density and temperature depend on the place.

Without collisions the phase-space density is constant along an orbit (Liouville): at any point it is that of the place
where the orbit left the sphere r0, f = n (m/(2 pi k T))^(3/2) exp(-m v0^2/(2 k T)), v0^2 = v^2 + 2 G M (1/r0 - 1/r).
Orbits count whose periapsis lies below r0: bound ones rising and falling, unbound ones rising. The density is the
integral over all velocities, here by Gauss-Legendre quadrature in speed and in the angle to the vertical and the
trapezoidal rule in azimuth. In the uniform case that is Chamberlain's density of ballistic and escaping particles
(Chamberlain 1963, Planet. Space Sci. 11, 901); satellite orbits are empty.

The angle at the centre between two radii of one leg is 2 arctan(l (r2 - r1)/(r1 s2 + r2 s1)), s = r |v_r|.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exobase.constants import K_B

Array = NDArray[np.float64]
Gas = Callable[[Array], tuple[Array, Array]]
"""Density [m-3] and temperature [K] at unit vectors [n, 3]."""

_SPEEDS, _ANGLES, _AZIMUTHS = 48, 40, 64
_FASTEST = 8.0


@dataclass(frozen=True)
class UnevenExobase:
    """The sphere of radius r0 [m] round G M = gm [m3 s-2] that emits particles of a mass [kg]; hottest [K]: for the
    range of speeds.
    """

    r0: float
    gm: float
    mass: float
    gas: Gas
    hottest: float

    def density(self, r: float, direction: Array) -> float:
        """Density [m-3] at the radius r > r0 [m] in a direction (unit vector)."""
        return float(self._moments(r, direction)[0])

    def returning(self, direction: Array) -> tuple[float, float]:
        """Flux [m-2 s-1] that comes back at a place of the sphere, and the one emitted there, n U/(2 sqrt(pi))."""
        n, t = (float(value[0]) for value in self.gas(direction[None]))
        emitted = n * math.sqrt(2.0 * K_B * t / self.mass) / (2.0 * math.sqrt(math.pi))
        return float(self._moments(self.r0 * (1.0 + 1e-9), direction)[1]), emitted

    def _moments(self, r: float, direction: Array) -> tuple[float, float]:
        """Density, and the downward flux of what comes back."""
        lift = 2.0 * self.gm * (1.0 / self.r0 - 1.0 / r)
        escape = math.sqrt(2.0 * self.gm / r)
        ratio = (self.r0 / r) ** 2
        full = math.sqrt(lift * ratio / (1.0 - ratio))  # slower orbits all reach r0
        ends = [0.0, min(full, escape), escape, escape + _FASTEST * math.sqrt(2.0 * K_B * self.hottest / self.mass)]
        number = back = 0.0
        for a, b in pairwise(ends):
            if b > a:
                n, f = self._part(r, direction, a, b, lift, ratio)
                number, back = number + n, back + f
        return number, back

    def _part(self, r: float, direction: Array, a: float, b: float, lift: float, ratio: float) -> tuple[float, float]:
        """Those of the speeds a to b."""
        node, weight = np.polynomial.legendre.leggauss(_SPEEDS)
        speed, dv = 0.5 * (a + b) + 0.5 * (b - a) * node, 0.5 * (b - a) * weight
        node, weight = np.polynomial.legendre.leggauss(_ANGLES)
        widest = np.arcsin(np.sqrt(np.minimum(ratio * (1.0 + lift / speed**2), 1.0)))
        angle = 0.5 * widest[:, None] * (1.0 + node)
        solid = 0.5 * widest[:, None] * weight * np.sin(angle)
        moment = r * speed[:, None] * np.sin(angle)
        energy = np.broadcast_to((0.5 * speed**2 - self.gm / r)[:, None], moment.shape)
        here, base = r * speed[:, None] * np.cos(angle), self._s(self.r0, energy, moment)
        rising = 2.0 * np.arctan2(moment * (r - self.r0), self.r0 * here + r * base)
        f = self._phase_density(direction, rising, speed**2 + lift)
        volume = (speed**2 * dv)[:, None] * solid
        if not energy[0, 0] < 0.0:
            return float((f * volume).sum()), 0.0
        root = np.sqrt(np.maximum(self.gm**2 + 2.0 * energy * moment**2, 0.0))
        top = np.maximum((self.gm + root) / (-2.0 * energy), r)
        whole = 4.0 * np.arctan2(moment * (top - self.r0), top * base)
        falling = self._phase_density(direction, whole - rising, speed**2 + lift)
        flux = falling * volume * speed[:, None] * np.cos(angle)
        return float(((f + falling) * volume).sum()), float(flux.sum())

    def _s(self, r: float, energy: Array, moment: Array) -> Array:
        """r |v_r| on an orbit; moment: r v_t."""
        return np.asarray(np.sqrt(np.maximum(2.0 * r * r * energy + 2.0 * self.gm * r - moment**2, 0.0)))

    def _phase_density(self, direction: Array, swept: Array, square: Array) -> Array:
        """f at the feet, ``swept`` [speeds, angles] away, summed over azimuth; square [speeds]: v0^2."""
        first = np.cross(direction, [0.0, 0.0, 1.0] if abs(direction[2]) < 0.9 else [1.0, 0.0, 0.0])
        first /= np.linalg.norm(first)
        second = np.cross(direction, first)
        azimuth = (np.arange(_AZIMUTHS) + 0.5) * 2.0 * math.pi / _AZIMUTHS
        side = np.cos(azimuth)[:, None] * first + np.sin(azimuth)[:, None] * second
        feet = np.cos(swept)[..., None, None] * direction + np.sin(swept)[..., None, None] * side
        n, t = self.gas(feet.reshape(-1, 3))
        spread = 2.0 * K_B * t.reshape(feet.shape[:-1]) / self.mass
        f = n.reshape(spread.shape) / (math.pi * spread) ** 1.5 * np.exp(-square[:, None, None] / spread)
        return np.asarray(f.sum(axis=2) * 2.0 * math.pi / _AZIMUTHS)


def escape_rate(sphere: UnevenExobase, directions: Array) -> float:
    """Jeans escape [s-1] of the whole sphere, from its mean over evenly spread directions [n, 3]."""
    n, t = sphere.gas(directions)
    speed = np.sqrt(2.0 * K_B * t / sphere.mass)
    depth = sphere.gm * sphere.mass / (K_B * t * sphere.r0)
    flux = n * speed / (2.0 * math.sqrt(math.pi)) * (1.0 + depth) * np.exp(-depth)
    return float(4.0 * math.pi * sphere.r0**2 * flux.mean())
