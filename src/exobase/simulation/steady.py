"""When a run has forgotten its start."""

from __future__ import annotations

import numpy as np

from exobase.simulation.history import History
from exobase.tallies.ledger import Entry
from exobase.tallies.statistics import block_estimate, drift_sigma, mser_truncation

MIN_RECORDS = 32
DRIFT_LIMIT = 2.0
BALANCE_SIGMA = 3.0
BALANCE_NOISE = 0.2
BALANCE_SLACK = 0.02
_LEAVING = (Entry.ESCAPED, Entry.LOST_BEYOND, Entry.LOST_IN_FLIGHT, Entry.CONVERTED)


def is_steady(history: History, first: int) -> bool:
    """Whether no series drifts over the last half of the records from ``first`` on.

    Series, per species: particle content, energy content, flow through three shells, escape rate. A series is at
    rest if the slope of its last half is within 2 of its standard errors, or if MSER would drop no more than the
    first half (the slope test alone fails 9 % of series at rest, and more where they are correlated). Where the net
    inflow through the inner face and by births is no pure noise (its error below a fifth of it), it must also equal
    the outflow in the last half, within 3 errors and 2 %: a gas that is slowly blown away has no visible drift in
    any one series.
    """
    n = len(history.step) - first
    if n < MIN_RECORDS:
        return False
    half = n // 2
    content = np.array(history.content[first:])
    energy = np.array(history.energy[first:])
    zones = np.array(history.zone_flux[first:])
    escape = history.scored(Entry.ESCAPED, first)
    for s in range(content.shape[1]):
        for series in (content[:, s], energy[:, s], escape[:, s], *zones[:, s].T):
            if drift_sigma(series[half:]) > DRIFT_LIMIT and mser_truncation(series) > half:
                return False
    return all(_balanced(history, first + half, s) for s in range(content.shape[1]))


def _balanced(history: History, first: int, s: int) -> bool:
    """Whether inflow less outflow of a species vanishes from record ``first`` on, as far as the inflow is known."""
    emitted, born, absorbed = (history.rates(e, first)[:, s] for e in (Entry.EMITTED, Entry.BORN, Entry.ABSORBED))
    inflow = emitted + born - absorbed
    gone = sum(history.rates(e, first)[:, s] for e in _LEAVING)
    net = block_estimate(inflow, 8)
    if not net.stderr < BALANCE_NOISE * abs(net.mean):
        return True
    gap = block_estimate(inflow - np.asarray(gone), 8)
    return abs(gap.mean) <= BALANCE_SIGMA * gap.stderr + BALANCE_SLACK * abs(net.mean)
