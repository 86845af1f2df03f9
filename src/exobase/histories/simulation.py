"""The test-particle solver as an object: batches of histories, summed in their order."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exobase.case.history_model import HistoryCase
from exobase.collisions.breakup import MODES
from exobase.errors import RunError
from exobase.fields.radiation_pressure import solar_acceleration
from exobase.histories.background import build_air
from exobase.histories.births import build_births
from exobase.histories.follow import new_scratch, run_histories
from exobase.histories.ion_tables import build_ions
from exobase.histories.memory import refuse_impossible, shapes_of
from exobase.histories.preflight import projectile_energies
from exobase.histories.scattering import build_tables
from exobase.histories.sums import Sums
from exobase.histories.world import Grids, Importance, Status, World, shell_lookup
from exobase.parallel import Comm, SerialComm, never
from exobase.particles.bank import new_bank
from exobase.rng import Stream, step_key
from exobase.tallies.scores import size_of, tables

Array = NDArray[np.float64]
_BANK = 4096
_PIECE = 100  # histories between two looks at the requests of other ranks
SECONDARY = "recoils"


class HistorySimulation:
    """Follows the histories of a case.

    case: a resolved test-particle case (:func:`exobase.load_case`); comm: a communicator of :mod:`exobase.parallel`
    (default: this process alone). Every batch has the same number of histories, divided among the sources by their
    shares; history h of batch b is the same whatever rank follows it. Every rank sums a part of the tallies over all
    batches (``sums``); ``totals`` brings the parts together.

    >>> sim = HistorySimulation(load_case("cases/mars_hot_oxygen"))
    >>> sim.round()
    >>> sim.totals().mean().escaped

    Left out: particles of the same history or of different ones never meet, and the background does not change.
    """

    def __init__(self, case: HistoryCase, comm: Comm | None = None) -> None:
        self.case = case
        self.comm: Comm = SerialComm() if comm is None else comm
        refuse_impossible(case, self.comm)
        self.births = build_births(case)
        self.scattering = build_tables(case)
        self.air = build_air(case, self.scattering, projectile_energies(case))
        self.world = _world(case, self.air, self.scattering)
        self.ions = build_ions(case)
        self.shapes = shapes_of(case)
        self.target = target_index(case)
        self.factor = np.repeat(self.births.report_factor, 2)
        self.sums = Sums(self.shapes, self.factor, self.parts()[self.comm.rank])
        self.batches = 0
        self._bank = new_bank(_BANK)
        self._scratch = new_scratch(self.scattering.target.size)
        # Compiled code hands a Python integer back, whose type would change with its size.
        self._base = np.uint64(step_key(case.run.seed, int(Stream.HISTORY), 0))

    @property
    def histories_per_batch(self) -> int:
        """Histories of one batch, all sources together."""
        return sum(self.portions())

    def portions(self) -> list[int]:
        """Histories of every source in a batch: by its share, at least one."""
        shares = np.array([source.share for source in self.case.sources])
        wanted = self.case.run.histories_per_batch * shares / shares.sum()
        return [max(round(float(n)), 1) for n in wanted]

    def parts(self) -> list[slice]:
        """The ranges of the flat array of scores that the ranks sum."""
        cuts = [size_of(self.shapes) * k // self.comm.size for k in range(self.comm.size + 1)]
        return [slice(begin, end) for begin, end in pairwise(cuts)]

    def batch(self, number: int) -> Array:
        """The scores of batch ``number`` as one flat array. Raises RunError where a history cannot be followed."""
        flat = self._attempt(number, never)
        assert flat is not None
        return flat

    def _attempt(self, number: int, stop: Callable[[], bool]) -> Array | None:
        """A batch, or None where ``stop`` asked to give it up."""
        flat = np.zeros(size_of(self.shapes))
        scores = tables(flat, self.shapes)
        portions = self.portions()
        first = number * sum(portions)
        for j, portion in enumerate(portions):
            weight = float(self.births.rate[j]) / portion
            for begin in range(first, first + portion, _PIECE):
                count = min(_PIECE, first + portion - begin)
                status, history, s = run_histories(
                    self.world, self.ions, self.births, scores, self._bank, self._scratch, self._base, begin, count, j,
                    weight,
                )  # fmt: skip
                if status != Status.FINE:
                    raise RunError(self._explain(Status(status), int(history), int(s), j))
                if stop():
                    return None
                self.comm.attend()
            first += portion
        scores.presence[...] = scores.residence.sum(axis=1)
        return flat

    def round(
        self, batches: int | None = None, stop: Callable[[], bool] = never, late: Callable[[], bool] = never
    ) -> None:
        """Follow a round of batches, each on the rank that is free next, and add them in their order. Collective.

        batches: how many; by default as many as bring their number to a multiple of run.batches_per_round; not beyond
        run.max_batches. A round ends early where a rank is asked to ``stop``, which gives up the batch it is at, or is
        ``late``, which completes it: then the first batches are done, as they always are, and the next round does the
        rest.
        """
        every = self.case.run.batches_per_round
        wanted = every - self.batches % every if batches is None else batches
        number = min(wanted, self.case.run.max_batches - self.batches)
        mine: dict[int, Array] = {}
        for task in self.comm.tasks(self.batches, number, lambda: stop() or late()):
            flat = self._attempt(task, stop)
            if flat is not None:
                mine[task] = flat
        self._add(mine)

    def _add(self, mine: dict[int, Array]) -> None:
        """Add the batches that the ranks have made, in order up to the first that is missing. Collective."""
        told = self.comm.gather({task: self.sums.escape(flat) for task, flat in mine.items()})
        known: list[dict[int, Array]] = self.comm.bcast(told)
        escape = {task: rates for part in known for task, rates in part.items()}
        end = self.batches
        while end in escape:
            end += 1
        done = [sorted(task for task in part if task < end) for part in known]
        sent = {
            rank: np.concatenate([mine[task][part] for task in done[self.comm.rank]])
            for rank, part in enumerate(self.parts())
            if done[self.comm.rank]
        }
        scores: dict[int, Array] = {}
        for rank, array in self.comm.exchange(sent):
            scores |= dict(zip(done[rank], np.split(array, len(done[rank])), strict=True))
        for task in range(self.batches, end):
            self.sums.add_part(scores[task], escape[task], self.target)
        self.batches = end

    def totals(self) -> Sums:
        """The sums of all ranks as one, complete on rank 0 (elsewhere those of the rank). Collective."""
        if self.comm.size == 1:
            return self.sums
        state = self.sums.state()
        whole = {name: list(self.comm.stream(state[name])) for name in ("total", "square", "product")}
        if self.comm.rank > 0:
            return self.sums
        sums = Sums(self.shapes, self.factor)
        sums.restore({name: np.concatenate(parts) for name, parts in whole.items()} | {"series": state["series"]})
        return sums

    def target_error(self) -> float:
        """Relative standard error of the escape rate of run.target_species."""
        series = self.sums.series[:, self.target]
        mean = float(series.mean()) if series.size > 1 else 0.0
        return float(series.std(ddof=1)) / math.sqrt(series.size) / mean if mean > 0.0 else math.inf

    def digest(self) -> str:
        """SHA-256 of the sums. Collective."""
        return str(self.comm.bcast(self.totals().digest()))

    def _explain(self, status: Status, history: int, s: int, source: int) -> str:
        name = self.case.followed[s].species.name if s >= 0 else self.case.sources[source].species
        x = self._scratch.q
        r = float(np.sqrt(x[0] ** 2 + x[1] ** 2 + x[2] ** 2))
        energy = 0.5 * self.case.followed[max(s, 0)].species.mass * float(x[3] ** 2 + x[4] ** 2 + x[5] ** 2)
        place = (
            f"history {history} (source {self.case.sources[source].name}): {name} at altitude "
            f"{(r - self.case.body_radius) / 1e3:.6g} km with {energy / 1.602176634e-19:.6g} eV"
        )
        return f"{place}: {_REMEDY[status]}"


_REMEDY = {
    Status.BANK_FULL: "one history has more waiting recoils than fit into its store; raise species.threshold",
    Status.OUT_OF_RANGE: "the collision energy is outside the range of the pair's law; choose another law or "
    "extrapolation for the pair, or raise species.threshold",
    Status.MAJORANT: "the collision rate exceeds its bound; please report this with the case",
    Status.STUCK: "the particle is still followed after 10 million steps; give species.threshold, or a deeper inner "
    "boundary",
    Status.NO_FIELD: "the field file does not cover this place; extend it, or lower domain.outer",
    Status.NOT_FINITE: "position or velocity is no longer a number; please report this with the case",
}


def target_index(case: HistoryCase) -> int:
    """Index of the followed species whose escape rate run.target_error refers to."""
    return case.index(case.run.target_species)


def process_names(case: HistoryCase) -> list[str]:
    """Names of the processes: every source, and the recoils it sets free."""
    return [name for source in case.sources for name in (source.name, f"{source.name}, {SECONDARY}")]


def _world(case: HistoryCase, air: object, scattering: object) -> World:
    tally, followed = case.tally, case.followed
    edges = np.array(tally.edges, dtype=float)
    lookup, inverse = shell_lookup(edges)
    grids = Grids(
        edges, lookup, inverse, np.array(tally.surfaces, dtype=float), np.array(tally.energy_edges, dtype=float),
        np.array(tally.birth_edges, dtype=float),
    )  # fmt: skip
    split = case.splitting
    radii, energies = np.array(split.radii, dtype=float), np.array(split.energies, dtype=float)
    importance = Importance(radii, energies, round(split.factor) if radii.size + energies.size else 1)
    push = _push(case)
    stepped = case.tide > 0.0 or bool(push.any())
    far = case.lost_beyond if case.lost_beyond is not None else (case.r_outer if stepped else math.inf)
    return World(
        air=air,  # type: ignore[arg-type]
        scattering=scattering,  # type: ignore[arg-type]
        grids=grids,
        importance=importance,
        gm=case.gm,
        r_inner=case.r_inner,
        far=float(far),
        tide=case.tide,
        stepped=stepped,
        breakup=MODES[case.breakup],
        secondaries=case.secondaries,
        stopping=any(c.stopping != "off" for c in case.collisions),
        mass=np.array([f.species.mass for f in followed]),
        threshold=np.array([f.threshold for f in followed]),
        loss=np.array([f.loss_frequency for f in followed]),
        push=push,
    )


def _push(case: HistoryCase) -> Array:
    """Radiation pressure on every followed species [m s-2]."""
    if case.sun_distance <= 0.0:
        return np.zeros(len(case.followed))
    return np.array([solar_acceleration(f.beta, case.sun_distance) for f in case.followed])
