"""Checks that hold for every run, whatever the case asks: bookkeeping and quality of the collision scheme."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from exobase.io.results import Array, Result
from exobase.judge.at_rest import first_record, no_heating, stationary
from exobase.judge.mesh import mesh_checks
from exobase.judge.outcome import CheckOutcome
from exobase.judge.tracers import tracers_agree

# Signs with which the entries of the ledger enter the balance: what came in less what left less what is there.
# "returned" moves particles between the domain and the in-flight store, which the balance holds both.
LEDGER_SIGNS = {
    "initial": 1,
    "emitted": 1,
    "born": 1,
    "returned": 0,
    "cloned": 1,
    "removed": -1,
    "absorbed": -1,
    "escaped": -1,
    "lost_beyond": -1,
    "lost_in_flight": -1,
    "converted": -1,
    "alive": -1,
    "in_flight": -1,
}
CLONE_SIGMA = 5.0
CLONE_OF_ESCAPE = 10.0
CLONE_OF_INFLOW = 1e-4
KNOWN_ESCAPE = 0.5
RATE_TOLERANCE = 0.05
EXCESS_TOLERANCE = 1e-4
_MIN_SAMPLED_PARTICLES = 10_000
_MAX_ANISOTROPY = 0.1
_TOO_FEW = (
    f"no cell was sampled {_MIN_SAMPLED_PARTICLES} times per species, is nearly isotropic and has a rate "
    f"known to {100 * RATE_TOLERANCE:g} %"
)


def always_on(result: Result, case: Mapping[str, Any]) -> list[CheckOutcome]:
    """Ledger, clone gain, steadiness, heat and, with collisions, collision rate and majorant, as far as the result has
    what they need.
    """
    outcomes = []
    if "ledger/counts" in result:
        value, _, note = ledger_closes(result)
        outcomes.append(CheckOutcome("ledger", value, 0.0, 0.0, "exact", value == 0.0, note))
        outcomes.append(_clone_gain(result))
    if "history/column" in result:
        outcomes += [stationary(result, case), no_heating(result, case)]
    tracers = tracers_agree(result)
    if tracers is not None:
        outcomes.append(tracers)
    if "quality/collision_rate_ratio" in result and case.get("collisions", "off") != "off":
        outcomes.append(_collision_rate(result))
    if "quality/majorant_excess" in result and case.get("collisions", "off") != "off":
        outcomes.append(_majorant_excess(result))
    return outcomes + mesh_checks(result, case)


def ledger_closes(result: Result) -> tuple[float, float, str]:
    """Sum over species of abs(entered - left - present) in simulated particles: exactly 0 where the ledger closes."""
    if "ledger/counts" not in result:
        return math.nan, math.nan, "no ledger in the result"
    about = result.attributes("ledger")
    entries = [str(entry) for entry in about.get("entries", LEDGER_SIGNS)]
    signs = np.array([LEDGER_SIGNS.get(entry, 0) for entry in entries], dtype=np.int64)
    if "signs" in about:
        signs = np.asarray(about["signs"], dtype=np.int64)
    missing = np.asarray(result["ledger/counts"], dtype=np.int64) @ signs
    if not missing.any():
        return 0.0, 0.0, "simulated particles close exactly"
    text = ", ".join(f"{name} {int(gap):+d}" for name, gap in zip(result.species, missing, strict=True) if gap)
    return float(np.abs(missing).sum()), 0.0, f"entered minus left minus present: {text}"


def clone_gain(result: Result) -> tuple[float, float, str]:
    """Net gain of real particles by clone and remove, of the species where it is largest in units of its error."""
    stderr = result.get("ledger/clone_gain_stderr")
    if stderr is None or not len(stderr):
        return math.nan, math.nan, "no clone gain in the result"
    gain = result.get("ledger/clone_gain")
    if gain is None:
        entries = [str(entry) for entry in result.attributes("ledger").get("entries", LEDGER_SIGNS)]
        weight = np.asarray(result["ledger/flux_weight"], dtype=float)
        gain = weight[:, entries.index("cloned")] - weight[:, entries.index("removed")]
    sigma = [0.0 if g == 0 else (abs(g) / s if s > 0 else math.inf) for g, s in zip(gain, stderr, strict=True)]
    worst = int(np.argmax(sigma))
    return float(gain[worst]), float(stderr[worst]), f"{result.species[worst]}: {sigma[worst]:.2g} sigma"


def _clone_gain(result: Result) -> CheckOutcome:
    """The gain of clone and remove vanishes within its noise, and gain and noise are small against what passes by.

    A gain is small that is below 10 times the escape or below 1e-4 of the inflow of its species: a larger one, with
    whatever sign, keeps the column up or drains it, and its noise heats. Species whose escape is not known to 50 % are
    judged by their noise alone.
    """
    gain, stderr, note = clone_gain(result)
    tolerance = f"{CLONE_SIGMA:g} sigma; size below {CLONE_OF_ESCAPE:g} x escape or {CLONE_OF_INFLOW:g} x inflow"
    passed = bool(gain == 0.0 or abs(gain) <= CLONE_SIGMA * stderr)
    shares = clone_shares(result)
    if shares:
        name, of_escape, of_inflow = max(shares, key=_excess)
        passed = passed and _excess((name, of_escape, of_inflow)) <= 1.0
        note += f"; {name}: size with noise {of_escape:.2g} of the escape, {of_inflow:.2g} of the inflow"
    if not passed:
        note += (
            "; clone and remove change the weight by too much: raise run.particles_per_cell, lower weights.power or "
            "set weights.mode = 'equal'"
        )
    return CheckOutcome("clone_gain", gain, stderr, 0.0, tolerance, passed, note)


def _excess(share: tuple[str, float, float]) -> float:
    """Size of a clone gain over the larger of its two bounds."""
    return min(share[1] / CLONE_OF_ESCAPE, share[2] / CLONE_OF_INFLOW)


def clone_shares(result: Result) -> list[tuple[str, float, float]]:
    """Size of the clone gain, sqrt(gain^2 + stderr^2), over the escape and over the inflow of each species that has a
    gain, an inflow and a known escape: (name, of escape, of inflow).
    """
    if any(f"history/{key}" not in result for key in ("inflow_rate", "clone_rate")):
        return []
    first = first_record(result)
    inflow = np.asarray(result["history/inflow_rate"], dtype=float)[first:].mean(axis=0)
    born = result.get("history/birth_rate")
    if born is not None:
        inflow = inflow + np.asarray(born, dtype=float)[first:].mean(axis=0)
    size = np.hypot(result["ledger/clone_gain"], result["ledger/clone_gain_stderr"])
    out = []
    for s, name in enumerate(result.species):
        escape, error = float(result["escape/rate"][s]), float(result["escape/rate_stderr"][s])
        if size[s] > 0.0 and inflow[s] > 0.0 and 0.0 < error < KNOWN_ESCAPE * escape:
            out.append((name, float(size[s]) / escape, float(size[s] / inflow[s])))
    return out


def energy_conservation(result: Result) -> tuple[float, float, str]:
    """Largest relative drift of the energy content of all species over the recorded history (for closed cases)."""
    energy = result.get("history/energy")
    if energy is None or len(energy) < 2:
        return math.nan, math.nan, "no history of energy in the result"
    total = np.asarray(energy, dtype=float).sum(axis=1)
    if total[0] == 0.0:
        return math.nan, math.nan, "the first record holds no energy"
    drift = total / total[0] - 1.0
    return float(drift[int(np.argmax(np.abs(drift)))]), 0.0, f"over {len(total)} records"


def _collision_rate(result: Result) -> CheckOutcome:
    """Collision rate over theory: 95 % of the well-sampled cells within 5 % and 3 errors, each pair's total within 5 %.

    Theory holds for gases near equilibrium, so cells are used where T_r and T_t differ by less than 10 %.
    """
    ratio = np.asarray(result["quality/collision_rate_ratio"], dtype=float)
    rate = np.asarray(result["quality/collision_rate"], dtype=float)
    expected = np.asarray(result["quality/collision_rate_theory"], dtype=float)
    stderr = np.nan_to_num(result.stderr("quality/collision_rate_ratio"), nan=0.0, posinf=1.0)
    use = _well_sampled(result)[None, :] & np.isfinite(ratio) & (expected > 0) & (stderr < RATE_TOLERANCE)
    tolerance = f"{100 * RATE_TOLERANCE:g} % per pair and in 95 % of cells"
    if not use.any():
        return CheckOutcome.not_judged("collision_rate", tolerance, _TOO_FEW, 1.0)
    volume = np.asarray(result["grid/volume"])
    totals = []
    for pair in range(ratio.shape[0]):
        cells = use[pair]
        if cells.any():
            totals.append(float((rate[pair] * volume)[cells].sum() / (expected[pair] * volume)[cells].sum()))
    good = np.abs(ratio - 1.0) <= RATE_TOLERANCE + 3.0 * np.minimum(stderr, 1.0)
    share = float(good[use].mean())
    worst = max(totals, key=lambda total: abs(total - 1.0))
    passed = abs(worst - 1.0) <= RATE_TOLERANCE and share >= 0.95
    detail = f"worst pair total; {100 * share:.1f} % of {int(use.sum())} well-sampled cells and pairs agree"
    return CheckOutcome("collision_rate", worst, math.nan, 1.0, tolerance, passed, detail)


def _well_sampled(result: Result) -> Array:
    """Cells in which every species was sampled 1e4 times and is close to isotropic."""
    particles = result.get("profile/particles")
    samples = result.get("profile/samples")
    enough = np.ones(len(result["grid/r"]), dtype=bool)
    if particles is not None and samples is not None:
        enough &= (np.asarray(particles) * np.asarray(samples)).min(axis=0) >= _MIN_SAMPLED_PARTICLES
    if "profile/T_r" in result and "profile/T_t" in result:
        radial, tangential = np.asarray(result["profile/T_r"]), np.asarray(result["profile/T_t"])
        isotropic = np.abs(radial - tangential) < _MAX_ANISOTROPY * np.abs(tangential)
        enough &= isotropic.all(axis=0)
    return enough


def _majorant_excess(result: Result) -> CheckOutcome:
    """Pairs whose sigma g w exceeded the majorant, per particle and step."""
    excess = float(np.nansum(result["quality/majorant_excess"]))
    steps, particles = result.attrs.get("steps"), result.get("quality/particles")
    work = float(steps) * float(np.nansum(particles)) if steps and particles is not None else 0.0
    value = excess / work if work > 0 else math.nan
    passed = bool(excess == 0.0 or value <= EXCESS_TOLERANCE)
    tolerance = f"{EXCESS_TOLERANCE:g} per particle and step"
    return CheckOutcome("majorant_excess", value, 0.0, 0.0, tolerance, passed, f"{excess:.0f} pairs above the majorant")
