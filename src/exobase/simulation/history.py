"""Global quantities record by record: contents, fluxes, ledger. The same numbers on every rank."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exobase.errors import RunError
from exobase.parallel import reproducible_sum
from exobase.simulation.column import QUARTERS
from exobase.simulation.engine import Engine
from exobase.simulation.rank_tables import Tables
from exobase.tallies.ledger import BALANCE, ENTRIES, Entry
from exobase.tallies.moments import total_energy

Array = NDArray[np.float64]
ZONES = ((0.15, 0.35), (0.45, 0.65), (0.75, 0.95))
_CONTENT, _ENERGY, _ZONE = 0, 1, 2
_WIDTH = 2 + len(ZONES)
COLUMN_MOMENTS = 4


@dataclass
class History:
    """Lists over records. step, particles (simulated, in flight included); content (real particles) and zone_flux [s-1]
    as means over the record; energy [J] kinetic, potential and rotational at its end; weight, energy_book,
    momentum_book: cumulative ledger of the gas [ns, entries]; scored_weight, scored_energy, scored_momentum: the same
    of what scores the escape (tracers of the species that have them, else the gas); column [ns, quarters, 4]: number,
    sum v, sum v^2 and sum v_t^2 of the real particles in each quarter of the collisional column, as means over the
    record.
    """

    step: list[int] = field(default_factory=list)
    particles: list[int] = field(default_factory=list)
    content: list[Array] = field(default_factory=list)
    energy: list[Array] = field(default_factory=list)
    zone_flux: list[Array] = field(default_factory=list)
    weight: list[Array] = field(default_factory=list)
    energy_book: list[Array] = field(default_factory=list)
    momentum_book: list[Array] = field(default_factory=list)
    scored_weight: list[Array] = field(default_factory=list)
    scored_energy: list[Array] = field(default_factory=list)
    scored_momentum: list[Array] = field(default_factory=list)
    column: list[Array] = field(default_factory=list)

    def scored(self, entry: Entry, first: int = 0) -> Array:
        """Rate [records, ns] s-1 of a way to leave (escape, loss beyond), as reported: counted on tracers if any."""
        return self._differences(self.scored_weight, first)[:, :, entry]

    def scored_energies(self, entry: Entry, first: int = 0) -> Array:
        """The same for energy per mass [J/kg/s]."""
        return self._differences(self.scored_energy, first)[:, :, entry]

    def scored_momenta(self, entry: Entry, first: int = 0) -> Array:
        """The same for normal momentum per mass [m/s2]."""
        return self._differences(self.scored_momentum, first)[:, :, entry]

    def rates(self, entry: Entry, first: int = 0) -> Array:
        """Rate [records, ns] s-1 of an entry of the gas in the ledger, in each record from record ``first`` on."""
        return self._differences(self.weight, first)[:, :, entry]

    def energy_rates(self, entry: Entry, first: int = 0) -> Array:
        """The same for energy per mass [J/kg/s]."""
        return self._differences(self.energy_book, first)[:, :, entry]

    def momentum_rates(self, entry: Entry, first: int = 0) -> Array:
        """The same for normal momentum per mass [m/s2]."""
        return self._differences(self.momentum_book, first)[:, :, entry]

    def _differences(self, books: list[Array], first: int) -> Array:
        """Change per step of cumulative books over each record from ``first`` on."""
        before = books[first - 1] if first > 0 else np.zeros_like(books[0])
        steps = np.diff([self.step[first - 1] if first > 0 else 0, *self.step[first:]])
        return np.asarray(np.diff(np.array([before, *books[first:]]), axis=0) / steps[:, None, None])

    def arrays(self) -> dict[str, NDArray[np.float64] | NDArray[np.int64]]:
        """As arrays, for checkpoints and results."""
        return {name: np.array(getattr(self, name)) for name in self.__dataclass_fields__}

    def load(self, arrays: dict[str, Array]) -> None:
        """Inverse of ``arrays``."""
        for name in self.__dataclass_fields__:
            values = arrays[name]
            if name in ("step", "particles"):
                setattr(self, name, [int(v) for v in values])
            else:
                setattr(self, name, [np.array(v) for v in values])


def record(engine: Engine, history: History) -> None:
    """Append one record from the engine's tallies since the last one; check that the ledger closes."""
    t, past = engine.tables, engine.state.past
    ns, kinds = t.ns, t.kinds
    values = _values(engine)
    total = reproducible_sum(engine.comm, values.reshape(t.ncell, ns * values.shape[2])).reshape(ns, -1)
    width = 3 * kinds * ENTRIES
    history.step.append(engine.step)
    history.content.append(total[:, _CONTENT])
    history.energy.append(total[:, _ENERGY])
    history.zone_flux.append(total[:, _ZONE:_WIDTH])
    history.column.append(total[:, _WIDTH + width :].reshape(ns, QUARTERS, COLUMN_MOMENTS))
    books = total[:, _WIDTH : _WIDTH + width].reshape(ns, kinds, 3, ENTRIES).transpose(2, 0, 1, 3)
    books = past + books
    scored = np.where(t.traced[None, :, None], books[:, :, -1], books[:, :, 0])
    names = (("weight", "scored_weight"), ("energy_book", "scored_energy"), ("momentum_book", "scored_momentum"))
    for k, (gas, score) in enumerate(names):
        getattr(history, gas).append(books[k, :, 0])
        getattr(history, score).append(scored[k])
    _, alive, flying = count_ledger(engine)
    history.particles.append(int(alive.sum() + flying.sum()))


