"""When a run has forgotten its start."""

from __future__ import annotations

import numpy as np

from exobase.simulation.history import History
from exobase.tallies.ledger import Entry
from exobase.tallies.statistics import drift_sigma, mser_truncation

MIN_RECORDS = 32
DRIFT_LIMIT = 2.0


def is_steady(history: History, first: int) -> bool:
    """Whether no series drifts over the last half of the records from ``first`` on.

    Series, per species: particle content, energy content, flow through three shells, escape rate. A series is at rest
    if the slope of its last half is within 2 of its standard errors, or if MSER would drop no more than the first half
    (the slope test alone fails 9 % of series at rest, and more where they are correlated).
    """
    n = len(history.step) - first
    if n < MIN_RECORDS:
        return False
    half = n // 2
    content = np.array(history.content[first:])
    energy = np.array(history.energy[first:])
    zones = np.array(history.zone_flux[first:])
    escape = history.rates(Entry.ESCAPED, first)
    for s in range(content.shape[1]):
        for series in (content[:, s], energy[:, s], escape[:, s], *zones[:, s].T):
            if drift_sigma(series[half:]) > DRIFT_LIMIT and mser_truncation(series) > half:
                return False
    return True
