"""New cells, steps and weights from the sampled profile; particles are carried over and re-weighted without bias."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.constants import K_B
from exobase.parallel import Comm, Decomposition, reproducible_sum
from exobase.particles.levels import assign_levels
from exobase.particles.sort import count_copies, order_movers, settle
from exobase.particles.store import ParticleStore
from exobase.rng import Stream
from exobase.simulation.engine import Engine
from exobase.simulation.layout import lay_grid, step_of
from exobase.simulation.profile import DENSITY_FLOOR, Profile
from exobase.simulation.start import book_initial
from exobase.tallies.ledger import ENTRIES

Array = NDArray[np.float64]
_BINS = 256
_MIN_SAMPLES = 200.0


def sampled_profile(engine: Engine, sums: Array, samples: int) -> Profile:
    """Smoothed density and temperature from moment sums [ncell, ns, moments] over ``samples`` samples of all columns.

    Bins of a few cells (at most 256); where a species has too few samples the expected profile is continued at the
    ratio of the last good bin.
    """
    grid, ns, moments = engine.grid, engine.ns, engine.moments
    bins = min(_BINS, grid.cells)
    number = np.arange(engine.begin, engine.end) % grid.cells
    which = number * bins // grid.cells
    weight = engine.omega.reshape(engine.ncell, ns) * engine.cells.dt[:, None] / samples
    per_cell = np.concatenate([sums * weight[..., None], sums[..., :1]], axis=2)
    per_cell = per_cell.reshape(engine.ncell, ns * (moments + 1))
    total = _binned_sum(engine.comm, per_cell, which, bins).reshape(bins, ns, moments + 1)
    ends = grid.edge(-(-np.arange(bins + 1) * grid.cells // bins))
    lo, hi = ends[:-1], ends[1:]
    volume = grid.volume(lo, hi) * grid.columns
    centre = grid.centre(lo, hi)
    position = engine.profile.position
    expected_n, expected_t = engine.profile.density_at(centre), engine.profile.temperature_at(centre)
    density, temperature = [], []
    for s in range(ns):
        content, count = total[:, s, 0], total[:, s, moments]
        good = count > _MIN_SAMPLES
        safe = np.where(good, content, 1.0)
        n = np.where(good, content / volume, 0.0)
        u = total[:, s, 1] / safe
        t = engine.pairs.mass[s] / (3.0 * K_B) * ((total[:, s, 2] + total[:, s, 3]) / safe - u * u)
        log_ratio = _fill(np.log(np.where(good, n, 1.0) / expected_n[s]), good)
        ratio_t = _fill(np.where(good, t, 1.0) / expected_t[s], good)
        density.append(_smooth(log_ratio))
        temperature.append(np.clip(_smooth(ratio_t), 1e-3, 1e3))
    ratio = np.exp(np.stack([np.interp(position, centre, row) for row in density]))
    hotter = np.stack([np.interp(position, centre, row) for row in temperature])
    floor = np.array([[DENSITY_FLOOR * max(s.density, s.outer_density)] for s in engine.case.species])
    return Profile(position, np.maximum(engine.profile.density * ratio, floor), engine.profile.temperature * hotter)


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

    Counts go on (clones and removals are booked); books of weights and energies begin anew, because flux weights change
    with the steps. Majorants, samples and diagnostics start afresh.
    """
    ns = engine.ns
    old_counts = engine.counts.reshape(engine.ncell, ns * engine.kinds, ENTRIES).sum(axis=0)
    columns, width = engine.columns, engine.width
    old_weight = engine.group_omega.reshape(engine.ncell, width) * engine.cells.dt[:, None]
    old_column = np.arange(engine.begin, engine.end) // engine.grid.cells
    group = np.repeat(np.arange(engine.groups), np.diff(engine.particles.start))
    n = engine.particles.count
    out = np.empty((columns + 2, n))
    out[:columns] = engine.particles.x[:, :n]
    out[columns] = old_weight.reshape(-1)[group]
    grid = lay_grid(engine.case, profile)
    cell = old_column[group // width] * grid.cells + grid.locate(out[0])
    out[columns + 1] = 0.0
    parts = Decomposition.even(grid.total, engine.comm.size)
    owner = parts.owner(cell)
    kind = group % width // engine.levels.number + ns * (group % engine.levels.number > 0)
    data = np.concatenate([out, [cell.astype(np.float64)], [kind.astype(np.float64)]])
    received = engine.comm.exchange({int(r): np.ascontiguousarray(data[:, owner == r]) for r in np.unique(owner)})
    # In the order of the old cells, which does not depend on how they were divided among ranks.
    flights = engine.flights.data[:, np.argsort(engine.flights.data[-1], kind="stable")]
    old_cells, old_dt = engine.grid.cells, engine.boundary.dt
    born = _born(engine, flights)
    flights[columns, born] *= engine.cells.dt[flights[-1, born].astype(np.int64) - engine.begin]
    engine.past += engine.books_total()
    engine.grid, engine.profile = grid, profile
    engine.set_parts(parts)
    engine.new_cell_state()
    arrived = [a.reshape(columns + 4, -1) for _, a in received]
    merged = np.concatenate([*arrived, np.empty((columns + 4, 0))], axis=1)
    _reweight(engine, merged)
    _move_flights(engine, flights, born, old_cells, old_dt)
    _carry_counts(engine, old_counts)
    book_initial(engine, count=False)


def _reweight(engine: Engine, merged: Array) -> None:
    """Order the arrivals by new cell and copy each old/new times on average."""
    n, columns, levels, width = merged.shape[1], engine.columns, engine.levels.number, engine.width
    kind = merged[-1].astype(np.int64)
    key = ((merged[-2].astype(np.int64) - engine.begin) * engine.ns + kind % engine.ns) * levels + kind // engine.ns
    low = np.ones(n, dtype=np.bool_)
    bins = np.zeros(2 * engine.groups + 1, dtype=np.int64)
    order, copies = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    stay, start = np.zeros(engine.groups, dtype=np.int64), np.zeros(engine.groups + 1, dtype=np.int64)
    out = np.ascontiguousarray(merged[: columns + 2])
    if levels > 1:
        assign_levels(engine.motion, engine.levels, engine.ns, out, columns, key, 0, n, engine.books)
    order_movers(key, low, 0, n, bins, order)
    weight = (engine.group_omega.reshape(engine.ncell, width) * engine.cells.dt[:, None]).reshape(-1)
    total = count_copies(
        engine.motion, engine.key(Stream.REWEIGHT), engine.begin, width, levels, bins, order, out, columns, weight,
        engine.pairs.zeta, engine.keeper, stay, copies, start, engine.books,
    )  # fmt: skip
    store = ParticleStore(columns, engine.groups, int(total))
    settle(
        engine.key(Stream.REWEIGHT_ROTATION), engine.begin, width, levels, np.zeros_like(start), store.moved,
        stay, bins, order, copies, out, start, store.y, store.x,
    )  # fmt: skip
    store.start = start
    engine.use_store(store)
    engine.clear_weights()
    engine.bind_books()


def _born(engine: Engine, flights: Array) -> NDArray[np.bool_]:
    """Which of the flights are tracers that begin with the next step, in the cell where they were born."""
    return np.asarray((flights[-2] >= engine.ns) & (flights[engine.columns + 1] == engine.step))


def _move_flights(engine: Engine, flights: Array, born: NDArray[np.bool_], old_cells: int, old_dt: float) -> None:
    """Send particles in flight to the new owners of their faces; weight and return time follow the new global step.

    Tracers that are just ``born`` (their weight in real particles) go to the cell where they are.
    """
    columns, cells = engine.columns, engine.grid.cells
    column = flights[-1] // old_cells
    place = np.where(born, engine.grid.locate(flights[0]), cells - 1)
    flights[-1] = column * cells + place
    ratio = old_dt / engine.boundary.dt
    flights[columns, ~born] *= ratio
    flights[columns, born] /= step_of(engine.grid, engine.grid.centre(*_edges(engine, place[born])))
    flights[columns + 1] = engine.step + (flights[columns + 1] - engine.step) * ratio
    owner = engine.parts.owner(flights[-1].astype(np.int64))
    received = engine.comm.exchange({int(r): np.ascontiguousarray(flights[:, owner == r]) for r in np.unique(owner)})
    pieces = [a.reshape(flights.shape[0], -1) for _, a in received]
    engine.flights.data = np.concatenate([*pieces, flights[:, :0]], axis=1)


def _edges(engine: Engine, number: NDArray[np.int64]) -> tuple[Array, Array]:
    return engine.grid.edge(number), engine.grid.edge(number + 1)


def _carry_counts(engine: Engine, old_counts: NDArray[np.int64]) -> None:
    """Keep the counts booked so far (on whichever rank has a cell: they are summed as integers)."""
    total = engine.comm.sum(old_counts.astype(np.int64))
    if engine.ncell and engine.begin == 0:
        engine.counts.reshape(engine.ncell, -1, ENTRIES)[0] += total
