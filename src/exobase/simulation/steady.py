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

    Series, per species: particle content, energy content, flow through three shells, escape rate. No drift: the slope of
    the last half is below 2 of its standard errors, and MSER would truncate no more than the first half of contents.
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
        for series in (content[:, s], energy[:, s]):
            if mser_truncation(series) > half:
                return False
        for series in (content[:, s], energy[:, s], escape[:, s], *zones[:, s].T):
            if drift_sigma(series[half:]) > DRIFT_LIMIT:
                return False
    return True
