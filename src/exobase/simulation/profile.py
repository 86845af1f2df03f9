"""The expected state of the gas against position: what cells, steps, weights and the first particles are built from.

Before a run it is that of `exobase.simulation.expected` where the case starts from it (initial = "fluid"), else
hydrostatic below the exobase with Chamberlain's exosphere above (uniform where there is no gravity, thinned as r^-2
where the gas flows off as a wind); after burn-in it is the sampled one. It steers efficiency only: results do not
depend on it beyond discretisation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exobase.analytic import chamberlain
from exobase.case import Case
from exobase.constants import K_B
from exobase.cross_sections.pair_rates import mixture_mean_free_path
from exobase.io import read_profile
from exobase.simulation.births import expected_born_density, fed_only
from exobase.simulation.expected import expected_state

Array = NDArray[np.float64]
NODES = 2048
DENSITY_FLOOR = 1e-9
HYDRODYNAMIC = 3.5
"""Jeans parameter at the inner boundary below which a collisional gas flows off as a wind (2.4 to 3.6 by the number of
degrees of freedom: Volkov & Johnson 2013, ApJ 765, 90)."""


_SLOPE_NODES = NODES // 10
_LEAST_POWER = 0.5


@dataclass(frozen=True)
class Profile:
    """position [m] (increasing nodes); density [ns, nodes] m-3; temperature [ns, nodes] K.

    velocity [ns, nodes] m/s, away from the body (None: at rest); note: what the profile is, with reasons; warnings.
    """

    position: Array
    density: Array
    temperature: Array
    velocity: Array | None = None
    note: str = ""
    warnings: tuple[str, ...] = ()

    def density_at(self, position: Array) -> Array:
        """Density [ns, n] at positions, log-linear between nodes."""
        log = np.log(np.maximum(self.density, 1e-300))
        return np.asarray(np.exp(np.stack([np.interp(position, self.position, row) for row in log])))

    def temperature_at(self, position: Array) -> Array:
        """Temperature [ns, n] at positions, linear between nodes."""
        return np.stack([np.interp(position, self.position, row) for row in self.temperature])

    def velocity_at(self, position: Array) -> Array:
        """Bulk velocity [ns, n] m/s at positions, linear between nodes."""
        if self.velocity is None:
            return np.zeros((self.density.shape[0], position.size))
        return np.stack([np.interp(position, self.position, row) for row in self.velocity])


def nodes(case: Case, count: int = NODES) -> Array:
    """Positions of the nodes of the expected profile."""
    return case.space.nodes(case.r_inner, case.r_outer, count)


def mean_free_paths(case: Case, density: Array, temperature: Array) -> Array:
    """Mean free path [ns, n] m of each species in the mixture (infinite without collisions)."""
    if case.collisions == "off":
        return np.full_like(density, np.inf)
    laws = case.laws
    total = density.sum(axis=0)
    mean_t = np.where(total > 0, (density * temperature).sum(axis=0) / np.maximum(total, 1e-300), temperature[0])
    return mixture_mean_free_path(laws, density, np.maximum(mean_t, 1e-3), np.array([s.mass for s in case.species]))


def paths_above(case: Case, profile: Profile) -> float:
    """Mean free paths that the gas above the last node holds, for the species that meets most, if the collisions along
    the radius fall on as the power of r that they have between the last nodes.
    """
    last = slice(-_SLOPE_NODES, None)
    r = profile.position[last]
    free = mean_free_paths(case, profile.density[:, last], profile.temperature[:, last]).min(axis=0)
    power = float(np.log(free[-1] / free[0]) / np.log(r[-1] / r[0]))
    return float(r[-1] / free[-1]) / max(power - 1.0, _LEAST_POWER)


def pressure_scale_height(position: Array, density: Array, temperature: Array) -> Array:
    """-dr/dln p [n] m of the whole gas (infinite where the pressure does not fall)."""
    pressure = np.maximum((density * temperature).sum(axis=0), 1e-300)
    slope = np.gradient(np.log(pressure), position)
    return np.where(slope < 0.0, -1.0 / np.minimum(slope, -1e-300), np.inf)


def expected_profile(case: Case) -> Profile:
    """The escaping gas of `expected_state` for initial = "fluid", that of a file for "file", else the hydrostatic one.

    Hydrostatic gas has Chamberlain's exosphere above the level where the mean free path equals the scale height. Where
    the escaping gas is wanted and not found the note says why. Species that sources alone bring in: what their births
    would keep up in that gas.
    """
    made = {"fluid": _fluid_profile, "file": _file_profile}
    gas = made.get(case.initial, _gas_profile)(case)
    fed = fed_only(case)
    if not fed.any():
        return gas
    free = mean_free_paths(case, gas.density, gas.temperature)
    height = pressure_scale_height(gas.position, gas.density, gas.temperature)
    born = expected_born_density(case, gas.position, free, height)
    return replace(gas, density=np.where(fed[:, None], born, gas.density))


def _fluid_profile(case: Case) -> Profile:
    """The escaping gas, or the hydrostatic one with the reason why (density 0 of species without a reservoir)."""
    r = nodes(case)
    found = expected_state(case, r)
    if isinstance(found, str):
        return replace(_gas_profile(case), note=f"hydrostatic: {found}")
    floor = np.array([[DENSITY_FLOOR * s.density] for s in case.species])
    density = np.maximum(found.density, floor)
    return Profile(r, density, found.temperature, found.velocity, found.note, found.warnings)


def _file_profile(case: Case) -> Profile:
    """The gas of the case's initial_file, where it has every species (else the hydrostatic one: the start tells)."""
    gas = _gas_profile(case)
    table = None if case.initial_file is None else read_profile(case.initial_file, case.body_radius)
    if table is None or any(s.name not in table.species for s in case.species):
        return gas
    rows = [table.at(s.name, np.clip(gas.position, table.r[0], table.r[-1])) for s in case.species]
    floor = np.array([[DENSITY_FLOOR * max(s.density, s.outer_density)] for s in case.species])
    density = np.maximum(np.array([row[0] for row in rows]), floor)
    temperature = np.array([row[2] for row in rows])
    known = np.isfinite(temperature)
    return Profile(gas.position, density, np.where(known, temperature, gas.temperature), np.array([r[1] for r in rows]))


