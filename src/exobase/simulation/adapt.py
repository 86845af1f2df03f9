"""New cells, steps and weights from the sampled profile; particles are carried over and re-weighted without bias."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.constants import K_B
from exobase.geometry.columns import R
from exobase.geometry.mesh import Mesh
from exobase.parallel import Comm, Decomposition, reproducible_sum
from exobase.particles.levels import assign_levels
from exobase.particles.movers import MoverBuffer
from exobase.particles.sort import arrange, settle
from exobase.particles.store import ParticleStore
from exobase.rng import Stream
from exobase.simulation.cell_array import WEIGHTS
from exobase.simulation.engine import Engine
from exobase.simulation.layout import lay_mesh
from exobase.simulation.migrate import by_owner
from exobase.simulation.profile import DENSITY_FLOOR, Profile
from exobase.simulation.rank_tables import Tables
from exobase.simulation.start import book_initial

Array = NDArray[np.float64]
_BINS = 256
_MIN_SAMPLES = 200.0


def sampled_profile(comm: Comm, t: Tables, sums: Array, samples: int) -> Profile:
    """Smoothed density and temperature from moment sums [ncell, ns, moments] over ``samples`` samples of all columns.

    Bins of a few cells (at most 256); where a species has too few samples the expected profile is continued at the
    ratio of the last good bin.
    """
    mesh, ns, moments = t.mesh, t.ns, t.moments
    bins = min(_BINS, mesh.layers)
    number = mesh.layer_of(np.arange(t.begin, t.end))
    which = number * bins // mesh.layers
    weight = t.omega.reshape(t.ncell, ns) * t.cells.dt[:, None] / samples
    per_cell = np.concatenate([sums * weight[..., None], sums[..., :1]], axis=2)
    per_cell = per_cell.reshape(t.ncell, ns * (moments + 1))
    total = _binned_sum(comm, per_cell, which, bins).reshape(bins, ns, moments + 1)
    ends = mesh.edge(-(-np.arange(bins + 1) * mesh.layers // bins))
    lo, hi = ends[:-1], ends[1:]
    volume = mesh.volume(lo, hi) * mesh.patches
    centre = mesh.centre(lo, hi)
    expected_n, expected_t = t.profile.density_at(centre), t.profile.temperature_at(centre)
    density, temperature = [], []
    for s in range(ns):
        good = total[:, s, moments] > _MIN_SAMPLES
        n, kinetic = _estimates(total[:, s], good, volume, t.pairs.mass[s])
        log_ratio = _fill(np.log(np.where(good, n, 1.0) / expected_n[s]), good)
        density.append(_smooth(log_ratio))
        ratio_t = _fill(np.where(good, kinetic, 1.0) / expected_t[s], good)
        temperature.append(np.clip(_smooth(ratio_t), 1e-3, 1e3))
    return _scaled(t, centre, density, temperature)


def _estimates(total: Array, good: NDArray[np.bool_], volume: Array, mass: float) -> tuple[Array, Array]:
    """Density [m-3] and temperature [K] of one species from the moments of each bin [bins, moments]."""
    content = total[:, 0]
    safe = np.where(good, content, 1.0)
    u = total[:, 1] / safe
    temperature = mass / (3.0 * K_B) * ((total[:, 2] + total[:, 3]) / safe - u * u)
    return np.where(good, content / volume, 0.0), temperature


def _scaled(t: Tables, centre: Array, density: list[Array], temperature: list[Array]) -> Profile:
    """The expected profile times what is given at ``centre``: ln ratios of densities, ratios of temperatures."""
    position = t.profile.position
    ratio = np.exp(np.stack([np.interp(position, centre, row) for row in density]))
    hotter = np.stack([np.interp(position, centre, row) for row in temperature])
    floor = np.array([[DENSITY_FLOOR * max(s.density, s.outer_density)] for s in t.case.species])
    return Profile(position, np.maximum(t.profile.density * ratio, floor), t.profile.temperature * hotter)


def _binned_sum(comm: Comm, values: Array, which: NDArray[np.int64], bins: int) -> Array:
    """Sum of ``values`` [n, m] by bin: [bins, m], the same bits for any division among ranks."""
    return np.array([reproducible_sum(comm, values[which == k]) for k in range(bins)])


def _fill(values: Array, good: NDArray[np.bool_]) -> Array:
    """Replace values that are not good by the nearest good ones (by nothing known: 0 change)."""
    if not good.any():
        return np.zeros_like(values) if values.min() <= 0.0 else np.ones_like(values)
    index = np.arange(values.size)
    return np.asarray(np.interp(index, index[good], values[good]))


def _smooth(values: Array) -> Array:
    """Running mean over three bins, ends kept."""
    if values.size < 3:
        return values
    out = values.copy()
    out[1:-1] = (values[:-2] + values[1:-1] + values[2:]) / 3.0
    return out


def adapt(engine: Engine, profile: Profile) -> None:
    """Lay new cells for ``profile`` and give every particle to its new cell with an unbiased number of copies.

    Counts continue (clones and removals are booked); books of weights and energies begin anew, because flux weights
    change with the steps. Majorants, samples and diagnostics start afresh.
    """
    comm, old = engine.comm, engine.tables
    mesh = lay_mesh(engine.case, profile)
    parts = Decomposition.even(mesh.total, comm.size)
    arrived = _move_particles(comm, old, engine.particles, mesh, parts)
    # In the order of the old cells, which does not depend on how they were divided among ranks.
    flights = engine.flights.data[:, np.argsort(engine.flights.data[-1], kind="stable")]
    born = _born(old, flights, engine.step)
    flights[old.columns, born] *= old.cells.dt[flights[-1, born].astype(np.int64) - old.begin]
    engine.state.past[...] += engine.state.books_total(comm)
    engine.lay(mesh, profile, parts)
    engine.state.renew(engine.tables, comm, engine.step)
    _reweight(engine, arrived)
    engine.flights.data = _move_flights(comm, old, engine.tables, flights, born, engine.step)
    book_initial(engine, count=False)


def _move_particles(comm: Comm, t: Tables, store: ParticleStore, mesh: Mesh, parts: Decomposition) -> Array:
    """Send particles to the owners of their new cells. Returns what arrives: columns, weight in real particles, 0,
    global cell, species (+ ns: tracer); in the order of the old cells.
    """
    group, n = np.repeat(np.arange(t.groups), np.diff(store.start)), store.count
    weight = t.group_omega.reshape(t.ncell, t.width) * t.cells.dt[:, None]
    old_patch = t.mesh.patch_of(np.arange(t.begin, t.end))
    patch = mesh.patch_at(store.x[:, :n], old_patch[group // t.width])
    cell = mesh.cell_of(patch, mesh.locate(store.x[R, :n]))
    kind = group % t.width // t.levels.number + t.ns * (group % t.levels.number > 0)
    data = np.empty((t.columns + 4, n))
    data[: t.columns] = store.x[:, :n]
    data[t.columns :] = weight.reshape(-1)[group], np.zeros(n), cell, kind
    received = comm.exchange(by_owner(parts, cell, data))
    return np.concatenate([*(a.reshape(t.columns + 4, -1) for _, a in received), data[:, :0]], axis=1)


def _reweight(engine: Engine, arrived: Array) -> None:
    """Order the arrivals by new cell and copy each old/new times on average."""
    t, state, n = engine.tables, engine.state, arrived.shape[1]
    levels, kind = t.levels.number, arrived[-1].astype(np.int64)
    m = MoverBuffer(t.columns, t.groups)
    m.reserve(n)
    m.out[:, :n] = arrived[: t.columns + 2]
    m.key[:n] = ((arrived[-2].astype(np.int64) - t.begin) * t.ns + kind % t.ns) * levels + kind // t.ns
    m.low[:n] = True
    if levels > 1:
        assign_levels(t.motion, t.levels, t.ns, m.out, t.columns, m.key, 0, n, state.books)
    weight = (t.group_omega.reshape(t.ncell, t.width) * t.cells.dt[:, None]).reshape(-1)
    groups, key = t.grouping._replace(omega=weight), engine.key(Stream.REWEIGHT)
    total = arrange(key, t.motion, groups, m.arrivals, 0, n, engine.keeper, state.books)
    store = ParticleStore(t.columns, t.groups, int(total))
    settle(engine.key(Stream.REWEIGHT_ROTATION), t.grouping, store.arrays, m.arrivals)
    store.start = m.new_start
    engine.particles = store
    state.clear(WEIGHTS)


def _born(t: Tables, flights: Array, step: int) -> NDArray[np.bool_]:
    """Which of the flights are tracers that begin with the next step, in the cell where they were born."""
    return np.asarray((flights[-2] >= t.ns) & (flights[t.columns + 1] == step))


def _move_flights(
    comm: Comm, old: Tables, new: Tables, flights: Array, born: NDArray[np.bool_], step: int
) -> Array:  # fmt: skip
    """Send particles in flight to the new owners of their faces; weight and return time follow the new global step.

    Tracers that are just ``born`` (their weight in real particles) go to the cell where they are. Returns what arrives.
    """
    columns, mesh = new.columns, new.mesh
    place = np.where(born, mesh.locate(flights[R]), mesh.layers - 1)
    flights[-1] = mesh.cell_of(old.mesh.patch_of(flights[-1]), place)
    ratio = old.boundary.dt / new.boundary.dt
    flights[columns, ~born] *= ratio
    flights[columns, born] /= mesh.step_of(mesh.centre(mesh.edge(place[born]), mesh.edge(place[born] + 1)))
    flights[columns + 1] = step + (flights[columns + 1] - step) * ratio
    received = comm.exchange(by_owner(new.parts, flights[-1].astype(np.int64), flights))
    pieces = [a.reshape(flights.shape[0], -1) for _, a in received]
    return np.concatenate([*pieces, flights[:, :0]], axis=1)
