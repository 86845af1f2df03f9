"""When a run has forgotten its start."""

from __future__ import annotations

import numpy as np

from exobase.simulation.history import History
from exobase.tallies.ledger import Entry
from exobase.tallies.statistics import drift_sigma, mser_truncation

MIN_RECORDS = 32
DRIFT_LIMIT = 2.0
CHANCE = 0.15


def is_steady(history: History, first: int) -> bool:
    """Whether no series drifts over the last half of the records from ``first`` on.

    Series, per species: particle content, energy content, flow through three shells, escape rate. No drift: MSER would
    truncate no more than the first half of the contents, and the slopes of the last half are within 2 of their standard
    errors, save for the share that exceeds this by chance (8 block means: 9 % of series at rest; correlation adds to
    it).
    """
    n = len(history.step) - first
    if n < MIN_RECORDS:
        return False
    half = n // 2
    content = np.array(history.content[first:])
    energy = np.array(history.energy[first:])
    zones = np.array(history.zone_flux[first:])
    escape = history.rates(Entry.ESCAPED, first)
    sigma = []
    for s in range(content.shape[1]):
        for series in (content[:, s], energy[:, s]):
            if mser_truncation(series) > half:
                return False
        sigma += [drift_sigma(x[half:]) for x in (content[:, s], energy[:, s], escape[:, s], *zones[:, s].T)]
    chance = max(1, round(CHANCE * len(sigma)))
    return max(sigma) <= 2.0 * DRIFT_LIMIT and sum(x > DRIFT_LIMIT for x in sigma) <= chance
