"""Small test-particle problems: batches of histories of a case, and single histories, for comparison with theory."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exobase.case import make_history_case
from exobase.errors import RunError
from exobase.histories.follow import new_scratch, run_histories
from exobase.histories.simulation import HistorySimulation
from exobase.histories.world import Status
from exobase.particles.bank import new_bank
from exobase.rng import Stream, step_key
from exobase.tallies.scores import Scores, size_of, tables

Array = NDArray[np.float64]
PLANE = 1e11
"""Radius of a body whose atmosphere is flat [m]: heights of 1e5 m differ from a plane by 1e-6."""
ONE_ATOM = "1 m-3"
"""Density of a background that is there and never met."""


def trial(settings: dict[str, Any]) -> HistorySimulation:
    """A simulation from the tables of a case file; recoils are not followed unless it says so."""
    return HistorySimulation(make_history_case({"solver": "test_particle", "secondaries": False, **settings}))


def scored(sim: HistorySimulation, batches: int) -> list[Scores]:
    """Scores of the first ``batches`` batches, one by one."""
    return [tables(sim.batch(number), sim.shapes) for number in range(batches)]


def mean_over(found: Sequence[Scores], value: Callable[[Scores], float]) -> tuple[float, float]:
    """Mean of a quantity over batches and its standard error."""
    x = np.array([value(scores) for scores in found])
    return float(x.mean()), float(x.std(ddof=1) / math.sqrt(x.size))


def ratio_over(
    found: Sequence[Scores], above: Callable[[Scores], float], below: Callable[[Scores], float]
) -> tuple[float, float]:
    """Ratio of two means over batches and its standard error, which knows that both come from the same batches."""
    a = np.array([above(scores) for scores in found])
    b = np.array([below(scores) for scores in found])
    ratio = float(a.mean() / b.mean())
    rest = (a - ratio * b) / float(b.mean())
    return ratio, float(rest.std(ddof=1) / math.sqrt(rest.size))


def one_by_one(sim: HistorySimulation, number: int) -> tuple[Array, Array]:
    """States [number, 6] in which the particles of single histories of the first source begin and end.

    Position [m] and velocity [m/s]. For cases without recoils and splitting, whose particles end in the background or
    below it. The end of an absorbed one lies up to a step below the inner boundary.
    """
    flat = np.zeros(size_of(sim.shapes))
    scores = tables(flat, sim.shapes)
    bank, scratch = new_bank(4), new_scratch(sim.scattering.target.size)
    base = step_key(sim.case.run.seed, int(Stream.HISTORY), 0)
    starts, ends = np.zeros((number, 6)), np.zeros((number, 6))
    for h in range(number):
        status, _, _ = run_histories(sim.world, None, sim.births, scores, bank, scratch, base, h, 1, 0, 1.0)
        if status != Status.FINE:
            raise RunError(f"history {h} ended with {Status(status).name}")
        starts[h], ends[h] = bank.x[0, :6], scratch.q[:6]
    return starts, ends


def metres(value: float) -> str:
    """A length for a case file, to the last digit."""
    return f"{float(value)!r} m"


def shells(*middles: float, width: float) -> list[str]:
    """Edges of thin shells about given heights [m], for tally.shells; shell 2 k is that about middle k."""
    return [metres(middle + side * 0.5 * width) for middle in middles for side in (-1.0, 1.0)]


def volumes(sim: HistorySimulation) -> Array:
    """Volumes of the shells [m3]."""
    edges = np.array(sim.case.tally.edges)
    return np.asarray(
        4.0 * math.pi / 3.0 * np.diff(edges) * (edges[1:] ** 2 + edges[1:] * edges[:-1] + edges[:-1] ** 2)
    )
