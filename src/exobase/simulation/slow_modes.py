"""How many steps the slowest modes of the collisional column take to relax.

The gas of a cell advances by the cell's own step dt(r), so a time is counted in local steps: a path dr at speed c takes
dr/(c dt) steps, and what relaxes by diffusion with the coefficient D toward the reservoir at the base takes

    N = int_base^top dy/(f D A) int_y^top f A/dt dz

steps: the mean time of first passage from the top in steps, with f the density of what diffuses and A the area. In a
slab with one open end it is L^2/(2 D dt), 1.23 times the e-folding time of the slowest mode. In a hydrostatic column
f D is constant and dt grows with the mean free path l, so N is about H^2/(4 D dt) at the base: its densest part is the
slowest. With dt = 1 all of these are times in seconds.

Self-diffusion D = 0.589 l v (v the mean speed; hard spheres), conduction kappa = 1.84 k n l v (plus Eucken's part of
rotation), both with the mean free path of each species in the mixture: right within some 30 %, for unlike masses within
a factor 2. A gas that flows out is also renewed by its flow, in int dr/(u dt). Neglected: thermal diffusion, viscosity
(a little faster than conduction), the exosphere above the exobase.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.constants import K_B
from exobase.geometry.grid import Grid
from exobase.simulation.column import column_top
from exobase.simulation.layout import step_of
from exobase.simulation.profile import Profile, mean_free_paths

Array = NDArray[np.float64]
DIFFUSION = 0.589
CONDUCTION = 1.84
_ROTATION = 0.65


@dataclass(frozen=True)
class SlowModes:
    """Steps (or seconds) that the column needs: crossing at the speed of sound, diffusion of the slowest species,
    conduction of heat, renewal by the flow (infinite without one). Without collisions: only the crossing, at the most
    probable speed of the heaviest species."""

    crossing: float
    diffusion: float
    conduction: float
    renewal: float

    @property
    def slowest(self) -> float:
        """The longest of all; diffusion and conduction at most the renewal by the flow."""
        return max(self.crossing, min(max(self.diffusion, self.conduction), self.renewal))


def slow_modes(case: Case, profile: Profile, grid: Grid | None = None, outflow: float = 0.0) -> SlowModes:
    """Slow modes in steps of the grid, or in seconds without one.

    outflow: particles that leave the domain for good [s-1] ([m-2 s-1] in planar geometry), where it is known; at least
    the drift of the reservoir renews the gas.
    """
    r, density, temperature = profile.position, profile.density, profile.temperature
    inside = r <= column_top(case, profile)
    r, density, temperature = r[inside], density[:, inside], temperature[:, inside]
    if r.size < 2:
        return SlowModes(0.0, 0.0, 0.0, np.inf)
    dt = step_of(grid, r) if grid is not None else np.ones_like(r)
    area = r * r if case.geometry == "radial" else np.ones_like(r)
    mass = np.array([[s.mass] for s in case.species])
    total = np.maximum(density.sum(axis=0), 1e-300)
    if case.collisions == "off":
        slowest = np.sqrt(2.0 * K_B * temperature / mass).min(axis=0)
        return SlowModes(_integral(r, 1.0 / (slowest * dt)), 0.0, 0.0, np.inf)
    zeta = np.array([[s.species.zeta_rot] for s in case.species])
    heat = (density * (2.5 + 0.5 * zeta)).sum(axis=0)
    gamma = heat / np.maximum(heat - total, 1e-300)
    sound = np.sqrt(gamma * K_B * (density * temperature).sum(axis=0) / np.maximum((density * mass).sum(axis=0), 1e-300))
    carried = mean_free_paths(case, density, temperature) * np.sqrt(8.0 * K_B * temperature / (np.pi * mass))
    conductivity = (density * carried * (CONDUCTION + 0.5 * _ROTATION * zeta)).sum(axis=0)
    ends = 0.25 if _open_above(case) else 1.0
    present = [s for s in range(len(case.species)) if density[s].max() > 0.0]
    diffusion = [_relaxation(r, area, density[s], DIFFUSION * density[s] * carried[s], dt) for s in present]
    return SlowModes(
        _integral(r, 1.0 / (sound * dt)),
        ends * max(diffusion, default=0.0),
        ends * _relaxation(r, area, heat, conductivity, dt),
        _renewal(case, r, area, total, dt, outflow),
    )


def _open_above(case: Case) -> bool:
    """Whether the column also ends at a reservoir or wall of given temperature: its modes are then four times faster."""
    return case.outer.type == "diffuse" or any(s.outer_density > 0.0 for s in case.species)


def _relaxation(r: Array, area: Array, content: Array, carried: Array, dt: Array) -> float:
    """int dy/(carried A) int_y content A/dt dz."""
    pieces = 0.5 * np.diff(r) * ((content * area / dt)[1:] + (content * area / dt)[:-1])
    above = np.append(np.cumsum(pieces[::-1])[::-1], 0.0)
    return _integral(r, above / np.maximum(carried * area, 1e-300))


def _renewal(case: Case, r: Array, area: Array, total: Array, dt: Array, outflow: float) -> float:
    """int dr/(u dt) of the gas that flows through the column."""
    flow = sum(s.density * s.bulk_speed for s in case.species) * area[0]
    flow = max(flow, outflow / (4.0 * np.pi if case.geometry == "radial" else 1.0))
    if not flow > 0.0:
        return float("inf")
    return _integral(r, total * area / (flow * dt))


def _integral(r: Array, values: Array) -> float:
    return float((0.5 * np.diff(r) * (values[1:] + values[:-1])).sum())
