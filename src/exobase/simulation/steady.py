"""When a run has forgotten its start, and when its error has reached the aim.

Decisions rest on the history alone, which is the same on every rank, and on counts of records, never on the clock.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.simulation.engine import Engine
from exobase.simulation.history import History
from exobase.simulation.slow_modes import slow_modes
from exobase.tallies.ledger import Entry
from exobase.tallies.spectral import LEAST_VALUES, mean_error
from exobase.tallies.stationary import (
    LEAST_RECORDS,
    REST_SIGMA,
    column_temperature,
    departures,
    leading_records,
    series_at_rest,
)
from exobase.tallies.statistics import BlockEstimate, block_estimate, drift_sigma, mser_truncation

Array = NDArray[np.float64]
MIN_RECORDS = 32
DRIFT_LIMIT = 2.0
BALANCE_SIGMA = 3.0
BALANCE_NOISE = 0.2
BALANCE_SLACK = 0.02
BURN_IN_TIMES = 2.0
ERROR_TIMES, RARE_TIMES = 20.0, 40.0
EXAM_GROWTH = 1.2
EXAMS_HELD = 2
_LEAVING = (Entry.ESCAPED, Entry.LOST_BEYOND, Entry.LOST_IN_FLIGHT, Entry.CONVERTED)


def escape_series(history: History, first: int) -> Array:
    """Escape rate [records, ns] s-1 of each record from ``first`` on."""
    return history.scored(Entry.ESCAPED, first)


def is_stationary(history: History, first: int, mass: Array, delayed: bool = False) -> bool:
    """Whether halves and quarters of all series of all species agree from record ``first`` on (too few records: no).

    delayed: particles in flight beyond the outer boundary are a part of the gas that has to be at rest.
    """
    if len(history.step) - first < LEAST_RECORDS:
        return False
    return all(d.sigma <= REST_SIGMA for _, _, d in departures(_series(history, first, mass, delayed)))


def _series(history: History, first: int, mass: Array, delayed: bool = False) -> dict[str, Array]:
    content, moments = np.array(history.content[first:]), np.array(history.column[first:])
    everywhere = np.array(history.particles[first:]) if delayed else None
    return series_at_rest(escape_series(history, first), content, moments, mass, everywhere)


def start_records(history: History, first: int, mass: Array) -> int:
    """Leading records from ``first`` on that belong to the start in any series of any species (energy included)."""
    if len(history.step) - first < LEAST_RECORDS:
        return 0
    series = _series(history, first, mass) | {"energy": np.array(history.energy[first:])}
    columns = [values[:, s] for values in series.values() for s in range(values.shape[1])]
    return max((leading_records(x) for x in columns if np.isfinite(x).all()), default=0)


def slowest_steps(engine: Engine, history: History) -> float:
    """Steps that the slowest mode of the column needs (:mod:`exobase.simulation.slow_modes`), with the flow seen."""
    last = len(history.step) // 2
    case: Case = engine.case
    outflow = escape_series(history, last).mean(axis=0) if len(history.step) > 1 else None
    return slow_modes(case, engine.tables.profile, engine.tables.mesh, outflow).slowest


def slowest_records(engine: Engine, history: History, first: int) -> float:
    """Records of the slowest change that averages from record ``first`` on must cover many times.

    The larger one of what physics expects (right within a factor of about 2) and the correlation time seen in the
    column temperature of the target species, which shows slow modes long before its escape does.
    """
    case: Case = engine.case
    expected = slowest_steps(engine, history) / case.tally.record_every
    if len(history.step) - first < LEAST_VALUES:
        return expected
    s = target_index(case)
    temperature = column_temperature(np.array(history.column[first:]), engine.tables.pairs.mass)[:, s, -1]
    return max(expected, mean_error(temperature).slow) if np.isfinite(temperature).all() else expected


def known_slow(engine: Engine, history: History, first: int, s: int) -> float:
    """Correlation time [records] of the slow part that the escape of species s is known to have, or 0.

    Escape that tracers count follows the temperature of the column (seen at every lambda0, with about four times the
    weight of the tracers' white noise); the few escapers of a gas without tracers hide it.
    """
    return slowest_records(engine, history, first) if engine.tables.traced[s] else 0.0


def escape_estimate(engine: Engine, history: History, first: int, s: int, slow: float | None = None) -> BlockEstimate:
    """Escape rate [s-1] of species s over the records from ``first`` on, with its error.

    slow: what :func:`known_slow` says, where it has been asked already.
    """
    case: Case = engine.case
    slow = known_slow(engine, history, first, s) if slow is None else slow
    return block_estimate(escape_series(history, first)[:, s], case.run.min_blocks, slow)


def target_index(case: Case) -> int:
    """Number of the species whose escape is aimed at."""
    return case.index(case.run.target_species) if case.run.target_species else 0


def error_times(rare: bool) -> float:
    """Slowest times of the column that averages must cover before the error of the target species is trusted.

    Where its escape is ``rare`` (tracers count it) it follows the temperature like exp(-lambda): twice as many.
    """
    return RARE_TIMES if rare else ERROR_TIMES


def reached(estimate: BlockEstimate, records: int, slowest: float, aim: float, times: float = ERROR_TIMES) -> bool:
    """Whether an error may count as known and below the aim (relative).

    The error has a plateau, and the records hold ``times`` times the slowest time [records] (:func:`slowest_records`).
    """
    enough = records >= max(LEAST_RECORDS, times * slowest)
    return enough and estimate.plateau and estimate.mean > 0.0 and estimate.stderr <= aim * estimate.mean


def next_exam(records: int) -> int:
    """Records at which the error is looked at again.

    Looking at every record and stopping at the first success would pick moments at which error and mean happen to be
    small; so looks are 20 % apart, and two in a row must succeed.
    """
    return max(math.ceil(EXAM_GROWTH * records), LEAST_RECORDS)


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
    escape = escape_series(history, first)
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
