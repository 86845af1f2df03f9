"""What the reader of a DSMC result must know: what its errors are worth, and what limits it."""

from __future__ import annotations

import math

from exobase.case import Case
from exobase.simulation import Simulation, escape_estimates, weight_warning
from exobase.simulation.advice import LARGEST_WEIGHT_RATIO
from exobase.simulation.steady import error_times, slowest_records, target_index
from exobase.tallies.stationary import LEAST_RECORDS
from exobase.tallies.statistics import BlockEstimate

CUT_SHORT = ("reached_limit", "stopped", "drifting")


def warnings_of(sim: Simulation, status: str, phase: str) -> list[str]:
    """Messages about errors, steadiness, weights and load of a finished or interrupted run. Collective."""
    out = _about_errors(sim, status)
    records = len(sim.history.step) - (sim.tally_from or 0)
    if status == "reached_limit" and records < LEAST_RECORDS:
        out.append(
            f"{records} records were averaged, {LEAST_RECORDS} are needed to judge whether the gas is steady: raise "
            "run.max_steps and resume"
        )
    elif status == "reached_limit":
        out.append("run.max_steps was reached before run.target_error: raise max_steps and resume")
    if status == "drifting":
        out.append(
            "the averages still drift (check 'stationary'): raise run.max_steps and resume; if the drift stays, use "
            "more particles (run.particles_per_cell) or weaker weights (weights.power, weights.energy_levels)"
        )
    if phase != "tally":
        out.append(
            f"the run ended in the phase '{phase}': means come from the sampling for new cells, which were not made"
        )
    ratio, pair = sim.largest_weight_ratio()
    if ratio > LARGEST_WEIGHT_RATIO:
        out.append(weight_warning(ratio, pair))
    if sim.comm.size > 1 and sim.imbalance > 1.15:
        out.append(f"load imbalance {sim.imbalance:.2f} (max/mean): use fewer ranks or more particles")
    return out


def _about_errors(sim: Simulation, status: str) -> list[str]:
    case = sim.case
    first = sim.tally_from or 0
    covered = (len(sim.history.step) - first) / max(slowest_records(sim.engine, sim.history, first), 1e-300)
    out = []
    for s, estimate in zip(case.species, escape_estimates(sim).rate, strict=True):
        if not estimate.mean > 0.0:
            continue
        if not estimate.plateau:
            out.append(_no_plateau(s.name, estimate, case))
        elif status in CUT_SHORT:
            percent = 100.0 * estimate.stderr / estimate.mean
            out.append(f"the {s.name} escape rate is known to {percent:.2g} % (one standard error)")
    needed = error_times(bool(sim.engine.tables.traced[target_index(case)]))
    if out and covered < needed:
        out.append(
            f"the averages cover only {covered:.2g} times the slowest relaxation of the column "
            f"({needed:.0f} are needed for a reliable error): a slow change may be hidden"
        )
    return out


def _no_plateau(name: str, estimate: BlockEstimate, case: Case) -> str:
    """The error and what it is worth, where it would still change with more records."""
    if not math.isfinite(estimate.stderr):
        return f"too few records show the error of the {name} escape rate; raise run.max_steps and resume"
    steps, percent = estimate.length * case.tally.record_every, 100.0 * estimate.stderr / estimate.mean
    return (
        f"the error of the {name} escape rate, {percent:.2g} %, has no plateau: it comes from "
        f"{estimate.blocks} correlation times of {steps} steps (run.min_blocks = {case.run.min_blocks}) and may be too "
        "small by a factor of 2; raise run.max_steps and resume"
    )