def _values(engine: Engine) -> Array:
    """What a record sums over cells [ncell, ns, values]: content, energy, flux in the zones, the books [3, kinds,
    entries], moments in the quarters of the column.
    """
    t, state = engine.tables, engine.state
    ns, ncell, width = t.ns, t.ncell, 3 * t.kinds * ENTRIES
    sums, omega = state.sums.reshape(ncell, ns, t.moments), t.omega.reshape(ncell, ns)
    weight = omega * t.cells.dt[:, None] / max(state.samples, 1)
    values = np.zeros((ncell, ns, _WIDTH + width + QUARTERS * COLUMN_MOMENTS))
    values[..., _CONTENT] = weight * sums[..., 0]
    specific = np.zeros(t.rows)
    total_energy(t.motion, engine.particles.x, engine.particles.start, t.sampled, specific)
    values[..., _ENERGY] = omega * t.cells.dt[:, None] * specific.reshape(ncell, ns) * t.pairs.mass
    values[..., _ZONE:_WIDTH] = _zone_fluxes(t, weight * sums[..., 1])
    books = np.stack([state.weight, state.energy, state.momentum], axis=1)
    values[..., _WIDTH : _WIDTH + width] = books.reshape(ncell, ns, width)
    moments = weight[..., None] * sums[..., :COLUMN_MOMENTS]
    inside = t.quarter[:, None, None, None] == np.arange(QUARTERS)[:, None]
    columns = np.where(inside, moments[:, :, None], 0.0)
    values[..., _WIDTH + width :] = columns.reshape(ncell, ns, QUARTERS * COLUMN_MOMENTS)
    return values


def _zone_fluxes(t: Tables, flow: Array) -> Array:
    """Part of each cell in the mean flux of each zone [ncell, ns, zones] from its sum of v [ncell, ns]."""
    out = np.zeros((*flow.shape, len(ZONES)))
    cells = t.mesh.layers
    centre = (t.mesh.layer_of(np.arange(t.begin, t.end)) + 0.5) / cells
    for k, (low, high) in enumerate(ZONES):
        a, b = (int(np.ceil(q * cells - 0.5)) for q in (low, high))
        ends = t.mesh.edge(np.array([min(a, cells - 1), max(b, a + 1)]))
        inside = ((centre * cells >= a) & (centre * cells < max(b, a + 1)))[:, None]
        out[..., k] = np.where(inside, flow, 0.0) / (ends[1] - ends[0])
    return out


def count_escapers(engine: Engine) -> NDArray[np.int64]:
    """Simulated escapers [ns] on which the escape rate rests: tracers of the species that have them (collective)."""
    t = engine.tables
    counts = engine.state.counts.reshape(t.ncell, t.ns, t.kinds, ENTRIES)[..., Entry.ESCAPED]
    total = engine.comm.sum(counts.sum(axis=0, dtype=np.int64))
    return np.asarray(np.where(t.traced, total[:, -1], total[:, 0]))


def count_ledger(engine: Engine) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Global counts [ns, entries], alive [ns] and in flight [ns] of the gas. Raises RunError unless they balance
    exactly, those of tracers too.
    """
    t, flights = engine.tables, engine.flights.data
    ns, kinds = t.ns, t.kinds
    counts = engine.state.counts.reshape(t.ncell, ns * kinds, ENTRIES).sum(axis=0, dtype=np.int64)
    present = np.diff(engine.particles.start).reshape(t.ncell, ns, t.levels.number).sum(axis=0)
    # Tracers that begin with the next step are booked then.
    begun = (flights[-2] < ns) | (flights[t.columns + 1] != engine.step)
    flying = np.bincount(flights[-2, begun].astype(np.int64), minlength=2 * ns).reshape(2, ns).T
    alive = np.stack([present[:, 0], present[:, 1:].sum(axis=1)], axis=1)
    both = np.stack([alive[:, :kinds].ravel(), flying[:, :kinds].ravel()], axis=1)
    total = engine.comm.sum(np.concatenate([counts, both], axis=1).astype(np.int64))
    broken = total[:, :ENTRIES] @ BALANCE - total[:, ENTRIES] - total[:, ENTRIES + 1]
    if broken.any():
        k = int(np.flatnonzero(broken)[0])
        name = engine.case.species[k // kinds].name
        should, are = int(total[k, :ENTRIES] @ BALANCE), int(total[k, ENTRIES:].sum())
        raise RunError(
            [
                f"the ledger of {name}{' (tracers)' if k % kinds else ''} does not close at step {engine.step}: "
                f"{should} particles should exist, {are} do. "
                "This is a defect of exobase: please report it with the case and the seed."
            ]
        )
    gas = total[::kinds]
    return gas[:, :ENTRIES], gas[:, ENTRIES], gas[:, ENTRIES + 1]
