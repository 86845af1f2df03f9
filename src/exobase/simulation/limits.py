"""What a DSMC run says of the escape of a species of which few or no particles escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.tallies.limits import upper_limit

if TYPE_CHECKING:
    from exobase.simulation.core import Simulation

Array = NDArray[np.float64]
_OUTERMOST = 0.9  # escapers start their last step in cells beyond this part of their number


def escaper_weights(sim: Simulation) -> Array:
    """Largest flux weight W/dt [s-1] that one escaping particle of each species may have. Collective.

    That of the outermost tenth of the cells, in the lowest energy level that reaches the outer boundary; 0 where a wall
    lets nothing escape.
    """
    t = sim.engine.tables
    if sim.case.outer.type in ("specular", "diffuse"):
        return np.zeros(t.ns)
    number = t.mesh.layer_of(np.arange(t.begin, t.end))
    omega = np.where((number >= int(_OUTERMOST * t.mesh.layers))[:, None], t.omega.reshape(-1, t.ns), 0.0)
    largest = sim.comm.max(omega.max(axis=0, initial=0.0))
    return np.asarray(largest * t.escape_factor)


def escape_limits(weights: Array, steps: int, rate: Array, stderr: Array) -> Array:
    """Upper limit, at 95 %, of the escape rate of every species [s-1] from the escapers of ``steps`` steps.

    Without an escaper it is 3.0 times ``weights`` (of :func:`escaper_weights`) over the steps; with some, the limit of
    a weighted Poisson sum of the given rate and error.
    """
    largest = weights / max(steps, 1)
    variance = np.maximum(np.nan_to_num(stderr, nan=0.0, posinf=0.0) ** 2, rate * largest)
    return upper_limit(rate, np.where(rate > 0.0, variance, 0.0), largest)


def known_error(rate: Array, stderr: Array, limit: Array) -> Array:
    """Standard errors, NaN where nothing escaped although something could: the limit is all that is known."""
    return np.where((rate <= 0.0) & (limit > 0.0), np.nan, stderr)
