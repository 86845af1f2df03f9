"""The simulation as a library object: a case, its ranks, and the state that steps advance."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.errors import InputError
from exobase.geometry.columns import NAMES
from exobase.geometry.mesh import Mesh
from exobase.parallel import Comm, Decomposition, SerialComm
from exobase.parallel.decomposition import balanced
from exobase.simulation.adapt import adapt, sampled_profile
from exobase.simulation.cell_array import AVERAGES, RECORD
from exobase.simulation.cost import block_number
from exobase.simulation.engine import Engine
from exobase.simulation.history import History, record
from exobase.simulation.planning import Layout, lay_out
from exobase.simulation.profile import Profile
from exobase.simulation.start import fill_engine
from exobase.simulation.steady import known_slow
from exobase.simulation.tables import Reservoir, reservoirs_of
from exobase.simulation.transfer import redistribute
from exobase.simulation.weight_ratio import largest_weight_ratio
from exobase.tallies.ledger import Entry
from exobase.tallies.statistics import block_estimate

if TYPE_CHECKING:
    import xarray

Array = NDArray[np.float64]
_PARTICLE_EQUIVALENT_OF_A_CELL = 12.0
_PARTICLE_EQUIVALENT_OF_A_PAIR = 2.5


class Simulation:
    """A self-consistent DSMC exosphere that can be stepped, sampled, coupled and checkpointed.

    case: a resolved case (:func:`exobase.load_case`); comm: a communicator of :mod:`exobase.parallel` (default: this
    process alone); layout: the cells to begin with, where they are known already. All methods are collective: every
    rank calls them in the same order. Results do not depend on the number of ranks. Raises InputError, before anything
    is allocated, for a case beyond the memory of the machine.

    >>> sim = Simulation(load_case("cases/jeans_6"))
    >>> sim.step(1000); sim.start_tally(); sim.step(4000)
    >>> sim.boundary_flux()["outer", "HS"]["number"]
    """

    def __init__(self, case: Case, comm: Comm | None = None, layout: Layout | None = None) -> None:
        comm = comm if comm is not None else SerialComm()
        layout = lay_out(case, comm) if layout is None else layout
        self.begin_from(case, comm, layout.mesh, layout.profile, Decomposition.even(layout.mesh.total, comm.size))
        note = layout.profile.note
        self.start = f"{case.initial}: {note}" if note else case.initial
        fill_engine(self.engine)

    def begin_from(self, case: Case, comm: Comm, mesh: Mesh, profile: Profile, parts: Decomposition) -> None:
        """Set up without particles on given cells (used by the constructor and by ``restore``)."""
        self.case = case
        self.comm = comm
        self.history = History()
        self.tally_from: int | None = None
        self.tally_step = 0
        self.sampled_step = 0
        self._left_over = 0.0
        self.diagnosed_step = 0
        self.escapers = np.zeros(len(case.species), dtype=np.int64)
        self.adapted = False
        self.start = ""
        self.reservoirs = reservoirs_of(case)
        self._busy = np.zeros(2)
        self._seen_work = 0.0
        self.engine = Engine(case, comm, mesh, profile, parts, self.reservoirs)

    # ----- stepping ---------------------------------------------------------------------------------------------

    @property
    def steps(self) -> int:
        """Finished steps."""
        return self.engine.step

    @property
    def time(self) -> float:
        """Simulated time [s] with one global step; with local steps the time at the smallest step."""
        return self.engine.step * float(self.engine.tables.mesh.runs.dt.min())

    def step(self, n: int = 1) -> None:
        """Advance ``n`` steps, recording as the case's ``tally`` asks."""
        sample_every, record_every = self.case.tally.sample_every, self.case.tally.record_every
        for _ in range(n):
            last = (self.engine.step + 1) % record_every == 0
            self.engine.advance((self.engine.step + 1) % sample_every == 0 or last)
            if last:
                self._record()

    def advance(self, t: float) -> float:
        """Advance by the time t [s] in whole steps; returns the time [s] that they took.

        What is left over, at most half a step, counts in the next call, so that the times of many calls add up (not
        across a checkpoint). Raises InputError with local steps, which have no common time, and for a time that is
        negative or not finite.
        """
        if self.case.time_step != "global":
            raise InputError(['advance(t) needs time_step = "global": with local steps cells have no common time'])
        if not 0.0 <= t < math.inf:
            raise InputError([f"advance: t = {t} s must be finite and not negative"])
        dt = float(self.engine.tables.boundary.dt)
        number = max(round((t + self._left_over) / dt), 0)
        self._left_over += t - number * dt
        self.step(number)
        return number * dt

    def set_reservoir(self, face: str, species: str, n: float, u: float, T: float) -> None:
        """Change the gas behind a face ("inner" or "outer") from now on: n [m-3], u toward the domain [m/s], T [K].

        Weights stay as they are: n times as dense a gas has n times as many simulated particles. Raises InputError for
        an unknown face or species, a negative density, a temperature that is not positive, or what is not finite.
        """
        if (face, species) not in self.reservoirs:
            known = ", ".join(sorted({f"{f}/{s}" for f, s in self.reservoirs}))
            raise InputError([f"set_reservoir: no face {face!r} with species {species!r}; there are {known}"])
        if not (0.0 <= n < math.inf and math.isfinite(u) and 0.0 < T < math.inf):
            raise InputError(
                [
                    f"set_reservoir: {species} at the {face} face: n = {n} m-3 must not be negative, T = {T} K must be "
                    f"positive, and these and u = {u} m/s finite"
                ]
            )
        self.reservoirs[face, species] = Reservoir(n, u, T)
        self.engine.refresh_faces()

    # ----- tallies ----------------------------------------------------------------------------------------------

    def start_tally(self) -> None:
        """Begin (or begin anew) to average: earlier samples are dropped, the ledger goes on."""
        e = self.engine
        e.state.clear(AVERAGES)
        e.state.begin_blocks(block_number(e.tables.mesh.total))
        e.state.count_crossings()
        e.state.clear(RECORD)
        self.tally_from = len(self.history.step)
        self.tally_step = self.sampled_step = self.diagnosed_step = self.steps
        self._busy[:] = 0.0

    def drop_records(self, records: int, restart: bool = True) -> int:
        """Drop the leading ``records`` records from all averages, in whole blocks of the tallies: at least as many
        as asked while two blocks remain. Returns how many were dropped.

        restart: collision diagnostics (rates, separations), which have no blocks, begin anew if any are dropped; else
        they still cover all steps since they began.
        """
        blocks = list(self.engine.state.blocks.values())
        if self.tally_from is None or records <= 0 or not blocks:
            return 0
        length = max(b.length for b in blocks)
        spare = min(b.filled * b.length for b in blocks) // length - 2
        count = min(-(-records // length), max(spare, 0)) * length
        for b in blocks:
            b.drop(count // b.length)
        if count:
            self.tally_from += count
            self.tally_step = self.history.step[self.tally_from - 1]
        if count and restart:
            self.engine.state.clear(AVERAGES)
            self.diagnosed_step = self.steps
        return count

    def _record(self) -> None:
        e = self.engine
        steps = self.steps - max([*self.history.step[-1:], self.sampled_step])
        record(e, self.history)
        if self.tally_from is not None:
            e.state.count_crossings()
            e.state.add_record({"converted": steps, "crossed": steps, "spectrum": self.case.tally.record_every})
        e.state.clear(RECORD)

    def boundary_flux(self) -> dict[tuple[str, str], dict[str, tuple[float, float]]]:
        """Net flow into the domain through each face by species since ``start_tally`` (or all records), with errors.

        {(face, species): {"number": (s-1, stderr), "mass": (kg/s, ...), "momentum": (N, ...), "energy": (W, ...)}};
        inner: entering less absorbed; outer: entering less escaped (negative = loss). Momentum along the normal; energy
        kinetic plus potential. Blocked errors. Raises InputError before the first two records.
        """
        first = self.tally_from or 0
        if len(self.history.step) - first < 2:
            raise InputError(["boundary_flux needs at least two records (tally.record_every steps each): call step"])
        out: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
        for face, entries in (
            ("inner", ((Entry.EMITTED, 1.0), (Entry.ABSORBED, -1.0))),
            ("outer", ((Entry.ESCAPED, -1.0), (Entry.LOST_BEYOND, -1.0), (Entry.LOST_IN_FLIGHT, -1.0))),
        ):
            for s, species in enumerate(self.case.species):
                flux = {}
                h = self.history
                gas = h.rates, h.rates, h.momentum_rates, h.energy_rates
                out_there = h.scored, h.scored, h.scored_momenta, h.scored_energies
                chosen = gas if face == "inner" else out_there
                slow = 0.0 if face == "inner" else known_slow(self.engine, h, first, s)
                for name, rates, factor in zip(
                    ("number", "mass", "momentum", "energy"), chosen, (1.0, *[species.mass] * 3), strict=True
                ):
                    series = sum(sign * rates(entry, first)[:, s] for entry, sign in entries) * factor
                    estimate = block_estimate(np.asarray(series), self.case.run.min_blocks, slow)
                    flux[name] = (estimate.mean, estimate.stderr)
                out[face, species.name] = flux
        return out

    def profile(self) -> xarray.Dataset:
        """Profiles of each species since ``start_tally`` with standard errors: density, u_r, T, ... as xarray.Dataset.

        Names, units and meanings are those of :func:`exobase.open`; axes species and cell, coordinates species, r and
        r_edge [m]. Errors are NaN before two blocks are filled. The simulation is not changed. Every rank gets all
        cells. Raises InputError before the first record after ``start_tally``.

        >>> sim.profile().density.sel(species="H").plot(x="r")
        """
        from exobase.simulation.sampled import sampled_profiles

        return sampled_profiles(self)

    # ----- cells and ranks --------------------------------------------------------------------------------------

    def adapt(self) -> None:
        """Rebuild cells, steps and weights once from the profile sampled since ``start_tally``; sampling stops."""
        if self.tally_from is None or not self.engine.state.blocks["moments"].samples.sum():
            raise InputError(["adapt needs samples: call start_tally and record some steps first"])
        t, blocks = self.engine.tables, self.engine.state.blocks["moments"]
        sums = blocks.data.sum(axis=2).reshape(t.ncell, t.ns, t.moments)
        profile = sampled_profile(self.comm, t, sums, int(blocks.samples.sum()))
        self.tally_from = None
        adapt(self.engine, profile)
        self.adapted = True

    def balance(self, threshold: float = 1.02) -> float:
        """Measure the load since the last call and move cells if max/mean exceeds ``threshold``. Returns max/mean."""
        work = self.engine.clock.work_seconds - self._seen_work
        self._seen_work = self.engine.clock.work_seconds
        both = self.comm.max(np.array([work]))[0], self.comm.sum(np.array([work]))[0] / self.comm.size
        ratio = float(both[0] / both[1]) if both[1] > 0.0 else 1.0
        self._busy += both
        if self.comm.size > 1 and ratio > threshold:
            e, t = self.engine, self.engine.tables
            count = np.diff(e.particles.start).reshape(t.ncell, t.width).sum(axis=1)
            pairs = e.state.diagnostics.candidates.sum(axis=1) / max(self.steps - self.diagnosed_step, 1)
            cost = count + _PARTICLE_EQUIVALENT_OF_A_CELL + _PARTICLE_EQUIVALENT_OF_A_PAIR * pairs
            scale = work / cost.sum() if t.ncell else 0.0
            redistribute(e, balanced(self.comm, t.parts, cost * scale))
        return ratio

    def largest_weight_ratio(self) -> tuple[float, tuple[str, str]]:
        """Largest ratio of weights of two species in a cell that holds both, and their names; traces do not count."""
        return largest_weight_ratio(self.engine)

    @property
    def imbalance(self) -> float:
        """Mean max/mean of the work per rank since ``start_tally``."""
        return float(self._busy[0] / self._busy[1]) if self._busy[1] > 0.0 else 1.0

    # ----- state ------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, NDArray[np.float64]]:
        """This rank's particles: columns by name [n], ``species``, ``level``, global ``cell``, ``weight`` [n].

        level 0: the gas; higher ones: tracers of that energy level, which are no part of the gas. SI units;
        rotational_energy (where molecules rotate) per mass [J/kg]; weight: real particles per simulated one.
        """
        t, p = self.engine.tables, self.engine.particles
        group = np.repeat(np.arange(t.groups), np.diff(p.start))
        names = NAMES[: t.columns]
        out = {name: p.x[k, : p.count].copy() for k, name in enumerate(names)}
        out["species"] = (group % t.width // t.levels.number).astype(np.float64)
        out["level"] = (group % t.levels.number).astype(np.float64)
        out["cell"] = (t.begin + group // t.width).astype(np.float64)
        out["weight"] = t.group_omega[group] * t.cells.dt[group // t.width]
        return out

    def digest(self) -> str:
        """SHA-256 of particles and tallies in global order: equal for any number of ranks."""
        from exobase.simulation.save import digest

        return digest(self)

    def checkpoint(self, folder: Path) -> Path:
        """Write a checkpoint below ``folder`` and return its path; :func:`exobase.simulation.restore` continues it."""
        from exobase.simulation.save import write_checkpoint

        return write_checkpoint(self, Path(folder))

    def memory_bytes(self) -> int:
        """Bytes of this rank's particle arrays and work buffers."""
        return self.engine.particles.bytes() + self.engine.mover_bytes()
