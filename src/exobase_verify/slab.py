"""A planar gas between two boundaries, advanced by production steps, with fluxes that have no first-order error.

Collisions turn the flux of momentum (heat, a species) towards zero and free flight restores it, so that a sample taken
after the collisions is too small by half of what one step's collisions remove: 40 % of nu dt for the stress of hard
spheres, 27 % for heat. What is carried during a flight is, to second order in dt, the mean of samples before and after
the collisions. Partners of a collision are apart, which carries momentum and energy across a cell as well: the change
of sum x q in the collisions. Both together are the flux through every plane of a steady state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exobase.case import make_case
from exobase.constants import K_B
from exobase.jit import kernel
from exobase.rng import Stream
from exobase.simulation import Simulation
from exobase.tallies.ledger import ENTRIES, Entry
from exobase.tallies.moments import MOMENTS, sample_moments

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
_SUMS = 5
_NOBODY = np.empty(1, dtype=np.int64)


@kernel
def _flux_sums(x: Array, start: Whole, omega: Array, dt: Array, middle: Array, out: Array) -> None:
    """Add sums over each group to ``out`` [groups, 5]: W v, W v v_t1, W v e and (W/dt) x v_t1, (W/dt) x e.

    e: kinetic energy per mass; x from the ``middle`` of the cell, as partners of collisions share it.
    """
    width = (start.size - 1) // dt.size
    for g in range(start.size - 1):
        s0 = s1 = s2 = s3 = s4 = 0.0
        c = g // width
        for i in range(start[g], start[g + 1]):
            v, t = x[1, i], x[2, i]
            e = 0.5 * (v * v + t * t + x[3, i] * x[3, i])
            q = x[0, i] - middle[c]
            s0 += v
            s1 += v * t
            s2 += v * e
            s3 += q * t
            s4 += q * e
        row = out[g]
        w = omega[g] * dt[c]
        row[0] += w * s0
        row[1] += w * s1
        row[2] += w * s2
        row[3] += omega[g] * s3
        row[4] += omega[g] * s4


class Block(NamedTuple):
    """Means over some steps.

    moments [cells, ns, MOMENTS + 2] of one sample; flux [cells, ns, 3] along x of particles [m-2 s-1], tangential
    momentum [Pa] and energy [W m-2]; across [cells, ns, 3]: the part of it that collisions carry from partner to
    partner; after [cells, ns, 3]: what samples after the collisions alone would give; walls [2]: energy the gas
    receives from the inner and the outer wall by the ledger [W m-2]; crossed [2, ns]: particles that left through the
    inner and the outer boundary [m-2 s-1].
    """

    moments: Array
    flux: Array
    across: Array
    after: Array
    walls: Array
    crossed: Array


class Slab:
    """A planar simulation of ``tables`` (keys of a case with __ for the dot may replace its values)."""

    def __init__(self, tables: dict[str, Any], **changes: Any) -> None:
        self.sim = Simulation(make_case(tables, {key.replace("__", "."): value for key, value in changes.items()}))
        self.engine = self.sim.engine
        t = self.tables = self.engine.tables
        self._without_pairs = replace(t, pairs=t.pairs._replace(a=t.pairs.a[:0]))
        self.ns, self.cells = t.ns, t.ncell
        self.mass = np.array([s.mass for s in self.sim.case.species])
        self.length = float(t.cells.hi[-1] - t.cells.lo[0])
        self.middle = 0.5 * float(t.cells.hi[-1] + t.cells.lo[0])
        self.x = 0.5 * (t.cells.lo + t.cells.hi)
        self.dt = float(t.mesh.runs.dt.min())

    # ----- start --------------------------------------------------------------------------------------------------

    def columns(self) -> tuple[Array, Whole]:
        """Particles [4, n] and their species [n] (copies)."""
        e = self.engine
        species = np.repeat(np.tile(np.arange(self.ns), self.cells), np.diff(e.particles.start))
        return e.particles.x[:, : e.particles.count].copy(), species

    def arrange(self, columns: Array, species: Whole) -> None:
        """Put these particles in place of the present ones."""
        e = self.engine
        cell = np.clip(np.searchsorted(self.tables.cells.hi, columns[0], side="right"), 0, self.cells - 1)
        group = cell * self.ns + species
        order = np.argsort(group, kind="stable")
        e.particles.reserve(group.size, keep=False)
        e.particles.x[:, : group.size] = columns[:, order]
        e.particles.start = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=self.tables.groups))]).astype(
            np.int64
        )

    def shear(self, slope: float) -> None:
        """Add the velocity slope (x - middle) along the walls [slope: s-1]."""
        columns, species = self.columns()
        columns[2] += slope * (columns[0] - self.middle)
        self.arrange(columns, species)

    def warm(self, temperature: Array, start: float) -> None:
        """Give a uniform gas of temperature ``start`` [K] the profile [cells] K at constant pressure."""
        columns, species = self.columns()
        edges = np.append(self.tables.cells.lo, self.tables.cells.hi[-1])
        share = np.append(0.0, np.cumsum(1.0 / temperature))
        place = (columns[0] - edges[0]) / self.length
        columns[0] = np.interp(place, share / share[-1], edges)
        columns[1:4] *= np.sqrt(np.interp(columns[0], self.x, temperature) / start)
        self.arrange(columns, species)

    # ----- steps --------------------------------------------------------------------------------------------------

    def skip(self, steps: int) -> None:
        """Advance without samples."""
        for _ in range(steps):
            self.engine.advance(False)

    def block(self, samples: int, every: int = 2) -> Block:
        """Means over ``samples`` samples, one each ``every`` steps."""
        e, t, state = self.engine, self.tables, self.engine.state
        first, energy, counts = e.step, state.energy.copy(), state.counts.copy()
        moments = np.zeros((t.rows, MOMENTS + 2))
        sums = np.zeros((2, t.rows, _SUMS))
        for _ in range(samples):
            self.skip(every - 1)
            self._sample(moments, sums)
        steps = e.step - first
        wall = self.mass * (state.energy - energy).reshape(self.cells, self.ns, ENTRIES)[..., Entry.WALL] / steps
        half = self.cells // 2
        gone = (
            (state.counts - counts).reshape(self.cells, self.ns, ENTRIES)[..., [Entry.ABSORBED, Entry.ESCAPED]].sum(0)
        )
        omega = t.omega.reshape(self.cells, self.ns)[[0, -1]]
        scale = np.column_stack([np.ones(self.ns), self.mass, self.mass]) / samples
        scale = scale / (t.cells.hi - t.cells.lo)[:, None, None]
        before, after = sums.reshape(2, self.cells, self.ns, _SUMS)
        apart = np.zeros((self.cells, self.ns, 3))
        apart[..., 1:] = after[..., 3:] - before[..., 3:]
        return Block(
            moments.reshape(self.cells, self.ns, -1) / samples,
            scale * (0.5 * (before[..., :3] + after[..., :3]) + apart),
            scale * apart,
            scale * after[..., :3],
            np.array([wall[:half].sum(), wall[half:].sum()]),
            gone.T * omega / steps,
        )

    def _sample(self, moments: Array, sums: Array) -> None:
        """One step whose collisions are held back until the gas before them is sampled."""
        e, t, p = self.engine, self.tables, self.engine.particles
        keys = e.key(Stream.COLLISION), e.key(Stream.COLLISION_COUNT)
        e.tables = self._without_pairs
        e.advance(False)
        e.tables = t
        _flux_sums(p.x, p.start, t.omega, t.cells.dt, self.x, sums[0])
        if t.pairs.a.size:
            e.meet(*keys, False)
        _flux_sums(p.x, p.start, t.omega, t.cells.dt, self.x, sums[1])
        sample_moments(p.x, p.start, t.sampled, True, False, moments)

    # ----- profiles -----------------------------------------------------------------------------------------------

    def density(self, block: Block) -> Array:
        """Number density [ns, cells] m-3."""
        t = self.tables
        weight = t.omega.reshape(self.cells, self.ns) * (t.cells.dt / (t.cells.hi - t.cells.lo))[:, None]
        return np.asarray((block.moments[..., 0] * weight).T)

    def velocity(self, block: Block) -> Array:
        """Velocity along the walls of all species together [cells] m/s."""
        m = block.moments
        return np.asarray((m[..., MOMENTS] * self.mass).sum(axis=1) / (m[..., 0] * self.mass).sum(axis=1))

    def temperature(self, block: Block) -> Array:
        """Temperature of all species about their common velocity [cells] K (equal weights of the species)."""
        m = block.moments
        energy = ((m[..., 2] + m[..., 3]) * self.mass).sum(axis=1)
        for k in (1, MOMENTS):
            energy -= (m[..., k] * self.mass).sum(axis=1) ** 2 / (m[..., 0] * self.mass).sum(axis=1)
        return np.asarray(energy / (3.0 * K_B * m[..., 0].sum(axis=1)))

    def centre(self, share: float = 0.4) -> NDArray[np.bool_]:
        """Cells in the central ``share`` of the slab."""
        return np.asarray(np.abs(self.x - self.middle) < 0.5 * share * self.length)

    def slope(self, values: Array, share: float = 0.4) -> float:
        """Slope of the straight line through the central values [per m]."""
        here = self.centre(share)
        return float(np.polyfit(self.x[here] - self.middle, values[here], 1)[0])

    def through(self, flux: Array, share: float = 0.4) -> float:
        """Central mean of a flux [cells], each place weighted as its gradient is in ``slope``: by a parabola.

        So a fluctuation of the gradient is one of the flux too, and their ratio is known better than either.
        """
        weight = np.where(self.centre(share), (0.5 * share * self.length) ** 2 - (self.x - self.middle) ** 2, 0.0)
        return float((weight * flux).sum() / weight.sum())


def jackknife(blocks: list[Block], estimate: Callable[[Block], float]) -> tuple[float, float]:
    """A quantity of the mean of all blocks, and its standard error from leaving out each in turn."""
    number = len(blocks)
    totals = [np.sum(columns, axis=0) for columns in zip(*blocks, strict=True)]
    value = estimate(Block(*(total / number for total in totals)))
    left = [
        estimate(Block(*((total - own) / (number - 1) for total, own in zip(totals, block, strict=True))))
        for block in blocks
    ]
    return value, float(np.sqrt((number - 1) / number * ((np.array(left) - np.mean(left)) ** 2).sum()))
