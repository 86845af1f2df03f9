"""The state of the owned cells besides their particles: every array is declared once, in one line of ``CellState``.

Transfer between ranks, checkpoints, the digest, new cells and clearing go over the declarations. A new array is one
more line. The name of an array is its name in checkpoints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exobase.collisions.carrier import part_of_flow
from exobase.collisions.listed import majorants
from exobase.collisions.ntc import Diagnostics
from exobase.geometry.motion import specific_energy
from exobase.parallel import Comm, reproducible_sum
from exobase.particles.conserve import MOMENTS, Keeper
from exobase.particles.convert import SCORES
from exobase.particles.memory import PLACES, Memory
from exobase.simulation.births import birth_speeds
from exobase.simulation.cell_array import (
    AVERAGES,
    BOOK,
    CELL,
    CELLS,
    RECORD,
    ROW,
    RUN,
    SAME,
    SUM,
    WEIGHTS,
    CellArray,
    Lifetime,
)
from exobase.simulation.layout import thermal_speed
from exobase.simulation.rank_tables import Tables
from exobase.tallies.blocks import BLOCKS, Blocks
from exobase.tallies.ledger import CROSSINGS, ENTRIES, Books

Array = NDArray[np.float64]
HISTOGRAM_BINS = 64
_MAJORANT_SPEED = 3.0


def _with_tracers(t: Tables) -> bool:
    return t.kinds > 1


def _with_losses(t: Tables) -> bool:
    return len(t.case.losses) > 0


def _pairs(t: Tables) -> tuple[int]:
    return (t.pairs.a.size,)


def _pairs_and_tracers(t: Tables) -> tuple[int]:
    return (t.pairs.a.size * (3 if t.kinds > 1 else 1),)


def _pair_speeds(state: CellState) -> Array:
    """Three of these [ns] m/s, squared and added, bound the relative speed of nearly all pairs."""
    case, profile = state.tables.case, state.tables.profile
    return np.asarray(np.maximum(thermal_speed(case, profile.temperature).max(axis=1), 0.5 * birth_speeds(case)))


def _majorants(state: CellState) -> Array:
    """First majorants of sigma g, the same in all cells."""
    return np.tile(first_majorants(state.tables, state.majorant_scale), (state.tables.ncell, 1))


def first_majorants(t: Tables, scale: Array) -> Array:
    """Majorants of sigma g before any collision; scale: ``CellState.majorant_scale``."""
    a, b = t.pairs.a, t.pairs.b
    speed = _MAJORANT_SPEED * np.hypot(scale[a], scale[b])
    if t.kinds > 1:
        # The fastest tracers come with the energy of their highest level at the inner boundary.
        deepest = specific_energy(t.motion, t.mesh.inner, 0.0, 0.0, 0.0)
        top = t.levels.first + t.levels.step * t.levels.highest - deepest
        fast = np.sqrt(2.0 * np.where(t.traced, top, 0.0))
        near = [np.hypot(fast[i], _MAJORANT_SPEED * scale[j]) for i, j in ((a, b), (b, a))]
        speed = np.concatenate([speed, *near])
    return majorants(t.pairs, speed)


def _temperature(state: CellState) -> Array:
    """Temperature [ncell] K of the expected gas, all species together."""
    t = state.tables
    centre = t.mesh.centre(t.cells.lo, t.cells.hi)
    density = t.profile.density_at(centre)
    warmth = (density * t.profile.temperature_at(centre)).sum(axis=0)
    return np.asarray(warmth / np.maximum(density.sum(axis=0), 1e-300))


def _on_sphere(t: Tables) -> bool:
    return t.mesh.placed


class CellState:
    """Arrays of the owned cells, the block tallies of their records, and the tuples in which kernels read them.

    samples: in the present record; memory_from: step since which cells remember their gas.
    """

    past = CellArray(SAME, lambda t: (3, t.ns, t.kinds, ENTRIES), RUN)
    majorant_scale = CellArray(SAME, lambda t: (t.ns,), RUN, start=_pair_speeds)
    majorant = CellArray(CELL, _pairs_and_tracers, CELLS, start=_majorants)
    temperature = CellArray(CELL, (), CELLS, start=_temperature)
    gained = CellArray(ROW, (MOMENTS,), CELLS)
    flow = CellArray(ROW, (6,), CELLS)
    debt = CellArray(CELL, (4,), CELLS)
    memory_x = CellArray(ROW, lambda t: (PLACES, t.columns), CELLS, where=_with_tracers)
    memory_number = CellArray(ROW, (), CELLS, np.int64, where=_with_tracers)
    memory_mean = CellArray(ROW, (), CELLS, where=_with_tracers)
    counts = CellArray(BOOK, (ENTRIES,), RUN, np.int64)
    weight = CellArray(BOOK, (ENTRIES,), WEIGHTS)
    energy = CellArray(BOOK, (ENTRIES,), WEIGHTS)
    momentum = CellArray(BOOK, (ENTRIES,), WEIGHTS)
    diagnostics_candidates = CellArray(CELL, _pairs, AVERAGES, np.int64)
    diagnostics_collisions = CellArray(CELL, _pairs, AVERAGES)
    diagnostics_excess = CellArray(CELL, _pairs, AVERAGES, np.int64)
    diagnostics_checked = CellArray(CELL, _pairs, AVERAGES, np.int64)
    diagnostics_repeats = CellArray(CELL, _pairs, AVERAGES, np.int64)
    diagnostics_separation = CellArray(CELL, _pairs, AVERAGES)
    sums = CellArray(ROW, lambda t: (t.moments,), RECORD, blocks="moments")
    crossed_before = CellArray(ROW, (len(CROSSINGS),), WEIGHTS, where=_on_sphere)
    crossed = CellArray(ROW, (len(CROSSINGS),), RECORD, where=_on_sphere, blocks="crossed")
    converted = CellArray(CELL, lambda t: (len(t.case.losses), SCORES), RECORD, where=_with_losses, blocks="converted")
    spectrum = CellArray(SUM, lambda t: (t.ns, t.case.tally.energy_bins), RECORD, np.int64, blocks="spectrum")
    histogram = CellArray(
        SUM, lambda t: (len(t.case.tally.vdf_radii), t.ns, 2, HISTOGRAM_BINS), RECORD, np.int64, blocks="histogram"
    )

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.arrays: dict[str, NDArray[Any]] = {}
        self.blocks: dict[str, Blocks] = {}
        self.samples = 0
        self.memory_from = 0
        for a in self.declared():
            self.arrays[a.name] = a.first(self)
        self._bind()

    @classmethod
    def declared(cls) -> Iterator[CellArray]:
        """All declarations, in their order."""
        for base in reversed(cls.__mro__):
            yield from (a for a in vars(base).values() if isinstance(a, CellArray))

    def _present(self) -> Iterator[CellArray]:
        return (a for a in self.declared() if a.present(self.tables))

    # ----- for kernels ------------------------------------------------------------------------------------------

    def _bind(self) -> None:
        """The tuples of arrays that kernels read."""
        t = self.tables
        self.books = Books(
            self.counts, self.weight, self.energy, self.momentum, self.spectrum, t.bins_per_energy, t.spectrum_units
        )
        self.memory = Memory(*(self.arrays[f"memory_{name}"] for name in Memory._fields))
        self.diagnostics = Diagnostics(*(self.arrays[f"diagnostics_{name}"] for name in Diagnostics._fields))
        self._keeper = Keeper(t.coin_speed, self.gained, self.debt, t.coin_scale, self.flow, 0.0)

    def keeper(self, step: int) -> Keeper:
        """What keeps number, momentum and energy of the cells in a step."""
        return self._keeper._replace(part=part_of_flow(float(step - self.memory_from)))

    # ----- the life of arrays -----------------------------------------------------------------------------------

    def clear(self, lifetime: Lifetime) -> None:
        """Let the arrays of a lifetime (of no other one) begin anew."""
        for a in self.declared():
            if a.lifetime is lifetime:
                self.arrays[a.name][...] = a.first(self)
        if lifetime is RECORD:
            self.samples = 0

    def count_crossings(self) -> None:
        """Take what has crossed the boundaries since the last call into the present record, where places count."""
        if self.tables.mesh.placed:
            now = self.weight[:, CROSSINGS]
            self.crossed[...] = now - self.crossed_before
            self.crossed_before[...] = now

    def renew(self, tables: Tables, comm: Comm, step: int) -> None:
        """Begin anew on new cells in ``step``; what lasts for the run is kept. Block tallies end. Collective."""
        kept = {a.name: self._total(a, comm) for a in self._present() if a.lifetime is RUN}
        self.tables, self.blocks, self.samples, self.memory_from = tables, {}, 0, step
        for a in self.declared():
            if a.lifetime is not RUN or a.of_cells:
                self.arrays[a.name] = a.first(self)
            if a.name in kept and a.of_cells and tables.ncell and tables.begin == 0:
                self.arrays[a.name].reshape(a.per_cell(tables))[0] += kept[a.name]
        self._bind()

    def _total(self, a: CellArray, comm: Comm) -> NDArray[Any]:
        """Sum over the cells of all ranks, or the array where all ranks have the same."""
        array = self.arrays[a.name]
        return comm.sum(array.reshape(a.per_cell(self.tables)).sum(axis=0)) if a.of_cells else array

    def books_total(self, comm: Comm) -> Array:
        """Global weights, energies and momenta booked so far [3, ns, kinds, entries]. Collective."""
        t = self.tables
        books = np.stack([self.weight, self.energy, self.momentum], axis=1)
        total = reproducible_sum(comm, books.reshape(t.ncell, t.ns * t.kinds * 3 * ENTRIES))
        return total.reshape(t.ns, t.kinds, 3, ENTRIES).transpose(2, 0, 1, 3)

    # ----- block tallies ----------------------------------------------------------------------------------------

    def begin_blocks(self, number: int) -> None:
        """Begin block tallies; those of cells have ``number`` blocks."""
        self.blocks = {
            a.blocks: Blocks(a.block_shape(self.tables), a.dtype, number if a.of_cells else BLOCKS)
            for a in self._present() if a.blocks
        }  # fmt: skip

    def add_record(self, counted: dict[str, int]) -> None:
        """Add the present record to the block tallies, over ``counted`` steps (default: its samples)."""
        for a in self._present():
            if a.blocks:
                record = self.arrays[a.name].reshape(a.block_shape(self.tables))
                self.blocks[a.blocks].add(record, counted.get(a.blocks, self.samples))

    def _blocks_of_cells(self) -> list[str]:
        return [a.blocks for a in self.declared() if a.of_cells and a.blocks in self.blocks]

    # ----- transfer, checkpoint, digest -------------------------------------------------------------------------

    def of_cells(self) -> dict[str, NDArray[Any]]:
        """Every array that the owned cells carry, leading dimension ncell."""
        t = self.tables
        out = {a.name: self.arrays[a.name].reshape(a.per_cell(t)) for a in self._present() if a.of_cells}
        return out | {f"blocks_{name}": self.blocks[name].data for name in self._blocks_of_cells()}

    def take(self, tables: Tables, arrays: dict[str, NDArray[Any]]) -> None:
        """Own another range of cells, with their arrays as ``of_cells`` gives them."""
        self.tables = tables
        for a in self._present():
            if a.of_cells:
                self.arrays[a.name] = np.ascontiguousarray(arrays[a.name].reshape(a.shape(tables)))
        for name in self._blocks_of_cells():
            self.blocks[name].data = np.ascontiguousarray(arrays[f"blocks_{name}"])
        self._bind()

    def of_all(self, comm: Comm) -> dict[str, NDArray[Any]]:
        """Arrays that are the same on all ranks, or sums over ranks. Collective."""
        out = {}
        for a in self.declared():
            if not a.of_cells:
                out[a.name] = comm.sum(self.arrays[a.name]) if a.axis is SUM else self.arrays[a.name]
        of_cells = self._blocks_of_cells()
        for name, blocks in self.blocks.items():
            if name in of_cells:
                out[f"samples_{name}"] = blocks.samples
            else:
                out[f"partial_{name}"] = comm.sum(blocks.data)
                out[f"partial_{name}_samples"] = blocks.samples
        return out

    def numbers(self) -> dict[str, Any]:
        """Numbers that a checkpoint keeps besides arrays."""
        blocks = {name: {**b.scalars(), "number": b.number} for name, b in self.blocks.items()}
        return {"samples": self.samples, "memory_from": self.memory_from, "blocks": blocks}

    def load(self, numbers: dict[str, Any], read: Callable[[str], NDArray[Any]], first: bool) -> None:
        """Inverse of ``of_all`` and ``numbers``, before ``take``; ``first``: this rank gets the sums over all."""
        self.samples, self.memory_from = int(numbers["samples"]), int(numbers["memory_from"])
        for a in self.declared():
            if not a.of_cells:
                self.arrays[a.name] = read(a.name) if first or a.axis is SAME else np.zeros_like(self.arrays[a.name])
        self.blocks = {name: Blocks((0,), number=int(n["number"])) for name, n in numbers["blocks"].items()}
        of_cells = self._blocks_of_cells()
        for name, blocks in self.blocks.items():
            blocks.restore(numbers["blocks"][name])
            blocks.samples = read(f"samples_{name}" if name in of_cells else f"partial_{name}_samples")
            if name not in of_cells:
                data = read(f"partial_{name}")
                blocks.data = data if first else np.zeros_like(data)
        self._bind()