def _gas_profile(case: Case) -> Profile:
    """Expected state of the species that have a reservoir (density 0 of the others)."""
    r = nodes(case)
    temperature = np.repeat(np.array([[s.temperature] for s in case.species]), r.size, axis=1)
    n0 = np.array([[s.density] for s in case.species])
    if not case.space.central:
        return Profile(r, _without_body(case, r), temperature)
    mass = np.array([[s.mass] for s in case.species])
    depth = case.gm * mass / (K_B * temperature * r)
    density = n0 * np.exp(depth - depth[:, :1]) * _thinned(case, r, depth)
    free = mean_free_paths(case, density, temperature)
    height = pressure_scale_height(r, density, temperature)
    above = (free.min(axis=0) >= height).nonzero()[0]
    k = int(above[0]) if above.size else r.size - 1
    if k < r.size - 1 and case.outer.type not in ("specular", "diffuse"):
        for s in range(len(case.species)):
            zeta = chamberlain.zeta_bal(depth[s, k:], depth[s, k]) + chamberlain.zeta_esc(depth[s, k:], depth[s, k])
            full = chamberlain.zeta_sat(depth[s, k:], depth[s, k]) if case.collisions != "off" else 0.0
            density[s, k:] *= np.maximum(zeta + 0.3 * full, 1e-3)
    density = np.maximum(density, _from_above(case, r))
    return Profile(r, np.maximum(density, DENSITY_FLOOR * density.max(axis=1, keepdims=True)), temperature)


def _from_above(case: Case, r: Array) -> Array:
    """Density [ns, nodes] of what falls in from reservoirs above, focused by gravity like (1 + lambda)^(1/2)."""
    rows = np.zeros((len(case.species), r.size))
    for k, s in enumerate(case.species):
        if s.outer_density > 0.0:
            fall = case.gm * s.mass / (K_B * s.outer_temperature) * (1.0 / r - 1.0 / r[-1])
            rows[k] = s.outer_density * np.sqrt(1.0 + fall)
    return rows


def _thinned(case: Case, r: Array, depth: Array) -> Array:
    """Factor [nodes] on the hydrostatic density of a gas that gravity hardly holds: it flows off instead.

    Where the Jeans parameter of the most abundant species at the bottom is below ``HYDRODYNAMIC`` and it can escape,
    the density falls at least as r^-2 beyond the sonic point, which lies at about lambda0/2 inner radii.
    """
    main = int(np.argmax([s.density for s in case.species]))
    if case.collisions == "off" or case.outer.type in ("specular", "diffuse") or depth[main, 0] >= HYDRODYNAMIC:
        return np.ones(r.size)
    sonic = r[0] * max(1.0, 0.5 * depth[main, 0])
    return np.asarray(np.minimum(1.0, (sonic / r) ** 2))


def _without_body(case: Case, x: Array) -> Array:
    """Expected density without central gravity: barometric in a plane, free expansion round a sphere.

    Between two reservoirs of a plane without gravity its logarithm is linear.
    """
    rows, space = [], case.space
    for s in case.species:
        n0 = max(s.density, s.outer_density)
        if not space.spherical and not space.pulls and min(s.density, s.outer_density) > 0.0:
            rows.append(s.density * (s.outer_density / s.density) ** ((x - x[0]) / (x[-1] - x[0])))
        elif not space.spherical:
            rows.append(n0 * np.exp(-s.mass * space.rise(x[0], x) / (K_B * s.temperature)))
        elif case.outer.type in ("specular", "diffuse"):
            rows.append(np.full(x.size, n0))
        else:
            rows.append(
                n0 * 0.5 * (1.0 - np.sqrt(np.maximum(1.0 - (x[0] / x) ** 2, 0.0))) + 1e-3 * n0 * (x[0] / x) ** 2
            )
    return np.array(rows)
