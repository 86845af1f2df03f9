"""The first particles: none, those of the expected profile, or those of a file."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from exobase.constants import K_B
from exobase.errors import InputError, RunError
from exobase.geometry.columns import SPIN, VN, VT2
from exobase.geometry.patches import place_particles
from exobase.io import read_profile
from exobase.parallel import reproducible_sum
from exobase.particles.fill import count_fill, fill
from exobase.particles.levels import list_fast
from exobase.rng import Stream, step_key
from exobase.simulation.births import fed_only
from exobase.simulation.engine import Engine
from exobase.simulation.profile import DENSITY_FLOOR
from exobase.tallies.ledger import Entry, book_all

Array = NDArray[np.float64]
StateAt = Callable[[Engine, Array], tuple[Array, Array, Array]]
"""Density, temperature and drift [species, places] at places."""


def fill_engine(engine: Engine) -> None:
    """Fill the engine's cells as the case asks (``initial``), and book the particles. Raises InputError for a bad
    file.
    """
    case = engine.case
    if case.initial == "empty":
        return
    _fill_cells(engine, _from_file(engine) if case.initial == "file" else _from_profile)
    if case.inner.type == case.outer.type == "specular" and case.initial != "file":
        _settle_temperature(engine)
    if engine.tables.ncell:
        book_initial(engine)
        if engine.tables.kinds > 1:
            _first_tracers(engine)


def _fill_cells(engine: Engine, at: StateAt) -> None:
    """Fill the owned cells; at(engine, position): density, temperature and drift [ns, n] there."""
    case, t = engine.case, engine.tables
    if not t.ncell:
        return
    lo, hi = t.cells.lo, t.cells.hi
    n_lo, _, _ = at(engine, lo)
    n_hi, _, _ = at(engine, hi)
    n, temperature, drift = at(engine, t.mesh.centre(lo, hi))
    mass = np.array([[s.mass] for s in case.species])
    speed = np.sqrt(2.0 * K_B * temperature / mass)
    weight = t.omega.reshape(-1, t.ns).T * t.cells.dt
    mean = np.where(n > 0.0, n * t.cells.volume / weight, 0.0)
    if not np.isfinite(mean).all():
        raise RunError("the first profile is not finite: check densities, temperatures and initial_file of the case")
    store = engine.particles
    start = np.zeros(t.rows + 1, dtype=np.int64)
    first = t.begin
    # A key that Python holds as an int would be taken for a signed one, and its draws would be no random numbers.
    number_key, key = (np.uint64(step_key(case.run.seed, int(s), 0)) for s in (Stream.INITIAL_COUNT, Stream.INITIAL))
    total = count_fill(_flat(mean), first, t.ns, number_key, start)
    store.reserve(int(total), keep=False)
    fill(
        t.motion, lo, hi, _flat(np.log(np.maximum(n_lo, 1e-300))), _flat(np.log(np.maximum(n_hi, 1e-300))),
        _flat(speed), _flat(drift), t.pairs.zeta, first, t.ns, key, start, store.x,
    )  # fmt: skip
    store.start = in_lowest_level(start, t.levels.number)
    if t.mesh.placed:
        key = np.uint64(step_key(case.run.seed, int(Stream.INITIAL_DIRECTION), 0))
        place_particles(t.mesh.map, t.mesh.layers, first, store.start, t.width, key, store.x)


def _settle_temperature(engine: Engine) -> None:
    """Scale velocities (and rotation) of each species so that it has the energy of its temperature exactly.

    A closed gas keeps for ever what its start has drawn, off by (2/3N)^(1/2) for N particles. Collective.
    """
    store, t, ns = engine.particles, engine.tables, engine.tables.ns
    parts = [(store.x[VN : VT2 + 1, : store.count] ** 2).sum(axis=0)]
    freedoms = [np.full(ns, 3.0)]
    if store.x.shape[0] > SPIN:
        parts.append(2.0 * store.x[SPIN, : store.count])
        freedoms.append(t.pairs.zeta)
    number = np.diff(store.start)
    row = np.repeat(np.arange(t.groups), number) // t.levels.number
    held = np.bincount(row, minlength=t.rows).astype(np.float64)
    centre = t.mesh.centre(t.cells.lo, t.cells.hi)
    kt = _flat(K_B * t.profile.temperature_at(centre) / t.pairs.mass[:, None])
    weight = t.omega * np.repeat(t.cells.dt, ns)
    sums = [np.bincount(row, weights=part, minlength=t.rows) for part in parts] + [held * kt]
    values = (weight * np.array(sums)).reshape(len(sums), t.ncell, ns).transpose(1, 0, 2)
    total = reproducible_sum(engine.comm, np.ascontiguousarray(values).reshape(t.ncell, len(sums) * ns))
    total = total.reshape(len(sums), ns)
    for k, freedom in enumerate(freedoms):
        factor = np.sqrt(freedom * total[-1] / np.where(total[k] > 0.0, total[k], 1.0))[row % ns]
        if k == 0:
            store.x[VN : VT2 + 1, : store.count] *= factor
        else:
            store.x[SPIN, : store.count] *= factor * factor


def _first_tracers(engine: Engine) -> None:
    """Tracers for every particle that is fast at the start; they begin with the first step."""
    store, t, ns = engine.particles, engine.tables, engine.tables.ns
    row = np.repeat(np.arange(t.groups), np.diff(store.start)) // t.levels.number
    fast = np.empty(store.count, dtype=np.int64)
    n = list_fast(t.motion, t.levels, ns, store.x, row, store.count, fast)
    i, row = fast[:n], row[fast[:n]]
    engine.flights.launch(store.x[:, i], t.omega[row], engine.step, row % ns + ns, t.begin + row // ns)


def book_initial(engine: Engine, count: bool = True) -> None:
    """Enter all present particles in the ledger as initial ones (``count=False``: weights and energies only)."""
    store, t = engine.particles, engine.tables
    group = np.repeat(np.arange(t.groups), np.diff(store.start))
    row = group if t.kinds == 1 else 2 * (group // t.levels.number) + (group % t.levels.number > 0)
    book_all(engine.state.books, t.motion, int(Entry.INITIAL), store.x, t.group_omega[group], row, store.count)
    if not count:
        engine.state.counts[:, Entry.INITIAL] -= np.bincount(row, minlength=t.rows * t.kinds)


def in_lowest_level(start: NDArray[np.int64], levels: int) -> NDArray[np.int64]:
    """Group starts from row starts with all particles in level 0."""
    out = np.repeat(start, levels)
    return np.ascontiguousarray(out[levels - 1 :])


def _flat(values: Array) -> Array:
    return np.ascontiguousarray(values.T).ravel()


def _from_profile(engine: Engine, position: Array) -> tuple[Array, Array, Array]:
    profile = engine.tables.profile
    n = profile.density_at(position)
    floor = np.array([[2.0 * DENSITY_FLOOR * s.density] for s in engine.case.species])
    present = ~fed_only(engine.case)[:, None]
    return np.where(present & (n > floor), n, 0.0), profile.temperature_at(position), profile.velocity_at(position)


def _from_file(engine: Engine) -> StateAt:
    case = engine.case
    if case.initial_file is None:
        raise InputError(["case.toml: initial = 'file' needs initial_file"])
    table = read_profile(case.initial_file, case.body_radius)
    missing = [s.name for s in case.species if s.name not in table.species]
    if missing:
        raise InputError(
            [f"{case.initial_file}: has no species {', '.join(missing)} (it has {', '.join(table.species)})"]
        )

    def at(engine: Engine, position: Array) -> tuple[Array, Array, Array]:
        rows = [table.at(s.name, np.clip(position, table.r[0], table.r[-1])) for s in case.species]
        n = np.array([row[0] for row in rows])
        t = np.array(
            [np.where(np.isfinite(r[2]), r[2], s.temperature) for r, s in zip(rows, case.species, strict=True)]
        )
        return n, t, np.array([row[1] for row in rows])

    return at
