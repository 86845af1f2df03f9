"""A heavy tracer of the main gas among remembered particles of a trace: as many partners as outweigh it."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.collisions.partners import Partners
from exobase.collisions.tracers import meet_gas
from exobase.geometry.motion import PLANAR, Motion
from exobase.particles.births import no_births

FREE = Motion(PLANAR, 0.0)
MASS, SPEED, FIRST = 4.65e-26, 300.0, 3.0e5
TRIALS, POOL, WEIGHT = 40_000, 256, 16.0


def lifts(gas_weight: float, zeta: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the tracers that partners get, and kinetic energies per mass of the tracer after one candidate each;
    gas_weight: flux weight of a particle of the trace."""
    rng = np.random.default_rng(1)
    columns = 5 if zeta else 4
    pool = np.zeros((POOL, columns))
    pool[:, 1:4] = SPEED * rng.normal(size=(POOL, 3))
    pool[:, 4:] = SPEED**2 * rng.exponential(size=(POOL, columns - 4))
    relax = (0.2, 0.2) if zeta else (0.0, 0.0)
    k = Partners(
        0, 1, 0, POOL, False, 0, 0.0, gas_weight, MASS, MASS, zeta, zeta, 1e-19, 0.3, 1.4, *relax, False, 0, False, 0.0,
        FIRST, 0, 1,
    )  # fmt: skip
    births = no_births(columns, 16 * TRIALS)
    state = 7
    after = np.empty(TRIALS)
    tracer = np.zeros((columns, 1))
    for trial in range(TRIALS):
        tracer[1:4, 0] = 1100.0, 200.0, -100.0
        state, _ = meet_gas(
            np.uint64(state),
            FREE,
            tracer,
            np.zeros(2, dtype=np.int64),
            np.array([WEIGHT]),
            -1,
            pool,
            k,
            None,
            1,
            1e-17,
            1.0,
            births,
        )
        after[trial] = 0.5 * float((tracer[1:4, 0] ** 2).sum())
    return births.weight[: births.number[0]].copy(), after


@pytest.mark.parametrize("zeta", [0.0, 2.0])
def test_more_partners_give_the_same_number_in_smaller_pieces(zeta: float) -> None:
    """Sum of weights with 1 and with 16 partners; the tracer itself is scattered in the same way."""
    (one, energy), (many, energy_of_many) = lifts(WEIGHT, zeta), lifts(1.0, zeta)
    assert set(one) == {WEIGHT}
    assert set(many) == {1.0}
    error = WEIGHT * one.size**0.5
    assert error < 0.02 * one.sum()
    assert abs(many.sum() - one.sum()) < 4.0 * 1.1 * error
    scatter = float(np.hypot(energy.std(), energy_of_many.std())) / TRIALS**0.5
    assert abs(energy.mean() - energy_of_many.mean()) < 4.0 * scatter


def test_at_most_64_partners() -> None:
    weights = lifts(1e-9)[0]
    assert set(weights) == {WEIGHT / 64.0}
