"""One rank's share of the gas and the steps that advance it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.collisions.ntc import collide
from exobase.collisions.temperature import follow_temperature
from exobase.errors import RunError
from exobase.geometry.columns import VN, VT1, VT2, R
from exobase.geometry.mesh import Mesh
from exobase.geometry.motion import push
from exobase.geometry.turning import to_common, to_own
from exobase.parallel import Comm, Decomposition
from exobase.particles.births import Births, no_births
from exobase.particles.conserve import Keeper
from exobase.particles.entering import Entering
from exobase.particles.levels import assign_levels, mark_levels
from exobase.particles.memory import remember
from exobase.particles.movers import MoverBuffer
from exobase.particles.resolve import move_exactly
from exobase.particles.sort import arrange, settle
from exobase.particles.store import ParticleStore
from exobase.rng import Stream
from exobase.simulation.births import CellBirths
from exobase.simulation.cell_state import CellState
from exobase.simulation.conversions import Conversions
from exobase.simulation.entries import Entries
from exobase.simulation.flights import FlightStore
from exobase.simulation.migrate import migrate
from exobase.simulation.profile import Profile
from exobase.simulation.rank_tables import lay_tables
from exobase.simulation.stage_clock import StageClock
from exobase.simulation.step_keys import StepKeys
from exobase.simulation.tables import Reservoir, faces_of, ground_tables, pairs_of
from exobase.sources.ground import place_entering
from exobase.tallies.moments import sample_histogram, sample_moments

Array = NDArray[np.float64]


class Engine:
    """Owned cells, their particles and tallies. ``step`` counts finished steps; every random draw is keyed by it.

    tables: what steps read; state: arrays of the cells that steps change; particles; flights: particles that come back
    later. The rest is work space.
    """

    def __init__(
        self, case: Case, comm: Comm, mesh: Mesh, profile: Profile, parts: Decomposition,
        reservoirs: dict[tuple[str, str], Reservoir],
    ) -> None:  # fmt: skip
        self.case, self.comm, self.reservoirs = case, comm, reservoirs
        self.step = 0
        self.tables = lay_tables(case, pairs_of(case), comm, mesh, profile, parts)
        self.state = CellState(self.tables)
        self.particles = ParticleStore(self.tables.columns, self.tables.groups)
        self.flights = FlightStore(self.tables.columns)
        self.conversions = Conversions(case)
        self.clock = StageClock(comm)
        self._keys = StepKeys(case.run.seed)
        self._ground = ground_tables(case, mesh)
        self._lay_buffers()

    def lay(self, mesh: Mesh, profile: Profile, parts: Decomposition) -> None:
        """Own a range of these cells; their state and particles must be put in place next. Collective."""
        self.tables = lay_tables(self.case, self.tables.pairs, self.comm, mesh, profile, parts)
        self._lay_buffers()

    def _lay_buffers(self) -> None:
        """Work space for the owned cells."""
        t = self.tables
        self.births = no_births(t.columns, 0)
        self._movers = MoverBuffer(t.columns, t.groups)
        self._partner = np.full(256, -1, dtype=np.int64)
        self.entries = Entries(t.columns, t.ns, t.begin)
        self.entries.set_faces(faces_of(self.case, t.mesh, self.reservoirs, t.cells, self._ground))
        if self.case.sources:
            self.entries.births = CellBirths(self.case, t.mesh, t.cells)

    def refresh_faces(self) -> None:
        """Take over changed reservoirs; cells forget the gas of before."""
        self.state.memory_from = self.step
        t = self.tables
        self.entries.set_faces(faces_of(self.case, t.mesh, self.reservoirs, t.cells, self._ground))

    @property
    def keeper(self) -> Keeper:
        """What keeps number, momentum and energy of the cells."""
        return self.state.keeper(self.step)

    def key(self, purpose: Stream) -> np.uint64:
        """Random key of a purpose in the present step."""
        return self._keys.of(self.step, purpose)

    def mover_bytes(self) -> int:
        """Bytes of the work buffers."""
        return self._movers.bytes() + self.entries.bytes()

    def advance(self, sample: bool) -> None:
        """One step: emit, move, record crossings, migrate, sort, lose and exchange, collide, sample.

        Samples are taken before and after losses and collisions in turn: fluxes of momentum and energy are what is
        carried in free flight, to second order in the step, only in the mean of both.
        """
        early = sample and self.state.samples % 2 == 0
        self.clock.begin()
        entering = self._emit()
        self.clock.end("emit")
        self._push()
        self.clock.end("push")
        count = self._resolve(entering)
        self.clock.end("resolve")
        first, last = migrate(self.comm, self.tables, self._movers, count)
        self.clock.end("migrate")
        self._settle(first, last)
        self.clock.end("sort")
        if early:
            self._sample()
            self.clock.end("sample")
        self._convert()
        self._collide(sample)
        self.clock.end("collide")
        if sample and not early:
            self._sample()
            self.clock.end("sample")
        self.step += 1

    def _emit(self) -> Entering:
        """Particles that enter in this step."""
        t = self.tables
        entering = self.entries.draw(self.key, self.step, t.motion, t.omega, t.levels, self.flights, self.state.books)
        if t.mesh.placed:
            key = self.key(Stream.DIRECTION)
            about = t.width, t.levels.number
            lost = place_entering(
                t.mesh.map, self._ground, t.mesh.layers, t.begin, about, entering.group, key, entering.x,
                entering.weight, self.state.books,
            )  # fmt: skip
            if lost:
                raise RunError(
                    f"step {self.step}: {lost} particles found no place in their patch: what is emitted varies too "
                    "much within it; use more grid.zones"
                )
        return entering

    def _push(self) -> None:
        p, t = self.particles, self.tables
        push(t.motion, p.x, p.y, p.moved, p.start, t.width, t.cells)
        if t.levels.number > 1:
            mark_levels(t.motion, t.levels, t.ns, p.start, p.y, p.moved)

    def _resolve(self, entering: Entering) -> int:
        """Move flagged and entering particles exactly; returns their number."""
        p, m, t = self.particles, self._movers, self.tables
        m.reserve(int(np.count_nonzero(p.moved[: p.count])) + entering.group.size + 1)
        domain = t.domain._replace(boundary=t.boundary._replace(step=self.step)) if t.boundary.delayed else t.domain
        key = self.key(Stream.WALL)
        count, lost = move_exactly(key, domain, p.arrays, entering, m.movers, m.head, self.state.books)
        if lost >= 0:
            self._report_lost(int(m.index[lost]), int(m.group[lost]))
        return int(count)

    def _report_lost(self, index: int, group: int) -> None:
        t = self.tables
        source = self.entries.x[:, -1 - index] if index < 0 else self.particles.x[:, index]
        name = self.case.species[group % t.width // t.levels.number].name
        raise RunError(
            [
                f"a particle of {name} was lost at step {self.step} in cell {t.begin + group // t.width}: "
                "position "
                f"{source[R]:.6g} m, velocity ({source[VN]:.4g}, {source[VT1]:.4g}, {source[VT2]:.4g}) m/s. "
                "Its path crossed too many cells or is not finite: use a smaller step.courant."
            ]
        )

    def _settle(self, first: int, last: int) -> None:
        """Put particles and movers first .. last-1 in the order of their cells, with their copies."""
        p, m, t, state = self.particles, self._movers, self.tables, self.state
        if t.boundary.delayed:
            self.flights.depart(m, first, last, t.begin, t.ns, t.levels.number)
        if t.levels.number > 1:
            assign_levels(t.motion, t.levels, t.ns, m.out, t.columns, m.key, first, last, state.books)
        key = self.key(Stream.CLONE)
        total = arrange(key, t.motion, t.grouping, m.arrivals, first, last, self.keeper, state.books)
        p.reserve(total, keep=False)
        settle(self.key(Stream.CLONE_ROTATION), t.grouping, p.arrays, m.arrivals)
        p.start, m.new_start = m.new_start, p.start

    def _convert(self) -> None:
        """Losses and charge exchange."""
        self._room_for_births()
        if self.conversions.count:
            self.conversions.act(self)

    def _collide(self, check: bool) -> None:
        """Let cells remember some of their gas, and particles collide; with ``check`` diagnostics are counted."""
        p, t = self.particles, self.tables
        if t.kinds > 1:
            age = float(self.step - self.state.memory_from)
            remember(
                self.key(Stream.MEMORY), t.begin, t.ns, t.levels.number, p.x, p.start, age, self.state.memory
            )  # fmt: skip
        if not t.pairs.a.size or not t.ncell:
            return
        if check:
            largest = int((p.start[t.width :: t.width] - p.start[: -t.width : t.width]).max())
            if largest > self._partner.size:
                self._partner = np.empty(2 * largest, dtype=np.int64)
            if t.follows_temperature:
                follow_temperature(p.x, p.start, t.cells, t.group_omega, t.pairs.mass, self.state.temperature)
        self.meet(self.key(Stream.COLLISION), self.key(Stream.COLLISION_COUNT), check)

    def meet(self, key: np.uint64, count_key: np.uint64, check: bool) -> None:
        """The collisions of one step, with given keys."""
        p, t, state = self.particles, self.tables, self.state
        frame = t.mesh.division.frame
        if t.mesh.placed:
            to_common(frame, p.x, p.count)
        collide(
            t.motion, p.x, p.start, t.cells, t.group_omega, t.pairs, t.levels, self.keeper, state.temperature,
            state.majorant, key, count_key, self._partner, check, state.diagnostics, state.books, self.births,
            state.memory,
        )  # fmt: skip
        if t.mesh.placed:
            to_own(frame, p.x, p.count)
        self._launch(self.births)

    def _room_for_births(self) -> None:
        """Room for the tracers that collisions and exchanges of one step may bring."""
        if self.tables.kinds > 1 and self.births.weight.size < self.particles.count:
            self.births = no_births(self.tables.columns, self.particles.capacity + 1024)
        self.births.number[0] = 0

    def _launch(self, births: Births) -> None:
        """Let the tracers born in this step begin with the next one, from where they are."""
        n, t = int(births.number[0]), self.tables
        if n > births.weight.size:
            raise RunError(
                f"{n} tracers were born in step {self.step}, more than there are particles: lower "
                "step.collision_fraction, or set weights.energy_levels = 1"
            )
        if n:
            row = births.row[:n]
            kind, cell = row % t.ns + t.ns, t.begin + row // t.ns
            self.flights.launch(births.x[:, :n], births.weight[:n], self.step + 1, kind, cell)

    def _sample(self) -> None:
        p, t, state = self.particles, self.tables, self.state
        sample_moments(p.x, p.start, t.sampled, t.shear, t.mesh.placed, state.sums)
        here = t.velocity_cells
        if here.cell.size:
            part = np.zeros((here.cell.size, *state.histogram.shape[1:]), dtype=np.int64)
            unit = t.sampled.astype(np.int64)
            sample_histogram(p.x, p.start, here.cell, t.ns, unit, here.speed, part)
            np.add.at(state.histogram, here.radius, part)
        state.samples += 1
