"""What a test-particle run says of the escape of a species of which few or no particles escaped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.case.history_model import HistoryCase
from exobase.histories.simulation import HistorySimulation
from exobase.tallies.limits import upper_limit

Array = NDArray[np.float64]


def largest_weights(sim: HistorySimulation) -> Array:
    """Largest simulated rate that one history of each source stands for, in batches of this size [sources] s-1.

    Rate of events over the histories of a batch. Ions are weighed by the local frequency of their source, which is not
    known in advance: where the solar wind is compressed they may exceed it.
    """
    rate: Array = np.asarray(sim.births.rate, dtype=float)
    return np.asarray(rate / np.array(sim.portions(), dtype=float))


def may_escape(case: HistoryCase) -> NDArray[np.bool_]:
    """Which sources can set free which followed species, directly or through recoils and reactions [followed, sources].

    A source sets free its own species; recoils and reactions may make any of the others.
    """
    direct = np.array([[source.species == name for source in case.sources] for name in case.names], dtype=bool)
    more = case.secondaries or bool(case.reactions) or case.field is not None
    return np.ones_like(direct) if more else direct


def escape_limits(sim: HistorySimulation, factor: Array, rate: Array, stderr: Array, batches: int) -> Array:
    """Upper limit, at 95 %, of the escape rate of every followed species [s-1].

    Without an escaper it is 3.0 times the largest weight of one history among the sources that can set the species
    free; with some, the limit of a weighted Poisson sum.

    factor [sources]: reported over simulated rate (or flux); rate, stderr [followed]: reported. One escaper per history
    is assumed.
    """
    weights = np.where(may_escape(sim.case), largest_weights(sim) * factor, 0.0)
    largest = weights.max(axis=1, initial=0.0) / max(batches, 1)
    # Two batches may agree by chance; a Poisson sum of this mean does not vary less.
    variance = np.maximum(np.nan_to_num(stderr, nan=0.0, posinf=0.0) ** 2, rate * largest)
    return upper_limit(rate, np.where(rate > 0.0, variance, 0.0), largest)
