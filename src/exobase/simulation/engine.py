"""One rank's share of the gas and the steps that advance it."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.collisions.carrier import part_of_flow
from exobase.collisions.listed import majorants
from exobase.collisions.ntc import Diagnostics, collide, no_diagnostics
from exobase.collisions.temperature import follow_temperature
from exobase.constants import K_B
from exobase.errors import RunError
from exobase.geometry.grid import Grid
from exobase.geometry.motion import push, specific_energy
from exobase.jit import kernel
from exobase.parallel import Comm, Decomposition, reproducible_sum
from exobase.particles.births import Births, no_births
from exobase.particles.conserve import MOMENTS, Keeper, energy_scale
from exobase.particles.levels import assign_levels, level_of, mark_levels
from exobase.particles.memory import PLACES, no_memory, remember
from exobase.particles.move import GONE, REMOTE, list_movers, resolve_movers
from exobase.particles.movers import MoverBuffer
from exobase.particles.sort import count_copies, order_movers, settle
from exobase.particles.store import ParticleStore
from exobase.rng import Stream, step_key
from exobase.simulation.births import CellBirths, birth_speeds
from exobase.simulation.column import quarter_edges
from exobase.simulation.conversions import Conversions
from exobase.simulation.entries import Entries
from exobase.simulation.flights import FlightStore
from exobase.simulation.layout import thermal_speed
from exobase.simulation.levels import levels_of
from exobase.simulation.profile import Profile
from exobase.simulation.tables import (
    Reservoir,
    boundary_of,
    cells_of,
    faces_of,
    pairs_of,
)
from exobase.simulation.weights import flux_weights
from exobase.tallies.blocks import Blocks
from exobase.tallies.ledger import ENTRIES, Books
from exobase.tallies.moments import moment_count, sample_histogram, sample_moments

Array = NDArray[np.float64]
STAGES = ("emit", "push", "resolve", "migrate", "sort", "collide", "sample")
HISTOGRAM_BINS = 64
_MAJORANT_SPEED = 3.0
_SPECTRUM_UNIT = float(1 << 30)


def spectrum_width(case: Case) -> float:
    """Width [J] of the bins of the escape spectrum, in kT of the hottest reservoir."""
    return K_B * max(s.temperature for s in case.species) * case.tally.energy_max_kt / case.tally.energy_bins


@kernel
def _step_keys(seed: int, step: int, keys: NDArray[np.uint64]) -> None:
    """Random keys of every purpose in one step."""
    for purpose in range(keys.size):
        keys[purpose] = step_key(seed, purpose, step)


class Engine:
    """Owned cells, their particles and tallies. ``step`` counts finished steps; every random draw is keyed by it."""

    def __init__(
        self, case: Case, comm: Comm, grid: Grid, profile: Profile, parts: Decomposition,
        reservoirs: dict[tuple[str, str], Reservoir],
    ) -> None:  # fmt: skip
        self.case, self.comm, self.grid, self.profile, self.parts = case, comm, grid, profile, parts
        self.reservoirs = reservoirs
        self.ns = len(case.species)
        self.step = 0
        self.seed = case.run.seed
        self.motion = case.space.motion
        self.pairs = pairs_of(case)
        self.shear = case.shear
        rotating = bool(self.pairs.zeta.any())
        self.columns = 5 if rotating else 4
        self.moments = moment_count(rotating, self.shear)
        self.follows_temperature = rotating and bool(self.pairs.t_star.any()) and self.pairs.a.size > 0
        self.conversions = Conversions(case)
        self.stage_seconds = dict.fromkeys(STAGES, 0.0)
        self.work_seconds = 0.0
        self._since, self._waited = 0.0, 0.0
        self._keys, self._keys_step = np.zeros(max(Stream) + 1, dtype=np.uint64), -1
        # Three of these, squared and added, bound the relative speed of nearly all pairs.
        self.majorant_scale = np.maximum(thermal_speed(case, profile.temperature).max(axis=1), 0.5 * birth_speeds(case))
        self._lay_tables()
        self.flights = FlightStore(self.columns)
        self.cell_blocks: dict[str, Blocks] = {}
        self.kinds = 2 if self.levels.number > 1 else 1
        self.past = np.zeros((3, self.ns, self.kinds, ENTRIES))
        self._particles = ParticleStore(self.columns, self.groups)
        self.new_cell_state()

    # ----- tables -----------------------------------------------------------------------------------------------

    def _lay_tables(self) -> None:
        """Everything that follows from grid, profile and owned range."""
        self.begin, self.end = self.parts.begin(self.comm.rank), self.parts.end(self.comm.rank)
        self.ncell = self.end - self.begin
        self.levels = levels_of(self.case, self.grid, self.profile)
        self.rows = self.ncell * self.ns
        self.width = self.ns * self.levels.number
        self.groups = self.ncell * self.width
        self.cells = cells_of(self.case, self.grid, self.begin, self.end, self.levels.number)
        middle = 0.5 * (self.cells.lo + self.cells.hi)
        self.quarter = np.searchsorted(quarter_edges(self.case, self.profile), middle) - 1
        self.boundary = boundary_of(self.case, self.grid)
        self.faces = faces_of(self.case, self.grid, self.reservoirs, self.cells)
        self.omega = flux_weights(self.case, self.grid, self.profile, self.begin, self.end)
        self.group_omega = (self.omega.reshape(-1, self.ns, 1) * self.levels.factor.reshape(self.ns, -1)).ravel()
        self.kinds = 2 if self.levels.number > 1 else 1
        self.sampled = np.tile(np.arange(self.levels.number) == 0, self.ns).astype(np.float64)
        self.births = no_births(self.columns, 0)
        self._movers = MoverBuffer(self.columns, self.groups)
        self.entries = Entries(self.columns, self.ns, self.begin)
        self.entries.set_faces(self.faces)
        if self.case.sources:
            self.entries.births = CellBirths(self.case, self.grid, self.cells)
        self._lay_coins()
        self._partner = np.full(256, -1, dtype=np.int64)
        largest = self.omega.reshape(-1, self.ns).max(axis=0) if self.ncell else np.zeros(self.ns)
        self.largest_weight = self.comm.max(largest)
        mass = self.pairs.mass
        self.energy_scale = mass / spectrum_width(self.case)
        radii = np.array(self.case.tally.vdf_radii, dtype=np.float64)
        number = self.grid.locate(radii) if radii.size else np.zeros(0, dtype=np.int64)
        cell = (np.arange(self.grid.columns)[:, None] * self.grid.cells + number - self.begin).ravel()
        index = np.tile(np.arange(radii.size), self.grid.columns)
        owned = (cell >= 0) & (cell < self.ncell)
        self.histogram_cell, self.histogram_index = cell[owned], index[owned]
        self.histogram_speed = 4.0 * np.array([s.thermal_speed() for s in self.case.species])

    def set_parts(self, parts: Decomposition) -> None:
        """Own another range of cells; arrays of the cells must be installed next."""
        self.parts = parts
        self._lay_tables()

    def refresh_faces(self) -> None:
        """Take over changed reservoirs; cells forget the gas of before."""
        self.memory_from = self.step
        self.faces = faces_of(self.case, self.grid, self.reservoirs, self.cells)
        self.entries.set_faces(self.faces)

    def new_cell_state(self) -> None:
        """Fresh ledger, tallies, majorants and temperatures for the owned cells."""
        self.counts = np.zeros((self.rows * self.kinds, ENTRIES), dtype=np.int64)
        self.gained = np.zeros((self.rows, MOMENTS))
        self.debt = np.zeros((self.ncell, 4))
        self.flow = np.zeros((self.rows, 6))
        self.memory = no_memory(self.rows if self.kinds > 1 else 0, self.columns, PLACES)
        self.memory_from = self.step
        self.clear_weights()
        self.clear_samples()
        self.majorant = np.tile(self._first_majorants(), (self.ncell, 1))
        centre = self.grid.centre(self.cells.lo, self.cells.hi)
        density = self.profile.density_at(centre)
        warmth = (density * self.profile.temperature_at(centre)).sum(axis=0)
        self.temperature = warmth / np.maximum(density.sum(axis=0), 1e-300)

    @property
    def keeper(self) -> Keeper:
        """What keeps number, momentum and energy of the cells."""
        part = part_of_flow(float(self.step - self.memory_from))
        return Keeper(self._coin_speed, self.gained, self.debt, self._coin_scale, self.flow, part)

    def _lay_coins(self) -> None:
        """Units of the coins: thermal speeds, and momentum and energy of the heaviest weight in each cell."""
        kt = K_B * self.profile.temperature_at(self.grid.centre(self.cells.lo, self.cells.hi)).T
        mass, omega = self.pairs.mass, self.omega.reshape(self.ncell, self.ns)
        self._coin_speed = np.ascontiguousarray(np.sqrt(kt / mass)).ravel()
        self._coin_scale = np.empty((self.ncell, 2))
        self._coin_scale[:, 0] = (omega * np.sqrt(mass * kt)).max(axis=1, initial=0.0)
        self._coin_scale[:, 1] = (omega * energy_scale(kt)).max(axis=1, initial=0.0)

    def clear_weights(self) -> None:
        """Begin new books of weights, energies and momenta (after a change of cells); counts go on."""
        self.weight = np.zeros((self.rows * self.kinds, ENTRIES))
        self.energy = np.zeros((self.rows * self.kinds, ENTRIES))
        self.momentum = np.zeros((self.rows * self.kinds, ENTRIES))

    def clear_samples(self) -> None:
        """Zero samples, spectrum, histograms and collision diagnostics; ledger, majorants and particles stay."""
        self.diagnostics: Diagnostics = no_diagnostics(self.ncell, self.pairs.a.size)
        self.clear_record()
        self.bind_books()

    def books_total(self) -> Array:
        """Global weights, energies and momenta booked so far [3, ns, kinds, entries]."""
        width = self.ns * self.kinds
        books = np.stack([self.weight, self.energy, self.momentum], axis=1).reshape(self.ncell, width * 3 * ENTRIES)
        return reproducible_sum(self.comm, books).reshape(self.ns, self.kinds, 3, ENTRIES).transpose(2, 0, 1, 3)

    def clear_record(self) -> None:
        """Zero what is collected within one record."""
        self.sums = np.zeros((self.rows, self.moments))
        self.spectrum = np.zeros((self.ns, self.case.tally.energy_bins), dtype=np.int64)
        self.histogram = np.zeros((len(self.case.tally.vdf_radii), self.ns, 2, HISTOGRAM_BINS), dtype=np.int64)
        self.converted = self.conversions.no_scores(self.ncell)
        self.samples = 0
        self.bind_books()

    def bind_books(self) -> None:
        """Collect the ledger's arrays for the kernels."""
        unit = _SPECTRUM_UNIT / self.spectrum_weight
        units = unit[:, None]
        if self.kinds > 1:
            units = np.stack([np.where(self.traced, 0.0, unit), np.where(self.traced, unit, 0.0)], axis=1)
        self.books = Books(
            self.counts, self.weight, self.energy, self.momentum, self.spectrum, self.energy_scale,
            np.ascontiguousarray(units),
        )  # fmt: skip

    @property
    def escape_factor(self) -> Array:
        """Weight over that of the gas of the lowest level [ns] in which particles leave: 1 without tracers."""
        place = np.inf if self.case.outer.type == "kepler_return" else self.grid.outer
        potential = float(self.case.space.potential(place))
        level = [level_of(self.levels, s, potential) for s in range(self.ns)]
        return np.asarray(self.levels.factor.reshape(self.ns, -1)[np.arange(self.ns), level])

    @property
    def spectrum_weight(self) -> Array:
        """Largest flux weight [ns] of an escaping particle, in which the spectrum is counted."""
        return np.asarray(self.largest_weight * self.escape_factor)

    @property
    def traced(self) -> NDArray[np.bool_]:
        """Species [ns] whose escape is counted on tracers."""
        return self.levels.highest > 0

    def _first_majorants(self) -> Array:
        a, b = self.pairs.a, self.pairs.b
        speed = _MAJORANT_SPEED * np.hypot(self.majorant_scale[a], self.majorant_scale[b])
        if self.kinds > 1:
            # The fastest tracers come with the energy of their highest level at the inner boundary.
            deepest = specific_energy(self.motion, self.grid.inner, 0.0, 0.0, 0.0)
            top = self.levels.first + self.levels.step * self.levels.highest - deepest
            fast = np.sqrt(2.0 * np.where(self.traced, top, 0.0))
            near = [np.hypot(fast[t], _MAJORANT_SPEED * self.majorant_scale[u]) for t, u in ((a, b), (b, a))]
            speed = np.concatenate([speed, *near])
        return majorants(self.pairs, speed)

    # ----- particles --------------------------------------------------------------------------------------------

    @property
    def particles(self) -> ParticleStore:
        """The particle store."""
        return self._particles

    def use_store(self, store: ParticleStore) -> None:
        """Replace the particles."""
        self._particles = store

    def mover_bytes(self) -> int:
        """Bytes of the work buffers."""
        return self._movers.bytes() + self.entries.bytes()

    def _begin_stage(self) -> None:
        """Start the clock of the step's first stage."""
        self._since, self._waited = time.perf_counter(), self.comm.waited

    def _end_stage(self, name: str) -> None:
        """Book the time since the last stage ended; waiting for other ranks is no work."""
        now, waited = time.perf_counter(), self.comm.waited
        self.stage_seconds[name] += now - self._since
        self.work_seconds += now - self._since - (waited - self._waited)
        self._since, self._waited = now, waited

    # ----- the time loop ----------------------------------------------------------------------------------------

    def advance(self, sample: bool) -> None:
        """One step: emit, move, record crossings, migrate, sort, lose and exchange, collide, sample.

        Samples are taken before and after losses and collisions in turn: fluxes of momentum and energy are what is
        carried in free flight, to second order in the step, only in the mean of both.
        """
        early = sample and self.samples % 2 == 0
        self._begin_stage()
        fraction, weight, group = self.entries.draw(
            self.key, self.step, self.motion, self.omega, self.levels, self.flights, self.books
        )
        self._end_stage("emit")
        self._push()
        self._end_stage("push")
        count = self._resolve(fraction, weight, group)
        self._end_stage("resolve")
        first, last = self._migrate(count)
        self._end_stage("migrate")
        self._settle(first, last)
        self._end_stage("sort")
        if early:
            self._sample()
            self._end_stage("sample")
        self._room_for_births()
        if self.conversions.count:
            self.conversions.act(self)
        if self.kinds > 1:
            self._remember()
        self._collide(sample)
        self._end_stage("collide")
        if sample and not early:
            self._sample()
            self._end_stage("sample")
        self.step += 1

    def key(self, purpose: Stream) -> np.uint64:
        """Random key of a purpose in the present step."""
        if self._keys_step != self.step:
            _step_keys(self.seed, self.step, self._keys)
            self._keys_step = self.step
        return np.uint64(self._keys[purpose])

    def _push(self) -> None:
        p, c = self._particles, self.cells
        push(self.motion, p.x, p.y, p.moved, p.start, self.width, c.lo, c.hi, c.dt, c.at_face)
        if self.levels.number > 1:
            mark_levels(self.motion, self.levels, self.ns, p.start, p.y, p.moved)

    def _resolve(self, fraction: Array, weight: Array, group: NDArray[np.int64]) -> int:
        """Move flagged and entering particles exactly; returns their number."""
        p, m = self._particles, self._movers
        limit = int(np.count_nonzero(p.moved[: p.count])) + group.size
        m.reserve(limit + 1)
        n, slow = list_movers(
            p.moved, p.start, group, self.grid.runs, self.cells, p.x, p.y, self.group_omega, m.head, m.index, m.group,
            m.stay, m.out, m.key, m.low, m.slow,
        )  # fmt: skip
        if self.boundary.delayed:
            self.boundary = self.boundary._replace(step=self.step)
        lost = resolve_movers(
            self.motion, self.grid.runs, self.cells, self.boundary, self.key(Stream.WALL), m.slow[:slow], m.index,
            m.group, p.start, p.x, p.y, self.entries.x, fraction, weight, self.group_omega, self.books, m.head, m.out,
            m.key, m.low,
        )  # fmt: skip
        if lost >= 0:
            self._report_lost(int(m.index[lost]), int(m.group[lost]))
        return int(n)

    def _report_lost(self, index: int, group: int) -> None:
        source = self.entries.x[:, -1 - index] if index < 0 else self._particles.x[:, index]
        name = self.case.species[group % self.width // self.levels.number].name
        raise RunError(
            [
                f"a particle of {name} was lost at step {self.step} in cell {self.begin + group // self.width}: "
                "position "
                f"{source[0]:.6g} m, velocity ({source[1]:.4g}, {source[2]:.4g}, {source[3]:.4g}) m/s. "
                "Its path crossed too many cells or is not finite: use a smaller step.courant."
            ]
        )

    def _migrate(self, count: int) -> tuple[int, int]:
        """Send movers to the owners of their cells; arrivals from lower ranks go before, from higher behind our own."""
        m = self._movers
        first, last = m.head, m.head + count
        if self.boundary.delayed:
            self._mark_departures(first, last)
        if self.comm.size == 1:
            return first, last
        received = self.comm.exchange(self._pack_remote(first, last))
        rows = self.columns + 4
        below = [a.reshape(rows, -1) for r, a in received if r < self.comm.rank]
        above = [a.reshape(rows, -1) for r, a in received if r > self.comm.rank]
        n_below, n_above = (sum(a.shape[1] for a in part) for part in (below, above))
        if n_below > m.head or count + n_above > m.out.shape[1] - m.head:
            m.reserve(count + n_above, m.head, m.head + count, head=max(2 * n_below, m.head))
            first, last = m.head, m.head + count
        place = first - n_below
        first = place
        for low, part in ((True, below), (False, above)):
            if not low:
                place = last
            for a in part:
                n = a.shape[1]
                m.out[:, place : place + n] = a[: self.columns + 2]
                cell, kind = a[self.columns + 2].astype(np.int64), a[self.columns + 3].astype(np.int64)
                row = (cell - self.begin) * self.ns + kind % self.ns
                m.key[place : place + n] = row * self.levels.number + (kind >= self.ns)
                m.low[place : place + n] = low
                place += n
        return first, last + n_above

    def _pack_remote(self, first: int, last: int) -> dict[int, Array]:
        """Movers for other ranks, in source order: columns, flux weight, return time, global cell, species (+ ns:
        tracer).
        """
        m = self._movers
        away = np.flatnonzero(m.key[first:last] == REMOTE)
        if not away.size:
            return {}
        j = away + first
        row, tracer = m.group[away] // self.levels.number, m.group[away] % self.levels.number > 0
        column = (self.begin + row // self.ns) // self.grid.cells
        cell = column * self.grid.cells + self.grid.locate(m.out[0, j])
        owner = self.parts.owner(cell)
        kind = row % self.ns + self.ns * tracer
        data = np.concatenate([m.out[:, j], [cell.astype(np.float64)], [kind.astype(np.float64)]])
        return {int(r): np.ascontiguousarray(data[:, owner == r]) for r in np.unique(owner)}

    def _mark_departures(self, first: int, last: int) -> None:
        """Particles that left on a delayed flight belong to the cell that owns the outer face of their column."""
        m = self._movers
        j = first + np.flatnonzero((m.out[self.columns + 1, first:last] > 0.0) & (m.key[first:last] != GONE))
        m.out[0, j] = self.grid.outer
        m.low[j] = False

    def _settle(self, first: int, last: int) -> None:
        p, m = self._particles, self._movers
        if self.boundary.delayed:
            self.flights.depart(m, first, last, self.begin, self.ns, self.levels.number)
        if self.levels.number > 1:
            assign_levels(self.motion, self.levels, self.ns, m.out, self.columns, m.key, first, last, self.books)
        order_movers(m.key, m.low, first, last, m.bins, m.order)
        total = count_copies(
            self.motion, self.key(Stream.CLONE), self.begin, self.width, self.levels.number, m.bins, m.order, m.out,
            self.columns, self.group_omega, self.pairs.zeta, self.keeper, m.stay, m.copies, m.new_start, self.books,
        )  # fmt: skip
        p.reserve(total, keep=False)
        settle(
            self.key(Stream.CLONE_ROTATION), self.begin, self.width, self.levels.number, p.start, p.moved,
            m.stay, m.bins, m.order, m.copies, m.out, m.new_start, p.y, p.x,
        )  # fmt: skip
        p.start, m.new_start = m.new_start, p.start

    def _collide(self, check: bool) -> None:
        if not self.pairs.a.size or not self.ncell:
            return
        p = self._particles
        if check:
            largest = int((p.start[self.width :: self.width] - p.start[: -self.width : self.width]).max())
            if largest > self._partner.size:
                self._partner = np.empty(2 * largest, dtype=np.int64)
            if self.follows_temperature:
                follow_temperature(p.x, p.start, self.cells, self.group_omega, self.pairs.mass, self.temperature)
        self.meet(self.key(Stream.COLLISION), self.key(Stream.COLLISION_COUNT), check)

    def _remember(self) -> None:
        """Let cells remember some of their gas, for tracers to meet."""
        p = self._particles
        remember(
            self.key(Stream.MEMORY), self.begin, self.ns, self.levels.number, p.x, p.start,
            float(self.step - self.memory_from), self.memory,
        )  # fmt: skip

    def meet(self, key: np.uint64, count_key: np.uint64, check: bool) -> None:
        """The collisions of one step, with given keys."""
        p = self._particles
        collide(
            self.motion, p.x, p.start, self.cells, self.group_omega, self.pairs, self.levels, self.keeper,
            self.temperature, self.majorant, key, count_key, self._partner, check, self.diagnostics, self.books,
            self.births, self.memory,
        )  # fmt: skip
        self._launch(self.births)

    def _room_for_births(self) -> None:
        """Room for the tracers that collisions and exchanges of one step may bring."""
        if self.kinds > 1 and self.births.weight.size < self._particles.count:
            self.births = no_births(self.columns, self._particles.capacity + 1024)
        self.births.number[0] = 0

    def _launch(self, births: Births) -> None:
        """Let the tracers born in this step begin with the next one, from where they are."""
        n = int(births.number[0])
        if n > births.weight.size:
            raise RunError(
                f"{n} tracers were born in step {self.step}, more than there are particles: lower "
                "step.collision_fraction, or set weights.energy_levels = 1"
            )
        if n:
            row = births.row[:n]
            self.flights.launch(
                births.x[:, :n], births.weight[:n], self.step + 1, row % self.ns + self.ns, self.begin + row // self.ns
            )

    def _sample(self) -> None:
        p = self._particles
        sample_moments(p.x, p.start, self.sampled, self.shear, self.sums)
        if self.histogram_cell.size:
            part = np.zeros((self.histogram_cell.size, *self.histogram.shape[1:]), dtype=np.int64)
            unit = self.sampled.astype(np.int64)
            sample_histogram(p.x, p.start, self.histogram_cell, self.ns, unit, self.histogram_speed, part)
            np.add.at(self.histogram, self.histogram_index, part)
        self.samples += 1
