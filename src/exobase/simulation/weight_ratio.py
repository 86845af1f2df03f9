"""How unequal the weights of the species of a run are, where they meet."""

from __future__ import annotations

import numpy as np

from exobase.simulation.engine import Engine
from exobase.simulation.weights import TRACE


def largest_weight_ratio(engine: Engine) -> tuple[float, tuple[str, str]]:
    """Largest ratio of weights of two species in a cell that holds both, and their names. Collective.

    Traces (``TRACE``, or brought in by sources alone) do not count: they may be lighter than what they meet.
    """
    t, case, names = engine.tables, engine.case, engine.case.names
    omega = t.omega.reshape(t.ncell, t.ns)
    number = np.diff(engine.particles.start).reshape(t.ncell, t.ns, t.levels.number)[:, :, 0]
    apart = [s for s, name in enumerate(names) if not case.fed_only(name)]
    pairs = [(a, b) for a in apart for b in apart if a < b]
    if not pairs or case.collisions == "off":
        return 1.0, (names[0], names[0])
    ratio, real = np.ones(len(pairs)), np.log(np.maximum(number * omega, 1e-300))
    for k, (a, b) in enumerate(pairs):
        rise = np.sign(omega[:, a] - omega[:, b])
        share = (real[:, b] - real[:, a]) * rise
        both = (number[:, a] > 0) & (number[:, b] > 0) & (share > np.log(TRACE))
        if both.any():
            log = np.abs(np.log(omega[both, a] / omega[both, b]))
            ratio[k] = np.exp(log.max())
    ratio = engine.comm.max(ratio)
    worst = int(np.argmax(ratio))
    return float(ratio[worst]), (names[pairs[worst][0]], names[pairs[worst][1]])
