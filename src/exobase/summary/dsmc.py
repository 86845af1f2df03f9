"""summary.json of a DSMC run (docs/results.md)."""

from __future__ import annotations

import math
from typing import Any

from exobase.case import Case, derive
from exobase.case.losses import Loss
from exobase.io.results import SCHEMA_VERSION, Result
from exobase.judge import CheckOutcome
from exobase.regime import assess, fractionation


def summarise(result: Result, case: Case, outcomes: list[CheckOutcome]) -> dict[str, Any]:
    """The machine-readable verdict of a finished run."""
    a = result.attrs
    keys = (
        "status",
        "solver",
        "ranks",
        "seed",
        "steps",
        "wall_s",
        "compile_s",
        "particle_steps_per_s_per_rank",
        "particles",
        "state_digest",
        "imbalance",
        "peak_memory_bytes",
    )
    out: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "case": case.name, "case_title": case.title}
    out |= {key: plain(a.get(key)) for key in keys}
    history = result.attributes("history")
    out["averaged_from_step"] = plain(history.get("burn_in"))
    out["dropped_steps"] = plain(history.get("dropped_steps"))
    out["escape"] = {name: _escape(result, k) for k, name in enumerate(case.names)}
    if case.losses:
        out["production"] = {loss.name: _production(result, k, loss) for k, loss in enumerate(case.losses)}
    out["theory"] = _theory(case)
    out["exobase"] = {name: _exobase(result, k) for k, name in enumerate(case.names)}
    resolved = case.to_dict()
    regime = assess(result, resolved)
    out["regime"], out["regime_numbers"] = regime.word, regime.to_dict()
    out["fractionation"] = [pair.to_dict() for pair in fractionation(result, resolved)]
    out["checks"] = [outcome.to_dict() for outcome in outcomes]
    entries = [str(e) for e in a.get("ledger_entries", [])]
    counts = result["ledger/counts"]
    out["ledger"] = {
        name: {entry: int(counts[k][j]) for j, entry in enumerate(entries)} for k, name in enumerate(case.names)
    }
    out["warnings"] = [str(w) for w in a.get("warnings", [])]
    return out


def _theory(case: Case) -> dict[str, Any]:
    """Numbers of the gas of the reservoir at the inner boundary, by species; with Jeans' flux in radial domains."""
    area = float(case.space.area(case.r_inner))
    out: dict[str, Any] = {}
    for s in derive(case).species:
        numbers = {
            "knudsen_number_radius": plain(s.knudsen_radius),
            "knudsen_number_height": plain(s.knudsen_height),
            "evaporation_per_m2_s": s.evaporation_flux,
            "emission_per_m2_s": s.emission_flux,
        }
        if s.jeans_flux is not None:
            rate = s.jeans_flux * area
            numbers |= {"jeans_flux_per_m2_s": s.jeans_flux, "jeans_rate_per_s": rate, "jeans_rate_stderr": 0.0}
        out[s.name] = numbers
    return out


def _escape(result: Result, k: int) -> dict[str, Any]:
    def value(name: str) -> float | None:
        number: float | None = plain(result[f"escape/{name}"][k])
        return number

    return {
        "rate_per_s": value("rate"),
        "rate_stderr": value("rate_stderr"),
        "flux_per_m2_s": value("flux"),
        "flux_stderr": value("flux_stderr"),
        **limits(result, k),
        "at_radius_m": value("at_radius"),
        "lost_beyond_per_s": value("lost_beyond_rate"),
        "autocorrelation_steps": value("autocorrelation_steps"),
        "effective_samples": value("effective_samples"),
        "blocks": value("blocks"),
        "by_process": {"thermal": {"rate_per_s": value("rate"), "rate_stderr": value("rate_stderr")}},
    }


def limits(result: Result, k: int) -> dict[str, Any]:
    """Upper limits, at 95 %, of the escape rate [s-1] and flux [m-2 s-1] of species k."""
    names = ("rate_upper_limit_95", "flux_upper_limit_95")
    return {name: plain(result[f"escape/{name}"][k]) for name in names if f"escape/{name}" in result}


def _production(result: Result, k: int, loss: Loss) -> dict[str, Any]:
    """What a process hands over to the plasma in the whole domain."""
    out: dict[str, Any] = {"species": loss.species, "process": loss.process}
    out["frequency_per_s"] = None if loss.thermal else loss.frequency
    for quantity, key, error in (
        ("number", "rate_per_s", "rate_stderr"),
        ("momentum", "momentum_N", "momentum_stderr"),
        ("energy", "energy_W", "energy_stderr"),
    ):
        out[key] = plain(result[f"production/total_{quantity}"][k])
        out[error] = plain(result[f"production/total_{quantity}_stderr"][k])
    return out


def _exobase(result: Result, k: int) -> dict[str, Any]:
    names = {
        "radius": "radius_m",
        "temperature": "temperature_K",
        "density": "density_per_m3",
        "jeans_parameter": "jeans_parameter",
        "jeans_flux": "jeans_flux_per_m2_s",
        "flux_over_jeans": "flux_over_jeans",
        "flux_over_jeans_stderr": "flux_over_jeans_stderr",
    }
    return {key: plain(result[f"exobase/{name}"][k]) for name, key in names.items()}


def plain(value: Any) -> Any:
    """A Python value of a numpy scalar; None for a number that is not finite."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
