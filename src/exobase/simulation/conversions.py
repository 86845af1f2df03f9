"""Losses and charge exchange of a case, as tables for the kernels, and their work in a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.analytic.charge_exchange_drag import mean_speed, mean_speed_cubed, mean_speed_times_velocity
from exobase.case import Case
from exobase.constants import K_B
from exobase.particles.convert import SCORES, Exchanges, Losses, exchange, mark_losses, take_out
from exobase.rng import Stream

if TYPE_CHECKING:
    from exobase.simulation.engine import Engine

# Linear interpolation is then right to 1e-5; farther out the functions are powers.
_NODES_PER_UNIT, _FARTHEST = 256.0, 6.0


def losses_of(case: Case) -> Losses:
    """Losses of constant frequency."""
    chosen = [(k, loss) for k, loss in enumerate(case.losses) if not loss.thermal and loss.frequency > 0.0]
    species = np.array([case.index(loss.species) for _, loss in chosen], dtype=np.int64)
    each = np.array([loss.frequency for _, loss in chosen], dtype=np.float64)
    total = np.bincount(species, each, minlength=len(case.species)).astype(np.float64)
    return Losses(total, species, each / total[species], np.array([k for k, _ in chosen], dtype=np.int64))


def exchanges_of(case: Case) -> Exchanges:
    """Charge exchange with thermal ions, species by species."""
    chosen = sorted(
        ((case.index(loss.species), k) for k, loss in enumerate(case.losses) if loss.thermal), key=lambda both: both
    )
    rows = [case.losses[k] for _, k in chosen]
    a, s = np.arange(_FARTHEST * _NODES_PER_UNIT + 1) / _NODES_PER_UNIT, np.sqrt(0.5)
    first = np.searchsorted([s for s, _ in chosen], np.arange(len(case.species) + 1))
    return Exchanges(
        np.array([k for _, k in chosen], dtype=np.int64),
        np.array([loss.ion_density * loss.cross_section for loss in rows], dtype=np.float64),
        np.array([np.sqrt(2.0 * K_B * loss.ion_temperature / loss.ion_mass) for loss in rows], dtype=np.float64),
        np.array([loss.ion_velocity for loss in rows], dtype=np.float64),
        np.array([loss.resonant for loss in rows], dtype=np.bool_),
        first.astype(np.int64),
        np.array([mean_speed(a, s), mean_speed_times_velocity(a, s), mean_speed_cubed(a, s)]),
        _NODES_PER_UNIT,
    )


def frequencies_beyond(case: Case) -> NDArray[np.float64]:
    """Loss frequency [ns] s-1 of particles above the outer boundary: outer.loss_frequency, else that of the losses."""
    if case.outer.loss_frequency > 0.0:
        return np.full(len(case.species), case.outer.loss_frequency)
    return losses_of(case).frequency


class Conversions:
    """Losses and charge exchange of one rank. ``count``: processes, in the order of the case's [[loss]] tables."""

    def __init__(self, case: Case) -> None:
        self.count = len(case.losses)
        self.losses, self.exchanges = losses_of(case), exchanges_of(case)
        self._loses, self._exchanges = self.losses.place.size > 0, self.exchanges.place.size > 0
        self._lost = np.empty(0, dtype=np.int64)

    def no_scores(self, cells: int) -> NDArray[np.float64]:
        """Empty tally [cells, processes, 3]."""
        return np.zeros((cells, self.count, SCORES))

    def act(self, e: Engine) -> None:
        """One step: losses, then meetings with ions."""
        p, mass = e.particles, e.pairs.mass
        if self._lost.size < p.count:
            self._lost = np.empty(p.capacity, dtype=np.int64)
        if self._loses:
            n = mark_losses(
                e.key(Stream.LOSS), e.motion, p.x, p.start, e.cells, e.group_omega, mass, self.losses, e.books,
                e.converted, self._lost,
            )  # fmt: skip
            take_out(p.x, p.start, self._lost, n)
        if self._exchanges:
            n = exchange(
                e.key(Stream.EXCHANGE), e.motion, p.x, p.start, e.cells, e.group_omega, mass, self.exchanges, e.books,
                e.converted, self._lost,
            )  # fmt: skip
            take_out(p.x, p.start, self._lost, n)
