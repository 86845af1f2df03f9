"""Tables the kernels read: cells, boundary conditions, emitting faces and collision pairs of one rank."""

from __future__ import annotations

import math

import numpy as np

from exobase.case import Case
from exobase.case.ground import ground_of
from exobase.collisions.ntc import Pairs
from exobase.constants import K_B
from exobase.cross_sections.listed import build_listed
from exobase.cross_sections.vhs import pair_tables
from exobase.geometry.mesh import Mesh
from exobase.particles.move import ABSORB, DIFFUSE, KEPLER_RETURN, REMOVE, SPECULAR, Boundary, Cells
from exobase.simulation.conversions import frequencies_beyond
from exobase.sources.ground import Ground, lay_ground, mean_flux, no_ground
from exobase.sources.reservoir import Faces, reservoir_flux

INNER_CODES = {"reservoir": ABSORB, "absorb": ABSORB, "specular": SPECULAR, "diffuse": DIFFUSE}
OUTER_CODES = {"kepler_return": KEPLER_RETURN, "specular": SPECULAR, "remove": REMOVE, "diffuse": DIFFUSE}


def cells_of(case: Case, mesh: Mesh, begin: int, end: int, levels: int = 1) -> Cells:
    """Table of the owned cells begin .. end-1, with a number of energy levels."""
    lo, hi = mesh.bounds(begin, end)
    cell = np.arange(begin, end, dtype=np.int64)
    number = mesh.layer_of(cell)
    run = mesh.run_of(0.5 * (lo + hi))
    at_face = (lo <= mesh.runs.edge[run]) | (hi >= mesh.runs.edge[run + 1])
    return Cells(
        lo, hi, np.ascontiguousarray(mesh.runs.dt[run]), mesh.volume(lo, hi), run, number == 0,
        number == mesh.layers - 1, at_face, mesh.walls(cell), int(begin), len(case.species), levels,
    )  # fmt: skip


def boundary_of(case: Case, mesh: Mesh) -> Boundary:
    """Boundary conditions; bound particles return at once or after their flight time (one global step only)."""
    mass = np.array([s.mass for s in case.species])
    delayed = case.outer.type == "kepler_return" and case.outer.delayed and case.time_step == "global"
    lost = math.inf if case.outer.lost_beyond is None else float(case.outer.lost_beyond)
    return Boundary(
        INNER_CODES[case.inner.type],
        OUTER_CODES[case.outer.type],
        np.sqrt(2.0 * K_B * max(case.inner.temperature, 0.0) / mass),
        np.sqrt(2.0 * K_B * max(case.outer.temperature, 0.0) / mass),
        float(case.inner.velocity),
        float(case.outer.velocity),
        rotation_of(case),
        lost,
        frequencies_beyond(case),
        delayed,
        0,
        float(mesh.runs.dt[0]),
    )


class Reservoir:
    """State of the gas behind one face: density [m-3], bulk speed toward the domain [m/s], temperature [K]."""

    def __init__(self, density: float, bulk_speed: float, temperature: float) -> None:
        self.density, self.bulk_speed, self.temperature = density, bulk_speed, temperature


def reservoirs_of(case: Case) -> dict[tuple[str, str], Reservoir]:
    """Reservoirs of a case by (face, species)."""
    out = {}
    for s in case.species:
        emits = case.inner.type == "reservoir"
        out["inner", s.name] = Reservoir(s.density if emits else 0.0, s.bulk_speed, s.temperature)
        out["outer", s.name] = Reservoir(s.outer_density, -s.outer_bulk_speed, s.outer_temperature or s.temperature)
    return out


def ground_tables(case: Case, mesh: Mesh) -> Ground:
    """Where the inner boundary emits how much and how fast, if that depends on the place."""
    gases = [ground_of(case, i) for i in range(len(case.species))]
    if not any(gases):
        return no_ground(case.sun)
    shape = next(gas for gas in gases if gas).flux.shape
    flux, speed = np.ones((len(gases), *shape)), np.ones((len(gases), *shape))
    for i, (gas, s) in enumerate(zip(gases, case.species, strict=True)):
        if gas is not None and s.density > 0.0:
            flux[i] = gas.flux / (s.density * math.sqrt(s.temperature))
            speed[i] = np.sqrt(gas.temperature / s.temperature)
    return lay_ground(mesh.division, flux, speed, case.sun)


def faces_of(
    case: Case, mesh: Mesh, reservoirs: dict[tuple[str, str], Reservoir], cells: Cells, ground: Ground
) -> Faces:  # fmt: skip
    """Emitting faces owned by this rank, in the order of their owner cells (inner face first)."""
    part = mean_flux(ground, mesh.division) if ground.most.size else np.ones((mesh.patches, len(case.species)))
    owner, position, direction, rate, speed, drift = [], [], [], [], [], []
    for c in np.flatnonzero(cells.bottom | cells.top):
        for face, here, where, sign in (
            ("inner", cells.bottom[c], mesh.inner, 1),
            ("outer", cells.top[c], mesh.outer, -1),
        ):
            if not here:
                continue
            gas = [reservoirs[face, s.name] for s in case.species]
            u = [math.sqrt(2.0 * K_B * g.temperature / s.mass) for g, s in zip(gas, case.species, strict=True)]
            if not any(g.density > 0.0 for g in gas):
                continue
            owner.append(int(c))
            position.append(where)
            direction.append(sign)
            speed.append(u)
            drift.append([g.bulk_speed / v for g, v in zip(gas, u, strict=True)])
            flux = [reservoir_flux(g.density, v, g.bulk_speed / v) for g, v in zip(gas, u, strict=True)]
            share = part[mesh.patch_of(np.array([cells.first_id + c]))[0]] if sign > 0 else np.ones(len(gas))
            rate.append(mesh.area(where) * np.array(flux) * share)
    ns = len(case.species)
    return Faces(
        np.array(owner, dtype=np.int64), np.array(position, dtype=np.float64), np.array(direction, dtype=np.int64),
        np.array(rate, dtype=np.float64).reshape(-1, ns), np.array(speed, dtype=np.float64).reshape(-1, ns),
        np.array(drift, dtype=np.float64).reshape(-1, ns), rotation_of(case),
    )  # fmt: skip


def rotation_of(case: Case) -> np.ndarray:
    """Rotational degrees of freedom that are followed [ns]."""
    return np.array([s.species.zeta_rot if case.rotates else 0.0 for s in case.species])


def pairs_of(case: Case) -> Pairs:
    """Collision pairs (none without collisions)."""
    kinds = [s.species for s in case.species]
    n = len(kinds)
    mass = np.array([s.mass for s in kinds])
    rotation = (rotation_of(case), np.array([s.rotation.number for s in case.species]))
    t_star = np.array([s.rotation.t_star for s in case.species])
    if case.collisions == "off":
        none = np.zeros(0, dtype=np.int64)
        return Pairs(none, none, np.zeros(0), np.zeros(0), np.zeros(0), mass, *rotation, t_star)
    a, b = np.triu_indices(n)
    laws = case.laws
    tables = pair_tables(kinds, laws)
    return Pairs(
        a.astype(np.int64), b.astype(np.int64), *tables, mass, *rotation, t_star, tables=build_listed(kinds, laws)
    )
