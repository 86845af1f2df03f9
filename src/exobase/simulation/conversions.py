"""Losses and charge exchange of a case, as tables for the kernels, and their work in a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.analytic.charge_exchange_drag import mean_speed, mean_speed_cubed, mean_speed_times_velocity
from exobase.case import Case
from exobase.case.losses import Loss
from exobase.constants import EV, K_B
from exobase.cross_sections import charge_exchange
from exobase.cross_sections.exchange_means import means_over_constant
from exobase.errors import RunError
from exobase.particles.convert import (
    MEAN_NODES,
    MEANS_PER_LN,
    SCORES,
    SIGMA_NODES,
    Exchanges,
    Losses,
    exchange,
    mark_losses,
    take_out,
)
from exobase.rng import Stream

if TYPE_CHECKING:
    from exobase.simulation.engine import Engine

_Array = NDArray[np.float64]
# Linear interpolation is then right to 4e-5; farther out the functions are powers.
_NODES_PER_UNIT, _FARTHEST = 64.0, 6.0


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
    spread = np.array([np.sqrt(2.0 * K_B * loss.ion_temperature / loss.ion_mass) for loss in rows], dtype=np.float64)
    laws = [_law_of(loss, float(wide)) for loss, wide in zip(rows, spread, strict=True)]
    return Exchanges(
        place=np.array([k for _, k in chosen], dtype=np.int64),
        rate=np.array([loss.ion_density * law[0] for loss, law in zip(rows, laws, strict=True)], dtype=np.float64),
        spread=spread,
        drift=np.array([loss.ion_velocity for loss in rows], dtype=np.float64),
        resonant=np.array([loss.resonant for loss in rows], dtype=np.bool_),
        first=first.astype(np.int64),
        speeds=np.column_stack([mean_speed(a, s), mean_speed_times_velocity(a, s), mean_speed_cubed(a, s)]),
        per_unit=_NODES_PER_UNIT,
        varies=np.array([loss.fit for loss in rows], dtype=np.bool_),
        range=np.array([law[1] for law in laws], dtype=np.float64).reshape(-1, 2),
        ln_first=np.array([law[2][0] for law in laws], dtype=np.float64),
        per_ln=np.array([law[2][1] for law in laws], dtype=np.float64),
        sigma=np.array([law[3] for law in laws], dtype=np.float64).reshape(-1, SIGMA_NODES),
        means=np.array([law[4] for law in laws], dtype=np.float64).reshape(-1, 3, MEAN_NODES),
    )


def _law_of(loss: Loss, spread: float) -> tuple[float, tuple[float, float], tuple[float, float], _Array, _Array]:
    """Largest cross section [m2], range of g [m/s], first ln g and nodes per ln g, sigma and its averages over it."""
    if not loss.fit:
        ones = np.ones((3, MEAN_NODES))
        return loss.cross_section, (0.0, np.inf), (0.0, 1.0), np.ones(SIGMA_NODES), ones
    low, high = loss.fit_range
    least = charge_exchange.reaction(loss.ion, loss.species).reach[0]
    ln_g = np.linspace(0.5 * np.log(2.0 * least / loss.ion_mass), np.log(high), SIGMA_NODES)
    energy = 0.5 * loss.ion_mass * np.exp(2.0 * ln_g)
    sigma = np.asarray(charge_exchange.sigma_or_edge(loss.ion, loss.species, energy))
    largest = float(sigma.max())
    share = sigma / largest

    def of(g: _Array) -> _Array:
        return np.interp(np.log(g * spread), ln_g, share)

    means = means_over_constant(of, np.expm1(np.arange(MEAN_NODES) / MEANS_PER_LN))
    return largest, (low, high), (float(ln_g[0]), (SIGMA_NODES - 1) / float(np.ptp(ln_g))), share, means


def frequencies_beyond(case: Case) -> NDArray[np.float64]:
    """Loss frequency [ns] s-1 of particles above the outer boundary: outer.loss_frequency, else that of the losses."""
    if case.outer.loss_frequency > 0.0:
        return np.full(len(case.species), case.outer.loss_frequency)
    return losses_of(case).frequency


class Conversions:
    """Losses and charge exchange of one rank. ``count``: processes, in the order of the case's [[loss]] tables."""

    def __init__(self, case: Case) -> None:
        self.rows, self.count = case.losses, len(case.losses)
        self.losses, self.exchanges = losses_of(case), exchanges_of(case)
        self._loses, self._exchanges = self.losses.place.size > 0, self.exchanges.place.size > 0
        self._lost = np.empty(0, dtype=np.int64)
        self._unscored = np.zeros(SCORES)

    def act(self, e: Engine) -> None:
        """One step: losses, then meetings with ions."""
        p, t, state = e.particles, e.tables, e.state
        if self._lost.size < p.count:
            self._lost = np.empty(p.capacity, dtype=np.int64)
        if self._loses:
            n = mark_losses(
                e.key(Stream.LOSS), t.motion, p.x, p.start, t.cells, t.group_omega, t.pairs.mass, self.losses,
                state.books, state.converted, self._lost,
            )  # fmt: skip
            take_out(p.x, p.start, self._lost, n)
        if self._exchanges:
            n = exchange(
                e.key(Stream.EXCHANGE), t.motion, p.x, p.start, t.cells, t.group_omega, t.pairs.mass, self.exchanges,
                t.levels, state.books, state.converted, self._lost, self._unscored, e.births,
            )  # fmt: skip
            if n < 0:
                self._outside(-1 - n)
            take_out(p.x, p.start, self._lost, n)

    def _outside(self, process: int) -> None:
        """Raise RunError for a meeting whose energy the fit does not cover."""
        loss = self.rows[self.exchanges.place[process]]
        low, high = (0.5 * loss.ion_mass * g * g / EV for g in loss.fit_range)
        raise RunError(
            f"loss {loss.name}: a particle of {loss.species} met {loss.ion} at an energy (1/2) m g^2 outside the fit, "
            f'{low:.4g} to {high:.4g} eV; give a constant cross_section in place of "fit"'
        )
