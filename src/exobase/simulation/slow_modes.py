"""How many steps the slowest modes of the collisional column take to relax.

The gas of a cell advances by the cell's own step dt(r), so a time is counted in local steps: a path dr at speed c takes
dr/(c dt) steps, and what relaxes by diffusion toward the reservoir at the base takes

    M = int_base^top dy/(K A) int_y^top f A/dt dz

steps, the mean time of first passage from the top in steps: f is what is spread per volume (particles of a species; n
c_p of heat), K = f D carries it, A is the area. The slowest mode decays by a factor e in M/1.3 (exact: M/1.23 in a slab
with dt constant, M/1.45 in an isothermal column with dt ~ l, where M is H^2/(4 D dt) at the base). So the densest part
of a column is the slowest. With dt = 1 all of these are times in seconds.

Above the exobase particles fly freely, so what is there follows the exobase: it adds its number, or its heat, to
what has to pass the whole column. Where T rises by dT at the exobase the particles at a potential phi above it grow in
number by phi/kT dT/T, and each has to be lifted: heat n k ((3 + zeta)/2 + (phi/kT)^2) per volume and kelvin. At
lambda0 = 10 that is more than the heat of the column itself (seen: 600 to 700 steps; 650 with it, 270 without).

A top that loses what arrives makes the mode up to four times faster: with G = 1/int dy/(K A) the conductance of the
column and h that of the escape (particles: the escape rate; heat: k lambda^2 times it, since escape goes as
exp(-lambda) and takes lambda kT), the time is divided by 1 + 3h/(h + G).

Diffusion D = 0.589 l v (v the mean speed; hard spheres), conduction kappa = 1.84 k n l v (plus Eucken's part of
rotation), both with the mean free path of each species in the mixture. Diffusion counts for all but the most abundant
species: in one gas pressure spreads by sound. A gas that flows out is also renewed by its flow, in int dr/(u dt).
Right within a factor of about 2. Neglected: thermal diffusion, and viscosity (a little faster than conduction).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exobase.case import Case
from exobase.constants import K_B
from exobase.geometry.mesh import Mesh
from exobase.simulation.column import column_top
from exobase.simulation.profile import Profile, mean_free_paths

Array = NDArray[np.float64]
DIFFUSION = 0.589
CONDUCTION = 1.84
_ROTATION = 0.65
_PASSAGE_TO_DECAY = 1.3


@dataclass(frozen=True)
class SlowModes:
    """Steps (or seconds) of the column: crossing at the speed of sound; decay by a factor e of the slowest mode of
    diffusion (0 with one species) and of conduction; renewal by the flow (infinite without one).

    Without collisions only the crossing is not 0, at the most probable speed of the slowest species.
    """

    crossing: float
    diffusion: float
    conduction: float
    renewal: float

    @property
    def slowest(self) -> float:
        """The longest of all; a flow carries away what has not diffused, to 5 % in one renewal (three times a factor
        e).
        """
        return max(self.crossing, min(max(self.diffusion, self.conduction), self.renewal / 3.0))


@dataclass(frozen=True)
class _Column:
    """Nodes r [n] of the collisional column; area (4 pi r^2, planar 1) and step there; density and temperature [ns, n]
    there.
    """

    r: Array
    area: Array
    dt: Array
    density: Array
    temperature: Array


def slow_modes(case: Case, profile: Profile, mesh: Mesh | None = None, outflow: ArrayLike | None = None) -> SlowModes:
    """Slow modes in steps of the mesh, or in seconds without one.

    outflow [ns]: particles that leave the domain for good [s-1] (per area in a plane), where known; without
    it the drift of the reservoir counts as the flow.
    """
    c = _column(case, profile, mesh)
    if c.r.size < 2:
        return SlowModes(0.0, 0.0, 0.0, np.inf)
    mass = np.array([[s.mass] for s in case.species])
    if case.collisions == "off":
        slowest = np.sqrt(2.0 * K_B * c.temperature / mass).min(axis=0)
        return SlowModes(_integral(c.r, 1.0 / (slowest * c.dt)), 0.0, 0.0, np.inf)
    leaving = np.zeros(len(case.species)) if outflow is None else np.asarray(outflow, dtype=np.float64)
    drift = np.array([s.density * s.bulk_speed for s in case.species]) * c.area[0]
    flow = max(float(leaving.sum()), float(drift.sum()))
    total = np.maximum(c.density.sum(axis=0), 1e-300)
    renewal = _integral(c.r, total * c.area / (flow * c.dt)) if flow > 0.0 else np.inf
    zeta = np.array([[s.species.zeta_rot] for s in case.species])
    heat = (c.density * (2.5 + 0.5 * zeta)).sum(axis=0)
    gamma = heat / np.maximum(heat - total, 1e-300)
    pressure = K_B * (c.density * c.temperature).sum(axis=0)
    sound = np.sqrt(gamma * pressure / np.maximum((c.density * mass).sum(axis=0), 1e-300))
    reach = mean_free_paths(case, c.density, c.temperature) * np.sqrt(8.0 * K_B * c.temperature / (np.pi * mass))
    conductivity = (c.density * reach * (CONDUCTION + 0.5 * _ROTATION * zeta)).sum(axis=0)
    aloft = _aloft(case, profile, mesh, zeta)
    depth = case.gm * mass[:, 0] / (K_B * c.temperature[:, -1] * c.r[-1])
    cooling = float((np.maximum(leaving, 0.0) * depth**2).sum())
    content = (c.density * c.area).sum(axis=1)
    diffusion = [
        _decay(case, c, (c.density[s], float(aloft[0, s])), DIFFUSION * c.density[s] * reach[s], float(leaving[s]))
        for s in range(len(case.species))
        if s != int(np.argmax(content)) and content[s] > 0.0
    ]
    return SlowModes(
        _integral(c.r, 1.0 / (sound * c.dt)),
        max(diffusion, default=0.0),
        _decay(case, c, (heat, float(aloft[1].sum())), conductivity, cooling),
        renewal,
    )


def _column(case: Case, profile: Profile, mesh: Mesh | None) -> _Column:
    inside = profile.position <= column_top(case, profile)
    r = profile.position[inside]
    dt = mesh.step_of(r) if mesh is not None else np.ones_like(r)
    area = case.space.area(r)
    return _Column(r, area, dt, profile.density[:, inside], profile.temperature[:, inside])


def _aloft(case: Case, profile: Profile, mesh: Mesh | None, zeta: Array) -> Array:
    """Number and heat (over k) per step time of each species above the exobase [2, ns]."""
    top = column_top(case, profile)
    beyond = profile.position >= top
    r, density, temperature = profile.position[beyond], profile.density[:, beyond], profile.temperature[:, beyond]
    mass = np.array([[s.mass] for s in case.species])
    rise = mass * case.space.rise(top, r) / (K_B * temperature)
    dt = mesh.step_of(r) if mesh is not None else np.ones_like(r)
    number = density * case.space.area(r) / dt
    return np.array(
        [
            [_integral(r, n) for n in number],
            [_integral(r, n) for n in number * (1.5 + 0.5 * zeta + rise * rise)],
        ]
    )


def _decay(case: Case, c: _Column, spread: tuple[Array, float], carried: Array, loss: float) -> float:
    """Steps in which the slowest mode decays by a factor e. spread: per volume in the column, and in all above it;
    loss: conductance of the top.
    """
    values = spread[0] * c.area / c.dt
    pieces = 0.5 * np.diff(c.r) * (values[1:] + values[:-1])
    above = np.append(np.cumsum(pieces[::-1])[::-1], 0.0) + spread[1]
    resistance = 1.0 / np.maximum(carried * c.area, 1e-300)
    conductance = 1.0 / _integral(c.r, resistance)
    fixed = case.outer.type == "diffuse" or any(s.outer_density > 0.0 for s in case.species)
    share = 1.0 if fixed else max(loss, 0.0) / (max(loss, 0.0) + conductance)
    return _integral(c.r, above * resistance) / _PASSAGE_TO_DECAY / (1.0 + 3.0 * share)


def _integral(r: Array, values: Array) -> float:
    return float((0.5 * np.diff(r) * (values[1:] + values[:-1])).sum())
