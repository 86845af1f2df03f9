"""Checks of every DSMC run with collisions on what it was divided into: cells and steps small enough, a domain large
enough.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exobase.io.results import Array, Result
from exobase.judge.outcome import CheckOutcome

LARGEST_CELL = 1.8
LARGEST_STEP = 1.5
LARGEST_FALL = 1.0
COLLISIONAL = 2.0
TOP_PATHS = 0.15
TOP_BIAS = (0.15, 0.3)
"""Least and most relative loss of escape for one of these mean free paths (docs/numerics.md, "The outer boundary")."""
CHOKED_MACH, CHOKED_KNUDSEN, CHOKED_CELLS = 1.1, 0.3, 3
_LEAST_POWER = 0.5


def mesh_checks(result: Result, case: Mapping[str, Any]) -> list[CheckOutcome]:
    """`resolution`, and `outer_boundary` where bound particles return from it at once."""
    if case.get("collisions", "off") == "off" or "profile/mean_free_path" not in result:
        return []
    outcomes = []
    if "quality/dt_nu" in result:
        outcomes.append(resolution(result))
    if case["outer"]["type"] == "kepler_return" and "ledger/flux_weight" in result:
        outcomes.append(outer_boundary(result))
    return outcomes


def resolution(result: Result) -> CheckOutcome:
    """Cells over mean free path and scale height, steps over the time between collisions: the worst as a share of what
    is allowed.

    The mean free path is the shortest of the species that were seen in the cell, at its densest end. The scale height
    is that of collisions, where their mean free path is below twice of it.
    """
    tolerance = (
        f"cells at most {LARGEST_CELL:g} mean free paths and, where gas collides, {LARGEST_FALL:g} scale height; steps "
        f"{LARGEST_STEP:g} collision times"
    )
    edges, free = np.asarray(result["grid/edges"], dtype=float), _paths(result).min(axis=0)
    fall = falls(edges, free)
    with np.errstate(divide="ignore", invalid="ignore"):
        cells = np.diff(edges) / free * _densest(fall)
        dense = cells * COLLISIONAL > fall
    steps = np.nan_to_num(np.asarray(result["quality/dt_nu"], dtype=float))
    cells = np.nan_to_num(cells)
    share = np.fmax(np.fmax(cells / LARGEST_CELL, steps / LARGEST_STEP), np.where(dense, fall / LARGEST_FALL, 0.0))
    k = int(np.argmax(share))
    passed = bool(share[k] <= 1.0)
    place = float(np.asarray(result["grid/r"])[k]) / 1e3
    detail = (
        f"worst at {place:.5g} km: cell of {cells[k]:.2g} mean free paths and {fall[k]:.2g} scale heights, step of "
        f"{steps[k]:.2g} collision times"
    )
    if not passed:
        detail += (
            '; transport is wrong: use grid.spacing = "auto" with grid.per_mean_free_path = 2, and '
            "step.collision_fraction = 0.3"
        )
    return CheckOutcome("resolution", float(share[k]), 0.0, 0.0, tolerance, passed, detail)


def falls(edges: Array, free: Array) -> Array:
    """Scale heights h = ln(density below/density above) that each cell [n] spans, from the mean free paths [n] of the
    cells next to it; 0 where it is not seen to fall.
    """
    centre = 0.5 * (edges[1:] + edges[:-1])
    seen = np.flatnonzero(np.isfinite(free) & (free > 0.0))
    if seen.size < 2:
        return np.zeros(free.size)
    slope = np.diff(np.log(free[seen])) / np.diff(centre[seen])
    upward = np.interp(centre, centre[seen], np.append(slope, slope[-1]))
    return np.asarray(np.maximum(upward, 0.0) * np.diff(edges))


def _densest(fall: Array) -> Array:
    """Density at the lower edge over the mean of a cell that spans ``fall`` scale heights of an exponential gas."""
    safe = np.maximum(fall, 1e-6)
    return np.asarray(safe / -np.expm1(-safe))


def outer_boundary(result: Result) -> CheckOutcome:
    """Mean free paths above the outer boundary times the share of upward particles that return from there.

    They return as if they had met nothing above. What they would meet lifts some of them to escape: the escape is too
    low by about ``TOP_BIAS`` times this number (less where it is above 1). The worst species is reported. Above a
    supersonic flow of a gas that collides nothing acts back on the escape: there it is not judged.
    """
    tolerance = f"at most {TOP_PATHS:g}"
    name = "outer_boundary"
    entries = [str(entry) for entry in result.attributes("ledger")["entries"]]
    weight = np.asarray(result["ledger/flux_weight"], dtype=float)
    returned, escaped = (weight[:, entries.index(entry)] for entry in ("returned", "escaped"))
    edges, paths = np.asarray(result["grid/edges"], dtype=float), _paths(result)
    if supersonic(result):
        why = "the gas flows out faster than sound below it, so nothing above it changes the escape"
        return CheckOutcome.not_judged(name, tolerance, why)
    particles = np.asarray(result["profile/particles"], dtype=float)
    found = []
    for s, species in enumerate(result.species):
        thickness = paths_beyond(edges, paths[s], particles[s])
        if returned[s] > 0.0 and math.isfinite(thickness):
            found.append((thickness * returned[s] / (returned[s] + escaped[s]), thickness, species))
    if not found:
        return CheckOutcome.not_judged(name, tolerance, "no particle returns from it")
    value, thickness, species = max(found)
    passed = value <= TOP_PATHS
    detail = f"{species}: {thickness:.2g} mean free paths above the outer boundary; escape low by about "
    low, high = (100.0 * bias * value for bias in TOP_BIAS)
    detail += f"{low:.2g} to {high:.2g} %" if value < 1.0 else "a quarter or more"
    if not passed:
        detail += "; raise domain.outer: collisions above it are left out"
    return CheckOutcome(name, value, 0.0, 0.0, tolerance, passed, detail)


def supersonic(result: Result) -> bool:
    """Whether a gas that collides passes the speed of sound within the domain, over some cells."""
    mach, knudsen = result.get("gas/mach"), result.get("gas/knudsen")
    if mach is None or knudsen is None:
        return False
    with np.errstate(invalid="ignore"):
        fast = (np.asarray(mach, dtype=float) > CHOKED_MACH) & (np.asarray(knudsen, dtype=float) < CHOKED_KNUDSEN)
    return int(fast.sum()) >= CHOKED_CELLS


def paths_beyond(edges: Array, free: Array, particles: Array) -> float:
    """Mean free paths between the outer boundary and infinity, where collisions fall on as the power of r that fits the
    upper half (in log r) of the cells, weighted with their particles. NaN where fewer than two cells were seen.
    """
    centre = np.sqrt(edges[1:] * edges[:-1])
    use: NDArray[np.bool_] = np.isfinite(free) & (particles > 0.0) & (centre**2 >= edges[0] * edges[-1])
    if use.sum() < 2:
        return math.nan
    x, y = np.log(centre[use] / edges[-1]), -np.log(free[use] / edges[-1])
    slope, top = np.polyfit(x, y, 1, w=np.sqrt(particles[use]))
    return float(np.exp(top) / max(-slope - 1.0, _LEAST_POWER))


def _paths(result: Result) -> Array:
    """Mean free paths [ns, cells] m; infinite where a species was not seen."""
    seen = np.asarray(result["profile/particles"], dtype=float) > 0.0
    return np.where(seen, np.asarray(result["profile/mean_free_path"], dtype=float), np.inf)
