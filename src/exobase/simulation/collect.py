"""Cells of all ranks and columns, block of radial cells by block, on rank 0: what result files are written from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.constants import K_B
from exobase.simulation.estimates import cell_estimates, log_slope
from exobase.simulation.profile import mean_free_paths
from exobase.simulation.weights import flux_weights
from exobase.tallies.blocks import Blocks
from exobase.tallies.ledger import Entry

if TYPE_CHECKING:
    from exobase.simulation.core import Simulation

Array = NDArray[np.float64]
CHUNK = 4096
HALO = 4


@dataclass(frozen=True)
class Chunk:
    """Radial cells begin .. end-1, averaged over columns: positions, estimates [ns, n], collisions [n, pairs],
    sums of what losses and charge exchange hand over [n, processes, 3, blocks].
    """

    begin: int
    end: int
    edges: Array
    r: Array
    volume: Array
    dt: Array
    species: dict[str, Array]
    gas: dict[str, Array]
    diagnostics: dict[str, Array]
    converted: Array


def chunks(sim: Simulation) -> Iterator[Chunk]:
    """The cells in order. Collective; only rank 0 receives chunks (iterate on all ranks)."""
    cells = sim.engine.tables.mesh.layers
    for begin in range(0, cells, CHUNK):
        end = min(begin + CHUNK, cells)
        a, b = max(begin - HALO, 0), min(end + HALO, cells)
        rows = _gather_rows(sim, a, b)
        if rows is not None:
            yield _chunk(sim, a, b, begin, end, rows)


def _own_rows(sim: Simulation, a: int, b: int) -> tuple[NDArray[np.int64], Array]:
    """This rank's rows (global cell, data) of the radial cells a .. b-1 in any column."""
    t, state = sim.engine.tables, sim.engine.state
    cell = np.arange(t.begin, t.end)
    inside = np.flatnonzero((t.mesh.layer_of(cell) >= a) & (t.mesh.layer_of(cell) < b))
    parts = [state.blocks["moments"].data[inside].reshape(inside.size, t.ns * t.moments * _number(sim))]
    parts.extend(array[inside].astype(np.float64) for array in state.diagnostics)
    counts = state.counts.reshape(t.ncell, t.ns, t.kinds, len(Entry))[inside, :, 0]
    converted = state.blocks.get("converted")
    if converted is not None:
        parts.insert(1, converted.data[inside].reshape(inside.size, _size(converted)))
    parts.append(counts[:, :, Entry.CLONED].sum(axis=1, keepdims=True).astype(np.float64))
    return cell[inside], np.concatenate(parts, axis=1)


def _number(sim: Simulation) -> int:
    return sim.engine.state.blocks["moments"].number


def _size(blocks: Blocks) -> int:
    """Numbers per cell."""
    return int(np.prod(blocks.data.shape[1:]))


def _gather_rows(sim: Simulation, a: int, b: int) -> Array | None:
    """Rows of the radial cells a .. b-1 summed over columns in column order (rank 0; None elsewhere)."""
    gathered = sim.comm.gather(_own_rows(sim, a, b))
    if sim.comm.rank > 0:
        return None
    total = np.zeros((b - a, gathered[0][1].shape[1]))
    for cell, rows in gathered:
        np.add.at(total, sim.engine.tables.mesh.layer_of(cell) - a, rows)
    return total


def _chunk(sim: Simulation, a: int, b: int, begin: int, end: int, rows: Array) -> Chunk:
    t, mesh, tallies = sim.engine.tables, sim.engine.tables.mesh, sim.engine.state.blocks
    lo, hi = mesh.bounds(a, b)
    dt = mesh.step_of(0.5 * (lo + hi))
    volume = mesh.volume(lo, hi) * mesh.patches
    weight = flux_weights(sim.case, mesh, t.profile, a, b).reshape(b - a, t.ns).T * dt
    blocks = tallies["moments"]
    width = t.ns * t.moments * blocks.number
    sums = rows[:, :width].reshape(b - a, t.ns, t.moments, blocks.number)
    species = cell_estimates(
        sums, blocks.samples, blocks.filled, weight, volume, t.pairs.mass, t.pairs.zeta, t.shear, mesh.placed
    )
    species["weight"] = weight
    species["particles"] = species["particles"] / mesh.patches
    gas = _gas(sim, mesh.centre(lo, hi), species)
    keep = slice(begin - a, end - a)
    handed = tallies.get("converted")
    more = 0 if handed is None else _size(handed)
    shape = (b - a, 0, 0, 0) if handed is None else (b - a, *handed.data.shape[1:])
    converted = rows[:, width : width + more].reshape(shape)
    diagnostics = _diagnostics(sim, rows[:, width + more :])
    return Chunk(
        begin, end, np.append(lo[keep], hi[keep][-1]), mesh.centre(lo, hi)[keep], volume[keep], dt[keep],
        {k: v[:, keep] for k, v in species.items()},
        {k: v[keep] for k, v in gas.items()},
        {k: v[keep] for k, v in diagnostics.items()}, converted[keep],
    )  # fmt: skip


def _diagnostics(sim: Simulation, rows: Array) -> dict[str, Array]:
    pairs = sim.engine.tables.pairs.a.size
    names = sim.engine.state.diagnostics._fields
    out = {name: rows[:, k * pairs : (k + 1) * pairs] for k, name in enumerate(names)}
    out["cloned"] = rows[:, -1]
    return out


def _gas(sim: Simulation, r: Array, species: dict[str, Array]) -> dict[str, Array]:
    """Quantities of the whole gas; adds mean free path, Knudsen number and Jeans parameter to ``species``."""
    case = sim.case
    mass = sim.engine.tables.pairs.mass[:, None]
    n, t, u = species["density"], np.nan_to_num(species["T"]), np.nan_to_num(species["u_r"])
    density, rho = n.sum(axis=0), (n * mass).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        temperature = (n * t).sum(axis=0) / density
        velocity = (n * mass * u).sum(axis=0) / rho
        pressure = K_B * (n * t).sum(axis=0)
        slope = log_slope(r, pressure)
        height = np.where(slope < 0.0, -1.0 / slope, np.inf)
        free = mean_free_paths(case, n, np.where(t > 0.0, t, 1.0))
        species["mean_free_path"] = np.where(n.sum(axis=0) > 0.0, free, np.inf)
        species["knudsen"] = species["mean_free_path"] / height
        species["own_height"] = K_B * t * r * r / (case.gm * mass) if case.space.central else np.full_like(n, np.inf)
        species["jeans_parameter"] = case.gm * mass / (K_B * t * r) if case.space.central else np.zeros_like(n)
        collided = np.where(n > 0.0, n / species["mean_free_path"], 0.0).sum(axis=0)
        mean_mass = rho / density
        zeta = (n * sim.engine.tables.pairs.zeta[:, None]).sum(axis=0) / density
        return {
            "density": density,
            "mass_density": rho,
            "u_r": velocity,
            "T": temperature,
            "pressure": pressure,
            "scale_height": height,
            "knudsen": np.where(collided > 0.0, density / collided, np.inf) / height,
            "mach": velocity / np.sqrt((5.0 + zeta) / (3.0 + zeta) * K_B * temperature / mean_mass),
        }
